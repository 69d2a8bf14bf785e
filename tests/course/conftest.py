"""Gives every test of a page what its notebook left behind."""

from __future__ import annotations

from typing import Any

import pytest
from chapter import SEEDS, execute


@pytest.fixture(params=SEEDS, ids="seed {}".format)
def names(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the cells of the page defined: its results, and its functions for other ranges."""
    return execute(request.module.PAGE, request.param).names
