"""Principal components: how they are checked, and which mistakes are known.

The sign of a direction is a matter of taste: what is compared does not depend on it.
"""

import numpy as np

from handgrad import Task

from .inputs import add_scaler_checks, cloud, upright

task = Task(
    "pca",
    "Principal components",
    points=6,
    needs=["PCA"],
    minutes=20,
    shapes="x (N, D), covariance (D, D), directions (D, K)",
)


def fitted(impl, x, *components):
    """Return a PCA that is fitted."""
    pca = impl.PCA(*components)
    pca.fit(x)
    return pca


@task.check("the training set: around 0, uncorrelated, the largest variance first", weight=2)
def along_all_directions(impl, rng):
    train = cloud(rng, 18)
    return upright(fitted(impl, train).transform(train))


@task.check("mean (D,), directions (D, K) and variances (K,) are kept under these names")
def what_it_keeps(impl, rng):
    pca, full = fitted(impl, cloud(rng, 18), 3), fitted(impl, cloud(rng, 11))
    return {
        "variances": pca.variances,
        "all variances": full.variances,
        "mean": pca.mean,
        "directions": upright(pca.directions),
    }


@task.check("other data, and a single sample: along the directions of the training set", weight=1.5)
def of_other_data(impl, rng):
    pca = fitted(impl, cloud(rng, 18), 2)
    return [upright(pca.transform(cloud(rng, 6))), upright(pca.transform(cloud(rng, 1)))]


@task.check("inverse goes back: exactly with all directions, as near as it can with K", weight=1.5)
def goes_back(impl, rng):
    train, test = cloud(rng, 18), cloud(rng, 6)
    pca, full = fitted(impl, train, 2), fitted(impl, train)
    return {"of 2": pca.inverse(pca.transform(test)), "of all": full.inverse(full.transform(test))}


@task.check("fewer samples than features", weight=0.5)
def of_few_samples(impl, rng):
    train, test = (cloud(rng, rows, 2.0 ** -np.arange(8)) for rows in (5, 3))
    pca = fitted(impl, train, 3)
    y = pca.transform(test)
    return {"y": upright(y), "back": pca.inverse(y)}


add_scaler_checks(task, "PCA", cloud, given=[3], width=3, seen=upright, weight=0.3)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Part, Parts
from solutions.normalization import PCA

from .mistakes import OWN_STATISTICS, add_scaler_mistakes, formulas

add_scaler_mistakes(task, PCA, "mean", "directions", "variances")
formula = formulas(task, PCA)
kept = Parts(
    task,
    [PCA],
    {
        "mean": Part("the mean", "fit", stored="mean"),
        "directions": Part("the directions", "fit", stored="directions"),
        "variances": Part("the variances", "fit", stored="variances"),
    },
)


def covariance(x):
    """Return the covariance (D, D) of samples."""
    centred = x - x.mean(axis=0)
    return centred.T @ centred / len(x)


def with_fit(name, hint, mean=None, decompose=None):
    """Add that fit finds something else: the mean, or directions (D, D) and variances (D,)."""

    def fit(self, x):
        PCA.fit(self, x)
        if mean is not None:
            self.mean = mean(x)
        if decompose is not None:
            U, variances = decompose(x)
            K = self.components
            self.directions, self.variances = U[:, :K].copy(), variances[:K].copy()
        return self

    task.misconception(hint)(type(name, (PCA,), {"fit": fit}))


def by_covariance(matrix):
    """Return directions and variances of a matrix in the covariance's place."""
    U, variances, _ = np.linalg.svd(matrix)
    return U, variances


def by_samples(x):
    """Return directions (D, D), singular values (D,) and Vᵀ of the centred samples."""
    _, s, Vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=True)
    return Vt.T, np.concatenate([s, np.zeros(x.shape[1] - len(s))])


