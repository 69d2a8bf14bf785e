"""What the benchmark of the GPU makes of the clock, of slow sides, and of a machine without one."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import gpu
import pytest

from solutions.arrays import to_device

NUMPY = gpu.Side("NumPy", lambda array: array, gpu.nothing)


def test_the_clock_is_read_after_the_wait_and_the_first_round_is_left_out() -> None:
    """A device that computes when it is waited for: 100 seconds at first, then 3, 5 and 4."""
    now, told = [0.0], [0.0]
    works = iter([100.0, 3.0, 5.0, 4.0])

    def call() -> None:
        told[0] += next(works)

    def wait() -> None:
        now[0] += told[0]
        told[0] = 0.0

    assert gpu.timed({"step": call}, wait, rounds=3, clock=lambda: now[0]) == {"step": 4.0}


def test_who_is_slow_is_not_asked_for_larger_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "CASES", {"a case": lambda side, batch: {side.name: gpu.nothing}})
    monkeypatch.setattr(gpu, "whole", lambda parts: parts)

    def timed(parts: dict[str, Any], wait: Any, rounds: int) -> dict[str, float]:
        return {"step": 1.0 if "slow" in parts else 0.01}

    monkeypatch.setattr(gpu, "timed", timed)
    present = [gpu.Side(name, None, gpu.nothing) for name in ("slow", "fast")]  # type: ignore[arg-type]
    rows = gpu.step_rows(present, (1, 4, 16), rounds=3)
    assert [list(row["seconds"]) for row in rows] == [["slow", "fast"], ["fast"], ["fast"]]


def test_a_step_consists_of_its_parts() -> None:
    (row,) = gpu.split_rows([NUMPY], batch=2, rounds=1)
    parts = ["transfer", "forward", "loss and its gradient", "backward", "update"]
    assert list(row["seconds"]) == parts
    assert all(seconds >= 0 for seconds in row["seconds"].values())


@pytest.mark.parametrize("case", gpu.CASES)
def test_our_cases_stay_on_the_device(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the stand-in for CuPy, which refuses what CuPy refuses."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "solutions"))
    monkeypatch.setitem(sys.modules, "cupy", importlib.import_module("device").FakeCupy())
    parts = gpu.CASES[case](gpu.Side("CuPy", to_device, gpu.nothing), 2)
    for _ in range(2):
        gpu.whole(parts)["step"]()


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "gpu_available", lambda: False)
    with pytest.raises(SystemExit, match="No GPU that CuPy can compute with: nothing was measured"):
        gpu.main([])


def run(monkeypatch: pytest.MonkeyPatch, stored: Path, *options: str) -> None:
    """Run the script with small sizes, and a place of our own for what it stores."""
    monkeypatch.setattr(gpu, "STORED", stored)
    monkeypatch.setattr(gpu, "sides", lambda with_gpu: [NUMPY])
    gpu.main([*options, "--batches", "1", "2", "--rounds", "1"])


def test_what_needs_no_gpu_runs_without_and_stores_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, tmp_path / "gpu.json", "--without-gpu")
    assert not list(tmp_path.iterdir())
    printed = capsys.readouterr().out
    assert printed.startswith("no GPU, ")
    assert "LeNet step, batch of 2: NumPy " in printed


def test_with_a_gpu_figures_are_stored_where_the_page_reads_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (
        ("gpu_available", lambda: True),
        ("device", lambda with_gpu: "a stand-in"),
        ("versions", lambda with_gpu: "none"),
        ("memory_rows", lambda batches: [{"batch": 1, "bytes": 2**20}]),
    ):
        monkeypatch.setattr(gpu, name, value)
    run(monkeypatch, tmp_path / "gpu.json")
    figures = json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8"))
    assert figures["device"] == "a stand-in"
    assert {"date", "versions", "split", "memory"} <= set(figures)
    assert {row["case"] for row in figures["steps"]} == set(gpu.CASES)
    assert all(row["seconds"]["NumPy"] > 0 for row in figures["steps"])


def test_the_place_is_the_pages() -> None:
    assert Path("course/08_convolution/gpu.json") == gpu.STORED.relative_to(
        Path(gpu.__file__).parents[2]
    )
