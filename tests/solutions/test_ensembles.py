"""Chapter 7, ensembles, against averages taken by hand."""

import math

import numpy as np
import pytest
from device import same_on_device

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.normalization import BatchNorm
from solutions.optimizers import SGD, Network, Trainer
from solutions.regularization import (
    Ensemble,
    Snapshots,
    average_predictions,
    ensemble_gain,
    top_k,
)


def network(rng, put=lambda array: array):
    """A small classifier with running averages among its state."""
    return Network(
        {
            "hidden": Affine(put(rng.normal(size=(4, 6))), put(rng.normal(size=6))),
            "norm": BatchNorm(put(np.ones(6)), put(np.zeros(6))),
            "relu": ReLU(),
            "out": Affine(put(rng.normal(size=(6, 3))), put(rng.normal(size=3))),
        }
    )


def probabilities(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("models", [1, 3])
def test_predictions_are_averaged(dtype, models, rng):
    predictions = [rng.dirichlet(np.ones(3), size=5).astype(dtype) for _ in range(models)]
    before = [prediction.copy() for prediction in predictions]
    mean = average_predictions(predictions)
    assert mean.dtype == dtype
    np.testing.assert_allclose(mean, np.mean(predictions, axis=0), rtol=2e-3, atol=1e-3)
    if dtype == np.float64:
        np.testing.assert_allclose(mean, np.mean(predictions, axis=0), rtol=1e-12)
    for prediction, copy in zip(predictions, before, strict=True):
        np.testing.assert_array_equal(prediction, copy)
        assert not np.shares_memory(mean, prediction)


def test_one_model_that_exaggerates_does_not_decide_alone():
    """Two of three say class 0; the third is a thousand times as loud."""
    logits = [np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]), np.array([[0.0, 1000.0]])]
    votes = [np.array([[0.9, 0.1]]), np.array([[0.9, 0.1]]), np.array([[0.0, 1.0]])]
    assert np.mean(logits, axis=0).argmax() == 1
    assert average_predictions(votes).argmax() == 0


def test_the_gain_is_that_of_jensen_and_never_negative(rng):
    """By hand: one model says ½ and the other ⅛ of the right class; together they say 5/16."""
    half, eighth = np.array([[0.5, 0.5]]), np.array([[0.125, 0.875]])
    expected = (math.log(2) + math.log(8)) / 2 + math.log(5 / 16)
    assert ensemble_gain([half, eighth], np.array([0])) == pytest.approx(expected, abs=1e-6)
    for _ in range(100):
        models = [rng.dirichlet(np.full(3, 0.3), size=4) for _ in range(3)]
        labels = rng.integers(3, size=4)
        assert ensemble_gain(models, labels) > 0
        assert ensemble_gain(models[:1] * 3, labels) == pytest.approx(0, abs=1e-12)
        one_hot = np.eye(3)[labels]
        assert ensemble_gain(models, one_hot) == pytest.approx(ensemble_gain(models, labels))


def test_ensemble_averages_the_probabilities_of_its_networks(rng):
    networks, x = [network(rng) for _ in range(3)], rng.normal(size=(5, 4))
    expected = np.mean([probabilities(one.predict(x)) for one in networks], axis=0)
    found = Ensemble(networks).predict(x)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert Ensemble(networks).predict(x[:0]).shape == (0, 3)


def test_snapshots_are_taken_and_averaged_and_the_network_stays(rng):
    net, x, taken = network(rng), rng.normal(size=(5, 4)), []
    snapshots = Snapshots(every=2, keep=2)
    for epoch in range(1, 8):
        net.forward(x)  # moves the running averages
        net.params["out.W"][...] = rng.normal(size=(6, 3))
        assert snapshots.end_epoch(epoch, 1.0, net) is False
        taken.append(probabilities(net.predict(x)))
    assert len(snapshots.states) == 2
    before = {name: array.copy() for name, array in net.state().items()}
    arrays = {name: id(array) for name, array in net.state().items()}
    expected = (taken[3] + taken[5]) / 2  # of epochs 4 and 6; 2 was one too many
    np.testing.assert_allclose(snapshots.predict(net, x), expected, rtol=1e-9)
    for name, array in net.state().items():
        np.testing.assert_array_equal(array, before[name])
        assert id(array) == arrays[name]


def test_the_network_stays_even_if_a_prediction_fails(rng):
    net, snapshots = network(rng), Snapshots()
    snapshots.end_epoch(1, 1.0, net)
    net.params["out.W"][...] = 7.0
    with pytest.raises(ValueError, match="layer 'hidden': x must have 4 numbers"):
        snapshots.predict(net, np.ones((2, 5)))
    assert (net.params["out.W"] == 7.0).all()


def test_top_k_places_best_first_ties_as_they_come():
    scores = [0.5, math.nan, 0.9, 0.7, 0.9]
    assert top_k(scores, 3) == [2, 4, 3]
    assert top_k(scores, 5) == [2, 4, 3, 0, 1]


