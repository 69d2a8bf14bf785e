"""Answers to sparse: right ones in other styles, and wrong ones."""

import numpy as np


def sparse_by_choice(shape, rng, connections=10, std=0.01, dtype=np.float64):
    weights = np.zeros(shape, dtype)
    for unit in range(shape[1]):
        rows = rng.choice(shape[0], size=connections, replace=False)
        weights[rows, unit] = rng.normal(0, std, size=connections)
    return weights


def sparse_by_ranks(shape, rng, connections=10, std=0.01, dtype=np.float64):
    ranks = rng.random(shape).argsort(axis=0).argsort(axis=0)
    return ((ranks < connections) * rng.normal(scale=std, size=shape)).astype(dtype)


def sparse_by_permutation(shape, rng, connections=10, std=0.01, dtype=np.float64):
    columns = []
    for _ in range(shape[1]):
        column = std * rng.standard_normal(shape[0])
        column[rng.permutation(shape[0])[connections:]] = 0
        columns.append(column)
    return np.stack(columns, axis=1).astype(dtype)


RIGHT = [
    {"sparse": sparse_by_choice},
    {"sparse": sparse_by_ranks},
    {"sparse": sparse_by_permutation},
]

SLIPS = [
    ("chosen = rng.permuted(first_few, axis=0)", "chosen = first_few", "first_inputs_only"),
    (
        "chosen = rng.permuted(first_few, axis=0)",
        "chosen = rng.permutation(first_few)",
        "same_places_for_all",
    ),
    ("chosen, std * rng.standard_normal(shape), 0)", "chosen, std, 0)", "all_ones"),
    (
        "chosen, std * rng.standard_normal(shape), 0)",
        "chosen, 0, std * rng.standard_normal(shape))",
        "zeros_counted",
    ),
]

EQUIVALENT = {
    "The refusal of what does not fit is a courtesy; the text does not ask for it.": [
        "sparse: if len(shape) != 2: → pass",
        "sparse: if not 0 <= connections <= shape[0]: → pass",
        "sparse: if not 0 <= connections <= shape[0]: → if not -1 <= connections <= shape[0]:",
    ]
}

NAMES = {
    "same_places_for_all": [
        "sparse: first_few = np.broadcast_to(np.arange(shape[0])[:, None] < connections, shape) → first_few = np.arange(shape[0])[:, None] < connections"
    ],
    "one_too_many": [
        "sparse: first_few = np.broadcast_to(np.arange(shape[0])[:, None] < connections, shape) → first_few = np.broadcast_to(np.arange(shape[0])[:, None] <= connections, shape)"
    ],
    "not_sparse": ["sparse: chosen = rng.permuted(first_few, axis=0) → chosen = rng"],
    "number_over_all_units": [
        "sparse: chosen = rng.permuted(first_few, axis=0) → chosen = rng.permuted(first_few)"
    ],
    "first_inputs_only": [
        "sparse: chosen = rng.permuted(first_few, axis=0) → chosen = rng.permuted(first_few, axis=1)",
        "sparse: chosen = rng.permuted(first_few, axis=0) → chosen = rng.permuted(first_few, axis=-1)",
    ],
    "all_ones": [
        "sparse: return rounded(np.where(chosen, std * rng.standard_normal(shape), 0), dtype) → return rounded(np.where(chosen, std, 0), dtype)"
    ],
    "std_ignored": [
        "sparse: return rounded(np.where(chosen, std * rng.standard_normal(shape), 0), dtype) → return rounded(np.where(chosen, rng.standard_normal(shape), 0), dtype)"
    ],
}
