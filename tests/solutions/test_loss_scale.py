"""The scale of a loss: up, down, and after steps that were lost."""

import numpy as np
import pytest
from device import to_device

from solutions.convolution import LossScale


def test_what_16_bits_cannot_hold_comes_back():
    dout = np.array([2.0**-30, -(2.0**-26)], np.float32)
    assert not dout.astype(np.float16).any()
    scale = LossScale(2.0**12)
    found = scale.unscaled({"W": scale.scaled(dout)})["W"]
    np.testing.assert_array_equal(found, dout)
    assert found.dtype == np.float32


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_step_that_is_not_finite_is_left_out(bad):
    scale = LossScale(1024.0, every=2)
    good = {"W": np.ones(3, np.float16)}
    assert scale.unscaled(good) is not None
    assert scale.unscaled({**good, "b": np.array([1, bad], np.float16)}) is None
    assert (scale.scale, scale.good_steps) == (512, 0)


def test_it_doubles_after_good_steps_in_a_row():
    scale, seen = LossScale(8.0, every=3), []
    for finite in (True, True, False, True, True, True, True, True, True):
        scale.adapt(finite)
        seen.append(scale.scale)
    assert seen == [8, 8, 4, 4, 4, 8, 8, 8, 16]


@pytest.mark.usefixtures("fake_cupy")
def test_it_works_where_the_arrays_are():
    scale = LossScale(4.0)
    larger = scale.scaled(to_device(np.array([0.5], np.float32)))
    assert larger.get().tolist() == [2]
    assert scale.unscaled({"W": larger})["W"].get().tolist() == [0.5]
    assert scale.unscaled({"W": to_device(np.array([np.inf], np.float16))}) is None
