"""What the tests of the reference package share."""

import numpy as np
import pytest


@pytest.fixture
def rng():
    """A fresh generator of random numbers, the same for every test."""
    return np.random.default_rng(20240229)


@pytest.fixture(scope="session")
def torch():
    """PyTorch, an oracle where it is installed; a test that needs it is skipped elsewhere."""
    return pytest.importorskip("torch")
