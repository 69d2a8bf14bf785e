"""What the training doctor measures: how it is checked, and which mistakes are known."""

import math

import numpy as np

from handgrad import Task, fetch, keep
from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss, Tanh
from solutions.optimizers import Momentum, Network, Trainer

task = Task(
    "doctor",
    "What the doctor measures",
    points=8,
    needs=["update_ratio", "first_loss_gap", "loss_trend", "odd_ratios", "gradient_shares"],
    minutes=30,
)


def weights_of_a_step(rng, *shape):
    """Draw weights before a step, and after one that changes them by about a third."""
    before = rng.normal(size=shape)
    return before, 1.2 * before + 0.4 * rng.normal(size=shape)


@task.check("update_ratio: the norm of the change over the norm of the weights before", weight=2)
def ratio_of_a_step(impl, rng):
    shapes = ((5, 3), (4, 7), (2, 3, 2, 4))
    return [impl.update_ratio(*weights_of_a_step(rng, *shape)) for shape in shapes]


@task.check("update_ratio: of weights that are all 0, and of weights that stay", weight=0.5)
def ratio_of_zeros(impl, rng):
    W, zeros = rng.normal(size=(4, 3)), np.zeros((4, 3))
    return {
        "0 that stay 0": impl.update_ratio(zeros, zeros),
        "0 that change": impl.update_ratio(zeros, W),
        "weights that stay": impl.update_ratio(W, W),
        "weights that become 0": impl.update_ratio(W, zeros),
    }


@task.check("update_ratio: both arrays are left as they were", weight=0.5)
def ratio_arrays_stay(impl, rng):
    before, after = (keep(impl, array) for array in weights_of_a_step(rng, 5, 3))
    ratio = impl.update_ratio(before, after)
    return {"ratio": ratio, "before": fetch(before), "after": fetch(after)}


