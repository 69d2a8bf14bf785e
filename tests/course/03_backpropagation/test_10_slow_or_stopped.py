"""What page 3.10 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "03_backpropagation/10_slow_or_stopped"


def test_deep_sigmoid_networks_guess_after_twelve_epochs(names: dict[str, Any]) -> None:
    reads = names["accuracy_at_depth"]
    assert min(reads["sigmoid, gain 1"][:2]) > 0.75, "two and three layers of sigmoids do learn"
    assert max(reads["sigmoid, gain 1"][2:]) < 0.25
    assert min(reads["tanh, gain 1"] + reads["ReLU, gain √2"]) > 0.7
    assert list(names["guessing_from"].values()) == [5, "never", "never"]


@pytest.mark.parametrize("rate", [0.1, 0.5, 5.0, 10.0])
def test_other_rates_do_not_help_five_layers_so_soon(names: dict[str, Any], rate: float) -> None:
    curve = names["learning_curve"](names["seed"], 5, names["Sigmoid"], 1, rate, epochs=12)
    assert curve[-1] < 0.25


@pytest.mark.claim("Five layers are slow, not stopped.")
def test_five_layers_are_slow_and_ten_are_stopped(names: dict[str, Any]) -> None:
    curves = names["patience"]
    waited = [np.argmax(curves[f"{depth} layers"] > 0.5) for depth in (3, 4, 5)]
    assert 0 < waited[0] < waited[1] - 4 < waited[2] - 12
    for depth in (3, 4, 5):
        assert names["ends"][f"{depth} layers"] > 0.8
    assert curves["10 layers"].max() < 0.25
    assert names["ends"]["10 layers, gain 4"] > 0.55
    assert names["learned"] == [3, 4, 5]


def test_no_rate_and_no_patience_help_ten_layers(names: dict[str, Any]) -> None:
    curve, sigmoid, seed = names["learning_curve"], names["Sigmoid"], names["seed"]
    for rate in ((0.1, 10.0), (0.3, 30.0), (1.0, 100.0))[seed]:
        assert curve(seed, 10, sigmoid, 1, rate, epochs=60).max() < 0.25, rate
    if seed == 0:
        assert curve(seed, 10, sigmoid, 1, 3.0, epochs=120).max() < 0.25


@pytest.mark.claim("Five layers are slow, not stopped.")
def test_five_layers_learn_at_a_rate_that_suits_them_alone(names: dict[str, Any]) -> None:
    curve, sigmoid, seed = names["learning_curve"], names["Sigmoid"], names["seed"]
    for rate in (0.3, 20.0):
        assert np.median(curve(seed, 5, sigmoid, 1, rate, epochs=60)[-5:]) < 0.5, rate
    assert np.median(curve(seed, 5, sigmoid, 1, 3.0, epochs=90)[-5:]) > 0.9


def test_inside_the_network_that_is_stopped(names: dict[str, Any]) -> None:
    assert names["first_change"] < 1e-3 < 0.03 < names["last_change"]
    assert names["spread"] < 1e-4
    assert names["answers"] == 1


@pytest.mark.claim(
    "Clipping widens the range of rates that survive. What else it brings depends on how "
    "badly the gradients explode"
)
def test_clipping_widens_the_range_of_rates(names: dict[str, Any]) -> None:
    def of(name: str) -> dict[float, tuple[int, int, float]]:
        """Return, by rate: how many losses are finite, how many there are, and the accuracy."""
        runs = ((rate, names["clipping"][name, rate]) for rate in (0.03, 0.1, 0.3, 1))
        return {
            rate: (int(np.isfinite(losses).sum()), len(losses), reads)
            for rate, (losses, reads) in runs
        }

    clipped, free = of("clipped to norm 1"), of("not clipped")
    for rate in (0.1, 0.3, 1):
        assert free[rate][0] < 30, "it should be lost within a few steps"
    assert names["survived"] == [0.03], "this rate should survive without clipping"
    assert all(finite == steps for finite, steps, _ in clipped.values())
    best = max(reads for _, _, reads in clipped.values())
    assert best == names["best"]["clipped to norm 1"] > 0.8
    assert max(clipped[0.03][2], clipped[1][2]) < best, "the best rate lies within the range"
    assert abs(best - free[0.03][2]) < 0.1, "each at its best rate they should be near each other"


@pytest.mark.claim(
    "Clipping widens the range of rates that survive. What else it brings depends on how "
    "badly the gradients explode"
)
def test_clipping_beyond_the_rates_shown(names: dict[str, Any]) -> None:
    run, seed = names["run_clipped_or_not"], names["seed"]
    _, reads = names["clipping"]["clipped to norm 1", 1]
    assert reads > 0.4, "it survives a rate that is far too large"
    losses, reads = run(seed, names["DeepNet"], 0.01, epochs=20)
    assert np.isfinite(losses).all()
    assert reads > 0.75
    losses, clipped = run(seed, names["ClippedNet"], 0.01, epochs=20)
    assert np.isfinite(losses).all()
    assert clipped < reads, "at a rate that is safe anyway the brake only slows it down"


def clipped_to(names: dict[str, Any], limit: float) -> type[Any]:
    """Return a DeepNet whose gradients have a joint norm of at most `limit`."""

    class Clipped(names["DeepNet"]):
        def loss_and_gradients(self, x: Any, labels: Any) -> tuple[float, dict[str, Any]]:
            loss, grads = super().loss_and_gradients(x, labels)
            return loss, names["clip_by_norm"](grads, limit)[0]

    return Clipped


def gain_of_clipping(
    names: dict[str, Any], gain: float, free_rates: Any, limit: float, rates: Any
) -> float:
    """Return by how much the clipped network ends higher, each at its best rate."""

    def best(kind: type[Any], rates: Any) -> float:
        reads = []
        for rate in rates:
            rng = np.random.default_rng(names["seed"])
            net = kind(names["deep_layers"](rng, 10, names["ReLU"], gain))
            losses, accuracies = names["train_deep"](net, rate, 10, rng)
            reads += [accuracies[-1]] if np.isfinite(losses).all() else []
        return max(reads)

    return best(clipped_to(names, limit), rates) - best(names["DeepNet"], free_rates)


@pytest.mark.claim(
    "Clipping widens the range of rates that survive. What else it brings depends on how "
    "badly the gradients explode"
)
@pytest.mark.parametrize(("limit", "rates"), [(0.1, (1, 3)), (10, (0.03, 0.1))])
def test_another_limit_gains_little_at_gain_2(
    names: dict[str, Any], limit: float, rates: tuple[float, ...]
) -> None:
    assert -0.1 < gain_of_clipping(names, 2, (0.01, 0.03), limit, rates) < 0.15


@pytest.mark.claim(
    "Clipping widens the range of rates that survive. What else it brings depends on how "
    "badly the gradients explode"
)
def test_clipping_gains_more_where_gradients_explode_faster() -> None:
    names = execute(PAGE, 0).names
    gained = [
        gain_of_clipping({**names, "seed": seed}, 3, (3e-4, 1e-3), 10, (0.01, 0.02))
        for seed in range(5)
    ]
    assert np.mean(gained) > 0.06
    assert -0.12 < min(gained) < 0.1 < max(gained) < 0.3


@pytest.mark.parametrize("rate", [1e-3, 0.03, 0.3])
def test_clipping_does_not_repair_a_bad_start(names: dict[str, Any], rate: float) -> None:
    kind = names["DeepNet"] if rate < 0.01 else names["ClippedNet"]
    losses, reads = names["run_clipped_or_not"](names["seed"], kind, rate, depth=20)
    assert reads < 0.7 or not np.isfinite(losses).all()


@pytest.mark.claim("the direction stays")
def test_clipping_by_norm_keeps_the_direction(names: dict[str, Any]) -> None:
    by_norm, by_element = names["clip_cosine"]
    assert by_norm == pytest.approx(1)
    assert by_element < 0.95
