"""The assignment on perceptrons is fair, strict, and says what it means."""

from gate import Gate


class TestPerceptrons(Gate):
    assignment = "01_perceptrons"
    minutes = 165
