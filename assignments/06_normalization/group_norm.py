"""Group normalization: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, add_memory_checks

from .norms import (
    add_derived_check,
    add_slopes_check,
    add_stays_checks,
    passed_through,
    scale_and_shift,
    uneven,
)

task = Task(
    "group_norm",
    "Group normalization",
    points=10,
    needs=["GroupNorm"],
    minutes=25,
    shapes="x, y, dout and dx (N, C, ...), γ, β and their gradients (C,)",
)


def make(impl, gamma, beta):
    """Return a layer of two groups, with an ε that shows."""
    return impl.GroupNorm(gamma, beta, groups=2, eps=0.02)


def case(rng, rows=2, pixels=(1, 3)):
    """Draw γ and β (6,), inputs (rows, 6, *pixels) and upstream gradients."""
    shape = 6, *pixels
    return scale_and_shift(rng, 6), uneven(rng, rows, *shape), rng.normal(size=(rows, *shape))


@task.check("forward normalizes each group of neighbouring channels of each image")
def group_forward(impl, rng):
    params, x, _ = case(rng, pixels=(3, 2))
    return make(impl, *params).forward(x)


@task.check("one group is layer normalization, as many as channels is one for each channel")
def one_and_all(impl, rng):
    params, x, _ = case(rng)
    return {f"groups = {G}": impl.GroupNorm(*params, groups=G).forward(x) for G in (1, 3, 6)}


@task.check("forward divides by √(σ² + ε), also where the variance is tiny or 0", weight=0.5)
def group_eps(impl, rng):
    params, x, _ = case(rng)
    x[0, :2] = 1e-2 * x[0, :2]
    x[0, 2:4] = 0.75
    found = {}
    for name, eps in {"ε 1e-5": [], "ε 1e-3": [1e-3], "ε 0.5": [0.5]}.items():
        found[name] = np.asarray(impl.GroupNorm(*params, 3, *eps).forward(x))[0, :, 0]
    return found


@task.check("x (N, C), without pixels: forward and backward")
def features(impl, rng):
    params, x, dout = scale_and_shift(rng, 6), uneven(rng, 3, 6), rng.normal(size=(3, 6))
    layer = impl.GroupNorm(*params, groups=2, eps=0.02)
    return {"y": layer.forward(x), **passed_through(layer, x, dout)}


@task.check("an image alone, and test mode: the output is the same as in the batch")
def alone(impl, rng):
    params, x, _ = case(rng)
    layer = make(impl, *params)
    found = {"in the batch": layer.forward(x)[1], "alone": layer.forward(x[1:])}
    layer.training = False
    return {**found, "in test mode": layer.forward(x)[1]}


@task.check('backward stores the gradients of γ and β in grads["gamma"] and grads["beta"], (C,)')
def group_parameters(impl, rng):
    params, x, dout = case(rng)
    found = passed_through(make(impl, *params), x, dout)
    return {"gamma": found["gamma"], "beta": found["beta"]}


@task.check("backward returns the gradient of the input, (N, C, H, W)", weight=3)
def group_input(impl, rng):
    params, x, dout = case(rng, pixels=(3, 2))
    layer = make(impl, *params)
    layer.forward(x)
    return layer.backward(dout)


add_slopes_check(task, make, case)


add_stays_checks(task, make, case)


add_memory_checks(
    task,
    lambda impl, rng: make(impl, *case(rng)[0]),
    lambda rng, rows: [[array] for array in case(rng, rows)[1:]],
    read=lambda layer: layer.grads,
    rows=(2, 1),
)


# Of two numbers normalized together, only the sign would be left, and no gradient far away.
add_derived_check(task, make, lambda rng, rows=3: case(rng, rows))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Parts
from solutions.normalization import GroupNorm

from .norm_mistakes import (
    NORM_PARTS,
    Over,
    add_common_mistakes,
    add_mistakes_of_gradients,
    add_mistakes_of_statistics,
    add_norm,
    measured,
)

parts = Parts(task, [GroupNorm], NORM_PARTS)
add_common_mistakes(parts, GroupNorm, ["_std", "_x_hat"])


def mean_of_groups(layer, a):
    """Return the mean of each group of neighbouring channels of each image."""
    rows = a.reshape(len(a), layer.groups, -1)
    return (rows.mean(axis=2, keepdims=True) + 0 * rows).reshape(a.shape)


def of_channels(layer, param, x):
    """Return γ or β in a shape that meets the channels of x."""
    return param.reshape(-1, *[1] * (x.ndim - 2))


def over_pixels(a):
    """Return a sum for each channel."""
    return a.sum(axis=(0, *range(2, a.ndim)))


over = Over(mean_of_groups, of_channels, lambda layer, a: over_pixels(a))
add_mistakes_of_statistics(task, GroupNorm, over)
add_mistakes_of_gradients(task, GroupNorm, over)


def add(name, hint, **wrong):
    """Add a wrong layer."""
    add_norm(task, GroupNorm, over, name, hint, **wrong)


def with_mean(mean):
    """Return what takes other means: for the statistics, and on the way back."""

    def alter(seen):
        seen.over = Over(mean, over.wide, over.summed)
        seen.mean = mean(seen.layer, seen.x)
        seen.set_centred(seen.x - seen.mean)

    return alter


def strided(layer, a):
    """Return the mean of groups of every G-th channel."""
    rows = a.reshape(len(a), -1, layer.groups, *a.shape[2:])
    axes = (1, *range(3, rows.ndim))
    return (rows.mean(axis=axes, keepdims=True) + 0 * rows).reshape(a.shape)


def sizes_for_numbers(layer, a):
    """Return the mean of groups of G channels, in the place of G groups."""
    rows = a.reshape(len(a), a.shape[1] // layer.groups, -1)
    return (rows.mean(axis=2, keepdims=True) + 0 * rows).reshape(a.shape)


def over_batch(layer, a):
    """Return the mean of each group over all images."""
    rows = a.reshape(len(a), layer.groups, -1)
    return (rows.mean(axis=(0, 2), keepdims=True) + 0 * rows).reshape(a.shape)


def numbers_strided(layer, a):
    """Return the mean of groups of every G-th number of an image."""
    rows = a.reshape(len(a), -1, layer.groups)
    return (rows.mean(axis=1, keepdims=True) + 0 * rows).reshape(a.shape)


def over_batch_alone(layer, a):
    """Return the mean of each number over all images."""
    return a.mean(axis=0, keepdims=True) + 0 * a


def means_of(axes_of):
    """Return means over some axes of x."""

    def mean(layer, a):
        return a.mean(axis=axes_of(a), keepdims=True) + 0 * a

    return mean


def of_each_pixel(layer, a):
    """Return the mean of each group at each pixel."""
    rows = a.reshape(len(a), layer.groups, -1, *a.shape[2:])
    return (rows.mean(axis=2, keepdims=True) + 0 * rows).reshape(a.shape)


for name, hint, mean in (
    (
        "groups_strided",
        "Your groups take every G-th channel. A group is made of neighbours: the first ones are "
        "the first group.",
        strided,
    ),
    (
        "numbers_strided",
        "Your groups take every G-th number of an image, as reshape does where the groups are "
        "given as the last axis. A group is made of neighbours: split the channels so that those "
        "of a group lie side by side.",
        numbers_strided,
    ),
    (
        "over_the_batch_alone",
        "You take mean and variance over the batch. Each image has its own: they are over the "
        "channels and pixels of a group.",
        over_batch_alone,
    ),
    (
        "channels_for_groups",
        "You make groups of G channels. G is how many groups there are.",
        sizes_for_numbers,
    ),
    (
        "over_the_batch",
        "You take mean and variance over the batch as well. Each image has its own.",
        over_batch,
    ),
    (
        "whole_image",
        "You take mean and variance over all channels, whatever the number of groups. Each group "
        "has its own.",
        means_of(lambda a: tuple(range(1, a.ndim))),
    ),
    (
        "each_channel",
        "You take mean and variance of each channel by itself, whatever the number of groups. "
        "Channels of a group share them.",
        means_of(lambda a: tuple(range(2, a.ndim))),
    ),
    (
        "each_pixel",
        "You take mean and variance of the channels of a group at each pixel. They are over its "
        "pixels as well.",
        of_each_pixel,
    ),
    (
        "batch_norm_instead",
        "You take mean and variance of each channel over the batch. That is batch normalization: "
        "here they are over a group of channels of one image.",
        means_of(lambda a: (0, *range(2, a.ndim))),
    ),
):
    add(name, hint, alter=with_mean(mean))


def through_last_axes(layer, a):
    """Return the mean of groups of columns, where the channels were to be split."""
    moved = np.moveaxis(a, 1, -1)
    rows = moved.reshape(len(a), layer.groups, -1)
    return np.moveaxis((rows.mean(axis=2, keepdims=True) + 0 * rows).reshape(moved.shape), -1, 1)


add(
    "channels_moved_last",
    "Your groups are not made of whole channels: the reshape splits pixels, as it does where the "
    "channels lie last. Split axis 1 in two.",
    alter=with_mean(through_last_axes),
)
add(
    "scaled_after_the_means",
    "γ comes after the means in your gradient of the input, as it may in batch normalization. "
    "There one γ serves all that a mean is taken over; in a group the channels have different "
    "ones, and dout meets them first.",
    x=lambda seen, dout: seen.gamma * seen.dx(dout / seen.gamma),
)
for name, words, mean in (
    ("dx_over_channels", "each channel", means_of(lambda a: tuple(range(2, a.ndim)))),
    ("dx_over_images", "the whole image", means_of(lambda a: tuple(range(1, a.ndim)))),
    ("dx_over_the_batch", "the batch", over_batch),
):
    add(
        name,
        f"On the way back you take the means over {words}. They are over what forward took its "
        "means over: a group of one image.",
        x=lambda seen, dout, mean=mean: dx_with(seen, dout, mean),
    )


def dx_with(seen, dout, mean):
    """Return the gradient of the input with other means."""
    g = dout * seen.gamma
    along = mean(seen.layer, g * seen.x_hat)
    return (g - mean(seen.layer, g) - seen.x_hat * along) / seen.std


def first_of_group(layer, param, x):
    """Return the first γ or β of each group for all its channels."""
    size = len(param) // layer.groups
    return of_channels(layer, np.repeat(param[::size], size), x)


ONE_PER_GROUP = (
    "All channels of a group get the same γ and β from you. Each channel has its own: only mean "
    "and variance are shared."
)
add(
    "scale_of_the_group",
    ONE_PER_GROUP,
    y=lambda seen: (
        first_of_group(seen.layer, seen.layer.params["gamma"], seen.x) * seen.x_hat
        + first_of_group(seen.layer, seen.layer.params["beta"], seen.x)
    ),
)


@task.misconception(
    "In test mode your output is another one than in training. There are no running averages here: "
    "each image brings its own mean and variance, at any time."
)
class mode_of_its_own(GroupNorm):
    def forward(self, x):
        y = super().forward(x)
        gamma, beta = (of_channels(self, self.params[name], x) for name in ("gamma", "beta"))
        return y if self.training else gamma * x + beta


def sums_with(name, hint, summed):
    """Add a layer that sums the gradients of γ and β in its own way."""

    class Wrong(GroupNorm):
        def backward(self, dout):
            dx = super().backward(dout)
            shares = dout * self._x_hat.reshape(dout.shape)
            self.grads = {"gamma": summed(self, shares), "beta": summed(self, dout)}
            return dx

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


sums_with(
    "parameters_over_the_batch_only",
    "You sum the gradients of γ and β over the batch only. A channel's γ is used at each of its "
    "pixels: (C,) must be left.",
    lambda layer, a: a.sum(axis=0),
)
sums_with(
    "parameters_of_groups",
    "You sum the gradients of γ and β over the channels of a group. Only mean and variance are "
    "shared by a group: each channel has its own γ and β.",
    lambda layer, a: over_pixels(a).reshape(layer.groups, -1).sum(axis=1),
)
sums_with(
    "parameters_of_groups_repeated",
    "All channels of a group get the same gradients of γ and β from you. Only mean and variance "
    "are shared by a group: each channel has its own γ and β.",
    lambda layer, a: np.repeat(
        over_pixels(a).reshape(layer.groups, -1).sum(axis=1), a.shape[1] // layer.groups
    ),
)
add(
    "gamma_of_groups_repeated",
    "All channels of a group get the same gradient of γ from you. Only mean and variance are "
    "shared by a group: each channel has its own γ.",
    gamma=lambda seen, dout: of_whole_groups(seen.layer, dout * seen.x_hat),
)


def of_whole_groups(layer, a):
    """Return the sum over a group for each of its channels."""
    totals = over_pixels(a).reshape(layer.groups, -1).sum(axis=1)
    return np.repeat(totals, a.shape[1] // layer.groups)


sums_with(
    "parameters_over_everything",
    "You sum the gradients of γ and β over everything. Each channel has its own.",
    lambda layer, a: a.sum(),
)
sums_with(
    "parameters_keep_axes",
    "Your gradients of γ and β have axes too many. They have the shape of γ and β, (C,).",
    lambda layer, a: a.sum(axis=(0, *range(2, a.ndim)), keepdims=True),
)
sums_with(
    "parameters_of_samples",
    "You sum the gradients of γ and β over channels and pixels, and keep the images apart. It is "
    "the channels that stay apart.",
    lambda layer, a: a.sum(axis=tuple(range(1, a.ndim))),
)


@task.misconception(MEASURED)
class group_measured(GroupNorm):
    def forward(self, x):
        self._given = x
        return super().forward(x)

    def backward(self, dout):
        x, gamma, beta = self._given, self.params["gamma"], self.params["beta"]

        def loss(x, gamma, beta):
            centred = x - mean_of_groups(self, x)
            std = np.sqrt(mean_of_groups(self, centred**2) + self.eps)
            gamma, beta = (of_channels(self, param, x) for param in (gamma, beta))
            return float(np.sum(dout * (gamma * centred / std + beta)))

        self.grads["gamma"] = measured(lambda v: loss(x, v, beta), gamma)
        self.grads["beta"] = measured(lambda v: loss(x, gamma, v), beta)
        return measured(lambda v: loss(v, gamma, beta), x)
