"""Chapter 7, the search for hyperparameters, on functions whose best settings are known."""

import math
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import Affine, SquaredLoss
from solutions.optimizers import SGD, DivergedError, Network, Trainer
from solutions.regularization import (
    LogUniform,
    Uniform,
    bayesian_search,
    best_first,
    coarse_to_fine,
    log_uniform,
    random_search,
)

few = settings(max_examples=25)
RANGES = {"learning_rate": LogUniform(1e-6, 1.0), "p_drop": Uniform(0.0, 0.9)}


def score(settings):
    """Highest, 0, at a learning rate of 0.01 and a dropout of 0.3."""
    distance = math.log10(settings["learning_rate"] / 0.01) ** 2
    return -distance - (settings["p_drop"] - 0.3) ** 2


def test_log_uniform_draws_each_power_of_ten_equally_often(rng):
    drawn = log_uniform(1e-4, 1.0, rng, size=4000)
    counts, _ = np.histogram(np.log10(drawn), bins=[-4, -3, -2, -1, 0])
    assert np.abs(counts / 4000 - 0.25).max() < 5 * (0.1875 / 4000) ** 0.5
    # Kolmogorov's distance of the logarithms from a uniform distribution, at the 0.1 % level
    scipy_stats = pytest.importorskip("scipy.stats")
    assert scipy_stats.kstest(drawn, scipy_stats.loguniform(1e-4, 1.0).cdf).pvalue > 1e-3


@few
@given(
    low=st.floats(1e-10, 1e3),
    ratio=st.floats(1, 1e6),
    size=st.sampled_from([0, 1, 5, (2, 3)]),
    seed=st.integers(0, 1000),
)
def test_draws_stay_within_the_limits(low, ratio, size, seed):
    rng = np.random.default_rng(seed)
    high = low * ratio
    drawn = log_uniform(low, high, rng, size)
    assert drawn.shape == (size if isinstance(size, tuple) else (size,))
    assert ((drawn >= low) & (drawn <= high)).all()
    for kind in (LogUniform, Uniform):
        value = kind(low, high).sample(rng)
        assert type(value) is float
        assert low <= value <= high


def test_uniform_draws_are_uniform(rng):
    drawn = [Uniform(-1, 3).sample(rng) for _ in range(2000)]
    assert np.mean(drawn) == pytest.approx(1, abs=5 * (16 / 12 / 2000) ** 0.5)


def test_random_search_tries_what_it_says_and_sorts_it(rng):
    seen = []

    def evaluate(settings):
        seen.append(settings)
        return score(settings)

    trials = random_search(evaluate, RANGES, 30, rng)
    assert len(trials) == len(seen) == 30
    assert [trial.score for trial in trials] == sorted(map(score, seen), reverse=True)
    assert all(trial.score == score(trial.settings) for trial in trials)
    assert all(list(settings) == list(RANGES) for settings in seen)
    again = random_search(score, RANGES, 30, np.random.default_rng(20240229))
    assert again == trials  # same seed, same search


def test_fine_rounds_stay_within_the_span_of_the_best(rng):
    seen = []

    def evaluate(settings):
        seen.append(settings)
        return score(settings)

    trials = coarse_to_fine(evaluate, RANGES, 20, rng, rounds=3, keep=4)
    assert len(trials) == len(seen) == 60
    for start in (20, 40):
        best = sorted(seen[:start], key=score, reverse=True)[:4]
        for name in RANGES:
            low, high = min(s[name] for s in best), max(s[name] for s in best)
            assert all(low <= settings[name] <= high for settings in seen[start : start + 20])


def test_coarse_to_fine_finds_more_than_the_coarse_search_alone():
    def best(search, seed, **more):
        return search(score, RANGES, rng=np.random.default_rng(seed), **more)[0].score

    fine = np.mean([best(coarse_to_fine, seed, trials=20, rounds=3) for seed in range(10)])
    coarse = np.mean([best(random_search, seed, trials=60) for seed in range(10)])
    assert coarse < fine <= 0


def test_a_run_that_diverged_comes_last(rng):
    def evaluate(settings):
        return math.nan if settings["learning_rate"] > 1e-3 else settings["learning_rate"]

    trials = random_search(evaluate, RANGES, 20, rng)
    scores = [trial.score for trial in trials]
    finite = [value for value in scores if not math.isnan(value)]
    assert 0 < len(finite) < 20
    assert scores[: len(finite)] == sorted(finite, reverse=True)
    assert best_first([]) == []


@pytest.mark.parametrize("search", [random_search, bayesian_search])
def test_a_search_needs_a_range_and_a_trial(search, rng):
    with pytest.raises(ValueError, match="ranges is empty"):
        search(score, {}, 3, rng)
    with pytest.raises(ValueError, match="trials must be at least 1, but it is 0"):
        search(score, RANGES, 0, rng)


def diverging(settings):
    """Every third learning rate or so ends in an error of arithmetic, of one kind or another."""
    for error, limit in {DivergedError: 0.1, FloatingPointError: 0.01, OverflowError: 1e-3}.items():
        if settings["learning_rate"] > limit:
            raise error
    return score(settings)


@pytest.mark.parametrize("search", [random_search, coarse_to_fine, bayesian_search])
def test_a_trial_that_diverges_does_not_end_the_search(search, rng):
    if search is bayesian_search:
        pytest.importorskip("optuna")
    trials = search(diverging, RANGES, 20, rng)
    lost = [trial for trial in trials if math.isnan(trial.score)]
    assert 0 < len(lost) < len(trials)
    assert trials[-len(lost) :] == lost
    assert all(trial.settings["learning_rate"] > 1e-3 for trial in lost)
    assert all(trial.settings["learning_rate"] <= 1e-3 for trial in trials[: -len(lost)])


