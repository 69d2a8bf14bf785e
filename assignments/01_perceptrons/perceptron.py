"""The perceptron: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import decisions, shape_of, signed

task = Task(
    "perceptron",
    "The perceptron",
    points=4,
    needs=["perceptron"],
    minutes=10,
    shapes="x (D,) or (N, D), w (D,), b one number",
)


@task.check("one input (D,): one answer")
def one_input(impl, rng):
    x, w, b = decisions(rng, 1.0)
    answers = [impl.perceptron(row, w, b) for row in x]
    return {"answers": answers, "shape of an answer": shape_of(answers[0])}


@task.check("a negative bias makes a yes harder")
def negative_bias(impl, rng):
    x, w, b = decisions(rng, -1.0)
    return [impl.perceptron(row, w, b) for row in x]


@task.check("a batch (N, D): N answers", weight=2)
def batch(impl, rng):
    x, w, b = decisions(rng, rng.permutation([-1.0, 1.0])[0])
    return impl.perceptron(x, w, b)


@task.check("where the sum is exactly 0, the answer is 0")
def on_the_line(impl, rng):
    w = rng.permutation([1.0, -2.0, 3.0])
    x = rng.integers(1, 5, size=(6, 3)).astype(float)
    b = -float(x[2] @ w)
    return {"a batch": impl.perceptron(x, w, b), "one input": impl.perceptron(x[2], w, b)}


@task.check("inputs may be whole numbers or truth values", weight=0.5)
def other_inputs(impl, rng):
    w = rng.permutation([1.5, -2.5, 1.0, 0.7])
    bits = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0], [0, 0, 1, 1]])
    return {
        "whole numbers": impl.perceptron(2 * bits - 3, w, 0.4),
        "truth values": impl.perceptron(bits == 1, w, -0.4),
    }


@task.check("x and w are left as they were", weight=0.5)
def perceptron_leaves_inputs(impl, rng):
    x, w = signed(rng, 6, 3), signed(rng, 3)
    given = {"x (N, D)": keep(impl, x), "x (D,)": keep(impl, x[0]), "w": keep(impl, w)}
    shapes = [shape_of(impl.perceptron(given[x], given["w"], 0.4)) for x in ("x (N, D)", "x (D,)")]
    return {**{name: fetch(array) for name, array in given.items()}, "shapes": shapes}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Branch, Part, Parts
from solutions.perceptrons import perceptron, sigmoid, step

from .mistakes import IF_FOR_ARRAYS, NOT_FITTING

parts = Parts(
    task,
    [perceptron],
    {"answer": Part("the answer")},
    {
        "one": Branch("one input", lambda x, w, b: np.ndim(x) == 1),
        "batch": Branch("a batch", lambda x, w, b: np.ndim(x) == 2),
    },
)


@parts.mistake("The bias is missing: nothing but the inputs decides.")
def bias_forgotten(x, w, b):
    return step(x @ w)


@parts.mistake(
    "You subtract b, or compare with b as a threshold. Here the bias is added: a large b makes a "
    "yes easier."
)
def bias_subtracted(x, w, b):
    return step(x @ w - b)


@parts.mistake("You answer 1 where the sum is exactly 0. The rule says: only above 0.")
def yes_on_the_line(x, w, b):
    return np.greater_equal(x @ w + b, 0).astype(int)


@parts.mistake("You return the sum itself. The decision is missing: 0 or 1.")
def score_returned(x, w, b):
    return x @ w + b


@parts.mistake("You return −1 for no. Here a perceptron answers 0 for no.")
def perceptron_of_signs(x, w, b):
    return np.where(x @ w + b > 0, 1, -1)


@parts.mistake("You answer 0 for yes and 1 for no.")
def answers_turned_round(x, w, b):
    return 1 - step(x @ w + b)


@task.misconception(IF_FOR_ARRAYS)
def if_in_perceptron(x, w, b):
    if x @ w + b > 0:
        return 1
    return 0


@task.misconception(
    "The products of the whole batch end up in one sum. Each row has a sum of its own."
)
def one_sum_for_the_batch(x, w, b):
    return step(np.sum(x * w) + b)


@task.misconception("You add over the samples of the batch, not over the inputs of each sample.")
def sum_over_samples(x, w, b):
    return step(sum(x * w) + b)


@task.misconception(NOT_FITTING)
def inputs_transposed(x, w, b):
    return step(x.T @ w + b)


@task.misconception(NOT_FITTING)
def inputs_transposed_by_dot(x, w, b):
    return step(np.dot(x.T, w) + b)


@task.misconception(
    "w @ x does for a single input, but for a batch the shapes (D,) and (N, D) do not meet. Write "
    "the shapes down: which order makes D meet D?"
)
def weights_first(x, w, b):
    return step(w @ x + b)


@task.misconception(
    "np.dot(w, x) does for a single input, but for a batch the shapes (D,) and (N, D) do not meet. "
    "Write the shapes down: which order makes D meet D?"
)
def weights_first_with_dot(x, w, b):
    return step(np.dot(w, x) + b)


@parts.mistake(
    "The bias is added to each weight, so it counts once for every input. It is added once."
)
def bias_on_each_weight(x, w, b):
    return step(x @ (w + b))


@task.misconception(
    "The answers stand in a column, (N, 1). A batch of N inputs has answers of shape (N,)."
)
def column_of_answers(x, w, b):
    return step(x @ np.reshape(w, (-1, 1)) + b)


@parts.mistake("You take the size of the sum. Its sign is what decides.")
def size_of_the_sum(x, w, b):
    return step(np.abs(x @ w + b))


@parts.mistake("The inputs' share has the wrong sign: w · x is subtracted from the bias.")
def inputs_subtracted(x, w, b):
    return step(b - x @ w)


@task.misconception(
    "axis=1 is the last axis of a batch only. A single input has just axis 0; −1 counts from the "
    "end."
)
def second_axis_of_one_input(x, w, b):
    return step(np.sum(x * w, axis=1) + b)


@parts.mistake("You answer with a sigmoid. A perceptron says 0 or 1.")
def smooth_answer(x, w, b):
    return sigmoid(x @ w + b)


@parts.mistake(
    "The sum is missing: x * w multiplies input by input, and each product gets a decision of its "
    "own. Add the products of one sample first."
)
def products_not_added(x, w, b):
    return step(x * w + b)


@task.misconception(
    "You loop over the rows, so that one input (D,) is taken apart into numbers. For both cases x "
    "has to be taken as a whole."
)
def batch_only(x, w, b):
    return [step(row @ w + b) for row in x]


@task.misconception(
    "You loop over the rows, so that one input (D,) is taken apart into numbers. Sum along the "
    "last axis of x as a whole instead: that is right in both cases."
)
def batch_only_by_sums(x, w, b):
    return np.array([step(np.sum(row * w) + b) for row in x])


@parts.mistake(
    "The bias stands inside the sum over the inputs, so it counts once for every input. It is "
    "added once."
)
def bias_inside_the_sum(x, w, b):
    return step((x * w + b).sum(axis=-1))


@parts.mistake(
    "The bias is added to the answer, behind the step. It belongs into the sum that the step "
    "decides on."
)
def bias_after_the_step(x, w, b):
    return step(x @ w) + b


@task.misconception(
    "The bias is added to the answer, and then compared once more. It belongs into the sum, before "
    "the one decision."
)
def bias_between_two_decisions(x, w, b):
    return step(step(x @ w) + b)


@task.misconception(
    "For one input (D,) you return an array with one element. Asked for is one number: make no "
    "batch of a single input."
)
def batch_of_one(x, w, b):
    return step(np.atleast_2d(x) @ w + b)


@parts.mistake("You change x: `x *= w` writes into the caller's array. `x * w` makes a new one.")
def products_in_place(x, w, b):
    x *= w
    return step(x.sum(axis=-1) + b)


@task.misconception(
    "w[i] meets x[i], which is one number in a single input, but a whole row in a batch. The "
    "inputs lie along the last axis."
)
def loop_over_first_axis(x, w, b):
    total = 0
    for i in range(len(w)):
        total = total + w[i] * x[i]
    return step(total + b)
