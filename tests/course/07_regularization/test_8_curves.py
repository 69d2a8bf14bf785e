"""What page 7.8 says of curves: each fault has its shape, some have the same, and some hide."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chapter import execute

from course.drawing.noisy_labels import relu_network
from solutions.backpropagation import ReLU, SoftmaxWithLoss
from solutions.optimizers import Adam, Trainer
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


def is_level_at_chance(history: Any) -> None:
    """Assert that a training loss has learned nothing, and does not jump about."""
    losses = np.array(history["train_loss"]) / np.log(10)
    assert 0.97 < thirds(losses)[-1] < 1.22
    assert np.ptp(losses[len(losses) // 2 :]) < 0.05
    assert max(history["train_accuracy"][-3:]) < 0.25


@pytest.mark.claim("the loss is level near log C in all three.")
@pytest.mark.parametrize(
    "changed",
    [
        {"rate": 2.0, "unit": ReLU},
        {"rate": 3.0, "unit": ReLU, "width": 20},
        {"rate": 3.0, "unit": ReLU, "epochs": 30},
        {"rate": 1e-5},
        {"rate": 1e-6, "unit": ReLU},
        {"start": lambda shape, rng: np.zeros(shape), "rate": 1.0},
        {"start": lambda shape, rng: np.zeros(shape), "unit": ReLU},
    ],
)
def test_so_it_is_at_other_rates_and_with_other_units(changed: dict[str, Any]) -> None:
    for seed in (4, 5):
        history, _ = execute(PAGE, 0).names["consult"](seed, **changed)
        is_level_at_chance(history)


@pytest.mark.claim("the loss is level near log C in all three.")
def test_three_causes_have_one_shape_and_the_doctor_tells_them_apart(names: dict[str, Any]) -> None:
    for history, _ in names["flat"].values():
        is_level_at_chance(history)
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


@pytest.mark.claim("Measured on all digits, the loss is more than twice that of the steps")
def test_sorted_digits_give_low_steps_with_teeth_and_a_high_loss(names: dict[str, Any]) -> None:
    steps, ends = names["in_order"]["sorted"]
    assert steps[-1].mean() < 0.35
    assert ends[-1] > max(1, 4 * steps[-1].mean())
    labels = np.sort(names["noisy_digits"](names["seed"], share=0.0).labels).reshape(-1, 10)
    begins = np.array([False, *(b[-1] > a[-1] for a, b in pairwise(labels))])
    rises = np.diff(steps[-1], prepend=0)
    assert rises[begins].mean() > 0.2, "a tooth where the class changes"
    assert rises[~begins].mean() < 0
    mixed, at_the_end = names["in_order"]["mixed"]
    assert mixed[-1].max() < 0.6
    assert 0.03 < mixed[-1].mean() < 0.13
    assert 0.03 < at_the_end[-1] < 0.13


@pytest.mark.claim("Measured on all digits, the loss is more than twice that of the steps")
@pytest.mark.parametrize(
    "changed", [{"size": 5}, {"rate": 0.03}, {"rate": 0.2}, {"epochs": 9}, {"width": 80}], ids=str
)
def test_so_it_is_with_other_steps_and_networks(changed: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    for seed in (3, 4):
        steps, ends = names["steps_and_ends"](seed, True, **changed)
        mixed, at_the_end = names["steps_and_ends"](seed, False, **changed)
        assert ends[-1] > 2.2 * steps[-1].mean()
        assert at_the_end[-1] < 1.4 * mixed[-1].mean()
        assert ends[-1] > 3 * at_the_end[-1]


def test_the_order_does_little_at_a_low_rate_and_less_in_a_long_training() -> None:
    steps_and_ends = execute(PAGE, 0).names["steps_and_ends"]
    for seed in (3, 4):
        steps, ends = steps_and_ends(seed, True, rate=0.01)
        assert ends[-1] < 1.2 * steps[-1].mean()
        _, ends = steps_and_ends(seed, True, epochs=20)
        assert ends[-1] < 0.5 < 1 < ends[5]


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


def test_where_batches_agree_the_loss_does_not_stay_at_a_height() -> None:
    losses = execute(PAGE, 0).names["with_kink"](3, share=0.0, at=20)["train_loss"]
    assert np.mean(losses[10:20]) < 0.03 * np.log(10)


def test_a_strong_penalty_leaves_few_directions_and_the_logits_as_far_apart(
    names: dict[str, Any],
) -> None:
    run, of_fault = names["run"], names["FAULTS"]["too strong a penalty"]
    left = names["stretches"](names["trained"]["too strong a penalty"][0].network)
    assert left[2] > 1 > 0.3 > left[3]
    assert names["stretches"](names["trained"]["nothing wrong"][0].network)[8] > 1
    x = names["noisy_digits"](names["seed"], share=0.0).x
    spread, shares_right = [], []
    for epochs in (5, 30):
        trainer, _ = run(names["seed"], **of_fault | {"epochs": epochs})
        spread.append((trainer.network.predict(x) - trainer.network.predict(x).mean(axis=0)).std())
        shares_right.append(trainer.history["train_accuracy"][-1])
    assert spread[1] > 1.1 * spread[0]
    assert shares_right[1] < shares_right[0] - 0.03


@pytest.mark.parametrize("strength", [0.08, 0.12])
def test_so_do_penalties_that_are_weaker_or_stronger(strength: float) -> None:
    names = execute(PAGE, 0).names
    for seed in (3, 4):
        trainer, _ = names["run"](seed, strength=strength)
        left = names["stretches"](trainer.network)
        assert left[1] > 1.4
        assert left[4] < 0.15
        right = trainer.history["train_accuracy"]
        assert right[-1] < max(right) - 0.03


def test_a_guess_beside_a_good_training_is_no_proof_of_a_bug() -> None:
    names = execute(PAGE, 0).names
    for seed in (0, 1):
        trainer, _ = names["run"](seed, **names["FAULTS"]["overfitting"] | {"share": 1.0})
        assert trainer.history["train_accuracy"][-1] > 0.95
        assert trainer.history["validation_accuracy"][-1] < 0.2
        rng = np.random.default_rng(seed)
        codes = rng.permutation(2**12)[:1300]
        bits = 2.0 * (codes[:, None] >> np.arange(12) & 1) - 1
        odd = (bits.prod(axis=1) < 0).astype(int)
        network = relu_network(rng, (12, 100, 100, 2))
        trainer = Trainer(
            network, SoftmaxWithLoss(), Adam(network.params, 0.003), rng, progress=False
        )
        trainer.fit(bits[:300], odd[:300], 40, validation=(bits[300:], odd[300:]))
        assert trainer.history["train_accuracy"][-1] > 0.99
        assert 0.42 < trainer.history["validation_accuracy"][-1] < 0.58


@pytest.mark.claim("It is not overfitting")
@pytest.mark.parametrize("share", [0.2, 0.6])
def test_what_is_learned_by_heart_is_of_some_use(share: float) -> None:
    names = execute(PAGE, 0).names
    for seed in (3, 4):
        trainer, _ = names["run"](seed, **names["FAULTS"]["overfitting"] | {"share": share})
        assert trainer.history["train_accuracy"][-1] > 0.9
        assert trainer.history["validation_accuracy"][-1] > 0.33


def test_the_loss_can_pass_log_c_while_most_answers_are_right() -> None:
    names = execute(PAGE, 0).names
    trainer, _ = names["run"](1, **names["FAULTS"]["overfitting"] | {"epochs": 150})
    assert trainer.history["validation_loss"][-1] > 1.05 * np.log(10)
    assert trainer.history["validation_accuracy"][-1] > 0.53


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
