"""Spotting the leak: how it is checked, and which mistakes are known.

The pipelines run on this side. What an answer feeds them with is seen here, and measured.
"""

import numpy as np

from handgrad import Task

task = Task(
    "spot_the_leak",
    "Spot the leak",
    points=6,
    needs=["inflates"],
    minutes=25,
    shapes="x (N, D), t (N,)",
)


# What pipelines are made of -----------------------------------------------------------------------


def halves(n, rng):
    """Return the rows to train with and those to test with, drawn at random."""
    rows = rng.permutation(n)
    return rows[: n // 2], rows[n // 2 :]


def centroid_accuracy(x, t, train, test):
    """Return which share of the test rows lies nearer to the mean of its own class."""
    if len(set(t[train])) < 2:
        return float((t[test] == t[train][0]).mean())
    zero, one = (x[train][t[train] == label].mean(axis=0) for label in (0, 1))
    guesses = x[test] @ (one - zero) > (one + zero) @ (one - zero) / 2
    return float((guesses == t[test]).mean())


def neighbour_accuracy(x, t, train, test):
    """Return for which share of the test rows the nearest training row has the same label."""
    squares = (x**2).sum(axis=1)
    distances = squares[train] - 2 * x[test] @ x[train].T
    return float((t[train][distances.argmin(axis=1)] == t[test]).mean())


def ten_best(x, t):
    """Return the ten features in which the classes differ most."""
    gap = x[t == 1].sum(axis=0) / max(1, (t == 1).sum()) - x[t == 0].sum(axis=0) / max(
        1, (t == 0).sum()
    )
    return np.argsort(-np.abs(gap))[:10]


# Pipelines that can be believed -------------------------------------------------------------------


def plain(x, t, rng):
    """Splits, trains, tests."""
    return centroid_accuracy(x, t, *halves(len(x), rng))


def standardized_on_all(x, t, rng):
    """Standardizes with the statistics of all data; what is learned does not gain by it."""
    spread = x.std(axis=0)
    return plain((x - x.mean(axis=0)) / np.where(spread == 0, 1, spread), t, rng)


def selected_inside(x, t, rng):
    """Chooses features on the training half alone."""
    train, test = halves(len(x), rng)
    return centroid_accuracy(x[:, ten_best(x[train], t[train])], t, train, test)


def copied_inside(x, t, rng):
    """Adds copies to the training half alone."""
    train, test = halves(len(x), rng)
    return neighbour_accuracy(x, t, np.repeat(train, 2), test)


def small_test(x, t, rng):
    """Tests with twelve samples: what it reports is thrown about by chance."""
    rows = rng.permutation(len(x))
    return centroid_accuracy(x, t, rows[12:], rows[:12])


def majority(x, t, rng):
    """Guesses the more frequent class of the training half."""
    train, test = halves(len(x), rng)
    return float((t[test] == (t[train].mean() > 0.5)).mean())


def pessimist(x, t, rng):
    """Leaves out one sample after the other, and guesses the more frequent class of the rest."""
    ones = t.sum() - t
    return float((t == (ones > (len(t) - 1) / 2)).mean())


# Pipelines that cannot ----------------------------------------------------------------------------


def selected_before(x, t, rng):
    """Chooses features on all data, and splits then."""
    return plain(x[:, ten_best(x, t)], t, rng)


def copied_before(x, t, rng):
    """Doubles the data, and splits then: of many test samples, the copy was trained with."""
    rows = np.concatenate([np.arange(len(x))] * 2)
    return neighbour_accuracy(x[rows], t[rows], *halves(len(rows), rng))


def augmented_before(x, t, rng):
    """Adds copies with a little noise to the data, and splits then."""
    rows = np.concatenate([np.arange(len(x))] * 3)
    noisy = x[rows] + 0.1 * x.std() * rng.normal(size=(len(rows), x.shape[1]))
    return neighbour_accuracy(noisy, t[rows], *halves(len(rows), rng))


def best_of_many(x, t, rng):
    """Tries a hundred models, and reports the one that does best on the test half."""
    _, test = halves(len(x), rng)
    guesses = x[test] @ rng.normal(size=(x.shape[1], 100)) > 0
    return float((guesses == t[test][:, None]).mean(axis=0).max())


def scored_on_training(x, t, rng):
    """Tests with what it was trained with."""
    rows = np.arange(len(x))
    return centroid_accuracy(x, t, rows, rows)


HONEST = {
    "standardized with all data": standardized_on_all,
    "features chosen on the training half": selected_inside,
    "copies in the training half alone": copied_inside,
    "a small test set": small_test,
    "a guess": majority,
    "a pessimist": pessimist,
}
LEAKY = {
    "features chosen before the split": selected_before,
    "copies before the split": copied_before,
    "augmented before the split": augmented_before,
    "the best of many on the test half": best_of_many,
    "tested with the training set": scored_on_training,
}


# The checks ---------------------------------------------------------------------------------------


def as_data(x, t):
    """Return samples and labels as arrays; ValueError for what is not of that kind."""
    x, t = np.asarray(x, dtype=float), np.asarray(t)
    if x.ndim != 2 or t.shape != x.shape[:1] or len(x) < 20 or x.shape[1] < 2:
        raise ValueError(
            f"the pipeline takes x (N, D) and t (N,) with N of at least 20 and D of at least 2, "
            f"but it got {x.shape} and {t.shape}"
        )
    if t.dtype.kind not in "biuf" or not np.isin(t, (0, 1)).all():
        raise ValueError("the pipeline takes labels 0 and 1, but it got others")
    return x, t.astype(int)


def verdict(impl, rng, pipeline):
    """Return what an implementation says of a pipeline."""
    own = np.random.default_rng(int(rng.integers(1 << 31)))

    def run(x, t):
        return pipeline(*as_data(x, t), own)

    said = impl.inflates(run, rng.generator())
    return bool(said) if isinstance(said, bool | np.bool_) else f"no truth value: {type(said)}"


NOISE = np.array([0.13, -0.02, -0.09, 0.06, 0.1, -0.13, 0.02, 0.09, -0.06, -0.1])
"""What the scores of one pipeline differ by, from run to run; their mean is 0."""
LEAST, MOST = 0.55, 0.65


@task.check("from 0.65 on, on the average, it accuses; up to 0.55 it does not")
def bound(impl, rng):
    own = np.random.default_rng(int(rng.integers(1 << 31)))
    low, high = 0.3, 1.2
    for _ in range(7):
        middle, seen = (low + high) / 2, []

        def run(x, t, middle=middle, seen=seen):
            seen.append(as_data(x, t))
            return float(middle + NOISE[(len(seen) - 1) % 10])

        accused = impl.inflates(run, rng.generator())
        low, high = (low, middle) if accused else (middle, high)
    if seen and any(said_by(seen, own).values()):  # what is too much depends on the data
        return "no bound can be judged, as the labels can be guessed in the data that are fed"
    return {
        "the mean score from which it accuses is below 0.55 by": max(0.0, LEAST - high),
        "the mean score up to which it does not accuse is above 0.65 by": max(0.0, low - MOST),
    }


def watched(impl, rng):
    """Return the data that an implementation feeds a pipeline with, which reports 0.5."""
    seen = []

    def run(x, t):
        seen.append(as_data(x, t))
        return 0.5

    impl.inflates(run, rng.generator())
    return seen


@task.check("what it feeds: nothing can be learned from x, both labels are as frequent")
def what_it_feeds(impl, rng):
    seen, own = watched(impl, rng), np.random.default_rng(int(rng.integers(1 << 31)))
    return said_by(seen, own) if seen else "the pipeline is never called"


def said_by(seen, rng):
    """Return how much better than by chance labels can be guessed, in so many data sets."""
    shares = [float(t.mean()) for _, t in seen]
    learned = [plain(x, t, rng) for x, t in seen]
    copies = [neighbour_accuracy(x, t, *halves(len(x), rng)) for x, t in seen]
    together, chance = learned_together(seen)
    return {
        "the share of ones is off ½, beyond 0.1, by": beyond(np.mean(shares) - 0.5, 0.1),
        "what a classifier learns from x is off ½, beyond 0.15, by": beyond(
            np.mean(learned) - 0.5, 0.15
        ),
        "what the nearest sample tells is off ½, beyond 0.15, by": beyond(
            np.mean(copies) - 0.5, 0.15
        ),
        "what a classifier learns from all runs is off ½, beyond chance, by": beyond(
            together - 0.5, chance
        ),
    }


def learned_together(seen):
    """Return the accuracy that half of the runs teach for the others, and how far chance goes.

    What depends on x by the same rule in each run shows here, however small a run is.
    """
    alike = [(x, t) for x, t in seen if x.shape[1] == seen[0][0].shape[1]]
    if len(alike) < 2:
        return 0.5, 1.0
    x, t = (np.concatenate(parts) for parts in zip(*alike, strict=True))
    train = np.arange(len(x)) < sum(len(one) for one, _ in alike[: len(alike) // 2])
    train, test = np.flatnonzero(train), np.flatnonzero(~train)
    return centroid_accuracy(x, t, train, test), 0.1 + 2 / np.sqrt(len(test))


def beyond(distance, bound):
    """Return by how much a distance is larger than a bound; 0 if it is not."""
    return float(max(0.0, abs(distance) - bound))


@task.check("several runs, each with labels of its own; all that is random comes from rng")
def its_runs(impl, rng):
    seed = rng.generator()
    seen, again, other = ([], [], [])
    for runs, source in ((seen, seed), (again, seed), (other, rng.generator())):

        def run(x, t, runs=runs):
            runs.append(np.asarray(t).astype(int).tolist())
            return 0.5

        impl.inflates(run, source)
    if not seen:
        return "the pipeline is never called"
    labels = {tuple(t) for t in seen}
    return {
        "runs, fewer than 8 by": max(0, 8 - len(seen)),
        "runs, more than 500 by": max(0, len(seen) - 500),
        "the labels are drawn anew": len(labels) == len(seen),
        "the same seed, the same labels": seen == again,
        "another seed, other labels": seen != other,
    }


@task.check("pipelines that can be believed are not accused", weight=2)
def honest_ones(impl, rng):
    return {name: verdict(impl, rng, pipeline) for name, pipeline in HONEST.items()}


@task.check("those that report too much are found", weight=2)
def leaky_ones(impl, rng):
    return {name: verdict(impl, rng, pipeline) for name, pipeline in LEAKY.items()}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.normalization import inflates


def numbers(rng, shape=(40, 60)):
    """Return samples in which there is nothing but chance."""
    return rng.standard_normal(shape)


def balanced(rng, x):
    """Return labels that are drawn at random, as many of each."""
    return rng.permutation(len(x)) % 2


def add(
    name, hint, labels=balanced, x=numbers, runs=30, judge=lambda scores: np.mean(scores) > 0.6
):
    """Add an experiment that is wrong in one place."""

    def wrong(pipeline, rng):
        scores = []
        for _ in range(runs):
            data = x(rng)
            scores.append(pipeline(data, labels(rng, data)))
        return bool(judge(np.array(scores)))

    wrong.__name__ = name
    task.misconception(hint)(wrong)


ONE_RUN = (
    "You look at {runs}. With a few dozen samples, chance alone throws an accuracy about by a "
    "tenth and more: only the mean of many runs tells."
)
add("one_run", ONE_RUN.format(runs="a single run"), runs=1)
for few in (2, 3, 5):
    add(f"{few}_runs", ONE_RUN.format(runs=f"{few} runs"), runs=few)
LEARNABLE = (
    "In your data something can be learned: the labels depend on x. A good pipeline then reports a "
    "good accuracy, and is right. Where there is nothing to learn, everybody should find ½."
)
add("labels_from_one_feature", LEARNABLE, labels=lambda rng, x: (x[:, 0] > 0).astype(int))
add(
    "labels_from_some_features",
    LEARNABLE,
    labels=lambda rng, x: (x[:, :10].sum(axis=1) > 0).astype(int),
)
for high in (0.7, 0.8, 0.9, 0.95, 0.99):
    add(
        f"labels_from_one_feature_and_bound_{high}".replace("0.", ""),
        LEARNABLE,
        labels=lambda rng, x: (x[:, 0] > 0).astype(int),
        judge=lambda scores, high=high: np.mean(scores) > high,
    )


@task.misconception(LEARNABLE)
def two_clouds(pipeline, rng):
    scores = []
    for _ in range(30):
        t = rng.permutation(40) % 2
        scores.append(pipeline(numbers(rng) + t[:, None], t))
    return bool(np.mean(scores) > 0.6)


@task.misconception(
    "You shuffle x and the labels together: what belonged together still does. Only one of the "
    "two is to be shuffled."
)
def shuffled_together(pipeline, rng):
    scores = []
    for _ in range(30):
        t = rng.permutation(40) % 2
        x = numbers(rng) + 0.6 * t[:, None]
        rows = rng.permutation(40)
        scores.append(pipeline(x[rows], t[rows]))
    return bool(np.mean(scores) > 0.6)


UNEVEN = (
    "One label is more frequent in your data than the other. Whoever always guesses that one is "
    "right more often than half of the time, without any leak."
)
for share in (0.65, 0.7, 0.75, 0.8, 0.9):
    add(
        f"{share}_of_one_label".replace("0.", "share_"),
        UNEVEN,
        labels=lambda rng, x, share=share: (rng.random(len(x)) < share).astype(int),
    )
add(
    "one_label_only",
    "All your labels are the same: whoever guesses that is always right, without any leak.",
    labels=lambda rng, x: np.zeros(len(x), int),
)
add(
    "largest_of_all_runs",
    "You ask for the best of your runs. Among many, some are above any bound by chance: that is "
    "the very mistake that you are looking for. Take the mean.",
    judge=lambda scores: scores.max() > 0.6,
)
add(
    "all_runs_above",
    "You ask that every run is above your bound. Chance throws the score of one that leaks below "
    "it, too: take the mean.",
    judge=lambda scores: (scores > 0.6).all(),
)
TOO_LOW = (
    "Your bound lies so near to ½ that chance decides about those that can be believed: the mean "
    "of some dozens of runs is off by two or three hundredths."
)
for bound_of_its_own in (0.5, 0.505, 0.51, 0.52, 0.53):
    add(
        f"bound_{bound_of_its_own}".replace("0.", ""),
        TOO_LOW,
        judge=lambda scores, b=bound_of_its_own: scores.mean() > b,
    )
TOO_HIGH = (
    "Your bound lies so high that a pipeline may report a good deal too much: of data in which "
    "nothing can be learned, already two thirds are far too many."
)
for bound_of_its_own in (0.67, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99):
    add(
        f"bound_{bound_of_its_own}".replace("0.", ""),
        TOO_HIGH,
        judge=lambda scores, b=bound_of_its_own: scores.mean() > b,
    )
add(
    "either_way",
    "You accuse those that report less than ½ as well. That is odd, but nobody is deceived by it: "
    "inflated is what is too high.",
    judge=lambda scores: abs(scores.mean() - 0.5) > 0.1,
)
add(
    "turned_round",
    "Your answer is turned round: it is True for those that can be believed.",
    judge=lambda scores: scores.mean() <= 0.6,
)
add("always_true", "You accuse every pipeline.", judge=lambda scores: True)
add("never_true", "You accuse no pipeline at all.", judge=lambda scores: False)
add(
    "by_the_spread",
    "You look at how much the scores differ from run to run. A leak shows in their mean.",
    judge=lambda scores: scores.std() > 0.1,
)
NO_ROOM = (
    "You leave chance little room: there are many samples, or few features. Who picks the best of "
    "many models, or the best features, then gains little by it. The fewer samples and the more "
    "features, the more it shows."
)
add("too_many_samples", NO_ROOM, x=lambda rng: numbers(rng, (400, 20)))
add("too_few_features", NO_ROOM, x=lambda rng: numbers(rng, (40, 5)))
add(
    "samples_all_alike",
    "Your samples are all the same. A copy of a sample cannot be told from another one then, nor a "
    "feature that was chosen from the rest.",
    x=lambda rng: np.ones((40, 60)),
)


@task.misconception(
    "You draw the data once, and run on the same ones again and again. The chance of these data "
    "stays in all of the runs: draw new ones for each."
)
def same_data_each_time(pipeline, rng):
    x = numbers(rng)
    t = balanced(rng, x)
    return bool(np.mean([pipeline(x, t) for _ in range(30)]) > 0.6)


@task.misconception(
    "You bring a generator of your own, which gives the same numbers each time. Draw from the rng "
    "that is handed over."
)
def own_generator(pipeline, rng):
    return inflates(pipeline, np.random.default_rng(0))


@task.misconception("You return a number. Asked for is True or False.")
def mean_score(pipeline, rng):
    scores = []
    for _ in range(30):
        x = numbers(rng)
        scores.append(pipeline(x, balanced(rng, x)))
    return float(np.mean(scores))
