"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: numbers of both
signs, arrays of different shapes, biases that are not 0.

What is drawn at random need not be drawn as the reference does it. So what is compared is not the
numbers, but how they are spread, where there are thousands of them, and the tolerances are many
times what chance does.
"""

import numpy as np

from handgrad import fetch, formula, keep, slope_error

WEIGHTS = {"affine1.W": (5, 3), "conv1.W": (2, 3, 1, 2), "affine2.W": (3, 4)}
"""Shapes of what is penalized, by name."""
OTHERS = {"affine1.b": (3,), "conv1.b": (2,), "bn1.gamma": (3,), "bn1.beta": (3,), "b4": (1, 4)}
"""Shapes of biases, and of what batch normalization learns: they are left alone."""


def signed_arrays(rng, shapes, dtype=float):
    """Draw arrays of numbers of both signs, none of them near 0, by name."""
    return {
        name: (rng.uniform(0.2, 2, size=shape) * rng.choice([-1.0, 1.0], size=shape)).astype(dtype)
        for name, shape in shapes.items()
    }


def mixed(rng, dtype=float):
    """Draw weights and others, neither the first nor the last of them a weight."""
    weights, others = (signed_arrays(rng, shapes, dtype) for shapes in (WEIGHTS, OTHERS))
    return {"affine1.b": others.pop("affine1.b"), **weights, **others}


def dtypes(arrays):
    """Return the dtypes of arrays by name."""
    return {name: str(np.asarray(array).dtype) for name, array in arrays.items()}


def add_penalty_checks(task, name):
    """Add what every penalty has to pass; of the class of this name."""
    of = f"{name}: " if len(task.needs) > 1 else ""

    def made(impl, rng, *more):
        return getattr(impl, name)(rng.uniform(0.2, 0.4), *more)

    @task.check(of + "penalty returns one number, for all weights of all arrays", weight=2)
    def penalty(impl, rng):
        return made(impl, rng).penalty(signed_arrays(rng, WEIGHTS))

    @task.check(of + "gradients returns an array for each array of weights, by its name", weight=2)
    def gradients(impl, rng):
        return made(impl, rng).gradients(signed_arrays(rng, WEIGHTS))

    @task.check(of + "biases, and the γ and β of batch normalization, are left alone")
    def weights_only(impl, rng):
        layer, params = made(impl, rng), mixed(rng)
        return {"penalty": layer.penalty(params), "gradients": layer.gradients(params)}

    @task.check(of + "what `applies` chooses is penalized, and nothing else", weight=0.5)
    def applies(impl, rng):
        chosen = formula(impl, "lambda name, param: name.startswith('affine1')")
        layer, params = made(impl, rng, chosen), mixed(rng)
        return {"penalty": layer.penalty(params), "gradients": layer.gradients(params)}

    @task.check(of + "your gradients are the slopes of your penalty, whatever it is", at_most=1e-6)
    def agree(impl, rng):
        layer, params = made(impl, rng), mixed(rng)
        gradients, errors = layer.gradients(params), []
        for key, shape in WEIGHTS.items():

            def at(weights, key=key):
                return np.asarray(layer.penalty({**params, key: weights})).item()

            direction = rng.normal(size=shape)
            errors.append(slope_error(at, params[key], gradients[key], direction, h=1e-3))
        return max(errors)

    @task.check(of + "a second call starts anew; without weights the penalty is 0", weight=0.5)
    def called_again(impl, rng):
        layer, found = made(impl, rng), {}
        for call in ("first", "second"):
            params = mixed(rng)
            found[call] = [layer.penalty(params), layer.gradients(params)]
        none = signed_arrays(rng, OTHERS)
        found["biases alone"] = [layer.penalty(none), layer.gradients(none)]
        return found

    @task.check(of + "the parameters are left as they were, and float32 stays float32", weight=0.5)
    def parameters_stay(impl, rng):
        layer, params = made(impl, rng), keep(impl, mixed(rng, "f4"))
        layer.penalty(params)
        return {"dtypes": dtypes(layer.gradients(params)), "params": fetch(params)}


# Chance -------------------------------------------------------------------------------------------


def far_from_zero(rng, *shape):
    """Draw numbers of both signs between 0.5 and 2; only their seed is recorded."""
    draw = np.random.default_rng(int(rng.integers(1 << 31)))
    return draw.uniform(0.5, 2, size=shape) * draw.choice([-1.0, 1.0], size=shape)


def factors(x, y):
    """Return by what each x has been multiplied; nan where the shapes differ."""
    y = np.asarray(y, dtype=float)
    return y / x if y.shape == x.shape else np.full(x.shape, np.nan)


def correlation(a, b):
    """Return the correlation of two arrays; 0, if one is constant."""
    spread = a.std() * b.std()
    if not spread > 1e-12:
        return 0.0
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread)


def compared(found, now, other):
    """Compare the factors of a way back with those of the forward now, and of another one."""
    return {
        "share that is right": float((np.abs(found - now) < 1e-6).mean()),
        "share of the other forward": float((np.abs(found - other) < 1e-6).mean()),
        "share of 0": float((found == 0).mean()),
        "mean": float(found.mean()),
        "largest": float(found.max()),
    }


def seeding(impl, draw, rng):
    """Say whether all that is random comes from the generator; draw(source) returns an array."""
    seed = rng.generator()
    first, shared = draw(seed), keep(impl, seed)
    again, other = draw(shared), draw(shared)
    return {
        "the same seed, the same numbers": bool(np.array_equal(first, again)),
        "drawn once more, other numbers": not np.array_equal(again, other),
    }


def of_32_bits(layer, rng, shape, dout_shape):
    """Send float32 both ways, in training and in test mode; return what comes out of it."""
    found = {}
    for layer.training in (True, False):
        y = np.asarray(layer.forward(rng.normal(size=shape).astype("f4")))
        dx = np.asarray(layer.backward(rng.normal(size=dout_shape).astype("f4")))
        found["training" if layer.training else "test mode"] = {
            "y": [*y.shape, str(y.dtype)],
            "dx": [*dx.shape, str(dx.dtype)],
        }
    return found
