"""What page 8.4 says of how far a unit sees, and of the memory that training takes."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.optimizers import SGD, Adam, Momentum

PAGE = "08_convolution/4_sight_and_memory"
NUMPY_2 = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="NumPy 1 takes more or less in between"
)


@pytest.mark.claim("Strides multiply")
def test_the_field_is_what_is_drawn_and_measured(names: dict[str, Any]) -> None:
    field = names["receptive_field"]
    assert field(names["plain"]) == names["drawn_plain"] == 7
    assert field(names["pooled"]) == names["drawn_pooled"] == 18
    assert all(computed == measured for computed, measured in names["widths"].values())


@pytest.mark.claim("Strides multiply")
@pytest.mark.parametrize(
    "layers",
    [
        [(3, 1)] * 6,
        [(5, 2), (3, 1), (2, 2), (3, 1)],
        [(3, 1), (3, 3), (3, 1)],
        [(7, 2), (3, 2), (3, 1)],
        [(2, 1), (4, 3), (5, 1)],
    ],
    ids=str,
)
def test_so_it_is_for_other_layers(layers: list[tuple[int, int]]) -> None:
    """Layer by layer, as the page derives it: r_l = r_{l−1} + (k_l − 1) s_1 … s_{l−1}."""
    names = execute(PAGE, 0).names
    field = 1
    for i, (window, _) in enumerate(layers):
        field += (window - 1) * math.prod(stride for _, stride in layers[:i])
    assert names["receptive_field"](layers) == field
    assert {names["seen_width"](layers, np.random.default_rng(s)) for s in (5, 6)} == {field}


def test_influence_follows_the_law_of_the_random_walk(names: dict[str, Any]) -> None:
    for depth, deviation in names["deviations"].items():
        assert deviation == pytest.approx(math.sqrt(2 * depth / 3), rel=0.25), depth
    found = names["found_widths"]
    assert list(found.values()) == sorted(found.values())
    assert found[20] < 0.5 * 41
    shares = [found[depth] / (2 * depth + 1) for depth in (2, 5, 10, 20)]
    assert shares == sorted(shares, reverse=True)
    assert found[20] < 3.2 * found[2]  # ten times the layers, √10 times the width
    assert found[20] == pytest.approx(2 * 1.96 * math.sqrt(2 * 20 / 3), abs=3)


@pytest.mark.parametrize(("depth", "window"), [(5, 5), (10, 5), (30, 3)])
def test_so_it_does_at_other_depths_and_windows(depth: int, window: int) -> None:
    names = execute(PAGE, 0).names
    of_depth = names["influence"](depth, 3, window=window, networks=12)
    law = math.sqrt(depth * (window**2 - 1) / 12)
    assert names["standard_deviation"](of_depth) == pytest.approx(law, rel=0.25)
    assert names["middle_width"](of_depth) < (0.8 if depth == 5 else 0.6) * len(of_depth)


@pytest.mark.claim(
    "Near the input, with a batch of 32, the weights that were saved are small change beside the "
    "activations that were added."
)
def test_three_small_windows_have_fewer_weights_and_more_activations(names: dict[str, Any]) -> None:
    assert names["one"] / names["three"] == pytest.approx(49 / 27)
    assert round(100 * (names["one"] / names["three"] - 1)) == 81
    assert names["first_one"] < names["first_three"] / 5
    saved, added = names["saved_and_added"](64, 56)
    assert added == 2 * 32 * 64 * 56 * 56 * 4 / 2**20  # two pictures more
    assert saved < 0.05 * added
    for channels, size in ((16, 28), (32, 56), (64, 112), (64, 224), (128, 56)):
        saved, added = names["saved_and_added"](channels, size)
        assert saved < 0.06 * added, (channels, size)


@pytest.mark.claim(
    "Near the input, with a batch of 32, the weights that were saved are small change beside the "
    "activations that were added."
)
def test_with_small_maps_and_many_channels_the_weights_decide(names: dict[str, Any]) -> None:
    memory = names["saved_and_added"]
    for channels, size, batch_size in ((64, 56, 32), (64, 56, 8), (32, 28, 8), (128, 28, 32)):
        saved, added = memory(channels, size, batch_size)
        assert saved < 0.5 * added
    for channels, size, batch_size in ((512, 7, 32), (512, 7, 64), (256, 7, 32), (512, 14, 32)):
        saved, added = memory(channels, size, batch_size)
        assert saved > 2 * added
    for channels, size, N in ((64, 56, 1), (128, 56, 1), (64, 112, 8), (512, 7, 32), (512, 7, 512)):
        saved, added = memory(channels, size, N)
        assert saved / added == pytest.approx(44 * channels / (N * size**2))


@pytest.mark.parametrize("C", [8, 32, 256, 512])
def test_so_it_is_for_any_number_of_channels(C: int) -> None:
    weights = execute(PAGE, 0).names["stack_weights"]
    assert weights(7, C) / weights(3, C, layers=3) == 49 / 27
    # From three channels, one of 7 × 7 has fewer weights as soon as C is larger than 6.
    assert 9 * 3 * C + weights(3, C, layers=2) > 49 * 3 * C


def test_activations_overtake_the_rest_where_the_page_says(names: dict[str, Any]) -> None:
    network, estimate = names["network"], names["estimate"]
    activations, *learned = estimate(network, names["batch_even"], Adam)
    assert activations > sum(learned)
    activations, *learned = estimate(network, names["batch_even"] - 1, Adam)
    assert activations <= sum(learned)
    counts = [estimate(network, 1, kind)[3] for kind in (SGD, Momentum, Adam)]
    parameters = estimate(network, 1, SGD)[1]
    assert counts == [0, parameters, 2 * parameters]


@NUMPY_2
def test_the_account_meets_the_peak_and_the_estimate_is_too_small(names: dict[str, Any]) -> None:
    for parts, account, peak in names["answers"].values():
        assert account.total == pytest.approx(peak, rel=0.2)
        assert 0.35 * peak < sum(parts) < 0.85 * peak
    parts, account, peak = names["answers"][1]
    assert sum(parts) < peak / 2, "by more than half at worst"
    assert account.activations + account.gradients < 0.05 * peak
    _, account, peak = names["answers"][128]
    learned = account.parameters + account.parameter_gradients + account.optimizer_state
    assert learned < 0.25 * peak, "most of it belongs to the samples"
    assert account.activations < names["answers"][128][0][0], "the layers keep less"


@NUMPY_2
@pytest.mark.parametrize("optimizer", [SGD, Momentum, Adam])
@pytest.mark.parametrize("options", [{"channels": 8, "hidden": 64}, {"hidden": 300}], ids=str)
def test_so_it_is_for_other_networks_and_optimizers(
    optimizer: Any, options: dict[str, int]
) -> None:
    names = execute(PAGE, 0).names
    for batch_size in (4, 64):
        rng = np.random.default_rng(1)
        parts, account, peak = names["three_answers"](batch_size, optimizer, rng, **options)
        assert account.total == pytest.approx(peak, rel=0.2)
        assert 0.35 * peak < sum(parts) < 0.85 * peak


@NUMPY_2
def test_with_a_large_batch_another_optimizer_saves_little() -> None:
    peak = execute(PAGE, 0).names["peak_bytes"]
    sgd, adam = (peak(128, kind, np.random.default_rng(2)) for kind in (SGD, Adam))
    assert 0.85 * adam < sgd < adam


def test_a_prediction_needs_two_neighbours(names: dict[str, Any]) -> None:
    assert names["numbers"][:3] == [784, 16 * 784, 16 * 784]
    assert names["largest_pair"] == 2 * 16 * 784 < 0.6 * sum(names["numbers"])


def test_layers_keep_their_inputs_after_a_prediction() -> None:
    network = execute(PAGE, 0).names["small_cnn"](np.random.default_rng(0))
    pictures = np.ones((64, 1, 28, 28), np.float32)
    tracemalloc.start()
    network.predict(pictures)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held > 64 * 4 * 16 * 14 * 14, "at least the input of the second convolution"


@pytest.mark.claim(
    "The rows add up to 15.2 million numbers, or 58 MiB: they are right, and their total is not."
)
def test_the_rows_of_vgg_add_up_to_less_than_their_total(names: dict[str, Any]) -> None:
    assert names["vgg_activations"] / 4e6 == pytest.approx(15.24, abs=0.005)
    assert names["vgg_activations"] / 2**20 == pytest.approx(58.1, abs=0.05)
    assert names["vgg_learned"][0] == 4 * 138_357_544
    assert sum(shape[1:] != () for shape in names["vgg_parameters"]) == 16


def test_sizes_that_can_be_halved(names: dict[str, Any]) -> None:
    assert names["halvings"] == {28: 2, 32: 5, 96: 5, 100: 2, 224: 5}
