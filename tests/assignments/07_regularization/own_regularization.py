"""Answers to own_regularization: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.initialization import he
from solutions.optimizers import Adam, Network
from solutions.perceptrons import softmax
from solutions.regularization import Dropout, project_to_ball


def network_of(rng, D, M, C, in_front=(), behind=(), scale=1.0):
    """Return a network with one hidden layer, and what stands in front of it and behind it."""
    first = Affine(scale * he((D, M), rng), np.zeros(M))
    last = Affine(scale * he((M, C), rng), np.zeros(C))
    return Network([*in_front, first, ReLU(), *behind, last])


def step(network, optimizer, x, labels):
    """Take one step on the loss alone."""
    loss = SoftmaxWithLoss()
    loss.forward(network.forward(x), labels)
    network.backward(loss.backward())
    optimizer.step(network.grads)


class OwnTrainingByDropout:
    """Half of the features fall out, and half of the units, and weights decay a little."""

    def __init__(self, features, classes, rng):
        noise = [Dropout(0.5, rng)], [Dropout(0.5, rng)]
        self.network = network_of(rng, features, 150, classes, *noise)
        self.optimizer = Adam(self.network.params, 0.01)

    def train(self, x, labels):
        step(self.network, self.optimizer, x, labels)
        for param in self.network.params.values():
            param *= 0.99

    def predict(self, x):
        return softmax(self.network.predict(x))


class OwnTrainingByNoise:
    """Adds noise to the features."""

    def __init__(self, features, classes, rng):
        self.rng, self.network = rng, network_of(rng, features, 64, classes)
        self.optimizer = Adam(self.network.params, 0.01)

    def train(self, x, labels):
        step(self.network, self.optimizer, x + 2 * self.rng.normal(size=x.shape), labels)

    def predict(self, x):
        return self.network.predict(x)


class OwnTrainingByAShortWay:
    """Starts near 0, and takes small steps that end early."""

    def __init__(self, features, classes, rng):
        self.network, self.steps = network_of(rng, features, 64, classes, scale=0.1), 0
        self.optimizer = Adam(self.network.params, 0.002)

    def train(self, x, labels):
        self.steps += 1
        if self.steps <= 60:
            step(self.network, self.optimizer, x, labels)

    def predict(self, x):
        return self.network.predict(x)


class OwnTrainingByDecay:
    """Written out by hand: tanh units, momentum, and weights that decay."""

    def __init__(self, features, classes, rng):
        self.W1 = rng.normal(size=(features, 30)) / np.sqrt(features)
        self.b1 = rng.normal(size=30)
        self.W2 = np.zeros((30, classes))
        self.speeds = [0.0, 0.0, 0.0]

    def train(self, x, labels):
        h = np.maximum(x @ self.W1 + self.b1, 0)
        dy = (softmax(h @ self.W2) - np.eye(self.W2.shape[1])[labels]) / len(x)
        dh = dy @ self.W2.T * (h > 0)
        slopes = x.T @ dh + 0.1 * self.W1, dh.sum(axis=0), h.T @ dy + 0.1 * self.W2
        for k, (param, slope) in enumerate(zip((self.W1, self.b1, self.W2), slopes, strict=True)):
            self.speeds[k] = 0.9 * self.speeds[k] - 0.03 * slope
            param += self.speeds[k]

    def predict(self, x):
        return np.maximum(x @ self.W1 + self.b1, 0) @ self.W2


class OwnTrainingByNeighbours:
    """Keeps all samples, and asks the nearest ones: no network at all."""

    def __init__(self, features, classes, rng):
        self.x, self.labels, self.classes = np.zeros((0, features)), np.zeros(0, int), classes

    def train(self, x, labels):
        if len(self.x) < 240:
            self.x, self.labels = np.vstack([self.x, x]), np.append(self.labels, labels)

    def predict(self, x):
        distances = ((x[:, None] - self.x) ** 2).sum(axis=2)
        nearest = np.argsort(distances, axis=1)[:, :25]
        return np.eye(self.classes)[self.labels[nearest]].mean(axis=1)


class OwnTrainingByMaxNorm:
    """Noise on the units, and weights within a small ball."""

    def __init__(self, features, classes, rng):
        self.network = network_of(rng, features, 100, classes, [], [Dropout(0.5, rng)])
        self.optimizer = Adam(self.network.params, 0.01)

    def train(self, x, labels):
        step(self.network, self.optimizer, x, labels)
        for param in self.network.params.values():
            if param.ndim == 2:
                project_to_ball(param, 0.25)

    def predict(self, x):
        return self.network.predict(x)


RIGHT = [
    {"OwnTraining": OwnTrainingByDropout},
    {"OwnTraining": OwnTrainingByNoise},
    {"OwnTraining": OwnTrainingByAShortWay},
    {"OwnTraining": OwnTrainingByDecay},
    {"OwnTraining": OwnTrainingByNeighbours},
    {"OwnTraining": OwnTrainingByMaxNorm},
]

SLIPS = [
    ("L2(0.1)", "L2(0.0)", "no_regularization"),
    ("L2(0.1)", "L2(5.0)", "penalty_too_strong"),
]


NETWORK = "Network([Affine(W1, np.zeros(64)), ReLU(), Affine(W2, np.zeros(classes))])"
STEP = (
    "OwnTraining.train: grads = {name: grad + pulls.get(name, 0) for name, grad in "
    "self.network.grads.items()} → grads = {name: grad "
)
EQUIVALENT = {
    "Biases may start elsewhere.": [
        f"OwnTraining.__init__: self.network = {NETWORK} → self.network = {other}"
        for other in (
            NETWORK.replace("np.zeros(64)", "np.ones(64)"),
            NETWORK.replace("np.zeros(classes)", "np.ones(classes)"),
        )
    ],
    "Other strengths reach it as well.": [
        "OwnTraining.__init__: self.loss, self.penalty = (SoftmaxWithLoss(), L2(0.1)) → "
        "self.loss, self.penalty = (SoftmaxWithLoss(), L2(0.2))"
    ],
    "Other rates reach it as well.": [
        "OwnTraining.__init__: self.optimizer = Adam(self.network.params, 0.01) → "
        "self.optimizer = Adam(self.network.params, 0.02)"
    ],
    "Biases that sink at a steady pace make units rarer, which holds the network back as well.": [
        STEP + "+ pulls.get(name, 1) for name, grad in self.network.grads.items()}"
    ],
}


NAMES = {
    "no_regularization": [
        "OwnTraining.__init__: self.loss, self.penalty = (SoftmaxWithLoss(), L2(0.1)) → "
        "self.loss, self.penalty = (SoftmaxWithLoss(), L2(0.0))",
        STEP + "for name, grad in self.network.grads.items()}",
        STEP.removesuffix("grad ")
        + "grad - pulls.get(name, 0) for name, grad in self.network.grads.items()}",
    ],
    "nothing_is_trained": [
        "OwnTraining.__init__: self.optimizer = Adam(self.network.params, 0.01) → "
        "self.optimizer = Adam(self.network.params, 0.0)",
        "OwnTraining.train: self.optimizer.step(grads) → pass",
        "OwnTraining.train: self.optimizer.step(grads) → self.optimizer",
    ],
}
