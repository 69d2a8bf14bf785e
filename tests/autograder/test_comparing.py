"""Right results in any usual form agree; wrong ones are described in one sentence."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_wire import values

from autograder.inside.wire import Handle
from autograder.judging.comparing import describe, difference, is_telling, number

A = np.array
nan, inf = math.nan, math.inf


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (1.0 + 1e-8, 1.0),
        (1e-10, 0.0),
        (True, True),
        (A(True), True),
        (np.bool_(True), True),
        (np.float32(0.1), 0.1 + 1e-9),
        (A([2.0]), 2.0),
        (A([[2.0]]), 2),
        ([2.0], 2.0),
        (2 + 0j, 2.0),
        ([1, 2.0], A([1.0, 2.0])),
        ((1, 2), A([1.0, 2.0])),
        ([[1, 2], [3, 4]], A([[1, 2], [3, 4]])),
        ([A([1.0]), A([2.0])], A([[1.0], [2.0]])),
        (A([1.0, 2.0]), [1.0, 2.0]),
        (A([1.0, 2.0]), (1.0, 2.0)),
        ([1, 2], (1, 2)),
        (A([[1.0, 2.0]]), [A([1.0, 2.0])]),
        (nan, nan),
        (A([nan, inf, -inf]), A([nan, inf, -inf])),
        (complex(nan, 0), nan),
        (A([]), A([])),
        ([], A([])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ([], []),
        ((), []),
        (A([], dtype="f8"), []),
        (A([1, 2], "i1"), A([1.0, 2.0])),
        (-0.0, 0.0),
        ({"b": 2, "a": 1}, {"a": 1, "b": 2}),
        ({"a": [1, {"b": A([1.0])}]}, {"a": (1, {"b": 1.0})}),
        ("text", "text"),
        (None, None),
        (b"ab", b"ab"),
        (Handle(0), Handle(0)),
        (1e300, 1e300 * (1 + 1e-8)),
        (5e-324, 0.0),
        (2**60, 2.0**60),
    ],
    ids=repr,
)
def test_agree(got: Any, expected: Any) -> None:
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (1.0, 2.0, "got 1, expected 2 (relative error 0.5)"),
        (1.00001, 1.0, "got 1.00001, expected 1 (relative error 1e-05)"),
        (-0.0, 1.0, "got 0, expected 1 (relative error 1)"),
        (None, 1.0, "got nothing (None): a return is missing, expected a number"),
        (None, A([1.0]), "got nothing (None): a return is missing, expected an array"),
        ("1", 1.0, "got a text, expected a number"),
        (Handle(3), 1.0, "got an object that is not data, expected a number"),
        (Handle(3), A([1.0]), "got an object that is not data, expected an array"),
        ({}, 1.0, "got a dictionary, expected a number"),
        ([1, "a"], A([1.0, 2.0]), "got a list, expected an array"),
        ([[1], [2, 3]], A([1.0, 2.0]), "got a list, expected an array"),
        ((Handle(0),), A([1.0]), "got a tuple, expected an array"),
        (b"ab", A([1.0]), "got a bytes, expected an array"),
        (1.0, "text", "got a number, expected 'text'"),
        ("wrong", "right", "got 'wrong', expected 'right'"),
        ("x" * 99, "right", f"got {'x' * 60!r}, expected 'right'"),
        ("None", None, "got 'None', expected nothing (None)"),
        (47520, 47554, "got 47520, expected 47554 (relative error 0.00071)"),
        (True, False, "got True, expected False"),
        (A([1.0, 2.0]), 1.0, "got the shape (2,), expected one number"),
        (1.0, A([1.0]), "got one number, expected the shape (1,)"),
        (A([[1.0]]), A([1.0]), "got the shape (1, 1), expected (1,)"),
        (A([]), 1.0, "got the shape (0,), expected one number"),
        (np.zeros((0, 3)), np.zeros((0, 2)), "got the shape (0, 3), expected (0, 2)"),
        (
            A([[1.0, 2.0], [3.0, 4.5]]),
            A([[1.0, 2.0], [3.5, 4.0]]),
            "at [1, 0]: got 3, expected 3.5 (relative error 0.14); 2 of 4 values differ",
        ),
        (A([0.0]), A([2.0]), "at [0]: got 0, expected 2 (relative error 1)"),
        (A([1.0, nan]), A([9.0, 1.0]), "at [1]: got nan, expected 1; 2 of 2 values differ"),
        (A([1.0, 1.0]), A([1.0, nan]), "at [1]: got 1, expected nan; 1 of 2 values differ"),
        (inf, 1.0, "got inf, expected 1"),
        (inf, -inf, "got inf, expected -inf"),
        (1.7e308, -1.7e308, "got 1.7e+308, expected -1.7e+308"),
        (1j, 1.0, "got 0+1j, expected 1+0j (relative error 1.4)"),
        ([1, 2], [1, 3], "value 2 of 2: got 2, expected 3 (relative error 0.33)"),
        ([1], [1, 3], "got 1 value, expected 2"),
        (A([1.0]), [1, 3], "got 1 value, expected 2"),
        (A(1.0), [1, 3], "got an array, expected 2 values"),
        (None, [1, 3], "got nothing (None): a return is missing, expected 2 values"),
        (1.0, (1, 3), "got a number, expected 2 values"),
        ([1], {"a": 1}, "got a list, expected a dictionary"),
        ({"b": 1}, {"a": 1}, "the key 'a' is missing"),
        ({"a": 2}, {"a": 1}, "at 'a': got 2, expected 1 (relative error 0.5)"),
        ({"a": 1, "b": 2, "c": 3}, {"a": 1}, "there are 2 more keys than expected"),
        ({"a": 1, "b": 2}, {"a": 1}, "there is 1 more key than expected"),
        (
            {"a": [None]},
            {"a": [1.0]},
            "at 'a': value 1 of 1: got nothing (None): a return is missing, expected a number",
        ),
        (10**400, 1.0, "got a number that is too large, expected a number"),
        (-(10**30), A(1.0), "got a number that is too large, expected an array"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_differ(got: Any, expected: Any, sentence: str) -> None:
    assert difference(got, expected) == sentence


def test_tolerances() -> None:
    assert difference(1.05, 1.0, rtol=0.1) is None
    assert difference(1.05, 1.0, rtol=0, atol=0.1) is None
    assert difference(1.05, 1.0, rtol=0.01, atol=0.01) is not None
    assert difference(A([1.0, 100.0]), A([1.0, 101.0]), rtol=0.1) is None


def test_the_worst_value_is_the_one_that_is_told() -> None:
    expected = np.linspace(1, 2, 1000)
    got = expected.copy()
    got[10] += 0.1
    got[500] -= 0.5
    sentence = difference(got, expected)
    assert sentence is not None
    assert sentence.startswith("at [500]: got 1.00")
    assert sentence.endswith("2 of 1000 values differ")


def test_a_huge_array_in_the_place_of_a_short_list_is_not_taken_apart() -> None:
    huge = np.broadcast_to(np.zeros(1, bool), (1 << 40,))  # 1 TiB, if it were written out
    assert difference(huge, [1.0, 2.0]) == f"got {1 << 40} values, expected 2"


@given(values, values)
@settings(max_examples=400)
def test_anything_can_be_compared_with_anything(got: Any, expected: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rtol in (0.0, 1e-6):
            sentence = difference(got, expected, rtol, 0.0)
            assert sentence is None or (sentence and "\n" not in sentence)
        describe(got)


@given(values)
@settings(max_examples=200)
def test_everything_agrees_with_itself(value: Any) -> None:
    assert difference(value, value) is None


@given(st.floats() | st.integers() | st.complex_numbers() | st.booleans())
@settings(max_examples=200)
def test_any_number_can_be_shown(value: Any) -> None:
    assert len(number(value)) < 60


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (np.bool_(False), "False"),
        (3, "3"),
        (np.int8(-3), "-3"),
        (A([])[:0].sum(), "0"),
        (-0.0, "0"),
        (1 / 3, "0.3333"),
        (1e-10, "1e-10"),
        (1e-20, "0"),
        (1.0625 - 1e-15, "1.062"),
        (1.0625 + 1e-15, "1.062"),
        (1.0625j + 1e-17, "0+1.062j"),
        (inf, "inf"),
        (1.7976931348623157e308, "1.798e+308"),
        (1 + 2j, "1+2j"),
        (nan, "nan"),
        (123456789, "123456789"),
        (2**60, "1.153e+18"),
        (10**30, "a number that is too large"),
    ],
)
def test_numbers_as_text(value: Any, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("noise", [-1e-15, 1e-15])
def test_noise_does_not_choose_the_element_that_is_shown(noise: float) -> None:
    expected = A([1.0, 2.0, 3.0, 4.0])
    got = expected + A([0.1, 0.5, 0.5 + noise, 0.5 - noise])
    said = "at [1]: got 2.5, expected 2 (relative error 0.2); 4 of 4 values differ"
    assert difference(got, expected) == said


def test_numbers_that_differ_by_next_to_nothing_read_differently() -> None:
    assert difference(1e-14, 2e-14, atol=0) == "got 1e-14, expected 2e-14 (relative error 0.5)"


def test_a_number_too_long_to_be_written_out() -> None:
    assert number(-(10**5000)) == "a number that is too large"
    assert difference(10**5000, 10**5000) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.float64(1), "a number"), (A(1), "an array"), ({1}, "a set"), (True, "a truth value")],
)
def test_kinds_in_words(value: Any, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.12345, 1.0),
        (1 / 3, 1.0),
        (A([1.0, 0.12345]), A([1.0, 2.0])),
        (A([inf, 0.12345]), A([1.0, 2.0])),
        ([1.0, 0.12345], A([1.0, 2.0])),
        ({"a": "text", "b": [0.12345]}, {"a": "text", "b": [1.0]}),
        ([True, 0.12345], [False, 1.0]),
        (A([0.12345]), 1.0),
        (0.12345j, 1.0),
        (A([1, 0, 0, 1]), A([0, 1, 1, 0])),
        (A([[1.0, 0.0, 2.0, 3.0]]), A([1.0, 0.0, 2.0, 3.0])),
        ([0.12345], "text"),
        (0.12345, None),
    ],
    ids=repr,
)
def test_what_tells(value: Any, expected: Any) -> None:
    assert is_telling(value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (inf, 1.0),
        (A([inf, nan]), A([1.0, 2.0])),
        (A([0.12345, inf]), A([0.12345, 2.0])),
        (True, False),
        (A([True, False, True, False]), A([False, True, False, True])),
        ("text", "other"),
        (None, 1.0),
        (0.725, 0.275),
        (12, 1.2345),
        (np.zeros(9), np.ones(9)),
        (A([1.0, 0.0, 0.0]), A([0.0, 1.0, 0.12345])),
        ({"a": 0.12345, "b": 0}, {"a": 0.12345, "b": 1}),
        ({"b": "ValueError"}, {"a": 1.0}),
        (10**400, 1.0),
        (A([]), 1.0),
        (A(["text"]), 1.0),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_does_not_tell(value: Any, expected: Any) -> None:
    assert not is_telling(value, expected)


@given(values, values)
@example(complex(1.3e308, 1.3e308), None)  # finite, of a magnitude beyond what a number holds
@example(A([1.3e308 + 1.3e308j, 1 + 1j]), A([1j, 1j]))
@example(1.7976931348623157e308, None)  # with few digits, beyond what a number holds
def test_whatever_comes_it_tells_or_does_not(value: Any, expected: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_telling(value, expected) in (True, False)
