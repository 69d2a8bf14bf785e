"""What page 1.4 says of the learning rule, of XOR and of digits, its own cells compute."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from solutions.data import digits

PAGE = "01_perceptrons/4_learning"


def test_the_line_moves_until_it_separates(names: dict[str, Any]) -> None:
    assert names["cloud_right"]
    assert len(names["cloud_steps"]) >= 3, "the figure shows the first two and the last"
    assert names["wrong_at_start"] >= 10, "a bad line was promised"
    assert names["counter"].count == 17


@pytest.mark.claim(
    "if a hyperplane separates the examples, the rule makes only finitely many mistakes"
)
@pytest.mark.parametrize("rate", [0.01, 0.5, 20.0])
@pytest.mark.parametrize("order", [0, 1])
def test_the_mistakes_end_at_any_rate_and_in_any_order(
    names: dict[str, Any], rate: float, order: int
) -> None:
    rng = np.random.default_rng([names["seed"], order])
    x, t = names["x_cloud"], names["t_cloud"]
    shuffled = rng.permutation(len(x))
    learner = names["Perceptron"](rng.normal(size=2), rng.normal())
    assert any(learner.fit(x[shuffled], t[shuffled], 1, rate) == [0] for _ in range(5000))


def test_a_correction_moves_the_sum_towards_the_target(names: dict[str, Any]) -> None:
    x, w, b = names["x_cloud"], names["start_w"], names["start_b"]
    for row in x:
        for rate in (0.1, 3.0):
            assert (w + rate * row) @ row + b + rate > w @ row + b


def test_a_correction_may_move_the_line_away_from_its_example() -> None:
    w, b, x, rate = np.array([-1.0, 0.0]), -10.0, np.array([1.0, 0.0]), 0.5
    after_w, after_b = w + rate * x, b + rate
    assert w @ x + b < after_w @ x + after_b <= 0
    away, before = (abs(v @ x + c) / np.linalg.norm(v) for v, c in ((after_w, after_b), (w, b)))
    assert away > before


def test_xor_is_never_learned_and_the_weights_come_back(names: dict[str, Any]) -> None:
    assert len(names["xor_mistakes"]) == 100
    assert min(names["xor_mistakes"]) > 0
    assert set(names["xor_mistakes"][2:]) == {4}
    assert len(set(names["xor_weights"][2:])) == 1


def test_xor_is_learned_from_no_start_in_no_order_at_no_rate(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    for order in permutations(range(4)):
        for rate in (0.1, 1.0, 5.0):
            learner = names["Perceptron"](rng.normal(size=2), rng.normal())
            rows = list(order)
            x, t = names["corners"][rows], names["t_xor"][rows]
            assert min(learner.fit(x, t, 40, rate)) > 0


def test_every_pair_of_digits_is_separable(names: dict[str, Any]) -> None:
    epochs, right = names["pair_epochs"], names["pair_right"]
    assert len(epochs) == 45
    assert epochs[0, 1] <= 10
    assert np.median(list(epochs.values())) <= 8, "most pairs need few epochs"
    assert np.mean(list(right.values())) > 0.98
    assert 0.9 < min(right.values()) < 1


def test_the_weights_of_0_against_1_can_be_read(names: dict[str, Any]) -> None:
    weights = names["learned"][0, 1].w.reshape(8, 8)
    assert weights[2:6, 3:5].min() > 0
    assert weights[2:6, 1:3].mean() < 0
    assert weights[2:6, 5:7].mean() < 0


def separable(x: np.ndarray, t: np.ndarray) -> bool:
    """Return whether some w and b give z ≥ 1 where t is 1 and z ≤ −1 where it is 0."""
    signed = np.where(t == 1, 1, -1)[:, None] * np.column_stack([x, np.ones(len(x))])
    found = linprog(
        np.zeros(signed.shape[1]), -signed, -np.ones(len(x)), bounds=(None, None), method="highs"
    )
    assert found.status in (0, 2), found.message
    return found.status == 0


def test_any_two_digits_of_all_our_data_are_separable() -> None:
    data = digits(seed=0)
    x = np.concatenate([data.x_train, data.x_test])
    labels = np.concatenate([data.labels_train, data.labels_test])
    for two in combinations(range(10), 2):
        rows = np.isin(labels, two)
        assert separable(x[rows], (labels[rows] == two[1]).astype(int)), two


def test_odd_or_even_is_never_finished(names: dict[str, Any]) -> None:
    curves = names["curves"]
    assert curves["1 against 8"][-1] == 0
    assert curves["1 against 8"].index(0) >= 4
    assert min(curves["odd or even"]) > 80
    assert 0.75 < names["odd_right"] < 0.97, "far better than guessing, and not perfect"
    data = names["data"]
    assert not separable(data.x_train, data.labels_train % 2)
    assert separable(*names["pair"](1, 8, data.x_train, data.labels_train))


def test_odd_or_even_hardly_improves_with_patience(names: dict[str, Any]) -> None:
    data = names["data"]
    mistakes = names["Perceptron"](np.zeros(64)).fit(data.x_train, data.labels_train % 2, 160)
    assert min(mistakes) > 80
    assert np.mean(mistakes[-20:]) > 0.75 * np.mean(mistakes[10:30])
