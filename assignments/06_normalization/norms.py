"""What the checks of the layers that normalize draw and measure in common.

A layer's task says how a layer is made of its parameters, and how a case is drawn::

    def make(impl, gamma, beta):
        return impl.LayerNorm(gamma, beta)


    def case(rng, rows=6):
        return scale_and_shift(rng, 4), uneven(rng, rows, 4), rng.normal(size=(rows, 4))


    @task.check("forward normalizes each sample")
    def layer_forward(impl, rng):
        params, x, _ = case(rng)
        return make(impl, *params).forward(x)


    add_common_checks(task, make, case)

A case is a list of parameters, an input and the gradient that arrives. The checks of values are the
task's own; ``add_common_checks`` adds what is the same for all: slopes measured, parameters alive,
inputs left alone, float32 kept, memory, and the gradient derived. For other parameters than γ and β
say ``names=["v", "g", "b"]``, or ``names=[]``. Known mistakes: ``norm_mistakes.py``.
"""

import numpy as np

from handgrad import (
    DERIVED,
    OWN_MEMORY,
    SLOPES,
    add_memory_checks,
    calls_run,
    fetch,
    how_all_got,
    keep,
    signed,
    slope_error,
)

SCALE_AND_SHIFT = ("gamma", "beta")


def scale_and_shift(rng, *shape):
    """Draw γ, of both signs and nowhere near 0, and β: a list of two."""
    return [1.5 * signed(rng, *shape), rng.normal(size=shape)]


def uneven(rng, *shape):
    """Draw an input whose features differ in mean and spread, and whose samples do."""
    spread = rng.uniform(0.5, 2, size=shape[1:])
    mean = rng.normal(size=shape[1:]) + rng.normal(size=(shape[0], *[1] * (len(shape) - 1)))
    return spread * rng.normal(size=shape) + 2 * mean


def passed_through(layer, x, dout, names=SCALE_AND_SHIFT):
    """Send a batch forward and a gradient backward; return all gradients by name, x's as "x"."""
    layer.forward(x)
    dx = layer.backward(dout)
    return {"x": dx, **{name: layer.grads[name] for name in names}}


def add_common_checks(task, make, case, names=SCALE_AND_SHIFT, rows=(6, 4)):
    """Add what every layer of the second half of the chapter has to pass.

    Parameters
    ----------
    task : Task
        What gets the checks.
    make : function
        ``make(impl, *params)`` returns a new layer.
    case : function
        ``case(rng, rows)`` draws parameters, an input and the gradient that arrives; rows is 6
        unless given. The numbers are to be of both signs, and no array square.
    names : sequence of str
        What the parameters are called in ``params`` and ``grads``.
    rows : sequence of int
        The two sizes of a batch by which memory is checked: few, where samples are large.
    """
    add_slopes_check(task, make, case, names)
    add_stays_checks(task, make, case, names)
    add_memory_checks(
        task,
        lambda impl, rng: make(impl, *case(rng)[0]),
        lambda rng, rows: [[array] for array in case(rng, rows)[1:]],
        read=(lambda layer: layer.grads) if names else None,
        rows=rows,
        weights=[1, 0.5],
        titles=[OWN_MEMORY, "a second batch, of another size, leaves nothing of the first"],
    )
    add_derived_check(task, make, case, names)


def add_slopes_check(task, make, case, names=SCALE_AND_SHIFT):
    """Add that all gradients agree with slopes measured on the implementation's own forward."""

    @task.check(SLOPES, at_most=1e-5)
    def slopes(impl, rng):
        params, x, dout = case(rng)
        inputs = [*params, x]
        directions = [rng.normal(size=array.shape) for array in inputs]
        found = passed_through(make(impl, *params), x, dout, names)

        def error(place, gradient):
            def f(value):
                changed = [*inputs[:place], value, *inputs[place + 1 :]]
                return np.sum(dout * make(impl, *changed[:-1]).forward(changed[-1]))

            return slope_error(f, inputs[place], gradient, directions[place])

        return max(error(place, found[name]) for place, name in enumerate([*names, "x"]))


def add_stays_checks(task, make, case, names=SCALE_AND_SHIFT):
    """Add that parameters are kept and not copied, inputs left alone, and float32 kept."""
    if names:

        @task.check("params holds the very arrays that were given: changed in place, they act")
        def live_parameters(impl, rng):
            params, x, dout = case(rng)
            kept = [keep(impl, array) for array in params]
            layer = make(impl, *kept)
            before = layer.forward(x)
            for place, array in enumerate(kept):
                array.fill(0.2 + 0.5 * place)
            after, dx = layer.forward(x), layer.backward(dout)
            return {"before": before, "after": after, "dx": dx, "params": layer.params}

    @task.check("what was handed over is left as it was", weight=0.5)
    def inputs_stay(impl, rng):
        params, x, dout = case(rng)
        params, x, dout = [keep(impl, one) for one in params], keep(impl, x), keep(impl, dout)
        layer = make(impl, *params)
        # The shapes, because whoever does nothing changes nothing.
        shapes = [np.shape(layer.forward(x)), np.shape(layer.backward(dout))]
        kept = {name: fetch(one) for name, one in zip(names, params, strict=True)}
        return {**kept, "x": fetch(x), "dout": fetch(dout), "shapes of y and dx": shapes}

    @task.check("float32 stays float32", weight=0.5)
    def float32(impl, rng):
        params, x, dout = case(rng)
        layer = make(impl, *(array.astype("f4") for array in params))
        y = layer.forward(x.astype("f4"))
        parts = {"y": y, "dx": layer.backward(dout.astype("f4"))}
        parts |= {name: layer.grads[name] for name in names}
        return {name: str(np.asarray(part).dtype) for name, part in parts.items()}


def add_derived_check(task, make, case, names=SCALE_AND_SHIFT):
    """Add what no layer passes whose gradients are measured: a step is lost beside huge numbers."""

    def calls(impl, rng, rows):
        params, x, dout = case(rng, rows)
        layer = make(impl, *params)
        layer.forward(x)
        return calls_run(layer.backward, dout, of=["forward"])

    @task.check(DERIVED, weight=0, required=True)
    def derived(impl, rng):
        params, x, dout = case(rng)
        near, far = passed_through(make(impl, *params), x, dout, names), {}
        layer = make(impl, *params)
        y = np.asarray(layer.forward(1e18 * x))
        # Where a wrong forward has lost x itself, no gradient tells how it was got.
        is_there = np.isfinite(y).all() and (np.ptp(y, axis=0) > 0).all()
        far["x"] = layer.backward(dout) if is_there else near["x"]
        near["x"] = np.round(near["x"], 9)  # what cancels but for rounding is no gradient
        for place, name in enumerate(names):
            huge = [*params[:place], 1e18 * params[place], *params[place + 1 :]]
            far[name] = passed_through(make(impl, *huge), x, dout, names)[name]
        return how_all_got(near, far, calls(impl, rng, 3), calls(impl, rng, 7))
