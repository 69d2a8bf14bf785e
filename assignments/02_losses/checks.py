"""The tasks of chapter 2, and how each is checked.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: batches of
several rows, more classes than any batch holds, numbers of both signs, no square arrays.
"""

import numpy as np

from handgrad import ImplementationError, Question, Task, fetch, keep, lines_run
from solutions.perceptrons import softmax


def one_hot_rows(labels, classes):
    """Write class numbers as rows with a single 1."""
    return (labels[:, None] == np.arange(classes)).astype(float)


def exception_of(call, *args):
    """Return the name of the exception that a call raises."""
    try:
        call(*args)
    except ImplementationError as error:
        if error.kind == "NotImplementedError":
            raise
        return error.kind
    return "no exception"


def outcome_of(call, *args):
    """Return whether a call that is right is refused; what else goes wrong in it is raised."""
    try:
        call(*args)
    except ImplementationError as error:
        if error.kind != "ValueError":
            raise
        return "ValueError"
    return "no exception"


def has_changed(remote, array):
    """Return whether an array that was kept on the implementation's side is another now."""
    return not np.array_equal(fetch(remote), array)


def scores_case(rng, size=2.0):
    """Draw scores (6, 5), and class numbers among which 4, the last class, does not occur."""
    labels = rng.permutation(np.array([0, 3, 1, 1, 2, 0]))
    return size * rng.normal(size=(6, 5)), labels


def probabilities_case(rng):
    """Draw probabilities (6, 5) and class numbers."""
    scores, labels = scores_case(rng)
    return softmax(scores), labels


def both_labels(loss, scores, labels):
    """Return the loss for class numbers and for one-hot rows."""
    return {
        "class numbers": loss(scores, labels),
        "one-hot rows": loss(scores, one_hot_rows(labels, scores.shape[1])),
    }


def add_inputs_stay(task, name, case):
    """Add a check that a loss leaves its two arrays as they were."""

    @task.check("the arrays that are given are left as they were", weight=0.5)
    def inputs_stay(impl, rng):
        arrays = case(rng)
        first, second = (keep(impl, array) for array in arrays)
        loss = getattr(impl, name)(first, second)
        return {
            "the first array has changed": has_changed(first, arrays[0]),
            "the second array has changed": has_changed(second, arrays[1]),
            "the loss is a number": np.asarray(loss).dtype.kind in "fi",
        }


# 1 Squared error ---------------------------------------------------------------------------------

squared_error = Task(
    "squared_error", "The squared error", points=5, needs=["squared_error"], minutes=10
)


def regression_case(rng):
    """Draw predictions (7, 3) and targets."""
    return rng.normal(size=(7, 3)), rng.normal(size=(7, 3))


@squared_error.check("several outputs: a sum within each sample, a mean over the batch", weight=2)
def squared_error_of_rows(impl, rng):
    return impl.squared_error(*regression_case(rng))


@squared_error.check("one output per sample, as arrays (N,)")
def squared_error_of_numbers(impl, rng):
    return impl.squared_error(rng.normal(size=6), rng.normal(size=6))


@squared_error.check("a batch of one is not averaged over its outputs", weight=0.5)
def squared_error_of_one(impl, rng):
    return impl.squared_error(rng.normal(size=(1, 4)), rng.normal(size=(1, 4)))


@squared_error.check("different shapes are refused (ValueError), also where NumPy would not mind")
def squared_error_refuses(impl, rng):
    column, row, table = rng.normal(size=(4, 1)), rng.normal(size=4), rng.normal(size=(4, 3))
    loss = impl.squared_error
    return {
        "(4, 1) and (4,)": exception_of(loss, column, row),
        "(4,) and (4, 1)": exception_of(loss, row, column),
        "(4, 3) and (4, 1)": exception_of(loss, table, column),
        "(4, 3) and (1, 3)": exception_of(loss, table, table[:1]),
        "(4, 3) and (3, 4)": exception_of(loss, table, table.reshape(3, 4)),
        "(4, 3) and (4, 3)": outcome_of(loss, table, table),
    }


add_inputs_stay(squared_error, "squared_error", regression_case)


# 2 Labels ----------------------------------------------------------------------------------------

labels = Task(
    "labels",
    "Labels both ways",
    points=12,
    needs=["check_labels", "one_hot", "one_hot_targets"],
    minutes=25,
)


