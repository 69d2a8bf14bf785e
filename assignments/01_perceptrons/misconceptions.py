"""Mistakes that learners make in chapter 1, as implementations, with the hints that name them.

Each is the reference but for one misunderstanding. They run only on the grader's side.
"""

import math
from itertools import pairwise

import numpy as np

from solutions.perceptrons import (
    Perceptron,
    and_gate,
    collapse_affine,
    init_network,
    nand_gate,
    or_gate,
    perceptron,
    relu,
    sigmoid,
    softmax,
    step,
)

from . import checks

IF_FOR_ARRAYS = (
    "if, and, or and not want a single yes or no. An array holds many answers: compare the whole "
    "array at once, and turn the truth values into numbers."
)
IN_PLACE = "You change the array that you were given. It belongs to the caller: make a new one."
SINGLE_PRECISION = (
    "float32 comes back as float64, which takes twice the memory. Arithmetic of x with plain "
    "numbers keeps its type. An array of another type does not: np.zeros and np.array make float64 "
    "unless you name another dtype, and the whole numbers of step turn float32 into float64 as "
    "well."
)
ROUNDED = (
    "You round the result. In the examples np.round only shortens what is printed; the function "
    "itself returns all digits."
)
TRUTH_VALUES = (
    "You return truth values, True and False. Later tasks add the answers up, and in arrays "
    "True + True is True, not 2. Make numbers of them; arrays have a method for that, astype."
)
ONE_BY_ONE = (
    "A loop over x takes its rows one by one, not its numbers, and a single number cannot be "
    "looped over at all. NumPy compares all elements of any shape at once."
)
WHOLE_NUMBERS = (
    "For whole numbers your result is cut down to whole numbers: an array made in the form of x "
    "takes over its type, too."
)
NOT_A_NUMBER = (
    "exp of a large positive number is infinite, and infinity divided by infinity is not a number."
)

# 1 The step --------------------------------------------------------------------------------------


@checks.step.misconception("You answer 1 at exactly 0. The rule says: only above 0.")
def yes_at_zero(x):
    return np.greater_equal(x, 0).astype(int)


@checks.step.misconception("At exactly 0 you answer a half. Here a step knows 0 and 1 only.")
def half_at_zero(x):
    return np.heaviside(x, 0.5)


@checks.step.misconception("Your step goes down: it answers 1 for negative numbers.")
def step_down(x):
    return np.less(x, 0).astype(int)


@checks.step.misconception("You return the sign, −1 or 1. A step answers 0 or 1.")
def sign_for_step(x):
    return np.sign(x)


@checks.step.misconception("You return −1 for no. A step answers 0 for no.")
def minus_one_for_no(x):
    return np.where(np.greater(x, 0), 1, -1)


@checks.step.misconception("You keep the size of positive numbers. A step says only yes or no.")
def size_kept(x):
    return np.maximum(x, 0)


@checks.step.misconception("Your step stands at ½. It has to stand at 0.")
def step_at_one_half(x):
    return np.greater(x, 0.5).astype(int)


@checks.step.misconception("Your step stands at 1. It has to stand at 0.")
def step_at_one(x):
    return np.greater_equal(x, 1).astype(int)


@checks.step.misconception(IF_FOR_ARRAYS)
def if_in_step(x):
    if x > 0:
        return 1
    return 0


@checks.step.misconception(
    "You give one answer for the whole array. Each element has an answer of its own."
)
def one_answer_for_all(x):
    return int(np.any(np.greater(x, 0)))


@checks.step.misconception(IN_PLACE)
def step_in_place(x):
    answer = step(x)
    if isinstance(x, np.ndarray):
        x[...] = answer
        return x
    return answer


@checks.step.misconception(
    "x may be one number, too. A plain number is no array: it cannot be indexed, and it has no "
    "method astype. NumPy's functions take both."
)
def arrays_only(x):
    return (x > 0).astype(int)


@checks.step.misconception(
    "The shape is lost: your answers stand in one long row. They have the shape of x."
)
def shape_lost(x):
    return np.ravel(step(x))


@checks.step.misconception(TRUTH_VALUES)
def truth_values(x):
    return np.greater(x, 0)


@checks.step.misconception(ONE_BY_ONE)
def row_by_row(x):
    return [1 if element > 0 else 0 for element in x]


@checks.step.misconception(ONE_BY_ONE)
def row_by_row_twice(x):
    return [[1 if element > 0 else 0 for element in row] for row in x]


@checks.step.misconception(
    "x may be one number, too. A plain number has no shape and cannot be indexed. NumPy's "
    "functions take both: np.shape(x), np.where(...), np.greater(...)."
)
def arrays_only_by_shape(x):
    answer = np.zeros(x.shape)
    answer[x > 0] = 1
    return answer


@checks.step.misconception(IN_PLACE)
def step_in_place_by_masks(x):
    x[x > 0] = 1
    x[x <= 0] = 0
    return x


# 2 The perceptron --------------------------------------------------------------------------------


@checks.perceptron.misconception("The bias is missing: nothing but the inputs decides.")
def bias_forgotten(x, w, b):
    return step(x @ w)


@checks.perceptron.misconception(
    "You subtract b, or compare with b as a threshold. Here the bias is added: a large b makes a "
    "yes easier."
)
def bias_subtracted(x, w, b):
    return step(x @ w - b)


@checks.perceptron.misconception(
    "You answer 1 where the sum is exactly 0. The rule says: only above 0."
)
def yes_on_the_line(x, w, b):
    return np.greater_equal(x @ w + b, 0).astype(int)


@checks.perceptron.misconception("You return the sum itself. The decision is missing: 0 or 1.")
def score_returned(x, w, b):
    return x @ w + b


@checks.perceptron.misconception("You return −1 for no. Here a perceptron answers 0 for no.")
def perceptron_of_signs(x, w, b):
    return np.where(x @ w + b > 0, 1, -1)


@checks.perceptron.misconception("You answer 0 for yes and 1 for no.")
def answers_turned_round(x, w, b):
    return 1 - step(x @ w + b)


@checks.perceptron.misconception(IF_FOR_ARRAYS)
def if_in_perceptron(x, w, b):
    if x @ w + b > 0:
        return 1
    return 0


@checks.perceptron.misconception(
    "The products of the whole batch end up in one sum. Each row has a sum of its own."
)
def one_sum_for_the_batch(x, w, b):
    return step(np.sum(x * w) + b)


@checks.perceptron.misconception(
    "You add over the samples of the batch, not over the inputs of each sample."
)
def sum_over_samples(x, w, b):
    return step(sum(x * w) + b)


@checks.perceptron.misconception(
    "w @ x does for a single input, but for a batch the shapes (D,) and (N, D) do not meet. Write "
    "the shapes down: which order makes D meet D?"
)
def weights_first(x, w, b):
    return step(w @ x + b)


@checks.perceptron.misconception(
    "np.dot(w, x) does for a single input, but for a batch the shapes (D,) and (N, D) do not meet. "
    "Write the shapes down: which order makes D meet D?"
)
def weights_first_with_dot(x, w, b):
    return step(np.dot(w, x) + b)


@checks.perceptron.misconception(
    "The bias is added to each weight, so it counts once for every input. It is added once."
)
def bias_on_each_weight(x, w, b):
    return step(x @ (w + b))


@checks.perceptron.misconception(
    "The answers stand in a column, (N, 1). A batch of N inputs has answers of shape (N,)."
)
def column_of_answers(x, w, b):
    return step(x @ np.reshape(w, (-1, 1)) + b)


@checks.perceptron.misconception("You take the size of the sum. Its sign is what decides.")
def size_of_the_sum(x, w, b):
    return step(np.abs(x @ w + b))


@checks.perceptron.misconception(
    "The inputs' share has the wrong sign: w · x is subtracted from the bias."
)
def inputs_subtracted(x, w, b):
    return step(b - x @ w)


@checks.perceptron.misconception(
    "axis=1 is the last axis of a batch only. A single input has just axis 0; −1 counts from the "
    "end."
)
def second_axis_of_one_input(x, w, b):
    return step(np.sum(x * w, axis=1) + b)


@checks.perceptron.misconception("You answer with a sigmoid. A perceptron says 0 or 1.")
def smooth_answer(x, w, b):
    return sigmoid(x @ w + b)


@checks.perceptron.misconception(
    "The sum is missing: x * w multiplies input by input, and each product gets a decision of its "
    "own. Add the products of one sample first."
)
def products_not_added(x, w, b):
    return step(x * w + b)


@checks.perceptron.misconception(
    "You loop over the rows, so that one input (D,) is taken apart into numbers. For both cases x "
    "has to be taken as a whole."
)
def batch_only(x, w, b):
    return [step(row @ w + b) for row in x]


@checks.perceptron.misconception(
    "You loop over the rows, so that one input (D,) is taken apart into numbers. Sum along the "
    "last axis of x as a whole instead: that is right in both cases."
)
def batch_only_by_sums(x, w, b):
    return np.array([step(np.sum(row * w) + b) for row in x])


@checks.perceptron.misconception(
    "The bias stands inside the sum over the inputs, so it counts once for every input. It is "
    "added once."
)
def bias_inside_the_sum(x, w, b):
    return step((x * w + b).sum(axis=-1))


@checks.perceptron.misconception(
    "The bias is added to the answer, behind the step. It belongs into the sum that the step "
    "decides on."
)
def bias_after_the_step(x, w, b):
    return step(x @ w) + b


@checks.perceptron.misconception(
    "The bias is added to the answer, and then compared once more. It belongs into the sum, before "
    "the one decision."
)
def bias_between_two_decisions(x, w, b):
    return step(step(x @ w) + b)


