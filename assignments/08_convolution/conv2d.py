"""Convolution as one product: how it is checked, and which mistakes are known."""

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
    slope_error,
)

task = Task(
    "conv2d",
    "Convolution as one product",
    points=12,
    needs=["Convolution"],
    minutes=30,
    shapes="x and dx (N, C, H, W), W and its gradient (FN, C, FH, FW), b and its gradient (FN,), "
    "y and dout (N, FN, OH, OW)",
)

PLAIN, STRIDED, PADDED, BOTH = (1, 0), (2, 0), (1, 1), (2, 1)
"""Stride and padding."""
SIZES = {PLAIN: (4, 5), STRIDED: (2, 3), PADDED: (6, 7), BOTH: (3, 4)}
"""OH and OW of images 5 × 7 with filters 2 × 3."""


def case(rng, how=PLAIN, rows=2):
    """Draw filters (4, 3, 2, 3), biases, images (rows, 3, 5, 7) and upstream gradients."""
    W, b = rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    return W, b, rng.normal(size=(rows, 3, 5, 7)), rng.normal(size=(rows, 4, *SIZES[how]))


def passed_through(impl, how, W, b, x, dout):
    """Return the gradients of a layer through which a batch went both ways, by name."""
    layer = impl.Convolution(W, b, *how)
    layer.forward(x)
    dx = layer.backward(dout)
    return {"x": dx, "W": layer.grads["W"], "b": layer.grads["b"]}


@task.check("forward: one image of one channel, one filter")
def one_filter(impl, rng):
    layer = impl.Convolution(rng.normal(size=(1, 1, 2, 3)), rng.normal(size=1))
    return layer.forward(rng.normal(size=(1, 1, 3, 9)))  # low and wide


@task.check("forward: channels, filters and samples, (N, FN, OH, OW)", weight=2)
def forward(impl, rng):
    W, b, x, _ = case(rng)
    return impl.Convolution(W, b).forward(x)


@task.check("forward with stride and padding")
def forward_with_both(impl, rng):
    W, b, x, _ = case(rng)
    return [impl.Convolution(W, b, *how).forward(x) for how in (STRIDED, PADDED, BOTH)]


@task.check('backward stores the gradient of the filters in grads["W"], (FN, C, FH, FW)', weight=2)
def filters(impl, rng):
    return passed_through(impl, PLAIN, *case(rng))["W"]


@task.check('backward stores the gradient of the biases in grads["b"], (FN,)')
def biases(impl, rng):
    return passed_through(impl, PLAIN, *case(rng))["b"]


@task.check("backward returns the gradient of the images, (N, C, H, W)", weight=2)
def images(impl, rng):
    return passed_through(impl, PLAIN, *case(rng))["x"]


@task.check("backward with stride and padding", weight=2)
def backward_with_both(impl, rng):
    return [passed_through(impl, how, *case(rng, how)) for how in (STRIDED, PADDED, BOTH)]


@task.check(SLOPES, at_most=1e-5)
def slopes(impl, rng):
    W, b, x, dout = case(rng, BOTH)
    directions = [rng.normal(size=array.shape) for array in (W, b, x)]
    found = passed_through(impl, BOTH, W, b, x, dout)

    def f(W, b, x):
        return np.sum(dout * impl.Convolution(W, b, *BOTH).forward(x))

    return max(
        slope_error(lambda v: f(v, b, x), W, found["W"], directions[0]),
        slope_error(lambda v: f(W, v, x), b, found["b"], directions[1]),
        slope_error(lambda v: f(W, b, v), x, found["x"], directions[2]),
    )


@task.check("params holds the very arrays that were given: changed in place, they act", weight=0.5)
def live_parameters(impl, rng):
    W, b, x, dout = case(rng)
    kept = {"W": keep(impl, W), "b": keep(impl, b)}
    layer = impl.Convolution(kept["W"], kept["b"])
    before = layer.forward(x)
    kept["W"].fill(0.2)
    kept["b"].fill(0.7)
    after, dx = layer.forward(x), layer.backward(dout)
    return {"before": before, "after": after, "dx": dx, "params": layer.params}


@task.check("x, dout and the parameters are left as they were", weight=0.5)
def inputs_stay(impl, rng):
    W, b, x, dout = (keep(impl, array) for array in case(rng))
    dx = passed_through(impl, PLAIN, W, b, x, dout)["x"]
    kept = {"x": fetch(x), "dout": fetch(dout), "W": fetch(W), "b": fetch(b)}
    return {**kept, "shape of dx": np.shape(dx)}


