"""Answers to relative_error: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import relative_error_by_divide


def relative_error_by_loops(a, b):
    errors = np.zeros(np.shape(a))
    for i in np.ndindex(errors.shape):
        size = max(abs(a[i]), abs(b[i]))
        errors[i] = abs(a[i] - b[i]) / size if size > 0 else 0.0
    return errors


def relative_error_with_tiny(a, b):
    return np.abs(b - a) / (np.maximum(np.abs(a), np.abs(b)) + np.finfo(float).tiny)


RIGHT = [
    {"relative_error": relative_error_by_loops},
    {"relative_error": relative_error_by_divide},
    {"relative_error": relative_error_with_tiny},
]

SLIPS = [
    ("np.where(size == 0, 1, size)", "size", "zero_by_zero"),
    ("np.where(size == 0, 1, size)", "np.maximum(size, 1e-8)", "hidden_by_constant"),
    (
        "size = np.maximum(np.abs(a), np.abs(b))",
        "size = np.abs(a) + np.abs(b)",
        "divided_by_sum",
    ),
    ("np.where(size == 0, 1, size)", "(size + 1e-8)", "constant_of_1e_8_added"),
    ("np.where(size == 0, 1, size)", "np.where(b == 0, 1, np.abs(b))", "divided_by_second"),
]

EQUIVALENT = {
    "Where the size is 0, the difference is 0, too: 0 over anything is 0. And |a − b| = |b − a|.": [
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
        " → return np.abs(a - b) / np.where(size == 0, 2, size)",
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
        " → return np.abs(b - a) / np.where(size == 0, 1, size)",
    ]
}

NAMES = {
    "divided_by_first": [
        "relative_error: size = np.maximum(np.abs(a), np.abs(b)) → size = np.abs(a)",
    ],
    "absolute_error": [
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size) → return np.abs(a - b)",
    ],
    "signed_error": [
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size) → return (a - b) / np.where(size == 0, 1, size)",
    ],
    "zero_by_zero": [
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size) → return np.abs(a - b) / np.where(size == 1, 1, size)",
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size) → return np.abs(a - b) / np.where(size == -1, 1, size)",
        "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size) → return np.abs(a - b) / np.where(size == 0, 0, size)",
    ],
}
