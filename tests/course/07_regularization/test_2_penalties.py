"""What page 7.2 says of prices on weights: what they take, what they save, what makes zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "07_regularization/2_penalties"


@pytest.mark.claim(
    "If each weight has a parabola of its own, the square shrinks it by a factor, and "
    "the size moves it by an amount."
)
@pytest.mark.parametrize("curvature", [0.01, 0.1, 0.2, 1.0, 10.0])
@pytest.mark.parametrize("wanted", [1.0, -0.7, 0.3])
@pytest.mark.parametrize("strength", [0.02, 0.1])
def test_the_square_takes_a_factor_and_the_size_an_amount(
    curvature: float, wanted: float, strength: float
) -> None:
    cheapest = execute(PAGE, 0).names["cheapest"]
    square = cheapest(curvature, wanted, strength, power=2)
    assert square == pytest.approx(curvature / (curvature + strength) * wanted, abs=2e-4)
    left = max(abs(wanted) - strength / curvature, 0)
    assert cheapest(curvature, wanted, strength, power=1) == pytest.approx(
        np.sign(wanted) * left, abs=2e-4
    )


def test_with_shared_curvature_the_factor_holds_along_eigenvectors_only() -> None:
    names = execute(PAGE, 0).names
    assert names["pair"][1] > 0.2, "a weight that was 0 has grown"
    assert 0 < names["pair"][0] < 0.8
    for seed, strength in ((0, 0.01), (1, 0.1), (2, 1.0)):
        rng = np.random.default_rng(seed)
        x, wanted = rng.normal(size=(30, 5)) @ rng.normal(size=(5, 5)), rng.normal(size=5)
        H = x.T @ x / len(x)
        found = names["with_square"](H, wanted, strength)

        def loss(w: Any, H: Any = H, wanted: Any = wanted, strength: float = strength) -> Any:
            return 0.5 * (w - wanted) @ H @ (w - wanted) + 0.5 * strength * w @ w

        assert all(loss(found + 1e-3 * step) > loss(found) for step in rng.normal(size=(50, 5)))
        h, directions = np.linalg.eigh(H)
        np.testing.assert_allclose(
            directions.T @ found, h / (h + strength) * (directions.T @ wanted), rtol=1e-6
        )
        assert np.ptp(found / wanted) > 0.01, "no factor of its own for each weight"


@pytest.mark.claim(
    "At the best of these strengths the network reproduces about as many training "
    "labels as there are right ones, hardly any of the wrong ones, and reads new "
    "digits best."
)
def test_each_helps_at_the_right_strength(names: dict[str, Any]) -> None:
    last, trained, bare = names["last"], names["trained"], names["bare"]
    assert last(bare, "train_accuracy") > 0.95
    right = 1 - names["is_wrong"].mean()
    for name, (_, strengths) in names["GRID"].items():
        assert names["best"][name] == strengths[1], "neither the weakest nor the strongest"
        at_best = trained[name, strengths[1]]
        assert last(at_best) > last(bare) + 0.05
        assert last(at_best, "train_accuracy") == pytest.approx(right, abs=0.06)
        assert names["wrong_learned"](at_best) < 0.2
        on_training = [last(trained[name, s], "train_accuracy") for s in strengths]
        assert on_training == sorted(on_training, reverse=True)
        assert last(trained[name, strengths[0]]) < last(at_best) - 0.03, "too weak"
        assert last(trained[name, strengths[2]]) < last(at_best) - 0.03, "too strong"
    assert names["wrong_learned"](bare) > 0.85


@pytest.mark.parametrize(
    "settings", [{"rate": 0.01, "epochs": 20}, {"share": 0.5, "epochs": 30}], ids=str
)
def test_they_help_at_another_rate_and_share(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    bare, *priced = (
        names["last"](names["run"](1, regularizers, **settings))
        for regularizers in ([], [names["L2"](1e-2)], [names["L1"](1e-3)], [names["MaxNorm"](1.0)])
    )
    assert min(priced) > bare + 0.04


@pytest.mark.claim("At this rate, in 40 epochs, the limit of 3 changes next to nothing.")
def test_a_limit_of_three_does_next_to_nothing(names: dict[str, Any]) -> None:
    assert 2.7 < names["longest"] < 3.7
    change = names["last"](names["trained"]["max-norm", 3.0]) - names["last"](names["bare"])
    assert abs(change) < 0.01
    for W in names["weights_of"](names["trained"]["max-norm", 1.0]):
        assert np.linalg.norm(W, axis=0).max() < 1 + 1e-9


def test_at_a_larger_rate_many_units_get_that_long() -> None:
    names = execute(PAGE, 0).names
    for seed in range(2):
        trainer = names["run"](seed, rate=0.01)
        lengths = [np.linalg.norm(W, axis=0) for W in names["weights_of"](trainer)]
        assert np.mean(np.concatenate(lengths) > 3) > 0.25


def test_units_start_with_the_length_of_the_root_of_two(names: dict[str, Any]) -> None:
    assert names["start_lengths"] == pytest.approx([np.sqrt(2)] * 2, rel=0.02)
    rng = np.random.default_rng(names["seed"])
    for fan_in in (30, 300):
        lengths = np.linalg.norm(names["he"]((fan_in, 400), rng), axis=0)
        assert lengths.mean() == pytest.approx(np.sqrt(2), rel=0.02)


def test_on_clean_labels_the_strength_costs_a_little(names: dict[str, Any]) -> None:
    assert 0.002 < names["clean"]["nothing"] - names["clean"]["L2 0.01"] < 0.04


@pytest.mark.parametrize("kind", ["L2", "L1", "MaxNorm"])
def test_nor_is_there_anything_to_gain_with_less(kind: str) -> None:
    names = execute(PAGE, 1).names
    weak = {"L2": 1e-3, "L1": 1e-4, "MaxNorm": 1.5}
    weaker = names["run"](1, [names[kind](weak[kind])], share=0.0)
    assert abs(names["last"](weaker) - names["clean"]["nothing"]) < 0.008


def test_what_the_loss_leaves_alone_loses_a_thousandth_a_step(names: dict[str, Any]) -> None:
    """Weights of pixels that are never inked: L2 takes a factor a step, and 640 are too few."""
    trainer, _ = names["by_sgd"]["L2, in the gradient"]
    never = (names["lab"].x == 0).all(axis=0)
    rng = np.random.default_rng(names["seed"])
    start = names["relu_network"](rng).params["affine1.W"][never]
    left = trainer.network.params["affine1.W"][never]
    assert never.sum() >= 2
    np.testing.assert_allclose(left, start * (1 - names["RATE"] * 0.01) ** 640, rtol=1e-6)
    after_ten_times = np.abs(start) * (1 - names["RATE"] * 0.01) ** 6400
    assert np.mean(after_ten_times <= names["RATE"] * names["STRENGTH"]) > 0.4


@pytest.mark.claim("With the price of L1 in the gradient, not one weight is exactly 0.")
def test_a_gradient_makes_a_band_and_a_step_makes_zeros(names: dict[str, Any]) -> None:
    by_gradient, by_step = "L1, in the gradient", "L1, behind the step"
    assert sum(sizes.size for _, sizes in names["by_sgd"].values()) == 3 * 17_400
    assert names["zeros"]["L2, in the gradient"] == names["zeros"][by_gradient] == 0
    assert names["zeros"][by_step] > 0.35
    assert names["band"][by_gradient] == pytest.approx(names["zeros"][by_step], abs=0.06)
    assert names["common"] > 0.8
    assert names["band"]["L2, in the gradient"] < 0.02
    accuracies = [names["last"](names["by_sgd"][name][0]) for name in (by_gradient, by_step)]
    assert accuracies[0] == pytest.approx(accuracies[1], abs=0.03)


@pytest.mark.claim("With the price of L1 in the gradient, not one weight is exactly 0.")
@pytest.mark.parametrize(("rate", "strength"), [(0.3, 0.001), (0.2, 0.003)])
def test_so_it_is_at_other_rates_and_strengths(rate: float, strength: float) -> None:
    names = execute(PAGE, 0).names
    _, by_gradient = names["run_sgd"](1, names["L1"](strength), rate, epochs=20)
    _, by_step = names["run_sgd"](1, names["MoveTowardsZero"](rate * strength), rate, epochs=20)
    assert (by_gradient == 0).sum() == 0
    assert (by_step == 0).mean() > 0.1
    in_band = (by_gradient <= rate * strength).mean()
    assert in_band == pytest.approx((by_step == 0).mean(), abs=0.06)


def test_with_adam_the_square_makes_tiny_weights_too(names: dict[str, Any]) -> None:
    assert names["tiny"]["nothing"] < 0.02
    assert names["tiny"]["L2 0.01"] > 0.2
