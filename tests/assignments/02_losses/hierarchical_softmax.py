"""Answers to hierarchical_softmax: right ones in other styles, and wrong ones."""

from itertools import pairwise

import numpy as np


class TreeFromTheTop:
    """Reads the turns off the binary digits of the leaf's number."""

    def __init__(self, W, b):
        self.params = {"W": W, "b": b}
        self.classes = len(b) + 1

    def path(self, label):
        node, way = 1, []
        for digit in bin(self.classes + label)[3:]:
            way.append([node, int(digit)])
            node = 2 * node + int(digit)
        return way

    def log_probability(self, x, labels):
        if min(labels) < 0 or max(labels) >= self.classes:
            raise ValueError("no such class")
        return [self.one(row, int(c)) for row, c in zip(x, labels, strict=True)]

    def one(self, row, label):
        total = 0.0
        for fork, turn in self.path(label):
            z = row @ self.params["W"].T[fork - 1] + self.params["b"][fork - 1]
            total += -np.logaddexp(0, -z) if turn else -np.logaddexp(0, z)
        return total


class TreeByArrays(TreeFromTheTop):
    """Takes each sample's forks at once; its turns are truth values."""

    def path(self, label):
        nodes = [self.classes + label]
        while nodes[0] > 1:
            nodes.insert(0, nodes[0] // 2)
        return [(above, below % 2 == 1) for above, below in pairwise(nodes)]

    def one(self, row, label):
        forks, turns = (np.array(part) for part in zip(*self.path(label), strict=True))
        z = row @ self.params["W"][:, forks - 1] + self.params["b"][forks - 1]
        return -np.logaddexp(0, np.where(turns, -z, z)).sum()


TERM = "np.logaddexp(0, -score if turn == 1 else score)"

RIGHT = [
    {"HierarchicalSoftmax": TreeFromTheTop},
    {"HierarchicalSoftmax": TreeByArrays},
]

SCORE = """x[n] @ self.params["W"][:, fork - 1] + self.params["b"][fork - 1]"""

SLIPS = [
    (SCORE, SCORE.replace("[:, fork - 1]", "[fork - 1]"), "row_of_the_weights_on_the_right"),
    (SCORE, SCORE.replace("[:, fork - 1]", "[:, fork]"), "column_of_the_next_fork"),
    (SCORE, SCORE.replace(" + ", " - "), "biases_subtracted"),
    ("return way[::-1]", "return way", "from_leaf_to_root"),
    ("node = self.classes + int(label)", "node = label", "leaf_without_offset"),
    (
        "way.append((node // 2, node % 2))",
        "way.append((node, node % 2))",
        "node_with_its_own_turn",
    ),
    ("return way[::-1]", "return way.reverse()", "reverse_returns_nothing"),
    ("node //= 2", "node /= 2", "halves_climbed"),
    ("way.append((node // 2, node % 2))", "way.append((node / 2, node % 2))", "halves_noted"),
    (
        "way.append((node // 2, node % 2))",
        "way.append((node // 2, 1 if node % 2 else -1))",
        "left_is_minus_one",
    ),
    (
        f"total[n] -= {TERM}",
        "total[n] -= np.log(1 + np.exp(score * (1 - 2 * turn)))",
        "exponential_overflows_at_a_fork",
    ),
    (f"total[n] -= {TERM}", f"total[n] = -{TERM}", "only_the_last_fork"),
    (
        'self.params["W"][:, fork - 1] + self.params["b"][fork - 1]',
        'self.params["W"][:, fork] + self.params["b"][fork]',
        "column_of_the_next_fork",
    ),
    ("        check_labels(labels, self.classes)\n", "", "labels_not_checked"),
    (TERM, "np.logaddexp(0, -score)", "always_right"),
    (TERM, TERM.replace("== 1", "== 0"), "sigmoid_goes_left"),
    (' + self.params["b"][fork - 1]', "", "tree_without_biases"),
    ("total[n] -= ", "total[n] += ", "tree_positive"),
    (
        f"total[n] -= {TERM}",
        "total[n] += np.log(sigmoid(score) if turn == 1 else 1 - sigmoid(score))",
        "logarithm_of_rounded_sigmoid",
    ),
]

EQUIVALENT = {
    "The package's rule for integers and half precision; not asked of students.": [
        "HierarchicalSoftmax.log_probability: x = as_float(x) → pass"
    ],
    "Of labels and scores of other shapes the text asks less; here the sentence is friendlier.": [
        "HierarchicalSoftmax.log_probability: if labels.shape != x.shape[:1]: → pass"
    ],
    "Any column has the length and the dtype; and a · b = b · a.": [
        *(
            "HierarchicalSoftmax.log_probability: total = np.zeros_like(x[:, 0])"
            f" → total = np.zeros_like(x[:, {column}])"
            for column in (1, -1)
        ),
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + "
        "self.params['b'][fork - 1] → score = self.params['W'][:, fork - 1] @ x[n] + "
        "self.params['b'][fork - 1]",
    ],
}

NAMES = {
    "leaf_without_offset": [
        "HierarchicalSoftmax.path: node = self.classes + int(label) → node = int(label)",
    ],
    "node_with_its_own_turn": [
        "HierarchicalSoftmax.path: way.append((node // 2, node % 2)) → way.append((node, node % 2))",
        "HierarchicalSoftmax.path: way.append((node // 2, node % 2)) → way.append((node // 1, node % 2))",
    ],
    "from_leaf_to_root": [
        "HierarchicalSoftmax.path: return way[::-1] → return way[::1]",
    ],
    "labels_not_checked": [
        "HierarchicalSoftmax.log_probability: check_labels(labels, self.classes) → pass",
    ],
    "biases_subtracted": [
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork - 1] - self.params['b'][fork - 1]",
    ],
    "tree_without_biases": [
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork - 1]",
    ],
    "row_of_the_weights_on_the_right": [
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][fork - 1, :] + self.params['b'][fork - 1]",
    ],
    "column_of_the_next_fork": [
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork] + self.params['b'][fork - 1]",
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork - 0] + self.params['b'][fork - 1]",
    ],
    "bias_of_the_next_fork": [
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork]",
        "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 1] → score = x[n] @ self.params['W'][:, fork - 1] + self.params['b'][fork - 0]",
    ],
    "tree_positive": [
        "HierarchicalSoftmax.log_probability: total[n] -= np.logaddexp(0, -score if turn == 1 else score) → total[n] += np.logaddexp(0, -score if turn == 1 else score)",
    ],
    "sigmoid_goes_left": [
        "HierarchicalSoftmax.log_probability: total[n] -= np.logaddexp(0, -score if turn == 1 else score) → total[n] -= np.logaddexp(0, -score if not turn == 1 else score)",
        "HierarchicalSoftmax.log_probability: total[n] -= np.logaddexp(0, -score if turn == 1 else score) → total[n] -= np.logaddexp(0, -score if turn != 1 else score)",
        "HierarchicalSoftmax.log_probability: total[n] -= np.logaddexp(0, -score if turn == 1 else score) → total[n] -= np.logaddexp(0, -score if turn == 0 else score)",
    ],
    "always_right": [
        "HierarchicalSoftmax.log_probability: total[n] -= np.logaddexp(0, -score if turn == 1 else score) → total[n] -= np.logaddexp(0, -score)",
    ],
}