with_fit(
    "covariance_not_centred",
    "Your covariance is that of the data as they are. So the first direction points to their "
    "middle: subtract the mean before.",
    decompose=lambda x: by_covariance(x.T @ x / len(x)),
)
with_fit(
    "nothing_centred",
    "You subtract no mean anywhere: the first direction points to the middle of the data.",
    mean=lambda x: np.zeros_like(x[0]),
    decompose=lambda x: by_covariance(x.T @ x / len(x)),
)
with_fit(
    "centred_by_one_number",
    "You subtract the mean of all numbers. Each feature has its own.",
    mean=lambda x: np.full_like(x[0], x.mean()),
    decompose=lambda x: by_covariance((x - x.mean()).T @ (x - x.mean()) / len(x)),
)
with_fit(
    "divided_by_n_minus_1",
    "Your variances are divided by N − 1, as np.cov does by itself. Here they are divided by N.",
    decompose=lambda x: by_covariance(covariance(x) * len(x) / (len(x) - 1)),
)
with_fit(
    "not_divided",
    "Your variances are sums of squares: they grow with the number of samples. Divide by N.",
    decompose=lambda x: by_covariance(covariance(x) * len(x)),
)
with_fit(
    "divided_by_features",
    "You divide by the number of features. The mean is over the samples.",
    decompose=lambda x: by_covariance(covariance(x) * len(x) / x.shape[1]),
)
with_fit(
    "singular_values_of_x",
    "Your variances are the singular values of the data. A variance is a mean of squares: what is "
    "missing is the square, and the division by N.",
    decompose=lambda x: by_samples(x),
)
with_fit(
    "singular_values_over_n",
    "Your variances are the singular values of the data, divided by N. A variance is a mean of "
    "squares: the square is missing.",
    decompose=lambda x: (by_samples(x)[0], by_samples(x)[1] / len(x)),
)
with_fit(
    "roots_for_variances",
    "Your variances are standard deviations: a root is taken that is not asked for.",
    decompose=lambda x: (by_covariance(covariance(x))[0], by_covariance(covariance(x))[1] ** 0.5),
)
with_fit(
    "squares_for_variances",
    "You square the singular values of the covariance. They are the variances already.",
    decompose=lambda x: (by_covariance(covariance(x))[0], by_covariance(covariance(x))[1] ** 2),
)
with_fit(
    "rows_for_columns",
    "Rows and columns of your directions are mixed up. np.linalg.svd returns U with one direction "
    "in each *column*, and Vᵀ with one in each row; what you keep, (D, K), has one in each column.",
    decompose=lambda x: (by_covariance(covariance(x))[0].T, by_covariance(covariance(x))[1]),
)
ROWS = task.misconceptions[-1].hint
with_fit(
    "rows_of_the_third",
    ROWS,
    decompose=lambda x: np.linalg.svd(covariance(x))[:0:-1],
)
with_fit(
    "rows_of_the_third_by_samples",
    ROWS,
    decompose=lambda x: (by_samples(x)[0].T, by_samples(x)[1] ** 2 / len(x)),
)


def right_vectors(matrix):
    """Return Vᵀ of a matrix, with as many rows as it has singular values."""
    return np.linalg.svd(matrix, full_matrices=False)[2]


def with_rows(name, vectors):
    """Add that the first K rows of Vᵀ are kept as they are, so that directions is (K, D)."""

    def fit(self, x):
        PCA.fit(self, x)
        self.directions = vectors(x)[: self.components]
        return self

    task.misconception(ROWS)(type(name, (PCA,), {"fit": fit}))


with_rows("rows_of_the_third_kept", lambda x: right_vectors(covariance(x)))
with_rows("rows_of_the_third_by_samples_kept", lambda x: right_vectors(x - x.mean(axis=0)))


@task.misconception(ROWS)
class rows_of_the_third_by_few_samples(PCA):
    def fit(self, x):
        super().fit(x)
        self.directions = right_vectors(x - self.mean)[:, : self.components]
        return self


with_fit(
    "rows_for_columns_turned",
    ROWS,
    decompose=lambda x: (
        upright(by_covariance(covariance(x))[0]).T,
        by_covariance(covariance(x))[1],
    ),
)
with_fit(
    "smallest_first",
    "The smallest variance comes first: np.linalg.eigh sorts like that. The directions in which "
    "there is most are to come first.",
    decompose=lambda x: (
        by_covariance(covariance(x))[0][:, ::-1],
        by_covariance(covariance(x))[1][::-1],
    ),
)
RISING = task.misconceptions[-1].hint
with_fit(
    "smallest_first_by_eigh",
    RISING,
    decompose=lambda x: np.linalg.eigh(covariance(x))[::-1],
)


@task.misconception(RISING)
class rising_to_the_largest(PCA):
    def fit(self, x):
        super().fit(x)
        self.directions = self.directions[:, ::-1].copy()
        self.variances = self.variances[::-1].copy()
        return self


