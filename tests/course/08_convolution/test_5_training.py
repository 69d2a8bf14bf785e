"""What page 8.5 says of convolution's lead: it is large on moved signals, and the order is why."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

PAGE = "08_convolution/5_training"


def leads(names: dict[str, Any]) -> list[float]:
    """Return by how much convolution is ahead on the test signals: as they are, and shuffled."""
    best = names["best"]
    return [best[True, shuffled][2] - best[False, shuffled][2] for shuffled in (False, True)]


@pytest.mark.claim("On these digits convolution has next to no lead")
def test_digits_are_read_by_both(names: dict[str, Any]) -> None:
    read = names["read"]
    assert read[True] >= 0.97
    assert abs(read[True] - read[False]) < 0.035


@pytest.mark.claim("On these digits convolution has next to no lead")
@pytest.mark.parametrize("seed", [3, 8])
def test_nor_does_it_lead_when_each_has_its_own_best_rate(seed: int) -> None:
    run = execute(PAGE, 0).names["on_digits"]
    best = [max(run(seed, way, rate) for rate in (0.005, 0.01, 0.03)) for way in (True, False)]
    assert min(best) > 0.95
    assert abs(best[0] - best[1]) < 0.03


def test_the_lead_on_signals_is_large_and_is_not_one_of_size(names: dict[str, Any]) -> None:
    assert leads(names)[0] > 0.15
    assert names["counts"][0] < names["counts"][1]


@pytest.mark.claim("The lead is gone.")
def test_shuffled_there_is_no_lead(names: dict[str, Any]) -> None:
    as_they_are, shuffled = leads(names)
    assert shuffled < 0.05
    assert shuffled < as_they_are - 0.15


@pytest.mark.claim("The lead is gone.")
@pytest.mark.usefixtures("every_seed")
def test_shuffled_they_are_alike_in_the_mean() -> None:
    assert abs(np.mean([leads(execute(PAGE, seed).names)[1] for seed in SEEDS])) < 0.06


def test_what_it_is_told_stands_in_its_way(names: dict[str, Any]) -> None:
    best = names["best"]
    assert best[True, True][1] < best[True, False][1] - 0.05


def test_the_order_is_nothing_to_a_fully_connected_network(names: dict[str, Any]) -> None:
    best = names["best"]
    assert abs(best[False, True][2] - best[False, False][2]) < 0.08
    for shuffled in (False, True):
        _, known, new = best[False, shuffled]
        assert 0.3 < new < known - 0.1


@cache
def other_signals() -> Any:
    return execute(PAGE, 0).names["signals"](5)


@cache
def read_by_connected() -> float:
    """Return the most that fully connected networks of several rates and widths read."""
    ways = [(0.003, 100), (0.01, 50), (0.01, 300)]
    run = execute(PAGE, 0).names["one_run"]
    return max(run(5, False, other_signals(), rate=rate, width=width)[2] for rate, width in ways)


@pytest.mark.claim("The lead is gone.")
def test_so_it_is_at_another_rate() -> None:
    names = execute(PAGE, 0).names
    run, order = names["one_run"], names["order"]
    assert run(5, True, other_signals(), rate=0.02)[2] > read_by_connected() + 0.05
    assert run(5, True, other_signals(), order, rate=0.02)[2] < read_by_connected() + 0.05


def test_after_many_epochs_all_is_known_by_heart_and_the_lead_is_larger() -> None:
    names = execute(PAGE, 0).names
    run, order = names["one_run"], names["order"]
    assert 0.65 < run(5, True, other_signals(), epochs=30)[2] < 0.85
    for seed in (0, 5):
        parts = names["signals"](seed)
        _, known, new = run(seed, True, parts, order, epochs=30)
        assert known > 0.95
        assert new < 0.53
        assert new < run(seed, False, parts, epochs=30)[2] + 0.05


def test_with_half_of_the_signals_there_is_a_lead() -> None:
    run, ((x, labels), *others) = execute(PAGE, 0).names["one_run"], other_signals()
    parts = ((x[:600], labels[:600]), *others)
    read = [
        run(5, way, parts, rate=rate, epochs=12)[2] for way, rate in ((True, 0.02), (False, 0.01))
    ]
    assert read[0] > read[1] + 0.1


def test_reading_all_backwards_leaves_the_lead() -> None:
    names = execute(PAGE, 0).names
    order = np.arange(40)[::-1]
    read = [names["one_run"](0, way, names["parts"], order)[2] for way in (True, False)]
    assert read[0] > read[1] + 0.08


def test_neighbours_agree_as_long_as_they_are_neighbours(names: dict[str, Any]) -> None:
    assert names["agree"][0] > names["agree"][1] + 0.3


def test_a_data_set_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = execute(PAGE, 0).names
    capsys.readouterr()
    assert names["read_files"]("MNIST", None, None) is None
    assert capsys.readouterr().out.startswith("MNIST is not read")


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)], ids=str)
def test_a_data_set_that_is_there_is_trained_on(
    shape: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    names = execute(PAGE, 0).names
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 5)
    bright = labels.reshape(-1, 1, 1, 1) / 10
    x = (bright * (np.arange(shape[-1]) % 4) / 3 + rng.normal(size=(50, *shape)) / 50).astype("f4")
    split = names["digits"]()._replace(x_train=x, labels_train=labels, x_test=x, labels_test=labels)
    share = names["read_files"]("These", lambda folder: split, "here", epochs=2)
    assert 0 <= share <= 1
    assert "These: reads" in capsys.readouterr().out
