"""Sparse weights: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import kind_of, seeding, shape_of

task = Task(
    "sparse",
    "A few connections for each unit",
    points=4,
    needs=["sparse"],
    minutes=10,
    shapes="(D, M)",
)


def connected(weights):
    """Return where weights are not 0."""
    return np.asarray(weights) != 0


@task.check("each unit has as many incoming connections as asked for", weight=2)
def connections_of_each_unit(impl, rng):
    """What is drawn differs, so it is said in words what the numbers are like.

    Of so many units, some have too few or too many connections wherever chance decides.
    """
    found, more, totals, inputs = {}, [], [], []
    for shape, connections in (((9, 200), 4), ((4, 150), 3), ((12, 200), 7)):
        chosen = connected(impl.sparse(shape, rng.generator(), connections, 0.5))
        if chosen.shape != shape:
            return {f"{connections} in {shape}": shape_of(chosen)}
        numbers = chosen.sum(axis=0)
        same = (numbers == numbers[0]).all()
        found[f"{connections} in {shape}"] = int(numbers[0]) if same else "not for all units alike"
        more.append((numbers > connections).any())
        totals.append(numbers.sum() == connections * shape[1])
        inputs.append(np.ptp(chosen.sum(axis=1)) == 0)
    return found | {
        "some unit has more": any(more),
        "the layer has as many as all units together": all(totals),
        "every input feeds as many units": all(inputs),
    }


@task.check("no connection at all, and all of them", weight=0.5)
def none_and_all(impl, rng):
    weights = [impl.sparse((5, 3), rng.generator(), connections) for connections in (0, 1, 5)]
    return [connected(one).sum(axis=0) for one in weights]


@task.check("the connections are normal, of the standard deviation std", rtol=0.08, atol=0.06)
def values(impl, rng):
    """Measure the connections; the last number is 1, within 0.01 as a rule, or 1.33 if uniform."""
    weights = np.asarray(impl.sparse((40, 500), rng.generator(), 20, rng.uniform(2, 3)))
    chosen = weights[connected(weights)]
    if chosen.size < 5000:
        return f"{chosen.size} connections"
    std = chosen.std()
    beyond = (np.abs(chosen) > std).mean()
    units = [unit[connected(unit)] for unit in weights.T]
    alike = [np.ptp(unit) == 0 for unit in units if unit.size]
    return {
        "share of units whose connections are all equal": float(np.mean(alike)),
        "standard deviation": float(std),
        "mean, over two standard deviations": float(chosen.mean() / (2 * std)),
        "share beyond one, over that of normal numbers": float(beyond / 0.317),
    }


@task.check("the places are drawn, for each unit by itself, and evenly", atol=0.12)
def places(impl, rng):
    weights = impl.sparse((20, 2000), rng.generator(), 3, 1.0)
    chosen = connected(weights)
    if chosen.shape != (20, 2000):
        return shape_of(weights)
    both = (chosen[:, 1:] & chosen[:, :-1]).sum() / max(chosen.sum(), 1)
    neighbours = (chosen[1:] & chosen[:-1]).sum() / max(chosen.sum(), 1)
    return {
        "share of units that an input feeds, over 0.75": chosen.mean(axis=1) / 0.75,
        "share of places that the next unit has, too": float(both),
        "share of places whose neighbour is chosen, too": float(neighbours),
    }


@task.check(
    "without more: ten connections, and a standard deviation of 0.01", rtol=0.08, weight=0.5
)
def default_connections(impl, rng):
    weights = np.asarray(impl.sparse((25, 800), rng.generator()))
    chosen = weights[connected(weights)]
    return {"for each unit": len(chosen) / 800, "std": float(chosen.std()) if chosen.size else 0.0}


@task.check("all that is random comes from rng; shape and dtype are as asked for", weight=0.5)
def sparse_from_rng(impl, rng):
    return {
        "numbers": seeding(impl, lambda source: impl.sparse((9, 5), source, 4), rng),
        "float32": kind_of(impl.sparse((8, 5), rng.generator(), 3, 0.5, "float32")),
    }


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.initialization import sparse


def with_places(places_of):
    """Return a wrong sparse that chooses its places in its own way: places_of(shape, rng, k)."""

    def wrong(shape, rng, connections=10, std=0.01, dtype=np.float64):
        chosen = places_of(shape, rng, connections)
        return (chosen * (std * rng.standard_normal(shape))).astype(dtype)

    return wrong


def add(name, hint, wrong):
    """Add a wrong sparse."""
    wrong.__name__ = name
    task.misconception(hint)(wrong)


def first_few(shape, connections):
    """Return a mask of the first few rows."""
    return np.broadcast_to(np.arange(shape[0])[:, None] < connections, shape)


def per_input(shape, rng, connections):
    """Choose so many outgoing connections of each input."""
    return rng.permuted(first_few(shape[::-1], min(connections, shape[1])), axis=0).T


def with_replacement(shape, rng, connections):
    """Choose places that can be the same."""
    chosen = np.zeros(shape, bool)
    for unit in range(shape[1]):
        chosen[rng.integers(shape[0], size=connections), unit] = True
    return chosen


def everywhere(shape, rng, connections):
    """Choose so many places for each unit on the average, wherever they lie."""
    chosen = np.arange(math.prod(shape)) < connections * shape[1]
    return rng.permutation(chosen).reshape(shape)


def in_a_row(shape, rng, connections):
    """Choose places that follow one another."""
    start = rng.integers(shape[0], size=shape[1])
    return (np.arange(shape[0])[:, None] - start) % shape[0] < connections


add(
    "outgoing_counted",
    "The number of outgoing connections of each input is fixed. That of the incoming ones is to "
    "be: of each unit, which is a column.",
    with_places(per_input),
)
add(
    "drawn_one_by_one",
    "Each weight is kept or dropped by itself: a unit has the right number on the average only. It "
    "is to have exactly as many.",
    with_places(lambda shape, rng, k: rng.random(shape) < k / shape[0]),
)
add(
    "places_drawn_twice",
    "The same place can be drawn twice for a unit, which then has fewer connections. Draw without "
    "replacement.",
    with_places(with_replacement),
)
add(
    "number_over_all_units",
    "The number is right for the whole layer, but not for each unit.",
    with_places(everywhere),
)
add(
    "first_inputs_only",
    "All units have their connections to the first inputs; the others go nowhere. Draw the places.",
    with_places(lambda shape, rng, k: first_few(shape, k)),
)
add(
    "same_places_for_all",
    "The places are drawn once, and all units share them: most inputs go nowhere. Draw them for "
    "each unit.",
    with_places(
        lambda shape, rng, k: np.broadcast_to(
            rng.permutation(np.arange(shape[0]) < k)[:, None], shape
        )
    ),
)
add(
    "places_in_a_row",
    "The places of a unit follow one another. Any of the inputs may be chosen together.",
    with_places(in_a_row),
)
add(
    "zeros_counted",
    "As many weights are 0 as are to be connections. PyTorch's sparse_ asks for the share of "
    "zeros; here it is the number of connections.",
    with_places(lambda shape, rng, k: ~rng.permuted(first_few(shape, k), axis=0)),
)
add(
    "one_too_many",
    "Each unit has one connection too many.",
    with_places(lambda shape, rng, k: rng.permuted(first_few(shape, min(k + 1, shape[0])), axis=0)),
)
add(
    "one_too_few",
    "Each unit has one connection too few.",
    with_places(lambda shape, rng, k: rng.permuted(first_few(shape, k - 1), axis=0)),
)
add(
    "not_sparse",
    "All weights are drawn. Those that are no connections are to be 0.",
    with_places(lambda shape, rng, k: np.ones(shape)),
)


def with_values(values_of):
    """Return a wrong sparse of other values: values_of(weights over std, connections, std, rng)."""

    def wrong(shape, rng, connections=10, std=0.01, dtype=np.float64):
        weights = sparse(shape, rng, connections, 1.0)
        return (values_of(weights, connections, std, rng) * (weights != 0)).astype(dtype)

    return wrong


add(
    "std_ignored",
    "Your connections have a standard deviation of 1, whatever std is.",
    with_values(lambda weights, k, std, rng: weights),
)
add(
    "always_a_hundredth",
    "Your connections have a standard deviation of 0.01, whatever std is.",
    with_values(lambda weights, k, std, rng: 0.01 * weights),
)
add(
    "variance_for_std",
    "You take std as the variance: the standard deviation of your connections is its root.",
    with_values(lambda weights, k, std, rng: math.sqrt(std) * weights),
)
add(
    "std_squared",
    "The standard deviation of your connections is the square of std.",
    with_values(lambda weights, k, std, rng: std**2 * weights),
)
add(
    "all_ones",
    "Your connections are all std. They are to be drawn.",
    with_values(lambda weights, k, std, rng: std),
)
add(
    "shrunk_by_the_number",
    "You divide by the root of the number of connections. That would be a good std, but std is "
    "given.",
    with_values(lambda weights, k, std, rng: std * weights / math.sqrt(max(k, 1))),
)
add(
    "uniform_values",
    "Your connections are spread evenly. They are to be normal.",
    with_values(
        lambda weights, k, std, rng: rng.uniform(-(3**0.5) * std, 3**0.5 * std, weights.shape)
    ),
)
add(
    "one_value_for_each_unit",
    "All connections of a unit have the same weight. Each of them is to be drawn by itself.",
    with_values(lambda weights, k, std, rng: std * rng.standard_normal(weights.shape[1])),
)
add(
    "one_sign",
    "All your connections are positive. They are to lie around 0.",
    with_values(lambda weights, k, std, rng: std * np.abs(weights)),
)


@task.misconception("Your weights are (M, D): the shape that is asked for is turned round.")
def shape_turned_round(shape, rng, connections=10, std=0.01, dtype=np.float64):
    return sparse(shape, rng, connections, std, dtype).T


@task.misconception(
    "You bring a generator of your own: it gives the same weights each time, for every layer. Draw "
    "from the rng that is handed over."
)
def own_generator(shape, rng, connections=10, std=0.01, dtype=np.float64):
    return sparse(shape, np.random.default_rng(0), connections, std, dtype)


@task.misconception("The dtype has no effect: the numbers are to be rounded to it.")
def dtype_ignored(shape, rng, connections=10, std=0.01, dtype=np.float64):
    return sparse(shape, rng, connections, std)
