"""The assignment on optimizers is fair, strict, and says what it means."""

from gate import Gate


class TestOptimizers(Gate):
    assignment = "04_optimizers"
    minutes = 95
