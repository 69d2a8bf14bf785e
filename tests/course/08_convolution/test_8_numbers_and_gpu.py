"""What page 8.8 says of float16, of loss scaling, and of when a GPU pays."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from chapter import execute

from course.drawing import gpu_times

PAGE = "08_convolution/8_numbers_and_gpu"


@pytest.mark.claim("Steps are coarse.")
@pytest.mark.claim("There is an end at the top")
@pytest.mark.claim("There is an end at the bottom.")
def test_what_16_bits_hold(names: dict[str, Any]) -> None:
    eps, largest, smallest = names["limits"]["float16"]
    assert largest == 65504
    assert eps == pytest.approx(9.8e-4, rel=0.01)
    assert smallest == pytest.approx(6e-8, rel=0.01)
    assert names["one_more"] == 2048
    assert names["product"] == math.inf
    assert names["small"] == 0
    assert np.float16(2.9e-8) == 0 < np.float16(3.1e-8)
    lost = [abs(float(np.float16(one)) / one - 1) for one in np.geomspace(1e-7, 5e-5, 50)]
    kept = [abs(float(np.float16(one)) / one - 1) for one in np.geomspace(7e-5, 6e4, 50)]
    assert max(kept) < 5e-4 < 0.01 < max(lost)
    assert float(names["total"]) == 2048
    assert names["wide_sum"] == 5000
    assert float(names["weight16"]) == 1
    assert float(names["weight32"]) == pytest.approx(1.1, abs=1e-3)
    with np.errstate(over="ignore"):
        assert np.isinf(np.float16(256) * np.float16(256))
    numbers = np.arange(2048, 4096, dtype=np.float32).astype(np.float16)
    assert len(np.unique(numbers[numbers < 4096])) == 1024


def test_a_trained_network_predicts_alike_in_float16(names: dict[str, Any]) -> None:
    assert names["read"] > 0.9
    assert names["changed"] <= 0.01 * 449
    assert names["off"] < 0.005
    assert names["changed32"] == 0
    assert names["off32"] < 1e-5


@pytest.mark.parametrize("options", [{"epochs": 5}, {"epochs": 30}, {"rate": 0.003}], ids=str)
def test_so_it_does_after_other_trainings(options: dict[str, float]) -> None:
    names = execute(PAGE, 0).names
    data = names["digits"](seed=4)
    network = names["trained"](data, 4, **options)
    changed, off = names["changed_by"](np.float16, network, data.x_test)
    assert changed <= 0.01 * 449
    assert off < 0.005


@pytest.mark.claim(
    "Memory is a question of arithmetic, and halves everywhere; time is a question of "
    "*hardware*, and of the library."
)
def test_memory_halves_and_time_does_not(names: dict[str, Any]) -> None:
    assert names["kib"]["float16"] == names["kib"]["float32"] / 2 == names["kib"]["float64"] / 4
    assert names["taken"]["float16"] > 2 * names["taken"]["float32"]


def test_gradients_vanish_unless_the_loss_is_scaled(names: dict[str, Any]) -> None:
    results = names["results"]
    right = {name: result[0] for name, result in results.items()}
    assert right["float32"] > 0.8
    assert right["float16, scaled"] == pytest.approx(right["float32"], abs=0.02)
    assert right["float16"] < 0.3
    assert results["float16"][2] > 0.95
    assert results["float16, scaled"][2] < 0.02


@pytest.mark.parametrize(
    "options", [{"rate": 0.003}, {"rate": 0.03}, {"batch": 128}, {"steps": 200}], ids=str
)
def test_so_it_is_in_other_trainings(options: dict[str, float]) -> None:
    names = execute(PAGE, 0).names
    data = names["digits"](seed=3)
    plain = names["train16"](data, 3, names["no_scale"](), **options)[0]
    wide = names["train16"](data, 3, names["no_scale"](), stored=names["as_it_is"], **options)[0]
    scaled = names["train16"](data, 3, names["LossScale"](2.0**15), **options)[0]
    assert plain < 0.3
    assert wide > plain + 0.2
    assert scaled == pytest.approx(wide, abs=0.02)


def test_with_the_whole_loss_nothing_bad_happens(names: dict[str, Any]) -> None:
    plain = names["train16"](names["data"], 5, names["no_scale"](), share=1)[0]
    wide = names["train16"](names["data"], 5, names["no_scale"](), names["as_it_is"], share=1)[0]
    assert plain == pytest.approx(wide, abs=0.02)


def test_the_share_does_not_matter_in_float32() -> None:
    names = execute(PAGE, 0).names
    rights = [
        names["train16"](names["data"], 6, names["no_scale"](), names["as_it_is"], share=share)[0]
        for share in (1, 1e-3, 1e-5)
    ]
    assert max(rights) - min(rights) < 0.02


def test_an_epsilon_as_large_as_usual_is_felt_beside_a_small_share(names: dict[str, Any]) -> None:
    stored = names["as_it_is"]
    felt = names["train16"](names["data"], names["seed"], names["no_scale"](), stored, eps=1e-8)[0]
    assert felt < names["results"]["float32"][0] - 0.01


def test_the_factor_finds_its_place(names: dict[str, Any]) -> None:
    factors = names["factors"]
    assert factors[0] == 2.0**40
    assert 3 <= names["first_good"] < names["skipped"] < 30
    assert (np.diff(factors) > 0).any(), "it rises again"
    assert np.log2(factors[60:]).max() - np.log2(factors[60:]).min() <= 3
    assert names["found"] == pytest.approx(names["results"]["float32"][0], abs=0.07)


def test_bfloat16_is_eight_times_as_coarse(names: dict[str, Any]) -> None:
    assert 8 * names["limits"]["float16"][0] == 2.0**-7


def test_the_model_crosses_where_it_says(names: dict[str, Any]) -> None:
    seconds, cpu, gpu = names["model_seconds"], names["CPU"], names["GPU"]
    for one, crossing in zip((names["mlp"], names["cnn"]), names["pays"], strict=True):
        assert seconds(gpu, crossing, *one) < seconds(cpu, crossing, *one)
        assert seconds(gpu, crossing - 1, *one) >= seconds(cpu, crossing - 1, *one)
    assert names["pays"][0] > 20 * names["pays"][1]
    assert names["pays"][0] > 256, "hundreds of samples"
    few, many = (seconds(gpu, batch, *names["mlp"]) for batch in (1, 256))
    assert many < 1.05 * few, "the flat part"
    assert names["pays_from"](names["mlp"], gpu={**gpu, "bandwidth": 1e8}) is None


@pytest.mark.parametrize("factor", [0.3, 3])
@pytest.mark.parametrize("what", ["call", "bandwidth", "rate"])
def test_more_work_for_each_call_pays_earlier_for_other_numbers(what: str, factor: float) -> None:
    names = execute(PAGE, 0).names
    gpu = {**names["GPU"], what: factor * names["GPU"][what]}
    small, large = (names["pays_from"](names[one], gpu=gpu) for one in ("mlp", "cnn"))
    assert small > 5 * large


def test_operations_are_those_of_the_layers(names: dict[str, Any]) -> None:
    network = names["digits_cnn"](np.random.default_rng(0))
    weights = {name: p for name, p in network.params.items() if p.ndim > 1}
    pixels = (64, 16, 1)
    assert names["cnn"][2] == 6 * sum(
        n * W.size for n, W in zip(pixels, weights.values(), strict=True)
    )
    network = names["network_of"](np.random.default_rng(0))
    assert names["mlp"][2] == 6 * sum(p.size for p in network.params.values() if p.ndim > 1)


# The cell that measures on a GPU, in its three branches -------------------------------------------


def no_gpu() -> bool:
    return False


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """The page's names, without a GPU, and with a place of our own for what is stored."""
    names = execute(PAGE, 0).names
    monkeypatch.setitem(names, "gpu_available", no_gpu)
    monkeypatch.setattr(gpu_times, "STORED", tmp_path / "gpu.json")
    return names


