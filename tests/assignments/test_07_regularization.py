"""The assignment on regularization is fair, strict, and says what it means."""

import pytest
from gate import Gate, cells_of


class TestRegularization(Gate):
    assignment = "07_regularization"
    minutes = 70


def names_of(*beginnings, **names):
    """Run the cells that begin so: names → values."""
    for cell in cells_of("07_regularization"):
        if cell.cell_type == "code" and cell.source.startswith(beginnings):
            exec(cell.source, names)
    return names


@pytest.mark.parametrize("seed", range(3))
def test_what_the_text_says_of_exact_zeros_is_so(seed):
    names = names_of("import numpy", "from solutions.regularization import L1", "def train_with_l1")
    as_gradient, by_step = (names["train_with_l1"](how, seed) for how in (True, False))
    assert (as_gradient[3:] == 0).sum() == 0
    assert abs(as_gradient[3:]).max() < 0.01
    assert (by_step[3:] == 0).sum() == 17
    for w in (as_gradient, by_step):
        assert w[:3] == pytest.approx([1.9, -0.9, 0.4], abs=0.11)
    assert as_gradient[:3] == pytest.approx(by_step[:3], abs=0.01)
