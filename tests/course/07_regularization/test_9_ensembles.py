"""What page 7.9 says of ensembles: what is certain of their loss, and what is not of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.losses import cross_entropy

PAGE = "07_regularization/9_ensembles"


def test_five_are_better_than_one_of_them_on_the_average(names: dict[str, Any]) -> None:
    assert names["points"] > 0.3
    losses, together = names["losses"], cross_entropy(names["together"], names["labels"])
    assert together < np.mean(losses) - 0.02
    assert names["below"] != "neither"
    singles = [cross_entropy(one, names["labels"]) for one in names["members"]]
    curve = names["curves"]["cross-entropy"]
    assert curve[-1] < np.mean(singles) - 0.02
    assert abs(curve[-1] - curve[-2]) < 0.01, "the tenth adds hardly anything"
    assert abs(curve[-1] - curve[4]) < 0.5 * (np.mean(singles) - curve[-1])


@pytest.mark.claim("only if all models give the right class of every sample the same probability.")
@pytest.mark.claim("good members, and members that differ.")
@pytest.mark.parametrize("alpha", [0.05, 1.0, 20.0])
@pytest.mark.parametrize("models", [2, 3, 10])
def test_the_theorems_hold_for_any_models(models: int, alpha: float) -> None:
    names = execute(PAGE, 0).names
    rng = np.random.default_rng(models)
    for _ in range(20):
        said = (
            rng.dirichlet(np.full(10, alpha), size=(models, 7)) + 1e-3
        )  # cross_entropy ends at 1e-7
        labels = rng.integers(10, size=7)
        said /= said.sum(axis=-1, keepdims=True)
        losses, _ = names["three_means"](list(said), labels)
        assert max(losses) <= np.mean([cross_entropy(one, labels) for one in said]) + 1e-3
        assert names["ensemble_gain"](list(said), labels) > 0
        assert names["ensemble_gain"]([said[0]] * models, labels) == pytest.approx(0, abs=1e-9)
        f, t = rng.normal(size=models), rng.normal()
        assert ((f - t) ** 2).mean() == pytest.approx((f.mean() - t) ** 2 + f.var())


def test_of_two_models_and_of_three(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["apart"], [-np.log(0.3), np.log(2)], atol=1e-9)
    np.testing.assert_allclose(names["near"], [-np.log(0.24) / 2, np.log(2)], atol=1e-9)
    assert not names["is_right"]
    assert names["of_probabilities"].argmax() == names["of_logits"].argmax() == 1
    assert names["of_votes"].argmax() == 0
    assert names["of_logits"][0, 1] > 0.99
    assert abs(names["of_probabilities"][0, 1] - 0.5) < 0.02


@pytest.mark.claim("The ensemble is not always above its best member")
def test_above_the_mean_and_not_always_above_the_best(names: dict[str, Any]) -> None:
    above_mean, above_best = names["counts"]
    assert above_mean >= 5
    assert above_best <= 4
    gain = 100 * (names["rows"] - names["rows"][:, :1]).mean(axis=0)
    _, best, all_five, chosen, best_three = gain
    assert 0.5 < all_five < 4
    assert 0 < chosen < best + 1e-9
    assert best_three > 0.5


@pytest.mark.claim("The ensemble is not always above its best member")
@pytest.mark.parametrize(
    "settings", [{"count": 100}, {"count": 50, "rate": 0.01}, {"count": 50, "rate": 0.002}], ids=str
)
def test_so_it_is_with_more_digits_and_at_other_rates(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    rows = np.array([names["compare"](seed, **settings) for seed in range(6)])
    assert (rows[:, 2] > rows[:, 0]).sum() >= 5
    assert (rows[:, 2] > rows[:, 1]).sum() <= 4


def test_the_best_three_are_about_as_good_as_all_five() -> None:
    """Over two times six splits; the page tells of ten times."""
    names = execute(PAGE, 0).names
    for seed in (6, 12):
        rows = np.array([names["compare"](seed + k, count=50) for k in range(6)])
        assert -0.007 < (rows[:, 4] - rows[:, 2]).mean() < 0.012


@pytest.mark.claim("Another start is enough")
def test_copies_gain_nothing_and_another_start_is_enough(names: dict[str, Any]) -> None:
    found, own_loss = names["found"], names["own_loss"]
    gain = {name: one for name, (_, one, _) in found.items()}
    assert gain["copies"] == pytest.approx(0, abs=1e-9)
    assert 0 < gain["order"] < 0.6 * gain["start"]
    assert gain["bags"] > 1.5 * max(gain["start"], gain["both"])
    assert found["bags"][0] == max(mean_loss for mean_loss, _, _ in found.values())
    read = {name: accuracy for name, (_, _, accuracy) in found.items()}
    assert read["bags"] < max(read["start"], read["both"])
    assert own_loss["bags"] > own_loss["both"]
    assert min(own_loss["start"], own_loss["both"]) < own_loss["copies"]


@pytest.mark.claim("Another start is enough")
@pytest.mark.parametrize("settings", [{"rate": 0.002}, {"epochs": 100}, {"count": 200}], ids=str)
def test_so_it_is_at_other_rates_and_with_more_digits(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    for seed in (1, 2):
        gain = {k: one for k, (_, one, _) in names["ways_to_differ"](seed, **settings).items()}
        assert gain["order"] < 0.4 * gain["start"]
        assert 0.75 < gain["start"] / gain["both"] < 1.3, "another order as well adds nothing"
        assert gain["bags"] > 1.5 * max(gain["start"], gain["both"])


def test_at_a_high_rate_another_order_changes_much() -> None:
    names = execute(PAGE, 0).names
    for seed in (0, 2):
        found = names["ways_to_differ"](seed, rate=0.03)
        assert found["order"][1] > 0.5 * found["start"][1]


def test_bags_mostly_read_fewer_digits() -> None:
    names = execute(PAGE, 0).names
    worse = 0
    for seed in range(3, 7):
        seeds, labels = names["own_seeds"](seed), names["split_of"](seed=seed).labels_test
        with_bags, without = (
            names["average_predictions"](
                [names["predictions"](seed, one, one, bag=bag)[1] for one in seeds]
            )
            for bag in (True, False)
        )
        worse += names["accuracy"](with_bags, labels) < names["accuracy"](without, labels)
    assert worse == 3, "not at seed 3, where all networks are poor"


def test_too_sure_or_not_sure_enough_decides_between_the_means(names: dict[str, Any]) -> None:
    for sharper, better in ((4.0, 0), (0.25, 1)):
        said = [names["softmax"](sharper * np.log(one)) for one in names["five"]]
        losses, _ = names["three_means"](said, names["labels"])
        assert losses[better] < losses[1 - better] - 0.005


def test_probabilities_logits_and_votes_read_about_as_many(names: dict[str, Any]) -> None:
    scores = names["mean_scores"]
    assert max(scores) - min(scores) < 0.02


def test_snapshots_are_no_worse_than_one_network_for_as_long(names: dict[str, Any]) -> None:
    one, snapshots, short = names["signals_read"]
    assert -0.02 < snapshots - one < 0.07
    assert -0.06 < short - one < 0.04


def test_four_short_trainings_mostly_read_fewer_signals() -> None:
    read = np.array([execute(PAGE, 0).names["same_epochs"](seed) for seed in (4, 5)])
    one, snapshots, short = read.mean(axis=0)
    assert -0.005 < snapshots - one < 0.05
    assert short < one - 0.02


def test_with_small_steps_snapshots_gain_nothing() -> None:
    one, snapshots, _ = execute(PAGE, 0).names["same_epochs"](1, rate=0.004)
    assert abs(snapshots - one) < 0.02
