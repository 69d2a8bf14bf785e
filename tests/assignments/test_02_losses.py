"""The assignment on losses and descent is fair, strict, and says what it means."""

from gate import Gate


class TestLosses(Gate):
    assignment = "02_losses"
    minutes = 220
