"""The measured gradient: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, keep

from .inputs import exception_of, has_changed, outcome_of

task = Task(
    "numerical_gradient",
    "The measured gradient",
    points=8,
    needs=["numerical_gradient"],
    minutes=15,
)


def bowl(rng, *shape):
    """Draw a function in which every element's slope depends on all the others."""
    weights = rng.uniform(1, 2, size=shape)
    return lambda x: float((weights * x**3).sum() + x.sum() ** 2)


@task.check("the gradient at a point (2, 3)", weight=2, atol=1e-7)
def gradient_of_table(impl, rng):
    return impl.numerical_gradient(bowl(rng, 2, 3), rng.normal(size=(2, 3)))


@task.check("arrays of one and of three axes", weight=2, atol=1e-7)
def gradient_of_other_shapes(impl, rng):
    return {
        "(4,)": impl.numerical_gradient(bowl(rng, 4), rng.normal(size=4)),
        "(2, 1, 3)": impl.numerical_gradient(bowl(rng, 2, 1, 3), rng.normal(size=(2, 1, 3))),
    }


@task.check("another h: the differences are central, and h is used")
def gradient_with_h(impl, rng):
    x, h = rng.normal(size=(3, 2)), rng.uniform(0.1, 0.3)
    return impl.numerical_gradient(bowl(rng, 3, 2), x, h)


@task.check("f is called twice per element, and one element has moved each time")
def gradient_calls(impl, rng):
    f, x, h, seen = bowl(rng, 2, 3), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3), []
    impl.numerical_gradient(lambda v: seen.append(np.array(v)) or f(v), x, h)
    moves = [point - x for point in seen if point.shape == x.shape]
    return {
        "number of calls": len(seen),
        "elements moved": [int((np.abs(move) > 1e-9).sum()) for move in moves],
        "how far, in all": np.abs(moves).sum(axis=0) if moves else None,
    }


@task.check("x never changes, not even while f is called")
def gradient_leaves_x(impl, rng):
    f, x, seen = bowl(rng, 2, 3), rng.normal(size=(2, 3)), []
    kept = keep(impl, x)
    impl.numerical_gradient(lambda v: seen.append(has_changed(kept, x)) or f(v), kept, 0.1)
    return {
        "f is called": len(seen) > 0,
        "x is another while f is called": any(seen),
        "x is another afterwards": has_changed(kept, x),
    }


@task.check("x of another dtype than float64 is refused (ValueError)")
def gradient_refuses(impl, rng):
    f, x = bowl(rng, 3), rng.permutation(3)
    measure = impl.numerical_gradient
    return {
        "float64": outcome_of(measure, f, x.astype(float)),
        "int64": exception_of(measure, f, x),
        "float32": exception_of(measure, f, x.astype("f4")),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import numerical_gradient

from .mistakes import ASSERTED, OTHER_ERROR


def measured(f, x, h, slope, indices=None):
    """Measure slopes with a function of f, x, an index and h; refuse what the reference refuses."""
    if x.dtype != np.float64:
        raise ValueError
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape) if indices is None else indices:
        gradient[index] = slope(f, x, index, h)
    return gradient


def moved(x, index, h):
    copy = x.copy()
    copy[index] += h
    return copy


@task.misconception(
    "Your differences are forward ones. Look to both sides of x: the error is far smaller."
)
def gradient_by_forward_differences(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: (f(moved(x, i, h)) - f(x)) / h)


@task.misconception(
    "You compute f(x) once and take forward differences. Look to both sides of x instead: two "
    "calls for each element."
)
def gradient_with_one_base(f, x, h=1e-5):
    base = f(x) if x.dtype == np.float64 else 0.0
    return measured(f, x, h, lambda f, x, i, h: (f(moved(x, i, h)) - base) / h)


def both_sides(f, x, index, h):
    return f(moved(x, index, h)) - f(moved(x, index, -h))


@task.misconception(
    "Your slopes are twice too large: from x − h to x + h the distance is 2h, not h."
)
def gradient_divided_by_one_step(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / h)


@task.misconception("You do not divide: that says how far f rises, not how steeply.")
def gradient_not_divided(f, x, h=1e-5):
    return measured(f, x, h, both_sides)


@task.misconception(
    "Your differences are backward ones, from x to the point before it. Look to both sides of x: "
    "the error is far smaller."
)
def gradient_by_backward_differences(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: (f(x) - f(moved(x, i, -h))) / h)


@task.misconception(
    "Brackets are missing: in `a - b / c` Python divides b alone. The whole difference is divided."
)
def gradient_divides_one_value(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: f(moved(x, i, h)) - f(moved(x, i, -h)) / (2 * h))


@task.misconception(
    "You multiply by h, not divide by it: Python reads `/ 2 * h` from left to right. Set brackets."
)
def gradient_without_brackets(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / 2 * h)


@task.misconception("The h that is given is not used: yours is always the same.")
def gradient_with_its_own_h(f, x, h=1e-5):
    return numerical_gradient(f, x, 1e-5)


