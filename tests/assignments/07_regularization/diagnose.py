"""Answers to diagnose: right ones by quite different rules, and wrong ones."""

import math

import numpy as np

AT_LOG_C = {"too little training", "dead network", "too large steps"}
BOTH_IN_VALIDATION = {"wrong labels", "other processing"}


def thirds_by_numpy(curve):
    curve, n = np.array(curve), len(curve) // 3
    return np.array([curve[:n].mean(), curve[n:-n].mean(), curve[-n:].mean()])


# By slopes: a line is laid through the last third, and through all of it


def line(curve):
    """Return the height at the end of the line through the last third, and how far it climbs."""
    n = len(curve) // 3
    slope, height = np.polyfit(np.arange(n), curve[-n:], 1)
    return height + slope * (n - 1), slope * n


def training_causes_by_slopes(losses, classes):
    end, climb = line(np.array(losses) / np.log(classes))
    if np.median(losses) > 1.15 * np.log(classes):
        return ["too large steps"]
    if abs(end - 1) < 0.15:
        return AT_LOG_C
    if climb < -0.08:
        return ["too little training"]
    return ["underfitting"] if end > 0.2 else []


def validation_causes_by_slopes(losses, accuracies, classes):
    n = len(losses)
    if max(accuracies) < 1 / classes + 0.1:
        return BOTH_IN_VALIDATION
    _, climb = line(np.array(losses) / np.log(classes))
    return {"overfitting"} if climb > 0.09 and n > 5 else frozenset()


# By the best epoch against the last ones


