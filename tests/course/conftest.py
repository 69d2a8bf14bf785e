"""Gives every test of a chapter what its notebook wrote down."""

from __future__ import annotations

from typing import Any

import pytest
from chapter import SEEDS, execute


@pytest.fixture(params=SEEDS, ids="seed {}".format)
def names(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the cells of the notebook defined, for an experiment beyond the range shown."""
    return execute(request.module.CHAPTER, request.param).names


@pytest.fixture(params=SEEDS, ids="seed {}".format)
def claims(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The results that the chapter of the test's module relies on."""
    return execute(request.module.CHAPTER, request.param).claims
