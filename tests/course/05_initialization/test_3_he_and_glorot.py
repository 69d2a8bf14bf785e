"""What page 5.3 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "05_initialization/3_he_and_glorot"


@pytest.mark.claim("A ReLU halves the second moment")
def test_a_relu_halves_the_second_moment(names: dict[str, Any]) -> None:
    for name, (moment, variance) in names["left"].items():
        if "slope" not in name:
            assert moment == pytest.approx(0.5, abs=0.04), name
            assert variance == pytest.approx(0.5 - 0.5 / np.pi, abs=0.05), name

    def of_signs(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        return rng.choice([-0.3, 0.3], shape)

    for slope in (0.0, 0.2, 0.5, -0.3):
        for inputs in (names["random_inputs"], names["x"]):
            moment, _ = names["shares_left"](names["seed"], inputs, of_signs, slope)
            assert moment == pytest.approx(0.5 * (1 + slope**2), abs=0.04)


def test_pictures_that_are_alike_leave_few_draws(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    positive = (names["x"] @ names["normal_weights"](rng, (64, 3000)) > 0).mean(axis=0)
    assert np.maximum(positive, 1 - positive).mean() > 0.75, "mostly of one sign"
    off = {
        kind: np.std(
            [names["shares_left"](seed, inputs, names["normal_weights"])[0] for seed in range(8)]
        )
        for kind, inputs in (("pixels", names["x"]), ("random", names["random_inputs"]))
    }
    assert off["pixels"] > 4 * off["random"]
    moment = names["left"]["pixels, normal weights"][0]
    sloped = names["left"]["... with slope 0.2 below 0"][0]
    assert sloped == pytest.approx(moment + 0.04 * (1 - moment))
    assert abs(moment - 0.5 - (sloped - 0.52)) < 0.003, "off by as much"


def test_lecun_loses_a_half_in_each_layer_and_he_does_not(names: dict[str, Any]) -> None:
    assert names["of_lecun"][29] == pytest.approx(0.5**14.5, rel=2)
    assert names["of_he"][29] / names["of_lecun"][29] == pytest.approx(2**14.5)
    for width, depth in ((300, 10), (400, 20)):
        for initializer, factor in ((names["lecun"], 0.5), (names["he"], 1.0)):
            logs = [
                np.log(
                    names["through"](
                        initializer, depth=depth, width=width, draw=10 * names["seed"] + k
                    )[-1]
                )
                for k in range(3)
            ]
            assert np.mean(logs) / (depth - 1) == pytest.approx(np.log(factor) / 2, abs=0.04)


def test_the_walk_is_wider_with_relus(names: dict[str, Any]) -> None:
    def spread(initializer: Any, activation: Any) -> float:
        ends = [
            names["through"](initializer, activation, depth=15, width=50, draw=k)[-1]
            for k in range(100 * names["seed"], 100 * names["seed"] + 60)
        ]
        return float(np.std(np.log(ends)))

    assert spread(names["he"], names["relu"]) > 1.2 * spread(names["lecun"], lambda s: s)


@pytest.mark.claim(
    "The mean of the fans shares the loss within one layer; in a deep network whose "
    "widths go up and down its losses multiply, while those of either fan cancel."
)
def test_each_fan_keeps_one_way(names: dict[str, Any]) -> None:
    for ((fan_in, fan_out), mode), (there, back) in names["one_layer"].items():
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
        assert there == pytest.approx(fan_in / fan, rel=0.12)
        assert back == pytest.approx(fan_out / fan, rel=0.12)


@pytest.mark.claim(
    "The mean of the fans shares the loss within one layer; in a deep network whose "
    "widths go up and down its losses multiply, while those of either fan cancel."
)
def test_the_mean_of_the_fans_loses_both_ways_where_widths_alternate(names: dict[str, Any]) -> None:
    assert names["signal_kept"] == names["gradient_kept"] == ["fan_in", "fan_out"]
    for found in names["ends"]["fan_avg"]:
        assert found == pytest.approx(names["mean_factor"], rel=0.5)
    for wide, narrow, pairs in ((150, 75, 8), (200, 40, 8)):
        sizes = [wide, narrow] * pairs + [wide]
        says = (4 * wide * narrow / (wide + narrow) ** 2) ** (pairs / 2)
        for mode in names["MODES"]:
            signal, gradient = names["deep_there_and_back"](names["seed"], sizes, mode)
            for factor in (signal[-1] / signal[0], gradient[0] / gradient[-1]):
                assert factor == pytest.approx(says if mode == "fan_avg" else 1, rel=0.5)


def test_over_many_layers_the_widths_cancel(names: dict[str, Any]) -> None:
    sizes = [320, 250, 200, 160, 130, 100, 80]  # narrower and narrower
    for mode, there, back in (("fan_in", 1, 80 / 320), ("fan_out", 320 / 80, 1)):
        signal, gradient = names["deep_there_and_back"](names["seed"], sizes, mode)
        assert signal[-1] / signal[0] == pytest.approx(np.sqrt(there), rel=0.25)
        assert gradient[0] / gradient[-1] == pytest.approx(np.sqrt(back), rel=0.25)


@pytest.mark.claim("For the signal the distribution does not matter; its variance does.")
def test_the_distribution_does_not_matter(names: dict[str, Any]) -> None:
    *corrected, uncorrected = names["arrives"].values()
    assert all(1 / 3 < factor < 3 for factor in corrected)
    assert uncorrected == pytest.approx(0.8796**29, rel=0.9)
    logs: dict[str, list[float]] = {}
    for k in range(8):
        for name, make in names["makers"].items():
            end = names["through"](make, depth=10, draw=10 * names["seed"] + k)[-1]
            logs.setdefault(name, []).append(np.log(end))
    for name, values in logs.items():
        loss = 9 * np.log(0.8796) if "not" in name else 0.0
        assert np.mean(values) == pytest.approx(loss, abs=0.35), name


def test_the_default_of_pytorch_loses_the_input(names: dict[str, Any]) -> None:
    assert names["bare_rms"] == pytest.approx(np.sqrt(1 / 6) ** 30, rel=3)
    assert names["default_rms"] > 1e-2 > 1e-9 > names["default_differs"]
    for width, depth in ((50, 30), (400, 20)):
        rms, differs = names["default_of_pytorch"](names["seed"], depth, width)
        assert differs < 1e-4 * rms
    rms, differs = names["default_of_pytorch"](names["seed"], 3)
    assert differs > 0.2 * rms, "three layers survive it"


def test_what_goes_wrong_does(names: dict[str, Any]) -> None:
    confused = names["through"](lambda shape, rng: rng.normal(0, 2 / shape[0], shape), width=100)
    assert 0.05 < confused[10] ** (1 / 10) < 0.3
    absolute = names["through"](names["lecun"], np.abs, depth=10, width=400)
    assert absolute[-1] == pytest.approx(1, abs=0.4)
    even = np.arange(400) % 2 == 0

    def both_halves(s: np.ndarray) -> np.ndarray:
        return np.where(even, np.maximum(s, 0), -np.maximum(-s, 0))

    assert names["through"](names["he"], both_halves, 10, 400)[-1] == pytest.approx(1, abs=0.5)


def test_the_mean_of_the_fans_strays_less_in_a_short_or_narrowing_network(
    names: dict[str, Any],
) -> None:
    for sizes in ([240, 60, 240], [320, 250, 200, 160, 130, 100, 80]):
        strays = {}
        for mode in names["MODES"]:
            signal, gradient = names["deep_there_and_back"](names["seed"], sizes, mode)
            ways = signal / signal[0], gradient / gradient[-1]
            strays[mode] = max(np.abs(np.log(way)).max() for way in ways)
        assert strays["fan_avg"] < min(strays["fan_in"], strays["fan_out"])


def test_a_cut_at_two_of_numbers_of_the_size_of_weights_cuts_nothing(names: dict[str, Any]) -> None:
    weights = np.random.default_rng(names["seed"]).normal(0, 0.1, 200_000)
    assert np.abs(weights).max() < 2, "PyTorch's limits, where no others are given"
