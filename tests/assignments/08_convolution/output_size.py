"""Answers to output_size: right ones in other styles, and wrong ones."""

import math

import numpy as np


def size_by_counting(size, window, stride=1, padding=0, exact=False):
    count, start = 0, -padding
    while start + window <= size + padding:
        count += 1
        start += stride
    return count


def size_by_range(size, window, stride=1, padding=0):
    return len(range(0, size + 2 * padding - window + 1, stride))


def size_by_floor(size, window, stride=1, padding=0):
    return int(np.floor((size - window + 2 * padding) / stride + 1))


def size_of_starts(size, window, stride=1, padding=0):
    return np.arange(-padding, size + padding - window + 1, stride).size


def size_by_math(size, window, stride=1, padding=0):
    return math.floor((size + padding + padding - window + stride) / stride)


RIGHT = [
    {"output_size": size_by_counting},
    {"output_size": size_by_range},
    {"output_size": size_by_floor},
    {"output_size": size_of_starts},
    {"output_size": size_by_math},
]

LINE = "(size + 2 * padding - window) // stride + 1"

SLIPS = [
    (LINE, "(size - window) // stride + 1", "padding_forgotten"),
    (LINE, "(size + padding - window) // stride + 1", "padding_once"),
    (LINE, "(size + 2 * padding - window) // stride", "one_too_few"),
    (LINE, "(size + 2 * padding - window + 1) // stride", "one_before_the_division"),
    (LINE, "size + 2 * padding - window // stride + 1", "window_alone_divided"),
    (LINE, "(size + 2 * padding - window) / stride + 1", "not_floored"),
    (LINE, "int(np.ceil((size + 2 * padding - window) / stride)) + 1", "rounded_up"),
    (LINE, "round((size + 2 * padding - window) / stride) + 1", "rounded"),
    (LINE, "size + 2 * padding - window + 1", "stride_forgotten"),
    (LINE, "len(range(0, size + 2 * padding - window, stride))", "last_one_forgotten"),
    (LINE, "np.floor((size + 2 * padding - window) / stride) + 1", "whole_float"),
    (LINE, f"np.array([{LINE}])", "whole_float"),
    (LINE, "(size - window) // stride + 1 + 2 * padding", "padding_behind_the_division"),
    (LINE, "round((size + 2 * padding - window) / stride + 1)", "rounded_at_the_end"),
    (LINE, "size + 2 * padding - window / stride + 1", "window_alone_divided_by_a_slash"),
]

EQUIVALENT = {
    "Windows that do not fit are refused as a courtesy; the text does not ask for it.": [
        "output_size: check_fit(size, window, stride, padding, exact) → pass"
    ]
}

NAMES = {
    "one_too_few": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 2 * padding - window) // stride",
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 2 * padding - window) // stride + 0",
    ],
    "times_stride": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 2 * padding - window) * stride + 1"
    ],
    "stride_forgotten": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return size + 2 * padding - window + 1"
    ],
    "window_not_taken_off": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 2 * padding) // stride + 1"
    ],
    "padding_subtracted": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size - 2 * padding - window) // stride + 1"
    ],
    "padding_forgotten": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size - window) // stride + 1"
    ],
    "padding_once": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + padding - window) // stride + 1",
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 1 * padding - window) // stride + 1",
    ],
    "one_too_many": [
        "output_size: return (size + 2 * padding - window) // stride + 1 → return (size + 2 * padding - window) // stride + 2"
    ],
}