@labels.check("check_labels: refuses what is not one of the classes (ValueError)", weight=2)
def labels_outside(impl, rng):
    good = rng.permutation(5)
    low, high, far = good.copy(), good.copy(), good.copy()
    low[0], high[2], far[4] = -1, 5, 70
    positive = 1 + rng.permutation(4)
    return {
        "labels from 0 to 4 of 5 classes": outcome_of(impl.check_labels, good, 5),
        "labels from 1 to 4": outcome_of(impl.check_labels, positive, 5),
        "a single label, 1 to 4": outcome_of(impl.check_labels, positive[:1], 5),
        "-1 in the first place": exception_of(impl.check_labels, low, 5),
        "5 in the middle": exception_of(impl.check_labels, high, 5),
        "70 in the last place": exception_of(impl.check_labels, far, 5),
        "5 and 6, both outside": exception_of(impl.check_labels, np.array([5, 6]), 5),
    }


@labels.check("check_labels: refuses labels that are not of an integer type (ValueError)", weight=2)
def labels_of_floats(impl, rng):
    good = rng.permutation(5)
    return {
        "int64": outcome_of(impl.check_labels, good, 5),
        "uint8": outcome_of(impl.check_labels, good.astype("u1"), 5),
        "int16": outcome_of(impl.check_labels, good.astype("i2"), 5),
        "int32": outcome_of(impl.check_labels, good.astype("i4"), 5),
        "uint16": outcome_of(impl.check_labels, good.astype("u2"), 5),
        "float64, with whole numbers": exception_of(impl.check_labels, good.astype(float), 5),
        "float64, with others": exception_of(impl.check_labels, 0.5 * good, 5),
        "bool": exception_of(impl.check_labels, good > 2, 5),
    }


@labels.check("one_hot: a row for each label, a column for each class", weight=2)
def one_hot_of_batch(impl, rng):
    return impl.one_hot(rng.permutation(np.array([0, 2, 2, 3, 1, 0, 3])), 6)


@labels.check("one_hot: a batch of one")
def one_hot_of_one(impl, rng):
    return impl.one_hot(rng.integers(1, 3, size=1), 4)


@labels.check("one_hot: refuses what check_labels refuses")
def one_hot_refuses(impl, rng):
    good = rng.permutation(4)
    return {
        "labels from 0 to 3": outcome_of(impl.one_hot, good, 4),
        "a label of -1": exception_of(impl.one_hot, good - 1, 4),
        "a label of 4": exception_of(impl.one_hot, good + 1, 4),
        "float64": exception_of(impl.one_hot, good.astype(float), 4),
    }


@labels.check(
    "one_hot_targets: turns class numbers into rows, of the dtype of the scores", weight=2
)
def targets_of_numbers(impl, rng):
    scores, numbers = scores_case(rng)
    narrow = impl.one_hot_targets(numbers, scores.astype("f4"))
    wide = impl.one_hot_targets(numbers, scores)
    return {
        "targets": wide,
        "dtype for float64": str(np.asarray(wide).dtype),
        "dtype for float32": str(np.asarray(narrow).dtype),
    }


@labels.check("one_hot_targets: leaves one-hot rows as they are, but for the dtype; also for N = C")
def targets_of_rows(impl, rng):
    numbers = rng.permutation(np.array([0, 2, 2, 1, 0, 1]))
    square = rng.permutation(4)
    whole = one_hot_rows(numbers, 5).astype(int)
    narrow = impl.one_hot_targets(whole, rng.normal(size=(6, 5)).astype("f4"))
    return {
        "(6, 5)": impl.one_hot_targets(one_hot_rows(numbers, 5), rng.normal(size=(6, 5))),
        "(4, 4)": impl.one_hot_targets(one_hot_rows(square, 4), rng.normal(size=(4, 4))),
        "(1, 3)": impl.one_hot_targets(np.array([[0.0, 0.0, 1.0]]), rng.normal(size=(1, 3))),
        "whole numbers (6, 5)": narrow,
        "their dtype for scores in float32": str(np.asarray(narrow).dtype),
    }


@labels.check("one_hot_targets: refuses shapes that do not fit the scores (ValueError)")
def targets_refuse(impl, rng):
    scores, numbers = scores_case(rng)
    all_classes = rng.permutation(np.array([0, 1, 2, 3, 4, 4]))
    return {
        "(6,) for (6, 5)": outcome_of(impl.one_hot_targets, numbers, scores),
        "(6,) for (6, 5), all classes": outcome_of(impl.one_hot_targets, all_classes, scores),
        "(5,) for (5, 5)": outcome_of(impl.one_hot_targets, numbers[:5], scores[:5]),
        "(5,) for (6, 5)": exception_of(impl.one_hot_targets, numbers[:5], scores),
        "(1,) for (6, 5)": exception_of(impl.one_hot_targets, numbers[:1], scores),
        "(6, 1) for (6, 5)": exception_of(impl.one_hot_targets, numbers[:, None], scores),
        "(6, 4) for (6, 5)": exception_of(impl.one_hot_targets, one_hot_rows(numbers, 4), scores),
    }


