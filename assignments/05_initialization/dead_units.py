"""Dead units: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

task = Task(
    "dead_units",
    "Dead units",
    points=3,
    needs=["dead_units"],
    minutes=10,
    shapes="activations (N, M) or (N, C, H, W)",
)

LAYERS = (
    (4, 2, 1, 3, 2, 1, 2),
    (2, 1, 3, 2, 1, 2, 1),
    (1, 3, 2, 1, 4, 1, 4),
    (3, 1, 1, 2, 3, 2, 3),
)
"""Of each kind of unit, how many a layer has: see `layer`."""


def layer(rng, samples, dead, once, early, tiny, lively, weak=1, late=1, silent=2):
    """Draw activations (N, M) of units of several kinds, in any order, and samples that are all 0.

    Units are dead; 0 for one sample only; 0 for the first half of the samples; 0 but for one
    sample, where they are tiny; 0 for about half of the samples; small for all; or 0 for the
    second half.
    """
    counts = (dead, once, early, tiny, lively, weak, late)
    values, kinds = rng.uniform(0.1, 2, size=(samples, sum(counts))), np.repeat(range(7), counts)
    values[:, kinds == 0] = 0
    values[: samples // 2, kinds == 2] = 0
    values[:-1, kinds == 3] = 0
    values[-1, kinds == 3] = 1e-12
    values[:, kinds == 4] *= rng.random((samples, lively)) < 0.5
    values[1, kinds == 1] = 0
    values[-1, kinds == 4] += 0.1
    values[:, kinds == 5] /= 1000
    values[samples // 2 :, kinds == 6] = 0
    values[2 : 2 + silent] = 0
    return values[:, rng.permutation(len(kinds))]


def channels(rng, samples, sizes, dead, once, early, tiny):
    """Draw activations (N, C, H, W) of channels of such kinds, and pixels that are 0 in all."""
    height, width = sizes
    pixels = layer(rng, samples * height * width, dead, once, early, tiny, 1, silent=0)
    values = pixels.reshape(samples, height, width, -1).transpose(0, 3, 1, 2).copy()
    values[:, :, 0, 1] = 0
    return values


@task.check("units that are 0 for every sample are dead, and no others", weight=3)
def units_of_layers(impl, rng):
    sizes = (9, 8, 13, 70)
    layers = [layer(rng, n, *kinds) for n, kinds in zip(sizes, LAYERS, strict=True)]
    return [impl.dead_units(one) for one in layers]


@task.check(
    "of a convolution, a channel is a unit: dead if 0 at every pixel of all samples", weight=3
)
def units_of_convolutions(impl, rng):
    kinds = ((2, 1, 1, 2), (3, 2, 1, 1), (1, 1, 2, 1))
    shapes = ((5, (3, 4)), (4, (2, 5)), (7, (4, 3)))
    maps = [channels(rng, *shape, *kind) for shape, kind in zip(shapes, kinds, strict=True)]
    return [impl.dead_units(one) for one in maps]


@task.check("all dead, and none", weight=0.5)
def units_all_or_none(impl, rng):
    return {
        "all dead": impl.dead_units(np.zeros((6, 7))),
        "all channels dead": impl.dead_units(np.zeros((3, 5, 2, 4))),
        "none dead": impl.dead_units(rng.uniform(0.1, 1, size=(4, 6))),
        "no channel dead": impl.dead_units(rng.uniform(0.1, 1, size=(3, 5, 2, 4))),
    }


@task.check("the activations are left as they were", weight=0.5)
def activations_stay(impl, rng):
    activations = keep(impl, layer(rng, 8, 2, 1, 1, 1, 2))
    return {"dead": impl.dead_units(activations), "activations": fetch(activations)}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.initialization import dead_units


def by_unit(activations):
    """Return activations as (samples and pixels, units)."""
    return np.moveaxis(activations, 1, -1).reshape(-1, activations.shape[1])


def add(name, hint, count):
    """Add a wrong dead_units: count(activations, rows) returns its answer.

    rows are the activations as (samples and pixels, units).
    """

    def wrong(activations):
        return count(activations, by_unit(activations))

    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "zeros_counted",
    "You count zeros. A living unit is 0 for many samples, too; dead is one that is 0 for all.",
    lambda a, rows: int((a == 0).sum()),
)
add(
    "share_of_zeros",
    "You return the share of zeros. A living unit is 0 for many samples, too; count the units that "
    "are 0 for all of them.",
    lambda a, rows: float((a == 0).mean()),
)
add(
    "share_of_dead_units",
    "You return which share of the units is dead. Their number is asked for.",
    lambda a, rows: float((rows == 0).all(axis=0).mean()),
)
add(
    "zero_for_one_sample",
    "You count the units that are 0 for at least one sample. That is no illness: a dead one is 0 "
    "for every sample.",
    lambda a, rows: int((rows == 0).any(axis=0).sum()),
)
add(
    "living_units_counted",
    "You count the units that are not dead.",
    lambda a, rows: int((rows != 0).any(axis=0).sum()),
)
add(
    "always_active_counted",
    "You count the units that are never 0.",
    lambda a, rows: int((rows != 0).all(axis=0).sum()),
)
add(
    "silent_samples",
    "You count the samples for which all units are 0. The axis is the other one: count the units "
    "that are 0 for all samples.",
    lambda a, rows: int((a == 0).all(axis=tuple(range(1, a.ndim))).sum()),
)
add(
    "nearly_zero",
    "Units that are nearly 0 count as dead in your code. At a tiny activation the slope is 1: dead "
    "are those that are exactly 0.",
    lambda a, rows: int((rows < 1e-6).all(axis=0).sum()),
)
add(
    "small_on_average",
    "You compare the mean of a unit with a bound. Dead is a unit that is exactly 0, and for every "
    "sample.",
    lambda a, rows: int((rows.mean(axis=0) < 0.01).sum()),
)
add(
    "mostly_zero",
    "You count the units that are 0 for more than half of the samples. Dead are those that are 0 "
    "for all.",
    lambda a, rows: int(((rows == 0).mean(axis=0) > 0.5).sum()),
)
add(
    "first_sample_only",
    "You look at the first sample only. What is 0 there may live for another one.",
    lambda a, rows: int((by_unit(a[:1]) == 0).all(axis=0).sum()),
)
add(
    "last_sample_only",
    "You look at the last sample only. What is 0 there may live for another one.",
    lambda a, rows: int((by_unit(a[-1:]) == 0).all(axis=0).sum()),
)
add(
    "one_batch_only",
    "You look at the first 32 samples only. A unit that is 0 for a batch may live for another one: "
    "take all that you are given.",
    lambda a, rows: int((by_unit(a[:32]) == 0).all(axis=0).sum()),
)
add(
    "half_of_the_samples",
    "You look at some of the samples only. A unit that is 0 for these may live for another one.",
    lambda a, rows: int((by_unit(a[: len(a) // 2]) == 0).all(axis=0).sum()),
)
add(
    "below_zero",
    "Your count is always 0. What comes out of a ReLU is never less than 0; a dead unit's outputs "
    "are equal to 0.",
    lambda a, rows: int((rows < 0).all(axis=0).sum()),
)
add(
    "all_units_counted",
    "You count all units, dead and living.",
    lambda a, rows: rows.shape[1],
)
add(
    "numbers_of_dead_units",
    "You count every activation of the dead units. A unit counts once, however many samples there "
    "are.",
    lambda a, rows: int((rows == 0).all(axis=0).sum()) * len(rows),
)
add(
    "which_are_dead",
    "You return which units are dead. Their number is asked for.",
    lambda a, rows: (rows == 0).all(axis=0),
)
add(
    "numbers_of_the_dead",
    "You return the places of the dead units. How many there are is asked for.",
    lambda a, rows: np.flatnonzero((rows == 0).all(axis=0)),
)
add(
    "whether_one_is_dead",
    "You return whether there is a dead unit. Their number is asked for.",
    lambda a, rows: bool((rows == 0).all(axis=0).any()),
)
add(
    "pixels_are_units",
    "Of a convolution, you count each pixel of each channel as a unit of its own. A channel is one "
    "unit: it is dead if it is 0 at all pixels of all samples.",
    lambda a, rows: int((a == 0).all(axis=0).sum()),
)
add(
    "channels_of_samples",
    "Of a convolution, you count a channel once for each sample in which it is 0. It is dead if it "
    "is 0 in all of them.",
    lambda a, rows: (
        int((a == 0).all(axis=tuple(range(2, a.ndim))).sum()) if a.ndim > 2 else dead_units(a)
    ),
)
add(
    "last_axis_is_units",
    "You take the last axis of a convolution's output for the units. Those are the columns of "
    "the picture; the channels stand on axis 1.",
    lambda a, rows: int((a == 0).all(axis=tuple(range(a.ndim - 1))).sum()),
)
add(
    "third_axis_is_units",
    "You take axis 2 of a convolution's output for the units. Those are the rows of the picture; "
    "the channels stand on axis 1.",
    lambda a, rows: int((a == 0).all(axis=(0, 1, 3)).sum()) if a.ndim > 2 else dead_units(a),
)
add(
    "one_pixel_is_enough",
    "Of a convolution, a channel counts as dead in your code if one of its pixels is 0 for all "
    "samples. Dead is one that is 0 at every pixel.",
    lambda a, rows: (
        int((a == 0).all(axis=0).any(axis=(1, 2)).sum()) if a.ndim > 2 else dead_units(a)
    ),
)
add(
    "dead_pixels",
    "Of a convolution, you count the places that are 0 in all channels and samples. The channels "
    "are the units.",
    lambda a, rows: int((a == 0).all(axis=(0, 1)).sum()) if a.ndim > 2 else dead_units(a),
)


AND_PIXELS = " (Of a convolution, a channel is one unit, with all its pixels.)"
"""What a first answer forgets as well, as it was written for (N, M)."""

add(
    "silent_samples_and_pixels",
    "You go along axis 1, the units, and count samples for which all of them are 0. Count the "
    "units that are 0 for all samples." + AND_PIXELS,
    lambda a, rows: int((a == 0).all(axis=1).sum()),
)
add(
    "zero_for_one_sample_and_pixels",
    "You count what is 0 for at least one sample. That is no illness: a dead unit is 0 for every "
    "sample." + AND_PIXELS,
    lambda a, rows: int((a == 0).any(axis=0).sum()),
)
add(
    "living_units_and_pixels",
    "You count what is not dead." + AND_PIXELS,
    lambda a, rows: int((a != 0).any(axis=0).sum()),
)
add(
    "which_are_dead_and_pixels",
    "You return which units are dead. Their number is asked for." + AND_PIXELS,
    lambda a, rows: (a == 0).all(axis=0),
)


@task.misconception("You write into the activations: they belong to the caller.")
def written_into(activations):
    count = dead_units(activations)
    activations[...] = activations == 0
    return count
