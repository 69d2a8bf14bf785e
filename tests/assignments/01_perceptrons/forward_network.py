"""Answers to forward_network: right ones in other styles, and wrong ones."""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


def forward_with_branch(params, x, activation=sigma):
    layers = len(params) // 2
    h = x
    for i in range(layers):
        h = np.dot(h, params["W" + str(i + 1)]) + params["b" + str(i + 1)]
        if i != layers - 1:
            h = activation(h)
    return h


def forward_by_recursion(params, x, activation=sigma, layer=1):
    z = np.einsum("nd,dh->nh", x, params[f"W{layer}"]) + params[f"b{layer}"]
    if f"W{layer + 1}" not in params:
        return z
    return forward_by_recursion(params, activation(z), activation, layer + 1)


def forward_by_sorting(params, x, activation=sigma):
    weights = [params[name] for name in sorted(params) if name.startswith("W")]
    biases = [params[name] for name in sorted(params) if name.startswith("b")]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        z = x @ W
        z += b
        x = activation(z)
    return x @ weights[-1] + biases[-1]


def forward_taking_out_of_a_copy(params, x, activation=sigma):
    left, layer = dict(params), 1
    while len(left) > 2:
        x = activation(x @ left.pop(f"W{layer}") + left.pop(f"b{layer}"))
        layer += 1
    return x @ left[f"W{layer}"] + left[f"b{layer}"]


HIDDEN = 'x = activation(x @ params[f"W{layer}"] + params[f"b{layer}"])'


LAST = 'return x @ params[f"W{depth}"] + params[f"b{depth}"]'


PASS = f"{HIDDEN}\n    {LAST}"

RIGHT = [
    {"forward_network": forward_with_branch},
    {"forward_network": forward_by_recursion},
    {"forward_network": forward_by_sorting},
    {"forward_network": forward_taking_out_of_a_copy},
]

SLIPS = [
    (LAST, LAST.replace("x @", "activation(x @") + ")", "activation_at_the_end"),
    (HIDDEN, HIDDEN.replace("activation", ""), "no_activation"),
    (HIDDEN, HIDDEN.replace("activation", "sigmoid"), "always_sigmoid"),
    (LAST, LAST.split(" + ")[0], "last_bias_missing"),
    (LAST, "return x", "last_layer_left_out"),
    ("depth = len(params) // 2", "depth = len(params)", "counts_parameters"),
    ("depth = len(params) // 2", "depth = 2", "two_layers_only"),
    ("depth = len(params) // 2", "depth = len(params) / 2", "depth_as_float"),
    ("    " + LAST, "        return x\n    " + LAST, "returns_after_first_layer"),
    (PASS, PASS.replace("params[", "params.pop(").replace('"]', '")'), "params_used_up"),
    (HIDDEN, HIDDEN + '\n        params[f"h{layer}"] = x', "results_in_params"),
    (HIDDEN, HIDDEN.replace("activation(", "activation(activation(") + ")", "activation_twice"),
    (
        PASS,
        PASS.replace("W{layer}", "W1").replace("W{depth}", "W1"),
        "first_weights_everywhere",
    ),
]

EQUIVALENT = {
    "The package's rule for integers; not asked of students.": [
        "forward_network: x = as_float(x) → pass"
    ]
}
