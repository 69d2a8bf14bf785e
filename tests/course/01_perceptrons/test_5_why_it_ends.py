"""What page 1.5 says of the number of mistakes, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/5_why_it_ends"


def check_clouds(clouds: dict[float, Any]) -> None:
    """Assert what the text says of mistakes and their bound, from the widest gap on."""
    means = np.array([draws.mean(axis=0) for draws in clouds.values()])
    for draws in clouds.values():
        assert (draws[:, 3] == 0).all(), "the data are separable: no mistake should be left"
        assert (draws[:, 0] > 0).all()
        assert (draws[:, 0] < draws[:, 1]).all()
    mistakes, bounds = means[:, 0], means[:, 1]
    assert (np.diff(mistakes) > 0).all(), "on average they should grow as the margin shrinks"
    assert (np.diff(means[:, 2]) < 0).all()
    assert bounds[-1] / bounds[0] > 3 * mistakes[-1] / mistakes[0], "they should grow more slowly"
    assert mistakes[-1] < bounds[-1] / 20, "the truth should be far better"


def test_mistakes_stay_below_the_bound(names: dict[str, Any]) -> None:
    assert names["squeezed"]
    check_clouds(names["clouds"])
    for draws in names["clouds"].values():
        products = draws[:, 1] * draws[:, 2] ** 2
        assert products.max() < 1.3 * products.min(), "R should stay nearly the same"
    mistakes, bound = names["growth"]
    assert 60 < bound < 160
    assert mistakes < bound / 3


def test_a_smaller_margin_may_cost_fewer_mistakes(names: dict[str, Any]) -> None:
    draws = np.concatenate(list(names["clouds"].values()))
    assert any(a[2] < b[2] and a[0] < b[0] for a in draws for b in draws)


@pytest.mark.parametrize("count", [50, 600])
def test_mistakes_for_other_numbers_of_points(names: dict[str, Any], count: int) -> None:
    check_clouds(
        {
            gap: np.array(
                [names["learn_a_cloud"]([100 + names["seed"], n], gap, count) for n in range(6)]
            )
            for gap in (0.4, 0.1, 0.02)
        }
    )


def test_the_bound_can_be_reached(names: dict[str, Any]) -> None:
    for count, (mistakes, bound) in names["bound_reached"].items():
        assert mistakes == count
        assert mistakes <= bound < mistakes + 1
    for count in (2, 30, 98):
        x, t, separator = names["own_inputs"](count, 10.0)
        longest, gamma, bound = names["novikoff"](x, t, separator)
        assert longest**2 == pytest.approx(101)
        assert gamma == pytest.approx(10 / np.sqrt(count))
        assert bound == pytest.approx(1.01 * count)
        assert sum(names["Perceptron"](np.zeros(count)).fit(x, t, epochs=5)) == count


@pytest.mark.parametrize("gap", [0.1, 0.03])
def test_the_part_along_u_grows_each_time_and_the_angle_may_grow(
    names: dict[str, Any], gap: float
) -> None:
    x, t, separator = names["cloud"](np.random.default_rng(names["seed"]), 200, gap)
    u, gamma = separator / np.linalg.norm(separator), names["novikoff"](x, t, separator)[1]
    learner, along, cosines = names["Perceptron"](np.zeros(2)), [0.0], []
    for _ in range(5):
        for row in range(len(x)):
            if learner.fit(x[row : row + 1], t[row : row + 1], 1)[0]:
                w = np.append(learner.w, learner.b)
                along.append(float(u @ w))
                cosines.append(u @ w / np.linalg.norm(w))
    assert (np.diff(along) >= gamma - 1e-12).all()
    assert (np.diff(cosines) < 0).any()


@pytest.mark.parametrize("inputs", [1, 2, 64])
def test_a_dot_product_with_a_vector_of_norm_1(inputs: int) -> None:
    rng = np.random.default_rng(inputs)
    u, w = rng.normal(size=(2, 200, inputs))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    assert (np.abs((u * w).sum(axis=1)) <= np.linalg.norm(w, axis=1) + 1e-12).all()


@pytest.mark.claim(
    "if a hyperplane separates the examples, the rule makes only finitely many mistakes",
    page="01_perceptrons/4_learning",
)
@pytest.mark.parametrize("inputs", [1, 5, 30])
@pytest.mark.parametrize("rate", [0.1, 1.0, 10.0])
def test_the_bound_holds_with_any_number_of_inputs_and_at_any_rate(
    names: dict[str, Any], inputs: int, rate: float
) -> None:
    rng = np.random.default_rng([names["seed"], inputs])
    separator = rng.normal(size=inputs + 1)
    x = rng.normal(size=(300, inputs))
    z = x @ separator[:-1] + separator[-1]
    x, z = x[np.abs(z) > 0.2], z[np.abs(z) > 0.2]
    t = (z > 0).astype(int)
    learner, mistakes = names["Perceptron"](np.zeros(inputs)), [len(x)]
    while mistakes[-1]:
        mistakes += learner.fit(x, t, 1, rate)
    assert sum(mistakes[1:]) <= names["novikoff"](x, t, separator)[2]


def test_from_another_start_the_bound_may_break_and_the_mistakes_end(names: dict[str, Any]) -> None:
    x, t, separator = names["cloud"](np.random.default_rng(names["seed"]), 200, 0.3)
    mistakes = names["Perceptron"](-1000.0 * separator[:2]).fit(x, t, 100)
    assert sum(mistakes) > names["novikoff"](x, t, separator)[2]
    assert mistakes[-1] == 0


@pytest.mark.claim("The bound contains neither the number of examples nor the number of inputs.")
def test_the_bound_counts_neither_examples_nor_inputs(names: dict[str, Any]) -> None:
    x, t, separator = names["cloud"](np.random.default_rng(names["seed"]), 200, 0.1)
    bound = names["novikoff"](x, t, separator)[2]
    more = np.concatenate([x] * 7), np.concatenate([t] * 7)
    assert names["novikoff"](*more, separator)[2] == pytest.approx(bound)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 2)))[0]  # 2 inputs in 50
    wide = x @ turn.T, t, np.append(turn @ separator[:-1], separator[-1])
    assert names["novikoff"](*wide)[2] == pytest.approx(bound)
