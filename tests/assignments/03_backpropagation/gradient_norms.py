"""Answers to gradient_norms: right ones in other styles, and wrong ones."""

import math

import numpy as np


def gradient_norms_by_insert(layers, x, dout):
    out = x
    for i in range(len(layers)):
        out = layers[i].forward(out)
    norms = []
    for i in range(len(layers) - 1, -1, -1):
        dout = layers[i].backward(dout)
        norms.insert(0, np.linalg.norm(dout))
    return norms


def gradient_norms_as_array(layers, x, dout):
    for layer in layers:
        x = layer.forward(x)
    norms = np.empty(len(layers))
    for i, layer in reversed(list(enumerate(layers))):
        dout = layer.backward(dout)
        norms[i] = math.sqrt(np.vdot(dout, dout))
    return norms


NORM = "float(np.sqrt(np.square(dout, dtype=np.float64).sum()))"

RIGHT = [
    {"gradient_norms": gradient_norms_by_insert},
    {"gradient_norms": gradient_norms_as_array},
]

SLIPS = [
    ("return norms[::-1]", "return norms", "last_layer_first"),
    (NORM, "(dout**2).sum()", "norms_squared"),
    (NORM, "np.linalg.norm(dout, 2)", "spectral_norms"),
    (NORM, "np.abs(dout).sum()", "sums_of_sizes"),
    (NORM, "np.linalg.norm(dout, axis=1)", "norms_of_the_rows"),
]

EQUIVALENT = {
    "The gradients of the course are float64; only half precision needs the wider sum.": [
        "gradient_norms: norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).sum())))"
        " → norms.append(float(np.sqrt(np.square(dout).sum())))",
    ]
}

NAMES = {
    "norms_squared": [
        "gradient_norms: norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).sum()))) → norms.append(float(np.square(dout, dtype=np.float64).sum()))",
    ],
    "root_of_mean": [
        "gradient_norms: norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).sum()))) → norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).mean())))",
    ],
    "last_layer_first": [
        "gradient_norms: return norms[::-1] → return norms[::1]",
    ],
}
