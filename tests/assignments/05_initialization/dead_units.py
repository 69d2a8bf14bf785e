"""Answers to dead_units: right ones in other styles, and wrong ones."""

import numpy as np


def dead_units_by_largest(activations):
    other = (0,) if activations.ndim == 2 else (0, 2, 3)
    return (activations.max(axis=other) == 0).sum()


def dead_units_by_flattening(activations):
    rows = activations
    if rows.ndim == 4:
        rows = rows.transpose(0, 2, 3, 1).reshape(-1, rows.shape[1])
    return len([column for column in rows.T if not column.any()])


def dead_units_by_loops(activations):
    count = 0
    for unit in range(activations.shape[1]):
        if np.count_nonzero(activations[:, unit]) == 0:
            count += 1
    return count


def dead_units_by_sums(activations):
    """Nothing is below 0 behind a ReLU."""
    sums = activations.reshape(*activations.shape[:2], -1).sum(axis=(0, 2))
    return np.int64((sums <= 0).sum())


def dead_units_by_difference(activations):
    active = (activations > 0).swapaxes(0, 1).reshape(activations.shape[1], -1)
    return activations.shape[1] - int(active.any(axis=1).sum())


RIGHT = [
    {"dead_units": dead_units_by_largest},
    {"dead_units": dead_units_by_flattening},
    {"dead_units": dead_units_by_loops},
    {"dead_units": dead_units_by_sums},
    {"dead_units": dead_units_by_difference},
]

COUNT = "int((activations == 0).all(axis=other_axes).sum())"

SLIPS = [
    (COUNT, "int((activations == 0).sum())", "zeros_counted"),
    (COUNT, "(activations == 0).mean()", "share_of_zeros"),
    (COUNT, "(activations == 0).all(axis=other_axes).mean()", "share_of_dead_units"),
    (COUNT, "int((activations == 0).any(axis=other_axes).sum())", "zero_for_one_sample"),
    (COUNT, "int((activations == 0).all(axis=0).sum())", "pixels_are_units"),
    (COUNT, "int((activations < 1e-8).all(axis=other_axes).sum())", "nearly_zero"),
    (COUNT, "(activations == 0).all(axis=other_axes)", "which_are_dead"),
    ("if axis != 1)", "if axis != activations.ndim - 1)", "last_axis_is_units"),
]

NAMES = {
    "silent_samples_and_pixels": [
        "dead_units: other_axes = tuple((axis for axis in range(activations.ndim) if axis != 1)) → other_axes = tuple((axis for axis in range(activations.ndim) if axis == 1))"
    ],
    "silent_samples": [
        "dead_units: other_axes = tuple((axis for axis in range(activations.ndim) if axis != 1)) → other_axes = tuple((axis for axis in range(activations.ndim) if axis != 0))"
    ],
    "zero_for_one_sample": [
        "dead_units: return int((activations == 0).all(axis=other_axes).sum()) → return int((activations == 0).any(axis=other_axes).sum())"
    ],
    "zeros_counted": [
        "dead_units: return int((activations == 0).all(axis=other_axes).sum()) → return int((activations == 0).sum())"
    ],
    "always_active_counted": [
        "dead_units: return int((activations == 0).all(axis=other_axes).sum()) → return int((activations != 0).all(axis=other_axes).sum())"
    ],
    "below_zero": [
        f"dead_units: return int((activations == 0).all(axis=other_axes).sum()) → return int((activations == {number}).all(axis=other_axes).sum())"
        for number in (1, -1)
    ],
}
