"""Answers to learning: right ones in other styles, and wrong ones."""

import numpy as np


class PerceptronWithIf:
    def __init__(self, w, b=0.0):
        self.w = w
        self.b = b

    def predict(self, x):
        return np.where(x @ self.w + self.b > 0, 1, 0)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for _ in range(epochs):
            count = 0
            for i in range(len(x)):
                answer = self.predict(x[i])
                if answer != targets[i]:
                    count += 1
                    sign = 1 if targets[i] == 1 else -1
                    self.w = self.w + sign * learning_rate * x[i]
                    self.b += sign * learning_rate
            counts.append(count)
        return counts


class PerceptronOfTruthValues:
    def __init__(self, w, b=0.0):
        self.w = np.array(w, dtype=float)
        self.b = b

    def predict(self, x):
        return np.einsum("...d,d->...", x, self.w) > -self.b

    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = np.zeros(epochs)
        for epoch in range(epochs):
            for row, target in zip(x, targets, strict=True):
                if self.predict(row) and not target:
                    self.w -= learning_rate * row  # an array of our own
                    self.b -= learning_rate
                    mistakes[epoch] += 1
                elif target and not self.predict(row):
                    self.w += learning_rate * row
                    self.b += learning_rate
                    mistakes[epoch] += 1
        return mistakes


class PerceptronWithConstantInput:
    def __init__(self, w, b=0.0):
        self.weights = np.append(w, b)

    @property
    def w(self):
        return self.weights[:-1]

    @property
    def b(self):
        return self.weights[-1]

    def predict(self, x):
        one = np.ones((*x.shape[:-1], 1))
        return (np.concatenate([x, one], axis=-1) @ self.weights > 0).astype(int)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = [0] * epochs
        for epoch in range(epochs):
            for n, target in enumerate(targets):
                delta = target - self.predict(x[n])
                self.weights = self.weights + learning_rate * delta * np.append(x[n], 1)
                mistakes[epoch] += int(delta != 0)
        return tuple(mistakes)


class PerceptronInPlaceOfItsOwn:
    def __init__(self, w, b=0.0):
        self.w = w
        self.b = b

    def predict(self, x):
        return (np.dot(x, self.w) + self.b > 0) * 1

    def fit(self, x, targets, epochs, learning_rate=1.0):
        self.w = self.w.copy()
        counts = []
        for _ in range(epochs):
            counts.append(0)
            for row, target in zip(x, targets, strict=True):
                error = target - self.predict(row)
                if error != 0:
                    self.w += learning_rate * error * row
                    self.b += learning_rate * error
                    counts[-1] += 1
        return counts


CORRECT = "self.w = self.w + learning_rate * error * row"


CORRECTIONS = """self.w = self.w + learning_rate * error * row
                self.b = self.b + learning_rate * error"""


ERROR = "error = int(target) - int(self.predict(row))  # -1, 0 or 1"


class PerceptronByDifference:
    """Moves by the inputs of what was missed, less those of what was a false alarm."""

    def __init__(self, w, b=0.0):
        self.w, self.b = w, b

    def predict(self, x):
        return np.heaviside(np.sum(x * self.w, axis=-1) + self.b, 0)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = np.zeros(epochs, dtype=int)
        for turn in range(epochs * len(x)):
            epoch, n = divmod(turn, len(x))
            e = float(targets[n]) - float(self.predict(x[n]))
            if e:
                self.w, self.b = self.w + e * learning_rate * x[n], self.b + e * learning_rate
                counts[epoch] += 1
        return list(counts)


class PerceptronOfLists:
    def __init__(self, w, b=0.0):
        self.w, self.b = list(w), b

    def predict(self, x):
        if np.ndim(x) == 2:
            return [self.predict(row) for row in x]
        return int(sum(a * c for a, c in zip(x, self.w, strict=True)) + self.b > 0)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        return [
            sum(self.learn(row, t, learning_rate) for row, t in zip(x, targets, strict=True))
            for _ in range(epochs)
        ]

    def learn(self, row, target, rate):
        e = int(target) - self.predict(row)
        self.w = [w + rate * e * a for w, a in zip(self.w, row, strict=True)]
        self.b += rate * e
        return abs(e)


RIGHT = [
    {"Perceptron": PerceptronByDifference},
    {"Perceptron": PerceptronOfLists},
    {"Perceptron": PerceptronWithIf},
    {"Perceptron": PerceptronOfTruthValues},
    {"Perceptron": PerceptronWithConstantInput},
    {"Perceptron": PerceptronInPlaceOfItsOwn},
]

PREDICT = "return perceptron(x, self.w, self.b)"

