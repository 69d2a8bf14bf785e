"""The assignment on normalization is fair, strict, and says what it means."""

from gate import Gate


class TestNormalization(Gate):
    assignment = "06_normalization"
    minutes = 300
