"""The assignment on optimizers is fair, strict, and says what it means."""

import numpy as np
import pytest
from gate import Gate, cells_of


class TestOptimizers(Gate):
    assignment = "04_optimizers"
    minutes = 205


def names_of_the_first_part(seed):
    """Run the text's cells on optimizers, with another seed; return the names that they define."""
    names = {}
    for cell in cells_of("04_optimizers"):
        if "## Rates" in cell.source:
            return names
        if cell.cell_type == "code" and not cell.source.startswith("check("):
            exec(cell.source.replace("default_rng(0)", f"default_rng({seed})"), names)
    raise AssertionError("the second part has another title")


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_its_runs_is_so(seed, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = names_of_the_first_part(seed)
    rolled = {name: [run[0] for run in runs] for name, runs in names["rolled"].items()}
    for name in ("momentum 0.9", "Nesterov 0.9"):
        assert rolled[name][0] > 2.5 * rolled[name][1], name
    assert rolled["gradient descent"][0] == rolled["gradient descent"][1]
    assert all(rolled[name][0] <= rolled[name][1] for name in ("momentum 0.5", "Nesterov 0.5"))
    assert rolled["momentum 0.5"][0] < rolled["momentum 0.5"][1]
    usual = names["CURVATURES"].copy()
    names["CURVATURES"][:] = [0.005, 2.0]
    heavy = names["balls"]["momentum 0.9"]
    assert names["best_of"](heavy, False)[0] < names["best_of"](heavy, True)[0]
    names["CURVATURES"][:] = usual

    shares = {
        rule: [names["way_of"](names[rule], n) / names["way_of"](names[rule], 1) for n in (10, 100)]
        for rule in ("SGD", "AdaGrad", "RMSProp")
    }
    assert np.allclose(shares["SGD"], [0.1, 0.01])
    assert np.allclose(shares["AdaGrad"], [0.3, 0.08], atol=0.02)
    assert np.allclose(shares["RMSProp"], [0.25, 0.032], atol=0.005)

    uncorrected = {
        beta1: names["steps_of"](names["AdamWithoutCorrection"], 100, beta1=beta1, beta2=0.999)
        for beta1 in (1 - 0.001**0.5, 0.99)
    }
    right, slow = uncorrected.values()
    assert right[0] == pytest.approx(1)
    assert right[99] == pytest.approx(3, abs=0.2)
    assert slow[0] < 0.5 < 2 < slow[99]

    place = {n: names["walk_on_batches"](names["Rprop"], n) for n in (1, 2, 5, 10)}
    assert place[1] < -1000
    assert max(abs(place[n]) for n in (2, 5, 10)) < 0.5
    for rule in ("SGD", "RMSProp", "Adam"):
        assert all(abs(names["walk_on_batches"](names[rule], n)) < 1 for n in place), rule

    losses, rates = names["losses"], names["rates"]
    ones = [rates.index(rate) for rate in (0.03, 0.1, 0.3)]
    hundredths = [rates.index(rate) for rate in (0.0003, 0.001, 0.003)]
    for rule in ("SGD", "Momentum"):
        found = [[losses[rule, 1][k] for k in ones], [losses[rule, 100][k] for k in hundredths]]
        assert np.allclose(*found, rtol=1e-6), rule
        assert np.argmin(losses[rule, 1]) - np.argmin(losses[rule, 100]) == 4, rule
    for rule in ("AdaGrad", "RMSProp", "Adam"):
        moved = [losses[rule, factor][: rates.index(0.03)] for factor in (1, 100)]
        assert np.allclose(*moved, rtol=0.02), rule
        assert abs(int(np.argmin(losses[rule, 1])) - int(np.argmin(losses[rule, 100]))) <= 2, rule


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_limits_and_batches_is_so(seed, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {}
    for cell in cells_of("04_optimizers"):
        wanted = ("import", "def limit_from", "def noise_on_digits")
        if cell.cell_type == "code" and any(word in cell.source for word in wanted):
            exec(cell.source.replace("default_rng(0)", f"default_rng({seed})"), names)
        if "def noise_on_digits" in cell.source:
            break
    limits = names["limits"]
    assert np.allclose(limits[(-7.0, 2.0), 0] + limits[(-7.0, 2.0), 30], 1, atol=0.001)
    assert np.allclose(limits[(-7.0, 0.0), 0], 20, atol=0.01)
    short, long = limits[(-7.0, 0.0), 30]
    assert 1 < long < 1.05 < short < 1.5
    assert names["mixed_noise"][0] / names["mixed_noise"][-1] == pytest.approx(8, rel=0.2)
    assert names["sorted_noise"][-1] > 0.75 * names["sorted_noise"][0]
    assert names["mixed_cosines"][-1] > 0.65
    assert max(names["sorted_cosines"]) < 0.3
