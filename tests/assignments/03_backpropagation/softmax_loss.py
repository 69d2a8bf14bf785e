"""Answers to softmax_loss: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.backpropagation import SoftmaxWithLoss
from solutions.losses import numerical_gradient

from .styles import SoftmaxByIndexing, SoftmaxByLogaddexp


class SoftmaxByLoops:
    def forward(self, logits, labels):
        self.logits, self.labels = logits, labels
        total = 0.0
        for row, label in zip(logits, labels, strict=True):
            label = label if labels.ndim == 1 else list(label).index(1)
            top = max(row)
            total += top + math.log(sum(math.exp(z - top) for z in row)) - row[int(label)]
        return total / len(logits)

    def backward(self, dout=1.0):
        gradient = []
        for row, label in zip(self.logits, self.labels, strict=True):
            e = [math.exp(z - max(row)) for z in row]
            one_hot = label if self.labels.ndim == 2 else np.eye(len(row))[label]
            n = len(self.logits)
            gradient.append([dout * (p / sum(e) - t) / n for p, t in zip(e, one_hot, strict=True)])
        return np.array(gradient)


LOSS = "softmax_cross_entropy(logits, self._targets)"


LOSS_BY_ONE_MAXIMUM = (
    "-(self._targets * (logits - logits.max() - np.log(np.exp(logits - logits.max())"
    ".sum(axis=1, keepdims=True)))).sum() / len(logits)"
)


class SoftmaxKeepsInput(SoftmaxWithLoss):
    def forward(self, logits, labels):
        self._case = logits, labels
        return super().forward(logits, labels)


class SoftmaxMeasured(SoftmaxKeepsInput):
    def backward(self, dout=1.0):
        logits, labels = self._case
        slopes = numerical_gradient(lambda z: self.forward(z, labels), logits)
        self.forward(logits, labels)
        return dout * slopes


class SoftmaxOneWay(SoftmaxKeepsInput):
    def backward(self, dout=1.0):
        logits, labels = self._case
        start, slopes = SoftmaxWithLoss().forward(logits, labels), np.zeros_like(logits)
        for index in np.ndindex(logits.shape):
            moved = logits.copy()
            moved[index] += 1e-8
            slopes[index] = (SoftmaxWithLoss().forward(moved, labels) - start) / 1e-8
        return dout * slopes


class SoftmaxByComplexStep(SoftmaxKeepsInput):
    def forward(self, logits, labels):
        self._case = logits, labels
        targets = np.eye(logits.shape[1])[labels] if labels.ndim == 1 else labels
        shifted = logits - logits.real.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -(targets * log_p).sum() / len(logits)

    def backward(self, dout=1.0):
        logits, labels = self._case
        slopes = np.zeros(logits.shape)
        for index in np.ndindex(logits.shape):
            moved = logits.astype(complex)
            moved[index] += 1e-30j
            slopes[index] = self.forward(moved, labels).imag / 1e-30
        self._case = logits, labels
        return dout * slopes


RIGHT = [
    {"SoftmaxWithLoss": SoftmaxByIndexing},
    {"SoftmaxWithLoss": SoftmaxByLoops},
    {"SoftmaxWithLoss": SoftmaxByLogaddexp},
]

SLIPS = [
    (" / len(self._targets)", "", "summed_over_batch.gradient"),
    (" / len(self._targets)", " / self._probabilities.shape[1]", "divided_by_classes.gradient"),
    (
        LOSS,
        "-(self._targets * np.log(self._probabilities + 1e-7)).sum() / len(logits)",
        "loss_capped_at_1e_7",
    ),
    (
        f"self._probabilities = softmax(logits)\n        return {LOSS}",
        "powers = np.exp(logits - logits.max())\n"
        "        self._probabilities = powers / powers.sum(axis=1, keepdims=True)\n"
        f"        return {LOSS_BY_ONE_MAXIMUM}",
        "maximum_of_the_batch",
    ),
    (
        "return dout * (self._probabilities",
        "return (self._probabilities",
        "loss_without_upstream",
    ),
    (
        "self._targets = one_hot_targets(labels, logits)",
        "self._targets = labels + np.zeros_like(logits)",
        "numbers_not_converted",
    ),
    (
        LOSS,
        "-np.sum(self._targets * np.log(self._probabilities)) / len(logits)",
        "logarithm_of_rounded_probability",
    ),
    (
        LOSS,
        "-np.sum(self._targets * np.log(np.maximum(self._probabilities, 1e-12))) / len(logits)",
        "loss_capped_at_1e_12",
    ),
    (
        LOSS,
        LOSS_BY_ONE_MAXIMUM.replace(" - logits.max()", ""),
        "nothing_subtracted_in_logarithm",
    ),
    (LOSS, LOSS_BY_ONE_MAXIMUM, "maximum_of_the_batch.loss"),
    (
        LOSS,
        "np.array([softmax_cross_entropy(row[None], target[None])"
        " for row, target in zip(logits, self._targets)])",
        "one_loss_per_sample",
    ),
    (
        "self._probabilities = softmax(logits)",
        'if not hasattr(self, "_probabilities"):\n'
        "            self._probabilities = softmax(logits)",
        "first_for_ever.probabilities",
    ),
    (
        "        self._probabilities = softmax(logits)\n"
        "        return softmax_cross_entropy(logits, self._targets)",
        '        if not hasattr(self, "first"):\n'
        "            self.first = softmax(logits), self._targets\n"
        "        loss = softmax_cross_entropy(logits, self._targets)\n"
        "        self._probabilities, self._targets = self.first\n"
        "        return loss",
        "first_for_ever",
    ),
    (
        "/ len(self._targets)",
        '/ vars(self).setdefault("size", len(self._targets))',
        "first_batch_size_for_ever",
    ),
    ("self._probabilities", "SoftmaxWithLoss._probabilities", "shared_by_all.probabilities"),
    ("self._probabilities", 'globals()["probabilities"]', "shared_by_all.probabilities"),
    (
        "self._targets = one_hot_targets(labels, logits)\n        self._probabilities = softmax",
        "SoftmaxWithLoss._targets = one_hot_targets(labels, logits)\n"
        "        SoftmaxWithLoss._probabilities = softmax",
        "shared_by_all",
    ),
]

SHORTCUTS = [
    {"SoftmaxWithLoss": SoftmaxMeasured},
    {"SoftmaxWithLoss": SoftmaxOneWay},
    {"SoftmaxWithLoss": SoftmaxByComplexStep},
]

NAMES = {
    "summed_over_batch.gradient": [
        "SoftmaxWithLoss.backward: return dout * (self._probabilities - self._targets) / len(self._targets) → return dout * (self._probabilities - self._targets)",
    ],
    "loss_without_upstream": [
        "SoftmaxWithLoss.backward: return dout * (self._probabilities - self._targets) / len(self._targets) → return (self._probabilities - self._targets) / len(self._targets)",
    ],
    "gradient_reversed": [
        "SoftmaxWithLoss.backward: return dout * (self._probabilities - self._targets) / len(self._targets) → return dout * (self._targets - self._probabilities) / len(self._targets)",
    ],
    "targets_not_subtracted": [
        "SoftmaxWithLoss.backward: return dout * (self._probabilities - self._targets) / len(self._targets) → return dout * self._probabilities / len(self._targets)",
    ],
}
