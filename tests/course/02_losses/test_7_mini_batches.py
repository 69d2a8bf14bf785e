"""What page 2.7 says of mini-batches, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/7_mini_batches"


def test_noise_of_a_mini_batch(names: dict[str, Any]) -> None:
    assert names["noise_exponent"] == pytest.approx(-0.5, abs=0.03)
    of_sum, of_mean = names["length_of_sum"], names["length_of_mean"]
    assert of_sum[-1] > 2.5 * of_sum[-2]
    assert 0.6 < of_mean[-1] / of_mean[-2] < 1.05
    assert names["noise"][0] / names["noise"][2] == pytest.approx(4, abs=0.4)


@pytest.mark.parametrize("steps", [1, 50])
def test_noise_at_other_weights_and_sizes(names: dict[str, Any], steps: int) -> None:
    w = 0.3 * np.random.default_rng(steps).normal(size=17) * steps
    each = names["x_train"] * (sigmoid(names["x_train"] @ w) - names["even"])[:, None]
    rng = np.random.default_rng(0)
    noise = []
    for size in (2, 10, 50, 250):
        means = each[rng.integers(0, len(each), size=(400, size))].mean(axis=1)
        noise.append(np.sqrt(((means - each.mean(axis=0)) ** 2).sum(axis=1).mean()))
    slope = np.polyfit(np.log([2, 10, 50, 250]), np.log(noise), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.04)


def test_an_epoch_deals_out_all_pictures(names: dict[str, Any]) -> None:
    dealt = names["dealt"]
    assert (len(names["x_train"]), len(dealt), dealt[-1], sum(dealt)) == (1011, 21, 11, 1011)


@pytest.mark.claim(
    "In three epochs, mini-batches of 10 or 50 bring this descent further than the whole set."
)
def test_mini_batches_come_further_than_the_whole_set(names: dict[str, Any]) -> None:
    lowest = names["lowest_losses"]
    assert max(lowest[10], lowest[50]) < lowest[1011] - 0.02
    assert np.log(2) - lowest[10] < 1.3 * (np.log(2) - lowest[50]), "only a little more"
    best = {s: names["rates"][v.argmin()] for s, v in names["validation_losses"].items()}
    assert best[10] <= best[50] <= best[1011]


@pytest.mark.claim(
    "In three epochs, mini-batches of 10 or 50 bring this descent further than the whole set."
)
@pytest.mark.parametrize("epochs", [1, 3])
def test_one_epoch_is_not_so_clear_and_three_are(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    monkeypatch.setitem(names, "gradient", by_formula(names))
    rates = {1011: np.geomspace(5, 100, 25), 50: (2, 3, 5, 7, 10), 10: (1, 2, 3, 5)}
    lowest = {
        size: min(names["loss_after"](size, rate, epochs, 3 if size < 1011 else 1) for rate in of)
        for size, of in rates.items()
    }
    if epochs == 1:
        assert lowest[1011] == pytest.approx(lowest[50], abs=0.1)
    else:
        assert max(lowest[10], lowest[50]) < lowest[1011] - 0.02


def test_the_gradient_of_the_sum_grows_less_than_the_batch(names: dict[str, Any]) -> None:
    rng, of_each = np.random.default_rng(1), names["of_each"]
    ten, many = (
        np.linalg.norm(of_each[rng.integers(0, 1011, (200, size))].sum(axis=1), axis=1).mean()
        for size in (10, 500)
    )
    assert 10 < many / ten < 50


@pytest.mark.parametrize("pair", [(2, 5), (1, 7)])
def test_the_noise_goes_where_every_sample_can_be_fitted(
    names: dict[str, Any], pair: tuple[int, int]
) -> None:
    chosen = np.isin(names["labels_train"], pair)
    x, t = names["x_train"][chosen], (names["labels_train"][chosen] == pair[1]).astype(float)
    w = np.zeros(17)
    for _ in range(3000):
        w = w - 10 * x.T @ (sigmoid(x @ w) - t) / len(t)
    of_each = x * (sigmoid(x @ w) - t)[:, None]
    at_the_start = x * (0.5 - t)[:, None]
    assert of_each.std(axis=0).max() < 0.15 * at_the_start.std(axis=0).max()


@pytest.mark.parametrize("epochs", [2, 6, 20])
@pytest.mark.parametrize("question", ["even", "at least 5", "a 3 or an 8"])
def test_mini_batches_at_other_epochs_rates_and_questions(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, epochs: int, question: str
) -> None:
    answer = {
        "even": lambda t: t % 2 == 0,
        "at least 5": lambda t: t >= 5,
        "a 3 or an 8": lambda t: np.isin(t, (3, 8)),
    }[question]
    monkeypatch.setitem(names, "gradient", by_formula(names))
    monkeypatch.setitem(names, "even", answer(names["labels_train"]).astype(float))
    new = answer(names["labels_validation"]).astype(float)
    monkeypatch.setitem(names, "even_validation", new)

    def lowest(size: int) -> float:
        rates = (0.1, 0.3, 1, 3, 10, 30, 100, 300)
        return min(names["loss_after"](size, rate, epochs, orders=2) for rate in rates)

    whole = lowest(1011)
    assert max(lowest(20), lowest(50)) < whole
    if epochs < 20:
        assert lowest(10) < whole


def test_the_whole_set_arrives_with_enough_epochs(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(names, "gradient", by_formula(names))
    late = min(names["loss_after"](1011, rate, epochs=1000, orders=1) for rate in (3, 10))
    assert late < names["lowest_losses"][10] + 0.005


def test_a_run_has_a_fixed_price(names: dict[str, Any]) -> None:
    of_run = names["microseconds"]
    assert of_run[10] < 2 * of_run[1]
    assert of_run[1] > 10 * of_run[1011] / 1011


def test_the_noise_ends_the_progress(names: dict[str, Any]) -> None:
    assert names["epochs_up"] >= 4
    assert names["kept"][-1] > names["divided"][-1] + 0.005
    (all_start, batch_start), (all_end, batch_end) = names["gradient_and_noise"].values()
    assert all_end < 0.5 * all_start, "the gradient becomes shorter"
    assert batch_end > 0.5 * batch_start, "the noise does not shrink with it"
    assert batch_end > 2 * all_end


@pytest.mark.parametrize(("size", "rate"), [(10, 3), (10, 30), (20, 10), (50, 30), (100, 30)])
def test_smaller_steps_help_at_other_sizes_and_rates(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, size: int, rate: float
) -> None:
    monkeypatch.setitem(names, "gradient", by_formula(names))
    (kept, divided), _ = names["fork"](size, rate)
    assert divided[-1] < kept[-1]


def by_formula(names: dict[str, Any]) -> Any:
    """Return a stand-in for the measured gradient, which is slow."""

    def gradient(w: np.ndarray, rows: np.ndarray) -> np.ndarray:
        x, t = names["x_train"][rows], names["even"][rows]
        return x.T @ (sigmoid(x @ w) - t) / len(t)

    return gradient


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -z))
