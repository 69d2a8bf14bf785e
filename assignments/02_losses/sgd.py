"""Stochastic gradient descent: how it is checked, and which mistakes are known."""

from functools import partial

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import exception_of, has_changed, outcome_of

task = Task(
    "sgd",
    "Stochastic gradient descent",
    points=16,
    needs=["minibatches", "sgd_step", "sgd"],
    minutes=35,
)


def dealt(impl, *args):
    """Return the mini-batches of an epoch, whatever kind of iterable they come in."""
    batches = keep(impl, [])
    batches.extend(impl.minibatches(*args))
    return [np.asarray(rows) for rows in fetch(batches)]


def joined(batches):
    """Return the rows of some mini-batches in a row, also where there is none."""
    return np.concatenate([np.arange(0), *(np.ravel(rows) for rows in batches)])


@task.check("minibatches: the sizes: full ones, and a last one with what is left", weight=2)
def sizes_of_batches(impl, rng):
    return {
        "10 samples by 4": [rows.size for rows in dealt(impl, 10, 4, rng.generator())],
        "12 samples by 4": [rows.size for rows in dealt(impl, 12, 4, rng.generator())],
        "3 samples by 5": [rows.size for rows in dealt(impl, 3, 5, rng.generator())],
    }


@task.check("minibatches: every row is dealt exactly once", weight=2)
def every_row_once(impl, rng):
    rows = joined(dealt(impl, 23, 5, rng.generator()))
    return {
        "number of rows": len(rows),
        "a row outside 0 to 22": bool(((rows < 0) | (rows > 22)).any()),
        "each exactly once": sorted(rows.tolist()) == list(range(23)),
    }


@task.check("minibatches: the rows are shuffled: no mini-batch is a piece of the original order")
def rows_are_shuffled(impl, rng):
    batches = dealt(impl, 60, 6, rng.generator())
    in_order = [rows.size > 1 and bool(np.ptp(rows) == rows.size - 1) for rows in batches]
    rows = joined(batches)
    return {
        "rows": len(rows),
        "a piece of the order": any(in_order),
        "neighbours": int((np.diff(rows) == 1).sum()) > 20,
    }


@task.check(
    "minibatches: the order comes from the rng: anew in each epoch, again with the same seed"
)
def order_comes_from_rng(impl, rng):
    seed, other = rng.generator(), rng.generator()
    first, again, different = (joined(dealt(impl, 40, 7, source)) for source in (seed, seed, other))
    return {
        "rows": len(first),
        "same seed, same order": np.array_equal(first, again),
        "another seed, another order": not np.array_equal(first, different),
    }


@task.check("minibatches: a batch size below 1 is refused (ValueError)")
def batch_size_refused(impl, rng):
    outcomes = {1: outcome_of(dealt, impl, 10, 1, rng.generator())}
    for size in (0, -3):
        outcomes[size] = exception_of(dealt, impl, 10, size, rng.generator())
    return outcomes


def parameters(rng):
    """Draw parameters, and gradients that stand in another order."""
    params = {"b": rng.normal(size=2), "gain": rng.normal(size=2), "W": rng.normal(size=(3, 2))}
    grads = {name: rng.normal(size=params[name].shape) for name in ("W", "gain", "b")}
    return params, grads


def shared(impl, params):
    """Put parameters on the implementation's side: the mapping, and the arrays that it holds."""
    arrays = {name: keep(impl, array) for name, array in params.items()}
    return keep(impl, arrays), arrays


def contents(arrays):
    """Return what the arrays hold now."""
    return {name: fetch(array) for name, array in arrays.items()}


@task.check("sgd_step: each parameter moves against its own gradient, in place", weight=3)
def step_moves(impl, rng):
    params, grads = parameters(rng)
    mapping, arrays = shared(impl, params)
    impl.sgd_step(mapping, grads, rng.uniform(0.2, 0.4))
    return {"the arrays": contents(arrays), "the mapping": fetch(mapping)}


