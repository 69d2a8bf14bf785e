"""The step function: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep

from .inputs import BOTH_SIGNS, numbers_or_truth, shape_of, signed

task = Task("step", "The step function", points=2, needs=["step"], minutes=5)


@task.check("an array: 1 where x > 0, else 0, one answer for each element", weight=2)
def step_of_array(impl, rng):
    return impl.step(rng.permutation(BOTH_SIGNS).reshape(3, 4))


@task.check("one number, of either sign")
def step_of_number(impl, rng):
    sizes = [rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9), rng.uniform(1.1, 2)]
    return {
        "positive": [impl.step(x) for x in sizes],
        "negative": [impl.step(-x) for x in sizes],
    }


@task.check("at exactly 0 the answer is 0")
def step_at_zero(impl, rng):
    x = rng.permutation(BOTH_SIGNS).reshape(3, 4)
    x[1] = 0
    return {"array": impl.step(x), "number": impl.step(0.0)}


@task.check("x is left as it was", weight=0.5)
def step_leaves_x(impl, rng):
    x = keep(impl, signed(rng, 3, 4))
    shape = shape_of(impl.step(x))
    return {"x": fetch(x), "shape of the answer": shape}


@task.check("the answers are numbers: truth values cannot be added up", weight=0.5)
def step_gives_numbers(impl, rng):
    x = signed(rng, 3, 4)
    array, number = impl.step(x), impl.step(float(x[0, 0]))
    return {
        "shape of the answer": shape_of(array),
        "answers for an array": numbers_or_truth(array),
        "answer for a number": numbers_or_truth(number),
    }


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from handgrad import Branch, Part, Parts
from solutions.perceptrons import step

from .mistakes import IF_FOR_ARRAYS, IN_PLACE, TRUTH_VALUES

parts = Parts(
    task,
    [step],
    {"answer": Part("the answer")},
    {
        "number": Branch("one number", lambda x: np.ndim(x) == 0),
        "array": Branch("an array", lambda x: np.ndim(x) > 0),
    },
)

ONE_BY_ONE = (
    "A loop over x takes its rows one by one, not its numbers, and a single number cannot be "
    "looped over at all. NumPy compares all elements of any shape at once."
)


@parts.mistake("You answer 1 at exactly 0. The rule says: only above 0.")
def yes_at_zero(x):
    return np.greater_equal(x, 0).astype(int)


@parts.mistake("At exactly 0 you answer a half. Here a step knows 0 and 1 only.")
def half_at_zero(x):
    return np.heaviside(x, 0.5)


@parts.mistake("Your step goes down: it answers 1 for negative numbers.")
def step_down(x):
    return np.less(x, 0).astype(int)


@parts.mistake("You return the sign, −1 or 1. A step answers 0 or 1.")
def sign_for_step(x):
    return np.sign(x)


@parts.mistake("You return −1 for no. A step answers 0 for no.")
def minus_one_for_no(x):
    return np.where(np.greater(x, 0), 1, -1)


@parts.mistake("You keep the size of positive numbers. A step says only yes or no.")
def size_kept(x):
    return np.maximum(x, 0)


@parts.mistake("Your step stands at ½. It has to stand at 0.")
def step_at_one_half(x):
    return np.greater(x, 0.5).astype(int)


@parts.mistake("Your step stands at 1. It has to stand at 0.")
def step_at_one(x):
    return np.greater_equal(x, 1).astype(int)


@task.misconception(IF_FOR_ARRAYS)
def if_in_step(x):
    if x > 0:
        return 1
    return 0


@task.misconception(
    "You give one answer for the whole array. Each element has an answer of its own."
)
def one_answer_for_all(x):
    return int(np.any(np.greater(x, 0)))


@task.misconception(IN_PLACE)
def step_in_place(x):
    answer = step(x)
    if isinstance(x, np.ndarray):
        x[...] = answer
        return x
    return answer


@task.misconception(
    "x may be one number, too. A plain number is no array: it cannot be indexed, and it has no "
    "method astype. NumPy's functions take both."
)
def arrays_only(x):
    return (x > 0).astype(int)


@task.misconception(
    "The shape is lost: your answers stand in one long row. They have the shape of x."
)
def shape_lost(x):
    return np.ravel(step(x))


@parts.mistake(TRUTH_VALUES)
def truth_values(x):
    return np.greater(x, 0)


@task.misconception(ONE_BY_ONE)
def row_by_row(x):
    return [1 if element > 0 else 0 for element in x]


@task.misconception(ONE_BY_ONE)
def row_by_row_twice(x):
    return [[1 if element > 0 else 0 for element in row] for row in x]


@task.misconception(
    "x may be one number, too. A plain number has no shape and cannot be indexed. NumPy's "
    "functions take both: np.shape(x), np.where(...), np.greater(...)."
)
def arrays_only_by_shape(x):
    answer = np.zeros(x.shape)
    answer[x > 0] = 1
    return answer


@task.misconception(IN_PLACE)
def step_in_place_by_masks(x):
    x[x > 0] = 1
    x[x <= 0] = 0
    return x
