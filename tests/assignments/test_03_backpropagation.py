"""The assignment on backpropagation is fair, strict, and says what it means."""

from gate import Gate


class TestBackpropagation(Gate):
    assignment = "03_backpropagation"
    minutes = 180