@task.check("sgd_step: the gradients are left as they were", weight=0.5)
def step_leaves_gradients(impl, rng):
    params, grads = parameters(rng)
    kept = keep(impl, grads)
    mapping, arrays = shared(impl, params)
    impl.sgd_step(mapping, kept, 0.3)
    now = fetch(kept)
    return {
        "the gradients have changed": any(not np.array_equal(now[n], grads[n]) for n in grads),
        "the parameters have moved": any(has_changed(arrays[n], params[n]) for n in params),
    }


class Course:
    """A stand-in for a network: its losses and gradients are drawn before, one per call."""

    def __init__(self, impl, rng, *, n, epochs, batch_size):
        params, _ = parameters(rng)
        self.mapping, self.arrays = shared(impl, params)
        self.settings = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": rng.uniform(0.2, 0.4),
        }
        self.n, self.impl, self.seed = n, impl, rng.generator()
        calls = 4 * epochs * -(-n // batch_size)
        self.losses = rng.uniform(1, 2, size=calls)
        self.steps = {
            "b": rng.normal(size=(calls, 2)),
            "gain": rng.normal(size=(calls, 2)),
            "W": rng.normal(size=(calls, 3, 2)),
        }
        self.rows, self.seen = [], []

    def gradients(self, rows):
        """Answer for one mini-batch."""
        call = len(self.rows) % len(self.losses)
        self.rows.append(np.asarray(rows))
        self.seen.append(contents(self.arrays))
        return float(self.losses[call]), {name: g[call] for name, g in self.steps.items()}

    def run(self):
        """Train, and return what sgd returns."""
        rng = self.seed
        return self.impl.sgd(self.mapping, self.gradients, self.n, **self.settings, rng=rng)


@task.check("sgd: one loss per iteration, as gradients returned it", weight=2)
def sgd_losses(impl, rng):
    return Course(impl, rng, n=10, epochs=2, batch_size=4).run()


@task.check("sgd: the parameters after two epochs", weight=2)
def sgd_parameters(impl, rng):
    course = Course(impl, rng, n=10, epochs=2, batch_size=4)
    course.run()
    return contents(course.arrays)


@task.check(
    "sgd: in each call of gradients, the parameters have taken all steps before it", weight=0.5
)
def sgd_in_between(impl, rng):
    course = Course(impl, rng, n=8, epochs=1, batch_size=3)
    course.run()
    return course.seen


@task.check(
    "sgd: gradients is called once per mini-batch, and each epoch has every row once", weight=0.5
)
def sgd_rows(impl, rng):
    course = Course(impl, rng, n=9, epochs=3, batch_size=4)
    course.run()
    epochs = [joined(course.rows[i : i + 3]) for i in range(0, len(course.rows), 3)]
    return {
        "sizes": [rows.size for rows in course.rows],
        "every row once": [sorted(rows.tolist()) == list(range(9)) for rows in epochs],
    }


def epochs_of(impl, rng, seed=None):
    """Train for two epochs on 30 rows; return the order of the rows in each, and the seed."""
    course = Course(impl, rng, n=30, epochs=2, batch_size=10)
    course.seed = seed or course.seed
    course.run()
    return joined(course.rows[:3]), joined(course.rows[3:]), course.seed


@task.check("sgd: each epoch is shuffled anew, by the rng that is given", weight=0.5)
def sgd_shuffles(impl, rng):
    first, second, seed = epochs_of(impl, rng)
    again, _, _ = epochs_of(impl, rng, seed)
    other, _, _ = epochs_of(impl, rng)
    return {
        "rows": len(second),
        "in order": np.array_equal(first, np.arange(30)),
        "second epoch like the first": np.array_equal(first, second),
        "same seed, same order": np.array_equal(first, again),
        "another seed, same order": np.array_equal(first, other),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import minibatches, sgd, sgd_step


def training(rounds):
    """Make a wrong sgd from one that yields, per mini-batch, the losses to be reported."""

    def run(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
        return rounds(params, gradients, n, epochs, batch_size, learning_rate, rng)

    run.__name__ = rounds.__name__
    return run


def train(params, gradients, epochs, deal, rate, step=sgd_step):
    """Train on what ``deal()`` returns in each epoch; return the losses, one per mini-batch."""
    losses = []
    for _ in range(epochs):
        for rows in deal():
            loss, grads = gradients(rows)
            step(params, grads, rate)
            losses.append(loss)
    return losses


def add_to_sgd(name, hint, **part):
    """Add an sgd that does not call the right minibatches or sgd_step, but has a wrong one."""

    def own(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
        deal = partial(part.get("deal", minibatches), n, batch_size, rng)
        step = part.get("step", sgd_step)
        return train(params, gradients, epochs, deal, learning_rate, step)

    own.__name__ = name
    task.misconception(hint, replaces="sgd")(own)


def wrong_step(hint):
    """Add a wrong step as a mistake twice: in sgd_step, and in an sgd that does not call it."""

    def add(step):
        task.misconception(hint.format(name="sgd_step"), replaces="sgd_step")(step)
        add_to_sgd(f"{step.__name__}_in_sgd", hint.format(name="sgd"), step=step)
        return step

    return add


def batches_of(order, batch_size):
    if batch_size < 1:
        raise ValueError
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


@task.misconception(
    "The last mini-batch is dropped where it is not full. Its samples would never be seen in this "
    "epoch.",
    replaces="minibatches",
)
def last_batch_dropped(n, batch_size, rng):
    return [rows for rows in minibatches(n, batch_size, rng) if len(rows) == batch_size]


@task.misconception(
    "You fill the last mini-batch up with rows that have been dealt before. It may be shorter.",
    replaces="minibatches",
)
def last_batch_filled_up(n, batch_size, rng):
    order = rng.permutation(n)
    batches = batches_of(order, batch_size)
    batches[-1] = np.concatenate([batches[-1], np.resize(order, batch_size - len(batches[-1]))])
    return batches


@task.misconception(
    "After the last row an empty mini-batch follows. Its mean loss would be 0 divided by 0.",
    replaces="minibatches",
)
def empty_batch_at_the_end(n, batch_size, rng):
    return [*minibatches(n, batch_size, rng), np.arange(0)]


@task.misconception(
    "An empty mini-batch follows where the last one is full: the number of batches is rounded up "
    "the wrong way.",
    replaces="minibatches",
)
def one_batch_too_many(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.permutation(n)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(n // batch_size + 1)]


@task.misconception(
    "The rows come in their original order. Where samples are sorted, a mini-batch would hold one "
    "kind only: shuffle first.",
    replaces="minibatches",
)
def not_shuffled(n, batch_size, rng):
    return batches_of(np.arange(n), batch_size)


@task.misconception(
    "You shuffle whole mini-batches, but each holds the same neighbours as ever. Shuffle the rows.",
    replaces="minibatches",
)
def only_batches_shuffled(n, batch_size, rng):
    batches = batches_of(np.arange(n), batch_size)
    full, rest = (batches[:-1], batches[-1:]) if len(batches[-1]) < batch_size else (batches, [])
    return [full[i] for i in rng.permutation(len(full))] + rest


@task.misconception(
    "You shuffle within each mini-batch. Which rows meet in a batch never changes: shuffle all "
    "rows first.",
    replaces="minibatches",
)
def shuffled_within_batches(n, batch_size, rng):
    return [rng.permutation(rows) for rows in batches_of(np.arange(n), batch_size)]


@task.misconception(
    "You draw each mini-batch anew from all rows. Some rows come twice in an epoch, some never: "
    "deal one shuffled order out instead.",
    replaces="minibatches",
)
def drawn_with_replacement(n, batch_size, rng):
    return [rng.choice(n, size=len(rows)) for rows in minibatches(n, batch_size, rng)]


@task.misconception(
    "Your numbers run from 1 to n. Rows are counted from 0, and there is no row n.",
    replaces="minibatches",
)
def rows_from_one(n, batch_size, rng):
    return [rows + 1 for rows in minibatches(n, batch_size, rng)]


@task.misconception(
    "A row is never dealt. Rows are numbered from 0 to n − 1, both included, and so are the places "
    "in the shuffled order.",
    replaces="minibatches",
)
def last_row_missing(n, batch_size, rng):
    return batches_of(rng.permutation(n - 1), batch_size)


@task.misconception(
    "The generator that is given is not used: yours starts from a seed of its own, so every epoch "
    "has the same order.",
    replaces="minibatches",
)
def generator_of_its_own(n, batch_size, rng):
    return minibatches(n, batch_size, np.random.default_rng(0))


@task.misconception(
    "You shuffle with NumPy's global generator. With the one that is given, the same seed gives "
    "the same order, and a run can be repeated.",
    replaces="minibatches",
)
def global_generator(n, batch_size, rng):
    return batches_of(np.random.permutation(n), batch_size)  # noqa: NPY002


@task.misconception(
    "`batch_size` is taken for the number of batches. It says how many rows are in each.",
    replaces="minibatches",
)
def number_of_batches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return np.array_split(rng.permutation(n), batch_size)


@task.misconception(
    "Your mini-batches are of nearly equal size. They hold `batch_size` rows each, and only the "
    "last one holds what is left.",
    replaces="minibatches",
)
def evenly_split(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@task.misconception(
    "You return the first mini-batch alone: a return inside the loop ends it. Collect them in a "
    "list, or use yield.",
    replaces="minibatches",
)
def first_batch_alone(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    return rng.permutation(n)[:batch_size]


@task.misconception(
    "Only the first mini-batch has rows: in `order[i:batch_size]` the second number is where the "
    "slice ends, not how long it is.",
    replaces="minibatches",
)
def slices_end_at_the_batch_size(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.permutation(n)
    return [order[i:batch_size] for i in range(0, n, batch_size)]


@task.misconception(
    "rng.shuffle shuffles the array that it is given, and returns None. Shuffle first, then use "
    "the array; or take rng.permutation, which returns a new one.",
    replaces="minibatches",
)
def shuffle_returns_nothing(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError
    order = rng.shuffle(np.arange(n))
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@task.misconception(
    "A batch size below 1 is not refused. With −3 no batch comes out, and nobody is told.",
    replaces="minibatches",
)
def any_batch_size(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@task.misconception("You refuse negative batch sizes, but not 0.", replaces="minibatches")
def batch_size_zero(n, batch_size, rng):
    if batch_size < 0:
        raise ValueError
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size or n)]


@task.misconception(
    "The parameters stay where they are. `param = param - ...` makes a new array and gives it an "
    "old name: change the array itself.",
    replaces="sgd_step",
)
def local_name_only(params, grads, learning_rate):
    for name, param in params.items():
        param = param - learning_rate * grads[name]


@task.misconception(
    "You put new arrays into params. Whoever holds the old ones, such as the layers of a network, "
    "never hears of it: change the arrays themselves.",
    replaces="sgd_step",
)
def arrays_replaced(params, grads, learning_rate):
    for name in params:
        params[name] = params[name] - learning_rate * grads[name]


@wrong_step("{name} walks uphill. The gradient points to where the loss rises; go against it.")
def step_uphill(params, grads, learning_rate):
    sgd_step(params, grads, -learning_rate)


@wrong_step("The learning rate is missing in {name}: you move by the whole gradient.")
def step_without_rate(params, grads, learning_rate):
    sgd_step(params, grads, 1.0)


@wrong_step(
    "You divide by the learning rate in {name}. It is a factor: a smaller rate makes smaller steps."
)
def step_divided_by_rate(params, grads, learning_rate):
    sgd_step(params, grads, 1 / learning_rate)


@wrong_step("{name} moves the first parameter only: does the loop over them end too early?")
def first_parameter_only(params, grads, learning_rate):
    for name, param in params.items():
        param -= learning_rate * grads[name]
        return


@wrong_step("Only the weights W move in your {name}. There may be other parameters, of any name.")
def weights_only(params, grads, learning_rate):
    params["W"] -= learning_rate * grads["W"]


@wrong_step("{name} knows W and b only. The parameters may have any names: go through the mapping.")
def weights_and_biases_only(params, grads, learning_rate):
    for name in ("W", "b"):
        params[name] -= learning_rate * grads[name]


@wrong_step("The parameters become the step itself in {name}: -= and = - are different things.")
def step_in_place_of_parameter(params, grads, learning_rate):
    for name, param in params.items():
        param[...] = -learning_rate * grads[name]


@task.misconception(
    "You pair parameters and gradients by their order. They need not stand in the same one: a "
    "parameter and its gradient have the same name.",
    replaces="sgd_step",
)
def paired_by_order(params, grads, learning_rate):
    for param, grad in zip(params.values(), grads.values(), strict=True):
        param -= learning_rate * grad


@task.misconception(
    "You multiply the learning rate into the gradients that you were given. They belong to the "
    "caller: make new arrays.",
    replaces="sgd_step",
)
def gradients_scaled_in_place(params, grads, learning_rate):
    for name, param in params.items():
        grads[name] *= learning_rate
        param -= grads[name]


IN_SGD = " That is in sgd itself: minibatches deals as it should, so call it."

add_to_sgd(
    "sgd_drops_the_last_batch",
    "The last mini-batch is dropped where it is not full. Its samples would never be seen in this "
    "epoch." + IN_SGD,
    deal=last_batch_dropped,
)
add_to_sgd(
    "sgd_splits_evenly",
    "Your mini-batches are of nearly equal size. They hold `batch_size` rows each, and only the "
    "last one holds what is left." + IN_SGD,
    deal=evenly_split,
)
add_to_sgd(
    "sgd_draws_with_replacement",
    "You draw each mini-batch anew from all rows. Some rows come twice in an epoch, some never: "
    "deal one shuffled order out instead." + IN_SGD,
    deal=drawn_with_replacement,
)


@task.misconception(
    "One epoch is missing: range(1, epochs) has one number less than epochs.", replaces="sgd"
)
@training
def one_epoch_less(params, gradients, n, epochs, batch_size, rate, rng):
    return sgd(
        params, gradients, n, epochs=epochs - 1, batch_size=batch_size, learning_rate=rate, rng=rng
    )


@task.misconception(
    "You make one step per epoch. Each mini-batch makes a step: several iterations to an epoch.",
    replaces="sgd",
)
@training
def one_step_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            losses.append(loss)
        sgd_step(params, grads, rate)
    return losses


@task.misconception(
    "You call gradients with all rows each time. That is gradient descent on the whole set: give "
    "it one mini-batch.",
    replaces="sgd",
)
@training
def whole_set_each_time(params, gradients, n, epochs, batch_size, rate, rng):
    def of_all(rows):
        return gradients(np.arange(n))

    return train(params, of_all, epochs, partial(minibatches, n, batch_size, rng), rate)


@task.misconception(
    "The loss is measured again, after the step. One call of gradients gives the loss and the "
    "gradients at the same place, and it is the expensive part.",
    replaces="sgd",
)
@training
def loss_after_the_step(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            sgd_step(params, gradients(rows)[1], rate)
            losses.append(gradients(rows)[0])
    return losses


@task.misconception(
    "You call gradients twice for each mini-batch, once for the loss and once for the gradients. "
    "One call gives both, and it is the expensive part.",
    replaces="sgd",
)
@training
def gradients_called_twice(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            losses.append(gradients(rows)[0])
            sgd_step(params, gradients(rows)[1], rate)
    return losses


@task.misconception(
    "The order is shuffled once, and every epoch repeats it. Deal the mini-batches anew in each "
    "epoch.",
    replaces="sgd",
)
@training
def shuffled_once(params, gradients, n, epochs, batch_size, rate, rng):
    batches = list(minibatches(n, batch_size, rng))
    return train(params, gradients, epochs, lambda: batches, rate)


@task.misconception(
    "Your training ends after one epoch. Either there is a return inside the loop over the "
    "epochs; or the mini-batches are made before it: a generator is used up after one epoch, so "
    "make new ones in each.",
    replaces="sgd",
)
@training
def ends_after_one_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    batches = minibatches(n, batch_size, rng)
    return train(params, gradients, epochs, lambda: batches, rate)


@task.misconception(
    "You return the mean loss of each epoch. What is asked for is one loss per iteration.",
    replaces="sgd",
)
@training
def means_of_epochs(params, gradients, n, epochs, batch_size, rate, rng):
    losses = sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )
    return list(np.array(losses).reshape(epochs, -1).mean(axis=1))


@task.misconception(
    "You return the last loss alone. What is asked for is the list of all, one per iteration.",
    replaces="sgd",
)
@training
def last_loss_only(params, gradients, n, epochs, batch_size, rate, rng):
    return sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )[-1]


@task.misconception(
    "Your training ends after the first mini-batch: is there a return inside the inner loop?",
    replaces="sgd",
)
@training
def ends_after_one_batch(params, gradients, n, epochs, batch_size, rate, rng):
    loss, grads = gradients(next(iter(minibatches(n, batch_size, rng))))
    sgd_step(params, grads, rate)
    return [loss]


@task.misconception(
    "You keep one loss per epoch, that of its last mini-batch. What is asked for is one per "
    "iteration: note it inside the inner loop.",
    replaces="sgd",
)
@training
def one_loss_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    losses = sgd(
        params, gradients, n, epochs=epochs, batch_size=batch_size, learning_rate=rate, rng=rng
    )
    per_epoch = len(losses) // epochs
    return losses[per_epoch - 1 :: per_epoch]


@task.misconception(
    "You take one step per epoch, with all rows. That is gradient descent on the whole set: deal "
    "the rows into mini-batches, and make a step with each.",
    replaces="sgd",
)
@training
def whole_set_once_per_epoch(params, gradients, n, epochs, batch_size, rate, rng):
    return train(params, gradients, epochs, lambda: [np.arange(n)], rate)


@task.misconception(
    "sgd_step changes the arrays and returns nothing. `params = sgd_step(...)` makes params None.",
    replaces="sgd",
)
@training
def parameters_become_nothing(params, gradients, n, epochs, batch_size, rate, rng):
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            params = sgd_step(params, grads, rate)
            losses.append(loss)
    return losses


@task.misconception(
    "gradients returns the loss first and the gradients second. You take them the other way round.",
    replaces="sgd",
)
@training
def pair_exchanged(params, gradients, n, epochs, batch_size, rate, rng):
    def exchanged(rows):
        return gradients(rows)[::-1]

    return train(params, exchanged, epochs, partial(minibatches, n, batch_size, rng), rate)


@task.misconception(
    "The losses are collected, but the parameters of the caller stay where they were. Either no "
    "step is taken, or copies move, or sgd_step does not change the arrays in place: see its rows.",
    replaces="sgd",
)
@training
def no_step_taken(params, gradients, n, epochs, batch_size, rate, rng):
    return [gradients(rows)[0] for _ in range(epochs) for rows in minibatches(n, batch_size, rng)]


@task.misconception(
    "The mini-batches come in the original order. Deal them with minibatches, and see whether its "
    "own rows are right: it is to shuffle.",
    replaces="sgd",
)
@training
def sgd_without_shuffling(params, gradients, n, epochs, batch_size, rate, rng):
    deal = partial(batches_of, np.arange(n), batch_size)
    return train(params, gradients, epochs, deal, rate)


@task.misconception(
    "The rng that is given is not used: yours starts from a seed of its own in each epoch, so all "
    "epochs have the same order.",
    replaces="sgd",
)
@training
def sgd_with_its_own_seed(params, gradients, n, epochs, batch_size, rate, rng):
    def deal():
        return minibatches(n, batch_size, np.random.default_rng(0))

    return train(params, gradients, epochs, deal, rate)
