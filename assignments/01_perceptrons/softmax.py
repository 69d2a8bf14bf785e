"""Softmax: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep, lines_run

from .inputs import logits, shape_of

task = Task(
    "softmax",
    "Softmax",
    points=6,
    needs=["softmax"],
    minutes=15,
    shapes="logits (C,) or (N, C); max(axis=-1) of a batch is (N,), and with keepdims=True (N, 1)",
)


@task.check("a batch of logits (N, C): each row becomes probabilities", weight=2)
def softmax_of_batch(impl, rng):
    return impl.softmax(logits(rng, 4, 6))


@task.check("a single row (C,)")
def softmax_of_row(impl, rng):
    return impl.softmax(logits(rng, 6))


@task.check("logits around +1000")
def softmax_of_large(impl, rng):
    return {
        "a batch": impl.softmax(logits(rng, 4, 6) + 1000),
        "a row": impl.softmax(logits(rng, 6) + 1000),
        "a row around +750": impl.softmax(logits(rng, 6) + 750),
    }


@task.check("rows that lie far apart, some around −1000")
def softmax_of_rows_apart(impl, rng):
    offsets = np.array([[1000.0], [-1000.0], [0.0], [500.0]])
    return impl.softmax(logits(rng, 4, 6) + offsets)


@task.check("one logit far above the rest of its row", weight=0.5)
def softmax_of_spread(impl, rng):
    x = logits(rng, 3, 5)
    x[[0, 1, 2], rng.permutation(5)[:3]] += [2000, 800, 1200]
    return {"a batch": impl.softmax(x), "its rows": [impl.softmax(row) for row in x]}


@task.check("more axes: always along the last one; float32 stays float32", weight=0.5)
def softmax_of_any_shape(impl, rng):
    x = logits(rng, 2, 3, 4)
    narrow = x.astype("f4")
    dtypes = {
        shape: str(np.asarray(impl.softmax(one)).dtype)
        for shape, one in (("(2, 3, 4)", narrow), ("(3, 4)", narrow[0]), ("(4,)", narrow[0, 0]))
    }
    return {"values": impl.softmax(x), "dtype": dtypes}


@task.check("the logits are left as they were", weight=0.5)
def softmax_leaves_logits(impl, rng):
    given = {"a batch": keep(impl, logits(rng, 4, 6)), "a row": keep(impl, logits(rng, 6))}
    shapes = [shape_of(impl.softmax(x)) for x in given.values()]
    return {**{kind: fetch(x) for kind, x in given.items()}, "shapes of the results": shapes}


@task.check("no loop over the rows: sixty rows run as few lines of your code as six", weight=0.5)
def softmax_without_loop(impl, rng):
    six, sixty = logits(rng, 6, 5), logits(rng, 60, 5)
    more = lines_run(impl.softmax, sixty) > lines_run(impl.softmax, six)
    return {
        "lines that run for sixty rows": "more than for six" if more else "as many as for six",
        "shape of the result": shape_of(impl.softmax(six)),
    }


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Branch, Part, Parts
from solutions.perceptrons import sigmoid, softmax

from .mistakes import IN_PLACE, NOT_A_NUMBER, ROUNDED, SINGLE_PRECISION

parts = Parts(
    task,
    [softmax],
    {"probabilities": Part("the probabilities")},
    {
        "row": Branch("a single row", lambda logits: logits.ndim == 1),
        "batch": Branch("more rows than one", lambda logits: logits.ndim > 1),
    },
)


def plain_softmax(x, axis=-1):
    """Return softmax as the formula has it, with nothing subtracted."""
    with np.errstate(all="ignore"):
        exponentials = np.exp(x)
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


@parts.mistake(
    NOT_A_NUMBER + " A number that is subtracted from all logits of a row cancels: choose one that "
    "keeps every exponent small."
)
def nothing_subtracted(logits):
    return plain_softmax(logits)


@task.misconception(
    "You subtract the largest logit of the whole batch. In a row far below it all exponentials "
    "become 0, and 0/0 is not a number. Each row needs its own."
)
def maximum_of_the_batch(logits):
    return plain_softmax(logits - logits.max())


@parts.mistake("You subtract the mean of the row. A logit far above the mean still overflows.")
def mean_subtracted(logits):
    return plain_softmax(logits - logits.mean(axis=-1, keepdims=True))


@parts.mistake(
    "You subtract the smallest logit. Then all exponents are positive, and large ones overflow."
)
def minimum_subtracted(logits):
    return plain_softmax(logits - logits.min(axis=-1, keepdims=True))


@task.misconception("Your columns sum to 1. The classes of one sample stand in a row.")
def over_the_batch(logits):
    return plain_softmax(logits - logits.max(axis=0), axis=0)


@task.misconception(
    "All rows together sum to 1. Each row is a distribution of its own: sum along the last axis."
)
def over_everything(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


@task.misconception(
    "The maxima are taken per row, but the sum over the whole array: no row sums to 1."
)
def sum_over_everything(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum()


AXIS_LOST = (
    "A maximum or a sum along an axis loses that axis, so N numbers meet rows of C. keepdims=True "
    "keeps it, with length 1."
)


@task.misconception(AXIS_LOST)
def axis_lost(logits):
    exponentials = np.exp(logits - logits.max(axis=-1))
    return exponentials / exponentials.sum(axis=-1)


@task.misconception(
    "axis=1 is the last axis of a batch only. A single row has just axis 0; −1 counts from the end."
)
def second_axis(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@parts.mistake(
    "You divide the logits by their sum. They may be negative: exp makes them positive first."
)
def without_exponential(logits):
    return logits / logits.sum(axis=-1, keepdims=True)


@parts.mistake(
    "Your largest result in each row is 1, and the rows do not sum to 1: divide by the sum of the "
    "row."
)
def not_divided(logits):
    return np.exp(logits - logits.max(axis=-1, keepdims=True))


@parts.mistake("That is the sigmoid of each logit. The classes of a row share a probability of 1.")
def sigmoid_of_each(logits):
    return sigmoid(logits)


@parts.mistake("You return the logarithms of the probabilities.")
def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@parts.mistake(
    "You take the logarithm of the probabilities at the end. Asked for are the probabilities."
)
def log_of_softmax(logits):
    with np.errstate(divide="ignore"):
        return np.log(softmax(logits))


@parts.mistake("You give the winner everything. Softmax gives each class its share.")
def winner_takes_all(logits):
    return (logits == logits.max(axis=-1, keepdims=True)).astype(logits.dtype)


ORDER = "The exponent has the wrong sign: the largest logit gets the smallest probability."


@parts.mistake(ORDER)
def order_turned_round(logits):
    return softmax(-logits)


@parts.mistake(ORDER)
def order_turned_round_by_the_shift(logits):
    return plain_softmax(logits.max(axis=-1, keepdims=True) - logits)


@parts.mistake(
    "You divide the exponents by the largest logit. That changes the probabilities; subtracting "
    "does not."
)
def exponents_divided(logits):
    return plain_softmax(logits / logits.max(axis=-1, keepdims=True))


@parts.mistake(
    "You cut large logits off, so that classes that differ look alike. Subtracting a number from "
    "the whole row changes nothing."
)
def logits_cut_off(logits):
    return plain_softmax(np.clip(logits, -500, 500))


@parts.mistake(IN_PLACE)
def softmax_in_place(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    return plain_softmax(logits)


@parts.mistake(SINGLE_PRECISION)
def softmax_in_float64(logits):
    return softmax(logits.astype(float))


@task.misconception(
    "You go through the rows one by one. NumPy does all of them at once, along an axis."
)
def loops_over_rows(logits):
    flat = logits.reshape(-1, logits.shape[-1])
    rows = [softmax(row) for row in flat]
    return np.array(rows).reshape(logits.shape)


@task.misconception(
    "You subtract the maximum of each column. What cancels has to be common to a row."
)
def maximum_of_the_column(logits):
    return plain_softmax(logits - logits.max(axis=0))


FIXED_NUMBER = (
    "You subtract a fixed number. It suits some rows and fails others, where all exponentials "
    "become 0 or infinite. Take a number from the row itself."
)


@parts.mistake(FIXED_NUMBER)
def thousand_subtracted(logits):
    return plain_softmax(logits - 1000)


@task.misconception(FIXED_NUMBER)
def five_hundred_subtracted(logits):
    return plain_softmax(logits - 500)


@parts.mistake(FIXED_NUMBER)
def hundred_subtracted(logits):
    return plain_softmax(logits - 100)


@task.misconception(
    "Python's max compares whole rows with one another, and an array has no single truth value. "
    "NumPy's max looks along an axis."
)
def max_of_python_in_softmax(logits):
    exponentials = np.exp(logits - max(logits))
    return exponentials / sum(exponentials)


@task.misconception(
    "Your sum adds the rows of a batch to one another, so that columns are divided: Python's sum "
    "does that, and so does the first axis. The classes of a sample lie along the last one."
)
def sum_of_python(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / sum(exponentials)


UNEQUAL_SHIFT = (
    "The number is subtracted above or below the line of the fraction only. It cancels if it is "
    "subtracted in both."
)


@parts.mistake(UNEQUAL_SHIFT)
def shift_above_only(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(logits).sum(axis=-1, keepdims=True)


@parts.mistake(UNEQUAL_SHIFT)
def shift_below_only(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.exp(logits) / np.exp(shifted).sum(axis=-1, keepdims=True)


@task.misconception(
    "np.nan_to_num hides what went wrong: exp overflows, and the results become 0 instead of "
    "probabilities. Keep the exponents small to begin with."
)
def not_a_number_hidden(logits):
    return np.nan_to_num(plain_softmax(logits))


@task.misconception(
    "reshape(-1, 1) makes a column of a batch's maxima, but other shapes come back changed. "
    "keepdims=True keeps the axis for any shape."
)
def column_by_reshaping(logits):
    exponentials = np.exp(logits - logits.max(axis=-1).reshape(-1, 1))
    return exponentials / exponentials.sum(axis=-1).reshape(-1, 1)


@task.misconception(
    "axis=1 is the last axis of a batch only, and reshape(-1, 1) fits a batch only. −1 counts axes "
    "from the end, and keepdims=True keeps the axis for any shape."
)
def second_axis_by_reshaping(logits):
    exponentials = np.exp(logits - logits.max(axis=1).reshape(-1, 1))
    return exponentials / exponentials.sum(axis=1).reshape(-1, 1)


@parts.mistake(ROUNDED)
def softmax_rounded(logits):
    return np.round(softmax(logits), 4)
