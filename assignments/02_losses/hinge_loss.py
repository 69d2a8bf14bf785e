"""The hinge loss: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, lines_run

from .inputs import add_inputs_stay, add_label_kinds, both_labels, one_hot_rows, scores_case

task = Task(
    "hinge_loss",
    "The hinge loss",
    points=7,
    needs=["hinge_loss"],
    minutes=15,
    shapes="scores and one-hot rows (N, C), class numbers (N,), right scores (N, 1)",
)


@task.check("class numbers: the mean over the batch", weight=2)
def hinge_of_numbers(impl, rng):
    return impl.hinge_loss(*scores_case(rng))


@task.check("one-hot rows")
def hinge_of_rows(impl, rng):
    scores, numbers = scores_case(rng)
    return impl.hinge_loss(scores, one_hot_rows(numbers, 5))


@task.check("another margin")
def hinge_with_margin(impl, rng):
    (scores, numbers), margin = scores_case(rng), rng.uniform(1.5, 3)
    return both_labels(lambda *pair: impl.hinge_loss(*pair, margin), scores, numbers)


@task.check("a right class that is far ahead of all others costs nothing", weight=0.5)
def hinge_of_the_clear(impl, rng):
    scores, numbers = scores_case(rng)
    clear = scores + 30 * one_hot_rows(numbers, 5)
    return {
        "clear": both_labels(impl.hinge_loss, clear, numbers),
        "not clear": both_labels(impl.hinge_loss, scores, numbers),
    }


@task.check("a wrong class with the very score of the right one costs the margin", weight=0.5)
def hinge_of_ties(impl, rng):
    scores, numbers = scores_case(rng)
    n = np.arange(6)
    scores[n, (numbers + 1) % 5] = scores[n, numbers]
    return both_labels(impl.hinge_loss, scores, numbers)


@task.check("no loop over the batch: ten times the samples, no more lines run", weight=1.5)
def hinge_without_loop(impl, rng):
    scores, numbers = rng.normal(size=(60, 5)), rng.integers(5, size=60)

    def lines(*pair):
        return lines_run(impl.hinge_loss, *pair)

    few, many = (both_labels(lines, scores[:n], numbers[:n]) for n in (6, 60))
    return {
        "loss": both_labels(impl.hinge_loss, scores, numbers),
        "more lines": {kind: many[kind] > few[kind] for kind in few},
    }


add_label_kinds(task, "hinge_loss")
add_inputs_stay(task, "hinge_loss", scores_case, labels=True)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import hinge_loss, one_hot, one_hot_targets

from .mistakes import (
    CLASSES_OF_BATCH,
    NO_KEEPDIMS,
    ONLY_NUMBERS,
    ONLY_ROWS,
    VECTOR,
    WHOLE_COLUMNS,
    WHOLE_TABLE,
    add_guesses,
    add_mean_mistakes,
    guessing_numbers,
    guessing_rows,
    parts_of,
)

parts = parts_of(task, hinge_loss)
add_mean_mistakes(parts)


def hinge_terms(scores, labels, margin):
    """Return the terms of all classes, the right one included, and the targets."""
    targets = one_hot_targets(labels, scores)
    right = (scores * targets).sum(axis=1, keepdims=True)
    return scores - right + margin, targets


@parts.mistake(
    "The right class is compared with itself: that adds the margin to every sample's loss. Leave "
    "it out of the sum."
)
def right_class_counted(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(terms, 0).sum() / len(scores)


@parts.mistake(
    "You take the mean over the wrong classes. Within a sample, the hinge loss is their sum."
)
def hinges_averaged_over_wrong_classes(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, margin) / (scores.shape[1] - 1)


@parts.mistake("The margin is always 1 in your loss, whatever the caller says.")
def margin_of_one(scores, labels, margin=1.0):
    return hinge_loss(scores, labels)


@parts.mistake(
    "The margin is missing: in your loss it is enough for the right class to be ahead by nothing."
)
def no_margin(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, 0.0)


@parts.mistake(
    "The margin has the wrong sign: a wrong class may come closer than the margin, or even lead, "
    "and costs nothing."
)
def margin_subtracted(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, -margin)


@parts.mistake(
    "The two scores stand in each other's place: your loss grows as the right class gets ahead."
)
def scores_exchanged(scores, labels, margin=1.0):
    return hinge_loss(-scores, labels, margin)


@parts.mistake(
    "Terms below 0 are not cut off: a class that is far behind would pay for one that is too near."
)
def nothing_cut_off(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (terms * (1 - targets)).sum() / len(scores)


@parts.mistake(
    "You cut off below 0 after the sum. Each wrong class has a hinge of its own: first cut, then "
    "add."
)
def cut_off_after_the_sum(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return np.maximum((terms * (1 - targets)).sum(axis=1), 0).sum() / len(scores)


@parts.mistake(
    "Only the strongest wrong class counts in your loss. Here all wrong classes do, in a sum."
)
def only_the_strongest(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.maximum(terms, 0) * (1 - targets)).max(axis=1).mean()


@parts.mistake("You square the terms. There is such a loss; this one grows in proportion.")
def hinges_squared(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return ((np.maximum(terms, 0) * (1 - targets)) ** 2).sum() / len(scores)


@parts.mistake(
    "You count the wrong classes that are too near. How much too near each one is has to be added."
)
def violations_counted(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return ((terms > 0) * (1 - targets)).sum() / len(scores)


@task.misconception(
    "`np.max(a, 0)` is the largest element along axis 0. The larger one of two things, element by "
    "element, is `np.maximum(a, 0)`."
)
def maximum_along_axis_zero(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.max(terms, 0) * (1 - targets)).sum() / len(scores)


@task.misconception(
    "Python's max compares two numbers. For arrays, element by element, there is np.maximum."
)
def maximum_of_python(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (max(0, terms) * (1 - targets)).sum() / len(scores)


@parts.mistake(NO_KEEPDIMS)
def right_scores_no_column(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - (scores * targets).sum(axis=1) + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@parts.mistake(WHOLE_COLUMNS)
def right_scores_of_all_pairs(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - scores[:, targets.argmax(axis=1)] + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@parts.mistake(
    "The maximum of `scores * t` is the right score only where that is positive: the zeros of t "
    "take part in it. Add up instead."
)
def right_score_by_maximum(scores, labels, margin=1.0):
    targets = one_hot_targets(labels, scores)
    terms = scores - (scores * targets).max(axis=1, keepdims=True) + margin
    return (np.maximum(terms, 0) * (1 - targets)).sum() / len(scores)


@parts.mistake(
    "You take 1 off for the right class, whatever the margin is. It is compared with itself, so "
    "its term is the margin."
)
def one_taken_off(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(terms, 0).sum() / len(scores) - 1


@parts.fault(
    "You take the right class off twice: its term is left out of the sum already, and then the "
    "margin is subtracted for it."
)
def margin_taken_off(loss, scores, labels, margin=1.0):
    return loss - margin


@task.misconception(
    "You take the right class off twice: its term is left out of the sum already, and then 1 is "
    "subtracted for it."
)
def one_taken_off_the_others(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, margin) - 1


@task.misconception(
    "Each sample costs 1 too much: the right class is in the sum with a term of 1. Leave it out."
)
def one_for_the_right_class(scores, labels, margin=1.0):
    return hinge_loss(scores, labels, margin) + 1


@parts.mistake(
    "You leave out every class that has the right class's score. A wrong class can have the same "
    "score: go by the label, not by the number."
)
def ties_left_out(scores, labels, margin=1.0):
    terms, _ = hinge_terms(scores, labels, margin)
    return np.maximum(np.where(terms == margin, 0, terms), 0).sum() / len(scores)


@parts.mistake(VECTOR)
def one_hinge_loss_per_sample(scores, labels, margin=1.0):
    terms, targets = hinge_terms(scores, labels, margin)
    return (np.maximum(terms, 0) * (1 - targets)).sum(axis=1)


@task.misconception(ONLY_NUMBERS)
def hinge_of_numbers_only(scores, labels, margin=1.0):
    n = np.arange(len(scores))
    right = scores[n, labels][:, None]
    violations = np.maximum(scores - right + margin, 0)
    violations[n, labels] = 0
    return violations.sum() / len(scores)


@task.misconception(ONLY_ROWS)
def hinge_of_rows_only(scores, labels, margin=1.0):
    targets = labels
    right_scores = (scores * targets).sum(axis=1, keepdims=True)
    violations = np.maximum(scores - right_scores + margin, 0) * (1 - targets)
    return violations.sum() / len(scores)


@parts.mistake(
    "The result is right, but Python goes through the samples one by one. Compute with the whole "
    "batch at once: the right scores as a column (N, 1), subtracted from all scores."
)
def loops_over_the_batch(scores, labels, margin=1.0):
    total = 0.0
    for row, target in zip(scores, one_hot_targets(labels, scores), strict=True):
        terms = np.maximum(row - row @ target + margin, 0)
        total += terms.sum() - margin
    return total / len(scores)


@parts.mistake(
    "You write into the scores that you were given. They belong to the caller: make a new array."
)
def scores_overwritten(scores, labels, margin=1.0):
    loss = hinge_loss(scores, labels, margin)
    scores += margin
    return loss


@task.misconception(WHOLE_TABLE)
def first_label_for_all(scores, labels, margin=1.0):
    n, numbers = np.arange(len(scores)), labels.argmax() if labels.ndim == 2 else labels
    violations = np.maximum(scores - scores[n, numbers][:, None] + margin, 0)
    violations[n, numbers] = 0
    return violations.sum() / len(scores)


@task.misconception(CLASSES_OF_BATCH)
def classes_of_the_batch(scores, labels, margin=1.0):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    right_scores = (scores * targets).sum(axis=1, keepdims=True)
    return (np.maximum(scores - right_scores + margin, 0) * (1 - targets)).sum() / len(scores)


@task.misconception(CLASSES_OF_BATCH)
def classes_of_the_batch_before_the_scores(scores, labels, margin=1.0):
    targets = labels if labels.ndim == 2 else one_hot(labels, int(labels.max()) + 1)
    right_scores = (targets * scores).sum(axis=1, keepdims=True)
    return (np.maximum(scores - right_scores + margin, 0) * (1 - targets)).sum() / len(scores)


add_guesses(task, "makes_hinge_rows", guessing_rows(hinge_of_rows_only))
add_guesses(task, "picks_the_score", guessing_numbers(hinge_of_numbers_only))
