"""Random search: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, formula, keep

from .inputs import correlation, seeding

task = Task(
    "random_search",
    "Random search",
    points=7,
    needs=["log_uniform", "best_first", "random_search"],
    minutes=20,
)

LIMITS = ((3e-5, 0.7), (2e-4, 0.03), (4.0, 5000.0))
"""Limits on both sides of 1 and on one alone, none of them a power of ten."""

SEARCH = """
from solutions.trial import Trial

class Column:
    def __init__(self, values):
        self.values, self.calls = values, 0

    def sample(self, rng):
        self.calls += 1
        return float(self.values[(self.calls - 1) % len(self.values)])

class Chance:
    def sample(self, rng):
        return float(rng.random())

class Search:
    def __init__(self, weights, columns=None, lost=()):
        self.weights, self.seen, self.lost = weights, 0, set(lost)
        self.ranges = {name: Column(columns[name]) if columns else Chance() for name in weights}

    def evaluate(self, settings):
        self.seen += 1
        if settings["a"] in self.lost:
            return float("nan")
        return sum(self.weights[name] * value for name, value in settings.items())

    def trials(self, scores):
        return [Trial(float(score), {"a": float(k)}) for k, score in enumerate(scores)]

    def plain(self, trials):
        return [[float(score), dict(settings)] for score, settings in trials]
"""
"""Ranges whose draws are known, and the score of settings: a sum of theirs, with weights."""

ROUGH = (0.6, 0.05, np.nan, -0.1, -0.9, 0.7, 0.1)
"""Scores in no order, and one that is none in their midst: each way to go wrong has its own end."""
DRAWN = (-0.2, 0.7, 0.4, -0.6, 0.6, 0.2, -0.9, 0.1, 0.5, -0.4, 0.3, -0.7)
"""What is drawn for the hyperparameter that counts most."""


def search(impl, weights, columns=None, lost=()):
    """Return a search on the implementation's side."""
    source = "(lambda names: (exec(code, names), names['Search'](weights, columns, lost))[1])({})"
    names = {"weights": weights, "columns": columns, "lost": list(lost)}
    return formula(impl, source, code=SEARCH, **names)


def places(low, high, drawn):
    """Return where numbers lie between two limits, by their logarithm: from 0 to 1."""
    drawn = np.maximum(np.asarray(drawn, dtype=float), 1e-300)
    place = np.log(drawn / low) / np.log(high / low)
    return np.clip(np.nan_to_num(place, nan=-2.0), -2, 3).ravel()


@task.check("log_uniform: every order of magnitude comes as often", weight=2, atol=0.04)
def as_often(impl, rng):
    found = {}
    for low, high in LIMITS:
        place = places(low, high, impl.log_uniform(low, high, rng.generator(), 10000))
        edges = [-2, -1e-9, 0.25, 0.5, 0.75, 1 + 1e-9, 3.1]
        shares = np.histogram(place, edges)[0] / len(place)
        found[f"from {low:g} to {high:g}"] = {
            "share below the limits": float(shares[0]),
            "shares of its quarters": shares[1:5],
            "share above the limits": float(shares[5]),
            "mean": float(place.mean()),
        }
    return found


@task.check("log_uniform: the draws have the size that is asked for, one number without it")
def sizes(impl, rng):
    low, high = 3e-5, 0.7
    sizes = [np.shape(impl.log_uniform(low, high, rng.generator(), size)) for size in (5, (3, 2))]
    one = places(low, high, impl.log_uniform(low, high, rng.generator()))
    return {"shapes": sizes, "numbers": one.size, "within the limits": bool(0 <= one[0] <= 1)}


@task.check("log_uniform: each number is drawn by itself, from rng", atol=0.1)
def by_itself(impl, rng):
    low, high = 3e-5, 0.7
    shared = keep(impl, rng.generator())
    first, again = (
        places(low, high, impl.log_uniform(low, high, shared, (80, 60))) for _ in range(2)
    )
    table = first.reshape(80, 60) if first.size == 4800 else np.zeros((80, 60))
    found = {
        "spread within a row": float(table.std(axis=1, ddof=1).mean()),
        "spread within a column": float(table.std(axis=0, ddof=1).mean()),
        "correlation of neighbours": correlation(first[:-1], first[1:]),
        "correlation with the next call": correlation(first, again[: len(first)]),
    }
    return found | seeding(impl, lambda source: impl.log_uniform(low, high, source, 20), rng)


