"""What page 5.1 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import ReLU, Sigmoid, SoftmaxWithLoss, Tanh
from solutions.optimizers import SGD, Adam, Momentum
from solutions.regularization import Dropout

PAGE = "05_initialization/1_symmetry"


def test_the_first_loss_gives_four_of_five_faults_away(names: dict[str, Any]) -> None:
    assert names["found"] == ["pixels", "last weights", "sum", "100 outputs"]
    losses = names["first_losses"]
    assert losses["100 outputs"] == pytest.approx(np.log(100), abs=0.4)
    assert losses["sum"] / np.log(10) == pytest.approx(50, rel=0.15)
    for seed in range(10, 20):
        first = names["first_loss"]
        for right in (first(seed)[0], first(seed, targets=names["shuffled"])[0]):
            assert right == pytest.approx(np.log(10), abs=0.4)
        assert first(seed, pixels=16 * names["x"])[0] > 4
        assert first(seed, last_std=1.0)[0] > 4
    zeros = names["two_layers"](np.zeros((64, 20)), np.zeros((20, 10)), ReLU)
    loss = SoftmaxWithLoss().forward(zeros.forward(names["x"]), names["labels"])
    assert loss == pytest.approx(np.log(10), abs=1e-12)


@pytest.mark.claim(
    "A first loss close to log C says that the logits of a picture differ little from each other"
)
def test_small_logits_cost_half_their_variance(names: dict[str, Any]) -> None:
    for std, (more, v) in names["excess"].items():
        if std < 1:
            assert more == pytest.approx(0.45 * v, rel=0.15)
        else:
            assert more < 0.7 * 0.45 * v
    more, v = names["mean_first_loss"](0.05)
    assert more == pytest.approx(0.45 * v, rel=0.15)
    above = [more for more, _ in names["excess"].values()]
    assert above == sorted(above), "the farther the logits are apart, the larger the loss"
    assert above[0] < 0.01 < 1 < above[-1]


@pytest.mark.claim("On paper, units that start equal, incoming and outgoing, stay equal.")
def test_equal_units_stay_equal_and_noise_parts_them(names: dict[str, Any]) -> None:
    assert names["parted"] == [1e-1, 1e-3, 1e-6, 1e-9]
    assert names["units"] == {"equal": 1, "noisy": 20}
    for noise in (1e-1, 1e-3, 1e-6, 1e-9):
        assert names["read"][noise] > 0.9
    assert names["runs"][0.0][1][5] < 1e-10


@pytest.mark.claim("On paper, units that start equal, incoming and outgoing, stay equal.")
@pytest.mark.parametrize("activation", [ReLU, Tanh, Sigmoid], ids=lambda a: a.__name__)
def test_equal_units_have_equal_gradients_under_any_rule(
    names: dict[str, Any], activation: type
) -> None:
    for make, rate in ((SGD, 0.3), (Momentum, 0.03), (Adam, 0.003)):
        _, spreads = names["spread_while_training"](
            names["seed"], 0.0, rate, epochs=3, make=make, activation=activation
        )
        assert spreads.max() < 1e-11


@pytest.mark.claim(
    "A thousand times less noise costs a few epochs more, with SGD a similar number "
    "each time, and no more than that."
)
def test_the_wait_grows_with_the_logarithm_of_the_noise(names: dict[str, Any]) -> None:
    wait = names["wait"]
    assert 0 == wait[1e-1] < wait[1e-3] < wait[1e-6] < wait[1e-9] <= 16
    for make, rate in ((SGD, 0.2), (SGD, 0.5), (Momentum, 0.03)):
        waits = []
        for noise in (1e-3, 1e-6, 1e-9):
            _, spreads = names["spread_while_training"](
                names["seed"], noise, rate, epochs=30, make=make
            )
            waits.append(int((spreads < 0.3).sum()))
        first, second = np.diff(waits)
        assert waits[-1] < 31
        assert min(first, second) >= 2
        assert abs(first - second) <= 2 + max(first, second) // 3
        spreads = names["spread_while_training"](names["seed"], 1e-9, rate, 6, make)[1]
        factors = spreads[3:] / spreads[2:-1]
        assert factors.min() > 1.3, "it grows in each epoch"


@pytest.mark.claim(
    "zeros are wrong in two different ways: with ReLU and tanh no weight gets a "
    "gradient, with the sigmoid all units get the same."
)
def test_zeros_are_three_different_pictures(names: dict[str, Any]) -> None:
    moving = names["moving"]
    assert moving["ReLU", 1] == moving["ReLU", 2] == ["b2"]
    assert moving["tanh", 1] == moving["tanh", 2] == ["b2"]
    assert moving["sigmoid", 1] == ["W2", "b2"]
    assert moving["sigmoid", 2] == ["W1", "b1", "W2", "b2"]
    for activation in (ReLU, Tanh):
        last = names["gradients_from_zero"](activation, steps=40)[-1]
        assert last["W1"] == last["b1"] == last["W2"] == 0 < last["b2"]
    net = names["two_layers"](np.zeros((64, 20)), np.zeros((20, 10)), Sigmoid)
    optimizer, loss = SGD(net.params, 0.3), SoftmaxWithLoss()
    for _ in range(10):
        loss.forward(net.forward(names["x"]), names["labels"])
        net.backward(loss.backward())
        optimizer.step(net.grads)
    assert np.abs(net.params["affine1.W"]).max() > 5e-5
    for array in (net.params["affine1.W"], net.params["affine2.W"].T):
        assert np.ptp(array, axis=1).max() < 1e-12, "one unit, twenty times"


@pytest.mark.claim("Zero biases are no problem at all")
def test_one_layer_may_be_equal_and_the_biases_may_be_zero(names: dict[str, Any]) -> None:
    relu, tanh = names["of_relu"], names["of_tanh"]
    assert names["relu_fails"] == ["zeros", "b1 only", "W2 only"]
    assert names["tanh_fails"] == ["zeros", "b1 only"]
    assert min(relu["b1 only"][1], tanh["b1 only"][1]) > 0.15
    for results in (relu, tanh):
        assert results["zeros"][1] < 0.15
        assert results["zeros"][0] == results["b1 only"][0] == 1
        for name in ("W1 equal", "W1 only", "W1 and W2"):
            assert results[name][0] == 20
            assert results[name][1] > 0.9
    for rate in (0.15, 0.5):
        other_relu = names["outcomes"](names["seed"], ReLU, rate)
        other_tanh = names["outcomes"](names["seed"], Tanh, rate)
        assert other_relu["W2 only"][1] < 0.15 < 0.9 < other_tanh["W2 only"][1]
        for results in (other_relu, other_tanh):
            assert results["W1 only"][1] > 0.9


def test_dropout_parts_equal_units_but_not_dead_ones(names: dict[str, Any]) -> None:
    """The answer to the question: a mask treats the units differently."""
    x, labels = names["x"][:50], names["labels"][:50]
    for constant, different in ((0.1, 20), (0.0, 1)):
        rng = np.random.default_rng(names["seed"])
        affine1, relu, affine2 = names["two_layers"](
            np.full((64, 20), constant), np.full((20, 10), constant), ReLU
        ).layers.values()
        layers, loss = [affine1, relu, Dropout(0.5, rng), affine2], SoftmaxWithLoss()
        for _ in range(10):
            signal = x
            for layer in layers:
                signal = layer.forward(signal)
            loss.forward(signal, labels)
            dout = loss.backward()
            for layer in reversed(layers):
                dout = layer.backward(dout)
                for name, param in layer.params.items():
                    param -= 0.3 * layer.grads[name]
        assert names["distinct_units"](affine1.params["W"].round(9)) == different


@pytest.mark.claim(
    "A first loss close to log C says that the logits of a picture differ little from each other"
)
def test_a_number_added_to_all_logits_does_not_show_in_the_first_loss(
    names: dict[str, Any],
) -> None:
    logits = np.random.default_rng(names["seed"]).normal(size=(50, 10)) * 0.01
    for shift in (0.0, 30.0, 1000.0):
        loss = SoftmaxWithLoss().forward(logits + shift, names["labels"][:50])
        assert loss == pytest.approx(np.log(10), abs=0.01)


@pytest.mark.claim(
    "A thousand times less noise costs a few epochs more, with SGD a similar number "
    "each time, and no more than that."
)
def test_other_rules_and_activations_wait_longer_for_less_noise_too(names: dict[str, Any]) -> None:
    for make, rate, activation in ((Adam, 0.003, ReLU), (SGD, 0.3, Tanh)):
        waits = []
        for noise in (1e-3, 1e-6, 1e-9):
            _, spreads = names["spread_while_training"](
                names["seed"], noise, rate, 40, make, activation
            )
            waits.append(int((spreads < 0.3).sum()))
        assert waits[0] <= waits[1] < waits[2] < (41 if make is SGD else 21)
        if make is SGD:
            assert max(np.diff(waits)) <= 3 * min(np.diff(waits))
