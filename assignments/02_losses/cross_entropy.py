"""Cross-entropy: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task
from solutions.perceptrons import softmax

from .inputs import add_inputs_stay, add_label_kinds, both_labels, one_hot_rows, scores_case


def probabilities_case(rng):
    """Draw probabilities (6, 5), none so small that the constant counts, and class numbers."""
    scores, labels = scores_case(rng, 1.0)
    return softmax(scores), labels


task = Task("cross_entropy", "Cross-entropy", points=5, needs=["cross_entropy"], minutes=10)


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
    return impl.cross_entropy(probabilities, numbers)


@task.check("a batch of one", weight=0.5, rtol=1e-4)
def cross_entropy_of_one(impl, rng):
    probabilities, numbers = probabilities_case(rng)
    return both_labels(impl.cross_entropy, probabilities[:1], numbers[:1])


add_label_kinds(task, "cross_entropy", prepare=softmax, rtol=1e-4)
add_inputs_stay(task, "cross_entropy", probabilities_case)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import cross_entropy, one_hot_targets, softmax_cross_entropy

from .mistakes import (
    CLASSES,
    LOG2,
    LOG10,
    MEAN,
    ONLY_NUMBERS,
    ONLY_ROWS,
    SIGN,
    SUM,
    VECTOR,
    _named,
    add_guesses,
    guessing_numbers,
    guessing_rows,
    quiet,
)


def right_probabilities(probabilities, labels):
    return (probabilities * one_hot_targets(labels, probabilities)).sum(axis=1)


@task.misconception(SUM)
def entropies_summed(probabilities, labels):
    return len(probabilities) * cross_entropy(probabilities, labels)


@task.misconception(MEAN)
def entropies_averaged_over_all(probabilities, labels):
    return cross_entropy(probabilities, labels) / probabilities.shape[1]


@task.misconception(CLASSES)
def entropies_divided_by_classes(probabilities, labels):
    n, classes = probabilities.shape
    return cross_entropy(probabilities, labels) * n / classes


@task.misconception(SIGN)
def entropy_negative(probabilities, labels):
    return -cross_entropy(probabilities, labels)


@task.misconception(LOG2)
def entropy_in_bits(probabilities, labels):
    return cross_entropy(probabilities, labels) / np.log(2)


@task.misconception(LOG10)
def entropy_to_base_ten(probabilities, labels):
    return cross_entropy(probabilities, labels) / np.log(10)


@task.misconception(
    "Where the right class has the probability 0, your logarithm is infinite. Add the constant "
    "before you take it."
)
@quiet
def constant_missing(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels)).mean()


@task.misconception(
    "0 times infinity is not a number: your sum runs over all classes, and a logarithm of 0 spoils "
    "it even where the target is 0. Add the constant before you take logarithms."
)
@quiet
def zero_times_infinity(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(targets * np.log(probabilities)).sum() / len(probabilities)


@task.misconception(
    "Your constant is so large that it changes the loss of ordinary samples. It is 1e-7 here."
)
def constant_of_a_tenth(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels) + 0.1).mean()


_NOTES = {1e-6: ": that is what `10e-7` means", 1e7: ", ten million: a minus is missing"}


for _name, _size in (
    ("constant_of_1e_8", 1e-8),
    ("constant_of_1e_12", 1e-12),
    ("constant_of_1e_10", 1e-10),
    ("constant_of_1e_6", 1e-6),
    ("constant_of_1e_5", 1e-5),
    ("constant_of_ten_million", 1e7),
):
    task.misconception(
        f"Your constant is {_size:.0e}{_NOTES.get(_size, '')}. The task states 1e-7: it decides "
        "how much a complete miss costs."
    )(
        _named(
            _name,
            lambda probabilities, labels, size=_size: (
                -np.log(right_probabilities(probabilities, labels) + size).mean()
            ),
        )
    )


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


@task.misconception(
    "You take the logarithm of the mean. Take the mean of the logarithms: each sample has a loss."
)
def logarithm_of_the_mean(probabilities, labels):
    return -np.log(right_probabilities(probabilities, labels).mean() + 1e-7)


@task.misconception(
    "Targets and probabilities stand in each other's place: the logarithm is that of the "
    "probabilities, and the target says which one counts."
)
def logarithm_of_the_targets(probabilities, labels):
    targets = one_hot_targets(labels, probabilities)
    return -(probabilities * np.log(targets + 1e-7)).sum() / len(probabilities)


@task.misconception(VECTOR)
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


ALL_PAIRS = (
    "`probabilities[:, labels]` takes whole columns: a table (N, N) of all samples with all "
    "labels. Each row has its own label: the rows need an index as well."
)


@task.misconception(ALL_PAIRS)
def all_pairs_summed(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[:, numbers] + 1e-7).sum() / len(probabilities)


@task.misconception(ALL_PAIRS)
def all_pairs_averaged(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[:, numbers] + 1e-7).mean()


LABELS_PICK_ROWS = (
    "`probabilities[labels]` picks rows: the labels are taken for the numbers of samples. They "
    "are the numbers of columns, one for each row."
)


@task.misconception(LABELS_PICK_ROWS)
def rows_picked_and_summed(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[numbers] + 1e-7).sum() / len(probabilities)


@task.misconception(LABELS_PICK_ROWS)
def rows_picked_and_averaged(probabilities, labels):
    numbers = one_hot_targets(labels, probabilities).argmax(axis=1)
    return -np.log(probabilities[numbers] + 1e-7).mean()


@task.misconception(
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


@task.misconception(
    "You add the constant to the array that you were given. It belongs to the caller: make a new "
    "one."
)
def constant_added_in_place(probabilities, labels):
    loss = cross_entropy(probabilities, labels)
    probabilities += 1e-3
    return loss


def entropy_of_rows(probabilities, rows):
    return -(rows * np.log(probabilities + 1e-7)).sum() / len(probabilities)


add_guesses(task, "makes_entropy_rows", guessing_rows(entropy_of_rows))
add_guesses(task, "picks_the_entropy", guessing_numbers(entropy_of_numbers_only))
