"""The ReLU that learns its slope: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import (
    DERIVED,
    OWN_MEMORY,
    SLOPES,
    Task,
    add_memory_checks,
    calls_run,
    fetch,
    how_all_got,
    keep,
    signed,
    slope_error,
)

from .inputs import add_far_check, add_zero_check

task = Task(
    "prelu",
    "A ReLU that learns its slope",
    points=10,
    needs=["PReLU"],
    minutes=20,
    shapes="x, y and dout (N, C, ...), a (C,) or (1,); a gradient is shaped as what it is of",
)


def slopes(rng, *shape):
    """Draw slopes, none of them near the usual ones or each other."""
    return rng.uniform(0.3, 0.4, size=shape) + 0.15 * np.arange(*shape)


def new_layer(impl, rng):
    """Return a layer with a slope for each of four channels."""
    return impl.PReLU(slopes(rng, 4))


def passed_through(impl, a, x, dout):
    """Make a layer and send a batch forward and a gradient backward."""
    layer = impl.PReLU(a)
    layer.forward(x)
    return layer, layer.backward(dout)


def units(rng, a=4):
    """Draw slopes, inputs (6, 4) and upstream gradients."""
    return slopes(rng, a), signed(rng, 6, 4), rng.normal(size=(6, 4))


def images(rng, a=3):
    """Draw slopes, inputs (5, 3, 2, 3) and upstream gradients."""
    return slopes(rng, a), signed(rng, 5, 3, 2, 3), rng.normal(size=(5, 3, 2, 3))


@task.check("forward with one slope for all, a (1,)")
def forward_shared(impl, rng):
    (a, x, _), (_, pictures, _) = units(rng, 1), images(rng, 1)
    layer = impl.PReLU(a)
    return {"(N, D)": layer.forward(x), "(N, C, H, W)": layer.forward(pictures)}


@task.check("forward with a slope for each unit of (N, D), a (D,)")
def forward_units(impl, rng):
    a, x, _ = units(rng)
    return impl.PReLU(a).forward(x)


@task.check("forward with a slope for each channel of (N, C, H, W), a (C,)")
def forward_channels(impl, rng):
    a, x, _ = images(rng)
    return impl.PReLU(a).forward(x)


@task.check("backward returns the gradient of the input, in its shape", weight=2)
def input_gradient(impl, rng):
    cases = {"one slope": units(rng, 1), "units": units(rng), "channels": images(rng)}
    return {name: passed_through(impl, *case)[1] for name, case in cases.items()}


@task.check('backward stores the gradient of the one slope in grads["a"], (1,)')
def slope_shared(impl, rng):
    cases = {"(N, D)": units(rng, 1), "(N, C, H, W)": images(rng, 1)}
    return {name: passed_through(impl, *case)[0].grads["a"] for name, case in cases.items()}


@task.check('backward stores the gradients of the slopes of units in grads["a"], (D,)')
def slope_units(impl, rng):
    return passed_through(impl, *units(rng))[0].grads["a"]


@task.check('backward stores the gradients of the slopes of channels in grads["a"], (C,)')
def slope_channels(impl, rng):
    return passed_through(impl, *images(rng))[0].grads["a"]


@task.check(SLOPES, at_most=1e-5)
def prelu_slopes(impl, rng):
    a, x, dout = images(rng)
    directions = rng.normal(size=a.shape), rng.normal(size=x.shape)
    layer, dx = passed_through(impl, a, x, dout)

    def f(a, x):
        return np.sum(dout * impl.PReLU(a).forward(x))

    errors = [
        slope_error(lambda v: f(v, x), a, layer.grads["a"], directions[0]),
        slope_error(lambda v: f(a, v), x, dx, directions[1]),
    ]
    return max(errors)


add_zero_check(task, new_layer)


add_far_check(task, new_layer)


@task.check("params holds the very slopes that were given: changed in place, they act", weight=0.5)
def live_slopes(impl, rng):
    a, x, dout = units(rng)
    kept = keep(impl, a)
    layer = impl.PReLU(kept)
    before = layer.forward(x)
    kept.fill(0.2)
    after = layer.forward(x)
    return {"before": before, "after": after, "dx": layer.backward(dout), "params": layer.params}


@task.check("x, dout and the slopes are left as they were", weight=0.5)
def prelu_inputs_stay(impl, rng):
    a, x, dout = (keep(impl, array) for array in units(rng))
    _, dx = passed_through(impl, a, x, dout)
    return {"a": fetch(a), "x": fetch(x), "dout": fetch(dout), "shape of dx": np.shape(dx)}


@task.check("float32 stays float32", weight=0.5)
def prelu_float32(impl, rng):
    found = {}
    for name, case in {"units": units(rng), "channels": images(rng)}.items():
        a, x, dout = (array.astype("f4") for array in case)
        layer = impl.PReLU(a)
        parts = {"y": layer.forward(x), "dx": layer.backward(dout), "a": layer.grads["a"]}
        found[name] = {key: str(np.asarray(part).dtype) for key, part in parts.items()}
    return found


add_memory_checks(
    task,
    new_layer,
    lambda rng, rows: ([signed(rng, rows, 4)], [rng.normal(size=(rows, 4))]),
    read=lambda layer: layer.grads,
    weights=[1, 0.5],
    titles=[OWN_MEMORY, "a second batch, of another size, overwrites the gradients of the first"],
)


def all_gradients(impl, *case):
    """Return both gradients."""
    layer, dx = passed_through(impl, *case)
    return {"x": dx, "a": layer.grads["a"]}


def forward_calls(impl, rng, channels):
    """Return how often a way back through a batch of 3 goes forward."""
    layer = impl.PReLU(slopes(rng, channels))
    layer.forward(signed(rng, 3, channels))
    return calls_run(layer.backward, rng.normal(size=(3, channels)), of=["forward"])


@task.check(DERIVED, weight=0, required=True)
def prelu_derived(impl, rng):
    a, x, dout = units(rng)
    near = all_gradients(impl, a, x, dout)
    # A step is lost beside a huge x, and beside a huge slope.
    far = {
        "x": all_gradients(impl, a, 1e18 * x, dout)["x"],
        "a": all_gradients(impl, 1e18 * a, x, dout)["a"],
    }
    few, many = forward_calls(impl, rng, 2), forward_calls(impl, rng, 7)
    return how_all_got(near, far, few, many)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    DIVIDED_AGAIN,
    MEASURED,
    SHARED,
    TIMES_BATCH,
    Part,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
)
from solutions.initialization import PReLU

from .mistakes import (
    add_curve,
    add_mistakes_of_activations,
    add_mistakes_of_leaky,
    by_differences,
    with_curve,
)

parts = Parts(
    task,
    [PReLU],
    {
        "y": Part("the output", "forward"),
        "x": Part("the gradient of the input", "backward"),
        "a": Part("the gradient of the slopes", "backward", stored="grads.a"),
    },
)
add_layer_mistakes(parts, ["x", "a"])
add_memory_mistakes(task, PReLU, ["_x", "_shape"])


@parts.fault("You return as {what} what was handed in, as it came.", over=["y", "x"])
def as_it_came(value, given):
    return given


@parts.fault(DIVIDED_AGAIN, over=["x", "a"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault(TIMES_BATCH, over=["x", "a"])
def times_batch(gradient, dout):
    return gradient * len(dout)


def of_channels(layer, x):
    """Return the slopes in a shape that meets the channels of x."""
    return layer.params["a"].reshape([-1 if axis == 1 else 1 for axis in range(x.ndim)])


def slope_of(layer, x):
    """Return the slope at each x."""
    return np.where(x > 0, 1, of_channels(layer, x))


def summed(layer, shares):
    """Return the sum of what each element says to a slope, in the shape of the slopes."""
    shared = len(layer.params["a"]) == 1
    axes = None if shared else tuple(axis for axis in range(shares.ndim) if axis != 1)
    return np.sum(shares, axis=axes).reshape(layer.params["a"].shape)


add_mistakes_of_activations(task, PReLU, lambda self, x: slope_of(self, x) * x, slope_of)
add_mistakes_of_leaky(task, PReLU, lambda self: of_channels(self, self._seen))


def add(name, hint, **wrong):
    """Add a wrong PReLU."""
    add_curve(task, PReLU, name, hint, **wrong)


def add_slope(name, hint, shares):
    """Add one whose gradient of the slopes sums up other shares: shares(self, x, dout)."""
    add(name, hint, a=lambda self, x, dout: summed(self, shares(self, x, dout)))


add(
    "always_a_quarter",
    "Your slope is 0.25, whatever slopes there are. That is what He et al. begin with; it is "
    "learned from then on.",
    y=lambda self, x: np.where(x > 0, x, 0.25 * x),
    x=lambda self, x, dout: np.where(x > 0, dout, 0.25 * dout),
)
add(
    "first_slope_for_all",
    "You use the first slope for all channels. Each has its own.",
    y=lambda self, x: np.where(x > 0, x, self.params["a"][0] * x),
    x=lambda self, x, dout: np.where(x > 0, dout, self.params["a"][0] * dout),
)
add_slope(
    "slopes_learn_from_positive",
    "The slopes learn from the positive inputs as well. There the output does not depend on them.",
    lambda self, x, dout: dout * x,
)
add_slope(
    "slopes_learn_above_zero",
    "The slopes learn from the positive inputs, and those are not multiplied by them.",
    lambda self, x, dout: dout * np.maximum(x, 0),
)
add_slope(
    "slopes_without_upstream",
    "Your gradient of the slopes does not depend on dout. The chain rule multiplies with the "
    "gradient that arrives.",
    lambda self, x, dout: np.minimum(x, 0),
)
add_slope(
    "slopes_without_input",
    "Your gradient of the slopes adds up dout alone. How much the output moves with a slope "
    "depends on what is multiplied by it.",
    lambda self, x, dout: np.where(x > 0, 0, dout),
)
add_slope(
    "slopes_times_output",
    "You multiply with the output where it is negative. By how much the output moves with the "
    "slope is another number: derive slope · x with respect to the slope.",
    lambda self, x, dout: dout * np.minimum(x, 0) * of_channels(self, x),
)
add_slope(
    "slopes_from_dx",
    "You multiply with the gradient of the input, which contains the slope. For the slope's own "
    "gradient, dout is what arrives.",
    lambda self, x, dout: dout * slope_of(self, x) * x,
)
add_slope(
    "slopes_from_dx_below",
    "You add up the gradient of the input, where the input is negative. The slopes have one of "
    "their own: by how much does the output move with the slope?",
    lambda self, x, dout: np.where(x > 0, 0, dout * of_channels(self, x)),
)
add_slope(
    "slopes_of_positive_upstream",
    "Your gradient of the slopes asks whether dout is negative. It is where the input was.",
    lambda self, x, dout: np.minimum(dout, 0) * x,
)
add_slope(
    "slopes_climb",
    "The gradient of the slopes has the wrong sign.",
    lambda self, x, dout: dout * np.abs(np.minimum(x, 0)),
)


def add_throughout(name, hint, y, slope, moves):
    """Add another curve with the gradients that belong to it: moves(x) is its derivative by a."""
    task.misconception(hint)(
        type(
            f"{name}.throughout",
            (
                with_curve(
                    PReLU,
                    y=y,
                    x=lambda self, x, dout: dout * slope(self, x),
                    a=lambda self, x, dout: summed(self, dout * moves(x)),
                ),
            ),
            {},
        )
    )


add_throughout(
    "slope_above",
    "The slope is on the wrong side: it belongs to the negative inputs, and the positive ones "
    "pass.",
    lambda self, x: np.where(x > 0, of_channels(self, x) * x, x),
    lambda self, x: np.where(x > 0, of_channels(self, x), 1),
    lambda x: np.maximum(x, 0),
)
add_throughout(
    "slope_everywhere",
    "You multiply by the slope everywhere. Where the input is positive, the slope is 1.",
    lambda self, x: of_channels(self, x) * x,
    lambda self, x: of_channels(self, x),
    lambda x: x,
)
add_throughout(
    "added_to_a_relu",
    "You add slope · x to a ReLU everywhere, so that the slope above 0 is 1 + slope.",
    lambda self, x: np.maximum(x, 0) + of_channels(self, x) * x,
    lambda self, x: (x > 0) + of_channels(self, x),
    lambda x: x,
)

LEFT_OVER = (
    "Your gradient of the slopes is not summed over all that a slope is used for. It has the "
    "shape of the slopes."
)

add("slopes_not_summed", LEFT_OVER, a=lambda self, x, dout: dout * np.minimum(x, 0))


def is_shared(layer, x):
    """Return whether there is one slope for all."""
    return len(layer.params["a"]) == 1


def has_pictures(layer, x):
    """Return whether x has more axes than samples and channels, and each channel its slope."""
    return x.ndim > 2 and not is_shared(layer, x)


def add_sum(name, hint, wrong, where=None):
    """Add a wrong sum of the shares, everywhere or where(layer, x): wrong(layer, shares)."""

    def gradient(self, x, dout):
        shares = dout * np.minimum(x, 0)
        return (wrong if where is None or where(self, x) else summed)(self, shares)

    add(name, hint, a=gradient)


BATCH_ONLY = (
    "You sum the gradient of the slopes over the batch only. With pictures, a slope is used at "
    "each pixel of its channel; and one slope for all, everywhere."
)
add_sum("slopes_over_batch_only", BATCH_ONLY, lambda self, shares: shares.sum(axis=0))
for key, kind in {"shared": is_shared, "pictures": has_pictures}.items():
    add_sum(
        f"slopes_over_batch_only.{key}", BATCH_ONLY, lambda self, shares: shares.sum(axis=0), kind
    )
add(
    "one_gradient_for_all_slopes",
    "You sum the gradient of the slopes over everything. With a slope for each channel, the "
    "channels stay apart.",
    a=lambda self, x, dout: np.full_like(self.params["a"], (dout * np.minimum(x, 0)).sum()),
)
add(
    "one_gradient_for_all_slopes.short",
    "You sum the gradient of the slopes over everything. With a slope for each channel, the "
    "channels stay apart.",
    a=lambda self, x, dout: [(dout * np.minimum(x, 0)).sum()],
)
add(
    "gradient_is_a_number",
    "You sum the gradient of the slopes over everything, to a number. With a slope for each "
    "channel, the channels stay apart; and that of one slope has the shape (1,).",
    a=lambda self, x, dout: (dout * np.minimum(x, 0)).sum(),
)
add(
    "one_slope_as_a_number",
    "With one slope for all, your gradient is a number. It has the shape of the slope, (1,).",
    a=lambda self, x, dout: (
        (dout * np.minimum(x, 0)).sum()
        if len(self.params["a"]) == 1
        else summed(self, dout * np.minimum(x, 0))
    ),
)
add(
    "channels_for_one_slope",
    "With one slope for all, you return a gradient for each channel. All of them use the same "
    "slope, so their shares add up to one number, (1,).",
    a=lambda self, x, dout: (dout * np.minimum(x, 0)).sum(
        axis=tuple(axis for axis in range(x.ndim) if axis != 1)
    ),
)
add(
    "gradient_keeps_axes",
    "Your gradient of the slopes has axes too many. It has to have their shape, (C,).",
    a=lambda self, x, dout: (dout * np.minimum(x, 0)).sum(
        axis=None
        if len(self.params["a"]) == 1
        else tuple(axis for axis in range(x.ndim) if axis != 1),
        keepdims=True,
    ),
)
add(
    "samples_apart",
    "You sum the gradient of the slopes over the channels, and keep the samples apart. It is the "
    "other way round.",
    a=lambda self, x, dout: (dout * np.minimum(x, 0)).sum(axis=tuple(range(1, x.ndim))),
)
MEAN = (
    "You take the mean where the shares of all elements are to be added up: each of them moves the "
    "loss."
)


def mean(layer, shares):
    """Return the mean in the place of the sum."""
    return summed(layer, shares) * len(layer.params["a"]) / shares.size


add_sum("mean_over_what_shares", MEAN, mean)
add_sum("mean_over_what_shares.shared", MEAN, mean, is_shared)
add_sum("mean_over_what_shares.channels", MEAN, mean, lambda self, x: not is_shared(self, x))
add_sum("mean_over_what_shares.pictures", MEAN, mean, has_pictures)


@task.misconception(
    "Your slopes get the shape (1, C, 1, 1), whatever x is. It may also be (N, C): count its axes."
)
class always_four_axes(PReLU):
    def forward(self, x):
        super().forward(x)
        return np.where(x > 0, x, self.params["a"].reshape(1, -1, 1, 1) * x)

    def backward(self, dout):
        super().backward(dout)
        return np.where(self._x > 0, dout, self.params["a"].reshape(1, -1, 1, 1) * dout)


@task.misconception(
    "Your slopes go with the last axis. That is where NumPy puts them unless they are reshaped; in "
    "(N, C, H, W) the channels are axis 1."
)
class channels_last(PReLU):
    def forward(self, x):
        super().forward(x)
        self._x = x
        return np.where(x > 0, x, self.params["a"] * x)

    def backward(self, dout):
        super().backward(dout)
        a, below = self.params["a"], dout * np.minimum(self._x, 0)
        axes = tuple(range(dout.ndim - 1)) if len(a) > 1 else None
        self.grads["a"] = below.sum(axis=axes).reshape(a.shape)
        return np.where(self._x > 0, dout, a * dout)


@task.misconception(
    "Your slopes go with the last axis on the way forward and back, and their gradient does not, "
    "or the other way round. The channels are axis 1."
)
class channels_last_but_for_gradient(channels_last):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["a"] = summed(self, dout * np.minimum(self._x, 0))
        return dx


@task.misconception(
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
class prelu_gradients_accumulate(PReLU):
    def backward(self, dout):
        before = self.grads.get("a", 0)
        dx = super().backward(dout)
        self.grads["a"] = self.grads["a"] + before
        return dx


@task.misconception(
    "backward changes the slopes. It only works out gradients: taking the step is the trainer's "
    "job, when the gradients of all layers are known."
)
class prelu_updates_itself(PReLU):
    def backward(self, dout):
        dx = super().backward(dout)
        self.params["a"] -= 0.1 * self.grads["a"]
        return dx


@task.misconception(
    'Your gradient is stored under a name of its own. grads has the same keys as params: "a".'
)
class prelu_other_key(PReLU):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"da": self.grads["a"]}
        return dx


@task.misconception(
    "The gradient of the slopes is not stored. The slopes are learned: grads needs theirs, under "
    'the key "a".'
)
class prelu_nothing_stored(PReLU):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {}
        return dx


@task.misconception(SHARED)
class prelu_gradients_on_the_class(PReLU):
    def __init__(self, a):
        super().__init__(a)
        self.grads = vars(type(self)).get("shared", {})
        type(self).shared = self.grads


@task.misconception(
    "The layer keeps working with the slopes of its first call. They are learned: look at params "
    "each time."
)
class slopes_of_the_first_call(PReLU):
    def forward(self, x):
        kept = self.params
        self._first = getattr(self, "_first", kept["a"].copy())
        self.params = {"a": self._first}
        y = super().forward(x)
        self.params = kept
        return y

    def backward(self, dout):
        kept = self.params
        self.params = {"a": self._first}
        dx = super().backward(dout)
        self.params = kept
        return dx


@task.misconception(MEASURED)
class prelu_measured(PReLU):
    def backward(self, dout):
        super().backward(dout)
        x, a = self._x, of_channels(self, self._x)
        shares = by_differences(lambda a: np.where(x > 0, x, a * x), a + 0 * x, dout)
        self.grads["a"] = summed(self, shares)
        return by_differences(lambda x: np.where(x > 0, x, a * x), x, dout)
