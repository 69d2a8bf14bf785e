"""Cross-entropy of logits: how it is checked, and which mistakes are known."""

from functools import partial

import numpy as np

from handgrad import Task, keep

from .inputs import add_label_kinds, both_labels, has_changed, scores_case

task = Task(
    "log_softmax",
    "Cross-entropy of logits",
    points=9,
    needs=["log_softmax", "softmax_cross_entropy"],
    minutes=20,
    shapes="logits, log-probabilities and one-hot rows (N, C), class numbers (N,)",
)


@task.check("log_softmax: one row of log-probabilities for each row", weight=2)
def log_softmax_of_batch(impl, rng):
    return impl.log_softmax(2 * rng.normal(size=(4, 5)))


@task.check("log_softmax: of logits around +1000 and −1000", rtol=1e-9)
def log_softmax_far_away(impl, rng):
    return impl.log_softmax(np.array([[1000.0], [-1000.0], [0.0]]) + rng.normal(size=(3, 4)))


@task.check("log_softmax: of a class whose probability rounds to 0 is still right", weight=2)
def log_softmax_of_the_unlikely(impl, rng):
    logits = rng.normal(size=(3, 4))
    logits[0, 1] += 900
    logits[2, 3] -= 1500
    return impl.log_softmax(logits)


@task.check(
    "log_softmax: works along the last axis of any shape; float32 stays float32", weight=0.5
)
def log_softmax_of_any_shape(impl, rng):
    narrow = impl.log_softmax(rng.normal(size=(2, 3)).astype("f4"))
    return {
        "(4,)": impl.log_softmax(rng.normal(size=4)),
        "(2, 3, 4)": impl.log_softmax(rng.normal(size=(2, 3, 4))),
        "dtype": str(np.asarray(narrow).dtype),
    }


@task.check("log_softmax: leaves its logits as they were", weight=0.5)
def log_softmax_input_stays(impl, rng):
    logits = rng.normal(size=(3, 4))
    kept = keep(impl, logits)
    shape = np.shape(impl.log_softmax(kept))
    return {"the logits have changed": has_changed(kept, logits), "shape of the result": shape}


@task.check("softmax_cross_entropy: the mean over the batch, for both kinds of labels", weight=2)
def softmax_loss_of_batch(impl, rng):
    logits, numbers = scores_case(rng)
    positive = rng.uniform(1, 4, size=logits.shape)
    return {
        **both_labels(impl.softmax_cross_entropy, logits, numbers),
        "all logits positive": both_labels(impl.softmax_cross_entropy, positive, numbers),
    }


@task.check("softmax_cross_entropy: right also where logits are around +1000 or −1000")
def softmax_loss_of_the_unlikely(impl, rng):
    logits, numbers = scores_case(rng)
    spread = logits.copy()
    spread[0, 4] = 1000
    spread[1, numbers[1]] = -1000
    offsets = 1000 * np.array([[1], [-1], [0], [1], [0], [-1]])
    batches = {
        "all around +1000": logits + 1000,
        "some rows around +1000, some around −1000": logits + offsets,
        "single logits of ±1000": spread,
    }
    loss = impl.softmax_cross_entropy
    return {name: both_labels(loss, batch, numbers) for name, batch in batches.items()}


add_label_kinds(task, "softmax_cross_entropy")


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.losses import (
    cross_entropy,
    log_softmax,
    one_hot,
    one_hot_targets,
    softmax_cross_entropy,
)
from solutions.perceptrons import softmax

from .mistakes import (
    CLASSES_OF_BATCH,
    LOG2,
    LOG10,
    NO_KEEPDIMS,
    ONLY_NUMBERS,
    ONLY_ROWS,
    PICKS_ROWS,
    VECTOR,
    WHOLE_COLUMNS,
    WHOLE_TABLE,
    add_guesses,
    add_logarithm_mistakes,
    add_mean_mistakes,
    guessing_numbers,
    guessing_rows,
    parts_of,
)

loss = parts_of(task, softmax_cross_entropy)
add_mean_mistakes(loss)
add_logarithm_mistakes(loss)


def by_rows(log_p, labels):
    return -(one_hot_targets(labels, log_p) * log_p).sum() / len(log_p)


def by_numbers(log_p, labels):
    numbers = one_hot_targets(labels, log_p).argmax(axis=1)
    return -log_p[np.arange(len(log_p)), numbers].mean()


