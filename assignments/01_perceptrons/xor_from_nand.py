"""NAND is enough: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import ROWS, SEVEN

task = Task("xor_from_nand", "NAND is enough", points=4, needs=["xor_from_nand"], minutes=20)


class Counted:
    """A gate of two inputs that counts how often it is asked."""

    def __init__(self, gate):
        self.gate, self.calls = gate, 0

    def __call__(self, *inputs):
        if len(inputs) != 2:
            raise TypeError(f"a gate takes two inputs, as in nand(x1, x2); this got {len(inputs)}")
        self.calls += 1
        return self.gate(*(np.asarray(x).astype(int) for x in inputs))


def nand(x1, x2):
    """Answer as NAND does."""
    return 1 - x1 * x2


def nor(x1, x2):
    """Answer 1 where both inputs are 0."""
    return (1 - x1) * (1 - x2)


@task.check("XOR, made of a NAND gate that is handed over", weight=2)
def from_given_nand(impl, rng):
    return [impl.xor_from_nand(x1, x2, Counted(nand)) for x1, x2 in ROWS]


@task.check("it is this gate that works: an XOR takes four calls at least")
def enough_calls(impl, rng):
    gate = Counted(nand)
    answers = impl.xor_from_nand(*SEVEN, gate)
    calls = f"{min(gate.calls, 4)} calls" + " or more" * (gate.calls >= 4)
    return {"calls": calls, "answers": answers}


@task.check("arrays (N,): one answer for each pair of inputs")
def from_nand_of_arrays(impl, rng):
    return impl.xor_from_nand(*SEVEN, Counted(nand))


@task.check("without a third argument it is made of your own NAND gate", weight=0.5)
def from_own_nand(impl, rng):
    return [impl.xor_from_nand(x1, x2) for x1, x2 in ROWS]


@task.check("nothing else is in it: handed a NOR, it says whether x1 and x2 are equal")
def from_nor(impl, rng):
    return {
        name: [impl.xor_from_nand(x1, x2, Counted(gate)) for x1, x2 in ROWS]
        for name, gate in (("NAND", nand), ("NOR", nor))
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.perceptrons import and_gate, nand_gate, or_gate


@task.misconception(
    "You never ask the gate that is handed over as nand. It may be another one than yours, and the "
    "puzzle is to need nothing else."
)
def given_gate_ignored(x1, x2, nand=nand_gate):
    not_both = nand_gate(x1, x2)
    return nand_gate(nand_gate(x1, not_both), nand_gate(x2, not_both))


@task.misconception("Two of your gates are not NAND. AND and OR can be made of NAND, too.")
def nand_and_other_gates(x1, x2, nand=nand_gate):
    return and_gate(or_gate(x1, x2), nand(x1, x2))


@task.misconception(
    "That is OR: each input is turned round, then NAND. XOR needs to hear as well that not both "
    "are 1."
)
def or_of_nands(x1, x2, nand=nand_gate):
    return nand(nand(x1, x1), nand(x2, x2))


@task.misconception("That is AND: NAND, and then turned round.")
def and_of_nands(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(not_both, not_both)


@task.misconception("That is NAND itself.")
def nand_alone(x1, x2, nand=nand_gate):
    return nand(x1, x2)


@task.misconception(
    "The last gate is missing: one half of the answer is there, for one of the inputs."
)
def half_an_xor(x1, x2, nand=nand_gate):
    return nand(x1, nand(x1, x2))


@task.misconception(
    "One turn too many at the end: equal inputs give 1, so what you have is the opposite of XOR."
)
def turned_round_at_the_end(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    xor = nand(nand(x1, not_both), nand(x2, not_both))
    return nand(xor, xor)


@task.misconception("Both gates in the middle get x1. One of them has to get x2.")
def first_input_twice(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x1, not_both))


@task.misconception("Both gates in the middle get x2. One of them has to get x1.")
def second_input_twice(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand(x2, not_both), nand(x2, not_both))


@task.misconception(
    "The two last NANDs are joined by OR or a plus, which is no NAND. Follow what comes out of the "
    "two gates in the middle: exactly one of them is 0 when the inputs differ."
)
def joined_by_or(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return or_gate(nand(x1, not_both), nand(x2, not_both))


@task.misconception(
    "A number of your own goes into a gate. Only x1, x2 and what gates have answered may."
)
def constant_as_input(x1, x2, nand=nand_gate):
    not_x1, not_x2 = nand(x1, 1), nand(x2, 1)
    return nand(nand(x1, not_x2), nand(not_x1, x2))


OWN_GATE = (
    "One of your gates is nand_gate, your own. All of them have to be nand, the one that is handed "
    "over."
)


@task.misconception(OWN_GATE)
def own_gate_first_or_last(x1, x2, nand=nand_gate):
    not_both = nand_gate(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))


@task.misconception(OWN_GATE)
def own_gate_in_the_middle(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand_gate(x1, not_both), nand(x2, not_both))


@task.misconception(
    "You turn an input round with 1 − x. That is an operation, and a number of your own: a gate "
    "has to do it."
)
def turned_round_by_subtracting(x1, x2, nand=nand_gate):
    return nand(nand(x1, 1 - x2), nand(1 - x1, x2))


@task.misconception(
    "A gate takes two inputs with a comma between them: not a list of both, and not one alone."
)
def inputs_in_a_list(x1, x2, nand=nand_gate):
    return nand([x1, x2])


def nand_of_truth_values(x1, x2):
    """Answer as NAND, but with a sign that truth values do not take."""
    return np.greater(-x1 - x2 + 1.5, 0)


@task.misconception(
    "Your own nand_gate returns truth values, and these cannot be subtracted. Turn its answers "
    "into whole numbers, in task 3."
)
def own_gate_of_truth_values(x1, x2, nand=nand_of_truth_values):
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))
