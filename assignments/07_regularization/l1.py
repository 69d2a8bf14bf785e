"""L1 and its step: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import add_penalty_checks, dtypes

task = Task("l1", "L1, and weights that are exactly 0", 6, ["L1", "soft_threshold"], minutes=15)

add_penalty_checks(task, "L1")


@task.check("L1: where a weight is exactly 0, the gradient is 0", weight=0.5)
def at_zero(impl, rng):
    W = rng.normal(size=(4, 3))
    W[1:3, 1] = W[2, 0] = 0
    return impl.L1(rng.uniform(0.2, 0.4)).gradients({"W": W})


def around(rng, *shape):
    """Draw numbers of both signs, about half of them nearer to 0 than 1, none near 0 or ±1."""
    far = rng.random(size=shape) < 0.5
    far.flat[:2] = True, False
    size = np.where(far, rng.uniform(1.2, 3, size=shape), rng.uniform(0.1, 0.8, size=shape))
    sign = rng.choice([-1.0, 1.0], size=shape)
    sign.flat[:4] = -1, -1, 1, 1
    return sign * size


@task.check("soft_threshold moves every number towards 0, and none beyond", weight=2)
def threshold(impl, rng):
    amount = rng.uniform(0.3, 0.6)
    return impl.soft_threshold(amount * around(rng, 5, 6), amount)


@task.check("soft_threshold: an array of any shape, and amounts of 0, and of more than all numbers")
def threshold_shapes(impl, rng):
    x = around(rng, 2, 3, 1, 4)
    return {
        "1": impl.soft_threshold(x, 1.0),
        "0": impl.soft_threshold(x, 0.0),
        "4": impl.soft_threshold(around(rng, 7), 4.0),
    }


@task.check("soft_threshold: what is nearer to 0 than the amount becomes exactly 0")
def exact_zeros(impl, rng):
    x = around(rng, 6, 5)
    y = np.asarray(impl.soft_threshold(x, 1.0), dtype=float)
    return {"zeros": int((y == 0).sum()), "all": y.size, "sum of the rest": float(y.sum())}


@task.check("soft_threshold leaves w as it was, and float32 stays float32", weight=0.5)
def threshold_leaves(impl, rng):
    w = keep(impl, around(rng, 4, 3).astype("f4"))
    y = impl.soft_threshold(w, 0.5)
    return {"w": fetch(w), "dtype": dtypes({"y": y}), "shape": np.shape(y)}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.regularization import L1, soft_threshold

from .mistakes import add_penalty_mistakes, parts_of, with_rule

parts = parts_of(task, L1)
add_penalty_mistakes(parts, np.abs, np.sign)


def add(name, hint, value=None, slope=None):
    """Add an L1 with another rule: value(self, w), slope(self, w), or both."""
    over = [part for part, rule in {"penalty": value, "gradients": slope}.items() if rule]
    parts.mistake(hint, over)(with_rule(L1, name, value, slope))


add(
    "squares_for_sizes",
    "You compute {what} of L2, which adds up squares. L1 adds up sizes.",
    lambda self, w: 0.5 * self.strength * (w**2).sum(),
    lambda self, w: self.strength * w,
)
add(
    "squares_without_half",
    "Your penalty adds up squares. L1 adds up the sizes of the weights.",
    lambda self, w: self.strength * (w**2).sum(),
)
add(
    "halved",
    "There is a ½ in {what}. It belongs to L2.",
    lambda self, w: 0.5 * self.strength * np.abs(w).sum(),
    lambda self, w: 0.5 * self.strength * np.sign(w),
)
add(
    "two_norm",
    "Your penalty is the length of each array, the root of a sum of squares: that is what "
    "np.linalg.norm gives if it is not asked for another norm. L1 adds up sizes.",
    lambda self, w: self.strength * np.sqrt((w**2).sum()),
)
add(
    "largest_column",
    "np.linalg.norm(w, 1) of a matrix is no sum of all sizes: it is that of the column in which it "
    "is largest.",
    lambda self, w: self.strength * np.abs(w).sum(axis=0).max(),
)
add(
    "signs_cancel",
    "Your penalty adds the weights up with their signs, so that they cancel. Their sizes count.",
    lambda self, w: self.strength * w.sum(),
)
add(
    "size_of_the_sum",
    "You add the weights up before you take the size: those of both signs cancel. Take the size of "
    "each of them first.",
    lambda self, w: self.strength * np.abs(w.sum()),
)
add(
    "always_up",
    "Your gradients have the same sign everywhere. Where a weight is negative, a larger one is "
    "nearer to 0: there the penalty falls.",
    slope=lambda self, w: np.full_like(w, self.strength),
)
add(
    "pushed_up_at_zero",
    "A weight of exactly 0 gets a gradient from you, and is pushed away from where it should stay.",
    slope=lambda self, w: self.strength * np.where(w >= 0, 1, -1),
)
add(
    "pushed_down_at_zero",
    "A weight of exactly 0 gets a gradient from you, and is pushed away from where it should stay.",
    slope=lambda self, w: self.strength * np.where(w > 0, 1, -1),
)


def add_threshold(name, hint, wrong):
    """Add a wrong soft_threshold."""
    wrong.__name__ = name
    task.misconception(hint, replaces="soft_threshold")(wrong)


add_threshold(
    "passes_zero",
    "Small numbers pass 0 and come out with the other sign. They are to stop there.",
    lambda w, amount: w - amount * np.sign(w),
)
add_threshold(
    "hard_threshold",
    "What is larger than the amount stays as it is. It, too, is to move towards 0: that is what is "
    "soft about it.",
    lambda w, amount: np.where(np.abs(w) > amount, w, 0),
)
add_threshold(
    "small_ones_stay",
    "What is smaller than the amount stays as it is. It would pass 0, so it becomes 0.",
    lambda w, amount: np.where(np.abs(w) > amount, w - amount * np.sign(w), w),
)
add_threshold(
    "negative_ones_vanish",
    "All negative numbers become 0. They are to move towards 0 as the positive ones do.",
    lambda w, amount: np.maximum(w - amount, 0),
)
add_threshold(
    "negative_ones_stay",
    "Negative numbers stay as they are. They are to move towards 0 as the positive ones do.",
    lambda w, amount: np.where(w > 0, np.maximum(w - amount, 0), w),
)
add_threshold(
    "all_down",
    "Every number becomes smaller by the amount, negative ones as well: those move away from 0.",
    lambda w, amount: w - amount,
)
add_threshold(
    "down_to_zero_at_least",
    "Negative numbers move away from 0. Towards 0 is upwards for them.",
    lambda w, amount: np.where(w > 0, np.maximum(w - amount, 0), w - amount),
)
add_threshold(
    "sign_forgotten",
    "Everything comes out positive: the sign of w is lost.",
    lambda w, amount: np.maximum(np.abs(w) - amount, 0),
)
add_threshold(
    "what_is_taken_away",
    "You return what is taken away, in the place of what is left.",
    lambda w, amount: np.clip(w, -amount, amount),
)
add_threshold(
    "away_from_zero",
    "Your numbers move away from 0.",
    lambda w, amount: w + amount * np.sign(w),
)
add_threshold(
    "scaled_down",
    "You multiply by 1 − amount. That is what L2 does to a weight; here all move by the same "
    "amount, large or small.",
    lambda w, amount: w * (1 - amount),
)
add_threshold(
    "sign_alone",
    "Large numbers become 1 or −1: the sign stands there without the size that is left.",
    lambda w, amount: np.sign(w) * (np.abs(w) > amount),
)
add_threshold(
    "as_it_came",
    "You return w as it came.",
    lambda w, amount: w,
)
add_threshold(
    "all_zero",
    "You return 0 everywhere.",
    lambda w, amount: np.zeros_like(w),
)
add_threshold(
    "threshold_in_float64",
    "You return float64, whatever w was. np.zeros(shape) makes float64, if it is not told the "
    "dtype of w.",
    lambda w, amount: soft_threshold(w, amount).astype(float),
)


@task.misconception(
    "soft_threshold writes into w. The array belongs to the caller: return a new one.",
    replaces="soft_threshold",
)
def written_into_w(w, amount):
    w[...] = soft_threshold(w, amount)
    return w
