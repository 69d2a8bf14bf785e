"""The reference as known mistakes have it: what they train alike is trained once."""

from functools import cache
from hashlib import sha256

import numpy as np

from solutions.project import OwnNetwork

from .inputs import STEPS, Signals

KNOWN = {}
"""What trainings have ended at, by what they were given: most mistakes train as the reference."""


def state_of(net):
    """Return all arrays on which predictions rest."""
    return [*net.network.params.values(), *net.network.buffers.values()]


class Quick(OwnNetwork):
    """The reference, which makes a long training only once, when it is first asked for."""

    def __init__(self, rng, steps):
        self.given, self.waiting = sha256(repr(rng.bit_generator.state).encode()), []
        super().__init__(rng, steps)

    def train(self, x, labels):
        self.given.update(x.tobytes() + labels.tobytes())
        if self.trainer.steps < 10:
            super().train(x, labels)
        else:
            self.waiting.append((x, labels))

    def scores(self, x):
        """Return what the reference predicts after all that was given."""
        key = self.given.digest()
        if self.waiting and key not in KNOWN:
            for batch in self.waiting:
                super().train(*batch)
            KNOWN[key] = [array.copy() for array in state_of(self)]
        if self.waiting:
            for array, known in zip(state_of(self), KNOWN[key], strict=True):
                array[...] = known
            self.waiting.clear()
        return super().predict(x)

    def predict(self, x):
        return self.scores(x)


@cache
def learned_elsewhere():
    """Return the arrays of a network that has been trained on some signals."""
    signals, net = Signals(np.random.default_rng(0)), OwnNetwork(np.random.default_rng(0), STEPS)
    for batch in signals.batches():
        net.train(signals.x[batch], signals.labels[batch])
    return state_of(net)