def test_a_training_that_diverges_is_a_trial_without_a_score(rng):
    x, labels = rng.normal(size=(8, 4)), rng.integers(0, 2, size=8)

    def evaluate(settings):
        net = Network([Affine(np.ones((4, 2)), np.zeros(2))])
        optimizer = SGD(net.params, settings["learning_rate"])
        trainer = Trainer(net, SquaredLoss(), optimizer, np.random.default_rng(0), score=None)
        with np.errstate(all="ignore"):
            history = trainer.fit(x, np.eye(2)[labels], 200)
        return -history["train_loss"][-1]

    trials = random_search(evaluate, {"learning_rate": LogUniform(1e-3, 1e3)}, 12, rng)
    assert math.isnan(trials[-1].score)
    assert trials[0].score > -1
    assert type(trials[0].score) is float


def test_another_error_ends_the_search(rng):
    with pytest.raises(KeyError, match="momentum"):
        random_search(lambda settings: settings["momentum"], RANGES, 3, rng)


MISTAKES = {
    "low": ("low must be finite and more than 0, but it is 0", lambda rng: log_uniform(0, 1, rng)),
    "order": ("high must be finite and at least 2, but it", lambda rng: log_uniform(2, 1, rng)),
    "infinite": ("high must be finite", lambda rng: LogUniform(1, math.inf)),
    "negative": ("low must be finite and more than 0", lambda rng: LogUniform(-1, 1)),
    "uniform": ("high must be finite and at least 1, but it is 0", lambda rng: Uniform(1, 0)),
    "not a number": ("low must be finite, but it is nan", lambda rng: Uniform(math.nan, 1)),
    "rounds": (
        "rounds must be at least 1, but it is 0",
        lambda rng: coarse_to_fine(score, RANGES, 3, rng, rounds=0),
    ),
    "keep": (
        "keep must be at least 2, but it is 1",
        lambda rng: coarse_to_fine(score, RANGES, 3, rng, keep=1),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence(mistake, rng):
    sentence, make = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence):
        make(rng)


NO_KINDS = {
    "ranges": ("ranges must be a dictionary", lambda rng: random_search(score, [1], 3, rng)),
    "pair": (
        r"ranges\['p'\] must be LogUniform\(low, high\) or Uniform\(low, high\), but it is \(0",
        lambda rng: random_search(score, {"p": (0, 1)}, 3, rng),
    ),
    "trials": ("trials must be a whole", lambda rng: random_search(score, RANGES, 3.0, rng)),
    "no score": (
        "evaluate must return a number, but it returned None",
        lambda rng: random_search(lambda settings: None, RANGES, 3, rng),
    ),
    "text": (
        "evaluate must return a number, but it returned 'good'",
        lambda rng: random_search(lambda settings: "good", RANGES, 3, rng),
    ),
}


@pytest.mark.parametrize("mistake", NO_KINDS)
def test_things_of_another_kind_get_a_sentence(mistake, rng):
    sentence, make = NO_KINDS[mistake]
    with pytest.raises(TypeError, match=sentence):
        make(rng)


def test_bayesian_search_says_how_to_get_optuna(monkeypatch, rng):
    monkeypatch.setitem(sys.modules, "optuna", None)  # importing it raises ImportError
    with pytest.raises(ImportError, match="pip install optuna"):
        bayesian_search(score, RANGES, 3, rng)


def test_bayesian_search_asks_and_tells(monkeypatch, rng):
    """With a stand-in for Optuna that proposes the middle of each range, and takes notes."""
    notes = []

    class Asked:
        def suggest_float(self, name, low, high, log):
            notes.append((name, low, high, log))
            return math.sqrt(low * high) if log else (low + high) / 2

    class Study:
        def ask(self):
            return Asked()

        def tell(self, asked, value):
            assert isinstance(asked, Asked)
            notes.append(value)

    optuna = ModuleType("optuna")
    optuna.samplers = SimpleNamespace(TPESampler=lambda seed: notes.append(seed))
    optuna.create_study = lambda direction, sampler: notes.append(direction) or Study()
    monkeypatch.setitem(sys.modules, "optuna", optuna)
    scores = iter([1.0, math.nan, 2.0])
    trials = bayesian_search(lambda settings: next(scores), RANGES, 3, rng)
    assert [trial.score for trial in trials[:2]] == [2.0, 1.0]
    assert trials[0].settings == pytest.approx({"learning_rate": 1e-3, "p_drop": 0.45})
    seed, direction, first, second, told, *rest = notes
    assert isinstance(seed, int)
    assert direction == "maximize"
    assert (first, second) == (("learning_rate", 1e-6, 1, True), ("p_drop", 0, 0.9, False))
    assert told == 1.0
    assert rest[2] == -math.inf  # a run that diverged is as bad as can be


def test_bayesian_search_with_optuna_itself():
    pytest.importorskip("optuna")
    trials = bayesian_search(score, RANGES, 40, np.random.default_rng(0))
    again = bayesian_search(score, RANGES, 40, np.random.default_rng(0))
    assert trials == again
    assert trials[0].score > -0.5
    assert all(1e-6 <= trial.settings["learning_rate"] <= 1 for trial in trials)
