"""What page 1.3 says of XOR, of layers and of circuits, its own cells compute."""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest

from solutions.perceptrons import Perceptron

PAGE = "01_perceptrons/3_xor"
XOR = [0, 1, 1, 0]


def test_xor_and_its_opposite_are_missing(names: dict[str, Any]) -> None:
    assert names["missing"] == [(0, 1, 1, 0), (1, 0, 0, 1)]
    assert names["separable"] == {2: 14, 3: 104, 4: 1882}, "counts of Muroga (1971)"


def test_a_finer_grid_does_not_help(names: dict[str, Any]) -> None:
    values = np.linspace(-3, 3, 61)
    w1, w2, b = np.meshgrid(values, values, values, indexing="ij")
    z = np.stack([b, w2 + b, w1 + b, w1 + w2 + b], axis=-1)
    for table in names["missing"]:
        assert not ((z > 1e-9) == np.array(table)).all(axis=-1).any()


@pytest.mark.claim("perceptrons in layers can compute every truth table")
def test_two_layers_and_nand_alone_are_enough(names: dict[str, Any]) -> None:
    assert names["hidden_places"] == 3, "two of the four inputs should land on the same point"
    assert (names["xor_by_layers"], names["xor_by_four"]) == (XOR, XOR)
    assert names["circuits_right"] == 2**8
    assert names["recipe_gates"] > 4, "the best circuit is said to need fewer"


@pytest.mark.claim("they move the data until the last layer's straight cut works.")
def test_a_line_separates_what_the_hidden_layer_made_and_not_the_inputs(
    names: dict[str, Any],
) -> None:
    moved, as_they_are = Perceptron(np.zeros(2)), Perceptron(np.zeros(2))
    assert moved.fit(names["hidden"], np.array(XOR), epochs=100)[-1] == 0
    assert min(as_they_are.fit(names["corners"], np.array(XOR), epochs=100)) > 0


def test_no_circuit_of_three_nands_is_an_xor() -> None:
    first, second, wanted = 0b0011, 0b0101, 0b0110  # truth tables as numbers of four bits
    circuits = {(first, second)}
    for _ in range(3):
        circuits = {(*c, 15 & ~(a & b)) for c in circuits for a in c for b in c}
        assert all(c[-1] != wanted for c in circuits)
    assert any(15 & ~(a & b) == wanted for c in circuits for a in c for b in c), "four are enough"


@pytest.mark.parametrize("n", range(2, 10))
def test_separable_tables_are_as_rare_as_announced(n: int) -> None:
    most = 2 * sum(comb(2**n - 1, i) for i in range(n + 1))  # Cover's count, for any 2^n points
    assert most <= 2**n**2
    assert (2**n**2 < 2 ** (2**n) / 100) == (n >= 5)


@pytest.mark.claim("perceptrons in layers can compute every truth table")
@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_the_recipe_for_other_numbers_of_inputs(names: dict[str, Any], n: int) -> None:
    inputs = np.array(list(product((0, 1), repeat=n)))
    rng = np.random.default_rng(n)
    for table in rng.integers(0, 2, size=(20, 2**n)):
        np.testing.assert_array_equal(names["circuit"](table, inputs), table)
    names["gates_used"].clear()
    assert not names["circuit"](np.zeros(2**n, int), inputs).any()
    assert names["gates_used"], "a table without a 1 is made of gates, too"


@pytest.mark.parametrize("n", [2, 3, 8])
def test_parity_by_a_chain_of_xors(names: dict[str, Any], n: int) -> None:
    inputs = np.array(list(product((0, 1), repeat=n)))
    odd = inputs.sum(axis=1) % 2
    assert odd.sum() == 2**n // 2, "so many ANDs does the recipe need"
    np.testing.assert_array_equal(reduce(names["xor_gate"], inputs.T), odd)
    counts = [names["perceptron"](inputs, np.ones(n), 0.5 - k) for k in range(1, n + 1)]
    signs = (-1.0) ** np.arange(n)
    answers = names["perceptron"](np.column_stack(counts), signs, -0.5)
    np.testing.assert_array_equal(answers, odd)