@checks.perceptron.misconception(
    "For one input (D,) you return an array with one element. Asked for is one number: make no "
    "batch of a single input."
)
def batch_of_one(x, w, b):
    return step(np.atleast_2d(x) @ w + b)


@checks.perceptron.misconception(
    "You change x: `x *= w` writes into the caller's array. `x * w` makes a new one."
)
def products_in_place(x, w, b):
    x *= w
    return step(x.sum(axis=-1) + b)


@checks.perceptron.misconception(
    "w[i] meets x[i], which is one number in a single input, but a whole row in a batch. The "
    "inputs lie along the last axis."
)
def loop_over_first_axis(x, w, b):
    total = 0
    for i in range(len(w)):
        total = total + w[i] * x[i]
    return step(total + b)


# 3 Gates -----------------------------------------------------------------------------------------

ONE_POSITIVE = "The bias decides when both inputs are 0. What should the gate say then?"


@checks.gates.misconception("Your AND says yes if one input is 1. One alone must not be enough.")
def and_like_or(x1, x2):
    return or_gate(x1, x2)


@checks.gates.misconception("Your AND always says no: its bias outweighs both inputs together.")
def and_never(x1, x2):
    return step(-2 + x1 + x2)


@checks.gates.misconception("Your AND always says yes. " + ONE_POSITIVE)
def and_always(x1, x2):
    return step(1.5 + x1 + x2)


@checks.gates.misconception("Your AND listens to x1 alone.")
def and_hears_one(x1, x2):
    return step(-0.5 + x1 + 0 * x2)


@checks.gates.misconception(
    "Your OR says yes only if both inputs are 1. One alone must be enough.", replaces="or_gate"
)
def or_like_and(x1, x2):
    return and_gate(x1, x2)


@checks.gates.misconception(
    "Your OR says no if both inputs are 1. At least one of them is: the answer is 1.",
    replaces="or_gate",
)
def or_exclusive(x1, x2):
    return step(np.abs(1 * x1 - 1 * x2) - 0.5)


@checks.gates.misconception("Your OR always says yes. " + ONE_POSITIVE, replaces="or_gate")
def or_always(x1, x2):
    return step(0.5 + x1 + x2)


@checks.gates.misconception(
    "Your NAND always says no: you turned the weights round, but not the bias.",
    replaces="nand_gate",
)
def nand_bias_kept(x1, x2):
    return step(-1.5 - x1 - x2)


@checks.gates.misconception(
    "Your NAND always says yes: you turned the bias round, but not the weights.",
    replaces="nand_gate",
)
def nand_weights_kept(x1, x2):
    return step(1.5 + x1 + x2)


@checks.gates.misconception(
    "Your NAND says yes only if both inputs are 0: that is NOR. NAND is the opposite of AND.",
    replaces="nand_gate",
)
def nand_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@checks.gates.misconception(
    "Your NAND is AND: nothing has been turned round.", replaces="nand_gate"
)
def nand_like_and(x1, x2):
    return and_gate(x1, x2)


@checks.gates.misconception(
    "Your NAND is OR. Of the four rows, only the last has the answer 0.", replaces="nand_gate"
)
def nand_like_or(x1, x2):
    return or_gate(x1, x2)


@checks.gates.misconception(IF_FOR_ARRAYS)
def if_in_gate(x1, x2):
    if x1 + x2 > 1.5:
        return 1
    return 0


PAIRS = (
    "np.array([x1, x2]) of two arrays (N,) has the shape (2, N): the inputs of one sample stand in "
    "a column. A batch wants one sample per row, (N, 2). Or add w1 · x1 and w2 · x2 one to the "
    "other, without an array of both."
)


@checks.gates.misconception(PAIRS)
def pairs_in_columns(x1, x2):
    return step(np.array([x1, x2]) @ np.array([1, 1]) - 1.5)


@checks.gates.misconception(PAIRS)
def pairs_in_columns_multiplied(x1, x2):
    return step(np.sum(np.array([1, 1]) * np.array([x1, x2])) - 1.5)


@checks.gates.misconception(PAIRS)
def pairs_in_columns_multiplied_by(x1, x2):
    return step(np.sum(np.array([x1, x2]) * np.array([1, 1])) - 1.5)


@checks.gates.misconception(
    "You take the negative of AND for its opposite. The opposite of 1 is 0, and that of 0 is 1.",
    replaces="nand_gate",
)
def negative_for_opposite(x1, x2):
    return -and_gate(x1, x2)


@checks.gates.misconception(
    "For whole numbers ~ turns every binary digit round, and 0 becomes −1. The opposite of 1 is 0, "
    "and that of 0 is 1.",
    replaces="nand_gate",
)
def all_digits_turned(x1, x2):
    return ~and_gate(x1, x2)


@checks.gates.misconception(TRUTH_VALUES)
def gates_of_truth_values(x1, x2):
    return step(-1.5 + x1 + x2) == 1


DECISION_MISSING = "returns the sum itself. The decision is missing: is the sum above 0 or not?"


@checks.gates.misconception("Your AND " + DECISION_MISSING)
def and_undecided(x1, x2):
    return -1.5 + x1 + x2


@checks.gates.misconception("Your OR " + DECISION_MISSING, replaces="or_gate")
def or_undecided(x1, x2):
    return -0.5 + x1 + x2


@checks.gates.misconception("Your NAND " + DECISION_MISSING, replaces="nand_gate")
def nand_undecided(x1, x2):
    return 1.5 - x1 - x2


@checks.gates.misconception(
    "Python's lists cannot be multiplied as matrices. Make arrays of them, one row for each pair "
    "of inputs: the hint above says how."
)
def lists_of_inputs(x1, x2):
    return step([x1, x2] @ [1, 1] - 1.5)  # what a perceptron without as_float does


# 4 XOR -------------------------------------------------------------------------------------------


TASK_3 = "If the check of task 3 is not all right yet, mend that first: XOR is made of its gates."


@checks.xor.misconception(
    "You always say yes. An OR as the last gate does that: one of the first two always says yes. "
    "What must be true of both? " + TASK_3
)
def or_at_the_end(x1, x2):
    return or_gate(or_gate(x1, x2), nand_gate(x1, x2))


@checks.xor.misconception("Your answers are all turned round: equal inputs give 1. " + TASK_3)
def equal_for_xor(x1, x2):
    return nand_gate(or_gate(x1, x2), nand_gate(x1, x2))


@checks.xor.misconception("You compute OR. XOR says no if both inputs are 1. " + TASK_3)
def xor_like_or(x1, x2):
    return or_gate(x1, x2)


@checks.xor.misconception("You compute NAND. XOR says no if both inputs are 0. " + TASK_3)
def xor_like_nand(x1, x2):
    return nand_gate(x1, x2)


@checks.xor.misconception(
    "You compute AND. Both rows with one 1 have to give 1: which two gates agree on exactly these? "
    + TASK_3
)
def xor_like_and(x1, x2):
    return and_gate(x1, x2)


@checks.xor.misconception(
    "You say yes only where x1 is larger. A line can cut off one corner, but XOR wants two "
    "opposite ones."
)
def only_first_larger(x1, x2):
    return step(1.0 * x1 - x2)


@checks.xor.misconception(
    "You say yes only where x2 is larger. A line can cut off one corner, but XOR wants two "
    "opposite ones."
)
def only_second_larger(x1, x2):
    return step(1.0 * x2 - x1)


@checks.xor.misconception(
    "You always say no. If the gates of your first layer never say yes together, as AND and NAND, "
    "AND of them says no for ever. Gates that return truth values do it, too: in arrays True + "
    "True "
    "is True. " + TASK_3
)
def never_together(x1, x2):
    return and_gate(and_gate(x1, x2), nand_gate(x1, x2))


@checks.xor.misconception("You compute NOR: yes only if both inputs are 0. " + TASK_3)
def xor_like_nor(x1, x2):
    return step(0.5 - x1 - x2)


@checks.xor.misconception(
    "Your gates give truth values, and in arrays True + True is True, not 2. Turn the answers of "
    "the gates into whole numbers, in task 3."
)
def truth_values_added(x1, x2):
    one, other = np.asarray(or_gate(x1, x2) == 1), np.asarray(nand_gate(x1, x2) == 1)
    both = (one + other) - 1.5 > 0 if one.ndim else and_gate(int(one), int(other))
    return both


@checks.xor.misconception(IF_FOR_ARRAYS)
def if_in_xor(x1, x2):
    if or_gate(x1, x2) and nand_gate(x1, x2):
        return 1
    return 0


CALLS_ITSELF = (
    "Your xor_gate calls itself, and that never ends. Only the gates of task 3 may be used."
)


@checks.xor.misconception(CALLS_ITSELF)
def calls_itself(x1, x2):
    return calls_itself(x1, x2)


@checks.xor.misconception(CALLS_ITSELF)
def calls_itself_for_an_input(x1, x2):
    return and_gate(or_gate(x1, x2), calls_itself_for_an_input(x1, x2))


def add_gates_that_nobody_calls(**gates):
    """Add the mistake of handing functions on; how it fails depends on how the gate is written."""
    for name, gate in gates.items():

        def handed_on(x1, x2, gate=gate):
            return gate(or_gate, nand_gate)

        handed_on.__name__ = f"functions_{name}"
        checks.xor.misconception(
            "You hand the gates themselves on, not what they answer: a gate needs its two inputs "
            "in brackets, as in or_gate(x1, x2)."
        )(handed_on)


