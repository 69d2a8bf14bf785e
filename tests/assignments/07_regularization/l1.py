"""Answers to l1: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.regularization import L1


class L1ByNorms(L1):
    def penalty(self, params):
        return self.strength * sum(
            np.linalg.norm(w.ravel(), 1) for w in self.weights(params).values()
        )

    def gradients(self, params):
        found = {}
        for name, w in self.weights(params).items():
            found[name] = (self.strength * ((w > 0) * 1.0 - (w < 0))).astype(w.dtype)
        return found


class L1ByLoops(L1):
    def penalty(self, params):
        total = 0
        for name, w in params.items():
            if self.applies(name, w):
                total += sum(abs(float(one)) for one in w.flat)
        return total * self.strength

    def gradients(self, params):
        found = {}
        for name, w in self.weights(params).items():
            found[name] = np.zeros_like(w)
            found[name][w > 0] = self.strength
            found[name][w < 0] = -self.strength
        return found


def soft_threshold_by_cases(w, amount):
    y = np.zeros_like(w)
    y[w > amount] = w[w > amount] - amount
    y[w < -amount] = w[w < -amount] + amount
    return y


def soft_threshold_by_loops(w, amount):
    y = w.copy()
    for i in np.ndindex(w.shape):
        if abs(w[i]) <= amount:
            y[i] = 0
        else:
            y[i] -= amount if w[i] > 0 else -amount
    return y


def soft_threshold_by_clip(w, amount):
    """Takes away what lies within the amount."""
    return w - np.clip(w, -amount, amount)


def soft_threshold_by_halves(w, amount):
    return np.maximum(w - amount, 0) - np.maximum(-w - amount, 0)


RIGHT = [
    {"L1": L1ByNorms, "soft_threshold": soft_threshold_by_cases},
    {"L1": L1ByLoops, "soft_threshold": soft_threshold_by_loops},
    {"soft_threshold": soft_threshold_by_clip},
    {"soft_threshold": soft_threshold_by_halves},
]

TOTAL = "np.abs(w, dtype=at_least_float32(w.dtype)).sum()"
SLOPE = "{name: self.strength * np.sign(w) for name, w in self.weights(params).items()}"
SOFT = "np.sign(w) * np.maximum(np.abs(w) - amount, 0)"

SLIPS = [
    (TOTAL, "np.linalg.norm(w)", "two_norm"),
    (TOTAL, "(w**2).sum()", "squares_without_half"),
    (TOTAL, "w.sum()", "signs_cancel"),
    (TOTAL, "abs(w.sum())", "size_of_the_sum"),
    (SLOPE, SLOPE.replace("np.sign(w)", "w"), "squares_for_sizes.gradients"),
    (SLOPE, SLOPE.replace("np.sign(w)", "np.abs(w)"), "penalty_for_gradients"),
    (SLOPE, SLOPE.replace("np.sign(w)", "np.ones_like(w)"), "always_up"),
    (SLOPE, SLOPE.replace("self.strength * ", ""), "without_strength.gradients"),
    (SLOPE, SLOPE.replace("self.weights(params)", "params"), "everything.gradients"),
    (SLOPE, SLOPE.replace("np.sign(w)", "np.where(w > 0, 1, -1)"), "pushed_down_at_zero"),
    (SOFT, "w - amount * np.sign(w)", "passes_zero"),
    (SOFT, "np.where(abs(w) < amount, 0, w)", "hard_threshold"),
    (SOFT, "np.maximum(w - amount, 0)", "negative_ones_vanish"),
    (SOFT, "np.maximum(np.abs(w) - amount, 0)", "sign_forgotten"),
    (SOFT, "np.clip(w, -amount, amount)", "what_is_taken_away"),
]

EQUIVALENT = {
    "Adding float16 up in float32 is the model solution's own care; the text says so.": [
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total += np.abs(w).sum()",
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total += np.abs(w, dtype=w.dtype).sum()",
    ],
    "That a negative amount is refused is a courtesy; the text does not ask for it.": [
        "soft_threshold: amount = real('amount', amount, at_least=0) → pass",
        "soft_threshold: amount = real('amount', amount, at_least=0) → amount = real('amount', amount)",
        "soft_threshold: amount = real('amount', amount, at_least=0) → amount = real('amount', amount, at_least=-1)",
    ],
}

NAMES = {
    "last_array_only.penalty": [
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total = np.abs(w, dtype=at_least_float32(w.dtype)).sum()",
    ],
    "uphill.penalty": [
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total -= np.abs(w, dtype=at_least_float32(w.dtype)).sum()",
    ],
    "mean_of_each_array": [
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total += np.abs(w, dtype=at_least_float32(w.dtype)).mean()",
    ],
    "signs_cancel": [
        "L1.penalty: total += np.abs(w, dtype=at_least_float32(w.dtype)).sum() → total += w.sum()",
    ],
    "without_strength.penalty": [
        "L1.penalty: return self.strength * total → return total",
    ],
    "without_strength.gradients": [
        "L1.gradients: return {name: self.strength * np.sign(w) for name, w in self.weights(params).items()} → return {name: np.sign(w) for name, w in self.weights(params).items()}",
    ],
    "squares_for_sizes.gradients": [
        "L1.gradients: return {name: self.strength * np.sign(w) for name, w in self.weights(params).items()} → return {name: self.strength * w for name, w in self.weights(params).items()}",
    ],
    "sign_forgotten": [
        "soft_threshold: return np.sign(w) * np.maximum(np.abs(w) - amount, 0) → return np.maximum(np.abs(w) - amount, 0)",
    ],
    "passes_zero": [
        "soft_threshold: return np.sign(w) * np.maximum(np.abs(w) - amount, 0) → return np.sign(w) * (np.abs(w) - amount)",
    ],
    "away_from_zero": [
        "soft_threshold: return np.sign(w) * np.maximum(np.abs(w) - amount, 0) → return np.sign(w) * np.maximum(np.abs(w) + amount, 0)",
    ],
    "as_it_came": [
        "soft_threshold: return np.sign(w) * np.maximum(np.abs(w) - amount, 0) → return np.sign(w) * np.maximum(np.abs(w), 0)",
    ],
    "negative_ones_vanish": [
        "soft_threshold: return np.sign(w) * np.maximum(np.abs(w) - amount, 0) → return np.sign(w) * np.maximum(w - amount, 0)",
    ],
}
