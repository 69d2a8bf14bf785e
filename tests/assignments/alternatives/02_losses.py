"""Right answers in other styles than the reference's: all must get full marks.

They use loops, einsum, fancy indexing, lists and other formulas, and write into arrays of their
own. Some are clumsy on purpose: a check judges what is computed.
"""

import math
from itertools import pairwise

import numpy as np

# 1 Squared error ---------------------------------------------------------------------------------


def squared_error_by_loops(predictions, targets):
    if np.shape(predictions) != np.shape(targets):
        raise ValueError("shapes differ")
    total = 0.0
    for index in np.ndindex(predictions.shape):
        total += (targets[index] - predictions[index]) ** 2 / 2
    return total / predictions.shape[0]


def squared_error_by_rows(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError
    difference = (predictions - targets).reshape(len(predictions), -1)
    return np.mean(np.einsum("nd,nd->n", difference, difference) / 2)


def squared_error_in_place(predictions, targets):
    if list(predictions.shape) != list(targets.shape):
        raise ValueError("no")
    error = predictions.copy()
    error -= targets
    error *= error
    return np.array([error.sum()]) / (2 * len(error))


# 2 Labels ----------------------------------------------------------------------------------------


def check_labels_by_loop(labels, classes):
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError("not integers")
    for label in labels:
        if label not in range(classes):
            raise ValueError(f"{label}")


def check_labels_by_ends(labels, classes):
    if labels.dtype.kind not in ("i", "u") or labels.min() < 0 or labels.max() > classes - 1:
        raise ValueError("bad labels")
    return True


def check_labels_by_set(labels, classes):
    if "int" not in str(labels.dtype):
        raise ValueError("not integers")
    if not set(labels.tolist()) <= set(range(classes)):
        raise ValueError("outside")


def one_hot_by_eye(labels, classes):
    check_labels_by_ends(labels, classes)
    return np.eye(classes)[labels]


def one_hot_by_lists(labels, classes):
    check_labels_by_set(labels, classes)
    return [[1 if c == label else 0 for c in range(classes)] for label in labels]


def one_hot_by_filling(labels, classes):
    check_labels_by_loop(labels, classes)
    rows = np.zeros((len(labels), classes), dtype=int)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def one_hot_targets_by_loop(labels, scores):
    targets = np.zeros_like(scores)
    if labels.shape == scores.shape:
        targets[...] = labels
        return targets
    if labels.shape != (len(scores),):
        raise ValueError("do not fit")
    for n, label in enumerate(labels):
        targets[n, label] = 1
    return targets


def one_hot_targets_by_cases(labels, scores):
    if labels.ndim == 1:
        if labels.shape[0] != scores.shape[0]:
            raise ValueError("lengths")
        return (labels[:, None] == np.arange(scores.shape[1])).astype(scores.dtype)
    if labels.shape != scores.shape:
        raise ValueError("shapes")
    return np.array(labels, dtype=scores.dtype)


# 3 Cross-entropy ---------------------------------------------------------------------------------


def numbers_of(labels):
    return labels.argmax(axis=1) if labels.ndim == 2 else labels


def cross_entropy_by_index(probabilities, labels):
    n = len(probabilities)
    return -np.sum(np.log(probabilities[np.arange(n), numbers_of(labels)] + 1e-7)) / n


def cross_entropy_by_loop(probabilities, labels):
    losses = [
        -math.log(p[c] + 1e-7) for p, c in zip(probabilities, numbers_of(labels), strict=True)
    ]
    return sum(losses) / len(losses)


def cross_entropy_clipped(probabilities, labels):
    right = probabilities[range(len(probabilities)), numbers_of(labels)]
    return np.mean(-np.log(np.maximum(right, 1e-7)))


# 4 Cross-entropy of logits -----------------------------------------------------------------------


def log_softmax_by_logaddexp(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def log_softmax_by_rows(logits):
    result = np.empty_like(logits)
    for index in np.ndindex(logits.shape[:-1]):
        row = logits[index]
        top = max(row)
        result[index] = row - top - np.log(sum(np.exp(z - top) for z in row))
    return result


def log_softmax_in_place(logits):
    out = logits.copy()
    out -= np.max(out, axis=-1)[..., None]
    out -= np.log(np.sum(np.exp(out), axis=-1))[..., None]
    return out


def softmax_cross_entropy_by_index(logits, labels):
    log_p = log_softmax_in_place(logits)
    return -np.mean(log_p[np.arange(len(logits)), numbers_of(labels)])


def softmax_cross_entropy_by_loop(logits, labels):
    total = 0
    for row, label in zip(logits, numbers_of(labels), strict=True):
        top = row.max()
        total += top + math.log(np.exp(row - top).sum()) - row[label]
    return total / len(logits)


# 5 Yes or no -------------------------------------------------------------------------------------


def require_same(a, b):
    if a.shape != b.shape:
        raise ValueError("shapes differ")


def sigmoid_cross_entropy_by_max(logits, targets):
    require_same(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return losses.sum() / logits.shape[0]


def sigmoid_cross_entropy_by_two_terms(logits, targets):
    require_same(logits, targets)
    yes = -targets * np.logaddexp(0, -logits)
    no = (1 - targets) * -np.logaddexp(logits, 0)
    return -(yes + no).reshape(len(logits), -1).sum(axis=1).mean()


def sigmoid_cross_entropy_by_loop(logits, targets):
    require_same(logits, targets)
    total = 0.0
    for z, t in zip(logits.ravel().tolist(), targets.ravel().tolist(), strict=True):
        total += max(z, 0) + math.log(1 + math.exp(-abs(z))) - t * z
    return total / len(logits)


# 6–7 Hinge loss and accuracy ---------------------------------------------------------------------


def hinge_loss_by_index(scores, labels, margin=1.0):
    n, numbers = np.arange(len(scores)), numbers_of(labels)
    terms = np.maximum(0, scores - scores[n, numbers][:, np.newaxis] + margin)
    terms[n, numbers] = 0
    return terms.sum() / len(n)


def hinge_loss_minus_margin(scores, labels, margin=1.0):
    right = np.take_along_axis(scores, numbers_of(labels)[:, None], axis=1)
    return np.mean(np.sum(np.clip(scores - right + margin, 0, None), axis=1) - margin)


def hinge_loss_by_classes(scores, labels, margin=1.0):
    """A loop over the classes is none over the batch."""
    n, numbers = np.arange(len(scores)), numbers_of(labels)
    total = np.zeros(len(scores))
    for c in range(scores.shape[1]):
        term = np.maximum(scores[:, c] - scores[n, numbers] + margin, 0)
        total += np.where(numbers == c, 0, term)
    return total.mean()


def accuracy_by_loop(logits, labels):
    hits = 0
    for row, label in zip(logits, numbers_of(labels), strict=True):
        hits += list(row).index(max(row)) == label
    return hits / len(logits)


def accuracy_by_count(logits, labels):
    return np.count_nonzero(np.argmax(logits, -1) == numbers_of(labels)) / labels.shape[0]


# 8 A tree of classes -----------------------------------------------------------------------------


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


# 9–10 Measured slopes ----------------------------------------------------------------------------


def forward_difference_by_steps(f, x, h):
    after, before = f(x + h), f(x)
    rise = after - before
    return rise / h


def central_difference_by_halves(f, x, h):
    return (f(x + h) / h - f(x - h) / h) / 2


def forward_difference_turned(f, x, h):
    return (f(x) - f(x + h)) / -h


def central_difference_of_two(f, x, h):
    """The mean of the slopes on both sides."""
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return 0.5 * (forward + backward)


def numerical_gradient_on_copies(f, x, h=1e-5):
    if x.dtype != "float64":
        raise ValueError("float64, please")
    slopes = []
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += h
        down.flat[i] -= h
        slopes.append((f(up) - f(down)) / (up.flat[i] - down.flat[i]))
    return np.array(slopes).reshape(x.shape)


def numerical_gradient_on_one_copy(f, x, h=1e-5):
    if x.dtype.name != "float64":
        raise ValueError("float64, please")
    grad, moving = np.empty(x.shape), np.array(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        moving[i] = x[i] - h
        low = f(moving)
        moving[i] = x[i] + h
        grad[i] = (f(moving) - low) / (2 * h)
        moving[i] = x[i]
        it.iternext()
    return grad


def numerical_gradient_by_identity(f, x, h=1e-5):
    if x.dtype != np.dtype(float):
        raise ValueError
    moves = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + m) - f(x - m)) / 2 / h for m in moves], x.shape).tolist()


