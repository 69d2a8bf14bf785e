"""The assignment on regularization is fair, strict, and says what it means."""

import pytest
from gate import Gate, alternatives, cells_of, failures, load, reference_of, report_on

from solutions.losses import accuracy


class TestRegularization(Gate):
    assignment = "07_regularization"
    minutes = 205


@pytest.mark.parametrize(
    ("name", "style", "seed"),
    [
        ("shift", "shift_by_index", 1919),
        ("shift", "shift_by_index", 2094),
        ("random_search", "search_drawn_first", 128),
        ("random_search", "search_drawn_first", 1270),
    ],
)
def test_what_is_drawn_otherwise_is_right_where_chance_leads_it_far_away(name, style, seed):
    """There a correlation, of what has none, is farthest from that of the reference's draws."""
    task = load("07_regularization").task(name)
    (other,) = [
        other
        for other in alternatives("07_regularization")[name]
        if style in {function.__name__ for function in other.values()}
    ]
    namespace = {**reference_of("07_regularization"), **other}
    assert failures(report_on("07_regularization", task, namespace, seed)) == []


def names_of(*lines, **names):
    """Run the cells in which one of these stands: names → values."""
    for cell in cells_of("07_regularization"):
        if cell.cell_type == "code" and any(one in cell.source for one in lines):
            exec(cell.source, names)
    return names


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_exact_zeros_is_so(seed):
    names = names_of("import numpy", "from solutions.regularization import L1", "def train_with_l1")
    as_gradient, by_step = (names["train_with_l1"](how, seed) for how in (True, False))
    assert (as_gradient[3:] == 0).sum() == 0
    assert abs(as_gradient[3:]).max() < 0.01
    assert (by_step[3:] == 0).sum() == 17
    for w in (as_gradient, by_step):
        assert w[:3] == pytest.approx([1.9, -0.9, 0.4], abs=0.11)
    assert as_gradient[:3] == pytest.approx(by_step[:3], abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_sampling_is_so(seed):
    exercises = [f"from solutions.regularization import {n}" for n in ("Dropout", "sampled")]
    names = names_of("import numpy", *exercises, "def train_with_dropout")
    ways, labels = names["train_with_dropout"](seed)
    share = {name: accuracy(probabilities, labels) for name, probabilities in ways.items()}
    sure = {name: probabilities.max(axis=1).mean() for name, probabilities in ways.items()}
    assert share["passes: 1"] < share["in test mode"] - 0.06
    for name in ("passes: 10", "passes: 100"):
        assert abs(share[name] - share["in test mode"]) < 0.035
    assert sure["passes: 100"] < sure["in test mode"] - 0.04
    assert abs(sure["passes: 100"] - sure["passes: 10"]) < 0.04


@pytest.mark.parametrize("seed", range(5))
def test_what_the_text_says_of_rates_by_powers_is_so(seed):
    names = names_of(
        "import numpy", "from solutions.regularization import log_uniform", "def evenly"
    )
    by_powers, evenly = (names["search_rate"](names[d], seed) for d in ("log_uniform", "evenly"))
    assert by_powers[0].score > 0.87
    assert 0.01 < by_powers[0].settings["rate"] < 0.3
    assert sum(trial.score > 0.5 for trial in by_powers) >= 3
    lucky = seed == 0  # as the text tells
    assert sum(trial.settings["rate"] < 0.3 for trial in evenly) == lucky
    assert all(trial.score < 0.2 for trial in evenly[lucky:]), "they guess"
