"""What the tests of the reference package share."""

import sys

import numpy as np
import pytest
from device import FakeCupy


@pytest.fixture
def rng():
    """A fresh generator of random numbers, the same for every test."""
    return np.random.default_rng(20240229)


@pytest.fixture(scope="session")
def torch():
    """PyTorch, an oracle where it is installed; a test that needs it is skipped elsewhere."""
    return pytest.importorskip("torch")


@pytest.fixture
def fake_cupy(monkeypatch):
    """A stand-in for CuPy in the place of the module itself."""
    module = FakeCupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    return module
