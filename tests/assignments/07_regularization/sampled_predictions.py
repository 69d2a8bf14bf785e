"""Answers to sampled_predictions: right ones in other styles, and wrong ones."""

import numpy as np


def probabilities(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sampled_by_stack(network, x, times):
    was_training = network.training
    network.training = True
    found = np.stack([probabilities(network.forward(x)) for _ in range(times)])
    network.training = was_training
    return found.mean(axis=0)


def sampled_layer_by_layer(network, x, times):
    """Switches on each layer, and goes through them by hand."""
    layers = list(network.layers.values())
    before = [layer.training for layer in layers]
    for layer in layers:
        layer.training = True
    total = 0
    for _ in range(times):
        y = x
        for layer in layers:
            y = layer.forward(y)
        total = total + probabilities(y) / times
    for layer, training in zip(layers, before, strict=True):
        layer.training = training
    return total


def sampled_by_running_mean(network, x, times):
    training, network.training = network.training, True
    mean, done = probabilities(network.forward(x)), 1
    while done < times:
        done += 1
        mean += (probabilities(network.forward(x)) - mean) / done
    network.training = training
    return mean


RIGHT = [
    {"sampled_predictions": sampled_by_stack},
    {"sampled_predictions": sampled_layer_by_layer},
    {"sampled_predictions": sampled_by_running_mean},
]

TOTAL = "total = sum(softmax(network.forward(x)) for _ in range(times))"

SLIPS = [
    ("return total / times", "return total", "sum_for_mean"),
    ("return total / times", "return total / len(x)", "divided_by_the_samples"),
    (TOTAL, "total = times * softmax(network.predict(x))", "noise_off"),
    (
        TOTAL,
        "total = times * softmax(sum(network.forward(x) for _ in range(times)) / times)",
        "mean_of_logits",
    ),
    (TOTAL, "total = sum(network.forward(x) for _ in range(times))", "logits_alone"),
    (TOTAL, "total = times * softmax(network.forward(x))", "one_pass"),
    ("network.training = before", "pass", "noise_left_on"),
    ("network.training = before", "network.training = False", "noise_always_off_afterwards"),
    ("network.training = network.training, True", "_ = network.training, True", "mode_as_it_is"),
]

EQUIVALENT = {
    "That fewer than one pass is refused is a courtesy; the text does not ask for it.": [
        "sampled_predictions: times = whole('times', times, at_least=1) → pass",
        "sampled_predictions: times = whole('times', times, at_least=1) → times = whole('times', times, at_least=0)",
    ],
}

NAMES = {
    "noise_off": [
        "sampled_predictions: before, network.training = (network.training, True) → before, network.training = (network.training, False)",
    ],
    "logits_alone": [
        "sampled_predictions: total = sum((softmax(network.forward(x)) for _ in range(times))) → total = sum((network.forward(x) for _ in range(times)))",
    ],
    "noise_left_on": [
        "sampled_predictions: network.training = before → pass",
    ],
    "sum_for_mean": [
        "sampled_predictions: return total / times → return total",
    ],
}
