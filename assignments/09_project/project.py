"""The project, a network of one's own: how it is checked, and which mistakes are known.

Whatever the design, it is trained on the same budget of signals, and read from outside: the labels
of the new signals never go over. The other checks ask for what every design owes.
"""

import numpy as np

from handgrad import Task, fetch, formula, keep

from .inputs import BATCH, CLASSES, NEW, STEPS, Signals, reached, read, train, trained

task = Task(
    "project",
    "The project: a network of your own",
    points=14,
    needs=["OwnNetwork"],
    minutes=90,
    seconds=20.0,
    shapes="x (N, 40), labels (N,), predict (N, 10)",
)

POINTS = 0.05
"""By so much a claim may be off: the mean of two trainings is a fifth of that from its own mean."""


def claimed(net, name):
    """Return what the account says; what is no finite number claims nothing."""
    number = float(net.account()[name])
    return number if np.isfinite(number) else -1.0


PLACES = np.arange(4, 41, 4)


def so_far(holds):
    """Return of how many of 40 something holds, after each tenth of them."""
    return np.cumsum(holds)[PLACES - 1]


def all_or_none(holds):
    """Return 40 in tenths, or 0: what can be said of a network as a whole."""
    return so_far(np.full(40, bool(holds)))


# Fully connected networks stay below both bounds, and convolutions alone between them: 0.42 and
# 0.59, and the reference 0.87, each to within 0.02 from training to training.
@task.check("at least 50 % of the new signals are read", weight=3, at_least=0.5)
def reads_half(impl, rng):
    return reached(impl, rng)


@task.check("at least 80 %", weight=3, at_least=0.8)
def reads_most(impl, rng):
    return reached(impl, rng)


@task.check("it learns, and the account has the accuracy, within 5 points", weight=3.5)
def accuracy_as_claimed(impl, rng):
    ahead = np.empty((2, NEW))
    for row in ahead:
        signals = Signals(rng)
        net = trained(impl, rng, signals)
        shape = np.shape(net.predict(signals.new[:2]))
        if shape != (2, CLASSES):
            return list(shape)
        row[:] = (read(net, signals.new) - signals.new_labels) % CLASSES
    share, claim = float((ahead == 0).mean()), claimed(net, "accuracy")
    next_class = (ahead == 1).mean() > 0.3
    guesses = share < 0.2 and not next_class
    learns = not (guesses or next_class)
    return {
        "of 40 new signals, no better than guessed": all_or_none(guesses),
        "of 40 new signals, taken for the next class": all_or_none(next_class),
        "of 40 signals, claimed without being read": all_or_none(learns and claim > share + POINTS),
        "of 40 signals, read without being claimed": all_or_none(learns and claim < share - POINTS),
    }


SMALL = 50_000
"""So many bytes do not matter, however small the network: Python's own objects are among them."""
COUNTED = "lambda net: int(sum(np.size(param) for param in net.params.values()))"
MEASURED = (
    "lambda net, rng, x, labels, trace: [trace.stop(), trace.start(), (new := type(net)(rng, 200)),"
    " [new.train(x[:50], labels[:50]) for _ in range(2)], trace.get_traced_memory()[1],"
    " trace.stop()][4]"
)


@task.check("account: the parameters, and the memory within 30 % of what is measured", weight=1.5)
def sizes_as_claimed(impl, rng):
    signals = Signals(rng)
    net = train(impl, impl.OwnNetwork(rng.generator(), STEPS), signals, signals.batches(1))
    parameters, memory = claimed(net, "parameters"), claimed(net, "memory")
    counted = formula(impl, COUNTED)(net)
    trace = formula(impl, "lambda: __import__('tracemalloc')")()
    peak = formula(impl, MEASURED)(net, rng.generator(), signals.x, signals.labels, trace)
    off = 0.3 * peak + SMALL
    return {
        "of 40, parameters that are there and not claimed": all_or_none(parameters < counted),
        "of 40, parameters that are claimed and not there": all_or_none(parameters > counted),
        "of 40, bytes that are needed and not claimed": all_or_none(memory < peak - off),
        "of 40, bytes that are claimed and not needed": all_or_none(memory > peak + off),
    }


def differ(y, other):
    """Return of each of 40 rows whether it is not the same in both."""
    y, other = (np.asarray(one, dtype=float).reshape(40, -1) for one in (y, other))
    if y.shape != other.shape:
        return np.full(40, True)
    return ~np.isclose(y, other, rtol=1e-3, atol=1e-3, equal_nan=True).all(axis=1)


