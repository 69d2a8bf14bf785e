"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: batches of
several rows, more classes than any batch holds, numbers of both signs, no square arrays.
"""

from functools import partial

import numpy as np

from handgrad import ImplementationError, fetch, keep


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


def result_of(call, *args):
    """Return what a call raises and what it returns; if it raises, the other calls go on."""
    try:
        return {"exception": "no exception", "result": call(*args)}
    except ImplementationError as error:
        if error.kind == "NotImplementedError":
            raise
        return {"exception": error.kind, "result": None}


def has_changed(remote, array):
    """Return whether an array that was kept on the implementation's side is another now."""
    return not np.array_equal(fetch(remote), array)


def scores_case(rng, size=2.0):
    """Draw scores (6, 5), and class numbers among which 4, the last class, does not occur."""
    labels = rng.permutation(np.array([0, 3, 1, 1, 2, 0]))
    return size * rng.normal(size=(6, 5)), labels


def both_labels(loss, scores, labels):
    """Return the loss for class numbers and for one-hot rows."""
    return {
        "class numbers": loss(scores, labels),
        "one-hot rows": loss(scores, one_hot_rows(labels, scores.shape[1])),
    }


def label_batches(rng):
    """Return batches whose labels pass for the other kind: what is peculiar, scores and labels.

    The labels are the same every time, and so are the winners: all right but the first.
    """
    some, all_, few = np.array([1, 0, 1, 1, 0]), np.array([2, 0, 1, 1]), np.array([0, 0, 1])
    batches = [
        ("class numbers, only 0 and 1, for scores (5, 2)", some, 2, None),
        ("class numbers, N = C = 4", all_, 4, None),
        ("class numbers, only 0 and 1, N = C = 3", few, 3, None),
        ("one-hot rows of whole numbers (5, 3)", some, 3, int),
        ("one-hot rows of whole numbers, N = C = 4", all_, 4, int),
        ("one-hot rows, N = C = 4", all_, 4, float),
    ]
    drawn = {}
    for peculiar, numbers, classes, dtype in batches:
        winners = np.append((numbers[0] + 1) % classes, numbers[1:])
        scores = rng.uniform(-1, 1, size=(len(numbers), classes)) + 3 * one_hot_rows(
            winners, classes
        )
        rows = None if dtype is None else one_hot_rows(numbers, classes).astype(dtype)
        drawn[peculiar] = scores, numbers if rows is None else rows
    return drawn


def add_label_kinds(task, name, *, swapped=False, prepare=np.asarray, rtol=1e-6):
    """Add a check that the number of axes tells the kind of the labels, not what they look like."""

    @task.check("whatever the labels look like, their number of axes tells the kind", rtol=rtol)
    def kinds_of_labels(impl, rng):
        function, given = getattr(impl, name), {}
        for peculiar, (scores, labels) in label_batches(rng).items():
            pair = (prepare(scores), labels)
            given[peculiar] = result_of(function, *(pair[::-1] if swapped else pair))
        return given


def changed_by(impl, loss, *arrays):
    """Return which of its two arrays a loss changes."""
    first, second = (keep(impl, array) for array in arrays)
    value = loss(first, second)
    return {
        "the first array has changed": has_changed(first, arrays[0]),
        "the second array has changed": has_changed(second, arrays[1]),
        "the loss is a number": np.asarray(value).dtype.kind in "fi",
    }


def add_inputs_stay(task, name, case, *, labels=False):
    """Add a check that a loss leaves its two arrays as they were, with labels of both kinds."""

    @task.check("the arrays that are given are left as they were", weight=0.5)
    def inputs_stay(impl, rng):
        changed = partial(changed_by, impl, getattr(impl, name))
        return both_labels(changed, *case(rng)) if labels else changed(*case(rng))
