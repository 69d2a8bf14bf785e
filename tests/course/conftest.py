"""Gives every test of a page what its notebook left behind."""

from __future__ import annotations

from typing import Any

import pytest
from chapter import SEEDS, execute


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for the page at the seed that its readers see, or at every seed."""
    seeds = SEEDS if metafunc.config.getoption("every_seed") else SEEDS[:1]
    for name in {"names", "page_seed"} & {*metafunc.fixturenames}:
        metafunc.parametrize(name, seeds, ids="seed {}".format, indirect=name == "names")


@pytest.fixture
def names(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the cells of the page defined: its results, and its functions for other ranges."""
    return execute(request.module.PAGE, request.param).names


@pytest.fixture
def every_seed(request: pytest.FixtureRequest) -> None:
    """Let a claim of means over all seeds be tried where each page is run at every seed."""
    if not request.config.getoption("every_seed"):
        pytest.skip("means over every seed are tried by `make claims`")
