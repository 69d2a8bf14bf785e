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
    steps = {name: found[0] for name, found in names["valley"].items()}
    assert 2 * steps["momentum 0.5"] < steps["gradient descent"] < steps["momentum 0.9"]

    places = [names["rates"].index(rate) for rate in (0.01, 0.3)]
    low, high = ({name: all_[place] for name, all_ in names["losses"].items()} for place in places)
    assert sorted(low, key=low.get)[:2] in (["Adam", "RMSProp"], ["RMSProp", "Adam"])
    assert low["SGD"] > 2.2
    assert max(low["Adam"], low["RMSProp"]) < 0.6
    assert min(high, key=high.get) == "Momentum"
    assert set(sorted(high, key=high.get)[-2:]) == {"Adam", "RMSProp"}
    best = {name: min(losses) for name, losses in names["losses"].items()}
    assert best["Momentum"] < best["Adam"] + 0.1

    late = {}
    for make in (names["AdaGrad"], names["RMSProp"]):
        lengths = [names["step_lengths"](make, names[run]) for run in ("bad_start", "calm")]
        late[make.__name__] = (lengths[0] / lengths[1])[5:] >= 0.5
    assert not late["AdaGrad"].any()
    assert late["RMSProp"].argmax() == 68
    first = names["steps_of"](names["AdamWithoutCorrection"], 12, beta1=0.9, beta2=0.999)
    assert np.allclose(first[[0, 11]], [3.16, 6.57], atol=0.01)
    assert abs(names["walk_on_batches"](names["Rprop"])) > 1000
    assert all(abs(names["walk_on_batches"](names[n])) < 1 for n in ("SGD", "RMSProp", "Adam"))
