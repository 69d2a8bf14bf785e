"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: features of
unequal scales and means of both signs, no square matrices, and new data that lie elsewhere than
the training set.
"""

import numpy as np

from handgrad import fetch, keep

# The data, before training ------------------------------------------------------------------------


def features(rng, rows, beyond=0.0):
    """Draw samples of four features of unequal scales, so many standard deviations further on."""
    middles = np.array([3.0, -40.0, 0.2, 150.0]) * rng.uniform(0.8, 1.2, size=4)
    spreads = np.array([1.5, 8.0, 3e-4, 60.0]) * rng.uniform(0.8, 1.2, size=4)
    return middles + spreads * (beyond + rng.normal(size=(rows, 4)))


def as_it_is(values):
    """Return values as they are."""
    return values


def add_scaler_checks(task, name, draw, given=(), width=4, seen=as_it_is, weight=0.5):
    """Add what every scaler has to pass: ``fit`` and ``transform`` keep to what is theirs.

    Parameters
    ----------
    task : Task
        What gets the checks.
    name : str
        The class.
    draw : function
        ``draw(rng, rows)`` returns samples.
    given : sequence
        What the scaler is made with.
    width : int
        How many features a transformed sample has.
    seen : function, optional
        Returns what counts of transformed samples.
    weight : float
        Of each check.
    """
    of = f"{name}: " if len(task.needs) > 1 else ""
    prefix = f"{name.lower()}_" if len(task.needs) > 1 else ""

    def add(title):
        def named(function):
            function.__name__ = prefix + function.__name__
            return task.check(of + title, weight=weight, rtol=1e-4)(function)

        return named

    def make(impl):
        return getattr(impl, name)(*given)

    @add("fit returns the scaler")
    def fit_returns(impl, rng):
        train, test = draw(rng, 7), draw(rng, 3)
        scaler = make(impl)
        returned = scaler.fit(train)
        by_it = change(seen(scaler.transform(test)), seen(returned.transform(test)))
        return {"what it returns transforms otherwise, by": by_it}

    @add("fit begins anew; transform and inverse change nothing; no scaler knows of another one")
    def each_by_itself(impl, rng):
        first, second, third, test = draw(rng, 7), draw(rng, 9), draw(rng, 8), draw(rng, 3)
        scaler, new, other = make(impl), make(impl), make(impl)

        def y(scaler):
            return seen(scaler.transform(test))

        scaler.fit(first)
        before = y(scaler)
        scaler.inverse(scaler.transform(test))
        again = y(scaler)
        scaler.fit(second)
        refitted = y(scaler)
        new.fit(second)
        by_a_new_one = y(new)
        refitted_and_left_alone = y(scaler)
        other.fit(third)
        return {
            "transformed a second time, other by": change(before, again),
            "after a fit to other data, other than a new scaler by": change(by_a_new_one, refitted),
            "after another scaler's fit, other by": change(refitted_and_left_alone, y(scaler)),
        }

    @add("what goes in is left as it was")
    def inputs_stay(impl, rng):
        train, test = draw(rng, 7), draw(rng, 3)
        kept_train, kept_test = keep(impl, train), keep(impl, test)
        scaler = make(impl)
        scaler.fit(kept_train)
        y = scaler.transform(kept_test)
        kept_y = keep(impl, y)
        scaler.inverse(kept_y)
        return {
            "the x of fit, changed by": change(train, fetch(kept_train)),
            "the x of transform, changed by": change(test, fetch(kept_test)),
            "the y of inverse, changed by": seen(change(y, fetch(kept_y))),
        }

    @add("float32 stays float32")
    def float32_stays(impl, rng):
        train, test = draw(rng, 7).astype(np.float32), draw(rng, 3).astype(np.float32)
        scaler = make(impl)
        scaler.fit(train)
        y = scaler.transform(test)
        back = scaler.inverse(rng.normal(size=(3, width)).astype(np.float32))
        return {"dtype of what transform returns": dtype_of(y), "of inverse": dtype_of(back)}


def change(before, after):
    """Return by how much an array differs from another one: 0 where it does not.

    A check that is not about values is passed where these are wrong, and no numbers.
    """
    if not isinstance(before, np.ndarray) or not isinstance(after, np.ndarray):
        return "no array came back"
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    with np.errstate(invalid="ignore"):
        return np.where(same, 0, after - before)


def dtype_of(value):
    """Return the dtype of an array."""
    return str(getattr(value, "dtype", "none"))


SPREADS = np.array([4.0, 2.0, 1.0, 0.5, 0.2])
"""Standard deviations of a cloud along its own directions."""


def cloud(rng, rows, spreads=SPREADS):
    """Draw samples of correlated features around a mean that is not 0."""
    D = len(spreads)
    rotation, _ = np.linalg.qr(rng.normal(size=(D, D)))
    middle = rng.choice([-1.0, 1.0], size=D) * rng.uniform(1, 3, size=D)
    return middle + spreads * rng.normal(size=(rows, D)) @ rotation.T


def upright(y):
    """Return y (N, K) with the largest number of each column positive: no sign is the right one."""
    if not isinstance(y, np.ndarray) or y.ndim != 2 or not y.size:
        return y
    largest = np.abs(y).argmax(axis=0)
    return y * np.where(y[largest, np.arange(y.shape[1])] < 0, -1, 1)
