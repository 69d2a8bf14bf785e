"""What page 7.1 says of gaps: the U with wrong labels, gaps that are no fault, and bugs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "07_regularization/1_gap"


def overfits(history: Any, opinions: Any) -> None:
    """Assert the U, and that wrong labels are learned late."""
    loss, share = history["validation_loss"], history["validation_accuracy"]
    assert 4 <= loss.argmin() < 0.7 * len(loss)
    assert loss[-1] > 1.15 * loss.min()
    assert history["train_loss"][-1] < 0.3 * history["train_loss"][0]
    assert share[-1] < share.max() - 0.04
    true, labelled = opinions.T
    assert true.max() > 0.75
    assert true.argmax() < len(true) / 2
    assert labelled[true.argmax()] < 0.2
    assert true[-1] < 0.25
    assert labelled[-1] > 0.7


@pytest.mark.claim(
    "First the network reads most of the mislabelled digits as what they are; then it "
    "learns the wrong labels, one by one."
)
def test_wrong_labels_are_learned_late_and_the_validation_loss_has_its_u(
    names: dict[str, Any],
) -> None:
    overfits(names["noisy"], names["opinions"])
    lab = names["noisy_digits"](names["seed"])
    assert 0.2 < (lab.labels != lab.true_labels).mean() < 0.33
    assert names["peak"] <= names["turn"]
    assert names["opinions"][names["turn"], 0] > 0.4


@pytest.mark.claim(
    "First the network reads most of the mislabelled digits as what they are; then it "
    "learns the wrong labels, one by one."
)
@pytest.mark.parametrize(
    "settings",
    [
        {"rate": 0.01},
        {"rate": 0.001, "epochs": 120},
        {"share": 0.5},
        {"width": 300, "epochs": 20},
        {"count": 250},
    ],
    ids=str,
)
def test_so_it_is_at_other_rates_shares_and_sizes(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    overfits(*names["observe"](0, names["of_wrong_labels"], **settings))


@pytest.mark.parametrize("rate", [0.003, 0.001])
def test_wrong_labels_are_outvoted_at_first_and_later_pull_as_hard(rate: float) -> None:
    names = execute(PAGE, 0).names
    for seed in range(3):
        _, lengths = names["observe"](seed, names["pulls"], rate=rate)
        times = lengths[:, 0] / lengths[:, 1]
        assert times[0] > 2
        assert np.median(times[20:]) < 0.6 * times[0]
        assert 0.6 < np.median(times[20:]) < 1.8
        assert np.median(lengths[20:, 0]) > 0.3 * lengths[1, 0], "the right ones push back"


@pytest.mark.claim(
    "With right labels there is a gap, and nothing falls: the last epoch reads about "
    "as many validation digits as the best one."
)
@pytest.mark.claim("So a small gap cannot be the aim.")
def test_with_right_labels_there_is_a_gap_and_nothing_falls(names: dict[str, Any]) -> None:
    clean, gap = names["clean"], names["gaps"][:, 0]
    assert clean["train_accuracy"][-1] == 1
    assert 0.08 < gap[-1] < 0.25
    assert clean["validation_accuracy"][-1] < 0.98
    assert names["lost"] < 0.012
    assert names["smallest"] <= 3
    assert clean["validation_loss"][0] > 5 * clean["validation_loss"][-1]


@pytest.mark.claim(
    "With right labels there is a gap, and nothing falls: the last epoch reads about "
    "as many validation digits as the best one."
)
@pytest.mark.parametrize(
    "settings",
    [{"rate": 0.01}, {"rate": 0.001, "epochs": 80}, {"count": 250}, {"width": 300}],
    ids=str,
)
def test_nor_does_it_fall_at_other_rates_and_sizes(settings: dict[str, Any]) -> None:
    observe = execute(PAGE, 0).names["observe"]
    for seed in (1, 2):
        history, _ = observe(seed, lambda *_: 0, share=0.0, **settings)
        share = history["validation_accuracy"]
        assert history["train_accuracy"][-1] == 1
        assert share[-1] > share.max() - 0.012
        assert history["validation_loss"][-1] - history["train_loss"][-1] > 0.08


@pytest.mark.claim(
    "a network that gets surer, and not worse, may have a validation loss that rises."
)
def test_the_loss_rises_and_the_accuracy_stays(names: dict[str, Any]) -> None:
    assert names["rise"] > 0.1
    assert abs(names["change"]) < 0.02
    right, wrong = names["parts"][names["few_turn"]], names["parts"][-1]
    assert wrong[1] > right[1] + 0.5, "those read wrong cost more"
    assert wrong[0] < right[0], "those read right cost less"


@pytest.mark.claim(
    "a network that gets surer, and not worse, may have a validation loss that rises."
)
@pytest.mark.parametrize("settings", [{"count": 200, "epochs": 150}, {"rate": 0.01}], ids=str)
def test_so_it_is_with_other_numbers_of_digits(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 1).names
    settings = {"share": 0.0, "count": 100, "epochs": 100} | settings
    history, _ = names["observe"](1, names["right_and_wrong"], **settings)
    _, rise, change = names["after_the_turn"](history)
    assert rise > 0.05
    assert abs(change) < 0.025


def test_the_validation_loss_may_be_the_smaller_one(names: dict[str, Any]) -> None:
    clean, penalized, noisy = (names[which] for which in ("clean", "penalized", "noisy"))
    assert clean["train_loss"][0] < clean["validation_loss"][0] < clean["during"][0] - 0.3
    assert names["epochs_below"](clean, "train_loss") <= 1
    assert names["epochs_below"](penalized, "during") == len(penalized["during"])
    assert names["epochs_below"](penalized, "train_loss") <= 1
    assert 12 <= names["below"] <= 25
    assert (noisy["validation_loss"] < noisy["train_loss"])[:10].all()


def test_a_weak_penalty_is_soon_less_than_the_gap() -> None:
    names = execute(PAGE, 0).names
    for seed in (0, 3):
        weak, _ = names["observe"](
            seed, lambda *_: 0, share=0.0, epochs=15, penalties=[names["L2"](3e-4)]
        )
        assert weak["validation_loss"][0] < weak["during"][0]
        assert names["epochs_below"](weak, "during") <= 12


@pytest.mark.claim(
    "Overfitting needs time; what is done wrong to all of the validation data shows at once."
)
def test_a_bug_shows_at_once_and_overfitting_does_not(names: dict[str, Any]) -> None:
    gaps = names["gaps"]
    assert gaps[:, 0].max() < 0.25
    late, *bugs = names["first_large"]
    assert late > 20
    assert bugs == [0, 1]
    assert abs(names["before"]) < 0.2
    assert abs(gaps[0, [0, 2]]).max() < 0.2, "labels that slipped hide before training"
    assert gaps[0, 1] > 5
    after_one = gaps[1, 2] + names["clean"]["train_loss"][0]
    assert after_one > np.log(10)


TREATMENTS = {
    "twice the pixels": lambda x: 2 * x,
    "half the pixels": lambda x: x / 2,
    "the mean taken off": lambda x: x - x.mean(),
    "one column to the right": lambda x: np.roll(x.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64),
    "mirrored": lambda x: x.reshape(-1, 8, 8)[:, :, ::-1].reshape(-1, 64),
    "rows for columns": lambda x: x.reshape(-1, 8, 8).transpose(0, 2, 1).reshape(-1, 64),
}


@pytest.mark.claim(
    "Overfitting needs time; what is done wrong to all of the validation data shows at once."
)
@pytest.mark.parametrize("seed", range(5))
def test_so_do_other_wrong_treatments(seed: int) -> None:
    """Before training and after one epoch, the larger gap tells each from the right one."""
    names = execute(PAGE, 0).names

    def look(lab: Any, network: Any) -> Any:
        x, labels = lab.validation
        sets = [(lab.x, lab.labels), (x, labels)]
        sets += [(change(x), labels) for change in TREATMENTS.values()]
        losses = [names["SoftmaxWithLoss"]().forward(network.predict(x), t) for x, t in sets]
        return np.array(losses[1:]) - losses[0]

    right, *wrong = np.abs(names["observe"](seed, look, share=0.0, epochs=1)[1]).max(axis=0)
    assert right < 0.22
    assert min(wrong) > right + 0.1


@pytest.mark.claim(
    "Overfitting needs time; what is done wrong to all of the validation data shows at once."
)
@pytest.mark.parametrize(
    "settings", [{"rate": 0.01}, {"count": 250}, {"width": 300}, {"share": 0.5}], ids=str
)
def test_overfitting_needs_time_elsewhere_too(settings: dict[str, Any]) -> None:
    observe = execute(PAGE, 0).names["observe"]
    for seed in range(3):
        history, _ = observe(seed, lambda *_: 0, epochs=4, **settings)
        assert (history["validation_loss"] - history["train_loss"]).max() < 0.2


def test_a_bug_in_a_few_rows_looks_like_overfitting(names: dict[str, Any]) -> None:
    right, few = names["gaps"][:, [0, 3]].T
    assert abs(few[0] - right[0]) < 0.1
    assert few[1] < right[1] + 0.2, "it hides after one epoch"
    assert few[5] > right[5] + 0.2
    assert few[-1] > few[5] + 0.1, "and it grows"
    assert few[-1] > 3 * right[-1]
