"""The search for hyperparameters, on validation data and never on test data."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real, whole
from solutions.trial import Ranges, Settings, Trial, check_search, try_settings


def log_uniform(
    low: float, high: float, rng: np.random.Generator, size: int | tuple[int, ...] | None = None
) -> Array:
    """Draw numbers from low to high, with each order of magnitude as often as any other.

    So there are about as many between 0.001 and 0.01 as between 0.1 and 1, if both lie within.

    Parameters
    ----------
    low, high : float
        0 < low ≤ high.
    rng : Generator
    size : int or tuple of int, optional
        Shape of the result; one number without it.

    Raises
    ------
    ValueError
        If the limits are not positive, or not in order.

    References
    ----------
    Bergstra and Bengio (2012), Random search for hyper-parameter optimization.
    """
    low = real("low", low, above=0)
    high = real("high", high, at_least=low)
    # Rounding must not lead outside.
    return np.clip(np.exp(rng.uniform(math.log(low), math.log(high), size)), low, high)


class LogUniform:
    """A range for what acts by its order of magnitude, such as a learning rate.

    Parameters
    ----------
    low, high : float
        0 < low ≤ high, or ValueError.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low = real("low", low, above=0)
        self.high = real("high", high, at_least=self.low)

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one number."""
        return float(log_uniform(self.low, self.high, rng))

    def around(self, values: Sequence[float]) -> LogUniform:
        """Return the range of the same kind that these values span."""
        return LogUniform(min(values), max(values))


class Uniform:
    """A range for what acts by its size, such as a dropout probability.

    Parameters
    ----------
    low, high : float
        low ≤ high, or ValueError.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low = real("low", low)
        self.high = real("high", high, at_least=self.low)

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one number."""
        return float(rng.uniform(self.low, self.high))

    def around(self, values: Sequence[float]) -> Uniform:
        """Return the range of the same kind that these values span."""
        return Uniform(min(values), max(values))


def best_first(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials by falling score; those without one (NaN) last, equal ones as they came.

    Parameters
    ----------
    trials : sequence of Trial
        They have a ``score``, the higher the better, and ``settings``.

    Returns
    -------
    list of Trial
        A new one.
    """
    return sorted(trials, key=lambda t: math.inf if math.isnan(t.score) else -t.score)


def random_search(
    evaluate: Callable[[Settings], float], ranges: Ranges, trials: int, rng: np.random.Generator
) -> list[Trial]:
    """Try settings drawn at random.

    Parameters
    ----------
    evaluate : function
        Trains with some settings and returns the score on VALIDATION data, such as the accuracy;
        higher is better, and NaN is worst. So is a training that raises ``DivergedError``, or
        another ArithmeticError: it does not end the search.
    ranges : mapping
        The range of each hyperparameter by name, from which its ``sample(rng)`` draws a number.
    trials : int
        How many settings to try, at least 1.

    Returns
    -------
    trials : list of Trial
        Best first.

    References
    ----------
    Bergstra and Bengio (2012), Random search for hyper-parameter optimization.
    """
    check_search(ranges, trials)
    found = []
    for _ in range(trials):
        settings = {name: limits.sample(rng) for name, limits in ranges.items()}
        found.append(try_settings(evaluate, settings))
    return best_first(found)


def coarse_to_fine(
    evaluate: Callable[[Settings], float],
    ranges: Ranges,
    trials: int,
    rng: np.random.Generator,
    rounds: int = 2,
    keep: int = 5,
) -> list[Trial]:
    """Search at random, then again within the span of the best settings so far, and so on.

    Parameters
    ----------
    evaluate, ranges, rng
        As for ``random_search``.
    trials : int
        How many settings to try in each round.
    rounds : int
        How many rounds, at least 1.
    keep : int
        How many of the best settings span the next round's ranges, at least 2.

    Returns
    -------
    trials : list of Trial
        Those of all rounds, best first.
    """
    whole("rounds", rounds, at_least=1)
    whole("keep", keep, at_least=2)
    found: list[Trial] = []
    for _ in range(rounds):
        found = best_first([*found, *random_search(evaluate, ranges, trials, rng)])
        best = [trial.settings for trial in found[:keep]]
        ranges = {name: ranges[name].around([s[name] for s in best]) for name in ranges}
    return found


def bayesian_search(
    evaluate: Callable[[Settings], float],
    ranges: Ranges,
    trials: int,
    rng: np.random.Generator,
    sampler: Any = None,
) -> list[Trial]:
    """Let a model of the scores so far propose the next settings; needs the library Optuna.

    Parameters
    ----------
    evaluate, ranges, trials
        As for ``random_search``.
    rng : Generator
        Gives the sampler its seed.
    sampler : object, optional
        One of Optuna's samplers; by default its TPE. ``GPSampler`` is nearest to the paper.

    Returns
    -------
    trials : list of Trial
        Best first.

    Raises
    ------
    ImportError
        If Optuna is not installed.

    References
    ----------
    Snoek, Larochelle and Adams (2012), Practical Bayesian optimization of machine learning
    algorithms, arXiv 1206.2944; Bergstra and others (2011), Algorithms for hyper-parameter
    optimization, for TPE.
    """
    check_search(ranges, trials)
    optuna = import_optuna()
    sampler = sampler or optuna.samplers.TPESampler(seed=int(rng.integers(2**31)))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    found: list[Trial] = []
    for _ in range(trials):
        asked = study.ask()
        settings = {
            name: asked.suggest_float(name, r.low, r.high, log=isinstance(r, LogUniform))
            for name, r in ranges.items()
        }
        found.append(try_settings(evaluate, settings))
        diverged = math.isnan(found[-1].score)
        study.tell(asked, -math.inf if diverged else found[-1].score)
    return best_first(found)


def import_optuna() -> Any:
    """Return the library Optuna, or raise ImportError with a sentence on how to get it."""
    try:
        return importlib.import_module("optuna")
    except ImportError as error:
        raise ImportError(
            "bayesian_search needs the library Optuna: install it (pip install optuna), "
            "or use random_search, which needs nothing."
        ) from error
