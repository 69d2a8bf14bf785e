"""What a GPU gains: the same code with NumPy and with CuPy, and PyTorch beside both.

Run with ``make bench-gpu`` where CuPy finds a GPU. The figures go, with device, date and versions,
where page 8.8 reads them. ``--without-gpu`` runs what needs none, and writes nothing.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy and PyTorch read it

import numpy as np  # noqa: E402
from torch_lenet import torch_lenet  # noqa: E402

from course.drawing.gpu_times import STORED  # noqa: E402
from solutions.arrays import gpu_available, to_device  # noqa: E402
from solutions.backpropagation import SoftmaxWithLoss  # noqa: E402
from solutions.convolution import Conv2D, lenet  # noqa: E402
from solutions.optimizers import Adam  # noqa: E402

torch: Any = None
with suppress(ImportError):
    import torch

BATCHES = (16, 64, 256, 1024, 4096)
LONGEST = 6.0
"""A side whose round takes so many seconds is not asked for the next larger batch."""

Action = Callable[[], Any]


class Side(NamedTuple):
    """Who computes: where its arrays are put, and how one waits until it has finished."""

    name: str
    put: Callable[[Any], Any]
    wait: Action
    is_torch: bool = False


def nothing() -> None:
    """Wait for nothing: a CPU has finished when the call returns."""


def sides(with_gpu: bool) -> Iterator[Side]:
    """Find who can compute here."""
    yield Side("NumPy", lambda array: array, nothing)
    if with_gpu:
        import cupy

        yield Side("CuPy", to_device, lambda: cupy.cuda.Device().synchronize())
    if torch is not None:
        torch.set_num_threads(1)
        yield Side("PyTorch CPU", torch.tensor, nothing, True)
        if with_gpu and torch.cuda.is_available():
            put = lambda array: torch.tensor(array, device="cuda")  # noqa: E731
            yield Side("PyTorch CUDA", put, torch.cuda.synchronize, True)


def floats(rng: np.random.Generator, *shape: int) -> Any:
    """Draw float32 numbers."""
    return rng.standard_normal(shape, np.float32)


def our_lenet(side: Side, batch: int) -> dict[str, Action]:
    """Return the parts of a training step of LeNet, to be called in this order."""
    rng = np.random.default_rng(0)
    network, loss = lenet(rng), SoftmaxWithLoss()
    network.needs_input_gradient = False
    if side.put is to_device:
        network.to_device()
    optimizer = Adam(network.params)
    pictures, classes = floats(rng, batch, 1, 28, 28), rng.integers(10, size=batch)
    held: dict[str, Any] = {}

    def transfer() -> None:
        held["x"], held["labels"] = side.put(pictures), side.put(classes)

    def forward() -> None:
        held["y"] = network.forward(held["x"])

    def loss_and_its_gradient() -> None:
        loss.forward(held["y"], held["labels"])
        held["dout"] = loss.backward()

    def backward() -> None:
        network.backward(held["dout"])

    def update() -> None:
        optimizer.step(network.grads)

    parts = (transfer, forward, loss_and_its_gradient, backward, update)
    return {part.__name__.replace("_", " "): part for part in parts}


def their_lenet(side: Side, batch: int) -> dict[str, Action]:
    """Return PyTorch's whole step, the transfer included."""
    rng = np.random.default_rng(0)
    network = torch_lenet(torch).to(side.put(np.zeros(1, np.float32)).device)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    pictures, classes = floats(rng, batch, 1, 28, 28), rng.integers(10, size=batch)

    def step() -> None:
        optimizer.zero_grad()
        x, labels = side.put(pictures), side.put(classes)
        torch.nn.functional.cross_entropy(network(x), labels).backward()
        optimizer.step()

    return {"step": step}


def lenet_step(side: Side, batch: int) -> dict[str, Action]:
    """Return a training step of LeNet."""
    return their_lenet(side, batch) if side.is_torch else our_lenet(side, batch)


def convolution(side: Side, batch: int) -> dict[str, Action]:
    """Return forward and backward of a convolution, on data that are there already."""
    rng = np.random.default_rng(0)
    x, W, b = floats(rng, batch, 16, 28, 28), 0.1 * floats(rng, 32, 16, 3, 3), floats(rng, 32)
    arrays = [side.put(array) for array in (x, W, b)]
    dout = side.put(floats(rng, batch, 32, 26, 26))
    if not side.is_torch:
        layer = Conv2D(*arrays[1:])
        return {"step": lambda: (layer.forward(arrays[0]), layer.backward(dout))}
    for array in arrays:
        array.requires_grad_()

    def step() -> None:
        for array in arrays:
            array.grad = None
        torch.nn.functional.conv2d(*arrays).backward(dout)

    return {"step": step}


