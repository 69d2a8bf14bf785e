"""Averages of predictions: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

task = Task(
    "average_predictions",
    "One answer of many",
    points=4,
    needs=["average_predictions", "ensemble_gain"],
    minutes=15,
    shapes="each of the predictions (N, C), labels (N,)",
)

N, C = 4, 3
HOW_SURE = (0.7, 1.2, 5.0, 1.0, 2.0)


def members(rng, count=5, n=N, c=C):
    """Draw the probabilities of so many models; the third of them is much surer than the others."""
    draws = [sure * rng.uniform(-1, 1, size=(n, c)) for sure in HOW_SURE[:count]]
    return [np.exp(draw) / np.exp(draw).sum(axis=1, keepdims=True) for draw in draws]


def labels_of(rng, n=N, c=C):
    """Draw labels that are not all the same."""
    labels = rng.integers(c, size=n)
    labels[1] = (labels[0] + 1) % c
    return labels


def well_mixed(models, labels):
    """Return five models in an order in which no end is the best, the worst or the median one."""
    order = np.argsort([-np.log(p[np.arange(len(p)), labels]).mean() for p in models])
    return [models[order[place]] for place in (1, 4, 2, 0, 3)]


@task.check(
    "the mean of the probabilities, one of the models being much surer than the others", weight=2
)
def mean(impl, rng):
    return impl.average_predictions(members(rng))


@task.check("any number of models, in a list or a tuple", weight=1)
def any_number(impl, rng):
    return {
        "1 model": impl.average_predictions(members(rng, 1)),
        "2 models": impl.average_predictions(tuple(members(rng, 2))),
        "4 models": impl.average_predictions(tuple(members(rng, 4, n=2, c=5))),
        "3 models, 1 sample": impl.average_predictions(members(rng, 3, n=1, c=2)),
    }


@task.check("the predictions are left as they were, and float32 stays float32", weight=1)
def predictions_stay(impl, rng):
    kept = [keep(impl, one.astype("f4")) for one in members(rng, 3)]
    found = np.asarray(impl.average_predictions(kept))
    impl.ensemble_gain(kept, labels_of(rng))
    return {
        "predictions": [fetch(one) for one in kept],
        "shape": found.shape,
        "dtype": str(found.dtype),
    }


@task.check("the gain: the mean of the models' losses, less the loss of their mean", weight=2)
def gain(impl, rng):
    labels = labels_of(rng)
    return impl.ensemble_gain(well_mixed(members(rng), labels), labels)


@task.check("the gain: other numbers of models, samples and classes, one-hot rows as labels")
def gain_of_others(impl, rng):
    labels = labels_of(rng, 6, 4)
    return {
        "2 models": impl.ensemble_gain(tuple(members(rng, 2, 6, 4)), labels),
        "3 models, one-hot rows": impl.ensemble_gain(members(rng, 3, 6, 4), np.eye(4)[labels]),
    }


@task.check("the gain of models that agree is 0", weight=0.5)
def gain_of_copies(impl, rng):
    (one, other), labels = members(rng, 2), labels_of(rng)
    return {
        "copies": impl.ensemble_gain([one, one.copy(), one.copy()], labels),
        "copies and another": impl.ensemble_gain([one, other, one.copy()], labels),
    }


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.losses import accuracy, cross_entropy
from solutions.perceptrons import softmax
from solutions.regularization import average_predictions, ensemble_gain


def add(name, hint, of_all):
    """Add a wrong average_predictions: of_all(p), p of shape (models, N, C)."""

    def wrong(predictions):
        return of_all(np.stack(predictions))

    wrong.__name__ = name
    task.misconception(hint, replaces="average_predictions")(wrong)


add(
    "mean_of_logits",
    "You take the mean of the logarithms, or of logits, and make probabilities of it: a geometric "
    "mean, in which the model that is surest has the most to say. Take the mean of the "
    "probabilities as they are.",
    lambda p: softmax(np.log(p).mean(axis=0)),
)
add(
    "geometric_mean",
    "You take the geometric mean: a product, and a root of it. Its rows do not even sum to 1.",
    lambda p: np.exp(np.log(p).mean(axis=0)),
)
add(
    "product",
    "You multiply the models' probabilities. A class that one of them finds unlikely is lost then, "
    "whatever the others say. The mean is asked for.",
    lambda p: p.prod(axis=0),
)
add(
    "product_made_to_sum_to_1",
    "You multiply the models' probabilities, and make the rows sum to 1. A class that one of them "
    "finds unlikely is lost then, whatever the others say. The mean is asked for.",
    lambda p: p.prod(axis=0) / p.prod(axis=0).sum(axis=-1, keepdims=True),
)
add(
    "softmax_of_the_mean",
    "You take a softmax at the end. The predictions are probabilities, and so is their mean.",
    lambda p: softmax(p.mean(axis=0)),
)
add(
    "softmax_of_each",
    "You take a softmax of the predictions. They are probabilities already.",
    lambda p: softmax(p).mean(axis=0),
)
add(
    "votes",
    "Each model casts a vote for one class. How sure it is counts: take the mean of the "
    "probabilities.",
    lambda p: (p == p.max(axis=-1, keepdims=True)).mean(axis=0),
)
add(
    "classes",
    "You return the class for each sample. The probabilities are asked for.",
    lambda p: p.mean(axis=0).argmax(axis=-1),
)
add(
    "sum_for_mean",
    "You return the sum over the models: it is not divided by their number.",
    lambda p: p.sum(axis=0),
)
add(
    "divided_by_the_samples",
    "You divide by the number of samples. The mean runs over the models.",
    lambda p: p.sum(axis=0) / p.shape[1],
)
add(
    "divided_by_the_classes",
    "You divide by the number of classes. The mean runs over the models.",
    lambda p: p.sum(axis=0) / p.shape[2],
)
add(
    "mean_over_samples",
    "You take the mean over the samples. It runs over the models, and each sample keeps its row.",
    lambda p: p.mean(axis=1),
)
add(
    "mean_over_classes",
    "You take the mean over the classes. It runs over the models, and each class keeps its column.",
    lambda p: p.mean(axis=2),
)
add(
    "mean_over_everything",
    "You take the mean of all numbers there are. Name the axis over which it runs.",
    lambda p: p.mean(),
)
add(
    "all_predictions",
    "You return the predictions of all models. Their mean is asked for.",
    lambda p: p,
)
add(
    "largest",
    "For each class you take the largest of the models' probabilities. The mean is asked for.",
    lambda p: p.max(axis=0),
)
add(
    "median",
    "You take the median over the models. The mean is asked for: its rows sum to 1.",
    lambda p: np.median(p, axis=0),
)
add(
    "surest_model",
    "For each sample you take the model that is surest. All of them are to have the same weight.",
    lambda p: np.take_along_axis(p, p.max(axis=2).argmax(axis=0)[None, :, None], axis=0)[0],
)
add(
    "first_model",
    "Only the first model counts. If there is a return in the loop, it ends it there.",
    lambda p: p[0],
)
add(
    "first_model_divided",
    "Only the first model counts, and is divided by the number of all.",
    lambda p: p[0] / len(p),
)
add(
    "last_model",
    "Only the last model counts: in the loop it replaces those before it.",
    lambda p: p[-1],
)
add(
    "last_model_divided",
    "Only the last model counts, and is divided by the number of all: in the loop it replaces "
    "those before it.",
    lambda p: p[-1] / len(p),
)
add(
    "first_model_left_out",
    "The first model is missing in your sum.",
    lambda p: p[1:].sum(axis=0) / len(p),
)
add(
    "last_model_left_out",
    "The last model is missing in your sum.",
    lambda p: p[:-1].sum(axis=0) / len(p),
)
add(
    "divided_by_one_less",
    "You divide by the number of models less one.",
    lambda p: p.sum(axis=0) / (len(p) - 1),
)
add(
    "divided_by_one_more",
    "You divide by the number of models and one more.",
    lambda p: p.sum(axis=0) / (len(p) + 1),
)
add(
    "in_float64",
    IN_FLOAT64.format(what="the mean"),
    lambda p: p.mean(axis=0).astype(float),
)


@task.misconception(
    "In the loop you take half of what was there and half of the next model. So the last one has a "
    "weight of ½, the one before it ¼, and so on.",
    replaces="average_predictions",
)
def half_and_half(predictions):
    mean = predictions[0]
    for prediction in predictions[1:]:
        mean = (mean + prediction) / 2
    return mean


@task.misconception(
    "In the loop you divide the sum so far, again and again: the first models count least.",
    replaces="average_predictions",
)
def divided_in_the_loop(predictions):
    total = 0
    for prediction in predictions:
        total = (total + prediction) / len(predictions)
    return total


@task.misconception(
    "You write into the first model's predictions: `+=` and `/=` change the array itself. They "
    "belong to the caller, so begin with an array of your own.",
    replaces="average_predictions",
)
def first_model_overwritten(predictions):
    found = average_predictions(predictions)
    predictions[0][...] = found
    return found


@task.misconception(
    "You write into the first model's predictions: `+=` changes the array itself. They belong to "
    "the caller, so begin with an array of your own.",
    replaces="average_predictions",
)
def first_model_gets_the_sum(predictions):
    found = average_predictions(predictions)
    predictions[0][...] = found * len(predictions)
    return found


def add_overwriting_last(overwrites, hint):
    """Add it with an ensemble_gain that takes the losses first: then the gain is right."""

    def wrong(predictions, labels):
        gain = ensemble_gain(predictions, labels)
        for _ in range(2):  # once for the average that the check has asked for before
            overwrites(predictions)
        return gain

    wrong.__name__ = f"{overwrites.__name__}_after_the_losses"
    task.misconception(hint, replaces="ensemble_gain")(wrong)


for mistake in [*task.misconceptions[-2:]]:
    add_overwriting_last(mistake.wrong["average_predictions"], mistake.hint)


def add_gain(name, hint, of_losses):
    """Add a wrong ensemble_gain: of_losses(losses of the models, loss of the mean, N)."""

    def wrong(predictions, labels):
        losses = np.array([cross_entropy(one, labels) for one in predictions])
        return of_losses(
            losses, cross_entropy(average_predictions(predictions), labels), len(labels)
        )

    wrong.__name__ = name
    task.misconception(hint, replaces="ensemble_gain")(wrong)


add_gain(
    "loss_for_gain",
    "Your gain is negative where the average is the better one. What is gained is what the loss "
    "of the average lies *below* the others.",
    lambda losses, own, n: own - losses.mean(),
)
add_gain(
    "losses_not_divided",
    "You subtract from the sum of the models' losses. Their mean is asked for.",
    lambda losses, own, n: losses.sum() - own,
)
add_gain(
    "difference_divided",
    "You divide the difference, and not the sum of the losses alone, by the number of models.",
    lambda losses, own, n: (losses.sum() - own) / len(losses),
)
add_gain(
    "losses_divided_by_the_samples",
    "You divide the sum of the models' losses by the number of samples. cross_entropy has done "
    "that; here the mean runs over the models.",
    lambda losses, own, n: losses.sum() / n - own,
)
add_gain(
    "divided_by_the_samples_again",
    "You divide by the number of samples. cross_entropy has done that.",
    lambda losses, own, n: (losses.mean() - own) / n,
)
add_gain(
    "times_the_samples",
    "Your gain is a sum over the samples. It is a mean, as cross_entropy is.",
    lambda losses, own, n: n * (losses.mean() - own),
)
add_gain(
    "as_a_share",
    "You divide by the mean of the losses. The gain is a difference of losses, not a share.",
    lambda losses, own, n: (losses.mean() - own) / losses.mean(),
)
add_gain(
    "quotient",
    "You divide the two losses. The gain is their difference.",
    lambda losses, own, n: losses.mean() / own,
)
add_gain(
    "above_the_best",
    "You compare with the best of the models. The gain is with respect to the mean of their "
    "losses: against the best one, nothing is certain.",
    lambda losses, own, n: losses.min() - own,
)
add_gain(
    "above_the_worst",
    "You compare with the worst of the models. The gain is with respect to the mean of their "
    "losses.",
    lambda losses, own, n: losses.max() - own,
)
add_gain(
    "above_the_first",
    "You compare with the first model only. The gain is with respect to the mean of all losses.",
    lambda losses, own, n: losses[0] - own,
)
add_gain(
    "above_the_last",
    "You compare with the last model only. The gain is with respect to the mean of all losses.",
    lambda losses, own, n: losses[-1] - own,
)
add_gain(
    "above_the_median",
    "You compare with the median of the losses. Their mean is asked for.",
    lambda losses, own, n: np.median(losses) - own,
)
add_gain(
    "of_each_model",
    "You return a number for each model. The gain is one number, with the mean of their losses.",
    lambda losses, own, n: losses - own,
)
add_gain(
    "mean_loss_alone",
    "You return the mean of the models' losses. What is left to do is to compare it with the loss "
    "of their average.",
    lambda losses, own, n: losses.mean(),
)
add_gain(
    "loss_of_the_mean_alone",
    "You return the loss of the average. What is left to do is to compare it with the mean of the "
    "models' losses.",
    lambda losses, own, n: own,
)


@task.misconception(
    "You compare accuracies. The gain is a difference of cross-entropies.",
    replaces="ensemble_gain",
)
def accuracies(predictions, labels):
    single = [accuracy(one, labels) for one in predictions]
    return accuracy(average_predictions(predictions), labels) - np.mean(single)


@task.misconception(
    "You take the mean of the losses twice, so that nothing is left: the second loss is that of "
    "the models' mean prediction.",
    replaces="ensemble_gain",
)
def nothing_at_all(predictions, labels):
    return 0.0
