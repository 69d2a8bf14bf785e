"""Answers to decays: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.schedule import Schedule


class StepDecayByLoop(Schedule):
    def __init__(self, initial, every, factor=0.1):
        super().__init__(initial)
        self.every, self.factor = every, factor

    def rate(self, step):
        rate = self.initial
        while step >= self.every:
            rate, step = rate * self.factor, step - self.every
        return rate


class StepDecayByFloor(StepDecayByLoop):
    def rate(self, step):
        return self.initial * np.power(self.factor, np.floor(step / self.every))


class ExponentialDecayByPower(Schedule):
    def __init__(self, initial, decay):
        super().__init__(initial)
        self.decay = decay

    def rate(self, step):
        return self.initial * np.exp(-self.decay) ** step


class ExponentialDecayByDivision(ExponentialDecayByPower):
    def rate(self, step):
        return self.initial / math.e ** (self.decay * step)


class InverseTimeDecayByPower(ExponentialDecayByPower):
    def rate(self, step):
        return self.initial * (self.decay * step + 1) ** -1


class InverseTimeDecayByHalfLife(ExponentialDecayByPower):
    def rate(self, step):
        half = 1 / self.decay
        return np.float64(self.initial * half / (half + step))


RIGHT = [
    {
        "StepDecay": StepDecayByLoop,
        "ExponentialDecay": ExponentialDecayByPower,
        "InverseTimeDecay": InverseTimeDecayByPower,
    },
    {"StepDecay": StepDecayByFloor},
    {"ExponentialDecay": ExponentialDecayByDivision},
    {"InverseTimeDecay": InverseTimeDecayByHalfLife},
]

SLIPS = [
    ("(step // self.every)", "(step / self.every)", "no_stairs"),
    ("(step // self.every)", "((step - 1) // self.every if step else 0)", "one_step_late"),
    ("(step // self.every)", "(step % self.every)", "rest_for_quotient"),
    (
        "self.factor ** (step // self.every)",
        "self.factor * (step // self.every)",
        "times_for_power",
    ),
    ("self.factor ** (step // self.every)", "self.factor**step", "falls_at_each_step"),
    ("math.exp(-self.decay * step)", "(1 - self.decay) ** step", "one_minus_decay"),
    ("math.exp(-self.decay * step)", "self.decay**step", "decay_as_base"),
    ("math.exp(-self.decay * step)", "math.exp(self.decay * step)", "grows.exponential"),
    ("self.initial / (1 + self.decay * step)", "self.initial / (1 + step)", "decay_of_one"),
    (
        "self.initial / (1 + self.decay * step)",
        "self.initial / 1 + self.decay * step",
        "parentheses_missing",
    ),
    (
        "self.initial / (1 + self.decay * step)",
        "self.initial / (1 + self.decay) ** step",
        "power_of_step",
    ),
]

NAMES = {
    "decay_of_one": [
        "InverseTimeDecay.rate: return self.initial / (1 + self.decay * step) → return self.initial / (1 + step)"
    ],
    "falls_at_each_step": [
        "StepDecay.rate: return float(self.initial * self.factor ** (step // self.every)) → return float(self.initial * self.factor ** step)"
    ],
    "grows.exponential": [
        "ExponentialDecay.rate: return self.initial * math.exp(-self.decay * step) → return self.initial / math.exp(-self.decay * step)",
        "ExponentialDecay.rate: return self.initial * math.exp(-self.decay * step) → return self.initial * math.exp(self.decay * step)",
    ],
    "grows.inverse": [
        "InverseTimeDecay.rate: return self.initial / (1 + self.decay * step) → return self.initial * (1 + self.decay * step)"
    ],
    "grows.staircase": [
        "StepDecay.rate: return float(self.initial * self.factor ** (step // self.every)) → return float(self.initial / self.factor ** (step // self.every))"
    ],
    "initial_left_out.exponential": [
        "ExponentialDecay.rate: return self.initial * math.exp(-self.decay * step) → return math.exp(-self.decay * step)"
    ],
    "initial_left_out.staircase": [
        "StepDecay.rate: return float(self.initial * self.factor ** (step // self.every)) → return float(self.factor ** (step // self.every))"
    ],
    "never_falls.exponential": [
        "ExponentialDecay.rate: return self.initial * math.exp(-self.decay * step) → return self.initial"
    ],
    "never_falls.inverse": [
        "InverseTimeDecay.rate: return self.initial / (1 + self.decay * step) → return self.initial",
        "InverseTimeDecay.rate: return self.initial / (1 + self.decay * step) → return self.initial / 1",
    ],
    "never_falls.staircase": [
        "StepDecay.rate: return float(self.initial * self.factor ** (step // self.every)) → return float(self.initial)"
    ],
    "same_denominator": [
        "InverseTimeDecay.rate: return self.initial / (1 + self.decay * step) → return self.initial / (1 + self.decay)"
    ],
    "step_left_out": [
        "ExponentialDecay.rate: return self.initial * math.exp(-self.decay * step) → return self.initial * math.exp(-self.decay)"
    ],
    "times_for_power": [
        "StepDecay.rate: return float(self.initial * self.factor ** (step // self.every)) → return float(self.initial * (self.factor * (step // self.every)))"
    ],
}
