"""The assignment on initialization is fair, strict, and says what it means."""

import contextlib
import itertools

import numpy as np
import pytest
from gate import Gate, cells_of, load, reference_of, report_on

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.data import digits
from solutions.initialization import (
    Record,
    dead_units,
    gradient_shares,
    he,
    small_random,
)
from solutions.losses import accuracy
from solutions.optimizers import SGD, DivergedError, Network, Trainer


class TestInitialization(Gate):
    assignment = "05_initialization"
    minutes = 200


@pytest.mark.parametrize("seed", [108, 1670, 3702])
def test_uniform_connections_are_refused_where_they_look_most_like_normal_ones(seed):
    """There the two shares beyond one standard deviation are nearest to each other."""
    sparse = load("05_initialization").task("sparse")
    (wrong,) = [one.wrong for one in sparse.misconceptions if one.name == "uniform_values"]
    namespace = reference_of("05_initialization", wrong)
    assert report_on("05_initialization", sparse, namespace, seed).failed == {"values"}


def names_of_the_last_part(seed):
    """Run the first cell, and those on what goes on inside, with another seed: names → values."""
    names, is_inside = {}, False
    for cell in cells_of("05_initialization"):
        is_inside = is_inside or "## What goes on inside" in cell.source
        code = cell.source.replace("default_rng(0)", f"default_rng({seed})")
        needed = is_inside or cell.source.startswith(("import itertools", "from solutions"))
        if cell.cell_type == "code" and needed and not code.startswith("check("):
            exec(code, names)
    return names


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_dead_units_and_of_sick_runs_is_so(seed, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = names_of_the_last_part(seed)
    counts = {rate: names["count_the_dead"](rate) for rate in (0.03, 0.1, 0.3, 1.0)}
    assert all(on_batch >= on_all for on_all, on_batch, _ in counts.values())
    assert all(counts[rate][0] <= 30 < 0.5 * counts[1.0][0] for rate in (0.03, 0.1, 0.3))

    found = {name: " ".join(sentences) for name, (sentences, _) in names["runs"].items()}
    assert found["healthy"] == ""
    assert "first loss exceeds" in found["weights too large"]
    assert names["runs"]["weights too large"][1] > 0.4
    assert "gradient in affine1 is" in found["weights too small"]
    assert "dead" in found["rate too large"]
    assert "first loss" not in found["rate too large"]
    assert "the gradient in" not in found["rate too large"]


def test_what_tells_the_two_causes_of_one_symptom_apart():
    """How run B ends depends on roundings, as it comes near an overflow: it is not asserted."""
    starts = {"A": (lambda shape, rng: small_random(shape, rng, 0.01), 0.1), "B": (he, 1.2)}
    early, first = {}, {}
    for run, (start, rate) in starts.items():
        rng, data, sizes = np.random.default_rng(1000), digits(seed=0), (64, 100, 100, 100, 100)
        layers = []
        for shape in itertools.pairwise(sizes):
            layers += [Affine(start(shape, rng), np.zeros(shape[1])), ReLU()]
        net = Network([*layers, Affine(start((100, 10), rng), np.zeros(10))])
        record = Record()
        trainer = Trainer(net, SoftmaxWithLoss(), SGD(net.params, rate), rng, recorder=record)
        with np.errstate(over="ignore"), contextlib.suppress(DivergedError):
            trainer.fit(data.x_train, data.labels_train, epochs=4)
        ratios = [float(np.median(ratios[:10])) for ratios in record.update_ratios.values()]
        early[run] = max(ratios)
        norms = {name: norms[:1] for name, norms in record.gradient_norms.items()}
        first[run] = gradient_shares(norms)["affine1"]
        if run == "A":
            assert np.mean(record.step_loss[-20:]) == pytest.approx(2.303, abs=0.002)
            assert accuracy(net.predict(data.x_test), data.labels_test) < 0.12
            assert all(max(ratios[-20:]) == 0 for ratios in record.update_ratios.values())
            hidden = data.x_train
            for layer in [*net.layers.values()][:-1]:
                hidden = layer.forward(hidden)
            assert dead_units(hidden) == 100
    assert early["A"] < 1e-4
    assert early["B"] > 0.2
    assert first["A"] < 1e-3
    assert first["B"] > 0.5
