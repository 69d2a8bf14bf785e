"""Answers to random_search: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.trial import Trial


def log_uniform_by_powers(low, high, rng, size=None):
    """The limits' exponents in base ten."""
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size)


def log_uniform_by_ratio(low, high, rng, size=None):
    """A share of the way from low to high, by a factor."""
    return low * (high / low) ** rng.random(size)


def log_uniform_by_loop(low, high, rng, size=None):
    """One number after the other."""
    if size is None:
        return math.exp(rng.uniform(math.log(low), math.log(high)))
    drawn = np.empty(size)
    for index in np.ndindex(*drawn.shape):
        drawn[index] = log_uniform_by_loop(low, high, rng)
    return drawn


def best_first_in_two_parts(trials):
    good = [trial for trial in trials if not np.isnan(trial.score)]
    lost = [trial for trial in trials if np.isnan(trial.score)]
    return sorted(good, key=lambda trial: trial.score, reverse=True) + lost


def best_first_by_argsort(trials):
    """NumPy puts NaN at the end."""
    return [trials[k] for k in np.argsort([-trial.score for trial in trials])]


def best_first_by_selection(trials):
    left, found = list(trials), []
    while left:
        best = 0
        for k, trial in enumerate(left):
            if trial.score > left[best].score or math.isnan(left[best].score):
                best = k
        found.append(left.pop(best))
    return found


def search_drawn_first(evaluate, ranges, trials, rng):
    """All settings first, name by name; pairs, no trials."""
    columns = {name: [ranges[name].sample(rng) for _ in range(trials)] for name in ranges}
    drawn = [{name: columns[name][k] for name in columns} for k in range(trials)]
    pairs = [(evaluate(settings), settings) for settings in drawn]
    return sorted(pairs, key=lambda pair: (math.isnan(pair[0]), -pair[0]))


def search_by_loops(evaluate, ranges, trials, rng):
    found = []
    for _ in range(trials):
        settings = {}
        for name in sorted(ranges):
            settings[name] = ranges[name].sample(rng)
        found.append(Trial(evaluate(settings), settings))
    return best_first_by_selection(found)


def search_in_place(evaluate, ranges, trials, rng):
    """Puts each trial where it belongs."""
    found = []
    while len(found) < trials:
        settings = dict(zip(ranges, (r.sample(rng) for r in ranges.values()), strict=True))
        score = float(evaluate(settings))
        at = 0
        while at < len(found) and not (score > found[at].score or np.isnan(found[at].score)):
            at += 1
        found.insert(at if score == score else len(found), Trial(score, settings))
    return found


RIGHT = [
    {
        "log_uniform": log_uniform_by_powers,
        "best_first": best_first_in_two_parts,
        "random_search": search_drawn_first,
    },
    {
        "log_uniform": log_uniform_by_ratio,
        "best_first": best_first_by_argsort,
        "random_search": search_by_loops,
    },
    {
        "log_uniform": log_uniform_by_loop,
        "best_first": best_first_by_selection,
        "random_search": search_in_place,
    },
]

DRAW = "np.clip(np.exp(rng.uniform(math.log(low), math.log(high), size)), low, high)"
ORDER = "sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score)"
SETTINGS = "settings = {name: limits.sample(rng) for name, limits in ranges.items()}"
TRY = "found.append(try_settings(evaluate, settings))"

SLIPS = [
    (DRAW, "np.exp(np.random.uniform(math.log(low), math.log(high), size))", "from_elsewhere"),
    (
        DRAW,
        "np.exp(np.random.default_rng(42).uniform(math.log(low), math.log(high), size))",
        "own_generator",
    ),
    (SETTINGS, SETTINGS.replace("(rng)", "(np.random)"), "search_from_elsewhere"),
    (DRAW, "rng.uniform(low, high, size)", "uniform_in_value"),
    (DRAW, "rng.uniform(math.log(low), math.log(high), size)", "logarithms"),
    (DRAW, "np.exp(rng.uniform(math.log10(low), math.log10(high), size))", "exp_of_log10"),
    (DRAW, "10 ** rng.uniform(math.log(low), math.log(high), size)", "ten_to_natural"),
    (DRAW, "np.exp(rng.uniform(math.log(low), math.log(high)))", "one_number_only"),
    (ORDER, "sorted(trials, key=lambda t: -t.score)", "nan_breaks_the_order"),
    (
        ORDER,
        "sorted(trials, key=lambda t: t.score, reverse=True)",
        "nan_breaks_the_reversed_order",
    ),
    (
        ORDER,
        "sorted(trials, key=lambda t: -math.inf if math.isnan(t.score) else -t.score)",
        "nan_first",
    ),
    (
        ORDER,
        "sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else t.score)",
        "worst_first",
    ),
    (
        ORDER,
        "[trials[k] for k in np.argsort([t.score for t in trials])[::-1]]",
        "nan_first",
    ),
    (
        SETTINGS,
        "settings = dict.fromkeys(ranges, next(iter(ranges.values())).sample(rng))",
        "one_number_for_all",
    ),
    (
        "    for _ in range(trials):\n        " + SETTINGS,
        "    " + SETTINGS + "\n    for _ in range(trials):",
        "drawn_once",
    ),
    (
        "    return best_first(found)\n\n\ndef coarse_to_fine",
        "    return found\n\n\ndef coarse_to_fine",
        "not_in_order",
    ),
]

EQUIVALENT = {
    "What makes no sense is refused as a courtesy; the text does not ask for it.": [
        "log_uniform: low = real('low', low, above=0) → pass",
        "log_uniform: low = real('low', low, above=0) → low = real('low', low)",
        "log_uniform: low = real('low', low, above=0) → low = real('low', low, above=-1)",
        "log_uniform: high = real('high', high, at_least=low) → pass",
        "log_uniform: high = real('high', high, at_least=low) → high = real('high', high)",
        "random_search: check_search(ranges, trials) → pass",
    ],
    "Rounding leads beyond a limit once in 10¹⁵ draws or so, and by as little.": [
        "log_uniform: return np.clip(np.exp(rng.uniform(math.log(low), math.log(high), size)), low, high) → return np.exp(rng.uniform(math.log(low), math.log(high), size))",
    ],
}
NAMES = {
    "as_they_came": [
        "best_first: return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score) → return sorted(trials, key=lambda t: math.inf if not math.isnan(t.score) else -t.score)",
        "best_first: return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score) → return sorted(trials, key=lambda t: math.inf)",
        "best_first: return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score) → return sorted(trials, key=lambda t: math.inf if math else -t.score)",
    ],
    "nan_breaks_the_order": [
        "best_first: return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score) → return sorted(trials, key=lambda t: -t.score)"
    ],
    "worst_first": [
        "best_first: return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score) → return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else t.score)"
    ],
    "not_in_order": ["random_search: return best_first(found) → return found"],
}
