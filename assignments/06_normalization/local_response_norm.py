"""Local response normalization: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import DERIVED, Task, add_memory_checks, calls_run, fetch, how_all_got, keep

from .norms import add_slopes_check, add_stays_checks

task = Task(
    "local_response_norm",
    "Local response normalization",
    points=8,
    needs=["LocalResponseNorm"],
    minutes=30,
    shapes="x, y and dout (N, C, ...)",
)


def drawn_layer(impl, rng, n=3):
    """Return a layer whose constants are far from the usual ones: at those, mistakes hide."""
    k, alpha, beta = rng.uniform(1.3, 1.6), rng.uniform(0.4, 0.6), rng.uniform(0.6, 0.7)
    return impl.LocalResponseNorm(k=k, n=n, alpha=alpha, beta=beta)


def make(impl):
    """Return a layer for the checks of all normalizing layers."""
    return impl.LocalResponseNorm(k=1.4, n=3, alpha=0.55, beta=0.65)


def case(rng, rows=3):
    """Draw an input (rows, 5) and the gradient that arrives; there are no parameters."""
    return [], rng.normal(size=(rows, 5)), rng.normal(size=(rows, 5))


@task.check("window_sum: each channel with its neighbours, at the edges with those that there are")
def window_sums(impl, rng):
    x = rng.normal(size=(2, 7))
    layers = {n: drawn_layer(impl, rng, n) for n in (3, 5)}
    return {f"n = {n}": layer.window_sum(x) for n, layer in layers.items()}


@task.check("window_sum: images, a window wider than the channels, and one channel alone")
def window_sums_of_few(impl, rng):
    images, few = rng.normal(size=(2, 4, 3, 2)), rng.normal(size=(3, 2))
    return {
        "(2, 4, 3, 2)": drawn_layer(impl, rng).window_sum(images),
        "(3, 2), n = 7": drawn_layer(impl, rng, 7).window_sum(few),
        "n = 1": drawn_layer(impl, rng, 1).window_sum(few),
    }


@task.check("forward, x (N, C)")
def forward(impl, rng):
    return drawn_layer(impl, rng).forward(rng.normal(size=(3, 7)))


@task.check("forward, x (N, C, H, W)")
def forward_images(impl, rng):
    return drawn_layer(impl, rng, 5).forward(rng.normal(size=(2, 7, 1, 2)))


@task.check("backward returns the gradient of the input, (N, C)", weight=2)
def backward(impl, rng):
    layer = drawn_layer(impl, rng)
    layer.forward(rng.normal(size=(3, 7)))
    return layer.backward(rng.normal(size=(3, 7)))


@task.check("backward, (N, C, H, W)")
def backward_images(impl, rng):
    layer, shape = drawn_layer(impl, rng, 5), (2, 7, 1, 2)
    layer.forward(rng.normal(size=shape))
    return layer.backward(rng.normal(size=shape))


@task.check("window_sum leaves x as it was", weight=0.5)
def window_sum_stays(impl, rng):
    x = keep(impl, rng.normal(size=(3, 5)))
    return {"shape": np.shape(make(impl).window_sum(x)), "x": fetch(x)}


add_slopes_check(task, make, case, names=[])


add_stays_checks(task, make, case, names=[])


add_memory_checks(
    task,
    lambda impl, rng: make(impl),
    lambda rng, rows: [[array] for array in case(rng, rows)[1:]],
    rows=(3, 2),
)


@task.check(DERIVED, weight=0, required=True)
def derived(impl, rng):
    layer, (_, x, dout) = make(impl), case(rng)
    layer.forward(x)
    near = layer.backward(dout)
    layer.forward(-1e18 * np.abs(x))  # a step is rounded away; no power of it overflows
    far = layer.backward(dout)
    calls = []
    for channels in (2, 7):
        layer.forward(rng.normal(size=(3, channels)))
        calls.append(calls_run(layer.backward, rng.normal(size=(3, channels)), of=["forward"]))
    return how_all_got({"x": near}, {"x": far}, *calls)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import ACTIVATION_PARTS, MEASURED, Parts
from solutions.losses import numerical_gradient
from solutions.normalization import LocalResponseNorm

from .norm_mistakes import add_common_mistakes

parts = Parts(task, [LocalResponseNorm], ACTIVATION_PARTS)
add_common_mistakes(parts, LocalResponseNorm, ["_x", "_base"], ["_x"], ["_base"])

# The window


def shifted(x, by, fill=None):
    """Return what lies ``by`` channels further on; beyond the edge 0, or what ``fill`` gives."""
    C = x.shape[1]
    places = np.arange(C) + by
    if fill == "wrap":
        return x[:, places % C]
    found = x[:, places.clip(0, C - 1)]
    if fill != "clamp":
        found[:, (places < 0) | (places >= C)] = 0
    return found


def add_window(name, hint, window_sum):
    """Add a layer with another window_sum(n, x)."""

    class Wrong(LocalResponseNorm):
        def window_sum(self, x):
            return window_sum(self.n, x)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


def sum_of(shifts, fill=None):
    """Return a sum over other neighbours: shifts(n) says how far away they are."""
    return lambda n, x: sum(shifted(x, by, fill) for by in shifts(n))


def around(n):
    """Return how far away those are that the window holds."""
    return range(-(n // 2), n // 2 + 1)


def right_sum(n, x):
    """Return the sum as it is meant."""
    return sum_of(around)(n, x)


HALF = "You take n channels on either side, 2n + 1 in all. n counts the whole window."
ONE_SIDED = (
    "Your window lies to one side of the channel. It is in the middle: (n − 1) / 2 of its "
    "neighbours come before, and as many after."
)
MEAN = (
    "You take a mean over the window. Here, as in AlexNet's paper, it is the sum; other libraries "
    "divide by n, and then need an α that is n times larger."
)
add_window("n_on_either_side", HALF, sum_of(lambda n: range(-n, n + 1)))
add_window("window_after", ONE_SIDED, sum_of(lambda n: range(n)))
add_window("window_before", ONE_SIDED, sum_of(lambda n: range(1 - n, 1)))
add_window(
    "window_too_short",
    "Your window is too short: its last channel is missing. A range and a slice end before the "
    "number that they are given.",
    sum_of(lambda n: around(n)[:-1]),
)
add_window(
    "window_short_on_both_sides",
    "Your window holds n − 2 channels: the outermost one is missing on either side.",
    sum_of(lambda n: around(n - 2) if n > 1 else range(1)),
)
add_window(
    "channel_itself_missing",
    "Your window leaves out the channel in its middle. It counts as well.",
    lambda n, x: right_sum(n, x) - x,
)
add_window(
    "channel_itself_twice",
    "The channel in the middle of your window counts twice.",
    lambda n, x: right_sum(n, x) + x,
)
add_window(
    "window_of_all",
    "You add up all channels. Only n of them lie around each.",
    lambda n, x: x.sum(axis=1, keepdims=True) + 0 * x,
)
add_window(
    "no_window",
    "Your sum is over the channel itself alone: its neighbours are missing.",
    lambda n, x: x.copy(),
)
add_window(
    "edges_wrapped",
    "At the edges your window goes on at the other end, as np.roll does. The first channel has "
    "no neighbour before it.",
    sum_of(around, "wrap"),
)
add_window(
    "edges_repeated",
    "At the edges your window counts the outermost channel again. There it holds fewer channels.",
    sum_of(around, "clamp"),
)
add_window("mean_over_n", MEAN, lambda n, x: right_sum(n, x) / n)
add_window("mean_over_those_there", MEAN, lambda n, x: right_sum(n, x) / right_sum(n, 0 * x + 1))
add_window(
    "running_sum",
    "You add to the very array that you read from: what has been added counts again for the next "
    "one. Keep x as it is beside the sum.",
    lambda n, x: _running(n, x.copy()),
)


def _running(n, x):
    for by in range(1, n // 2 + 1):
        x[:, by:] += x[:, :-by]
        x[:, :-by] += x[:, by:]
    return x


ALONG = "Your window runs along {}. It runs along the channels, axis 1."


def along(axis):
    """Return the sum over neighbours along another axis."""

    def window_sum(n, x):
        return np.moveaxis(right_sum(n, np.moveaxis(x, axis, 1)), 1, axis)

    return window_sum


add_window("along_samples", ALONG.format("the samples"), along(0))
add_window("along_the_last_axis", ALONG.format("the last axis"), along(-1))
add_window(
    "along_rows_of_pixels",
    ALONG.format("the rows of the images"),
    lambda n, x: along(2 if x.ndim > 2 else 1)(n, x),
)


@task.misconception(
    "window_sum writes into the array that it was given. It belongs to the caller: return a new "
    "one."
)
class sums_into_x(LocalResponseNorm):
    def window_sum(self, x):
        x[...] = super().window_sum(x)
        return x


# The formula, there and back


def add_formula(name, hint, over=("y", "x"), *, base=None, power=None, x=None):
    """Add a layer with another base(self, x) or power(self), or with its own gradient x."""

    class Wrong(LocalResponseNorm):
        def forward(self, x):
            self._x, self._power = x, self.beta if power is None else power(self)
            sums = self.window_sum(x**2)
            self._base = self.k + self.alpha * sums if base is None else base(self, x)
            return x * self._base**-self._power

        def backward(self, dout):
            if x is not None:
                return x(self, self._x, dout, self._base, self.window_sum)
            kept, self.beta = self.beta, self._power
            dx = super().backward(dout)
            self.beta = kept
            return dx

    Wrong.__name__ = name
    parts.mistake(hint, over)(Wrong)


add_formula(
    "k_is_1",
    "In your base stands 1 instead of k.",
    base=lambda self, x: 1 + self.alpha * self.window_sum(x**2),
)
add_formula(
    "without_k",
    "k is missing in your base.",
    base=lambda self, x: self.alpha * self.window_sum(x**2),
)
add_formula(
    "without_alpha",
    "α is missing: it multiplies the sum.",
    base=lambda self, x: self.k + self.window_sum(x**2),
)
add_formula(
    "alpha_outside",
    "α multiplies k as well. It belongs to the sum alone.",
    base=lambda self, x: self.alpha * (self.k + self.window_sum(x**2)),
)
add_formula(
    "alpha_over_n",
    "You divide α by n, as other libraries do. Here, as in AlexNet's paper, α multiplies the sum "
    "itself.",
    base=lambda self, x: self.k + self.alpha / self.n * self.window_sum(x**2),
)


def add_with_alpha(name, hint, alpha):
    """Add a layer with another alpha(self), there and back."""

    class Wrong(LocalResponseNorm):
        def forward(self, x):
            kept, self.alpha = self.alpha, alpha(self)
            y = super().forward(x)
            self.alpha = kept
            return y

        def backward(self, dout):
            kept, self.alpha = self.alpha, alpha(self)
            dx = super().backward(dout)
            self.alpha = kept
            return dx

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add_with_alpha(
    "alpha_over_n_throughout",
    "You divide α by n, there and back, as other libraries do. Here, as in AlexNet's paper, α "
    "multiplies the sum itself.",
    lambda self: self.alpha / self.n,
)
add_with_alpha(
    "without_alpha_throughout",
    "α is missing, there and back: it multiplies the sum.",
    lambda self: 1.0,
)
add_formula(
    "without_square",
    "You add up the activations themselves. It is their squares that are added up.",
    base=lambda self, x: self.k + self.alpha * self.window_sum(x),
)
add_formula(
    "sizes_for_squares",
    "You add up the sizes |x| where the squares belong.",
    base=lambda self, x: self.k + self.alpha * self.window_sum(np.abs(x)),
)
add_formula(
    "square_of_the_sum",
    "You add up the channels and square the sum. It is the squares that are added up.",
    base=lambda self, x: self.k + self.alpha * self.window_sum(x) ** 2,
)
add_formula("without_beta", "Your power is 1: β is missing.", power=lambda self: 1.0)
add_formula("always_a_root", "You take the root. The power is β.", power=lambda self: 0.5)
add_formula(
    "three_quarters",
    "Your power is AlexNet's 0.75, whatever β is.",
    power=lambda self: 0.75,
)
add_formula(
    "multiplied_by_the_power",
    "You multiply where you are to divide: the power has the wrong sign.",
    power=lambda self: -self.beta,
)


@parts.mistake("The power belongs to the whole base, with k in it: yours is over a part of it.")
class power_of_the_sum(LocalResponseNorm):
    def forward(self, x):
        super().forward(x)
        self._sums = self.window_sum(x**2)
        return x / (self.k + (self.alpha * self._sums) ** self.beta)

    def backward(self, dout):
        power = (self.alpha * self._sums) ** self.beta
        whole = self.k + power
        inner = self.window_sum(dout * self._x / whole**2 * power / self._sums)
        return dout / whole - 2 * self.beta * self._x * inner


class TimesBeta(LocalResponseNorm):
    """Divides by β times the base."""

    def forward(self, x):
        return super().forward(x) * self._base**self.beta / (self.beta * self._base)


class TimesBetaBothWays(TimesBeta):
    """Has the gradient of that, too."""

    def backward(self, dout):
        inner = self.window_sum(dout * self._x / self._base**2)
        return (dout / self._base - 2 * self.alpha * self._x * inner) / self.beta


for name, wrong in {"times_beta": TimesBeta, "times_beta_throughout": TimesBetaBothWays}.items():
    task.misconception("You multiply the base by β. It is a power: β is its exponent.")(
        type(name, (wrong,), {})
    )


@task.misconception("You return the factor alone: forward multiplies x by it.")
class without_x(LocalResponseNorm):
    def forward(self, x):
        return super().forward(x) / x


# The way back alone: straight - 2 α β x · Σ(dout x base^(−β − 1))


def add_gradient(name, hint, gradient):
    """Add a layer with another gradient(self, x, dout, base, window_sum)."""
    add_formula(name, hint, ["x"], x=gradient)


def straight(self, dout, base):
    """Return the first of the two terms."""
    return dout * base**-self.beta


def twice(self):
    """Return what stands before the second term."""
    return 2 * self.alpha * self.beta


add_gradient(
    "straight_only",
    "Your gradient treats the divisor as a constant. It depends on x, too, and on the x of all "
    "channels in the window.",
    lambda self, x, dout, base, total: straight(self, dout, base),
)
add_gradient(
    "windows_only",
    "What comes straight is missing: x stands in the numerator as well.",
    lambda self, x, dout, base, total: (
        -twice(self) * x * total(dout * x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "own_divisor_only",
    "Your gradient takes into account that x_c stands in its own divisor, and not that it stands "
    "in those of its neighbours.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x**2 * dout * base ** (-self.beta - 1)
    ),
)
add_gradient(
    "square_not_derived",
    "The derivative of x² is 2 x: the 2 is missing.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base)
        - self.alpha * self.beta * x * total(dout * x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "power_not_lowered",
    "Deriving a power lowers its exponent by 1: that of −β is −β − 1.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * total(dout * x * base**-self.beta)
    ),
)
add_gradient(
    "power_raised",
    "Deriving a power lowers its exponent by 1. Yours goes up: −β + 1.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * total(dout * x * base ** (1 - self.beta))
    ),
)
add_gradient(
    "windows_added",
    "The second term has the wrong sign: a larger x makes the divisors larger, and y smaller.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) + twice(self) * x * total(dout * x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "alpha_not_derived",
    "α is missing in the second term: it is the factor of the squares.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - 2 * self.beta * x * total(dout * x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "beta_not_derived",
    "β is missing in the second term: deriving a power brings its exponent down.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - 2 * self.alpha * x * total(dout * x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "upstream_outside",
    "You multiply the sum by dout of the channel in the middle. Each neighbour has a dout of its "
    "own.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * dout * total(x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "base_outside",
    "You multiply the sum by the base of the channel in the middle. Each neighbour is divided by "
    "a base of its own.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * base ** (-self.beta - 1) * total(dout * x)
    ),
)
add_gradient(
    "all_but_x_outside",
    "Only x is in your sum. The neighbours' dout and base belong into it as well.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * dout * base ** (-self.beta - 1) * total(x)
    ),
)
add_gradient(
    "both_x_inside",
    "Both factors x are in your sum. One of them is that of the neighbour, from the numerator; the "
    "other one comes from the derivative of x_c², and is outside.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * total(dout * x**2 * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "both_x_outside",
    "Both factors x are outside of your sum. One of them comes from the numerators of the "
    "neighbours: it belongs into the sum.",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x**2 * total(dout * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "one_x_missing",
    "One factor x is missing in the second term: there is that of the numerator, and that of the "
    "derivative of x².",
    lambda self, x, dout, base, total: (
        straight(self, dout, base) - twice(self) * x * total(dout * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "without_upstream",
    "Your gradient does not depend on dout. The chain rule multiplies with what arrives.",
    lambda self, x, dout, base, total: (
        base**-self.beta - twice(self) * x * total(x * base ** (-self.beta - 1))
    ),
)
add_gradient(
    "straight_without_power",
    "In the first term dout comes as it is: it has to be divided as x was.",
    lambda self, x, dout, base, total: (
        dout - twice(self) * x * total(dout * x * base ** (-self.beta - 1))
    ),
)


@task.misconception(MEASURED)
class measured(LocalResponseNorm):
    def backward(self, dout):
        other = LocalResponseNorm(self.k, self.n, self.alpha, self.beta)
        x = self._x.astype(float)
        dx = numerical_gradient(lambda x: float(np.sum(dout * other.forward(x))), x)
        return dx.astype(dout.dtype)
