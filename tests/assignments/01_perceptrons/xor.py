"""Answers to xor: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.perceptrons import and_gate, nand_gate, or_gate


def xor_step_by_step(x1, x2):
    hidden = or_gate(x1, x2), nand_gate(x1, x2)
    return and_gate(*hidden)


def xor_of_exclusions(x1, x2):
    only_first = and_gate(x1, nand_gate(x2, x2))
    only_second = and_gate(nand_gate(x1, x1), x2)
    return or_gate(only_first, only_second)


def xor_by_difference(x1, x2):
    return np.not_equal(x1, x2)


def xor_as_network(x1, x2):
    h1 = np.where(x1 + x2 - 0.5 > 0, 1, 0)
    h2 = np.where(x1 + x2 - 1.5 > 0, 1, 0)
    return np.where(h1 - 2 * h2 - 0.5 > 0, 1, 0)


XOR = "and_gate(or_gate(x1, x2), nand_gate(x1, x2))"

RIGHT = [
    {"xor_gate": xor_step_by_step},
    {"xor_gate": xor_of_exclusions},
    {"xor_gate": xor_by_difference},
    {"xor_gate": xor_as_network},
]

SLIPS = [
    (XOR, "or_gate(nand_gate(x1, x2), or_gate(x1, x2))", "or_at_the_end"),
    (XOR, "nand_gate(nand_gate(x1, x2), or_gate(x1, x2))", "equal_for_xor"),
    (XOR, "step(-0.5 + x1 - x2)", "only_first_larger"),
    (XOR, "and_gate(or_gate(x1, x2), and_gate(x1, x2))", "xor_like_and"),
    (XOR, "xor_gate(x1, x2)", "calls_itself"),
    (XOR, "and_gate(or_gate, nand_gate)", "functions_added_to_the_bias"),
    (XOR, "((x1 + x2 > 0.5) + (x1 + x2 < 1.5)) > 1.5", "truth_values_added"),
]
