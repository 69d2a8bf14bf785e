"""What page 6.8 says of internal covariate shift: measured, put back, and not the reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "06_normalization/8_shift"


@pytest.mark.claim(
    "The network with the most shift learns as well as the one with the least, nearly."
)
def test_the_shift_is_there_and_is_removed_and_put_back(names: dict[str, Any]) -> None:
    assert 0.25 < names["plain_shift"] < 0.6
    assert names["normed_shift"] < 0.005
    assert names["noisy_shift"] > 1.2 * names["plain_shift"]


@pytest.mark.parametrize(("rate", "into"), [(0.05, "relu6"), (0.1, "affine7"), (0.2, "relu4")])
def test_the_shift_at_other_rates_and_layers(names: dict[str, Any], rate: float, into: str) -> None:
    plain, normed, noisy = (
        names["shift_of_inputs"](names["seed"], norm, rate, 2, into)
        for norm in names["KINDS"].values()
    )
    assert plain > 0.05
    assert normed < 0.02 * plain
    assert noisy > plain


@pytest.mark.claim(
    "The network with the most shift learns as well as the one with the least, nearly."
)
def test_the_effect_stays_without_its_cause(names: dict[str, Any]) -> None:
    plain, normed, noisy = names["read"].values()
    assert plain[0] > 0.84
    assert plain[1] < 0.84
    assert plain[2] < 0.3
    assert min(normed) > 0.92
    assert min(noisy) > 0.89
    assert max(np.subtract(normed, noisy)) < 0.08, "a few points"


@pytest.mark.claim(
    "The network with the most shift learns as well as the one with the least, nearly."
)
def test_it_stays_if_the_noise_differs_from_sample_to_sample(names: dict[str, Any]) -> None:
    class OfEachSample(names["NoisyBatchNorm"]):  # type: ignore[misc]
        def forward(self, x: np.ndarray) -> np.ndarray:
            y = super().forward(x)
            spread = self.training * self.rng.uniform(0, 0.5, size=y.shape[1])
            return y + spread * self.rng.normal(size=y.shape)

    for rate in (0.1, 1.0):
        assert names["share_read"](names["seed"], OfEachSample, rate) > 0.87


@pytest.mark.claim(
    "The network with the most shift learns as well as the one with the least, nearly."
)
@pytest.mark.parametrize("depth", [4, 8])
def test_it_stays_at_other_depths(names: dict[str, Any], depth: int) -> None:
    sizes = (64, *[80] * depth, 10)
    plain, _, noisy = (
        names["share_read"](names["seed"], norm, 1.0, epochs=6, sizes=sizes)
        for norm in names["KINDS"].values()
    )
    assert plain < 0.3
    assert noisy > 0.85


def test_stronger_noise_costs_more(names: dict[str, Any]) -> None:
    def strong(width: int) -> Any:
        return names["NoisyBatchNorm"](width, scale=2.0, shift=1.5)

    share = names["share_read"](names["seed"], strong, 0.1)
    assert 0.6 < share < names["read"]["noisy batch norm"][0]


def test_the_gradients_are_calmer_at_one_rate_only(names: dict[str, Any]) -> None:
    cosines = names["cosines"]
    assert cosines["plain", 0.03] > cosines["batch norm", 0.03]
    assert cosines["plain", 0.1] < cosines["batch norm", 0.1]
    assert all(0.3 < cosine < 0.99 for cosine in cosines.values())
    for norm in (None, names["batch_norm"]):
        assert names["share_read"](names["seed"], norm, 0.03, epochs=10) > 0.85


@pytest.mark.claim("With batch normalization the gradient can be followed much further.")
def test_a_gradient_can_be_followed_further(names: dict[str, Any]) -> None:
    best, along = names["best_step"], names["along"]
    assert best["batch norm"] > 6 * best["plain"]
    assert along["batch norm"].min() < 0.5 < along["plain"].min()
    assert names["at_one"]["batch norm"] < 0.6
    assert names["at_one"]["plain"] > 2
    assert all(found[0] < 1 for found in along.values()), "a short step keeps its promise"


@pytest.mark.claim("With batch normalization the gradient can be followed much further.")
def test_it_can_after_three_epochs(names: dict[str, Any]) -> None:
    plain, normed = (
        names["losses_along"](names["seed"], norm, epochs=3) for norm in (None, names["batch_norm"])
    )
    assert names["STEPS"][normed.argmin()] > 6 * names["STEPS"][plain.argmin()]
    assert normed.min() < plain.min()


@pytest.mark.claim("With batch normalization the gradient can be followed much further.")
def test_at_the_start_it_can_be_followed_less_far(names: dict[str, Any]) -> None:
    plain, normed = (
        names["losses_along"](names["seed"], norm, epochs=0) for norm in (None, names["batch_norm"])
    )
    best = names["STEPS"][[plain.argmin(), normed.argmin()]]
    assert 1.8 < best[1] / best[0] < 5
    assert normed.min() < plain.min()


def test_it_learns_with_a_drift_as_well(names: dict[str, Any]) -> None:
    """The answer to the question: a slow wave of ±1 and back within fifty steps."""

    class Drifting(names["NoisyBatchNorm"]):  # type: ignore[misc]
        def __init__(self, width: int) -> None:
            super().__init__(width, scale=1.0, shift=0.0)
            self.steps, self.phase = 0, self.rng.uniform(0, 2 * np.pi, size=width)

        def forward(self, x: np.ndarray) -> np.ndarray:
            y = super().forward(x)
            self.steps += self.training
            return y + self.training * np.sin(2 * np.pi * self.steps / 50 + self.phase)

    assert names["share_read"](names["seed"], Drifting, 0.3) > 0.8
    assert names["share_read"](names["seed"], Drifting, 1.0) > 0.8
