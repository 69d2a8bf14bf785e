"""What the project may compute, the signals of MNIST-1D, and how a network learns from them."""

from functools import cache

import numpy as np

from handgrad import Allowance, formula
from solutions.data.datasets import MNIST1D_MEAN, MNIST1D_STD

allowance = Allowance(task_seconds=60.0, total_seconds=180.0)
CLASSES, COUNT, BATCH, STEPS = 10, 1000, 50, 200
NEW = 2000
"""So many new signals are read: the share is known to within two points."""
LENGTH, LONG = 40, 72


@cache
def templates():
    """Return what the signals of the ten classes are made of, with a zero behind each, (10, 13)."""
    from mnist1d.data import get_templates  # here, as it takes a second

    return np.pad(get_templates()["x"], ((0, 0), (0, 1)))


def blurred(noise):
    """Return rows of noise, smoothed by a Gaussian of standard deviation 2."""
    places = np.arange(-8, 9)
    bell = np.exp(-(places**2) / 8)
    wide = np.pad(noise, ((0, 0), (8, 8)), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(wide, len(bell), axis=1)
    return windows @ (bell / bell.sum())


def resampled(x, length):
    """Return rows with another number of points, by straight lines between those that they have."""
    places = np.linspace(0, x.shape[1] - 1, length)
    left = np.minimum(places.astype(int), x.shape[1] - 2)
    share = places - left
    return (1 - share) * x[:, left] + share * x[:, left + 1]


def draw_signals(rng, count):
    """Return signals (count, 40) and labels (count,), as many of each class.

    Drawn as the package `mnist1d` draws them: a template is stretched, scaled and moved, noise
    takes the place of what is left, and all is sheared. The package draws one after the other,
    which takes forty times as long, and each check asks for others.
    """
    labels = rng.permutation(count) % 10
    padding, move = rng.integers(36, 61, size=(count, 1)), rng.integers(48, size=(count, 1))
    place = (np.arange(LONG) - move) % LONG * (11 + padding) / (LONG - 1)
    left = np.minimum(place.astype(int), 11)
    share = np.minimum(place - left, 1)
    shapes = templates()[labels]
    before, behind = (np.take_along_axis(shapes, left + k, axis=1) for k in (0, 1))
    x = (0.8 + 0.4 * rng.random((count, 1))) * ((1 - share) * before + share * behind)
    x = np.where(place < 12, x, 0.25 * blurred(rng.normal(size=x.shape)))
    x += 0.02 * rng.normal(size=x.shape)
    x -= 0.75 * (rng.random((count, 1)) - 0.5) * np.linspace(-0.5, 0.5, LONG)
    return (resampled(x, LENGTH) - MNIST1D_MEAN) / MNIST1D_STD, labels


class Signals:
    """Signals to learn from, new ones, and the order in which they come.

    Parameters
    ----------
    rng : Draws
        Where the seed comes from: the numbers would be too many to travel with a release.
    """

    def __init__(self, rng):
        self.rng = np.random.default_rng(int(rng.integers(1 << 31)))
        self.x, self.labels = draw_signals(self.rng, COUNT)
        self.new, self.new_labels = draw_signals(self.rng, NEW)

    def batches(self, count=STEPS):
        """Return which signals each mini-batch has, epoch by epoch, (count, BATCH)."""
        epochs = [self.rng.permutation(COUNT) for _ in range(count * BATCH // COUNT + 1)]
        return np.concatenate(epochs)[: count * BATCH].reshape(count, BATCH)


LOOP = "lambda net, x, labels, batches: [net.train(x[b], labels[b]) for b in batches][:0]"


def train(impl, net, signals, batches):
    """Hand over these mini-batches, in one message; return the network."""
    formula(impl, LOOP)(net, signals.x, signals.labels, batches)
    return net


def trained(impl, rng, signals):
    """Return a network after all mini-batches."""
    return train(impl, impl.OwnNetwork(rng.generator(), STEPS), signals, signals.batches())


def read(net, x):
    """Return the class of each signal; −1 for all if there are not N rows of 10 finite numbers."""
    scores = np.asarray(net.predict(x), dtype=float)
    if scores.shape != (len(x), CLASSES) or not np.isfinite(scores).all():
        return np.full(len(x), -1)
    return scores.argmax(axis=1)


def reached(impl, rng):
    """Return the share of new signals that is read after all mini-batches."""
    signals = Signals(rng)
    return float((read(trained(impl, rng, signals), signals.new) == signals.new_labels).mean())
