"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: two parameters
of different shapes, several steps, a learning rate that changes between them and is never 1.
"""

import numpy as np

from handgrad import fetch, keep

RATES = (0.3, 0.2, 0.05)
"""The learning rates of three steps."""
SHAPES = {"W": (5, 3), "b": (3,)}


def arrays(rng, dtype=float, size=1.0):
    """Draw an array for each of two parameters."""
    return {name: (size * rng.normal(size=shape)).astype(dtype) for name, shape in SHAPES.items()}


def walk(optimizer, params, all_grads, rates=RATES):
    """Take steps, each at its own rate; return what the kept parameters are after each of them."""
    path = []
    for rate, grads in zip(rates, all_grads, strict=True):
        optimizer.learning_rate = rate
        optimizer.step(grads)
        path.append(fetch(params))
    return path


def add_optimizer_checks(task, name, **settings):
    """Add what every optimizer has to pass, made with these settings."""
    of = f"{name}: " if len(task.needs) > 1 else ""

    @task.check(f"{of}after each of three steps, at a learning rate that changes", weight=3)
    def three_steps(impl, rng):
        params = keep(impl, arrays(rng))
        optimizer = getattr(impl, name)(params, RATES[0], **settings)
        return walk(optimizer, params, [arrays(rng) for _ in RATES])

    add_in_place_check(task, name, **settings)


def add_in_place_check(task, name, **settings):
    """Add that the very arrays change, and no gradients do."""
    of = f"{name}: " if len(task.needs) > 1 else ""

    def in_place(impl, rng):
        before = arrays(rng, np.float32)
        params, both = keep(impl, before), [keep(impl, arrays(rng, np.float32)) for _ in range(2)]
        optimizer = getattr(impl, name)(params, RATES[0], **settings)
        for grads in both:
            optimizer.step(grads)
        after = fetch(params)
        return {
            "gradients": [fetch(grads) for grads in both],
            "parameters that have moved": [n for n in before if (after[n] != before[n]).any()],
            "dtypes": [str(after[name].dtype) for name in before],
        }

    if name != task.needs[0]:
        in_place.__name__ = f"{name.lower()}_in_place"
    title = "the parameters' own arrays change, and the gradients stay as they were"
    task.check(of + title)(in_place)


def faint_gradients(rng):
    """Draw gradients with numbers that are exactly 0 in every step, and others of about 1e-9."""
    size = {"W": np.tile([[1.0], [0.0], [1e-9], [1.0], [1e-9]], 3), "b": np.array([0.0, 1e-9, 1.0])}
    return {name: size[name] * array for name, array in arrays(rng).items()}


def add_faint_check(task, name, **settings):
    """Add what a rule has to pass that divides by the size of gradients."""

    of = f"{name}: " if len(task.needs) > 1 else ""

    @task.check(f"{of}gradients that are exactly 0, and others around 1e-9: where ε stands")
    def faint(impl, rng):
        params = keep(impl, arrays(rng))
        optimizer = getattr(impl, name)(params, RATES[0], eps=1e-8, **settings)
        return walk(optimizer, params, [faint_gradients(rng) for _ in RATES])
