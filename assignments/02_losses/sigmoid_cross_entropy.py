"""Yes or no: sigmoid and cross-entropy: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import add_inputs_stay, exception_of, outcome_of

task = Task(
    "sigmoid_cross_entropy",
    "Yes or no: sigmoid and cross-entropy",
    points=6,
    needs=["sigmoid_cross_entropy"],
    minutes=25,
    shapes="logits and targets are both (N,), or both (N, K)",
)


def yes_or_no_case(rng):
    """Draw logits (5, 3), and targets of which both 0 and 1 occur."""
    targets = rng.permutation(np.array([0.0, 1.0] * 7 + [1.0])).reshape(5, 3)
    return 2 * rng.normal(size=(5, 3)), targets


@task.check("several questions per sample: a sum within, a mean over the batch")
def sigmoid_loss_of_rows(impl, rng):
    return impl.sigmoid_cross_entropy(*yes_or_no_case(rng))


@task.check("one question per sample, as arrays (N,)", weight=0.5)
def sigmoid_loss_of_numbers(impl, rng):
    targets = rng.permutation(np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0]))
    return impl.sigmoid_cross_entropy(rng.normal(size=6), targets)


@task.check("logits of ±50 and of ±1000, right and wrong", weight=2)
def sigmoid_loss_far_away(impl, rng):
    logits = rng.uniform(0.9, 1, size=5) * np.array([1, -1, -1, 1, 1])
    targets = np.array([1.0, 0, 1, 0, 1])
    return {
        "+50 and -50": impl.sigmoid_cross_entropy(50 * logits, targets),
        "+1000 and -1000": impl.sigmoid_cross_entropy(1000 * logits, targets),
    }


@task.check("targets may lie between 0 and 1")
def sigmoid_loss_of_probabilities(impl, rng):
    return impl.sigmoid_cross_entropy(2 * rng.normal(size=(4, 3)), rng.uniform(size=(4, 3)))


@task.check("different shapes are refused (ValueError)")
def sigmoid_loss_refuses(impl, rng):
    logits, row = rng.normal(size=(4, 1)), np.array([0.0, 1.0, 1.0, 0.0])
    loss = impl.sigmoid_cross_entropy
    return {
        "(4, 1) and (4,)": exception_of(loss, logits, row),
        "(4,) and (4, 1)": exception_of(loss, row, logits),
        "(4,) and (4,)": outcome_of(loss, row, row),
    }


add_inputs_stay(task, "sigmoid_cross_entropy", yes_or_no_case)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import sigmoid_cross_entropy
from solutions.perceptrons import sigmoid

from .mistakes import (
    ASSERTED,
    AXIS_OF_ROWS,
    FIRST_AXIS,
    LAST_AXIS,
    LOG2,
    LOG10,
    MEAN,
    OTHER_ERROR,
    OUTPUTS,
    SHAPES,
    SIGN,
    SUM,
    TWICE,
    VECTOR,
    _named,
    same_shapes,
)


def yes_or_no_losses(logits, targets):
    same_shapes(logits, targets)
    return np.logaddexp(0, logits) - targets * logits


@task.misconception(SUM)
def yes_or_no_summed(logits, targets):
    return yes_or_no_losses(logits, targets).sum()


@task.misconception(MEAN)
def yes_or_no_averaged_over_all(logits, targets):
    return yes_or_no_losses(logits, targets).mean()


@task.misconception(TWICE)
def yes_or_no_averaged_twice(logits, targets):
    return yes_or_no_losses(logits, targets).mean() / len(logits)


@task.misconception(TWICE)
def yes_or_no_divided_twice(logits, targets):
    return sigmoid_cross_entropy(logits, targets) / len(logits)


@task.misconception(OUTPUTS)
def yes_or_no_divided_by_outputs(logits, targets):
    return yes_or_no_losses(logits, targets).sum() / logits.shape[-1]


@task.misconception(LAST_AXIS)
def yes_or_no_summed_over_the_last_axis(logits, targets):
    return yes_or_no_losses(logits, targets).sum(axis=-1).mean()


@task.misconception(FIRST_AXIS)
def yes_or_no_summed_over_the_batch(logits, targets):
    return yes_or_no_losses(logits, targets).sum(axis=0).mean()


@task.misconception(VECTOR)
def one_yes_or_no_loss_per_sample(logits, targets):
    return yes_or_no_losses(logits, targets).reshape(len(logits), -1).sum(axis=1)


@task.misconception(SIGN)
def yes_or_no_negative(logits, targets):
    return -sigmoid_cross_entropy(logits, targets)


@task.misconception(
    "Only the yes counts in your loss. Where the target is 0, log(1 − σ(z)) has to be there, or "
    "saying yes to everything costs nothing."
)
def only_yes_counts(logits, targets):
    same_shapes(logits, targets)
    return (targets * np.logaddexp(0, -logits)).sum() / len(logits)


@task.misconception(
    "The targets do not count in your loss: log(1 − σ(z)) is taken for each, as if all were 0."
)
def targets_not_used(logits, targets):
    same_shapes(logits, targets)
    return np.logaddexp(0, logits).sum() / len(logits)


@task.misconception(
    "Only the no counts in your loss. Where the target is 1, log σ(z) has to be there, or saying "
    "no to everything costs nothing."
)
def only_no_counts(logits, targets):
    same_shapes(logits, targets)
    return ((1 - targets) * np.logaddexp(0, logits)).sum() / len(logits)


@task.misconception(
    "Yes and no are exchanged: the target 1 belongs to log σ(z), the target 0 to log(1 − σ(z))."
)
def yes_and_no_exchanged(logits, targets):
    return sigmoid_cross_entropy(-logits, targets)


@task.misconception(
    "You take the sigmoid first. At ±1000 it is exactly 0 or 1, and a logarithm becomes infinite "
    "or not a number. Use the logarithms that the task gives, and np.logaddexp for them."
)
def logarithm_of_the_sigmoid(logits, targets):
    same_shapes(logits, targets)
    y = sigmoid(logits)
    return -(targets * np.log(y) + (1 - targets) * np.log(1 - y)).sum() / len(logits)


def capped(logits, targets, constant):
    same_shapes(logits, targets)
    y = sigmoid(logits)
    yes, no = targets * np.log(y + constant), (1 - targets) * np.log(1 - y + constant)
    return -(yes + no).sum() / len(logits)


CAPPED = (
    "You take the sigmoid first, and a constant keeps its logarithm finite. Then a sample that is "
    "wrong by far costs no more than the constant allows. Use the logarithms that the task gives, "
    "and np.logaddexp for them."
)


def clipped(logits, targets, constant):
    same_shapes(logits, targets)
    y = np.clip(sigmoid(logits), constant, 1 - constant)
    return -(targets * np.log(y) + (1 - targets) * np.log(1 - y)).sum() / len(logits)


def _with_constant(loss, constant):
    return lambda logits, targets: loss(logits, targets, constant)


for _name, _loss, _constant in (
    ("yes_or_no_capped_at_1e_7", capped, 1e-7),
    ("yes_or_no_capped_at_1e_8", capped, 1e-8),
    ("yes_or_no_capped_at_1e_9", capped, 1e-9),
    ("yes_or_no_capped_at_1e_10", capped, 1e-10),
    ("yes_or_no_capped_at_1e_12", capped, 1e-12),
    ("yes_or_no_capped_at_1e_15", capped, 1e-15),
    ("yes_or_no_clipped_at_1e_15", clipped, 1e-15),
    ("yes_or_no_clipped_at_epsilon", clipped, np.finfo(float).eps),
):
    task.misconception(CAPPED)(_named(_name, _with_constant(_loss, _constant)))


OVERFLOW = (
    "The formula is right, but e^z overflows for large z, and so does e^−z for small ones. "
    "np.logaddexp(a, b) is log(e^a + e^b), without ever computing such a number."
)


@task.misconception(OVERFLOW)
def exponentials_of_both_terms_overflow(logits, targets):
    same_shapes(logits, targets)
    yes, no = -np.log(1 + np.exp(-logits)), -np.log(1 + np.exp(logits))
    return -(targets * yes + (1 - targets) * no).sum() / len(logits)


@task.misconception(
    "`np.logaddexp(1, z)` is log(e^1 + e^z): its arguments are exponents. Of which number is 1 "
    "the exponential?"
)
def exponent_of_one(logits, targets):
    same_shapes(logits, targets)
    return (np.logaddexp(1, logits) - targets * logits).sum() / len(logits)


@task.misconception(
    "`np.logaddexp(1, z)` is log(e^1 + e^z): its arguments are exponents. Of which number is 1 "
    "the exponential?"
)
def exponent_of_one_in_both_terms(logits, targets):
    same_shapes(logits, targets)
    yes, no = np.logaddexp(1, -logits), np.logaddexp(1, logits)
    return (targets * yes + (1 - targets) * no).sum() / len(logits)


@task.misconception(
    "log(1 − σ(z)) counts in full, whatever the target is: its factor 1 − t is missing."
)
def factor_of_no_missing(logits, targets):
    same_shapes(logits, targets)
    return (targets * np.logaddexp(0, -logits) + np.logaddexp(0, logits)).sum() / len(logits)


@task.misconception(
    "You ask whether a target is 1, and take every other one for 0. A target may lie between 0 "
    "and 1, and then both terms count."
)
def targets_asked_for_one(logits, targets):
    return sigmoid_cross_entropy(logits, (targets == 1).astype(float))


@task.misconception(AXIS_OF_ROWS)
def yes_or_no_summed_over_axis_one(logits, targets):
    return yes_or_no_losses(logits, targets).sum(axis=1).mean()


@task.misconception(ASSERTED)
def yes_or_no_asserts(logits, targets):
    assert logits.shape == targets.shape
    return sigmoid_cross_entropy(logits, targets)


@task.misconception(OVERFLOW)
def exponential_overflows(logits, targets):
    same_shapes(logits, targets)
    return (np.log(1 + np.exp(logits)) - targets * logits).sum() / len(logits)


@task.misconception(
    "You take the logits for probabilities. They are scores: the sigmoid makes probabilities of "
    "them."
)
def logits_taken_for_probabilities(logits, targets):
    same_shapes(logits, targets)
    yes, no = targets * np.log(logits + 1e-7), (1 - targets) * np.log(1 - logits + 1e-7)
    return -(yes + no).sum() / len(logits)


@task.misconception(
    "You turn the targets into yes or no. A target may lie between 0 and 1, and then both terms "
    "count."
)
def targets_rounded(logits, targets):
    return sigmoid_cross_entropy(logits, np.round(targets))


@task.misconception(LOG2)
def yes_or_no_in_bits(logits, targets):
    return sigmoid_cross_entropy(logits, targets) / np.log(2)


@task.misconception(LOG10)
def yes_or_no_to_base_ten(logits, targets):
    return sigmoid_cross_entropy(logits, targets) / np.log(10)


@task.misconception(OTHER_ERROR)
def yes_or_no_refused_by_type_error(logits, targets):
    if logits.shape != targets.shape:
        raise TypeError
    return sigmoid_cross_entropy(logits, targets)


@task.misconception(SHAPES)
def yes_or_no_of_any_shape(logits, targets):
    losses = np.logaddexp(0, logits) - targets * logits
    return losses.sum() / len(logits)


@task.misconception(
    "You change the logits that you were given. They belong to the caller: make a new array."
)
def yes_or_no_overwrites(logits, targets):
    loss = sigmoid_cross_entropy(logits, targets)
    logits *= targets
    return loss
