"""Answers to gates: right ones in other styles, and wrong ones."""

import numpy as np


def weigh(x1, x2, w1, w2, b):
    return np.where(w1 * x1 + w2 * x2 + b > 0, 1, 0)


def and_of_the_book(x1, x2):
    return weigh(x1, x2, 0.5, 0.5, -0.7)


def or_of_the_book(x1, x2):
    return weigh(x1, x2, 0.5, 0.5, -0.2)


def nand_of_the_book(x1, x2):
    return weigh(x1, x2, -0.5, -0.5, 0.7)


def and_on_the_line(x1, x2):
    return 1 * (x1 + x2 - 1 > 0)


def or_on_the_line(x1, x2):
    return 1 * (x1 + x2 > 0)


def nand_on_the_line(x1, x2):
    return (2 - x1 - x2 > 0) + 0


def and_by_rows(x1, x2):
    return (np.stack([x1, x2], axis=-1) @ np.array([2.0, 1.0]) > 2.5).astype(float)


def or_by_rows(x1, x2):
    return (np.stack([x1, x2], axis=-1) @ np.array([2.0, 1.0]) > 0.5).astype(float)


def nand_by_rows(x1, x2):
    return (np.column_stack([x1, x2]) @ np.array([-2.0, -1.0]) > -2.5).astype(int)


def and_of_bits(x1, x2):
    return x1 & x2


def or_of_bits(x1, x2):
    return x1 | x2


def nand_of_products(x1, x2):
    return 1 - x1 * x2


def one_by_one(rule):
    def gate(x1, x2):
        if np.ndim(x1):
            return [rule(a, b) for a, b in zip(x1, x2, strict=True)]
        return rule(x1, x2)

    return gate


def and_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(a and b))(x1, x2)


def or_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(a or b))(x1, x2)


def nand_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(not (a and b)))(x1, x2)


AND, OR, NAND = "step(-1.5 + x1 + x2)", "step(-0.5 + x1 + x2)", "step(1.5 - x1 - x2)"


def and_by_table(x1, x2):
    return np.array([[0, 0], [0, 1]])[x1, x2]


def or_by_table(x1, x2):
    return np.array([[0, 1], [1, 1]])[x1, x2]


def nand_by_table(x1, x2):
    return np.array([[1, 1], [1, 0]])[x1, x2]


def nand_by_and(x1, x2):
    return np.subtract(1, and_on_the_line(x1, x2))


RIGHT = [
    {"and_gate": and_by_table, "or_gate": or_by_table, "nand_gate": nand_by_table},
    {"and_gate": np.minimum, "or_gate": np.maximum, "nand_gate": nand_by_and},
    {"and_gate": and_of_the_book, "or_gate": or_of_the_book, "nand_gate": nand_of_the_book},
    {"and_gate": and_on_the_line, "or_gate": or_on_the_line, "nand_gate": nand_on_the_line},
    {"and_gate": and_by_rows, "or_gate": or_by_rows, "nand_gate": nand_by_rows},
    {"and_gate": and_of_bits, "or_gate": or_of_bits, "nand_gate": nand_of_products},
    {"and_gate": and_by_loops, "or_gate": or_by_loops, "nand_gate": nand_by_loops},
]

SLIPS = [
    (f"{OR}\n", f"{OR} == 1\n", "truth_values.OR"),
    (NAND, "1.5 - x1 - x2", "undecided.NAND"),
    (AND, "step(x1 - 0.5)", "first_input_alone.AND"),
    (NAND, "step(np.array([x1, x2]) @ np.array([-1, -1]) + 1.5)", "pairs_in_columns.NAND"),
    (OR, "1 if x1 + x2 > 0 else 0", "if_in_gates.OR"),
    (AND, "step([x1, x2] @ [1, 1] - 1.5)", "lists_of_inputs.AND"),
    (AND, "step(-0.3 + 0.5 * x1 + 0.5 * x2)", "and_like_or"),
    (OR, "step(-0.7 + 0.5 * x1 + 0.5 * x2)", "or_like_and"),
    (NAND, "step(-0.7 - 0.5 * x1 - 0.5 * x2)", "nand_bias_kept"),
    (NAND, "step(0.7 + 0.5 * x1 + 0.5 * x2)", "nand_weights_kept"),
    (AND, "int(x1 == 1 and x2 == 1)", "if_in_gates.AND"),
    (
        AND,
        "int(np.sum(np.array([0.5, 0.5]) * np.array([x1, x2])) - 0.7 > 0)",
        "pairs_in_columns_multiplied.AND",
    ),
    (NAND, "np.logical_not(and_gate(x1, x2))", "truth_values.NAND"),
    (OR, "x1 + x2 - 0.5", "undecided.OR"),
]

