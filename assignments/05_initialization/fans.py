"""Fans: how they are checked, and which mistakes are known."""

from handgrad import Task

task = Task(
    "fans",
    "How many inputs feed a unit",
    points=3,
    needs=["fans"],
    minutes=10,
    shapes="(D, M), (FN, C, FH, FW)",
)


def sizes(rng, *least):
    """Draw a shape whose sizes lie a little above the given ones."""
    return tuple(int(one + rng.integers(3)) for one in least)


def fans_of(impl, *shapes):
    """Return the fans of each shape, by its name."""
    return {f"fans({shape})": impl.fans(shape) for shape in shapes}


@task.check("(D, M): the fans of a fully connected layer")
def fans_of_matrices(impl, rng):
    return fans_of(impl, (30, 7), sizes(rng, 5, 40), sizes(rng, 18, 3))


@task.check("(FN, C, FH, FW): the fans of a convolution", weight=2)
def fans_of_filters(impl, rng):
    return fans_of(impl, (4, 3, 5, 2), sizes(rng, 21, 7, 2, 12))


@task.check("filters of one pixel, one channel, or one filter", weight=0.5)
def fans_of_small_filters(impl, rng):
    one_pixel = (*sizes(rng, 9, 5, 0, 0)[:2], 1, 1)
    return fans_of(impl, one_pixel, (1, 1, 3, 2), (1, 6, 1, 4), (7, 1, 5, 1))


# Known mistakes -----------------------------------------------------------------------------------

from math import prod

from handgrad import Branch, Part, Parts
from solutions.initialization import fans

parts = Parts(
    task,
    [fans],
    {"in": Part("fan_in", at=(0,)), "out": Part("fan_out", at=(1,))},
)
kinds = Parts(
    task,
    [fans],
    {"both": Part("the fans")},
    {
        "matrix": Branch("fully connected layers", lambda shape: len(shape) == 2),
        "filters": Branch("filters", lambda shape: len(shape) == 4),
    },
)


@kinds.mistake(
    "fan_in and fan_out are the wrong way round. A fully connected layer has W (D, M) here: its "
    "units are columns, and each has D inputs (PyTorch stores the transpose). A filter, one of FN, "
    "has C channels of inputs."
)
def the_wrong_way_round(shape):
    return fans(shape)[::-1]


@parts.mistake(
    "You leave the area of the filter out of {what}. A unit sees FH · FW pixels of each channel, "
    "and a pixel lies under FH · FW places of each filter."
)
def area_forgotten(shape):
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[1], shape[0])


@parts.mistake(
    "You count the filter's area only in {what}. A unit sees all C channels of each pixel, and a "
    "pixel of one channel feeds all FN filters."
)
def area_alone(shape):
    return fans((1, 1, *shape[2:])) if len(shape) == 4 else fans(shape)


@task.misconception(
    "Filters are not (D, M): you take their first two sizes as if they were. Each filter has C "
    "channels of FH · FW pixels, and there are FN of them."
)
def first_two_sizes(shape):
    return tuple(shape[:2])


@parts.mistake("Of the filter's area you count its height only in {what}: it is FH · FW.")
def height_only(shape):
    return fans((*shape[:3], 1)) if len(shape) == 4 else fans(shape)


@parts.mistake("Of the filter's area you count its width only in {what}: it is FH · FW.")
def width_only(shape):
    return fans((*shape[:2], 1, shape[3])) if len(shape) == 4 else fans(shape)


@parts.mistake("You add height and width in {what}. The area of a filter is FH · FW.")
def height_plus_width(shape):
    return fans((*shape[:2], 1, shape[2] + shape[3])) if len(shape) == 4 else fans(shape)


@task.misconception(
    "Your fan_out is all numbers of the filters. One input is one channel of one pixel: it feeds "
    "FN filters at FH · FW places, and the other channels have nothing to do with it."
)
def fan_out_counts_everything(shape):
    return fans(shape)[0], prod(shape)


@task.misconception(
    "Your fan_in is all numbers of the weights. A unit is fed through its own weights only: those "
    "of one column, or of one filter."
)
def fan_in_counts_everything(shape):
    return prod(shape), fans(shape)[1]


@task.misconception(
    "fan_out is the number of weights in a filter as well. That many inputs feed a unit; fan_out "
    "asks how many units one input feeds."
)
def fan_out_like_fan_in(shape):
    fan_in, fan_out = fans(shape)
    return (fan_in, fan_in) if len(shape) == 4 else (fan_in, fan_out)


@task.misconception("You return fan_in alone. Two numbers are asked for: fan_in, then fan_out.")
def fan_in_alone(shape):
    return fans(shape)[0]


@task.misconception("You return the sum of the two. Both are asked for: fan_in, then fan_out.")
def their_sum(shape):
    return sum(fans(shape))


@task.misconception("You return the mean of the two. Both are asked for: fan_in, then fan_out.")
def their_mean(shape):
    return sum(fans(shape)) / 2
