"""What page 4.3 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/3_adaptive"


def test_adagrad_stretches_the_axes_only(names: dict[str, Any]) -> None:
    fewest = names["fewest"]
    assert fewest["SGD", 0] == fewest["SGD", 45]
    assert fewest["AdaGrad", 0] < fewest["SGD", 0] / 4
    assert fewest["AdaGrad", 45] >= fewest["SGD", 45]


@pytest.mark.parametrize("start", [(-7.0, 2.0), (5.0, 4.0), (-3.0, -3.0), (9.0, 1.0)])
@pytest.mark.parametrize("goal", [1e-2, 1e-4])
def test_adagrad_from_other_places(
    names: dict[str, Any], start: tuple[float, float], goal: float
) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    fewest = {
        (rule, degrees): min(
            names["steps_needed"](names[rule], rate, degrees, start, goal=goal)
            for rate in np.geomspace(0.1, 15, 25)
        )
        for rule in ("SGD", "AdaGrad")
        for degrees in (0, 45)
    }
    assert fewest["AdaGrad", 0] < fewest["SGD", 0] / 2
    assert fewest["AdaGrad", 45] > 2 * fewest["AdaGrad", 0]
    assert fewest["AdaGrad", 45] >= 0.95 * fewest["SGD", 45]


def test_rmsprop_does_not_come_to_rest(names: dict[str, Any]) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    fewest, needed = names["on_the_bowl"], names["steps_needed"]
    assert names["faster"] == []
    assert fewest["RMSProp", 0] > 2 * fewest["SGD", 0]
    for start, goal in (((5.0, 4.0), 1e-3), ((-7.0, 2.0), 1e-4), ((-3.0, -3.0), 1e-3)):
        for degrees in (0, 45):
            steps = {
                rule: min(
                    needed(names[rule], rate, degrees, start, most=500, goal=goal)
                    for rate in np.geomspace(0.005, 3, 25)
                )
                for rule in ("SGD", "RMSProp", "Adam")
            }
            assert steps["SGD"] < min(steps["RMSProp"], steps["Adam"]), (start, goal, degrees)
    for rate in (0.01, 0.1):  # the steps stay about as long as the rate
        params = {"x": np.array([3.0, -2.0])}
        optimizer, sizes = names["RMSProp"](params, rate), []
        for _ in range(2000):
            before = params["x"].copy()
            optimizer.step({"x": np.array([0.1, 2.0]) * before})
            sizes.append(np.abs(params["x"] - before))
        late = np.mean(sizes[-200:], axis=0)
        assert (late > 0.3 * rate).all()
        assert (late < 3 * rate).all()


def test_adagrad_follows_the_slower_the_longer_it_has_lived(names: dict[str, Any]) -> None:
    after = names["after_jump"]
    assert names["slower"] == ["AdaGrad"]
    assert after["AdaGrad"][0] < after["AdaGrad"][1] < after["AdaGrad"][2]
    jump = names["steps_after_a_jump"]
    for rate in (0.5, 3.0):
        steps = [jump(lambda p, r=rate: names["AdaGrad"](p, r), n) for n in (100, 1000)]
        assert steps[1] > 1.3 * steps[0], rate
    for rule, rate in (("RMSProp", 0.02), ("RMSProp", 0.2), ("Adam", 0.2)):
        steps = [jump(lambda p, n=rule, r=rate: names[n](p, r), n) for n in (1000, 3000)]
        assert steps[1] < 1.2 * steps[0], (rule, rate)
    assert jump(lambda p: names["AdaGrad"](p, 10.0), 1000) < after["Adam"][1], "with a larger rate"


def test_without_the_correction_the_first_steps_are_too_long(names: dict[str, Any]) -> None:
    usual = names["usual"]
    assert usual[0] == pytest.approx(3.162, rel=1e-3)
    assert usual[9] == pytest.approx(6.53, abs=0.01)
    assert names["longest"] == 12
    assert usual.max() == pytest.approx(6.57, abs=0.01)
    assert names["until"] == 2374
    assert usual[:100].min() > 3
    np.testing.assert_allclose(names["corrected"], 1, rtol=1e-6)
    t = np.arange(1, 51)
    for beta1, beta2 in ((0.9, 0.999), (0.9, 0.98), (0.8, 0.95), (0.5, 0.9), (0.95, 0.9999)):
        lengths = names["step_lengths"](50, beta1, beta2, corrected=False)
        formula = (1 - beta1**t) / np.sqrt(1 - beta2**t)
        np.testing.assert_allclose(lengths, formula, rtol=1e-5)
        assert (lengths[0] < 1) == (1 - beta2 > (1 - beta1) ** 2)


def test_the_correction_shortens_each_step_whatever_the_gradients(names: dict[str, Any]) -> None:
    rng, lengths = np.random.default_rng(names["seed"]), names["step_lengths"]
    for mean in (0.0, 1.0):
        gradients = mean + rng.normal(size=100)
        plain = lengths(100, 0.9, 0.999, corrected=False, gradients=gradients)
        with_it = lengths(100, 0.9, 0.999, corrected=True, gradients=gradients)
        np.testing.assert_allclose(plain, names["usual"][:100] * with_it, rtol=1e-5)


def test_every_rule_does_well_at_some_rate(names: dict[str, Any]) -> None:
    calm, rates = names["calm"], np.array(names["network_rates"])
    assert all(losses.min() < 0.2 for losses in calm.values())
    assert calm["AdaGrad"].min() < 2 * calm["gradient descent"].min()
    best = {name: rates[losses.argmin()] for name, losses in calm.items()}
    assert best["gradient descent"] >= 0.3
    assert max(best["Adam"], best["RMSProp"]) <= 0.03
    assert calm["gradient descent"][5] < 0.4 < 1.2 < calm["Adam"][5]


def test_a_long_memory_hurts_after_huge_gradients(names: dict[str, Any]) -> None:
    harm = names["harm"]
    short = max(harm["RMSProp"], harm["Adam, β₂ = 0.9"])
    assert min(harm["AdaGrad"], harm["Adam"]) > max(1.3 * short, 3)
    assert max(harm, key=harm.get) == "gradient descent"
    assert names["slower"] == ["AdaGrad"]
    three = names["three"]
    assert [max(three, key=three.get), min(three, key=three.get)] == ["AdaGrad", "RMSProp"]


@pytest.mark.parametrize(
    ("shock", "training"),
    [(300, {}), (100, {"batch_size": 100, "epochs": 12}), (100, {"hidden": 20})],
)
def test_a_long_memory_hurts_in_other_trainings(
    names: dict[str, Any], shock: float, training: dict[str, int]
) -> None:
    rates, rules = (0.01, 0.03, 0.1), ("AdaGrad", "RMSProp", "Adam", "Adam, β₂ = 0.9")
    calm, hit = (names["losses_at"](rates, s, rules, **training) for s in (1, shock))
    harm = {name: hit[name].min() / calm[name].min() for name in rules}
    assert min(harm["AdaGrad"], harm["Adam"]) > max(harm["RMSProp"], harm["Adam, β₂ = 0.9"]), harm
