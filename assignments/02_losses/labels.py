"""Labels both ways: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import add_label_kinds, exception_of, one_hot_rows, outcome_of, result_of, scores_case

task = Task(
    "labels",
    "Labels both ways",
    points=12,
    needs=["check_labels", "one_hot", "one_hot_targets"],
    minutes=25,
    shapes="class numbers (N,), scores and one-hot rows (N, C)",
)


@task.check("check_labels: refuses what is not one of the classes (ValueError)", weight=2)
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


@task.check("check_labels: refuses labels that are not of an integer type (ValueError)", weight=2)
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


@task.check("one_hot: a row for each label, a column for each class", weight=2)
def one_hot_of_batch(impl, rng):
    return impl.one_hot(rng.permutation(np.array([0, 2, 2, 3, 1, 0, 3])), 6)


@task.check("one_hot: a batch of one")
def one_hot_of_one(impl, rng):
    return impl.one_hot(rng.integers(1, 3, size=1), 4)


@task.check("one_hot: refuses what check_labels refuses")
def one_hot_refuses(impl, rng):
    good = rng.permutation(4)
    return {
        "labels from 0 to 3": outcome_of(impl.one_hot, good, 4),
        "a label of -1": exception_of(impl.one_hot, good - 1, 4),
        "a label of 4": exception_of(impl.one_hot, good + 1, 4),
        "float64": exception_of(impl.one_hot, good.astype(float), 4),
    }


@task.check("one_hot_targets: turns class numbers into rows, of the dtype of the scores", weight=2)
def targets_of_numbers(impl, rng):
    scores, numbers = scores_case(rng)
    narrow = impl.one_hot_targets(numbers, scores.astype("f4"))
    wide = impl.one_hot_targets(numbers, scores)
    return {
        "targets": wide,
        "dtype for float64": str(np.asarray(wide).dtype),
        "dtype for float32": str(np.asarray(narrow).dtype),
    }


@task.check("one_hot_targets: leaves one-hot rows as they are, but for the dtype; also for N = C")
def targets_of_rows(impl, rng):
    numbers = rng.permutation(np.array([0, 2, 2, 1, 0, 1]))
    square = rng.permutation(4)
    whole = one_hot_rows(numbers, 5).astype(int)
    narrow = result_of(impl.one_hot_targets, whole, rng.normal(size=(6, 5)).astype("f4"))
    return {
        "(6, 5)": impl.one_hot_targets(one_hot_rows(numbers, 5), rng.normal(size=(6, 5))),
        "(4, 4)": impl.one_hot_targets(one_hot_rows(square, 4), rng.normal(size=(4, 4))),
        "(1, 3)": impl.one_hot_targets(np.array([[0.0, 0.0, 1.0]]), rng.normal(size=(1, 3))),
        "whole numbers (6, 5)": narrow,
        "their dtype for scores in float32": str(np.asarray(narrow["result"]).dtype),
    }


@task.check("one_hot_targets: refuses shapes that do not fit the scores (ValueError)")
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
        "(1, 5) for (6, 5)": exception_of(
            impl.one_hot_targets, one_hot_rows(numbers[:1], 5), scores
        ),
    }


add_label_kinds(task, "one_hot_targets", swapped=True)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64, Part, Parts
from solutions.losses import check_labels, one_hot, one_hot_targets

from .mistakes import ASSERTED, CLASSES_OF_BATCH, OTHER_ERROR, add_guesses, kinds_of_labels

parts = Parts(
    task,
    [one_hot_targets],
    {"targets": Part("the targets", of="one_hot_targets")},
    kinds_of_labels(0),
)


def has_wrong_type(labels):
    return labels.dtype.kind not in "iu"


@task.misconception(
    "Negative labels get through. NumPy would count them from the end.", replaces="check_labels"
)
def negative_labels_pass(labels, classes):
    if has_wrong_type(labels) or (labels >= classes).any():
        raise ValueError


@task.misconception(
    "Labels that are too large get through: your check looks for < 0 only.", replaces="check_labels"
)
def large_labels_pass(labels, classes):
    if has_wrong_type(labels) or (labels < 0).any():
        raise ValueError


@task.misconception(
    "With C classes the last one has the number C − 1, as the first one has the number 0. You let "
    "C itself through.",
    replaces="check_labels",
)
def classes_counted_from_one(labels, classes):
    if has_wrong_type(labels) or (labels < 0).any() or (labels > classes).any():
        raise ValueError


@task.misconception(
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


@task.misconception(
    "Every batch is refused, good ones as well. If you ask for Python's int: labels is an array, "
    "and its elements are NumPy's integers. Their dtype says of which kind they are.",
    replaces="check_labels",
)
def everything_refused(labels, classes):
    raise ValueError


@task.misconception(
    "Only the first label is looked at. Every one counts: is there a return inside a loop?",
    replaces="check_labels",
)
def only_the_first_label(labels, classes):
    if has_wrong_type(labels) or not 0 <= labels[0] < classes:
        raise ValueError


@task.misconception(
    "Only the last label counts. In your loop, does each label overwrite what was found before?",
    replaces="check_labels",
)
def only_the_last_label(labels, classes):
    if has_wrong_type(labels) or not 0 <= labels[-1] < classes:
        raise ValueError


@task.misconception(
    "You refuse the label 0. Class numbers begin with 0, as indices of arrays do.",
    replaces="check_labels",
)
def label_zero_refused(labels, classes):
    if has_wrong_type(labels) or (labels <= 0).any() or (labels >= classes).any():
        raise ValueError


@task.misconception(
    "You refuse only if all labels are outside. One bad label is enough to spoil a batch.",
    replaces="check_labels",
)
def all_must_be_outside(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).all():
        raise ValueError


@task.misconception(
    "Labels outside the classes get through, on both sides. If you ask for those that are below 0 "
    "and above C − 1: nothing is both at the same time.",
    replaces="check_labels",
)
def both_sides_at_once(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) & (labels >= classes)).any():
        raise ValueError


@task.misconception(
    "The dtype of the labels is not looked at: 1.5 is no class number, and True is none either.",
    replaces="check_labels",
)
def any_type_passes(labels, classes):
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(
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


@task.misconception(SOME_TYPES, replaces="check_labels")
def int64_and_uint8(labels, classes):
    if labels.dtype not in (np.int64, np.uint8) or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(SOME_TYPES, replaces="check_labels")
def int64_and_int32(labels, classes):
    if labels.dtype not in (np.int64, np.int32) or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(
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


@task.misconception(DIGITS, replaces="check_labels")
def whole_floats_and_truths_pass(labels, classes):
    if (labels != np.round(labels + 0.0)).any():
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(DIGITS, replaces="check_labels")
def whole_floats_pass(labels, classes):
    if labels.dtype.kind == "b" or (labels != np.round(labels)).any():
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(
    "You ask for one integer type alone. uint8, in which images keep their labels, is one as well.",
    replaces="check_labels",
)
def only_int64(labels, classes):
    if labels.dtype != np.int64 or ((labels < 0) | (labels >= classes)).any():
        raise ValueError


@task.misconception(
    "Bad labels raise nothing. What is printed or returned, such as False, may be overlooked: "
    "raise a ValueError, which cannot be.",
    replaces="check_labels",
)
def says_false(labels, classes):
    return not (has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).any())


@task.misconception(
    ASSERTED,
    replaces="check_labels",
)
def asserts(labels, classes):
    assert not has_wrong_type(labels)
    assert not ((labels < 0) | (labels >= classes)).any()


@task.misconception(OTHER_ERROR, replaces="check_labels")
def index_error_for_outside(labels, classes):
    if has_wrong_type(labels):
        raise ValueError
    if ((labels < 0) | (labels >= classes)).any():
        raise IndexError


@task.misconception(OTHER_ERROR, replaces="check_labels")
def type_error_for_the_dtype(labels, classes):
    if has_wrong_type(labels):
        raise TypeError
    check_labels(labels, classes)


@task.misconception(OTHER_ERROR, replaces="check_labels")
def index_and_type_errors(labels, classes):
    if has_wrong_type(labels):
        raise TypeError
    index_error_for_outside(labels, classes)


@task.misconception(OTHER_ERROR, replaces="check_labels")
def plain_exceptions(labels, classes):
    if has_wrong_type(labels) or ((labels < 0) | (labels >= classes)).any():
        raise Exception


@task.misconception(CLASSES_OF_BATCH, replaces="one_hot")
def classes_of_the_batch(labels, classes):
    check_labels(labels, classes)
    return one_hot(labels, int(labels.max()) + 1)


@task.misconception(
    "Your table is lying on its side. A sample is a row, a class is a column: (N, C).",
    replaces="one_hot",
)
def classes_as_rows(labels, classes):
    return one_hot(labels, classes).T


@task.misconception(
    "Your 1 stands one place too far to the left. Class 0 has the first column, number 0.",
    replaces="one_hot",
)
def one_place_left(labels, classes):
    return np.roll(one_hot(labels, classes), -1, axis=1)


@task.misconception(
    "one_hot does not look at the labels first. Among NumPy's indices −1 means the last one, so a "
    "bad label would become a good row.",
    replaces="one_hot",
)
def one_hot_unchecked(labels, classes):
    rows = np.eye(classes)
    return rows[labels.astype(int) % classes]


@task.misconception(
    "You leave the refusing to NumPy's index. It raises an IndexError, not a ValueError, and it "
    "takes −1 for the last class. Ask check_labels.",
    replaces="one_hot",
)
def one_hot_by_index(labels, classes):
    return np.eye(classes)[labels]


@task.misconception(
    "Your 1 stands one place too far to the right. Class 0 has the first column, number 0.",
    replaces="one_hot",
)
def one_place_right(labels, classes):
    return np.roll(one_hot(labels, classes), 1, axis=1)


@task.misconception(
    "One row is missing: you return (C,) for a batch of one. A batch of one is still a batch.",
    replaces="one_hot",
)
def batch_of_one_squeezed(labels, classes):
    return one_hot(labels, classes).squeeze()


@task.misconception(
    "Every row of yours has the 1s of all labels: you set whole columns. Each row gets its own 1.",
    replaces="one_hot",
)
def whole_columns(labels, classes):
    check_labels(labels, classes)
    rows = np.zeros((len(labels), classes))
    rows[:, labels] = 1
    return rows


@task.misconception(
    "The labels are columns, not rows: in `rows[i, j]` the first index is the sample, the second "
    "one the class.",
    replaces="one_hot",
)
def row_and_column_exchanged(labels, classes):
    check_labels(labels, classes)
    rows = np.zeros((len(labels), classes))
    rows[labels, np.arange(len(labels))] = 1
    return rows


@task.misconception(
    "Labels (N,) and class numbers (C,) are compared one by one, as if they belonged together. "
    "Make the labels a column (N, 1) first, and NumPy compares each with each.",
    replaces="one_hot",
)
def labels_not_a_column(labels, classes):
    check_labels(labels, classes)
    return (labels == np.arange(classes)).astype(float)


@task.misconception(
    "Your 1s stand on the diagonal, whatever the labels are: np.eye(N, C) does not know them.",
    replaces="one_hot",
)
def labels_not_used(labels, classes):
    check_labels(labels, classes)
    return np.eye(len(labels), classes)


@task.misconception(
    "Labels that are one-hot rows already are turned into rows once more. How many axes have they?",
    replaces="one_hot_targets",
)
def rows_made_of_rows(labels, scores):
    labels = labels.ravel()
    if len(labels) != len(scores):
        raise ValueError
    return one_hot(labels.astype(int), scores.shape[1]).astype(scores.dtype)


@task.misconception(
    "You turn one-hot rows back into class numbers. The losses need rows, of the shape of the "
    "scores.",
    replaces="one_hot_targets",
)
def numbers_made_of_rows(labels, scores):
    one_hot_targets(labels, scores)
    return labels.argmax(axis=1) if labels.ndim == 2 else labels


@task.misconception(
    "You return class numbers as they are. They must become rows that fit the scores.",
    replaces="one_hot_targets",
)
def numbers_left_as_they_are(labels, scores):
    one_hot_targets(labels, scores)
    return labels.astype(scores.dtype)


@task.misconception(CLASSES_OF_BATCH, replaces="one_hot_targets")
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


@task.misconception(CLASSES_OF_BATCH, replaces="one_hot_targets")
def targets_for_the_batch_refused(labels, scores):
    rows = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return fitting(rows, scores)


CLASSES_FROM_ROWS = "The number of classes is that of the scores' columns, not that of its rows."


@task.misconception(CLASSES_FROM_ROWS, replaces="one_hot_targets")
def classes_from_the_rows_refused(labels, scores):
    return fitting(labels if labels.ndim == 2 else one_hot(labels, len(scores)), scores)


@task.misconception(CLASSES_FROM_ROWS, replaces="one_hot_targets")
def classes_from_the_rows(labels, scores):
    if labels.ndim == 2:
        return one_hot_targets(labels, scores)
    one_hot_targets(labels, scores)
    return one_hot(labels, len(scores)).astype(scores.dtype)


@parts.fault(IN_FLOAT64)
def in_float64(targets, labels, scores):
    return targets.astype(float)


@task.misconception(
    "One-hot rows keep their own dtype. They are to have that of the scores, too.",
    replaces="one_hot_targets",
)
def rows_keep_their_dtype(labels, scores):
    targets = one_hot_targets(labels, scores)
    return labels if labels.ndim == 2 else targets


@task.misconception(
    "The targets keep the dtype that they come in, or are made in. They are to have that of the "
    "scores, for class numbers and for one-hot rows.",
    replaces="one_hot_targets",
)
def nothing_cast(labels, scores):
    targets = one_hot_targets(labels, scores)
    return labels if labels.ndim == 2 else targets.astype(float)


@parts.mistake(
    "Targets that do not fit the scores are not refused. NumPy would stretch a single row, or a "
    "single column, over the whole batch."
)
def targets_of_any_shape(labels, scores):
    rows = labels if labels.ndim == 2 else one_hot(labels, scores.shape[1])
    return rows.astype(scores.dtype)


def fits(labels, scores):
    return labels.shape in (scores.shape, scores.shape[:1])


@parts.mistake(ASSERTED)
def fit_asserted(labels, scores):
    assert fits(labels, scores)
    return one_hot_targets(labels, scores)


@parts.mistake(OTHER_ERROR)
def type_error_for_the_shape(labels, scores):
    if not fits(labels, scores):
        raise TypeError
    return one_hot_targets(labels, scores)


@parts.mistake(OTHER_ERROR)
def index_error_for_the_shape(labels, scores):
    if not fits(labels, scores):
        raise IndexError
    return one_hot_targets(labels, scores)


@task.misconception(
    "You compare the numbers of samples, but not those of the classes: one-hot rows of another "
    "width get through.",
    replaces="one_hot_targets",
)
def targets_of_any_width(labels, scores):
    if len(labels) != len(scores):
        raise ValueError
    return targets_of_any_shape(labels, scores)


def guessing_targets(looks_like_rows):
    def guessing(labels, scores):
        is_rows = looks_like_rows(labels, scores)
        return fitting(labels if is_rows else one_hot(labels, scores.shape[1]), scores)

    return guessing


def guessing_targets_unchecked(looks_like_rows):
    def guessing(labels, scores):
        if looks_like_rows(labels, scores):
            return labels.astype(scores.dtype)
        return fitting(one_hot(labels, scores.shape[1]), scores)

    return guessing


add_guesses(task, "makes_targets", guessing_targets, replaces="one_hot_targets")
add_guesses(task, "passes_targets_on", guessing_targets_unchecked, replaces="one_hot_targets")
