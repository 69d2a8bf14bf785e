"""What the tests of the reference package share."""

import importlib
import sys

import numpy as np
import pytest
from device import FakeCupy

from solutions.arrays import gpu_available


@pytest.fixture
def rng():
    """A fresh generator of random numbers, the same for every test."""
    return np.random.default_rng(20240229)


@pytest.fixture(scope="session")
def torch():
    """PyTorch, an oracle where it is installed; a test that needs it is skipped elsewhere."""
    return pytest.importorskip("torch")


@pytest.fixture(params=["stand-in", "gpu"])
def fake_cupy(request, monkeypatch):
    """The stand-in for CuPy in the place of the module itself; or CuPy, where there is a GPU."""
    if request.param == "gpu":
        if not gpu_available():
            pytest.skip("CuPy is not installed, or finds no GPU")
        return importlib.import_module("cupy")
    module = FakeCupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    return module
