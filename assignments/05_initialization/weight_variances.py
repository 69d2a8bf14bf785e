"""LeCun, Glorot, He: how they are checked, and which mistakes are known."""

from handgrad import Task

from .inputs import FILTERS, MATRIX, form, independence, kind_of, limits, seeding, spread

task = Task(
    "weight_variances",
    "LeCun, Glorot and He",
    points=6,
    needs=["lecun", "glorot_normal", "glorot_uniform", "he"],
    minutes=15,
)


SHAPES = {str(shape): shape for shape in (MATRIX, FILTERS)}


@task.check("lecun: the standard deviation", rtol=0.08)
def spread_of_lecun(impl, rng):
    return {said: spread(impl.lecun(shape, rng.generator())) for said, shape in SHAPES.items()}


@task.check("glorot_normal: the standard deviation", rtol=0.08)
def spread_of_glorot_normal(impl, rng):
    return {
        said: spread(impl.glorot_normal(shape, rng.generator())) for said, shape in SHAPES.items()
    }


@task.check("glorot_uniform: the limits", rtol=0.01)
def limits_of_glorot_uniform(impl, rng):
    return {
        said: limits(impl.glorot_uniform(shape, rng.generator())) for said, shape in SHAPES.items()
    }


@task.check("he: the standard deviation", rtol=0.08)
def spread_of_he(impl, rng):
    return {said: spread(impl.he(shape, rng.generator())) for said, shape in SHAPES.items()}


@task.check("three are normal and one is uniform, all around 0", atol=0.06)
def forms(impl, rng):
    return {name: form(getattr(impl, name)(MATRIX, rng.generator())) for name in task.needs}


@task.check("each weight is drawn by itself", weight=0.5)
def each_by_itself(impl, rng):
    return {
        name: independence(getattr(impl, name)((50, 30), rng.generator())) for name in task.needs
    }


@task.check("all that is random comes from rng", weight=0.5)
def all_from_rng(impl, rng):
    return {
        name: seeding(impl, lambda source, name=name: getattr(impl, name)((6, 3), source), rng)
        for name in task.needs
    }


@task.check("the shape that is asked for, float64, or the dtype that is asked for", weight=0.5)
def shapes_and_dtypes(impl, rng):
    found = {}
    for name in task.needs:
        draw = getattr(impl, name)
        found[name] = [
            kind_of(draw((4, 3, 5, 2), rng.generator())),
            kind_of(draw((30, 7), rng.generator(), "float32")),
        ]
    return found


# Known mistakes -----------------------------------------------------------------------------------

import math

import numpy as np

from handgrad import Part, Parts
from solutions.initialization import fans, glorot_normal, glorot_uniform, he, lecun

VARIANCES = {
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
    "glorot_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "glorot_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
}

parts = Parts(
    task,
    [lecun, glorot_normal, glorot_uniform, he],
    {name: Part(name, of=name) for name in VARIANCES},
)


def drawn(std_of, is_uniform):
    """Return an initializer of a standard deviation that depends on the shape."""

    def initializer(shape, rng, dtype=np.float64):
        std = std_of(shape)
        if is_uniform:
            limit = math.sqrt(3) * std
            return rng.uniform(-limit, limit, shape).astype(dtype)
        return (std * rng.standard_normal(shape)).astype(dtype)

    return initializer


def add_wrong_std(name, hint, std_of, over=tuple(VARIANCES)):
    """Add wrong standard deviations, one function at a time: std_of(function, shape) gives them.

    Each function has a check of its own, so two wrong ones are two mistakes.
    """
    for one in over:
        wrong = drawn(lambda shape, one=one: std_of(one, shape), "uniform" in one)
        wrong.__name__ = f"{name}_{one}"
        task.misconception(hint.format(what=one), replaces=one)(wrong)


GLOROT = ["glorot_normal", "glorot_uniform"]
ONE_FAN = ["lecun", "he"]


def root_of(variance):
    """Return what gives the root of a variance that depends on name and fans."""
    return lambda name, shape: math.sqrt(variance(name, *fans(shape)))


