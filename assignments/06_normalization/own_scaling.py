"""A scaler of one's own: how it is checked, and which mistakes are known.

Whatever the design, a small classifier has to learn from what it returns. The other checks ask
for what every design owes: nothing of them depends on how the numbers were brought to one scale.
"""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import change

task = Task(
    "own_scaling",
    "A scaler of your own",
    points=7,
    needs=["OwnScaler"],
    minutes=35,
    shapes="x (N, D), y (N, K)",
)

ROWS = 300
ALL_KINDS = ("signed", "positive", "errors", "binary", "plain", "constant", "errors", "signed")
ORDERS, ERRORS = ("signed", "positive") * 2, ("errors",) * 5


class Features:
    """Features of some kinds, each a rising function of a standard normal number.

    Parameters
    ----------
    rng : Draws
        Where the seed comes from: the numbers would be too many to travel with a release.
    kinds : sequence of str
        "signed" and "positive" span several orders of magnitude; "plain" is normal; of "errors"
        two per cent are; "binary" has two values, and "constant" has one.
    """

    def __init__(self, rng, kinds):
        self.rng, self.kinds = np.random.default_rng(int(rng.integers(1 << 31))), kinds
        D = len(kinds)
        self.scale = 10.0 ** self.rng.uniform(-3, 3, size=D)
        self.middle = self.scale * self.rng.choice([-1, 1], size=D) * self.rng.uniform(2, 4, size=D)
        self.steep = self.rng.uniform(2.8, 3.2, size=D)

    def of(self, z):
        """Return the features x (N, D) of normal numbers z (N, D)."""
        s, m, b = self.scale, self.middle, self.steep
        functions = {
            "signed": s * np.sinh(b * z),
            "positive": s * np.exp(b * z),
            "binary": m + s * (z > 0.8),
            "constant": m + 0 * z,
        }
        plain = m + s * z
        columns = [functions.get(kind, plain)[:, d] for d, kind in enumerate(self.kinds)]
        return np.stack(columns, axis=1)

    def draw(self, rows):
        """Return normal numbers z and features x, errors among them, each (rows, D)."""
        z = self.rng.normal(size=(rows, len(self.kinds)))
        x = self.of(z)
        for d, kind in enumerate(self.kinds):
            if kind == "errors":
                wrong = self.rng.random(rows) < 0.02
                x[wrong, d] = self.error(d) * self.rng.choice([-1, 1], size=wrong.sum())
        return z, x

    def error(self, d):
        """Return what stands in the place of a value that got lost."""
        return 100 * self.scale[d]


def loss_after_training(train, labels, test, true_labels):
    """Train a logistic regression, 100 steps on all of the data at a rate of 1; return its loss."""
    w, b = np.zeros(train.shape[1]), 0.0
    with np.errstate(all="ignore"):
        for _ in range(100):
            error = (1 / (1 + np.exp(-(train @ w + b))) - labels) / len(labels)
            w, b = w - train.T @ error, b - error.sum()
        scores = test @ w + b
        return float((np.logaddexp(0, scores) - true_labels * scores).mean())


def learned(impl, rng, kinds, sets=6):
    """Return the mean loss on new samples that is reached on some data sets."""
    losses = []
    for _ in range(sets):
        features = Features(rng, kinds)
        D = len(kinds)
        weights = features.rng.choice([-1.0, 1.0], size=D) * features.rng.uniform(0.8, 1.2, size=D)
        weights[[kind == "constant" for kind in kinds]] = 0
        (z, train), (new_z, test) = features.draw(ROWS), features.draw(ROWS)
        scaler = impl.OwnScaler()
        scaler.fit(train)
        y, new_y = (np.asarray(scaler.transform(x), dtype=float) for x in (train, test))
        if not y.ndim == new_y.ndim == 2 or not len(y) == len(new_y) == ROWS:
            return float("inf")
        losses.append(loss_after_training(y, z @ weights > 0, new_y, new_z @ weights > 0))
    loss = float(np.mean(losses))
    return loss if np.isfinite(loss) else float("inf")


# Right designs stay far below these bounds; a classifier that only guesses comes to log 2 = 0.69.
@task.check("features of all kinds: the loss that a classifier reaches", weight=2, at_most=0.47)
def learns_from_all_kinds(impl, rng):
    return learned(impl, rng, ALL_KINDS)


@task.check("features that span orders of magnitude", weight=1.5, at_most=0.5)
def learns_from_orders(impl, rng):
    return learned(impl, rng, ORDERS)


@task.check("features with errors in them", weight=1.5, at_most=0.57)
def learns_despite_errors(impl, rng):
    return learned(impl, rng, ERRORS, sets=16)  # few features: one set is unlike another


