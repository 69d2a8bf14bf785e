"""Max pooling: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, add_memory_checks

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
    "max_pool",
    "Max pooling",
    points=8,
    needs=["MaxPooling"],
    minutes=25,
    shapes="x and dx (N, C, H, W), y and dout (N, C, OH, OW)",
)


@task.check("forward: the largest number of each window, channel by channel")
def forward(impl, rng):
    return impl.MaxPooling(2).forward(pixels(rng))


@task.check("forward where stride and size of the window differ")
def strides(impl, rng):
    x = pixels(rng)
    overlapping, sparse = impl.MaxPooling(*OVERLAPPING), impl.MaxPooling(2, 3)
    return {
        "overlapping": overlapping.forward(x),
        "with gaps": sparse.forward(x),
        "low and wide": impl.MaxPooling(2, 1).forward(x[:, :, :3]),
    }


@task.check("forward with padding, which never wins: not even where all pixels are negative")
def padding(impl, rng):
    return {
        f"pixels below {-shift:,}": impl.MaxPooling(*PADDED).forward(pixels(rng) - shift - 4)
        for shift in (0, 100_000)
    }


@task.check("backward: the gradient goes to the winner alone", weight=2)
def winners(impl, rng):
    return passed_through(impl.MaxPooling(*APART), pixels(rng), upstream(rng, APART))


@task.check("backward: a pixel that wins in several windows gets the sum", weight=2)
def overlapping(impl, rng):
    layer = impl.MaxPooling(*OVERLAPPING)
    return passed_through(layer, pixels(rng), upstream(rng, OVERLAPPING))


@task.check("backward with padding: dx has the shape of x")
def backward_with_padding(impl, rng):
    return passed_through(impl.MaxPooling(*PADDED), pixels(rng) - 4, upstream(rng, PADDED))


@task.check("backward at ties, as behind a ReLU: the first winner gets it, row by row", weight=2)
def ties(impl, rng):
    x = np.maximum(rng.integers(-2, 2, size=(4, 3, 5, 7)), 0.0)
    x[0, 0, :2, :2], x[1, 2, 2:4, 4:6], x[2, 1, :2, :2] = [[0, 1], [1, 0]], 0, 0
    return {
        name: passed_through(impl.MaxPooling(*how), x, upstream(rng, how, rows=4))
        for name, how in (("without padding", APART), ("with padding", PADDED))
    }


add_slopes_and_types(task, "MaxPooling")

add_memory_checks(
    task,
    lambda impl, rng: impl.MaxPooling(*OVERLAPPING),
    lambda rng, rows: ([pixels(rng, rows)], [upstream(rng, OVERLAPPING, rows)]),
    rows=(3, 2),
)


add_derived_check(task, "MaxPooling")

# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    ACTIVATION_PARTS,
    DIVIDED_AGAIN,
    MEASURED,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
    measured,
)
from solutions.convolution import MaxPooling

from .column_mistakes import columns_of, windows_of
from .pool_mistakes import OVERWRITTEN, add_pool_mistakes, placed

parts = Parts(task, [MaxPooling], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, MaxPooling, ["_x_shape", "_winners"], ["_winners"])


@parts.fault(DIVIDED_AGAIN, over=["x"])
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


def padded(layer, x, value=-np.inf):
    """Return padded images."""
    p = layer.padding
    return np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], constant_values=value)


def cells(layer, x, value=-np.inf):
    """Return the windows of padded images, (N, C, F, F, OH, OW)."""
    return windows_of(padded(layer, x, value), layer.size, layer.size, layer.stride)


def flat(windows):
    """Return windows (N, C, F, F, OH, OW) as (N, C, F·F, OH, OW)."""
    N, C, F, _, OH, OW = windows.shape
    return windows.reshape(N, C, F * F, OH, OW)


def one_hot(places, F):
    """Return where in each window its place is, (N, C, F, F, OH, OW), for places (N, C, OH, OW)."""
    N, C, OH, OW = places.shape
    return (np.arange(F * F)[:, None, None] == places[:, :, None]).reshape(N, C, F, F, OH, OW)


class Seen(MaxPooling):
    """Keeps x as well."""

    def forward(self, x):
        self._x = x
        return super().forward(x)

    def won(self):
        """Return which pixel of each window won, (N, C, F, F, OH, OW)."""
        return one_hot(self._winners, self.size)

    def is_largest(self):
        """Return which pixels of each window are as large as its largest."""
        windows = cells(self, self._x)
        return windows == windows.max(axis=(2, 3), keepdims=True)


def add_output(name, hint, change):
    """Add what returns something else than y: ``change`` gets the layer, x and y."""

    class Wrong(MaxPooling):
        def forward(self, x):
            return change(self, x, super().forward(x))

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


def add_shares(name, hint, shares):
    """Add what gives other shares of dout to the pixels of windows, (N, C, F, F, OH, OW).

    ``shares`` gets the layer and dout, whose axes 2 and 3 are new.
    """

    class Wrong(Seen):
        def backward(self, dout):
            columns = columns_of(shares(self, dout[:, :, None, None]))
            return placed(self, columns.astype(dout.dtype))

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add_pool_mistakes(
    task,
    MaxPooling,
    shares=lambda layer, dout: columns_of(
        one_hot(layer._winners, layer.size) * dout[:, :, None, None]
    ),
    outside=-np.inf,
)

ZEROS_WIN = (
    "Where a window lies on the padding, and all its pixels are negative, the padding wins. It "
    "must never win: it has to be smaller than any number, and 0 is not."
)


@parts.mistake(ZEROS_WIN)
class zeros_win(Seen):
    def forward(self, x):
        super().forward(x)
        windows = flat(cells(self, x, 0.0))
        self._winners = windows.argmax(axis=2)
        return windows.max(axis=2)


def add_padding(name, hint, value):
    """Add what pads with another number: value(x)."""

    class Wrong(Seen):
        def forward(self, x):
            super().forward(x)
            windows = flat(cells(self, x, value(x)))
            self._winners = windows.argmax(axis=2)
            return windows.max(axis=2)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


for number in (1, 10, 100, 999, 1000, 9999, 10_000):
    add_padding(
        f"minus_{number}_wins",
        "You pad with a number of your own, such as −100. Where all pixels of a window at the "
        "border are smaller, the padding wins: it has to be smaller than any number.",
        lambda x, number=number: -number,
    )
add_padding(
    "padding_ties",
    "You pad with the least of the pixels. Where all pixels of a window at the border are as "
    "small, as zeros behind a ReLU are, the padding comes first and gets their gradient. It has to "
    "be smaller than any number.",
    lambda x: x.min(),
)

for name, value in (("", 0.0), (".of_padding", -np.inf)):
    add_output(
        f"mean_for_max{name}",
        "Your forward returns the mean of each window, not the largest number.",
        lambda layer, x, y, value=value: cells(layer, x, value).mean(axis=(2, 3)),
    )
for name, value in (("", np.inf), (".of_padding", -np.inf)):
    add_output(
        f"least_for_largest{name}",
        "Your forward returns the smallest number of each window, not the largest.",
        lambda layer, x, y, value=value: cells(layer, x, value).min(axis=(2, 3)),
    )
add_output(
    "place_for_value",
    "Your forward returns at which place of the window the largest number lies, not the number: "
    "argmax, not max.",
    lambda layer, x, y: flat(cells(layer, x)).argmax(axis=2),
)
add_output(
    "cut_off_at_zero",
    "Negative outputs have become 0. If all pixels of a window are negative, so is the largest.",
    lambda layer, x, y: np.maximum(y, 0),
)

ACROSS_CHANNELS = (
    "You take the maximum over all channels of a window. Each channel has a maximum of its own: "
    "(N, C, OH, OW)."
)
add_output("across_channels", ACROSS_CHANNELS, lambda layer, x, y: y.max(axis=1, keepdims=True))
add_output("across_channels_without_axis", ACROSS_CHANNELS, lambda layer, x, y: y.max(axis=1))
add_output(
    "across_channels_for_each", ACROSS_CHANNELS, lambda layer, x, y: 0 * y + y.max(1, keepdims=True)
)


CHANNELS_LAST = (
    "You split the columns as if the pixels of a window came first and the channels after them. A "
    "column holds all pixels of the first channel, then those of the second."
)


@parts.mistake(CHANNELS_LAST)
class channels_last(MaxPooling):
    def forward(self, x):
        windows = cells(self, x)
        N, C, F, _, OH, OW = windows.shape
        self._x_shape = x.shape
        mixed = windows.reshape(N, F * F, C, OH, OW)
        self._winners = mixed.argmax(axis=1)
        return mixed.max(axis=1)

    def backward(self, dout):
        N, _, OH, OW = dout.shape
        pixels = np.arange(self.size**2)[:, None, None, None]
        shares = (self._winners[:, None] == pixels) * dout[:, None]
        return placed(self, shares.reshape(N, -1, OH * OW))


@task.misconception(CHANNELS_LAST)
class channels_last_on_the_way_there(channels_last):
    def backward(self, dout):
        return MaxPooling.backward(self, dout)


add_shares(
    "all_ties",
    "At a tie, all pixels that are as large as the largest get the whole gradient. So the window "
    "hands back more than it got: only the first of them may get it.",
    lambda layer, dout: dout * layer.is_largest(),
)
add_shares(
    "ties_share",
    "At a tie, the gradient is split among all pixels that are as large as the largest. Some "
    "libraries do that; here the first of them gets all of it, row by row.",
    lambda layer, dout: (
        dout * layer.is_largest() / layer.is_largest().sum(axis=(2, 3), keepdims=True)
    ),
)
add_shares(
    "last_winner",
    "At a tie, the last of the largest pixels gets the gradient. Here it is the first, row by row.",
    lambda layer, dout: (
        dout
        * one_hot(
            layer.size**2 - 1 - flat(layer.is_largest())[:, :, ::-1].argmax(axis=2), layer.size
        )
    ),
)
add_shares(
    "ties_column_by_column",
    "At a tie, you look for the first winner column by column. Here it is the first row by row: "
    "the horizontal position changes fastest.",
    lambda layer, dout: (
        dout
        * one_hot(flat(layer.is_largest().swapaxes(2, 3)).argmax(axis=2), layer.size).swapaxes(2, 3)
    ),
)
add_shares(
    "winner_turned",
    "The winner is given back at a place whose row and column are exchanged. Place k of a window "
    "lies in row k // size and in column k % size.",
    lambda layer, dout: dout * layer.won().swapaxes(2, 3),
)
add_shares(
    "value_for_gradient",
    "The winners get their own values, not the gradient: what comes back to them is dout.",
    lambda layer, dout: np.where(layer.won(), cells(layer, layer._x), 0) + 0 * dout,
)
add_shares(
    "value_times_gradient",
    "The gradient of a winner is multiplied by its value. The largest number itself is what goes "
    "forward, so its slope is 1.",
    lambda layer, dout: np.where(layer.won(), cells(layer, layer._x), 0) * dout,
)
add_shares(
    "ones_for_gradient",
    "Your gradient is 1 at the winners, whatever dout is: that is the slope of the layer alone.",
    lambda layer, dout: layer.won() + 0 * dout,
)
add_shares(
    "every_pixel",
    "All pixels of a window get the gradient. All but the winner could be moved a little without "
    "any change of the output: they get 0.",
    lambda layer, dout: dout + 0 * layer.won(),
)
add_shares(
    "as_in_a_mean",
    "Each pixel of a window gets an equal share of the gradient. That is the way back of a mean; "
    "here the winner gets all of it.",
    lambda layer, dout: dout / layer.size**2 + 0 * layer.won(),
)


@task.misconception(OVERWRITTEN)
class overwritten_at_the_winner(Seen):
    """Writes at the winners only, and no zeros."""

    def backward(self, dout):
        p, (H, W) = self.padding, self._x_shape[2:]
        frame = padded(self, np.zeros(self._x_shape, dout.dtype), 0.0)
        for n, c, i, j in np.ndindex(dout.shape):
            k, m = divmod(self._winners[n, c, i, j], self.size)
            frame[n, c, i * self.stride + k, j * self.stride + m] = dout[n, c, i, j]
        return frame[:, :, p : p + H, p : p + W]


@task.misconception(MEASURED)
class pooling_measured(MaxPooling):
    """Moves ties apart before, so that nothing but the way there is wrong with it."""

    def forward(self, x):
        H, W = x.shape[2:]
        self._x = x - 1e-4 * np.arange(H * W).reshape(H, W).astype(x.dtype)
        return super().forward(x)

    def backward(self, dout):
        how = self.size, self.stride, self.padding
        return measured(lambda x: MaxPooling(*how).forward(x), self._x, dout)