add_wrong_std(
    "variance_for_std",
    "What the formula gives is the variance; in {what} you take it as the standard deviation. A "
    "number that is multiplied by c has its variance multiplied by c².",
    lambda name, shape: VARIANCES[name](*fans(shape)),
)
add_wrong_std(
    "fan_out_for_fan_in",
    "You take fan_out in {what}. What counts is how many inputs are added up in a unit.",
    root_of(lambda name, fan_in, fan_out: VARIANCES[name](fan_out, fan_in)),
    ONE_FAN,
)
add_wrong_std(
    "brackets_missing",
    "Brackets are missing in {what}: in `2 / a + b` Python divides by a alone, and adds b then.",
    lambda name, shape: math.sqrt(
        2 / fans(shape)[0] + fans(shape)[1]
        if name == "glorot_normal"
        else (6 / fans(shape)[0] + fans(shape)[1]) / 3
    ),
    GLOROT,
)
add_wrong_std(
    "half_the_variance",
    "The variance in {what} is half of what it should be: a factor 2 is missing. It is the mean of "
    "the two fans that Glorot divides by, and He makes up for what a ReLU takes away.",
    root_of(lambda name, fan_in, fan_out: VARIANCES[name](fan_in, fan_out) / 2),
    [*GLOROT, "he"],
)
add_wrong_std(
    "twice_the_variance",
    "The variance in {what} is twice what it should be. Nothing is to be made up for there: LeCun "
    "has no ReLU in mind, and Glorot divides by the mean of the two fans, not by their half.",
    root_of(lambda name, fan_in, fan_out: VARIANCES[name](fan_in, fan_out) * 2),
    ["lecun", *GLOROT],
)
add_wrong_std(
    "one_fan_for_glorot",
    "The variance in {what} is 1 / fan_in. Some libraries call that Xavier, as Caffe does, after "
    "Glorot's first name; but in his paper it is the mean of both fans.",
    root_of(lambda name, fan_in, fan_out: 1 / fan_in),
    GLOROT,
)
add_wrong_std(
    "both_fans",
    "You divide by the sum, or the mean, of both fans in {what}. That is Glorot's way.",
    root_of(
        lambda name, fan_in, fan_out: (
            VARIANCES[name](fan_in, fan_out) * fan_in * 2 / (fan_in + fan_out)
        )
    ),
    ONE_FAN,
)
add_wrong_std(
    "sum_of_fans",
    "You divide 1 or 2 by the sum of both fans in {what}: only fan_in counts there.",
    root_of(
        lambda name, fan_in, fan_out: VARIANCES[name](fan_in, fan_out) * fan_in / (fan_in + fan_out)
    ),
    ["lecun"],
)
add_wrong_std(
    "default_of_pytorch",
    "The variance in {what} is 1 / (3 fan_in), as with limits of ±1 / √fan_in: what PyTorch's "
    "Linear begins with, and what Glorot and Bengio call the standard. It lets the signal shrink.",
    root_of(lambda name, fan_in, fan_out: 1 / (3 * fan_in)),
)
add_wrong_std(
    "area_forgotten",
    "For filters, {what} takes fans without the area: your own fans know better.",
    lambda name, shape: math.sqrt(
        VARIANCES[name](*(shape if len(shape) == 2 else (shape[1], shape[0])))
    ),
)
add_wrong_std(
    "first_two_sizes",
    "For filters, {what} takes the first two sizes as the fans, as if they were (D, M). What your "
    "own fans returns is right for both.",
    lambda name, shape: math.sqrt(VARIANCES[name](*shape[:2])),
    ONE_FAN,
)
add_wrong_std(
    "multiplied_by_the_fans",
    "You multiply by the fans in {what}. The more inputs a unit has, the smaller its weights must "
    "be.",
    lambda name, shape: VARIANCES[name](*fans(shape)) ** -0.5,
)
add_wrong_std(
    "always_a_hundredth",
    "The standard deviation in {what} is 0.01 whatever the shape. It is to depend on the fans.",
    lambda name, shape: 0.01,
)
add_wrong_std(
    "not_scaled",
    "The standard deviation in {what} is 1 whatever the shape. It is to depend on the fans.",
    lambda name, shape: 1.0,
)
add_wrong_std(
    "limit_for_std",
    "Your limit is the standard deviation. Numbers spread evenly within ±a lie closer to 0 than a: "
    "their variance is a² / 3.",
    lambda name, shape: math.sqrt(VARIANCES[name](*fans(shape)) / 3),
    ["glorot_uniform"],
)
add_wrong_std(
    "limit_not_rooted",
    "You take 6 / (fan_in + fan_out) as the limit. Its square root is the limit.",
    lambda name, shape: 6 / sum(fans(shape)) / math.sqrt(3),
    ["glorot_uniform"],
)
add_wrong_std(
    "limit_is_the_width",
    "Your limits are too far out: the whole width of the interval, from −a to a, is 2a, and a² / 3 "
    "the variance.",
    lambda name, shape: 2 * math.sqrt(VARIANCES[name](*fans(shape))),
    ["glorot_uniform"],
)


