"""Answers to doctor: right ones in other styles, and wrong ones."""

import math
import statistics

import numpy as np


def update_ratio_by_norm(before, after):
    size = np.linalg.norm(before)
    if size > 0:
        return np.linalg.norm(after - before) / size
    return math.inf if np.any(after) else 0.0


def update_ratio_by_loops(before, after):
    change = total = 0.0
    for old, new in zip(before.flat, after.flat, strict=True):
        change += float(new - old) ** 2
        total += float(old) ** 2
    if total == 0:
        return float("inf") if change else 0
    return (change / total) ** 0.5


def first_loss_gap_by_numpy(step_loss, classes):
    return np.float64(step_loss[0] + np.log(1 / classes))


def first_loss_gap_by_loss(step_loss, classes):
    guess = np.full(classes, 1 / classes)
    return float(next(iter(step_loss)) - -np.log(guess[0]))


def loss_trend_by_sums(step_loss):
    n = len(step_loss) // 10 or 1
    return sum(step_loss[len(step_loss) - n :]) / sum(step_loss[:n])


def loss_trend_by_arrays(step_loss):
    losses = np.asarray(step_loss)
    n = losses.size // 10
    if n == 0:
        return losses[-1] / losses[0]
    return losses[-n:].mean() / losses[:n].mean()


def odd_ratios_by_loop(update_ratios, low, high):
    odd = {}
    for name in update_ratios:
        middle = np.median(update_ratios[name])
        if middle < low or middle > high or np.isnan(middle):
            odd[name] = middle
    return odd


def odd_ratios_by_statistics(update_ratios, low, high):
    found = {}
    for name, ratios in update_ratios.items():
        broken = any(math.isnan(ratio) for ratio in ratios)
        found[name] = math.nan if broken else statistics.median(ratios)
    return {name: m for name, m in found.items() if not (m >= low and m <= high)}


def gradient_shares_by_lists(gradient_norms):
    layers = []
    for name in gradient_norms:
        layer = name[: name.rindex(".")]
        if layer not in layers:
            layers.append(layer)
    steps = len(next(iter(gradient_norms.values())))
    shares = {layer: [] for layer in layers}
    for step in range(steps):
        norms = {
            layer: math.sqrt(
                sum(
                    n[step] ** 2
                    for name, n in gradient_norms.items()
                    if name[: name.rindex(".")] == layer
                )
            )
            for layer in layers
        }
        for layer in layers:
            shares[layer].append(norms[layer] / norms[layers[-1]])
    return {layer: statistics.median(found) for layer, found in shares.items()}


def gradient_shares_by_hypot(gradient_norms):
    joint = {}
    for name, norms in gradient_norms.items():
        layer = ".".join(name.split(".")[:-1])
        joint[layer] = np.hypot(joint.get(layer, 0.0), norms)
    last = list(joint)[-1]
    return {layer: np.median(joint[layer] / joint[last]) for layer in joint}


RIGHT = [
    {"update_ratio": update_ratio_by_norm, "first_loss_gap": first_loss_gap_by_numpy},
    {"update_ratio": update_ratio_by_loops, "loss_trend": loss_trend_by_sums},
    {"loss_trend": loss_trend_by_arrays, "odd_ratios": odd_ratios_by_loop},
    {"odd_ratios": odd_ratios_by_statistics, "gradient_shares": gradient_shares_by_lists},
    {"first_loss_gap": first_loss_gap_by_loss, "gradient_shares": gradient_shares_by_hypot},
]

SLIPS = [
    ("return change / size", "return float(np.divide(size, change))", "ratio_upside_down"),
    ("for array in (before, after - before))", "for array in (before, after))", "sizes_compared"),
    ("for array in (before, after - before))", "for array in (after, after - before))", "over_the_weights_after_throughout"),
    ("step_loss[0] - math.log(classes)", "step_loss[0] - math.log(10)", "ten_classes_always"),
    ("step_loss[0] - math.log(classes)", "step_loss[0] - math.log2(classes)", "logarithm_base_2"),
    ("step_loss[0] - math.log(classes)", "step_loss[-1] - math.log(classes)", "gap_of_the_last_loss"),
    ("float(np.mean(step_loss[-tenth:]) / np.mean(step_loss[:tenth]))", "step_loss[-1] / step_loss[0]", "first_against_last"),
    ("max(1, len(step_loss) // 10)", "math.ceil(len(step_loss) / 10)", "tenth_rounded_up"),
    ("float(np.median(ratios))", "float(np.mean(ratios))", "means_for_medians.odd"),
    ("if not low <= ratio <= high}", "if not low < ratio < high}", "bounds_are_odd"),
    ("if not low <= ratio <= high}", "if ratio < low or ratio > high}", "not_a_number_passes"),
    ('name.rpartition(".")[0]\n        squares', 'name.split(".")[0]\n        squares', "named_before_the_first_dot"),
    ("np.median(np.sqrt(square / last))", "np.median(square / last)", "joint_root_forgotten"),
    ("np.median(np.sqrt(square / last))", "np.mean(np.sqrt(square / last))", "means_for_medians.shares"),
    ("*_, last = squares.values()", "last, *_ = squares.values()", "over_the_first_layer"),
]  # fmt: skip