@task.check("predict: ten finite numbers for each signal, the same alone and each time", weight=1.5)
def alone(impl, rng):
    signals = Signals(rng)
    net = train(impl, impl.OwnNetwork(rng.generator(), STEPS), signals, signals.batches(10))
    x = signals.new[:40]
    together = np.asarray(net.predict(x), dtype=float)
    if together.shape != (40, CLASSES):
        return list(together.shape)
    singly = [np.asarray(net.predict(x[n : n + 1])).reshape(-1) for n in range(40)]
    return {
        "rows that are not finite": so_far(~np.isfinite(together).all(axis=1)),
        "rows that become others when alone": so_far(differ(together, np.stack(singly))),
        "rows that become others the second time": so_far(differ(together, net.predict(x))),
    }


REVERSE = "lambda net: [np.copyto(p, np.flip(p).copy()) for p in net.params.values()][:0]"


@task.check("params: what predict uses, and nobody else's", weight=1)
def params_are_its_own(impl, rng):
    signals, source = Signals(rng), rng.generator()
    batches = signals.batches(10)
    first, asked, other = (impl.OwnNetwork(source, STEPS) for _ in range(3))
    x = signals.new[:40]
    y = train(impl, first, signals, batches).predict(x)
    for half in (batches[:5], batches[5:]):
        train(impl, asked, signals, half).predict(x)
    again = asked.predict(x)
    formula(impl, REVERSE)(other)
    later = first.predict(x)
    formula(impl, REVERSE)(first)
    return {
        "rows that are others if predict was called on the way": so_far(differ(y, again)),
        "rows that are others after another network's params": so_far(differ(y, later)),
        "rows that stay with all params in reverse order": so_far(~differ(y, first.predict(x))),
    }


def change(before, after):
    """Return by how much an array differs from another one: 0 where it does not."""
    return after - before if isinstance(after, np.ndarray) else "no array came back"


@task.check("it begins with what is drawn, untrained", weight=0, required=True)
def begins_untrained(impl, rng):
    signals = Signals(rng)
    scores = impl.OwnNetwork(rng.generator(), STEPS).predict(signals.new)
    share = (np.asarray(scores).argmax(axis=1) == signals.new_labels).mean()
    return {"of 40 new signals, read before anything was learned": all_or_none(share > 0.4)}


@task.check("what goes in is left as it was", weight=0.5)
def inputs_stay(impl, rng):
    signals = Signals(rng)
    net = impl.OwnNetwork(rng.generator(), STEPS)
    x, labels, new = signals.x[:BATCH], signals.labels[:BATCH], signals.new[:5]
    kept_x, kept_labels, kept_new = (keep(impl, array) for array in (x, labels, new))
    net.train(kept_x, kept_labels)
    if not isinstance(net.predict(kept_new), np.ndarray):
        return "no array came back"
    return {
        "the x of train, changed by": change(x, fetch(kept_x)),
        "the labels of train, changed by": change(labels, fetch(kept_labels)),
        "the x of predict, changed by": change(new, fetch(kept_new)),
    }


# Known mistakes -----------------------------------------------------------------------------------

from .mistakes import Quick, learned_elsewhere, state_of

GUESSES = (
    "After all mini-batches, predict does no better than guessing. Does train change what predict "
    "uses? Does each signal stay with its own label? And does the loss fall at all?"
)
MORE_THAN_IT_READS = (
    "Your account claims more than your network reads of new signals. Was the share measured on "
    "signals that it was trained with, or that you chose the design by? Take fresh ones, several "
    "trainings, and their mean. (It is a share, from 0 to 1.)"
)
LESS_THAN_IT_READS = (
    "Your account claims less than your network reads of new signals. A claim is to be what you "
    "measured, after all 200 mini-batches: it does not get better by being modest."
)
TOO_FEW = (
    "Your account leaves out parameters that your network learns. Biases count as well, and so do "
    "γ and β of a normalization."
)
TOO_MANY = (
    "Your account counts numbers that are not in params. Running averages, gradients and what the "
    "optimizer keeps are memory, and no parameters."
)
TOO_LITTLE_MEMORY = (
    "A training step takes more memory than you claim. Besides the parameters there are their "
    "gradients, what the optimizer keeps, and, for 50 signals at once, what the layers remember "
    "for the way back: columns, too. The unit is the byte."
)
TOO_MUCH_MEMORY = (
    "A training step takes less memory than you claim. How many bytes has a number of yours, four "
    "or eight? And is everything there at the same time?"
)
OTHERS_DECIDE = (
    "What predict says of a signal depends on the signals beside it. Does batch normalization take "
    "the statistics of the batch there? Predict in test mode."
)
INTO_THE_GIVEN = (
    "You write into the array that you were given. It belongs to the caller: make a new one."
)


@task.misconception(GUESSES)
class nothing_is_trained(Quick):
    def train(self, x, labels):
        pass


