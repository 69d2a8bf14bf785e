"""tanh and ReLU: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_activation_checks

task = Task("activations", "tanh and ReLU", points=4, needs=["tanh", "relu"], minutes=5)


add_activation_checks(task, "tanh", "tanh")


add_activation_checks(task, "relu", "ReLU")


# Known mistakes -----------------------------------------------------------------------------------

import math

import numpy as np

from handgrad import Part, Parts
from solutions.perceptrons import relu, sigmoid, step, tanh

from .mistakes import IN_PLACE, NOT_A_NUMBER, ROUNDED, SINGLE_PRECISION, WHOLE_NUMBERS

parts = Parts(
    task,
    [tanh, relu],
    {"tanh": Part("tanh", of="tanh"), "relu": Part("relu", of="relu")},
)


@parts.fault("{what}: your curve falls. It has to rise.")
def falls(y, x):
    return -y


@parts.fault(SINGLE_PRECISION)
def in_float64(y, x):
    return np.asarray(y, dtype=float)


@parts.fault(IN_PLACE)
def in_place(y, x):
    if x.dtype.kind == "f":
        x[...] = y
    return y


@parts.fault("You return a flat array from {what}. The result has the shape of x.")
def flat(y, x):
    return np.ravel(y)


@parts.fault(WHOLE_NUMBERS, over=["tanh"])
def cut_to_whole(y, x):
    return np.asarray(y).astype(x.dtype)


@parts.fault(ROUNDED, over=["tanh"])
def rounded(y, x):
    return np.round(y, 4)


@task.misconception(
    "You return the slope of tanh. Asked for is its value; slopes come in a later chapter."
)
def slope_of_tanh(x):
    return 1 - tanh(x) ** 2


@task.misconception("That is the sigmoid. tanh runs from −1 to 1, and is 0 at 0.")
def sigmoid_for_tanh(x):
    return sigmoid(x)


@task.misconception(NOT_A_NUMBER + " NumPy has a tanh of its own that knows better.")
def tanh_not_a_number(x):
    with np.errstate(all="ignore"):
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@task.misconception(
    "You stretched the sigmoid to run from −1 to 1, but tanh is also twice as steep."
)
def tanh_too_flat(x):
    return 2 * sigmoid(x) - 1


@task.misconception("Numerator and denominator of tanh stand in each other's place.")
def tanh_upside_down(x):
    with np.errstate(all="ignore"):
        return 1 / np.tanh(x)


@task.misconception("That is the tangent, tan. Asked for is tanh, with an h.")
def tangent(x):
    return np.tan(x)


@task.misconception("That is the inverse of tanh. Asked for is tanh itself.")
def inverse_of_tanh(x):
    with np.errstate(all="ignore"):
        return np.arctanh(x)


@task.misconception("That is another curve with an S, the arctangent.")
def arctangent(x):
    return np.arctan(x)


@task.misconception(
    "np.max looks for the largest element along an axis. Asked for is the larger of two numbers, "
    "x and 0, element by element: that function has a longer name.",
    replaces="relu",
)
def largest_element(x):
    return np.max(x, 0)


@task.misconception(
    "if, and Python's max, compare two whole things, and an array has no single truth value. NumPy "
    "has a function that compares element by element.",
    replaces="relu",
)
def max_of_python(x):
    return max(x, 0)


@task.misconception("You keep the negative numbers and lose the positive ones.", replaces="relu")
def negative_kept(x):
    return np.minimum(x, 0)


@task.misconception(
    "Negative numbers turn into positive ones. They have to become 0.", replaces="relu"
)
def size_for_relu(x):
    return np.abs(x)


@task.misconception("You say where x is positive, not how large it is.", replaces="relu")
def step_for_relu(x):
    return step(x).astype(np.asarray(x).dtype)


@task.misconception(
    "Your slope below 0 is small, but not 0: that is the leaky ReLU of a later chapter.",
    replaces="relu",
)
def leaky(x):
    return np.where(x > 0, x, np.asarray(0.01, dtype=x.dtype if x.dtype.kind == "f" else float) * x)


@task.misconception("Numbers above 1 are cut off. The ReLU has no upper bound.", replaces="relu")
def cut_off_at_one(x):
    return np.clip(x, 0, 1)


@task.misconception(
    "You drop the negative numbers. They become 0, and the array keeps its shape.",
    replaces="relu",
)
def negative_dropped(x):
    return x[x > 0]


@task.misconception(
    NOT_A_NUMBER + " That holds for exp(2x), too. NumPy has a tanh of its own that knows better."
)
def tanh_of_double_not_a_number(x):
    with np.errstate(all="ignore"):
        return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@task.misconception(
    "The denominator is half of the sum of both exponentials, not 2: your curve has no bounds."
)
def sinh_for_tanh(x):
    with np.errstate(all="ignore"):
        return (np.exp(x) - np.exp(-x)) / 2


@task.misconception(
    "The brackets are missing around numerator and denominator. Python divides before it adds."
)
def tanh_without_brackets(x):
    return np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)


@task.misconception(
    "The brackets around the denominator of tanh are missing. Python divides before it adds."
)
def tanh_without_brackets_below(x):
    return (np.exp(x) - np.exp(-x)) / np.exp(x) + np.exp(-x)


@task.misconception(
    "math.tanh takes one number. NumPy has a tanh that takes a whole array, element by element."
)
def tanh_of_one_number(x):
    return math.tanh(x)


@task.misconception(
    "np.max([x, 0]) looks for one largest element in a list of an array and a number, which do not "
    "fit together. Asked for is the larger of two, element by element: that function has a longer "
    "name.",
    replaces="relu",
)
def largest_of_a_list(x):
    return np.max([x, 0])


@task.misconception(
    "A loop over x takes its rows, not its numbers, when x has two axes. NumPy has a function that "
    "compares all elements at once, of any shape.",
    replaces="relu",
)
def relu_row_by_row(x):
    return [max(0, element) for element in x]
