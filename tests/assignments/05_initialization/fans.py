"""Answers to fans: right ones in other styles, and wrong ones."""

import numpy as np


def fans_by_unpacking(shape):
    if len(shape) == 4:
        filters, channels, height, width = shape
        return channels * height * width, filters * height * width
    return tuple(shape)


def fans_by_products(shape):
    area = int(np.prod(shape[2:]))
    units, inputs = (shape[0], shape[1]) if len(shape) > 2 else (shape[1], shape[0])
    return np.array([inputs * area, units * area])


def fans_by_sizes(shape):
    if len(shape) == 2:
        return [shape[0], shape[1]]
    size = np.prod(shape)
    return [size // shape[0], size // shape[1]]


RIGHT = [{"fans": fans_by_unpacking}, {"fans": fans_by_products}, {"fans": fans_by_sizes}]

SLIPS = [
    ("return shape[0], shape[1]", "return shape[1], shape[0]", "the_wrong_way_round.matrix"),
    (
        "shape[1] * receptive, shape[0] * receptive",
        "shape[0] * receptive, shape[1] * receptive",
        "the_wrong_way_round.filters",
    ),
    ("shape[1] * receptive, shape[0] * receptive", "shape[1], shape[0]", "area_forgotten"),
    (
        "shape[1] * receptive, shape[0] * receptive",
        "shape[1] * receptive, shape[0]",
        "area_forgotten.out",
    ),
    ("receptive = shape[2] * shape[3]", "receptive = shape[2] + shape[3]", "height_plus_width"),
]

EQUIVALENT = {
    "The refusal of other shapes is a courtesy; the text does not ask for it.": [
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → pass",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if not isinstance(shape, Sequence) and len(shape) not in (2, 4) and (min(shape) < 1):",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if not isinstance(shape, Sequence):",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if len(shape) not in (2, 4):",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if min(shape) < 1:",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if not isinstance(shape, Sequence) or len(shape) not in (4, 2) or min(shape) < 1:",
        "fans: if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1: → if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 0:",
    ]
}

NAMES = {
    "first_two_sizes": [
        "fans: if len(shape) == 2: → if not len(shape) == 2:",
        "fans: if len(shape) == 2: → if len(shape) != 2:",
    ],
    "the_wrong_way_round.matrix": [
        "fans: return (shape[0], shape[1]) → return (shape[1], shape[0])"
    ],
    "height_only": ["fans: receptive = shape[2] * shape[3] → receptive = shape[2]"],
    "width_only": ["fans: receptive = shape[2] * shape[3] → receptive = shape[3]"],
    "the_wrong_way_round.filters": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (shape[0] * receptive, shape[1] * receptive)"
    ],
    "area_forgotten.in": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (shape[1], shape[0] * receptive)"
    ],
    "area_forgotten.out": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (shape[1] * receptive, shape[0])"
    ],
    "area_alone.in": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (receptive, shape[0] * receptive)"
    ],
    "area_alone.out": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (shape[1] * receptive, receptive)"
    ],
    "fan_out_like_fan_in": [
        "fans: return (shape[1] * receptive, shape[0] * receptive) → return (shape[1] * receptive, shape[1] * receptive)"
    ],
}
