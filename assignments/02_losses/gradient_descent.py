"""Gradient descent: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, keep

from .inputs import has_changed

task = Task(
    "gradient_descent", "Gradient descent", points=6, needs=["gradient_descent"], minutes=10
)


def valley(rng):
    """Draw the gradient of a valley that lies across the axes, and where to start."""
    slope = rng.uniform(0.5, 1.5)
    A = np.array([[3.0, slope], [slope, 1.0]])
    return (lambda x: A @ x), rng.normal(size=2) + np.array([2.0, -3.0])


@task.check("every point of the way, the start first", weight=2.5)
def descent_path(impl, rng):
    return impl.gradient_descent(*valley(rng), rng.uniform(0.1, 0.2), 5)


@task.check("the first step goes downhill, by the learning rate times the gradient")
def descent_first_step(impl, rng):
    return impl.gradient_descent(*valley(rng), rng.uniform(0.1, 0.2), 1)


@task.check("x may be an array of any shape")
def descent_of_table(impl, rng):
    curvature = rng.uniform(0.5, 2, size=(2, 3))
    return impl.gradient_descent(lambda x: curvature * x**3, rng.normal(size=(2, 3)), 0.1, 3)


@task.check("the gradient is taken at the point that has been reached")
def descent_places(impl, rng):
    gradient, start = valley(rng)
    seen = []
    impl.gradient_descent(lambda x: seen.append(np.array(x)) or gradient(x), start, 0.1, 4)
    return seen[:4]


@task.check("the start is left as it was", weight=0.5)
def descent_leaves_start(impl, rng):
    gradient, start = valley(rng)
    kept = keep(impl, start)
    path = impl.gradient_descent(gradient, kept, 0.1, 3)
    return {"the start has changed": has_changed(kept, start), "number of points": len(path)}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import gradient_descent


@task.misconception("You walk uphill. The gradient points to where f rises; go against it.")
def ascent(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, -learning_rate, steps)


@task.misconception("The start is missing from your path: its first point is where you begin.")
def path_without_start(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[1:]


@task.misconception(
    "The last point is missing from your path: steps + 1 points belong to it, the start included."
)
def path_without_end(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[:-1]


@task.misconception("You return where the walk ends. What is asked for is every point on the way.")
def only_the_end(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps)[-1]


@task.misconception("You return how the points moved. What is asked for is where they are.")
def steps_for_points(f_gradient, x, learning_rate, steps):
    path = gradient_descent(f_gradient, x, learning_rate, steps)
    return np.concatenate([path[:1], np.diff(path, axis=0)])


@task.misconception(
    "All points of your path are one and the same array, stored again and again: `x -= ...` "
    "changes it, also where it is stored already, and the caller's array with it."
)
def same_array_stored(f_gradient, x, learning_rate, steps):
    path = [x]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@task.misconception(
    "All points of your path, but for the first, are one and the same array, stored again and "
    "again. `x -= ...` changes it, also where it is stored already."
)
def same_copy_stored(f_gradient, x, learning_rate, steps):
    path, x = [x], x.copy()
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@task.misconception(
    "All points of your path are one and the same array, a copy of the start, stored again and "
    "again. `x -= ...` changes it, also where it is stored already."
)
def copy_of_the_start_stored(f_gradient, x, learning_rate, steps):
    x = x.copy()
    path = [x]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


@task.misconception("Your path ends after one step: is there a return inside the loop?")
def path_returned_in_the_loop(f_gradient, x, learning_rate, steps):
    return np.stack([x, x - learning_rate * f_gradient(x)])


@task.misconception(
    "np.concatenate joins the points into one long array. Each point is to stay one: an axis more, "
    "as np.stack makes it."
)
def points_run_together(f_gradient, x, learning_rate, steps):
    return np.concatenate(list(gradient_descent(f_gradient, x, learning_rate, steps)))


@task.misconception(
    "You walk with the caller's array: `x -= ...` changes it. Make a new array with each step."
)
def start_walks_along(f_gradient, x, learning_rate, steps):
    path = [x.copy()]
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
        path.append(x.copy())
    return np.stack(path)


@task.misconception("The learning rate is missing: you move by the whole gradient.")
def whole_gradient(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, 1.0, steps)


@task.misconception(
    "You divide by the learning rate. It is a factor: a smaller rate makes smaller steps."
)
def divided_by_the_rate(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, 1 / learning_rate, steps)


@task.misconception(
    "You take the gradient once, at the start, and follow it for ever. It has to be asked for anew "
    "at each point."
)
def gradient_of_the_start(f_gradient, x, learning_rate, steps):
    gradient = f_gradient(x)
    return gradient_descent(lambda _: gradient, x, learning_rate, steps)


@task.misconception(
    "Each of your steps begins at the start again. It begins where the step before has ended."
)
def each_step_from_the_start(f_gradient, x, learning_rate, steps):
    return np.stack([x] + [x - learning_rate * f_gradient(x) for _ in range(steps)])


@task.misconception(
    "You make the gradient as long as 1 before you step. Here its length counts: steeper ground, "
    "longer steps."
)
def unit_steps(f_gradient, x, learning_rate, steps):
    def direction(x):
        gradient = f_gradient(x)
        return gradient / np.sqrt((gradient**2).sum())

    return gradient_descent(direction, x, learning_rate, steps)


@task.misconception(
    "You use the sign of the gradient only. Here its size counts: steeper ground, longer steps."
)
def only_the_sign(f_gradient, x, learning_rate, steps):
    return gradient_descent(lambda x: np.sign(f_gradient(x)), x, learning_rate, steps)


@task.misconception("You take one step too many.")
def one_step_too_many(f_gradient, x, learning_rate, steps):
    return gradient_descent(f_gradient, x, learning_rate, steps + 1)
