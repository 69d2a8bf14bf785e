"""What every layer stands on: the checks of its parameters, and of what goes through it."""

import math
import re

import numpy as np
import pytest
from device import to_device

from solutions.backpropagation import Affine, Tanh
from solutions.convolution import GlobalAveragePool, RadialBasis
from solutions.layer import Layer, Loss, expect_arrays, guard


def ones(*shape, dtype=np.float64):
    return np.ones(shape, dtype)


def expect(W, b):
    expect_arrays("Affine(he((64, 50), rng), np.zeros(50))", W=(W, "D", "M"), b=(b, "M"))


def expect_samples(gamma, beta):
    expect_arrays("Norm(ones, zeros)", gamma=(gamma, "D", "..."), beta=(beta, "D", "..."))


SIZES_INSTEAD = (
    "Affine takes the arrays themselves, W (D, M) and b (M,), "
    "such as Affine(he((64, 50), rng), np.zeros(50))"
)
REFUSED = {
    "sizes": (expect, (64, 50), TypeError, SIZES_INSTEAD),
    "one size": (expect, (ones(64, 50), 50), TypeError, SIZES_INSTEAD),
    "a list": (expect, ([[1.0, 2.0]], ones(2)), TypeError, SIZES_INSTEAD),
    "a number of NumPy": (expect, (ones(2, 1), np.float64(1)), TypeError, SIZES_INSTEAD),
    "nothing": (expect, (ones(2, 1), None), TypeError, SIZES_INSTEAD),
    "integers": (
        expect,
        (ones(3, 2), ones(2, dtype=int)),
        TypeError,
        "b must be an array of floats, but its dtype is int64",
    ),
    "few axes": (expect, (ones(3), ones(3)), ValueError, "W must be (D, M), but it is (3,)"),
    "one bias": (expect, (ones(3, 2), ones(1)), ValueError, "b must be (2,), but it is (1,)"),
    "a row": (expect, (ones(3, 2), ones(1, 2)), ValueError, "b must be (2,), but it is (1, 2)"),
    "two dtypes": (
        expect,
        (ones(3, 2, dtype=np.float32), ones(2)),
        ValueError,
        "b must be float32 like W, not float64",
    ),
    "last axes": (
        expect_samples,
        (ones(3, 2, 4), ones(3, 2)),
        ValueError,
        "beta must be (3, 2, 4), but it is (3, 2)",
    ),
    "no axes": (expect_samples, (ones(), ones()), ValueError, "gamma must be (D,), but it is ()"),
    "sizes of samples": (
        expect_samples,
        (3, 2),
        TypeError,
        "Norm takes the arrays themselves, gamma (D, ...) and beta (D, ...), "
        "such as Norm(ones, zeros)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_parameters_that_do_not_fit_are_refused_in_a_sentence(name):
    expects, arrays, error, sentence = REFUSED[name]
    with pytest.raises(error) as caught:
        expects(*arrays)
    assert str(caught.value) == sentence


def test_a_number_is_the_length_of_an_axis():
    expect_arrays("Depthwise(...)", W=(ones(5, 1, 3), "C", 1, "F"))
    with pytest.raises(ValueError, match=r"W must be \(C, 1, F\), but it is \(5, 2, 3\)"):
        expect_arrays("Depthwise(...)", W=(ones(5, 2, 3), "C", 1, "F"))


@pytest.mark.usefixtures("fake_cupy")
def test_parameters_that_fit_pass_wherever_they_are():
    for put in (np.asarray, to_device):
        expect(put(ones(3, 2)), put(ones(2)))
        expect_samples(put(ones(3, 2)), put(ones(3, 2)))
        expect_samples(put(ones(3, dtype=np.float16)), put(ones(3, dtype=np.float16)))


def test_affine_refuses_sizes():
    with pytest.raises(TypeError, match="Affine takes the arrays themselves"):
        Affine(64, 50)


class Transposed(Tanh):
    """A layer that hands on its batch laid out anew."""

    def forward(self, x):
        return super().forward(x.T).T

    def backward(self, dout):
        return super().backward(dout.T).T

    def output_shape(self, shape):
        if shape != (3,):
            raise ValueError(f"x must be (N, 3), but a sample is {shape}")
        return shape


class FirstFails(Layer):
    """A layer whose first call goes wrong on its way."""

    failed = False

    def forward(self, x):
        if not self.failed:
            self.failed = True
            raise ZeroDivisionError
        return x

    def backward(self, dout):
        return dout

    output_shape = Transposed.output_shape


guard(Transposed, FirstFails)


def test_what_a_layer_hands_on_to_its_parent_is_not_checked_again(rng):
    layer, x = Transposed(), rng.normal(size=(5, 3))
    np.testing.assert_array_equal(layer.forward(x), np.tanh(x))
    np.testing.assert_allclose(layer.backward(x), x * (1 - np.tanh(x) ** 2))
    with pytest.raises(ValueError, match=r"dout has shape \(3, 5\), but forward returned \(5, 3\)"):
        layer.backward(x.T)
    with pytest.raises(ValueError, match=r"x must be \(N, 3\), but a sample is \(5,\)"):
        layer.forward(x.T)


def test_the_next_call_after_an_error_is_checked():
    layer = FirstFails()
    with pytest.raises(ZeroDivisionError):
        layer.forward(ones(2, 3))
    with pytest.raises(ValueError, match=r"FirstFails\.backward comes before any"):
        layer.backward(ones(2, 3))
    with pytest.raises(ValueError, match=r"x must be \(N, 3\)"):
        layer.forward(ones(2, 4))
    layer.forward(ones(2, 3, dtype=np.uint8))
    assert layer.backward(ones(2, 3)).shape == (2, 3)


@pytest.mark.parametrize(
    ("ask", "missing"),
    [
        (lambda layer: layer.forward(ones(2, 3)), "go forward: give it a method forward(x)"),
        (lambda layer: layer.backward(ones(2, 3)), "go backward: give it a method backward(dout)"),
        (lambda layer: layer.output_shape((3,)), "give it a method output_shape(shape)"),
        (lambda layer: layer.windows(), "give it a method windows()"),
        (lambda layer: layer.memory((3,), 2, 8), "give it a method memory(shape, n, itemsize)"),
    ],
)
def test_a_layer_says_which_method_it_lacks(ask, missing):
    class Mine(Layer):
        """Nothing yet."""

    with pytest.raises(NotImplementedError, match=f"Mine does not .*{re.escape(missing)}"):
        ask(Mine())


def test_a_loss_says_which_way_it_lacks():
    class MyLoss(Loss):
        """Nothing yet."""

    with pytest.raises(NotImplementedError, match="MyLoss has no forward"):
        MyLoss().forward(ones(2, 3), ones(2, 3))
    with pytest.raises(NotImplementedError, match="MyLoss has no backward"):
        MyLoss().backward()


@pytest.mark.parametrize("layer", [RadialBasis(ones(10, 84)), GlobalAveragePool()])
def test_what_takes_all_in_sees_all(layer):
    ((size, _),) = layer.windows()
    assert size == math.inf
