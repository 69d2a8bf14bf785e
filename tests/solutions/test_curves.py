"""Chapter 7, reading the curves: on curves that can be judged by hand, for any C."""

import math

import pytest

from solutions.regularization import diagnose, thirds, training_causes, validation_causes

CLASSES = pytest.mark.parametrize("classes", [2, 10, 200])


def line(start, end, epochs=30):
    """Return a straight curve."""
    return [start + (end - start) * k / (epochs - 1) for k in range(epochs)]


@pytest.mark.parametrize("n", [3, 7, 30, 31, 32])
def test_thirds_are_means_and_what_is_left_over_is_in_the_middle(n):
    means, part = thirds([float(k) for k in range(n)]), n // 3
    assert means == pytest.approx([(part - 1) / 2, (n - 1) / 2, n - 1 - (part - 1) / 2])


@CLASSES
@pytest.mark.parametrize(
    ("shares", "causes"),
    [
        ([1.0] * 30, {"dead network", "too large steps", "too little training"}),
        ([3.0, 2.0, 5.0] * 10, {"too large steps"}),
        (line(1, 0.4), {"too little training"}),
        (line(1, 0.5, 6) + [0.5] * 24, {"underfitting"}),
        (line(1, 0.05, 6) + [0.05] * 24, set()),
        (line(0.4, 0.0), set()),
    ],
)
def test_a_training_loss_is_judged_beside_log_c(shares, causes, classes):
    assert training_causes([share * math.log(classes) for share in shares], classes) == causes


@CLASSES
def test_validation_is_judged_by_its_rise_and_by_its_accuracy(classes):
    chance = 1 / classes
    steady = line(1, 0.3, 6) + [0.3] * 24
    rising = line(1, 0.3, 6) + line(0.3, 1.5, 24)
    for shares, right, causes in (
        (steady, chance + 0.4, set()),
        (rising, chance + 0.3, {"overfitting"}),
        (line(1, 3), chance, {"other processing", "wrong labels"}),
    ):
        losses = [share * math.log(classes) for share in shares]
        assert validation_causes(losses, [right] * 30, classes) == causes


def test_validation_says_nothing_where_nothing_has_been_learned():
    flat = {"train_loss": [math.log(10)] * 30, "train_accuracy": [0.1] * 30}
    flat |= {"validation_loss": [math.log(10)] * 30, "validation_accuracy": [0.1] * 30}
    assert diagnose(flat, 10) == {"dead network", "too large steps", "too little training"}
