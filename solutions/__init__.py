"""The reference package: a folder for each chapter, and what every chapter stands on."""

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
    "project",
)
"""The chapters' folders, in the order in which they are taught: each imports only from those before
it, and from what is no chapter. The students of a chapter may import the same."""


def write_data(package: Path) -> None:
    """Write the data that a copy of this package in ``package`` reads instead of scikit-learn's."""
    from solutions.data import write_digits

    write_digits(package / "data" / "digits.npz")
