"""What page 1.2 says of gates, weights and margins, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/2_gates"


@pytest.mark.claim("There are many right answers.")
def test_gates_and_how_many_weights_make_them(names: dict[str, Any]) -> None:
    assert names["outputs"] == {
        "AND": [0, 0, 0, 1],
        "OR": [0, 1, 1, 1],
        "NAND": [1, 1, 1, 0],
        "NOR": [1, 0, 0, 0],
    }
    assert len(names["tables"]) == 17**3 == 4913
    counts = names["right"].values()
    assert (min(counts), max(counts)) == (84, 204), "the text says so"
    assert names["right"]["NAND"] < names["right"]["AND"]


@pytest.mark.parametrize("count", [9, 18, 33])
def test_other_grids_have_no_fewer_ands_than_nands(names: dict[str, Any], count: int) -> None:
    values = np.linspace(-2, 2, count)
    w1, w2, b = np.meshgrid(values, values, values, indexing="ij")
    z = np.stack([b, w2 + b, w1 + b, w1 + w2 + b], axis=-1)
    counts = {
        name: int(((z > 0) == np.array(y)).all(axis=-1).sum())
        for name, y in names["outputs"].items()
    }
    assert counts["NAND"] <= counts["AND"]
    off_edge = (np.abs(z) > 1e-9).all(axis=-1)
    a, n = (
        int((((z > 0) == np.array(names["outputs"][name])).all(axis=-1) & off_edge).sum())
        for name in ("AND", "NAND")
    )
    assert a == n, "away from the edge a change of signs turns one into the other"


@pytest.mark.claim("With much noise the largest margin does not err least")
def test_the_largest_margin_errs_least_with_little_noise(names: dict[str, Any]) -> None:
    margins = names["margins"]
    assert max(margins) == margins[0]
    assert max(margins[1:3]) < margins[0] / 2
    little, much = names["wrong"][0.15], names["wrong"][0.5]
    assert min(little[1:]) > 2 * little[0]
    assert much[3] < much[0] - 0.005, "with much noise the smaller margin should err less"


@pytest.mark.parametrize("scale", [0.05, 0.1, 0.15, 0.2])
def test_margins_under_noise_smaller_than_they_are(names: dict[str, Any], scale: float) -> None:
    first, *others = names["errors_under_noise"](100 + names["seed"], scale, samples=50_000)
    assert first <= min(others)


@pytest.mark.claim("With much noise the largest margin does not err least")
@pytest.mark.parametrize("scale", [0.4, 0.7, 1.0, 2.0])
def test_margins_under_noise_larger_than_they_are(names: dict[str, Any], scale: float) -> None:
    first, *_, last = names["errors_under_noise"](100 + names["seed"], scale, samples=50_000)
    assert last < first


@pytest.mark.claim("An input that is shifted by less than the margin is still answered rightly.")
def test_a_shift_within_the_margin_changes_no_answer(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    angles = rng.uniform(0, 2 * np.pi, size=(1000, 1))
    shifts = np.column_stack([np.cos(angles), np.sin(angles)])
    for (w, b), margin in zip(names["NORS"], names["margins"], strict=True):
        for corner, wanted in zip(names["corners"], names["outputs"]["NOR"], strict=True):
            within = names["perceptron"](corner + 0.999 * margin * shifts, np.array(w), b)
            assert (within == wanted).all()


def test_rounding_decides_on_the_edge(names: dict[str, Any]) -> None:
    (rounded, yes), (exact, no) = names["edge"]
    assert 0 < rounded < 1e-16
    assert (yes, exact, no) == (1, 0, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 7])
def test_a_majority_vote(names: dict[str, Any], n: int) -> None:
    inputs = np.array(list(names["product"]((0, 1), repeat=n)))
    assert len(inputs) == 2**n
    w = 2 * np.ones(n)
    np.testing.assert_array_equal(names["perceptron"](inputs, w, -n), inputs.sum(axis=1) > n / 2)
    if n % 2:
        distances = np.abs(inputs @ w - n) / np.linalg.norm(w)
        assert distances.min() == pytest.approx(1 / (2 * np.sqrt(n)))


@pytest.mark.parametrize("wanted", [(0, 0, 0, 1), (0, 1, 1, 1), (1, 0, 0, 0), (0, 0, 1, 1)])
def test_a_gate_with_zeros_is_turned_round_after_b_is_lowered(
    names: dict[str, Any], wanted: tuple[int, ...]
) -> None:
    corners, with_zero = names["corners"], 0
    for *w, b in names["grid"]:
        z = corners @ np.array(w) + b
        if ((z > 0) == np.array(wanted)).all() and (z == 0).any():
            assert ((-(z - 1e-3) > 0) != np.array(wanted)).all()
            with_zero += 1
    assert with_zero
