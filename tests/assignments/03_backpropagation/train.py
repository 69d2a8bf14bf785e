"""Answers to train: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import NetOfNamedLayers, NetWithoutLayers


class NetWithoutBoth(NetWithoutLayers):
    """Without loss_and_gradients, which training can do without."""

    loss_and_gradients = None


def train_by_slices(net, x, labels, batches, learning_rate):
    history = np.zeros(len(batches))
    for step, batch in enumerate(batches):
        x_batch, t_batch = x[batch], labels[batch]
        grads = net.gradients(x_batch, t_batch)
        history[step] = net.loss(x_batch, t_batch)
        for key in ("b2", "W2", "b1", "W1"):
            net.params[key][...] = net.params[key] - learning_rate * grads[key]
    return history


def train_by_items(net, x, labels, batches, learning_rate):
    def step(rows):
        loss = net.loss(x[rows], labels[rows])
        gradients = net.gradients(x[rows], labels[rows])
        for key in net.params:
            np.subtract(net.params[key], learning_rate * gradients[key], out=net.params[key])
        return np.float64(loss)

    return [step(rows) for rows in batches]


def train_at_once(net, x, labels, batches, learning_rate):
    losses = []
    for batch in batches:
        loss, grads = net.loss_and_gradients(x[batch], labels[batch])
        losses.append(loss)
        for name in net.params:
            net.params[name] += -learning_rate * grads[name]
    return losses


RIGHT = [
    {"train": train_by_slices},
    {"train": train_by_items},
    {"train": train_by_items, "TwoLayerNet": NetWithoutBoth},
    {"train": train_at_once, "TwoLayerNet": NetOfNamedLayers},
]

SLIPS = [
    (
        "param -= learning_rate * grads[name]",
        "param = param - learning_rate * grads[name]",
        "local_name_only",
    ),
    ("param -= learning_rate * grads[name]", "param += learning_rate * grads[name]", "uphill"),
    (
        "param -= learning_rate * grads[name]",
        "net.params[name] = param - learning_rate * grads[name]",
        "arrays_replaced",
    ),
    ("losses.append(loss)", "losses.append(net.loss(x, labels))", "losses_of_the_whole_set"),
    ("labels[rows]", "labels", "labels_not_indexed"),
    ("__init__(W=W, b=b)", "__init__(W=W.copy(), b=b.copy())", "layers_hold_copies"),
]

NAMES = {
    "local_name_only": [
        "train: for name, param in net.params.items(): → pass",
        "train: param -= learning_rate * grads[name] → pass",
        "train: param -= learning_rate * grads[name] → param = learning_rate * grads[name]",
    ],
    "uphill": [
        "train: param -= learning_rate * grads[name] → param += learning_rate * grads[name]",
    ],
    "learning_rate_ignored": [
        "train: param -= learning_rate * grads[name] → param -= grads[name]",
    ],
}