# 3–5 Cross-entropy -------------------------------------------------------------------------------

cross_entropy = Task(
    "cross_entropy", "Cross-entropy", points=5, needs=["cross_entropy"], minutes=10
)


@cross_entropy.check("class numbers: the mean over the batch", weight=2, rtol=1e-4)
def cross_entropy_of_numbers(impl, rng):
    return impl.cross_entropy(*probabilities_case(rng))


@cross_entropy.check("one-hot rows", rtol=1e-4)
def cross_entropy_of_rows(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    return impl.cross_entropy(probabilities, one_hot_rows(numbers, 5))


@cross_entropy.check(
    "a probability of exactly 0 for the right class: the constant is 1e-7", rtol=1e-4
)
def cross_entropy_at_zero(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    probabilities[2] = one_hot_rows(np.array([4]), 5)
    return impl.cross_entropy(probabilities, numbers)


@cross_entropy.check("a batch of one", weight=0.5, rtol=1e-4)
def cross_entropy_of_one(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    return both_labels(impl.cross_entropy, probabilities[:1], numbers[:1])


add_inputs_stay(cross_entropy, "cross_entropy", probabilities_case)


log_softmax = Task(
    "log_softmax",
    "Cross-entropy of logits",
    points=9,
    needs=["log_softmax", "softmax_cross_entropy"],
    minutes=20,
)


@log_softmax.check("log_softmax: one row of log-probabilities for each row", weight=2)
def log_softmax_of_batch(impl, rng):
    return impl.log_softmax(2 * rng.normal(size=(4, 5)))


@log_softmax.check("log_softmax: of logits around +1000 and −1000", rtol=1e-9)
def log_softmax_far_away(impl, rng):
    return impl.log_softmax(np.array([[1000.0], [-1000.0], [0.0]]) + rng.normal(size=(3, 4)))


@log_softmax.check("log_softmax: of a class whose probability rounds to 0 is still right", weight=2)
def log_softmax_of_the_unlikely(impl, rng):
    logits = rng.normal(size=(3, 4))
    logits[0, 1] += 900
    logits[2, 3] -= 1500
    return impl.log_softmax(logits)


@log_softmax.check(
    "log_softmax: works along the last axis of any shape; float32 stays float32", weight=0.5
)
def log_softmax_of_any_shape(impl, rng):
    narrow = impl.log_softmax(rng.normal(size=(2, 3)).astype("f4"))
    return {
        "(4,)": impl.log_softmax(rng.normal(size=4)),
        "(2, 3, 4)": impl.log_softmax(rng.normal(size=(2, 3, 4))),
        "dtype": str(np.asarray(narrow).dtype),
    }


@log_softmax.check("log_softmax: leaves its logits as they were", weight=0.5)
def log_softmax_input_stays(impl, rng):
    logits = rng.normal(size=(3, 4))
    kept = keep(impl, logits)
    shape = np.shape(impl.log_softmax(kept))
    return {"the logits have changed": has_changed(kept, logits), "shape of the result": shape}


@log_softmax.check(
    "softmax_cross_entropy: the mean over the batch, for both kinds of labels", weight=2
)
def softmax_loss_of_batch(impl, rng):
    logits, numbers = scores_case(rng)
    positive = rng.uniform(1, 4, size=logits.shape)
    return {
        **both_labels(impl.softmax_cross_entropy, logits, numbers),
        "all logits positive": impl.softmax_cross_entropy(positive, numbers),
    }


@log_softmax.check("softmax_cross_entropy: right also where a logit is +1000 or −1000")
def softmax_loss_of_the_unlikely(impl, rng):
    logits, numbers = scores_case(rng)
    logits[0, 4] = 1000
    logits[1, numbers[1]] = -1000
    return impl.softmax_cross_entropy(logits, numbers)


sigmoid_cross_entropy = Task(
    "sigmoid_cross_entropy",
    "Yes or no: sigmoid and cross-entropy",
    points=6,
    needs=["sigmoid_cross_entropy"],
    minutes=25,
)


def yes_or_no_case(rng):
    """Draw logits (5, 3), and targets of which both 0 and 1 occur."""
    targets = rng.permutation(np.array([0.0, 1.0] * 7 + [1.0])).reshape(5, 3)
    return 2 * rng.normal(size=(5, 3)), targets


@sigmoid_cross_entropy.check("several questions per sample: a sum within, a mean over the batch")
def sigmoid_loss_of_rows(impl, rng):
    return impl.sigmoid_cross_entropy(*yes_or_no_case(rng))


@sigmoid_cross_entropy.check("one question per sample, as arrays (N,)", weight=0.5)
def sigmoid_loss_of_numbers(impl, rng):
    targets = rng.permutation(np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0]))
    return impl.sigmoid_cross_entropy(rng.normal(size=6), targets)


@sigmoid_cross_entropy.check("logits of ±50 and of ±1000, right and wrong", weight=2)
def sigmoid_loss_far_away(impl, rng):
    logits = rng.uniform(0.9, 1, size=5) * np.array([1, -1, -1, 1, 1])
    targets = np.array([1.0, 0, 1, 0, 1])
    return {
        "+50 and -50": impl.sigmoid_cross_entropy(50 * logits, targets),
        "+1000 and -1000": impl.sigmoid_cross_entropy(1000 * logits, targets),
    }


@sigmoid_cross_entropy.check("targets may lie between 0 and 1")
def sigmoid_loss_of_probabilities(impl, rng):
    return impl.sigmoid_cross_entropy(2 * rng.normal(size=(4, 3)), rng.uniform(size=(4, 3)))


@sigmoid_cross_entropy.check("different shapes are refused (ValueError)")
def sigmoid_loss_refuses(impl, rng):
    logits, row = rng.normal(size=(4, 1)), np.array([0.0, 1.0, 1.0, 0.0])
    loss = impl.sigmoid_cross_entropy
    return {
        "(4, 1) and (4,)": exception_of(loss, logits, row),
        "(4,) and (4, 1)": exception_of(loss, row, logits),
        "(4,) and (4,)": outcome_of(loss, row, row),
    }


add_inputs_stay(sigmoid_cross_entropy, "sigmoid_cross_entropy", yes_or_no_case)


# 6–7 Hinge loss and accuracy ---------------------------------------------------------------------

hinge_loss = Task("hinge_loss", "The hinge loss", points=7, needs=["hinge_loss"], minutes=15)


@hinge_loss.check("class numbers: the mean over the batch", weight=2)
def hinge_of_numbers(impl, rng):
    return impl.hinge_loss(*scores_case(rng))


@hinge_loss.check("one-hot rows")
def hinge_of_rows(impl, rng):
    scores, numbers = scores_case(rng)
    return impl.hinge_loss(scores, one_hot_rows(numbers, 5))


@hinge_loss.check("another margin")
def hinge_with_margin(impl, rng):
    return impl.hinge_loss(*scores_case(rng), rng.uniform(1.5, 3))


@hinge_loss.check("a right class that is far ahead of all others costs nothing", weight=0.5)
def hinge_of_the_clear(impl, rng):
    scores, numbers = scores_case(rng)
    clear = scores + 30 * one_hot_rows(numbers, 5)
    return {"clear": impl.hinge_loss(clear, numbers), "not clear": impl.hinge_loss(scores, numbers)}


@hinge_loss.check("a wrong class with the very score of the right one costs the margin", weight=0.5)
def hinge_of_ties(impl, rng):
    scores, numbers = scores_case(rng)
    n = np.arange(6)
    scores[n, (numbers + 1) % 5] = scores[n, numbers]
    return impl.hinge_loss(scores, numbers)


@hinge_loss.check("no loop over the batch: ten times the samples, no more lines run", weight=1.5)
def hinge_without_loop(impl, rng):
    scores = rng.normal(size=(60, 5))
    rows = one_hot_rows(rng.integers(5, size=60), 5)
    few, many = ((impl.hinge_loss, scores[:n], rows[:n]) for n in (6, 60))
    return {
        "loss": impl.hinge_loss(scores, rows),
        "more lines": lines_run(*many) > lines_run(*few),
    }


add_inputs_stay(hinge_loss, "hinge_loss", scores_case)


accuracy = Task("accuracy", "Accuracy", points=4, needs=["accuracy"], minutes=5)


def judged_case(rng, right=29):
    """Draw scores (40, 5) of which so many have their maximum at the label.

    The largest one of all stands in the first row, at a class that occurs.
    """
    scores, numbers = rng.normal(size=(40, 5)), rng.integers(4, size=40)
    wrong = (numbers + rng.integers(1, 5, size=40)) % 5
    wrong[0] = (numbers[0] + 1) % 4
    is_right = rng.permutation(40) < right
    top = one_hot_rows(np.where(is_right, numbers, wrong), 5)
    top[0] *= 3
    return np.tanh(scores) + 2.5 * top, numbers


@accuracy.check("class numbers: the share of samples that are right", weight=1.5)
def accuracy_of_numbers(impl, rng):
    return impl.accuracy(*judged_case(rng))


@accuracy.check("one-hot rows")
def accuracy_of_rows(impl, rng):
    scores, numbers = judged_case(rng)
    return impl.accuracy(scores, one_hot_rows(numbers, 5))


@accuracy.check("negative scores, and scores that are probabilities")
def accuracy_of_any_scores(impl, rng):
    scores, numbers = judged_case(rng)
    return {
        "negative": impl.accuracy(scores - 9, numbers),
        "probabilities": impl.accuracy(softmax(scores / 4), numbers),
    }


@accuracy.check("all right, and all wrong", weight=0.5)
def accuracy_at_the_ends(impl, rng):
    return [impl.accuracy(*judged_case(rng, right)) for right in (40, 0)]


why_not_accuracy = Question("why_not_accuracy", "Why not train for accuracy?", points=3)


# 8 A tree of classes -----------------------------------------------------------------------------

hierarchical_softmax = Task(
    "hierarchical_softmax",
    "A tree of classes",
    points=10,
    needs=["HierarchicalSoftmax"],
    minutes=40,
)


def tree_case(rng, classes=6, size=1.0):
    """Draw the weights (3, V − 1) and the biases of a tree's forks."""
    return size * rng.normal(size=(3, classes - 1)), size * rng.normal(size=classes - 1)


def forks_and_turns(tree, label):
    """Return the way to a class as two lists, so that a report can say what is wrong."""
    way = tree.path(int(label))
    if not isinstance(way, list | tuple | np.ndarray) or any(np.size(pair) != 2 for pair in way):
        return way
    return {"forks": [pair[0] for pair in way], "turns": [pair[1] for pair in way]}


@hierarchical_softmax.check("path: the forks from the root to each of 8 classes", weight=2)
def path_to_eight(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng, 8))
    return {f"class {label}": forks_and_turns(tree, label) for label in rng.permutation(8)}


