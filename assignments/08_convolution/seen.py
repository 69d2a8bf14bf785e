"""What the checks on pictures drive: a small network, whose behaviour in training is another."""

import numpy as np

from handgrad import formula

C, H, W, HIDDEN, CLASSES = 3, 4, 5, 12, 3
"""Of the images, of the network, and of what it tells apart."""

NETWORK = """
from solutions.backpropagation import Affine, ReLU
from solutions.layer import Elementwise
from solutions.optimizers import Network

class Noise(Elementwise):
    def __init__(self, factors):
        super().__init__()
        self.factors = factors

    def forward(self, x):
        self.factor = self.factors if self.training else 1
        return (self.factor * x).astype(x.dtype)

    def backward(self, dout):
        return (self.factor * dout).astype(dout.dtype)

network = Network([Affine(U, a), ReLU(), Noise(factors), Affine(V, b)])
network.needs_input_gradient = input_too
"""
"""The noise is no chance: in training, every number is multiplied by a factor of its own."""


def network_of(impl, rng, dtype="f8", training=True, input_too=True):
    """Return a network on the implementation's side, from images to logits."""
    rng = np.random.default_rng(int(rng.integers(1 << 31)))  # not all of it is to travel
    arrays = {
        "U": (0.3 * rng.normal(size=(C * H * W, HIDDEN))).astype(dtype),
        "a": rng.normal(size=HIDDEN).astype(dtype),
        "factors": rng.uniform(0.2, 3, size=HIDDEN),
        "V": (0.4 * rng.normal(size=(HIDDEN, CLASSES))).astype(dtype),
        "b": (0.3 * rng.normal(size=CLASSES)).astype(dtype),
    }
    source = "(lambda names: (exec(code, names), names['network'])[1])"
    source += "(dict(arrays, input_too=input_too))"
    network = formula(impl, source, code=NETWORK, arrays=arrays, input_too=input_too)
    network.training = training
    return network
