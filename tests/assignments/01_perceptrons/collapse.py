"""Answers to collapse: right ones in other styles, and wrong ones."""

import numpy as np


def collapse_by_einsum(W1, b1, W2, b2):
    return [np.einsum("dh,hm->dm", W1, W2), np.einsum("h,hm->m", b1, W2) + b2]


def collapse_by_trying(W1, b1, W2, b2):
    def both(x):
        return (x @ W1 + b1) @ W2 + b2

    b = both(np.zeros(len(W1)))
    return both(np.eye(len(W1))) - b, b


def collapse_by_loops(W1, b1, W2, b2):
    W = np.zeros((W1.shape[0], W2.shape[1]))
    b = b2.copy()
    for h in range(len(W2)):
        b += b1[h] * W2[h]
        for d in range(len(W1)):
            W[d] += W1[d, h] * W2[h]
    return W, b


COLLAPSED = "return as_float(W1) @ W2, as_float(b1) @ W2 + b2"

RIGHT = [
    {"collapse_affine": collapse_by_einsum},
    {"collapse_affine": collapse_by_trying},
    {"collapse_affine": collapse_by_loops},
]

SLIPS = [
    (COLLAPSED, "return W1 @ W2.T, b1 @ W2 + b2", "second_transposed"),
    (COLLAPSED, "return W1 @ W2, W2.dot(b1) + b2", "bias_on_the_right_by_dot"),
    ("as_float(b1) @ W2 + b2", "b1 @ W1 + b2", "bias_through_the_first"),
    ("as_float(b1) @ W2 + b2", "b1 @ W2 - b2", "second_bias_subtracted"),
    ("as_float(W1) @ W2,", "np.maximum(W1, 0) @ W2,", "relu_between.W"),
    (COLLAPSED, "return W1.dot(W2), b2.copy()", "first_bias_forgotten"),
    (
        COLLAPSED,
        "return np.dot(W2, W1), b1 @ W2 + b2",
        "matrices_swapped_by_dot",
    ),
    ("as_float(b1) @ W2 + b2", "np.add(b1, b2)", "first_bias_added"),
    ("as_float(b1) @ W2 + b2", "np.dot(b1, W2)", "second_bias_forgotten"),
    ("as_float(b1) @ W2 + b2", "np.dot([b1], W2) + b2", "bias_with_two_axes"),
    ("as_float(W1) @ W2,", "np.dot(W1 + b1, W2),", "first_bias_twice"),
    ("as_float(W1) @ W2, as_float(b1)", "W1 @ W2 + b1", "one_array"),
]

NAMES = {
    "bias_first": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(b1) @ W2 + b2, as_float(W1) @ W2)",
    ],
    "matrices_swapped": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (W2 @ as_float(W1), as_float(b1) @ W2 + b2)",
    ],
    "second_bias_subtracted": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(W1) @ W2, as_float(b1) @ W2 - b2)",
    ],
    "second_bias_forgotten": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(W1) @ W2, as_float(b1) @ W2)",
    ],
    "first_bias_forgotten": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(W1) @ W2, b2)",
    ],
    "bias_on_the_right": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(W1) @ W2, W2 @ as_float(b1) + b2)",
    ],
    "first_bias_added": [
        "collapse_affine: return (as_float(W1) @ W2, as_float(b1) @ W2 + b2) → return (as_float(W1) @ W2, as_float(b1) + b2)",
    ],
}
