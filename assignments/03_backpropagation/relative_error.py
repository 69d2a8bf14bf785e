"""The relative error: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, signed

task = Task("relative_error", "The relative error", points=3, needs=["relative_error"], minutes=5)


@task.check("one error for each pair of elements", weight=2)
def error_of_arrays(impl, rng):
    scale = 10.0 ** rng.integers(-4, 5, size=(3, 4))
    return impl.relative_error(scale * signed(rng, 3, 4), scale * signed(rng, 3, 4))


@task.check("two zeros have the error 0, a zero and another number the error 1")
def error_of_zeros(impl, rng):
    x = signed(rng, 2)
    a, b = np.array([0.0, 0.0, x[0], x[1]]), np.array([0.0, x[0], 0.0, x[1]])
    return impl.relative_error(a, b)


@task.check("tiny numbers are compared as strictly as large ones")
def error_of_tiny(impl, rng):
    return impl.relative_error(1e-12 * signed(rng, 5), 1e-12 * signed(rng, 5))


# Known mistakes -----------------------------------------------------------------------------------

from solutions.backpropagation import relative_error


@task.misconception(
    "That is the absolute error: it depends on the scale. An error of 0.001 is nothing beside "
    "1000, and everything beside 0.0001."
)
def absolute_error(a, b):
    return np.abs(a - b)


@task.misconception(
    "You divide by the sum of the two. Here the larger of them is asked for; the sum makes nearly "
    "every error half as large."
)
def divided_by_sum(a, b):
    size = np.abs(a) + np.abs(b)
    return np.abs(a - b) / np.where(size == 0, 1, size)


@task.misconception(
    "You divide by the first of the two alone. Then the error changes when a and b change places, "
    "and explodes when the first one is near 0."
)
def divided_by_first(a, b):
    return np.abs(a - b) / np.where(a == 0, 1, np.abs(a))


@task.misconception(
    "Your errors have signs. In a maximum over many errors, a large negative one would not be seen."
)
def signed_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return (a - b) / np.where(size == 0, 1, size)


@task.misconception(
    "You take the larger of a and b, signs included. A size is needed: −5 is larger than 1."
)
def size_with_sign(a, b):
    size = np.maximum(a, b)
    return np.abs(a - b) / np.where(size == 0, 1, size)


@task.misconception(
    "Where both numbers are 0 you divide 0 by 0, which is not a number. They agree: the error is 0."
)
def zero_by_zero(a, b):
    with np.errstate(invalid="ignore"):
        return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


@task.misconception(
    "The constant in your denominator hides errors of small gradients: beside it, they are "
    "nothing. Only 0 needs an exception."
)
def hidden_by_constant(a, b):
    return np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b)))


@task.misconception(
    "You compare all elements with the largest number of the arrays. Each pair is to be compared "
    "with its own size, or a wrong small gradient goes unnoticed beside a large one."
)
def one_size_for_all(a, b):
    size = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b) / (size if size else 1)


@task.misconception(
    "You return one number. One error for each pair is asked for, in an array of the same shape."
)
def only_the_worst(a, b):
    return relative_error(a, b).max()


@task.misconception(
    "You divide by the second of the two alone. Then the error changes when a and b change places, "
    "and explodes when the second one is near 0."
)
def divided_by_second(a, b):
    return divided_by_first(b, a)


def error_with_constant(constant):
    """Return the mistake with a constant added to the denominator."""

    def mistake(a, b):
        return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + constant)

    return mistake


for digits_kept in (7, 8, 10, 12):
    mistake = error_with_constant(10.0**-digits_kept)
    mistake.__name__ = f"constant_of_1e_{digits_kept}_added"
    task.misconception(
        "The constant that you add to the denominator hides errors of small gradients: beside it, "
        "they are nothing. Only 0 needs an exception."
    )(mistake)