SLIPS = [
    (PREDICT, "return step(np.dot(self.w, x) + self.b)", "predicts_with_weights_first_by_dot"),
    (CORRECT, CORRECT.replace("w +", "w -"), "away_from_target.w"),
    (CORRECTIONS, "pass", "not_learned"),
    (CORRECT, CORRECT.replace("error", "max(error, 0)"), "false_alarms_stay.w"),
    (CORRECTIONS, CORRECTIONS.replace("learning_rate * ", ""), "rate_ignored"),
    (PREDICT, "return step(x @ self.w + (x.ndim - 1) * self.b)", "predicts_without_bias.one"),
    (PREDICT, "return step(x @ self.w + (2 - x.ndim) * self.b)", "predicts_without_bias.batch"),
    (ERROR, "error = int(self.predict(row)) - int(target)", "away_from_target"),
    (CORRECT, "self.w = self.w + learning_rate * error", "same_for_all_weights"),
    (CORRECT, "self.w += learning_rate * error * row", "weights_in_place"),
    ("self.b = self.b + learning_rate * error", "pass", "not_learned.b"),
    (
        "self.b = self.b + learning_rate * error",
        "self.b = self.b + error",
        "rate_ignored.b",
    ),
    ("wrong += abs(error)", "wrong += error", "mistakes_cancel"),
    (
        "        mistakes = []\n        for _ in range(epochs):\n            wrong = 0\n",
        "        mistakes = []\n        wrong = 0\n        for _ in range(epochs):\n",
        "counts_go_on",
    ),
    (
        "            mistakes.append(wrong)\n        return mistakes",
        "            mistakes.append(wrong)\n            return mistakes",
        "return_inside_the_loop",
    ),
    (
        CORRECTIONS,
        CORRECTIONS.replace("error", "int(target) * abs(error)"),
        "false_alarms_stay",
    ),
    (CORRECTIONS, CORRECTIONS.replace("error", "abs(error)"), "always_adds"),
    (CORRECT, "self.w = learning_rate * error * row", "lost.w"),
    (
        CORRECT,
        "self.w = learning_rate * error * row if error else self.w",
        "lost_at_mistakes.w",
    ),
    ("for _ in range(epochs):", "for _ in range(epochs)[1:]:", "one_epoch_too_few"),
    ("for _ in range(epochs):", "for _ in range(1):", "return_inside_the_loop"),
    (
        "return perceptron(x, self.w, self.b)",
        "return 1 * (x @ self.w > 0.5 - self.b)",
        "predicts_above_one_half",
    ),
    (
        "return perceptron(x, self.w, self.b)",
        "return step(x @ self.w - self.b)",
        "predicts_with_bias_subtracted",
    ),
    (
        "return perceptron(x, self.w, self.b)",
        "return np.where(x @ self.w < -self.b, 0, 1)",
        "predicts_yes_at_zero",
    ),
    (ERROR, "error = int(target) - int(row @ self.w + self.b >= 0)", "fit_says_yes_at_zero"),
    (ERROR, "error = target - self.predict(x)", "predicts_all_samples"),
    (ERROR, "error = target - predict(row)", "predict_without_self"),
    (CORRECT, "w = w + learning_rate * error * row", "weights_without_self"),
    ("wrong += abs(error)", "wrong += error == 1", "only_misses_counted"),
    (
        "            mistakes.append(wrong)\n        return",
        "                mistakes.append(wrong)\n        return",
        "list_grows_at_each_sample",
    ),
]

EQUIVALENT = {
    "The refusal of targets of another length is a courtesy; the text does not ask for it.": [
        "Perceptron.fit: for row, target in zip(as_float(x), targets, strict=True):"
        f" → for row, target in zip(as_float(x), targets{strict}):"
        for strict in ("", ", strict=False")
    ]
}

NAMES = {
    "away_from_target": [
        "Perceptron.fit: error = int(target) - int(self.predict(row)) → error = int(self.predict(row)) - int(target)",
    ],
    "not_learned.w": [
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → pass",
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → self.w = self.w",
    ],
    "away_from_target.w": [
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → self.w = self.w - learning_rate * error * row",
    ],
    "lost.w": [
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → self.w = learning_rate * error * row",
    ],
    "same_for_all_weights": [
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → self.w = self.w + learning_rate * error",
    ],
    "rate_ignored.w": [
        "Perceptron.fit: self.w = self.w + learning_rate * error * row → self.w = self.w + error * row",
    ],
    "not_learned.b": [
        "Perceptron.fit: self.b = self.b + learning_rate * error → pass",
        "Perceptron.fit: self.b = self.b + learning_rate * error → self.b = self.b",
    ],
    "away_from_target.b": [
        "Perceptron.fit: self.b = self.b + learning_rate * error → self.b = self.b - learning_rate * error",
    ],
    "lost.b": [
        "Perceptron.fit: self.b = self.b + learning_rate * error → self.b = learning_rate * error",
    ],
    "rate_ignored.b": [
        "Perceptron.fit: self.b = self.b + learning_rate * error → self.b = self.b + error",
    ],
    "mistakes_cancel": [
        "Perceptron.fit: wrong += abs(error) → wrong += error",
    ],
    "empty_list": [
        "Perceptron.fit: mistakes.append(wrong) → pass",
        "Perceptron.fit: mistakes.append(wrong) → mistakes",
    ],
}
