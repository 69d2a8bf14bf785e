"""DropConnect: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import compared, correlation, factors, far_from_zero, seeding

task = Task(
    "drop_connect",
    "Weights that fall out",
    points=9,
    needs=["DropConnect"],
    minutes=20,
    shapes="x (N, D), W (D, M), b (M,), y and dout (N, M); a gradient is shaped as what it is of",
)

D, M, MORE = 40, 30, 12
"""Inputs, units, and how many samples there are besides one for each input."""


class Case:
    """A layer, and samples that show its weights: one input is 1, and all others are 0."""

    def __init__(self, impl, rng, p_drop=0.3):
        self.W, self.b = far_from_zero(rng, D, M), far_from_zero(rng, M)
        self.layer = impl.DropConnect(self.W, self.b, p_drop, rng.generator())

    def forward(self, rng, more=MORE):
        """Send a batch forward; keep which weights it met, and by what they were multiplied."""
        self.x = np.concatenate([np.eye(D), far_from_zero(rng, more, D)])
        self.y = np.asarray(self.layer.forward(self.x), dtype=float)
        self.met = self.y[:D] - self.b
        self.mask = factors(self.W, np.where(np.abs(self.met) < 1e-9, 0, self.met))
        return self.mask

    def backward(self, dout):
        """Return the gradients of x and W, each with what it would be without a mask."""
        dx = np.asarray(self.layer.backward(dout), dtype=float)
        dW = np.asarray(self.layer.grads["W"], dtype=float)
        return (dx, dout @ self.W.T), (dW, self.x.T @ dout)


def rms(array):
    """Return the root of the mean of the squares."""
    return float(np.sqrt((array**2).mean()))


def distances(found, **others):
    """Return how far an array is from others, each in units of the size of that without a mask."""
    if found.shape != others["unmasked"].shape:
        return f"shape {found.shape}"
    size = rms(others["unmasked"])
    return {f"from {name}": rms(found - other) / size for name, other in others.items()}


@task.check("in training a share of p_drop of the weights is 0", weight=1.5, atol=0.05)
def share(impl, rng):
    found = {}
    for p_drop in (0.3, 0.8):
        case = Case(impl, rng, p_drop)
        masks = [case.forward(rng, 1) for _ in range(12)]
        found[f"p_drop {p_drop}"] = float(np.mean([(mask == 0).mean() for mask in masks]))
    return found


@task.check("in training, all weights that are kept are multiplied by the same factor", weight=1.5)
def scale(impl, rng):
    found = {}
    for p_drop in (0.3, 0.8):
        mask = Case(impl, rng, p_drop).forward(rng, 1)
        kept = mask[mask != 0] if mask.any() else mask
        found[f"p_drop {p_drop}"] = {"least": float(kept.min()), "largest": float(kept.max())}
    return found


@task.check("each weight is dropped by itself, and others in the next forward", atol=0.25)
def each_its_own(impl, rng):
    case = Case(impl, rng, 0.4)
    mask, again = case.forward(rng), case.forward(rng)
    std = np.sqrt(0.4 / 0.6)
    return {
        "spread within a unit's weights": float(mask.std(axis=0, ddof=1).mean() / std),
        "spread within an input's weights": float(mask.std(axis=1, ddof=1).mean() / std),
        "correlation with the mask of the next": correlation(mask, again),
    }


@task.check("all samples of a batch meet the same weights, and the biases as they are", atol=0.1)
def one_mask(impl, rng):
    case = Case(impl, rng)
    case.forward(rng, 60)
    x, y = case.x[D:], case.y[D:]
    nothing = np.asarray(case.layer.forward(np.zeros((2, D))), dtype=float)
    return {
        "distance": rms(y - x @ case.met - case.b) / rms(x @ case.W),
        "biases": rms(nothing - case.b),
    }


@task.check(
    "in test mode, training = False, it is an affine layer, and nothing is drawn", weight=1.5
)
def in_use(impl, rng):
    generator = keep(impl, rng.generator())
    W, b = rng.normal(size=(5, 3)), rng.normal(size=3)
    layer, found = impl.DropConnect(W, b, 0.3, generator), {}
    layer.training = False
    found["y"] = layer.forward(rng.normal(size=(4, 5)))
    found["next of rng"] = float(generator.random())
    found["dx"] = layer.backward(rng.normal(size=(4, 3)))
    found["grads"] = layer.grads

    layer = impl.DropConnect(W, b, 0.3, rng.generator())
    layer.forward(rng.normal(size=(4, 5)))
    layer.backward(rng.normal(size=(4, 3)))
    layer.training = False
    found["y, after training"] = layer.forward(rng.normal(size=(6, 5)))
    found["dx, after training"] = layer.backward(rng.normal(size=(6, 3)))
    found["grads, after training"] = layer.grads
    return found


@task.check(
    "backward stores the gradient of the weights, of those that are left", weight=2, atol=0.2
)
def gradient_of_weights(impl, rng):
    case, dout = Case(impl, rng), far_from_zero(rng, D + MORE, M)
    other = case.forward(rng)
    now = case.forward(rng)
    _, (dW, unmasked) = case.backward(dout)
    return compared(factors(unmasked, dW), now, other)


@task.check("backward returns the gradient of the input, through what is left", weight=2, atol=0.2)
def gradient_of_input(impl, rng):
    case, dout = Case(impl, rng), far_from_zero(rng, D + MORE, M)
    other = case.forward(rng) * case.W
    case.forward(rng)
    (dx, unmasked), _ = case.backward(dout)
    return distances(dx, now=dout @ case.met.T, before=dout @ other.T, unmasked=unmasked)


@task.check("backward stores the gradient of the biases in grads", weight=0.5)
def gradient_of_biases(impl, rng):
    case, dout = Case(impl, rng), rng.normal(size=(D + 2, M))
    case.forward(rng, 2)
    case.layer.backward(dout)
    return case.layer.grads["b"]


@task.check("each layer remembers its own last forward, and backward can be called twice", atol=0.2)
def memory(impl, rng):
    first, second = Case(impl, rng), Case(impl, rng)
    dout = far_from_zero(rng, D + MORE, M)
    first.forward(rng)
    second.forward(rng)
    second.backward(dout)
    first.backward(dout)
    (dx, unmasked), (dW, plain) = first.backward(dout)
    found = {
        "W": compared(factors(plain, dW), first.mask, second.mask),
        "x": distances(dx, now=dout @ first.met.T, unmasked=unmasked),
    }
    before = first.mask
    first.forward(rng, 2)
    (dx, unmasked), (dW, plain) = first.backward(dout[: D + 2])
    found["W, another size"] = compared(factors(plain, dW), first.mask, before)
    found["x, another size"] = distances(dx, now=dout[: D + 2] @ first.met.T, unmasked=unmasked)
    return found


@task.check("an input (N, C, H, W) is flattened, and its gradient has its shape", weight=0.5)
def images(impl, rng):
    layer = impl.DropConnect(rng.normal(size=(24, 5)), rng.normal(size=5), 0.0, rng.generator())
    y = layer.forward(rng.normal(size=(6, 2, 3, 4)))
    return {"y": y, "dx": layer.backward(rng.normal(size=(6, 5))), "W": layer.grads["W"]}


@task.check("all that is random comes from rng", weight=0.5)
def from_rng(impl, rng):
    W, b, x = far_from_zero(rng, 20, 30), far_from_zero(rng, 30), far_from_zero(rng, 4, 20)
    return seeding(impl, lambda source: impl.DropConnect(W, b, 0.4, source).forward(x), rng)


@task.check("x, dout and the parameters are left as they were; float32 stays float32")
def arrays_stay(impl, rng):
    W, b = keep(impl, rng.normal(size=(5, 3)).astype("f4")), keep(impl, np.ones(3, "f4"))
    x = keep(impl, rng.normal(size=(4, 5)).astype("f4"))
    dout = keep(impl, rng.normal(size=(4, 3)).astype("f4"))
    layer = impl.DropConnect(W, b, 0.4, rng.generator())
    dtypes = {}
    for layer.training in (True, False):
        parts = {"y": layer.forward(x), "x": layer.backward(dout), **layer.grads}
        mode = "training" if layer.training else "test mode"
        dtypes |= {f"{name}, {mode}": str(np.asarray(one).dtype) for name, one in parts.items()}
    kept = {"x": x, "dout": dout, "W": W, "b": b}
    return dtypes | {name: fetch(one) for name, one in kept.items()} | {"params": layer.params}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    DIVIDED_AGAIN,
    Part,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
)
from solutions.backpropagation import Affine
from solutions.regularization import DropConnect

from .mistakes import DRAWS_ANEW, DRAWS_ONCE, MASK_IN_FLOAT64, OWN_GENERATOR, kept_draws, mask_of

parts = Parts(
    task,
    [DropConnect],
    {
        "y": Part("the output", "forward"),
        "x": Part("the gradient of the input", "backward"),
        "W": Part("the gradient of the weights", "backward", stored="grads.W"),
        "b": Part("the gradient of the biases", "backward", stored="grads.b"),
    },
)
add_layer_mistakes(parts, ["x", "W", "b"])
add_memory_mistakes(task, DropConnect, ["_mask", "_affine"])


@parts.fault(DIVIDED_AGAIN, over=["x", "W", "b"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault("You return dout as {what}: what the layer itself does is missing.", over=["x"])
def upstream_passed_on(gradient, dout):
    return dout


def drawn(layer, W):
    """Return what is right in training."""
    return mask_of(layer, W) / (1 - layer.p_drop)


def passes(layer, W):
    """Return what is right in test mode."""
    return np.ones_like(W)


def add(name, hint, training=drawn, use=passes):
    """Add a wrong DropConnect, with other factors: training(layer, W) and use(layer, W)."""

    class Wrong(DropConnect):
        def forward(self, x):
            W = self.params["W"]
            factor = (training if self.training else use)(self, W)
            self._mask = np.broadcast_to(factor, W.shape).astype(W.dtype)
            self._affine = Affine(W * self._mask, self.params["b"])
            return self._affine.forward(x)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


def by(draw):
    """Return a rule that compares draw(layer, W) with p_drop, and scales."""
    return lambda layer, W: (draw(layer, W) >= layer.p_drop) / (1 - layer.p_drop)


add(
    "not_rescaled",
    "In training the sums are smaller than in test mode, as weights are missing. What is kept has "
    "to make up for it.",
    mask_of,
)
add(
    "scaled_at_test",
    "You scale in test mode. Here the training does it, so that nothing is left to do in test "
    "mode.",
    mask_of,
    lambda self, W: 1 - self.p_drop,
)
add(
    "scaled_in_both",
    "You scale in training, and in test mode once more. In test mode the weights are what they "
    "are.",
    use=lambda self, W: 1 - self.p_drop,
)
add(
    "divided_by_p",
    "You divide by p_drop. What is missing in a sum is a share of p_drop, so what is left of it?",
    lambda self, W: mask_of(self, W) / (self.p_drop or 1),
)
add(
    "multiplied_by_what_is_kept",
    "You multiply what is kept by 1 − p_drop, which makes it smaller still. It has to make up for "
    "what is missing.",
    lambda self, W: mask_of(self, W) * (1 - self.p_drop),
)
add(
    "keep_probability",
    "You take p_drop for the probability of being kept. Here it is that of being dropped.",
    lambda self, W: (
        (self.rng.random(W.shape) < self.p_drop) / self.p_drop if self.p_drop else passes(self, W)
    ),
)
add(
    "comparison_turned_round",
    "You drop a share of 1 − p_drop: your comparison is turned round.",
    lambda self, W: (self.rng.random(W.shape) < self.p_drop) / (1 - self.p_drop),
)
add(
    "normal_draws",
    "You compare normal random numbers with p_drop. A share of p_drop lies below p_drop if they "
    "are spread evenly between 0 and 1.",
    by(lambda self, W: self.rng.standard_normal(W.shape)),
)
add(
    "whole_units",
    "You drop all weights of a unit together: that is dropout of the outputs. Each weight is "
    "dropped by itself.",
    by(lambda self, W: self.rng.random(W.shape[1])),
)
add(
    "whole_inputs",
    "You drop all weights of an input together: that is dropout of the inputs. Each weight is "
    "dropped by itself.",
    by(lambda self, W: self.rng.random((len(W), 1))),
)
add(
    "one_draw_for_all",
    "You draw one number for all weights, which are dropped or kept together.",
    by(lambda self, W: self.rng.random()),
)
add(
    "drops_in_use",
    "In test mode your layer still drops weights. There all of them count.",
    use=drawn,
)
add("modes_swapped", "Training and test mode are exchanged.", passes, drawn)
add("never_drops", "Your layer drops nothing: it is an affine layer in training, too.", passes)


def drawn_for_nothing(layer, W):
    """Draw a mask, and do not use it."""
    mask_of(layer, W)
    return passes(layer, W)


add(
    "draws_in_use",
    "In test mode your layer draws a mask, though it does not use it. That moves the generator: "
    "with the same seed, the training then goes another way if somebody has looked at the test "
    "set.",
    use=drawn_for_nothing,
)
add("own_generator", OWN_GENERATOR, by(lambda self, W: np.random.default_rng(0).random(W.shape)))
add("draws_once", DRAWS_ONCE, kept_draws(drawn))


@task.misconception(
    "You draw a mask for each sample, as the paper does. Here one mask serves the whole batch."
)
class mask_for_each_sample(DropConnect):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
        self._rows = self._affine._x
        masks = [drawn(self, self.params["W"]) for _ in self._rows]
        self._masks = np.stack(masks).astype(x.dtype)
        self._all = self._masks * self.params["W"]
        return np.einsum("nd,ndm->nm", self._rows, self._all) + self.params["b"]

    def backward(self, dout):
        dx = super().backward(dout)
        if self._mask is None:
            return dx
        self.grads["W"] = np.einsum("nd,nm,ndm->dm", self._rows, dout, self._masks)
        return np.einsum("nm,ndm->nd", dout, self._all).reshape(dx.shape)


class OnTheOutside(DropConnect):
    """An affine layer with dropout on one side of it."""

    def __init__(self, W, b, p_drop, rng):
        super().__init__(W, b, p_drop, rng)
        self.inside = Affine(W, b)

    def outside(self, x):
        """Return the factors of the elements of x."""
        draw = self.rng.random(x.shape) >= self.p_drop if self.training else np.ones(x.shape)
        return (draw / (1 - self.p_drop * self.training)).astype(x.dtype)


@task.misconception(
    "You drop inputs, each sample's by itself: that is dropout in front of an affine layer. Here "
    "weights are dropped."
)
class drops_inputs(OnTheOutside):
    def forward(self, x):
        self.factor = self.outside(x)
        return self.inside.forward(x * self.factor)

    def backward(self, dout):
        dx = self.inside.backward(dout) * self.factor
        self.grads = self.inside.grads
        return dx


@task.misconception(
    "You drop outputs, each sample's by itself: that is dropout behind an affine layer. Here "
    "weights are dropped."
)
class drops_outputs(OnTheOutside):
    def forward(self, x):
        y = self.inside.forward(x)
        self.factor = self.outside(y)
        return y * self.factor

    def backward(self, dout):
        dx = self.inside.backward(dout * self.factor)
        self.grads = self.inside.grads
        return dx


DROPS_BIASES = "You drop biases as well. Here weights are dropped, and nothing else."


@task.misconception(DROPS_BIASES)
class drops_biases(DropConnect):
    def forward(self, x):
        y = super().forward(x)
        self.factor = np.ones_like(self.params["b"])
        if self.training:
            self.factor = drawn(self, self.factor).astype(self.factor.dtype)
        return y + (self.factor - 1) * self.params["b"]

    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = self.grads["b"] * self.factor
        return dx


@task.misconception(DROPS_BIASES)
class drops_biases_and_not_their_gradient(DropConnect):
    def forward(self, x):
        y, b = super().forward(x), self.params["b"]
        factor = drawn(self, b).astype(b.dtype) if self.training else 1
        return y + (factor - 1) * b


@task.misconception(
    'You write the masked weights into params["W"]: what was dropped once is 0 for ever, in test '
    "mode and for the optimizer, too. Mask a new array."
)
class weights_destroyed(DropConnect):
    def forward(self, x):
        y = super().forward(x)
        self.params["W"][...] = self._affine.params["W"]
        return y


@task.misconception(
    "In test mode your backward still goes through the mask of the last training. It belongs to "
    "the last forward, in which all weights counted."
)
class old_mask_in_use(DropConnect):
    def forward(self, x):
        before, y = getattr(self, "_mask", None), super().forward(x)
        if not self.training:
            self._mask = before
        return y


@task.misconception(MASK_IN_FLOAT64)
class mask_in_float64(DropConnect):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
        self._mask = self._mask.astype(float)
        self._affine = Affine(self.params["W"] * self._mask, self.params["b"].astype(float))
        return self._affine.forward(x)


@task.misconception(MASK_IN_FLOAT64)
class mask_in_float64_and_biases_as_they_are(DropConnect):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
        self._mask = self._mask.astype(float)
        self._affine = Affine(self.params["W"] * self._mask, self.params["b"])  # refuses float32
        return self._affine.forward(x)


def add_back(name, hint, factor):
    """Add a wrong way back, in both gradients and in each: factor(layer, mask) for the mask.

    (A Part would run two layers side by side, and each would draw for itself.)
    """
    for chosen in (("x", "W"), ("x",), ("W",)):

        class Wrong(DropConnect):
            over = chosen

            def backward(self, dout):
                dx = super().backward(dout)
                if self._mask is None:
                    return dx
                mask = np.asarray(factor(self, self._mask)).astype(dout.dtype)
                if "W" in self.over:
                    self.grads["W"] = (self._affine._x.T @ dout) * mask
                if "x" in self.over:
                    dx = (dout @ (self.params["W"] * mask).T).reshape(dx.shape)
                return dx

        Wrong.__name__ = name if len(chosen) > 1 else f"{name}.{chosen[0]}"
        what = " and ".join(parts.outputs[key].what for key in chosen)
        task.misconception(hint.format(what=what))(Wrong)


add_back(
    "draws_on_the_way_back",
    DRAWS_ANEW + " This concerns {what}.",
    drawn,
)
add_back(
    "without_mask",
    "In {what} all weights count, as if none had been dropped. A weight that was dropped has no "
    "effect on the loss, and lets nothing through.",
    lambda self, mask: np.ones_like(mask),
)
add_back(
    "mask_without_scale",
    "In {what} the mask is there, and the factor is missing with which forward multiplied what "
    "was kept.",
    lambda self, mask: mask != 0,
)
add_back(
    "scaled_twice_on_the_way_back",
    "In {what} you divide by 1 − p_drop once more: your mask holds that factor already.",
    lambda self, mask: mask / (1 - self.p_drop),
)
add_back(
    "what_was_dropped",
    "In {what} stands what was dropped, in the place of what was kept.",
    lambda self, mask: (mask == 0) / (1 - self.p_drop),
)