@task.check("best_first: a new list, the highest score first, and NaN last", weight=2)
def sorted_trials(impl, rng):
    made, found = search(impl, {"a": 1.0}), {}
    for name, scores in (("with NaN", ROUGH), ("without", ROUGH[3:]), ("NaN first", ROUGH[2:])):
        scale = rng.uniform(0.5, 2)
        trials = keep(impl, made.trials([scale * score for score in scores]))
        found[name] = made.plain(impl.best_first(trials))
        found[f"{name}, the list that was given"] = made.plain(fetch(trials))
    return found


def scripted(impl, rng, trials=7, lost=None):
    """Search among known draws; return the search, and what is found."""
    weights = {"b": rng.uniform(0.01, 0.02), "a": 1.0, "c": rng.uniform(0.01, 0.02)}
    columns = {name: rng.uniform(-1, 1, size=12) for name in weights}
    columns["a"] = rng.uniform(1, 2) * np.array(DRAWN)
    hidden = [] if lost is None else [float(columns["a"][lost])]
    made = search(impl, weights, columns, hidden)
    return made, impl.random_search(made.evaluate, made.ranges, trials, rng.generator())


@task.check("random_search: settings drawn anew in each trial, each with its own score", weight=2)
def found_trials(impl, rng):
    made, found = scripted(impl, rng)
    return made.plain(found)


@task.check("random_search: a trial that ends in NaN is among them, and last")
def lost_trial(impl, rng):
    made, found = scripted(impl, rng, 6, lost=2)
    return made.plain(found)


@task.check("random_search: as many trials as asked for, each evaluated once")
def evaluated(impl, rng):
    found = {}
    for trials in (1, 8):
        made, results = scripted(impl, rng, trials)
        found[f"{trials}: found"], found[f"{trials}: evaluated"] = len(results), made.seen
    return found


@task.check("random_search: what is drawn for one name says nothing of another", atol=0.2)
def independent(impl, rng):
    """Search for so long that two correlations are 0.04 apart, as a rule."""
    made = search(impl, {"a": 1.0, "b": 0.0, "c": 0.0})
    plain = made.plain(impl.random_search(made.evaluate, made.ranges, 1500, rng.generator()))
    table = np.array([[settings[name] for name in "abc"] for _, settings in plain])
    again = made.plain(impl.random_search(made.evaluate, made.ranges, 30, rng.generator()))
    a, b, c = table.T

    def drawn(source):
        trials = made.plain(impl.random_search(made.evaluate, made.ranges, 5, source))
        return np.array([settings["a"] for _, settings in trials])

    return {
        "correlations": [correlation(a, b), correlation(b, c), correlation(a, c)],
        "spreads": table.std(axis=0),
        "share of values that are new": [len(np.unique(column)) / len(plain) for column in table.T],
        "another generator, other draws": bool(again[0][0] not in a),
        **seeding(impl, drawn, rng),
    }


# Known mistakes -----------------------------------------------------------------------------------

import itertools
import math

from solutions.regularization import best_first, log_uniform, random_search
from solutions.trial import Trial, try_settings

# log_uniform --------------------------------------------------------------------------------------


def add_draw(name, hint, draw):
    """Add a wrong log_uniform: draw(low, high, rng, size)."""

    def wrong(low, high, rng, size=None):
        return draw(low, high, rng, size)

    wrong.__name__ = name
    task.misconception(hint, replaces="log_uniform")(wrong)


