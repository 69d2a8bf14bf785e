"""Standardizing: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import add_scaler_checks, features

task = Task(
    "standardizer",
    "Mean 0 and variance 1",
    points=5,
    needs=["Standardizer"],
    minutes=10,
    shapes="x (N, D), mean and standard deviation (D,)",
)


def fitted(impl, x):
    """Return a scaler that is fitted."""
    scaler = impl.Standardizer()
    scaler.fit(x)
    return scaler


@task.check("the training set: each feature has mean 0 and variance 1", weight=1.5)
def of_the_training_set(impl, rng):
    train = features(rng, 7)
    return fitted(impl, train).transform(train)


@task.check("other data, and a single sample: as the training set says", weight=2)
def of_other_data(impl, rng):
    scaler = fitted(impl, features(rng, 7))
    return [scaler.transform(features(rng, 5, 4.0)), scaler.transform(features(rng, 1, -3.0))]


@task.check("inverse goes back", weight=1.5)
def goes_back(impl, rng):
    scaler, test = fitted(impl, features(rng, 7)), features(rng, 5, 2.0)
    return {
        "of numbers": scaler.inverse(rng.normal(size=(3, 4))),
        "of y": there_and_back(scaler, test),
    }


def there_and_back(scaler, x):
    """Return x again, if inverse is that of transform."""
    return scaler.inverse(scaler.transform(x))


@task.check("a feature that never changes is only shifted, to 0", weight=1.5)
def of_constants(impl, rng):
    train, test = features(rng, 8), features(rng, 3)
    train[:, 0], train[:, 2] = 0.0, -6.0
    scaler = fitted(impl, train)
    return [scaler.transform(train[:2]), scaler.transform(test), there_and_back(scaler, test)]


@task.check("so is one whose standard deviation is not quite 0, by rounding", weight=0.5)
def of_rounded_constants(impl, rng):
    train, test = features(rng, 10), features(rng, 3)
    train[:, 1] = 0.3  # the mean of ten is 0.29999999999999993
    return fitted(impl, train).transform(test)


add_scaler_checks(task, "Standardizer", features, weight=0.4)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Part, Parts
from solutions.normalization import Standardizer

from .mistakes import OWN_STATISTICS, add_affine_mistakes, add_scaler_mistakes, formulas

add_scaler_mistakes(task, Standardizer, "mean", "std")
statistics = Parts(
    task,
    [Standardizer],
    {
        "mean": Part("the mean", "fit", stored="mean"),
        "std": Part("the standard deviation", "fit", stored="std"),
    },
)


NO_AXIS = (
    "You take {what} over all numbers of the training set at once. Each feature, that is each "
    "column, has its own: the axis of the samples is 0."
)


@statistics.mistake(NO_AXIS)
class over_everything(Standardizer):
    def fit(self, x):
        super().fit(x)
        self.mean, self.std = x.mean(), np.where(np.ptp(x, axis=0) == 0, 1, x.std())
        return self


def without_axis(name, what, mean, std):
    """Add that fit takes one number for all features, which is never 0, and asks for no other."""

    def fit(self, x):
        Standardizer.fit(self, x)
        self.mean, self.std = np.asarray(mean(x)), np.asarray(std(x))
        return self

    task.misconception(NO_AXIS.format(what=what))(type(name, (Standardizer,), {"fit": fit}))


without_axis(
    "no_axis",
    "the mean and the standard deviation",
    mean=lambda x: x.mean(),
    std=lambda x: x.std(),
)
without_axis(
    "no_axis_in_the_mean",
    "the mean",
    mean=lambda x: x.mean(),
    std=lambda x: x.std(axis=0),
)
without_axis(
    "no_axis_in_the_std",
    "the standard deviation",
    mean=lambda x: x.mean(axis=0),
    std=lambda x: x.std(),
)


@statistics.mistake(
    "You take {what} of each sample, along axis 1. Each feature, that is each column, has its own, "
    "over all samples: axis 0."
)
class over_features(Standardizer):
    def fit(self, x):
        super().fit(x)
        self.mean, self.std = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
        return self


for flat in (["mean", "std"], ["mean"], ["std"]):

    class over_features_flat(Standardizer):
        along = flat

        def fit(self, x):
            super().fit(x)
            for name in self.along:
                setattr(self, name, getattr(x, name)(axis=1))
            return self

    over_features_flat.__name__ += "".join(f".{name}" for name in flat[: len(flat) % 2])
    task.misconception(
        "You go along axis 1, the features of a sample, as it seems: so there is one number for "
        "each sample. Each feature, that is each column, has its own, over all samples: axis 0."
    )(over_features_flat)


def with_statistics(name, hint, mean=None, std=None):
    """Add that fit takes something else for the mean, or for the standard deviation."""

    def fit(self, x):
        Standardizer.fit(self, x)
        if mean is not None:
            self.mean = np.asarray(mean(x))
        if std is not None:
            constant = x.max(axis=0) == x.min(axis=0)
            self.std = np.where(constant, 1, std(x))
        return self

    task.misconception(hint)(type(name, (Standardizer,), {"fit": fit}))


with_statistics(
    "divided_by_n_minus_1",
    "Your standard deviation comes from a variance that is divided by N − 1. Here it is divided by "
    "N, as np.std does by itself.",
    std=lambda x: x.std(axis=0, ddof=1),
)
with_statistics(
    "variance_for_std",
    "You divide by the variance. It has the unit of the feature squared: after a division by it "
    "the variance is not 1.",
    std=lambda x: x.var(axis=0),
)
with_statistics(
    "root_mean_square",
    "You divide by the root of the mean square of the feature itself. The standard deviation is "
    "that of the distances from the mean.",
    std=lambda x: np.sqrt((x**2).mean(axis=0)),
)
with_statistics(
    "span_for_std",
    "You divide by the span, largest minus smallest. It is the standard deviation that makes the "
    "variance 1.",
    std=lambda x: np.ptp(x, axis=0),
)
with_statistics(
    "mean_distance",
    "You divide by the mean distance from the mean. The standard deviation is the root of the mean "
    "*square* of the distances.",
    std=lambda x: np.abs(x - x.mean(axis=0)).mean(axis=0),
)
with_statistics(
    "largest_for_std",
    "You divide by the largest size that occurs. It is the standard deviation that makes the "
    "variance 1.",
    std=lambda x: np.abs(x).max(axis=0),
)
with_statistics(
    "root_of_std",
    "You divide by the root of the standard deviation: is a root taken twice?",
    std=lambda x: np.sqrt(x.std(axis=0)),
)
with_statistics(
    "sum_for_mean",
    "You subtract the sum of a feature over the samples. Its mean is to be subtracted.",
    mean=lambda x: x.sum(axis=0),
)
with_statistics(
    "median_for_mean",
    "You subtract the median. After that the mean is not 0.",
    mean=lambda x: np.median(x, axis=0),
)
with_statistics(
    "smallest_for_mean",
    "You subtract the smallest value. After that the mean is not 0.",
    mean=lambda x: x.min(axis=0),
)
with_statistics(
    "added_up_squares",
    "You divide by the root of the *sum* of the squared distances. The variance is their mean.",
    std=lambda x: np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=0)),
)


# Features that never change -----------------------------------------------------------------------

NOT_GUARDED = (
    "A feature that never changes has the standard deviation 0, and you divide by it: NaN comes "
    "out, or infinity."
)
ADDED = (
    "You add a small number, so as not to divide by 0. It changes the features that vary little, "
    "and one that never varied is blown up as soon as it does: give it the standard deviation 1."
)


def with_guard(name, hint, std):
    """Add another way to come around a standard deviation of 0: std(x) is the whole of it."""

    def fit(self, x):
        Standardizer.fit(self, x)
        self.std = std(x)
        return self

    task.misconception(hint)(type(name, (Standardizer,), {"fit": fit}))


with_guard("not_guarded", NOT_GUARDED, lambda x: x.std(axis=0))
N_MINUS_1 = next(one.hint for one in task.misconceptions if one.name == "divided_by_n_minus_1")
with_guard("divided_by_n_minus_1_not_guarded", N_MINUS_1, lambda x: x.std(axis=0, ddof=1))
with_guard(
    "divided_by_n_minus_1_compared_with_0",
    N_MINUS_1,
    lambda x: np.where(x.std(axis=0, ddof=1) == 0, 1, x.std(axis=0, ddof=1)),
)
for exponent in (5, 8):
    small = 10.0**-exponent
    with_guard(f"{exponent}_places_added", ADDED, lambda x, small=small: x.std(axis=0) + small)
    with_guard(
        f"{exponent}_places_added_to_the_variance",
        ADDED,
        lambda x, small=small: np.sqrt(x.var(axis=0) + small),
    )
    with_guard(
        f"at_least_{exponent}_places",
        "You raise a standard deviation of 0 to a tiny number. A feature that never changed is "
        "then blown up as soon as it does: give it 1.",
        lambda x, small=small: np.maximum(x.std(axis=0), small),
    )
with_guard(
    "compared_with_0",
    "You ask whether the standard deviation is exactly 0. Ten times 0.3 has a mean that is not "
    "quite 0.3, and a standard deviation of 6e-17, by which you then divide. Whether a feature "
    "never changes can be seen in its extremes.",
    lambda x: np.where(x.std(axis=0) == 0, 1, x.std(axis=0)),
)
with_guard(
    "ones_for_all_if_one_is_0",
    "As soon as one feature never changes, you divide none of them. It is about that one alone.",
    lambda x: x.std(axis=0) if np.ptp(x, axis=0).all() else np.ones_like(x[0]),
)
with_guard(
    "at_least_1",
    "You take no standard deviation below 1. Features that vary less are to be divided as well: "
    "only one that never changes gets 1.",
    lambda x: np.maximum(x.std(axis=0), 1),
)
with_guard(
    "added_1",
    "You add 1 to the standard deviation. It takes the place of a standard deviation of 0, and "
    "only there.",
    lambda x: x.std(axis=0) + 1,
)


@task.misconception(
    "You return 0 for a feature that never changed in the training set, whatever the new data are. "
    "It is only shifted: where it does change, that is to be seen."
)
class always_0_if_constant(Standardizer):
    def fit(self, x):
        self._never = np.ptp(x, axis=0) == 0
        return super().fit(x)

    def transform(self, x):
        return np.where(self._never, 0, super().transform(x))


@task.misconception(
    "You leave a feature that never changes as it is. It is to be shifted to 0 as the others are; "
    "only the division falls away."
)
class constants_not_shifted(Standardizer):
    def fit(self, x):
        super().fit(x)
        self.mean = np.where(np.ptp(x, axis=0) == 0, 0, self.mean)
        return self


add_affine_mistakes(
    formulas(task, Standardizer), Standardizer, mean="mean", std="standard deviation"
)


# The data's own statistics, written out -----------------------------------------------------------


def varying_std(x):
    """Return the standard deviations, with 1 for what never changes in x."""
    return np.where(x.max(axis=0) == x.min(axis=0), 1, x.std(axis=0))


def std_compared_with_0(x):
    """Return the standard deviations, with 1 for 0."""
    return np.where(x.std(axis=0) == 0, 1, x.std(axis=0))


def with_own(name, mean=None, std=None):
    """Add that transform takes a mean or a standard deviation of the data that it is given."""

    def transform(self, x):
        shift = self.mean if mean is None else mean(x)
        return (x - shift) / (self.std if std is None else std(x))

    task.misconception(OWN_STATISTICS)(type(name, (Standardizer,), {"transform": transform}))


def own_mean(x):
    """Return the mean of each feature."""
    return x.mean(axis=0)


def own_std(x):
    """Return the standard deviation of each feature."""
    return x.std(axis=0)


with_own("own_mean", mean=own_mean)
for std in (own_std, varying_std, std_compared_with_0):
    with_own(f"own_std_by_{std.__name__}", std=std)
    with_own(f"own_mean_and_std_by_{std.__name__}", mean=own_mean, std=std)


@task.misconception(OWN_STATISTICS)
class found_in_transform_alone(Standardizer):
    def fit(self, x):
        return self

    def transform(self, x):
        Standardizer.fit(self, x)
        return super().transform(x)
