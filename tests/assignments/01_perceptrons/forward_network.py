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


def forward_by_reduction(params, x, activation=sigma):
    """Layer 1 has no activation before it; all others have one."""
    z = x
    for layer in range(1, len(params) // 2 + 1):
        a = z if layer == 1 else activation(z)
        z = np.add(np.matmul(a, params[f"W{layer}"]), params[f"b{layer}"])
    return z


def forward_in_columns(params, x, activation=sigma):
    """Samples as columns, but for the activation, which gets the batch in rows."""
    depth, columns = max(int(name[1:]) for name in params), x.T
    for n in range(1, depth + 1):
        columns = params[f"W{n}"].T @ columns + params[f"b{n}"][:, None]
        columns = columns if n == depth else activation(columns.T).T
    return columns.T


RIGHT = [
    {"forward_network": forward_by_reduction},
    {"forward_network": forward_in_columns},
    {"forward_network": forward_with_branch},
    {"forward_network": forward_by_recursion},
    {"forward_network": forward_by_sorting},
    {"forward_network": forward_taking_out_of_a_copy},
]

SLIPS = [
    (HIDDEN, HIDDEN.split(" + ")[0] + ")", "without_biases.hidden"),
    (LAST, LAST.replace(" + ", " - "), "biases_subtracted.last"),
    (PASS, PASS.replace("x @ ", "x * "), "products_element_by_element"),
    (HIDDEN, HIDDEN.replace("x @", "x.T @"), "samples_transposed.hidden"),
    (
        PASS,
        PASS.replace('"]', '"].T').replace('params[f"b{layer}"].T', 'params[f"b{layer}"]'),
        "weights_transposed",
    ),
    (
        LAST,
        'return np.dot(params[f"W{depth}"], x) + params[f"b{depth}"]',
        "weights_first_by_dot.last",
    ),
    (LAST, LAST.replace("x @", "activation(x @") + ")", "activation_at_the_end"),
    (HIDDEN, HIDDEN.replace("activation", ""), "no_activation"),
    (HIDDEN, HIDDEN.replace("activation", "sigmoid"), "always_sigmoid"),
    (LAST, LAST.split(" + ")[0], "without_biases.last"),
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

NAMES = {
    "counts_parameters": [
        "forward_network: depth = len(params) // 2 → depth = len(params) * 2",
        "forward_network: depth = len(params) // 2 → depth = len(params)",
        "forward_network: depth = len(params) // 2 → depth = len(params) // 1",
    ],
    "two_layers_only": [
        "forward_network: depth = len(params) // 2 → depth = 2",
        "forward_network: depth = len(params) // 2 → depth = len(params) // 3",
    ],
    "all_read_first_input": [
        "forward_network: for layer in range(1, depth): → pass",
        "forward_network: for layer in range(1, depth): → for layer in range(2, depth):",
        "forward_network: x = activation(x @ params[f'W{layer}'] + params[f'b{layer}']) → pass",
    ],
    "starts_at_layer_zero": [
        "forward_network: for layer in range(1, depth): → for layer in range(0, depth):",
    ],
    "no_activation": [
        "forward_network: x = activation(x @ params[f'W{layer}'] + params[f'b{layer}']) → x = x @ params[f'W{layer}'] + params[f'b{layer}']",
    ],
    "biases_subtracted.hidden": [
        "forward_network: x = activation(x @ params[f'W{layer}'] + params[f'b{layer}']) → x = activation(x @ params[f'W{layer}'] - params[f'b{layer}'])",
    ],
    "without_biases.hidden": [
        "forward_network: x = activation(x @ params[f'W{layer}'] + params[f'b{layer}']) → x = activation(x @ params[f'W{layer}'])",
    ],
    "weights_first.hidden": [
        "forward_network: x = activation(x @ params[f'W{layer}'] + params[f'b{layer}']) → x = activation(params[f'W{layer}'] @ x + params[f'b{layer}'])",
    ],
    "biases_subtracted.last": [
        "forward_network: return x @ params[f'W{depth}'] + params[f'b{depth}'] → return x @ params[f'W{depth}'] - params[f'b{depth}']",
    ],
    "without_biases.last": [
        "forward_network: return x @ params[f'W{depth}'] + params[f'b{depth}'] → return x @ params[f'W{depth}']",
    ],
    "weights_first.last": [
        "forward_network: return x @ params[f'W{depth}'] + params[f'b{depth}'] → return params[f'W{depth}'] @ x + params[f'b{depth}']",
    ],
}
