"""What the reference package costs: time and memory as multiples of PyTorch on the CPU.

Run with ``make bench``. Both sides compute the same thing in float32 with one thread, turn by turn
in the same process. Time is CPU time of the process, so that other programs disturb little; only
the ratios carry over to other machines. Where CuPy finds a GPU, a second table compares it with
NumPy.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy and PyTorch read it
os.environ["KINETO_LOG_LEVEL"] = "99"  # PyTorch's profiler, which measures its memory, be silent

import numpy as np  # noqa: E402
from torch_lenet import torch_lenet  # noqa: E402

try:
    import torch
except ImportError:
    raise SystemExit("PyTorch is what everything is compared with: pip install torch") from None

from solutions.arrays import gpu_available, to_device  # noqa: E402
from solutions.backpropagation import Affine, SoftmaxWithLoss  # noqa: E402
from solutions.convolution import Conv2D, MaxPool2D, lenet  # noqa: E402
from solutions.normalization import BatchNorm, SpatialBatchNorm  # noqa: E402
from solutions.optimizers import Adam  # noqa: E402

F = torch.nn.functional
RNG = np.random.default_rng(0)
Put = Callable[[Any], Any]
Calls = tuple[Callable[[], Any], ...]  # forward and backward, or one call that does all


class Case(NamedTuple):
    """One row of the table."""

    name: str
    ours: Callable[[Put], Calls]
    theirs: Callable[[], Calls]
    aims: tuple[float, ...]


def floats(*shape: int) -> Any:
    """Draw float32 numbers."""
    return RNG.standard_normal(shape, np.float32)


def our_layer(layer: Any, x: Any, put: Put) -> Calls:
    """Return forward and backward of one of our layers."""
    x = put(x)
    dout = put(floats(*layer.forward(x).shape))
    return (lambda: layer.forward(x)), (lambda: layer.backward(dout))


def their_layer(operation: Callable[..., Any], x: Any, *params: Any) -> Calls:
    """Return forward and backward of an operation of PyTorch's."""
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *params)]
    dout = torch.tensor(floats(*operation(*tensors).shape))
    result: list[Any] = []

    def forward() -> None:
        result[:] = [operation(*tensors)]

    def backward() -> None:
        for tensor in tensors:
            tensor.grad = None
        result[0].backward(dout)

    return forward, backward


def affine_case() -> Case:
    x, W, b = floats(256, 784), floats(784, 256), floats(256)
    return Case(
        "Affine 256×784×256",
        lambda put: our_layer(Affine(put(W), put(b)), x, put),
        lambda: their_layer(lambda x, W, b: F.linear(x, W, b), x, np.ascontiguousarray(W.T), b),
        (1.1, 1.1),
    )


def conv_case(name: str, x: Any, size: int, padding: int, aims: tuple[float, float]) -> Case:
    W, b = 0.1 * floats(32, x.shape[1], size, size), floats(32)
    return Case(
        name,
        lambda put: our_layer(Conv2D(put(W), put(b), padding=padding), x, put),
        lambda: their_layer(lambda x, W, b: F.conv2d(x, W, b, padding=padding), x, W, b),
        aims,
    )


def pool_case() -> Case:
    x = floats(64, 16, 28, 28)
    return Case(
        "max pool 2×2, 64×16×28×28",
        lambda put: our_layer(MaxPool2D(2), x, put),
        lambda: their_layer(lambda x: F.max_pool2d(x, 2), x),
        (1.2, 3),
    )


def norm_case(name: str, layer_class: Any, x: Any, aims: tuple[float, float]) -> Case:
    gamma, beta = floats(x.shape[1]), floats(x.shape[1])
    mean, var = torch.zeros(len(gamma)), torch.ones(len(gamma))
    return Case(
        name,
        lambda put: our_layer(layer_class(put(gamma), put(beta)), x, put),
        lambda: their_layer(
            lambda x, gamma, beta: F.batch_norm(x, mean, var, gamma, beta, training=True),
            *(x, gamma, beta),
        ),
        aims,
    )


def adam_case() -> Case:
    param, grad = floats(1000, 1000), floats(1000, 1000)

    def ours(put: Put) -> Calls:
        optimizer, grads = Adam({"W": put(param.copy())}), {"W": put(grad)}
        return (lambda: optimizer.step(grads),)

    def theirs() -> Calls:
        tensor = torch.tensor(param, requires_grad=True)
        tensor.grad = torch.tensor(grad)
        return (torch.optim.Adam([tensor], lr=0.001).step,)

    return Case("Adam step, 1M parameters", ours, theirs, (3,))


def our_lenet_step(put: Put) -> Calls:
    """One step of LeNet on 64 images of MNIST's size: forward, loss, backward, Adam."""
    network, loss_layer = lenet(RNG), SoftmaxWithLoss()
    network.needs_input_gradient = False  # as Trainer and PyTorch have it
    if put is to_device:
        network.to_device()
    optimizer = Adam(network.params)
    x, labels = put(floats(64, 1, 28, 28)), put(RNG.integers(0, 10, 64))

    def step() -> None:
        loss_layer.forward(network.forward(x), labels)
        network.backward(loss_layer.backward())
        optimizer.step(network.grads)

    return (step,)


