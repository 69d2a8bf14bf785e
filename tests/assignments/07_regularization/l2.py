"""Answers to l2: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.regularization import L2


class L2ByProducts(L2):
    def penalty(self, params):
        chosen = self.weights(params)
        return self.strength / 2 * sum(np.vdot(w, w) for w in chosen.values())

    def gradients(self, params):
        found = {}
        for name, w in self.weights(params).items():
            found[name] = w.copy()
            found[name] *= self.strength
        return found


class L2ByLoops(L2):
    def penalty(self, params):
        total = 0
        for name in params:
            if self.applies(name, params[name]):
                for w in params[name].flat:
                    total += self.strength * float(w) * float(w) / 2
        return np.array([total])

    def gradients(self, params):
        return {
            name: np.multiply(w, self.strength)
            for name, w in params.items()
            if self.applies(name, w)
        }


class L2ByNorms(L2):
    def penalty(self, params):
        norms = [np.linalg.norm(w.ravel()) for w in self.weights(params).values()]
        return 0.5 * self.strength * np.sum(np.square(norms))

    def gradients(self, params):
        chosen = self.weights(params)
        return {name: (2 * chosen[name]) * (0.5 * self.strength) for name in chosen}


RIGHT = [{"L2": L2ByProducts}, {"L2": L2ByLoops}, {"L2": L2ByNorms}]

VALUE = "return 0.5 * self.strength * total"
SLOPE = "{name: self.strength * w for name, w in self.weights(params).items()}"

SLIPS = [
    ("0.5 * self.strength * total", "self.strength * total", "without_half.penalty"),
    (SLOPE, SLOPE.replace("self.strength", "2 * self.strength"), "without_half.gradients"),
    (SLOPE, SLOPE.replace("self.strength", "0.5 * self.strength"), "half_left_in_the_slope"),
    (SLOPE, SLOPE.replace("self.strength * ", ""), "without_strength.gradients"),
    (SLOPE, SLOPE.replace("self.strength", "-self.strength"), "uphill.gradients"),
    (SLOPE, SLOPE.replace("self.weights(params)", "params"), "everything.gradients"),
    (VALUE, "return 0.5 * total", "without_strength.penalty"),
]

EQUIVALENT = {
    "Adding float16 up in float32 is the model solution's own care; the text says so.": [
        "L2.penalty: total += np.square(w, dtype=at_least_float32(w.dtype)).sum() → total += np.square(w).sum()",
        "L2.penalty: total += np.square(w, dtype=at_least_float32(w.dtype)).sum() → total += np.square(w, dtype=w.dtype).sum()",
    ]
}

NAMES = {
    "last_array_only.penalty": [
        "L2.penalty: total += np.square(w, dtype=at_least_float32(w.dtype)).sum() → total = np.square(w, dtype=at_least_float32(w.dtype)).sum()",
    ],
    "uphill.penalty": [
        "L2.penalty: total += np.square(w, dtype=at_least_float32(w.dtype)).sum() → total -= np.square(w, dtype=at_least_float32(w.dtype)).sum()",
    ],
    "mean_of_each_array": [
        "L2.penalty: total += np.square(w, dtype=at_least_float32(w.dtype)).sum() → total += np.square(w, dtype=at_least_float32(w.dtype)).mean()",
    ],
    "without_strength.penalty": [
        "L2.penalty: return 0.5 * self.strength * total → return 0.5 * total",
    ],
    "without_half.penalty": [
        "L2.penalty: return 0.5 * self.strength * total → return self.strength * total",
        "L2.penalty: return 0.5 * self.strength * total → return 1.0 * self.strength * total",
    ],
    "without_strength.gradients": [
        "L2.gradients: return {name: self.strength * w for name, w in self.weights(params).items()} → return {name: w for name, w in self.weights(params).items()}",
    ],
}