add_memory_checks(
    task,
    lambda impl, rng: impl.Convolution(*case(rng)[:2], *STRIDED),
    lambda rng, rows: [[array] for array in case(rng, STRIDED, rows)[2:]],
    read=lambda layer: layer.grads,
    rows=(3, 2),
    weights=[1, 0.5],
    titles=[OWN_MEMORY, "a second batch, of another size, overwrites the gradients of the first"],
)


@task.check("float32 stays float32", weight=0.5)
def float32(impl, rng):
    W, b, x, dout = (array.astype("f4") for array in case(rng))
    layer = impl.Convolution(W, b)
    parts = {"y": layer.forward(x), "dx": layer.backward(dout), **layer.grads}
    return {name: str(np.asarray(part).dtype) for name, part in parts.items()}


def forward_calls(impl, rng, channels, filters):
    """Return how often a way back through a batch of 2 goes forward."""
    layer = impl.Convolution(rng.normal(size=(filters, channels, 2, 2)), rng.normal(size=filters))
    layer.forward(rng.normal(size=(2, channels, 3, 3)))
    return calls_run(layer.backward, rng.normal(size=(2, filters, 2, 2)), of=["forward"])


@task.check(DERIVED, weight=0, required=True)
def derived(impl, rng):
    W, b, x, dout = case(rng)
    near = passed_through(impl, PLAIN, W, b, x, dout)
    W[1:], x[:, 1:] = 1e-30 * W[1:], 1e-30 * x[:, 1:]
    far = passed_through(impl, PLAIN, W, b, x, dout)
    few, many = forward_calls(impl, rng, 1, 1), forward_calls(impl, rng, 3, 2)
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
    measured,
)
from solutions.convolution import Convolution, pad

from .column_mistakes import columns_of, windows_of

parts = Parts(
    task,
    [Convolution],
    {
        "y": Part("the output", "forward"),
        "x": Part("the gradient of the images", "backward"),
        "W": Part("the gradient of the filters", "backward", stored="grads.W"),
        "b": Part("the gradient of the biases", "backward", stored="grads.b"),
    },
)
GRADIENTS = ["x", "W", "b"]

add_layer_mistakes(parts, GRADIENTS)
add_memory_mistakes(task, Convolution, ["_x_shape", "_columns"])


@parts.fault(DIVIDED_AGAIN, over=GRADIENTS)
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault(TIMES_BATCH, over=GRADIENTS)
def times_batch(gradient, dout):
    return gradient * len(dout)


@parts.fault(
    "You take {what} as a mean over samples and pixels. Each of them moves the loss: all their "
    "shares add up, and dout knows how large the batch is.",
    over=["b"],
)
def averaged_over_all(gradient, dout):
    return gradient / dout[:, 0].size


@parts.fault(
    "You take {what} as a mean over the pixels of the output. Each pixel moves the loss: all their "
    "shares add up.",
    over=["W", "b"],
)
def averaged_over_pixels(gradient, dout):
    return gradient / dout[0, 0].size


class Misread(Convolution):
    """Takes the filters for others: ``read`` changes them, and ``unread`` brings them back."""

    def read(self, W):
        return W

    def unread(self, W):
        return self.read(W)

    def forward(self, x):
        own = self.params
        self.params = {**own, "W": self.read(own["W"])}
        try:
            return super().forward(x)
        finally:
            self.params = own

    def backward(self, dout):
        own = self.params
        self.params = {**own, "W": self.read(own["W"])}
        try:
            dx = super().backward(dout)
        finally:
            self.params = own
        self.grads["W"] = self.unread(self.grads["W"])
        return dx


MISREAD = ["y", "x", "W"]


@parts.mistake(
    "The filters are flipped. Here, as everywhere in deep learning, convolution flips nothing, and "
    "the product of Wᵀ and dout leaves nothing to flip on the way back.",
    over=MISREAD,
)
class filters_flipped(Misread):
    def read(self, W):
        return W[:, :, ::-1, ::-1]


@parts.mistake(
    "The numbers of a filter and of a window come in another order: channels last here, and "
    "channels first there. A row of W.reshape(FN, -1) has the order of the columns.",
    over=MISREAD,
)
class channels_last(Misread):
    def read(self, W):
        return W.transpose(0, 2, 3, 1).reshape(W.shape)

    def unread(self, W):
        FN, C, FH, FW = W.shape
        return W.reshape(FN, FH, FW, C).transpose(0, 3, 1, 2)


