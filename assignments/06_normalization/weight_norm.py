"""Weight normalization: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import (
    DERIVED,
    Task,
    add_memory_checks,
    calls_run,
    fetch,
    how_all_got,
    keep,
    slope_error,
)

from .norms import add_stays_checks, passed_through

task = Task(
    "weight_norm",
    "Weight normalization",
    points=10,
    needs=["lengths", "scaled_directions", "direction_gradients", "standardizing", "WeightNorm"],
    minutes=35,
    shapes="x (N, D), v, w and dw (D, M), g and b (M,), y and dout (N, M); a gradient is shaped as "
    "what it is of",
)


def directions(rng):
    """Draw v (4, 2), whose columns are of very different lengths, and g (2,), once negative."""
    v = rng.normal(size=(4, 2)) * rng.uniform(0.8, 1.2, size=2) * [0.5, 2.5]
    return v, rng.uniform(0.6, 0.9, size=2) * [1.0, -2.0]


def make(impl, v, g, b):
    """Return a layer."""
    return impl.WeightNorm(v, g, b)


def case(rng, rows=3):
    """Draw v, g and b, an input (rows, 4) and the gradient that arrives (rows, 2)."""
    v, g = directions(rng)
    params = [v, g, rng.normal(size=2)]
    return params, rng.normal(size=(rows, 4)), rng.normal(size=(rows, 2))


@task.check("lengths: one for each column")
def column_lengths(impl, rng):
    return impl.lengths(directions(rng)[0])


@task.check("scaled_directions: each column has the direction of v's and the length g")
def weights(impl, rng):
    return impl.scaled_directions(*directions(rng))


@task.check("scaled_directions: how long v is does not count", weight=0.5)
def weights_of_any_length(impl, rng):
    v, g = directions(rng)
    return {f"{size} v": impl.scaled_directions(size * v, g) for size in (1e-8, 1e3)}


@task.check("direction_gradients: the gradient of g, (M,)")
def gradient_of_lengths(impl, rng):
    return impl.direction_gradients(rng.normal(size=(4, 2)), *directions(rng))[1]


@task.check("direction_gradients: the gradient of v, (D, M)", weight=2)
def gradient_of_directions(impl, rng):
    return impl.direction_gradients(rng.normal(size=(4, 2)), *directions(rng))[0]


@task.check("direction_gradients agrees with slopes of your own scaled_directions", at_most=1e-5)
def slopes_of_directions(impl, rng):
    (v, g), dw = directions(rng), rng.normal(size=(4, 2))
    along = rng.normal(size=(4, 2)), rng.normal(size=2)
    dv, dg = impl.direction_gradients(dw, v, g)
    errors = [
        slope_error(lambda v: np.sum(dw * impl.scaled_directions(v, g)), v, dv, along[0]),
        slope_error(lambda g: np.sum(dw * impl.scaled_directions(v, g)), g, dg, along[1]),
    ]
    return max(errors)


@task.check("the gradient of v stands at right angles to v: no step along it makes v shorter")
def right_angles(impl, rng):
    (v, g), dw = directions(rng), rng.normal(size=(4, 2))
    dv = np.asarray(impl.direction_gradients(dw, v, g)[0])
    return {
        "inner products": (dv * v).sum(axis=0),
        "lengths after a step": np.sqrt(((v - 0.5 * dv) ** 2).sum(axis=0)),
    }


@task.check("standardizing: with g and b, each unit has the mean 0 and the variance 1", weight=2)
def data_dependent_start(impl, rng):
    y = rng.normal(size=(6, 2)) * [0.5, 2.0] + [4.0, -3.0]
    g, b = impl.standardizing(y)
    return {"g": g, "b": b}


@task.check("functions: what was handed over is left as it was, and float32 stays float32")
def functions_stay(impl, rng):
    v, g = (array.astype("f4") for array in directions(rng))
    dw, y = rng.normal(size=(4, 2)).astype("f4"), rng.normal(size=(6, 2)).astype("f4")
    kept = {name: keep(impl, one) for name, one in {"v": v, "g": g, "dw": dw, "y": y}.items()}
    made = [
        impl.lengths(kept["v"]),
        impl.scaled_directions(kept["v"], kept["g"]),
        *impl.direction_gradients(kept["dw"], kept["v"], kept["g"]),
        *impl.standardizing(kept["y"]),
    ]
    dtypes = [str(np.asarray(one).dtype) for one in made]
    return {"dtypes": dtypes, **{name: fetch(one) for name, one in kept.items()}}


@task.check("WeightNorm: forward returns x w + b")
def weight_norm_forward(impl, rng):
    params, x, _ = case(rng)
    return make(impl, *params).forward(x)


@task.check("WeightNorm: backward returns the gradient of x and stores those of v, g and b")
def weight_norm_backward(impl, rng):
    params, x, dout = case(rng)
    return passed_through(make(impl, *params), x, dout, NAMES)


@task.check("WeightNorm: after initialize, on a batch, its outputs have mean 0 and variance 1")
def initialized(impl, rng):
    (v, g, b), x, _ = case(rng)
    layer, x = make(impl, v, g, b), 2 * x + 3
    layer.initialize(x)
    y = np.asarray(layer.forward(x))
    return {"mean": y.mean(axis=0), "variance": y.var(axis=0), "v": layer.params["v"]}


NAMES = ["v", "g", "b"]
add_stays_checks(task, make, case, NAMES)


add_memory_checks(
    task,
    lambda impl, rng: make(impl, *case(rng)[0]),
    lambda rng, rows: [[array] for array in case(rng, rows)[1:]],
    read=lambda layer: layer.grads,
    rows=(3, 5),
    of="WeightNorm",
)


@task.check(f"direction_gradients: {DERIVED}", weight=0, required=True)
def derived_directions(impl, rng):
    (v, g), dw = directions(rng), rng.normal(size=(4, 2))
    dv, dg = impl.direction_gradients(dw, v, g)
    far_v, far_g = impl.direction_gradients(dw, *far_away(v, g))
    calls = [
        calls_run(impl.direction_gradients, dw[:, :M], v[:, :M], g[:M], of=["scaled_directions"])
        for M in (1, 2)
    ]
    return how_all_got({"v": dv, "g": dg}, {"v": far_v, "g": far_g}, *calls)


@task.check(f"WeightNorm: {DERIVED}", weight=0, required=True)
def derived_layer(impl, rng):
    (v, g, b), x, dout = case(rng)
    near = passed_through(make(impl, v, g, b), x, dout, NAMES)
    far = passed_through(make(impl, *far_away(v, g), 1e18 * b), 1e18 * x, dout, NAMES)
    calls = []
    for rows in (3, 7):
        params, x, dout = case(rng, rows)
        layer = make(impl, *params)
        layer.forward(x)
        calls.append(calls_run(layer.backward, dout, of=["forward"]))
    return how_all_got(near, far, *calls)


def far_away(v, g):
    """Return v and g beside which a step is rounded away; no power of that v overflows."""
    return -1e18 * np.abs(v), 1e18 * g


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    DIVIDED_AGAIN,
    MEASURED,
    SHARED,
    Part,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
)
from solutions.losses import numerical_gradient
from solutions.normalization import (
    WeightNorm,
    direction_gradients,
    scaled_directions,
)


def add_wrong(of, name, hint, wrong):
    """Add a wrong one of the functions, and keep the dtypes as they are."""

    def function(*arrays):
        found, dtype = wrong(*arrays), arrays[0].dtype
        if isinstance(found, tuple):
            return tuple(np.asarray(one).astype(dtype) for one in found)
        return np.asarray(found).astype(dtype)

    function.__name__ = name
    task.misconception(hint, replaces=of)(function)


def length_of(v, eps=0.0, axis=0, keepdims=False):
    """Return the root of the sum of the squares."""
    return np.sqrt((v**2).sum(axis=axis, keepdims=keepdims) + eps)


# The lengths, and the weights

OVER_ROWS = (
    "You take the length of the rows of v. A unit's incoming weights are a column: v is (D, M), "
    "and there are M lengths."
)
OVER_ALL = "You take the length of v as a whole. Each unit, a column of v, has one of its own."
EPS = (
    "Something is added to the lengths, or under their root. Then g is the length of the weights "
    "no more: and v is never 0, so nothing needs it."
)
NO_ROOT = "The root is missing in the length: you return the sum of the squares."


def add_lengths(name, hint, of):
    """Add wrong lengths, everywhere and in the weights alone; of(v, wide) keeps the axes or not."""
    add_wrong("lengths", f"lengths_{name}", hint, lambda v: of(v, False))
    add_wrong(
        "scaled_directions",
        f"weights_{name}",
        hint,
        lambda v, g: v * g / of(v, True),
    )


add_lengths("of_rows", OVER_ROWS, lambda v, wide: length_of(v, axis=1, keepdims=wide))
add_lengths("of_all", OVER_ALL, lambda v, wide: length_of(v, axis=None))
add_lengths("not_rooted", NO_ROOT, lambda v, wide: (v**2).sum(axis=0))
add_lengths(
    "of_sizes",
    "You add up the sizes |v|. A length is the root of the sum of the squares.",
    lambda v, wide: np.abs(v).sum(axis=0),
)
add_lengths(
    "of_means",
    "You take the mean of the squares where the length has their sum.",
    lambda v, wide: np.sqrt((v**2).mean(axis=0)),
)
for exponent in (5, 8, 12):
    add_lengths(
        f"with_eps_{exponent}",
        EPS,
        lambda v, wide, eps=10.0**-exponent: length_of(v, eps=eps),
    )
    add_lengths(
        f"plus_eps_{exponent}",
        EPS,
        lambda v, wide, eps=10.0**-exponent: length_of(v) + eps,
    )

add_wrong(
    "scaled_directions",
    "v_as_it_is",
    "Your weights are v as it is: neither its length has gone, nor has g come.",
    lambda v, g: v,
)
add_wrong(
    "scaled_directions",
    "without_g",
    "g is missing in your weights: they all have the length 1.",
    lambda v, g: v / length_of(v),
)
add_wrong(
    "scaled_directions",
    "not_normalized",
    "Your weights are g · v: v has not been divided by its length.",
    lambda v, g: v * g,
)
add_wrong(
    "scaled_directions",
    "multiplied_by_length",
    "You multiply by the length of v. It has to go: divide by it.",
    lambda v, g: v * g * length_of(v),
)
add_wrong(
    "scaled_directions",
    "sign_of_g_lost",
    "A negative g turns the weights round. In yours its sign is lost.",
    lambda v, g: v * np.abs(g) / length_of(v),
)
add_wrong(
    "scaled_directions",
    "divided_by_g",
    "You divide by g. It is what the weights' lengths are to be.",
    lambda v, g: v / (g * length_of(v)),
)

# The gradients of directions and lengths


def right_dg(dw, v, g):
    """Return the gradient of g."""
    return (dw * v).sum(axis=0) / length_of(v)


def right_dv(dw, v, g):
    """Return the gradient of v."""
    return direction_gradients(dw, v, g)[0]


def add_dg(name, hint, dg):
    """Add a wrong gradient of g; that of v is right."""
    add_wrong(
        "direction_gradients", name, hint, lambda dw, v, g: (right_dv(dw, v, g), dg(dw, v, g))
    )


def add_dv(name, hint, dv):
    """Add a wrong gradient of v; that of g is right."""
    add_wrong(
        "direction_gradients", name, hint, lambda dw, v, g: (dv(dw, v, g), right_dg(dw, v, g))
    )


NOT_DIVIDED = (
    "Your gradient of g multiplies dw with v. What g multiplies in the weights is the direction, "
    "which has the length 1."
)
add_dg("dg_not_divided", NOT_DIVIDED, lambda dw, v, g: (dw * v).sum(axis=0))
add_wrong(
    "direction_gradients",
    "dg_not_divided_and_used",
    NOT_DIVIDED + " The gradient of v uses it.",
    lambda dw, v, g: (
        (dw - v / length_of(v) * (dw * v).sum(axis=0)) * g / length_of(v),
        (dw * v).sum(axis=0),
    ),
)
add_dg(
    "dg_divided_twice",
    "Your gradient of g is divided by the length of v twice.",
    lambda dw, v, g: (dw * v).sum(axis=0) / length_of(v) ** 2,
)
add_dg(
    "dg_times_g",
    "Your gradient of g has g as a factor. The weights are linear in g: their derivative is free "
    "of it.",
    lambda dw, v, g: g * right_dg(dw, v, g),
)
add_dg(
    "dg_without_direction",
    "Your gradient of g adds up dw alone. How much a weight moves with g depends on the direction.",
    lambda dw, v, g: dw.sum(axis=0),
)
add_dg(
    "dg_not_summed",
    "Your gradient of g has the shape of v. One g serves all weights of a unit: their shares add "
    "up.",
    lambda dw, v, g: dw * v / length_of(v),
)
add_dg(
    "dg_over_units",
    "Your gradient of g is summed over the units. Each unit has its g: it is the inputs that are "
    "summed over.",
    lambda dw, v, g: (dw * v / length_of(v)).sum(axis=1),
)
add_dg(
    "dg_over_all",
    "Your gradient of g is summed over everything. Each unit has its own g.",
    lambda dw, v, g: (dw * v / length_of(v)).sum(),
)
add_dg(
    "dg_zero",
    "Your gradient of g is 0, whatever dw is.",
    lambda dw, v, g: 0 * g,
)

add_dv(
    "dv_not_projected",
    "Your gradient of v takes its length as a constant. Each number of v moves the length as well, "
    "and through it all weights of the unit.",
    lambda dw, v, g: dw * g / length_of(v),
)
add_dv(
    "dv_projected_on_all",
    "What you take away from dw is summed over all units. Each unit has its own direction: the "
    "inner product with it is over the inputs alone.",
    lambda dw, v, g: (dw - v / length_of(v) * right_dg(dw, v, g).sum()) * g / length_of(v),
)
add_dv(
    "dv_not_scaled",
    "The factor g / ‖v‖ is missing in your gradient of v.",
    lambda dw, v, g: right_dv(dw, v, g) * length_of(v) / g,
)
add_dv(
    "dv_without_g",
    "g is missing in your gradient of v: it multiplies the direction, and so the gradient.",
    lambda dw, v, g: right_dv(dw, v, g) / g,
)
add_dv(
    "dv_not_divided",
    "Your gradient of v is not divided by its length: the longer v is, the less its direction "
    "turns.",
    lambda dw, v, g: right_dv(dw, v, g) * length_of(v),
)
add_dv(
    "dv_divided_twice",
    "Your gradient of v is divided by its length twice.",
    lambda dw, v, g: right_dv(dw, v, g) / length_of(v),
)
add_dv(
    "dv_is_dw",
    "Your gradient of v is that of the weights, as it came.",
    lambda dw, v, g: dw,
)
add_dv(
    "dv_along_v",
    "What you take away from dw runs along v itself, and is too long. It runs along the direction, "
    "of length 1.",
    lambda dw, v, g: (dw - v * right_dg(dw, v, g)) * g / length_of(v),
)
add_wrong(
    "direction_gradients",
    "dg_not_divided_dv_along_v",
    "Your directions do not have the length 1: both gradients multiply with v itself.",
    lambda dw, v, g: (
        (dw - v * (dw * v).sum(axis=0)) * g / length_of(v),
        (dw * v).sum(axis=0),
    ),
)
add_dv(
    "dv_added",
    "The part along v is added in your gradient of v. It has to be taken away.",
    lambda dw, v, g: (dw + v / length_of(v) * right_dg(dw, v, g)) * g / length_of(v),
)
add_dv(
    "dv_along_only",
    "Your gradient of v runs along v. That is the part to take away: the length of v does not "
    "change the weights.",
    lambda dw, v, g: v / length_of(v) * right_dg(dw, v, g) * g / length_of(v),
)
add_dv(
    "dv_zero",
    "Your gradient of v is 0, whatever dw is.",
    lambda dw, v, g: 0 * v,
)
add_wrong(
    "direction_gradients",
    "gradients_of_both_zero",
    "Both gradients are 0, whatever dw is.",
    lambda dw, v, g: (0 * v, 0 * g),
)
add_wrong(
    "direction_gradients",
    "gradients_swapped",
    "You return the gradients in another order: that of v comes first.",
    lambda dw, v, g: (right_dg(dw, v, g), right_dv(dw, v, g)),
)


@task.misconception(MEASURED, replaces="direction_gradients")
def measured(dw, v, g):
    dtype, v, g = v.dtype, v.astype(float), g.astype(float)
    dv = numerical_gradient(lambda v: float(np.sum(dw * scaled_directions(v, g))), v)
    dg = numerical_gradient(lambda g: float(np.sum(dw * scaled_directions(v, g))), g)
    return dv.astype(dtype), dg.astype(dtype)


# The start


def add_start(name, hint, of):
    """Add a wrong start: of(y, mean, std) returns g and b."""
    add_wrong("standardizing", name, hint, lambda y: of(y, y.mean(axis=0), y.std(axis=0)))


add_start(
    "start_not_centred",
    "Your b is 0: the mean of the outputs stays.",
    lambda y, mean, std: (1 / std, 0 * mean),
)
add_start(
    "start_b_not_divided",
    "Your b takes away the mean of y. It is g y that b is added to: its mean is another one.",
    lambda y, mean, std: (1 / std, -mean),
)
add_start(
    "start_b_added",
    "Your b has the wrong sign: the mean is doubled, and not taken away.",
    lambda y, mean, std: (1 / std, mean / std),
)
add_start(
    "start_by_variance",
    "You divide by the variance. Multiplied by g, a standard deviation becomes g times as large: "
    "divide by that.",
    lambda y, mean, std: (1 / std**2, -mean / std**2),
)
add_start(
    "start_g_by_variance",
    "Your g is one over the variance. Multiplied by g, a standard deviation becomes g times as "
    "large.",
    lambda y, mean, std: (1 / std**2, -mean / std),
)
add_start(
    "start_multiplied",
    "Your g is the standard deviation. With it, a large spread becomes larger.",
    lambda y, mean, std: (std, -mean / std),
)
add_start(
    "start_multiplied_throughout",
    "Your g is the standard deviation, and your b goes with it. A large spread becomes larger.",
    lambda y, mean, std: (std, -mean * std),
)
add_start(
    "start_ddof_1",
    "Your variance is divided by N − 1. Here it is divided by N, as everywhere in this notebook.",
    lambda y, mean, std: (1 / y.std(axis=0, ddof=1), -mean / y.std(axis=0, ddof=1)),
)
add_start(
    "start_of_all_units",
    "You take mean and standard deviation of all outputs together. Each unit has its own.",
    lambda y, mean, std: (1 / y.std() + 0 * std, -y.mean() / y.std() + 0 * std),
)
add_start(
    "start_of_all_units_as_numbers",
    "You take mean and standard deviation of all outputs together. Each unit has its own: g and b "
    "are (M,).",
    lambda y, mean, std: (1 / y.std(), -y.mean() / y.std()),
)
add_start(
    "start_of_samples",
    "You take mean and standard deviation of each sample. They are those of each unit, over the "
    "batch.",
    lambda y, mean, std: (1 / y.std(axis=1), -y.mean(axis=1) / y.std(axis=1)),
)
add_start(
    "start_by_rms",
    "You divide by the root of the mean of the squares, with the mean still in them. It is the "
    "spread around the mean that becomes 1.",
    lambda y, mean, std: (
        1 / np.sqrt((y**2).mean(axis=0)),
        -mean / np.sqrt((y**2).mean(axis=0)),
    ),
)
add_start(
    "start_swapped",
    "g and b have changed places.",
    lambda y, mean, std: (-mean / std, 1 / std),
)
add_start(
    "start_of_mean_and_std",
    "You return mean and standard deviation themselves. What g and b make of y is g y + b.",
    lambda y, mean, std: (std, mean),
)

# The layer

parts = Parts(
    task,
    [WeightNorm],
    {
        "y": Part("the output", "forward"),
        "x": Part("the gradient of the input", "backward"),
        "v": Part("the gradient of v", "backward", stored="grads.v"),
        "g": Part("the gradient of g", "backward", stored="grads.g"),
        "b": Part("the gradient of b", "backward", stored="grads.b"),
    },
)
add_layer_mistakes(parts, ["x", "v", "g", "b"])
add_memory_mistakes(task, WeightNorm, ["_affine"])


@parts.fault(DIVIDED_AGAIN, over=["x", "v", "g", "b"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault("You return as {what} what was handed in, as it came.", over=["y", "x"])
def as_it_came(value, given):
    return given


def layer_mistake(hint):
    """Add the decorated class as a wrong WeightNorm."""
    return task.misconception(hint, replaces="WeightNorm")


@layer_mistake("b is missing in your output.")
class bias_not_added(WeightNorm):
    def forward(self, x):
        return super().forward(x) - self.params["b"]


@layer_mistake(
    "The weights of your layer are v itself. They are made of v and g: scaled_directions does so."
)
class weights_are_v(WeightNorm):
    def forward(self, x):
        super().forward(x)
        self._affine.params["W"] = self.params["v"]
        return self._affine.forward(x)


@layer_mistake(
    "You store the gradient of the weights as that of v. It has to go through direction_gradients "
    "first."
)
class weights_gradient_for_v(WeightNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["v"] = self._affine.grads["W"]
        return dx


@layer_mistake(
    "Your gradient of x uses v in the place of the weights. The weights of forward are wanted."
)
class dx_of_v(WeightNorm):
    def backward(self, dout):
        super().backward(dout)
        return dout @ self.params["v"].T


@layer_mistake(
    "The layer keeps the weights of its first call, or of its making. v and g are learned: work "
    "the weights out anew in each forward."
)
class weights_of_the_first_call(WeightNorm):
    def __init__(self, v, g, b):
        super().__init__(v, g, b)
        self._kept = scaled_directions(v, g)

    def forward(self, x):
        super().forward(x)
        self._affine.params["W"] = self._kept
        return self._affine.forward(x)


@layer_mistake(
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
class gradients_accumulate(WeightNorm):
    def backward(self, dout):
        before, self.grads = self.grads, {}
        dx = super().backward(dout)
        self.grads = {name: grad + before.get(name, 0) for name, grad in self.grads.items()}
        return dx


@layer_mistake(
    "backward changes the parameters. It only works out gradients: taking the step is the "
    "trainer's job, when the gradients of all layers are known."
)
class updates_itself(WeightNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return dx


@layer_mistake(
    'Your gradients are not stored: after backward, grads has the keys of params, "v", "g" and "b".'
)
class nothing_stored(WeightNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {}
        return dx


@layer_mistake(SHARED)
class gradients_on_the_class(WeightNorm):
    def __init__(self, v, g, b):
        super().__init__(v, g, b)
        self.grads = vars(type(self)).get("shared", {})
        type(self).shared = self.grads


@layer_mistake(
    "Your backward returns nothing. The layers in front of this one are waiting for the gradient "
    "of its input."
)
class nothing_returned(WeightNorm):
    def backward(self, dout):
        super().backward(dout)