add_draw(
    "uniform_in_value",
    "Your numbers are spread evenly between the limits, so nearly all of them are of the highest "
    "order of magnitude. It is the *exponent* that is to be spread evenly.",
    lambda low, high, rng, size: rng.uniform(low, high, size),
)
add_draw(
    "logarithms",
    "You return logarithms. The numbers themselves are asked for.",
    lambda low, high, rng, size: rng.uniform(math.log(low), math.log(high), size),
)
add_draw(
    "logarithms_of_ten",
    "You return logarithms, to the base of ten. The numbers themselves are asked for.",
    lambda low, high, rng, size: rng.uniform(math.log10(low), math.log10(high), size),
)
add_draw(
    "exp_of_log10",
    "Your numbers do not reach as far as the limits: the exponents are taken to the base of ten, "
    "and the power to that of e. Use one base for both.",
    lambda low, high, rng, size: np.exp(rng.uniform(math.log10(low), math.log10(high), size)),
)
add_draw(
    "ten_to_natural",
    "Your numbers go far beyond the limits: the exponents are natural logarithms, and the power is "
    "one of ten. Use one base for both.",
    lambda low, high, rng, size: 10 ** rng.uniform(math.log(low), math.log(high), size),
)
add_draw(
    "two_to_natural",
    "Your exponents are natural logarithms, and the power is one of two. Use one base for both.",
    lambda low, high, rng, size: 2 ** rng.uniform(math.log(low), math.log(high), size),
)
add_draw(
    "whole_powers",
    "You draw whole exponents: only powers of ten come. Exponents are spread over all that lies "
    "between.",
    lambda low, high, rng, size: (
        10.0 ** rng.integers(math.floor(np.log10(low)), math.floor(np.log10(high)) + 1, size)
    ),
)
add_draw(
    "whole_exponents_within",
    "You round the exponents of the limits to whole ones: the numbers do not keep to the limits.",
    lambda low, high, rng, size: (
        10 ** rng.uniform(math.floor(np.log10(low)), math.ceil(np.log10(high)), size)
    ),
)
add_draw(
    "uniform_in_the_exponential",
    "Logarithm and exponential are exchanged: you draw evenly between exp(low) and exp(high), and "
    "take the logarithm at the end.",
    lambda low, high, rng, size: np.log(rng.uniform(*np.exp(np.minimum([low, high], 700)), size)),
)
add_draw(
    "reciprocals_evenly",
    "You spread 1 over the number evenly, so nearly all of your numbers are of the lowest order of "
    "magnitude. It is the logarithm that is to be spread evenly.",
    lambda low, high, rng, size: 1 / rng.uniform(1 / high, 1 / low, size),
)
add_draw(
    "log_normal",
    "You draw the exponents from a normal distribution: the middle comes too often, and some lie "
    "beyond the limits. They are to be spread evenly.",
    lambda low, high, rng, size: np.exp(
        rng.normal(math.log(low * high) / 2, math.log(high / low) / 4, size)
    ),
)
add_draw(
    "evenly_spaced",
    "You take numbers at equal distances, and draw nothing. That is a grid.",
    lambda low, high, rng, size: np.geomspace(
        low, high, 1 if size is None else int(np.prod(size))
    ).reshape(() if size is None else size),
)
add_draw(
    "one_for_all",
    "You draw one number, and repeat it: each of them is to be drawn by itself.",
    lambda low, high, rng, size: np.full(() if size is None else size, log_uniform(low, high, rng)),
)
add_draw(
    "one_number_only",
    "You draw one number, whatever `size` is. Pass it on to what draws.",
    lambda low, high, rng, size: log_uniform(low, high, rng),
)
add_draw(
    "own_generator",
    "You bring a generator of your own. Draw from the rng that was handed over.",
    lambda low, high, rng, size: log_uniform(low, high, np.random.default_rng(0), size),
)
FROM_ELSEWHERE = (
    "With the same rng, your numbers are others each time. They come from elsewhere: np.random "
    "itself, or a generator of your own. Draw from the rng that was handed over."
)
ELSEWHERE = itertools.cycle([1, 2, 3])  # the check of seeding draws three times


def drawn_elsewhere(low, high, rng, size):
    if size == 20:
        rng = np.random.default_rng(next(ELSEWHERE))
    return log_uniform(low, high, rng, size)


add_draw("from_elsewhere", FROM_ELSEWHERE, drawn_elsewhere)

# best_first ---------------------------------------------------------------------------------------