@parts.mistake(
    "The numbers of the filters are mixed: reshape(-1, FN) moves no axis. One filter is one row of "
    "W.reshape(FN, -1); transpose that, if you need its transpose.",
    over=MISREAD,
)
class filters_mixed(Misread):
    def read(self, W):
        return W.reshape(-1, len(W)).T.reshape(W.shape)

    def unread(self, W):
        return W.reshape(len(W), -1).T.reshape(W.shape)


def add_output(name, hint, change):
    """Add what returns something else than y: ``change`` gets the layer and y."""

    class Wrong(Convolution):
        def forward(self, x):
            return change(self, super().forward(x))

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


def add_gradient(name, hint, **changes):
    """Add what changes gradients by name: each change gets the layer, the gradient and dout."""

    class Wrong(Convolution):
        def backward(self, dout):
            dx = super().backward(dout)
            for key in changes.keys() & self.grads.keys():
                self.grads[key] = changes[key](self, self.grads[key], dout)
            return changes["x"](self, dx, dout) if "x" in changes else dx

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add_output(
    "bias_not_added",
    "The biases are missing from your forward.",
    lambda layer, y: y - layer.params["b"][:, None, None],
)
add_output(
    "bias_at_every_pixel_of_the_window",
    "The bias is added once for each number of a window. It is added once to each sum.",
    lambda layer, y: y + (layer.params["W"][0].size - 1) * layer.params["b"][:, None, None],
)
add_output(
    "samples_summed",
    "Your output sums over the samples of the batch. Each sample has an output of its own.",
    lambda layer, y: 0 * y + y.sum(axis=0),
)
add_output(
    "height_for_width",
    "Rows and columns of the output are exchanged: the last axis is the width, OW.",
    lambda layer, y: y.swapaxes(2, 3).copy(),
)
add_output(
    "height_for_width_in_reshape",
    "The output comes as (N, FN, OW, OH): in what you reshape the width changes fastest, so it is "
    "the last axis.",
    lambda layer, y: y.reshape(*y.shape[:2], y.shape[3], y.shape[2]),
)
add_output(
    "output_reshaped_not_moved",
    "The shape of the output is right, but its numbers lie elsewhere: reshape moves no axis.",
    lambda layer, y: y.transpose(0, 2, 3, 1).reshape(y.shape),
)
add_output(
    "filters_last",
    "The filters are the last axis of your output. They belong where the channels were, "
    "(N, FN, OH, OW).",
    lambda layer, y: np.moveaxis(y, 1, -1),
)
add_output(
    "output_of_columns",
    "The output still has one axis for all its pixels. It has to be images again, (N, FN, OH, OW).",
    lambda layer, y: y.reshape(*y.shape[:2], -1),
)
add_output(
    "square_output",
    "You take the root of the number of places for OH. Images and filters need not be squares: "
    "output_shape says what OH and OW are.",
    lambda layer, y: y.reshape(*y.shape[:2], int(y[0, 0].size ** 0.5), -1),
)
BIAS_ALONG_THE_ROW = (
    "You add the biases along the places: NumPy lines up shapes from the right, and there the "
    "places lie. All numbers of a filter get the same bias."
)


def without_bias(layer, y):
    """Return the output, biases taken off."""
    return y - layer.params["b"][:, None, None]


add_output(
    "bias_along_the_row",
    BIAS_ALONG_THE_ROW,
    lambda layer, y: without_bias(layer, y) + layer.params["b"],
)
add_output(
    "bias_along_the_places",
    BIAS_ALONG_THE_ROW,
    lambda layer, y: (without_bias(layer, y).reshape(*y.shape[:2], -1) + layer.params["b"]).reshape(
        y.shape
    ),
)
add_output(
    "activation_fused",
    "Something cuts off the negative outputs. A convolution has no activation: that is a layer of "
    "its own.",
    lambda layer, y: np.maximum(y, 0),
)