EQUIVALENT = {
    "A difference is as long as its opposite.": [
        "update_ratio: size, change = (float(joint_norm({'': array})) for array in (before, after - before)) → size, change = (float(joint_norm({'': array})) for array in (before, before - after))"
    ],
    "All sums of squares are below 0 then, and their ratios are the same.": [
        "gradient_shares: squares[layer] = squares.get(layer, 0) + np.square(norms) → squares[layer] = squares.get(layer, 0) - np.square(norms)"
    ],
}

NAMES = {
    "logarithm_added": [
        "first_loss_gap: return step_loss[0] - math.log(classes) → return step_loss[0] + math.log(classes)",
    ],
    "gap_the_wrong_way_round": [
        "first_loss_gap: return step_loss[0] - math.log(classes) → return math.log(classes) - step_loss[0]",
    ],
    "gap_of_the_second_loss": [
        "first_loss_gap: return step_loss[0] - math.log(classes) → return step_loss[1] - math.log(classes)",
    ],
    "gap_of_the_last_loss": [
        "first_loss_gap: return step_loss[0] - math.log(classes) → return step_loss[-1] - math.log(classes)",
    ],
    "logarithm_base_2": [
        "first_loss_gap: return step_loss[0] - math.log(classes) → return step_loss[0] - math.log2(classes)",
    ],
    "last_parameter_only": [
        "gradient_shares: squares[layer] = squares.get(layer, 0) + np.square(norms) → squares[layer] = np.square(norms)",
    ],
    "joint_root_forgotten": [
        "gradient_shares: return {layer: float(np.median(np.sqrt(square / last))) for layer, square in squares.items()} → return {layer: float(np.median(square / last)) for layer, square in squares.items()}",
    ],
    "shares_upside_down": [
        "gradient_shares: return {layer: float(np.median(np.sqrt(square / last))) for layer, square in squares.items()} → return {layer: float(np.median(np.sqrt(last / square))) for layer, square in squares.items()}",
    ],
    "not_divided": [
        "gradient_shares: return {layer: float(np.median(np.sqrt(square / last))) for layer, square in squares.items()} → return {layer: float(np.median(np.sqrt(square))) for layer, square in squares.items()}",
    ],
    "tenth_of_nothing": [
        "loss_trend: tenth = max(1, len(step_loss) // 10) → tenth = max(0, len(step_loss) // 10)",
    ],
    "ten_steps": [
        "loss_trend: tenth = max(1, len(step_loss) // 10) → tenth = max(1, 10)",
    ],
    "trend_upside_down": [
        "loss_trend: return float(np.mean(step_loss[-tenth:]) / np.mean(step_loss[:tenth])) → return float(np.mean(step_loss[:tenth]) / np.mean(step_loss[-tenth:]))",
    ],
    "end_alone": [
        "loss_trend: return float(np.mean(step_loss[-tenth:]) / np.mean(step_loss[:tenth])) → return float(np.mean(step_loss[-tenth:]))",
    ],
    "usual_ones_returned": [
        "odd_ratios: return {name: ratio for name, ratio in medians.items() if not low <= ratio <= high} → return {name: ratio for name, ratio in medians.items() if low <= ratio <= high}",
    ],
    "sizes_compared": [
        "update_ratio: size, change = (float(joint_norm({'': array})) for array in (before, after - before)) → size, change = (float(joint_norm({'': array})) for array in (before, after))",
    ],
    "always_nothing_from_zero": [
        "update_ratio: return 0.0 if change == 0 else math.inf → return 0.0",
    ],
    "always_infinite_from_zero": [
        "update_ratio: return 0.0 if change == 0 else math.inf → return math.inf",
        "update_ratio: return 0.0 if change == 0 else math.inf → return 0.0 if change == 1 else math.inf",
        "update_ratio: return 0.0 if change == 0 else math.inf → return 0.0 if change == -1 else math.inf",
    ],
    "ratio_upside_down": [
        "update_ratio: return change / size → return size / change",
    ],
    "change_alone": [
        "update_ratio: return change / size → return change",
    ],
}
