"""Max-norm: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

task = Task(
    "max_norm",
    "Weights within a ball",
    points=4,
    needs=["project_to_ball"],
    minutes=10,
    shapes="W (D, M) or (FN, C, FH, FW), changed in place",
)


def units(rng, lengths, *shape):
    """Draw weights of units, one in each row of all axes but the first, that have these lengths."""
    W = rng.normal(size=(len(lengths), *shape))
    norms = np.sqrt((W**2).reshape(len(W), -1).sum(axis=1))
    return W * (np.asarray(lengths) / norms).reshape(-1, *[1] * len(shape))


def projected(impl, W, limit):
    """Return what becomes of weights that the implementation has, and may change."""
    kept = keep(impl, W)
    impl.project_to_ball(kept, limit)
    return fetch(kept)


@task.check("W (D, M): a unit is a column; those that are too long are shortened", weight=2)
def matrix(impl, rng):
    limit = rng.uniform(1.4, 1.8)
    return projected(impl, units(rng, limit * np.array([0.4, 6.0, 1.3, 0.9]), 6).T, limit)


@task.check("filters (FN, C, FH, FW): a unit is a whole filter", weight=2)
def filters(impl, rng):
    limit = rng.uniform(1.4, 1.8)
    lengths = limit * np.array([1.2, 0.5, 12.0, 0.9, 1.7])
    return projected(impl, units(rng, lengths, 3, 2, 4), limit)


@task.check("a limit below 1, units whose weights are all 0, and a single input", weight=0.5)
def little(impl, rng):
    limit = rng.uniform(0.3, 0.5)
    with_zeros = units(rng, [0.2 * limit, 1.6 * limit, 3 * limit], 4).T
    with_zeros[:, 0] = 0
    return {
        "zeros": projected(impl, with_zeros, limit),
        "one input": projected(impl, units(rng, limit * np.array([2.0, 0.6, 3.0]), 1).T, limit),
    }


@task.check(
    "float32 is projected, too; and a second time changes nothing more", weight=0.5, rtol=1e-5
)
def again(impl, rng):
    limit = rng.uniform(2.2, 2.8)
    W = units(rng, limit * np.array([3.0, 0.3, 1.5]), 5).T
    once = projected(impl, W.astype("f4"), limit)
    return {"once": once, "twice": projected(impl, once, limit)}


# Known mistakes -----------------------------------------------------------------------------------


def axes_of(W):
    """Return the axes of what comes into one unit."""
    return 0 if W.ndim == 2 else (1, 2, 3)


def lengths(W, axis=None):
    """Return the length of each unit's weights, or along other axes, in W's number of axes."""
    if axis is None:
        axis = axes_of(W)
    return np.sqrt((W**2).sum(axis=axis, keepdims=True))


def add(name, hint, rule, *, alone=True):
    """Add a wrong project_to_ball: rule(W, limit) returns the new weights.

    Also for matrices, or filters, alone.
    """

    def wrong_for(axes):
        def wrong(W, limit):
            other = rule if W.ndim in axes else right
            W[...] = other(W, limit)

        return wrong

    kinds = {"": (2, 4)}
    if alone:
        kinds |= {".matrix": (2,), ".filters": (4,)}
    for suffix, axes in kinds.items():
        wrong = wrong_for(axes)
        wrong.__name__ = name + suffix
        task.misconception(hint)(wrong)


def right(W, limit):
    """Return what is right."""
    return W * (limit / np.maximum(lengths(W), limit))


def along(axis):
    """Return a rule that takes the lengths along other axes."""
    return lambda W, limit: W * (limit / np.maximum(lengths(W, axis), limit))


def only(name, hint, ndim, rule):
    """Add a mistake in matrices, or in filters, alone."""
    add(name, hint, lambda W, limit: (rule if W.ndim == ndim else right)(W, limit), alone=False)


only(
    "outgoing_weights",
    "For W (D, M) you take the length of each row. These are the weights that go out of an input; "
    "those that come into a unit stand in a column.",
    2,
    along(1),
)
only(
    "filters_along_the_first_axis",
    "For filters you sum over the first axis, which counts them: each sum then mixes all filters. "
    "A unit is a whole filter, with all its channels, rows and columns.",
    4,
    along(0),
)
only(
    "each_channel_by_itself",
    "For filters you take each channel of a filter by itself. A unit is a whole filter, with all "
    "its channels.",
    4,
    along((2, 3)),
)
only(
    "each_input_channel",
    "For filters you sum over all axes but the second one, the input's channels. It is the first "
    "one that counts the filters.",
    4,
    along((0, 2, 3)),
)
only(
    "each_pixel_of_a_filter",
    "For filters you sum over the channels alone. A unit is a whole filter, with all its rows and "
    "columns.",
    4,
    along(1),
)
only(
    "each_row_of_a_filter",
    "For filters you sum over the last axis alone. A unit is a whole filter.",
    4,
    along(3),
)


add(
    "length_of_all",
    "You take the length of all weights of the layer together. Each unit has a limit of its own.",
    lambda W, limit: W * (limit / max(np.sqrt((W**2).sum()), limit)),
)
add(
    "all_to_the_limit",
    "Every unit ends at exactly the limit, and short ones grow. It is a limit, not a goal: what "
    "lies within stays as it is.",
    lambda W, limit: W * (limit / np.maximum(lengths(W), 1e-300)),
)
add(
    "short_ones_lengthened",
    "You change the wrong ones: short units are lengthened to the limit, and long ones stay.",
    lambda W, limit: W * (limit / np.maximum(np.minimum(lengths(W), limit), 1e-300)),
)
add(
    "all_by_the_longest",
    "If one unit is too long, you scale all of them by the same factor. Each is to be looked at by "
    "itself.",
    lambda W, limit: W * (limit / max(lengths(W).max(), limit)),
)
add(
    "each_weight_clipped",
    "You limit each weight by itself. That changes the direction of a unit's weights; the limit is "
    "one of their length.",
    lambda W, limit: np.clip(W, -limit, limit),
)
add(
    "without_the_root",
    "The root is missing: you compare the square of the length with the limit.",
    lambda W, limit: W * (limit / np.maximum(lengths(W) ** 2, limit)),
)
add(
    "divided_by_the_square",
    "You divide by the square of the length: the root is missing in the factor.",
    lambda W, limit: np.where(
        lengths(W) > limit, W * limit / np.maximum(lengths(W) ** 2, 1e-300), W
    ),
)
add(
    "sum_of_sizes",
    "Your length is the sum of the sizes. The Euclidean one is the root of the sum of squares.",
    lambda W, limit: W * (limit / np.maximum(np.abs(W).sum(axis=axes_of(W), keepdims=True), limit)),
)
add(
    "largest_size",
    "Your length is the largest size of a unit's weights. The Euclidean one is the root of the sum "
    "of squares.",
    lambda W, limit: W * (limit / np.maximum(np.abs(W).max(axis=axes_of(W), keepdims=True), limit)),
)
add(
    "mean_of_squares",
    "You take the mean of the squares. The length has their sum under the root.",
    lambda W, limit: (
        W * (limit / np.maximum(np.sqrt((W**2).mean(axis=axes_of(W), keepdims=True)), limit))
    ),
)
add(
    "standard_deviation",
    "You take the standard deviation, from which the mean has been subtracted and which is divided "
    "by the number of weights. The length has the sum of their squares under the root.",
    lambda W, limit: W * (limit / np.maximum(W.std(axis=axes_of(W), keepdims=True), limit)),
)
add(
    "shortened_to_one",
    "Units that are too long get a length of 1. It is to be the limit.",
    lambda W, limit: np.where(lengths(W) > limit, W / np.maximum(lengths(W), 1e-300), W),
)
add(
    "factor_turned_round",
    "Units that are too long become longer: your factor is turned round.",
    lambda W, limit: W * (np.maximum(lengths(W), limit) / limit),
)
add(
    "long_ones_to_zero",
    "You set units that are too long to 0. They keep their direction, and get a length of exactly "
    "the limit.",
    lambda W, limit: np.where(lengths(W) > limit, 0, W),
)
add(
    "constant_weights",
    "The weights of units that are too long are all set to the limit. They keep their direction: "
    "the limit is one of their length.",
    lambda W, limit: np.where(lengths(W) > limit, limit, W),
)
add(
    "nothing_changes",
    "W is as it was before. `W = ...` gives the name to another array, and what is returned is "
    "thrown away: whoever has called looks at the very array that was handed in.",
    lambda W, limit: W,
)
