"""Answers to signal_rms: right ones in other styles, and wrong ones."""

import numpy as np


def signal_rms_by_norm(x, weights, activation):
    found, signal = np.zeros(len(weights)), x
    for layer, W in enumerate(weights):
        signal = activation(np.dot(signal, W))
        found[layer] = np.linalg.norm(signal) / np.sqrt(signal.size)
    return found


def signal_rms_recursively(x, weights, activation):
    if not weights:
        return []
    out = activation(np.einsum("nd,dm->nm", x, weights[0]))
    rms = np.sqrt(out.var() + out.mean() ** 2)
    return [rms, *signal_rms_recursively(out, weights[1:], activation)]


def signal_rms_in_two_loops(x, weights, activation):
    outputs = [x]
    for W in weights:
        outputs.append(activation(outputs[-1] @ W))
    return tuple(np.mean(np.square(y)) ** 0.5 for y in outputs[1:])


RIGHT = [
    {"signal_rms": signal_rms_by_norm},
    {"signal_rms": signal_rms_recursively},
    {"signal_rms": signal_rms_in_two_loops},
]

SLIPS = [
    ("np.sqrt((x**2).mean())", "x.std()", "standard_deviation"),
    ("np.sqrt((x**2).mean())", "(x**2).mean()", "mean_of_squares"),
    ("np.sqrt((x**2).mean())", "np.sqrt((x**2).sum())", "sum_of_squares"),
    ("x = activation(x @ W)", "x = x @ W", "no_activation"),
    ("x = activation(x @ W)", "x = activation(x) @ W", "activation_before_the_weights"),
]

NAMES = {
    "no_activation": ["signal_rms: x = activation(x @ W) → x = x @ W"],
    "mean_of_squares": [
        "signal_rms: found.append(float(np.sqrt((x ** 2).mean()))) → found.append(float((x ** 2).mean()))"
    ],
    "sum_of_squares": [
        "signal_rms: found.append(float(np.sqrt((x ** 2).mean()))) → found.append(float(np.sqrt((x ** 2).sum())))"
    ],
}