def fitted(impl, features, rows=ROWS):
    """Return a scaler that is fitted to features."""
    scaler = impl.OwnScaler()
    scaler.fit(features.draw(rows)[1])
    return scaler


def distances(scaler, features, from_z, to_z, change=None):
    """Return how far y moves when one feature alone goes from one value to another, for each."""
    D = len(features.kinds)
    z = np.zeros((2 * D, D))
    z[np.arange(D), np.arange(D)], z[D + np.arange(D), np.arange(D)] = from_z, to_z
    x = features.of(z)
    if change is not None:
        for d in range(D):
            x[D + d, d] = change(d, x[D + d, d])
    y = np.asarray(scaler.transform(x), dtype=float)
    return np.sqrt(((y[D:] - y[:D]) ** 2).reshape(D, -1).sum(axis=1))


def decades(ratio):
    """Return how many orders of magnitude numbers are above 1; 0 for the others."""
    return np.log10(np.maximum(ratio, 1))


IN_DECADES = "in orders of magnitude, feature by feature"
VARYING = [d for d, kind in enumerate(ALL_KINDS) if kind not in ("constant", "binary")]


@task.check("usual values of a feature can be told apart, and none outweighs all others")
def told_apart(impl, rng):
    features = Features(rng, ALL_KINDS)
    moved = distances(fitted(impl, features), features, -0.5, 0.5)[VARYING]
    return {
        f"y moves by less than 0.02, {IN_DECADES}": decades(0.02 / np.maximum(moved, 1e-12)),
        f"y moves by more than 100, {IN_DECADES}": decades(moved / 100),
    }


@task.check("unusual values, and errors, do not outweigh all others")
def tamed(impl, rng):
    features = Features(rng, ALL_KINDS)

    def error(d, usual):
        return features.error(d) if features.kinds[d] == "errors" else usual

    moved = distances(fitted(impl, features), features, 0, 3.5, error)[VARYING]
    return {f"y moves by more than 30, {IN_DECADES}": decades(moved / 30)}


PLACES = np.arange(4, 41, 4)


def so_far(holds):
    """Return of how many of 40 rows something holds, after each tenth of them."""
    return np.cumsum(holds)[PLACES - 1]


def differ(y, other):
    """Return after each tenth of 40 rows how many are not the same in both."""
    y, other = (np.asarray(one, dtype=float).reshape(40, -1) for one in (y, other))
    if y.shape != other.shape:
        return so_far(np.ones(40))
    return so_far(~np.isclose(y, other, rtol=1e-6, atol=1e-9, equal_nan=True).all(axis=1))


@task.check("one row of finite numbers for each sample, whatever a constant feature does later")
def finite(impl, rng):
    features = Features(rng, ALL_KINDS)
    scaler = fitted(impl, features)
    test = features.draw(40)[1]
    changed = test + features.scale * np.array([kind == "constant" for kind in ALL_KINDS])
    found = {}
    for name, x in {"as before": test, "a constant that changes": changed}.items():
        y = np.asarray(scaler.transform(x), dtype=float)
        found[f"{name}: rows"] = len(y)
        rows = y.reshape(40, -1) if len(y) == 40 else np.full((40, 1), np.nan)
        found[f"{name}: rows that are not finite"] = so_far(~np.isfinite(rows).all(axis=1))
    return found


@task.check("a sample becomes the same alone as among others, and each time")
def alone(impl, rng):
    features = Features(rng, ALL_KINDS)
    scaler = fitted(impl, features)
    test = features.draw(40)[1]
    together = scaler.transform(test)
    singly = [np.asarray(scaler.transform(test[n : n + 1])).reshape(-1) for n in range(40)]
    return {
        "rows that become others when alone": differ(together, np.stack(singly)),
        "rows that become others the second time": differ(together, scaler.transform(test)),
    }


@task.check("fit returns the scaler and begins anew; no scaler knows of another one", weight=0.5)
def own_fit(impl, rng):
    first, second, third = (Features(rng, ALL_KINDS) for _ in range(3))
    (_, train), (_, test) = second.draw(ROWS), second.draw(40)
    scaler = impl.OwnScaler()
    scaler.fit(train)
    y = scaler.transform(test)
    again = fitted(impl, first)
    returned = again.fit(train)
    fitted(impl, third)
    return {
        "rows that are others after an earlier fit": differ(y, again.transform(test)),
        "rows that are others by what fit returned": differ(y, returned.transform(test)),
        "rows that are others after another scaler's fit": differ(y, scaler.transform(test)),
    }


