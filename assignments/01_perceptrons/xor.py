"""XOR in two layers: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import SEVEN, table

task = Task("xor", "XOR in two layers", points=3, needs=["xor_gate"], minutes=5)


@task.check("XOR: its truth table", weight=2)
def xor_table(impl, rng):
    return table(impl.xor_gate)


@task.check("arrays (N,): one answer for each pair of inputs")
def xor_of_arrays(impl, rng):
    return impl.xor_gate(*SEVEN)


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.perceptrons import and_gate, nand_gate, or_gate, step

from .mistakes import IF_FOR_ARRAYS

TASK_3 = "If the check of task 3 is not all right yet, mend that first: XOR is made of its gates."


@task.misconception(
    "You always say yes. An OR as the last gate does that: one of the first two always says yes. "
    "What must be true of both? " + TASK_3
)
def or_at_the_end(x1, x2):
    return or_gate(or_gate(x1, x2), nand_gate(x1, x2))


@task.misconception("Your answers are all turned round: equal inputs give 1. " + TASK_3)
def equal_for_xor(x1, x2):
    return nand_gate(or_gate(x1, x2), nand_gate(x1, x2))


@task.misconception("You compute OR. XOR says no if both inputs are 1. " + TASK_3)
def xor_like_or(x1, x2):
    return or_gate(x1, x2)


@task.misconception("You compute NAND. XOR says no if both inputs are 0. " + TASK_3)
def xor_like_nand(x1, x2):
    return nand_gate(x1, x2)


@task.misconception(
    "You compute AND. Both rows with one 1 have to give 1: which two gates agree on exactly these? "
    + TASK_3
)
def xor_like_and(x1, x2):
    return and_gate(x1, x2)


@task.misconception(
    "You say yes only where x1 is larger. A line can cut off one corner, but XOR wants two "
    "opposite ones."
)
def only_first_larger(x1, x2):
    return step(1.0 * x1 - x2)


@task.misconception(
    "You say yes only where x2 is larger. A line can cut off one corner, but XOR wants two "
    "opposite ones."
)
def only_second_larger(x1, x2):
    return step(1.0 * x2 - x1)


@task.misconception(
    "You always say no. If the gates of your first layer never say yes together, as AND and NAND, "
    "AND of them says no for ever. Gates that return truth values do it, too: in arrays True + "
    "True "
    "is True. " + TASK_3
)
def never_together(x1, x2):
    return and_gate(and_gate(x1, x2), nand_gate(x1, x2))


@task.misconception("You compute NOR: yes only if both inputs are 0. " + TASK_3)
def xor_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@task.misconception(
    "Your gates give truth values, and in arrays True + True is True, not 2. Turn the answers of "
    "the gates into whole numbers, in task 3."
)
def truth_values_added(x1, x2):
    one, other = np.asarray(or_gate(x1, x2) == 1), np.asarray(nand_gate(x1, x2) == 1)
    both = (one + other) - 1.5 > 0 if one.ndim else and_gate(int(one), int(other))
    return both


@task.misconception(IF_FOR_ARRAYS)
def if_in_xor(x1, x2):
    if or_gate(x1, x2) and nand_gate(x1, x2):
        return 1
    return 0


@task.misconception(
    "Your xor_gate calls itself, and that never ends. Only the gates of task 3 may be used."
)
def calls_itself(x1, x2):
    return and_gate(or_gate(x1, x2), calls_itself(x1, x2))


def add_gates_that_nobody_calls(**gates):
    """Add the mistake of handing functions on; how it fails depends on how the gate is written."""
    for name, gate in gates.items():

        def handed_on(x1, x2, gate=gate):
            return gate(or_gate, nand_gate)

        handed_on.__name__ = f"functions_{name}"
        task.misconception(
            "You hand the gates themselves on, not what they answer: a gate needs its two inputs "
            "in brackets, as in or_gate(x1, x2)."
        )(handed_on)


add_gates_that_nobody_calls(
    added=lambda x1, x2: x1 + x2 - 1.5,
    added_to_the_bias=lambda x1, x2: -1.5 + x1 + x2,
    multiplied=lambda x1, x2: 0.5 * x1 + 0.5 * x2,
    multiplied_by_whole_numbers=lambda x1, x2: 1 * x1 + 1 * x2,
)