@hierarchical_softmax.check("path: 6 classes, where not all ways are equally long")
def path_to_six(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng))
    return {f"class {label}": forks_and_turns(tree, label) for label in rng.permutation(6)}


@hierarchical_softmax.check("log_probability: one number for each sample", weight=3)
def log_probability_of_batch(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng))
    return tree.log_probability(rng.normal(size=(7, 3)), np.append(rng.permutation(6), 2))


@hierarchical_softmax.check("log_probability: over all classes, the probabilities sum to 1")
def log_probability_sums_to_one(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng, 5))
    x = np.tile(rng.normal(size=3), (5, 1))
    return float(np.exp(np.asarray(tree.log_probability(x, np.arange(5)))).sum())


@hierarchical_softmax.check("log_probability: scores so large that probabilities round to 0")
def log_probability_far_away(impl, rng):
    W, _ = tree_case(rng)
    x, labels = rng.normal(size=(6, 3)), rng.permutation(6)
    sizes = rng.uniform(0.9, 1, size=5) * rng.permutation(np.array([1, -1, 1, -1, 1]))
    near = impl.HierarchicalSoftmax(W, 60 * sizes)
    far = impl.HierarchicalSoftmax(900 * W, 1000 * sizes)
    return {
        "scores around ±60": near.log_probability(x, labels),
        "scores around ±1000": far.log_probability(x, labels),
    }


