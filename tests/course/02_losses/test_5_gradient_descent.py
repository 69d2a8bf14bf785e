"""What page 2.5 says of learning rates, of curvature, and of the limit that it sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course.drawing.losses import small_digits
from solutions.losses import gradient_descent, sigmoid_cross_entropy
from solutions.perceptrons import sigmoid

PAGE = "02_losses/5_gradient_descent"


def test_learning_rates_on_the_bowl(names: dict[str, Any]) -> None:
    losses = names["bowl_losses"]
    assert losses[0.01] > 20
    assert max(losses[0.1], losses[0.19]) < 0.1
    assert losses[0.21] > 1000, "above 2 / curvature it should diverge"
    assert names["diverging"] == [0.21]
    assert max(names["off_formula"].values()) < 1e-5
    assert names["covered"] < 0.4, "the text says that it crawls"


@pytest.mark.claim(
    "From any other start than the lowest point, gradient descent on a parabola converges "
    r"to it if $0 < \eta < 2/a$, and for no other $\eta$."
)
@pytest.mark.parametrize("curvature", [0.01, 1, 300])
@pytest.mark.parametrize("share", [-0.1, 0, 0.01, 0.5, 0.99, 1.0, 1.01, 3])
def test_the_limit_of_a_parabola(curvature: float, share: float) -> None:
    steps = 2000 if 0 < share < 1 else 400
    path = gradient_descent(lambda w: curvature * w, np.array(5.0), share * 2 / curvature, steps)
    if 0 < share < 1:
        assert abs(path[-1]) < 1e-7
    else:
        assert abs(path[-1]) >= 5 * (1 - 1e-9)


def test_learning_rates_on_digits(names: dict[str, Any]) -> None:
    curves, end = names["pair_curves"], names["pair_end"]
    start = curves[1][0]
    assert start == pytest.approx(np.log(2))
    assert end[0.01] > 0.64
    assert end[0.01] > end[0.1] > 2 * end[1]
    assert end[1] > 2 * end[10]
    assert names["rising"] == [100]
    assert curves[100].max() > 3 * start
    assert end[100] == min(end.values()), "the text says that it ends lowest"
    first, second, third = curves[100][:3]
    assert second < first < third, "the first step was said to go down, the next ones up"
    step = names["pair_paths"][100][1]
    slope = names["numerical_gradient"](names["pair_loss"], step) @ step
    assert slope > 0, "it should land beyond the lowest point of its line"
    assert names["bias_share"] > 0.9
    assert names["gradient_share"] < 0.15
    assert end[0.01] == pytest.approx(curves[1][1], abs=0.005), "as far as one step of rate 1"


def test_the_steepest_direction_sets_the_limit(names: dict[str, Any]) -> None:
    limits = names["pair_limits"]
    along, limit = limits["at the start"]
    assert 6 < limit < 9, "the text says about 7"
    assert 10 < along < 80, "10 should be below the limit along the gradient, and 100 above it"
    assert abs(names["steepest_at"]["at the start"][-1]) > 0.9, "the bias"
    assert limits["rate 10, 100 steps"][1] > 20, "the limit should have risen above 10"
    along, limit = limits["rate 100, 100 steps"]
    assert 150 < limit < 600, "100 should now be below the limit, and 1000 above it"
    assert along > 10 * limit, "the gradient should point along the flat bottom"
    leap = names["leap"]
    assert leap[1] < leap[0], "the next step was said to go down"
    assert leap.max() > 2000 * leap[0]
    assert names["off_one_line"] < 1e-4
    for border in names["pair_border"].values():
        highest_losses, rises = np.array(border).T
        assert not rises[:4].any(), "up to nine tenths of the limit the loss should never rise"
        assert (highest_losses[-4:] > 100).all(), "from one and a half times on it should leap"


def test_who_is_ahead_on_new_pictures_depends_on_the_seed() -> None:
    ahead = set()
    for seed in range(5):
        small = small_digits(seed)
        chosen, new = (np.isin(t, (3, 8)) for t in (small.labels_train, small.labels_validation))
        x, t = small.x_train[chosen], small.labels_train[chosen] == 8
        x_new, t_new = small.x_validation[new], small.labels_validation[new] == 8
        losses = {}
        for rate in (10, 100):
            w = descend({"x_pair": x, "t_pair": t}, np.zeros(17), rate, 100)[-1]
            losses[rate] = sigmoid_cross_entropy(x_new @ w, t_new.astype(float))
        ahead.add(min(losses, key=lambda rate, of=losses: of[rate]))
    assert ahead == {10, 100}


def check_border(names: dict[str, Any], w: np.ndarray, least_ratio: float) -> None:
    """Hold that the limit at w is the Hessian's, and the border of what can be kept."""
    x, t, loss = names["x_pair"], names["t_pair"], names["pair_loss"]
    along, limit, steepest = names["limits"](loss, w)
    y = sigmoid(x @ w)
    hessian = (x.T * (y * (1 - y))) @ x / len(t)
    assert limit == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1], rel=1e-3)
    assert along > least_ratio * limit
    for share in (0.3, 0.6, 0.9, 1.5, 2, 3, 6):
        path = descend(names, w + 0.1 * steepest, share * limit, 100)
        curve = [loss(w) for w in path]
        if share < 1:
            assert max(np.diff(curve)) <= 0
        else:
            assert max(curve) > 30 * curve[0]


def descend(names: dict[str, Any], w: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """Return the points of a descent, with the gradient by its formula."""
    x, t = names["x_pair"], names["t_pair"]
    return gradient_descent(lambda w: x.T @ (sigmoid(x @ w) - t) / len(t), w, rate, steps)


@pytest.mark.parametrize(("rate", "steps"), [(10, 300), (10, 1000), (30, 300), (100, 300)])
def test_the_limit_at_other_points_of_other_descents(
    names: dict[str, Any], rate: float, steps: int
) -> None:
    check_border(names, descend(names, np.zeros(17), rate, steps)[-1], 10)


@pytest.mark.parametrize("pair", [(1, 7), (4, 9)])
def test_the_limit_with_other_digits(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, pair: tuple[int, int]
) -> None:
    small = names["small"]
    chosen = np.isin(small.labels_train, pair)
    monkeypatch.setitem(names, "x_pair", small.x_train[chosen])
    monkeypatch.setitem(names, "t_pair", (small.labels_train[chosen] == pair[1]).astype(float))
    check_border(names, descend(names, np.zeros(17), 30, 1000)[-1], 5)
