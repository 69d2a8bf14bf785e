"""Answers to count_parameters: right ones in other styles, and wrong ones."""

import numpy as np


def by_cases(inputs, outputs, window=None, groups=1):
    if window is None:
        D = 1
        for size in inputs:
            D *= size
        return D * outputs[0] + outputs[0]
    FH, FW = window
    return outputs[0] * (inputs[0] // groups) * FH * FW + outputs[0]


def by_real_arrays(inputs, outputs, window=None, groups=1):
    if window is None:
        W = np.zeros((np.prod(inputs), outputs[0]), dtype=bool)
    else:
        W = np.zeros((outputs[0], inputs[0] // groups, *window), dtype=bool)
    return W.size + np.zeros(outputs[0]).size


def group_by_group(inputs, outputs, window=None, groups=1):
    total = 0
    for _ in range(groups):
        weights = inputs[0] // groups * outputs[0] // groups
        weights *= np.prod(inputs[1:] if window is None else window)
        total += weights + outputs[0] / groups
    return total


RIGHT = [
    {"count_parameters": by_cases},
    {"count_parameters": by_real_arrays},
    {"count_parameters": group_by_group},
]

SEEN = "    seen = C // groups * math.prod(window or sizes)\n"
RETURNED = "    return outputs[0] * (seen + 1)\n"

SLIPS = [
    (RETURNED, "    return outputs[0] * seen\n", "biases_forgotten"),
    (RETURNED, "    return outputs[0] * seen + 1\n", "one_bias"),
    (RETURNED, "    return outputs[0] * seen + C\n", "bias_per_input_channel"),
    (RETURNED, "    return outputs[0] * seen + groups\n", "bias_per_group"),
    (RETURNED, "    return outputs[0] * seen + math.prod(outputs)\n", "bias_per_pixel"),
    (RETURNED, "    return 2 * outputs[0] * seen\n", "bias_per_weight"),
    (RETURNED, "    return math.prod(outputs) * (seen + 1)\n", "weights_per_pixel"),
    (RETURNED, "    return seen + 1\n", "filters_forgotten"),
    (RETURNED, "    return outputs[-1] * (seen + 1)\n", "filters_from_the_end"),
    (
        SEEN,
        SEEN.replace("C // groups", "(C if window is None else sizes[-1]) // groups"),
        "channels_from_the_end",
    ),
    (SEEN, SEEN.replace("C // groups", "(C if window else 1) // groups"), "first_size_left_out"),
    (RETURNED, "    return outputs[0] // groups * (seen + 1)\n", "one_group_alone"),
    (SEEN, SEEN.replace("C // groups * ", ""), "channels_forgotten"),
    (SEEN, SEEN.replace("C // groups", "C"), "groups_ignored"),
    (SEEN, SEEN.replace("C // groups", "C * groups"), "times_groups"),
    (SEEN, SEEN.replace("window or sizes", "window or ()"), "not_flattened"),
    (SEEN, SEEN.replace("window or sizes", "sizes"), "shared_weights_not_shared"),
    *(
        (RETURNED, f"    if {condition}:\n        return {count}\n{RETURNED}", f"{name}_{kind}")
        for name, count in {
            "biases_forgotten": "outputs[0] * seen",
            "one_bias": "outputs[0] * seen + 1",
        }.items()
        for kind, condition in (
            ("in_a_convolution", "window is not None"),
            ("in_an_affine_layer", "window is None"),
        )
    ),
    (
        SEEN,
        "    seen = math.prod(window) if window else C * math.prod(sizes)\n",
        "channels_forgotten_in_a_convolution",
    ),
    (
        SEEN,
        "    seen = C // groups * (math.prod(sizes) if window is None else window[0] ** 2)\n",
        "height_alone_in_a_convolution",
    ),
    (
        SEEN,
        "    seen = C // groups * math.prod(window) if window else inputs[-1]\n",
        "last_side_alone",
    ),
    (
        RETURNED,
        "    return math.prod(outputs) * seen + outputs[0]\n",
        "weights_per_pixel_and_shared_biases",
    ),
    (
        RETURNED,
        "    return outputs[0] // groups * seen + outputs[0]\n",
        "weights_of_one_group_alone",
    ),
]

SEEING = "count_parameters: seen = C // groups * math.prod(window or sizes) → seen = "
RETURNING = "count_parameters: return outputs[0] * (seen + 1) → return "

NAMES = {
    "channels_forgotten": [f"{SEEING}math.prod(window or sizes)"],
    "times_groups": [f"{SEEING}C * groups * math.prod(window or sizes)"],
    "groups_ignored": [f"{SEEING}C * math.prod(window or sizes)"],
    "shared_weights_not_shared": [
        f"{SEEING}C // groups * math.prod(window and sizes)",
        f"{SEEING}C // groups * math.prod(sizes)",
    ],
    "biases_alone": [f"{RETURNING}outputs[0]", f"{RETURNING}outputs[0] * 1"],
    "filters_forgotten": [f"{RETURNING}seen + 1"],
    "filters_from_the_end": [f"{RETURNING}outputs[-1] * (seen + 1)"],
    "biases_forgotten": [f"{RETURNING}outputs[0] * seen", f"{RETURNING}outputs[0] * (seen + 0)"],
}