def test_without_a_gpu_and_without_figures_it_says_so(page: dict[str, Any]) -> None:
    (line,) = page["measure_gpu"]()
    assert line.startswith("No GPU was at hand")
    assert not any(character.isdigit() for character in line)


def test_without_a_gpu_it_shows_what_is_stored(page: dict[str, Any]) -> None:
    figures = {
        "device": "a card",
        "date": "2000-01-01",
        "versions": "CuPy 0",
        "steps": [{"case": "LeNet", "batch": 64, "seconds": {"NumPy": 0.02, "CuPy": 0.004}}],
    }
    gpu_times.STORED.write_text(json.dumps(figures), encoding="utf-8")
    head, row = page["measure_gpu"]()
    assert head == "No GPU here. Stored: a card, 2000-01-01, CuPy 0:"
    assert row == "LeNet, batch of    64: NumPy 20.00 ms, CuPy 4.00 ms"


def test_with_a_gpu_it_measures_and_waits(
    page: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in that tells whether it was asked to finish before the clock was read."""
    waits: list[int] = []
    device = SimpleNamespace(synchronize=lambda: waits.append(1))
    fake = SimpleNamespace(cuda=SimpleNamespace(Device=lambda: device))
    monkeypatch.setitem(sys.modules, "cupy", fake)
    monkeypatch.setattr(fake, "ndarray", type("ndarray", (), {}), raising=False)
    moved: list[Any] = []
    monkeypatch.setattr(page["Trainer"], "to_device", lambda self: moved.append(self))
    monkeypatch.setitem(page, "gpu_available", lambda: True)
    head, *rows = page["measure_gpu"](batch_sizes=(4, 8))
    assert head.startswith("Measured here and now")
    assert [row.split(":")[0].split() for row in rows] == [
        ["batch", "of", "4"],
        ["batch", "of", "8"],
    ]
    assert len(moved) == 2
    assert len(waits) == 2 * 6, "after each step, the first one included"


def test_nothing_is_stored_that_nobody_measured() -> None:
    """What is stored names its device, its date and the versions."""
    figures = gpu_times.stored_figures()
    if figures is not None:
        assert {"device", "date", "versions", "steps"} <= set(figures)