@parts.fault(
    "In {what} all units have the same weights: one column is drawn, and used for all. Units that "
    "start alike stay alike."
)
def one_column_for_all(weights, shape, rng, dtype=np.float64):
    alike = np.take(weights, [0], axis=-1 if len(shape) == 2 else 0)
    return np.broadcast_to(alike, shape).copy()


@parts.fault(
    "{what} does not heed dtype: the numbers are to be rounded to it. The function rounded does it."
)
def dtype_ignored(weights, shape, rng, dtype=np.float64):
    return weights.astype(np.float64)


def same_std(shape, name):
    """Return the right standard deviation."""
    return math.sqrt(VARIANCES[name](*fans(shape)))


@task.misconception(
    "glorot_uniform is normal. Its variance is right, but the numbers are to be spread evenly "
    "between two limits.",
    replaces="glorot_uniform",
)
def normal_for_uniform(shape, rng, dtype=np.float64):
    return glorot_normal(shape, rng, dtype)


@task.misconception(
    "The numbers of glorot_uniform go from 0 to the limit. They are to go from −limit to limit.",
    replaces="glorot_uniform",
)
def from_zero_to_the_limit(shape, rng, dtype=np.float64):
    limit = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(0, limit, shape).astype(dtype)


@task.misconception(
    "The numbers of glorot_uniform are multiples of numbers between 0 and 1: none is negative. "
    "They are to lie around 0.",
    replaces="glorot_uniform",
)
def uniform_in_0_1_times_std(shape, rng, dtype=np.float64):
    return (rng.random(shape) * math.sqrt(2 / sum(fans(shape)))).astype(dtype)


def add_alone(name, hint, wrong_of, over):
    """Add a mistake in one function at a time: wrong_of(function) gives it."""
    for one in over:
        wrong = wrong_of(one)
        wrong.__name__ = f"{name}_{one}"
        task.misconception(hint.format(what=one), replaces=one)(wrong)


RIGHT = {"lecun": lecun, "glorot_normal": glorot_normal, "glorot_uniform": glorot_uniform, "he": he}


def changed(change):
    """Return what makes a wrong function of a name: the right weights, changed."""

    def wrong_of(name):
        def initializer(shape, rng, dtype=np.float64):
            return change(RIGHT[name](shape, rng, dtype))

        return initializer

    return wrong_of


add_alone(
    "one_sign",
    "All weights of {what} have the same sign. They are to lie around 0.",
    changed(np.abs),
    ["lecun", "glorot_normal", "he"],
)
add_alone(
    "shape_turned_round",
    "What {what} returns has the shape turned round. It is to have the shape that is asked for.",
    changed(np.transpose),
    VARIANCES,
)
add_alone(
    "uniform_for_normal",
    "{what} draws uniform numbers. It is to draw from a normal distribution.",
    lambda name: drawn(lambda shape: same_std(shape, name), True),
    ["lecun", "glorot_normal", "he"],
)


def own_seed(right):
    """Return an initializer that brings its own generator."""

    def initializer(shape, rng, dtype=np.float64):
        return right(shape, np.random.default_rng(0), dtype)

    return initializer


@parts.mistake(
    "{what} brings a generator of its own, with a seed of its own: it gives the same weights each "
    "time, for every layer. Draw from the rng that is handed over."
)
class own_generator:
    lecun = own_seed(lecun)
    glorot_normal = own_seed(glorot_normal)
    glorot_uniform = own_seed(glorot_uniform)
    he = own_seed(he)