def training_causes_by_best(losses, classes):
    chance = -math.log(1 / classes)
    best, last = min(losses), float(np.median(losses[-5:]))
    if best > 0.9 * chance:
        return {"too large steps"} if max(losses) > 1.15 * chance else set(AT_LOG_C)
    before = np.median(losses[len(losses) // 2 :][:5])
    if before - last > 0.07 * chance:
        return {"too little training"}
    return {"underfitting"} if last > chance / 5 else set()


def validation_causes_by_best(losses, accuracies, classes):
    if np.mean(accuracies) < 1.12 / classes + 0.03:
        return {"other processing", "wrong labels"}
    best, last = min(losses), np.mean(losses[-4:])
    return {"overfitting"} if last - best > 0.15 * math.log(classes) else set()


# By halves and quarters of the curve, and a loop that sorts it


def training_causes_by_halves(losses, classes):
    share = [loss / math.log(classes) for loss in losses]
    quarter, half = len(share) // 4, len(share) // 2
    end, before = np.mean(share[-quarter:]), np.mean(share[half:-quarter])
    found = set()
    if abs(end - 1) < 0.1:
        found |= AT_LOG_C
    elif end > 1.1:
        found.add("too large steps")
    elif before - end > 0.06:
        found.add("too little training")
    elif end > 1 / 3:
        found.add("underfitting")
    return found


def validation_causes_by_halves(losses, accuracies, classes):
    half, quarter = len(losses) // 2, len(losses) // 4
    right = (np.mean(accuracies[-quarter:]) - 1 / classes) / (1 - 1 / classes)
    if right < 0.2:
        return ("wrong labels", "other processing")
    middle, end = np.mean(losses[quarter:half]), np.mean(losses[-quarter:])
    return ("overfitting",) if end > 1.25 * middle else ()


def diagnose_by_union(history, classes):
    train, valid = np.array(history["train_loss"]), np.array(history["validation_loss"])
    causes = set(training_causes_by_best(train, classes))
    if np.mean(train[-6:]) < 0.2 * np.log(classes):
        causes |= validation_causes_by_best(valid, history["validation_accuracy"], classes)
    return sorted(causes)


def diagnose_alone(history, classes):
    """Write it in one function, by the accuracies where they do as well."""
    chance = 1 / classes
    train, valid = history["train_loss"], history["validation_loss"]
    right, valid_right = (
        (np.mean(history[f"{name}_accuracy"][-8:]) - chance) / (1 - chance)
        for name in ("train", "validation")
    )
    if right < 0.1:
        jumps = max(train) > 1.3 * math.log(classes)
        return {"too large steps"} if jumps else AT_LOG_C
    if right < 0.85:
        falls = np.mean(train[4 : len(train) // 2]) - np.mean(train[-7:]) > 0.15 * math.log(classes)
        return {"too little training"} if falls else {"underfitting"}
    if valid_right < 0.15:
        return {"other processing", "wrong labels"}
    return {"overfitting"} if valid[-1] > 1.3 * np.sort(valid)[2] else set()


RIGHT = [
    {
        "thirds": thirds_by_numpy,
        "training_causes": training_causes_by_slopes,
        "validation_causes": validation_causes_by_slopes,
    },
    {
        "training_causes": training_causes_by_best,
        "validation_causes": validation_causes_by_best,
        "diagnose": diagnose_by_union,
    },
    {
        "training_causes": training_causes_by_halves,
        "validation_causes": validation_causes_by_halves,
    },
    {"diagnose": diagnose_alone},
]

AT_LOG = '{"dead network", "too large steps", "too little training"}'
PARTS = "curve[:n], curve[n : len(curve) - n], curve[len(curve) - n :]"

SLIPS = [
    ("math.log(classes)", "math.log(10)", "ten_classes"),
    ("math.log(classes)", "math.log2(classes)", "flat_is_underfitting"),
    (AT_LOG, '{"dead network"}', "dead_alone"),
    (AT_LOG, '{"too little training"}', "too_short_alone"),
    (AT_LOG, '{"dead network", "too little training"}', "flat_is_not_too_large_steps"),
    (PARTS, "curve[:n], curve[n : len(curve) - n], curve[2 * n :]", "last_from_two_thirds"),
    (PARTS, "curve[:n], curve[n : 2 * n], curve[2 * n :]", "rest_to_the_end"),
    (PARTS, "curve[:n], curve[n : len(curve) - n], curve[-n:-1]", "last_without_the_end"),
    ("last < 0.25", "last < 0.1 * thirds(losses)[0] / math.log(classes)", "zero_or_nothing"),
    ("middle - last > 0.09", "losses[-1] < losses[-2]", "trend_of_two"),
    ("middle - last > 0.09", "middle - last < 0.09", "trend_reversed"),
    ("1 / classes + 0.15", "0.25", "chance_of_ten"),
    ("1 / classes + 0.15", "math.log(classes)", "accuracy_beside_log_c"),
    ('{"other processing", "wrong labels"}', '{"wrong labels"}', "labels_alone"),
    ("means[-1] > 1.2 * min(means)", "losses[-1] > losses[-2]", "rise_of_the_last_two"),
    ("means[-1] > 1.2 * min(means)", "means[-1] > 0", "any_gap"),
    ("return causes or validation_causes(", "return causes | validation_causes(", "both_always"),
]  # fmt: skip

EQUIVALENT = {
    "Nothing lies on a bound.": [
        "training_causes: if last > 1.2: → if last >= 1.2:",
        "training_causes: if last > 0.9: → if last >= 0.9:",
        "training_causes: if last < 0.25: → if last <= 0.25:",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if middle - last >= 0.09 else {'underfitting'}",
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[-1] <= 1 / classes + 0.15:",
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return {'overfitting'} if means[-1] >= 1.2 * min(means) else set()",
    ],
    "Who guesses does so in each epoch, and who does not, in none.": [
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if accuracies[-1] < 1 / classes + 0.15:",
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[1] < 1 / classes + 0.15:",
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[-2] < 1 / classes + 0.15:",
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[-0] < 1 / classes + 0.15:",
    ],
    "The rise is so large that the last epoch alone shows it beside the best one.": [
        "validation_causes: means = thirds(losses) → means = losses",
    ],
}

NAMES = {
    "last_with_the_middle": [
        "thirds: parts = (curve[:n], curve[n:len(curve) - n], curve[len(curve) - n:]) → parts = (curve[:n], curve[n:len(curve) - n], curve[n - len(curve):])",
        "thirds: parts = (curve[:n], curve[n:len(curve) - n], curve[len(curve) - n:]) → parts = (curve[:n], curve[n:len(curve) - n], curve[n:])",
    ],
    "thirds_backwards": [
        "thirds: parts = (curve[:n], curve[n:len(curve) - n], curve[len(curve) - n:]) → parts = (curve[len(curve) - n:], curve[n:len(curve) - n], curve[:n])",
    ],
    "sums_of_thirds": [
        "thirds: return [sum(part) / len(part) for part in parts] → return [sum(part) for part in parts]",
    ],
    "validation_causes_silent": [
        "thirds: return [sum(part) / len(part) for part in parts] → return [len(part) for part in parts]",
    ],
    "one_for_all": [
        "training_causes: _, middle, last = (mean / math.log(classes) for mean in thirds(losses)) → _, middle, last = (mean for mean in thirds(losses))",
    ],
    "jumping_is_any_of_three": [
        "training_causes: if last > 1.2: → pass",
    ],
    "zero_or_nothing": [
        "training_causes: if last < 0.25: → pass",
        "training_causes: if last < 0.25: → if last < 0.0:",
    ],
    "trend_reversed": [
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if not middle - last > 0.09 else {'underfitting'}",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if middle - last < 0.09 else {'underfitting'}",
    ],
    "level_is_too_short": [
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'}",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if middle + last > 0.09 else {'underfitting'}",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if middle > 0.09 else {'underfitting'}",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if last > 0.09 else {'underfitting'}",
    ],
    "no_trend": [
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'underfitting'}",
        "training_causes: return {'too little training'} if middle - last > 0.09 else {'underfitting'} → return {'too little training'} if last - middle > 0.09 else {'underfitting'}",
    ],
    "chance_of_ten": [
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[-1] < 0.15:",
        "validation_causes: if thirds(accuracies)[-1] < 1 / classes + 0.15: → if thirds(accuracies)[-1] < 0 / classes + 0.15:",
    ],
    "rise_reversed": [
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return {'overfitting'} if not means[-1] > 1.2 * min(means) else set()",
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return {'overfitting'} if means[-1] < 1.2 * min(means) else set()",
    ],
    "any_gap": [
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return {'overfitting'}",
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return {'overfitting'} if means[-1] > 0.0 * min(means) else set()",
    ],
    "rise_not_seen": [
        "validation_causes: return {'overfitting'} if means[-1] > 1.2 * min(means) else set() → return set()",
    ],
    "training_only": [
        "diagnose: return causes or validation_causes(losses, accuracies, classes) → return causes",
    ],
    "flat_is_underfitting": [
        "training_causes: _, middle, last = (mean / math.log(classes) for mean in thirds(losses)) → _, middle, last = (mean / math.log2(classes) for mean in thirds(losses))",
        "training_causes: if last > 0.9: → pass",
        "training_causes: if last > 0.9: → if last > 1.8:",
    ],
}