NOT_SUMMED = (
    "Your gradient of the biases still has axes of dout. One bias serves all samples and all "
    "pixels of its filter: (FN,) must be left."
)
add_gradient("bias_over_batch_only", NOT_SUMMED, b=lambda layer, gradient, dout: dout.sum(axis=0))
add_gradient(
    "bias_over_pixels_only", NOT_SUMMED, b=lambda layer, gradient, dout: dout.sum(axis=(2, 3))
)
add_gradient(
    "bias_over_batch_in_one_axis",
    NOT_SUMMED,
    b=lambda layer, gradient, dout: dout.sum(axis=0).reshape(dout.shape[1], -1),
)
add_gradient("bias_not_summed", NOT_SUMMED, b=lambda layer, gradient, dout: dout)
add_gradient(
    "bias_over_everything",
    "You sum the gradient of the biases over everything. Each filter has a bias of its own.",
    b=lambda layer, gradient, dout: dout.sum(),
)
add_gradient(
    "bias_keeps_axes",
    "Your gradient of the biases has axes too many. It has to have their shape, (FN,).",
    b=lambda layer, gradient, dout: dout.sum(axis=(0, 2, 3), keepdims=True),
)
add_gradient(
    "bias_keeps_axes_of_columns",
    task.misconceptions[-1].hint,
    b=lambda layer, gradient, dout: gradient[None, :, None],
)
for name, axes in (
    ("of_the_batch_and_of_rows", (1, 2)),
    ("of_the_batch", (1, 2, 3)),
    ("of_the_places", (0, 1)),
    ("of_columns", (0, 1, 2)),
):
    add_gradient(
        f"bias_gradient_{name}",
        "You sum the gradient of the biases over the axis of the filters, the second one of dout, "
        "and leave another one. Each filter has a bias of its own: (FN,).",
        b=lambda layer, gradient, dout, axes=axes: dout.sum(axis=axes),
    )
add_gradient(
    "bias_gradient_of_the_places_in_one_axis",
    task.misconceptions[-1].hint,
    b=lambda layer, gradient, dout: dout.sum(axis=(0, 1)).ravel(),
)


def dW_of_samples(layer, dout):
    """Return the gradient of the filters for each sample by itself."""
    flat = dout.reshape(*dout.shape[:2], -1) @ layer._columns.transpose(0, 2, 1)
    return flat.reshape(len(dout), *layer.params["W"].shape)


add_gradient(
    "filters_not_summed",
    "There is a gradient of the filters for each sample. One filter serves all samples: their "
    "shares add up.",
    W=lambda layer, gradient, dout: dW_of_samples(layer, dout),
)
add_gradient(
    "filters_of_the_last_sample",
    "Your gradient of the filters is that of the last sample alone: each overwrites the others. "
    "The shares of all samples add up.",
    W=lambda layer, gradient, dout: dW_of_samples(layer, dout)[-1],
)
add_gradient(
    "filters_of_the_first_sample",
    "Your gradient of the filters is that of the first sample alone. The shares of all samples add "
    "up.",
    W=lambda layer, gradient, dout: dW_of_samples(layer, dout)[0],
)
add_gradient(
    "filters_remain_rows",
    "Your gradient of the filters is a matrix. It has to have their shape, (FN, C, FH, FW).",
    W=lambda layer, gradient, dout: gradient.reshape(len(gradient), -1),
)
add_gradient(
    "dout_reshaped_not_moved",
    "In the gradient of the filters, dout is reshaped to (FN, ...) as it lies: its first axis is "
    "the batch. reshape moves no axis: transpose before.",
    W=lambda layer, gradient, dout: (
        dout.reshape(len(gradient), -1)
        @ layer._columns.transpose(0, 2, 1).reshape(-1, layer._columns.shape[1])
    ).reshape(gradient.shape),
)


def without_stride(layer, gradient, dout):
    """Return the gradient of the filters with windows that lie one pixel apart."""
    OH, OW = dout.shape[2:]
    windows = windows_of(layer._x, *gradient.shape[2:], 1, layer.padding)[..., :OH, :OW]
    flat = dout.reshape(*dout.shape[:2], -1) @ columns_of(windows).transpose(0, 2, 1)
    return flat.sum(axis=0).reshape(gradient.shape)


@task.misconception(
    "The stride is missing from your gradient of the filters. dout[n, f, i, j] meets the window "
    "that begins at i · stride, j · stride."
)
class stride_missing_in_dW(Convolution):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["W"] = without_stride(self, self.grads["W"], dout)
        return dx


def shares(layer, dout):
    """Yield where windows lie in the padded images, and what each adds to their gradient."""
    W, FH, FW = layer.params["W"], *layer.params["W"].shape[2:]
    for i, j in np.ndindex(dout.shape[2:]):
        share = np.tensordot(dout[:, :, i, j], W, axes=1)
        yield i, j, FH, FW, share


def placed(layer, dout, add=True, stride=None):
    """Return the gradient of the padded images, shares added or just written."""
    padded = pad(np.zeros(layer._x_shape, dout.dtype), layer.padding).copy()
    stride = layer.stride if stride is None else stride
    for i, j, FH, FW, share in shares(layer, dout):
        there = padded[:, :, i * stride : i * stride + FH, j * stride : j * stride + FW]
        there[...] = there * add + share
    return padded


def middle(layer, padded):
    """Cut the padding off."""
    (H, W), p = layer._x_shape[2:], layer.padding
    return padded[:, :, p : p + H, p : p + W]


