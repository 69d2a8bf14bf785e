"""Answers to adam, of both its classes: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import Adam

from .styles import written


class AdamByAssignment(Adam):
    def update(self, name, param, grad):
        t, b1, b2 = self.steps, self.beta1, self.beta2
        self.m[name] = b1 * self.m[name] + (1 - b1) * grad
        self.v[name] = b2 * self.v[name] + (1 - b2) * grad * grad
        m_hat, v_hat = self.m[name] / (1 - b1**t), self.v[name] / (1 - b2**t)
        param[...] = param - self.learning_rate * m_hat / (v_hat**0.5 + self.eps)


class AdamInOneFraction(Adam):
    """The numbers of both corrections taken together, and ε with them."""

    def update(self, name, param, grad):
        m, v = self.m[name], self.v[name]
        m += (1 - self.beta1) * (grad - m)
        v += (1 - self.beta2) * (grad**2 - v)
        root = np.sqrt(1 - self.beta2**self.steps)
        rate = self.learning_rate * root / (1 - self.beta1**self.steps)
        param -= rate * m / (np.sqrt(v) + root * self.eps)


class AdamWithItsOwnCount(Adam):
    """Counts the steps of each parameter by itself."""

    def update(self, name, param, grad):
        self.counts = getattr(self, "counts", {})
        t = self.counts[name] = self.counts.get(name, 0) + 1
        self.m[name] += (1 - self.beta1) * (grad - self.m[name])
        self.v[name] += (1 - self.beta2) * (np.square(grad) - self.v[name])
        scale = np.sqrt(self.v[name] / (1 - pow(self.beta2, t))) + self.eps
        np.subtract(
            param, self.learning_rate * self.m[name] / (1 - self.beta1**t) / scale, out=param
        )


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
    {"Adam": AdamByAssignment},
    {"Adam": AdamInOneFraction},
    {"Adam": AdamWithItsOwnCount},
    {"AdamW": AdamWBySubtraction},
    {"AdamW": AdamWByItself},
    {"Adam": AdamByAssignment, "AdamW": AdamWAfterwards},
]

M = "        m *= self.beta1\n        m += (1 - self.beta1) * grad\n"
V = "        v *= self.beta2\n        v += (1 - self.beta2) * grad**2\n"
M_HAT = "        m_hat = m / (1 - self.beta1**self.steps)\n"
V_HAT = "        v_hat = v / (1 - self.beta2**self.steps)\n"
STEP = "        param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)\n"

DECAY = "        param *= 1 - self.learning_rate * self.weight_decay\n"
ADAM = "        super().update(name, param, grad)\n"

SLIPS = [
    (
        M_HAT + V_HAT + STEP,
        written("param -= self.learning_rate * m / (np.sqrt(v) + self.eps)"),
        "no_correction",
    ),
    ("m_hat / (np.sqrt(v_hat) + self.eps)", "m / (np.sqrt(v_hat) + self.eps)", "m_uncorrected"),
    ("m_hat / (np.sqrt(v_hat) + self.eps)", "m_hat / (np.sqrt(v) + self.eps)", "v_uncorrected"),
    (
        M_HAT + V_HAT,
        written("m_hat = m / (1 - self.beta1)", "v_hat = v / (1 - self.beta2)"),
        "without_the_power",
    ),
    (
        M_HAT + V_HAT,
        written(
            "t = self.steps + 1",
            "m_hat = m / (1 - self.beta1**t)",
            "v_hat = v / (1 - self.beta2**t)",
        ),
        "t_next",
    ),
    (
        M_HAT + V_HAT,
        written(
            "self.t = getattr(self, 't', 0) + 1",
            "m_hat = m / (1 - self.beta1**self.t)",
            "v_hat = v / (1 - self.beta2**self.t)",
        ),
        "t_per_parameter",
    ),
    (
        M_HAT + V_HAT,
        written(
            "t = self.steps - 1",
            "m_hat = m / (1 - self.beta1**t)",
            "v_hat = v / (1 - self.beta2**t)",
        ),
        "t_before",
    ),
    (STEP, written("param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)"), "eps_of_1e_8"),
    (M_HAT, written("self.steps += 1") + M_HAT, "steps_advanced"),
    (
        M_HAT + V_HAT,
        written(
            "t = 0",
            "t += 1",
            "m_hat = m / (1 - self.beta1**t)",
            "v_hat = v / (1 - self.beta2**t)",
        ),
        "without_the_power",
    ),
    (
        M_HAT + V_HAT + STEP,
        written(
            "m /= 1 - self.beta1**self.steps",
            "v /= 1 - self.beta2**self.steps",
            "param -= self.learning_rate * m / (np.sqrt(v) + self.eps)",
        ),
        "corrected_in_memory",
    ),
    (
        M_HAT + V_HAT + STEP,
        written(
            "root = np.sqrt(1 - self.beta2**self.steps)",
            "rate = self.learning_rate * root / (1 - self.beta1**self.steps)",
            "param -= rate * m / (np.sqrt(v) + self.eps)",
        ),
        "eps_hat",
    ),
    (
        STEP,
        written("param -= self.learning_rate * m_hat / np.sqrt(v_hat + self.eps)"),
        "eps_inside",
    ),
    (STEP, written("param -= self.learning_rate * m_hat / np.sqrt(v_hat)"), "no_eps"),
    (STEP, written("param -= self.learning_rate * m_hat / (v_hat + self.eps)"), "no_root"),
    (STEP, written("param -= m_hat / (np.sqrt(v_hat) + self.eps)"), "no_rate"),
    (STEP, written("param += self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)"), "uphill"),
    (
        STEP,
        written("param -= self.learning_rate * grad / (np.sqrt(v_hat) + self.eps)"),
        "gradient_in_the_step",
    ),
    (
        STEP,
        written("param = param - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)"),
        "nothing_moves",
    ),
    (
        M + V,
        written(
            "m = self.beta1 * m + (1 - self.beta1) * grad",
            "v = self.beta2 * v + (1 - self.beta2) * grad**2",
        ),
        "forgotten",
    ),
    (M, written("m *= 1 - self.beta1", "m += self.beta1 * grad"), "m_swapped"),
    (V, written("v *= self.beta2", "v += (1 - self.beta2) * m**2"), "squares_of_m"),
    (M, written("m *= self.beta1", "m += grad"), "m_in_full"),
    (
        DECAY + ADAM,
        written("super().update(name, param, grad + self.weight_decay * param)"),
        "l2_penalty",
    ),
    (
        DECAY + ADAM,
        written("grad = grad + self.learning_rate * self.weight_decay * param") + ADAM,
        "penalty_with_rate",
    ),
    (
        DECAY + ADAM,
        written("grad = grad * (1 - self.learning_rate * self.weight_decay)") + ADAM,
        "gradient_decays",
    ),
    (DECAY, written("param *= self.learning_rate * self.weight_decay"), "share_that_stays"),
    (DECAY, written("param -= self.weight_decay * param"), "without_rate"),
    (DECAY, written("param -= self.learning_rate * param"), "without_decay"),
    (DECAY, written("param += self.learning_rate * self.weight_decay * param"), "grows"),
    (DECAY + ADAM, ADAM, "no_decay"),
    (DECAY + ADAM, DECAY, "no_adam"),
    (DECAY + ADAM, ADAM + DECAY, "after_the_step"),
    (
        DECAY,
        written("param = param * (1 - self.learning_rate * self.weight_decay)"),
        "adamw_nothing_moves",
    ),
]

EQUIVALENT = {
    "Which of the two arrays holds the mean is nobody's business: both start from 0.": [
        "Adam.update: m, v = (self.m[name], self.v[name]) → m, v = (self.v[name], self.m[name])"
    ]
}

NAMES = {
    "nothing_moves": [
        "Adam.update: m += (1 - self.beta1) * grad → pass",
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → pass",
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → param = self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)",
    ],
    "m_forgotten": ["Adam.update: m += (1 - self.beta1) * grad → m = (1 - self.beta1) * grad"],
    "uphill": [
        "Adam.update: m += (1 - self.beta1) * grad → m -= (1 - self.beta1) * grad",
        "Adam.update: m += (1 - self.beta1) * grad → m += (self.beta1 - 1) * grad",
        "Adam.update: m_hat = m / (1 - self.beta1 ** self.steps) → m_hat = m / (self.beta1 ** self.steps - 1)",
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → param += self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)",
    ],
    "m_in_full": [
        "Adam.update: m += (1 - self.beta1) * grad → m += grad",
        "Adam.update: m += (1 - self.beta1) * grad → m += 1 * grad",
    ],
    "v_forgotten": [
        "Adam.update: v += (1 - self.beta2) * grad ** 2 → v = (1 - self.beta2) * grad ** 2"
    ],
    "v_in_full": [
        "Adam.update: v += (1 - self.beta2) * grad ** 2 → v += grad ** 2",
        "Adam.update: v += (1 - self.beta2) * grad ** 2 → v += 1 * grad ** 2",
    ],
    "m_uncorrected": [
        "Adam.update: m_hat = m / (1 - self.beta1 ** self.steps) → m_hat = m",
        "Adam.update: m_hat = m / (1 - self.beta1 ** self.steps) → m_hat = m / 1",
    ],
    "v_uncorrected": [
        "Adam.update: v_hat = v / (1 - self.beta2 ** self.steps) → v_hat = v",
        "Adam.update: v_hat = v / (1 - self.beta2 ** self.steps) → v_hat = v / 1",
    ],
    "no_rate": [
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → param -= m_hat / (np.sqrt(v_hat) + self.eps)"
    ],
    "no_eps": [
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → param -= self.learning_rate * m_hat / np.sqrt(v_hat)"
    ],
    "no_root": [
        "Adam.update: param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps) → param -= self.learning_rate * m_hat / (v_hat + self.eps)"
    ],
    "no_decay": [
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → pass",
        "AdamW.update: param *= 1 - self.learning_rate * self.weight_decay → param *= 1",
    ],
    "adamw_nothing_moves": [
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
