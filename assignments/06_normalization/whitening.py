"""Whitening: how it is checked, and which mistakes are known.

As in the task before, nothing that is compared depends on the signs of the directions.
"""

import numpy as np

from handgrad import Task

from .inputs import add_scaler_checks, cloud, upright

task = Task(
    "whitening",
    "Whitening",
    points=5,
    needs=["Whitening"],
    minutes=10,
    shapes="x (N, D), directions (D, K), variances (K,)",
)


def fitted(impl, x, *given):
    """Return a Whitening that is fitted."""
    whitening = impl.Whitening(*given)
    whitening.fit(x)
    return whitening


@task.check("ε = 0: the variances of the training set become 1", weight=1.5)
def identity(impl, rng):
    train = cloud(rng, 18)
    return upright(fitted(impl, train, 0.0).transform(train))


@task.check("ε = 0.1: small variances are held down", weight=1.5)
def held_down(impl, rng):
    train = cloud(rng, 18)
    return upright(fitted(impl, train, 0.1).transform(train))


@task.check("other data, and a single sample: by the variances of the training set", weight=1.5)
def of_other_data(impl, rng):
    whitening = fitted(impl, cloud(rng, 18), 0.3, 3)
    return [
        upright(whitening.transform(cloud(rng, 6))),
        upright(whitening.transform(cloud(rng, 1))),
    ]


@task.check("inverse goes back: exactly with all directions, as near as it can with K", weight=1.5)
def goes_back(impl, rng):
    train, test = cloud(rng, 18), cloud(rng, 6)
    few, full = fitted(impl, train, 0.3, 2), fitted(impl, train, 0.3)
    return {"of 2": few.inverse(few.transform(test)), "of all": full.inverse(full.transform(test))}


@task.check("a feature that never changes: finite numbers, by ε alone")
def of_constants(impl, rng):
    train, test = cloud(rng, 18), cloud(rng, 6)
    train[:, 2] = 0.0
    whitening = fitted(impl, train, 0.01)
    return [upright(whitening.transform(test)), whitening.inverse(whitening.transform(test))]


add_scaler_checks(task, "Whitening", cloud, given=[0.1, 3], width=3, seen=upright, weight=0.3)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.normalization import Whitening

from .mistakes import OWN_STATISTICS, add_scaler_mistakes, formulas

add_scaler_mistakes(task, Whitening, "pca")
formula = formulas(task, Whitening)


def divided_by(name, hint, scale):
    """Add that another number is divided and multiplied by: scale(λ, ε, self)."""

    def transform(self, x):
        return self.pca.transform(x) / scale(self.pca.variances, self.eps, self)

    def inverse(self, y):
        return self.pca.inverse(y * scale(self.pca.variances, self.eps, self))

    methods = {"transform": transform, "inverse": inverse}
    formula.mistake(hint)(type(name, (Whitening,), methods))


divided_by(
    "variance_for_root",
    "The root is missing: you take the eigenvalue for the standard deviation. It is the variance, "
    "and after a division by it, the variance is not 1.",
    lambda variance, eps, self: variance + eps,
)
divided_by(
    "variance_alone",
    "The root is missing, and ε: you take the eigenvalue itself. It is the variance, and after a "
    "division by it, the variance is not 1.",
    lambda variance, eps, self: variance,
)
divided_by(
    "eps_outside",
    "Your ε stands outside of the root. It is added to the variance, inside of the root.",
    lambda variance, eps, self: np.sqrt(variance) + eps,
)
divided_by(
    "eps_left_out",
    "Your ε is left out. Where the variance is tiny, what is there is blown up, and where it is 0, "
    "you divide by 0.",
    lambda variance, eps, self: np.sqrt(variance),
)
divided_by(
    "eps_squared",
    "You add the square of ε. It is added as it is.",
    lambda variance, eps, self: np.sqrt(variance + eps**2),
)
divided_by(
    "eps_of_the_signature",
    "Your ε is 1e-5, whatever was asked for: it is kept as `self.eps`.",
    lambda variance, eps, self: np.sqrt(variance + 1e-5),
)
divided_by(
    "eps_of_its_own",
    "Your ε is a number of your own, whatever was asked for: it is kept as `self.eps`.",
    lambda variance, eps, self: np.sqrt(variance + 1e-8),
)
divided_by(
    "eps_at_least",
    "You raise small variances to ε, and leave the others. Here ε is added to all.",
    lambda variance, eps, self: np.sqrt(np.maximum(variance, eps)),
)
divided_by(
    "eps_subtracted",
    "You subtract ε. It is added to the variance.",
    lambda variance, eps, self: np.sqrt(np.abs(variance - eps)),
)
divided_by(
    "not_divided",
    "Nothing is divided, or multiplied on the way back: that is what PCA does already.",
    lambda variance, eps, self: np.ones_like(variance),
)
divided_by(
    "multiplied_for_divided",
    "You multiply where you are to divide, or the other way round.",
    lambda variance, eps, self: 1 / np.sqrt(variance + eps),
)
divided_by(
    "one_for_all",
    "You take one number for all directions. Each has its own variance.",
    lambda variance, eps, self: np.sqrt(variance.mean() + eps),
)
divided_by(
    "root_twice",
    "The root is taken twice: of the variance, it is one.",
    lambda variance, eps, self: (variance + eps) ** 0.25,
)


