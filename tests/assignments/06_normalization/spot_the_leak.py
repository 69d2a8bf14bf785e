"""Answers to spot_the_leak: right ones in other styles, and wrong ones."""

import statistics

import numpy as np


def inflates_by_errors(pipeline, rng):
    """Asks whether the mean lies beyond what chance does to it."""
    scores = [pipeline(rng.normal(size=(30, 80)), rng.permutation([0, 1] * 15)) for _ in range(60)]
    error = statistics.stdev(scores) / len(scores) ** 0.5
    return statistics.mean(scores) > 0.5 + max(4 * error, 0.05)


def inflates_by_shuffling(pipeline, rng):
    """Data in which much can be learned, and labels that are shuffled."""
    total, runs = 0.0, 40
    for _ in range(runs):
        t = np.arange(36) % 2
        x = rng.uniform(-1, 1, size=(36, 80)) + 0.5 * t[:, None]
        total += pipeline(x, rng.permutation(t))
    return bool(total / runs > 0.6)


def inflates_by_coins(pipeline, rng):
    """Labels from a coin: they need not be even in each run."""
    scores = np.zeros(40)
    for run in range(len(scores)):
        x = rng.exponential(size=(50, 80))
        t = rng.integers(0, 2, size=50)
        scores[run] = pipeline(x, t)
    return np.mean(scores) >= 0.58


def inflates_by_median(pipeline, rng):
    scores = sorted(
        pipeline(rng.normal(size=(50, 100)), rng.permutation(50) // 25) for _ in range(45)
    )
    return scores[22] > 0.6


RIGHT = [
    {"inflates": inflates_by_errors},
    {"inflates": inflates_by_shuffling},
    {"inflates": inflates_by_coins},
    {"inflates": inflates_by_median},
]

SLIPS = [
    ("for _ in range(30):", "for _ in range(1):", "one_run"),
    ("np.mean(scores) > 0.6", "np.mean(scores) > 0.5", "bound_5"),
    ("np.mean(scores) > 0.6", "np.max(scores) > 0.6", "largest_of_all_runs"),
    ("np.mean(scores) > 0.6", "np.mean(scores) < 0.6", "turned_round"),
    ("np.mean(scores) > 0.6", "np.mean(scores) > 0.7", "bound_7"),
    ("rng.permutation(40) % 2", "np.zeros(40, int)", "one_label_only"),
    ("return bool(np.mean(scores) > 0.6)", "return float(np.mean(scores))", "mean_score"),
]  # fmt: skip


EQUIVALENT = {
    "How many runs there are, and of which size, is a matter of taste.": [
        "inflates: for _ in range(30): → for _ in range(31):",
        "inflates: for _ in range(30): → for _ in range(29):",
        "inflates: x, t = (rng.standard_normal((40, 60)), rng.permutation(40) % 2) → x, t = (rng.standard_normal((40, 61)), rng.permutation(40) % 2)",
        "inflates: x, t = (rng.standard_normal((40, 60)), rng.permutation(40) % 2) → x, t = (rng.standard_normal((40, 59)), rng.permutation(40) % 2)",
    ],
    "No mean is exactly 0.6.": [
        "inflates: return bool(np.mean(scores) > 0.6) → return bool(np.mean(scores) >= 0.6)"
    ],
}

NAMES = {
    "never_true": [
        "inflates: for _ in range(30): → pass",
        "inflates: scores.append(pipeline(x, t)) → pass",
        "inflates: scores.append(pipeline(x, t)) → scores",
        "inflates: return bool(np.mean(scores) > 0.6) → return bool(np.mean(scores) > 1.2)",
    ],
    "one_label_only": [
        "inflates: x, t = (rng.standard_normal((40, 60)), rng.permutation(40) % 2) → x, t = (rng.standard_normal((40, 60)), rng.permutation(40) % 1)",
    ],
    "turned_round": [
        "inflates: return bool(np.mean(scores) > 0.6) → return bool(np.mean(scores) < 0.6)",
    ],
}
