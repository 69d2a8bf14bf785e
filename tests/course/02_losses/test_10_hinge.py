"""What page 2.10 says of the hinge loss, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

from course.drawing.losses import divided
from solutions.data import digits
from solutions.losses import log_softmax

PAGE = "02_losses/10_hinge"


def test_hinge_loss_and_its_kinks(names: dict[str, Any]) -> None:
    assert names["hinge_by_hand"] == pytest.approx([2.7, 0])
    assert names["hinge_start"] == 9
    assert names["margins"].shape == (1011, 9)
    assert 0.45 < names["satisfied"] < 0.95
    margins = names["margins"]
    assert np.mean(margins >= 1) > 0.85
    scores, labels = names["x_train"] @ names["W_trained"], names["labels_train"]
    by_margins = np.maximum(0, 1 - margins).sum(axis=1).mean()
    assert by_margins == pytest.approx(names["hinge_loss"](scores, labels), abs=1e-12)
    right = log_softmax(scores)[np.arange(len(labels)), labels]
    assert not np.any(right == 0), "cross-entropy is never content"
    assert names["kink_slopes"] == pytest.approx((0, -1, -0.5), abs=1e-6)
    near = names["near_kinks"]
    assert near[1] > 3 * near[0.1]
    assert near[0.1] > 3 * near[0.01]
    assert 0.02 < names["cifar_kinks"] < 3
    assert names["agreeing"] >= 160


def test_the_hinge_loss_stops_and_cross_entropy_does_not(names: dict[str, Any]) -> None:
    of_hinge, last = names["growth"]["hinge"]
    assert last < 1000
    assert of_hinge[last - 1] == of_hinge[-1]
    of_entropy, last = names["growth"]["cross-entropy"]
    assert last == 2000
    assert of_entropy[-1] > 1.1 * of_entropy[999]


@pytest.mark.parametrize("pair", [(1, 7), (3, 8), (0, 9)])
@pytest.mark.parametrize("rate", [10, 30])
def test_it_stops_with_other_digits_and_rates(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, pair: tuple[int, int], rate: float
) -> None:
    chosen = np.isin(names["labels_train"], pair)
    monkeypatch.setitem(names, "x_pair", names["x_train"][chosen])
    labels = names["labels_train"][chosen]
    monkeypatch.setitem(names, "sign", np.where(labels == pair[1], 1.0, -1.0))
    steps = 6000
    assert names["lengths"]("hinge", rate, steps)[1] < steps
    of_entropy, last = names["lengths"]("cross-entropy", rate, steps)
    assert last == steps
    assert of_entropy[-1] > 1.03 * of_entropy[steps // 2]


@pytest.mark.claim(
    "After 20 epochs, each at its best rate, the two read these digits equally well."
)
def test_hinge_and_softmax_read_equally_well(names: dict[str, Any]) -> None:
    assert names["better"] == "neither"
    assert abs(names["mean_advantage"]) < 0.012
    assert np.abs(names["advantage"]).max() < 0.035
    for values in names["by_division"].values():
        best = values.mean(axis=0).argmax()
        assert 0 < best < 6, "the best rate should lie within the range"
        assert values.max() > 0.85
    of_softmax, of_hinge = (v.mean(axis=0).argmax() for v in names["by_division"].values())
    assert of_hinge < of_softmax, "its best rate was said to be smaller"


@pytest.mark.claim(
    "After 20 epochs, each at its best rate, the two read these digits equally well."
)
@pytest.mark.parametrize(("epochs", "small"), [(5, True), (30, True), (20, False)])
def test_they_read_equally_well_after_other_epochs_and_at_full_size(
    epochs: int, small: bool
) -> None:
    names, advantage = execute(PAGE, 0).names, []  # other divisions, whatever the page's seed
    for division in range(5):
        parts = names["small_digits"](50 + division) if small else full_size(50 + division)
        best = [
            max(names["validation_accuracies"](names["both"][loss], parts, epochs, orders=1))
            for loss in ("softmax", "hinge")
        ]
        advantage.append(best[0] - best[1])
    assert abs(np.mean(advantage)) < 0.015
    assert min(advantage) < 0.005


def full_size(seed: int) -> tuple[Any, ...]:
    """Return the digits with all 64 pixels, divided as on page 2.1."""
    parts = divided(digits(seed=seed), seed)
    average = parts.x_train.mean(axis=0)
    x, x_new = (
        np.hstack([images - average, np.ones((len(images), 1))])
        for images in (parts.x_train, parts.x_validation)
    )
    return x, parts.labels_train, x_new, parts.labels_validation
