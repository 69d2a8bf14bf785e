"""What page 6.2 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.data import digits
from solutions.optimizers import Adam

PAGE = "06_normalization/2_scales"


def test_how_often_a_new_value_is_outside(names: dict[str, Any]) -> None:
    assert names["one_value"] == pytest.approx(0.0198, abs=1e-4)
    assert names["any_value"] == pytest.approx(0.72, abs=0.005)
    for single, sample in names["outside"].values():
        assert single == pytest.approx(names["one_value"], abs=0.007)
        assert sample == pytest.approx(names["any_value"], abs=0.12)
    rng = np.random.default_rng(names["seed"])
    for N in (20, 300):
        for draw in names["DRAWS"].values():
            single, _ = names["share_outside"](rng, draw, N, D=400, new=500)
            assert single == pytest.approx(2 / (N + 1), rel=0.25)


@pytest.mark.claim("Where there are none, the span is what the luckiest draw makes of it")
def test_the_span_is_firm_only_where_there_are_limits(names: dict[str, Any]) -> None:
    assert names["firmer"] == ["uniform"]
    rng = np.random.default_rng(names["seed"])
    for N in (100, 300, 1000):
        firm = {
            name: names["firmness"](rng, draw, N=N, draws=120)
            for name, draw in names["DRAWS"].items()
        }
        uniform, heavy = firm["uniform"], firm["log-normal"]
        assert uniform["span"] < uniform["standard deviation"] < uniform["quartile distance"]
        assert uniform["span"] < 1.1
        for name in ("normal", "exponential", "log-normal"):
            assert firm[name]["span"] > 1.02 * firm[name]["standard deviation"]
        assert heavy["span"] > 3
        assert heavy["quartile distance"] < 0.75 * heavy["standard deviation"]
    for name in ("normal", "exponential", "log-normal"):
        small, large = (
            np.median(np.ptp(names["DRAWS"][name](rng, (100, N)), axis=1)) for N in (100, 1000)
        )
        assert large > 1.2 * small


def test_limits_alone_do_not_make_the_span_firm(names: dict[str, Any]) -> None:
    rng, x = np.random.default_rng(names["seed"]), names["held"].x_train
    firm = names["firmness"](rng, lambda rng, size: rng.beta(5, 5, size), draws=120)
    assert firm["span"] > firm["standard deviation"]
    for pixel in (20, 27, 28, 36):
        firm = names["firmness"](rng, lambda rng, size, p=pixel: rng.choice(x[:, p], size))
        assert firm["span"] == 1 < firm["standard deviation"]


def test_adam_digs_the_standardized_pixels_out(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(names, "SGD", Adam)
    reads = {}
    for name in ("min–max", "standardized"):
        scaler = names["SCALERS"][name]().fit(names["broken"])
        train, new = scaler.transform(names["broken"]), scaler.transform(names["new"])
        sets = train, names["labels"], new, names["new_labels"]
        rates = (0.003, 0.01, 0.03) if name == "min–max" else (0.01,)
        reads[name] = max(names["network"](*sets, rate, epochs=15) for rate in rates)
    assert reads["standardized"] > 0.8
    assert reads["min–max"] < reads["standardized"] - 0.2


def test_one_broken_picture_ruins_two_scalers(names: dict[str, Any]) -> None:
    assert min(names["sound"].values()) > 0.885
    assert max(names["with_broken"][name] for name in ("min–max", "standardized")) < 0.35
    assert 0.3 < names["with_broken"]["log"] < min(names["sound"].values()) - 0.15
    assert names["clipped"] > 0.88
    assert np.log1p(1000) == pytest.approx(6.9, abs=0.02)
    assert np.log1p(1000) / np.log1p(1) == pytest.approx(10, abs=0.05)
    rng = np.random.default_rng(names["seed"])
    for size in (500, 1000):
        data = digits(seed=int(rng.integers(1000)))
        x, labels = data.x_train[:size], data.labels_train[:size]
        broken = x.copy()
        broken[int(rng.integers(size))] = 1000
        for name, rates in (("min–max", (0.3, 10, 1000, 1e4)), ("standardized", (0.03, 0.3, 3))):
            scaler = names["SCALERS"][name]().fit(broken)
            train, new = scaler.transform(x), scaler.transform(data.x_test)
            assert train.std() < 0.02
            reads = [
                names["network"](train, labels, new, data.labels_test, rate, epochs=8)
                for rate in rates
            ]
            assert max(reads) < 0.45, "the broken picture is left out, and yet"


@pytest.mark.claim("every scale is a guess at the distribution of what it scales")
def test_each_scale_evens_the_numbers_that_it_is_made_for(names: dict[str, Any]) -> None:
    assert names["fails"] == ["Cauchy"]
    assert names["by_median"] < 0.15
    assert names["log_tiny"] > 0.7
    fullest, made_for = names["fullest"], names["MADE_FOR"]
    for name, bend in made_for.items():
        others = [fullest[name, other] for other in names["BENDS"] if other != bend]
        if name == "Cauchy":
            assert fullest[name, bend] > 0.5
        else:
            assert fullest[name, bend] < min(0.17, *others)
    rng = np.random.default_rng(names["seed"])
    for size, unit in ((500, 0.01), (5000, 30.0)):  # min–max and exponential have no unit
        for name in ("uniform", "exponential"):
            numbers = unit * names["NUMBERS"][name](rng, (size, 1))
            y = names["BENDS"][made_for[name]]().fit(numbers).transform(numbers)
            assert names["fullest_bin"](y) < 0.16
        cauchy = unit * names["NUMBERS"]["Cauchy"](rng, (size, 1))
        assert names["fullest_bin"](np.arctan(cauchy / np.median(cauchy))) < 0.17
        large = 10 ** rng.uniform(0, 9, (size, 1))
        y = names["LogScaler"]().fit(large).transform(large)
        assert names["fullest_bin"](y) < 0.17


@pytest.mark.claim("Under the logarithm a product is a sum, and the boundary a straight line.")
def test_a_product_is_a_sum_under_the_logarithm(names: dict[str, Any]) -> None:
    read = names["product_read"]
    assert read["log"] > 0.975
    pairs, large = names["products"](np.random.default_rng(names["seed"]))
    bent = names["LogScaler"]().fit(pairs).transform(pairs)
    straight = bent.sum(axis=1) > 2 * np.log1p(1e3) / np.log1p(pairs.max(axis=0)).mean()
    assert np.mean(straight == large) > 0.97, "a straight line parts them"
    assert read["plain"] == pytest.approx(read["min–max"], abs=0.01)
    for name in ("plain", "min–max", "exponential", "arctan"):
        assert 0.7 < read[name] < read["log"] - 0.1
    for size, epochs, rates in ((300, 20, (0.3, 3.0)), (2000, 10, (0.03, 1.0))):
        rng = np.random.default_rng([names["seed"], size])
        log, plain, exponential = (
            names["reads_products"](rng, scaler(), rates, size, epochs)
            for scaler in (names["LogScaler"], names["Standardizer"], names["ExponentialScaler"])
        )
        assert log > 0.96
        assert max(plain, exponential) < log - 0.07


def test_the_answer_to_the_question(names: dict[str, Any]) -> None:
    z = np.random.default_rng(names["seed"]).normal(2, 1, 200_000)
    assert np.exp(z).mean() / np.exp(2) == pytest.approx(np.exp(0.5), rel=0.03)
    assert np.median(np.exp(z)) == pytest.approx(np.exp(2), rel=0.03)
    assert np.exp(0.5) == pytest.approx(1.65, abs=0.002)
