"""Counting different units: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

task = Task(
    "distinct_units",
    "Counting units",
    points=2,
    needs=["distinct_units"],
    minutes=5,
    shapes="W (D, M)",
)

PATTERNS = {
    4: (0, 1, 0, 2, 0, 1, 0),
    2: (0, 1, 2, 3, 4, 0),
    9: (0, 1, 2, 1, 0),
    3: (0, 1, 0, 2, 3, 4, 2, 4),
    1: (0, 1, 2, 0),
    5: (0, 1, 2, 3, 4, 5, 6, 0, 1),
}
"""Inputs of a layer, and which unit stands in each of its columns."""


@task.check("units that occur several times count once", weight=2)
def units_that_repeat(impl, rng):
    layers = [rng.normal(size=(d, 9))[:, list(units)] for d, units in PATTERNS.items()]
    return [impl.distinct_units(W) for W in layers]


@task.check("a constant start has one unit, a random one as many as there are columns")
def constant_and_random(impl, rng):
    return {
        "constant": impl.distinct_units(np.full((5, 7), rng.uniform(0.1, 0.9))),
        "random": impl.distinct_units(rng.normal(size=(3, 8))),
        "a unit alone": impl.distinct_units(rng.normal(size=(6, 1))),
    }


KINDS = ((1, 2, 1, 3, 1, 1), (2, 1, 3, 1, 2, 2), (3, 3, 2, 2, 1, 3), (1, 4, 4, 4, 3, 2))
"""How many units are like the first one in the ways of `alike`, layer by layer."""


def alike(rng, rolled, first, last, nearly, sums, exact):
    """Draw a layer (6, M) of units that are like its first one, and say in how many ways."""
    one = rng.uniform(0.2, 0.9, size=6).round(3) * [1, -1, 1, 1, -1, 1]
    units = [one, *(np.roll(one, i + 1) for i in range(rolled))]
    units += [np.append(one[0], rng.normal(size=5)) for _ in range(first)]
    units += [np.append(rng.normal(size=5), one[-1]) for _ in range(last)]
    units += [one * (1 + 1e-11 * (i + 1)) for i in range(nearly)]
    units += [one + (i + 1) * np.array([0, 0.125, -0.125, 0, 0, 0]) for i in range(sums)]
    return np.array(units + exact * [one]).T


@task.check("units are the same only if all their numbers are exactly equal, in their order")
def units_that_are_alike(impl, rng):
    return [impl.distinct_units(alike(rng, *kinds)) for kinds in KINDS]


@task.check("W is left as it was", weight=0.5)
def units_stay(impl, rng):
    W = keep(impl, rng.normal(size=(4, 3))[:, [0, 1, 0, 2, 1]])
    return {"units": impl.distinct_units(W), "W": fetch(W)}


# Known mistakes -----------------------------------------------------------------------------------


def columns_of(W):
    """Return the columns as tuples."""
    return [tuple(column) for column in W.T]


@task.misconception("You count different rows. The weights of a unit are a column.")
def rows_counted(W):
    return len(set(columns_of(W.T)))


@task.misconception(
    "You count different numbers. A unit is a whole column: np.unique has to compare columns."
)
def numbers_counted(W):
    return int(np.unique(W).size)


@task.misconception("You count all columns. One that occurs several times counts once.")
def columns_counted(W):
    return W.shape[1]


@task.misconception("You count rows, whatever stands in them. The weights of a unit are a column.")
def all_rows_counted(W):
    return W.shape[0]


@task.misconception("You count all numbers of W.")
def all_numbers_counted(W):
    return W.size


@task.misconception(
    "You count the units that occur only once. One that occurs several times is one more unit."
)
def singles_counted(W):
    columns = columns_of(W)
    return sum(columns.count(column) == 1 for column in columns)


@task.misconception(
    "You count the copies: how many columns could be left out. Those that are left are asked for."
)
def copies_counted(W):
    return W.shape[1] - len(set(columns_of(W)))


@task.misconception(
    "You count how many columns have a copy. Ask how many different ones there are."
)
def repeated_counted(W):
    columns = columns_of(W)
    return sum(columns.count(column) > 1 for column in columns)


@task.misconception(
    "You compare each unit with the first one only. Those that differ from it can be copies of "
    "each other."
)
def first_unit_only(W):
    return 1 + int((W[:, :1] != W).any(axis=0).sum())


@task.misconception(
    "You compare each unit with its neighbour only. Copies can lie anywhere in the layer."
)
def neighbours_only(W):
    return 1 + int((W[:, 1:] != W[:, :-1]).any(axis=0).sum())


@task.misconception(
    "You return the rank. Units that are multiples or sums of others are different units, although "
    "they depend on each other linearly."
)
def rank_of_the_layer(W):
    return int(np.linalg.matrix_rank(W))


@task.misconception(
    "You compare the sums, or means, of the columns. Different units can have the same sum."
)
def sums_compared(W):
    return len({round(sum(column), 9) for column in columns_of(W)})


@task.misconception("You compare the first number of each column only.")
def first_numbers_compared(W):
    return int(np.unique(W[0]).size)


@task.misconception("You compare the last number of each column only.")
def last_numbers_compared(W):
    return int(np.unique(W[-1]).size)


@task.misconception(
    "You compare the numbers of the columns without their order. It matters which input a weight "
    "belongs to."
)
def order_ignored(W):
    return len({tuple(sorted(column)) for column in columns_of(W)})


@task.misconception(
    "Columns that are nearly equal count as the same. Only exact copies stay alike in training: "
    "the smallest difference can grow."
)
def nearly_equal(W):
    return int(np.unique(W.round(9), axis=1).shape[1])


@task.misconception("You return the different columns themselves. Their number is asked for.")
def the_columns_themselves(W):
    return np.unique(W, axis=1)


@task.misconception("You return whether all units are the same. Their number is asked for.")
def whether_all_are_equal(W):
    return bool((W[:, :1] == W).all())


@task.misconception("W has changed: sort, or round, a copy of it.")
def sorted_in_place(W):
    count = len(set(columns_of(W)))
    W.sort(axis=1)
    return count
