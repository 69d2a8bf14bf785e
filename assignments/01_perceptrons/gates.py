"""Three gates: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import SEVEN, numbers_or_truth, shape_of, table

task = Task(
    "gates", "Three gates", points=4, needs=["and_gate", "or_gate", "nand_gate"], minutes=15
)


@task.check("AND: its truth table")
def and_table(impl, rng):
    return table(impl.and_gate)


@task.check("OR: its truth table")
def or_table(impl, rng):
    return table(impl.or_gate)


@task.check("NAND: its truth table")
def nand_table(impl, rng):
    return table(impl.nand_gate)


@task.check("arrays (N,): one answer for each pair of inputs")
def gates_of_arrays(impl, rng):
    return {
        "AND": impl.and_gate(*SEVEN),
        "OR": impl.or_gate(*SEVEN),
        "NAND": impl.nand_gate(*SEVEN),
    }


@task.check("the answers are numbers: the next gate adds them up", weight=0.5)
def gates_give_numbers(impl, rng):
    answers = [gate(*SEVEN) for gate in (impl.and_gate, impl.or_gate, impl.nand_gate)]
    shapes = [shape_of(answer) for answer in answers]
    return {"shapes": ", ".join(shapes), "answers": numbers_or_truth(*answers)}


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.perceptrons import and_gate, or_gate, step

from .mistakes import IF_FOR_ARRAYS, TRUTH_VALUES

ONE_POSITIVE = "The bias decides when both inputs are 0. What should the gate say then?"


@task.misconception("Your AND says yes if one input is 1. One alone must not be enough.")
def and_like_or(x1, x2):
    return or_gate(x1, x2)


@task.misconception("Your AND always says no: its bias outweighs both inputs together.")
def and_never(x1, x2):
    return step(-2 + x1 + x2)


@task.misconception("Your AND always says yes. " + ONE_POSITIVE)
def and_always(x1, x2):
    return step(1.5 + x1 + x2)


@task.misconception("Your AND listens to x1 alone.")
def and_hears_one(x1, x2):
    return step(-0.5 + x1 + 0 * x2)


@task.misconception(
    "Your OR says yes only if both inputs are 1. One alone must be enough.", replaces="or_gate"
)
def or_like_and(x1, x2):
    return and_gate(x1, x2)


@task.misconception(
    "Your OR says no if both inputs are 1. At least one of them is: the answer is 1.",
    replaces="or_gate",
)
def or_exclusive(x1, x2):
    return step(np.abs(1 * x1 - 1 * x2) - 0.5)


@task.misconception("Your OR always says yes. " + ONE_POSITIVE, replaces="or_gate")
def or_always(x1, x2):
    return step(0.5 + x1 + x2)


@task.misconception(
    "Your NAND always says no: you turned the weights round, but not the bias.",
    replaces="nand_gate",
)
def nand_bias_kept(x1, x2):
    return step(-1.5 - x1 - x2)


@task.misconception(
    "Your NAND always says yes: you turned the bias round, but not the weights.",
    replaces="nand_gate",
)
def nand_weights_kept(x1, x2):
    return step(1.5 + x1 + x2)


@task.misconception(
    "Your NAND says yes only if both inputs are 0: that is NOR. NAND is the opposite of AND.",
    replaces="nand_gate",
)
def nand_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@task.misconception("Your NAND is AND: nothing has been turned round.", replaces="nand_gate")
def nand_like_and(x1, x2):
    return and_gate(x1, x2)


@task.misconception(
    "Your NAND is OR. Of the four rows, only the last has the answer 0.", replaces="nand_gate"
)
def nand_like_or(x1, x2):
    return or_gate(x1, x2)


@task.misconception(IF_FOR_ARRAYS)
def if_in_gate(x1, x2):
    if x1 + x2 > 1.5:
        return 1
    return 0


PAIRS = (
    "np.array([x1, x2]) of two arrays (N,) has the shape (2, N): the inputs of one sample stand in "
    "a column. A batch wants one sample per row, (N, 2). Or add w1 · x1 and w2 · x2 one to the "
    "other, without an array of both."
)


@task.misconception(PAIRS)
def pairs_in_columns(x1, x2):
    return step(np.array([x1, x2]) @ np.array([1, 1]) - 1.5)


@task.misconception(PAIRS)
def pairs_in_columns_multiplied(x1, x2):
    return step(np.sum(np.array([1, 1]) * np.array([x1, x2])) - 1.5)


@task.misconception(PAIRS)
def pairs_in_columns_multiplied_by(x1, x2):
    return step(np.sum(np.array([x1, x2]) * np.array([1, 1])) - 1.5)


@task.misconception(
    "You take the negative of AND for its opposite. The opposite of 1 is 0, and that of 0 is 1.",
    replaces="nand_gate",
)
def negative_for_opposite(x1, x2):
    return -and_gate(x1, x2)


@task.misconception(
    "For whole numbers ~ turns every binary digit round, and 0 becomes −1. The opposite of 1 is 0, "
    "and that of 0 is 1.",
    replaces="nand_gate",
)
def all_digits_turned(x1, x2):
    return ~and_gate(x1, x2)


@task.misconception(TRUTH_VALUES)
def gates_of_truth_values(x1, x2):
    return step(-1.5 + x1 + x2) == 1


DECISION_MISSING = "returns the sum itself. The decision is missing: is the sum above 0 or not?"


@task.misconception("Your AND " + DECISION_MISSING)
def and_undecided(x1, x2):
    return -1.5 + x1 + x2


@task.misconception("Your OR " + DECISION_MISSING, replaces="or_gate")
def or_undecided(x1, x2):
    return -0.5 + x1 + x2


@task.misconception("Your NAND " + DECISION_MISSING, replaces="nand_gate")
def nand_undecided(x1, x2):
    return 1.5 - x1 - x2


@task.misconception(
    "Python's lists cannot be multiplied as matrices. Make arrays of them, one row for each pair "
    "of inputs: the hint above says how."
)
def lists_of_inputs(x1, x2):
    return step([x1, x2] @ [1, 1] - 1.5)  # what a perceptron without as_float does