@hierarchical_softmax.check("log_probability: no loop over all forks, only over those on the way")
def log_probability_on_the_way(impl, rng):
    W, b = tree_case(rng, 8)
    elsewhere = [1, 3, 4, 5]  # columns of the forks that do not lead to class 7
    W[:, elsewhere], b[elsewhere] = 1e6, -1e6
    x, last = rng.normal(size=(2, 3)), np.array([7, 7])
    tree, large = impl.HierarchicalSoftmax(W, b), impl.HierarchicalSoftmax(*tree_case(rng, 64))
    few, many = (lines_run(t.log_probability, x, last) for t in (tree, large))
    return {
        "log-probabilities": tree.log_probability(x, last),
        "8 times the classes, 4 times the lines": many > 4 * few,
    }


@hierarchical_softmax.check("log_probability refuses labels outside the classes (ValueError)")
def log_probability_refuses(impl, rng):
    tree, x = impl.HierarchicalSoftmax(*tree_case(rng)), rng.normal(size=(2, 3))
    return {
        "0 and 5 of 6": outcome_of(tree.log_probability, x, np.array([0, 5])),
        "a label of 6": exception_of(tree.log_probability, x, np.array([1, 6])),
        "a label of -1": exception_of(tree.log_probability, x, np.array([-1, 1])),
    }


