"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import Branch, Part, Parts
from solutions.losses import one_hot

SUM = (
    "You add up the losses of all samples. Divide by their number, or a larger batch seems to be "
    "worse than a small one."
)


MEAN = (
    "Your mean runs over all elements. Within one sample the loss is a sum; only over the samples "
    "of the batch is it a mean."
)


CLASSES = "You divide by the number of classes. The mean is taken over the samples."
TWICE = "You divide by the number of samples twice, as `.mean() / len(...)` does. Once is enough."
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


WHOLE_COLUMNS = (
    "An index such as `[:, labels]` takes whole columns: a table (N, N) of all samples with all "
    "labels. Each row has its own label: the rows need an index as well."
)


PICKS_ROWS = (
    "An index such as `[labels]` picks rows: the labels are taken for the numbers of samples. They "
    "are the numbers of columns, one for each row."
)


CLASSES_OF_BATCH = (
    "You take the number of classes from the labels that occur. A batch need not contain the last "
    "class."
)


WHOLE_TABLE = (
    "argmax without an axis looks through the whole table and returns one place in it. Each row "
    "has a largest number of its own."
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


LAST_AXIS = (
    "Your last axis is that of the outputs only for arrays (N, D). Of an array (N,) it is the "
    "batch, which is to be averaged. A sum over everything, divided by N, does for both."
)


FIRST_AXIS = (
    "Your sum runs along axis 0, which is the batch. Add up within each sample; over the samples, "
    "take the mean."
)


OUTPUTS = (
    "You divide by the length of the last axis. Of an array (N, D) that is D, the number of "
    "outputs; the mean is taken over the samples."
)


NO_KEEPDIMS = (
    "One number per row, of shape (N,), cannot be subtracted from rows (N, C): NumPy would need a "
    "column (N, 1). keepdims=True keeps it one."
)


def kinds_of_labels(place=1):
    """Return the two kinds of labels as branches; they stand at a place among the arguments."""
    return {
        "numbers": Branch("class numbers", lambda *args: args[place].ndim == 1),
        "rows": Branch("one-hot rows", lambda *args: args[place].ndim == 2),
    }


def parts_of(task, function, what="the loss"):
    """Return what a function of scores and labels gives, for labels of both kinds."""
    part = Part(what, of=function.__name__)
    return Parts(task, [function], {function.__name__: part}, kinds_of_labels())


def add_mean_mistakes(parts):
    """Add what goes wrong in the mean of a loss of scores (N, C) over the batch."""

    @parts.fault(SUM)
    def summed(loss, scores, *_):
        return loss * len(scores)

    @parts.fault(MEAN)
    def averaged_over_all(loss, scores, *_):
        return loss / scores.shape[1]

    @parts.fault(CLASSES)
    def divided_by_classes(loss, scores, *_):
        return loss * len(scores) / scores.shape[1]

    @parts.fault(TWICE)
    def divided_twice(loss, scores, *_):
        return loss / len(scores)


def add_logarithm_mistakes(parts):
    """Add what goes wrong in the logarithms of which a loss is the mean."""

    @parts.fault(SIGN)
    def negative(loss, *_):
        return -loss

    @parts.fault(LOG2)
    def in_bits(loss, *_):
        return loss / np.log(2)

    @parts.fault(LOG10)
    def to_base_ten(loss, *_):
        return loss / np.log(10)


def same_shapes(first, second):
    """Refuse what the reference refuses."""
    if first.shape != second.shape:
        raise ValueError


def _named(name, function):
    function.__name__ = name
    return function


AXES = " One-hot rows have two axes and class numbers have one: that alone tells them apart."

GUESSES = {
    "largest_label": (
        "You take labels up to 1 for one-hot rows. Of two classes the numbers are 0 and 1, too.",
        lambda labels, scores: labels.max() <= 1,
    ),
    "sum_of_labels": (
        "You take labels whose sum is N for one-hot rows. Class numbers can have that sum, too.",
        lambda labels, scores: labels.sum() == len(labels),
    ),
    "sum_of_rows": (
        "You take labels that sum to 1 for one-hot rows. A single 1 among class numbers 0 does so, "
        "too.",
        lambda labels, scores: (labels.sum(axis=-1) == 1).all(),
    ),
    "width_of_labels": (
        "You compare the last length of the labels with the number of classes. Where there are as "
        "many samples as classes, class numbers have it, too.",
        lambda labels, scores: labels.shape[-1] == scores.shape[-1],
    ),
    "dtype_of_labels": (
        "You take labels of an integer type for class numbers. One-hot rows may be whole numbers, "
        "too.",
        lambda labels, scores: labels.dtype.kind == "f",
    ),
}


def add_guesses(task, suffix, make, replaces=None):
    """Add one mistake for each way to guess the kind of the labels from what they look like.

    ``make`` takes the guess, a function of labels and scores that says whether these are rows.
    """
    for name, (hint, looks_like_rows) in GUESSES.items():
        wrong = _named(f"{name}_{suffix}", make(looks_like_rows))
        task.misconception(hint + AXES, replaces=replaces)(wrong)


def guessing_rows(loss):
    """Return what makes a loss of scores and one-hot rows guess the kind of the labels."""

    def make(looks_like_rows):
        def guessing(scores, labels, *args):
            is_rows = looks_like_rows(labels, scores)
            rows = labels if is_rows else one_hot(labels, scores.shape[1])
            return loss(scores, rows, *args)

        return guessing

    return make


def guessing_numbers(loss):
    """Return what makes a loss of scores and class numbers guess the kind of the labels."""

    def make(looks_like_rows):
        def guessing(scores, labels, *args):
            numbers = labels.argmax(axis=1) if looks_like_rows(labels, scores) else labels
            return loss(scores, numbers, *args)

        return guessing

    return make
