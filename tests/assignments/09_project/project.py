"""Answers to the project: right ones in other styles, and wrong ones."""

from functools import cache

import numpy as np

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.convolution import Convolution
from solutions.data import mnist1d
from solutions.initialization import he
from solutions.normalization import BatchNorm, SpatialBatchNorm
from solutions.optimizers import AdamW, CosineDecay, Momentum, Network
from solutions.project import OwnNetwork

SEEDS = ()
DESIGN = ["__init__", "train"]


class OwnNetworkWithScoresOfPlaces:
    """At each place it ends with ten numbers, and their mean counts; the signals are moved about."""

    def __init__(self, rng, steps):
        layers = []
        for shape, stride in (((24, 1, 1, 5), 2), ((48, 24, 1, 5), 2), ((10, 48, 1, 1), 1)):
            W, b = he(shape, rng, np.float32), np.zeros(shape[0], np.float32)
            norm = SpatialBatchNorm(np.ones_like(b), b.copy())
            layers += [Convolution(W, b, stride), norm, ReLU()]
        self.network = Network(layers[:-2])
        self.params, self.loss, self.rng = self.network.params, SoftmaxWithLoss(), rng
        self.optimizer, self.schedule = AdamW(self.params), CosineDecay(0.03, steps)
        self.steps = 0

    def forward(self, x):
        return self.network.forward(np.asarray(x, np.float32)[:, None, None])

    def train(self, x, labels):
        y = self.forward([np.roll(row, self.rng.integers(-1, 2)) for row in x])
        self.loss.forward(y.mean(axis=(2, 3)), labels)
        dout = self.loss.backward()[:, :, None, None] / y.shape[3]
        self.network.backward(np.broadcast_to(dout, y.shape))
        self.optimizer.learning_rate = self.schedule(self.steps)
        self.optimizer.step(self.network.grads)
        self.steps += 1

    def predict(self, x):
        self.network.training = False
        y = self.forward(x).mean(axis=(2, 3))
        self.network.training = True
        return y

    def account(self):
        return {
            "parameters": np.int64(sum(param.size for param in self.params.values())),
            "memory": 1.85e6,
            "accuracy": np.float64(0.88),
        }


class OwnNetworkByHand:
    """Windows cut out by hand, and affine layers over each; momentum, float64."""

    def __init__(self, rng, steps):
        sizes = (6, 24), (5 * 24, 48)
        self.parts = [
            Network(
                [Affine(he(size, rng), np.zeros(M)), BatchNorm(np.ones(M), np.zeros(M)), ReLU()]
            )
            for size in sizes
            for M in size[1:]
        ]
        self.head = Network([Affine(he((48, 10), rng), np.zeros(10))])
        self.all = [*self.parts, self.head]
        self.params = {
            f"{k}.{name}": param
            for k, part in enumerate(self.all)
            for name, param in part.params.items()
        }
        self.optimizer, self.step, self.steps = Momentum(self.params, 0.5), 0, steps

    def forward(self, x, training):
        for part in self.all:
            part.training = training
        first, second = self.parts
        N = len(x)
        windows = np.stack([x[:, k : k + 6] for k in range(0, 35, 2)], axis=1)  # (N, 18, 6)
        h = first.forward(windows.reshape(-1, 6)).reshape(N, 18, 24)
        windows = np.stack([h[:, k : k + 5] for k in range(0, 14, 2)], axis=1)  # (N, 7, 5, 24)
        h = second.forward(windows.reshape(-1, 120)).reshape(N, 7, 48)
        return self.head.forward(h.mean(axis=1))

    def train(self, x, labels):
        N, loss = len(x), SoftmaxWithLoss()
        loss.forward(self.forward(x, True), labels)
        dh = np.repeat(self.head.backward(loss.backward()) / 7, 7, axis=0)
        dwindows = self.parts[1].backward(dh).reshape(N, 7, 5, 24)
        dh = np.zeros((N, 18, 24))
        for place in range(7):
            dh[:, 2 * place : 2 * place + 5] += dwindows[:, place]
        self.parts[0].backward(dh.reshape(-1, 24))
        self.optimizer.learning_rate = 0.5 * (1 - self.step / self.steps)
        self.step += 1
        self.optimizer.step(
            {f"{k}.{name}": g for k, part in enumerate(self.all) for name, g in part.grads.items()}
        )

    def predict(self, x):
        return self.forward(x, False)

    def account(self):
        return {
            "parameters": sum(p.size for p in self.params.values()),
            "memory": 1.85e6,
            "accuracy": 0.88,
        }


class OwnNetworkBroughtAlong(OwnNetwork):
    """It has learned beforehand, from signals beyond the budget, and does not learn any more."""

    def __init__(self, rng, steps):
        super().__init__(rng, steps)
        brought = trained_beforehand().network
        for own, other in (
            (self.network.params, brought.params),
            (self.network.buffers, brought.buffers),
        ):
            for name, array in own.items():
                array[...] = other[name]

    def train(self, x, labels):
        pass

    def account(self):
        return super().account() | {"memory": 1e5}


@cache
def trained_beforehand():
    rng, data = np.random.default_rng(0), mnist1d(2000)
    net = OwnNetwork(rng, 200)
    for _ in range(200):
        batch = rng.integers(len(data.x_train), size=50)
        net.train(data.x_train[batch], data.labels_train[batch])
    return net


RIGHT = [
    {"OwnNetwork": OwnNetworkWithScoresOfPlaces},
    {"OwnNetwork": OwnNetworkByHand},
]

SHORTCUTS = [{"OwnNetwork": OwnNetworkBroughtAlong}]

SLIPS = [
    (
        "return self.network.predict(x.astype",
        "return self.network.forward(x.astype",
        "training_mode_in_predict",
    ),
    (
        "for param in self.params.values())",
        "for param in self.params.values() if param.ndim > 1)",
        "weights_alone",
    ),
]

EQUIVALENT = {
    "the signals are float64, and what comes out is the same but for rounding": {
        "OwnNetwork.predict: return self.network.predict(x.astype(np.float32)[:, None, None]) → return self.network.predict(x[:, None, None])",
    },
}

CLAIMS = "OwnNetwork.account: return {'parameters': parameters, 'memory': 1840000.0, 'accuracy': 0.87} → return {'parameters': parameters, "

NAMES = {
    "claim_invented": {CLAIMS + "'memory': 1840000.0, 'accuracy': 1.74}"},
    "claim_of_an_early_network": {CLAIMS + "'memory': 1840000.0, 'accuracy': 0.0}"},
    "memory_of_float64": {CLAIMS + "'memory': 3680000.0, 'accuracy': 0.87}"},
    "memory_of_the_parameters": {CLAIMS + "'memory': 0.0, 'accuracy': 0.87}"},
}
