"""Min–max and logarithmic scaling: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import add_scaler_checks, features

task = Task(
    "min_max_and_log",
    "Other scales",
    points=6,
    needs=["MinMaxScaler", "LogScaler"],
    minutes=15,
    shapes="x (N, D), extremes (D,)",
)


def amounts(rng, rows, decades=0.0):
    """Draw samples of four features of at least 0 that span orders of magnitude; some are 0."""
    middles = np.array([0.05, 30.0, 4.0, 2000.0]) * rng.uniform(0.8, 1.2, size=4)
    x = middles * 10.0 ** (decades + rng.uniform(-1.2, 1.2, size=(rows, 4)))
    x[rows // 2, :2] = 0
    return x


def fitted(scaler, x):
    """Return the scaler, fitted."""
    scaler.fit(x)
    return scaler


@task.check("MinMaxScaler: the training set fills 0 to 1, feature by feature", weight=1.5)
def min_max_of_the_training_set(impl, rng):
    train = features(rng, 7)
    return fitted(impl.MinMaxScaler(), train).transform(train)


@task.check("MinMaxScaler: other data may lie outside of 0 to 1, and a single sample may", weight=2)
def min_max_of_other_data(impl, rng):
    scaler = fitted(impl.MinMaxScaler(), features(rng, 7))
    return [scaler.transform(features(rng, 5, 4.0)), scaler.transform(features(rng, 1, -6.0))]


@task.check("MinMaxScaler: inverse goes back")
def min_max_goes_back(impl, rng):
    scaler, test = fitted(impl.MinMaxScaler(), features(rng, 7)), features(rng, 5, 4.0)
    y = scaler.transform(test)
    return {"of numbers": scaler.inverse(2 * rng.normal(size=(3, 4))), "of y": scaler.inverse(y)}


@task.check("MinMaxScaler: a feature that never changes is only shifted, to 0")
def min_max_of_constants(impl, rng):
    train, test = features(rng, 8), features(rng, 3)
    train[:, 0], train[:, 2] = 0.3, -6.0
    scaler = fitted(impl.MinMaxScaler(), train)
    y = scaler.transform(test)
    return [scaler.transform(train[:2]), y, scaler.inverse(y)]


@task.check("LogScaler: the largest of the training set becomes 1, and 0 stays 0", weight=1.5)
def log_of_the_training_set(impl, rng):
    train = amounts(rng, 7)
    return fitted(impl.LogScaler(), train).transform(train)


@task.check("LogScaler: other data, and a single sample", weight=2)
def log_of_other_data(impl, rng):
    scaler = fitted(impl.LogScaler(), amounts(rng, 7))
    return [scaler.transform(amounts(rng, 5, 1.5)), scaler.transform(amounts(rng, 1, -1.0))]


@task.check("LogScaler: inverse goes back")
def log_goes_back(impl, rng):
    scaler, test = fitted(impl.LogScaler(), amounts(rng, 7)), amounts(rng, 5, 1.5)
    y = scaler.transform(test)
    return {
        "of numbers": scaler.inverse(rng.uniform(0, 1.5, size=(3, 4))),
        "of y": scaler.inverse(y),
    }


@task.check("LogScaler: a feature that is always 0 is not divided")
def log_of_zeros(impl, rng):
    train, test = amounts(rng, 8), amounts(rng, 3)
    train[:, 1] = train[:, 3] = 0
    scaler = fitted(impl.LogScaler(), train)
    y = scaler.transform(test)
    return [scaler.transform(train[:2]), y, scaler.inverse(y)]


add_scaler_checks(task, "MinMaxScaler", features, weight=0.3)
add_scaler_checks(task, "LogScaler", amounts, weight=0.3)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Part, Parts
from solutions.normalization import LogScaler, MinMaxScaler

from .mistakes import (
    OWN_STATISTICS,
    add_affine_mistakes,
    add_scaler_mistakes,
    formulas,
    prefix_of,
)

add_scaler_mistakes(task, MinMaxScaler, "low", "span")
add_affine_mistakes(formulas(task, MinMaxScaler), MinMaxScaler, low="smallest value", span="span")
extremes = Parts(
    task,
    [MinMaxScaler],
    {
        "low": Part("the smallest value", "fit", stored="low"),
        "span": Part("the span", "fit", stored="span"),
    },
)


@extremes.mistake(
    "You take {what} of all numbers of the training set at once. Each feature, that is each "
    "column, has its own: the axis of the samples is 0."
)
class min_max_over_everything(MinMaxScaler):
    def fit(self, x):
        super().fit(x)
        self.low, self.span = x.min(), np.where(np.ptp(x, axis=0) == 0, 1, np.ptp(x))
        return self


@task.misconception(
    "You take the smallest value and the span of all numbers of the training set at once. Each "
    "feature, that is each column, has its own: the axis of the samples is 0."
)
class min_max_no_axis(MinMaxScaler):
    def fit(self, x):
        super().fit(x)
        self.low, self.span = np.asarray(x.min()), np.asarray(np.ptp(x))
        return self


def span_or_1(x):
    """Return largest minus smallest of each feature, or 1 for 0."""
    return np.where(np.ptp(x, axis=0) == 0, 1, np.ptp(x, axis=0))


def span_alone(x):
    """Return largest minus smallest of each feature."""
    return np.ptp(x, axis=0)


def with_own_extremes(name, low=None, span=None):
    """Add that transform takes extremes of the data that it is given."""

    def transform(self, x):
        smallest = self.low if low is None else low(x)
        return (x - smallest) / (self.span if span is None else span(x))

    task.misconception(OWN_STATISTICS)(type(name, (MinMaxScaler,), {"transform": transform}))


def own_low(x):
    """Return the smallest value of each feature."""
    return x.min(axis=0)


with_own_extremes("own_low", low=own_low)
for span in (span_alone, span_or_1):
    with_own_extremes(f"own_{span.__name__}", span=span)
    with_own_extremes(f"own_low_and_{span.__name__}", low=own_low, span=span)


@task.misconception(
    "You subtract the smallest of all numbers of the training set. Each feature, that is each "
    "column, has its own: the axis of the samples is 0."
)
class low_of_everything(MinMaxScaler):
    def fit(self, x):
        super().fit(x)
        self.low = x.min()
        span = x.max(axis=0) - self.low
        self.span = np.where(span == 0, 1, span)
        return self


@extremes.mistake(
    "You take {what} of each sample, along axis 1. Each feature, that is each column, has its own, "
    "over all samples: axis 0."
)
class min_max_over_features(MinMaxScaler):
    def fit(self, x):
        super().fit(x)
        self.low, self.span = x.min(axis=1, keepdims=True), np.ptp(x, axis=1, keepdims=True)
        return self


ALONG_AXIS_1 = (
    "You go along axis 1, the features of a sample, as it seems: so there is one number for each "
    "sample. Each feature, that is each column, has its own, over all samples: axis 0."
)
for flat in (["low", "span"], ["low"], ["span"]):

    class min_max_over_features_flat(MinMaxScaler):
        along = flat

        def fit(self, x):
            super().fit(x)
            found = {"low": x.min(axis=1), "span": np.ptp(x, axis=1)}
            vars(self).update({name: found[name] for name in self.along})
            return self

    min_max_over_features_flat.__name__ += "".join(f".{name}" for name in flat[: len(flat) % 2])
    task.misconception(ALONG_AXIS_1)(min_max_over_features_flat)


def with_extremes(name, hint, low=None, span=None, guarded=True):
    """Add that fit takes something else for the smallest value, or for the span."""

    def fit(self, x):
        MinMaxScaler.fit(self, x)
        if low is not None:
            self.low = low(x)
        if span is not None:
            self.span = span(x)
            self.span = np.where(guarded & (self.span == 0), 1, self.span)
        return self

    task.misconception(hint)(type(name, (MinMaxScaler,), {"fit": fit}))


with_extremes(
    "largest_for_span",
    "You divide by the largest value. After the smallest has been subtracted, what is left of the "
    "largest is the difference of the two.",
    span=lambda x: x.max(axis=0),
)
with_extremes(
    "largest_size_for_span",
    "You divide by the largest size that occurs. After the smallest has been subtracted, what is "
    "left of the largest is the difference of the two.",
    span=lambda x: np.abs(x).max(axis=0),
)
with_extremes(
    "sum_of_extremes",
    "You add the extremes where their difference is asked for.",
    span=lambda x: x.max(axis=0) + x.min(axis=0),
)
with_extremes(
    "span_turned_round",
    "Your span is the smallest value minus the largest: it is negative.",
    span=lambda x: -np.ptp(x, axis=0),
)
with_extremes(
    "smallest_for_span",
    "You divide by the smallest value. It is the difference of the extremes that fills 0 to 1.",
    span=lambda x: x.min(axis=0),
)
with_extremes(
    "std_for_span",
    "You divide by the standard deviation. It is the difference of the extremes that fills 0 to 1.",
    span=lambda x: x.std(axis=0),
)
with_extremes(
    "mean_for_low",
    "You subtract the mean. So the values lie around 0; they are to begin at 0.",
    low=lambda x: x.mean(axis=0),
)
with_extremes(
    "largest_for_low",
    "You subtract the largest value: the values end at 0. They are to begin there.",
    low=lambda x: x.max(axis=0),
)
with_extremes(
    "standardized",
    "That is a Standardizer: you take mean and standard deviation. Here the extremes count.",
    low=lambda x: x.mean(axis=0),
    span=lambda x: x.std(axis=0),
)
with_extremes(
    "quantiles_for_extremes",
    "You take quantiles in the place of the extremes. They are steadier, and here the extremes "
    "themselves are asked for.",
    low=lambda x: np.quantile(x, 0.05, axis=0),
    span=lambda x: np.quantile(x, 0.95, axis=0) - np.quantile(x, 0.05, axis=0),
)
with_extremes(
    "min_max_not_guarded",
    "A feature that never changes has the span 0, and you divide by it: NaN comes out, or "
    "infinity.",
    span=lambda x: np.ptp(x, axis=0),
    guarded=False,
)
with_extremes(
    "min_max_ones_for_all_if_one_is_0",
    "As soon as one feature never changes, you divide none of them. It is about that one alone.",
    span=lambda x: np.ptp(x, axis=0) if np.ptp(x, axis=0).all() else np.ones_like(x[0]),
)
for exponent in (5, 8):
    small = 10.0**-exponent
    with_extremes(
        f"min_max_{exponent}_places_added",
        "You add a small number, so as not to divide by 0. It changes the features that vary "
        "little, and one that never varied is blown up as soon as it does: give it the span 1.",
        span=lambda x, small=small: np.ptp(x, axis=0) + small,
        guarded=False,
    )
    with_extremes(
        f"min_max_at_least_{exponent}_places",
        "You raise a span of 0 to a tiny number. A feature that never changed is then blown up as "
        "soon as it does: give it 1.",
        span=lambda x, small=small: np.maximum(np.ptp(x, axis=0), small),
        guarded=False,
    )


@task.misconception(
    "You return 0 for a feature that never changed in the training set, whatever the new data are. "
    "It is only shifted: where it does change, that is to be seen."
)
class min_max_always_0_if_constant(MinMaxScaler):
    def fit(self, x):
        self._never = np.ptp(x, axis=0) == 0
        return super().fit(x)

    def transform(self, x):
        return np.where(self._never, 0, super().transform(x))


CLIPPED = (
    "You clip to 0 to 1. New data may lie outside, and then that is to be seen: once it has been "
    "cut off, nobody can tell that they are unlike the training set, and there is no way back."
)


def clipped(right, *methods):
    """Return a scaler in which these methods clip."""

    def transform(self, x):
        return np.clip(right.transform(self, x), 0, 1)

    def inverse(self, y):
        return right.inverse(self, np.clip(y, 0, 1))

    kept = {"transform": transform, "inverse": inverse}
    name = prefix_of(task, right) + "_".join(("clipped_in", *methods))
    return type(name, (right,), {method: kept[method] for method in methods})


for scaler in (MinMaxScaler, LogScaler):
    for methods in (["transform"], ["inverse"], ["transform", "inverse"]):
        task.misconception(CLIPPED, replaces=scaler.__name__)(clipped(scaler, *methods))


@task.misconception("Your values fill −1 to 1. Asked for is 0 to 1.")
class min_max_to_minus_1(MinMaxScaler):
    def transform(self, x):
        return 2 * super().transform(x) - 1

    def inverse(self, y):
        return super().inverse((y + 1) / 2)


# LogScaler ----------------------------------------------------------------------------------------

add_scaler_mistakes(task, LogScaler, "scale")
logs = formulas(task, LogScaler)


@logs.mistake(
    "Your logarithm lacks the 1: log(1 + x) is asked for, and the exponential minus 1 on the way "
    "back. The logarithm of 0 is −∞."
)
class log_without_the_1(LogScaler):
    def transform(self, x):
        return np.log(x) / self.scale

    def inverse(self, y):
        return np.exp(y * self.scale)


@logs.mistake(
    "You replace the 1 by a tiny number. So 0 becomes a large negative number: log(1 + x) of 0 is "
    "0.",
    over=["transform"],
)
class log_of_a_tiny_number_more(LogScaler):
    def transform(self, x):
        return np.log(x + 1e-8) / self.scale


@logs.mistake("You do not divide by the scale of the training set, or do not multiply by it.")
class log_scale_left_out(LogScaler):
    def transform(self, x):
        return np.log1p(x)

    def inverse(self, y):
        return np.expm1(y)


@logs.mistake(
    "Two bases are mixed: yours is 10 here, and the scale is a natural logarithm. (np.log is the "
    "natural one.)"
)
class log_base_10(LogScaler):
    def transform(self, x):
        return np.log10(1 + x) / self.scale

    def inverse(self, y):
        return 10 ** (y * self.scale) - 1


@logs.mistake(
    "Two bases are mixed: yours is 2 here, and the scale is a natural logarithm. (np.log is the "
    "natural one.)"
)
class log_base_2(LogScaler):
    def transform(self, x):
        return np.log2(1 + x) / self.scale

    def inverse(self, y):
        return 2 ** (y * self.scale) - 1


@logs.mistake("You multiply where you are to divide, or the other way round.")
class log_multiplied_for_divided(LogScaler):
    def transform(self, x):
        return np.log1p(x) * self.scale

    def inverse(self, y):
        return np.expm1(y / self.scale)


@logs.mistake(
    "The order is wrong: first comes the logarithm, then the division. On the way back the "
    "division is undone first."
)
class log_wrong_order(LogScaler):
    def transform(self, x):
        return np.log1p(x / self.scale)

    def inverse(self, y):
        return np.expm1(y) * self.scale


@logs.mistake("You return what came in as it is.")
class log_as_it_came(LogScaler):
    def transform(self, x):
        return x + 0

    def inverse(self, y):
        return y + 0


@logs.mistake("The logarithm is missing, or on the way back the exponential.")
class log_missing(LogScaler):
    def transform(self, x):
        return x / self.scale

    def inverse(self, y):
        return y * self.scale


@task.misconception(
    "Your inverse does what transform does. It is to undo that.", replaces="LogScaler"
)
class log_inverse_is_transform(LogScaler):
    def inverse(self, y):
        return np.log1p(y) / self.scale


@task.misconception(OWN_STATISTICS, replaces="LogScaler")
class log_own_largest(LogScaler):
    def transform(self, x):
        return np.log1p(x) / np.log1p(x.max(axis=0))


def in_base(base):
    """Add that both logarithms have another base, which counts where nothing is divided alone."""

    unit = float(np.log(base))  # as NumPy's own, it would widen float32

    class log_in_another_base(LogScaler):
        def fit(self, x):
            super().fit(x)
            largest = np.log1p(x.max(axis=0)) / unit
            self.scale = np.where(largest == 0, 1, largest)
            return self

        def transform(self, x):
            return np.log1p(x) / unit / self.scale

        def inverse(self, y):
            return np.expm1(y * self.scale * unit)

    log_in_another_base.__name__ = f"log_in_base_{base}"
    task.misconception(
        f"Your logarithms have the base {base}, as it seems. Where one is divided by another, the "
        "base does not matter. But a feature that is always 0 is not divided, and there y is the "
        "natural logarithm of 1 + x.",
        replaces="LogScaler",
    )(log_in_another_base)


for base in (2, 10):
    in_base(base)


def with_scale(name, hint, scale, guarded=True):
    """Add that fit takes something else for the scale."""

    def fit(self, x):
        LogScaler.fit(self, x)
        self.scale = scale(x)
        self.scale = np.where(guarded & (self.scale == 0), 1, self.scale)
        return self

    task.misconception(hint, replaces="LogScaler")(type(name, (LogScaler,), {"fit": fit}))


with_scale(
    "log_of_the_largest_of_all",
    "Your scale is one number, from the largest value of all features. Each feature, that is each "
    "column, has its own.",
    lambda x: np.log1p(x.max()),
)
with_scale(
    "largest_without_logarithm",
    "You divide by the largest value itself. What is divided is a logarithm: divide by that of the "
    "largest.",
    lambda x: x.max(axis=0),
)
with_scale(
    "scale_without_the_1",
    "The 1 is missing in your scale: the largest value becomes log(1 + max) / log(max), not 1.",
    lambda x: np.log(x.max(axis=0)),
)
with_scale(
    "scale_base_10",
    "Two bases are mixed: that of your scale is 10, and the logarithm above it is a natural one.",
    lambda x: np.log10(1 + x.max(axis=0)),
)
with_scale(
    "scale_base_2",
    "Two bases are mixed: that of your scale is 2, and the logarithm above it is a natural one.",
    lambda x: np.log2(1 + x.max(axis=0)),
)
with_scale(
    "log_of_the_mean",
    "Your scale is that of the mean. It is the largest value that is to become 1.",
    lambda x: np.log1p(x.mean(axis=0)),
)
with_scale(
    "mean_of_the_logs",
    "Your scale is the mean of the logarithms. It is the largest one that is to become 1.",
    lambda x: np.log1p(x).mean(axis=0),
)
with_scale(
    "log_of_the_sum",
    "Your scale is the logarithm of the sum. It is the largest value that is to become 1.",
    lambda x: np.log1p(x.sum(axis=0)),
)
with_scale(
    "std_of_the_logs",
    "Your scale is the standard deviation of the logarithms. It is the largest one that is to "
    "become 1.",
    lambda x: np.log1p(x).std(axis=0),
)
with_scale(
    "log_of_the_smallest",
    "Your scale comes from the smallest value. It is the largest one that is to become 1.",
    lambda x: np.log1p(x.min(axis=0)),
)
with_scale(
    "log_not_guarded",
    "A feature that is always 0 has the scale log 1 = 0, and you divide by it.",
    lambda x: np.log1p(x.max(axis=0)),
    guarded=False,
)
with_scale(
    "log_ones_for_all_if_one_is_0",
    "As soon as one feature is always 0, you divide none of them. It is about that one alone.",
    lambda x: np.log1p(x.max(axis=0)) if x.max(axis=0).all() else np.ones_like(x[0]),
)
with_scale(
    "log_at_least_1",
    "You take no scale below 1. Features whose values are small are to be divided as well: only "
    "one that is always 0 is not.",
    lambda x: np.maximum(np.log1p(x.max(axis=0)), 1),
)
TINY_SCALE = (
    "A tiny number keeps you from dividing by 0. A feature that was always 0 is blown up as soon "
    "as it is not: do not divide it at all."
)
for exponent in (5, 8):
    small = 10.0**-exponent
    with_scale(
        f"log_{exponent}_places_added",
        TINY_SCALE,
        lambda x, small=small: np.log1p(x.max(axis=0)) + small,
        guarded=False,
    )
    with_scale(
        f"log_at_least_{exponent}_places",
        TINY_SCALE,
        lambda x, small=small: np.maximum(np.log1p(x.max(axis=0)), small),
        guarded=False,
    )


@task.misconception(
    "You go along axis 1, the features of a sample, as it seems. Each feature, that is each column,"
    " has its own scale, over all samples: axis 0.",
    replaces="LogScaler",
)
class log_over_features(LogScaler):
    def fit(self, x):
        super().fit(x)
        self.scale = np.log1p(x.max(axis=1, keepdims=True))
        return self


@task.misconception(ALONG_AXIS_1, replaces="LogScaler")
class log_over_features_flat(LogScaler):
    def fit(self, x):
        super().fit(x)
        self.scale = np.log1p(x.max(axis=1))
        return self


@task.misconception(
    "You subtract the smallest logarithm and divide by the span: the values begin at 0. Asked for "
    "is a division alone, so that 0 stays 0.",
    replaces="LogScaler",
)
class log_min_max(LogScaler):
    def fit(self, x):
        super().fit(x)
        self._low = np.log1p(x.min(axis=0))
        self._span = np.where(self.scale == self._low, 1, self.scale - self._low)
        return self

    def transform(self, x):
        return (np.log1p(x) - self._low) / self._span

    def inverse(self, y):
        return np.expm1(y * self._span + self._low)
