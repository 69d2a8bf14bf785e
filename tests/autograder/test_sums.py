"""What the sums rule out does not agree; what agrees is never ruled out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_wire import values

from autograder.judging.comparing import agree
from autograder.judging.sums import may_agree, sums_of

A = np.array


def possible(got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    return may_agree(sums_of(got), sums_of(expected), rtol, atol)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1.0, 2.0),
        (A([1.0, 2.0]), A([1.0, 2.1])),
        ({"a": 1.0, "b": A([3.0])}, {"a": 1.0, "b": A([4.0])}),
        ([1.0, "x"], [2.0, "x"]),
        (A([1.0, 2.0]), A([1.0])),
        (True, False),
        ({"a": A([1, 2], "f4")}, {"a": A([1, 3], "f4")}),
    ],
)
def test_what_adds_up_to_something_else_is_ruled_out(got: Any, expected: Any) -> None:
    assert not agree(got, expected)
    assert not possible(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (A([1.0, 2.0]), A([2.0, 1.0])),
        ("x", "y"),
        (None, 1j),
        (np.nan, 1.0),
        (A([np.inf]), A([1.0])),
        (1 << 2000, 1.0),
    ],
)
def test_what_cannot_be_ruled_out_is_left_to_a_closer_look(got: Any, expected: Any) -> None:
    assert possible(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([[1, 2], [3, 4]], A([[1, 2], [3, 4]])),
        (A([[2.0]]), 2),
        ((True, 2), [1.0, A(2)]),
        (A([1e300, -1e300, 1e300]), A([1e300, -1e300, 1e300])),
        ({"b": 2, "a": A([1.0])}, {"a": [1.0], "b": 2.0}),
        (2 + 0j, 2.0),
        (A([np.nan, np.inf]), A([np.nan, np.inf])),
        (1 << 2000, 1 << 2000),
    ],
)
def test_what_agrees_is_never_ruled_out(got: Any, expected: Any) -> None:
    assert agree(got, expected)
    assert possible(got, expected)


@settings(max_examples=300)
@given(values, values)
def test_of_any_two_values(got: Any, expected: Any) -> None:
    for one, other in ((got, expected), (got, got)):
        assert possible(one, other) or not agree(one, other)


@settings(max_examples=300)
@given(
    st.integers(1, 300),
    st.integers(0, 1 << 30),
    st.sampled_from([0.0, 1e-12, 1e-6, 1e-4]),
    st.sampled_from([0.0, 1e-9, 1e-3]),
)
def test_at_the_edge_of_the_tolerance(size: int, seed: int, rtol: float, atol: float) -> None:
    """All numbers off by just what they may be, in one direction."""
    rng = np.random.default_rng(seed)
    expected = rng.normal(size=size) * 10.0 ** rng.integers(-8, 9, size=size)
    got = expected + 0.999999 * (atol + rtol * np.abs(expected))
    if agree(got, expected, rtol, atol):
        assert possible(got, expected, rtol, atol)
        assert possible(got.tolist(), expected, rtol, atol)
