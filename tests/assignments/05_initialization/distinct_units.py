"""Answers to distinct_units: right ones in other styles, and wrong ones."""

import numpy as np


def distinct_units_by_set(W):
    return len({tuple(column) for column in W.T})


def distinct_units_by_bytes(W):
    return len({np.ascontiguousarray(W[:, j]).tobytes() for j in range(W.shape[1])})


def distinct_units_by_loops(W):
    found = []
    for column in W.T:
        if not any(np.array_equal(column, other) for other in found):
            found.append(column)
    return np.int64(len(found))


def distinct_units_by_comparison(W):
    same = (W[:, :, None] == W[:, None, :]).all(axis=0)
    return (np.triu(same, 1).sum(axis=0) == 0).sum()


def distinct_units_by_transposing(W):
    return np.unique(W.T, axis=0).shape[0]


RIGHT = [
    {"distinct_units": distinct_units_by_set},
    {"distinct_units": distinct_units_by_bytes},
    {"distinct_units": distinct_units_by_loops},
    {"distinct_units": distinct_units_by_comparison},
    {"distinct_units": distinct_units_by_transposing},
]

SLIPS = [
    ("np.unique(W, axis=1).shape[1]", "np.unique(W, axis=0).shape[0]", "rows_counted"),
    ("np.unique(W, axis=1).shape[1]", "np.unique(W).size", "numbers_counted"),
    ("np.unique(W, axis=1).shape[1]", "np.unique(W, axis=1).shape[0]", "all_rows_counted"),
    ("np.unique(W, axis=1).shape[1]", "np.unique(W[0]).size", "first_numbers_compared"),
    ("int(np.unique(W, axis=1).shape[1])", "np.unique(W, axis=1)", "the_columns_themselves"),
]

NAMES = {
    "columns_counted": [
        "distinct_units: return int(np.unique(W, axis=1).shape[1]) → return int(W.shape[1])",
        "distinct_units: return int(np.unique(W, axis=1).shape[1]) → return int(np.unique(W, axis=0).shape[1])",
    ],
    "all_rows_counted": [
        "distinct_units: return int(np.unique(W, axis=1).shape[1]) → return int(np.unique(W, axis=1).shape[0])"
    ],
}
