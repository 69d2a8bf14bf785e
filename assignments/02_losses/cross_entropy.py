"""Cross-entropy: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task
from solutions.perceptrons import softmax

from .inputs import add_inputs_stay, add_label_kinds, both_labels, one_hot_rows, scores_case


def probabilities_case(rng):
    """Draw probabilities (6, 5), none so small that the constant counts, and class numbers."""
    scores, labels = scores_case(rng, 1.0)
    return softmax(scores), labels


task = Task(
    "cross_entropy",
    "Cross-entropy",
    points=5,
    needs=["cross_entropy"],
    minutes=10,
    shapes="probabilities and one-hot rows (N, C), class numbers (N,)",
)


@task.check("class numbers: the mean over the batch", weight=2, rtol=1e-4)
def cross_entropy_of_numbers(impl, rng):
    return impl.cross_entropy(*probabilities_case(rng))


@task.check("one-hot rows", rtol=1e-4)
def cross_entropy_of_rows(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    return impl.cross_entropy(probabilities, one_hot_rows(numbers, 5))


@task.check("a probability of exactly 0 for the right class: the constant is 1e-7", rtol=1e-4)
def cross_entropy_at_zero(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    probabilities[2] = one_hot_rows(np.array([4]), 5)
    return both_labels(impl.cross_entropy, probabilities, numbers)


@task.check("a batch of one", weight=0.5, rtol=1e-4)
def cross_entropy_of_one(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    return both_labels(impl.cross_entropy, probabilities[:1], numbers[:1])


add_label_kinds(task, "cross_entropy", prepare=softmax, rtol=1e-4)
add_inputs_stay(task, "cross_entropy", probabilities_case, labels=True)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import cross_entropy, one_hot, one_hot_targets, softmax_cross_entropy

from .mistakes import (
    CLASSES_OF_BATCH,
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

parts = parts_of(task, cross_entropy)
add_mean_mistakes(parts)
add_logarithm_mistakes(parts)


def right_probabilities(probabilities, labels):
    return (probabilities * one_hot_targets(labels, probabilities)).sum(axis=1)


def right_classes(probabilities, labels):
    return one_hot_targets(labels, probabilities).argmax(axis=1)


@parts.mistake(
    "Where the right class has the probability 0, your logarithm is infinite. Add the constant "
    "before you take it."
)
def constant_missing(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels)).mean()


@parts.mistake(
    "0 times infinity is not a number: your sum runs over all classes, and a logarithm of 0 spoils "
    "it even where the target is 0. Add the constant before you take logarithms."
)
def zero_times_infinity(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(targets * np.log(probabilities)).sum() / len(probabilities)


@parts.mistake(
    "Your constant is so large that it changes the loss of ordinary samples. It is 1e-7 here."
)
def constant_of_a_tenth(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels) + 0.1).mean()


def add_constant_mistake(name, constant, note=""):
    """Add the mistake of another constant than 1e-7 in the logarithm."""

    def with_constant(probabilities, labels):
        return -np.log(right_probabilities(probabilities, labels) + constant).mean()

    with_constant.__name__ = f"constant_of_{name}"
    parts.mistake(
        f"Your constant is {constant:.0e}{note}. The task states 1e-7: it decides how much a "
        "complete miss costs."
    )(with_constant)


for digits in (5, 8, 9, 10, 12, 15):
    add_constant_mistake(f"1e_{digits}", 10.0**-digits)
add_constant_mistake("1e_6", 1e-6, ": that is what `10e-7` means")
add_constant_mistake("ten_million", 1e7, ", ten million: a minus is missing")


@task.misconception(
    "You take softmax of what are probabilities already. They come ready to be used."
)
def softmax_once_more(probabilities, labels):
    return softmax_cross_entropy(probabilities, labels)


@task.misconception(
    "You add the terms (1 − t) log(1 − y) of the wrong classes. They belong to yes-or-no "
    "questions; with probabilities that sum to 1, the right class says it all."
)
def wrong_classes_counted(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    others = (1 - targets) * np.log(1 - probabilities + 1e-7)
    return cross_entropy(probabilities, labels) - others.sum() / len(probabilities)


@parts.mistake(
    "You take the logarithm of the mean. Take the mean of the logarithms: each sample has a loss."
)
def logarithm_of_the_mean(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels).mean() + 1e-7)


@parts.mistake(
    "Targets and probabilities stand in each other's place: the logarithm is that of the "
    "probabilities, and the target says which one counts."
)
def logarithm_of_the_targets(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(probabilities * np.log(targets + 1e-7)).sum() / len(probabilities)


@parts.mistake(
    "There is no logarithm in your loss: it is the mean of the right classes' probabilities, with "
    "a minus."
)
def logarithm_missing(probabilities, labels):
    return -right_probabilities(probabilities, labels).mean()


@parts.mistake(VECTOR)
def one_entropy_per_sample(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels) + 1e-7)


@task.misconception(
    "You look at the largest probability of each row. What counts is that of the right class."
)
def largest_probability(probabilities, labels):
    return -np.log(probabilities.max(axis=1) + 1e-7).mean()


@task.misconception(ONLY_ROWS)
def entropy_of_rows_only(probabilities, labels):
    targets = labels
    return -(targets * np.log(probabilities + 1e-7)).sum() / len(probabilities)


@parts.mistake(WHOLE_COLUMNS)
def all_pairs_summed(probabilities, labels):
    pairs = probabilities[:, right_classes(probabilities, labels)]
    return -np.log(pairs + 1e-7).sum() / len(probabilities)


@parts.mistake(WHOLE_COLUMNS)
def all_pairs_averaged(probabilities, labels):
    return -np.log(probabilities[:, right_classes(probabilities, labels)] + 1e-7).mean()


@parts.mistake(PICKS_ROWS)
def rows_picked_and_summed(probabilities, labels):
    rows = probabilities[right_classes(probabilities, labels)]
    return -np.log(rows + 1e-7).sum() / len(probabilities)


@parts.mistake(PICKS_ROWS)
def rows_picked_and_averaged(probabilities, labels):
    return -np.log(probabilities[right_classes(probabilities, labels)] + 1e-7).mean()


@task.misconception(WHOLE_TABLE)
def first_label_for_all(probabilities, labels):
    numbers = labels.argmax() if labels.ndim == 2 else labels
    return -np.log(probabilities[np.arange(len(probabilities)), numbers] + 1e-7).mean()


@parts.mistake(
    "You add the constant to t · y. Where t is 0, that leaves the logarithm of the constant, 16 "
    "for each wrong class. The logarithm is taken of y + constant, and then t picks one."
)
def constant_added_to_the_product(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -np.log(targets * probabilities + 1e-7).sum() / len(probabilities)


@task.misconception(ONLY_NUMBERS)
def entropy_of_numbers_only(probabilities, labels):
    right = probabilities[np.arange(len(probabilities)), labels]
    return -np.log(right + 1e-7).mean()


@parts.mistake(
    "You add the constant to the array that you were given. It belongs to the caller: make a new "
    "one."
)
def constant_added_in_place(probabilities, labels):
    loss = cross_entropy(probabilities, labels)
    probabilities += 1e-3
    return loss


@task.misconception(CLASSES_OF_BATCH)
def classes_of_the_batch(probabilities, labels):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return -(targets * np.log(probabilities + 1e-7)).sum() / len(probabilities)


@task.misconception(CLASSES_OF_BATCH)
def classes_of_the_batch_after_the_logarithm(probabilities, labels):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    return -(np.log(probabilities + 1e-7) * targets).sum() / len(probabilities)


def entropy_of_rows(probabilities, rows):
    return -(rows * np.log(probabilities + 1e-7)).sum() / len(probabilities)


add_guesses(task, "makes_entropy_rows", guessing_rows(entropy_of_rows))
add_guesses(task, "picks_the_entropy", guessing_numbers(entropy_of_numbers_only))
