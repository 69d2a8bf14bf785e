"""The sigmoid: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_activation_checks

task = Task("sigmoid", "The sigmoid", points=4, needs=["sigmoid"], minutes=10)


add_activation_checks(task, "sigmoid", "sigmoid")


# Known mistakes -----------------------------------------------------------------------------------

import math

import numpy as np

from solutions.perceptrons import sigmoid, softmax

from .mistakes import (
    IF_FOR_ARRAYS,
    IN_PLACE,
    NOT_A_NUMBER,
    ROUNDED,
    SINGLE_PRECISION,
    WHOLE_NUMBERS,
)


@task.misconception("Your curve falls: large inputs give 0. The exponent has the wrong sign.")
def falling(x):
    return sigmoid(-x)


@task.misconception(NOT_A_NUMBER + " The form 1/(1 + exp(−x)) has no such quotient.")
def infinity_over_infinity(x):
    with np.errstate(all="ignore"):
        return np.exp(x) / (1 + np.exp(x))


@task.misconception(
    "You get 1 + exp(−x) itself: the fraction is turned round, or its brackets are missing. Python "
    "divides before it adds."
)
def brackets_missing(x):
    with np.errstate(all="ignore"):
        return 1 / 1 + np.exp(-x)


@task.misconception(
    "The denominator has a minus. At 0 the sigmoid is a half; there yours divides by 0."
)
def minus_in_denominator(x):
    with np.errstate(all="ignore"):
        return 1 / (1 - np.exp(-x))


@task.misconception(
    "Negative inputs give the same as positive ones: σ(−2) is not σ(2), but 1 − σ(2). Either the "
    "size of x stands for x all through the formula, or what you do for x < 0 turns the curve "
    "round twice."
)
def size_of_input(x):
    return sigmoid(np.abs(x))


@task.misconception("That is tanh: it runs from −1 to 1. The sigmoid runs from 0 to 1.")
def tanh_for_sigmoid(x):
    return np.tanh(x)


@task.misconception("That is the slope of the sigmoid. Asked for is its value.")
def slope_for_value(x):
    return sigmoid(x) * (1 - sigmoid(x))


@task.misconception("That is the step: the change from 0 to 1 has to be smooth.")
def step_for_sigmoid(x):
    return np.heaviside(x, 0.5)


@task.misconception(
    "math.exp takes one number. NumPy's exp takes a whole array, element by element."
)
def exp_of_one_number(x):
    return 1 / (1 + math.exp(-x))


@task.misconception(SINGLE_PRECISION)
def sigmoid_in_float64(x):
    return sigmoid(np.asarray(x, dtype=float))


@task.misconception(WHOLE_NUMBERS)
def sigmoid_cut_to_whole(x):
    y = np.zeros_like(x)
    y[...] = sigmoid(x)
    return y


@task.misconception(IN_PLACE)
def sigmoid_in_place(x):
    y = sigmoid(x)
    if x.dtype.kind == "f":
        x[...] = y
    return y


@task.misconception(
    "Inputs are cut off at ±10 or so. The sigmoid goes on: at 20 it is closer to 1 than at 10."
)
def cut_off(x):
    return sigmoid(np.clip(x, -10, 10))


@task.misconception("Your formula takes 2 or 10 to the power of −x. The sigmoid is made with e.")
def powers_of_two(x):
    return sigmoid(x * np.log(2).astype(np.asarray(x).dtype if x.dtype.kind == "f" else float))


@task.misconception("All exponentials end up in one sum. Each element has a sigmoid of its own.")
def softmax_for_sigmoid(x):
    return softmax(np.asarray(x, dtype=x.dtype if x.dtype.kind == "f" else float))


@task.misconception(
    "Your curve falls: large inputs give 0. And infinity divided by infinity is not a number."
)
def falling_to_infinity(x):
    with np.errstate(all="ignore"):
        return np.exp(-x) / (1 + np.exp(-x))


@task.misconception(IF_FOR_ARRAYS)
def if_in_sigmoid(x):
    return 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(x) / (1 + np.exp(x))


@task.misconception(
    "The 1 in the denominator is missing: 1/exp(−x) is just exp(x), which has no upper bound."
)
def one_missing(x):
    return 1 / np.exp(-x)


@task.misconception(IN_PLACE)
def sign_turned_in_place(x):
    x *= -1
    return sigmoid(-x)


@task.misconception(IN_PLACE)
def cut_off_in_place(x):
    x[x < -500] = -500
    return sigmoid(x)


@task.misconception(ROUNDED)
def sigmoid_rounded(x):
    return np.round(sigmoid(x), 4)


@task.misconception(
    "Your e has too few digits. e is 2.718281828…, and np.exp knows all that a float can hold."
)
def short_e(x):
    return 1 / (1 + 2.718 ** (-x))


@task.misconception(
    "For negative inputs you return exp(x) alone: the sigmoid is a fraction there, too, and half "
    "as large near 0."
)
def denominator_missing_below_zero(x):
    return np.where(x < 0, np.exp(np.minimum(x, 0)), sigmoid(x))


@task.misconception(
    "Your curve is twice as steep as the sigmoid. Made of tanh, it takes half of x."
)
def twice_as_steep(x):
    return sigmoid(2 * x)