# 9–10 Measured slopes ----------------------------------------------------------------------------

differences = Task(
    "differences",
    "Two ways to measure a slope",
    points=4,
    needs=["forward_difference", "central_difference"],
    minutes=10,
)


def cubic(rng):
    """Draw a polynomial of degree three."""
    a, b, c = rng.uniform(1, 2, size=3)
    return lambda x: a * x**3 - b * x**2 + c


@differences.check("forward_difference: of a number", weight=0.5)
def forward_of_number(impl, rng):
    return impl.forward_difference(cubic(rng), rng.uniform(1, 2), rng.uniform(0.1, 0.3))


@differences.check("forward_difference: of each element of an array")
def forward_of_array(impl, rng):
    return impl.forward_difference(cubic(rng), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3))


@differences.check("central_difference: of a number")
def central_of_number(impl, rng):
    return impl.central_difference(cubic(rng), rng.uniform(1, 2), rng.uniform(0.1, 0.3))


@differences.check("central_difference: of each element of an array")
def central_of_array(impl, rng):
    return impl.central_difference(cubic(rng), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3))


@differences.check("x is left as it was", weight=0.5)
def differences_leave_x(impl, rng):
    f, x, report = cubic(rng), rng.normal(size=(2, 3)), {}
    for name in ("forward_difference", "central_difference"):
        kept = keep(impl, x)
        shape = np.shape(getattr(impl, name)(f, kept, 0.2))
        report[name] = {"x has changed": has_changed(kept, x), "shape of the slopes": shape}
    return report


numerical_gradient = Task(
    "numerical_gradient",
    "The measured gradient",
    points=8,
    needs=["numerical_gradient"],
    minutes=15,
)


def bowl(rng, *shape):
    """Draw a function in which every element's slope depends on all the others."""
    weights = rng.uniform(1, 2, size=shape)
    return lambda x: float((weights * x**3).sum() + x.sum() ** 2)


@numerical_gradient.check("the gradient at a point (2, 3)", weight=2, atol=1e-7)
def gradient_of_table(impl, rng):
    return impl.numerical_gradient(bowl(rng, 2, 3), rng.normal(size=(2, 3)))


@numerical_gradient.check("arrays of one and of three axes", weight=2, atol=1e-7)
def gradient_of_other_shapes(impl, rng):
    return {
        "(4,)": impl.numerical_gradient(bowl(rng, 4), rng.normal(size=4)),
        "(2, 1, 3)": impl.numerical_gradient(bowl(rng, 2, 1, 3), rng.normal(size=(2, 1, 3))),
    }


@numerical_gradient.check("another h: the differences are central, and h is used")
def gradient_with_h(impl, rng):
    x, h = rng.normal(size=(3, 2)), rng.uniform(0.1, 0.3)
    return impl.numerical_gradient(bowl(rng, 3, 2), x, h)


@numerical_gradient.check("f is called twice per element, and one element has moved each time")
def gradient_calls(impl, rng):
    f, x, h, seen = bowl(rng, 2, 3), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3), []
    impl.numerical_gradient(lambda v: seen.append(np.array(v)) or f(v), x, h)
    moves = [point - x for point in seen if point.shape == x.shape]
    return {
        "number of calls": len(seen),
        "elements moved": [int((np.abs(move) > 1e-9).sum()) for move in moves],
        "how far, in all": np.abs(moves).sum(axis=0) if moves else None,
    }


@numerical_gradient.check("x never changes, not even while f is called")
def gradient_leaves_x(impl, rng):
    f, x, seen = bowl(rng, 2, 3), rng.normal(size=(2, 3)), []
    kept = keep(impl, x)
    impl.numerical_gradient(lambda v: seen.append(has_changed(kept, x)) or f(v), kept, 0.1)
    return {
        "f is called": len(seen) > 0,
        "x is another while f is called": any(seen),
        "x is another afterwards": has_changed(kept, x),
    }


@numerical_gradient.check("x of another dtype than float64 is refused (ValueError)")
def gradient_refuses(impl, rng):
    f, x = bowl(rng, 3), rng.permutation(3)
    measure = impl.numerical_gradient
    return {
        "float64": outcome_of(measure, f, x.astype(float)),
        "int64": exception_of(measure, f, x),
        "float32": exception_of(measure, f, x.astype("f4")),
    }


# 11 Descent --------------------------------------------------------------------------------------

gradient_descent = Task(
    "gradient_descent", "Gradient descent", points=6, needs=["gradient_descent"], minutes=10
)


