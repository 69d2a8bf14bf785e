"""What page 7.8 says of curves: each fault has its shape, some have the same, and some hide."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.regularization import diagnose, thirds

PAGE = "07_regularization/8_curves"
SHAPES = {
    "labels shuffled": {"other processing", "wrong labels"},
    "nothing wrong": set(),
    "overfitting": {"overfitting"},
    "pixels shuffled": {"other processing", "wrong labels"},
    "rate too large": {"too large steps"},
    "rate too small": {"too little training"},
    "too strong a penalty": {"underfitting"},
    "weights 0": {"dead network", "too large steps", "too little training"},
}


def shares(history: Any, name: str) -> list[float]:
    """Return the means of the thirds of a loss, over log 10."""
    return [mean / np.log(10) for mean in thirds(history[f"{name}_loss"])]


def has_its_shape(fault: str, history: Any) -> None:
    """Assert what the page says of a fault's curves, and that the task's answer sees it."""
    assert diagnose(history, 10) == SHAPES[fault], fault
    _, middle, last = shares(history, "train")
    end = history["validation_accuracy"][-1]
    if fault == "rate too large":
        assert min(history["train_loss"]) > 3 * np.log(10)
        assert np.ptp(history["train_loss"]) > np.log(10)
        assert 5 < (np.diff(history["train_loss"]) > 0).sum() < 25, "up and down"
    elif fault == "weights 0":
        assert 0.98 < last < 1.02
    elif fault == "too strong a penalty":
        assert 0.4 < last < 0.75
        for name in ("train", "validation"):
            right = history[f"{name}_accuracy"]
            assert np.mean(right[-10:]) < max(right) - 0.03, "it falls, while the loss is level"
        assert abs(middle - last) < 0.05
    elif fault == "rate too small":
        assert 0.2 < last < 0.75
        assert middle - last > 0.1
    else:
        assert last < 0.15
        if fault == "overfitting":
            losses = shares(history, "validation")
            assert losses[-1] > 1.2 * min(losses)
            assert end > 0.5
        elif fault == "nothing wrong":
            assert end > 0.9
        else:
            assert max(history["validation_accuracy"]) < 0.2
            assert shares(history, "validation")[-1] > 1.1


@pytest.mark.claim("It is not overfitting")
def test_each_fault_of_the_quiz_has_its_shape(names: dict[str, Any]) -> None:
    assert sorted(names["quiz"].values()) == list(SHAPES) == list(names["FAULTS"])
    for fault, history in names["histories"].items():
        has_its_shape(fault, history)


@pytest.mark.claim("the loss is level near log C in all three.")
def test_three_causes_have_one_shape_and_the_doctor_tells_them_apart(names: dict[str, Any]) -> None:
    for end in names["ends"].values():
        assert 0.95 < end < 1.25
    said = {name: set(findings) for name, (_, findings) in names["flat"].items()}
    assert "identical units" in said["weights 0"]
    assert "steps too small" in said["rate 0.000001"]
    assert not {"identical units", "dead units"} & said["rate 0.000001"]
    assert "dead units" in said["rate 3, ReLU"]
    assert "identical units" not in said["rate 3, ReLU"]
    assert names["found_in"]["dead units"] == ["rate 3, ReLU"]
    assert names["found_in"]["identical units"] == ["weights 0"]
    assert {"weights 0", "rate 0.000001"} <= set(names["found_in"]["steps too small"])
    for name in ("weights 0", "rate 0.000001"):
        assert not {"dead units"} & said[name]


def test_the_path_of_the_validation_inputs_tells_labels_from_pixels(names: dict[str, Any]) -> None:
    assert names["paths"]["pixels shuffled"] < 0.35
    assert names["paths"]["labels shuffled"] > 0.9
    ends = [
        shares(names["histories"][f"{one} shuffled"], "validation")[-1]
        for one in ("labels", "pixels")
    ]
    assert ends[0] > ends[1] + 0.3, "it is as sure as ever of digits that it can read"


def has_hidden_its_mode(last: Any) -> None:
    """Assert what the page says of accuracies that are measured in training mode."""
    assert last["test mode"] > 0.9
    assert abs(last["100 mixed"] - last["test mode"]) < 0.03
    assert 0.3 < last["2 mixed"] < 0.65
    assert last["20 sorted"] < 0.3


@pytest.mark.claim("nothing is seen of the mistake")
def test_training_mode_shows_in_small_and_in_sorted_batches(names: dict[str, Any]) -> None:
    has_hidden_its_mode(names["last_by_mode"])


@pytest.mark.parametrize("changed", [{"rate": 0.2}, {"epochs": 20}, {"width": 80}])
def test_so_it_shows_in_other_networks(changed: dict[str, Any]) -> None:
    found = execute(PAGE, 0).names["measured_in_both_modes"](3, **changed)
    has_hidden_its_mode({name: accuracies[-1] for name, accuracies in found.items()})


@pytest.mark.claim("Measured on all digits, the loss is above that of knowing nothing.")
def test_sorted_digits_give_low_steps_with_teeth_and_a_high_loss(names: dict[str, Any]) -> None:
    steps, ends = names["in_order"]["sorted"]
    assert steps[-1].mean() < 0.35
    assert ends[-1] > 1
    labels = np.sort(names["noisy_digits"](names["seed"], share=0.0).labels).reshape(-1, 10)
    begins = np.array([False, *(b[-1] > a[-1] for a, b in pairwise(labels))])
    rises = np.diff(steps[-1], prepend=0)
    assert rises[begins].mean() > 0.2, "a tooth where the class changes"
    assert rises[~begins].mean() < 0
    mixed, at_the_end = names["in_order"]["mixed"]
    assert mixed[-1].max() < 0.6
    assert 0.03 < mixed[-1].mean() < 0.13
    assert 0.03 < at_the_end[-1] < 0.13


@pytest.mark.parametrize("changed", [{"size": 5}, {"rate": 0.15}, {"epochs": 9}, {"width": 80}])
def test_so_it_is_with_other_steps_and_networks(changed: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    steps, ends = names["steps_and_ends"](3, True, **changed)
    mixed, at_the_end = names["steps_and_ends"](3, False, **changed)
    assert ends[-1] > 0.9
    assert ends[-1] > 4 * steps[-1].mean()
    assert at_the_end[-1] < 2 * mixed[-1].mean()


def has_a_kink(losses: Any, at: int) -> None:
    """Assert that a loss over log 10 is nearly level, and falls at once where the rate does."""
    before, last, after = losses[at - 20 : at - 10], losses[at - 10 : at], losses[at:]
    assert abs(last.mean() - before.mean()) < 0.35 * before.mean(), "nearly level"
    assert last.mean() > 1.7 * after.mean()
    assert after[0] < min(losses[:at])


def test_where_the_rate_falls_the_loss_has_a_kink(names: dict[str, Any]) -> None:
    has_a_kink(names["around"]["the rate falls"], 30)
    stays = names["around"]["it stays"]
    assert stays[30:].mean() > 0.75 * stays[20:30].mean()
    assert stays[30:].mean() > 1.7 * names["around"]["the rate falls"][30:].mean()


@pytest.mark.parametrize("changed", [{"rate": 0.4}, {"share": 0.5}, {"at": 20}, {"factor": 0.2}])
def test_so_it_is_with_other_rates_and_labels(changed: dict[str, Any]) -> None:
    history = execute(PAGE, 0).names["with_kink"](3, **changed)
    has_a_kink(np.array(history["train_loss"]) / np.log(10), changed.get("at", 30))


@pytest.mark.parametrize("shuffled", ["labels", "pixels"])
def test_the_doctor_has_nothing_to_say_of_a_network_that_is_well(shuffled: str) -> None:
    _, findings = execute(PAGE, 0).names["consult"](3, shuffled=shuffled)
    assert findings == []


@pytest.mark.claim("It is not overfitting")
@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("rate too large", {"rate": 10.0}),
        ("rate too small", {"rate": 0.008, "epochs": 40}),
        ("too strong a penalty", {"rate": 0.2, "epochs": 25}),
        ("labels shuffled", {"rate": 0.2}),
        ("nothing wrong", {"rate": 0.2, "count": 400}),
        ("overfitting", {"epochs": 40}),
    ],
)
def test_so_it_is_with_other_rates_and_epochs(fault: str, changed: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    trainer, _ = names["run"](3, **(names["FAULTS"][fault] | changed))
    has_its_shape(fault, trainer.history)
