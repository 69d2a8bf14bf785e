"""Average pooling: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import OWN_MEMORY, Task

from .pools import (
    APART,
    OVERLAPPING,
    PADDED,
    add_derived_check,
    add_slopes_and_types,
    passed_through,
    pixels,
    upstream,
)

task = Task(
    "average_pool",
    "Average pooling",
    points=4,
    needs=["AveragePooling"],
    minutes=10,
    shapes="x and dx (N, C, H, W), y and dout (N, C, OH, OW)",
)


@task.check("forward: the mean of each window, channel by channel")
def forward(impl, rng):
    x = pixels(rng)
    overlapping, sparse = impl.AveragePooling(*OVERLAPPING), impl.AveragePooling(2, 3)
    return {
        "next to each other": impl.AveragePooling(*APART).forward(x),
        "overlapping": overlapping.forward(x),
        "with gaps": sparse.forward(x),
        "low and wide": impl.AveragePooling(2, 1).forward(x[:, :, :3]),
    }


@task.check("forward with padding: its zeros count")
def padding(impl, rng):
    return impl.AveragePooling(*PADDED).forward(pixels(rng) + 3)


@task.check("backward: each pixel of a window gets an equal share", weight=2)
def backward(impl, rng):
    return passed_through(impl.AveragePooling(*APART), pixels(rng), upstream(rng, APART))


@task.check("backward where windows overlap: what a pixel gets adds up")
def overlapping(impl, rng):
    layer = impl.AveragePooling(*OVERLAPPING)
    return passed_through(layer, pixels(rng), upstream(rng, OVERLAPPING))


@task.check("backward with padding: dx has the shape of x")
def backward_with_padding(impl, rng):
    return passed_through(impl.AveragePooling(*PADDED), pixels(rng), upstream(rng, PADDED))


add_slopes_and_types(task, "AveragePooling")


@task.check(OWN_MEMORY, weight=0.5)
def memory(impl, rng):
    """Images of 5 × 7 and of 4 × 6 have as many windows: what is remembered is the shape."""
    large, small = pixels(rng), pixels(rng)[:, :, :4, :6]
    first, second = impl.AveragePooling(2), impl.AveragePooling(2)
    first.forward(small)
    first.forward(large)
    second.forward(small)
    dout, other = upstream(rng, APART), upstream(rng, APART)
    backs = [second.backward(other), first.backward(dout), first.backward(dout)]
    return dict(zip(("second of two", "first of two", "first of two, again"), backs, strict=True))


add_derived_check(task, "AveragePooling")

# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    ACTIVATION_PARTS,
    DIVIDED_AGAIN,
    MEASURED,
    Parts,
    add_layer_mistakes,
    measured,
)
from solutions.convolution import AveragePooling, MaxPooling

from .column_mistakes import columns_of, windows_of
from .pool_mistakes import add_pool_mistakes, placed

parts = Parts(task, [AveragePooling], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])


@parts.fault(DIVIDED_AGAIN, over=["x"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


def shares(layer, dout):
    """Return what each pixel of each window gets, as columns."""
    N, _, OH, OW = dout.shape
    equal = np.repeat(dout / layer.size**2, layer.size**2, axis=1)
    return equal.reshape(N, -1, OH * OW)


add_pool_mistakes(task, AveragePooling, shares, outside=0.0)


class Weighed(AveragePooling):
    """Multiplies means by a factor, the same for all windows."""

    def factor(self):
        raise NotImplementedError

    def forward(self, x):
        return super().forward(x) * self.factor()

    def backward(self, dout):
        return super().backward(dout * self.factor())


@parts.mistake("The sum of a window is not divided by the number of its pixels, in {what}.")
class not_divided(Weighed):
    def factor(self):
        return self.size**2


@parts.mistake(
    "You divide by the square of the stride, in {what}. A window has size · size pixels, however "
    "far it moves."
)
class divided_by_stride(Weighed):
    def factor(self):
        return self.size**2 / self.stride**2


@parts.mistake(
    "You divide by the size of the window, in {what}. It has so many rows, and as many columns: "
    "size · size pixels."
)
class divided_by_size(Weighed):
    def factor(self):
        return self.size


@parts.mistake(
    "You leave the zeros of the padding out when you count a window's pixels, in {what}. Some "
    "libraries can do that; here the zeros count, and all windows have size · size pixels."
)
class real_pixels_only(AveragePooling):
    def counts(self):
        """Return the share of each window that lies on the image, (OH, OW)."""
        ones = np.ones((1, 1, *self._x_shape[2:]))
        windows = windows_of(ones, self.size, self.size, self.stride, self.padding)
        return windows.mean(axis=(2, 3))[0, 0]

    def forward(self, x):
        y = super().forward(x)
        return (y / self.counts()).astype(x.dtype)

    def backward(self, dout):
        return super().backward((dout / self.counts()).astype(dout.dtype))


def add_output(name, hint, change):
    """Add what returns something else than y: ``change`` gets the windows and y."""

    class Wrong(AveragePooling):
        def forward(self, x):
            y = super().forward(x)
            return change(windows_of(x, self.size, self.size, self.stride, self.padding), y)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add_output(
    "max_for_mean",
    "Your forward returns the largest number of each window, not the mean.",
    lambda windows, y: windows.max(axis=(2, 3)),
)
ACROSS_CHANNELS = (
    "You take the mean over all channels of a window. Each channel has a mean of its own: "
    "(N, C, OH, OW)."
)
add_output("across_channels", ACROSS_CHANNELS, lambda windows, y: y.mean(axis=1, keepdims=True))
add_output("across_channels_without_axis", ACROSS_CHANNELS, lambda windows, y: y.mean(axis=1))
add_output(
    "across_channels_for_each",
    ACROSS_CHANNELS,
    lambda windows, y: (0 * y + y.mean(axis=1, keepdims=True)).astype(y.dtype),
)


@parts.mistake(
    "You split the columns as if the pixels of a window came first and the channels after them, in "
    "{what}. A column holds all pixels of the first channel, then those of the second."
)
class channels_last(AveragePooling):
    def forward(self, x):
        y = super().forward(x)
        columns = columns_of(windows_of(x, self.size, self.size, self.stride, self.padding))
        return columns.reshape(len(x), -1, *y.shape[1:]).mean(axis=1)

    def backward(self, dout):
        N, _, OH, OW = dout.shape
        mixed = np.repeat((dout / self.size**2)[:, None], self.size**2, axis=1)
        return placed(self, mixed.reshape(N, -1, OH * OW))


@task.misconception(
    "The gradient goes to one pixel of each window: the largest. That is the way back of a "
    "maximum; in a mean all pixels have a share."
)
class to_the_largest(AveragePooling):
    def forward(self, x):
        self._max = MaxPooling(self.size, self.stride, self.padding)
        self._max.forward(x)
        return super().forward(x)

    def backward(self, dout):
        return self._max.backward(dout)


def add_one_pixel(name, divisor):
    """Add what gives the gradient to the first pixel of each window."""

    class Wrong(AveragePooling):
        def backward(self, dout):
            N, C, OH, OW = dout.shape
            columns = np.zeros((N, C, self.size**2, OH * OW), dout.dtype)
            columns[:, :, 0] = dout.reshape(N, C, -1) / divisor(self)
            return placed(self, columns.reshape(N, -1, OH * OW))

    Wrong.__name__ = name
    task.misconception(
        "The gradient goes to one pixel of each window: the first. In a mean all pixels have a "
        "share."
    )(Wrong)


add_one_pixel("to_the_first", lambda layer: 1)
add_one_pixel("a_share_to_the_first", lambda layer: layer.size**2)


SIDE_BY_SIDE = (
    "You lay the shares of the windows side by side. That is right only where the stride is the "
    "size and no pixel is left over: window i begins in row i · stride, and dx has the shape of x."
)


def spread(layer, dout):
    """Return what each window hands back, windows side by side."""
    return np.repeat(np.repeat(dout / layer.size**2, layer.size, axis=2), layer.size, axis=3)


@task.misconception(SIDE_BY_SIDE)
class spread_side_by_side(AveragePooling):
    def backward(self, dout):
        return spread(self, dout)


@task.misconception(SIDE_BY_SIDE)
class spread_over_the_image(AveragePooling):
    def backward(self, dout):
        dx = np.zeros(self._x_shape, dout.dtype)
        shares = spread(self, dout)[:, :, : dx.shape[2], : dx.shape[3]]
        dx[:, :, : shares.shape[2], : shares.shape[3]] = shares
        return dx


@task.misconception(
    "Your shares lie in another order than the columns: without an axis, np.repeat makes one long "
    "row of all numbers first."
)
class repeated_without_an_axis(AveragePooling):
    def backward(self, dout):
        N, C, OH, OW = dout.shape
        row = np.repeat(dout / self.size**2, self.size**2)
        return placed(self, row.reshape(N, C * self.size**2, OH * OW))


@task.misconception(MEASURED)
class pooling_measured(AveragePooling):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        how = self.size, self.stride, self.padding
        return measured(lambda x: AveragePooling(*how).forward(x), self._x, dout)
