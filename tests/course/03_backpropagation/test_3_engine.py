"""What page 3.3 says of its experiments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/3_engine"


def test_as_released_the_blanks_are_filled_by_the_answers(names: dict[str, Any]) -> None:
    assert set(names["verdicts"].values()) == {"not written yet"}
    assert names["power_derivative"] is names["power_answer"]
    assert names["tanh_derivative"] is names["tanh_answer"]
    assert names["in_order"] is names["order_answer"]


def by_levels(last: Any) -> list[Any]:
    """Return another topological order: by the length of the longest path from an input."""
    level: dict[Any, int] = {}

    def height(number: Any) -> int:
        if number not in level:
            level[number] = 1 + max((height(source) for source, _ in number.sources), default=0)
        return level[number]

    height(last)
    return sorted(level, key=lambda number: level[number])


def without_memory(last: Any) -> list[Any]:
    return [one for source, _ in last.sources for one in without_memory(source)] + [last]


def users_first(last: Any) -> list[Any]:
    return by_levels(last)[::-1]


def sources_alone(last: Any) -> list[Any]:
    return by_levels(last)[:-1]


def growing(last: Any, order: list[Any] = []) -> list[Any]:  # noqa: B006
    for source, _ in last.sources:
        growing(source, order)
    if last not in order:
        order.append(last)
    return order


def test_the_judge_accepts_what_is_right(names: dict[str, Any]) -> None:
    assert names["judge_power"](names["power_answer"]) == "right"
    assert names["judge_power"](lambda x, n: n * x**n / x) == "right"
    assert names["judge_tanh"](names["tanh_answer"]) == "right"
    assert names["judge_tanh"](lambda y: (1 - y) * (1 + y)) == "right"
    assert names["judge_tanh"](lambda y: 1 / math.cosh(math.atanh(y)) ** 2) == "right"
    assert names["judge_order"](names["order_answer"]) == "right"
    assert names["judge_order"](by_levels) == "right"


@pytest.mark.parametrize(
    ("judge", "slip"),
    [
        ("judge_power", lambda x, n: x ** (n - 1)),
        ("judge_power", lambda x, n: n * x**n),
        ("judge_power", lambda x, n: n * abs(x) ** (n - 1)),
        ("judge_power", lambda x, n: (n - 1) * x ** (n - 1)),
        ("judge_power", lambda x, n: None),
        ("judge_power", lambda x, n: math.nan),
        ("judge_tanh", lambda y: 1 - math.tanh(y) ** 2),
        ("judge_tanh", lambda y: y * (1 - y)),
        ("judge_tanh", lambda y: 1 - y),
        ("judge_order", without_memory),
        ("judge_order", users_first),
        ("judge_order", sources_alone),
        ("judge_order", lambda last: None),
        ("judge_order", lambda last: [last]),
        ("judge_order", growing),
        ("judge_order", lambda last: last.no_such_attribute),
    ],
)
def test_the_judge_refuses_slips(
    names: dict[str, Any], judge: str, slip: Callable[..., Any]
) -> None:
    assert names["judged"](names[judge], slip).startswith("wrong: ")


def test_the_engine_is_right(names: dict[str, Any]) -> None:
    assert names["engine_error"] < 1e-8
    a, b = names["Number"](0.3), names["Number"](-1.2)
    assert names["backward"](names["strange"](a, b)) == names["numbers_in_strange"]
    once = a.grad
    end = names["strange"](a, b)
    names["backward"](end)
    names["backward"](end)
    assert a.grad == once, "it may be called again"


@pytest.mark.parametrize("draw", range(4))
def test_the_engine_is_right_elsewhere(names: dict[str, Any], draw: int) -> None:
    Number, f = names["Number"], names["strange"]
    values = np.random.default_rng(10 * names["seed"] + draw).uniform(1.2, 3, size=2)
    a, b = (Number(float(value)) for value in values)
    names["backward"](f(a, b))
    measured = names["numerical_gradient"](lambda v: f(Number(v[0]), Number(v[1])).value, values)
    np.testing.assert_allclose([a.grad, b.grad], measured, rtol=1e-6, atol=1e-8)


def test_the_engine_learns_xor(names: dict[str, Any]) -> None:
    assert names["signs_are_right"](names["trained"])
    assert names["xor_losses"][-1] < 0.01 < 0.3 < names["xor_losses"][0]
    assert names["numbers_in_loss"] == 180
    assert names["slowdown"] > 300


def losses_of_many(
    hidden: int, learning_rate: float, steps: int, starts: range
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `learn_xor` ends with from many starts at once: losses, and signs right."""
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], float)
    t = np.array([-1, 1, 1, -1])
    W, v = np.zeros((len(starts), hidden, 3)), np.zeros((len(starts), hidden + 1))
    for row, start in enumerate(starts):
        rng = np.random.default_rng(start)
        W[row] = [rng.normal(size=3) for _ in range(hidden)]
        v[row] = rng.normal(size=hidden + 1)
    for step in range(steps):
        h = np.tanh(x @ W.transpose(0, 2, 1))
        y = (h @ v[:, :-1, None])[:, :, 0] + v[:, -1:]
        if step == steps - 1:
            break
        e = (y - t) / 4
        slope = e[:, :, None] * v[:, None, :-1] * (1 - h**2)
        v -= learning_rate * np.concatenate(
            [(e[:, None] @ h)[:, 0], e.sum(axis=1, keepdims=True)], axis=1
        )
        W -= learning_rate * slope.transpose(0, 2, 1) @ x
    return ((y - t) ** 2).sum(axis=1) / 8, (y * t > 0).all(axis=1)