def their_lenet_step() -> Calls:
    """The same in PyTorch."""
    network = torch_lenet(torch)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    x, labels = torch.tensor(floats(64, 1, 28, 28)), torch.tensor(RNG.integers(0, 10, 64))

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(x), labels).backward()
        optimizer.step()

    return (step,)


def cases() -> list[Case]:
    """Return the rows of the table."""
    images = floats(64, 16, 28, 28)
    return [
        affine_case(),
        conv_case("conv 64×3×32×32 → 32, k3 p1", floats(64, 3, 32, 32), 3, 1, (2.5, 2.6)),
        conv_case("conv 64×16×28×28 → 32, k3", images, 3, 0, (2.5, 2.6)),
        conv_case("conv 64×16×28×28 → 32, k5 p2", images, 5, 2, (2.2, 2.8)),
        pool_case(),
        norm_case("batch norm 256×784", BatchNorm, floats(256, 784), (1.8, 1.2)),
        norm_case("spatial batch norm 64×16×28×28", SpatialBatchNorm, images, (1.8, 3)),
        adam_case(),
        Case("LeNet step, 64 × MNIST", our_lenet_step, their_lenet_step, (2.5,)),
    ]


def seconds(calls: Calls, clock: Callable[[], float]) -> list[float]:
    """Return how long each call takes, one after the other."""
    marks = [clock()]
    for call in calls:
        call()
        marks.append(clock())
    return [after - before for before, after in pairwise(marks)]


def interleaved(sides: Sequence[Calls], rounds: int, clock: Callable[[], float]) -> Any:
    """Return the times (rounds, sides, calls) of sides that take turns, after 3 more to warm up."""
    gc.collect()
    gc.disable()
    try:
        return np.array([[seconds(calls, clock) for calls in sides] for _ in range(rounds + 3)])[3:]
    finally:
        gc.enable()


def our_peak(calls: Calls) -> int:
    """Return the most bytes that NumPy holds at a time during the calls, beyond those before."""
    gc.collect()
    tracemalloc.start()
    try:
        for call in calls:
            call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def their_peak(calls: Calls) -> int:
    """Return the same for PyTorch's allocator; what oneDNN sets aside for itself does not show."""
    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True
    ) as profile:
        for call in calls:
            call()
    events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = peak = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak


def ratio_row(case: Case, rounds: int) -> tuple[list[str], bool]:
    """Return a row's cells: time and memory over PyTorch's, and whether all aims are met."""
    ours, theirs = case.ours(lambda array: array), case.theirs()
    times = interleaved([ours, theirs], rounds, time.process_time)
    least = times.min(axis=0)
    minima = least[0] / least[1]
    middle = [median(times[:, 0, k]) / median(times[:, 1, k]) for k in range(times.shape[2])]
    # Peaks of a fresh pair: nothing of an earlier round is held, on either side.
    memory = our_peak(case.ours(lambda array: array)) / their_peak(case.theirs())
    cells = [
        case.name,
        " / ".join(f"{1e3 * value:.2f}" for value in least[1]),
        " / ".join(f"{value:.2f}" for value in minima),
        " / ".join(f"{value:.2f}" for value in middle),
        " / ".join(f"{aim:g}" for aim in case.aims),
        f"{memory:.1f}",
    ]
    return cells, bool((minima <= case.aims).all())


def gpu_row(case: Case, rounds: int) -> list[str]:
    """Return a row's cells: how many times faster CuPy is than NumPy."""
    import cupy

    def clock() -> float:
        cupy.cuda.Device().synchronize()
        return time.perf_counter()

    sides = [case.ours(lambda array: array), case.ours(to_device)]
    times = interleaved(sides, rounds, clock)
    least, middle = times.min(axis=0), np.median(times, axis=0)
    return [
        case.name,
        " / ".join(f"{1e3 * value:.2f}" for value in least[1]),
        " / ".join(f"{value:.1f}" for value in least[0] / least[1]),
        " / ".join(f"{value:.1f}" for value in middle[0] / middle[1]),
    ]


def show(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    widths = [max(len(row[k]) for row in (header, *rows)) for k in range(len(header))]
    rule = ["-" * width for width in widths]
    for row in (header, rule, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="how often each side runs")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, ", end="")
    print(f"PyTorch {torch.__version__}; float32, one thread, {rounds} rounds turn by turn.\n")
    table = [ratio_row(case, rounds) for case in cases()]
    show(
        ["case", "PyTorch, ms", "× (minima)", "× (medians)", "aim", "peak memory ×", "met"],
        [[*cells, "yes" if met else "no"] for cells, met in table],
    )
    print("\nForward / backward. Peak memory: what is held at most beyond data and parameters.")
    if not gpu_available():
        print("No GPU that CuPy can compute with: CuPy was not timed.")
        return
    import cupy

    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    print(f"\nCuPy {cupy.__version__} on {name} against NumPy on one thread:\n")
    rows = [gpu_row(case, rounds) for case in cases()]
    show(["case", "CuPy, ms", "times faster (minima)", "(medians)"], rows)


if __name__ == "__main__":
    main()
