"""What page 2.9 says of squared error and cross-entropy, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/9_confident_and_wrong"


@pytest.mark.claim(r"The factor $\sigma'$ cancels.")
def test_sigmoid_slope_cancels_in_cross_entropy(names: dict[str, Any]) -> None:
    assert names["sigmoid_slope_error"] < 1e-9
    assert max(names["unit_slope_errors"]) < 1e-8
    squared, entropy = names["slopes_at_minus_8"]
    assert 0 < squared < 1e-3
    assert entropy > 0.999
    assert all(slope[0] < 0 for slope in names["unit_slopes"].values())
    assert names["softmax_pair_error"] < 1e-9, "softmax with cross-entropy has the slope y − t"


def test_cross_entropy_recovers_faster_from_a_wrong_start(names: dict[str, Any]) -> None:
    assert names["start_accuracy"] < 0.1
    assert names["by_hand"] < 1e-8, "the gradients by formula should be the measured ones"
    squared, entropy = (names["race_steps"][n] for n in ("squared error", "cross-entropy"))
    for rate in (1, 3, 10):
        assert entropy[rate] < 100
        assert squared[rate] > 5 * entropy[rate], f"learning rate {rate}"
    assert 5 <= entropy[3] <= 40
    assert squared[3] > 80
    assert sorted(names["halfway_right"]) == [0, 1], "all of one digit right, none of the other"
    by_squared_error, by_cross_entropy = names["halfway_slopes"]
    assert by_cross_entropy > 20 * by_squared_error


def best(counts: np.ndarray) -> float:
    """Return the fewest steps at any rate."""
    return float(counts.min())


@pytest.mark.claim(
    "From the hardly confident start the rate is all that matters: at its best rate, "
    "squared error is as quick as cross-entropy."
)
@pytest.mark.claim(
    "With cross-entropy this unit needs no luck with the rate, and it comes back from a "
    "very confident wrong start."
)
def test_each_loss_at_its_best_rate(names: dict[str, Any]) -> None:
    sweep = names["sweep"]
    rates = np.geomspace(1, 1e4, 25)
    for confidence in (0.5, 2.5, 12):
        assert sweep[confidence, "cross-entropy"][rates >= 9.9].max() <= 36, "a few dozen at most"
    assert best(sweep[0.5, "squared error"]) <= best(sweep[0.5, "cross-entropy"]) + 1
    squared, entropy = sweep[2.5, "squared error"], sweep[2.5, "cross-entropy"]
    at_ten = names["race_steps"]["squared error"][10] / names["race_steps"]["cross-entropy"][10]
    assert best(squared) / best(entropy) < 6
    assert best(squared) / best(entropy) < at_ten / 2, "the best rate should close most of the gap"
    beyond = squared[rates > 30]
    assert beyond.max() > 20 * beyond.min(), "it should jump from a few steps to hundreds or never"
    assert np.sum(squared <= 25) < np.sum(entropy <= 25) - 3
    assert np.isinf(sweep[12, "squared error"]).all()
    assert np.isinf(names["huge_rates"]).all()


@pytest.mark.claim(
    "With cross-entropy this unit needs no luck with the rate, and it comes back from a "
    "very confident wrong start."
)
@pytest.mark.parametrize(
    ("pair", "size"), [((3, 8), 60), ((1, 7), 300), ((4, 9), 300), ((2, 5), 120)]
)
def test_the_race_with_other_digits_sizes_and_rates(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, pair: tuple[int, int], size: int
) -> None:
    chosen = np.isin(names["labels_train"], pair)
    monkeypatch.setitem(names, "x_pair", names["x_train"][chosen][:size])
    labels = names["labels_train"][chosen][:size]
    monkeypatch.setitem(names, "t_pair", (labels == pair[1]).astype(float))
    rates = np.geomspace(10, 1e5, 9)

    def counts(loss: str, confidence: float) -> np.ndarray:
        paths = [names["race"](loss, rate, confidence, most=300) for rate in rates]
        return np.array([names["steps_needed"](path) for path in paths])

    for confidence in (2, 5, 12):
        assert counts("cross-entropy", confidence).max() <= 60
    lucky = np.isfinite(counts("squared error", 12)).sum()
    assert lucky <= (0 if pair == (3, 8) else 3), "but for a lucky jump, none should arrive"


def test_ten_classes_from_zero_and_from_a_wrong_start(names: dict[str, Any]) -> None:
    assert names["ten_slope_error"] < 1e-9
    steps = names["ten_steps"]
    assert best(steps[0, "squared error"]) <= 25
    assert best(steps[0, "cross-entropy"]) <= 10
    assert np.isinf(steps[5, "squared error"]).all()
    assert np.sum(steps[5, "cross-entropy"] < np.inf) >= 7
    assert best(steps[5, "cross-entropy"]) < 40


@pytest.mark.parametrize("confidence", [3, 8, 20])
def test_ten_classes_from_other_wrong_starts(names: dict[str, Any], confidence: float) -> None:
    steps_of_ten = names["steps_of_ten"]
    for rate in (2, 20, 60, 200, 2000) if confidence < 8 else (20, 100, 150, 200, 2000):
        assert steps_of_ten("squared error", rate, confidence) == np.inf
    for rate in (60, 200, 2000):
        assert steps_of_ten("cross-entropy", rate, confidence) < 60


@pytest.mark.parametrize("confidence", [1, 3])
def test_a_lucky_rate_for_ten_classes(names: dict[str, Any], confidence: float) -> None:
    squared, entropy = (
        min(names["steps_of_ten"](loss, rate, confidence, most=500) for rate in rates)
        for loss, rates in (("squared error", (90, 100, 110)), ("cross-entropy", (10, 30, 100)))
    )
    assert 70 < squared < 500
    assert squared > 4 * entropy


@pytest.mark.claim(
    "From the hardly confident start the rate is all that matters: at its best rate, "
    "squared error is as quick as cross-entropy."
)
def test_from_zero_weights_a_larger_rate_makes_up_for_it(names: dict[str, Any]) -> None:
    x, t = names["x_pair"], names["t_pair"]

    def fewest(loss: str) -> int:
        counts = []
        for rate in np.geomspace(0.3, 1000, 15):
            w, count = np.zeros(17), 0
            while np.mean((x @ w > 0) == t) < 0.95 and count < 50:
                w, count = w - rate * names["unit_gradient"](loss, w), count + 1
            counts.append(count)
        return min(counts)

    assert fewest("squared error") <= fewest("cross-entropy") + 1