@formula.mistake("You leave the mean out.")
class mean_left_out(Whitening):
    def transform(self, x):
        return x @ self.pca.directions / np.sqrt(self.pca.variances + self.eps)

    def inverse(self, y):
        return (y * np.sqrt(self.pca.variances + self.eps)) @ self.pca.directions.T


@formula.mistake(
    "The steps are in the wrong order: PCA comes first and the division after it. On the way back "
    "that is undone first."
)
class wrong_order(Whitening):
    def transform(self, x):
        return self.pca.transform(x / np.sqrt(self.pca.variances + self.eps))

    def inverse(self, y):
        return self.pca.inverse(y) * np.sqrt(self.pca.variances + self.eps)


@task.misconception(
    "You divide by the spread of the data that are given. The variances of the training set count, "
    "also for a single sample: it has no spread."
)
class own_spread(Whitening):
    def transform(self, x):
        y = self.pca.transform(x)
        return y / np.sqrt(y.var(axis=0) + self.eps)


@task.misconception(task.misconceptions[-1].hint)
class own_spread_without_eps(Whitening):
    def transform(self, x):
        y = self.pca.transform(x)
        return y / y.std(axis=0)


@task.misconception(OWN_STATISTICS)
class own_mean(Whitening):
    def transform(self, x):
        y = (x - x.mean(axis=0)) @ self.pca.directions
        return y / np.sqrt(self.pca.variances + self.eps)


@task.misconception(
    "You rotate back into the features, which is ZCA whitening. Here the numbers along the "
    "directions are asked for."
)
class zca(Whitening):
    def transform(self, x):
        return super().transform(x) @ self.pca.directions.T

    def inverse(self, y):
        return super().inverse(y @ self.pca.directions if y.shape[1] == len(self.pca.mean) else y)


@task.misconception(
    "Your variances are divided by N − 1. Here they are divided by N, and PCA has found them so."
)
class divided_by_n_minus_1(Whitening):
    def fit(self, x):
        super().fit(x)
        self.pca.variances = self.pca.variances * len(x) / (len(x) - 1)
        return self


@task.misconception(
    "You take the variances for roots and square them. PCA keeps variances: their root is asked "
    "for."
)
class squared(Whitening):
    def transform(self, x):
        return self.pca.transform(x) / (self.pca.variances + self.eps) ** 2

    def inverse(self, y):
        return self.pca.inverse(y * (self.pca.variances + self.eps) ** 2)


# What can be wrong in a fit that does the work of PCA itself -------------------------------------


def with_directions(name, hint, find):
    """Add that fit finds other directions and variances: find(C) for the covariance (D, D)."""

    def fit(self, x):
        Whitening.fit(self, x)
        centred = x - self.pca.mean
        directions, variances = find(centred.T @ centred / len(x))
        K = self.components
        self.pca.directions, self.pca.variances = directions[:, :K].copy(), variances[:K].copy()
        return self

    task.misconception(hint)(type(name, (Whitening,), {"fit": fit}))


ROWS = (
    "Rows and columns of your directions are mixed up. np.linalg.svd returns U with one direction "
    "in each *column*, and Vᵀ with one in each row; U (D, K) has one in each column."
)
RISING = (
    "The smallest variance comes first: np.linalg.eigh sorts like that. The directions in which "
    "there is most are to come first."
)
with_directions(
    "rows_of_the_third",
    ROWS,
    lambda C: np.linalg.svd(C)[:0:-1],
)
with_directions(
    "rows_for_columns",
    ROWS,
    lambda C: (np.linalg.svd(C)[0].T, np.linalg.svd(C)[1]),
)
with_directions("smallest_first", RISING, lambda C: np.linalg.eigh(C)[::-1])
with_directions(
    "variances_sorted_alone",
    "The variances come in another order than their directions: what is turned round in one is to "
    "be turned round in the other.",
    lambda C: (np.linalg.eigh(C)[1], np.linalg.eigh(C)[0][::-1]),
)


@task.misconception(RISING)
class rising_to_the_largest(Whitening):
    def fit(self, x):
        super().fit(x)
        self.pca.directions = self.pca.directions[:, ::-1].copy()
        self.pca.variances = self.pca.variances[::-1].copy()
        return self


@task.misconception(ROWS)
class rows_of_the_third_kept(Whitening):
    def fit(self, x):
        super().fit(x)
        centred = x - self.pca.mean
        self.pca.directions = np.linalg.svd(centred.T @ centred)[2][: self.components]
        return self
