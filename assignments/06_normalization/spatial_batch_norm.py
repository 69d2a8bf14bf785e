"""Batch normalization of images: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .norms import add_common_checks, passed_through, scale_and_shift, uneven

task = Task(
    "spatial_batch_norm",
    "Batch normalization of images",
    points=8,
    needs=["SpatialBatchNorm"],
    minutes=15,
    shapes="x, y, dout and dx (N, C, H, W), γ, β, their gradients and the running averages (C,)",
)


def make(impl, gamma, beta):
    """Return a layer with a momentum and an ε that show."""
    return impl.SpatialBatchNorm(gamma, beta, momentum=0.7, eps=0.02)


def case(rng, rows=4):
    """Draw γ and β (3,), images (rows, 3, 2, 5) and upstream gradients."""
    dout = rng.normal(size=(rows, 3, 2, 5)) + rng.normal(size=(3, 1, 1))
    return scale_and_shift(rng, 3), uneven(rng, rows, 3, 2, 5), dout


def trained(impl, rng):
    """Return a layer that has seen two batches of different sizes, and is in test mode."""
    layer = make(impl, *scale_and_shift(rng, 3))
    for rows in (4, 2):
        layer.forward(case(rng, rows)[1])
    layer.training = False
    return layer


@task.check("in training, forward normalizes each channel over all samples and pixels", weight=2)
def images_forward(impl, rng):
    params, x, _ = case(rng)
    return make(impl, *params).forward(x)


@task.check("one image is enough to train with, as long as it has pixels")
def images_of_one(impl, rng):
    params, x, dout = case(rng, 1)
    layer = make(impl, *params)
    return {"y": layer.forward(x), "dx": layer.backward(dout)}


@task.check("the running averages follow mean and variance over all samples and pixels")
def images_running(impl, rng):
    layer = trained(impl, rng)
    return {"mean": layer.running_mean, "variance": layer.running_var}


@task.check("in test mode, one image is normalized with the running averages, there and back")
def images_in_use(impl, rng):
    layer, (_, x, dout) = trained(impl, rng), case(rng, 1)
    found = {"y": layer.forward(x), **passed_through(layer, x, dout)}
    return {**found, "mean": layer.running_mean}


@task.check('backward stores the gradients of γ and β in grads["gamma"] and grads["beta"], (C,)')
def images_parameters(impl, rng):
    params, x, dout = case(rng)
    found = passed_through(make(impl, *params), x, dout)
    return {"gamma": found["gamma"], "beta": found["beta"]}


@task.check("backward returns the gradient of the images, (N, C, H, W)", weight=2)
def images_input(impl, rng):
    params, x, dout = case(rng)
    layer = make(impl, *params)
    layer.forward(x)
    return layer.backward(dout)


add_common_checks(task, make, case, rows=(4, 2))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Parts
from solutions.normalization import BatchNorm

from .norm_mistakes import (
    NORM_PARTS,
    Over,
    add_common_mistakes,
    add_mistakes_of_gradients,
    add_mistakes_of_statistics,
    add_norm,
    measured,
)


def rows_of(x):
    """Return images as rows, one for each pixel."""
    return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])


def images_of(rows, shape):
    """Return rows as images of this shape."""
    N, C, H, W = shape
    return rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)


class SpatialBatchNorm(BatchNorm):
    """The right layer by inheritance, so that what it remembers can go wrong."""

    def forward(self, x):
        return images_of(super().forward(rows_of(x)), x.shape)

    def backward(self, dout):
        return images_of(super().backward(rows_of(dout)), dout.shape)


parts = Parts(task, [SpatialBatchNorm], NORM_PARTS)
add_common_mistakes(parts, SpatialBatchNorm, ["_centred", "_std"])


def wide(param):
    """Return what belongs to channels beside images."""
    return param[:, None, None]


def statistics_of(layer):
    """Return what test mode normalizes with, or None in training."""
    return None if layer.training else (wide(layer.running_mean), wide(layer.running_var))


def mean_over(*axes):
    """Return what takes means over these axes."""
    return lambda layer, a: a.mean(axis=axes, keepdims=True) + 0 * a


over = Over(
    mean=mean_over(0, 2, 3),
    wide=lambda layer, param, x: wide(param),
    summed=lambda layer, a: a.sum(axis=(0, 2, 3)),
    statistics=statistics_of,
)
add_mistakes_of_statistics(task, SpatialBatchNorm, over)
# The sum of x̂ over the batch is 0: there, that one is no gradient at all.
add_mistakes_of_gradients(task, SpatialBatchNorm, over, but=["gamma_without_upstream"])


def add(name, hint, **wrong):
    """Add a wrong layer, as `add_norm` does."""
    add_norm(task, SpatialBatchNorm, over, name, hint, **wrong)


def over_others(*axes):
    """Return what takes the statistics of a batch over other axes."""

    def alter(seen):
        if seen.is_of_x:
            seen.over = Over(mean_over(*axes), over.wide, over.summed)
            seen.set_centred(seen.x - seen.over.mean(seen.layer, seen.x))

    return alter


add(
    "each_pixel_by_itself",
    "You take mean and variance of each pixel over the samples. The same filter looks at all "
    "places: one mean and one variance serve a whole channel.",
    alter=over_others(0),
)
add(
    "each_image_by_itself",
    "You take mean and variance over the pixels of each image by itself. The samples of the batch "
    "belong together: one mean and one variance serve the channel in all of them.",
    alter=over_others(2, 3),
)
add(
    "channels_together",
    "You take mean and variance over the channels as well. Each channel has its own.",
    alter=over_others(0, 1, 2, 3),
)
add(
    "each_sample_by_itself",
    "You take mean and variance over all that belongs to a sample. Each channel has its own, over "
    "all samples.",
    alter=over_others(1, 2, 3),
)
add(
    "each_row_by_itself",
    "You take mean and variance over the samples and one of the two axes of an image. Both axes "
    "belong to it.",
    alter=over_others(0, 3),
)
add(
    "each_column_by_itself",
    "You take mean and variance over the samples and one of the two axes of an image. Both axes "
    "belong to it.",
    alter=over_others(0, 2),
)
add(
    "variance_within_images",
    "Your variance is the mean of the images' own variances: how far their means lie apart is not "
    "in it. All samples and pixels of a channel are one set of numbers.",
    alter=lambda seen: within_images(seen),
)


def within_images(seen):
    """Take the mean of the images' variances."""
    if seen.is_of_x:
        var = wide(seen.x.var(axis=(2, 3)).mean(axis=0))
        seen.set_std(np.sqrt(var + seen.eps) + 0 * seen.x)


