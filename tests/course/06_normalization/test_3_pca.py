"""What page 6.3 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.data import digits
from solutions.normalization import PCA, Whitening

PAGE = "06_normalization/3_pca"


@pytest.mark.claim(
    "The direction in which the data vary most is the first eigenvector of C, and the "
    "variance there is its eigenvalue."
)
def test_the_first_eigenvector_is_the_direction_of_largest_variance(names: dict[str, Any]) -> None:
    scanned, variances = names["scanned"], names["variances"]
    assert max(scanned) == pytest.approx(variances[1], rel=1e-3)
    assert min(scanned) == pytest.approx(variances[0], rel=1e-2)
    assert abs(np.argmax(scanned) - names["best_angle"]) <= 0.51
    assert 40 < names["best_angle"] < 50
    total = variances.sum()
    for angle in (0, 13, 77, 120):
        along = names["variance_along"]
        assert along(angle) + along(angle + 90) == pytest.approx(total)
    rng, x = np.random.default_rng(names["seed"]), names["x"]
    C = np.cov(x.T, ddof=0)
    for _ in range(200):
        u = rng.normal(size=64)
        assert u @ C @ u / (u @ u) <= names["pca"].variances[0]


def test_principal_components_have_nothing_in_common(names: dict[str, Any]) -> None:
    y = names["pca"].transform(names["x"])
    np.testing.assert_allclose(y.T @ y / len(y), np.diag(names["pca"].variances), atol=1e-12)
    pairs = np.random.default_rng(names["seed"]).integers(0, len(y), (2, 50))
    before, after = (
        np.linalg.norm(form[pairs[0]] - form[pairs[1]], axis=1) for form in (names["x"], y)
    )
    np.testing.assert_allclose(before, after, atol=1e-9)


def test_a_third_of_the_components_holds_nine_tenths(names: dict[str, Any]) -> None:
    assert 4.5 < names["pca"].variances.sum() < 4.9
    needed = names["needed"]
    assert 4 <= needed[0.5] <= 6 < 19 <= needed[0.9] <= 23 < 38 <= needed[0.99] <= 44
    for x in np.array_split(names["x"], 2):
        kept = np.cumsum(PCA().fit(x).variances)
        assert 17 <= np.argmax(kept >= 0.9 * kept[-1]) + 1 <= 24


def test_two_roads_signs_and_ties(names: dict[str, Any]) -> None:
    assert names["off_roads"] < 1e-12
    assert names["space_cosine"] > 0.9
    for draw in range(4):
        x = digits(seed=10 * names["seed"] + draw).x_train
        columns, space = names["compare_halves"](x)
        assert space > 0.9
        assert space > np.abs(columns).min()


def test_without_centring_the_first_direction_is_the_mean(names: dict[str, Any]) -> None:
    assert names["mean_cosine"] > 0.999
    for offset in (0.5, 3.0):
        x = names["x"] + offset
        first = np.linalg.svd(x, full_matrices=False)[2][0]
        assert abs(first @ x.mean(axis=0)) > 0.999 * np.linalg.norm(x.mean(axis=0))
        assert abs(first @ names["pca"].directions[:, 0]) < 0.2


@pytest.mark.claim("Divided by λ, the data have *exactly* the condition number that they had.")
def test_the_root_makes_the_bowl_round(names: dict[str, Any]) -> None:
    kappa = names["round_kappa"]
    assert kappa["divided by √λ"] == pytest.approx(1)
    assert kappa["turned only"] == pytest.approx(kappa["divided by λ"])
    assert kappa["turned only"] > 50
    assert names["one_step"] == pytest.approx(1)
    rng = np.random.default_rng(names["seed"])
    for K in (5, 20, 50):
        y = PCA(K).fit(names["x"]).transform(names["x"])
        assert np.linalg.cond(y / y.var(axis=0)) == pytest.approx(np.linalg.cond(y), rel=1e-6)
        white = y / y.std(axis=0)
        assert names["descend_once"](white, rng.normal(size=(len(y), 3))) == pytest.approx(1)
        assert names["descend_once"](y, rng.normal(size=(len(y), 3))) < 0.99


@pytest.mark.claim(
    "Whitening makes all of them equally large: it amplifies what is nearly all noise for the task."
)
def test_small_components_are_accidents_and_tell_nothing(names: dict[str, Any]) -> None:
    rms, share = names["rms_new"], names["class_share"]
    assert names["largest_new"] > 1000
    assert 0.9 < rms[:10].max() < 1.2
    spreads = Whitening(eps=1e-9).fit(names["few"]).transform(names["few"]).std(axis=0)
    np.testing.assert_allclose(spreads[:45], 1, atol=1e-3)
    assert rms[50:].max() > 50
    assert share[:5].mean() > 0.5
    assert share[20:50].mean() < 0.07
    assert share[50:].mean() < 0.04
    assert names["largest_at"][1] < 0.1 * names["largest_at"][0]
    pca = PCA().fit(names["few"])  # what dozens of them know together is little, not nothing
    train, new = pca.transform(names["few"]), pca.transform(names["new"])
    labels = names["few_labels"], names["new_labels"]
    first, rest = (
        names["softmax_layer"](train[:, some], labels[0], new[:, some], labels[1])
        for some in (slice(5), slice(20, 64))
    )
    assert 0.1 < rest < 0.4 < 0.7 < first


@pytest.mark.claim(
    "On 300 digits whitening with a tiny ε costs 1 to 7 points, and ε = 0.1 gives them back"
)
def test_a_tiny_eps_costs_accuracy_and_a_larger_one_gives_it_back(names: dict[str, Any]) -> None:
    plain, white = names["plain"], names["white"]
    for name in plain:
        assert 0.92 < plain[name] < 0.97
        assert 0.01 < plain[name] - white[name][0] < 0.075
        assert abs(white[name][1] - white[name][0]) < 0.02
        assert white[name][4] > plain[name] - 0.015
        assert white[name][5] > plain[name] - 0.015


@pytest.mark.claim(
    "On 300 digits whitening with a tiny ε costs 1 to 7 points, and ε = 0.1 gives them back"
)
def test_how_the_price_depends_on_the_data(names: dict[str, Any]) -> None:
    models = names["softmax_layer"], names["network"]
    for size, draw in ((100, 1), (300, 2), (1000, 3)):
        data = digits(seed=100 * names["seed"] + draw)
        x, labels = data.x_train, data.labels_train
        parts = x[:size], labels[:size], x[size:], labels[size:]
        for model in models:
            if size == 1000 and model is names["network"]:

                def model(*given: Any) -> float:  # a third of the epochs: as many steps
                    return names["network"](*given, epochs=10)

            plain, tiny, large = (names["reads"](model, *parts, eps) for eps in (None, 1e-9, 0.1))
            if size == 100:
                low, high = (0.05, 0.22) if model is models[0] else (0.12, 0.35)
                assert low < plain - tiny < high
                assert large > tiny + 0.05
            elif size == 300:
                assert 0.005 < plain - tiny < 0.08
                assert large > plain - 0.015
            else:
                assert -0.02 < plain - tiny < 0.035
                assert plain - large < 0.02


def test_zca_keeps_pixels_pixels(names: dict[str, Any]) -> None:
    assert names["own"]["PCA"] < 0.2
    assert names["own"]["ZCA"] > 0.9
    rng, y, centred = np.random.default_rng(names["seed"]), names["components"], names["centred"]
    for eps in (1e-3, 0.1):
        white = Whitening(eps).fit(names["x"])
        y = white.transform(names["x"])
        zca = y @ white.pca.directions.T
        least = np.sum((zca - centred) ** 2)
        if eps == 1e-3:
            assert names["own_correlation"](zca) > 0.8
        for size in (1e-3, 0.1, 10):  # turned a little further, or at random
            turn = np.linalg.qr(np.eye(64) + size * rng.normal(size=(64, 64)))[0]
            assert np.sum((zca @ turn - centred) ** 2) > least


def test_twenty_components_are_enough_to_read(names: dict[str, Any]) -> None:
    """The answer to the question."""
    pca = PCA(20).fit(names["few"])
    train, new = pca.transform(names["few"]), pca.transform(names["new"])
    read = names["softmax_layer"](train, names["few_labels"], new, names["new_labels"])
    assert 0.91 < read < 0.95


def test_eps_outside_the_root_is_another_function() -> None:
    assert 1 / (0 + 0.01) == 100
    assert 1 / np.sqrt(0 + 0.01) == pytest.approx(10)
    assert 255**2 == 65025
    assert 180e9 < (3 * 224 * 224) ** 2 * 8 < 182e9
