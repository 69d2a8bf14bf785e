"""What page 8.6 says of pictures: what they show of a network, and what they would show anyway."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "08_convolution/6_pictures"


@pytest.mark.claim("Noisy filters, where smooth ones are expected, are a warning:")
def test_filters_become_smooth_where_there_is_something_to_find(names: dict[str, Any]) -> None:
    before, after, by_chance = names["rough"]
    assert 0.9 < before < 1.3
    assert after < 0.75
    assert by_chance > 0.9
    assert names["told"] > 0.95
    assert names["told_by_chance"] < 0.5


@pytest.mark.claim("Noisy filters, where smooth ones are expected, are a warning:")
@pytest.mark.parametrize(
    ("case", "smooth"),
    [
        ({"noise": 0.5}, True),
        ({"noise": 1.5}, True),
        ({"rate": 0.005, "epochs": 24}, True),
        ({"rate": 0.03}, True),
        ({"rate": 1e-4}, False),
        ({"epochs": 0}, False),
        ({"noise": 0.5, "at_random": True}, False),
        ({"noise": 1.5, "at_random": True}, False),
    ],
    ids=str,
)
def test_noisy_filters_are_a_warning_in_other_cases_too(case: dict[str, Any], smooth: bool) -> None:
    names = execute(PAGE, 0).names
    seeds = (3, 4) if smooth else (3,)
    found = [names["roughness"](names["stripe_filters"](seed, **case)[1]) for seed in seeds]
    assert max(found) < 0.8 if smooth else min(found) > 0.88


def test_noisy_filters_are_no_proof() -> None:
    names = execute(PAGE, 0).names
    found = [names["stripe_filters"](seed, noise=0.5, epochs=1) for seed in range(8)]
    assert min(told for _, _, told in found) > 0.6
    assert np.mean([told for _, _, told in found]) > 0.85
    assert min(names["roughness"](after) for _, after, _ in found) > 0.8


def test_stripes_have_the_roughness_that_the_page_says(names: dict[str, Any]) -> None:
    images, labels = names["stripes"](np.random.default_rng(names["seed"]), noise=0.0)
    assert 0.45 < names["roughness"](images) < 0.6
    assert set(labels.tolist()) == {0, 1, 2, 3}


@pytest.mark.claim("Most digits are read, and the filters have hardly moved in these five epochs.")
def test_filters_of_digits_hardly_move(names: dict[str, Any]) -> None:
    assert names["read"] > 0.9
    assert names["same"] > 0.9
    assert min(names["on_digits"]) > 0.8


def test_first_maps_are_much_as_before_the_training_and_second_ones_are_not(
    names: dict[str, Any],
) -> None:
    assert [found.shape for found in names["maps"]] == [(16, 1, 8, 8), (32, 1, 4, 4)]
    assert names["kept"][0] > 0.7
    assert names["kept"][1] < 0.65
    images = names["x_test"][5:15]
    untrained = names["reader"](np.random.default_rng(names["seed"]))
    assert np.array_equal(untrained.params["conv1.W"], names["start"])
    for n in range(len(images)):
        found, before = (
            names["maps_of"](net, images[n : n + 1]) for net in (names["net"], untrained)
        )
        first, second = map(names["correlation"], found, before)
        assert first.mean() > second.mean() + 0.1


@pytest.mark.parametrize("F", [3, 5])
def test_random_filters_are_a_little_rougher_than_one(F: int) -> None:
    W = np.random.default_rng(F).normal(size=(5000, 1, F, F))
    assert execute(PAGE, 0).names["roughness"](W) == pytest.approx(F**2 / (F**2 - 1), rel=0.01)


def test_slope_times_image_is_0_off_the_ink_for_any_weights(names: dict[str, Any]) -> None:
    x, labels = names["x_read"], names["labels_read"]
    for net in (names["net"], names["other"]):
        found = names["times_image"](net, x, labels)
        assert (found[x[:, 0] == 0] == 0).all()


@pytest.mark.claim("Most digits are read, and the filters have hardly moved in these five epochs.")
@pytest.mark.parametrize(("F", "rate"), [(3, 0.003), (5, 0.001), (5, 0.01)])
def test_so_they_do_at_other_sizes_and_rates(F: int, rate: float) -> None:
    names = execute(PAGE, 0).names
    net, start, x, labels = names["trained_reader"](3, F, rate=rate)
    assert names["accuracy"](net.predict(x), labels) > 0.85
    trained = net.params["conv1.W"]
    assert names["correlation"](start, trained).mean() > (0.75 if rate == 0.01 else 0.9)
    assert names["roughness"](trained) > 0.8 * names["roughness"](start)


def test_layers_behind_read_digits_with_filters_that_stay_as_drawn() -> None:
    names = execute(PAGE, 0).names
    rng, data = np.random.default_rng(3), names["digits"](seed=3, dtype=np.float32)
    net = names["reader"](rng)
    net.freeze("conv1")
    names["learn"](net, data.x_train.reshape(-1, 1, 8, 8), data.labels_train, rng, 5, 0.003)
    logits = net.predict(data.x_test.reshape(-1, 1, 8, 8))
    assert names["accuracy"](logits, data.labels_test) > 0.9


def test_the_map_of_the_probability_fades(names: dict[str, Any]) -> None:
    of_logit, of_probability = names["factors"]
    assert 0.5 < of_logit < 2
    assert of_probability > 10
    x, labels = names["x_test"][:5], names["labels_test"][:5]
    net, softmax, step = names["net"], names["softmax"], 1e-2

    def p(images: Any) -> Any:
        return softmax(net.predict(images.astype(np.float64)))[np.arange(5), labels]

    slope = names["probability_map"](net, x, labels)[:, 3, 3]
    ahead, behind = x.astype(np.float64), x.astype(np.float64)
    ahead[:, 0, 3, 3] += step
    behind[:, 0, 3, 3] -= step
    assert np.allclose(np.abs(p(ahead) - p(behind)) / (2 * step), slope, rtol=0.1, atol=1e-3)


@pytest.mark.claim(
    "A map that random weights would give as well shows the image, and not the network."
)
def test_random_weights_give_another_saliency_and_the_same_product(names: dict[str, Any]) -> None:
    saliency, product = names["by_random"]
    assert saliency < 0.35
    assert product > 0.4
    assert product > saliency + 0.2
    assert len(names["x_read"]) == 100
    assert names["by_twin"][0] > saliency + 0.15, "what was learned is alike"
    assert names["by_twin"][1] < product + 0.18, "and here it is only a little more alike"


@pytest.mark.claim(
    "A map that random weights would give as well shows the image, and not the network."
)
@pytest.mark.parametrize(("seed", "F"), [(3, 3), (4, 5)])
def test_so_it_is_with_other_networks(seed: int, F: int) -> None:
    names = execute(PAGE, 0).names
    net, _, x, labels = names["trained_reader"](seed, F)
    read = net.predict(x).argmax(axis=1) == labels
    x, labels = x[read][:100], labels[read][:100]
    saliency, product = names["sanity"](net, x, labels, partial(names["reader"], F=F))
    assert product > saliency + 0.2
    of_logit, of_probability = names["fading"](net, x, labels)
    assert of_probability > 5 * of_logit


def test_what_must_not_be_covered_depends_on_the_grey(names: dict[str, Any]) -> None:
    assert names["alike"] <= 10
    assert names["ink_dark"] > 0.5
    assert names["ink_bright"] < 0.35
    assert names["low_between"] > names["low_dark"] + 0.15
    assert names["low_between"] > names["low_bright"] + 0.15


def test_zeros_whose_hole_is_filled_are_no_zeros(names: dict[str, Any]) -> None:
    x, labels = names["x_test"], names["labels_test"]
    zeros = (names["net"].predict(x).argmax(axis=1) == 0) & (labels == 0)
    worst = names["worst_places"](names["net"], x[zeros][:20], labels[zeros][:20], 1.0)
    places, low, _ = worst
    assert low < 0.25
    assert np.mean([1 <= i <= 4 and 1 <= j <= 4 for i, j in places]) > 0.9


@pytest.mark.parametrize("size", [2, 4])
def test_so_it_does_with_other_squares(size: int) -> None:
    names = execute(PAGE, 0).names
    worst = partial(names["worst_places"], names["net"], names["x_read"], names["labels_read"])
    (dark, _, ink_dark), (bright, _, ink_bright) = worst(0.0, size), worst(1.0, size)
    assert sum(a == b for a, b in zip(dark, bright, strict=True)) <= 10
    assert ink_dark > ink_bright + 0.15


def test_layer_by_layer_less_is_known(names: dict[str, Any]) -> None:
    first, second, pooled, logits = names["known"].values()
    assert first > 0.99
    assert first > second > pooled > logits + 0.1
    assert second > 0.93
    assert logits < 0.75
    for _, losses in names["found"].values():
        assert losses[-1] < 0.15 * losses[0]
    assert names["agree"] == 1
    assert np.abs(names["p_found"].max(axis=1) - names["p_six"].max(axis=1)).max() < 0.1


@pytest.mark.parametrize(("steps", "rate"), [(100, 0.3), (200, 0.15)])
def test_so_it_is_with_other_steps(steps: int, rate: float) -> None:
    names = execute(PAGE, 0).names
    x = names["x_six"]

    def known(layer: str) -> float:
        found, _ = names["inverted"](names["net"], x, layer, 5, steps, rate)
        return float(names["correlation"](found, x).mean())

    assert known("relu1") > known("pool2") + 0.02
    assert known("pool2") > known("affine") + 0.1
