"""The reference package: one module per chapter, plus ``arrays`` and ``datasets``."""

from pathlib import Path

CHAPTERS = (
    "perceptrons",
    "losses",
    "backpropagation",
    "optimizers",
    "initialization",
    "normalization",
    "regularization",
    "convolution",
)
"""The chapters' modules in the order in which they are taught; other modules belong to none."""


def write_data(folder: Path) -> None:
    """Write the data that a copy of this package in ``folder`` reads instead of scikit-learn's."""
    from solutions.datasets import write_digits

    write_digits(folder / "digits.npz")
