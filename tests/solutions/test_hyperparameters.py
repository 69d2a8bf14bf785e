"""Numbers within limits, as every chapter takes them."""

import math
from fractions import Fraction

import numpy as np
import pytest

from solutions.hyperparameters import real, whole


@pytest.mark.parametrize(
    "value", [0.5, np.float64(0.5), np.float16(0.5), np.array(0.5), Fraction(1, 2)]
)
def test_a_real_number_becomes_pythons(value):
    number = real("p", value, at_least=0, below=1)
    assert type(number) is float
    assert number == 0.5


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_a_whole_number_becomes_pythons(value):
    number = whole("n", value, at_least=3)
    assert type(number) is int
    assert number == 3
    assert type(real("n", value)) is float


LIMITS = [
    ({}, -1e300, [math.nan, math.inf, -math.inf], "must be finite, but"),
    ({"at_least": 0}, 0, [-1e-9, math.inf, math.nan], "must be finite and at least 0, but"),
    ({"above": 0}, 1e-300, [0, -1, math.inf], "must be finite and more than 0, but"),
    ({"at_most": 2}, 2, [2.1, -math.inf], "must be finite and at most 2, but"),
    ({"below": 2}, 1.9, [2, -math.inf], "must be finite and less than 2, but"),
    ({"above": 0, "at_most": 1}, 1, [0, 1.1, math.nan], "must be more than 0 and at most 1, but"),
    ({"at_least": 0, "below": 1}, 0, [1, -0.1], "must be at least 0 and less than 1, but"),
]


@pytest.mark.parametrize(("limits", "good", "bad", "sentence"), LIMITS)
def test_limits_are_held(limits, good, bad, sentence):
    assert real("p", good, **limits) == good
    for value in bad:
        with pytest.raises(ValueError, match=f"^p {sentence} it is {value}$"):
            real("p", value, **limits)
    with pytest.raises(ValueError, match=r"^n must be at least 1, but it is 0$"):
        whole("n", 0, at_least=1)


@pytest.mark.parametrize("value", ["0.1", None, [1.0], 1j, np.zeros(2)])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match=r"^p must be a number, but it is "):
        real("p", value)
    with pytest.raises(TypeError, match=r"^n must be a whole number, but it is "):
        whole("n", value, at_least=0)


def test_a_float_is_no_whole_number():
    with pytest.raises(TypeError, match=r"^n must be a whole number, but it is 2\.0$"):
        whole("n", 2.0, at_least=0)
