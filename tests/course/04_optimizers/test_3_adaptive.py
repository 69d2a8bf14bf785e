"""What page 4.3 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.optimizers import AdaGrad, Adam

PAGE = "04_optimizers/3_adaptive"


@pytest.mark.claim(
    "AdaGrad is very fast on a bowl that lies along the axes, and no faster than gradient "
    "descent on the same bowl turned by 45°."
)
def test_adagrad_stretches_the_axes_only(names: dict[str, Any]) -> None:
    fewest = names["fewest"]
    assert fewest["SGD", 0] == fewest["SGD", 45]
    assert fewest["AdaGrad", 0] < fewest["SGD", 0] / 4
    assert fewest["AdaGrad", 45] >= fewest["SGD", 45]


@pytest.mark.claim(
    "AdaGrad is very fast on a bowl that lies along the axes, and no faster than gradient "
    "descent on the same bowl turned by 45°."
)
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


@pytest.mark.claim(
    "AdaGrad is very fast on a bowl that lies along the axes, and no faster than gradient "
    "descent on the same bowl turned by 45°."
)
@pytest.mark.parametrize("kappa", [20, 100])
@pytest.mark.parametrize("goal", [1e-3, 1e-5])
def test_adagrad_on_the_turned_bowl_from_all_sides(
    names: dict[str, Any], kappa: float, goal: float
) -> None:
    """Both rules at their best of many rates, from 19 directions, all at once."""
    if names["seed"]:
        return  # nothing is drawn here
    angles = np.radians([2.5, *range(10, 171, 10), 177.5])
    rates, H = np.geomspace(0.05, 40, 60)[:, None], np.array([[1, -1], [1, 1]]) * 0.5**0.5
    H = H @ np.diag([2 / kappa, 2.0]) @ H.T
    fewest = {}
    for rule in ("SGD", "AdaGrad"):
        x = 7 * np.stack([np.cos(angles + np.pi / 4), np.sin(angles + np.pi / 4)], axis=1)
        params = {"x": np.tile(x[None], (60, 1, 1))}
        last, most = np.zeros((60, len(angles)), dtype=int), 200 if kappa == 20 else 1000
        optimizer = names[rule](params, 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(1, most + 1):
                before = params["x"].copy()
                optimizer.step({"x": before @ H})
                params["x"][:] = before + rates[:, None] * (params["x"] - before)
                height = 0.5 * ((params["x"] @ H) * params["x"]).sum(axis=2)
                last[~(height < goal)] = k
        fewest[rule] = last.min(axis=0) + 1
    ratio = fewest["AdaGrad"] / fewest["SGD"]
    assert (ratio[1:-1] >= 0.95).all(), ratio
    assert np.median(ratio) > 1.2
    if kappa == 20:
        assert ratio[[0, -1]].max() < 0.9, "almost on the flat axis"


@pytest.mark.claim("At a constant rate RMSProp with ρ = 0.9 does not come to rest:")
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


@pytest.mark.claim("At a constant rate RMSProp with ρ = 0.9 does not come to rest:")
def test_rmsprop_touches_the_goal_and_leaves_it(names: dict[str, Any]) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    assert names["touches"] < 10
    rates, rmsprop, needed = np.geomspace(0.01, 10, 30), names["RMSProp"], names["steps_needed"]
    for start in ((-7.0, 2.0), (5.0, 4.0), (9.0, 1.0)):
        touches, stays = (
            min(needed(rmsprop, rate, 0, start, most=400, stay=stay) for rate in rates)
            for stay in (False, True)
        )
        assert touches < 10 < 60 < stays, start

        def slow(params: dict[str, Any], rate: float) -> Any:
            return rmsprop(params, rate, decay=0.99)

        assert min(needed(slow, rate, 0, start, most=1500) for rate in (0.003, 0.01, 0.1, 1)) > 200


def test_adam_on_the_bowl_is_the_ball(names: dict[str, Any]) -> None:
    if names["seed"]:
        return  # nothing is drawn here

    def fewest(start: tuple[float, float], most: int, beta1: float | None) -> int:
        def light(params: dict[str, Any], rate: float) -> Any:
            return names["Adam"](params, rate, beta1=beta1)

        rule = names["SGD"] if beta1 is None else light
        rates = np.geomspace(0.05, 1.2, 14)
        return min(names["steps_needed"](rule, rate, 0, start, most) for rate in rates)

    for most in (300, 900):
        for start in ((-7.0, 2.0), (5.0, 4.0), (-3.0, -3.0)):
            assert fewest(start, most, 0.5) < fewest(start, most, None), (start, most)
        assert fewest((-8.0, 0.3), most, 0.5) > 1.5 * fewest((-8.0, 0.3), most, None), most
    for start in ((-7.0, 2.0), (-3.0, -3.0), (9.0, 1.0)):
        for rate in (0.1, 0.2, 0.4):
            params = {"x": np.array(start)}
            optimizer, heights = names["Adam"](params, rate), []
            for _ in range(300):
                optimizer.step({"x": np.array([0.1, 2.0]) * params["x"]})
                heights.append((np.array([0.05, 1.0]) * params["x"] ** 2).sum())
            peaks = [max(heights[k : k + 40]) for k in (80, 240)]
            assert (peaks[1] / peaks[0]) ** (0.5 / 160) == pytest.approx(0.9**0.5, abs=0.02), rate


@pytest.mark.claim("The longer AdaGrad has lived, the slower it follows.")
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


@pytest.mark.claim(
    "Without the correction, with the usual β, the first steps are too long, not too short."
)
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


@pytest.mark.claim(
    "Without the correction, with the usual β, the first steps are too long, not too short."
)
def test_the_correction_shortens_each_step_whatever_the_gradients(names: dict[str, Any]) -> None:
    rng, lengths = np.random.default_rng(names["seed"]), names["step_lengths"]
    for mean in (0.0, 1.0):
        gradients = mean + rng.normal(size=100)
        plain = lengths(100, 0.9, 0.999, corrected=False, gradients=gradients)
        with_it = lengths(100, 0.9, 0.999, corrected=True, gradients=gradients)
        np.testing.assert_allclose(plain, names["usual"][:100] * with_it, rtol=1e-5)


@pytest.mark.claim(
    "AdaGrad, of which it is often said that it stalls, stays within a factor of two of "
    "gradient descent here."
)
def test_every_rule_does_well_at_some_rate(names: dict[str, Any]) -> None:
    calm, rates = names["calm"], np.array(names["network_rates"])
    assert all(losses.min() < 0.2 for losses in calm.values())
    assert calm["AdaGrad"].min() < 2 * calm["gradient descent"].min()
    best = {name: rates[losses.argmin()] for name, losses in calm.items()}
    assert best["gradient descent"] >= 0.3
    assert max(best["Adam"], best["RMSProp"]) <= 0.03
    assert calm["gradient descent"][5] < 0.4 < 1.2 < calm["Adam"][5]


def test_adagrad_goes_on_falling_behind_the_others(names: dict[str, Any]) -> None:
    rates = {"AdaGrad": (0.1, 0.2), "gradient descent": (1,), "Adam": (0.02, 0.03)}
    loss = {
        name: names["losses_at"](own, 1, (name,), epochs=20)[name].min()
        for name, own in rates.items()
    }
    assert 2 * loss["Adam"] < loss["AdaGrad"] < 0.5 * names["calm"]["AdaGrad"].min()
    assert 1.5 * loss["gradient descent"] < loss["AdaGrad"]


@pytest.mark.claim(
    "A long memory hurts after huge gradients: AdaGrad never forgets them, Adam remembers "
    "a thousand steps, and RMSProp has forgotten them within a hundred."
)
def test_a_long_memory_hurts_after_huge_gradients(names: dict[str, Any]) -> None:
    harm = names["harm"]
    short = max(harm["RMSProp"], harm["Adam, β₂ = 0.9"])
    assert min(harm["AdaGrad"], harm["Adam"]) > max(1.3 * short, 3)
    assert max(harm, key=harm.get) == "gradient descent"
    assert names["slower"] == ["AdaGrad"]
    three = names["three"]
    assert [max(three, key=three.get), min(three, key=three.get)] == ["AdaGrad", "RMSProp"]


@pytest.mark.claim(
    "A long memory hurts after huge gradients: AdaGrad never forgets them, Adam remembers "
    "a thousand steps, and RMSProp has forgotten them within a hundred."
)
def test_how_long_each_rule_remembers_huge_gradients(names: dict[str, Any]) -> None:
    """The length of a step, as a share of a step without the shock: huge gradients come first."""
    shares = {}
    for name in ("AdaGrad", "RMSProp", "Adam"):
        lengths = []
        for first in (100.0, 1.0):
            params = {"x": np.zeros(1)}
            optimizer, places = names[name](params, 0.01), [0.0]
            for step in range(10_005):
                optimizer.step({"x": np.array([first if step < 5 else 1.0])})
                places.append(params["x"].item())
            lengths.append(np.abs(np.diff(places)))
        shares[name] = lengths[0] / lengths[1]
    after = {n: {name: share[n + 4] for name, share in shares.items()} for n in (100, 1000, 10_000)}
    assert after[100]["RMSProp"] > 0.9
    assert max(after[100]["Adam"], after[100]["AdaGrad"]) < 0.1
    assert after[1000]["Adam"] < 0.25 < 0.9 < after[10_000]["Adam"]
    assert after[10_000]["AdaGrad"] < 0.5


def test_adagrad_recovers_with_a_rate_raised_after_the_shock(names: dict[str, Any]) -> None:
    class Raised(AdaGrad):
        def step(self, grads: Any) -> None:
            self.learning_rate = 0.03 if self.steps < 5 else 2.0
            super().step(grads)

    loss = names["loss_after"](lambda params: Raised(params, 0.03), shock=100)
    assert loss < 1.6 * names["calm"]["AdaGrad"].min() < 0.5 * names["shocked"]["AdaGrad"].min()


def test_clipping_keeps_the_shock_out_of_adam(names: dict[str, Any]) -> None:
    class Clipped(Adam):
        def step(self, grads: Any) -> None:
            length = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
            super().step({name: grad * min(1, 1 / length) for name, grad in grads.items()})

    for rate in (0.01, 0.03):
        calm, hit = names["calm"]["Adam"], names["shocked"]["Adam"]
        column = names["network_rates"].index(rate)
        loss = names["loss_after"](lambda params, r=rate: Clipped(params, r), shock=100)
        assert loss < 1.4 * calm[column] < 0.7 * hit[column]


def test_with_many_hidden_units_only_adagrad_suffers_for_sure(names: dict[str, Any]) -> None:
    rates, rules = (0.01, 0.03, 0.1), ("AdaGrad", "RMSProp", "Adam, β₂ = 0.9")
    calm, hit = (names["losses_at"](rates, s, rules, hidden=200) for s in (1, 100))
    harm = {name: hit[name].min() / calm[name].min() for name in rules}
    assert harm["AdaGrad"] > max(harm["RMSProp"], harm["Adam, β₂ = 0.9"]), harm


@pytest.mark.claim(
    "A long memory hurts after huge gradients: AdaGrad never forgets them, Adam remembers "
    "a thousand steps, and RMSProp has forgotten them within a hundred."
)
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
