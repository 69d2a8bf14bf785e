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


ARRAYS = "arrays (N,): one answer for each pair of inputs"


@task.check(f"AND: {ARRAYS}", weight=1 / 3)
def and_of_arrays(impl, rng):
    return impl.and_gate(*SEVEN)


@task.check(f"OR: {ARRAYS}", weight=1 / 3)
def or_of_arrays(impl, rng):
    return impl.or_gate(*SEVEN)


@task.check(f"NAND: {ARRAYS}", weight=1 / 3)
def nand_of_arrays(impl, rng):
    return impl.nand_gate(*SEVEN)


@task.check("the answers are numbers: the next gate adds them up", weight=0.5)
def gates_give_numbers(impl, rng):
    gates = {"AND": impl.and_gate, "OR": impl.or_gate, "NAND": impl.nand_gate}
    answers = {name: gate(*SEVEN) for name, gate in gates.items()}
    shapes = [shape_of(answer) for answer in answers.values()]
    return {
        "shapes": ", ".join(shapes),
        **{name: numbers_or_truth(answer) for name, answer in answers.items()},
    }


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from handgrad import Part, Parts
from solutions.perceptrons import and_gate, nand_gate, or_gate, step

from .mistakes import IF_FOR_ARRAYS, TRUTH_VALUES

parts = Parts(
    task,
    [and_gate, or_gate, nand_gate],
    {
        "AND": Part("AND", of="and_gate"),
        "OR": Part("OR", of="or_gate"),
        "NAND": Part("NAND", of="nand_gate"),
    },
)
WEIGHT_AND_BIAS = {"and_gate": (1, -1.5), "or_gate": (1, -0.5), "nand_gate": (-1, 1.5)}


def wrong_gates(hint):
    """Add a wrong way to weigh two inputs, by a weight and a bias, as mistakes of the gates."""

    def gate(weigh, w, b):
        return lambda x1, x2: weigh(x1, x2, w, b)

    def add(weigh):
        wrong = {name: gate(weigh, w, b) for name, (w, b) in WEIGHT_AND_BIAS.items()}
        parts.mistake(hint)(type(weigh.__name__, (), wrong))
        return weigh

    return add


@wrong_gates(
    "You return the sum itself in {what}. The decision is missing: is the sum above 0 or not?"
)
def undecided(x1, x2, w, b):
    return w * x1 + w * x2 + b


@wrong_gates(TRUTH_VALUES)
def truth_values(x1, x2, w, b):
    return np.greater(w * x1 + w * x2 + b, 0)


@wrong_gates(IF_FOR_ARRAYS)
def if_in_gates(x1, x2, w, b):
    if w * x1 + w * x2 + b > 0:
        return 1
    return 0


PAIRS = (
    "np.array([x1, x2]) of two arrays (N,) has the shape (2, N): the inputs of one sample stand in "
    "a column. A batch wants one sample per row, (N, 2). Or add w1 · x1 and w2 · x2 one to the "
    "other, without an array of both."
)


@wrong_gates(PAIRS)
def pairs_in_columns(x1, x2, w, b):
    return step(np.array([x1, x2]) @ np.array([w, w]) + b)


@wrong_gates(PAIRS)
def pairs_in_columns_multiplied(x1, x2, w, b):
    return step(np.sum(np.array([w, w]) * np.array([x1, x2])) + b)


@wrong_gates(PAIRS)
def pairs_in_columns_multiplied_by(x1, x2, w, b):
    return step(np.sum(np.array([x1, x2]) * np.array([w, w])) + b)


@wrong_gates(
    "Python's lists cannot be multiplied as matrices. Make arrays of them, one row for each pair "
    "of inputs: the hint above says how."
)
def lists_of_inputs(x1, x2, w, b):
    return step([x1, x2] @ [w, w] + b)  # what a perceptron without as_float does


@wrong_gates("One input alone decides in {what}: x1. Both have a weight.")
def first_input_alone(x1, x2, w, b):
    return step(w * (x1 - 0.5) + 0 * x2)


@wrong_gates("One input alone decides in {what}: x2. Both have a weight.")
def second_input_alone(x1, x2, w, b):
    return step(w * (x2 - 0.5) + 0 * x1)


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
    "Your NAND always says no, also when both inputs are 0. There the bias alone decides: has it "
    "been turned round?",
    replaces="nand_gate",
)
def nand_bias_kept(x1, x2):
    return step(-1.5 - x1 - x2)


@task.misconception(
    "Your NAND always says yes, also when both inputs are 1. Together they have to outweigh the "
    "bias: have both weights been turned round?",
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


@task.misconception("Your AND is NAND: all its answers are turned round.")
def and_like_nand(x1, x2):
    return nand_gate(x1, x2)


@task.misconception(
    "Your OR is NOR: it says yes only if both inputs are 0. All its answers are turned round.",
    replaces="or_gate",
)
def or_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@task.misconception(
    "Your OR is NAND: it says yes if one input is 0. At least one has to be 1.",
    replaces="or_gate",
)
def or_like_nand(x1, x2):
    return nand_gate(x1, x2)


@task.misconception("Your AND is NOR: it says yes if both inputs are 0. Both have to be 1.")
def and_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@task.misconception(
    "Your OR always says no: its bias outweighs both inputs together.", replaces="or_gate"
)
def or_never(x1, x2):
    return step(-2 + x1 + x2)
