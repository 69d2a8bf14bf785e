"""What page 2.6 says of stationary points, of descents that end in each, and of what helps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.losses import gradient_descent, numerical_gradient, sigmoid_cross_entropy

PAGE = "02_losses/6_not_convex"


@pytest.fixture
def fast(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page defined, with a formula in the place of the measured gradient."""
    measured = names["gradient"]

    def gradient(w: np.ndarray) -> np.ndarray:
        x, t = (column.reshape(-1, *[1] * (w.ndim - 1)) for column in (names["x"], names["t"]))
        hidden = 1 / (1 + np.exp(np.minimum(2 - w[0] * x, 500)))
        of_v = (w[1] * hidden - t) * hidden
        return np.stack([(of_v * w[1] * (1 - hidden) * x).mean(axis=0), of_v.mean(axis=0)])

    w = np.random.default_rng(5).normal(size=(2, 20)) * [[4], [1]]
    np.testing.assert_allclose(gradient(w), measured(w), atol=1e-9)
    monkeypatch.setitem(names, "gradient", gradient)
    return names


def test_two_minima_and_a_saddle_between_them(names: dict[str, Any]) -> None:
    found, curvatures, loss = names["found"], names["curvatures"], names["loss"]
    assert len(found) == 3
    assert names["minima"] == 2
    (lower, local, saddle) = found
    assert lower[0] > 1
    assert local[0] < -1
    assert abs(saddle[0]) < 0.5
    assert local[1] < 0 < lower[1]
    assert loss(lower) < loss(local) - 0.02 < loss(saddle) - 0.04
    assert curvatures[2][0] < 0 < curvatures[2][1]
    assert abs(saddle[1]) < 1e-8, "the saddle was said to lie where v = 0"
    of_u, of_v = names["gradient"](np.array([np.linspace(-9, 9, 19), np.zeros(19)]))
    assert np.abs(of_u).max() < 1e-12, "there u has no influence"
    assert np.abs(of_v).max() > 0.01
    for point in found:
        np.testing.assert_allclose(
            numerical_gradient(lambda w: float(loss(w)), point), 0, atol=1e-8
        )


@pytest.mark.parametrize("limit", [3, 8])
def test_a_wider_and_a_finer_grid_find_no_others(names: dict[str, Any], limit: float) -> None:
    around = [
        np.array([u, v]) for u in np.linspace(-6, 6, 13) for v in np.linspace(-limit, limit, 8)
    ]
    assert len(names["stationary_points"](around)) == 3


@pytest.mark.claim("every stationary point of a convex loss is a global minimum.")
@pytest.mark.parametrize("inputs", [1, 4])
def test_where_a_convex_loss_is_level_it_is_nowhere_lower(inputs: int) -> None:
    rng = np.random.default_rng(inputs)
    x, t = rng.normal(size=(60, inputs)), rng.integers(0, 2, size=60).astype(float)

    def loss(w: np.ndarray) -> float:
        return float(sigmoid_cross_entropy(x @ w, t))

    w = np.zeros(inputs)
    for _ in range(50):  # Newton's steps: to where the gradient is 0
        y = 1 / (1 + np.exp(-(x @ w)))
        w = w - np.linalg.solve((x.T * y * (1 - y)) @ x, x.T @ (y - t))
    assert np.abs(numerical_gradient(loss, w)).max() < 1e-9
    for reach in (0.01, 1, 30):
        for d in rng.normal(size=(100, inputs)):
            way = np.array([loss(w + s * d) for s in np.linspace(0, reach, 30)])
            assert (np.diff(way) > -1e-12).all()
            assert np.diff(way, 2).min() > -1e-12, "the slope should never decrease"


def test_descents_end_in_each(names: dict[str, Any]) -> None:
    assert names["ends"] == ["global", "local", "saddle", "plateau"]
    lengths = np.linalg.norm(names["gradient"](names["paths"][-1]), axis=0)
    assert lengths[3] < lengths[1], "the gradient's length does not tell the plateau"
    assert names["loss"](names["paths"][-1])[3] < names["loss"](names["found"][1])
    assert 250 < names["left_saddle"] < 1000
    long_kinds = [names["kind_of_place"](w) for w in names["long_paths"][-1].T]
    assert long_kinds[:2] == ["global", "local"]
    assert long_kinds[2] in ("global", "local")
    assert long_kinds[3] == "plateau"


@pytest.mark.parametrize("rate", [0.5, 2, 4])
def test_the_ends_with_other_rates(fast: dict[str, Any], rate: float) -> None:
    u = fast["border"](-1.0, 2.5, -1.5, steps=round(1000 / min(rate, 1)), rate=rate)
    starts = np.array([(2.5, -1.5), (-1, -1.5), (u, -1.5), (16, -1.5)]).T
    path = gradient_descent(fast["gradient"], starts, rate, 600)
    kinds = [fast["kind_of_place"](w) for w in path[-1].T]
    assert [kinds[0], kinds[1], kinds[3]] == ["global", "local", "plateau"]
    near = np.linalg.norm(path[:, :, 2] - fast["found"][2], axis=1) < 0.1
    assert near.sum() > 150 / rate, "it should stay at the saddle for long"


@pytest.mark.parametrize("spread", [0.5, 1, 2])
def test_random_starts_come_to_both_minima(fast: dict[str, Any], spread: float) -> None:
    starts = spread * np.random.default_rng(11).normal(size=(2, 200))
    ends = gradient_descent(fast["gradient"], starts, 1.0, 1500)[-1]
    kinds = [fast["kind_of_place"](w) for w in ends.T]
    assert 0.35 < kinds.count("global") / 200 < 0.65
    assert 0.35 < kinds.count("local") / 200 < 0.65


