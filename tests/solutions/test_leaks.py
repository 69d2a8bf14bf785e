"""Chapter 6, leaks: who reports too much is found, and who does not is not accused."""

import numpy as np
import pytest

from solutions.normalization import inflates


def nearest_mean(x, t, x_test):
    zero, one = x[t == 0].mean(axis=0), x[t == 1].mean(axis=0)
    return x_test @ (one - zero) > (one + zero) @ (one - zero) / 2


def ten_best(x, t):
    return np.argsort(-abs(x[t == 1].mean(axis=0) - x[t == 0].mean(axis=0)))[:10]


def honest(x, t):
    return (nearest_mean(x[:20], t[:20], x[20:]) == t[20:]).mean()


def scaled_with_all(x, t):
    return honest((x - x.mean(axis=0)) / x.std(axis=0), t)


def chosen_inside(x, t):
    best = ten_best(x[:20], t[:20])
    return honest(x[:, best], t)


def chosen_before(x, t):
    return honest(x[:, ten_best(x, t)], t)


def best_of_many(x, t):
    guesses = x[20:] @ np.random.default_rng(0).normal(size=(x.shape[1], 100)) > 0
    return (guesses == t[20:, None]).mean(axis=0).max()


@pytest.mark.parametrize("seed", range(3))
def test_leaks_are_told_from_what_can_be_believed(seed):
    said = [
        inflates(pipeline, np.random.default_rng(seed))
        for pipeline in (honest, scaled_with_all, chosen_inside, chosen_before, best_of_many)
    ]
    assert said == [False, False, False, True, True]
    assert {type(one) for one in said} == {bool}
