"""A shortcut past a body: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import DERIVED, Task, add_memory_checks, calls_run, fetch, formula, how_got, keep

task = Task(
    "residual",
    "A shortcut past the layers",
    points=6,
    needs=["Residual"],
    minutes=15,
    shapes="x, y, dout and dx of one shape, (N, D) or (N, C, H, W)",
)

BODY = """lambda W: type("Body", (), {
    "params": {}, "grads": {}, "buffers": {}, "frozen": False, "training": True,
    "children": lambda self: {},
    "output_shape": lambda self, shape: shape,
    "forward": lambda self, x: vars(self).update(y=np.tanh(x @ W)) or self.y,
    "backward": lambda self, dout: (dout * (1 - self.y**2)) @ W.T,
})()"""
"""A layer that mixes the last axis, bends it, and remembers what it gave."""

DRAWING = BODY.replace(
    "vars(self).update(y=np.tanh(x @ W)) or self.y",
    "vars(self).update(calls=vars(self).get('calls', 0) + 1) or self.calls * (x @ W)",
)
"""A layer that gives something else each time, as dropout does."""

LINEAR = BODY.replace("np.tanh(x @ W)", "x @ W").replace("dout * (1 - self.y**2)", "dout")


def block(impl, rng, size=4, body=BODY, dtype="f8"):
    """Return a block of the implementation's, with a body of ours."""
    W = rng.normal(size=(size, size)).astype(dtype)
    return impl.Residual(formula(impl, body)(W))


def batch(rng, *shape):
    """Draw a batch, and a gradient of the same shape."""
    return rng.normal(size=shape), rng.normal(size=shape)


@task.check("forward: the body's output and x, added up, and no number below 0", weight=2)
def forward(impl, rng):
    return block(impl, rng).forward(batch(rng, 5, 4)[0])


@task.check("backward returns the gradient of x", weight=3)
def backward(impl, rng):
    layer, (x, dout) = block(impl, rng), batch(rng, 5, 4)
    layer.forward(x)
    return layer.backward(dout)


@task.check("images, (N, C, H, W), both ways")
def images(impl, rng):
    layer, (x, dout) = block(impl, rng), batch(rng, 2, 3, 5, 4)
    return {"y": layer.forward(x), "dx": layer.backward(dout)}


@task.check("forward asks the body once: one that draws answers otherwise next time", weight=0.5)
def asks_once(impl, rng):
    return block(impl, rng, body=DRAWING).forward(batch(rng, 5, 4)[0])


@task.check("x and dout are left as they were", weight=0.5)
def inputs_stay(impl, rng):
    layer, (x, dout) = block(impl, rng), (keep(impl, array) for array in batch(rng, 5, 4))
    shapes = [np.shape(layer.forward(x)), np.shape(layer.backward(dout))]
    return {"x": fetch(x), "dout": fetch(dout), "shapes of y and dx": shapes}


add_memory_checks(
    task,
    block,
    lambda rng, rows: [[array] for array in batch(rng, rows, 4)],
    weights=[1, 0.5],
)


@task.check("float32 stays float32", weight=0.5)
def float32(impl, rng):
    layer = block(impl, rng, dtype="f4")
    x, dout = (array.astype("f4") for array in batch(rng, 5, 4))
    parts = {"y": layer.forward(x), "dx": layer.backward(dout)}
    return {name: str(np.asarray(part).dtype) for name, part in parts.items()}


def calls_back(impl, rng, size):
    """Return how often a way back goes forward, through a block of this size."""
    layer, (x, dout) = block(impl, rng, size), batch(rng, 2, size)
    layer.forward(x)
    return calls_run(layer.backward, dout, of=["forward"])


@task.check(DERIVED, weight=0, required=True)
def derived(impl, rng):
    layer, (x, dout) = block(impl, rng, body=LINEAR), batch(rng, 5, 4)
    layer.forward(1e3 * x)
    near = layer.backward(dout)
    layer.forward(1e18 * x)
    far = layer.backward(dout)
    more = calls_back(impl, rng, 6) > calls_back(impl, rng, 2)
    return "measured" if more else how_got(near, far)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    ACTIVATION_PARTS,
    DIVIDED_AGAIN,
    MEASURED,
    TIMES_BATCH,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
    measured,
)
from solutions.convolution import Residual

