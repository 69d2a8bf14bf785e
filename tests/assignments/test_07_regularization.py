"""The assignment on regularization is fair, strict, and says what it means."""

from gate import Gate


class TestRegularization(Gate):
    assignment = "07_regularization"
    minutes = 10
