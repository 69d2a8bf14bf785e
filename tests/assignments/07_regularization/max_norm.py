"""Answers to max_norm: right ones in other styles, and wrong ones."""

import numpy as np


def project_by_loops(W, limit):
    rows = W.T if W.ndim == 2 else W
    for unit in rows:
        length = np.linalg.norm(unit.ravel())
        if length > limit:
            unit *= limit / length


def project_by_norm(W, limit):
    axis = (0,) if W.ndim == 2 else (1, 2, 3)
    norms = np.sqrt(np.sum(W * W, axis=axis, keepdims=True))
    factor = np.ones_like(norms)
    np.divide(limit, norms, out=factor, where=norms > limit)
    W *= factor


def project_as_matrix(W, limit):
    """Every unit as a column of a matrix; what is returned nobody needs."""
    matrix = W if W.ndim == 2 else W.reshape(len(W), -1).T
    lengths = np.einsum("dm,dm->m", matrix, matrix) ** 0.5
    is_long = lengths > limit
    new = matrix.copy()
    new[:, is_long] = limit * matrix[:, is_long] / lengths[is_long]
    W[...] = new if W.ndim == 2 else new.T.reshape(W.shape)
    return W


RIGHT = [
    {"project_to_ball": project_by_loops},
    {"project_to_ball": project_by_norm},
    {"project_to_ball": project_as_matrix},
]

AXES = "incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim))"
SHORTEN = "W *= limit / np.maximum(norm, limit)  # exactly 1 where the norm is within the limit"

SLIPS = [
    (AXES, "incoming = 1 if W.ndim == 2 else tuple(range(1, W.ndim))", "outgoing_weights"),
    (AXES, "incoming = 0", "filters_along_the_first_axis"),
    (AXES, "incoming = 0 if W.ndim == 2 else (2, 3)", "each_channel_by_itself"),
    (SHORTEN, "W *= limit / np.where(norm > 0, norm, 1)", "all_to_the_limit"),
    (SHORTEN, "W *= limit / max(norm.max(), limit)", "all_by_the_longest"),
    (SHORTEN, "W = W * limit / np.maximum(norm, limit)", "nothing_changes"),
    (SHORTEN, "W *= np.maximum(norm, limit) / limit", "factor_turned_round"),
    (SHORTEN, "W /= np.where(norm > limit, norm, 1)", "shortened_to_one"),
    (SHORTEN, "np.clip(W, -limit, limit, out=W)", "each_weight_clipped"),
]

EQUIVALENT = {
    "What is refused is a courtesy; the text says so.": [
        "project_to_ball: if W.ndim < 2 or W.dtype.kind != 'f': → pass",
        "project_to_ball: if W.ndim < 2 or W.dtype.kind != 'f': → if W.ndim < 2 and W.dtype.kind != 'f':",
        "project_to_ball: if W.ndim < 2 or W.dtype.kind != 'f': → if W.ndim < 2:",
        "project_to_ball: if W.ndim < 2 or W.dtype.kind != 'f': → if W.dtype.kind != 'f':",
        "project_to_ball: if W.ndim < 2 or W.dtype.kind != 'f': → if W.ndim < 1 or W.dtype.kind != 'f':",
        "project_to_ball: limit = real('limit', limit, above=0) → pass",
        "project_to_ball: limit = real('limit', limit, above=0) → limit = real('limit', limit)",
        "project_to_ball: limit = real('limit', limit, above=0) → limit = real('limit', limit, above=-1)",
    ],
    "Adding float16 up in float32 is the model solution's own care; the text says so.": [
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.sqrt(np.square(W).sum(axis=incoming, keepdims=True))",
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.sqrt(np.square(W, dtype=W.dtype).sum(axis=incoming, keepdims=True))",
    ],
}

NAMES = {
    "filters_along_the_first_axis": [
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if not W.ndim == 2 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim != 2 else tuple(range(1, W.ndim))",
    ],
    "outgoing_weights": [
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if not W.ndim == 2 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim != 2 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim == 3 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim == 1 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 1 if W.ndim == 2 else tuple(range(1, W.ndim))",
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = -1 if W.ndim == 2 else tuple(range(1, W.ndim))",
    ],
    "each_channel_by_itself": [
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim == 2 else tuple(range(2, W.ndim))",
    ],
    "length_of_all.filters": [
        "project_to_ball: incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim)) → incoming = 0 if W.ndim == 2 else tuple(range(0, W.ndim))",
    ],
    "without_the_root": [
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)",
    ],
    "mean_of_squares": [
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).mean(axis=incoming, keepdims=True))",
    ],
    "each_weight_clipped": [
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)))",
    ],
    "length_of_all": [
        "project_to_ball: norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True)) → norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(keepdims=True))",
    ],
    "nothing_changes": [
        "project_to_ball: W *= limit / np.maximum(norm, limit) → pass",
        "project_to_ball: W *= limit / np.maximum(norm, limit) → W = limit / np.maximum(norm, limit)",
    ],
    "factor_turned_round": [
        "project_to_ball: W *= limit / np.maximum(norm, limit) → W /= limit / np.maximum(norm, limit)",
        "project_to_ball: W *= limit / np.maximum(norm, limit) → W *= np.maximum(norm, limit) / limit",
    ],
    "short_ones_lengthened.filters": [
        "project_to_ball: W *= limit / np.maximum(norm, limit) → W *= limit / np.minimum(norm, limit)",
    ],
    "all_to_the_limit.filters": [
        "project_to_ball: W *= limit / np.maximum(norm, limit) → W *= limit / norm",
    ],
}
