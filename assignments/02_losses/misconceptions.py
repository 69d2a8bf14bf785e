"""Mistakes that learners make in chapter 2, as implementations, with the hints that name them.

Each is the reference but for one misunderstanding. They run only on the grader's side.
"""

import numpy as np

from solutions.losses import (
    HierarchicalSoftmax,
    accuracy,
    central_difference,
    check_labels,
    cross_entropy,
    forward_difference,
    gradient_descent,
    hinge_loss,
    log_softmax,
    minibatches,
    numerical_gradient,
    one_hot,
    one_hot_targets,
    sgd,
    sgd_step,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from solutions.perceptrons import sigmoid, softmax

from . import checks

SUM = (
    "You add up the losses of all samples. Divide by their number, or a larger batch seems to be "
    "worse than a small one."
)
MEAN = (
    "Your mean runs over all elements. Within one sample the loss is a sum; only over the samples "
    "of the batch is it a mean."
)
CLASSES = "You divide by the number of classes. The mean is taken over the samples."
VECTOR = "You return one loss for each sample. What is asked for is their mean, one number."
SIGN = "Your loss has the wrong sign: logarithms of probabilities are negative, a loss is not."
LOG2 = "Your logarithm has the base 2. Here, as in most of mathematics, log is the natural one."
LOG10 = "Your logarithm has the base 10. Here, as in most of mathematics, log is the natural one."
ONLY_ROWS = (
    "Class numbers are treated as if they were one-hot rows. Bring both kinds of labels to one "
    "form first. If one_hot_targets does that for you, it returns class numbers as they are: see "
    "task 2."
)
ONLY_NUMBERS = (
    "One-hot rows are treated as if they were class numbers. Bring both kinds of labels to one "
    "form first. If one_hot_targets does that for you, see task 2."
)
SHAPES = (
    "Shapes that differ are not refused. A column (N, 1) and a row (N,) make a table (N, N) in "
    "NumPy, without a warning, and a loss of all pairs."
)

ASSERTED = (
    "An assert raises an AssertionError, and python -O leaves it out. What is asked for is a "
    "ValueError."
)
OTHER_ERROR = "You refuse with another exception than ValueError, for which the task asks."
AXIS_OF_ROWS = (
    "Your axis 1 is there only for arrays (N, D). Of an array (N,), with one number per sample, "
    "there is nothing to add up within a sample. A sum over everything does for both."
)
NO_KEEPDIMS = (
    "One number per row, of shape (N,), cannot be subtracted from rows (N, C): NumPy would need a "
    "column (N, 1). keepdims=True keeps it one."
)


def quiet(function):
    """Let a mistake divide by 0 or overflow without a warning."""

    def silent(*args, **kwargs):
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    silent.__name__ = function.__name__
    return silent


def same_shapes(first, second):
    """Refuse what the reference refuses."""
    if first.shape != second.shape:
        raise ValueError


# 1 Squared error ---------------------------------------------------------------------------------


@checks.squared_error.misconception(
    "The factor one half is missing. It is there so that the slope is y − t, without a 2."
)
def no_half(predictions, targets):
    return 2 * squared_error(predictions, targets)


@checks.squared_error.misconception(MEAN)
def mean_of_all_squares(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ** 2).mean()


@checks.squared_error.misconception(
    "This is the mean of all squares, as many libraries define it. Here it is half the sum within "
    "each sample, and the mean over the samples."
)
def mean_without_half(predictions, targets):
    same_shapes(predictions, targets)
    return ((predictions - targets) ** 2).mean()


@checks.squared_error.misconception(SUM)
def squares_summed(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ** 2).sum()


@checks.squared_error.misconception(
    "You take the size of each error, not its square: nothing makes a large error count for more."
)
def absolute_error(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * np.abs(predictions - targets).sum() / len(predictions)


@checks.squared_error.misconception(
    "You add the errors up before you square: errors of different signs cancel. Square each one."
)
def square_of_the_sum(predictions, targets):
    same_shapes(predictions, targets)
    return (
        0.5
        * (predictions - targets).reshape(len(targets), -1).sum(axis=1)
        @ (predictions - targets).reshape(len(targets), -1).sum(axis=1)
        / len(predictions)
    )


@checks.squared_error.misconception("You take a root at the end. The squared error has none.")
def root_taken(predictions, targets):
    return np.sqrt(squared_error(predictions, targets))


@checks.squared_error.misconception(
    "The squares are not there: as errors of different signs cancel, your loss can be negative."
)
def errors_not_squared(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * (predictions - targets).sum() / len(predictions)


@checks.squared_error.misconception(VECTOR)
def one_squared_error_per_sample(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ** 2).reshape(len(targets), -1).sum(axis=1)


@checks.squared_error.misconception(SHAPES)
def shapes_not_compared(predictions, targets):
    difference = predictions - targets
    return 0.5 * (difference**2).sum() / len(predictions)


@checks.squared_error.misconception(
    "You compare the numbers of samples only. The shapes have to be the same in all axes."
)
def lengths_compared(predictions, targets):
    if len(predictions) != len(targets):
        raise ValueError
    return shapes_not_compared(predictions, targets)


@checks.squared_error.misconception(
    "You subtract inside the array that you were given. It belongs to the caller: make a new one."
)
def predictions_overwritten(predictions, targets):
    same_shapes(predictions, targets)
    predictions -= targets
    return 0.5 * (predictions**2).sum() / len(predictions)


@checks.squared_error.misconception(
    "You compare the numbers of elements only. Shapes can differ where sizes agree: (N, 1) and "
    "(N,)."
)
def sizes_compared(predictions, targets):
    if predictions.size != targets.size:
        raise ValueError
    return shapes_not_compared(predictions, targets)


@checks.squared_error.misconception(
    "You compare the numbers of axes only. The shapes have to be the same in all axes."
)
def numbers_of_axes_compared(predictions, targets):
    if predictions.ndim != targets.ndim:
        raise ValueError
    return shapes_not_compared(predictions, targets)


@checks.squared_error.misconception(ASSERTED)
def shapes_asserted(predictions, targets):
    assert predictions.shape == targets.shape
    return squared_error(predictions, targets)


@checks.squared_error.misconception(OTHER_ERROR)
def shapes_refused_by_type_error(predictions, targets):
    if predictions.shape != targets.shape:
        raise TypeError
    return squared_error(predictions, targets)


@checks.squared_error.misconception(
    "You multiply by the number of samples: Python reads `/ 2 * len(...)` from left to right. Set "
    "brackets."
)
def multiplied_by_the_samples(predictions, targets):
    return squared_error(predictions, targets) * len(predictions) ** 2


@checks.squared_error.misconception(
    "`^` is not a power in Python, but an operation on bits. The square of a is `a ** 2`."
)
def caret_for_a_power(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ^ 2).sum() / len(predictions)


@checks.squared_error.misconception(
    "np.linalg.norm is the root of the sum of squares. Here the sum itself is meant."
)
def norm_not_squared(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * np.linalg.norm(predictions - targets) / len(predictions)


@checks.squared_error.misconception(AXIS_OF_ROWS)
def squares_summed_over_axis_one(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ** 2).sum(axis=1).mean()


# 2 Labels ----------------------------------------------------------------------------------------


def has_wrong_type(labels):
    return labels.dtype.kind not in "iu"


@checks.labels.misconception(
    "Negative labels get through. NumPy would count them from the end.", replaces="check_labels"
)
def negative_labels_pass(labels, classes):
    if has_wrong_type(labels) or (labels >= classes).any():
        raise ValueError


@checks.labels.misconception(
    "Labels that are too large get through: your check looks for < 0 only.", replaces="check_labels"
)
def large_labels_pass(labels, classes):
    if has_wrong_type(labels) or (labels < 0).any():
        raise ValueError


@checks.labels.misconception(
    "With C classes the last one has the number C − 1, as the first one has the number 0. You let "
    "C itself through.",
    replaces="check_labels",
)
def classes_counted_from_one(labels, classes):
    if has_wrong_type(labels) or (labels < 0).any() or (labels > classes).any():
        raise ValueError


@checks.labels.misconception(
    "`labels < 0` is an array of truth values, one for each label. `if` and `or` want a single "
    "one, so NumPy itself raises a ValueError, for good labels as well. Ask whether any of them "
    "is True, and join arrays with `|`.",
    replaces="check_labels",
)
def truth_of_an_array(labels, classes):
    if has_wrong_type(labels):
        raise ValueError
    if labels < 0 or labels >= classes:
        raise ValueError


@checks.labels.misconception(
    "Every batch is refused, good ones as well. If you ask for Python's int: labels is an array, "
    "and its elements are NumPy's integers. Their dtype says of which kind they are.",
    replaces="check_labels",
)
def everything_refused(labels, classes):
    raise ValueError


@checks.labels.misconception(
    "Only the first label is looked at. Every one counts: is there a return inside a loop?",
    replaces="check_labels",
)
def only_the_first_label(labels, classes):
    if has_wrong_type(labels) or not 0 <= labels[0] < classes:
        raise ValueError


@checks.labels.misconception(
    "Only the last label counts. In your loop, does each label overwrite what was found before?",
    replaces="check_labels",
)
def only_the_last_label(labels, classes):
    if has_wrong_type(labels) or not 0 <= labels[-1] < classes:
        raise ValueError


@checks.labels.misconception(
    "You refuse the label 0. Class numbers begin with 0, as indices of arrays do.",
    replaces="check_labels",
)
def label_zero_refused(labels, classes):
    if has_wrong_type(labels) or (labels <= 0).any() or (labels >= classes).any():
        raise ValueError


@checks.labels.misconception(
    "You refuse only if all labels are outside. One bad label is enough to spoil a batch.",
    replaces="check_labels",
)
def all_must_be_outside(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).all():
        raise ValueError


@checks.labels.misconception(
    "Nothing can be below 0 and above C − 1 at the same time. Which of the two is enough?",
    replaces="check_labels",
)
def both_sides_at_once(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) & (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(
    "The dtype of the labels is not looked at: 1.5 is no class number, and True is none either.",
    replaces="check_labels",
)
def any_type_passes(labels, classes):
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(
    "You refuse floats, but truth values get through. NumPy has a kind of its own for bool.",
    replaces="check_labels",
)
def truth_values_pass(labels, classes):
    if labels.dtype.kind == "f" or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


SOME_TYPES = (
    "You list some integer types. There are eight of them, from int8 to int64 and from uint8 to "
    "uint64: ask for their kind."
)


@checks.labels.misconception(SOME_TYPES, replaces="check_labels")
def int64_and_uint8(labels, classes):
    if labels.dtype not in (np.int64, np.uint8) or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(SOME_TYPES, replaces="check_labels")
def int64_and_int32(labels, classes):
    if labels.dtype not in (np.int64, np.int32) or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(
    "You refuse unsigned integers. uint8, in which images keep their labels, is an integer type, "
    "too.",
    replaces="check_labels",
)
def only_signed(labels, classes):
    if labels.dtype.kind != "i" or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


DIGITS = (
    "You look for digits after the point. But labels such as 2.0 or True are to be refused as "
    "well: what counts is the dtype."
)


@checks.labels.misconception(DIGITS, replaces="check_labels")
def whole_floats_and_truths_pass(labels, classes):
    if (labels != np.round(labels + 0.0)).any():
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(DIGITS, replaces="check_labels")
def whole_floats_pass(labels, classes):
    if labels.dtype.kind == "b" or (labels != np.round(labels)).any():
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(
    "You ask for one integer type alone. uint8, in which images keep their labels, is one as well.",
    replaces="check_labels",
)
def only_int64(labels, classes):
    if labels.dtype != np.int64 or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@checks.labels.misconception(
    "Bad labels raise nothing. What is printed or returned, such as False, may be overlooked: "
    "raise a ValueError, which cannot be.",
    replaces="check_labels",
)
def says_false(labels, classes):
    return not (has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).any())


@checks.labels.misconception(
    ASSERTED,
    replaces="check_labels",
)
def asserts(labels, classes):
    assert not has_wrong_type(labels)
    assert not ((labels < 0) | (labels >= classes)).any()


@checks.labels.misconception(OTHER_ERROR, replaces="check_labels")
def index_error_for_outside(labels, classes):
    if has_wrong_type(labels):
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise IndexError


@checks.labels.misconception(OTHER_ERROR, replaces="check_labels")
def type_error_for_the_dtype(labels, classes):
    if has_wrong_type(labels):
        raise TypeError
    check_labels(labels, classes)


@checks.labels.misconception(OTHER_ERROR, replaces="check_labels")
def index_and_type_errors(labels, classes):
    if has_wrong_type(labels):
        raise TypeError
    index_error_for_outside(labels, classes)


@checks.labels.misconception(OTHER_ERROR, replaces="check_labels")
def plain_exceptions(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).any():
        raise Exception


CLASSES_OF_BATCH = (
    "You take the number of classes from the labels that occur. A batch need not contain the last "
    "class."
)


@checks.labels.misconception(CLASSES_OF_BATCH, replaces="one_hot")
def classes_of_the_batch(labels, classes):
    check_labels(labels, classes)
    return one_hot(labels, int(labels.max()) + 1)


@checks.labels.misconception(
    "Your table is lying on its side. A sample is a row, a class is a column: (N, C).",
    replaces="one_hot",
)
def classes_as_rows(labels, classes):
    return one_hot(labels, classes).T


@checks.labels.misconception(
    "Your 1 stands one place too far to the left. Class 0 has the first column, number 0.",
    replaces="one_hot",
)
def one_place_left(labels, classes):
    return np.roll(one_hot(labels, classes), -1, axis=1)


@checks.labels.misconception(
    "one_hot does not look at the labels first. Among NumPy's indices −1 means the last one, so a "
    "bad label would become a good row.",
    replaces="one_hot",
)
def one_hot_unchecked(labels, classes):
    rows = np.eye(classes)
    return rows[labels.astype(int) % classes]


@checks.labels.misconception(
    "You leave the refusing to NumPy's index. It raises an IndexError, not a ValueError, and it "
    "takes −1 for the last class. Ask check_labels.",
    replaces="one_hot",
)
def one_hot_by_index(labels, classes):
    return np.eye(classes)[labels]


@checks.labels.misconception(
    "Your 1 stands one place too far to the right. Class 0 has the first column, number 0.",
    replaces="one_hot",
)
def one_place_right(labels, classes):
    return np.roll(one_hot(labels, classes), 1, axis=1)


@checks.labels.misconception(
    "One row is missing: you return (C,) for a batch of one. A batch of one is still a batch.",
    replaces="one_hot",
)
def batch_of_one_squeezed(labels, classes):
    return one_hot(labels, classes).squeeze()


@checks.labels.misconception(
    "Every row of yours has the 1s of all labels: you set whole columns. Each row gets its own 1.",
    replaces="one_hot",
)
def whole_columns(labels, classes):
    check_labels(labels, classes)
    rows = np.zeros((len(labels), classes))
    rows[:, labels] = 1
    return rows


@checks.labels.misconception(
    "The labels are columns, not rows: in `rows[i, j]` the first index is the sample, the second "
    "one the class.",
    replaces="one_hot",
)
def row_and_column_exchanged(labels, classes):
    check_labels(labels, classes)
    rows = np.zeros((len(labels), classes))
    rows[labels, np.arange(len(labels))] = 1
    return rows


@checks.labels.misconception(
    "Labels (N,) and class numbers (C,) are compared one by one, as if they belonged together. "
    "Make the labels a column (N, 1) first, and NumPy compares each with each.",
    replaces="one_hot",
)
def labels_not_a_column(labels, classes):
    check_labels(labels, classes)
    return (labels == np.arange(classes)).astype(float)


@checks.labels.misconception(
    "Your 1s stand on the diagonal, whatever the labels are: np.eye(N, C) does not know them.",
    replaces="one_hot",
)
def labels_not_used(labels, classes):
    check_labels(labels, classes)
    return np.eye(len(labels), classes)


@checks.labels.misconception(
    "Labels that are one-hot rows already are turned into rows once more. How many axes have they?",
    replaces="one_hot_targets",
)
def rows_made_of_rows(labels, scores):
    labels = labels.ravel()
    if len(labels) != len(scores):
        raise ValueError
    return one_hot(labels.astype(int), scores.shape[1]).astype(scores.dtype)


@checks.labels.misconception(
    "You turn one-hot rows back into class numbers. The losses need rows, of the shape of the "
    "scores.",
    replaces="one_hot_targets",
)
def numbers_made_of_rows(labels, scores):
    one_hot_targets(labels, scores)
    return labels.argmax(axis=1) if labels.ndim == 2 else labels


@checks.labels.misconception(
    "You return class numbers as they are. They must become rows that fit the scores.",
    replaces="one_hot_targets",
)
def numbers_left_as_they_are(labels, scores):
    one_hot_targets(labels, scores)
    return labels.astype(scores.dtype)


@checks.labels.misconception(CLASSES_OF_BATCH, replaces="one_hot_targets")
def targets_for_the_batch(labels, scores):
    if labels.ndim == 2:
        return one_hot_targets(labels, scores)
    if len(labels) != len(scores):
        raise ValueError
    return one_hot(labels, int(labels.max()) + 1).astype(scores.dtype)


def fitting(rows, scores):
    if rows.shape != scores.shape:
        raise ValueError
    return rows.astype(scores.dtype)


@checks.labels.misconception(CLASSES_OF_BATCH, replaces="one_hot_targets")
def targets_for_the_batch_refused(labels, scores):
    rows = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return fitting(rows, scores)


CLASSES_FROM_ROWS = "The number of classes is that of the scores' columns, not that of its rows."


@checks.labels.misconception(CLASSES_FROM_ROWS, replaces="one_hot_targets")
def classes_from_the_rows_refused(labels, scores):
    return fitting(labels if labels.ndim == 2 else one_hot(labels, len(scores)), scores)


@checks.labels.misconception(CLASSES_FROM_ROWS, replaces="one_hot_targets")
def classes_from_the_rows(labels, scores):
    if labels.ndim == 2:
        return one_hot_targets(labels, scores)
    one_hot_targets(labels, scores)
    return one_hot(labels, len(scores)).astype(scores.dtype)


@checks.labels.misconception(
    "Your targets are always float64. One float64 array in a formula makes all of it float64, "
    "which takes twice the memory and time. Give them the dtype of the scores.",
    replaces="one_hot_targets",
)
def targets_in_float64(labels, scores):
    return one_hot_targets(labels, scores).astype(float)


@checks.labels.misconception(
    "One-hot rows keep their own dtype. They are to have that of the scores, too.",
    replaces="one_hot_targets",
)
def rows_keep_their_dtype(labels, scores):
    targets = one_hot_targets(labels, scores)
    return labels if labels.ndim == 2 else targets


@checks.labels.misconception(
    "Targets that do not fit the scores are not refused. NumPy would stretch a single row, or a "
    "single column, over the whole batch.",
    replaces="one_hot_targets",
)
def targets_of_any_shape(labels, scores):
    rows = labels if labels.ndim == 2 else one_hot(labels, scores.shape[1])
    return rows.astype(scores.dtype)


@checks.labels.misconception(
    "You compare the numbers of samples, but not those of the classes: one-hot rows of another "
    "width get through.",
    replaces="one_hot_targets",
)
def targets_of_any_width(labels, scores):
    if len(labels) != len(scores):
        raise ValueError
    return targets_of_any_shape(labels, scores)


# 3 Cross-entropy ---------------------------------------------------------------------------------


def right_probabilities(probabilities, labels):
    return (probabilities * one_hot_targets(labels, probabilities)).sum(axis=1)


@checks.cross_entropy.misconception(SUM)
def entropies_summed(probabilities, labels):
    return len(probabilities) * cross_entropy(probabilities, labels)


@checks.cross_entropy.misconception(MEAN)
def entropies_averaged_over_all(probabilities, labels):
    return cross_entropy(probabilities, labels) / probabilities.shape[1]


@checks.cross_entropy.misconception(CLASSES)
def entropies_divided_by_classes(probabilities, labels):
    n, classes = probabilities.shape
    return cross_entropy(probabilities, labels) * n / classes


@checks.cross_entropy.misconception(SIGN)
def entropy_negative(probabilities, labels):
    return -cross_entropy(probabilities, labels)


@checks.cross_entropy.misconception(LOG2)
def entropy_in_bits(probabilities, labels):
    return cross_entropy(probabilities, labels) / np.log(2)


@checks.cross_entropy.misconception(LOG10)
def entropy_to_base_ten(probabilities, labels):
    return cross_entropy(probabilities, labels) / np.log(10)


@checks.cross_entropy.misconception(
    "Where the right class has the probability 0, your logarithm is infinite. Add the constant "
    "before you take it."
)
@quiet
def constant_missing(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels)).mean()


@checks.cross_entropy.misconception(
    "0 times infinity is not a number: your sum runs over all classes, and a logarithm of 0 spoils "
    "it even where the target is 0. Add the constant before you take logarithms."
)
@quiet
def zero_times_infinity(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(targets * np.log(probabilities)).sum() / len(probabilities)


@checks.cross_entropy.misconception(
    "Your constant is so large that it changes the loss of ordinary samples. It is 1e-7 here."
)
def constant_of_a_tenth(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels) + 0.1).mean()


def _named(name, function):
    function.__name__ = name
    return function


_NOTES = {1e-6: ": that is what `10e-7` means", 1e7: ", ten million: a minus is missing"}

for _name, _size in (
    ("constant_of_1e_8", 1e-8),
    ("constant_of_1e_12", 1e-12),
    ("constant_of_1e_10", 1e-10),
    ("constant_of_1e_6", 1e-6),
    ("constant_of_1e_5", 1e-5),
    ("constant_of_ten_million", 1e7),
):
    checks.cross_entropy.misconception(
        f"Your constant is {_size:.0e}{_NOTES.get(_size, '')}. The task states 1e-7: it decides "
        "how much a complete miss costs."
    )(
        _named(
            _name,
            lambda probabilities, labels, size=_size: (
                -np.log(right_probabilities(probabilities, labels) + size).mean()
            ),
        )
    )


@checks.cross_entropy.misconception(
    "You take softmax of what are probabilities already. They come ready to be used."
)
def softmax_once_more(probabilities, labels):
    return softmax_cross_entropy(probabilities, labels)


@checks.cross_entropy.misconception(
    "You add the terms (1 − t) log(1 − y) of the wrong classes. They belong to yes-or-no "
    "questions; with probabilities that sum to 1, the right class says it all."
)
def wrong_classes_counted(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    others = (1 - targets) * np.log(1 - probabilities + 1e-7)
    return cross_entropy(probabilities, labels) - others.sum() / len(probabilities)


@checks.cross_entropy.misconception(
    "You take the logarithm of the mean. Take the mean of the logarithms: each sample has a loss."
)
def logarithm_of_the_mean(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels).mean() + 1e-7)


@checks.cross_entropy.misconception(
    "Targets and probabilities stand in each other's place: the logarithm is that of the "
    "probabilities, and the target says which one counts."
)
def logarithm_of_the_targets(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(probabilities * np.log(targets + 1e-7)).sum() / len(probabilities)


@checks.cross_entropy.misconception(VECTOR)
def one_entropy_per_sample(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels) + 1e-7)


@checks.cross_entropy.misconception(
    "You look at the largest probability of each row. What counts is that of the right class."
)
def largest_probability(probabilities, labels):
    return -np.log(probabilities.max(axis=1) + 1e-7).mean()


@checks.cross_entropy.misconception(ONLY_ROWS)
def entropy_of_rows_only(probabilities, labels):
    targets = labels
    return -(targets * np.log(probabilities + 1e-7)).sum() / len(probabilities)


ALL_PAIRS = (
    "`probabilities[:, labels]` takes whole columns: a table (N, N) of all samples with all "
    "labels. Each row has its own label: the rows need an index as well."
)


@checks.cross_entropy.misconception(ALL_PAIRS)
def all_pairs_summed(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[:, numbers] + 1e-7).sum() / len(probabilities)


@checks.cross_entropy.misconception(ALL_PAIRS)
def all_pairs_averaged(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[:, numbers] + 1e-7).mean()


LABELS_PICK_ROWS = (
    "`probabilities[labels]` picks rows: the labels are taken for the numbers of samples. They "
    "are the numbers of columns, one for each row."
)


@checks.cross_entropy.misconception(LABELS_PICK_ROWS)
def rows_picked_and_summed(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[numbers] + 1e-7).sum() / len(probabilities)


@checks.cross_entropy.misconception(LABELS_PICK_ROWS)
def rows_picked_and_averaged(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[numbers] + 1e-7).mean()


@checks.cross_entropy.misconception(
    "You add the constant to t · y. Where t is 0, that leaves the logarithm of the constant, 16 "
    "for each wrong class. The logarithm is taken of y + constant, and then t picks one."
)
def constant_added_to_the_product(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -np.log(targets * probabilities + 1e-7).sum() / len(probabilities)


@checks.cross_entropy.misconception(ONLY_NUMBERS)
def entropy_of_numbers_only(probabilities, labels):
    right = probabilities[np.arange(len(probabilities)), labels]
    return -np.log(right + 1e-7).mean()


@checks.cross_entropy.misconception(
    "You add the constant to the array that you were given. It belongs to the caller: make a new "
    "one."
)
def constant_added_in_place(probabilities, labels):
    loss = cross_entropy(probabilities, labels)
    probabilities += 1e-3
    return loss


# 4 Cross-entropy of logits -----------------------------------------------------------------------


@checks.log_softmax.misconception(
    "Nothing is subtracted from the logits, so exp overflows at 1000 and underflows at −1000. A "
    "number common to a row cancels: which one keeps all exponents at 0 or below?"
)
@quiet
def nothing_subtracted(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "You take softmax first and its logarithm afterwards. A probability that has been rounded to 0 "
    "has the logarithm −infinity. Subtract the logarithm of the sum instead."
)
@quiet
def logarithm_after_softmax(logits):
    return np.log(softmax(logits))


@checks.log_softmax.misconception(
    "You take softmax first, and a constant keeps its logarithm finite. Then no log-probability "
    "is below that of the constant, however unlikely the class. Subtract the logarithm of the sum."
)
def logarithm_with_constant(logits):
    return np.log(softmax(logits) + 1e-7)


@checks.log_softmax.misconception(
    "You subtract the maximum of the whole batch. A row that lies far below it underflows: each "
    "row needs its own maximum."
)
@quiet
def maximum_of_all(logits):
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "You normalize over the batch. The probabilities of one sample sum to 1, so the maximum and "
    "the sum run over the classes."
)
def normalized_over_the_batch(logits):
    return log_softmax(logits.T).T


@checks.log_softmax.misconception(
    "The shift is taken off in the sum, but not off the logits in front of it. What is subtracted "
    "has to be subtracted from both."
)
def shifted_once(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "You return probabilities. What is asked for is their logarithms."
)
def softmax_without_logarithm(logits):
    return softmax(logits)


@checks.log_softmax.misconception(
    "Your log-probabilities are positive. A probability is at most 1, so its logarithm is at most "
    "0."
)
def log_softmax_positive(logits):
    return -log_softmax(logits)


@checks.log_softmax.misconception(LOG2)
def log_softmax_in_bits(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log2(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(LOG10)
def log_softmax_to_base_ten(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log10(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "Your sum runs over the whole batch. Each row has a sum of its own."
)
def one_sum_for_all_rows(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum())


@checks.log_softmax.misconception(
    "Your axis is 1, which is the classes' axis only for a batch of rows. The last axis has the "
    "number −1, whatever the shape."
)
def axis_one(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@checks.log_softmax.misconception(
    "The maximum is taken off the very array that you were given. It belongs to the caller: make a "
    "new one."
)
def logits_overwritten(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "Your log-probabilities are always float64. Arithmetic keeps the dtype of the logits by "
    "itself: float32 in, float32 out."
)
def log_softmax_in_float64(logits):
    return log_softmax(logits).astype(float)


@checks.log_softmax.misconception(NO_KEEPDIMS)
def maximum_is_no_column(logits):
    shifted = logits - logits.max(axis=-1)
    return shifted - np.log(np.exp(shifted).sum(axis=-1))


@checks.log_softmax.misconception(
    "You subtract the smallest logit, so that all exponents are 0 or above: exp overflows where "
    "another logit is far above it. Subtract the largest one."
)
@quiet
def minimum_subtracted(logits):
    shifted = logits - logits.min(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception(
    "You subtract the largest absolute value. For logits around −1000 that makes them −2000, and "
    "every exponential 0. Subtract the largest logit, with its sign."
)
@quiet
def absolute_maximum_subtracted(logits):
    shifted = logits - np.abs(logits).max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.log_softmax.misconception("You subtract the sum itself. Its logarithm is missing.")
@quiet
def logarithm_of_the_sum_forgotten(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=-1, keepdims=True)


@checks.log_softmax.misconception(
    "You take the sum of the logarithms. What is asked for is the logarithm of the sum: first add "
    "the exponentials up."
)
@quiet
def sum_of_the_logarithms(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted)).sum(axis=-1, keepdims=True)


@checks.log_softmax.misconception(
    "A constant stands inside your logarithm. After the shift the sum is at least 1 and needs "
    "none; the constant makes every result a little wrong."
)
def constant_in_the_sum(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True) + 1e-7)


@checks.log_softmax.misconception(SUM, replaces="softmax_cross_entropy")
def softmax_losses_summed(logits, labels):
    return len(logits) * softmax_cross_entropy(logits, labels)


@checks.log_softmax.misconception(MEAN, replaces="softmax_cross_entropy")
def softmax_losses_averaged_over_all(logits, labels):
    return softmax_cross_entropy(logits, labels) / logits.shape[1]


@checks.log_softmax.misconception(CLASSES, replaces="softmax_cross_entropy")
def softmax_losses_divided_by_classes(logits, labels):
    return softmax_cross_entropy(logits, labels) * len(logits) / logits.shape[1]


@checks.log_softmax.misconception(SIGN, replaces="softmax_cross_entropy")
def softmax_loss_negative(logits, labels):
    return -softmax_cross_entropy(logits, labels)


@checks.log_softmax.misconception(
    "You call cross_entropy with the probabilities of softmax. Its constant caps the loss at "
    "16.12, and a probability that is rounded to 0 is lost. log_softmax loses nothing.",
    replaces="softmax_cross_entropy",
)
def capped_by_the_constant(logits, labels):
    return cross_entropy(softmax(logits), labels)


@checks.log_softmax.misconception(
    "You give logits to cross_entropy, which wants probabilities.", replaces="softmax_cross_entropy"
)
@quiet
def logits_as_probabilities(logits, labels):
    return cross_entropy(logits, labels)


@checks.log_softmax.misconception(
    "You take the logarithm twice: log_softmax returns logarithms already, and cross_entropy "
    "takes them itself.",
    replaces="softmax_cross_entropy",
)
@quiet
def logarithm_taken_twice(logits, labels):
    return cross_entropy(log_softmax(logits), labels)


@checks.log_softmax.misconception(
    "You take the logits of the right classes themselves, without log_softmax: a loss that could "
    "fall for ever.",
    replaces="softmax_cross_entropy",
)
def logits_as_log_probabilities(logits, labels):
    return -(one_hot_targets(labels, logits) * logits).sum() / len(logits)


@checks.log_softmax.misconception(VECTOR, replaces="softmax_cross_entropy")
def one_softmax_loss_per_sample(logits, labels):
    return -(one_hot_targets(labels, logits) * log_softmax(logits)).sum(axis=1)


@checks.log_softmax.misconception(ONLY_ROWS, replaces="softmax_cross_entropy")
def softmax_loss_of_rows_only(logits, labels):
    targets = labels
    return -(targets * log_softmax(logits)).sum() / len(logits)


@checks.log_softmax.misconception(ONLY_NUMBERS, replaces="softmax_cross_entropy")
def softmax_loss_of_numbers_only(logits, labels):
    return -log_softmax(logits)[np.arange(len(logits)), labels].mean()


# 5 Yes or no -------------------------------------------------------------------------------------


def yes_or_no_losses(logits, targets):
    same_shapes(logits, targets)
    return np.logaddexp(0, logits) - targets * logits


@checks.sigmoid_cross_entropy.misconception(SUM)
def yes_or_no_summed(logits, targets):
    return yes_or_no_losses(logits, targets).sum()


@checks.sigmoid_cross_entropy.misconception(MEAN)
def yes_or_no_averaged_over_all(logits, targets):
    return yes_or_no_losses(logits, targets).mean()


@checks.sigmoid_cross_entropy.misconception(VECTOR)
def one_yes_or_no_loss_per_sample(logits, targets):
    return yes_or_no_losses(logits, targets).reshape(len(logits), -1).sum(axis=1)


@checks.sigmoid_cross_entropy.misconception(SIGN)
def yes_or_no_negative(logits, targets):
    return -sigmoid_cross_entropy(logits, targets)


@checks.sigmoid_cross_entropy.misconception(
    "Only the yes counts in your loss. Where the target is 0, log(1 − σ(z)) has to be there, or "
    "saying yes to everything costs nothing."
)
def only_yes_counts(logits, targets):
    same_shapes(logits, targets)
    return (targets * np.logaddexp(0, -logits)).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "Yes and no are exchanged: the target 1 belongs to log σ(z), the target 0 to log(1 − σ(z))."
)
def yes_and_no_exchanged(logits, targets):
    return sigmoid_cross_entropy(-logits, targets)


@checks.sigmoid_cross_entropy.misconception(
    "You take the sigmoid first. At ±1000 it is exactly 0 or 1, and a logarithm becomes infinite "
    "or not a number. Use the logarithms that the task gives, and np.logaddexp for them."
)
@quiet
def logarithm_of_the_sigmoid(logits, targets):
    same_shapes(logits, targets)
    y = sigmoid(logits)
    return -(targets * np.log(y) + (1 - targets) * np.log(1 - y)).sum() / len(logits)


def capped(logits, targets, constant):
    same_shapes(logits, targets)
    y = sigmoid(logits)
    yes, no = targets * np.log(y + constant), (1 - targets) * np.log(1 - y + constant)
    return -(yes + no).sum() / len(logits)


CAPPED = (
    "You take the sigmoid first, and a constant keeps its logarithm finite. Then a sample that is "
    "wrong by far costs no more than the constant allows. Use the logarithms that the task gives, "
    "and np.logaddexp for them."
)


def clipped(logits, targets, constant):
    same_shapes(logits, targets)
    y = np.clip(sigmoid(logits), constant, 1 - constant)
    return -(targets * np.log(y) + (1 - targets) * np.log(1 - y)).sum() / len(logits)


def _with_constant(loss, constant):
    return lambda logits, targets: loss(logits, targets, constant)


for _name, _loss, _constant in (
    ("yes_or_no_capped_at_1e_7", capped, 1e-7),
    ("yes_or_no_capped_at_1e_8", capped, 1e-8),
    ("yes_or_no_capped_at_1e_9", capped, 1e-9),
    ("yes_or_no_capped_at_1e_10", capped, 1e-10),
    ("yes_or_no_capped_at_1e_12", capped, 1e-12),
    ("yes_or_no_capped_at_1e_15", capped, 1e-15),
    ("yes_or_no_clipped_at_1e_15", clipped, 1e-15),
    ("yes_or_no_clipped_at_epsilon", clipped, np.finfo(float).eps),
):
    checks.sigmoid_cross_entropy.misconception(CAPPED)(
        _named(_name, _with_constant(_loss, _constant))
    )


OVERFLOW = (
    "The formula is right, but e^z overflows for large z, and so does e^−z for small ones. "
    "np.logaddexp(a, b) is log(e^a + e^b), without ever computing such a number."
)


@checks.sigmoid_cross_entropy.misconception(OVERFLOW)
@quiet
def exponentials_of_both_terms_overflow(logits, targets):
    same_shapes(logits, targets)
    yes, no = -np.log(1 + np.exp(-logits)), -np.log(1 + np.exp(logits))
    return -(targets * yes + (1 - targets) * no).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "`np.logaddexp(1, z)` is log(e^1 + e^z): its arguments are exponents. Of which number is 1 "
    "the exponential?"
)
def exponent_of_one(logits, targets):
    same_shapes(logits, targets)
    return (np.logaddexp(1, logits) - targets * logits).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "`np.logaddexp(1, z)` is log(e^1 + e^z): its arguments are exponents. Of which number is 1 "
    "the exponential?"
)
def exponent_of_one_in_both_terms(logits, targets):
    same_shapes(logits, targets)
    yes, no = np.logaddexp(1, -logits), np.logaddexp(1, logits)
    return (targets * yes + (1 - targets) * no).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "log(1 − σ(z)) counts in full, whatever the target is: its factor 1 − t is missing."
)
def factor_of_no_missing(logits, targets):
    same_shapes(logits, targets)
    return (targets * np.logaddexp(0, -logits) + np.logaddexp(0, logits)).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "You ask whether a target is 1, and take every other one for 0. A target may lie between 0 "
    "and 1, and then both terms count."
)
def targets_asked_for_one(logits, targets):
    return sigmoid_cross_entropy(logits, (targets == 1).astype(float))


@checks.sigmoid_cross_entropy.misconception(AXIS_OF_ROWS)
def yes_or_no_summed_over_axis_one(logits, targets):
    return yes_or_no_losses(logits, targets).sum(axis=1).mean()


@checks.sigmoid_cross_entropy.misconception(ASSERTED)
def yes_or_no_asserts(logits, targets):
    assert logits.shape == targets.shape
    return sigmoid_cross_entropy(logits, targets)


@checks.sigmoid_cross_entropy.misconception(OVERFLOW)
@quiet
def exponential_overflows(logits, targets):
    same_shapes(logits, targets)
    return (np.log(1 + np.exp(logits)) - targets * logits).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "You take the logits for probabilities. They are scores: the sigmoid makes probabilities of "
    "them."
)
@quiet
def logits_taken_for_probabilities(logits, targets):
    same_shapes(logits, targets)
    yes, no = targets * np.log(logits + 1e-7), (1 - targets) * np.log(1 - logits + 1e-7)
    return -(yes + no).sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "You turn the targets into yes or no. A target may lie between 0 and 1, and then both terms "
    "count."
)
def targets_rounded(logits, targets):
    return sigmoid_cross_entropy(logits, np.round(targets))


