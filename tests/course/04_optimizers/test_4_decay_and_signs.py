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


def test_rprop_is_right_on_the_full_batch_and_wrong_on_small_ones(names: dict[str, Any]) -> None:
    full, small = names["by_batch"][len(names["data"].x_train)], names["by_batch"][16]
    assert full["Rprop"] < 0.01 * min(full["SGD"], full["RMSProp"])
    assert small["Rprop"] > 1.5 * max(small["SGD"], small["RMSProp"])
    assert names["lowest"][0] == "Rprop"
    loss_after, rprop = names["loss_after"], names["Rprop"]
    for rate in (1e-5, 1e-4, 0.03, 0.1):
        assert loss_after(rprop, rate, 16) > 1.5 * small["RMSProp"], rate
        assert loss_after(rprop, rate, 16, steps=300) > 5 * names["patience"]["RMSProp"][2], rate


def test_on_the_full_batch_the_first_step_size_matters_little(names: dict[str, Any]) -> None:
    n = len(names["data"].x_train)
    for rate in (1e-4, 1e-3, 1e-2):
        loss = names["loss_after"](names["Rprop"], rate, n)
        assert loss < 0.5 * min(names["by_batch"][n][name] for name in ("SGD", "RMSProp")), rate


def test_patience_makes_it_worse(names: dict[str, Any]) -> None:
    rprop, rmsprop = names["patience"]["Rprop"], names["patience"]["RMSProp"]
    assert rprop[0] < rprop[1] < rprop[2]
    assert rmsprop[2] < rmsprop[0]
    for hidden in (20, 60):
        losses = names["with_patience"](names["Rprop"], (100, 400), hidden=hidden)
        assert losses[1] > 2 * losses[0], hidden


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


def test_signs_of_noise_freeze_a_weight(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    params = {"w": np.zeros(100)}
    optimizer = names["Rprop"](params, 0.01)
    for _ in range(400):
        optimizer.step({"w": rng.choice([-1.0, 1.0], 100)})
    assert np.median(optimizer.sizes["w"]) < 1e-5
