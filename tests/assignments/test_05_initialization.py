"""The assignment on initialization is fair, strict, and says what it means."""

from gate import Gate


class TestInitialization(Gate):
    assignment = "05_initialization"
    minutes = 200