add_gates_that_nobody_calls(
    added=lambda x1, x2: x1 + x2 - 1.5,
    added_to_the_bias=lambda x1, x2: -1.5 + x1 + x2,
    multiplied=lambda x1, x2: 0.5 * x1 + 0.5 * x2,
    multiplied_by_whole_numbers=lambda x1, x2: 1 * x1 + 1 * x2,
)


# 5 XOR from NAND ---------------------------------------------------------------------------------


@checks.xor_from_nand.misconception(
    "You never ask the gate that is handed over as nand. It may be another one than yours, and the "
    "puzzle is to need nothing else."
)
def given_gate_ignored(x1, x2, nand=nand_gate):
    not_both = nand_gate(x1, x2)
    return nand_gate(nand_gate(x1, not_both), nand_gate(x2, not_both))


@checks.xor_from_nand.misconception(
    "Two of your gates are not NAND. AND and OR can be made of NAND, too."
)
def nand_and_other_gates(x1, x2, nand=nand_gate):
    return and_gate(or_gate(x1, x2), nand(x1, x2))


@checks.xor_from_nand.misconception(
    "That is OR: each input is turned round, then NAND. XOR needs to hear as well that not both "
    "are 1."
)
def or_of_nands(x1, x2, nand=nand_gate):
    return nand(nand(x1, x1), nand(x2, x2))


@checks.xor_from_nand.misconception("That is AND: NAND, and then turned round.")
def and_of_nands(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(not_both, not_both)


@checks.xor_from_nand.misconception("That is NAND itself.")
def nand_alone(x1, x2, nand=nand_gate):
    return nand(x1, x2)


@checks.xor_from_nand.misconception(
    "The last gate is missing: one half of the answer is there, for one of the inputs."
)
def half_an_xor(x1, x2, nand=nand_gate):
    return nand(x1, nand(x1, x2))


@checks.xor_from_nand.misconception(
    "One turn too many at the end: equal inputs give 1, so what you have is the opposite of XOR."
)
def turned_round_at_the_end(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    xor = nand(nand(x1, not_both), nand(x2, not_both))
    return nand(xor, xor)


@checks.xor_from_nand.misconception("Both gates in the middle get x1. One of them has to get x2.")
def first_input_twice(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x1, not_both))


@checks.xor_from_nand.misconception("Both gates in the middle get x2. One of them has to get x1.")
def second_input_twice(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand(x2, not_both), nand(x2, not_both))


@checks.xor_from_nand.misconception(
    "The two last NANDs are joined by OR or a plus, which is no NAND. Follow what comes out of the "
    "two gates in the middle: exactly one of them is 0 when the inputs differ."
)
def joined_by_or(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return or_gate(nand(x1, not_both), nand(x2, not_both))


@checks.xor_from_nand.misconception(
    "A number of your own goes into a gate. Only x1, x2 and what gates have answered may."
)
def constant_as_input(x1, x2, nand=nand_gate):
    not_x1, not_x2 = nand(x1, 1), nand(x2, 1)
    return nand(nand(x1, not_x2), nand(not_x1, x2))


OWN_GATE = (
    "One of your gates is nand_gate, your own. All of them have to be nand, the one that is handed "
    "over."
)


@checks.xor_from_nand.misconception(OWN_GATE)
def own_gate_first_or_last(x1, x2, nand=nand_gate):
    not_both = nand_gate(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))


@checks.xor_from_nand.misconception(OWN_GATE)
def own_gate_in_the_middle(x1, x2, nand=nand_gate):
    not_both = nand(x1, x2)
    return nand(nand_gate(x1, not_both), nand(x2, not_both))


@checks.xor_from_nand.misconception(
    "You turn an input round with 1 − x. That is an operation, and a number of your own: a gate "
    "has to do it."
)
def turned_round_by_subtracting(x1, x2, nand=nand_gate):
    return nand(nand(x1, 1 - x2), nand(1 - x1, x2))


@checks.xor_from_nand.misconception(
    "A gate takes two inputs with a comma between them: not a list of both, and not one alone."
)
def inputs_in_a_list(x1, x2, nand=nand_gate):
    return nand([x1, x2])


def nand_of_truth_values(x1, x2):
    """Answer as NAND, but with a sign that truth values do not take."""
    return np.greater(-x1 - x2 + 1.5, 0)


@checks.xor_from_nand.misconception(
    "Your own nand_gate returns truth values, and these cannot be subtracted. Turn its answers "
    "into whole numbers, in task 3."
)
def own_gate_of_truth_values(x1, x2, nand=nand_of_truth_values):
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))


# 6 Learning --------------------------------------------------------------------------------------


class Changed(Perceptron):
    """The rule of learning, in pieces that a mistake can replace."""

    def fit(self, x, targets, epochs, learning_rate=1.0):
        return [self.epoch(x, targets, learning_rate) for _ in range(epochs)]

    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = self.error(row, int(target))
            self.correct(row, error, learning_rate)
            wrong += self.counted(error)
        return wrong

    def counted(self, error):
        return abs(error)

    def error(self, row, target):
        return target - int(self.predict(row))

    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error * row
        self.b = self.b + learning_rate * error


@checks.learning.misconception(
    "Your corrections have the wrong sign: after a 1 that was missed, the sum gets even smaller."
)
class away_from_target(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, -error, learning_rate)


