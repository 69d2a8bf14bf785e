"""Answers to two_layer_net: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Affine, SoftmaxWithLoss, TwoLayerNet
from solutions.losses import numerical_gradient

from .styles import NetOfNamedLayers, NetWithoutLayers, ReLUByWhere


class NetOfFreshLayers:
    """New layers for every call, around the same arrays."""

    def __init__(self, params):
        self.params = params

    def forward_all(self, x):
        self.first = Affine(self.params["W1"], self.params["b1"])
        self.second = Affine(self.params["W2"], self.params["b2"])
        self.gate = ReLUByWhere()
        return self.second.forward(self.gate.forward(self.first.forward(x)))

    predict = forward_all

    def loss(self, x, labels):
        return SoftmaxWithLoss().forward(self.predict(x), labels)

    def loss_and_gradients(self, x, labels):
        last = SoftmaxWithLoss()
        loss = last.forward(self.forward_all(x), labels)
        self.first.backward(self.gate.backward(self.second.backward(last.backward())))
        return loss, {
            "W1": self.first.grads["W"],
            "W2": self.second.grads["W"],
            "b1": self.first.grads["b"],
            "b2": self.second.grads["b"],
        }

    def gradients(self, x, labels):
        return self.loss_and_gradients(x, labels)[1]


class NetSampleBySample(TwoLayerNet):
    """One way forward and one back for each sample; the mean of the gradients."""

    def loss_and_gradients(self, x, labels):
        one_by_one = super().loss_and_gradients
        losses, parts = zip(*[one_by_one(*one) for one in samples(x, labels)], strict=True)
        grads = {name: sum(part[name] for part in parts) / len(x) for name in self.params}
        return np.mean(losses), grads


def samples(x, labels):
    return [(x[n : n + 1], labels[n : n + 1]) for n in range(len(x))]


class NetMeasured(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        def loss(name):
            return lambda value: TwoLayerNet({**self.params, name: value}).loss(x, labels)

        grads = {name: numerical_gradient(loss(name), p) for name, p in self.params.items()}
        return self.loss(x, labels), grads


class NetMeasuredInPlace(TwoLayerNet):
    def gradients(self, x, labels):
        grads = {}
        for name, param in self.params.items():
            grads[name] = np.zeros_like(param)
            for index in np.ndindex(param.shape):
                kept = param[index]
                param[index] = kept + 1e-6
                above = self.loss(x, labels)
                param[index] = kept - 1e-6
                grads[name][index] = (above - self.loss(x, labels)) / 2e-6
                param[index] = kept
        return grads


class NetFirstLayerMeasured(TwoLayerNet):
    """The gradients of the last layer are derived."""

    def gradients(self, x, labels):
        grads = super().gradients(x, labels)
        p = self.params

        def loss(W1, b1):
            logits = np.maximum(x @ W1 + b1, 0) @ p["W2"] + p["b2"]
            return SoftmaxWithLoss().forward(logits, labels)

        grads["W1"] = numerical_gradient(lambda W1: loss(W1, p["b1"]), p["W1"])
        grads["b1"] = numerical_gradient(lambda b1: loss(p["W1"], b1), p["b1"])
        return grads


RIGHT = [
    {"TwoLayerNet": NetWithoutLayers},
    {"TwoLayerNet": NetOfNamedLayers},
    {"TwoLayerNet": NetOfFreshLayers},
    {"TwoLayerNet": NetSampleBySample},
]

SLIPS = [
    (
        "for layer in reversed(self.layers):",
        "for layer in (self.layers[2], self.layers[0]):",
        "relu_skipped_on_the_way_back",
    ),
    ("            ReLU(),", "            Sigmoid(),", "sigmoid_hidden"),
    ('first["W"]', 'first["W"] / len(x)', "divided_by_batch.W1"),
    ("for layer in reversed(self.layers):", "for layer in self.layers:", "layers_not_reversed"),
    (
        "self.loss_layer.backward()",
        "self.loss_layer.backward(loss)",
        "loss_sent_down",
    ),
    (
        "self.params = params\n",
        "self.params = {name: 1.0 * array for name, array in params.items()}\n",
        "params_are_copies",
    ),
    ("dout.sum(axis=0)", "dout.mean(axis=0)", "divided_by_batch.b1.b2"),
    ("self.layers", "TwoLayerNet.layers", "one_network_for_all"),
    ("self.layers", 'globals()["layers"]', "one_network_for_all"),
    (
        "self._mask = x > 0",
        'if not hasattr(self, "_mask"):\n            self._mask = x > 0',
        "first_hidden_mask_for_ever",
    ),
    (
        "loss = self.loss(x, labels)\n        dout",
        "loss = self.loss(x, labels)\n"
        '        self.first = getattr(self, "first", (x, labels))\n'
        "        self.loss(*self.first)\n"
        "        dout",
        "first_gradients_for_ever",
    ),
]

SHORTCUTS = [
    {"TwoLayerNet": NetMeasured},
    {"TwoLayerNet": NetMeasuredInPlace},
    {"TwoLayerNet": NetFirstLayerMeasured},
]

NAMES = {
    "layers_not_reversed": [
        "TwoLayerNet.loss_and_gradients: for layer in reversed(self.layers): → for layer in self.layers:",
    ],
}