@task.misconception(
    "All your slopes are 0: f never gets an element that has moved. If your h is tiny, rounding "
    "swallows it, and x + h is x."
)
def step_lost_in_rounding(f, x, h=1e-5):
    return numerical_gradient(f, x, 1e-50)


@task.misconception(
    "Your slopes have the wrong sign: f(x + h) − f(x − h) is positive where f rises."
)
def gradient_turned_round(f, x, h=1e-5):
    return -numerical_gradient(f, x, h)


@task.misconception(
    "You loop over the first axis only, and move whole rows at once. Every single number needs its "
    "own turn."
)
def whole_rows_move(f, x, h=1e-5):
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), range(len(x)))


@task.misconception(
    "All elements move at once. That measures one slope, along a diagonal; the gradient has one "
    "for each element alone."
)
def everything_moves(f, x, h=1e-5):
    slope = lambda f, x, i, h: (f(x + h) - f(x - h)) / (2 * h)  # noqa: E731
    return measured(f, x, h, slope)


@task.misconception(
    "You return one number, measured with all elements moved at once. The gradient has a slope "
    "for each element: move them one at a time."
)
def one_slope_for_all(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    return (f(x + h) - f(x - h)) / (2 * h)


@task.misconception("Only the first element is measured: is there a return inside the loop?")
def gradient_returned_in_the_loop(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient, first = np.zeros_like(x), (0,) * x.ndim
    gradient[first] = both_sides(f, x, first, h) / (2 * h)
    return gradient


@task.misconception(
    "Your index is one number. In a table, x[i] is a whole row, and there are fewer rows than "
    "elements: every element needs an index for each axis."
)
def gradient_by_flat_index(f, x, h=1e-5):
    slope = lambda *args: both_sides(*args) / (2 * h)  # noqa: E731
    return measured(f, x, h, slope, range(x.size))


TWO_AXES = (
    "Your two loops fit arrays of two axes alone. x may have any shape: one loop over all indices "
    "does for each."
)


@task.misconception(TWO_AXES)
def gradient_of_two_axes(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    pairs = [(i, j) for i in range(x.shape[0]) for j in range(x.shape[1])]
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), pairs)


@task.misconception(TWO_AXES)
def gradient_of_rows_and_columns(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    rows, columns = x.shape
    pairs = [(i, j) for i in range(rows) for j in range(columns)]
    return measured(f, x, h, lambda *args: both_sides(*args) / (2 * h), pairs)


@task.misconception(OTHER_ERROR)
def dtype_refused_by_type_error(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError
    return numerical_gradient(f, x, h)


@task.misconception(ASSERTED)
def dtype_asserted(f, x, h=1e-5):
    assert x.dtype == np.float64
    return numerical_gradient(f, x, h)


@task.misconception(
    "You call f with the single element. f wants the whole array, with one element moved."
)
def f_of_the_element(f, x, h=1e-5):
    return measured(f, x, h, lambda f, x, i, h: (f(x[i] + h) - f(x[i] - h)) / (2 * h))


@task.misconception(
    "You call f with a flat array. It gets x in its own shape, with one element moved."
)
def f_of_a_flat_array(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    flat = numerical_gradient(lambda v: f(v), x.ravel(), h)
    return flat.reshape(x.shape)


@task.misconception(
    "You return a flat array. The gradient has the shape of x: one slope for each element."
)
def gradient_flat(f, x, h=1e-5):
    return numerical_gradient(f, x, h).ravel()


@task.misconception(
    "An element that has been moved stays where it is while the next one moves. Put it back first."
)
def moves_pile_up(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient, walking = np.zeros_like(x), x.copy()
    for index in np.ndindex(x.shape):
        walking[index] += h
        after = f(walking)
        walking[index] -= 2 * h
        gradient[index] = (after - f(walking)) / (2 * h)
    return gradient


@task.misconception(
    "You move x itself and do not put it back: the caller's array has changed, and the later "
    "slopes are measured elsewhere. Move a copy."
)
def perturbation_left_behind(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    if x.dtype != np.float64:
        raise ValueError
    for index in np.ndindex(x.shape):
        x[index] += h
        after = f(x)
        x[index] -= 2 * h
        gradient[index] = (after - f(x)) / (2 * h)
    return gradient


@task.misconception(
    "You move x itself and put it back. Whoever looks at it meanwhile, f for one, sees it moved. "
    "Move a copy."
)
def x_moves_for_a_while(f, x, h=1e-5):
    if x.dtype != np.float64:
        raise ValueError
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        after = f(x)
        x[index] = kept - h
        gradient[index] = (after - f(x)) / (2 * h)
        x[index] = kept
    return gradient


@task.misconception(
    "Other dtypes than float64 are not refused. A whole number cannot move by h, so every slope "
    "would silently be wrong."
)
def any_dtype(f, x, h=1e-5):
    return numerical_gradient(f, np.asarray(x, dtype=float), h)


@task.misconception(
    "You refuse whole numbers, but not float32. It keeps about seven digits, and a step of 1e-5 "
    "takes five of them."
)
def float32_passes(f, x, h=1e-5):
    if x.dtype.kind != "f":
        raise ValueError
    return numerical_gradient(f, x.astype(float), h)