MISTAKES = {
    "no predictions": ("predictions is empty", lambda: average_predictions([])),
    "shapes": (
        r"one shape, but there are \[\(2, 3\), \(3, 2\)\]",
        lambda: average_predictions([np.ones((3, 2)), np.ones((2, 3))]),
    ),
    "no networks": ("networks is empty", lambda: Ensemble([])),
    "every": ("every must be at least 1, but it is 0", lambda: Snapshots(every=0)),
    "keep": ("keep must be at least 1, but it is 0", lambda: Snapshots(keep=0)),
    "no snapshot": (
        "there is no snapshot yet",
        lambda: Snapshots().predict(network(np.random.default_rng(0)), np.ones((2, 4))),
    ),
    "k": ("k must be from 1 to 2, but it is 3", lambda: top_k([0.1, 0.2], 3)),
    "no k": ("k must be from 1 to 2, but it is 0", lambda: top_k([0.1, 0.2], 0)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence(mistake):
    sentence, make = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence):
        make()


NO_KINDS = {
    "one array": ("a list of arrays, one of each model", lambda: average_predictions(np.ones(3))),
    "one network": ("networks must be a list, even of one", lambda: Ensemble(ReLU())),
    "class": (r"networks\[0\] has no method predict\(x\)", lambda: Ensemble([Network])),
    "layer": (r"networks\[0\] has no method predict\(x\)", lambda: Ensemble([ReLU()])),
    "every": ("every must be a whole number, but it is 0.5", lambda: Snapshots(every=0.5)),
    "k": ("k must be a whole number, but it is 1.0", lambda: top_k([0.1, 0.2], 1.0)),
}


@pytest.mark.parametrize("mistake", NO_KINDS)
def test_things_of_another_kind_get_a_sentence(mistake):
    sentence, make = NO_KINDS[mistake]
    with pytest.raises(TypeError, match=sentence):
        make()


def test_snapshots_are_part_of_a_checkpoint(rng, tmp_path):
    x, labels = rng.normal(size=(12, 4)), rng.integers(0, 3, size=12)

    def start():
        own = np.random.default_rng(5)
        net = network(own)
        snapshots = Snapshots(every=2, keep=3)
        optimizer = SGD(net.params, 0.1)
        return Trainer(net, SoftmaxWithLoss(), optimizer, own, 4, watchers=[snapshots]), snapshots

    whole, expected = start()
    whole.fit(x, labels, 7, (x, labels))
    first, _ = start()
    first.fit(x, labels, 3, (x, labels), tmp_path / "run.npz")
    second, resumed = start()
    second.load(tmp_path / "run.npz")
    second.fit(x, labels, 4, (x, labels))
    assert len(resumed.states) == 3
    for found, state in zip(resumed.states, expected.states, strict=True):
        assert list(found) == list(state)
        for name, array in state.items():
            np.testing.assert_array_equal(found[name], array)
    np.testing.assert_array_equal(
        resumed.predict(second.network, x), expected.predict(whole.network, x)
    )


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({}, "'count' is missing"),
        ({"count": np.array(0.5)}, "'count' is of dtype float64"),
        ({"count": np.array(2), "0.W": np.ones(1)}, "it has not the 2 snapshots"),
        ({"count": np.array(1), "0.W": np.ones(1), "1.W": np.ones(1)}, "not the 1 snapshots"),
        ({"count": np.array(-1), "0.W": np.ones(1)}, "it has not the 0 snapshots"),
    ],
)
def test_a_state_of_something_else_changes_no_snapshot(rng, state, sentence):
    snapshots = Snapshots()
    snapshots.end_epoch(1, 1.0, network(rng))
    before = snapshots.states
    with pytest.raises(ValueError, match=sentence):
        snapshots.load_state(state)
    assert snapshots.states is before
    fresh = Snapshots()
    fresh.load_state(Snapshots().state())
    assert fresh.states == []


@pytest.mark.usefixtures("fake_cupy")
def test_snapshots_of_a_network_on_the_device_are_kept_on_the_host(rng):
    net, snapshots = network(rng).to_device(), Snapshots()
    snapshots.end_epoch(1, 1.0, net)
    assert all(isinstance(array, np.ndarray) for array in snapshots.states[0].values())
    own = snapshots.states[0]["out.W"].copy()
    net.params["out.W"][...] = 7.0
    np.testing.assert_array_equal(snapshots.states[0]["out.W"], own)


@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device():
    x = np.random.default_rng(3).normal(size=(5, 4))

    def case(put):
        rng = np.random.default_rng(1)
        networks = [network(rng, put) for _ in range(2)]
        snapshots = Snapshots()
        snapshots.end_epoch(1, 1.0, networks[0])
        return Ensemble(networks).predict(put(x)), snapshots.predict(networks[1], put(x))

    same_on_device(case)
