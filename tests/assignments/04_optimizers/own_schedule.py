"""Answers to own_schedule: right ones in other styles, and wrong ones."""

import math

import numpy as np


def own_schedule_straight(step, steps):
    return 0.02 * (steps - step) / steps


def own_schedule_in_stairs(step, steps):
    return 0.04 * 0.1 ** (3 * step // steps)


def own_schedule_of_two_rates(step, steps):
    return 0.012 if step < 0.7 * steps else 0.0012


def own_schedule_exponential(step, steps):
    return np.float64(0.04) * np.exp(-4 * step / steps)


def own_schedule_with_warm_up(step, steps):
    climb = steps // 10
    if step < climb:
        return 0.03 * (step + 1) / climb
    return 0.015 * (1 + math.cos(math.pi * (step - climb) / (steps - climb)))


RIGHT = [
    {"own_schedule": own_schedule_straight},
    {"own_schedule": own_schedule_in_stairs},
    {"own_schedule": own_schedule_of_two_rates},
    {"own_schedule": own_schedule_exponential},
    {"own_schedule": own_schedule_with_warm_up},
]

OWN = "0.02 * (1 + math.cos(math.pi * step / steps)) / 2"

SLIPS = [
    (OWN, "0.004", "constant_rate"),
    (OWN, "0.004 * (1 - step // steps)", "constant_rate"),
    (OWN, "0.02 * (step + 1) / steps", "only_rises"),
    (OWN, "0.02 * math.cos(math.pi * step / steps)", "below_zero"),
]

NAMES = {
    "below_zero": [
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * math.cos(math.pi * step / steps) / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (0 + math.cos(math.pi * step / steps)) / 2",
    ],
    "constant_rate": [
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.0 * (1 + math.cos(math.pi * step / steps)) / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * 1 / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (1 + math.cos(math.pi * step * steps)) / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (1 + math.cos(steps)) / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (1 + math.cos(math.pi / steps)) / 2",
    ],
    "made_for_one_budget": [
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (1 + math.cos(math.pi * step)) / 2"
    ],
    "only_rises": [
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 2 / (0.02 * (1 + math.cos(math.pi * step / steps)))",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 / (1 + math.cos(math.pi * step / steps)) / 2",
        "own_schedule: return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2 → return 0.02 * (1 - math.cos(math.pi * step / steps)) / 2",
    ],
}
