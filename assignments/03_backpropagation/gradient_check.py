"""The gradient check: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import ImplementationError, Task, formula, signed

from .inputs import number


def exception_of(call, *args):
    """Return the name of the exception that a call raises."""
    try:
        call(*args)
    except ImplementationError as error:
        if error.kind == "NotImplementedError":
            raise
        return error.kind
    return "no exception"


task = Task("gradient_check", "The gradient check", points=6, needs=["gradient_check"], minutes=20)


def exponentials(rng):
    """Draw the c of Σ c exp(x), and where to take it."""
    c = np.copysign(rng.uniform(1, 2, size=(2, 3)), signed(rng, 2, 3))
    return c, rng.normal(size=(2, 3))


def smooth(impl, rng, scale=1.0):
    """Draw Σ c exp(x), times a scale, where to take it, and its gradient there."""
    c, x = exponentials(rng)
    f = formula(impl, "lambda v: scale * float((c * np.exp(v)).sum())", c=c, scale=scale)
    return f, x, scale * c * np.exp(x)


def hinges(impl, rng, h):
    """Draw Σ c max(x, 0), an x with three coordinates nearer than h to 0, and the gradient there.

    One of the three is nearer than any h that somebody may have chosen in its place.
    """
    c, x = signed(rng, 2, 4), signed(rng, 2, 4)
    x[0, 0], x[0, 1], x[1, 2], x[1, 3] = 1e-9, 0.3 * h, -0.3 * h, 1.0
    f = formula(impl, "lambda v: float((c * np.maximum(v, 0)).sum())", c=c)
    return f, x, c * (x > 0)


def signs(impl):
    """Return the winners of max(x, 0), element by element."""
    return formula(impl, "lambda v: v > 0")


FIELDS = ("worst_error", "worst_index", "analytic", "numerical", "kinks", "unmeasured", "size")


def found_by(impl, fields, *args):
    """Return some fields of what gradient_check found."""
    found = impl.gradient_check(*args)
    return {name: found[FIELDS.index(name)] for name in fields}


WORST = ("worst_error", "worst_index")


def of_all_sizes(impl, rng, h):
    """Draw 1024 + Σ slope · x, which is rounded by 2.3e-13, an x, and the slopes.

    They are a third of the uncertainty, three times, and a hundred times as large, up and down; one
    is 0.
    """
    uncertainty = 20 * 2.3e-13 / h
    sizes = rng.permutation([0.0, 0.3, -0.3, 3.0, -3.0, 100.0, -120.0, -150.0])
    slopes = sizes.reshape(2, 4) * uncertainty
    f = formula(impl, "lambda v: 1024.0 + float((slopes * v).sum())", slopes=slopes)
    return f, signed(rng, 2, 4), slopes


@task.check("a right gradient passes: its worst error is tiny", at_most=1e-7)
def right_gradient(impl, rng):
    return number(found_by(impl, ["worst_error"], *smooth(impl, rng))["worst_error"])


@task.check("a right gradient passes where rounding is larger than its slopes")
def right_but_small(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, ["worst_error"], *of_all_sizes(impl, rng, h), None, h)


@task.check("of two wrong components, the worse is found", weight=2, rtol=1e-5)
def wrong_components(impl, rng):
    f, x, gradient = smooth(impl, rng)
    gradient[1, 1] *= 1.3
    gradient[0, 2] *= 1.1
    return found_by(impl, WORST, f, x, gradient)


@task.check("both slopes at the worst place, and the size of x", weight=0.5, rtol=1e-5)
def worst_slopes(impl, rng):
    f, x, gradient = smooth(impl, rng)
    gradient[0, 1] *= 1.2
    return found_by(impl, ("analytic", "numerical", "size"), f, x, gradient)


@task.check("kinks are skipped and counted", weight=2, atol=1e-6)
def kinks_skipped(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, ("worst_error", "kinks"), *hinges(impl, rng, h), signs(impl), h)


@task.check("slopes that are hardly measured are counted, but not those at kinks")
def small_counted(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    f, x, gradient = of_all_sizes(impl, rng, h)
    flat = [tuple(index) for index in np.argwhere(gradient == 0)]
    x[flat[0]] = 0.2 * h  # as flat as before, but what wins changes there
    return found_by(impl, ("kinks", "unmeasured"), f, x, gradient, signs(impl), h)


@task.check("an error beyond the kinks is still found", rtol=1e-5)
def error_beyond_kinks(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    f, x, gradient = hinges(impl, rng, h)
    gradient[1, 3] *= 0.5
    return found_by(impl, (*WORST, "kinks"), f, x, gradient, signs(impl), h)


@task.check("without winners, nothing is skipped", rtol=1e-5)
def kinks_unseen(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, (*WORST, "kinks"), *hinges(impl, rng, h), None, h)


@task.check("a wrong gradient is found where all slopes are tiny", rtol=1e-5)
def tiny_slopes(impl, rng):
    f, x, gradient = smooth(impl, rng, 1e-9)
    gradient[0, 1] *= 1.2
    return found_by(impl, WORST, f, x, gradient)


@task.check("f is called for points at a distance of h, and no farther", weight=0.5)
def distance_of_h(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    c, x = (array[:1, :2] for array in exponentials(rng))
    points = []

    def f(v):
        points.append(v)
        return float((c * np.exp(v)).sum())

    impl.gradient_check(f, x, c * np.exp(x), None, h)
    return np.abs(np.array(points) - x).max()


@task.check("another dtype than float64, or a gradient of another shape, is refused (ValueError)")
def refused(impl, rng):
    f, x, gradient = smooth(impl, rng)
    check = impl.gradient_check
    return {
        "x in float32": exception_of(check, f, x.astype("f4"), gradient),
        "x in float16": exception_of(check, f, x.astype("f2"), gradient),
        "gradient of shape (3,)": exception_of(check, f, x, gradient[0]),
        "gradient of shape (2, 1)": exception_of(check, f, x, gradient[:, :1]),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.backpropagation import GradientCheck, crosses_kink, gradient_check, relative_error
from solutions.losses import measured_gradient, numerical_gradient

from .mistakes import moved


def slopes_at(f, x, h):
    """Return forward differences of f at x."""
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        slopes[index] = (f(moved(x, index, h)) - f(x)) / h
    return slopes


def kinks_of(winners, x, h):
    """Return where a kink lies within h."""
    mask = np.zeros(x.shape, dtype=bool)
    for index in np.ndindex(x.shape):
        mask[index] = winners is not None and crosses_kink(winners, x, index, h)
    return mask


def compared(f, x, gradient, winners, h):
    """Return what the check looks at: errors, slopes, kinks, and which slopes are too small."""
    if gradient.shape != x.shape:
        raise ValueError
    slopes, uncertainty = measured_gradient(f, x, h)
    errors = relative_error(gradient, slopes)
    errors[np.abs(gradient - slopes) <= uncertainty] = 0
    kinks = kinks_of(winners, x, h)
    return errors, slopes, kinks, ~kinks & (np.abs(slopes) <= 10 * uncertainty)


def report(errors, gradient, slopes, kinks, small):
    """Return the worst of the errors, where it is, what stands there, and two numbers."""
    worst = tuple(int(i) for i in np.unravel_index(int(errors.argmax()), errors.shape))
    found = float(errors[worst]), worst, float(gradient[worst]), float(slopes[worst])
    return GradientCheck(*found, int(np.sum(kinks)), int(np.sum(small)), errors.size)


@task.misconception(
    "Your numerical slopes are one-sided: their error shrinks like h, that of the central "
    "difference like h². A right gradient then seems wrong."
)
def one_sided_slopes(f, x, gradient, winners=None, h=1e-5):
    _, _, kinks, small = compared(f, x, gradient, winners, h)
    slopes = slopes_at(f, x, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, small)


@task.misconception(
    "Your slopes are those of numerical_gradient. measured_gradient knows more of the curve, and "
    "how far off its slopes may be."
)
def plain_numerical_gradient(f, x, gradient, winners=None, h=1e-5):
    _, _, kinks, _ = compared(f, x, gradient, winners, h)
    slopes = numerical_gradient(f, x, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, 0)


@task.misconception(
    "Right gradients are called wrong where they are smaller than rounding: the uncertainty has no "
    "effect there, or stands in another comparison. What it limits is |gradient - slopes|."
)
def uncertainty_ignored(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, small = compared(f, x, gradient, winners, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, small)


@task.misconception(
    "You report absolute errors. Whether 0.001 is much depends on how large the gradient is."
)
def absolute_errors(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    differences = np.abs(gradient - slopes) * (errors > 0) * ~kinks
    return report(differences, gradient, slopes, kinks, small)


@task.misconception(
    "You report the average error. One wrong component among a thousand right ones would hardly be "
    "seen: report the worst."
)
def average_error(f, x, gradient, winners=None, h=1e-5):
    errors, _, kinks, _ = compared(f, x, gradient, winners, h)
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(worst_error=float((errors * ~kinks).mean()))


@task.misconception(
    "You count the kinks but still compare there. The numerical slope straddles the kink and says "
    "nothing about the gradient: leave these coordinates out."
)
def kinks_still_compared(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    return report(errors, gradient, slopes, kinks, small)


@task.misconception(
    "You skip the kinks without counting them. A check that skips everything passes, and nobody "
    "would notice."
)
def kinks_not_counted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners, h)._replace(kinks=0)


@task.misconception(
    "The winners are never asked: kinks are compared as if the function were smooth there."
)
def winners_not_asked(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, None, h)


@task.misconception("You stop at the first kink. Coordinates after it still have to be compared.")
def stops_at_first_kink(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    seen = np.cumsum(kinks).reshape(x.shape) == 0
    return report(errors * seen, gradient, slopes, kinks.any(), small & seen)


@task.misconception("The h that is given is not used: you measure with a step of your own.")
def h_not_used(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, _, small = compared(f, x, gradient, None, 1e-5)
    kinks = kinks_of(winners, x, h)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@task.misconception("The h that is given is used neither for the slopes nor for the kinks.")
def h_used_nowhere(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners)


@task.misconception(
    "Kinks are looked for within a step of your own. What matters is whether one lies within the h "
    "with which the slopes are measured."
)
def kinks_within_another_h(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, _, small = compared(f, x, gradient, None, h)
    kinks = kinks_of(winners, x, 1e-5)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@task.misconception(
    "A NaN marks what you skip, and a maximum over anything with a NaN in it is NaN. Mark it with "
    "a number that no error is smaller than."
)
def kinks_marked_by_nan(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    errors[kinks] = np.nan
    return report(errors, gradient, slopes, kinks, small)


@task.misconception(
    "You note the place of the worst error before the kinks are left out: it may be one of them."
)
def place_before_skipping(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    before = report(errors, gradient, slopes, kinks, small)
    return before._replace(worst_error=float((errors * ~kinks).max()))


@task.misconception(
    "You go through the rows of x, not through its coordinates: a row that crosses a kink anywhere "
    "is skipped as a whole. Every axis needs its index."
)
def rows_skipped(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, None, h)
    for row in range(len(x)):
        kinks[row] = winners is not None and crosses_kink(winners, x, row, h)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@task.misconception(
    "A constant in the denominator hides errors of tiny slopes. Use the relative error of task 8."
)
def constant_beside_the_slopes(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    size = np.maximum(np.abs(gradient), np.abs(slopes))
    return report(errors * size / (size + 1e-8) * ~kinks, gradient, slopes, kinks, small)


@task.misconception(
    "You refuse float32 alone, but float16 is coarser still. Ask whether x is of float64."
)
def only_float32_refused(f, x, gradient, winners=None, h=1e-5):
    x = x.astype(float) if x.dtype == np.float16 else x
    return gradient_check(f, x, gradient, winners, h)


@task.misconception(
    "The place is a single number, counted through the flattened array. Turn it into one index for "
    "each axis."
)
def place_in_flat_array(f, x, gradient, winners=None, h=1e-5):
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(worst_index=int(np.ravel_multi_index(found.worst_index, x.shape)))


@task.misconception(
    "A gradient of another shape is stretched to fit, silently. It cannot be the gradient of x: "
    "refuse it."
)
def shapes_not_compared(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient + np.zeros_like(x), winners, h)


@task.misconception(
    "float32 goes through your check. It keeps about 7 digits, and a step of 1e-5 uses up 5 of "
    "them: refuse it."
)
def float32_accepted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x.astype(float), gradient, winners, h)


@task.misconception(
    "The two slopes have changed places: analytic is what the gradient says, numerical what was "
    "measured."
)
def slopes_changed_places(f, x, gradient, winners=None, h=1e-5):
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(analytic=found.numerical, numerical=found.analytic)


@task.misconception(
    "Small slopes are not counted. A check that could not measure anything would look like one "
    "that found nothing wrong."
)
def small_not_counted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=0)


@task.misconception(
    "Among the slopes that are too small to be measured you count those at kinks. These were "
    "skipped, and are counted already."
)
def small_at_kinks_too(f, x, gradient, winners=None, h=1e-5):
    small = compared(f, x, gradient, None, h)[3]
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))


@task.misconception(
    "You count as small only what lies within the uncertainty itself. A slope of twice its size is "
    "known to a half: count those of up to ten times."
)
def small_up_to_the_uncertainty(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, _ = compared(f, x, gradient, winners, h)
    small = ~kinks & (np.abs(slopes) <= measured_gradient(f, x, h)[1])
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))


@task.misconception(
    "All slopes that fall count as small in your check. Compare their size, without the sign."
)
def falling_taken_for_small(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, _ = compared(f, x, gradient, winners, h)
    small = ~kinks & (slopes <= 10 * measured_gradient(f, x, h)[1])
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))