def pixels(seen):
    """Return how many pixels an image has where it was normalized with its batch, else 1."""
    return seen.x[0, 0].size ** seen.is_of_x


BY_SAMPLES = (
    "You divide a sum over all samples and pixels by the number of samples. A mean divides by how "
    "many numbers were added up."
)
add(
    "divided_by_samples",
    f"{BY_SAMPLES} This concerns the variance.",
    alter=lambda seen: seen.set_std(np.sqrt(seen.var * pixels(seen) + seen.eps)),
)
add(
    "divided_by_samples.on_the_way_back",
    f"{BY_SAMPLES} This concerns the gradient of the input.",
    x=lambda seen, dout: by_samples(seen, dout * seen.gamma),
)


def by_samples(seen, g):
    """Return the gradient of the input, both means divided by N alone."""
    along = seen.along(g) + seen.x_hat * seen.along(g * seen.x_hat)
    return (g - pixels(seen) * along) / seen.std


BATCH_ONLY = (
    "You sum the gradients of γ and β over the batch only. Each of them is used at every pixel of "
    "its channel: (C,) must be left."
)
PIXELS_AVERAGED = (
    "You take the mean over the pixels in the gradients of γ and β. Each pixel moves the loss: all "
    "shares add up."
)


@task.misconception(BATCH_ONLY)
class parameters_over_batch_only(SpatialBatchNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        x_hat = images_of(self._centred / self._std, dout.shape)
        self.grads = {"gamma": (dout * x_hat).sum(axis=0), "beta": dout.sum(axis=0)}
        return dx


@parts.fault(PIXELS_AVERAGED, over=["gamma", "beta"])
def pixels_averaged(gradient, dout):
    return gradient / dout[0, 0].size


NOT_MOVED = (
    "The numbers of different channels are mixed: reshape takes them in the order in which they "
    "lie, and never moves an axis. Channels have to be the last axis before they become columns."
)
NOT_MOVED_BACK = (
    "Each number comes back in another place. What was transposed on the way in has to be "
    "transposed back: reshape alone moves no axis."
)


def add_rows(name, hint, there=rows_of, back=images_of):
    """Add three that hand rows to BatchNorm: wrong on both ways, there (".y"), and back (".x").

    ``there(x)`` and ``back(rows, shape)`` may be wrong.
    """

    def add_one(suffix, words, wrong_there, wrong_back):
        there_x, back_y = wrong_there
        there_dout, back_dx = wrong_back

        class Wrong(BatchNorm):
            def forward(self, x):
                return back_y(super().forward(there_x(x)), x.shape)

            def backward(self, dout):
                return back_dx(super().backward(there_dout(dout)), dout.shape)

        Wrong.__name__ = name + suffix
        task.misconception(hint + words)(Wrong)

    wrong, right = (there, back), (rows_of, images_of)
    add_one("", "", wrong, wrong)
    add_one(".y", " This concerns forward.", wrong, right)
    add_one(".x", " This concerns backward.", right, wrong)


def as_they_lie(x):
    """Return images as rows that mix channels."""
    return x.reshape(-1, x.shape[1])


def as_they_come(rows, shape):
    """Return rows in the shape of images, and not transposed."""
    return rows.reshape(shape)


def turned(rows, shape):
    """Return rows as images that lie on their side, (N, C, W, H)."""
    return images_of(rows, shape).swapaxes(2, 3)


def moved_on(rows, shape):
    """Return rows as images, transposed as on the way in and not back."""
    N, C, H, W = shape
    return rows.reshape(N, H, W, C).transpose(0, 2, 3, 1)


def height_and_width_swapped(rows, shape):
    """Return rows as images, height taken for width."""
    N, C, H, W = shape
    return rows.reshape(N, W, H, C).transpose(0, 3, 2, 1)


def columns_first(x):
    """Return images as rows, column after column."""
    return rows_of(x.swapaxes(2, 3))


SIDES = (
    "Height and width are exchanged: on the way back to images the axes come in the order that "
    "they were given on the way in."
)
add_rows("reshaped_only", NOT_MOVED, as_they_lie, as_they_come)
add_rows("not_moved_there", NOT_MOVED, there=as_they_lie)
add_rows("not_moved_back", NOT_MOVED_BACK, back=as_they_come)
add_rows("height_for_width", SIDES, back=height_and_width_swapped)
add_rows("columns_for_rows", SIDES, there=columns_first)
add_rows("turned_images", SIDES, back=turned)
add_rows(
    "transposed_on",
    "You transpose with the same axes on the way in and on the way back. The second one has to "
    "undo the first: channels go from the last place to the second.",
    back=moved_on,
)
add_rows(
    "rows_remain",
    "What you return are rows, one for each pixel. It has to be images again, (N, C, H, W).",
    back=lambda rows, shape: rows,
)
add_rows(
    "channels_remain_last",
    "Channels are the last axis of what you return. They belong where they were, (N, C, H, W).",
    back=lambda rows, shape: np.moveaxis(images_of(rows, shape), 1, -1),
)


OTHER_LAYER = (
    "The BatchNorm that you call is another one than batch_norm() returns: mode or running "
    "averages are its own, and yours do nothing."
)


def add_another(name, other):
    """Add one that hands its rows to another layer: ``other(layer)``."""

    class Wrong(BatchNorm):
        def forward(self, x):
            self._other = other(self)
            return images_of(self._other.forward(rows_of(x)), x.shape)

        def backward(self, dout):
            dx = self._other.backward(rows_of(dout))
            self.grads = self._other.grads
            return images_of(dx, dout.shape)

    Wrong.__name__ = name
    task.misconception(OTHER_LAYER)(Wrong)


def anew(layer):
    """Return a new layer with the same parameters."""
    return BatchNorm(*layer.params.values(), layer.momentum, layer.eps)


def beside(layer):
    """Return a layer that was made once, and is told nothing."""
    if not hasattr(layer, "_beside"):
        layer._beside = anew(layer)
    return layer._beside


def beside_with_averages(layer):
    """Return such a layer, with the same arrays for running averages."""
    found = beside(layer)
    found.running_mean, found.running_var = layer.running_mean, layer.running_var
    return found


add_another("batch_norm_anew", anew)
add_another("batch_norm_beside", beside)
add_another("batch_norm_not_told", beside_with_averages)


@task.misconception(MEASURED)
class spatial_measured(SpatialBatchNorm):
    def forward(self, x):
        self._x, self._fixed = x, statistics_of(self)
        return super().forward(x)

    def backward(self, dout):
        x, gamma, beta, fixed = self._x, self.params["gamma"], self.params["beta"], self._fixed

        def loss(x, gamma, beta):
            axes = (0, 2, 3)
            batch = wide(x.mean(axis=axes)), wide(x.var(axis=axes))
            mean, var = batch if fixed is None else fixed
            x_hat = (x - mean) / np.sqrt(var + self.eps)
            return np.sum(dout * (wide(gamma) * x_hat + wide(beta)))

        self.grads["gamma"] = measured(lambda v: loss(x, v, beta), gamma)
        self.grads["beta"] = measured(lambda v: loss(x, gamma, v), beta)
        return measured(lambda v: loss(v, gamma, beta), x)
