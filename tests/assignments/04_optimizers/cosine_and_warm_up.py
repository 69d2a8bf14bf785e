"""Answers to cosine_and_warm_up: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import CosineDecay, WarmUp
from solutions.schedule import Schedule


class CosineBySquare(CosineDecay):
    """The half-angle formula."""

    def rate(self, step):
        if step >= self.steps:
            return self.final
        share = np.cos(np.pi / 2 * step / self.steps) ** 2
        return share * self.initial + (1 - share) * self.final


class CosineByHand(Schedule):
    def __init__(self, initial, steps, final=0.0):
        self.initial, self.steps, self.final = initial, steps, final

    def rate(self, step):
        t = np.clip(step, 0, self.steps)
        mean, half = (self.initial + self.final) / 2, (self.initial - self.final) / 2
        return mean + half * np.cos(np.pi * t / self.steps)


class WarmUpByHand(Schedule):
    def __init__(self, schedule, steps):
        self.schedule, self.steps = schedule, steps

    def rate(self, step):
        after = step - self.steps
        if after >= 0:
            return self.schedule(after)
        return (1 + after / self.steps) * self.schedule(0) + self.schedule(0) / self.steps


class WarmUpByTable(WarmUp):
    def rate(self, step):
        climb = np.linspace(0, self.initial, self.steps + 1)[1:]
        return climb[step] if step < len(climb) else self.schedule(step - len(climb))


RIGHT = [
    {"CosineDecay": CosineBySquare, "WarmUp": WarmUpByHand},
    {"CosineDecay": CosineByHand},
    {"WarmUp": WarmUpByTable},
]

WAVE = "(1 + math.cos(math.pi * min(step / self.steps, 1))) / 2"

SLIPS = [
    ("min(step / self.steps, 1)", "step / self.steps", "rises_again"),
    ("min(step / self.steps, 1)", "min(step / (self.steps - 1), 1)", "ends_one_step_early"),
    ("min(step / self.steps, 1)", "min(step // self.steps, 1)", "whole_division"),
    (WAVE, WAVE.replace("math.pi * ", ""), "pi_missing"),
    (WAVE, WAVE.replace(" / 2", ""), "half_missing"),
    (WAVE, WAVE.replace("1 + ", ""), "one_missing"),
    ("(self.initial - self.final) * wave", "self.initial * wave", "final_on_top"),
    (
        "self.initial * (step + 1) / self.steps",
        "self.initial * step / self.steps",
        "begins_at_zero",
    ),
    ("self.schedule(step - self.steps)", "self.schedule(step)", "not_restarted"),
    (
        "self.schedule(step - self.steps)",
        "self.schedule(step - self.steps + 1)",
        "restarted_at_one",
    ),
    ("if step < self.steps:", "if step <= self.steps:", "climbs_too_long"),
]

NAMES = {
    "begins_at_zero": [
        "WarmUp.rate: return self.initial * (step + 1) / self.steps → return self.initial * step / self.steps",
        "WarmUp.rate: return self.initial * (step + 1) / self.steps → return self.initial * (step + 0) / self.steps",
    ],
    "climbs_too_long": ["WarmUp.rate: if step < self.steps: → if step <= self.steps:"],
    "final_on_top": [
        "CosineDecay.rate: return self.final + (self.initial - self.final) * wave → return self.final + self.initial * wave"
    ],
    "fraction_alone": [
        "WarmUp.rate: return self.initial * (step + 1) / self.steps → return (step + 1) / self.steps"
    ],
    "half_missing": [
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = 1 + math.cos(math.pi * min(step / self.steps, 1))",
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 1",
    ],
    "not_restarted": [
        "WarmUp.rate: return float(self.schedule(step - self.steps)) → return float(self.schedule(step))"
    ],
    "one_missing": [
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = math.cos(math.pi * min(step / self.steps, 1)) / 2",
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = (0 + math.cos(math.pi * min(step / self.steps, 1))) / 2",
    ],
    "pi_missing": [
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = (1 + math.cos(min(step / self.steps, 1))) / 2"
    ],
    "upside_down": [
        "CosineDecay.rate: wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2 → wave = (1 - math.cos(math.pi * min(step / self.steps, 1))) / 2"
    ],
}