EQUIVALENT = {
    "Any weights and bias that make a gate are right: x1 + x2 > 0 is an OR.": [
        "or_gate: return step(-0.5 + x1 + x2) → return step(-0.0 + x1 + x2)",
        "or_gate: return step(-0.5 + x1 + x2) → return step(x1 + x2)",
    ]
}

NAMES = {
    "undecided.AND": [
        "and_gate: return step(-1.5 + x1 + x2) → return -1.5 + x1 + x2",
    ],
    "and_never": [
        "and_gate: return step(-1.5 + x1 + x2) → return step(-1.5 + x1 - x2)",
        "and_gate: return step(-1.5 + x1 + x2) → return step(-1.5 + x1)",
        "and_gate: return step(-1.5 + x1 + x2) → return step(-1.5 - x1 + x2)",
        "and_gate: return step(-1.5 + x1 + x2) → return step(-1.5 + x2)",
        "and_gate: return step(-1.5 + x1 + x2) → return step(-3.0 + x1 + x2)",
    ],
    "second_input_alone.AND": [
        "and_gate: return step(-1.5 + x1 + x2) → return step(x2)",
    ],
    "and_like_or": [
        "and_gate: return step(-1.5 + x1 + x2) → return step(x1 + x2)",
        "and_gate: return step(-1.5 + x1 + x2) → return step(-0.0 + x1 + x2)",
    ],
    "and_always": [
        "and_gate: return step(-1.5 + x1 + x2) → return step(1.5 + x1 + x2)",
    ],
    "undecided.OR": [
        "or_gate: return step(-0.5 + x1 + x2) → return -0.5 + x1 + x2",
    ],
    "first_input_alone.OR": [
        "or_gate: return step(-0.5 + x1 + x2) → return step(-0.5 + x1)",
    ],
    "second_input_alone.OR": [
        "or_gate: return step(-0.5 + x1 + x2) → return step(x2)",
        "or_gate: return step(-0.5 + x1 + x2) → return step(-0.5 + x2)",
    ],
    "or_always": [
        "or_gate: return step(-0.5 + x1 + x2) → return step(0.5 + x1 + x2)",
    ],
    "or_like_and": [
        "or_gate: return step(-0.5 + x1 + x2) → return step(-1.0 + x1 + x2)",
    ],
    "undecided.NAND": [
        "nand_gate: return step(1.5 - x1 - x2) → return 1.5 - x1 - x2",
    ],
    "nand_weights_kept": [
        "nand_gate: return step(1.5 - x1 - x2) → return step(1.5 - x1 + x2)",
        "nand_gate: return step(1.5 - x1 - x2) → return step(1.5 - x1)",
        "nand_gate: return step(1.5 - x1 - x2) → return step(1.5 + x1 - x2)",
        "nand_gate: return step(1.5 - x1 - x2) → return step(1.5 - x2)",
        "nand_gate: return step(1.5 - x1 - x2) → return step(3.0 - x1 - x2)",
    ],
    "nand_like_and": [
        "nand_gate: return step(1.5 - x1 - x2) → return step(x2 - (1.5 - x1))",
    ],
    "nand_bias_kept": [
        "nand_gate: return step(1.5 - x1 - x2) → return step(x1 - 1.5 - x2)",
        "nand_gate: return step(1.5 - x1 - x2) → return step(0.0 - x1 - x2)",
    ],
}
