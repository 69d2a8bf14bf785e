"""Where gradient descent begins to diverge: against eigenvalues."""

import numpy as np
import pytest

from solutions.optimizers import diverges, largest_rate


def bowl(rng, curvatures, centre):
    """Return the gradient of a quadratic that lies across the axes."""
    axes, _ = np.linalg.qr(rng.normal(size=(len(centre), len(centre))))
    A = axes @ np.diag(curvatures) @ axes.T
    return lambda x: A @ (x - centre)


def test_the_limit_of_the_ravine_is_one():
    curvatures, start = np.array([0.1, 2.0]), np.array([-7.0, 2.0])
    limit = largest_rate(
        lambda rate: diverges(lambda x: curvatures * x, start, rate, 400), 0.1, 3.0, 1e-4
    )
    assert limit == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_limit_is_two_over_the_largest_eigenvalue(seed):
    rng = np.random.default_rng(seed)
    curvatures = rng.uniform(0.2, 3, size=4)
    gradient, limit = bowl(rng, curvatures, rng.normal(size=4)), 2 / curvatures.max()
    start = rng.normal(size=4)
    assert not diverges(gradient, start, 0.97 * limit, 300)
    assert diverges(gradient, start, 1.03 * limit, 300)
    found = largest_rate(lambda rate: diverges(gradient, start, rate, 300), 0.01, 20, 1e-3)
    assert found == pytest.approx(limit, rel=0.02)


def test_what_ends_at_infinity_or_at_nan_has_diverged():
    start = np.array([[1.0, -2.0]])
    for rate in (10.0, 1e20, 1e200):
        assert diverges(lambda x: 2 * x, start, rate, 200) is True
    assert start.tolist() == [[1.0, -2.0]]


@pytest.mark.parametrize("limit", [0.123, 0.4, 0.99])
def test_bisection_ends_within_the_tolerance_below_the_limit(limit):
    asked = []
    found = largest_rate(lambda rate: asked.append(rate) or rate > limit, 0.1, 1.0, 0.01)
    assert limit - 0.01 <= found <= limit
    assert len(asked) == 2 + 7  # 0.9 / 2**7 is the first that is less than 0.01


@pytest.mark.parametrize("limit", [0.05, 1.5])
def test_a_limit_outside_is_refused(limit):
    with pytest.raises(ValueError, match=r"the limit does not lie between 0\.1 and 1\.0"):
        largest_rate(lambda rate: rate > limit, 0.1, 1.0, 0.01)