def falling(rng, steps):
    """Draw the losses of a run that falls to a fifth, with noise and one loss like no other."""
    losses = np.geomspace(3, 0.6, steps) * rng.uniform(0.7, 1.4, size=steps)
    losses[steps // 4] *= 5 if steps > 3 else 1
    return [float(loss) for loss in losses]


@task.check("first_loss_gap: the first loss less log C, for any number of classes")
def gap_of_runs(impl, rng):
    return [impl.first_loss_gap(falling(rng, 12), classes) for classes in (2, 7, 30, 1000)]


@task.check("loss_trend: the mean of the last tenth over that of the first", weight=2)
def trend_of_runs(impl, rng):
    return [impl.loss_trend(falling(rng, steps)) for steps in (35, 47, 128, 60)]


@task.check("loss_trend: of runs of less than ten steps, the last one over the first", weight=0.5)
def trend_of_short_runs(impl, rng):
    return [impl.loss_trend(falling(rng, steps)) for steps in (7, 3, 1)]


def ratios_of_layers(rng, low, high):
    """Draw ratios of layers: within bounds, beyond them, and on them."""
    around = {
        "affine1.W": (0.2 * low, 5),
        "affine2.W": (1.6 * low, 5),
        "affine3.W": (0.7 * low, 6),
        "affine4.W": (1.7 * high, 4),
        "affine5.W": (0.5 * high, 7),
        "conv1.W": (8 * high, 7),
    }
    ratios = {}
    for name, (middle, steps) in around.items():
        ratios[name] = [float(one) for one in middle * np.exp(rng.normal(size=steps) / 6)]
        ratios[name][steps // 3] *= 40  # a mean is elsewhere
    below, above = rng.uniform(0.3, 0.6), rng.uniform(1.5, 3)
    ratios["affine6.W"] = [low * above, low, low * below]
    ratios["affine7.W"] = [high * below, high * above, high]
    return ratios


@task.check("odd_ratios: the medians that are below the one bound or above the other", weight=2)
def odd_layers(impl, rng):
    found = []
    for low, high in ((0.0009, 0.07), (0.003, 0.2)):
        found.append(impl.odd_ratios(ratios_of_layers(rng, low, high), low, high))
    return found


@task.check("odd_ratios: what is infinite or not a number is odd as well", weight=0.5)
def odd_without_numbers(impl, rng):
    usual = [float(one) for one in rng.uniform(0.001, 0.01, size=3)]
    ratios = {
        "affine1.W": [math.nan, *usual],
        "affine2.W": usual,
        "affine3.W": [math.inf, *usual[:1], math.inf],
        "affine4.W": [math.inf, *usual],
        "affine5.W": [float(rng.uniform(0.3, 0.5)), math.nan, float(rng.uniform(0.6, 0.9))],
    }
    return impl.odd_ratios(ratios, 0.0001, 0.2)


def norms_of_a_network(rng, steps):
    """Draw norms of gradients that shrink towards the first layer, and one step like no other."""
    sizes = {
        "network1.affine10.W": 0.02,
        "network1.affine10.b": 0.03,
        "network1.affine2.W": 0.5,
        "network1.affine2.b": 0.4,
        "conv3.W": 3.0,
        "affine1.W": 1.2,
        "affine1.b": 0.9,
    }
    return {
        name: [float(one) for one in size * np.exp(rng.normal(size=steps) / 2)]
        for name, size in sizes.items()
    }


@task.check("gradient_shares: each layer's joint norm over the last one's, as a median", weight=2)
def shares_of_layers(impl, rng):
    return [impl.gradient_shares(norms_of_a_network(rng, steps)) for steps in (5, 8, 1)]


class Notes:
    """Takes notes of a run, for a check: all weights and gradients."""

    def __init__(self):
        self.losses, self.before, self.after, self.norms = [], [], [], {}

    def before_step(self, loss, params, grads):
        """Keep loss, weights and the sizes of the gradients."""
        self.losses.append(float(loss))
        self.before.append({name: param.copy() for name, param in params.items()})
        for name, grad in grads.items():
            self.norms.setdefault(name, []).append(float(np.sqrt((grad**2).sum())))

    def after_step(self, params):
        """Keep the weights."""
        self.after.append({name: param.copy() for name, param in params.items()})


@task.check("all five: on a network of three layers that is trained for 25 steps")
def a_small_run(impl, rng):
    layers = [Affine(0.3 * rng.normal(size=(6, 9)), np.zeros(9)), Tanh()]
    layers += [Affine(0.3 * rng.normal(size=(9, 7)), np.zeros(7)), ReLU()]
    net = Network([*layers, Affine(rng.normal(size=(7, 4)), np.zeros(4))])
    x, labels, notes = rng.normal(size=(12, 6)), rng.integers(4, size=12), Notes()
    shuffled = np.random.default_rng(0)
    trainer = Trainer(
        net, SoftmaxWithLoss(), Momentum(net.params, 0.03), shuffled, score=None, recorder=notes
    )
    for _ in range(25):
        trainer.step(x, labels)
    pairs = list(zip(notes.before, notes.after, strict=True))
    ratios = {
        name: [impl.update_ratio(before[name], after[name]) for before, after in pairs[::5]]
        for name in ("affine1.W", "affine2.W", "affine3.W")
    }
    return {
        "ratios": ratios,
        "gap": impl.first_loss_gap(notes.losses, 4),
        "trend": impl.loss_trend(notes.losses),
        "odd": impl.odd_ratios({name: [*r] for name, r in ratios.items()}, 1e-9, 1e-8),
        "shares": impl.gradient_shares(notes.norms),
    }


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Part, Parts
from solutions.initialization import gradient_shares, odd_ratios, update_ratio


def size(array):
    """Return the Euclidean norm."""
    return float(np.sqrt((array**2).sum()))


def add(replaces, name, hint, function):
    """Add a wrong function in the place of one of the five."""

    def wrong(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    wrong.__name__ = name
    task.misconception(hint, replaces=replaces)(wrong)


def add_ratio(name, hint, compute):
    """Add a wrong update_ratio, which is right for weights of 0: compute(before, after)."""

    def function(before, after):
        return compute(before, after) if before.any() else update_ratio(before, after)

    add("update_ratio", name, hint, function)


add_ratio(
    "ratio_upside_down",
    "Your ratio is upside down: how large the change is beside the weights, not the weights beside "
    "the change.",
    lambda before, after: float(np.divide(size(before), size(after - before))),
)
add_ratio(
    "sizes_compared",
    "You divide the norm of the weights after the step by that before it. Weights can move far and "
    "keep their norm: take the norm of the change.",
    lambda before, after: size(after) / size(before),
)
add_ratio(
    "difference_of_sizes",
    "You subtract the norms. Weights can move far and keep their norm: take the norm of the "
    "difference.",
    lambda before, after: abs(size(after) - size(before)) / size(before),
)
add_ratio(
    "signed_difference_of_sizes",
    "You subtract the norms. Weights can move far and keep their norm: take the norm of the "
    "difference.",
    lambda before, after: (size(after) - size(before)) / size(before),
)
add_ratio(
    "over_the_weights_after",
    "You divide by the norm of the weights after the step. Those before it are asked for.",
    lambda before, after: float(np.divide(size(after - before), size(after))),
)
add(
    "update_ratio",
    "over_the_weights_after_throughout",
    "You divide by the norm of the weights after the step. Those before it are asked for.",
    lambda before, after: update_ratio(after, before),
)
add_ratio(
    "over_both",
    "You divide by the norms of the weights before and after the step together. Those before it "
    "are asked for.",
    lambda before, after: size(after - before) / (size(before) + size(after)),
)
add_ratio(
    "over_the_mean_of_both",
    "You divide by the mean of the norms before and after the step. That before it is asked for.",
    lambda before, after: 2 * size(after - before) / (size(before) + size(after)),
)
add_ratio(
    "change_alone",
    "You return the norm of the change. Beside the norm of the weights it would say something.",
    lambda before, after: size(after - before),
)
add_ratio(
    "roots_forgotten",
    "The roots are missing: you divide sums of squares.",
    lambda before, after: (size(after - before) / size(before)) ** 2,
)
add_ratio(
    "root_of_the_change_forgotten",
    "The root of the change is missing: you divide a sum of squares by a norm.",
    lambda before, after: size(after - before) ** 2 / size(before),
)
add_ratio(
    "root_of_the_weights_forgotten",
    "The root of the weights is missing: you divide a norm by a sum of squares.",
    lambda before, after: size(after - before) / size(before) ** 2,
)
add_ratio(
    "largest_numbers",
    "You compare the largest change with the largest weight. A norm takes all numbers in.",
    lambda before, after: float(np.abs(after - before).max() / np.abs(before).max()),
)
add_ratio(
    "sums_of_sizes",
    "You add up sizes. The Euclidean norm adds up squares and takes the root.",
    lambda before, after: float(np.abs(after - before).sum() / np.abs(before).sum()),
)
add_ratio(
    "mean_of_ratios",
    "You divide each change by its own weight, and take the mean. A weight near 0 decides that "
    "alone: divide the norms.",
    lambda before, after: float((np.abs(after - before) / np.abs(before)).mean()),
)
add_ratio(
    "median_of_ratios",
    "You divide each change by its own weight, and take the median. Divide the norms.",
    lambda before, after: float(np.median(np.abs(after - before) / np.abs(before))),
)
add_ratio(
    "norm_of_ratios",
    "You divide each change by its own weight, and take the norm of that. Divide the norms.",
    lambda before, after: size((after - before) / before),
)
add_ratio(
    "standard_deviations",
    "You compare standard deviations: what all changes, or all weights, have in common is lost.",
    lambda before, after: float((after - before).std() / before.std()),
)
add_ratio(
    "means_compared",
    "You compare means: what is above 0 makes up for what is below.",
    lambda before, after: float((after - before).mean() / before.mean()),
)
add_ratio(
    "spectral_norms",
    "np.linalg.norm(W, 2) of a matrix is its largest singular value. The Euclidean norm is what it "
    "gives without the 2.",
    lambda before, after: (
        float(np.linalg.norm(after - before, 2) / np.linalg.norm(before, 2))
        if before.ndim == 2
        else update_ratio(before, after)
    ),
)
add_ratio(
    "norms_of_the_units",
    "You take a norm for each column and then the mean of the ratios. One norm for all numbers of "
    "the array is asked for.",
    lambda before, after: float(
        np.mean(np.linalg.norm(after - before, axis=0) / np.linalg.norm(before, axis=0))
    ),
)
add_ratio(
    "logarithm_of_the_ratio",
    "You return the logarithm, base 10, of the ratio. The ratio itself is asked for.",
    lambda before, after: float(np.log10(size(after - before) / size(before))),
)
add_ratio(
    "ratio_in_per_cent",
    "You return the ratio in per cent. The ratio itself is asked for.",
    lambda before, after: 100 * size(after - before) / size(before),
)
add(
    "update_ratio",
    "zero_over_zero",
    "You divide by a norm of 0. Weights that are all 0 are a case of their own: 0 if they stay so, "
    "else infinity.",
    lambda before, after: float(np.divide(size(after - before), size(before))),
)
add(
    "update_ratio",
    "always_infinite_from_zero",
    "Weights that are 0 and stay 0 have not moved: their ratio is 0.",
    lambda before, after: update_ratio(before, after) if before.any() else math.inf,
)
add(
    "update_ratio",
    "always_nothing_from_zero",
    "Weights that were 0 and are not any more have moved by more than any share: their ratio is "
    "infinite.",
    lambda before, after: update_ratio(before, after) if before.any() else 0.0,
)
for name, epsilon in (("a_hair_for_zero", 1e-8), ("a_finer_hair_for_zero", 1e-12)):
    add(
        "update_ratio",
        name,
        "You add a small number to the norm so as not to divide by 0. Weights that were 0 then get "
        "a huge number for a ratio, and infinity is asked for.",
        lambda before, after, epsilon=epsilon: size(after - before) / (size(before) + epsilon),
    )


def written_into(before, after):
    """Subtract in place."""
    ratio = update_ratio(before, after)
    after -= before
    return ratio


add(
    "update_ratio",
    "changed_in_place",
    "You write into an array that you were given. It belongs to the caller.",
    written_into,
)

GAP = "first_loss_gap"
add(
    GAP,
    "ten_classes_always",
    "You subtract log 10, whatever the number of classes.",
    lambda losses, classes: losses[0] - math.log(10),
)
add(
    GAP,
    "logarithm_base_2",
    "You take the logarithm to the base 2. The cross-entropy is made with the natural one.",
    lambda losses, classes: losses[0] - math.log2(classes),
)
add(
    GAP,
    "logarithm_base_10",
    "You take the logarithm to the base 10. The cross-entropy is made with the natural one.",
    lambda losses, classes: losses[0] - math.log10(classes),
)
add(
    GAP,
    "gap_the_wrong_way_round",
    "You subtract the loss from log C. A loss that is too high is to give a gap above 0.",
    lambda losses, classes: math.log(classes) - losses[0],
)
add(
    GAP,
    "size_of_the_gap",
    "You return the size of the gap. Its sign tells whether the loss is too high or too low.",
    lambda losses, classes: abs(losses[0] - math.log(classes)),
)
add(
    GAP,
    "never_below_zero",
    "Your gap is never below 0. A loss below log C is to give a negative one.",
    lambda losses, classes: max(0.0, losses[0] - math.log(classes)),
)
add(
    GAP,
    "divided_by_the_logarithm",
    "You divide by log C. The difference is asked for.",
    lambda losses, classes: losses[0] / math.log(classes),
)
add(
    GAP,
    "relative_gap",
    "You divide the gap by log C. The difference itself is asked for.",
    lambda losses, classes: (losses[0] - math.log(classes)) / math.log(classes),
)
add(
    GAP,
    "gap_of_the_last_loss",
    "You take the last loss. The doctor looks at the first one: there nothing has been learned.",
    lambda losses, classes: losses[-1] - math.log(classes),
)
add(
    GAP,
    "gap_of_the_mean_loss",
    "You take the mean of all losses. The doctor looks at the first one: there nothing has been "
    "learned.",
    lambda losses, classes: float(np.mean(losses)) - math.log(classes),
)
add(
    GAP,
    "gap_of_the_second_loss",
    "You take the second loss. The first one stands at 0.",
    lambda losses, classes: losses[min(1, len(losses) - 1)] - math.log(classes),
)
add(
    GAP,
    "gap_of_the_largest_loss",
    "You take the largest loss. The first one is asked for.",
    lambda losses, classes: max(losses) - math.log(classes),
)
add(
    GAP,
    "classes_subtracted",
    "You subtract the number of classes. A loss is a logarithm: that of a guess is log C.",
    lambda losses, classes: losses[0] - classes,
)
add(
    GAP,
    "share_subtracted",
    "You subtract 1 / C, the probability of a guess. Its loss is the negative logarithm of that.",
    lambda losses, classes: losses[0] - 1 / classes,
)
add(
    GAP,
    "logarithm_added",
    "You add log C. The loss of a guess is −log(1 / C), which is log C already: subtract it.",
    lambda losses, classes: losses[0] + math.log(classes),
)
add(
    GAP,
    "one_class_less",
    "You take the logarithm of C − 1. All C classes can be guessed.",
    lambda losses, classes: losses[0] - math.log(max(1, classes - 1)),
)
add(
    GAP,
    "loss_turned_into_a_probability",
    "You compare probabilities: exp of the loss, or of minus the loss. Compare the losses.",
    lambda losses, classes: math.exp(-losses[0]) - 1 / classes,
)


def add_trend(name, hint, compute):
    """Add a wrong loss_trend: compute(losses, tenth), both arrays of numbers."""
    add(
        "loss_trend",
        name,
        hint,
        lambda losses: float(compute(np.array(losses), max(1, len(losses) // 10))),
    )


add_trend(
    "first_against_last",
    "You divide the last loss by the first one. The loss of a batch jumps about: take the mean of "
    "a tenth of the steps at either end.",
    lambda x, n: x[-1] / x[0],
)
add_trend(
    "trend_upside_down",
    "Your ratio is upside down: the end over the beginning is asked for.",
    lambda x, n: x[:n].mean() / x[-n:].mean(),
)
add_trend(
    "trend_as_a_difference",
    "You subtract the means. Their ratio is asked for.",
    lambda x, n: x[-n:].mean() - x[:n].mean(),
)
add_trend(
    "share_lost",
    "You return which share of the loss is gone. What is left of it is asked for.",
    lambda x, n: 1 - x[-n:].mean() / x[:n].mean(),
)
add_trend(
    "logarithm_of_the_trend",
    "You return the logarithm of the ratio. The ratio itself is asked for.",
    lambda x, n: np.log(x[-n:].mean() / x[:n].mean()),
)
add_trend(
    "halves",
    "You compare the second half with the first one. A tenth at either end is asked for.",
    lambda x, n: x[-max(1, len(x) // 2) :].mean() / x[: max(1, len(x) // 2)].mean(),
)
add_trend(
    "quarters",
    "You compare the last quarter with the first one. A tenth at either end is asked for.",
    lambda x, n: x[-max(1, len(x) // 4) :].mean() / x[: max(1, len(x) // 4)].mean(),
)
add_trend(
    "fifths",
    "You compare the last fifth with the first one. A tenth at either end is asked for.",
    lambda x, n: x[-max(1, len(x) // 5) :].mean() / x[: max(1, len(x) // 5)].mean(),
)
add_trend(
    "ten_steps",
    "You take ten steps at either end, however many there are. A tenth of them is asked for.",
    lambda x, n: x[-10:].mean() / x[:10].mean(),
)
add_trend(
    "tenth_rounded_up",
    "You round a tenth up. It is to be rounded down, and to be one step at least.",
    lambda x, n: x[-math.ceil(len(x) / 10) :].mean() / x[: math.ceil(len(x) / 10)].mean(),
)
add_trend(
    "tenth_and_one_more",
    "You take a tenth and one more step. A tenth, rounded down, is asked for; one step at least.",
    lambda x, n: x[-(len(x) // 10 + 1) :].mean() / x[: len(x) // 10 + 1].mean(),
)
add_trend(
    "tenth_of_nothing",
    "Of less than ten steps, your tenth is 0 steps. Take one at least.",
    lambda x, n: x[-n:].mean() / x[:n].mean() if len(x) >= 10 else math.nan,
)
add_trend(
    "medians_of_the_ends",
    "You take medians. The means of the tenths are asked for.",
    lambda x, n: np.median(x[-n:]) / np.median(x[:n]),
)
add_trend(
    "means_of_the_ratios",
    "You divide loss by loss and take the mean. Take the means first.",
    lambda x, n: (x[-n:] / x[:n]).mean(),
)
add_trend(
    "least_of_the_ends",
    "You take the smallest loss of each end. The means are asked for.",
    lambda x, n: x[-n:].min() / x[:n].min(),
)
add_trend(
    "largest_of_the_ends",
    "You take the largest loss of each end. The means are asked for.",
    lambda x, n: x[-n:].max() / x[:n].max(),
)
add_trend(
    "end_over_the_first_loss",
    "You smooth the end, but not the beginning. The loss of the first batch is as noisy as others.",
    lambda x, n: x[-n:].mean() / x[0],
)
add_trend(
    "last_loss_over_the_beginning",
    "You smooth the beginning, but not the end. The loss of the last batch is as noisy as others.",
    lambda x, n: x[-1] / x[:n].mean(),
)
add_trend(
    "end_over_all",
    "You divide by the mean of all losses. That of the first tenth is asked for.",
    lambda x, n: x[-n:].mean() / x.mean(),
)
add_trend(
    "all_over_the_beginning",
    "You take the mean of all losses for the end. That of the last tenth is asked for.",
    lambda x, n: x.mean() / x[:n].mean(),
)
add_trend(
    "end_alone",
    "You return the mean of the last tenth. Divide it by that of the first one.",
    lambda x, n: x[-n:].mean(),
)
add_trend(
    "rest_over_the_beginning",
    "You take all but the first tenth for the end. The last tenth is asked for.",
    lambda x, n: x[n:].mean() / x[:n].mean() if len(x) > 1 else 1.0,
)
add_trend(
    "second_tenth",
    "You take the second tenth of the steps for the end. The last one is asked for.",
    lambda x, n: x[n : 2 * n].mean() / x[:n].mean() if len(x) > 1 else 1.0,
)
add_trend(
    "last_loss_left_out",
    "You leave the last step out of the end.",
    lambda x, n: x[-n - 1 : -1].mean() / x[:n].mean() if len(x) > 1 else 1.0,
)
add_trend(
    "first_loss_left_out",
    "You leave the first step out of the beginning.",
    lambda x, n: x[-n:].mean() / x[1 : n + 1].mean() if len(x) > 1 else 1.0,
)


def odd_with(middle=np.median, is_odd=lambda ratio, low, high: not low <= ratio <= high):
    """Return an odd_ratios with another middle, or another meaning of odd."""

    def function(update_ratios, low, high):
        found = {name: float(middle(ratios)) for name, ratios in update_ratios.items()}
        return {name: ratio for name, ratio in found.items() if is_odd(ratio, low, high)}

    return function


def add_odd(name, hint, **change):
    """Add a wrong odd_ratios."""
    add("odd_ratios", name, hint, odd_with(**change))


add_odd(
    "bounds_are_odd",
    "A ratio that lies exactly on a bound is odd in your code. Odd are those beyond.",
    is_odd=lambda ratio, low, high: not low < ratio < high,
)
add_odd(
    "lower_bound_is_odd",
    "A ratio that is exactly the lower bound is odd in your code. Odd are those below it.",
    is_odd=lambda ratio, low, high: not low < ratio <= high,
)
add_odd(
    "upper_bound_is_odd",
    "A ratio that is exactly the upper bound is odd in your code. Odd are those above it.",
    is_odd=lambda ratio, low, high: not low <= ratio < high,
)
add_odd(
    "usual_ones_returned",
    "You return the ratios that lie within the bounds. Those beyond are asked for.",
    is_odd=lambda ratio, low, high: low <= ratio <= high,
)
add_odd(
    "all_ratios_returned",
    "You return all ratios. Only those beyond the bounds are asked for.",
    is_odd=lambda ratio, low, high: True,
)
add_odd(
    "small_ones_only",
    "You look for ratios that are too small. Those that are too large are odd as well.",
    is_odd=lambda ratio, low, high: not low <= ratio,
)
add_odd(
    "large_ones_only",
    "You look for ratios that are too large. Those that are too small are odd as well.",
    is_odd=lambda ratio, low, high: not ratio <= high,
)
add_odd(
    "bounds_swapped",
    "Your bounds have changed places: odd are ratios below the lower or above the upper one.",
    is_odd=lambda ratio, low, high: ratio < high or ratio > low,
)
add_odd(
    "both_at_once",
    "You ask for ratios that are below the lower bound and above the upper one: there are none. "
    "Either of the two is odd.",
    is_odd=lambda ratio, low, high: ratio < low and ratio > high,
)
add_odd(
    "not_a_number_passes",
    "What is not a number is not odd in your code: compared with anything, it gives False. Ask "
    "whether a ratio lies within the bounds, and turn that round.",
    is_odd=lambda ratio, low, high: ratio < low or ratio > high,
)
add_odd(
    "what_is_no_number_left_out",
    "Steps that are not a number are left out in your code. Such a step is a finding: the median "
    "is then not a number, and odd.",
    middle=np.nanmedian,
)
add_odd(
    "infinite_ones_left_out",
    "Ratios that are infinite, or not a number, are left out in your code. They are odd.",
    is_odd=lambda ratio, low, high: math.isfinite(ratio) and not low <= ratio <= high,
)
add_odd(
    "last_ratios",
    "You look at the last ratio of a layer. The median of all of them is asked for.",
    middle=lambda ratios: ratios[-1],
)
add_odd(
    "first_ratios",
    "You look at the first ratio of a layer. The median of all of them is asked for.",
    middle=lambda ratios: ratios[0],
)
add_odd(
    "largest_ratios",
    "You look at the largest ratio of a layer. The median of all of them is asked for.",
    middle=max,
)
add_odd(
    "smallest_ratios",
    "You look at the smallest ratio of a layer. The median of all of them is asked for.",
    middle=min,
)
add_odd(
    "middle_place_unsorted",
    "You take the ratio in the middle of the list, without sorting it.",
    middle=lambda ratios: ratios[len(ratios) // 2],
)
add_odd(
    "upper_of_two_middles",
    "Of an even number of ratios you take the larger of the two in the middle. The median is the "
    "mean of the two.",
    middle=lambda ratios: sorted(ratios)[len(ratios) // 2],
)
add_odd(
    "lower_of_two_middles",
    "Of an even number of ratios you take the smaller of the two in the middle. The median is the "
    "mean of the two.",
    middle=lambda ratios: sorted(ratios)[(len(ratios) - 1) // 2],
)
add_odd(
    "geometric_means",
    "You take the geometric mean. The median is asked for.",
    middle=lambda ratios: np.exp(np.mean(np.log(ratios))),
)


def names_of_odd(update_ratios, low, high):
    """Return the names alone."""
    return list(odd_ratios(update_ratios, low, high))


add(
    "odd_ratios",
    "names_alone",
    "You return names alone. A dictionary is asked for: the median by the name.",
    names_of_odd,
)
add(
    "odd_ratios",
    "lists_returned",
    "You return the ratios of all steps. The median of each odd layer is asked for.",
    lambda ratios, low, high: {name: ratios[name] for name in odd_ratios(ratios, low, high)},
)
add(
    "odd_ratios",
    "any_step_is_odd",
    "A layer is odd in your code if one of its steps is. Its median decides.",
    lambda ratios, low, high: {
        name: float(np.median(found))
        for name, found in ratios.items()
        if not all(low <= ratio <= high for ratio in found)
    },
)
add(
    "odd_ratios",
    "every_step_is_odd",
    "A layer is odd in your code if all of its steps are. Its median decides.",
    lambda ratios, low, high: {
        name: float(np.median(found))
        for name, found in ratios.items()
        if not any(low <= ratio <= high for ratio in found)
    },
)
add(
    "odd_ratios",
    "first_odd_alone",
    "You stop at the first odd layer. All of them are asked for.",
    lambda ratios, low, high: dict([*odd_ratios(ratios, low, high).items()][:1]),
)
add(
    "odd_ratios",
    "median_of_all_layers",
    "You take one median for all layers. Each has its own.",
    lambda ratios, low, high: {
        name: float(np.median(np.concatenate([*ratios.values()])))
        for name in odd_ratios(ratios, low, high)
    },
)


def joint(norms):
    """Return the joint norm of several norms, step by step."""
    return np.sqrt(np.square(norms).sum(axis=0))


def layers_of(gradient_norms, layer_of=lambda name: name.rpartition(".")[0]):
    """Return the norms of each layer's parameters: layer → array (parameters, steps)."""
    layers = {}
    for name, norms in gradient_norms.items():
        layers.setdefault(layer_of(name), []).append(norms)
    return {layer: np.array(norms) for layer, norms in layers.items()}


def shares_with(together=joint, beside=None, middle=np.median, **how):
    """Return a gradient_shares with another joint norm, another layer to compare with, and so on.

    beside(layers) returns the norms, step by step, that all are divided by.
    """

    def function(gradient_norms):
        layers = {name: together(norms) for name, norms in layers_of(gradient_norms, **how).items()}
        last = beside(layers) if beside else [*layers.values()][-1]
        return {name: float(middle(norms / last)) for name, norms in layers.items()}

    return function


def add_share(name, hint, **change):
    """Add a wrong gradient_shares."""
    add("gradient_shares", name, hint, shares_with(**change))


add_share(
    "norms_added",
    "You add up the norms of a layer's parameters. The joint norm is that of one long vector: "
    "squares add up, norms do not.",
    together=lambda norms: norms.sum(axis=0),
)
add_share(
    "largest_parameter",
    "You take the largest norm among a layer's parameters. The joint norm is that of one long "
    "vector with all of them in it.",
    together=lambda norms: norms.max(axis=0),
)
add_share(
    "mean_of_the_parameters",
    "You take the mean of the norms of a layer's parameters. The joint norm is that of one long "
    "vector: the root of the sum of the squares.",
    together=lambda norms: norms.mean(axis=0),
)
add_share(
    "rms_of_the_parameters",
    "You take the mean of the squares of a layer's norms. In a joint norm they are added up.",
    together=lambda norms: np.sqrt(np.square(norms).mean(axis=0)),
)
add_share(
    "joint_root_forgotten",
    "The root is missing: you divide sums of squares.",
    together=lambda norms: np.square(norms).sum(axis=0),
)
add_share(
    "first_parameter_only",
    "You take the weights of a layer alone. Its biases belong to the joint norm.",
    together=lambda norms: norms[0],
)
add_share(
    "last_parameter_only",
    "Of each layer you keep the parameter that comes last. The joint norm is that of all.",
    together=lambda norms: norms[-1],
)
add_share(
    "over_the_first_layer",
    "You divide by the first layer's norm. The last layer's is asked for.",
    beside=lambda layers: next(iter(layers.values())),
)
add_share(
    "over_the_largest_layer",
    "You divide by the largest norm of all layers. The last layer's is asked for.",
    beside=lambda layers: np.max([*layers.values()], axis=0),
)
add_share(
    "over_all_layers",
    "You divide by the joint norm of all layers. The last layer's is asked for.",
    beside=lambda layers: joint([*layers.values()]),
)
add_share(
    "over_the_sum_of_layers",
    "You divide by the sum of all layers' norms. The last layer's is asked for.",
    beside=lambda layers: np.sum([*layers.values()], axis=0),
)
add_share(
    "last_by_name",
    "You take the layer for the last one whose name comes last in the alphabet. The order of the "
    "dictionary counts.",
    beside=lambda layers: layers[max(layers)],
)
add_share(
    "not_divided",
    "You return the norms themselves. Divide them by the last layer's.",
    beside=lambda layers: 1.0,
)
add_share(
    "first_step_only",
    "You take the first step only. The median over the steps is asked for.",
    middle=lambda shares: shares[0],
)
add_share(
    "last_step_only",
    "You take the last step only. The median over the steps is asked for.",
    middle=lambda shares: shares[-1],
)
add_share(
    "largest_share",
    "You take the largest share of a layer. The median over the steps is asked for.",
    middle=max,
)
add_share(
    "smallest_share",
    "You take the smallest share of a layer. The median over the steps is asked for.",
    middle=min,
)
add_share(
    "shares_upside_down",
    "Your shares are upside down: a layer's norm is divided by the last layer's, not the other way "
    "round.",
    middle=lambda shares: np.median(1 / shares),
)
add_share(
    "logarithms_of_shares",
    "You return logarithms, base 10, of the shares. The shares themselves are asked for.",
    middle=lambda shares: np.log10(np.median(shares)),
)
add_share(
    "named_before_the_first_dot",
    "You take what stands before the first dot for the layer. A layer within a network has dots in "
    "its name: take all before the last one.",
    layer_of=lambda name: name.split(".")[0],
)
add_share(
    "each_parameter_by_itself",
    "You take each parameter by itself. The parameters of a layer count together.",
    layer_of=lambda name: name,
)


def over_the_last_parameter(gradient_norms):
    """Divide by the norm of the parameter that comes last."""
    last = np.array([*gradient_norms.values()][-1])
    return shares_with(beside=lambda layers: last)(gradient_norms)


add(
    "gradient_shares",
    "over_the_last_parameter",
    "You divide by the norm of the last parameter. The joint norm of the last layer is asked for.",
    over_the_last_parameter,
)


def medians_divided(gradient_norms):
    """Take the medians before dividing."""
    medians = {name: np.median(joint(norms)) for name, norms in layers_of(gradient_norms).items()}
    last = [*medians.values()][-1]
    return {name: float(median / last) for name, median in medians.items()}


add(
    "gradient_shares",
    "medians_divided",
    "You divide medians. Divide in each step, and then take the median.",
    medians_divided,
)


def medians_of_parameters(gradient_norms):
    """Take the median of each parameter first."""
    medians = {name: [float(np.median(norms))] for name, norms in gradient_norms.items()}
    return gradient_shares(medians)


add(
    "gradient_shares",
    "medians_of_parameters",
    "You take the median of each parameter's norm first. Take the joint norm and divide in each "
    "step, and then take the median.",
    medians_of_parameters,
)


def over_the_next_layer(gradient_norms):
    """Divide each layer by the one behind it."""
    norms = {name: joint(found) for name, found in layers_of(gradient_norms).items()}
    names = [*norms]
    behind = {name: norms[names[min(k + 1, len(names) - 1)]] for k, name in enumerate(names)}
    return {name: float(np.median(norms[name] / behind[name])) for name in names}


add(
    "gradient_shares",
    "over_the_next_layer",
    "You divide by the norm of the next layer. The last layer's is asked for.",
    over_the_next_layer,
)


def last_layer_left_out(gradient_norms):
    """Return all shares but the last."""
    return dict([*gradient_shares(gradient_norms).items()][:-1])


add(
    "gradient_shares",
    "last_layer_left_out",
    "The last layer is missing among your shares. It has one, too: 1.",
    last_layer_left_out,
)
add(
    "gradient_shares",
    "shares_in_a_list",
    "You return a list. A dictionary is asked for: the share by the name of the layer.",
    lambda gradient_norms: [*gradient_shares(gradient_norms).values()],
)
add(
    "gradient_shares",
    "shares_of_all_steps",
    "You return a share for each step. The median over the steps is asked for.",
    lambda gradient_norms: {
        name: joint(norms) / joint([*layers_of(gradient_norms).values()][-1])
        for name, norms in layers_of(gradient_norms).items()
    },
)

middles = Parts(
    task,
    [odd_ratios, gradient_shares],
    {
        "odd": Part("the ratios", of="odd_ratios"),
        "shares": Part("the shares of the gradients", of="gradient_shares"),
    },
)


@middles.mistake(
    "Of {what} you take the mean over the steps. A single step like no other decides a mean; the "
    "median is asked for."
)
class means_for_medians:
    odd_ratios = odd_with(middle=np.mean)
    gradient_shares = shares_with(middle=np.mean)
