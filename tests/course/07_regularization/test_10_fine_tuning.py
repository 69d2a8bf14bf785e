"""What page 7.10 says of fine-tuning: where an old network helps and where not; freezing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

PAGE = "07_regularization/10_fine_tuning"
SCRATCH, HEAD, ALL, FIRST = range(4)


def mean_of_pages(name: str) -> Any:
    return np.mean([execute(PAGE, seed).names[name] for seed in SEEDS], axis=0)


def test_the_old_signals_help_with_the_new_ones(names: dict[str, Any]) -> None:
    read = names["read"]
    assert (np.diff(read) > 0).all(), "more signals, more read"
    assert read[ALL].sum() > read[SCRATCH].sum()
    assert read[FIRST].sum() > read[SCRATCH].sum() + 0.05
    assert read[ALL, -1] > read[HEAD, -1] + 0.01
    assert -0.015 < read[HEAD, 0] - read[ALL, 0] < 0.055


@pytest.mark.claim(
    "Head first, and then all, is the best of the four, or within two points of the "
    "best, at every size."
)
@pytest.mark.usefixtures("every_seed")
def test_the_head_alone_is_ahead_first_and_left_behind_later() -> None:
    read = mean_of_pages("read")
    assert (read[ALL, 1:] > read[SCRATCH, 1:] + 0.003).all()
    assert read[HEAD, 0] > read[SCRATCH, 0] + 0.01
    assert read[HEAD, 0] > read[ALL, 0]
    assert read[HEAD, -1] < read[ALL, -1] - 0.02
    assert read[HEAD, -1] < read[SCRATCH, -1] + 0.01
    assert (read[FIRST] > read.max(axis=0) - 0.02).all()


def at_best(names: dict[str, Any], seed: int, hidden: int = 100, **settings: Any) -> Any:
    """Return what each way reads of the signals, each at the best of three rates."""
    old = names["knows_signals"]
    if hidden != 100:
        old = names["learn_old"](*names["old_task"], seed, hidden)
    task = old, names["new_task"], names["to_test"], (100,)
    return np.max([names["compare"](*task, seed, rate=r, **settings) for r in (0.001, 0.003, 0.01)],
                  axis=0)[:, 0]  # fmt: skip


@pytest.mark.parametrize(
    "settings", [{}, {"hidden": 50}, {"steps": 600}], ids=["other rates", "narrow", "more steps"]
)
def test_with_100_of_each_all_layers_are_ahead_at_the_best_rates(settings: dict[str, Any]) -> None:
    read = at_best(execute(PAGE, 1).names, 7, **settings)
    assert read[ALL] > read[SCRATCH] + 0.005
    assert read[ALL] > read[HEAD] + 0.01


@pytest.mark.claim("With only 5 digits of each class the head alone loses even more.")
def test_the_old_digits_do_not_help_with_the_new_ones(names: dict[str, Any]) -> None:
    all_layers, head_only = names["gains"]
    assert abs(all_layers) < 2
    assert head_only < -1.5
    read = names["digits_read"]
    assert read[HEAD, 0] < read[SCRATCH, 0] - 0.03


def test_a_body_of_random_weights_does_as_well(names: dict[str, Any]) -> None:
    body = names["relu_network"](np.random.default_rng(99), (64, 100, 100, 5))
    read = names["compare"](body, names["new_digits"], names["digits_to_test"], (50,), 5)[HEAD, 0]
    assert read > names["digits_read"][HEAD, 1] - 0.02
    assert read < names["digits_read"][SCRATCH, 1]


def test_nor_do_they_at_other_rates() -> None:
    names = execute(PAGE, 0).names
    task = names["knows_digits"], names["new_digits"], names["digits_to_test"], (50,)
    read = np.max([names["compare"](*task, 5, rate=rate)[:, 0] for rate in (0.001, 0.01)], axis=0)
    assert abs(read[ALL] - read[SCRATCH]) < 0.02
    assert read[HEAD] < read[SCRATCH] - 0.01


@pytest.mark.claim("With only 5 digits of each class the head alone loses even more.")
@pytest.mark.usefixtures("every_seed")
def test_with_only_5_of_each_the_head_loses_more() -> None:
    read = mean_of_pages("digits_read")
    lost = read[SCRATCH] - read[HEAD]
    assert lost[0] > lost[1] + 0.01


def test_an_optimizer_made_before_freezing_is_refused(names: dict[str, Any]) -> None:
    assert names["refused"]
    assert set(names["network"].params) == {"affine3.W", "affine3.b"}
    assert sum(array.size for array in names["knows_signals"].params.values()) == 14705
    head = [names["knows_signals"].params[f"affine3.{name}"].size for name in "Wb"]
    assert sum(head) == 505


def test_the_old_network_stays_as_it_is(names: dict[str, Any]) -> None:
    old = names["knows_digits"]
    before = {name: array.copy() for name, array in old.state().items()}
    x, labels = (array[:25] for array in names["new_digits"])
    for way in names["WAYS"]:
        new = names["learn_new"](old, x, labels, way, 0, steps=2)
        same = [np.array_equal(new.params[f"{b}.W"], before[f"{b}.W"]) for b in names["BODY"]
                if f"{b}.W" in new.params]  # fmt: skip
        assert not any(same)
        assert len(same) == (0 if way == "head only" else 2)
    assert all(np.array_equal(old.state()[name], array) for name, array in before.items())


def test_averages_that_move_ruin_a_network_whose_weights_stand_still(names: dict[str, Any]) -> None:
    assert names["before"] > 0.97
    assert names["after"] < 0.8
    assert names["after_freezing"] == names["before"]