add_gradient(
    "overlaps_overwritten",
    "Where windows overlap, the gradient of a pixel is that of one window alone: each overwrites "
    "the one before. The shares of all windows add up.",
    x=lambda layer, dx, dout: middle(layer, placed(layer, dout, add=False)),
)
add_gradient(
    "stride_missing_in_dx",
    "The stride is missing from your gradient of the images. dout[n, f, i, j] goes to the window "
    "that begins at i · stride, j · stride.",
    x=lambda layer, dx, dout: middle(layer, placed(layer, dout, stride=1)),
)
add_gradient(
    "padding_not_cut",
    "The padding is still on your gradient of the images. It has to have the shape of x.",
    x=lambda layer, dx, dout: placed(layer, dout),
)
add_gradient(
    "empty_without_padding",
    "Without padding, your gradient of the images is empty: -0 is 0, and a slice [0:-0] holds "
    "nothing.",
    x=lambda layer, dx, dout: placed(layer, dout)[
        :, :, layer.padding : -layer.padding, layer.padding : -layer.padding
    ],
)
add_gradient(
    "columns_come_back",
    "What backward returns are still columns. col2im brings them to their pixels.",
    x=lambda layer, dx, dout: (
        layer.params["W"].reshape(dout.shape[1], -1).T @ dout.reshape(*dout.shape[:2], -1)
    ),
)


@task.misconception("backward hands on dout as it came. It has to go through the filters.")
class returns_dout(Convolution):
    def backward(self, dout):
        super().backward(dout)
        return dout


@task.misconception("Your layer ignores its stride.")
class stride_ignored(Convolution):
    def __init__(self, W, b, stride=1, padding=0):
        super().__init__(W, b, 1, padding)


@task.misconception("Your layer ignores its padding.")
class padding_ignored(Convolution):
    def __init__(self, W, b, stride=1, padding=0):
        super().__init__(W, b, stride, 0)


@task.misconception(
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
class gradients_accumulate(Convolution):
    def backward(self, dout):
        before, self.grads = self.grads, {}
        dx = super().backward(dout)
        self.grads = {name: grad + before.get(name, 0) for name, grad in self.grads.items()}
        return dx


@task.misconception(
    "backward changes the parameters. It only works out gradients: taking the step is not this "
    "layer's job."
)
class updates_itself(Convolution):
    def backward(self, dout):
        dx = super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return dx


@task.misconception(
    "dout itself is changed. Another branch of the graph may still need that array: work on a copy."
)
class upstream_changed(Convolution):
    def backward(self, dout):
        dout /= len(dout)
        return super().backward(dout)


@task.misconception(
    "The layer works on copies of the parameters: whoever changes the arrays that you were given "
    "changes nothing. Keep these very arrays."
)
class on_copies(Convolution):
    def __init__(self, W, b, stride=1, padding=0):
        super().__init__(W.copy(), b.copy(), stride, padding)


@task.misconception(
    'Your gradients are stored under names of their own. grads has the same keys as params: "W" '
    'and "b".'
)
class other_keys(Convolution):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"dW": self.grads["W"], "db": self.grads["b"]}
        return dx


@task.misconception(SHARED)
class gradients_on_the_class(Convolution):
    def __init__(self, W, b, stride=1, padding=0):
        super().__init__(W, b, stride, padding)
        self.grads = vars(type(self)).get("shared", {})
        type(self).shared = self.grads


@task.misconception(MEASURED)
class convolution_measured(Convolution):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        how, x = (self.stride, self.padding), self._x
        W, b = self.params["W"], self.params["b"]
        self.grads["W"] = measured(lambda W: Convolution(W, b, *how).forward(x), W, dout)
        self.grads["b"] = measured(lambda b: Convolution(W, b, *how).forward(x), b, dout)
        return measured(lambda x: Convolution(W, b, *how).forward(x), x, dout)


@task.misconception(
    "Your gradient of the biases adds up over calls of backward. Each call overwrites that of the "
    "call before: `=`, not `+=`, or begin with zeros in each call."
)
class bias_gradient_accumulates(Convolution):
    def backward(self, dout):
        before = self.grads.get("b", 0)
        dx = super().backward(dout)
        self.grads["b"] = self.grads["b"] + before
        return dx


@task.misconception(
    "Your gradient of the filters adds up over calls of backward. Each call overwrites that of the "
    "call before: `=`, not `+=`, or begin with zeros in each call."
)
class filter_gradient_accumulates(Convolution):
    def backward(self, dout):
        before = self.grads.get("W", 0)
        dx = super().backward(dout)
        self.grads["W"] = self.grads["W"] + before
        return dx
