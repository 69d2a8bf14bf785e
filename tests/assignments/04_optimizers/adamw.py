"""Answers to adamw: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import Adam

from .styles import written


class AdamWBase(Adam):
    def __init__(
        self, params, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
    ):
        super().__init__(params, learning_rate, beta1, beta2, eps)
        self.weight_decay = weight_decay


class AdamWBySubtraction(AdamWBase):
    def update(self, name, param, grad):
        param -= self.learning_rate * self.weight_decay * param
        super().update(name, param, grad)


class AdamWByItself(AdamWBase):
    """With Adam's formulas written once more."""

    def update(self, name, param, grad):
        self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * grad
        self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * grad**2
        m_hat = self.m[name] / (1 - self.beta1**self.steps)
        v_hat = self.v[name] / (1 - self.beta2**self.steps)
        step = m_hat / (np.sqrt(v_hat) + self.eps) + self.weight_decay * param
        param[...] = param - self.learning_rate * step


class AdamWAfterwards(AdamWBase):
    """Takes off afterwards what the parameter was to lose before."""

    def update(self, name, param, grad):
        loss = self.learning_rate * self.weight_decay * param
        Adam.update(self, name, param, grad)
        np.subtract(param, loss, out=param)


RIGHT = [
    {"AdamW": AdamWBySubtraction},
    {"AdamW": AdamWByItself},
    {"AdamW": AdamWAfterwards},
]

DECAY = "        param *= 1 - self.learning_rate * self.weight_decay\n"
STEP = "        super().update(name, param, grad)\n"

SLIPS = [
    (
        DECAY + STEP,
        written("super().update(name, param, grad + self.weight_decay * param)"),
        "l2_penalty",
    ),
    (
        DECAY + STEP,
        written("grad = grad + self.learning_rate * self.weight_decay * param") + STEP,
        "penalty_with_rate",
    ),
    (
        DECAY + STEP,
        written("grad = grad * (1 - self.learning_rate * self.weight_decay)") + STEP,
        "gradient_decays",
    ),
    (DECAY, written("param *= self.learning_rate * self.weight_decay"), "share_that_stays"),
    (DECAY, written("param -= self.weight_decay * param"), "without_rate"),
    (DECAY, written("param -= self.learning_rate * param"), "without_decay"),
    (DECAY, written("param += self.learning_rate * self.weight_decay * param"), "grows"),
    (DECAY + STEP, STEP, "no_decay"),
    (DECAY + STEP, DECAY, "no_adam"),
    (DECAY + STEP, STEP + DECAY, "after_the_step"),
    (
        DECAY,
        written("param = param * (1 - self.learning_rate * self.weight_decay)"),
        "nothing_moves",
    ),
]

NAMES = {
    "no_decay": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → pass",
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= 1",
    ],
    "nothing_moves": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param = 1 - self.learning_rate * self.weight_decay"
    ],
    "grows": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= 1 + self.learning_rate * self.weight_decay"
    ],
    "share_that_stays": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= self.learning_rate * self.weight_decay"
    ],
    "without_decay": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= 1 - self.learning_rate"
    ],
    "without_rate": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= 1 - self.weight_decay"
    ],
    "no_adam": [
        "AdamW.update: super().update(name, param, grad) → pass",
        "AdamW.update: super().update(name, param, grad) → super()",
    ],
}
