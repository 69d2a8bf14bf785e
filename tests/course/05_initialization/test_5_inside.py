"""What page 5.5 says of its histograms and trainings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

PAGE = "05_initialization/5_inside"


def look(names: dict[str, Any], name: str, start: str, **shape: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(names["seed"])
    net = names["new_network"](rng, names["ACTIVATIONS"][name], names["STARTS"][start], **shape)
    return names["inside"](net, names["x"], names["labels"])


@pytest.mark.claim(
    "with std 1, where most units are saturated, the gradient does not vanish: "
    "it *grows* on its way back."
)
def test_saturated_tanh_has_a_growing_gradient(names: dict[str, Any]) -> None:
    assert all(share > 0.8 for share in names["saturated"]["std 1"])
    ratio = {case[1]: value for case, value in names["first_to_fifth"].items() if case[0] == "tanh"}
    assert 20 < ratio["std 1"] < 45
    assert ratio["std 0.01"] == pytest.approx(1e-4, rel=0.5)
    assert 0.4 < ratio["1/√n"] < 0.8
    outputs = names["looked_into"]["tanh", "std 0.01"][1]
    for before, after in pairwise(outputs):
        assert names["rms"](after) == pytest.approx(0.1 * names["rms"](before), rel=0.15)


@pytest.mark.claim(
    "with std 1, where most units are saturated, the gradient does not vanish: "
    "it *grows* on its way back."
)
@pytest.mark.parametrize("width", [30, 60, 200])
def test_it_grows_at_other_widths(names: dict[str, Any], width: int) -> None:
    _, outputs, gradients = look(names, "tanh", "std 1", width=width)
    assert names["rms"](gradients[0]) > 3 * names["rms"](gradients[-1])
    assert (np.abs(outputs[-1]) > 0.95).mean() > 0.6


def test_a_few_units_carry_the_gradient(names: dict[str, Any]) -> None:
    assert names["carried"]["std 1"] > 0.9
    assert names["carried"]["1/√n"] < 0.75
    for layer in range(5):
        _, outputs, gradients = names["looked_into"]["tanh", "std 1"]
        at_sums = gradients[layer] * (1 - outputs[layer] ** 2)
        assert names["share_of_top_tenth"](at_sums) > 0.85


def test_other_units_in_each_picture(names: dict[str, Any]) -> None:
    """Ten units of a hundred, drawn twice, have one in common."""
    _, outputs, gradients = names["looked_into"]["tanh", "std 1"]
    at_sums = (gradients[0] * (1 - outputs[0] ** 2)) ** 2
    order = np.sort(at_sums, axis=1)
    assert (order[:, -10:].sum(axis=1) / order.sum(axis=1)).mean() > 0.9
    top = np.argsort(at_sums, axis=1)[:, -10:]
    common = [len(set(a) & set(b)) for a, b in pairwise(top.tolist())]
    assert np.mean(common) < 2


def test_with_relu_the_spread_over_pictures_falls_while_the_rms_stays(
    names: dict[str, Any],
) -> None:
    _, outputs, _ = look(names, "ReLU", "√(2/n)", hidden=20)
    first, last = outputs[0], outputs[-1]
    shares = [y.std(axis=0).mean() / names["rms"](y) for y in (first, last)]
    assert shares[1] < 0.5 * shares[0]
    assert 0.45 < names["rms"](last) / names["rms"](first) < 0.72
    assert 0.17 < last.std(axis=0).mean() / first.std(axis=0).mean() < 0.25


def groups(names: dict[str, Any]) -> tuple[list[Any], list[Any], list[Any]]:
    small = [case for case, spread in names["spreads"].items() if spread < 0.01]
    large = [case for case, ratio in names["first_to_fifth"].items() if ratio > 20]
    between = [case for case in names["spreads"] if case not in small and case not in large]
    return small, large, between


@pytest.mark.claim("Of the sigmoids only those with std 1 learn")
@pytest.mark.claim("All three networks with std 0.01 pass it, and learn nothing.")
def test_two_numbers_tell_who_learns(names: dict[str, Any]) -> None:
    small, large, between = groups(names)
    assert len(small) == 5 == len(between)
    assert large == [("tanh", "std 1"), ("ReLU", "std 1")]
    after = names["twelve"]
    assert all(2.25 < after[case] < 2.35 for case in small)
    assert all(after[case] > 2.25 for case in large)
    assert all(names["spreads"][case] > 0.9 for case in large)
    assert all(after[case] < 1.6 for case in between)
    assert all(0.03 < names["spreads"][case] < 1 for case in between)
    assert names["learning_sigmoids"] == ["std 1"]
    assert {(name, "std 0.01") for name in names["ACTIVATIONS"]} < set(small)
    firsts = {case: found[0] for case, found in names["looked_into"].items()}
    assert all(firsts[name, "std 0.01"] < 2.33 for name in names["ACTIVATIONS"])
    assert all(firsts[case] > 10 for case in large)


def test_unit_values_of_their_own_fill_the_histogram(names: dict[str, Any]) -> None:
    for start in ("1/√n", "√(2/n)"):
        y = names["looked_into"]["sigmoid", start][1][-1]
        assert y.std() > 0.08
        assert y.std(axis=0).mean() < 0.03 * y.std()


@pytest.mark.claim("All three networks with std 0.01 pass it, and learn nothing.")
def test_other_rates_and_budgets(names: dict[str, Any]) -> None:
    small, _, between = groups(names)
    seed, best, x = names["seed"], names["best_loss"], names["x"]
    activations, starts = names["ACTIVATIONS"], names["STARTS"]
    for name, start in small:
        if start == "√(2/n)" or name == "ReLU":
            rates = (0.003, 1.0, 3.0)
            assert best(seed, activations[name], starts[start], x, rates, 120) > 2.25
    for name, start in between[:2]:
        assert best(seed, activations[name], starts[start], x, (0.05, 0.2), 120) < 1.3
    tanh = best(seed, activations["tanh"], starts["std 1"], x, (0.03, 0.1), 300)
    relu = best(seed, activations["ReLU"], starts["std 1"], x, (3e-5, 1e-4, 3e-4), 300)
    assert max(tanh, relu) < 2.2, "what is too large learns later"


@pytest.mark.claim("Each of the four fixes lowers the loss, after 50 steps as after 200.")
def test_each_fix_lowers_the_loss(names: dict[str, Any]) -> None:
    befores, afters = zip(*names["mended"].values(), strict=True)
    assert befores[0] > 10
    assert all(before < 2.4 for before in befores[1:])
    assert afters[1] < afters[0] / 1.5
    assert all(a / 25 < b < a / 2 for a, b in pairwise(afters[1:]))
    assert names["falls"].argmax() == 0
    factors = [a / b for a, b in pairwise(afters)]
    assert max(factors[1:]) > factors[0]


@pytest.mark.claim("Each of the four fixes lowers the loss, after 50 steps as after 200.")
@pytest.mark.parametrize("steps", [50, 200])
def test_each_fix_with_other_budgets(names: dict[str, Any], steps: int) -> None:
    afters = [after for _, after in names["mend"](names["seed"], steps).values()]
    assert all(b < a for a, b in pairwise(afters)), afters


@pytest.mark.claim("The top layer saturates first, and at 0")
def test_the_top_layer_of_sigmoids_saturates_first(names: dict[str, Any]) -> None:
    assert names["first_layer"] == 4
    assert names["first_epoch"] <= 2
    assert names["sigmoid_means"][names["first_epoch"], 3] < 0.05
    assert names["most"]["sigmoid"][3] > 0.9
    assert names["most"]["sigmoid"][:3].max() < 0.05
    assert 0.65 < names["sigmoid_means"][:, 2].max() < 0.8
    assert names["most"]["sigmoid"][2] < 0.005
    assert names["most"]["sigmoid − ½"].max() < 0.02
    assert 1 / 3 < names["sigmoid_shares"][-1, 3] < 2 / 3
    assert names["sigmoid_means"][:, :3].min() > 0.15
    assert names["sigmoid_means"][:, :3].max() < 0.85
    assert names["sigmoid_loss"][-1] < 1.6
    back = names["sigmoid_means"][-1, 3]
    assert back > 0.06 > names["sigmoid_means"][:, 3].min()
    assert names["centred_loss"][-1] < 0.7 * names["sigmoid_loss"][-1]


@pytest.mark.claim("The top layer saturates first, and at 0")
@pytest.mark.parametrize(
    ("rate", "epochs", "hidden"), [(1.5, 3, 3), (1.5, 3, 5), (3.0, 2, 4), (0.5, 6, 4)]
)
def test_the_top_layer_at_other_depths_and_rates(
    names: dict[str, Any], rate: float, epochs: int, hidden: int
) -> None:
    losses, means, shares = names["watch"](names["seed"], names["Sigmoid"], rate, epochs, hidden)
    first = int((shares > 0.5).any(axis=1).argmax())
    assert first >= 1
    assert shares[first].argmax() == hidden - 1
    assert means[first, -1] < 0.1
    assert losses[first] > 2.1


@pytest.mark.claim("The top layer saturates first, and at 0")
@pytest.mark.parametrize("rate", [1.0, 2.0])
def test_the_top_layer_at_other_rates(names: dict[str, Any], rate: float) -> None:
    losses, means, shares = names["watch"](names["seed"], names["Sigmoid"], rate, 12)
    first = int((shares > 0.5).any(axis=1).argmax())
    assert shares[first].argmax() == 3
    assert first <= 2
    assert means[first, 3] < 0.1
    assert losses[first] > 2.2
    centred, _, others = names["watch"](names["seed"], names["CentredSigmoid"], rate, 12)
    assert centred[-1] < losses[-1]
    assert others[centred > 2.25].max() < 0.02
