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
"""The chapters' own modules, in the order in which they are taught."""

MODULES = {
    "arrays": 0,
    "arguments": 0,
    "datasets": 0,
    "files": 0,
    "cifar": 0,
    "perceptrons": 1,
    "losses": 2,
    "descent": 2,
    "hierarchical_softmax": 2,
    "backpropagation": 3,
    "graph": 3,
    "gradient_checking": 3,
    "optimizers": 4,
    "rprop": 4,
    "schedules": 4,
    "network": 4,
    "progress": 4,
    "checkpoints": 4,
    "training": 4,
    "initialization": 5,
    "activations": 5,
    "normalization": 6,
    "batch_free_normalization": 6,
    "scaling": 6,
    "regularization": 7,
    "early_stopping": 7,
    "augmentation": 7,
    "colours": 7,
    "search": 7,
    "ensembles": 7,
    "convolution": 8,
    "pooling": 8,
    "random_pooling": 8,
    "historic_layers": 8,
    "accounting": 8,
    "residual": 8,
    "architectures": 8,
    "pictures": 8,
}
"""The chapter that each module belongs to; 0 for what is there from the start. A module may import
those that stand above it. The students of a chapter may import those of earlier chapters."""


def write_data(folder: Path) -> None:
    """Write the data that a copy of this package in ``folder`` reads instead of scikit-learn's."""
    from solutions.datasets import write_digits

    write_digits(folder / "digits.npz")
