"""What a layer remembers of an earlier call, or shares with another layer, is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation
from autograder.authoring.layers import NEXT_SIZE, OWN_MEMORY, add_memory_checks
from autograder.authoring.tasks import Task
from autograder.judging.expectations import expect
from autograder.judging.results import run_check
from autograder.judging.verdicts import judge


class Scale:
    """y = w · x."""

    def __init__(self, w: Any) -> None:
        self.w, self.grads = w, {}

    def forward(self, x: Any) -> Any:
        self.x = x
        return x * self.w

    def backward(self, dout: Any) -> Any:
        self.grads["w"] = (dout * self.x).sum(axis=0)
        return dout * self.w


class FirstForEver(Scale):
    def forward(self, x: Any) -> Any:
        if not hasattr(self, "x"):
            self.x = x
        return x * self.w


class ForEverWhileItFits(Scale):
    def forward(self, x: Any) -> Any:
        if not hasattr(self, "x") or self.x.shape != x.shape:
            self.x = x
        return x * self.w


class FirstSizeForEver(Scale):
    def forward(self, x: Any) -> Any:
        self.size = getattr(self, "size", len(x))
        self.x = x * self.size / len(x)
        return x * self.w


class FirstGradientForEver(Scale):
    def backward(self, dout: Any) -> Any:
        self.dx = getattr(self, "dx", dout * self.w)
        super().backward(dout)
        return self.dx


class OnTheClass(Scale):
    def forward(self, x: Any) -> Any:
        OnTheClass.x = x
        return x * self.w

    x: Any


STATE: dict[str, Any] = {}
GRADS: dict[str, Any] = {}


class Global(Scale):
    def forward(self, x: Any) -> Any:
        STATE["x"] = x
        return x * self.w

    def backward(self, dout: Any) -> Any:
        self.x = STATE["x"]
        return super().backward(dout)


class ParametersOnTheClass(Scale):
    w: Any

    def __init__(self, w: Any) -> None:
        type(self).w, self.grads = w, {}


class GradientsShared(Scale):
    def __init__(self, w: Any) -> None:
        self.w, self.grads = w, GRADS


class Accumulates(Scale):
    def backward(self, dout: Any) -> Any:
        before = self.grads.get("w", 0)
        dx = super().backward(dout)
        self.grads["w"] = self.grads["w"] + before
        return dx


class UsedUp(Scale):
    def backward(self, dout: Any) -> Any:
        dx = super().backward(dout)
        self.x = 0 * self.x
        return dx


class Queue(Scale):
    def __init__(self, w: Any) -> None:
        super().__init__(w)
        self.waiting: list[Any] = []

    def forward(self, x: Any) -> Any:
        self.waiting.append(x)
        return x * self.w

    def backward(self, dout: Any) -> Any:
        if self.waiting:
            self.x = self.waiting.pop(0)
        return super().backward(dout)


class Nothing:
    def __init__(self, w: Any) -> None:
        self.grads: dict[str, Any] = {}

    def forward(self, x: Any) -> None:
        pass

    backward = forward


class Fresh(Scale):
    """Right, in another style: grads is a new dictionary each time, and the input is copied."""

    def forward(self, x: Any) -> Any:
        self.copy = x.copy()
        return self.w * x

    def backward(self, dout: Any) -> Any:
        self.grads = {"w": np.einsum("nd,nd->d", self.copy, dout)}
        return self.w * dout


def task_of(**options: Any) -> Task:
    task = Task("scale", "The scale", points=3, needs=["Scale"], minutes=1)

    def case(rng: Any, rows: int) -> tuple[Sequence[Any], Sequence[Any]]:
        return [rng.normal(size=(rows, 5))], [rng.normal(size=(rows, 5))]

    def make(impl: Any, rng: Any) -> Any:
        return impl.Scale(rng.normal(size=5))

    add_memory_checks(task, make, case, **{"read": lambda layer: layer.grads, **options})
    return task


def refused(student: Any, seed: int = 0, right: Any = Scale, **options: Any) -> set[str]:
    """Return the names of the checks that refuse a class."""
    task = task_of(**options)
    expected = expect(task, lambda replaced: {"Scale": right}, seed)
    impl = Implementation({"Scale": student})
    results = {
        name: run_check(check, impl, Draws(recorded=expected[name].draws))
        for name, check in ((check.name, check) for check in task.checks)
    }
    report = judge(task, results, expected, {})
    return {check.name for check in report.checks if not check.passed}


@pytest.mark.parametrize("right", [Scale, Fresh])
def test_a_right_layer_passes(right: Any) -> None:
    assert refused(right) == set()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    ("wrong", "by"),
    [
        (FirstForEver, {"memory", "memory_of_size"}),
        (ForEverWhileItFits, {"memory"}),
        (FirstSizeForEver, {"memory_of_size"}),
        (FirstGradientForEver, {"memory_of_size"}),
        (OnTheClass, {"memory"}),
        (Global, {"memory"}),
        (ParametersOnTheClass, {"memory"}),
        (GradientsShared, {"memory"}),
        (Accumulates, {"memory", "memory_of_size"}),
        (UsedUp, {"memory"}),
        (Queue, {"memory"}),
        (Nothing, {"memory", "memory_of_size"}),
    ],
)
def test_what_survives_or_is_shared_is_refused(wrong: Any, by: set[str], seed: int) -> None:
    assert refused(wrong, seed) == by


def test_what_a_first_call_left_fails_by_its_values() -> None:
    """An exception is weak evidence of a mistake: the first check keeps to one size."""
    task = task_of()
    memory, next_size = (
        run_check(c, Implementation({"Scale": FirstForEver}), Draws(0)) for c in task.checks
    )
    assert (memory.raised, next_size.raised) == ("", "ValueError")


def test_shared_gradients_are_seen_only_where_they_are_read() -> None:
    assert refused(GradientsShared, read=None) == set()


def test_other_names_than_forward_and_backward() -> None:
    class Net(Scale):
        def loss(self, x: Any) -> Any:
            return self.forward(x).sum()

        def gradients(self, x: Any) -> Any:
            self.forward(x)
            return {"x": super().backward(np.ones_like(x)), **self.grads}

    class ForEver(Net):
        forward = FirstForEver.forward

    ways = {
        "forward": lambda net, x: net.loss(x),
        "backward": lambda net, x: net.gradients(x),
        "read": None,
        "right": Net,
    }
    assert refused(Net, **ways) == set()
    assert refused(ForEver, **ways) == {"memory", "memory_of_size"}


def test_names_titles_and_weights() -> None:
    def of(task: Task) -> list[tuple[str, str, float]]:
        return [(check.name, check.title, check.weight) for check in task.checks]

    assert of(task_of()) == [("memory", OWN_MEMORY, 1), ("memory_of_size", NEXT_SIZE, 0.5)]
    assert of(task_of(of="Scale", rows=[3], weights=[2], titles=["its own numbers"])) == [
        ("scale_memory", "Scale: its own numbers", 2)
    ]


def test_no_draw_depends_on_what_the_layer_returns() -> None:
    for check in task_of().checks:
        drawn = []
        for layer in (Scale, Queue, OnTheClass):
            rng = Draws(3)
            run_check(check, Implementation({"Scale": layer}), rng)
            drawn.append(rng.record)
        for others in drawn[1:]:
            assert all(np.array_equal(a, b) for a, b in zip(drawn[0], others, strict=True))
