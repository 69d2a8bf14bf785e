"""Sample submissions for the demonstration: a right one in another style, and typical mistakes."""

REWRITTEN = {
    "relu": """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x):
        self.negative = x <= 0
        y = x.copy()
        y[self.negative] = 0
        return y

    def backward(self, dout):
        dx = dout.copy()
        dx[self.negative] = 0
        return dx
""",
    "affine": """
import numpy as np


class Affine:
    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.x = x
        rows = np.array([row.ravel() for row in x])
        return np.einsum("nd,dm->nm", rows, self.params["W"]) + self.params["b"]

    def backward(self, dout):
        rows = np.array([row.ravel() for row in self.x])
        self.grads["W"] = np.einsum("nd,nm->dm", rows, dout)
        self.grads["b"] = np.ones_like(dout[:, 0]) @ dout
        return np.einsum("nm,dm->nd", dout, self.params["W"]).reshape(self.x.shape)
""",
    "softmax_loss": """
import numpy as np


class SoftmaxWithLoss:
    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, logits, labels):
        numbers = labels.argmax(axis=1) if labels.ndim == 2 else labels
        self.dlogits = np.zeros_like(logits)
        total = 0.0
        for n, row in enumerate(logits):
            row = row - row.max()
            log_sum = np.log(np.exp(row).sum())
            total += log_sum - row[numbers[n]]
            self.dlogits[n] = np.exp(row - log_sum)
            self.dlogits[n, numbers[n]] -= 1
        self.dlogits /= len(logits)
        return total / len(logits)

    def backward(self, dout=1.0):
        return dout * self.dlogits
""",
}
"""Right answers that are written differently from the reference, by task."""

MISTAKES = {
    "ben": {
        "affine": ("dout.sum(axis=0)", "dout.sum()"),
        "sigmoid": ("(1 - self._y)", "(1 + self._y)"),
    },
    "chen": {
        "softmax_loss": ("- self._targets) / len(self._targets)", "- self._targets)"),
        "clip_by_norm": ("min(1.0, max_norm / norm)", "max_norm / norm"),
    },
    "dora": {
        "train": (
            "param -= learning_rate * grads[name]",
            "param = param - learning_rate * grads[name]",
        ),
        "relu": ("dout * self._mask", "dout * (dout > 0)"),
    },
}
"""For each of some students, the task that they get wrong and how: what the solution says, and
what they write in its place."""

HALF_DONE = ("nodes", "shopping", "relu", "sigmoid", "affine")
"""What a student has solved who has come half the way."""

SYNTAX_ERROR = "sigmoid"
ENDLESS_LOOP = "relative_error"
MEMORY_HOG = "gradient_norms"
"""The task that one sample gets wrong in this way."""
