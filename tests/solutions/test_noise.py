"""The direction and the noise of mini-batch gradients: against NumPy, and the law 1/√B."""

import numpy as np
import pytest

from solutions.optimizers import alignment, gradient_noise


def pair(rng):
    return {"W": rng.normal(size=(5, 3)), "b": rng.normal(size=3)}


def long(grads):
    return np.concatenate([grads["W"].ravel(), grads["b"]])


@pytest.mark.parametrize("seed", range(3))
def test_alignment_is_the_cosine_of_two_long_vectors(seed):
    rng = np.random.default_rng(seed)
    one, other = pair(rng), pair(rng)
    u, v = long(one), long(other)
    expected = u @ v / np.linalg.norm(u) / np.linalg.norm(v)
    backwards = dict(reversed(list(other.items())))
    assert alignment(one, other) == pytest.approx(expected)
    assert alignment(one, backwards) == pytest.approx(expected)
    tenth = {name: -0.1 * g for name, g in one.items()}
    assert alignment(one, tenth) == pytest.approx(-1)


def test_noise_is_the_root_of_the_mean_square_distance():
    rng = np.random.default_rng(0)
    full, batches = pair(rng), [pair(rng) for _ in range(4)]
    table = np.array([long(grads) - long(full) for grads in batches])
    assert gradient_noise(full, batches) == pytest.approx(np.sqrt((table**2).sum(axis=1).mean()))


@pytest.mark.parametrize("seed", range(3))
def test_noise_falls_like_one_over_the_root_of_the_batch_size(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2000, 3)), rng.normal(size=2000)

    def gradient(rows):
        return {"w": x[rows].T @ (x[rows] @ np.ones(3) - y[rows]) / len(rows)}

    sizes, full = [4, 16, 64, 256], gradient(np.arange(2000))
    noise = [
        gradient_noise(full, [gradient(rng.integers(2000, size=size)) for _ in range(400)])
        for size in sizes
    ]
    slope = np.polyfit(np.log(sizes), np.log(noise), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.06)