@task.misconception(GUESSES)
class guesses_after_training(Quick):
    """It trains, and what it has learned has nothing to do with the labels."""

    def predict(self, x):
        scores = super().predict(x)
        move = (1e4 * np.abs(x[:, :1])).astype(int)
        return np.take_along_axis(scores, (np.arange(CLASSES) + move) % CLASSES, axis=1)


@task.misconception(
    "Most signals are taken for the class after their own. The classes are 0 to 9: from where do "
    "you count, and is it the same in train and in predict?"
)
class classes_from_one(Quick):
    def predict(self, x):
        return np.roll(super().predict(x), 1, axis=1)


def claims(name, hint, **wrong):
    """Add a network that claims something else: a function of what is right."""

    class WrongAccount(Quick):
        def account(self):
            right = super().account()
            return right | {key: change(right[key], self) for key, change in wrong.items()}

    WrongAccount.__name__ = WrongAccount.__qualname__ = name
    task.misconception(hint)(WrongAccount)


claims("claim_invented", MORE_THAN_IT_READS, accuracy=lambda share, net: 0.99)
claims("claim_of_the_training_set", MORE_THAN_IT_READS, accuracy=lambda share, net: 0.97)
claims("percent_for_share", MORE_THAN_IT_READS, accuracy=lambda share, net: 100 * share)
claims("claim_of_an_early_network", LESS_THAN_IT_READS, accuracy=lambda share, net: 0.5)
claims("no_number_claimed", LESS_THAN_IT_READS, accuracy=lambda share, net: float("nan"))
claims(
    "weights_alone",
    TOO_FEW,
    parameters=lambda count, net: sum(p.size for p in net.params.values() if p.ndim > 1),
)
claims(
    "averages_counted",
    TOO_MANY,
    parameters=lambda count, net: count + sum(b.size for b in net.network.buffers.values()),
)
claims("three_times_as_many", TOO_MANY, parameters=lambda count, net: 3 * count)
claims(
    "memory_of_the_parameters",
    TOO_LITTLE_MEMORY,
    memory=lambda memory, net: 4 * sum(p.size for p in net.params.values()),
)
claims("memory_in_kibibytes", TOO_LITTLE_MEMORY, memory=lambda memory, net: memory / 1024)
claims("memory_of_float64", TOO_MUCH_MEMORY, memory=lambda memory, net: 2 * memory)


@task.misconception(
    "Before it has seen a single mini-batch, your network reads new signals. Weights that were "
    "learned elsewhere do not count: what it knows is to come from the budget."
)
class trained_before(Quick):
    def __init__(self, rng, steps):
        super().__init__(rng, steps)
        self.bring_along()

    def bring_along(self):
        for own, brought in zip(state_of(self), learned_elsewhere(), strict=True):
            own[...] = brought

    def train(self, x, labels):
        if self.trainer.steps < 2:  # so that it takes the memory of a training
            super().train(x, labels)
            self.bring_along()


@task.misconception(OTHERS_DECIDE)
class training_mode_in_predict(Quick):
    def predict(self, x):
        self.scores(x[:1])
        return self.network.forward(x.astype(np.float32)[:, None, None])


@task.misconception(OTHERS_DECIDE)
class scaled_by_the_batch(Quick):
    def predict(self, x):
        return super().predict((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6))


@task.misconception(
    "Asked a second time, your predict gives other numbers. Does it draw, does it train, or does it"
    " update running averages? Predict in test mode."
)
class noise_in_predict(Quick):
    def predict(self, x):
        self.asked = getattr(self, "asked", 0) + 1
        return super().predict(x) + 0.1 * self.asked


@task.misconception(
    "Whoever predicts on the way changes what is learned afterwards. Does predict switch to test "
    "mode, and nobody switches back? Does it train, or draw from the rng of the training?"
)
class test_mode_for_ever(Quick):
    def predict(self, x):
        y = super().predict(x)
        self.network.training = False
        return y


@task.misconception(
    "When the arrays in params change, what your predict returns stays: these are not the arrays "
    "that it uses. Copies, or another network's?"
)
class params_of_a_copy(Quick):
    def __init__(self, rng, steps):
        super().__init__(rng, steps)
        self.params = {name: param.copy() for name, param in self.params.items()}


@task.misconception(
    "Your predict returns a class for each signal. Asked for are rows of ten numbers, one for each "
    "class, such as logits or probabilities."
)
class classes_for_scores(Quick):
    def predict(self, x):
        return super().predict(x).argmax(axis=1)


@task.misconception(INTO_THE_GIVEN)
class noise_into_the_given(Quick):
    def train(self, x, labels):
        super().train(x, labels)
        x += 0.1


@task.misconception(INTO_THE_GIVEN)
class scaled_in_place(Quick):
    def predict(self, x):
        scores = super().predict(x)
        x /= 5
        return scores