@checks.sigmoid_cross_entropy.misconception(LOG2)
def yes_or_no_in_bits(logits, targets):
    return sigmoid_cross_entropy(logits, targets) / np.log(2)


@checks.sigmoid_cross_entropy.misconception(SHAPES)
def yes_or_no_of_any_shape(logits, targets):
    losses = np.logaddexp(0, logits) - targets * logits
    return losses.sum() / len(logits)


@checks.sigmoid_cross_entropy.misconception(
    "You change the logits that you were given. They belong to the caller: make a new array."
)
def yes_or_no_overwrites(logits, targets):
    loss = sigmoid_cross_entropy(logits, targets)
    logits *= targets
    return loss


# 6 Hinge loss ------------------------------------------------------------------------------------


def hinge_terms(scores, labels, margin):
    """Return the terms of all classes, the right one included, and the targets."""
    targets = one_hot_targets(labels, scores)
    right = (scores * targets).sum(axis=1, keepdims=True)
    return scores - right + margin, targets


@checks.hinge_loss.misconception(
    "The right class is compared with itself: that adds the margin to every sample's loss. Leave "
    "it out of the sum."
)
def right_class_counted(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(terms, 0).sum() / len(scores)


@checks.hinge_loss.misconception(SUM)
def hinges_summed(scores, labels, margin=1.0):
    return len(scores) * hinge_loss(scores, labels, margin)


@checks.hinge_loss.misconception(MEAN)
def hinges_averaged_over_all(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, margin) / scores.shape[1]


@checks.hinge_loss.misconception(
    "You take the mean over the wrong classes. Within a sample, the hinge loss is their sum."
)
def hinges_averaged_over_wrong_classes(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, margin) / (scores.shape[1] - 1)


@checks.hinge_loss.misconception("The margin is always 1 in your loss, whatever the caller says.")
def margin_of_one(scores, labels, margin=1.0):
    return hinge_loss(scores, labels)


@checks.hinge_loss.misconception(
    "The margin is missing: in your loss it is enough for the right class to be ahead by nothing."
)
def no_margin(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, 0.0)


@checks.hinge_loss.misconception(
    "The margin has the wrong sign: a wrong class may come closer than the margin, or even lead, "
    "and costs nothing."
)
def margin_subtracted(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, -margin)


@checks.hinge_loss.misconception(
    "The two scores stand in each other's place: your loss grows as the right class gets ahead."
)
def scores_exchanged(scores, labels, margin=1.0):
    return hinge_loss(-scores, labels, margin)


@checks.hinge_loss.misconception(
    "Terms below 0 are not cut off: a class that is far behind would pay for one that is too near."
)
def nothing_cut_off(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (terms * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "You cut off below 0 after the sum. Each wrong class has a hinge of its own: first cut, then "
    "add."
)
def cut_off_after_the_sum(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return np.maximum((terms * (1 - targets)).sum(axis=1), 0).sum() / len(scores)


@checks.hinge_loss.misconception(
    "Only the strongest wrong class counts in your loss. Here all wrong classes do, in a sum."
)
def only_the_strongest(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.maximum(terms, 0) * (1 - targets)).max(axis=1).mean()


@checks.hinge_loss.misconception(
    "You square the terms. There is such a loss; this one grows in proportion."
)
def hinges_squared(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return ((np.maximum(terms, 0) * (1 - targets)) ** 2).sum() / len(scores)


@checks.hinge_loss.misconception(
    "You count the wrong classes that are too near. How much too near each one is has to be added."
)
def violations_counted(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return ((terms > 0) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "`np.max(a, 0)` is the largest element along axis 0. The larger one of two things, element by "
    "element, is `np.maximum(a, 0)`."
)
def maximum_along_axis_zero(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.max(terms, 0) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "Python's max compares two numbers. For arrays, element by element, there is np.maximum."
)
def maximum_of_python(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (max(0, terms) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(NO_KEEPDIMS)
def right_scores_no_column(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - (scores * targets).sum(axis=1) + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "`scores[:, labels]` takes whole columns: a table (N, N) of all samples with all labels. Each "
    "row has one right score."
)
def right_scores_of_all_pairs(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - scores[:, targets.argmax(axis=1)] + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "The maximum of `scores * t` is the right score only where that is positive: the zeros of t "
    "take part in it. Add up instead."
)
def right_score_by_maximum(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - (scores * targets).max(axis=1, keepdims=True) + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@checks.hinge_loss.misconception(
    "You take 1 off for the right class, whatever the margin is. It is compared with itself, so "
    "its term is the margin."
)
def one_taken_off(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(terms, 0).sum() / len(scores) - 1


@checks.hinge_loss.misconception(
    "You leave out every class that has the right class's score. A wrong class can have the same "
    "score: go by the label, not by the number."
)
def ties_left_out(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(np.where(terms == margin, 0, terms), 0).sum() / len(scores)


@checks.hinge_loss.misconception(VECTOR)
def one_hinge_loss_per_sample(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.maximum(terms, 0) * (1 - targets)).sum(axis=1)


@checks.hinge_loss.misconception(ONLY_NUMBERS)
def hinge_of_numbers_only(scores, labels, margin=1.0):
    n = np.arange(len(scores))
    right = scores[n, labels][:, None]
    violations = np.maximum(scores - right + margin, 0)
    violations[n, labels] = 0
    return violations.sum() / len(scores)


@checks.hinge_loss.misconception(ONLY_ROWS)
def hinge_of_rows_only(scores, labels, margin=1.0):
    targets = labels
    right_scores = (scores * targets).sum(axis=1, keepdims=True)
    violations = np.maximum(scores - right_scores + margin, 0) * (1 - targets)
    return violations.sum() / len(scores)


@checks.hinge_loss.misconception(
    "The result is right, but Python goes through the samples one by one. Compute with the whole "
    "batch at once: the right scores as a column (N, 1), subtracted from all scores."
)
def loops_over_the_batch(scores, labels, margin=1.0):
    total = 0.0
    for row, target in zip(scores, one_hot_targets(labels, scores), strict=True):
        terms = np.maximum(row - row @ target + margin, 0)
        total += terms.sum() - margin
    return total / len(scores)


@checks.hinge_loss.misconception(
    "You write into the scores that you were given. They belong to the caller: make a new array."
)
def scores_overwritten(scores, labels, margin=1.0):
    loss = hinge_loss(scores, labels, margin)
    scores += margin
    return loss


# 7 Accuracy --------------------------------------------------------------------------------------


@checks.accuracy.misconception(
    "You count the samples that are right. Accuracy is their share, a number from 0 to 1."
)
def hits_counted(logits, labels):
    return accuracy(logits, labels) * len(logits)


@checks.accuracy.misconception("You return per cent. Accuracy is a number from 0 to 1 here.")
def accuracy_in_per_cent(logits, labels):
    return 100 * accuracy(logits, labels)


@checks.accuracy.misconception("You return the share of samples that are wrong.")
def error_rate(logits, labels):
    return 1 - accuracy(logits, labels)


@checks.accuracy.misconception(
    "Your maximum runs over the batch. For each sample, ask which of its classes has the largest "
    "score."
)
def winner_over_the_batch(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax(axis=0) == right).mean())


@checks.accuracy.misconception(
    "You look for the smallest score. The network's answer is the class with the largest one."
)
def smallest_score(logits, labels):
    return accuracy(-logits, labels)


@checks.accuracy.misconception(
    "A sample counts for you if its right class passes a threshold. It counts if no other class "
    "has a larger score, however large that is."
)
def right_above_a_half(logits, labels):
    targets = one_hot_targets(labels, logits)
    return float(((logits * targets).sum(axis=1) > 0.5).mean())


@checks.accuracy.misconception(
    "A sample counts for you if its right class has a positive score. What counts is whether "
    "another class has a larger one."
)
def right_above_zero(logits, labels):
    targets = one_hot_targets(labels, logits)
    return float(((logits * targets).sum(axis=1) > 0).mean())


@checks.accuracy.misconception(
    "You compare element by element with the one-hot rows, so zeros that agree with zeros count "
    "as well. One answer per sample: compare class numbers."
)
def elements_compared(logits, labels):
    targets = one_hot_targets(labels, logits)
    answers = one_hot(logits.argmax(axis=1), logits.shape[1])
    return float((answers == targets).mean())


@checks.accuracy.misconception(
    "Your accuracy is 1 if all samples are right, and 0 otherwise. What is asked for is the share "
    "that is right: `//` drops everything after the point, and all() wants every one."
)
def all_or_nothing(logits, labels):
    return float(accuracy(logits, labels) == 1)


WHOLE_TABLE = (
    "argmax without an axis looks through the whole table and returns one place in it. Each row "
    "has a largest score of its own."
)


@checks.accuracy.misconception(WHOLE_TABLE)
def one_winner_for_all(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax() == right).mean())


@checks.accuracy.misconception(WHOLE_TABLE)
def one_winner_for_all_in_both(logits, labels):
    right = labels.argmax() if labels.ndim == 2 else labels
    return float((logits.argmax() == right).mean())


@checks.accuracy.misconception(
    "You compare the largest score with the label. Ask at which place it stands: argmax, not max."
)
def score_for_the_place(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.max(axis=1) == right).mean())


@checks.accuracy.misconception(ONLY_NUMBERS)
def accuracy_of_numbers_only(logits, labels):
    right = labels
    return float((logits.argmax(axis=1) == right).mean())


@checks.accuracy.misconception(ONLY_ROWS)
def accuracy_of_rows_only(logits, labels):
    right = labels.argmax(axis=1)
    return float((logits.argmax(axis=1) == right).mean())


@checks.accuracy.misconception("You return which samples are right. Take the mean of that.")
def truths_returned(logits, labels):
    return logits.argmax(axis=1) == one_hot_targets(labels, logits).argmax(axis=1)


# 8 A tree of classes -----------------------------------------------------------------------------


@checks.hierarchical_softmax.misconception(
    "Your way runs from the leaf up to the root. Return it from the root down."
)
class from_leaf_to_root(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label)[::-1]


@checks.hierarchical_softmax.misconception(
    "The turns are exchanged: node 2n + 1, the odd one, is the child on the right, with turn 1."
)
class turns_exchanged(HierarchicalSoftmax):
    def path(self, label):
        return [(fork, 1 - turn) for fork, turn in super().path(label)]


@checks.hierarchical_softmax.misconception(
    "The root is missing from your way. It is a fork, too: node 1."
)
class root_missing(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label)[1:]


@checks.hierarchical_softmax.misconception(
    "Each fork of yours comes with the turn that led to it. The turn belongs to the fork where it "
    "is taken, and the leaf is no fork."
)
class node_with_its_own_turn(HierarchicalSoftmax):
    def path(self, label):
        node, way = self.classes + label, []
        while node > 1:
            way.append((node, node % 2))
            node //= 2
        return way[::-1]


@checks.hierarchical_softmax.misconception(
    "You start from the class number itself. Class c is leaf V + c: the numbers below V are forks."
)
class leaf_without_offset(HierarchicalSoftmax):
    def path(self, label):
        node, way = label, []
        while node > 1:
            way.append((node // 2, node % 2))
            node //= 2
        return way[::-1]


@checks.hierarchical_softmax.misconception(
    "Your leaves begin with V − 1. There are V − 1 forks, numbered from 1, so class 0 is leaf V."
)
class leaf_one_too_early(HierarchicalSoftmax):
    def path(self, label):
        node, way = self.classes + label - 1, []
        while node > 1:
            way.append((node // 2, node % 2))
            node //= 2
        return way[::-1]


@checks.hierarchical_softmax.misconception(
    "You return the forks without the turns. At each fork it matters which way is taken."
)
class turns_missing(HierarchicalSoftmax):
    def path(self, label):
        return [fork for fork, _ in super().path(label)]


class _Tree(HierarchicalSoftmax):
    """Adds up a term for each fork on the way."""

    def term(self, score, turn):
        return -np.logaddexp(0, -score if turn == 1 else score)

    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1] + self.params["b"][fork - 1]

    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        with np.errstate(all="ignore"):
            return np.array(
                [
                    sum(self.term(self.score(row, fork), turn) for fork, turn in self.path(int(c)))
                    for row, c in zip(x, labels, strict=True)
                ]
            )


@checks.hierarchical_softmax.misconception(
    "Your forks are numbered from 0. In this tree the root has the number 1; only the columns of W "
    "begin with 0."
)
class forks_from_zero(_Tree):
    def path(self, label):
        return [(fork - 1, turn) for fork, turn in super().path(label)]

    def score(self, x, fork):
        return super().score(x, fork + 1)


@checks.hierarchical_softmax.misconception(
    "A left turn is −1 in your path. The task wants 0 for left and 1 for right."
)
class left_is_minus_one(_Tree):
    def path(self, label):
        return [(fork, 2 * turn - 1) for fork, turn in super().path(label)]


@checks.hierarchical_softmax.misconception(
    "Your turns are words. The task wants numbers: 0 for left and 1 for right."
)
class turns_in_words(_Tree):
    def path(self, label):
        return [(fork, "right" if turn else "left") for fork, turn in super().path(label)]

    def term(self, score, turn):
        return super().term(score, int(turn == "right"))


@checks.hierarchical_softmax.misconception(
    "list.reverse() turns the list round in place and returns None. Turn it first, then return it."
)
class reverse_returns_nothing(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label).reverse()


NOT_WHOLE = (
    "`/` makes halves, and floats of whole numbers: 13 / 2 is 6.5. The fork above node 13 is 6: "
    "divide with `//`."
)


class _Climber(HierarchicalSoftmax):
    """Climbs with a division of its own: for the fork that is noted, and for the next node."""

    def path(self, label):
        node, way = self.classes + label, []
        while node > 1:
            way.append((self.noted(node), node % 2))
            node = self.above(node)
        return way[::-1]

    def noted(self, node):
        return node // 2

    def above(self, node):
        return node // 2


@checks.hierarchical_softmax.misconception(NOT_WHOLE)
class halves_noted(_Climber):
    def noted(self, node):
        return node / 2


@checks.hierarchical_softmax.misconception(NOT_WHOLE)
class halves_climbed(_Climber):
    def above(self, node):
        return node / 2


@checks.hierarchical_softmax.misconception(NOT_WHOLE)
class halves_everywhere(halves_noted):
    def above(self, node):
        return node / 2


@checks.hierarchical_softmax.misconception(
    "Each fork replaces what the forks before it gave: only the last one counts. Add them up."
)
class only_the_last_fork(_Tree):
    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        total = np.zeros(len(x))
        for n, label in enumerate(labels):
            fork, turn = self.path(int(label))[-1]
            total[n] = self.term(self.score(x[n], fork), turn)
        return total


@checks.hierarchical_softmax.misconception(
    "Going left counts like going right in your sum. The two probabilities of a fork sum to 1."
)
class always_right(_Tree):
    def term(self, score, turn):
        return -np.logaddexp(0, -score)


@checks.hierarchical_softmax.misconception(
    "Left and right are exchanged: the sigmoid of the score is the probability of going right."
)
class sigmoid_goes_left(_Tree):
    def term(self, score, turn):
        return super().term(score, 1 - turn)


@checks.hierarchical_softmax.misconception(
    "A left turn has probability 1 − σ(z). You take 1 − log σ(z): the logarithm comes last."
)
class one_minus_the_logarithm(_Tree):
    def term(self, score, turn):
        right = super().term(score, 1)
        return right if turn == 1 else 1 - right


@checks.hierarchical_softmax.misconception(
    "Your log-probabilities are positive. A probability is at most 1, so its logarithm is at most "
    "0."
)
class tree_positive(_Tree):
    def log_probability(self, x, labels):
        return -super().log_probability(x, labels)


@checks.hierarchical_softmax.misconception(
    "You return probabilities. What is asked for is their logarithms."
)
class tree_without_logarithm(_Tree):
    def log_probability(self, x, labels):
        return np.exp(super().log_probability(x, labels))


@checks.hierarchical_softmax.misconception(LOG2)
class tree_in_bits(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels) / np.log(2)


@checks.hierarchical_softmax.misconception(
    "You take the sigmoid first and its logarithm afterwards. For large scores the sigmoid is "
    "exactly 0, and its logarithm −infinity. Use log σ(z) = −log(1 + e^−z), with np.logaddexp."
)
class logarithm_of_rounded_sigmoid(_Tree):
    def term(self, score, turn):
        return np.log(sigmoid(score) if turn == 1 else 1 - sigmoid(score))


@checks.hierarchical_softmax.misconception(
    "The formula is right, but e^−z overflows for scores far below 0. np.logaddexp(a, b) is "
    "log(e^a + e^b), without ever computing such a number."
)
class exponential_overflows_at_a_fork(_Tree):
    def term(self, score, turn):
        return -np.log(1 + np.exp(-score if turn == 1 else score))


@checks.hierarchical_softmax.misconception(
    "You add a constant inside the logarithm. It caps the loss; log σ(z) = −log(1 + e^−z), with "
    "np.logaddexp, needs none."
)
class constant_at_each_fork(_Tree):
    def term(self, score, turn):
        return np.log((sigmoid(score) if turn == 1 else 1 - sigmoid(score)) + 1e-7)


@checks.hierarchical_softmax.misconception(
    "You compute the probabilities of all classes and pick one. That visits all V − 1 forks; the "
    "point of the tree is to visit the few on the way. And a product of small numbers rounds to 0."
)
class all_classes_first(_Tree):
    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        with np.errstate(all="ignore"):
            return np.log(self.probabilities(x))[np.arange(len(x)), labels]


@checks.hierarchical_softmax.misconception(
    "Fork n has column n − 1 of W: forks are numbered from 1, columns from 0."
)
class column_of_the_next_fork(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork] + self.params["b"][fork]


@checks.hierarchical_softmax.misconception("The biases of the forks are not added.")
class tree_without_biases(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1]


@checks.hierarchical_softmax.misconception(
    "Your result is one number for the batch. Return one for each sample."
)
class one_number_for_the_batch(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels).sum()


@checks.hierarchical_softmax.misconception(
    "You take the mean over the forks. Probabilities along a way multiply, so logarithms add up."
)
class mean_over_the_forks(_Tree):
    def log_probability(self, x, labels):
        lengths = np.array([max(len(self.path(int(label))), 1) for label in labels])
        return super().log_probability(x, labels) / lengths


@checks.hierarchical_softmax.misconception(
    "Labels outside the classes are not refused: a label of V leads to a leaf that does not exist."
)
class labels_not_checked(_Tree):
    def log_probability(self, x, labels):
        pairs = zip(x, labels, strict=True)
        return np.array([self.one(row, int(label)) for row, label in pairs])

    def one(self, row, label):
        return sum(self.term(self.score(row, fork), turn) for fork, turn in self.path(label))


# 9 Differences -----------------------------------------------------------------------------------


@checks.differences.misconception(
    "forward_difference looks to both sides. It takes one step, forward, from x itself."
)
def central_for_forward(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@checks.differences.misconception(
    "forward_difference goes from x to the point before it. Forward means: to x + h."
)
def backward_for_forward(f, x, h):
    return (f(x) - f(x - h)) / h


@checks.differences.misconception(
    "The difference in forward_difference is the wrong way round: what comes later minus what "
    "comes earlier."
)
def forward_turned_round(f, x, h):
    return (f(x) - f(x + h)) / h


@checks.differences.misconception(
    "forward_difference is not divided by h: it says how far f rises, not how steeply."
)
def forward_not_divided(f, x, h):
    return f(x + h) - f(x)


@checks.differences.misconception(
    "You divide by 2h in forward_difference. From x to x + h the distance is h."
)
def forward_divided_by_two_steps(f, x, h):
    return (f(x + h) - f(x)) / (2 * h)


BRACKETS = (
    "Brackets are missing in {}: in `a - b / c` Python divides b alone. The whole difference is "
    "divided."
)


@checks.differences.misconception(BRACKETS.format("forward_difference"))
def forward_divides_one_value(f, x, h):
    return f(x + h) - f(x) / h


@checks.differences.misconception(
    BRACKETS.format("central_difference"), replaces="central_difference"
)
def central_divides_one_value(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


@checks.differences.misconception("forward_difference does not use the h that it is given.")
def forward_with_its_own_h(f, x, h):
    return forward_difference(f, x, 1e-5)


@checks.differences.misconception(
    "central_difference takes one step from x. It looks to both sides, from x − h to x + h.",
    replaces="central_difference",
)
def forward_for_central(f, x, h):
    return (f(x + h) - f(x)) / h


@checks.differences.misconception(
    "central_difference is twice too large: from x − h to x + h the distance is 2h, not h.",
    replaces="central_difference",
)
def central_divided_by_one_step(f, x, h):
    return (f(x + h) - f(x - h)) / h


@checks.differences.misconception(
    "Brackets are missing in central_difference: Python reads `/ 2 * h` from left to right, and so "
    "multiplies by h.",
    replaces="central_difference",
)
def brackets_missing(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


@checks.differences.misconception(
    "The difference in central_difference is the wrong way round: what comes later minus what "
    "comes earlier.",
    replaces="central_difference",
)
def central_turned_round(f, x, h):
    return (f(x - h) - f(x + h)) / (2 * h)


@checks.differences.misconception(
    "central_difference uses half of h each way. Here h is the step to each side.",
    replaces="central_difference",
)
def half_steps(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / h


@checks.differences.misconception(
    "central_difference does not use the h that it is given.", replaces="central_difference"
)
def central_with_its_own_h(f, x, h):
    return central_difference(f, x, 1e-5)


@checks.differences.misconception(
    "central_difference is not divided: it says how far f rises, not how steeply.",
    replaces="central_difference",
)
def central_not_divided(f, x, h):
    return f(x + h) - f(x - h)


@checks.differences.misconception(
    "x itself moves: x += h changes the caller's array. x + h makes a new one."
)
def x_moves_along(f, x, h):
    before = f(x)
    x += h
    return (f(x) - before) / h


@checks.differences.misconception(
    "x itself moves: x += h changes the caller's array. x + h makes a new one.",
    replaces="central_difference",
)
def x_moves_along_in_central(f, x, h):
    x += h
    after = f(x)
    x -= 2 * h
    return (after - f(x)) / (2 * h)


# 10 Numerical gradient ---------------------------------------------------------------------------


def measured(f, x, h, slope, indices=None):
    """Measure slopes with a function of f, x, an index and h; refuse what the reference refuses."""
    if x.dtype != np.float64:
        raise ValueError
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape) if indices is None else indices:
        gradient[index] = slope(f, x, index, h)
    return gradient


def moved(x, index, h):
    copy = x.copy()
    copy[index] += h
    return copy


@checks.numerical_gradient.misconception(
    "Your differences are forward ones. Look to both sides of x: the error is far smaller."
)
def gradient_by_forward_differences(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: (f(moved(x, i, h)) - f(x)) / h)


@checks.numerical_gradient.misconception(
    "You compute f(x) once and take forward differences. Look to both sides of x instead: two "
    "calls for each element."
)
def gradient_with_one_base(f, x, h=1e-5):
    base = f(x) if x.dtype == np.float64 else 0.0
    return measured(f, x, h, lambda f, x, i, h: (f(moved(x, i, h)) - base) / h)


def both_sides(f, x, index, h):
    return f(moved(x, index, h)) - f(moved(x, index, -h))


@checks.numerical_gradient.misconception(
    "Your slopes are twice too large: from x − h to x + h the distance is 2h, not h."
)
def gradient_divided_by_one_step(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / h)


@checks.numerical_gradient.misconception(
    "Brackets are missing: Python reads `/ 2 * h` from left to right, and so multiplies by h."
)
def gradient_without_brackets(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / 2 * h)


@checks.numerical_gradient.misconception(
    "The h that is given is not used: yours is always the same."
)
def gradient_with_its_own_h(f, x, h=1e-5):
    return numerical_gradient(f, x, 1e-5)


@checks.numerical_gradient.misconception(
    "Your h is so small that rounding swallows it: x + h is x, or nearly."
)
def step_lost_in_rounding(f, x, h=1e-5):
    return numerical_gradient(f, x, 1e-50)


@checks.numerical_gradient.misconception(
    "Your slopes have the wrong sign: f(x + h) − f(x − h) is positive where f rises."
)
def gradient_turned_round(f, x, h=1e-5):
    return -numerical_gradient(f, x, h)


@checks.numerical_gradient.misconception(
    "You loop over the first axis only, and move whole rows at once. Every single number needs its "
    "own turn."
)
def whole_rows_move(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), range(len(x)))


@checks.numerical_gradient.misconception(
    "All elements move at once. That measures one slope, along a diagonal; the gradient has one "
    "for each element alone."
)
def everything_moves(f, x, h=1e-5):
    slope = lambda f, x, i, h: (f(x + h) - f(x - h)) / (2 * h)  # noqa: E731
    return measured(f, x, h, slope)


@checks.numerical_gradient.misconception(
    "You return one number, measured with all elements moved at once. The gradient has a slope "
    "for each element: move them one at a time."
)
def one_slope_for_all(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    return (f(x + h) - f(x - h)) / (2 * h)


@checks.numerical_gradient.misconception(
    "Only the first element is measured: is there a return inside the loop?"
)
def gradient_returned_in_the_loop(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient, first = np.zeros_like(x), (0,) * x.ndim
    gradient[first] = both_sides(f, x, first, h) / (2 * h)
    return gradient


@checks.numerical_gradient.misconception(
    "Your index is one number. In a table, x[i] is a whole row, and there are fewer rows than "
    "elements: every element needs an index for each axis."
)
def gradient_by_flat_index(f, x, h=1e-5):
    slope = lambda *args: both_sides(*args) / (2 * h)  # noqa: E731
    return measured(f, x, h, slope, range(x.size))


TWO_AXES = (
    "Your two loops fit arrays of two axes alone. x may have any shape: one loop over all indices "
    "does for each."
)


@checks.numerical_gradient.misconception(TWO_AXES)
def gradient_of_two_axes(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    pairs = [(i, j) for i in range(x.shape[0]) for j in range(x.shape[1])]
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), pairs)


@checks.numerical_gradient.misconception(TWO_AXES)
def gradient_of_rows_and_columns(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    rows, columns = x.shape
    pairs = [(i, j) for i in range(rows) for j in range(columns)]
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), pairs)


@checks.numerical_gradient.misconception(OTHER_ERROR)
def dtype_refused_by_type_error(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError
    return numerical_gradient(f, x, h)


@checks.numerical_gradient.misconception(
    "You call f with the single element. f wants the whole array, with one element moved."
)
def f_of_the_element(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: (f(x[i] + h) - f(x[i] - h)) / (2 * h))


@checks.numerical_gradient.misconception(
    "You call f with a flat array. It gets x in its own shape, with one element moved."
)
def f_of_a_flat_array(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    flat = numerical_gradient(lambda v: f(v), x.ravel(), h)
    return flat.reshape(x.shape)


@checks.numerical_gradient.misconception(
    "You return a flat array. The gradient has the shape of x: one slope for each element."
)
def gradient_flat(f, x, h=1e-5):
    return numerical_gradient(f, x, h).ravel()


@checks.numerical_gradient.misconception(
    "An element that has been moved stays where it is while the next one moves. Put it back first."
)
def moves_pile_up(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient, walking = np.zeros_like(x), x.copy()
    for index in np.ndindex(x.shape):
        walking[index] += h
        after = f(walking)
        walking[index] -= 2 * h
        gradient[index] = (after - f(walking)) / (2 * h)
    return gradient


@checks.numerical_gradient.misconception(
    "You move x itself and do not put it back: the caller's array has changed, and the later "
    "slopes are measured elsewhere. Move a copy."
)
def perturbation_left_behind(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    if x.dtype != np.float64:
        raise ValueError
    for index in np.ndindex(x.shape):
        x[index] += h
        after = f(x)
        x[index] -= 2 * h
        gradient[index] = (after - f(x)) / (2 * h)
    return gradient


@checks.numerical_gradient.misconception(
    "You move x itself and put it back. Whoever looks at it meanwhile, f for one, sees it moved. "
    "Move a copy."
)
def x_moves_for_a_while(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        after = f(x)
        x[index] = kept - h
        gradient[index] = (after - f(x)) / (2 * h)
        x[index] = kept
    return gradient


@checks.numerical_gradient.misconception(
    "Other dtypes than float64 are not refused. A whole number cannot move by h, so every slope "
    "would silently be wrong."
)
def any_dtype(f, x, h=1e-5):
    return numerical_gradient(f, np.asarray(x, dtype=float), h)


@checks.numerical_gradient.misconception(
    "You refuse whole numbers, but not float32. It keeps about seven digits, and a step of 1e-5 "
    "takes five of them."
)
def float32_passes(f, x, h=1e-5):
    if x.dtype.kind != "f":
        raise ValueError
    return numerical_gradient(f, x.astype(float), h)


# 11 Gradient descent -----------------------------------------------------------------------------


@checks.gradient_descent.misconception(
    "You walk uphill. The gradient points to where f rises; go against it."
)
def ascent(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, -learning_rate, steps)


@checks.gradient_descent.misconception(
    "The start is missing from your path: its first point is where you begin."
)
def path_without_start(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[1:]


@checks.gradient_descent.misconception(
    "The last point is missing from your path: steps + 1 points belong to it, the start included."
)
def path_without_end(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[:-1]


@checks.gradient_descent.misconception(
    "You return where the walk ends. What is asked for is every point on the way."
)
def only_the_end(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[-1]


@checks.gradient_descent.misconception(
    "You return how the points moved. What is asked for is where they are."
)
def steps_for_points(f_gradient, x, learning_rate, steps):
    path = gradient_descent(f_gradient, x, learning_rate, steps)
    return np.concatenate([path[:1], np.diff(path, axis=0)])


@checks.gradient_descent.misconception(
    "All points of your path are one and the same array, stored again and again: `x -= ...` "
    "changes it, also where it is stored already, and the caller's array with it."
)
def same_array_stored(f_gradient, x, learning_rate, steps):
    path = [x]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@checks.gradient_descent.misconception(
    "All points of your path, but for the first, are one and the same array, stored again and "
    "again. `x -= ...` changes it, also where it is stored already."
)
def same_copy_stored(f_gradient, x, learning_rate, steps):
    path, x = [x], x.copy()
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@checks.gradient_descent.misconception(
    "All points of your path are one and the same array, a copy of the start, stored again and "
    "again. `x -= ...` changes it, also where it is stored already."
)
def copy_of_the_start_stored(f_gradient, x, learning_rate, steps):
    x = x.copy()
    path = [x]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@checks.gradient_descent.misconception(
    "Your path ends after one step: is there a return inside the loop?"
)
def path_returned_in_the_loop(f_gradient, x, learning_rate, steps):
    return np.stack([x, x - learning_rate * f_gradient(x)])


@checks.gradient_descent.misconception(
    "np.concatenate joins the points into one long array. Each point is to stay one: an axis more, "
    "as np.stack makes it."
)
def points_run_together(f_gradient, x, learning_rate, steps):
    return np.concatenate(list(gradient_descent(f_gradient, x, learning_rate, steps)))


@checks.gradient_descent.misconception(
    "You walk with the caller's array: `x -= ...` changes it. Make a new array with each step."
)
def start_walks_along(f_gradient, x, learning_rate, steps):
    path = [x.copy()]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x.copy())
    return np.stack(path)


@checks.gradient_descent.misconception(
    "The learning rate is missing: you move by the whole gradient."
)
def whole_gradient(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, 1.0, steps)


@checks.gradient_descent.misconception(
    "You divide by the learning rate. It is a factor: a smaller rate makes smaller steps."
)
def divided_by_the_rate(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, 1 / learning_rate, steps)


@checks.gradient_descent.misconception(
    "You take the gradient once, at the start, and follow it for ever. It has to be asked for anew "
    "at each point."
)
def gradient_of_the_start(f_gradient, x, learning_rate, steps):
    gradient = f_gradient(x)
    return gradient_descent(lambda _: gradient, x, learning_rate, steps)


@checks.gradient_descent.misconception(
    "Each of your steps begins at the start again. It begins where the step before has ended."
)
def each_step_from_the_start(f_gradient, x, learning_rate, steps):
    return np.stack([x] + [x - learning_rate * f_gradient(x) for _ in range(steps)])


@checks.gradient_descent.misconception(
    "You make the gradient as long as 1 before you step. Here its length counts: steeper ground, "
    "longer steps."
)
def unit_steps(f_gradient, x, learning_rate, steps):
    def direction(x):
        gradient = f_gradient(x)
        return gradient / np.sqrt((gradient**2).sum())

    return gradient_descent(direction, x, learning_rate, steps)


@checks.gradient_descent.misconception(
    "You use the sign of the gradient only. Here its size counts: steeper ground, longer steps."
)
def only_the_sign(f_gradient, x, learning_rate, steps):
    return gradient_descent(lambda x: np.sign(f_gradient(x)), x, learning_rate, steps)


@checks.gradient_descent.misconception("You take one step too many.")
def one_step_too_many(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps + 1)


# 12 Mini-batches ---------------------------------------------------------------------------------


def batches_of(order, batch_size):
    if batch_size < 1:
        raise ValueError
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


@checks.sgd.misconception(
    "The last mini-batch is dropped where it is not full. Its samples would never be seen in this "
    "epoch.",
    replaces="minibatches",
)
def last_batch_dropped(n, batch_size, rng):
    return [rows for rows in minibatches(n, batch_size, rng) if len(rows) == batch_size]


@checks.sgd.misconception(
    "You fill the last mini-batch up with rows that have been dealt before. It may be shorter.",
    replaces="minibatches",
)
def last_batch_filled_up(n, batch_size, rng):
    order = rng.permutation(n)
    batches = batches_of(order, batch_size)
    batches[-1] = np.concatenate([batches[-1], np.resize(order, batch_size - len(batches[-1]))])
    return batches


@checks.sgd.misconception(
    "After the last row an empty mini-batch follows. Its mean loss would be 0 divided by 0.",
    replaces="minibatches",
)
def empty_batch_at_the_end(n, batch_size, rng):
    return [*minibatches(n, batch_size, rng), np.arange(0)]


@checks.sgd.misconception(
    "An empty mini-batch follows where the last one is full: the number of batches is rounded up "
    "the wrong way.",
    replaces="minibatches",
)
def one_batch_too_many(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.permutation(n)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(n // batch_size + 1)]


@checks.sgd.misconception(
    "The rows come in their original order. Where samples are sorted, a mini-batch would hold one "
    "kind only: shuffle first.",
    replaces="minibatches",
)
def not_shuffled(n, batch_size, rng):
    return batches_of(np.arange(n), batch_size)


@checks.sgd.misconception(
    "You shuffle whole mini-batches, but each holds the same neighbours as ever. Shuffle the rows.",
    replaces="minibatches",
)
def only_batches_shuffled(n, batch_size, rng):
    batches = batches_of(np.arange(n), batch_size)
    full, rest = (batches[:-1], batches[-1:]) if len(batches[-1]) < batch_size else (batches, [])
    return [full[i] for i in rng.permutation(len(full))] + rest


@checks.sgd.misconception(
    "You shuffle within each mini-batch. Which rows meet in a batch never changes: shuffle all "
    "rows first.",
    replaces="minibatches",
)
def shuffled_within_batches(n, batch_size, rng):
    return [rng.permutation(rows) for rows in batches_of(np.arange(n), batch_size)]


@checks.sgd.misconception(
    "You draw each mini-batch anew from all rows. Some rows come twice in an epoch, some never: "
    "deal one shuffled order out instead.",
    replaces="minibatches",
)
def drawn_with_replacement(n, batch_size, rng):
    return [rng.choice(n, size=len(rows)) for rows in minibatches(n, batch_size, rng)]


@checks.sgd.misconception(
    "Your numbers run from 1 to n. Rows are counted from 0, and there is no row n.",
    replaces="minibatches",
)
def rows_from_one(n, batch_size, rng):
    return [rows + 1 for rows in minibatches(n, batch_size, rng)]


@checks.sgd.misconception(
    "The last row is never dealt: the numbers run from 0 to n − 1, both included.",
    replaces="minibatches",
)
def last_row_missing(n, batch_size, rng):
    return batches_of(rng.permutation(n - 1), batch_size)


@checks.sgd.misconception(
    "The generator that is given is not used: yours starts from a seed of its own, so every epoch "
    "has the same order.",
    replaces="minibatches",
)
def generator_of_its_own(n, batch_size, rng):
    return minibatches(n, batch_size, np.random.default_rng(0))


@checks.sgd.misconception(
    "You shuffle with NumPy's global generator. With the one that is given, the same seed gives "
    "the same order, and a run can be repeated.",
    replaces="minibatches",
)
def global_generator(n, batch_size, rng):
    return batches_of(np.random.permutation(n), batch_size)  # noqa: NPY002


@checks.sgd.misconception(
    "`batch_size` is taken for the number of batches. It says how many rows are in each.",
    replaces="minibatches",
)
def number_of_batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return np.array_split(rng.permutation(n), batch_size)


@checks.sgd.misconception(
    "Your mini-batches are of nearly equal size. They hold `batch_size` rows each, and only the "
    "last one holds what is left.",
    replaces="minibatches",
)
def evenly_split(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@checks.sgd.misconception(
    "You return the first mini-batch alone: a return inside the loop ends it. Collect them in a "
    "list, or use yield.",
    replaces="minibatches",
)
def first_batch_alone(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return rng.permutation(n)[:batch_size]


@checks.sgd.misconception(
    "Only the first mini-batch has rows: in `order[i:batch_size]` the second number is where the "
    "slice ends, not how long it is.",
    replaces="minibatches",
)
def slices_end_at_the_batch_size(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.permutation(n)
    return [order[i:batch_size] for i in range(0, n, batch_size)]


@checks.sgd.misconception(
    "rng.shuffle shuffles the array that it is given, and returns None. Shuffle first, then use "
    "the array; or take rng.permutation, which returns a new one.",
    replaces="minibatches",
)
def shuffle_returns_nothing(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.shuffle(np.arange(n))
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@checks.sgd.misconception(
    "A batch size below 1 is not refused. With −3 no batch comes out, and nobody is told.",
    replaces="minibatches",
)
def any_batch_size(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@checks.sgd.misconception("You refuse negative batch sizes, but not 0.", replaces="minibatches")
def batch_size_zero(n, batch_size, rng):
    if batch_size < 0:
        raise ValueError
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size or n)]


# 12 Stochastic gradient descent -------------------------------------------------------------------


@checks.sgd.misconception(
    "`param = param - ...` makes a new array and gives it an old name. The parameters never hear "
    "of it: change the array itself.",
    replaces="sgd_step",
)
def local_name_only(params, grads, learning_rate):
    for name, param in params.items():
        param = param - learning_rate * grads[name]


@checks.sgd.misconception(
    "You put new arrays into params. Whoever holds the old ones, such as the layers of a network, "
    "never hears of it: change the arrays themselves.",
    replaces="sgd_step",
)
def arrays_replaced(params, grads, learning_rate):
    for name in params:
        params[name] = params[name] - learning_rate * grads[name]


@checks.sgd.misconception(
    "sgd_step walks uphill. The gradient points to where the loss rises; go against it.",
    replaces="sgd_step",
)
def step_uphill(params, grads, learning_rate):
    sgd_step(params, grads, -learning_rate)


@checks.sgd.misconception(
    "The learning rate is missing in sgd_step: you move by the whole gradient.", replaces="sgd_step"
)
def step_without_rate(params, grads, learning_rate):
    sgd_step(params, grads, 1.0)


@checks.sgd.misconception(
    "You divide by the learning rate in sgd_step. It is a factor: a smaller rate makes smaller "
    "steps.",
    replaces="sgd_step",
)
def step_divided_by_rate(params, grads, learning_rate):
    sgd_step(params, grads, 1 / learning_rate)


@checks.sgd.misconception(
    "sgd_step moves the first parameter only: is there a return inside the loop?",
    replaces="sgd_step",
)
def first_parameter_only(params, grads, learning_rate):
    for name, param in params.items():
        param -= learning_rate * grads[name]
        return


@checks.sgd.misconception(
    "Only the weights W move in your sgd_step. There may be other parameters, of any name.",
    replaces="sgd_step",
)
def weights_only(params, grads, learning_rate):
    params["W"] -= learning_rate * grads["W"]


@checks.sgd.misconception(
    "sgd_step knows W and b only. The parameters may have any names: go through the mapping.",
    replaces="sgd_step",
)
def weights_and_biases_only(params, grads, learning_rate):
    for name in ("W", "b"):
        params[name] -= learning_rate * grads[name]


@checks.sgd.misconception(
    "You pair parameters and gradients by their order. They need not stand in the same one: a "
    "parameter and its gradient have the same name.",
    replaces="sgd_step",
)
def paired_by_order(params, grads, learning_rate):
    for param, grad in zip(params.values(), grads.values(), strict=True):
        param -= learning_rate * grad


@checks.sgd.misconception(
    "You multiply the learning rate into the gradients that you were given. They belong to the "
    "caller: make new arrays.",
    replaces="sgd_step",
)
def gradients_scaled_in_place(params, grads, learning_rate):
    for name, param in params.items():
        grads[name] *= learning_rate
        param -= grads[name]


@checks.sgd.misconception(
    "The parameters become the step itself: -= and = - are different things.", replaces="sgd_step"
)
def step_in_place_of_parameter(params, grads, learning_rate):
    for name, param in params.items():
        param[...] = -learning_rate * grads[name]


def training(rounds):
    """Make a wrong sgd from one that yields, per mini-batch, the losses to be reported."""

    def run(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
        return rounds(params, gradients, n, epochs, batch_size, learning_rate, rng)

    run.__name__ = rounds.__name__
    return run


@checks.sgd.misconception(
    "One epoch is missing: range(1, epochs) has one number less than epochs.", replaces="sgd"
)
@training
def one_epoch_less(params, gradients, n, epochs, batch_size, rate, rng):
    return sgd(
        params, gradients, n, epochs=epochs - 1, batch_size=batch_size, learning_rate=rate, rng=rng
    )


@checks.sgd.misconception(
    "You make one step per epoch. Each mini-batch makes a step: several iterations to an epoch.",
    replaces="sgd",
)
@training
def one_step_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            losses.append(loss)
        sgd_step(params, grads, rate)
    return losses


@checks.sgd.misconception(
    "You call gradients with all rows each time. That is gradient descent on the whole set: give "
    "it one mini-batch.",
    replaces="sgd",
)
@training
def whole_set_each_time(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for _ in minibatches(n, batch_size, rng):
            loss, grads = gradients(np.arange(n))
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "The loss is measured again, after the step. One call of gradients gives the loss and the "
    "gradients at the same place, and it is the expensive part.",
    replaces="sgd",
)
@training
def loss_after_the_step(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            sgd_step(params, gradients(rows)[1], rate)
            losses.append(gradients(rows)[0])
    return losses


@checks.sgd.misconception(
    "You call gradients twice for each mini-batch, once for the loss and once for the gradients. "
    "One call gives both, and it is the expensive part.",
    replaces="sgd",
)
@training
def gradients_called_twice(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            losses.append(gradients(rows)[0])
            sgd_step(params, gradients(rows)[1], rate)
    return losses


@checks.sgd.misconception(
    "The order is shuffled once, and every epoch repeats it. Deal the mini-batches anew in each "
    "epoch.",
    replaces="sgd",
)
@training
def shuffled_once(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    batches = list(minibatches(n, batch_size, rng))
    for _ in range(epochs):
        for rows in batches:
            loss, grads = gradients(rows)
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "Your training ends after one epoch. Either there is a return inside the loop over the "
    "epochs; or the mini-batches are made before it: a generator is used up after one epoch, so "
    "make new ones in each.",
    replaces="sgd",
)
@training
def ends_after_one_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    batches = minibatches(n, batch_size, rng)
    for _ in range(epochs):
        for rows in batches:
            loss, grads = gradients(rows)
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "You return the mean loss of each epoch. What is asked for is one loss per iteration.",
    replaces="sgd",
)
@training
def means_of_epochs(params, gradients, n, epochs, batch_size, rate, rng):
    losses = sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )
    return list(np.array(losses).reshape(epochs, -1).mean(axis=1))


@checks.sgd.misconception(
    "You return the last loss alone. What is asked for is the list of all, one per iteration.",
    replaces="sgd",
)
@training
def last_loss_only(params, gradients, n, epochs, batch_size, rate, rng):
    return sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )[-1]


@checks.sgd.misconception(
    "Your training ends after the first mini-batch: is there a return inside the inner loop?",
    replaces="sgd",
)
@training
def ends_after_one_batch(params, gradients, n, epochs, batch_size, rate, rng):
    loss, grads = gradients(next(iter(minibatches(n, batch_size, rng))))
    sgd_step(params, grads, rate)
    return [loss]


@checks.sgd.misconception(
    "You keep one loss per epoch, that of its last mini-batch. What is asked for is one per "
    "iteration: note it inside the inner loop.",
    replaces="sgd",
)
@training
def one_loss_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )
    per_epoch = len(losses) // epochs
    return losses[per_epoch - 1 :: per_epoch]


@checks.sgd.misconception(
    "You take one step per epoch, with all rows. That is gradient descent on the whole set: deal "
    "the rows into mini-batches, and make a step with each.",
    replaces="sgd",
)
@training
def whole_set_once_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        loss, grads = gradients(np.arange(n))
        sgd_step(params, grads, rate)
        losses.append(loss)
    return losses


@checks.sgd.misconception(
    "sgd_step changes the arrays and returns nothing. `params = sgd_step(...)` makes params None.",
    replaces="sgd",
)
@training
def parameters_become_nothing(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            params = sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "gradients returns the loss first and the gradients second. You take them the other way round.",
    replaces="sgd",
)
@training
def pair_exchanged(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            grads, loss = gradients(rows)
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "Your sgd moves W and b only. The parameters may have any names: sgd_step moves them all.",
    replaces="sgd",
)
@training
def sgd_of_weights_and_biases(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            weights_and_biases_only(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "The losses are collected, but the parameters of the caller stay where they were. Either no "
    "step is taken, or copies move, or sgd_step does not change the arrays in place: see its rows.",
    replaces="sgd",
)
@training
def no_step_taken(params, gradients, n, epochs, batch_size, rate, rng):
    return [gradients(rows)[0] for _ in range(epochs) for rows in minibatches(n, batch_size, rng)]


@checks.sgd.misconception(
    "The mini-batches come in the original order. Deal them with minibatches, and see whether its "
    "own rows are right: it is to shuffle.",
    replaces="sgd",
)
@training
def sgd_without_shuffling(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in batches_of(np.arange(n), batch_size):
            loss, grads = gradients(rows)
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@checks.sgd.misconception(
    "The rng that is given is not used: yours starts from a seed of its own in each epoch, so all "
    "epochs have the same order.",
    replaces="sgd",
)
@training
def sgd_with_its_own_seed(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, np.random.default_rng(0)):
            loss, grads = gradients(rows)
            sgd_step(params, grads, rate)
            losses.append(loss)
    return losses