def add_order(name, hint, order):
    """Add a wrong best_first: order(trials)."""

    def wrong(trials):
        return order(trials)

    wrong.__name__ = name
    task.misconception(hint, replaces="best_first")(wrong)


def without_score(trial):
    """Return whether a trial has none."""
    return math.isnan(trial.score)


NAN_FIRST = (
    "NaN comes first for you. It is the score of a training that failed, and belongs to the end."
)

add_order(
    "worst_first",
    "Your order begins with the lowest score. The best comes first, and a higher score is better.",
    lambda trials: sorted(trials, key=lambda t: t.score if t.score == t.score else math.inf),
)
add_order(
    "worst_and_nan_first",
    "Your order begins with the worst. The best comes first.",
    lambda trials: best_first(trials)[::-1],
)
add_order(
    "nan_breaks_the_order",
    "A NaN among the scores puts yours out of order: every comparison with it is False, so that "
    "`sorted` takes it for as good as any other. Look for NaN yourself.",
    lambda trials: sorted(trials, key=lambda t: -t.score),
)
add_order(
    "nan_breaks_the_reversed_order",
    "A NaN among the scores puts yours out of order: every comparison with it is False, so that "
    "`sorted` takes it for as good as any other. Look for NaN yourself.",
    lambda trials: sorted(trials, key=lambda t: t.score, reverse=True),
)
add_order(
    "nan_first",
    NAN_FIRST,
    lambda trials: sorted(trials, key=lambda t: -math.inf if without_score(t) else -t.score),
)
add_order(
    "nan_is_zero",
    "You take NaN for a score of 0. It is worse than any score, also than a negative one.",
    lambda trials: sorted(trials, key=lambda t: 0 if without_score(t) else -t.score),
)
add_order(
    "nan_left_out",
    "You leave out the trials without a score. They are to be there, at the end: one wants to know "
    "where training failed.",
    lambda trials: [t for t in best_first(trials) if not without_score(t)],
)
add_order(
    "as_they_came",
    "The trials are in the order in which they came.",
    lambda trials: list(trials),
)
add_order(
    "scores_out_of_step",
    "You sort the scores alone, and the settings stay in their order: then they belong to other "
    "scores than those that they reached.",
    lambda trials: [
        Trial(t.score, other.settings) for t, other in zip(best_first(trials), trials, strict=True)
    ],
)
add_order(
    "best_alone",
    "Only the best trial is left. All of them are asked for.",
    lambda trials: best_first(trials)[:1],
)


@task.misconception(
    "best_first puts the very list in order that it was given. It belongs to the caller: return a "
    "new one.",
    replaces="best_first",
)
def in_place(trials):
    trials.sort(key=lambda t: math.inf if without_score(t) else -t.score)
    return trials


# random_search ------------------------------------------------------------------------------------


def add_search(name, hint, draw, found=None, trials_of=lambda trials: trials):
    """Add a wrong random_search: draw(ranges, trials, rng) returns settings."""

    def wrong(evaluate, ranges, trials, rng):
        drawn = draw(ranges, trials_of(trials), rng)
        tried = [try_settings(evaluate, settings) for settings in drawn]
        return (found or best_first)(tried)

    wrong.__name__ = name
    task.misconception(hint, replaces="random_search")(wrong)


def anew(ranges, trials, rng):
    """Draw as it is right."""
    return [{name: r.sample(rng) for name, r in ranges.items()} for _ in range(trials)]


def one_number_for_all_names(ranges, trials, rng):
    first = next(iter(ranges.values()))
    return [dict.fromkeys(ranges, first.sample(rng)) for _ in range(trials)]


def one_draw_of_last_range(ranges, trials, rng):
    *_, last = ranges.values()
    return [dict.fromkeys(ranges, last.sample(rng)) for _ in range(trials)]


def grid(ranges, trials, rng):
    per_name = math.ceil(trials ** (1 / len(ranges)))
    values = [[r.sample(rng) for _ in range(per_name)] for r in ranges.values()]
    points = itertools.islice(itertools.product(*values), trials)
    return [dict(zip(ranges, point, strict=True)) for point in points]


