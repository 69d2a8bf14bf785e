"""What page 6.4 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.normalization import Standardizer, Whitening

PAGE = "06_normalization/4_leaks"


def inflations(
    names: dict[str, Any], procedure: str, leaky: bool, draws: int, **options: Any
) -> np.ndarray:
    """Score minus truth, in points, in fresh draws; the same for both kinds."""
    generators = [np.random.default_rng([1000 + names["seed"], k]) for k in range(draws)]
    found = np.array([names[procedure](rng, leaky, **options) for rng in generators])
    return 100 * (found[:, 0] - found[:, 1])


@pytest.mark.claim(
    "Means and spreads of the inputs, over 100 pictures or more of the same kind, "
    "inflate these scores by less than a point."
)
def test_a_scaler_that_saw_the_test_data_does_next_to_nothing(names: dict[str, Any]) -> None:
    found = names["same_source"]
    for kind in ("honest", "leaky"):
        assert abs(names["inflation"](found, kind)) < 2.5
    assert abs(names["inflation"](found) - names["inflation"](found, "honest")) < 1.3
    assert 0 < found["leaky"][0] - found["honest"][0] < 0.025
    assert 0 < found["leaky"][1] - found["honest"][1] < 0.015
    for size, draws, most in ((30, 150, 1.7), (100, 150, 0.8), (300, 60, 0.5)):
        pairs = inflations(names, "scaled", True, draws, size=size)
        pairs -= inflations(names, "scaled", False, draws, size=size)
        assert -0.4 < pairs.mean() < most, size


def test_a_whitening_that_saw_the_test_data_makes_the_score_too_low(names: dict[str, Any]) -> None:
    assert names["inflation"](names["whitened"]) < -2
    assert abs(names["inflation"](names["whitened"], "honest")) < 3
    for size, eps in ((20, 1e-9), (100, 1e-5)):
        options = {"size": size, "make": lambda eps=eps: Whitening(eps)}
        leaky = inflations(names, "scaled", True, 40, **options)
        assert leaky.mean() < -2
        honest = inflations(names, "scaled", False, 40, **options)
        assert abs(honest.mean()) < 4 * honest.std() / np.sqrt(40)
    x = np.random.default_rng(names["seed"]).normal(size=(30, 64)) ** 3
    white = Whitening(eps=1e-9).fit(x).transform(x)
    distances = np.linalg.norm(white[:, None] - white, axis=2)[~np.eye(30, dtype=bool)]
    np.testing.assert_allclose(distances, np.sqrt(60), rtol=1e-6)


def test_data_from_elsewhere_inflate(names: dict[str, Any]) -> None:
    found = names["new_source"]
    assert names["inflation"](found) > 8
    assert found["leaky"][0] > found["honest"][0] + 0.3
    assert found["honest"][1] < 0.4, "on a new camera this model is bad"
    assert abs(names["inflation"](found, "honest")) < 11, "few cameras: luck"
    for camera, size, least in ((0.2, 100, 2), (0.3, 200, 8), (0.6, 100, 20)):
        leaky = inflations(names, "scaled", True, 30, camera=camera, size=size)
        honest = inflations(names, "scaled", False, 30, camera=camera, size=size)
        assert leaky.mean() > least
        assert abs(honest.mean()) < 4 * honest.std() / np.sqrt(30)


@pytest.mark.claim(
    r"to choose among K by n answers inflates the score by at most $\sqrt{2 \ln K} / "
    r"(2\sqrt n)$, in the mean."
)
def test_the_best_of_many_guessers_stays_below_the_bound(names: dict[str, Any]) -> None:
    best, bounds = names["best_scores"], names["bounds"]
    assert 0.62 < best[20] < 0.645
    assert 0.715 < best[1000] < 0.735
    assert best[20] - 0.5 > 0.5 * (best[1000] - 0.5)
    for K in names["COUNTS"]:
        assert 0.5 < best[K] < bounds[K]
    rng = np.random.default_rng(names["seed"])
    for K, n in ((2, 20), (20, 500), (300, 200)):
        bound = np.sqrt(2 * np.log(K) / (4 * n))
        assert 0.4 * bound < names["best_guesser"](rng, K, n) - 0.5 < bound
    for truth in (0.02, 0.5, 0.95):  # good or bad, and with pairs that answer alike
        score = np.repeat(rng.binomial(50, truth, size=(300, 500)), 2, axis=1) / 50
        inflation = (score.max(axis=1) - truth).mean()
        assert inflation < np.sqrt(2 * np.log(1000) / 200)
    spread = np.sqrt(0.02 * 0.98 / 50)  # in the scores' own spread it would be too little
    rare = rng.binomial(50, 0.02, size=(300, 1000)).max(axis=1).mean() / 50 - 0.02
    assert rare > np.sqrt(2 * np.log(1000)) * spread


@pytest.mark.claim(
    r"to choose among K by n answers inflates the score by at most $\sqrt{2 \ln K} / "
    r"(2\sqrt n)$, in the mean."
)
def test_the_best_of_real_models_is_inflated_too(names: dict[str, Any]) -> None:
    assert 2.5 < names["inflation"](names["chosen"]) < 10
    assert abs(names["inflation"](names["chosen"], "honest")) < 3
    assert names["inflation"](names["chosen"]) < 100 * (names["best_scores"][20] - 0.5)
    for models, n in ((5, 50), (20, 30), (40, 100)):
        leaky = inflations(names, "best_of_models", True, 25, models=models, n=n)
        honest = inflations(names, "best_of_models", False, 25, models=models, n=n)
        assert leaky.mean() > 1
        assert leaky.mean() > honest.mean() + 0.5


@pytest.mark.claim("a step that looks at labels must never see those of the test.")
def test_choosing_features_by_all_labels_makes_a_score_of_noise(names: dict[str, Any]) -> None:
    assert names["noise"]["leaky"][0] > 0.68
    assert abs(names["noise"]["honest"][0] - 0.5) < 0.07
    for samples, features, keep in ((60, 5000, 20), (100, 1000, 20), (100, 5000, 50)):
        options = {"samples": samples, "features": features, "keep": keep}
        assert inflations(names, "selected", True, 12, **options).mean() > 10
        assert abs(inflations(names, "selected", False, 12, **options).mean()) < 9
    rng = np.random.default_rng(names["seed"])
    signs = 1 - 2 * rng.integers(0, 2, 100)
    correlation = np.abs(signs @ rng.normal(size=(100, 5000))).max() / 100
    assert 0.3 < correlation < 0.5


@pytest.mark.claim("A test that contains what was trained on measures memory.")
def test_copies_on_both_sides_measure_memory(names: dict[str, Any]) -> None:
    assert names["copies"]["leaky"][0] > 0.98
    assert 4 < names["inflation"](names["copies"]) < 9
    assert abs(names["inflation"](names["copies"], "honest")) < 4
    assert names["met"]["leaky"] > 0.9
    assert names["met"]["honest"] == 0
    for copies, noise, least in ((2, 0.1, 2), (10, 0.05, 4), (5, 0.2, 6)):
        leaky = inflations(names, "copied", True, 8, copies=copies, noise=noise)
        honest = inflations(names, "copied", False, 8, copies=copies, noise=noise)
        assert leaky.mean() > least
        assert abs(honest.mean()) < 5
        rng = np.random.default_rng(names["seed"])
        met = names["met_before"](rng, True, copies=copies, noise=noise)
        assert met > (0.35 if copies == 2 else 0.6)


def test_a_split_by_pictures_promises_too_much_for_a_new_camera(names: dict[str, Any]) -> None:
    """The answer to the question."""
    pool, labels, found = names["pool"], names["pool_labels"], []
    for k in range(15):
        rng = np.random.default_rng([names["seed"], k])
        order = rng.permutation(len(pool))
        patterns = 0.3 * rng.normal(size=(3, 64))
        pictures = pool + patterns[2]
        both = order[:200]
        pictures[both] += patterns[rng.integers(0, 2, 200)] - patterns[2]
        scaler = Standardizer().fit(pictures[both[:100]])  # split first, and yet
        x = scaler.transform(pictures)
        train, test, world = np.split(order, [100, 200])
        read = names["nearest"](x[train], labels[train], x[np.r_[test, world]])
        right = read == labels[np.r_[test, world]]
        found.append(right[:100].mean() - right[100:].mean())
    assert np.mean(found) > 0.08