@pytest.mark.claim(
    "With two hidden units some starts fail, at every learning rate from 0.1 to 1; with "
    "four, nearly every one succeeds, at rates from 0.2 to 0.5."
)
def test_two_hidden_units_often_fail_and_four_seldom(names: dict[str, Any]) -> None:
    assert 2 <= names["learned"][2] <= 8
    assert names["learned"][4] >= 9
    for hidden, results in names["runs"].items():
        losses, _ = losses_of_many(hidden, 0.3, 300, names["starts"])
        np.testing.assert_allclose(losses, [run[-1] for _, run in results], atol=1e-6)
        stuck = [run[-1] for parameters, run in results if not names["signs_are_right"](parameters)]
        assert min(stuck, default=1) > 0.24


@pytest.mark.claim(
    "With two hidden units some starts fail, at every learning rate from 0.1 to 1; with "
    "four, nearly every one succeeds, at rates from 0.2 to 0.5."
)
@pytest.mark.parametrize("learning_rate", [0.1, 0.2, 0.3, 0.5, 1.0])
def test_two_units_at_other_rates_and_with_patience(learning_rate: float) -> None:
    with np.errstate(over="ignore", invalid="ignore"):  # at a rate of 1 some diverge
        soon, later = (
            losses_of_many(2, learning_rate, steps, range(100))[1].sum() for steps in (300, 3000)
        )
    assert soon <= later < 80, "some fail at every rate, even after ten times as many steps"
    assert later > 50
    if learning_rate < 1:
        assert soon < later


@pytest.mark.claim(
    "With two hidden units some starts fail, at every learning rate from 0.1 to 1; with "
    "four, nearly every one succeeds, at rates from 0.2 to 0.5."
)
@pytest.mark.parametrize("learning_rate", [0.2, 0.3, 0.5])
def test_four_units_at_other_rates(learning_rate: float) -> None:
    assert losses_of_many(4, learning_rate, 300, range(100))[1].sum() >= 95
    assert losses_of_many(4, learning_rate, 1000, range(100))[1].sum() >= 99


def test_torch_agrees_if_it_is_there(names: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    assert names["torch_difference"] < 1e-12


def test_what_leaves_the_graph_has_no_derivative(names: dict[str, Any]) -> None:
    Number = names["Number"]
    a = Number(0.5)
    names["backward"](Number(math.tanh(a.value)) * 2)
    assert a.grad == 0
