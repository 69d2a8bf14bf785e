"""What page 4.7 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/7_batch_size"


@pytest.mark.claim("The noise falls with a slope of −½ in both networks")
def test_the_noise_has_a_slope_of_one_half(names: dict[str, Any]) -> None:
    for slope in names["slopes"].values():
        assert slope == pytest.approx(-0.5, abs=0.08)
    rng = np.random.default_rng([names["seed"], 9])
    _, noise = names["direction_and_noise"](names["nets"]["fresh"], rng, sizes=(3, 48), draws=60)
    assert noise[0] / noise[1] == pytest.approx(4, rel=0.25)


@pytest.mark.claim("beyond some hundred pictures the direction hardly improves any more")
def test_the_cosine_follows_the_formula(names: dict[str, Any]) -> None:
    for name, (cosines, _) in names["measured"].items():
        formula = 1 / np.sqrt(1 + names["scale"][name] / names["batch_sizes"])
        assert np.abs(cosines - formula).max() < 0.1, name
    fresh, _ = names["measured"]["fresh"]
    assert fresh[5] > 0.65, "32 pictures are 45 degrees off or less"
    assert fresh[7] > 0.85, "beyond some hundred it hardly improves"
    assert fresh[9] - fresh[7] < 0.12 < fresh[5] - fresh[3]


def test_the_noise_scale_is_larger_in_a_trained_network(names: dict[str, Any]) -> None:
    assert names["scale"]["fresh"] < 60
    assert names["scale"]["trained"] > 3 * names["scale"]["fresh"]
    for steps, rate, batch_size in ((1000, 0.1, 32), (300, 0.05, 32), (300, 0.3, 200)):
        net = names["trained"](names["seed"], steps, rate, batch_size)
        assert names["noise_scale"](net) > 2.5 * names["scale"]["fresh"], (steps, rate)


def test_the_noise_scale_does_not_grow_steadily(names: dict[str, Any]) -> None:
    found = [
        names["noise_scale"](names["trained"](names["seed"], steps))
        for steps in range(260, 341, 10)
    ]
    changes = np.abs(np.diff(np.log(found)))
    assert np.exp(changes.max()) > 2
    assert min(found) > 2.5 * names["scale"]["fresh"], "and is larger all the time"


def test_without_replacement_the_noise_shrinks_by_the_formula(names: dict[str, Any]) -> None:
    share = names["dealt_share"]
    assert share[32] == pytest.approx(1, abs=0.12)
    assert share[512] == pytest.approx(np.sqrt(488 / 999), abs=0.08)
    assert share[1000] < 1e-9
    rng = np.random.default_rng([names["seed"], 7])
    drawn, dealt = (
        names["noise_dealt"](names["nets"]["trained"], 800, rng, replace)
        for replace in (True, False)
    )
    assert dealt / drawn == pytest.approx(np.sqrt(200 / 999), abs=0.08)


@pytest.mark.claim("A noisy curve asks for a larger batch")
def test_a_smaller_rate_narrows_the_band_only_where_the_loss_leaps(names: dict[str, Any]) -> None:
    band = names["band_at_rate"]
    assert band[0.05] > 0.75 * band[0.1]
    assert band[0.6] > 1.3 * band[0.1]
    run = names["band_in_training"]
    assert run(names["seed"], 0.02, starts=2) > 0.75 * band[0.1]
    assert run(names["seed"], 0.1, size=32) < 0.75 * band[0.1], "the larger batch does narrow it"


@pytest.mark.claim("A noisy curve asks for a larger batch")
def test_the_band_narrows_with_the_batch(names: dict[str, Any]) -> None:
    for name, widths in names["band"].items():
        assert widths == sorted(widths, reverse=True), name
        assert names["band_slope"][name] == pytest.approx(-0.5, abs=0.12)
    rng = np.random.default_rng([names["seed"], 8])
    net = names["trained"](names["seed"], 60)
    ratio = names["band_width"](net, 4, rng, 400) / names["band_width"](net, 64, rng, 400)
    assert ratio == pytest.approx(4, rel=0.35)


def test_large_batches_make_a_picture_cheaper(names: dict[str, Any]) -> None:
    cost = names["cost"]
    assert cost[1] > 5 * cost[64] / 64
    assert cost[64] / 64 > 0.8 * cost[1000] / 1000, "then there is little left to gain"


@pytest.mark.claim(
    "At a rate that a small batch bears with ease, a larger one saves hardly any steps."
)
def test_a_larger_batch_alone_saves_no_steps(names: dict[str, Any]) -> None:
    assert 580 < names["at_one_rate"][4] < 720
    steps = list(names["at_one_rate"].values())
    assert max(steps) < 1.2 * min(steps)
    for rate, goal in ((0.06, 0.3), (0.04, 0.5), (0.03, 0.8)):
        found = [names["steps_to_goal"](names["seed"], b, rate, 3000, goal)[0] for b in (8, 128)]
        assert max(found) < 1.25 * min(found), (rate, goal)


@pytest.mark.claim("Here the rule ends between 4 and 64 pictures.")
@pytest.mark.claim("On the right the curvature rules.")
@pytest.mark.claim("On the left the noise rules.")
def test_the_two_regimes(names: dict[str, Any]) -> None:
    steps = {size: found[0] for size, found in names["to_goal"].items()}
    rates = {size: found[1] for size, found in names["to_goal"].items()}
    assert steps[1] < 1500
    assert 0.2 * steps[1] < steps[4] < 0.4 * steps[1]
    assert 2 <= rates[4] / rates[1] <= 4
    assert steps[16] < 0.6 * steps[4]
    assert rates[16] / rates[4] < 8
    assert steps[4] < 8 * steps[64], "they no longer fall as the batch grows"
    assert rates[64] < 8 * rates[4]
    assert steps[1000] > 0.6 * steps[64], "the flat part"
    assert max(rates.values()) < 2.5, "the best rate stands inside the grid"
    assert rates[1000] <= 2 * rates[64]
    assert 1000 * steps[1000] > 20 * steps[1], "many more epochs"


@pytest.mark.claim("On the right the curvature rules.")
@pytest.mark.claim("On the left the noise rules.")
def test_the_two_regimes_with_another_goal(names: dict[str, Any]) -> None:
    best = {b: names["at_best_rate"](names["seed"], b, goal=0.6)[:2] for b in (2, 8, 128, 1000)}
    assert best[8][0] < 0.5 * best[2][0]
    assert best[8][1] >= 2 * best[2][1]
    assert best[1000][0] > 0.6 * best[128][0]


@pytest.mark.claim("On these data we see no such effect")
def test_no_order_of_the_accuracies_is_seen(names: dict[str, Any]) -> None:
    reads = [found[2] for found in names["to_goal"].values()]
    assert max(reads) - min(reads) < 0.06
    assert sorted(reads) not in (reads, reads[::-1])


def test_in_seconds_the_middle_wins(names: dict[str, Any]) -> None:
    spent = names["milliseconds"]
    middle = min(spent[16], spent[64])
    assert middle < spent[1] / 2
    assert middle < spent[1000] / 2
