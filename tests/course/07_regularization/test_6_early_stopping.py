"""What page 7.6 says of early stopping: how long to wait, what it is like, how good, who pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

PAGE = "07_regularization/6_early_stopping"


def more_patience_finds_more(rows: Any) -> None:
    """Assert that each longer patience takes longer, and does not end higher."""
    _, epochs, excess = zip(*rows.values(), strict=True)
    assert list(epochs) == sorted(epochs)
    assert list(excess) == sorted(excess, reverse=True)
    assert excess[0] > 0.08
    assert excess[-1] < 0.03


def test_a_longer_patience_finds_more_and_costs_epochs(names: dict[str, Any]) -> None:
    rows = names["rows"]
    more_patience_finds_more(rows)
    assert rows[1][0] <= 1
    assert rows[10][0] >= 4
    assert rows[10][1] > 3 * rows[1][1]
    for losses in names["curves"]:
        end, best = names["stop"](losses, 5)
        assert end == best + 5 or end == len(losses)
        assert losses[best - 1] == losses[:end].min()


@pytest.mark.parametrize("settings", [{"rate": 0.01, "epochs": 25}, {"share": 0.0}], ids=str)
def test_so_it_is_at_another_rate_and_with_right_labels(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    curves = [np.array(names["run"](k, **settings).history["validation_loss"]) for k in range(2)]
    more_patience_finds_more(names["compare_patience"](curves))


def test_the_shares_of_the_way(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["three"], [1, 1 - 0.98**100, 1 - 0.999**100], rtol=1e-9)
    np.testing.assert_allclose(
        names["share_l2"](np.array([10, 0.2, 0.01])), [0.99, 0.67, 0.09], atol=0.005
    )
    assert 0.19 < names["apart"] < 0.23


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("steps", [20, 1000])
def test_steps_are_like_a_strength_of_one_over_rate_and_steps(rate: float, steps: int) -> None:
    names = execute(PAGE, 0).names
    h = np.geomspace(1e-5, 1 / rate, 300)
    stopped = names["share_stopped"](h, rate, steps)
    by_l2 = names["share_l2"](h, 1 / (rate * steps))
    assert (np.diff(stopped) >= 0).all()
    assert np.abs(stopped - by_l2).max() < 0.23
    flat = h * rate * steps < 0.1
    np.testing.assert_allclose(stopped[flat], by_l2[flat], rtol=0.06)
    halved = names["share_stopped"](h, rate / 2, 2 * steps)
    np.testing.assert_allclose(halved[flat], stopped[flat], rtol=0.06)
    short = (h * rate < 0.1) | (steps >= 100)  # or many
    np.testing.assert_allclose(halved[short], stopped[short], atol=0.02)


def test_beyond_the_minimum_it_is_no_share() -> None:
    share_stopped = execute(PAGE, 0).names["share_stopped"]
    h = np.array([10, 15, 19, 21])
    far = share_stopped(h, 0.1, 7)
    assert far[0] == pytest.approx(1)
    assert far[1] > 1
    assert far[2] > 1.4
    assert share_stopped(h, 0.1, 100)[3] < -1000, "and from ηh = 2 on it diverges"
    one, half = share_stopped(h[:1], 0.1, 1), share_stopped(h[:1], 0.05, 2)
    assert one[0] - half[0] == pytest.approx(0.25), "with few long steps, not only ηt counts"


def alike(strengths: Any, by_steps: Any, by_l2: Any) -> None:
    """Assert that both have their U, with nearly the same bottom at nearly the same place."""
    for errors in (by_steps, by_l2):
        assert min(errors[0], errors[-1]) > 1.05 * errors.min()
    assert 0.95 < by_steps.min() / by_l2.min() < 1.02
    factor = strengths[by_l2.argmin()] / strengths[by_steps.argmin()]
    assert 0.3 < factor < 1


def test_a_linear_model_comes_to_nearly_the_same_by_both(names: dict[str, Any]) -> None:
    strengths, by_steps, by_l2 = names["strengths"], names["by_steps"], names["by_l2"]
    alike(strengths, by_steps, by_l2)
    assert 0 < names["per_cent"] < 4
    assert strengths[0] / strengths[-1] > 1e4


@pytest.mark.parametrize("settings", [{"count": 300}, {"share": 0.5}], ids=str)
def test_with_more_digits_and_more_noise_too(settings: dict[str, Any]) -> None:
    alike(*execute(PAGE, 0).names["linear_paths"](1, **settings))


@pytest.mark.claim(
    "Stopped by the accuracy, one training gets most of what the others get, for a fraction of the "
    "work"
)
@pytest.mark.claim("Stopping by the loss reads less than stopping by the accuracy")
def test_all_help_and_stopping_is_the_cheapest(names: dict[str, Any]) -> None:
    found = names["found"]
    on_test = {name: scores[1] for name, (scores, _, _) in found.items()}
    bare = on_test.pop("nothing")
    assert min(on_test.values()) > bare + 0.05
    assert max(on_test.values()) - min(on_test.values()) < 0.06
    gained = {name: read - bare for name, read in on_test.items()}
    for name in ("by loss", "by accuracy"):
        assert gained[name] > 0.55 * max(gained.values()), "most of what the others get"
    assert on_test["dropout"] > on_test["by loss"] + 0.01
    assert on_test["by accuracy"] > on_test["by loss"]
    assert abs(on_test["by accuracy"] - on_test["dropout"]) < 0.04
    assert found["by accuracy"][1] < found["by loss"][1]
    assert found["by loss"][2] < found["L2"][2] / 2


OTHERS = [(seed, rate) for seed in (3, 4, 5, 6) for rate in (0.001, 0.003)]
"""Splits and rates beside those of the page."""


def both_stops(names: dict[str, Any], seed: int, rate: float) -> tuple[float, float, float]:
    """Return what one training reads of the test digits: to its end, and stopped in two ways."""
    answers = names["Answers"](*names["noisy_digits"](seed).test)
    history = names["run"](seed, rate=rate, watchers=[answers]).history
    read = np.array(answers.right).mean(axis=1)
    by_loss, by_accuracy = (
        names["stop"](curve, 10)[1]
        for curve in (history["validation_loss"], 1 - np.array(history["validation_accuracy"]))
    )
    return float(read[-1]), float(read[by_loss - 1]), float(read[by_accuracy - 1])


@pytest.mark.claim("Stopping by the loss reads less than stopping by the accuracy")
def test_so_it_is_in_the_mean_over_other_splits_and_rates() -> None:
    names = execute(PAGE, 0).names
    read = np.array([both_stops(names, seed, rate) for seed, rate in OTHERS])
    bare, by_loss, by_accuracy = read.mean(axis=0)
    assert bare + 0.02 < by_loss < by_accuracy - 0.015
    assert (read[:, 1] <= read[:, 2] + 0.01).all()


@pytest.mark.claim(
    "Stopped by the accuracy, one training gets most of what the others get, for a fraction of the "
    "work"
)
@pytest.mark.usefixtures("every_seed")
def test_so_it_does_at_three_rates() -> None:
    names = execute(PAGE, 0).names
    for rate in (0.001, 0.003, 0.01):
        read, of_others = [], []
        for seed in range(3, 7):
            read.append(both_stops(names, seed, rate))
            others = ({"p": 0.5}, {"strength": 0.01})
            networks = [names["run"](seed, rate=rate, **other).network for other in others]
            of_others.append([names["read"](seed, network)[1] for network in networks])
        bare, by_loss, by_accuracy = np.mean(read, axis=0)
        gained = max(np.mean(of_others, axis=0)) - bare
        assert by_accuracy - bare > 0.65 * gained, "most"
        assert by_loss - bare > 0.3 * gained
        if rate == 0.001:
            assert by_loss - bare < 0.65 * gained, "about half"


@pytest.mark.claim("Stopping by the loss reads less than stopping by the accuracy")
@pytest.mark.usefixtures("every_seed")
def test_in_the_mean_stopping_by_the_loss_reads_least() -> None:
    of_seeds = [execute(PAGE, seed).names["reads"] for seed in SEEDS]
    read = {name: np.mean([reads[name] for reads in of_seeds]) for name in of_seeds[0]}
    assert read["by loss"] < read["by accuracy"] - 0.01
    assert 0.02 < read["dropout"] - read["by loss"] < 0.05


@pytest.mark.claim(
    "Stopped by the accuracy, one training gets most of what the others get, for a fraction of the "
    "work"
)
def test_at_a_higher_rate_too() -> None:
    found = execute(PAGE, 0).names["compare"](1, rate=0.01, epochs=20)
    on_test = {name: scores[1] for name, (scores, _, _) in found.items()}
    bare = on_test.pop("nothing")
    assert min(on_test.values()) > bare + 0.05
    assert max(on_test.values()) - min(on_test.values()) < 0.06
    assert found["by accuracy"][1] <= found["by loss"][1]


def test_a_penalty_that_is_strong_enough_holds_the_network_there() -> None:
    names, late = execute(PAGE, 0).names, {}
    for seed, strength in ((1, 0.03), (2, 0.03), (1, 0.01)):
        trainer = names["run"](seed, strength=strength, epochs=160)
        accuracies = np.array(trainer.history["validation_accuracy"])
        late[seed, strength] = accuracies[-20:].mean()
        if strength == 0.03:
            assert late[seed, strength] > accuracies.max() - 0.05
            assert late[seed, strength] > accuracies[40:60].mean() - 0.01
        else:
            assert late[seed, strength] < accuracies[20:40].mean() - 0.02, "it slides"
    assert late[1, 0.03] > late[1, 0.01] + 0.01


def test_at_a_low_rate_there_is_less_to_gain() -> None:
    names = execute(PAGE, 0).names

    def gain(rate: float) -> float:
        bare, half = (names["run"](1, rate=rate, p=p).network for p in (0.0, 0.5))
        return float(names["read"](1, half)[1] - names["read"](1, bare)[1])

    assert 0 < gain(0.001) < gain(0.01) - 0.05


def test_what_has_chosen_cannot_judge(names: dict[str, Any]) -> None:
    excess = names["excess"]
    assert excess[30] > 3.5
    assert excess[30] > excess[100] + 1 > excess[300] + 1.4
    assert 0 < excess[300] < 2.5
    assert abs(names["first"]) < 0.8
    rng = np.random.default_rng(names["seed"])
    fewer_epochs = 100 * names["too_good"](names["right"][5:10], 30, rng)
    assert 0.5 < fewer_epochs < excess[30] - 1, "fewer candidates, less luck"
