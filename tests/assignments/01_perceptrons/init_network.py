"""Answers to init_network: right ones in other styles, and wrong ones."""

import numpy as np


def init_by_normal(sizes, rng, weight_std=0.01):
    params = {}
    for i in range(len(sizes) - 1):
        params["W" + str(i + 1)] = rng.normal(0, weight_std, size=(sizes[i], sizes[i + 1]))
        params["b" + str(i + 1)] = np.zeros(sizes[i + 1])
    return params


def init_by_zipping(sizes, rng, weight_std=0.01):
    shapes = [(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
    weights = {f"W{n}": rng.normal(size=s) * weight_std for n, s in enumerate(shapes, 1)}
    return weights | {f"b{n}": np.zeros((m,)) for n, (_, m) in enumerate(shapes, 1)}


def init_number_by_number(sizes, rng, weight_std=0.01):
    params = {}
    for layer in range(1, len(sizes)):
        W = np.empty((sizes[layer - 1], sizes[layer]))
        for index in np.ndindex(W.shape):
            W[index] = weight_std * rng.normal()
        params |= {f"W{layer}": W, f"b{layer}": np.array([0.0] * sizes[layer])}
    return params


DRAW = "weight_std * rng.standard_normal((fan_in, fan_out))"


BOTH = f"""W = {DRAW}
        params[f"W{{layer}}"] = W
        params[f"b{{layer}}"] = np.zeros_like(W[0])"""


ZEROS = "np.zeros_like(W[0])"

RIGHT = [
    {"init_network": init_by_normal},
    {"init_network": init_by_zipping},
    {"init_network": init_number_by_number},
]

SLIPS = [
    (ZEROS, "np.zeros(fan_out, 'float32')", "narrow.b"),
    (ZEROS, "[0.0] * fan_out", "in_lists.b"),
    ('f"b{layer}"] =', '"b{layer}"] =', "number_not_put_in.b"),
    ('f"b{layer}"] =', 'f"b{layer - 1}"] =', "counted_from_zero.b"),
    (DRAW, "rng.normal(0, np.sqrt(weight_std), (fan_in, fan_out))", "variance_for_std"),
    (DRAW, "rng.normal(weight_std, size=(fan_in, fan_out))", "std_as_mean"),
    (
        BOTH,
        BOTH.replace("fan_in, fan_out", "fan_out, fan_in").replace("W[0]", "W[:, 0]"),
        "weights_transposed",
    ),
    (ZEROS, "np.zeros((1, fan_out))", "biases_in_a_row"),
    (ZEROS, "np.zeros(fan_in)", "biases_for_inputs"),
    (DRAW, "rng.normal(weight_std, 0, (fan_in, fan_out))", "mean_and_std_swapped"),
    (DRAW, "rng.normal(0, weight_std, fan_in, fan_out)", "shape_as_two_arguments_of_normal"),
    (ZEROS, "np.zeros(fan_out, int)", "whole_biases"),
    (DRAW, DRAW + ".astype('float32')", "narrow"),
    ('f"W{layer}"] = W', '"W{layer}"] = W', "number_not_put_in.W"),
    ("start=1):\n        W =", "start=0):\n        W =", "counted_from_zero"),
    ("    params = {}\n", "    params, rng = {}, np.random.default_rng(0)\n", "own_generator"),
]

EQUIVALENT = {
    "Every row of W is as long as a bias has to be.": [
        "init_network: params[f'b{layer}'] = np.zeros_like(W[0])"
        f" → params[f'b{{layer}}'] = np.zeros_like(W[{row}])"
        for row in (-1, 1)
    ]
}

NAMES = {
    "counted_from_zero": [
        "init_network: for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1): → for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):",
        "init_network: for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1): → for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=0):",
    ],
    "std_of_one": [
        "init_network: W = weight_std * rng.standard_normal((fan_in, fan_out)) → W = rng.standard_normal((fan_in, fan_out))",
    ],
    "biases_of_one": [
        "init_network: params[f'b{layer}'] = np.zeros_like(W[0]) → params[f'b{layer}'] = np.ones_like(W[0])",
    ],
}