CASES = {"LeNet step": lenet_step, "conv 16×28×28 → 32, k3": convolution}


def timed(
    parts: dict[str, Action],
    wait: Action,
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return the median seconds of each part; the first round compiles, and is left out."""
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds + 1):
        for name, part in parts.items():
            wait()
            begun = clock()
            part()
            wait()
            times[name].append(clock() - begun)
    return {name: median(taken[1:]) for name, taken in times.items()}


def whole(parts: dict[str, Action]) -> dict[str, Action]:
    """Make one action of all parts, at the end of which alone is waited."""
    return {"step": lambda: [part() for part in parts.values()]}


def step_rows(
    present: list[Side], batches: tuple[int, ...], rounds: int, longest: float = LONGEST
) -> list[dict[str, Any]]:
    """Return the seconds of each case, batch size and side; who has become slow is left out."""
    rows = []
    for case, make in CASES.items():
        slow: set[str] = set()
        for batch in batches:
            seconds = {}
            for side in present:
                if side.name in slow:
                    continue
                seconds[side.name] = timed(whole(make(side, batch)), side.wait, rounds)["step"]
                gc.collect()
                if (rounds + 1) * seconds[
                    side.name
                ] > longest / 4:  # the next is four times as large
                    slow.add(side.name)
            rows.append({"case": case, "batch": batch, "seconds": seconds})
    return rows


def split_rows(present: list[Side], batch: int, rounds: int) -> list[dict[str, Any]]:
    """Return where the time of our step goes; waiting after each part makes the sum larger."""
    return [
        {
            "side": side.name,
            "batch": batch,
            "seconds": timed(our_lenet(side, batch), side.wait, rounds),
        }
        for side in present
        if not side.is_torch
    ]


def memory_rows(batches: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return the bytes that CuPy's pool has taken from the GPU after two steps of LeNet."""
    import cupy

    side, pool, rows = Side("CuPy", to_device, nothing), cupy.get_default_memory_pool(), []
    for batch in batches:
        gc.collect()
        pool.free_all_blocks()
        parts = our_lenet(side, batch)
        for _ in range(2):
            whole(parts)["step"]()
        rows.append({"batch": batch, "bytes": int(pool.total_bytes())})
        del parts
    return rows


def versions(with_gpu: bool) -> str:
    """Say which versions have computed."""
    found = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    if with_gpu:
        import cupy

        found += [f"CuPy {cupy.__version__}", f"CUDA {cupy.cuda.runtime.runtimeGetVersion()}"]
    return ", ".join(found + ([f"PyTorch {torch.__version__}"] if torch is not None else []))


def device(with_gpu: bool) -> str:
    """Name the GPU."""
    if not with_gpu:
        return "no GPU"
    import cupy

    return str(cupy.cuda.runtime.getDeviceProperties(0)["name"].decode())


def measure(with_gpu: bool, batches: tuple[int, ...] = BATCHES, rounds: int = 10) -> dict[str, Any]:
    """Measure all there is."""
    present = list(sides(with_gpu))
    return {
        "device": device(with_gpu),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(with_gpu),
        "steps": step_rows(present, batches, rounds),
        "split": split_rows(present, min(256, batches[-1]), rounds),
        "memory": memory_rows(batches) if with_gpu else [],
    }


def lines_of(figures: dict[str, Any]) -> list[str]:
    """Return the figures as text, in milliseconds and MiB."""
    lines = ["{device}, {date}; {versions}; float32, one thread of the CPU.".format(**figures)]
    for row in figures["steps"]:
        times = ", ".join(f"{side} {1e3 * s:.2f} ms" for side, s in row["seconds"].items())
        lines.append(f"{row['case']}, batch of {row['batch']}: {times}")
    for row in figures["split"]:
        times = ", ".join(f"{part} {1e3 * s:.2f} ms" for part, s in row["seconds"].items())
        lines.append(f"split of a step, {row['side']}, batch of {row['batch']}: {times}")
    for row in figures["memory"]:
        lines.append(f"memory, batch of {row['batch']}: {row['bytes'] / 2**20:.0f} MiB")
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and store what was measured on a GPU."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--without-gpu", action="store_true", help="run what needs none")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--rounds", type=int, default=10, help="how often each step runs")
    options = parser.parse_args(arguments)
    with_gpu = not options.without_gpu
    if with_gpu and not gpu_available():
        raise SystemExit(
            "No GPU that CuPy can compute with: nothing was measured "
            "(install CuPy and a CUDA driver, or try --without-gpu)."
        )
    figures = measure(with_gpu, tuple(options.batches), options.rounds)
    print("\n".join(lines_of(figures)))
    if with_gpu:
        STORED.write_text(
            json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        print(f"Written to {STORED}.")


if __name__ == "__main__":
    main()
