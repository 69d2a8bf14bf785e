"""What page 2.12 says of the price of a gradient, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/12_too_slow"


@pytest.mark.claim("two runs of $f$ for every parameter.", page="02_losses/4_slopes")
def test_measured_gradients_are_too_slow(names: dict[str, Any]) -> None:
    bill = names["bill"]
    parameters = list(bill)
    assert parameters[:2] == [170, 3760]
    assert parameters[-1] == pytest.approx(1e6, rel=0.01)
    assert [runs for runs, _, _ in bill.values()] == [2 * p for p in parameters]
    assert names["years"] > 0.3
    assert names["growth"] > 1.3, "the bill should grow faster than the number of parameters"


@pytest.mark.claim(
    "One random direction sees, on average, the share $1/P$ of the gradient's square."
)
def test_random_directions_come_further_run_for_run(names: dict[str, Any]) -> None:
    assert names["mean_share"] == pytest.approx(1 / 170, rel=0.1)
    same_runs = names["same_runs"]
    assert same_runs["directions"] < same_runs["gradient"] - 0.3
    assert names["same_steps"] > same_runs["gradient"] + 0.5, "step for step: almost worthless"


@pytest.mark.claim(
    "One random direction sees, on average, the share $1/P$ of the gradient's square."
)
@pytest.mark.parametrize("parameters", [3, 40, 1000])
def test_the_share_of_the_gradient_that_a_random_direction_sees(parameters: int) -> None:
    rng = np.random.default_rng(parameters)
    gradient = rng.exponential(size=parameters) ** 3  # some elements far larger than others
    d = rng.normal(size=(4000, parameters))
    cosines = d @ gradient / np.linalg.norm(d, axis=1) / np.linalg.norm(gradient)
    assert np.mean(cosines**2) == pytest.approx(1 / parameters, rel=0.1)


@pytest.mark.parametrize("steps", [2, 10])
@pytest.mark.parametrize("outputs", [1, 10])
def test_random_directions_with_other_sizes_and_steps(
    names: dict[str, Any], steps: int, outputs: int
) -> None:
    x, labels = names["x_train"][:300], names["labels_train"][:300]
    targets = (labels == 8)[:, None] * 1.0 if outputs == 1 else names["targets"][:300]
    W0, start = np.zeros((17, outputs)), np.random.default_rng(1)

    def gradient(W: np.ndarray) -> np.ndarray:
        z = x @ W
        y = np.exp(-np.logaddexp(0, -z)) if outputs == 1 else names["softmax"](z)
        return x.T @ (y - targets) / len(x)

    def loss(W: np.ndarray) -> float:
        z = x @ W
        if outputs == 1:
            return float((np.logaddexp(0, z) - targets * z).mean())
        return names["softmax_cross_entropy"](z, targets)

    def along_directions(rate: float) -> float:
        W = W0
        for _ in range(steps * W0.size):
            d = start.normal(size=W0.shape)
            d /= np.linalg.norm(d)
            W = W - rate * (gradient(W) * d).sum() * d
        return loss(W)

    rates = 10.0 ** np.arange(0, 3.5, 0.5)
    with_gradient = min(loss(names["with_gradient"](gradient, W0, r, steps)) for r in rates)
    by_formula = min(
        loss(names["with_gradient"](gradient, W0, r, steps * W0.size)) for r in rates[2:]
    )
    directions = min(along_directions(r) for r in rates[2:6])
    assert by_formula < directions
    if outputs == 10:  # for a single unit with 17 weights it may be the other way round
        assert directions < with_gradient


def test_the_formula_costs_a_run_or_two(names: dict[str, Any]) -> None:
    assert names["largest_difference"] < 1e-8
    assert names["runs_of_formula"] < 4
    assert names["times_faster"] > 50
    assert names["with_formula"] < names["same_runs"]["directions"] - 0.1