def valley(rng):
    """Draw the gradient of a valley that lies across the axes, and where to start."""
    slope = rng.uniform(0.5, 1.5)
    A = np.array([[3.0, slope], [slope, 1.0]])
    return (lambda x: A @ x), rng.normal(size=2) + np.array([2.0, -3.0])


@gradient_descent.check("every point of the way, the start first", weight=2.5)
def descent_path(impl, rng):
    return impl.gradient_descent(*valley(rng), rng.uniform(0.1, 0.2), 5)


@gradient_descent.check("the first step goes downhill, by the learning rate times the gradient")
def descent_first_step(impl, rng):
    return impl.gradient_descent(*valley(rng), rng.uniform(0.1, 0.2), 1)


@gradient_descent.check("x may be an array of any shape")
def descent_of_table(impl, rng):
    curvature = rng.uniform(0.5, 2, size=(2, 3))
    return impl.gradient_descent(lambda x: curvature * x**3, rng.normal(size=(2, 3)), 0.1, 3)


@gradient_descent.check("the gradient is taken at the point that has been reached")
def descent_places(impl, rng):
    gradient, start = valley(rng)
    seen = []
    impl.gradient_descent(lambda x: seen.append(np.array(x)) or gradient(x), start, 0.1, 4)
    return seen[:4]


@gradient_descent.check("the start is left as it was", weight=0.5)
def descent_leaves_start(impl, rng):
    gradient, start = valley(rng)
    kept = keep(impl, start)
    path = impl.gradient_descent(gradient, kept, 0.1, 3)
    return {"the start has changed": has_changed(kept, start), "number of points": len(path)}


read_the_curves = Question("read_the_curves", "Three learning rates", points=3)


# 12 Stochastic gradient descent -------------------------------------------------------------------

sgd = Task(
    "sgd",
    "Stochastic gradient descent",
    points=16,
    needs=["minibatches", "sgd_step", "sgd"],
    minutes=35,
)


def dealt(impl, *args):
    """Return the mini-batches of an epoch, whatever kind of iterable they come in."""
    batches = keep(impl, [])
    batches.extend(impl.minibatches(*args))
    return [np.asarray(rows) for rows in fetch(batches)]


def joined(batches):
    """Return the rows of some mini-batches in a row, also where there is none."""
    return np.concatenate([np.arange(0), *(np.ravel(rows) for rows in batches)])


@sgd.check("minibatches: the sizes: full ones, and a last one with what is left", weight=2)
def sizes_of_batches(impl, rng):
    return {
        "10 samples by 4": [rows.size for rows in dealt(impl, 10, 4, rng.generator())],
        "12 samples by 4": [rows.size for rows in dealt(impl, 12, 4, rng.generator())],
        "3 samples by 5": [rows.size for rows in dealt(impl, 3, 5, rng.generator())],
    }


@sgd.check("minibatches: every row is dealt exactly once", weight=2)
def every_row_once(impl, rng):
    rows = joined(dealt(impl, 23, 5, rng.generator()))
    return {
        "number of rows": len(rows),
        "a row outside 0 to 22": bool(((rows < 0) | (rows > 22)).any()),
        "each exactly once": sorted(rows.tolist()) == list(range(23)),
    }


@sgd.check("minibatches: the rows are shuffled: no mini-batch is a piece of the original order")
def rows_are_shuffled(impl, rng):
    batches = dealt(impl, 60, 6, rng.generator())
    in_order = [rows.size > 1 and bool(np.ptp(rows) == rows.size - 1) for rows in batches]
    rows = joined(batches)
    return {
        "rows": len(rows),
        "a piece of the order": any(in_order),
        "neighbours": int((np.diff(rows) == 1).sum()) > 20,
    }


@sgd.check(
    "minibatches: the order comes from the rng: anew in each epoch, again with the same seed"
)
def order_comes_from_rng(impl, rng):
    seed, other = rng.generator(), rng.generator()
    first, again, different = (joined(dealt(impl, 40, 7, source)) for source in (seed, seed, other))
    return {
        "rows": len(first),
        "same seed, same order": np.array_equal(first, again),
        "another seed, another order": not np.array_equal(first, different),
    }


@sgd.check("minibatches: a batch size below 1 is refused (ValueError)")
def batch_size_refused(impl, rng):
    outcomes = {1: outcome_of(dealt, impl, 10, 1, rng.generator())}
    for size in (0, -3):
        outcomes[size] = exception_of(dealt, impl, 10, size, rng.generator())
    return outcomes


def parameters(rng):
    """Draw parameters, and gradients that stand in another order."""
    params = {"b": rng.normal(size=2), "gain": rng.normal(size=2), "W": rng.normal(size=(3, 2))}
    grads = {name: rng.normal(size=params[name].shape) for name in ("W", "gain", "b")}
    return params, grads


