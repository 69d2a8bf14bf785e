"""What page 2.1 says of accuracy and loss, of three kinds of data, and of luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course.drawing.losses import small_digits
from solutions.losses import accuracy, numerical_gradient, softmax_cross_entropy

PAGE = "02_losses/1_why_a_loss"


def test_an_untrained_network_guesses(names: dict[str, Any]) -> None:
    assert names["untrained_accuracy"] < 0.25


def test_accuracy_is_a_staircase_and_the_loss_is_not(names: dict[str, Any]) -> None:
    assert 0.7 < names["nearest_mean_accuracy"] < 0.95
    accuracies, losses = names["different_values"]
    assert accuracies < 60
    assert losses > 795
    of_accuracy, of_loss = names["zero_slopes"]
    assert of_accuracy > 0.98
    assert of_loss == 0
    assert 0 < names["moved_by_a_tenth"] < 17, "a tenth is unnoticed nearly everywhere"
    assert names["changing_accuracy"](0.01) <= 2
    curve = names["losses"]
    assert (np.diff(np.sign(np.diff(curve))) != 0).sum() == 1, "one lowest point, as described"


@pytest.mark.parametrize("size", [30, 500])
def test_the_staircase_of_other_weights_and_samples(names: dict[str, Any], size: int) -> None:
    x, labels = names["x_train"][:size], names["labels_train"][:size]
    for pixel, label in ((5, 3), (10, 0), (16, 9)):
        steps = names["along_one_weight"](accuracy, x, labels, pixel, label)
        curve = names["along_one_weight"](softmax_cross_entropy, x, labels, pixel, label)
        assert np.mean(np.diff(steps) == 0) > (0.8 if size <= 100 else 0.3)
        assert len(np.unique(curve)) > 795
    W = names["nearest_mean"]
    assert np.mean(numerical_gradient(lambda W: accuracy(x @ W, labels), W) == 0) > 0.95
    assert (numerical_gradient(lambda W: softmax_cross_entropy(x @ W, labels), W) != 0).all()


def test_validation_data_chooses_what_training_data_cannot(names: dict[str, Any]) -> None:
    assert names["k_by_training"] == 1
    assert names["k_by_validation"] >= 5
    with_one, with_chosen = names["test_accuracies"]
    assert with_chosen > with_one + 0.08
    assert 0.2 < names["mislabelled"] < 0.32, "the text says about a quarter"
    chosen = names["k_values"].index(names["k_by_validation"])
    for curve, sign in ((names["on_training"], 1), (names["on_validation"], -1)):
        assert sign * (curve[0] - curve[chosen]) > 0.1, "overfitting, from there down to 1"
    above = np.subtract(names["on_validation"], names["on_training"])[1:]
    assert above.min() > 0, "training is marked against wrong labels"


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_with_other_shares_of_wrong_labels(names: dict[str, Any], share: float) -> None:
    rng = np.random.default_rng(7)
    noisy = names["labels_train"].copy()
    redrawn = rng.random(len(noisy)) < share
    noisy[redrawn] = rng.integers(0, 10, size=redrawn.sum())
    right, k_values = names["shares_right"], names["k_values"]
    on_training = right(names["x_train"], noisy, noisy, k_values)
    on_validation = right(names["x_validation"], names["labels_validation"], noisy, k_values)
    assert np.argmax(on_training) == 0
    chosen = np.argmax(on_validation)
    assert chosen > 0
    on_test = right(names["x_test"], names["labels_test"], noisy, (1, k_values[chosen]))
    assert on_test[1] > on_test[0] + share / 6


def test_the_best_of_many_guessers_was_lucky(names: dict[str, Any]) -> None:
    assert names["lucky_validation"] >= 0.18
    assert names["lucky_test"] < 0.15


@pytest.mark.parametrize(("candidates", "pictures"), [(30, 50), (300, 50), (100, 25), (100, 100)])
def test_luck_of_other_numbers_of_guessers(
    names: dict[str, Any], candidates: int, pictures: int
) -> None:
    on_validation, on_test = names["best_of"](candidates, pictures, np.random.default_rng(5))
    assert on_validation >= 0.16
    assert on_test < 0.16


def test_other_pages_use_the_same_small_pictures(names: dict[str, Any]) -> None:
    small = small_digits(names["seed"])
    for name, value in small._asdict().items():
        np.testing.assert_array_equal(value, names[name])
