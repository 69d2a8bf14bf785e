"""What page 4.4 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/4_decay_and_signs"


def test_for_gradient_descent_penalty_and_decay_are_the_same(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["fading"]["SGD"][-1], 0.905, atol=0.06)
    rng = np.random.default_rng(names["seed"])
    for decay, rate in ((0.5, 0.1), (3.0, 0.01)):
        by_penalty = {"w": np.ones(5)}
        by_decay = by_penalty["w"].copy()
        optimizer = names["SGD"](by_penalty, rate)
        for _ in range(50):
            noise = rng.normal(size=5)
            optimizer.step({"w": noise + decay * by_penalty["w"]})
            by_decay = (1 - rate * decay) * by_decay - rate * noise
        np.testing.assert_allclose(by_penalty["w"], by_decay, atol=1e-12)


@pytest.mark.claim(
    "An L2 penalty inside Adam shrinks most the weights whose gradients are small; decay "
    "outside shrinks all by the same share."
)
def test_a_penalty_inside_adam_shrinks_what_has_small_gradients(names: dict[str, Any]) -> None:
    inside, outside = (names["fading"][name][-1] for name in ("Adam", "AdamW"))
    np.testing.assert_allclose([inside[0], *outside], 0.905, atol=0.06)
    assert abs(inside[1]) < 0.05
    for decay, rate, steps in ((0.003, 0.01, 1000), (0.01, 0.003, 3000), (0.03, 0.003, 1000)):
        inside, outside = (
            names["weights_over_time"](name, decay, rate, steps)[-1] for name in ("Adam", "AdamW")
        )
        expected = (1 - rate * decay) ** steps
        np.testing.assert_allclose([inside[0], *outside], expected, atol=0.07)
        assert inside[1] < 0.35, (decay, rate)


def test_a_weight_shrinks_at_the_rate_over_its_gradients_size(names: dict[str, Any]) -> None:
    """Where s is large beside λ w: about exp(−η λ t / s) is left."""
    means = names["weights_over_time"]("Adam", 0.001, 0.01, steps=400)
    assert means[-1, 1] == pytest.approx(np.exp(-0.01 * 0.001 * 400 / 0.01), abs=0.06)


@pytest.mark.claim(
    "An L2 penalty inside Adam shrinks most the weights whose gradients are small; decay "
    "outside shrinks all by the same share."
)
def test_the_network_has_such_weights(names: dict[str, Any]) -> None:
    penalty, adamw = names["left_of"]["penalty"], names["left_of"]["AdamW"]
    assert penalty[0] < 0.05 < 0.6 < penalty[1]
    assert adamw[0] > 0.5
    assert abs(adamw[0] / adamw[1] - 1) < 0.25
    assert names["rare"].sum() > 8
    assert names["busy"].sum() > 25
    for setting in (
        {"penalty": 0.001, "decay": 0.2},
        {"penalty": 0.003, "decay": 0.5, "rate": 0.01, "epochs": 8},
        {"penalty": 0.01, "decay": 1.0, "hidden": 20},
    ):
        left = names["left_by_pixel"](**setting)
        ratio = {
            w: share[names["rare"]].mean() / share[names["busy"]].mean()
            for w, share in left.items()
        }
        assert ratio["penalty"] < 0.25, setting
        assert ratio["AdamW"] > 0.5, setting


def test_the_defaults_hardly_decay(names: dict[str, Any]) -> None:
    assert names["half_life"] == pytest.approx(69315, abs=1)
    params = {"w": np.ones(1)}
    optimizer = names["AdamW"](params, 0.01, weight_decay=0.5)
    for _ in range(round(np.log(2) / 0.005)):
        optimizer.step({"w": np.zeros(1)})
    assert params["w"].item() == pytest.approx(0.5, abs=0.003)


@pytest.mark.claim(
    "On the full batch Rprop reaches the lowest training loss of the three. On small "
    "mini-batches, after a start in which the loss falls, it gets worse the longer it "
    "trains."
)
def test_rprop_is_right_on_the_full_batch_and_wrong_on_small_ones(names: dict[str, Any]) -> None:
    full, small = names["by_batch"][len(names["data"].x_train)], names["by_batch"][16]
    assert full["Rprop"] < 0.01 * min(full["SGD"], full["RMSProp"])
    assert small["Rprop"] > 1.5 * max(small["SGD"], small["RMSProp"])
    assert names["lowest"][0] == "Rprop"
    loss_after, rprop = names["loss_after"], names["Rprop"]
    for rate in (1e-5, 1e-4, 0.03, 0.1):
        assert loss_after(rprop, rate, 16) > 1.5 * small["RMSProp"], rate
        assert loss_after(rprop, rate, 16, steps=300) > 5 * names["patience"]["RMSProp"][2], rate


def test_on_new_images_rprop_is_first_after_30_steps_and_last_after_100(
    names: dict[str, Any],
) -> None:
    early, late = names["on_new"][30], names["on_new"][100]
    assert early["Rprop"] < 0.7 * min(early["SGD"], early["RMSProp"])
    assert late["Rprop"] > 1.3 * max(late["SGD"], late["RMSProp"])
    n = len(names["data"].x_train)
    for hidden in (20, 60):
        loss = {
            rule: min(
                names["loss_after"](names[rule], rate, n, hidden=hidden, new=True) for rate in rates
            )
            for rule, rates in (("RMSProp", (0.01, 0.03)), ("Rprop", (0.001, 0.01)))
        }
        assert loss["Rprop"] > 2 * loss["RMSProp"], (hidden, loss)


def test_on_the_full_batch_the_first_step_size_matters_little(names: dict[str, Any]) -> None:
    n = len(names["data"].x_train)
    for rate in (1e-4, 1e-3, 1e-2):
        loss = names["loss_after"](names["Rprop"], rate, n)
        assert loss < 0.5 * min(names["by_batch"][n][name] for name in ("SGD", "RMSProp")), rate


@pytest.mark.claim(
    "On the full batch Rprop reaches the lowest training loss of the three. On small "
    "mini-batches, after a start in which the loss falls, it gets worse the longer it "
    "trains."
)
def test_patience_makes_it_worse(names: dict[str, Any]) -> None:
    rprop, rmsprop = names["patience"]["Rprop"], names["patience"]["RMSProp"]
    assert rprop[0] < rprop[1] < rprop[2]
    assert rmsprop[2] < rmsprop[0]
    for hidden in (20, 60):
        losses = names["with_patience"](names["Rprop"], (100, 400), hidden=hidden)
        assert losses[1] > 2 * losses[0], hidden


@pytest.mark.claim(
    "On the full batch Rprop reaches the lowest training loss of the three. On small "
    "mini-batches, after a start in which the loss falls, it gets worse the longer it "
    "trains."
)
def test_at_first_the_loss_falls_on_small_batches_too(names: dict[str, Any]) -> None:
    def best(steps: int, batch_size: int) -> float:
        rates = names["GRIDS"][names["Rprop"]]
        return min(names["loss_after"](names["Rprop"], r, batch_size, steps=steps) for r in rates)

    assert best(50, 16) < best(20, 16)
    assert best(50, 16) < best(400, 16)
    assert 3 * best(100, 4) < best(400, 4)


def test_from_the_twentieth_step_on_rprop_is_ahead_on_the_full_batch(
    names: dict[str, Any],
) -> None:
    n = len(names["data"].x_train)
    fine = {"SGD": (0.3, 0.7, 1, 1.5, 2), "RMSProp": (0.01, 0.02, 0.03), "Rprop": (0.003, 0.01)}
    for steps, ahead in ((20, 2), (50, 5)):
        loss = {
            rule: min(names["loss_after"](names[rule], rate, n, steps=steps) for rate in rates)
            for rule, rates in fine.items()
        }
        assert ahead * loss["Rprop"] < min(loss["SGD"], loss["RMSProp"]), (steps, loss)


@pytest.mark.claim(
    "On the full batch Rprop reaches the lowest training loss of the three. On small "
    "mini-batches, after a start in which the loss falls, it gets worse the longer it "
    "trains."
)
@pytest.mark.parametrize("training", [{"hidden": 60}, {"steps": 160, "hidden": 20}])
def test_rprop_with_other_steps_and_units(names: dict[str, Any], training: dict[str, int]) -> None:
    full = names["best_losses"](len(names["data"].x_train), **training)
    small = names["best_losses"](16, **training)
    assert full["Rprop"] < 0.5 * min(full["SGD"], full["RMSProp"]), full
    assert small["Rprop"] > 1.3 * max(small["SGD"], small["RMSProp"]), small


def test_signs_count_votes(names: dict[str, Any]) -> None:
    drifts = names["drifts"]
    assert drifts["SGD"] == pytest.approx(0, abs=1e-9)
    assert drifts["Rprop"] < -1000
    assert -2 < drifts["RMSProp"] < -0.4
    assert drifts["RMSProp"] < drifts["RMSProp, ρ = 0.99"] < 0.1
    assert abs(drifts["Adam"]) < 0.4
    drift = names["drift"]
    for tens, rare in ((50, -0.9), (300, -0.9), (100, -9.0)):
        places = {n: drift(names[n], tens, rare) for n in ("SGD", "Rprop", "RMSProp")}
        assert places["SGD"] == pytest.approx(0, abs=1e-9)
        assert places["Rprop"] < 100 * places["RMSProp"] < 0
        assert places["RMSProp"] < drift(names["RMSProp"], tens, rare, decay=0.99)


def test_the_divisors_come_closer_with_a_longer_memory(names: dict[str, Any]) -> None:
    for decay, rare in ((0.9, -0.9), (0.9, -90.0), (0.8, -0.9)):
        short = np.divide(*names["divisors"](decay, 300, rare)[::-1])
        long = np.divide(*names["divisors"](0.99, 300, rare)[::-1])
        assert 1 < long < 1.1 < 1.2 < short < 9, (decay, rare)


def test_the_drift_of_each_step_shrinks_but_not_that_of_the_start(names: dict[str, Any]) -> None:
    drift, rmsprop = names["drift"], names["RMSProp"]
    early, late = (
        [drift(rmsprop, tens, decay=d) for d in (0.9, 0.99, 0.999)] for tens in (300, 600)
    )
    steady = np.subtract(late, early)
    assert steady[0] < 3 * steady[1] < 9 * steady[2] < 0
    start = [drift(rmsprop, 20, decay=d) for d in (0.9, 0.999)]
    assert start[1] < start[0]


@pytest.mark.parametrize(("share", "freezes"), [(0.5, True), (0.7, True), (0.9, False)])
def test_signs_of_noise_freeze_a_weight(names: dict[str, Any], share: float, freezes: bool) -> None:
    rng = np.random.default_rng(names["seed"])
    params = {"w": np.zeros(100)}
    optimizer = names["Rprop"](params, 0.01)
    for _ in range(1000):
        optimizer.step({"w": np.where(rng.random(100) < share, 1.0, -1.0)})
    size = np.median(optimizer.sizes["w"])
    assert size < 1e-5 if freezes else size > 1