@task.check("what goes in is left as it was", weight=0.5)
def inputs_stay(impl, rng):
    features = Features(rng, ALL_KINDS)
    train, test = features.draw(20)[1], features.draw(5)[1]
    kept_train, kept_test = keep(impl, train), keep(impl, test)
    scaler = impl.OwnScaler()
    scaler.fit(kept_train)
    if not isinstance(scaler.transform(kept_test), np.ndarray):
        return "no array came back"
    return {
        "the x of fit, changed by": change(train, fetch(kept_train)),
        "the x of transform, changed by": change(test, fetch(kept_test)),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.normalization import OwnScaler
from solutions.scaler import Scaler

from .mistakes import INTO_THE_GIVEN, NOTHING_FROM_FIT, OLD_FIT, SHARED


def add(name, hint, fit, transform):
    """Add a wrong design: transform(x, *found) with what fit(x) has found."""

    def fit_it(self, x):
        self.found = fit(x)
        return self

    def transform_it(self, x):
        return transform(x, *self.found)

    task.misconception(hint)(type(name, (Scaler,), {"fit": fit_it, "transform": transform_it}))


def or_1(scale):
    """Return a scale with 1 in the place of 0."""
    return np.where(scale == 0, 1, scale)


def mean_and_std(x):
    """Return the mean of each feature, and its standard deviation, or 1."""
    return x.mean(axis=0), np.where(np.ptp(x, axis=0) == 0, 1, x.std(axis=0))


def middle_and_spread(x):
    """Return the median of each feature, and half of what lies between its quartiles, or 1."""
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    return middle, or_1((high - low) / 2)


SPREAD_BY_ERRORS = (
    "What counts in your scale are the largest values: {what}. A few errors, or a tail, and all "
    "usual values lie so near to each other that nobody can tell them apart. Look for a middle and "
    "a spread that do not change when a few values do."
)
add(
    "standardized",
    SPREAD_BY_ERRORS.format(what="squares make them larger still"),
    mean_and_std,
    lambda x, mean, std: (x - mean) / std,
)
add(
    "min_max",
    SPREAD_BY_ERRORS.format(what="the extremes are nothing but them"),
    lambda x: (x.min(axis=0), or_1(np.ptp(x, axis=0))),
    lambda x, low, span: (x - low) / span,
)
add(
    "divided_by_the_largest",
    SPREAD_BY_ERRORS.format(what="the size of the largest one is all there is"),
    lambda x: (or_1(np.abs(x).max(axis=0)),),
    lambda x, largest: x / largest,
)
add(
    "bent_by_the_std",
    "You bend the tails only after you have divided by the standard deviation. That is decided by "
    "the largest values: the usual ones lie near to each other before anything is bent.",
    mean_and_std,
    lambda x, mean, std: np.arctan((x - mean) / std),
)
add(
    "tanh_of_the_standardized",
    "You bend the tails only after you have divided by the standard deviation. That is decided by "
    "the largest values: the usual ones lie near to each other before anything is bent.",
    mean_and_std,
    lambda x, mean, std: np.tanh((x - mean) / std),
)
add(
    "clipped_at_3_std",
    "You cut off at three standard deviations. These are decided by the largest values: what lies "
    "beyond is little, and the usual ones lie near to each other.",
    mean_and_std,
    lambda x, mean, std: np.clip((x - mean) / std, -3, 3),
)
add(
    "unscaled",
    "You return the features as they are. Those whose unit is small outweigh all others.",
    lambda x: (),
    lambda x: x + 0,
)
add(
    "only_shifted",
    "You only shift the features. Those whose unit is small outweigh all others.",
    lambda x: (np.median(x, axis=0),),
    lambda x, middle: x - middle,
)


def quartiles_apart(x):
    """Return how far the quartiles of each feature are apart."""
    low, high = np.quantile(x, [0.25, 0.75], axis=0)
    return high - low


def median_distance(x):
    """Return the median distance from the median."""
    return np.median(np.abs(x - np.median(x, axis=0)), axis=0)


STEADY_SPREADS = {
    "half_the_quartiles": lambda x: or_1(quartiles_apart(x) / 2),
    "the_quartiles": lambda x: or_1(quartiles_apart(x)),
    "the_quartiles_as_a_std": lambda x: or_1(quartiles_apart(x) / 1.349),
    "the_quartiles_and_a_bit": lambda x: quartiles_apart(x) + 1e-9,
    "the_median_distance": lambda x: or_1(median_distance(x)),
    "the_median_distance_as_a_std": lambda x: or_1(1.4826 * median_distance(x)),
}
for by, spread in STEADY_SPREADS.items():
    add(
        f"not_bent_after_{by}",
        "Middle and spread are steady in your design, and what is far out stays far out: hundreds "
        "of spreads. So a few samples decide what is learned: tails have to be bent, or cut off.",
        lambda x, spread=spread: (np.median(x, axis=0), spread(x)),
        lambda x, middle, spread: (x - middle) / spread,
    )
NO_SCALE = (
    "You bend the features as they come. What arctan, tanh or a logarithm does depends on the "
    "unit: first every feature needs a middle and a scale of its own."
)
add(
    "bent_without_a_scale",
    NO_SCALE,
    lambda x: (),
    lambda x: np.arctan(x),
)
add(
    "tanh_without_a_scale",
    NO_SCALE,
    lambda x: (),
    lambda x: np.tanh(x),
)
add(
    "signed_log_without_a_scale",
    NO_SCALE,
    lambda x: mean_and_std(np.sign(x) * np.log1p(np.abs(x))),
    lambda x, mean, std: (np.sign(x) * np.log1p(np.abs(x)) - mean) / std,
)
add(
    "sign_lost",
    "You take the logarithm of the size, and the sign is lost: values of −5 and of 5 become the "
    "same.",
    lambda x: mean_and_std(np.log(np.abs(x) + 1e-12)),
    lambda x, mean, std: (np.log(np.abs(x) + 1e-12) - mean) / std,
)
add(
    "log_of_negative_numbers",
    "You take a logarithm of negative numbers, which is NaN.",
    lambda x: (or_1(np.nanmax(np.log1p(np.maximum(x, 0)), axis=0)),),
    lambda x, largest: np.log1p(x) / largest,
)
add(
    "spread_of_0",
    "A feature that never changes has no spread, nor has one whose quartiles are the same, and you "
    "divide by it.",
    lambda x: tuple(np.quantile(x, [0.5, 0.75, 0.25], axis=0)),
    lambda x, middle, high, low: np.arctan((x - middle) / (high - low)),
)
add(
    "nothing_left",
    "All your numbers are the same: nothing is left that a classifier could learn from.",
    lambda x: (),
    lambda x: np.zeros_like(x),
)
add(
    "one_middle_for_all",
    "You take one middle and one spread for all features. Each has its own unit.",
    lambda x: tuple(np.quantile(x, [0.5, 0.75, 0.25])),
    lambda x, middle, high, low: np.arctan((x - middle) / (high - low)),
)
add(
    "sample_by_sample",
    "You scale each sample by what its own features are, along axis 1. Features have different "
    "units, and each needs a scale from all samples: axis 0.",
    lambda x: (),
    lambda x: (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True),
)


@task.misconception(
    "Your transform looks at the data that it is given: at their ranks, their middle or their "
    "spread. So a sample becomes something else among other samples, and alone it becomes nothing. "
    "What fit has found in the training set is to be taken."
)
class of_the_given_data(OwnScaler):
    def transform(self, x):
        self.fit(x)
        return super().transform(x)


@task.misconception(task.misconceptions[-1].hint)
class bent_by_the_given_data(Scaler):
    def fit(self, x):
        return self

    def transform(self, x):
        middle, spread = middle_and_spread(x)
        return np.arctan((x - middle) / spread)


@task.misconception(
    "You leave out samples that look like errors. Asked for is a row for each one: what is strange "
    "in one feature is as good as any in the others."
)
class rows_left_out(OwnScaler):
    def fit(self, x):
        super().fit(x)
        self.limits = np.quantile(x, [0.001, 0.999], axis=0)
        return self

    def transform(self, x):
        usual = ((x > self.limits[0]) & (x < self.limits[1])).all(axis=1)
        return super().transform(x[usual])


@task.misconception(
    "Asked again, your transform gives other numbers: there is chance in it, or a memory."
)
class other_numbers_each_time(OwnScaler):
    def fit(self, x):
        self.calls = 0
        return super().fit(x)

    def transform(self, x):
        self.calls += 1
        return super().transform(x) + 0.001 * self.calls


@task.misconception(NOTHING_FROM_FIT.replace("Standardizer", "OwnScaler"))
class nothing_from_fit(OwnScaler):
    def fit(self, x):
        super().fit(x)


@task.misconception(OLD_FIT)
class first_fit_for_ever(OwnScaler):
    def fit(self, x):
        return self if hasattr(self, "sorted") else super().fit(x)


@task.misconception(SHARED)
class shared_by_all(OwnScaler):
    def fit(self, x):
        super().fit(x)
        type(self).sorted = vars(self).pop("sorted")
        return self


@task.misconception(INTO_THE_GIVEN)
class written_into_by_fit(OwnScaler):
    def fit(self, x):
        super().fit(x.copy())
        x.sort(axis=0)
        return self


@task.misconception(INTO_THE_GIVEN)
class written_into_by_transform(OwnScaler):
    def transform(self, x):
        y = super().transform(x)
        x[...] = y
        return x
