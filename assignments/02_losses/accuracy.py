"""Accuracy: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task
from solutions.perceptrons import softmax

from .inputs import add_label_kinds, both_labels, one_hot_rows

task = Task(
    "accuracy",
    "Accuracy",
    points=4,
    needs=["accuracy"],
    minutes=5,
    shapes="logits and one-hot rows (N, C), class numbers (N,)",
)


def judged_case(rng, right=29):
    """Draw scores (40, 5) of which so many have their maximum at the label.

    The largest one of all stands in the first row, at a class that occurs.
    """
    scores, numbers = rng.normal(size=(40, 5)), rng.integers(4, size=40)
    wrong = (numbers + rng.integers(1, 5, size=40)) % 5
    wrong[0] = (numbers[0] + 1) % 4
    is_right = rng.permutation(40) < right
    top = one_hot_rows(np.where(is_right, numbers, wrong), 5)
    top[0] *= 3
    return np.tanh(scores) + 2.5 * top, numbers


@task.check("class numbers: the share of samples that are right", weight=1.5)
def accuracy_of_numbers(impl, rng):
    return impl.accuracy(*judged_case(rng))


@task.check("one-hot rows")
def accuracy_of_rows(impl, rng):
    scores, numbers = judged_case(rng)
    return impl.accuracy(scores, one_hot_rows(numbers, 5))


@task.check("negative scores, and scores that are probabilities")
def accuracy_of_any_scores(impl, rng):
    scores, numbers = judged_case(rng)
    return {
        "negative": both_labels(impl.accuracy, scores - 9, numbers),
        "probabilities": both_labels(impl.accuracy, softmax(scores / 4), numbers),
    }


@task.check("all right, and all wrong", weight=0.5)
def accuracy_at_the_ends(impl, rng):
    return [both_labels(impl.accuracy, *judged_case(rng, right)) for right in (40, 0)]


add_label_kinds(task, "accuracy")


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import accuracy, one_hot, one_hot_targets

from .mistakes import ONLY_NUMBERS, ONLY_ROWS, WHOLE_TABLE, add_guesses, guessing_numbers, parts_of

parts = parts_of(task, accuracy, "the accuracy")


@parts.fault("You count the samples that are right. Accuracy is their share, a number from 0 to 1.")
def hits_counted(share, logits, labels):
    return share * len(logits)


@parts.fault("You return per cent. Accuracy is a number from 0 to 1 here.")
def in_per_cent(share, logits, labels):
    return 100 * share


@parts.fault("You return the share of samples that are wrong.")
def error_rate(share, logits, labels):
    return 1 - share


@parts.fault(
    "You divide by the number of all scores, N · C. Each of the N samples has one answer, which is "
    "right or wrong."
)
def divided_by_all_scores(share, logits, labels):
    return share / logits.shape[1]


@parts.fault("You divide by the number of classes. What is asked for is the share of the samples.")
def divided_by_classes(share, logits, labels):
    return share * len(logits) / logits.shape[1]


@parts.mistake(
    "Your maximum runs over the batch. For each sample, ask which of its classes has the largest "
    "score."
)
def winner_over_the_batch(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax(axis=0) == right).mean())


@parts.mistake(
    "You look for the smallest score. The network's answer is the class with the largest one."
)
def smallest_score(logits, labels):
    return accuracy(-logits, labels)


@parts.mistake(
    "A sample counts for you if its right class passes a threshold. It counts if no other class "
    "has a larger score, however large that is."
)
def right_above_a_half(logits, labels):
    targets = one_hot_targets(labels, logits)
    return float(((logits * targets).sum(axis=1) > 0.5).mean())


@parts.mistake(
    "A sample counts for you if its right class has a positive score. What counts is whether "
    "another class has a larger one."
)
def right_above_zero(logits, labels):
    targets = one_hot_targets(labels, logits)
    return float(((logits * targets).sum(axis=1) > 0).mean())


@parts.mistake(
    "You compare element by element with the one-hot rows, so zeros that agree with zeros count "
    "as well. One answer per sample: compare class numbers."
)
def elements_compared(logits, labels):
    targets = one_hot_targets(labels, logits)
    answers = one_hot(logits.argmax(axis=1), logits.shape[1])
    return float((answers == targets).mean())


@parts.mistake(
    "Your accuracy is 1 if all samples are right, and 0 otherwise. What is asked for is the share "
    "that is right: `//` drops everything after the point, and all() wants every one."
)
def all_or_nothing(logits, labels):
    return float(accuracy(logits, labels) == 1)


@parts.mistake(WHOLE_TABLE)
def one_winner_for_all(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax() == right).mean())


@task.misconception(WHOLE_TABLE)
def one_winner_for_all_in_both(logits, labels):
    right = labels.argmax() if labels.ndim == 2 else labels
    return float((logits.argmax() == right).mean())


@parts.mistake(
    "You compare the largest score with the label. Ask at which place it stands: argmax, not max."
)
def score_for_the_place(logits, labels):
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.max(axis=1) == right).mean())


@task.misconception(ONLY_NUMBERS)
def accuracy_of_numbers_only(logits, labels):
    right = labels
    return float((logits.argmax(axis=1) == right).mean())


@task.misconception(ONLY_ROWS)
def accuracy_of_rows_only(logits, labels):
    right = labels.argmax(axis=1)
    return float((logits.argmax(axis=1) == right).mean())


@parts.mistake("You return which samples are right. Take the mean of that.")
def truths_returned(logits, labels):
    return logits.argmax(axis=1) == one_hot_targets(labels, logits).argmax(axis=1)


@task.misconception(WHOLE_TABLE)
def first_label_for_all(logits, labels):
    right = labels.argmax() if labels.ndim == 2 else labels
    return float((logits.argmax(axis=1) == right).mean())


add_guesses(task, "makes_right_numbers", guessing_numbers(accuracy_of_numbers_only))
