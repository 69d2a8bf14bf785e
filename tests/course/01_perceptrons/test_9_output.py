"""What page 1.9 says of softmax and of untrained networks, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/9_output"


def test_sums_run_over_the_classes_of_one_sample(names: dict[str, Any]) -> None:
    assert names["sum_shapes"] == ((2,), (2, 1), (3,))
    np.testing.assert_allclose(names["shares"], [[0.25, 0.75, 0], [0.5, 0.1, 0.4]])


@pytest.mark.claim("Two classes are a sigmoid.")
@pytest.mark.claim("So softmax can be left out when only the answer counts")
def test_softmax_sums_to_one_and_keeps_the_order(names: dict[str, Any]) -> None:
    assert names["by_hand"] < 1e-12
    assert len(names["all_digits"]) == 1797
    assert names["order_differs"] == 0
    assert names["sum_deviation"] < 1e-12
    assert names["two_classes"] < 1e-12


@pytest.mark.claim("So softmax can be left out when only the answer counts")
@pytest.mark.parametrize("weight_std", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("sizes", [(64, 10), (64, 50, 10), (64, 20, 20, 20, 10)])
def test_the_order_is_kept_in_other_networks(
    names: dict[str, Any], weight_std: float, sizes: tuple[int, ...]
) -> None:
    params = names["init_network"](sizes, np.random.default_rng(names["seed"]), weight_std)
    logits = names["forward_network"](params, names["all_digits"])
    probabilities = names["softmax"](logits)
    np.testing.assert_array_equal(logits.argmax(axis=1), probabilities.argmax(axis=1))
    assert np.abs(probabilities.sum(axis=1) - 1).max() < 1e-12


def test_softmax_overflows_unless_each_row_is_shifted(names: dict[str, Any]) -> None:
    assert np.isnan(names["overflow"]).all()
    np.testing.assert_allclose(names["no_overflow"], names["shifted"])
    np.testing.assert_allclose(names["wrong_axis_sums"], [1, 0], atol=1e-12)
    assert np.isnan(names["one_maximum"]).all()
    np.testing.assert_allclose(names["row_maximum"][0], names["row_maximum"][1])
    one = names["z"][:1]
    np.testing.assert_allclose(np.exp(one) / np.exp(one).sum(), names["row_maximum"][:1])
    np.testing.assert_array_equal(np.exp(one) / np.exp(one).sum(axis=0), np.ones((1, 3)))
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(np.float32(88)))
        assert np.isinf(np.exp(np.float32(89)))


def test_random_networks_guess(names: dict[str, Any]) -> None:
    assert names["right"].mean() == pytest.approx(0.1, abs=0.01)
    assert 0.13 < names["right"].max() < 0.4
    assert names["best_on_test"] < 0.4
    assert names["favourites"] > 0.9, "nearly all"
    assert sum(param.size for param in names["networks"][0].values()) == 5090


@pytest.mark.parametrize("weight_std", [0.05, 3.0])
@pytest.mark.parametrize("sizes", [(64, 10), (64, 30, 10)])
def test_random_networks_of_other_sizes_guess(
    names: dict[str, Any], weight_std: float, sizes: tuple[int, ...]
) -> None:
    data, rng = names["data"], np.random.default_rng(100 + names["seed"])
    right = [
        (
            names["answers"](names["init_network"](sizes, rng, weight_std), data.x_test)
            == data.labels_test
        ).mean()
        for _ in range(300)
    ]
    assert np.mean(right) == pytest.approx(0.1, abs=0.015)


def test_single_layers_have_more_luck(names: dict[str, Any]) -> None:
    data, rng = names["data"], np.random.default_rng(100 + names["seed"])
    right = {(64, 10): [], (64, 50, 30, 10): []}
    for sizes, shares in right.items():
        for _ in range(80):
            params = names["init_network"](sizes, rng, 1.0 if len(sizes) == 2 else 0.5)
            shares.append((names["answers"](params, data.x_test) == data.labels_test).mean())
    single, deep = right.values()
    assert np.std(single) > 1.2 * np.std(deep)


@pytest.mark.parametrize("std", [0.01, 0.1, 0.5])
def test_a_random_network_gives_few_answers(names: dict[str, Any], std: float) -> None:
    shares = []
    for draw in range(10):
        rng = np.random.default_rng([names["seed"], draw])
        params = names["init_network"]((64, 50, 30, 10), rng, weight_std=std)
        counts = np.bincount(names["answers"](params, names["data"].x_train), minlength=10)
        shares.append(np.sort(counts)[-3:].sum() / counts.sum())
    assert min(shares) > 0.8
    assert np.median(shares) > 0.95


@pytest.mark.parametrize("std", [0.01, 0.5, 3.0])
def test_certain_or_not_a_random_network_guesses_on_average(
    names: dict[str, Any], std: float
) -> None:
    data, right = names["data"], []
    for draw in range(60):
        rng = np.random.default_rng([names["seed"], draw])
        params = names["init_network"]((64, 50, 30, 10), rng, weight_std=std)
        right.append((names["answers"](params, data.x_test) == data.labels_test).mean())
    assert np.mean(right) == pytest.approx(0.1, abs=0.015)


def test_squares_would_not_keep_the_order() -> None:
    logits = np.array([-3.0, 2.0])
    assert (logits**2).argmax() != logits.argmax()


@pytest.mark.claim(
    "A direction at each mistake takes this layer far beyond hundreds of blind tries."
)
def test_directions_beat_blind_tries(names: dict[str, Any]) -> None:
    assert names["blind"] < 0.5
    assert names["directed"] > names["blind"] + 0.3
    assert names["init_network"]((64, 10), np.random.default_rng(0))["W1"].size + 10 == 650


@pytest.mark.claim(
    "A direction at each mistake takes this layer far beyond hundreds of blind tries."
)
@pytest.mark.parametrize(("tries", "epochs"), [(50, 1), (2000, 1), (50, 10)])
def test_directions_beat_blind_tries_at_other_efforts(
    names: dict[str, Any], tries: int, epochs: int
) -> None:
    blind = names["best_of_random_layers"](tries, 100 + names["seed"])
    assert names["ten_perceptrons"](epochs) > blind + 0.3


def test_larger_weights_sound_more_certain_and_are_not_better(names: dict[str, Any]) -> None:
    small, middle, large = (names["certain"][std][0] for std in (0.01, 0.5, 3.0))
    assert small < 0.13
    assert small + 0.05 < middle < large
    assert large > 0.7
    assert max(right for _, right in names["certain"].values()) < 0.3


@pytest.mark.parametrize("stds", [(0.001, 0.1, 1.0), (0.03, 0.3, 10.0), (0.5, 1.0, 30.0)])
def test_certainty_comes_from_the_size_of_the_weights(
    names: dict[str, Any], stds: tuple[float, ...]
) -> None:
    data, surest = names["data"], []
    for std in stds:
        rng = np.random.default_rng(100 + names["seed"])
        logits = names["forward_network"](
            names["init_network"]((64, 50, 30, 10), rng, weight_std=std), data.x_train
        )
        surest.append(names["softmax"](logits).max(axis=1).mean())
        assert (logits.argmax(axis=1) == data.labels_train).mean() < 0.3
        favourites = np.sort(np.bincount(logits.argmax(axis=1), minlength=10))[-3:]
        assert favourites.sum() > 0.6 * len(logits)
    assert surest == sorted(surest)