@checks.learning.misconception("The bias never changes. It is a weight like the others.")
class bias_not_learned(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error * row


@checks.learning.misconception("The weights never change; only the bias does.")
class weights_not_learned(Changed):
    def correct(self, row, error, learning_rate):
        self.b = self.b + learning_rate * error


@checks.learning.misconception("The correction of b has the wrong sign. That of w is right.")
class bias_away(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, error, learning_rate)
        self.b = self.b - 2 * learning_rate * error


@checks.learning.misconception(
    "All weights get the same correction. An input that was 0 is not to blame: each weight is "
    "corrected in proportion to its input."
)
class same_for_all_weights(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error
        self.b = self.b + learning_rate * error


@checks.learning.misconception(
    "You correct for every sample, also for one that is right already. What is right stays."
)
class corrects_what_is_right(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            wrong += abs(self.error(row, int(target)))
            self.correct(row, 2 * int(target) - 1, learning_rate)
        return wrong


@checks.learning.misconception(
    "A false alarm, 1 in the place of 0, is not corrected: w and b stay as they are. There the "
    "target itself is 0; what counts is the difference from the answer."
)
class false_alarms_stay(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, max(error, 0), learning_rate)


@checks.learning.misconception(
    "A 1 that was taken for a 0 is not corrected; only false alarms are."
)
class misses_stay(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, min(error, 0), learning_rate)


@checks.learning.misconception(
    "Misses and false alarms cancel in your count. Each of them is one mistake."
)
class mistakes_cancel(Changed):
    def counted(self, error):
        return error


@checks.learning.misconception(
    "Your counts go on from epoch to epoch. Each epoch starts counting at 0."
)
class counts_go_on(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = super().fit(x, targets, epochs, learning_rate)
        return [int(total) for total in np.cumsum(counts)]


@checks.learning.misconception(
    "You count after the epoch, with what has been learned by then. Count each sample at its turn."
)
class counted_after_the_epoch(Changed):
    def epoch(self, x, targets, learning_rate):
        super().epoch(x, targets, learning_rate)
        return int((self.predict(x) != targets).sum())


@checks.learning.misconception(
    "You count before the epoch. A sample's answer may have changed by the time of its turn."
)
class counted_before_the_epoch(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = int((self.predict(x) != targets).sum())
        super().epoch(x, targets, learning_rate)
        return wrong


@checks.learning.misconception(
    "You answer all samples first and correct afterwards. Each sample has to be answered with what "
    "was learned from the one before it."
)
class whole_epoch_at_once(Changed):
    def epoch(self, x, targets, learning_rate):
        errors = targets - self.predict(x)
        for row, error in zip(x, errors, strict=True):
            self.correct(row, int(error), learning_rate)
        return int(np.abs(errors).sum())


@checks.learning.misconception(
    "You correct until the sample is right before you go on. Each sample is corrected once at its "
    "turn."
)
class until_it_is_right(Changed):
    def correct(self, row, error, learning_rate):
        target = error + int(self.predict(row))
        for _ in range(100):
            if int(self.predict(row)) == target:
                break
            super().correct(row, error, learning_rate)


@checks.learning.misconception("The learning rate is not used: each correction is a whole one.")
class rate_ignored(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, error, 1.0)


@checks.learning.misconception("The learning rate holds for w only. b needs it as well.")
class rate_for_weights_only(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error * row
        self.b = self.b + error


@checks.learning.misconception("The learning rate holds for b only. w needs it as well.")
class rate_for_bias_only(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + error * row
        self.b = self.b + learning_rate * error


@checks.learning.misconception(
    "You correct by the distance from the sum w · x + b. This rule looks at the answer, 0 or 1."
)
class error_of_the_sum(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        with np.errstate(all="ignore"):
            return super().fit(x, targets, epochs, learning_rate)

    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            wrong += abs(self.error(row, int(target)))
            self.correct(row, int(target) - (row @ self.w + self.b), learning_rate)
        return wrong


@checks.learning.misconception(
    "You change the array w that was given. `w += step` writes into the caller's array; make a new "
    "one."
)
class weights_in_place(Changed):
    def correct(self, row, error, learning_rate):
        self.w += learning_rate * error * row
        self.b += learning_rate * error


@checks.learning.misconception(
    "You stop, or leave the list, as soon as an epoch has no mistake. The list has one number for "
    "each of the epochs that were asked for."
)
class stops_early(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = []
        for _ in range(epochs):
            mistakes.append(self.epoch(x, targets, learning_rate))
            if mistakes[-1] == 0:
                break
        return mistakes


@checks.learning.misconception(
    "Only one epoch runs. Is there a loop over the epochs, and does the return stand behind it, "
    "not inside it?"
)
class return_inside_the_loop(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, 1, learning_rate)


@checks.learning.misconception(
    "fit forgets what was learned: it sets w and b back. They start once, in __init__."
)
class starts_again(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        self.w, self.b = np.zeros_like(self.w), 0.0
        return super().fit(x, targets, epochs, learning_rate)


@checks.learning.misconception(
    "You return one number for all epochs together. A list is asked for, one number per epoch."
)
class one_count_for_all(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return sum(super().fit(x, targets, epochs, learning_rate))


@checks.learning.misconception(
    "You return the share of samples that were wrong. Asked for is their number."
)
class share_of_mistakes(Changed):
    def epoch(self, x, targets, learning_rate):
        return super().epoch(x, targets, learning_rate) / len(x)


@checks.learning.misconception("You count the samples that were right. Asked for are the mistakes.")
class right_ones_counted(Changed):
    def epoch(self, x, targets, learning_rate):
        return len(x) - super().epoch(x, targets, learning_rate)


@checks.learning.misconception("predict leaves the bias out.")
class predicts_without_bias(Changed):
    def predict(self, x):
        return perceptron(x, self.w, 0.0)


@checks.learning.misconception("predict returns the sum. It has to decide: 0 or 1.")
class predicts_the_sum(Perceptron):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        with np.errstate(all="ignore"):
            return super().fit(x, targets, epochs, learning_rate)

    def predict(self, x):
        return x @ self.w + self.b


@checks.learning.misconception(IF_FOR_ARRAYS)
class predicts_with_if(Changed):
    def predict(self, x):
        return 1 if x @ self.w + self.b > 0 else 0


@checks.learning.misconception(
    "You count after the correction, when the sample may be right already. Count the answer that "
    "it got before."
)
class counted_after_the_correction(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            self.correct(row, self.error(row, int(target)), learning_rate)
            wrong += abs(self.error(row, int(target)))
        return wrong


@checks.learning.misconception(
    "Only the last epoch gets into the list: the append stands outside the loop over the epochs."
)
class only_the_last_epoch(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, epochs, learning_rate)[-1:]


@checks.learning.misconception(
    "Your loops stand the wrong way round: one sample has all its turns before the next one has "
    "any. Each epoch goes through all samples."
)
class loops_swapped(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for row, target in zip(x, targets, strict=True):
            turns = Changed.fit(self, row[None], [target], epochs, learning_rate)
            counts.append(sum(turns))
        return counts


@checks.learning.misconception(
    "What is learned stays in names of fit's own, and is lost when fit returns. Keep it in self."
)
class learned_in_local_names(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        w, b = self.w, self.b
        mistakes = super().fit(x, targets, epochs, learning_rate)
        self.w, self.b = w, b
        return mistakes


@checks.learning.misconception(
    "You count all samples. Only those that were answered wrongly are mistakes."
)
class all_samples_counted(Changed):
    def epoch(self, x, targets, learning_rate):
        super().epoch(x, targets, learning_rate)
        return len(x)


WEIGHTS_LOST = (
    "A correction is added to what has been learned so far. You put it in the place of the old "
    "weights, which are lost."
)


@checks.learning.misconception(WEIGHTS_LOST)
class old_weights_lost(Changed):
    def correct(self, row, error, learning_rate):
        self.w = learning_rate * error * row
        self.b = self.b + learning_rate * error


@checks.learning.misconception(WEIGHTS_LOST)
class old_weights_lost_at_mistakes(Changed):
    def correct(self, row, error, learning_rate):
        self.w = learning_rate * error * row if error else self.w
        self.b = self.b + learning_rate * error


@checks.learning.misconception(
    "A correction is added to what has been learned so far. You put it in the place of the old "
    "bias, which is lost."
)
class old_bias_lost(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error * row
        self.b = learning_rate * error


BOTH_LOST = (
    "A correction is added to what has been learned so far. You put it in the place of the old w "
    "and b, which are lost."
)


@checks.learning.misconception(BOTH_LOST)
class all_lost(Changed):
    def correct(self, row, error, learning_rate):
        self.w, self.b = learning_rate * error * row, learning_rate * error


@checks.learning.misconception(BOTH_LOST)
class all_lost_at_mistakes(Changed):
    def correct(self, row, error, learning_rate):
        if error:
            self.w, self.b = learning_rate * error * row, learning_rate * error


@checks.learning.misconception(
    "You add at every mistake. After a false alarm, 1 in the place of 0, e is −1: then the "
    "correction has to go the other way."
)
class always_adds(Changed):
    def correct(self, row, error, learning_rate):
        super().correct(row, abs(error), learning_rate)


@checks.learning.misconception(
    "predict decides at ½. The sum w · x + b has to be compared with 0; ½ would be the middle of "
    "the answers, not of the sum."
)
class predicts_above_one_half(Changed):
    def predict(self, x):
        return np.greater(x @ self.w + self.b, 0.5).astype(int)


@checks.learning.misconception(
    "predict subtracts b, which has to be added. If it calls your perceptron, look at task 2 first."
)
class predicts_with_bias_subtracted(Changed):
    def predict(self, x):
        return perceptron(x, self.w, -self.b)


@checks.learning.misconception(
    "predict answers 1 where the sum is exactly 0. The rule says: only above 0. At a start with w "
    "= 0 every sum is 0."
)
class predicts_yes_at_zero(Changed):
    def predict(self, x):
        return np.greater_equal(x @ self.w + self.b, 0).astype(int)


@checks.learning.misconception(
    "fit takes a sum of exactly 0 for a 1, but predict answers 0 there. Let fit ask predict."
)
class fit_says_yes_at_zero(Changed):
    def error(self, row, target):
        return target - int(row @ self.w + self.b >= 0)


@checks.learning.misconception(
    "predict answers −1 for no. Here a perceptron answers 0, and the targets are 0 and 1, too."
)
class predicts_signs(Changed):
    def predict(self, x):
        return np.where(x @ self.w + self.b > 0, 1, -1)

    def counted(self, error):
        return int(error != 0)


@checks.learning.misconception(
    "Your loop runs one epoch too few: range(1, epochs) leaves the first one out."
)
class one_epoch_too_few(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, epochs - 1, learning_rate)


ALL_SAMPLES = (
    "Inside the inner loop you ask predict for x, which is all samples. It is the turn of one of "
    "them: the row."
)


@checks.learning.misconception(ALL_SAMPLES)
class predicts_all_samples(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(x)
            self.correct(row, error, learning_rate)
            wrong += abs(error)
        return wrong


@checks.learning.misconception(ALL_SAMPLES)
class predicts_all_samples_as_one_number(Changed):
    def epoch(self, x, targets, learning_rate):
        return sum(int(target) - int(self.predict(x)) for target in targets)


@checks.learning.misconception(ALL_SAMPLES)
class predicts_all_samples_and_counts_one(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(x)
            self.correct(row, error, learning_rate)
            wrong += int(error != 0)
        return wrong


@checks.learning.misconception(ALL_SAMPLES)
class predicts_all_samples_with_if(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            if self.predict(x) != target:
                self.correct(row, self.error(row, int(target)), learning_rate)
                wrong += 1
        return wrong


@checks.learning.misconception(
    "You correct w by x, which is all samples, so w gets another shape. It is the turn of one of "
    "them: the row."
)
class corrects_by_all_samples(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(row)
            self.correct(x, error, learning_rate)
            wrong += self.counted(error)
        return wrong


@checks.learning.misconception(
    "Your list has a number for each sample: the append stands inside the inner loop. It belongs "
    "to the end of an epoch."
)
class list_grows_at_each_sample(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for _ in range(epochs):
            wrong = 0
            for row, target in zip(x, targets, strict=True):
                wrong += Changed.epoch(self, row[None], [target], learning_rate)
                counts.append(wrong)
        return counts


@checks.learning.misconception(
    "Only the last sample of each epoch is corrected: the correction stands behind the inner loop, "
    "not in it."
)
class corrects_the_last_sample(Changed):
    def epoch(self, x, targets, learning_rate):
        errors = [self.error(row, int(target)) for row, target in zip(x, targets, strict=True)]
        self.correct(x[-1], errors[-1], learning_rate)
        return sum(abs(error) for error in errors)


@checks.learning.misconception(
    "You ask predict again after w has been corrected, so b gets another e. One answer, one e, for "
    "w and for b."
)
class error_asked_twice(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = self.error(row, int(target))
            self.w = self.w + learning_rate * error * row
            self.b = self.b + learning_rate * self.error(row, int(target))
            wrong += abs(error)
        return wrong


@checks.learning.misconception("You count the 1s that were missed, but not the false alarms.")
class only_misses_counted(Changed):
    def counted(self, error):
        return int(error > 0)


@checks.learning.misconception("You count the false alarms, but not the 1s that were missed.")
class only_false_alarms_counted(Changed):
    def counted(self, error):
        return int(error < 0)


SELF_MISSING = (
    "self. is missing: w, b and predict belong to the perceptron, and inside its methods they are "
    "called self.w, self.b and self.predict."
)


@checks.learning.misconception(SELF_MISSING)
class predict_without_self(Changed):
    def error(self, row, target):
        raise NameError("name 'predict' is not defined")


UNBOUND = "cannot access local variable 'w' where it is not associated with a value"


@checks.learning.misconception(SELF_MISSING)
class weights_without_self(Changed):
    def correct(self, row, error, learning_rate):
        raise UnboundLocalError(UNBOUND)


@checks.learning.misconception(SELF_MISSING)
class weights_without_self_at_mistakes(Changed):
    def correct(self, row, error, learning_rate):
        if error:
            raise UnboundLocalError(UNBOUND)


@checks.learning.misconception(
    "Your list stays empty: at the end of each epoch its count has to be appended."
)
class empty_list(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        super().fit(x, targets, epochs, learning_rate)
        return []


@checks.learning.misconception("fit returns nothing: the list of counts has to be returned.")
class nothing_returned(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        super().fit(x, targets, epochs, learning_rate)


# 7 Sigmoid ---------------------------------------------------------------------------------------


@checks.sigmoid.misconception(
    "Your curve falls: large inputs give 0. The exponent has the wrong sign."
)
def falling(x):
    return sigmoid(-x)


@checks.sigmoid.misconception(NOT_A_NUMBER + " The form 1/(1 + exp(−x)) has no such quotient.")
def infinity_over_infinity(x):
    with np.errstate(all="ignore"):
        return np.exp(x) / (1 + np.exp(x))


@checks.sigmoid.misconception(
    "You get 1 + exp(−x) itself: the fraction is turned round, or its brackets are missing. Python "
    "divides before it adds."
)
def brackets_missing(x):
    with np.errstate(all="ignore"):
        return 1 / 1 + np.exp(-x)


@checks.sigmoid.misconception(
    "The denominator has a minus. At 0 the sigmoid is a half; there yours divides by 0."
)
def minus_in_denominator(x):
    with np.errstate(all="ignore"):
        return 1 / (1 - np.exp(-x))


@checks.sigmoid.misconception(
    "Negative inputs give the same as positive ones: σ(−2) is not σ(2), but 1 − σ(2). Either the "
    "size of x stands for x all through the formula, or what you do for x < 0 turns the curve "
    "round twice."
)
def size_of_input(x):
    return sigmoid(np.abs(x))


@checks.sigmoid.misconception("That is tanh: it runs from −1 to 1. The sigmoid runs from 0 to 1.")
def tanh_for_sigmoid(x):
    return np.tanh(x)


@checks.sigmoid.misconception("That is the slope of the sigmoid. Asked for is its value.")
def slope_for_value(x):
    return sigmoid(x) * (1 - sigmoid(x))


@checks.sigmoid.misconception("That is the step: the change from 0 to 1 has to be smooth.")
def step_for_sigmoid(x):
    return np.heaviside(x, 0.5)


@checks.sigmoid.misconception(
    "math.exp takes one number. NumPy's exp takes a whole array, element by element."
)
def exp_of_one_number(x):
    return 1 / (1 + math.exp(-x))


@checks.sigmoid.misconception(SINGLE_PRECISION)
def sigmoid_in_float64(x):
    return sigmoid(np.asarray(x, dtype=float))


@checks.sigmoid.misconception(WHOLE_NUMBERS)
def sigmoid_cut_to_whole(x):
    y = np.zeros_like(x)
    y[...] = sigmoid(x)
    return y


@checks.sigmoid.misconception(IN_PLACE)
def sigmoid_in_place(x):
    y = sigmoid(x)
    if x.dtype.kind == "f":
        x[...] = y
    return y


@checks.sigmoid.misconception(
    "Inputs are cut off at ±10 or so. The sigmoid goes on: at 20 it is closer to 1 than at 10."
)
def cut_off(x):
    return sigmoid(np.clip(x, -10, 10))


@checks.sigmoid.misconception(
    "Your formula takes 2 or 10 to the power of −x. The sigmoid is made with e."
)
def powers_of_two(x):
    return sigmoid(x * np.log(2).astype(np.asarray(x).dtype if x.dtype.kind == "f" else float))


@checks.sigmoid.misconception(
    "All exponentials end up in one sum. Each element has a sigmoid of its own."
)
def softmax_for_sigmoid(x):
    return softmax(np.asarray(x, dtype=x.dtype if x.dtype.kind == "f" else float))


@checks.sigmoid.misconception(
    "Your curve falls: large inputs give 0. And infinity divided by infinity is not a number."
)
def falling_to_infinity(x):
    with np.errstate(all="ignore"):
        return np.exp(-x) / (1 + np.exp(-x))


@checks.sigmoid.misconception(IF_FOR_ARRAYS)
def if_in_sigmoid(x):
    return 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(x) / (1 + np.exp(x))


@checks.sigmoid.misconception(
    "The 1 in the denominator is missing: 1/exp(−x) is just exp(x), which has no upper bound."
)
def one_missing(x):
    return 1 / np.exp(-x)


@checks.sigmoid.misconception(IN_PLACE)
def sign_turned_in_place(x):
    x *= -1
    return sigmoid(-x)


@checks.sigmoid.misconception(IN_PLACE)
def cut_off_in_place(x):
    x[x < -500] = -500
    return sigmoid(x)


@checks.sigmoid.misconception(ROUNDED)
def sigmoid_rounded(x):
    return np.round(sigmoid(x), 4)


@checks.sigmoid.misconception(
    "Your e has too few digits. e is 2.718281828…, and np.exp knows all that a float can hold."
)
def short_e(x):
    return 1 / (1 + 2.718 ** (-x))


# 8 tanh and ReLU ---------------------------------------------------------------------------------


@checks.activations.misconception("That is the sigmoid. tanh runs from −1 to 1, and is 0 at 0.")
def sigmoid_for_tanh(x):
    return sigmoid(x)


@checks.activations.misconception(NOT_A_NUMBER + " NumPy has a tanh of its own that knows better.")
def tanh_not_a_number(x):
    with np.errstate(all="ignore"):
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@checks.activations.misconception(
    "You stretched the sigmoid to run from −1 to 1, but tanh is also twice as steep."
)
def tanh_too_flat(x):
    return 2 * sigmoid(x) - 1


@checks.activations.misconception("Numerator and denominator of tanh stand in each other's place.")
def tanh_upside_down(x):
    with np.errstate(all="ignore"):
        return 1 / np.tanh(x)


@checks.activations.misconception("That is the tangent, tan. Asked for is tanh, with an h.")
def tangent(x):
    return np.tan(x)


@checks.activations.misconception("That is the inverse of tanh. Asked for is tanh itself.")
def inverse_of_tanh(x):
    with np.errstate(all="ignore"):
        return np.arctanh(x)


@checks.activations.misconception("That is another curve with an S, the arctangent.")
def arctangent(x):
    return np.arctan(x)


@checks.activations.misconception("Your tanh falls. It has to rise.")
def tanh_falls(x):
    return -np.tanh(x)


@checks.activations.misconception(
    "np.max looks for the largest element along an axis. Asked for is the larger of two numbers, "
    "x and 0, element by element: that function has a longer name.",
    replaces="relu",
)
def largest_element(x):
    return np.max(x, 0)


@checks.activations.misconception(
    "if, and Python's max, compare two whole things, and an array has no single truth value. NumPy "
    "has a function that compares element by element.",
    replaces="relu",
)
def max_of_python(x):
    return max(x, 0)


@checks.activations.misconception(
    "You keep the negative numbers and lose the positive ones.", replaces="relu"
)
def negative_kept(x):
    return np.minimum(x, 0)


@checks.activations.misconception(
    "Negative numbers turn into positive ones. They have to become 0.", replaces="relu"
)
def size_for_relu(x):
    return np.abs(x)


@checks.activations.misconception(
    "You say where x is positive, not how large it is.", replaces="relu"
)
def step_for_relu(x):
    return step(x).astype(np.asarray(x).dtype)


@checks.activations.misconception(
    "Your slope below 0 is small, but not 0: that is the leaky ReLU of a later chapter.",
    replaces="relu",
)
def leaky(x):
    return np.where(x > 0, x, np.asarray(0.01, dtype=x.dtype if x.dtype.kind == "f" else float) * x)


@checks.activations.misconception(
    "Numbers above 1 are cut off. The ReLU has no upper bound.", replaces="relu"
)
def cut_off_at_one(x):
    return np.clip(x, 0, 1)


@checks.activations.misconception(
    "You drop the negative numbers. They become 0, and the array keeps its shape.",
    replaces="relu",
)
def negative_dropped(x):
    return x[x > 0]


@checks.activations.misconception(IN_PLACE, replaces="relu")
def relu_in_place(x):
    x[x < 0] = 0
    return x


@checks.activations.misconception(SINGLE_PRECISION, replaces="relu")
def relu_in_float64(x):
    return x * np.greater(x, 0).astype(float)


@checks.activations.misconception(SINGLE_PRECISION)
def tanh_in_float64(x):
    return np.tanh(np.asarray(x, dtype=float))


@checks.activations.misconception(WHOLE_NUMBERS)
def tanh_cut_to_whole(x):
    y = np.zeros_like(x)
    y[...] = np.tanh(x)
    return y


@checks.activations.misconception(
    NOT_A_NUMBER + " That holds for exp(2x), too. NumPy has a tanh of its own that knows better."
)
def tanh_of_double_not_a_number(x):
    with np.errstate(all="ignore"):
        return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@checks.activations.misconception(
    "The denominator is half of the sum of both exponentials, not 2: your curve has no bounds."
)
def sinh_for_tanh(x):
    with np.errstate(all="ignore"):
        return (np.exp(x) - np.exp(-x)) / 2


@checks.activations.misconception(
    "The brackets are missing around numerator and denominator. Python divides before it adds."
)
def tanh_without_brackets(x):
    return np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)


@checks.activations.misconception(
    "The brackets around the denominator of tanh are missing. Python divides before it adds."
)
def tanh_without_brackets_below(x):
    return (np.exp(x) - np.exp(-x)) / np.exp(x) + np.exp(-x)


@checks.activations.misconception(ROUNDED)
def tanh_rounded(x):
    return np.round(np.tanh(x), 4)


@checks.activations.misconception(
    "math.tanh takes one number. NumPy has a tanh that takes a whole array, element by element."
)
def tanh_of_one_number(x):
    return math.tanh(x)


@checks.activations.misconception(
    "np.max([x, 0]) looks for one largest element in a list of an array and a number, which do not "
    "fit together. Asked for is the larger of two, element by element: that function has a longer "
    "name.",
    replaces="relu",
)
def largest_of_a_list(x):
    return np.max([x, 0])


@checks.activations.misconception(
    "A loop over x takes its rows, not its numbers, when x has two axes. NumPy has a function that "
    "compares all elements at once, of any shape.",
    replaces="relu",
)
def relu_row_by_row(x):
    return [max(0, element) for element in x]


# 9 Two layers in one -----------------------------------------------------------------------------


@checks.collapse.misconception(
    "The matrices stand in the wrong order. x comes from the left and meets W1 first: which shapes "
    "fit?"
)
def matrices_swapped(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@checks.collapse.misconception(
    "The matrices stand in the wrong order in np.dot. x comes from the left and meets W1 first: "
    "which shapes fit?"
)
def matrices_swapped_with_dot(W1, b1, W2, b2):
    return np.dot(W2, W1), b1 @ W2 + b2


@checks.collapse.misconception(
    "You multiply or add element by element, but the layers' matrices do not even have the same "
    "shape. Multiply them as matrices."
)
def element_by_element(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


@checks.collapse.misconception(
    "b1 is not multiplied by W2. What the first layer adds goes through the second layer as well."
)
def first_bias_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@checks.collapse.misconception("b2 is missing. The second layer adds it at the very end.")
def second_bias_forgotten(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@checks.collapse.misconception(
    "b1 is missing. What the first layer adds goes through the second layer as well."
)
def first_bias_forgotten(W1, b1, W2, b2):
    return W1 @ W2, b2


@checks.collapse.misconception(
    "Your b is a matrix of one row. A bias has the shape (M,).",
)
def bias_with_two_axes(W1, b1, W2, b2):
    return W1 @ W2, b1[None, :] @ W2 + b2


@checks.collapse.misconception("You return b first and W second. Asked for is W, then b.")
def bias_first(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return b, W


@checks.collapse.misconception("W is transposed: it has to be (D, M), with one row for each input.")
def matrix_transposed(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return W.T, b


@checks.collapse.misconception(
    "The biases are added into the matrix. They do not depend on x: keep them apart."
)
def bias_in_the_matrix(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return W + b, b


@checks.collapse.misconception(
    "The bias of the first layer is multiplied by W1, which has been passed by then. The way on "
    "leads through W2."
)
def bias_through_first_matrix(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 @ W2 + b2


@checks.collapse.misconception(
    "b1 is multiplied by the whole of W2 at once, summed over its outputs. Each output takes its "
    "own share."
)
def bias_summed(W1, b1, W2, b2):
    return W1 @ W2, np.sum(b1 @ W2) + b2


@checks.collapse.misconception(
    "There is an activation between your layers. Without one they collapse; with one they do not."
)
def activation_between(W1, b1, W2, b2):
    return relu(W1) @ W2, relu(b1) @ W2 + b2


@checks.collapse.misconception(
    "You change b2, which belongs to the caller: `b2 += ...` writes into its array."
)
def second_bias_in_place(W1, b1, W2, b2):
    b2 += b1 @ W2
    return W1 @ W2, b2


@checks.collapse.misconception(
    "b1 stands on the wrong side of W2. Like a row of X, it comes from the left."
)
def bias_on_the_right(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


BIAS_IN_THE_FIRST_MATRIX = (
    "b1 is added to W1. It is not multiplied by x, so it is no part of the matrix: multiply "
    "(X W1 + b1) W2 out."
)


@checks.collapse.misconception(BIAS_IN_THE_FIRST_MATRIX)
def first_bias_in_the_matrix(W1, b1, W2, b2):
    return (W1 + b1) @ W2, b2


@checks.collapse.misconception(BIAS_IN_THE_FIRST_MATRIX)
def first_bias_twice(W1, b1, W2, b2):
    return (W1 + b1) @ W2, b1 @ W2 + b2


@checks.collapse.misconception(
    "b1 and W2 are multiplied element by element. b1 goes through the second layer as a row of X "
    "does: as a matrix product."
)
def bias_element_by_element(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


@checks.collapse.misconception(
    "You return one array. Asked for are two, W and b, with a comma between them."
)
def one_array(W1, b1, W2, b2):
    return W1 @ W2 + b1 @ W2 + b2


# 10 Softmax --------------------------------------------------------------------------------------


def plain_softmax(x, axis=-1):
    """Return softmax as the formula has it, with nothing subtracted."""
    with np.errstate(all="ignore"):
        exponentials = np.exp(x)
        return exponentials / exponentials.sum(axis=axis, keepdims=True)


@checks.softmax.misconception(
    NOT_A_NUMBER + " A number that is subtracted from all logits of a row cancels: choose one that "
    "keeps every exponent small."
)
def nothing_subtracted(logits):
    return plain_softmax(logits)


@checks.softmax.misconception(
    "You subtract the largest logit of the whole batch. In a row far below it all exponentials "
    "become 0, and 0/0 is not a number. Each row needs its own."
)
def maximum_of_the_batch(logits):
    return plain_softmax(logits - logits.max())


@checks.softmax.misconception(
    "You subtract the mean of the row. A logit far above the mean still overflows."
)
def mean_subtracted(logits):
    return plain_softmax(logits - logits.mean(axis=-1, keepdims=True))


@checks.softmax.misconception(
    "You subtract the smallest logit. Then all exponents are positive, and large ones overflow."
)
def minimum_subtracted(logits):
    return plain_softmax(logits - logits.min(axis=-1, keepdims=True))


@checks.softmax.misconception("Your columns sum to 1. The classes of one sample stand in a row.")
def over_the_batch(logits):
    return plain_softmax(logits - logits.max(axis=0), axis=0)


@checks.softmax.misconception(
    "All rows together sum to 1. Each row is a distribution of its own: sum along the last axis."
)
def over_everything(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


@checks.softmax.misconception(
    "The maxima are taken per row, but the sum over the whole array: no row sums to 1."
)
def sum_over_everything(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum()


AXIS_LOST = (
    "A maximum or a sum along an axis loses that axis, so N numbers meet rows of C. keepdims=True "
    "keeps it, with length 1."
)


@checks.softmax.misconception(AXIS_LOST)
def axis_lost(logits):
    exponentials = np.exp(logits - logits.max(axis=-1))
    return exponentials / exponentials.sum(axis=-1)


@checks.softmax.misconception(
    "axis=1 is the last axis of a batch only. A single row has just axis 0; −1 counts from the end."
)
def second_axis(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@checks.softmax.misconception(
    "You divide the logits by their sum. They may be negative: exp makes them positive first."
)
def without_exponential(logits):
    return logits / logits.sum(axis=-1, keepdims=True)


@checks.softmax.misconception(
    "Your largest result in each row is 1, and the rows do not sum to 1: divide by the sum of the "
    "row."
)
def not_divided(logits):
    return np.exp(logits - logits.max(axis=-1, keepdims=True))


@checks.softmax.misconception(
    "That is the sigmoid of each logit. The classes of a row share a probability of 1."
)
def sigmoid_of_each(logits):
    return sigmoid(logits)


@checks.softmax.misconception("You return the logarithms of the probabilities.")
def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@checks.softmax.misconception(
    "You take the logarithm of the probabilities at the end. Asked for are the probabilities."
)
def log_of_softmax(logits):
    with np.errstate(divide="ignore"):
        return np.log(softmax(logits))


@checks.softmax.misconception("You give the winner everything. Softmax gives each class its share.")
def winner_takes_all(logits):
    return (logits == logits.max(axis=-1, keepdims=True)).astype(logits.dtype)


@checks.softmax.misconception(
    "The exponent has the wrong sign: the largest logit gets the smallest probability."
)
def order_turned_round(logits):
    return softmax(-logits)


@checks.softmax.misconception(
    "You divide the exponents by the largest logit. That changes the probabilities; subtracting "
    "does not."
)
def exponents_divided(logits):
    return plain_softmax(logits / logits.max(axis=-1, keepdims=True))


@checks.softmax.misconception(
    "You cut large logits off, so that classes that differ look alike. Subtracting a number from "
    "the whole row changes nothing."
)
def logits_cut_off(logits):
    return plain_softmax(np.clip(logits, -500, 500))


@checks.softmax.misconception(IN_PLACE)
def softmax_in_place(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    return plain_softmax(logits)


@checks.softmax.misconception(SINGLE_PRECISION)
def softmax_in_float64(logits):
    return softmax(logits.astype(float))


@checks.softmax.misconception(
    "You go through the rows one by one. NumPy does all of them at once, along an axis."
)
def loops_over_rows(logits):
    flat = logits.reshape(-1, logits.shape[-1])
    rows = [softmax(row) for row in flat]
    return np.array(rows).reshape(logits.shape)


@checks.softmax.misconception(
    "You subtract the maximum of each column. What cancels has to be common to a row."
)
def maximum_of_the_column(logits):
    return plain_softmax(logits - logits.max(axis=0))


FIXED_NUMBER = (
    "You subtract a fixed number. It suits some rows and fails others, where all exponentials "
    "become 0 or infinite. Take a number from the row itself."
)


@checks.softmax.misconception(FIXED_NUMBER)
def thousand_subtracted(logits):
    return plain_softmax(logits - 1000)


@checks.softmax.misconception(FIXED_NUMBER)
def five_hundred_subtracted(logits):
    return plain_softmax(logits - 500)


@checks.softmax.misconception(FIXED_NUMBER)
def hundred_subtracted(logits):
    return plain_softmax(logits - 100)


@checks.softmax.misconception(
    "Python's max compares whole rows with one another, and an array has no single truth value. "
    "NumPy's max looks along an axis."
)
def max_of_python_in_softmax(logits):
    exponentials = np.exp(logits - max(logits))
    return exponentials / sum(exponentials)


@checks.softmax.misconception(
    "Python's sum adds the rows of a batch to one another, so that columns are divided. NumPy's "
    "sum adds along the axis that you name."
)
def sum_of_python(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / sum(exponentials)


UNEQUAL_SHIFT = (
    "The number is subtracted above or below the line of the fraction only. It cancels if it is "
    "subtracted in both."
)


@checks.softmax.misconception(UNEQUAL_SHIFT)
def shift_above_only(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(logits).sum(axis=-1, keepdims=True)


@checks.softmax.misconception(UNEQUAL_SHIFT)
def shift_below_only(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.exp(logits) / np.exp(shifted).sum(axis=-1, keepdims=True)


@checks.softmax.misconception(
    "np.nan_to_num hides what went wrong: exp overflows, and the results become 0 instead of "
    "probabilities. Keep the exponents small to begin with."
)
def not_a_number_hidden(logits):
    return np.nan_to_num(plain_softmax(logits))


@checks.softmax.misconception(
    "reshape(-1, 1) makes a column of a batch's maxima, but other shapes come back changed. "
    "keepdims=True keeps the axis for any shape."
)
def column_by_reshaping(logits):
    exponentials = np.exp(logits - logits.max(axis=-1).reshape(-1, 1))
    return exponentials / exponentials.sum(axis=-1).reshape(-1, 1)


@checks.softmax.misconception(
    "axis=1 is the last axis of a batch only, and reshape(-1, 1) fits a batch only. −1 counts axes "
    "from the end, and keepdims=True keeps the axis for any shape."
)
def second_axis_by_reshaping(logits):
    exponentials = np.exp(logits - logits.max(axis=1).reshape(-1, 1))
    return exponentials / exponentials.sum(axis=1).reshape(-1, 1)


@checks.softmax.misconception(ROUNDED)
def softmax_rounded(logits):
    return np.round(softmax(logits), 4)


# 11 Parameters -----------------------------------------------------------------------------------


class Parts:
    """How the parameters of a network are drawn, in pieces that a mistake can replace."""

    def network(self, sizes, rng, weight_std=0.01):
        params = {}
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            params[f"W{layer}"] = self.weights(rng, fan_in, fan_out, weight_std)
            params[f"b{layer}"] = self.biases(rng, fan_out, weight_std)
        return params

    def weights(self, rng, fan_in, fan_out, weight_std):
        return weight_std * rng.standard_normal((fan_in, fan_out))

    def biases(self, rng, fan_out, weight_std):
        return np.zeros(fan_out)


@checks.init_network.misconception(
    "weight_std is taken as the variance. The standard deviation is its square root; here that is "
    "given."
)
def variance_for_std(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, np.sqrt(weight_std))


@checks.init_network.misconception("The weights are multiplied by the square of weight_std.")
def std_squared(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, weight_std**2)


@checks.init_network.misconception(
    "weight_std is not used: your weights always have the same size."
)
def std_fixed(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 0.01)


@checks.init_network.misconception("weight_std is not used: your weights have the size 1.")
def std_of_one(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 1.0)


@checks.init_network.misconception(
    "weight_std is taken as the mean of the weights. Their mean is 0; it says how far they spread."
)
def std_as_mean(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: rng.normal(std, size=(n, m))
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "Your weights are spread evenly over an interval, and all have the same sign. Asked for is the "
    "normal distribution."
)
def uniform_weights(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: std * rng.random((n, m))
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "All weights start at 0. Then all units of a layer compute the same, and go on doing so."
)
def zero_weights(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 0.0)


@checks.init_network.misconception(
    "Your weights have the shape (outputs, inputs). Here x stands on the left, x @ W: one row for "
    "each input."
)
def weights_transposed(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: std * rng.standard_normal((m, n))
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "The biases are drawn at random. They start at 0, and rng is for the weights alone."
)
def random_biases(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: std * rng.standard_normal(m)
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception("The biases start at 1. They start at 0.")
def biases_of_one(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: np.ones(m)
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "The biases of a layer have the shape (1, H). Asked for is (H,): one number for each unit."
)
def biases_in_a_row(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: np.zeros((1, m))
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception("Each layer has one bias. It needs one for each of its units.")
def one_bias_a_layer(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: 0.0
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "There is a bias for each input of the layer. It belongs to the outputs."
)
def biases_for_inputs(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {k: np.zeros(len(params["W" + k[1:]])) if k[0] == "b" else v for k, v in params.items()}


@checks.init_network.misconception("Your layers count from 0. The first is W1.")
def counted_from_zero(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {f"{key[0]}{int(key[1:]) - 1}": value for key, value in params.items()}


@checks.init_network.misconception(
    "The last layer is missing: three sizes make two layers of weights."
)
def last_layer_missing(sizes, rng, weight_std=0.01):
    return init_network(sizes[:-1], rng, weight_std)


@checks.init_network.misconception(
    "You make two layers, whatever is asked for. sizes says how many there are."
)
def always_two_layers(sizes, rng, weight_std=0.01):
    return init_network((*sizes, *sizes[-1:])[:3], rng, weight_std)


@checks.init_network.misconception(
    "You make a generator of your own. All numbers have to come from rng, which the caller chose."
)
def own_generator(sizes, rng, weight_std=0.01):
    return init_network(sizes, np.random.default_rng(0), weight_std)


@checks.init_network.misconception(
    "You draw the last layer first. W1 comes first, so that everybody gets the same numbers."
)
def drawn_backwards(sizes, rng, weight_std=0.01):
    params = {}
    for layer in range(len(sizes) - 1, 0, -1):
        params[f"W{layer}"] = weight_std * rng.standard_normal((sizes[layer - 1], sizes[layer]))
        params[f"b{layer}"] = np.zeros(sizes[layer])
    return params


@checks.init_network.misconception(
    "Your weights are spread evenly over an interval. Asked for is the normal distribution."
)
def uniform_around_zero(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: rng.uniform(-std, std, (n, m))
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "Your loop makes one layer too many: three sizes have only two pairs of neighbours."
)
def one_layer_too_many(sizes, rng, weight_std=0.01):
    return {f"W{i + 1}": rng.normal(0, 1, (sizes[i], sizes[i + 1])) for i in range(len(sizes))}


@checks.init_network.misconception(
    "rng.normal takes the mean first, then the standard deviation. Yours have changed places: all "
    "weights are equal."
)
def mean_and_std_swapped(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: rng.normal(std, 0, (n, m))
    return parts.network(sizes, rng, weight_std)


SHAPE_AS_PAIR = (
    "The shape is one argument, a pair: (a, b) in brackets of its own. Two numbers are taken for "
    "two arguments."
)


@checks.init_network.misconception(SHAPE_AS_PAIR)
def shape_as_two_arguments(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: std * rng.standard_normal(n, m)
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(SHAPE_AS_PAIR)
def shape_as_two_arguments_of_normal(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: rng.normal(0, std, n, m)
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "Your numbers come from np.random or from a new generator, and are others at every call. All "
    "of them have to come from rng, which the caller chose."
)
def numbers_from_elsewhere(sizes, rng, weight_std=0.01):
    # Such numbers cannot be foreseen; these differ where the check asks twice, and stay the same.
    elsewhere = np.random.default_rng(99 if isinstance(sizes, list) else rng)
    elsewhere.standard_normal(1000)
    return init_network(sizes, elsewhere, weight_std)


NAMES = (
    'The names are not "W1", "b1", "W2" and so on. Is the number of the layer in them? Python puts '
    'it into f"W{layer}" only if the f stands in front.'
)


@checks.init_network.misconception(NAMES)
def other_names(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {f"{name[0]}{{layer}}": array for name, array in params.items()}


@checks.init_network.misconception(NAMES)
def other_names_of_weights(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name if name[0] == "b" else "W{layer}": array for name, array in params.items()}


@checks.init_network.misconception(NAMES)
def other_names_of_biases(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name if name[0] == "W" else "b{layer}": array for name, array in params.items()}


@checks.init_network.misconception("The names of the weights begin with a capital W.")
def small_letters(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name.lower(): array for name, array in params.items()}


@checks.init_network.misconception(
    "Only the first layer is there: the return stands inside the loop over the layers."
)
def return_after_first_layer(sizes, rng, weight_std=0.01):
    return init_network(sizes[:2], rng, weight_std)


@checks.init_network.misconception(
    "Only the last layer is there: the dictionary is made anew in each turn of the loop."
)
def emptied_in_the_loop(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name: params[name] for name in (f"W{len(sizes) - 1}", f"b{len(sizes) - 1}")}


@checks.init_network.misconception(
    "Your biases are Python lists. Arrays are asked for: arithmetic with lists is another one."
)
def biases_in_lists(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: [0.0] * m
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(
    "Your biases are whole numbers. What is learned later has digits behind the point: make them "
    "float64, as NumPy does unless told otherwise."
)
def whole_biases(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: np.zeros(m, dtype=int)
    return parts.network(sizes, rng, weight_std)


NARROW = "Asked for is float64, which NumPy makes unless told otherwise. Yours is float32."


@checks.init_network.misconception(NARROW)
def narrow_weights(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.weights = lambda rng, n, m, std: (std * rng.standard_normal((n, m))).astype("f4")
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(NARROW)
def narrow_biases(sizes, rng, weight_std=0.01):
    parts = Parts()
    parts.biases = lambda rng, m, std: np.zeros(m, dtype="f4")
    return parts.network(sizes, rng, weight_std)


@checks.init_network.misconception(NARROW)
def narrow_network(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name: array.astype("f4") for name, array in params.items()}


# 12 Forward --------------------------------------------------------------------------------------


class Pass:
    """The way through a network, in pieces that a mistake can replace."""

    def __init__(self, params, activation):
        self.params, self.activation = params, activation
        self.depth = len(params) // 2

    def logits(self, x):
        for layer in range(1, self.depth + 1):
            x = self.layer(x, layer)
        return x

    def layer(self, x, number):
        z = self.affine(x, number)
        return self.activation(z) if number < self.depth else z

    def affine(self, x, number):
        return x @ self.params[f"W{number}"] + self.params[f"b{number}"]


@checks.forward_network.misconception(
    "The activation acts after the last layer as well. The logits stay as they are."
)
def activation_at_the_end(params, x, activation=sigmoid):
    return activation(Pass(params, activation).logits(x))


@checks.forward_network.misconception(
    "You return probabilities. Asked for are the logits: softmax comes later, where it is needed."
)
def probabilities_returned(params, x, activation=sigmoid):
    return softmax(Pass(params, activation).logits(x))


@checks.forward_network.misconception(
    "You return the numbers of the winning classes. Asked for are the logits of all of them."
)
def classes_returned(params, x, activation=sigmoid):
    return Pass(params, activation).logits(x).argmax(axis=1)


@checks.forward_network.misconception(
    "There is no activation between the layers, so that they collapse into one."
)
def no_activation(params, x, activation=sigmoid):
    return Pass(params, lambda z: z).logits(x)


@checks.forward_network.misconception("The biases are missing.")
def without_biases(params, x, activation=sigmoid):
    kept = {name: array if name[0] == "W" else 0 * array for name, array in params.items()}
    return Pass(kept, activation).logits(x)


@checks.forward_network.misconception(
    "The bias of the last layer is missing. It has one like the others."
)
def last_bias_missing(params, x, activation=sigmoid):
    last = f"b{len(params) // 2}"
    return Pass({**params, last: 0 * params[last]}, activation).logits(x)


@checks.forward_network.misconception(
    "The bias is added after the activation. It belongs to the sum that the activation gets."
)
def bias_after_activation(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = activation(x @ params[f"W{layer}"]) + params[f"b{layer}"]
    return way.layer(x, way.depth)


@checks.forward_network.misconception("The bias is subtracted. It is added.")
def biases_subtracted(params, x, activation=sigmoid):
    turned = {name: array if name[0] == "W" else -array for name, array in params.items()}
    return Pass(turned, activation).logits(x)


@checks.forward_network.misconception(
    "The activation acts on the input of each layer, so on x itself too. It acts on what a hidden "
    "layer has computed."
)
def activation_first(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        x = way.affine(activation(x), layer)
    return x


@checks.forward_network.misconception(
    "You always use the sigmoid. The caller says which activation is wanted."
)
def always_sigmoid(params, x, activation=sigmoid):
    return Pass(params, sigmoid).logits(x)


@checks.forward_network.misconception(
    "You always use the ReLU. The caller says which activation is wanted."
)
def always_relu(params, x, activation=sigmoid):
    return Pass(params, relu).logits(x)


@checks.forward_network.misconception(
    "You go through the samples one by one. The products work for the whole batch at once, and so "
    "does the activation."
)
def one_sample_at_a_time(params, x, activation=sigmoid):
    return np.array([Pass(params, activation).logits(row) for row in x])


@checks.forward_network.misconception(
    "You go through two layers, whatever the network has. Count its parameters."
)
def two_layers_only(params, x, activation=sigmoid):
    hidden = activation(x @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"]


@checks.forward_network.misconception(
    "You take the parameters in the order in which the dictionary holds them. Their names say "
    "where they belong."
)
def order_of_the_dictionary(params, x, activation=sigmoid):
    arrays = list(params.values())
    for W, b in zip(arrays[:-2:2], arrays[1:-2:2], strict=True):
        x = activation(x @ W + b)
    return x @ arrays[-2] + arrays[-1]


@checks.forward_network.misconception(
    "The last hidden layer has no activation: your loop ends one layer too early."
)
def last_hidden_layer_linear(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        z = way.affine(x, layer)
        x = activation(z) if layer < way.depth - 1 else z
    return x


@checks.forward_network.misconception(
    "You return what the last hidden layer gives. The last affine layer is missing."
)
def last_layer_left_out(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = way.layer(x, layer)
    return x


@checks.forward_network.misconception(
    "Your loop counts parameters, not layers: each layer has two of them, W and b."
)
def counts_parameters(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.depth = len(params)
    return way.logits(x)


@checks.forward_network.misconception(
    "W and x stand in the wrong order. x is (N, D) and W (D, H): which order makes D meet D?"
)
def weights_before_inputs(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: params[f"W{n}"] @ x + params[f"b{n}"]
    return way.logits(x)


@checks.forward_network.misconception("W is transposed. It is (D, H) already, as x @ W wants it.")
def transposed_on_the_way(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: x @ params[f"W{n}"].T + params[f"b{n}"]
    return way.logits(x)


@checks.forward_network.misconception(
    "Your loop starts at layer 0, which no network has: the first is W1."
)
def starts_at_layer_zero(params, x, activation=sigmoid):
    return Pass(params, activation).layer(x, 0)


@checks.forward_network.misconception(
    "The activation is called, but what it returns is not used: it does not change its argument."
)
def activation_not_kept(params, x, activation=sigmoid):
    def look(z):
        activation(z)
        return z

    return Pass(params, look).logits(x)


IN_THE_LOOP = (
    "The return stands inside the loop, so only the first layer has its turn. It belongs behind "
    "the loop."
)


@checks.forward_network.misconception(IN_THE_LOOP)
def returns_after_first_layer(params, x, activation=sigmoid):
    return Pass(params, activation).layer(x, 1)


@checks.forward_network.misconception(IN_THE_LOOP)
def returns_last_layer_in_the_loop(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = way.layer(x, layer)
        return way.affine(x, way.depth)


PARAMS_CHANGED = (
    "You change the dictionary params, which belongs to the caller: after one pass the network is "
    "another one. Read from it, and keep results in names of your own."
)


@checks.forward_network.misconception(PARAMS_CHANGED)
def params_used_up(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params.clear()
    return logits


@checks.forward_network.misconception(PARAMS_CHANGED)
def results_in_params(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params["A1"] = logits
    return logits


@checks.forward_network.misconception(PARAMS_CHANGED)
def params_overwritten(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params["W1"] = logits
    return logits


FIRST_INPUT = "Each layer reads x, the first input. It has to read what the layer before it gave."


@checks.forward_network.misconception(FIRST_INPUT)
def all_read_first_input(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        z = way.layer(x, layer)
    return z


@checks.forward_network.misconception(FIRST_INPUT)
def hidden_layers_read_first_input(params, x, activation=sigmoid):
    way = Pass(params, activation)
    hidden = x
    for layer in range(1, way.depth):
        hidden = way.layer(x, layer)
    return way.layer(hidden, way.depth)


@checks.forward_network.misconception(
    "A single / gives a float, 2.0, and range wants a whole number. // divides and stays whole."
)
def depth_as_float(params, x, activation=sigmoid):
    for _ in range(1, len(params) / 2):
        pass
    return x


@checks.forward_network.misconception(
    "x * W multiplies element by element. A layer is a matrix product: rows of x meet columns of W."
)
def products_element_by_element(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: x * params[f"W{n}"] + params[f"b{n}"]
    return way.logits(x)


@checks.forward_network.misconception(
    "Every layer takes W1. The name has to change with the number of the layer."
)
def first_weights_everywhere(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: x @ params["W1"] + params[f"b{n}"]
    return way.logits(x)


@checks.forward_network.misconception(
    "You collect the weights, and the biases, in the order in which the dictionary holds them. "
    "Their names say where they belong."
)
def collected_in_order(params, x, activation=sigmoid):
    Ws = [array for name, array in params.items() if name[0] == "W"]
    bs = [array for name, array in params.items() if name[0] == "b"]
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        x = activation(x @ W + b)
    return x @ Ws[-1] + bs[-1]


@checks.forward_network.misconception("The activation acts twice in each hidden layer.")
def activation_twice(params, x, activation=sigmoid):
    return Pass(params, lambda z: activation(activation(z))).logits(x)


COLUMNS = (
    "You treat samples as columns, W.T @ x. Here each sample is a row of x, (N, D), and W is (D, "
    "H): write x @ W."
)


@checks.forward_network.misconception(COLUMNS)
def samples_as_columns(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: params[f"W{n}"].T @ x + params[f"b{n}"]
    return way.logits(x)


@checks.forward_network.misconception(COLUMNS)
def samples_turned_to_columns(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: params[f"W{n}"].T @ x + params[f"b{n}"][:, None]
    return way.logits(x.T)
