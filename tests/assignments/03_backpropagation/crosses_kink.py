"""Answers to crosses_kink: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import crosses_kink_by_copies, crosses_kink_in_place


def crosses_kink_by_lists(winners, x, index, h):
    e = np.zeros(x.size)
    e[np.ravel_multi_index(index, x.shape)] = h
    e = e.reshape(x.shape)
    pairs = zip(winners(x - e).ravel().tolist(), winners(x + e).ravel().tolist(), strict=True)
    return any(a != b for a, b in pairs)


RIGHT = [
    {"crosses_kink": crosses_kink_in_place},
    {"crosses_kink": crosses_kink_by_copies},
    {"crosses_kink": crosses_kink_by_lists},
]

SLIPS = [
    ("winners(x - step)", "winners(x)", "one_side_only"),
    ("np.any(winners", "np.all(winners", "all_must_change"),
    ("step[index] = h", "step[index] = h + h", "twice_the_way"),
    (
        "winners(x + step) != winners(x - step)",
        "winners(x + step) == winners(x - step)",
        "any_stays",
    ),
    ("step[index] = h", "step[list(index)] = h", "index_as_list"),
    (
        "winners(x + step) != winners(x - step)",
        "winners(x + step)[index] != winners(x - step)[index]",
        "only_its_own_winner",
    ),
    (
        "winners(x + step) != winners(x - step)",
        "np.sign(x + step) != np.sign(x - step)",
        "kink_taken_to_be_at_zero",
    ),
    (
        "step = np.zeros_like(x)",
        "step = np.zeros(x.shape, dtype=int)",
        "step_cut_to_whole_number",
    ),
]

NAMES = {
    "copies_share_memory": [
        "crosses_kink: step[index] = h → pass",
    ],
    "all_must_change": [
        "crosses_kink: return bool(np.any(winners(x + step) != winners(x - step))) → return bool(np.all(winners(x + step) != winners(x - step)))",
    ],
    "any_stays": [
        "crosses_kink: return bool(np.any(winners(x + step) != winners(x - step))) → return bool(np.any(winners(x + step) == winners(x - step)))",
    ],
    "one_side_only": [
        "crosses_kink: return bool(np.any(winners(x + step) != winners(x - step))) → return bool(np.any(winners(x + step) != winners(x)))",
    ],
}
