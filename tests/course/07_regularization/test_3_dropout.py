"""What page 7.3 says of dropout and DropConnect: what they are good for here, and what not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.regularization import MaxNorm

PAGE = "07_regularization/3_dropout"


@pytest.mark.claim(
    "Most of what dropout brings here one could have had by stopping in time; it keeps "
    "the network near that place for longer."
)
def test_wrong_labels_are_not_learned_by_heart(names: dict[str, Any]) -> None:
    plain, half, last = names["plain"], names["half"], names["last"]
    assert names["plain_learned"] > 0.85
    assert names["half_learned"] < 0.2
    assert last(half) > last(plain) + 0.05
    assert half["train_accuracy"][-1] < plain["train_accuracy"][-1] - 0.1
    assert abs(half["train_accuracy"][-1] - names["right_share"]) < 0.06


def test_best_epoch_against_best_epoch_dropout_is_a_point_ahead() -> None:
    ahead = [np.diff(execute(PAGE, seed).names["best"])[0] for seed in range(3)]
    assert min(ahead) > -0.005
    assert 0.004 < np.mean(ahead) < 0.025


def test_it_does_not_keep_the_network_there_for_ever_and_with_l2_for_longer(
    names: dict[str, Any],
) -> None:
    (alone, alone_learned), (with_l2, l2_learned) = names["long"].values()
    assert names["half_learned"] < 0.2
    assert alone_learned > 0.5
    assert l2_learned < 0.15
    assert names["last"](with_l2) > names["last"](alone) + 0.02


def test_so_it_is_with_max_norm() -> None:
    names = execute(PAGE, 0).names
    history, learned, _ = names["experiment"](
        0, names["with_dropout"], 0.5, epochs=160, penalties=[MaxNorm(1.0)]
    )
    assert learned < names["long"]["dropout alone"][1] - 0.3
    assert names["last"](history) > names["last"](names["long"]["dropout alone"][0]) + 0.02


@pytest.mark.claim(
    "Most of what dropout brings here one could have had by stopping in time; it keeps "
    "the network near that place for longer."
)
def test_it_is_no_better_than_stopping_in_time(names: dict[str, Any]) -> None:
    best_without = names["plain"]["validation_accuracy"].max()
    assert abs(names["last"](names["half"]) - best_without) < 0.025
    assert names["best"] == [best_without, names["half"]["validation_accuracy"].max()]
    assert -0.01 < names["best"][1] - best_without < 0.035
    end_without = names["last"](names["plain"])
    assert best_without - end_without > 0.8 * (names["best"][1] - end_without), "most of it"
    assert abs(names["slow"] - names["last"](names["half"])) < 0.025


@pytest.mark.claim(
    "Most of what dropout brings here one could have had by stopping in time; it keeps "
    "the network near that place for longer."
)
def test_at_four_rates_each_at_its_own_best() -> None:
    names = execute(PAGE, 1).names
    last, build = names["last"], names["with_dropout"]

    def end(p: float, rate: float) -> float:
        return float(last(names["experiment"](1, build, p, rate=rate)[0]))

    plain = [names["slow"], end(0.0, 0.001), last(names["plain"]), end(0.0, 0.01)]
    half = [end(0.5, 0.0003), end(0.5, 0.001), last(names["half"]), end(0.5, 0.01)]
    assert abs(max(plain) - max(half)) < 0.025, "slow enough, the plain network reads as many"
    assert plain[0] == max(plain)
    assert min(np.array(half[2:]) - plain[2:]) > 0.08, "where it learns by heart, dropout helps"


@pytest.mark.parametrize(
    "settings", [{"share": 0.5}, {"count": 300}, {"epochs": 80}, {"p": 0.3}], ids=str
)
def test_it_helps_with_other_noise_sizes_and_times(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 2).names
    build, settings = names["with_dropout"], dict(settings)
    p = settings.pop("p", 0.5)
    plain, learned = names["plain"], names["plain_learned"]
    if settings:
        plain, learned, _ = names["experiment"](2, build, 0.0, **settings)
    noisy, noisy_learned, _ = names["experiment"](2, build, p, **settings)
    assert names["last"](noisy) > names["last"](plain) + 0.05
    assert noisy_learned < learned - 0.3


def test_each_sample_has_a_mask_and_half_a_network_still_reads(names: dict[str, Any]) -> None:
    assert len({tuple(row) for row in names["seen"].tolist()}) == 4
    plain, half = names["robust"]
    assert plain < 0.5
    assert half > 0.7
    for p in (0.2, 0.4):
        without, with_it = (
            names["without_half"](names[net], names["seed"], p) for net in ("plain_net", "half_net")
        )
        assert with_it > without + 0.1


def test_the_paper_scales_in_test_mode_and_we_in_training(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["paper_sums"], (80, 80), rtol=0.01)
    np.testing.assert_allclose(names["our_sums"], (100, 100), rtol=0.01)


@pytest.mark.claim("Our layer draws one mask for the batch.")
@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_who_shares_the_noise(names: dict[str, Any], p: float) -> None:
    spreads = []
    for kind, expected in (("dropout", [1, 0]), ("DropConnect", [0, 1])):
        outputs = names["noise"](kind, names["seed"], p, times=2000)
        np.testing.assert_allclose(names["correlations"](outputs), expected, atol=0.12)
        spreads.append(outputs[:, 0, 0].std())
    assert spreads[0] == pytest.approx(spreads[1], rel=0.12)


def test_drop_connect_does_the_same_service(names: dict[str, Any]) -> None:
    assert names["connect_learned"] < 0.25
    assert names["last"](names["connect"]) > names["last"](names["plain"]) + 0.05
    assert abs(names["last"](names["connect"]) - names["last"](names["half"])) < 0.05


@pytest.mark.claim("With right labels, dropout does next to nothing on these digits.")
def test_right_labels_leave_nothing_to_gain(names: dict[str, Any]) -> None:
    plain, half = names["clean"]
    assert plain > 0.93
    assert -0.025 < half - plain < 0.01


@pytest.mark.claim("Dropout costs steps.")
def test_with_few_digits_it_needs_more_steps(names: dict[str, Any]) -> None:
    (plain, half), (plain_later, half_later) = names["few"], names["longer"]
    assert half < plain - 0.01
    assert half_later > half + 0.01
    assert abs(half_later - plain_later) < 0.03


@pytest.mark.claim("With right labels, dropout does next to nothing on these digits.")
@pytest.mark.parametrize("p", [0.2, 0.35])
def test_nor_with_less_dropout(p: float) -> None:
    names = execute(PAGE, 1).names
    weaker = names["experiment"](1, names["with_dropout"], p, share=0.0)[0]
    assert abs(names["last"](weaker) - names["clean"][0]) < 0.02


def test_too_much_does_harm(names: dict[str, Any]) -> None:
    much, half = names["last"](names["much"]), names["last"](names["half"])
    assert much < half - 0.06
    assert names["much_learned"] < 0.2
    assert names["right_learned"] < 0.92


@pytest.mark.claim("Dropout costs steps.")
def test_more_epochs_bring_a_part_of_it_back() -> None:
    names = execute(PAGE, 0).names
    longer, _, _ = names["experiment"](0, names["with_dropout"], 0.8, epochs=200)
    assert names["last"](longer) > names["last"](names["much"]) + 0.06
    assert names["last"](longer) < names["last"](names["half"]) - 0.02