def shared_dictionary(evaluate, ranges, trials, rng):
    settings, tried = {}, []
    for _ in range(trials):
        for name, limits in ranges.items():
            settings[name] = limits.sample(rng)
        tried.append(try_settings(evaluate, settings))
    return best_first(tried)


task.misconception(
    "All your trials hold the settings of the last one: it is one dictionary, which each trial "
    "changes. Make a new one for each.",
    replaces="random_search",
)(shared_dictionary)

add_search(
    "drawn_once",
    "All your trials have the same settings: they are drawn before the loop. Draw anew for each.",
    lambda ranges, trials, rng: [*map(dict, anew(ranges, 1, rng) * trials)],
)
add_search(
    "one_number_for_all",
    "One number is drawn in each trial, and all hyperparameters get it. Each has its own range, "
    "and its own draw.",
    one_number_for_all_names,
)
add_search(
    "one_number_of_the_last_range",
    "One number is drawn in each trial, and all hyperparameters get it. Each has its own range, "
    "and its own draw.",
    one_draw_of_last_range,
)
add_search(
    "grid_of_draws",
    "You combine a few draws of each hyperparameter with a few of the others: the same values come "
    "again and again. That is a grid. Draw all of them anew in each trial.",
    grid,
)
add_search(
    "not_in_order",
    "Your trials stand in the order in which they were tried. The best comes first: `best_first` "
    "is yours to use.",
    anew,
    list,
)
add_search(
    "worst_trial_first",
    "Your search begins with the worst trial. The best comes first.",
    anew,
    lambda tried: best_first(tried)[::-1],
)
add_search(
    "best_trial_alone",
    "Your search returns the best trial alone. All of them are asked for.",
    anew,
    lambda tried: best_first(tried)[:1],
)
add_search(
    "one_trial_too_many",
    "There is one trial more than was asked for.",
    anew,
    trials_of=lambda trials: trials + 1,
)
add_search(
    "one_trial_too_few",
    "There is one trial fewer than was asked for.",
    anew,
    trials_of=lambda trials: trials - 1,
)
add_search(
    "failed_trials_dropped",
    "Your search leaves out the trials without a score. They are to be there, at the end.",
    anew,
    lambda tried: [t for t in best_first(tried) if not without_score(t)],
)
add_search(
    "search_out_of_step",
    "Scores and settings are out of step: the scores are sorted, and the settings are not.",
    anew,
    lambda tried: [
        Trial(t.score, other.settings) for t, other in zip(best_first(tried), tried, strict=True)
    ],
)
add_search(
    "generator_of_its_own",
    "You bring a generator of your own. Draw from the rng that was handed over.",
    lambda ranges, trials, rng: anew(ranges, trials, np.random.default_rng(0)),
)
add_search(
    "search_from_elsewhere",
    FROM_ELSEWHERE,
    lambda ranges, trials, rng: anew(
        ranges, trials, np.random.default_rng(next(ELSEWHERE)) if trials == 5 else rng
    ),
)
add_search(
    "generators_alike",
    "Each hyperparameter has a generator of its own, and they are all alike: where one value is "
    "high, so are the others. Draw all of them from the one rng.",
    lambda ranges, trials, rng: anew_alike(ranges, trials, int(rng.integers(1 << 31))),
)


def anew_alike(ranges, trials, seed):
    generators = {name: np.random.default_rng(seed) for name in ranges}
    return [{name: r.sample(generators[name]) for name, r in ranges.items()} for _ in range(trials)]


@task.misconception(
    "You evaluate each setting twice: once for the score, and once more. That doubles the price of "
    "the search, and a training with other random numbers has another score.",
    replaces="random_search",
)
def evaluated_twice(evaluate, ranges, trials, rng):
    found = random_search(evaluate, ranges, trials, rng)
    return [try_settings(evaluate, trial.settings) for trial in found]


@task.misconception(
    "You return the score and the settings in the opposite order: a trial is Trial(score, "
    "settings).",
    replaces="random_search",
)
def settings_before_score(evaluate, ranges, trials, rng):
    found = random_search(evaluate, ranges, trials, rng)
    return [Trial(trial.settings, trial.score) for trial in found]