parts = Parts(task, [Residual], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, Residual, ["_mask"])


@parts.fault(DIVIDED_AGAIN, over=["x"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault(TIMES_BATCH, over=["x"])
def times_batch(gradient, dout):
    return gradient * len(dout)


def add_forward(name, hint, rule):
    """Add a wrong way forward: rule(F(x), x)."""

    def forward(self, x):
        F = self.body.forward(x)
        self._mask = F + x > 0
        return rule(F, x)

    task.misconception(hint)(type(name, (Residual,), {"forward": forward}))


def add_total(name, hint, rule):
    """Add a wrong sum, of which the ReLU and its mask are taken: rule(F(x), x)."""

    def forward(self, x):
        total = rule(self.body.forward(x), x)
        self._mask = total > 0
        return np.maximum(total, 0)

    task.misconception(hint)(type(name, (Residual,), {"forward": forward}))


def add_backward(name, hint, rule):
    """Add a wrong way back: rule(the body's way back, mask, dout)."""

    def backward(self, dout):
        return rule(self.body.backward, self._mask, dout)

    task.misconception(hint)(type(name, (Residual,), {"backward": backward}))


def add_both(name, hint, forward, backward):
    """Add another function with its right gradient: forward(body, x) returns y and what is kept."""

    def there(self, x):
        y, self._kept = forward(self.body.forward, x)
        return y

    def back(self, dout):
        return backward(self.body.backward, self._kept, dout)

    task.misconception(hint)(type(name, (Residual,), {"forward": there, "backward": back}))


def with_mask(total):
    """Return a sum with what is below 0 cut off, and where it is not."""
    return np.maximum(total, 0), total > 0


RELU_BEFORE = (
    "You cut off what is below 0 in the body's output alone, and add x afterwards. The ReLU comes "
    "behind the sum."
)
add_forward("relu_before_the_sum", RELU_BEFORE, lambda F, x: np.maximum(F, 0) + x)
add_forward(
    "relu_of_each",
    "You cut off what is below 0 before you add up. The ReLU comes behind the sum.",
    lambda F, x: np.maximum(F, 0) + np.maximum(x, 0),
)
add_forward(
    "relu_of_x",
    "You cut off what is below 0 in x alone. The ReLU comes behind the sum.",
    lambda F, x: F + np.maximum(x, 0),
)
RELU_TWICE = (
    "You cut off what is below 0 in the body's output, and once more behind the sum. What the body "
    "gives may be negative: the ReLU comes behind the sum alone."
)
add_total("relu_twice", RELU_TWICE, lambda F, x: np.maximum(F, 0) + x)
add_forward("no_relu", "The ReLU behind the sum is missing in forward.", lambda F, x: F + x)
add_total(
    "shortcut_missing",
    "The shortcut is missing in forward: x itself is not in the sum.",
    lambda F, x: F,
)
add_total(
    "body_missing",
    "The body is missing in forward: what it gives is not in the sum.",
    lambda F, x: x,
)
add_total(
    "subtracted",
    "You subtract x from the body's output. The two are added up.",
    lambda F, x: F - x,
)
add_total(
    "body_subtracted",
    "You subtract the body's output from x. The two are added up.",
    lambda F, x: x - F,
)
add_total(
    "multiplied",
    "You multiply x by the body's output. The two are added up.",
    lambda F, x: F * x,
)
add_total(
    "averaged",
    "You take the mean of x and the body's output in forward. The two are added up.",
    lambda F, x: (F + x) / 2,
)
add_forward(
    "mask_for_output",
    "forward returns where the sum is positive, and not how large it is.",
    lambda F, x: (F + x > 0).astype(x.dtype),
)
add_backward(
    "shortcut_forgotten",
    "The shortcut is missing in backward. x moves the output in two ways, and the gradients of "
    "both add up.",
    lambda back, mask, dout: back(dout * mask),
)
add_backward(
    "shortcut_alone",
    "Your gradient goes along the shortcut alone. x moves the output through the body, too.",
    lambda back, mask, dout: dout * mask,
)
add_backward(
    "unmasked_along_the_shortcut",
    "Along the shortcut you send dout as it came. The ReLU stands behind the sum: its mask is for "
    "both ways.",
    lambda back, mask, dout: back(dout * mask) + dout,
)
add_backward(
    "unmasked_through_the_body",
    "Through the body you send dout as it came. The ReLU stands behind the sum: its mask is for "
    "both ways.",
    lambda back, mask, dout: back(dout) + dout * mask,
)
add_backward(
    "unmasked",
    "The ReLU is missing in backward: the gradient passes where the sum was negative, too.",
    lambda back, mask, dout: back(dout) + dout,
)
add_backward(
    "masked_at_the_end",
    "You apply the mask to the gradient of x. The ReLU stands behind the sum, so on the way back "
    "it comes first, before the body.",
    lambda back, mask, dout: (back(dout) + dout) * mask,
)
add_backward(
    "masked_twice",
    "You apply the mask before the body and once more behind it. There is one ReLU.",
    lambda back, mask, dout: (back(dout * mask) + dout) * mask,
)
add_backward(
    "mask_inverted",
    "Your mask is upside down: the gradient passes where the sum was negative.",
    lambda back, mask, dout: back(dout * ~mask) + dout * ~mask,
)
add_backward(
    "mask_from_upstream",
    "Your mask asks whether dout is positive. What decides is whether the sum was.",
    lambda back, mask, dout: back(np.maximum(dout, 0)) + np.maximum(dout, 0),
)
add_backward(
    "mask_alone",
    "You send the mask back, without dout. The chain rule multiplies the two.",
    lambda back, mask, dout: back(mask.astype(dout.dtype)) + mask.astype(dout.dtype),
)
WITHOUT_UPSTREAM = (
    "Along the shortcut you send back a slope, without dout. The chain rule multiplies the two."
)
add_backward(
    "shortcut_without_upstream",
    WITHOUT_UPSTREAM,
    lambda back, mask, dout: back(dout * mask) + 1,
)
add_backward(
    "mask_along_the_shortcut",
    WITHOUT_UPSTREAM,
    lambda back, mask, dout: back(dout * mask) + mask.astype(dout.dtype),
)
add_backward(
    "ones_through_the_body",
    "Through the body you send ones, and not what came from above. Its backward multiplies by its "
    "slopes itself: hand it the gradient of the sum.",
    lambda back, mask, dout: back(np.ones_like(dout)) + dout * mask,
)
add_backward(
    "times_the_slope_of_the_body",
    "You multiply dout by 1 and what the body sends back for ones. That would do if each output "
    "came from one input alone: a body mixes them, so what came from above has to go through it.",
    lambda back, mask, dout: dout * mask * (1 + back(np.ones_like(dout))),
)
add_backward(
    "cut_off_on_the_way_back",
    "You cut off what is below 0 in the gradient. A gradient may well be negative: where it "
    "passes, the sum decides.",
    lambda back, mask, dout: np.maximum(back(dout * mask) + dout * mask, 0),
)
add_backward(
    "body_twice",
    "The gradient through the body is in your sum twice, and that along the shortcut is missing.",
    lambda back, mask, dout: 2 * back(dout * mask),
)
add_backward(
    "shortcut_twice",
    "The gradient along the shortcut is in your sum twice.",
    lambda back, mask, dout: back(dout * mask) + 2 * dout * mask,
)
add_backward(
    "ways_multiplied",
    "You multiply the gradients of the two ways. They add up.",
    lambda back, mask, dout: back(dout * mask) * dout * mask,
)
add_backward(
    "ways_averaged",
    "You take the mean of the gradients of the two ways. They add up.",
    lambda back, mask, dout: (back(dout * mask) + dout * mask) / 2,
)
add_backward(
    "ways_subtracted",
    "You subtract the gradient of one way from that of the other. They add up.",
    lambda back, mask, dout: back(dout * mask) - dout * mask,
)


def add_masked_by(name, hint, where):
    """Add a mask that asks the wrong array: where(F(x), x)."""

    def forward(self, x):
        F = self.body.forward(x)
        self._mask = where(F, x) > 0
        return np.maximum(F + x, 0)

    task.misconception(hint)(type(name, (Residual,), {"forward": forward}))


add_masked_by(
    "mask_of_x",
    "Your mask asks whether x was positive. What went into the ReLU was the sum.",
    lambda F, x: x,
)
add_masked_by(
    "mask_of_the_body",
    "Your mask asks whether the body's output was positive. What went into the ReLU was the sum.",
    lambda F, x: F,
)

add_both(
    "no_shortcut_at_all",
    "Your block has no shortcut, neither forward nor backward.",
    lambda body, x: with_mask(body(x)),
    lambda back, mask, dout: back(dout * mask),
)
add_both(
    "no_relu_at_all",
    "Your block has no ReLU behind the sum, neither forward nor backward.",
    lambda body, x: (body(x) + x, None),
    lambda back, _, dout: back(dout) + dout,
)


def relu_inside(body, x):
    """Go forward with the ReLU before the sum."""
    y, mask = with_mask(body(x))
    return y + x, mask


add_both(
    "relu_before_the_sum_both_ways",
    RELU_BEFORE,
    relu_inside,
    lambda back, mask, dout: back(dout * mask) + dout,
)


def relu_inside_and_behind(body, x):
    """Go forward with a ReLU before the sum and one behind it."""
    F, inner = with_mask(body(x))
    y, outer = with_mask(F + x)
    return y, (inner, outer)


add_both(
    "relu_twice_both_ways",
    RELU_TWICE,
    relu_inside_and_behind,
    lambda back, masks, dout: back(dout * masks[1] * masks[0]) + dout * masks[1],
)
add_both(
    "times_the_output",
    "You multiply dout by what forward gave. The slope of the ReLU is 1 where the sum was "
    "positive, however large it was.",
    lambda body, x: 2 * (np.maximum(body(x) + x, 0),),
    lambda back, y, dout: back(dout * y) + dout * y,
)


@task.misconception(
    "The body goes forward on the way back. What comes from above has to go through its backward."
)
class forward_on_the_way_back(Residual):
    def backward(self, dout):
        dtotal = dout * self._mask
        return self.body.forward(dtotal) + dtotal


@task.misconception(
    "Your forward asks the body twice. One that draws, such as dropout, gives something else the "
    "second time, and remembers that: keep what it gave."
)
class body_asked_twice(Residual):
    def forward(self, x):
        self._mask = self.body.forward(x) + x > 0
        return np.maximum(self.body.forward(x) + x, 0)


INPUT_CHANGED = (
    "forward changes the array that it was given. It belongs to the caller: return a new one."
)


@task.misconception(INPUT_CHANGED)
class input_changed(Residual):
    def forward(self, x):
        x += self.body.forward(x)
        self._mask = x > 0
        return np.maximum(x, 0)


@task.misconception(INPUT_CHANGED)
class input_becomes_the_output(Residual):
    def forward(self, x):
        x += self.body.forward(x)
        self._mask = x > 0
        return np.maximum(x, 0, out=x)


BODY_CHANGED = (
    "forward writes into the array that the body returned. The body may need it on its way back: "
    "make a new one."
)


@task.misconception(BODY_CHANGED)
class sum_in_the_array_of_the_body(Residual):
    def forward(self, x):
        total = self.body.forward(x)
        total += x
        self._mask = total > 0
        return np.maximum(total, 0)


@task.misconception(BODY_CHANGED)
class output_in_the_array_of_the_body(Residual):
    def forward(self, x):
        total = self.body.forward(x)
        total += x
        self._mask = total > 0
        return np.maximum(total, 0, out=total)


@task.misconception(
    "backward changes the dout that it was given. Another branch of the graph may still need that "
    "array: return a new one."
)
class upstream_changed(Residual):
    def backward(self, dout):
        dout *= self._mask
        return self.body.backward(dout) + dout


@task.misconception(MEASURED)
class residual_measured(Residual):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        dx = measured(lambda x: np.maximum(self.body.forward(x) + x, 0), self._x, dout)
        self.body.forward(self._x)
        return dx