# 11 Descent --------------------------------------------------------------------------------------


def gradient_descent_as_list(f_gradient, x, learning_rate, steps):
    path = [x]
    while len(path) <= steps:
        path.append(path[-1] - learning_rate * f_gradient(path[-1]))
    return path


def gradient_descent_into_array(f_gradient, x, learning_rate, steps):
    path = np.zeros((steps + 1, *x.shape))
    path[0] = x
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * np.asarray(f_gradient(path[k]))
    return path


def gradient_descent_with_copies(f_gradient, x, learning_rate, steps):
    x = x.copy()
    path = [x.copy()]
    for _ in range(steps):
        x += -learning_rate * f_gradient(x)
        path.append(x.copy())
    return np.array(path)


# 12–13 SGD ---------------------------------------------------------------------------------------


def minibatches_as_list(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("too small")
    rows = np.arange(n)
    rng.shuffle(rows)
    return [rows[i : i + batch_size] for i in range(0, n, batch_size)]


def minibatches_by_lists(n, batch_size, rng):
    if not batch_size >= 1:
        raise ValueError("too small")
    left = [int(row) for row in rng.permutation(n)]
    while left:
        yield left[:batch_size]
        left = left[batch_size:]


def minibatches_by_choice(n, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("too small")
    order = rng.choice(n, size=n, replace=False)
    batches = math.ceil(n / batch_size)
    return iter([order[k * batch_size : min(n, (k + 1) * batch_size)] for k in range(batches)])


def sgd_step_by_slices(params, grads, learning_rate):
    for name in params:
        params[name][...] = params[name] - learning_rate * grads[name]


def sgd_step_by_subtract(params, grads, learning_rate):
    for name, grad in grads.items():
        np.subtract(params[name], learning_rate * grad, out=params[name])
    return params


def sgd_in_one(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    history = []
    for epoch in range(epochs):
        order = rng.permutation(n)
        for i in range(0, n, batch_size):
            loss, grads = gradients(order[i : i + batch_size])
            history += [float(loss)]
            for key in grads:
                params[key] -= learning_rate * grads[key]
        assert epoch < epochs
    return history


def sgd_over_all(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    batches = [b for _ in range(epochs) for b in minibatches_as_list(n, batch_size, rng)]
    losses = np.zeros(len(batches))
    for i, rows in enumerate(batches):
        losses[i], grads = gradients(rows)
        sgd_step_by_slices(params, grads, learning_rate)
    return losses


def sgd_by_while(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    losses, epoch = [], 0
    while epoch < epochs:
        for rows in minibatches_by_lists(n, batch_size, rng):
            answer = gradients(rows)
            sgd_step_by_subtract(params, answer[1], learning_rate)
            losses.append(answer[0])
        epoch += 1
    return tuple(losses)


ALTERNATIVES = {
    "squared_error": [
        {"squared_error": squared_error_by_loops},
        {"squared_error": squared_error_by_rows},
        {"squared_error": squared_error_in_place},
    ],
    "labels": [
        {"check_labels": check_labels_by_loop},
        {"check_labels": check_labels_by_ends},
        {"check_labels": check_labels_by_set},
        {"one_hot": one_hot_by_eye},
        {"one_hot": one_hot_by_lists},
        {"one_hot": one_hot_by_filling},
        {"one_hot_targets": one_hot_targets_by_loop},
        {"one_hot_targets": one_hot_targets_by_cases},
    ],
    "cross_entropy": [
        {"cross_entropy": cross_entropy_by_index},
        {"cross_entropy": cross_entropy_by_loop},
        {"cross_entropy": cross_entropy_clipped},
    ],
    "log_softmax": [
        {"log_softmax": log_softmax_by_logaddexp},
        {"log_softmax": log_softmax_by_rows},
        {"log_softmax": log_softmax_in_place},
        {"softmax_cross_entropy": softmax_cross_entropy_by_index},
        {"softmax_cross_entropy": softmax_cross_entropy_by_loop},
    ],
    "sigmoid_cross_entropy": [
        {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_max},
        {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_two_terms},
        {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_loop},
    ],
    "hinge_loss": [
        {"hinge_loss": hinge_loss_by_index},
        {"hinge_loss": hinge_loss_minus_margin},
        {"hinge_loss": hinge_loss_by_classes},
        {"one_hot_targets": one_hot_targets_by_loop},
    ],
    "accuracy": [{"accuracy": accuracy_by_loop}, {"accuracy": accuracy_by_count}],
    "hierarchical_softmax": [
        {"HierarchicalSoftmax": TreeFromTheTop},
        {"HierarchicalSoftmax": TreeByArrays},
    ],
    "differences": [
        {
            "forward_difference": forward_difference_by_steps,
            "central_difference": central_difference_by_halves,
        },
        {
            "forward_difference": forward_difference_turned,
            "central_difference": central_difference_of_two,
        },
    ],
    "numerical_gradient": [
        {"numerical_gradient": numerical_gradient_on_copies},
        {"numerical_gradient": numerical_gradient_on_one_copy},
        {"numerical_gradient": numerical_gradient_by_identity},
    ],
    "gradient_descent": [
        {"gradient_descent": gradient_descent_as_list},
        {"gradient_descent": gradient_descent_into_array},
        {"gradient_descent": gradient_descent_with_copies},
    ],
    "sgd": [
        {"minibatches": minibatches_as_list},
        {"minibatches": minibatches_by_lists},
        {"minibatches": minibatches_by_choice},
        {"sgd_step": sgd_step_by_slices},
        {"sgd_step": sgd_step_by_subtract},
        {"sgd": sgd_in_one},
        {"sgd": sgd_over_all},
        {"sgd": sgd_by_while},
    ],
}