def each_in_its_way(log_p, labels):
    return (by_rows if labels.ndim == 2 else by_numbers)(log_p, labels)


def add_in_the_loss(name, wrong, hint, mean, add):
    """Add a wrong log_softmax that stands in the loss itself, in the place of a call."""

    def loss_of_its_own(logits, labels):
        return mean(wrong(logits), labels)

    loss_of_its_own.__name__ = name
    add(f"{hint} log_softmax is there for that: call it.")(loss_of_its_own)


def infinite(hint):
    """Add a log_softmax that is infinite at times: by itself, and in a loss that does not call it.

    What the loss is then depends on whether the infinities are picked or multiplied by 0.
    """

    def add(wrong):
        of_both = partial(task.misconception, replaces="softmax_cross_entropy")
        task.misconception(hint)(wrong)
        name = f"{wrong.__name__}_in_the_loss"
        add_in_the_loss(f"{name}_by_rows", wrong, hint, by_rows, of_both)
        add_in_the_loss(f"{name}_by_numbers", wrong, hint, by_numbers, of_both)
        add_in_the_loss(name, wrong, hint, each_in_its_way, loss.mistake)
        return wrong

    return add


@infinite(
    "exp overflows at 1000 and underflows at −1000: nothing is subtracted from the logits, or "
    "something is added. A number common to a row cancels: which one keeps all exponents at 0 or "
    "below?"
)
def nothing_subtracted(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@infinite(
    "You take softmax first and its logarithm afterwards. A probability that has been rounded to 0 "
    "has the logarithm −infinity. Subtract the logarithm of the sum instead."
)
def logarithm_after_softmax(logits):
    return np.log(softmax(logits))


def add_constant_mistakes(digits):
    """Add a constant of 10 to the minus so many digits: in log_softmax, and in the loss itself."""

    def logarithm_with_constant(logits):
        return np.log(softmax(logits) + 10.0**-digits)

    logarithm_with_constant.__name__ += f"_of_1e_{digits}"
    task.misconception(
        "You take softmax first, and a constant keeps its logarithm finite. Then no "
        "log-probability is below that of the constant, however unlikely the class. Subtract the "
        "logarithm of the sum."
    )(logarithm_with_constant)
    add_in_the_loss(
        f"capped_at_1e_{digits}",
        logarithm_with_constant,
        "The logarithm is that of probabilities, to which a constant is added: it caps the loss at "
        f"{digits * np.log(10):.2f}, and a probability that is rounded to 0 is lost.",
        each_in_its_way,
        loss.mistake,
    )


for digits in (7, 8, 10, 12):
    add_constant_mistakes(digits)


@infinite(
    "You subtract the maximum of the whole batch. A row that lies far below it underflows: each "
    "row needs its own maximum."
)
def maximum_of_all(logits):
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception(
    "You normalize over the batch. The probabilities of one sample sum to 1, so the maximum and "
    "the sum run over the classes."
)
def normalized_over_the_batch(logits):
    return log_softmax(logits.T).T


@task.misconception(
    "The shift is taken off in the sum, but not off the logits in front of it. What is subtracted "
    "has to be subtracted from both."
)
def shifted_once(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception("You return probabilities. What is asked for is their logarithms.")
def softmax_without_logarithm(logits):
    return softmax(logits)


@task.misconception(
    "Your log-probabilities are positive. A probability is at most 1, so its logarithm is at most "
    "0."
)
def log_softmax_positive(logits):
    return -log_softmax(logits)


@task.misconception(LOG2)
def log_softmax_in_bits(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log2(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception(LOG10)
def log_softmax_to_base_ten(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log10(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception("Your sum runs over the whole batch. Each row has a sum of its own.")
def one_sum_for_all_rows(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum())


@task.misconception(
    "Your axis is 1, which is the classes' axis only for a batch of rows. The last axis has the "
    "number −1, whatever the shape."
)
def axis_one(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@task.misconception(
    "The maximum is taken off the very array that you were given. It belongs to the caller: make a "
    "new one."
)
def logits_overwritten(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@task.misconception(IN_FLOAT64.format(what="the log-probabilities"))
def log_softmax_in_float64(logits):
    return log_softmax(logits).astype(float)


@task.misconception(NO_KEEPDIMS)
def maximum_is_no_column(logits):
    shifted = logits - logits.max(axis=-1)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception(NO_KEEPDIMS)
def sum_is_no_column(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1))


@task.misconception(NO_KEEPDIMS)
def neither_is_a_column(logits):
    shifted = logits - logits.max(axis=-1)
    return shifted - np.log(np.exp(shifted).sum(axis=-1))


@task.misconception(
    "You subtract the smallest logit, so that all exponents are 0 or above: exp overflows where "
    "another logit is far above it. Subtract the largest one."
)
def minimum_subtracted(logits):
    shifted = logits - logits.min(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception(
    "You subtract the largest absolute value. For logits around −1000 that makes them −2000, and "
    "every exponential 0. Subtract the largest logit, with its sign."
)
def absolute_maximum_subtracted(logits):
    shifted = logits - np.abs(logits).max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@task.misconception("You subtract the sum itself. Its logarithm is missing.")
def logarithm_of_the_sum_forgotten(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=-1, keepdims=True)


@task.misconception(
    "You take the sum of the logarithms. What is asked for is the logarithm of the sum: first add "
    "the exponentials up."
)
def sum_of_the_logarithms(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted)).sum(axis=-1, keepdims=True)


@task.misconception(
    "A constant stands inside your logarithm. After the shift the sum is at least 1 and needs "
    "none; the constant makes every result a little wrong."
)
def constant_in_the_sum(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True) + 1e-7)


@loss.mistake("You give logits to cross_entropy, which wants probabilities.")
def logits_as_probabilities(logits, labels):
    return cross_entropy(logits, labels)


@loss.mistake(
    "Your loss is not a number. If you take the logarithm twice: log_softmax returns logarithms "
    "already, which are negative, and cross_entropy takes them itself.",
)
def logarithm_taken_twice(logits, labels):
    return cross_entropy(log_softmax(logits), labels)


@loss.mistake(
    "You take the logits of the right classes themselves, without log_softmax: a loss that could "
    "fall for ever.",
)
def logits_as_log_probabilities(logits, labels):
    return -(one_hot_targets(labels, logits) * logits).sum() / len(logits)


@loss.mistake(VECTOR)
def one_softmax_loss_per_sample(logits, labels):
    return -(one_hot_targets(labels, logits) * log_softmax(logits)).sum(axis=1)


@task.misconception(ONLY_ROWS, replaces="softmax_cross_entropy")
def softmax_loss_of_rows_only(logits, labels):
    targets = labels
    return -(targets * log_softmax(logits)).sum() / len(logits)


@task.misconception(ONLY_NUMBERS, replaces="softmax_cross_entropy")
def softmax_loss_of_numbers_only(logits, labels):
    return -log_softmax(logits)[np.arange(len(logits)), labels].mean()


def right_classes(logits, labels):
    return one_hot_targets(labels, logits).argmax(axis=1)


@loss.mistake(WHOLE_COLUMNS)
def all_pairs_summed(logits, labels):
    return -log_softmax(logits)[:, right_classes(logits, labels)].sum() / len(logits)


@loss.mistake(WHOLE_COLUMNS)
def all_pairs_averaged(logits, labels):
    return -log_softmax(logits)[:, right_classes(logits, labels)].mean()


@loss.mistake(PICKS_ROWS)
def rows_picked_and_summed(logits, labels):
    return -log_softmax(logits)[right_classes(logits, labels)].sum() / len(logits)


@loss.mistake(PICKS_ROWS)
def rows_picked_and_averaged(logits, labels):
    return -log_softmax(logits)[right_classes(logits, labels)].mean()


@task.misconception(WHOLE_TABLE, replaces="softmax_cross_entropy")
def first_label_for_all(logits, labels):
    numbers = labels.argmax() if labels.ndim == 2 else labels
    return -log_softmax(logits)[np.arange(len(logits)), numbers].mean()


@task.misconception(CLASSES_OF_BATCH, replaces="softmax_cross_entropy")
def classes_of_the_batch(logits, labels):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return -(targets * log_softmax(logits)).sum() / len(logits)


@task.misconception(CLASSES_OF_BATCH, replaces="softmax_cross_entropy")
def classes_of_the_batch_after_the_logarithms(logits, labels):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return -(log_softmax(logits) * targets).sum() / len(logits)


add_guesses(
    task,
    "makes_rows",
    guessing_rows(softmax_loss_of_rows_only),
    replaces="softmax_cross_entropy",
)
add_guesses(
    task,
    "picks_logarithms",
    guessing_numbers(softmax_loss_of_numbers_only),
    replaces="softmax_cross_entropy",
)
