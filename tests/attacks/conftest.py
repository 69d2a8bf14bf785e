"""What the attacks share: one class, and a zygote of each level."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from attacking import CANARY, Arena, few_tasks, make_class, opened

from autograder.sandbox import Isolation, probe
from autograder.sandbox.terms import INNER


@pytest.fixture(scope="session", autouse=True)
def _secrets() -> Iterator[None]:
    """A secret in the grader's environment."""
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDGRAD_SECRET", CANARY)
        yield


@pytest.fixture(scope="session")
def classroom() -> Iterator[tuple[Any, Any]]:
    """The solved notebook of few tasks, and the class's folder."""
    notebook, folder = few_tasks()
    make_class(folder, notebook)
    yield notebook, folder
    shutil.rmtree(folder)


def levels() -> list[Isolation]:
    """Return the best level that there is here, and the inner layer alone."""
    best = probe()
    return [best] if best.level <= INNER.level else [best, INNER]


@pytest.fixture(scope="session", params=levels(), ids=lambda level: f"level{level.level}")
def arena(request: pytest.FixtureRequest, classroom: tuple[Any, Any]) -> Iterator[Arena]:
    """The class at one level. Where no sandbox can be had the test is skipped."""
    isolation: Isolation = request.param
    if isolation.level < INNER.level:
        pytest.skip(f"no sandbox here: {isolation.reason}")
    yield from opened(classroom, isolation)


@pytest.fixture(scope="module")
def open_field(classroom: tuple[Any, Any]) -> Iterator[Arena]:
    """The class without walls, to show that an attack would succeed without them."""
    from autograder.sandbox.terms import NOTHING

    yield from opened(classroom, NOTHING)


@pytest.fixture(scope="module")
def _unharmed(arena: Arena) -> Iterator[None]:
    """After each family, the grader and all other submissions are as before."""
    arena.assert_unharmed()
    yield
    arena.assert_unharmed()
