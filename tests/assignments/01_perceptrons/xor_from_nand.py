"""Answers to xor_from_nand: right ones in other styles, and wrong ones."""

from solutions.perceptrons import nand_gate


def xor_of_five_nands(x1, x2, nand=nand_gate):
    return nand(nand(x1, nand(x1, x2)), nand(x2, nand(x1, x2)))


def xor_of_not_and_or(x1, x2, nand=nand_gate):
    not1, not2 = nand(x1, x1), nand(x2, x2)
    only_first = nand(x1, not2)
    only_second = nand(not1, x2)
    return nand(only_first, only_second)


def xor_of_six_nands(x1, x2, nand=nand_gate):
    either = nand(nand(x1, x1), nand(x2, x2))
    inverse = nand(either, nand(x1, x2))
    return nand(inverse, inverse)


NANDS = "nand(nand(x1, not_both), nand(x2, not_both))"

RIGHT = [
    {"xor_from_nand": xor_of_five_nands},
    {"xor_from_nand": xor_of_not_and_or},
    {"xor_from_nand": xor_of_six_nands},
]

SLIPS = [
    ("not_both = nand(x1, x2)\n", "return nand(nand(x1, x1), nand(x2, x2))\n", "or_of_nands"),
    (
        "not_both = nand(x1, x2)",
        "nand, not_both = nand_gate, nand_gate(x1, x2)",
        "given_gate_ignored",
    ),
    (NANDS, "nand(nand(x1, not_both), nand(x1, not_both))", "first_input_twice"),
    (NANDS, "and_gate(or_gate(x1, x2), not_both)", "nand_and_other_gates"),
    (NANDS, "nand_gate(nand(x1, not_both), nand(x2, not_both))", "own_gate_first_or_last"),
    (NANDS, "nand(nand(x1, not_both), nand_gate(x2, not_both))", "own_gate_in_the_middle"),
    ("not_both = nand(x1, x2)", "not_both = nand((x1, x2))", "inputs_in_a_list"),
    (NANDS, "1 * (nand(x1, not_both) + nand(x2, not_both) > 0)", "joined_by_or"),
]