def shared(impl, params):
    """Put parameters on the implementation's side: the mapping, and the arrays that it holds."""
    arrays = {name: keep(impl, array) for name, array in params.items()}
    return keep(impl, arrays), arrays


def contents(arrays):
    """Return what the arrays hold now."""
    return {name: fetch(array) for name, array in arrays.items()}


@sgd.check("sgd_step: each parameter moves against its own gradient, in place", weight=3)
def step_moves(impl, rng):
    params, grads = parameters(rng)
    mapping, arrays = shared(impl, params)
    impl.sgd_step(mapping, grads, rng.uniform(0.2, 0.4))
    return {"the arrays": contents(arrays), "the mapping": fetch(mapping)}


@sgd.check("sgd_step: the gradients are left as they were", weight=0.5)
def step_leaves_gradients(impl, rng):
    params, grads = parameters(rng)
    kept = keep(impl, grads)
    mapping, arrays = shared(impl, params)
    impl.sgd_step(mapping, kept, 0.3)
    now = fetch(kept)
    return {
        "the gradients have changed": any(not np.array_equal(now[n], grads[n]) for n in grads),
        "the parameters have moved": any(has_changed(arrays[n], params[n]) for n in params),
    }


class Course:
    """A stand-in for a network: its losses and gradients are drawn before, one per call."""

    def __init__(self, impl, rng, *, n, epochs, batch_size):
        params, _ = parameters(rng)
        self.mapping, self.arrays = shared(impl, params)
        self.settings = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": rng.uniform(0.2, 0.4),
        }
        self.n, self.impl, self.seed = n, impl, rng.generator()
        calls = 4 * epochs * -(-n // batch_size)
        self.losses = rng.uniform(1, 2, size=calls)
        self.steps = {
            "b": rng.normal(size=(calls, 2)),
            "gain": rng.normal(size=(calls, 2)),
            "W": rng.normal(size=(calls, 3, 2)),
        }
        self.rows, self.seen = [], []

    def gradients(self, rows):
        """Answer for one mini-batch."""
        call = len(self.rows) % len(self.losses)
        self.rows.append(np.asarray(rows))
        self.seen.append(contents(self.arrays))
        return float(self.losses[call]), {name: g[call] for name, g in self.steps.items()}

    def run(self):
        """Train, and return what sgd returns."""
        rng = self.seed
        return self.impl.sgd(self.mapping, self.gradients, self.n, **self.settings, rng=rng)


@sgd.check("sgd: one loss per iteration, as gradients returned it", weight=2)
def sgd_losses(impl, rng):
    return Course(impl, rng, n=10, epochs=2, batch_size=4).run()


@sgd.check("sgd: the parameters after two epochs", weight=2)
def sgd_parameters(impl, rng):
    course = Course(impl, rng, n=10, epochs=2, batch_size=4)
    course.run()
    return contents(course.arrays)


@sgd.check(
    "sgd: in each call of gradients, the parameters have taken all steps before it", weight=0.5
)
def sgd_in_between(impl, rng):
    course = Course(impl, rng, n=8, epochs=1, batch_size=3)
    course.run()
    return course.seen


@sgd.check(
    "sgd: gradients is called once per mini-batch, and each epoch has every row once", weight=0.5
)
def sgd_rows(impl, rng):
    course = Course(impl, rng, n=11, epochs=3, batch_size=4)
    course.run()
    epochs = [joined(course.rows[i : i + 3]) for i in range(0, len(course.rows), 3)]
    return {
        "sizes": [rows.size for rows in course.rows],
        "every row once": [sorted(rows.tolist()) == list(range(11)) for rows in epochs],
    }


def epochs_of(impl, rng, seed=None):
    """Train for two epochs on 30 rows; return the order of the rows in each, and the seed."""
    course = Course(impl, rng, n=30, epochs=2, batch_size=10)
    course.seed = seed or course.seed
    course.run()
    return joined(course.rows[:3]), joined(course.rows[3:]), course.seed


@sgd.check("sgd: each epoch is shuffled anew, by the rng that is given", weight=0.5)
def sgd_shuffles(impl, rng):
    first, second, seed = epochs_of(impl, rng)
    again, _, _ = epochs_of(impl, rng, seed)
    other, _, _ = epochs_of(impl, rng)
    return {
        "rows": len(second),
        "in order": np.array_equal(first, np.arange(30)),
        "second epoch like the first": np.array_equal(first, second),
        "same seed, same order": np.array_equal(first, again),
        "another seed, same order": np.array_equal(first, other),
    }