with_fit(
    "directions_sorted_alone",
    "The directions come in another order than their variances: what is turned round in one is to "
    "be turned round in the other.",
    decompose=lambda x: (
        by_covariance(covariance(x))[0][:, ::-1],
        by_covariance(covariance(x))[1],
    ),
)
with_fit(
    "variances_of_eigh_sorted_alone",
    task.misconceptions[-1].hint,
    decompose=lambda x: (
        np.linalg.eigh(covariance(x))[1],
        by_covariance(covariance(x))[1],
    ),
)
with_fit(
    "variances_sorted_alone",
    "The variances come in another order than their directions: what is turned round in one is to "
    "be turned round in the other.",
    decompose=lambda x: (
        by_covariance(covariance(x))[0],
        by_covariance(covariance(x))[1][::-1],
    ),
)
with_fit(
    "correlations",
    "You take the correlations: the features are brought to the variance 1 before. That is another "
    "PCA; here the features keep their scales.",
    decompose=lambda x: by_covariance(np.corrcoef(x, rowvar=False)),
)
with_fit(
    "shares_for_variances",
    "Your variances are shares of the whole. The variances themselves are asked for.",
    decompose=lambda x: (
        by_covariance(covariance(x))[0],
        by_covariance(covariance(x))[1] / by_covariance(covariance(x))[1].sum(),
    ),
)


@kept.fault(
    "You keep {what} for all D directions. With `components` K, there are K.",
    over=["directions", "variances"],
)
def all_kept(value, x):
    U, variances = by_covariance(covariance(x))
    return U if value.ndim > 1 else variances


@task.misconception(
    "You keep the first K rows of the directions. A direction is a column: keep columns."
)
class rows_kept(PCA):
    def fit(self, x):
        super().fit(x)
        self.directions = by_covariance(covariance(x))[0][: self.components]
        return self


@task.misconception("You keep the last K directions, those in which there is least.")
class last_kept(PCA):
    def fit(self, x):
        super().fit(x)
        U, variances = by_covariance(covariance(x))
        K = self.components or x.shape[1]
        self.directions, self.variances = U[:, -K:], variances[-K:]
        return self


@task.misconception(
    "Your covariance is (N, N), one row for each sample. What varies together are features: it is "
    "(D, D)."
)
class covariance_of_samples(PCA):
    def fit(self, x):
        super().fit(x)
        centred = x - self.mean
        U, variances = by_covariance(centred @ centred.T / len(x))
        self.directions, self.variances = U[:, : self.components], variances[: self.components]
        return self


@task.misconception(OWN_STATISTICS)
class own_mean(PCA):
    def transform(self, x):
        return (x - x.mean(axis=0)) @ self.directions


@formula.mistake("The mean is left out.")
class mean_left_out(PCA):
    def transform(self, x):
        return x @ self.directions

    def inverse(self, y):
        return y @ self.directions.T


@formula.mistake("The mean comes in with the wrong sign.")
class sign_of_the_mean(PCA):
    def transform(self, x):
        return (x + self.mean) @ self.directions

    def inverse(self, y):
        return y @ self.directions.T - self.mean


@formula.mistake("You divide by the standard deviations, or multiply by them: that is whitening.")
class whitened(PCA):
    def transform(self, x):
        return (x - self.mean) @ self.directions / np.sqrt(self.variances)

    def inverse(self, y):
        return (y * np.sqrt(self.variances)) @ self.directions.T + self.mean


@formula.mistake("You only shift by the mean, and do not rotate.")
class not_rotated(PCA):
    def transform(self, x):
        return (x - self.mean)[:, : self.components].copy()

    def inverse(self, y):
        D, K = self.directions.shape
        return np.concatenate([y, np.zeros((len(y), D - K), y.dtype)], axis=1) + self.mean


@task.misconception(
    "Your transform rotates back into the features at once. The numbers along the directions are "
    "asked for."
)
class rotated_back(PCA):
    def transform(self, x):
        return (x - self.mean) @ self.directions @ self.directions.T + self.mean

    def inverse(self, y):
        return y + 0 if y.shape[1] == len(self.mean) else y @ self.directions.T + self.mean


@task.misconception(
    "Your inverse multiplies by the directions as transform does. What undoes a rotation is the "
    "transpose."
)
class inverse_not_transposed(PCA):
    def inverse(self, y):
        return y @ self.directions + self.mean


@task.misconception(
    "Your inverse adds the mean, D numbers, to the K numbers along the directions. First comes the "
    "way back to the features: what transform does first is undone last."
)
class inverse_in_forward_order(PCA):
    def inverse(self, y):
        return (y + self.mean) @ self.directions.T
