"""Answers to receptive_field: right ones in other styles, and wrong ones."""

import math

import numpy as np


def from_the_picture_on(windows):
    field = jump = 1
    for window, stride in windows:
        field += (window - 1) * jump
        jump *= stride
    return field


def by_formula(windows):
    return 1 + sum(
        (window - 1) * math.prod(stride for _, stride in windows[:i])
        for i, (window, _) in enumerate(windows)
    )


def by_arrays(windows):
    sizes, strides = np.array(windows, dtype=int).reshape(-1, 2).T
    return 1 + int(((sizes - 1) * np.cumprod(np.r_[1, strides])[:-1]).sum())


def by_first_and_last_pixel(windows):
    first = last = 0
    for window, stride in windows[::-1]:
        first, last = first * stride, last * stride + window - 1
    return last - first + 1


def by_marking_pixels(windows):
    seen = {0}
    for window, stride in windows[::-1]:
        seen = {place * stride + k for place in seen for k in range(window)}
    return max(seen) - min(seen) + 1


def recursively(windows):
    if not windows:
        return 1
    (window, stride), *rest = windows
    return (recursively(rest) - 1) * stride + window


RIGHT = [
    {"receptive_field": from_the_picture_on},
    {"receptive_field": by_formula},
    {"receptive_field": by_arrays},
    {"receptive_field": by_first_and_last_pixel},
    {"receptive_field": by_marking_pixels},
    {"receptive_field": recursively},
]

BODY = """    field: float = 1
    for window, stride in reversed(list(windows)):
        field = (field - 1) * stride + window  # so many places of the layer below
    return field
"""
FORWARD = """    field = jump = 1
    for window, stride in windows:
        field += (window - 1) * jump
        jump *= stride
    return field
"""

SLIPS = [
    (BODY, BODY.replace("reversed(list(windows))", "windows"), "order_reversed"),
    (BODY, BODY.replace("= 1", "= 0"), "starts_at_0_at_the_end"),
    (BODY, BODY.replace("(field - 1) * stride", "field * stride"), "place_times_stride"),
    (BODY, BODY.replace("+ window", "+ window - 1"), "one_less_at_each_layer"),
    (
        BODY,
        BODY.replace("(field - 1) * stride + window", "field * stride + window - 1"),
        "starts_at_the_stride",
    ),
    (BODY, BODY.replace("(field - 1) * stride", "field - 1"), "strides_ignored"),
    (BODY, FORWARD.replace("jump *=", "jump +="), "strides_added"),
    (BODY, FORWARD.replace("*= stride", "+= stride - 1"), "strides_less_one_added"),
    (
        BODY,
        FORWARD.replace("(window - 1) * jump", "(window - 1) * jump * stride"),
        "own_stride_counted",
    ),
    (BODY, FORWARD.replace("jump *=", "jump ="), "one_stride_alone"),
    (BODY, FORWARD.replace("(window - 1) * jump", "(window - 1) * stride"), "own_stride_alone"),
    (BODY, FORWARD.replace("        jump *= stride\n", ""), "strides_ignored"),
    (BODY, FORWARD.replace("(window - 1)", "window"), "window_not_less_one"),
    (BODY, FORWARD.replace("window - 1", "window - stride"), "window_less_stride"),
    (BODY, FORWARD.replace("field = jump = 1", "field, jump = 0, 1"), "starts_at_0"),
    (BODY, FORWARD.replace("field = jump = 1", "field, jump = 1, 0"), "always_1"),
    (BODY, FORWARD.replace("return field", "return field**2"), "area"),
    (BODY, FORWARD.replace("return field", "return jump"), "step_alone"),
]

NAMES = {
    "starts_at_0_at_the_end": ["receptive_field: field: float = 1 → field: float = 0"],
    "always_1": [
        "receptive_field: for window, stride in reversed(list(windows)): → pass",
        "receptive_field: field = (field - 1) * stride + window → pass",
    ],
    "order_reversed": [
        "receptive_field: for window, stride in reversed(list(windows)): → for window, stride in list(windows):"
    ],
    "divided_by_strides": [
        "receptive_field: field = (field - 1) * stride + window → field = (field - 1) / stride + window"
    ],
    "strides_ignored": [
        "receptive_field: field = (field - 1) * stride + window → field = field - 1 + window"
    ],
    "place_times_stride": [
        "receptive_field: field = (field - 1) * stride + window → field = field * stride + window",
        "receptive_field: field = (field - 1) * stride + window → field = (field - 0) * stride + window",
    ],
}
