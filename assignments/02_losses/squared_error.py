"""The squared error: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_inputs_stay, exception_of, outcome_of

task = Task(
    "squared_error",
    "The squared error",
    points=5,
    needs=["squared_error"],
    minutes=10,
    shapes="predictions and targets are both (N,), or both (N, D)",
)


def regression_case(rng):
    """Draw predictions (7, 3) and targets."""
    return rng.normal(size=(7, 3)), rng.normal(size=(7, 3))


@task.check("several outputs: a sum within each sample, a mean over the batch", weight=2)
def squared_error_of_rows(impl, rng):
    return impl.squared_error(*regression_case(rng))


@task.check("one output per sample, as arrays (N,)")
def squared_error_of_numbers(impl, rng):
    return impl.squared_error(rng.normal(size=6), rng.normal(size=6))


@task.check("a batch of one is not averaged over its outputs", weight=0.5)
def squared_error_of_one(impl, rng):
    return impl.squared_error(rng.normal(size=(1, 5)), rng.normal(size=(1, 5)))


@task.check("different shapes are refused (ValueError), also where NumPy would not mind")
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


add_inputs_stay(task, "squared_error", regression_case)


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.losses import squared_error

from .mistakes import (
    ASSERTED,
    AXIS_OF_ROWS,
    FIRST_AXIS,
    LAST_AXIS,
    MEAN,
    OTHER_ERROR,
    OUTPUTS,
    SHAPES,
    SUM,
    TWICE,
    VECTOR,
    same_shapes,
)


def half_squares(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * (predictions - targets) ** 2


@task.misconception(TWICE)
def squares_divided_twice(predictions, targets):
    return half_squares(predictions, targets).mean() / len(predictions)


@task.misconception(TWICE)
def half_sums_divided_twice(predictions, targets):
    return squared_error(predictions, targets) / len(predictions)


@task.misconception(OUTPUTS)
def squares_divided_by_outputs(predictions, targets):
    return half_squares(predictions, targets).sum() / predictions.shape[-1]


@task.misconception(LAST_AXIS)
def squares_summed_over_the_last_axis(predictions, targets):
    return half_squares(predictions, targets).sum(axis=-1).mean()


@task.misconception(FIRST_AXIS)
def squares_summed_over_the_batch(predictions, targets):
    return half_squares(predictions, targets).sum(axis=0).mean()


@task.misconception(
    "You halve twice: there is a 2 in the denominator, and a factor of one half. Once is enough."
)
def halved_twice(predictions, targets):
    return squared_error(predictions, targets) / 2


@task.misconception(
    "The factor one half is missing. It is there so that the slope is y − t, without a 2."
)
def no_half(predictions, targets):
    return 2 * squared_error(predictions, targets)


@task.misconception(MEAN)
def mean_of_all_squares(predictions, targets):
    return half_squares(predictions, targets).mean()


@task.misconception(
    "This is the mean of all squares, as many libraries define it. Here it is half the sum within "
    "each sample, and the mean over the samples."
)
def mean_without_half(predictions, targets):
    same_shapes(predictions, targets)
    return ((predictions - targets) ** 2).mean()


@task.misconception(SUM)
def squares_summed(predictions, targets):
    return half_squares(predictions, targets).sum()


@task.misconception(
    "You take the size of each error, not its square: nothing makes a large error count for more."
)
def absolute_error(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * np.abs(predictions - targets).sum() / len(predictions)


@task.misconception(
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


@task.misconception("You take a root at the end. The squared error has none.")
def root_taken(predictions, targets):
    return np.sqrt(squared_error(predictions, targets))


@task.misconception(
    "The squares are not there: as errors of different signs cancel, your loss can be negative."
)
def errors_not_squared(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * (predictions - targets).sum() / len(predictions)


@task.misconception(VECTOR)
def one_squared_error_per_sample(predictions, targets):
    return half_squares(predictions, targets).reshape(len(targets), -1).sum(axis=1)


@task.misconception(SHAPES)
def shapes_not_compared(predictions, targets):
    difference = predictions - targets
    return 0.5 * (difference**2).sum() / len(predictions)


@task.misconception(
    "You compare the numbers of samples only. The shapes have to be the same in all axes."
)
def lengths_compared(predictions, targets):
    if len(predictions) != len(targets):
        raise ValueError
    return shapes_not_compared(predictions, targets)


@task.misconception(
    "You subtract inside the array that you were given. It belongs to the caller: make a new one."
)
def predictions_overwritten(predictions, targets):
    same_shapes(predictions, targets)
    predictions -= targets
    return 0.5 * (predictions**2).sum() / len(predictions)


@task.misconception(
    "You compare the numbers of elements only. Shapes can differ where sizes agree: (N, 1) and "
    "(N,)."
)
def sizes_compared(predictions, targets):
    if predictions.size != targets.size:
        raise ValueError
    return shapes_not_compared(predictions, targets)


@task.misconception(
    "You compare the numbers of axes only. The shapes have to be the same in all axes."
)
def numbers_of_axes_compared(predictions, targets):
    if predictions.ndim != targets.ndim:
        raise ValueError
    return shapes_not_compared(predictions, targets)


@task.misconception(ASSERTED)
def shapes_asserted(predictions, targets):
    assert predictions.shape == targets.shape
    return squared_error(predictions, targets)


@task.misconception(OTHER_ERROR)
def shapes_refused_by_type_error(predictions, targets):
    if predictions.shape != targets.shape:
        raise TypeError
    return squared_error(predictions, targets)


@task.misconception(
    "You multiply by the number of samples: Python reads `/ 2 * len(...)` from left to right. Set "
    "brackets."
)
def multiplied_by_the_samples(predictions, targets):
    return squared_error(predictions, targets) * len(predictions) ** 2


@task.misconception(
    "`^` is not a power in Python, but an operation on bits. The square of a is `a ** 2`."
)
def caret_for_a_power(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * ((predictions - targets) ^ 2).sum() / len(predictions)


@task.misconception(
    "np.linalg.norm is the root of the sum of squares. Here the sum itself is meant."
)
def norm_not_squared(predictions, targets):
    same_shapes(predictions, targets)
    return 0.5 * np.linalg.norm(predictions - targets) / len(predictions)


@task.misconception(AXIS_OF_ROWS)
def squares_summed_over_axis_one(predictions, targets):
    return half_squares(predictions, targets).sum(axis=1).mean()