def test_about_half_of_the_starts_are_lucky(names: dict[str, Any]) -> None:
    assert 0.35 < names["share_global"] < 0.65
    assert (1 - names["share_global"]) ** 10 < 0.02


@pytest.mark.claim(
    "Noise that is large enough to leave the local minimum often leaves the global one, too"
)
def test_noise_leaves_the_saddle_first(names: dict[str, Any]) -> None:
    left = names["left_by_noise"]
    assert left["saddle"].min() > 0.95
    assert left["local"][0] == left["global"][0] == 0
    assert left["local"][2] > 0.5
    assert left["global"][2] > 0.3, "what leaves the local minimum leaves the global one"
    assert names["in_lower_region"]["local"].max() < 0.8


@pytest.mark.parametrize(
    ("rate", "steps", "size"),
    [(0.5, 2000, 0.01), (2, 500, 0.01), (1, 2000, 0.005)],
)
def test_small_noise_at_other_rates(
    fast: dict[str, Any], rate: float, steps: int, size: float
) -> None:
    for place, point in zip(("global", "local", "saddle"), fast["found"], strict=True):
        rng = np.random.default_rng(3)
        away, _ = fast["noisy_ends"](point, (size,), rng, rate, steps, repeats=20)
        assert away[0] == (1 if place == "saddle" else 0), place


@pytest.mark.claim(
    "Noise that is large enough to leave the local minimum often leaves the global one, too"
)
@pytest.mark.parametrize("size", [0.05, 0.2, 0.5])
def test_no_other_size_of_noise_finds_the_global_minimum_surely(
    fast: dict[str, Any], size: float
) -> None:
    rng = np.random.default_rng(4)
    _, low = fast["noisy_ends"](fast["found"][1], (size,), rng, repeats=40)
    assert low[0] < 0.9


def test_random_curvatures_are_seldom_all_positive(names: dict[str, Any]) -> None:
    shares = names["random_minima"]
    assert shares[0] == pytest.approx(0.5, abs=0.02)
    assert all(later < earlier / 2 for earlier, later in pairwise(shares))
    assert shares[-1] < 0.001


def test_more_hidden_units_get_stuck_less(names: dict[str, Any]) -> None:
    solved = names["solved"]
    assert 0.2 < solved[2] < 0.8
    w = np.random.default_rng(names["seed"]).normal(size=(9, 50))
    for _ in range(3000):
        w = w - xor_by_formula(w, 2, names)
    late = np.mean((names["signs"] * names["xor_logits"](w, 2) > 0).all(axis=0))
    assert late < solved[2] + 0.12, "ten times the steps were said to help hardly"
    assert solved[4] > solved[2] + 0.2
    assert solved[8] >= 0.96


def xor_by_formula(w: np.ndarray, H: int, names: dict[str, Any]) -> np.ndarray:
    """Return the gradients of the networks' losses, (4H + 1, K), by backpropagation."""
    x, signs = names["corners"], names["signs"]
    hidden = np.tanh(np.tensordot(x, w[: 2 * H].reshape(2, H, -1), 1) + w[2 * H : 3 * H])
    z = (hidden * w[3 * H : 4 * H]).sum(axis=1) + w[4 * H]
    of_z = -signs / (1 + np.exp(np.clip(signs * z, -500, 500))) / 4
    of_hidden = of_z[:, None] * w[3 * H : 4 * H] * (1 - hidden**2)
    of_W = np.tensordot(x.T, of_hidden, 1).reshape(2 * H, -1)
    of_v = (of_z[:, None] * hidden).sum(axis=0)
    return np.concatenate([of_W, of_hidden.sum(axis=0), of_v, of_z.sum(axis=0, keepdims=True)])


def test_the_formula_of_the_xor_networks_is_what_the_page_measures(names: dict[str, Any]) -> None:
    w = np.random.default_rng(1).normal(size=(9, 5))
    np.testing.assert_allclose(xor_by_formula(w, 2, names), names["xor_gradient"](w, 2), atol=1e-9)
    targets = (names["signs"] > 0) * np.ones((1, 5))
    measured = numerical_gradient(
        lambda w: sigmoid_cross_entropy(names["xor_logits"](w, 2), targets), w
    )
    np.testing.assert_allclose(xor_by_formula(w, 2, names), measured, atol=1e-8)


@pytest.mark.parametrize("spread", [0.5, 1, 2])
def test_xor_at_other_rates_steps_and_starts(spread: float) -> None:
    """Each number of hidden units at its own best rate, from other starts, for longer."""
    names = execute(PAGE, 0).names

    def best(H: int) -> float:
        shares = []
        for rate in (0.3, 1, 3):
            w = spread * np.random.default_rng(8).normal(size=(4 * H + 1, 100))
            for _ in range(1500):
                w = w - rate * xor_by_formula(w, H, names)
            shares.append(np.mean((names["signs"] * names["xor_logits"](w, H) > 0).all(axis=0)))
        return float(max(shares))

    two, four, eight = best(2), best(4), best(8)
    assert two < 0.85
    assert four > two + 0.15
    assert eight >= 0.97


def test_no_other_place_is_lower_than_the_global_minimum(names: dict[str, Any]) -> None:
    for u, v in ((6, 2), (60, 5), (1000, 50)):
        grid = np.meshgrid(np.linspace(-u, u, 401), np.linspace(-v, v, 401))
        assert names["loss"](np.stack(grid)).min() >= names["loss"](names["found"][0]) - 1e-12
