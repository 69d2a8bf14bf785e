"""What known mistakes of the layers that normalize share.

Of every layer of the second half of the chapter, whatever its parameters::

    parts = Parts(task, [LayerNorm], NORM_PARTS)
    add_common_mistakes(parts, LayerNorm, ["_std", "_x_hat"])

Of the layers that take a mean and a variance, besides, what goes wrong with these. ``Over`` says
what the layer normalizes over: its mean(s) in the shape of x, and how γ and β lie beside x::

    over = Over(
        mean=lambda layer, a: a.mean(axis=1, keepdims=True) + 0 * a,  # of each sample
        wide=lambda layer, param, x: param,  # (D,) as it is
        summed=lambda layer, a: a.sum(axis=0),  # what a gradient of γ or β adds up
    )
    add_mistakes_of_statistics(task, LayerNorm, over)
    add_mistakes_of_gradients(task, LayerNorm, over)

A task's own wrong layers are ``add_norm(task, LayerNorm, over, name, hint, ...)``: with ``y``,
``x``, ``gamma`` or ``beta`` another output or gradient, each of them a function of a `Seen` (and of
dout); with ``alter``, which changes a `Seen`, all that follows from it: the whole layer, which goes
on with what it stored, or its output alone (".y").

A layer with a mode in which mean and variance are no function of x gives ``statistics`` to `Over`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from handgrad import (
    DIVIDED_AGAIN,
    SHARED,
    TIMES_BATCH,
    Part,
    add_layer_mistakes,
    add_memory_mistakes,
)

NORM_PARTS = {
    "y": Part("the output", "forward"),
    "x": Part("the gradient of the input", "backward"),
    "gamma": Part("the gradient of γ", "backward", stored="grads.gamma"),
    "beta": Part("the gradient of β", "backward", stored="grads.beta"),
}

ACCUMULATED = (
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
UPDATES_ITSELF = (
    "backward changes the parameters. It only works out gradients: taking the step is the "
    "trainer's job, when the gradients of all layers are known."
)
NOTHING_RETURNED = (
    "Your backward returns nothing. The layers in front of this one are waiting for the gradient "
    "of its input."
)


def add_common_mistakes(parts, right, *remembered):
    """Add what goes wrong in any layer.

    Parameters
    ----------
    parts : Parts
        Of the task: "y", "x", and the parameters by their names in ``params`` and ``grads``.
    right : type
        The reference's class.
    *remembered : sequences of str
        As `add_memory_mistakes` takes them.
    """
    task, names = parts.task, [key for key in parts.outputs if key not in ("y", "x")]
    gradients = ["x", *names]
    add_layer_mistakes(parts, gradients, passed_on=["y", "x"])
    add_memory_mistakes(task, right, *remembered)

    @parts.fault(DIVIDED_AGAIN, over=gradients)
    def divided_by_batch(gradient, dout):
        return gradient / len(dout)

    @parts.fault(TIMES_BATCH, over=gradients)
    def times_batch(gradient, dout):
        return gradient * len(dout)

    @task.misconception(NOTHING_RETURNED)
    class nothing_returned(right):
        def backward(self, dout):
            super().backward(dout)

    class changes_its_input(right):
        def forward(self, x):
            x[...] = super().forward(x.copy())
            return x

    task.misconception(
        "forward writes into the array that it was given. It belongs to the caller: return a new "
        "one."
    )(changes_its_input)

    class changes_upstream(right):
        def backward(self, dout):
            dout[...] = super().backward(dout.copy())
            return dout

    task.misconception(
        "backward writes into the dout that it was given. Another branch of the graph may still "
        "need that array: return a new one."
    )(changes_upstream)

    class changes_both(changes_its_input, changes_upstream):
        pass

    task.misconception(
        "forward writes into the array that it was given, and backward into its dout. They belong "
        "to the caller: return new ones."
    )(changes_both)

    if names:
        _add_mistakes_of_parameters(task, right, names)


def _add_mistakes_of_parameters(task, right, names):
    """Add what goes wrong with parameters and with where their gradients are stored."""
    keys = " and ".join(f'"{name}"' for name in names)

    @task.misconception(ACCUMULATED)
    class gradients_accumulate(right):
        def backward(self, dout):
            before, self.grads = self.grads, {}
            dx = super().backward(dout)
            self.grads = {name: grad + before.get(name, 0) for name, grad in self.grads.items()}
            return dx

    @task.misconception(UPDATES_ITSELF)
    class updates_itself(right):
        def backward(self, dout):
            dx = super().backward(dout)
            for name, param in self.params.items():
                param -= 0.1 * self.grads[name]
            return dx

    @task.misconception(
        f"Your gradients are not stored: after backward, grads has the keys of params, {keys}."
    )
    class nothing_stored(right):
        def backward(self, dout):
            dx = super().backward(dout)
            self.grads = {}
            return dx

    @task.misconception(
        f"Your gradients are stored under other names. grads has the keys of params: {keys}."
    )
    class other_keys(right):
        def backward(self, dout):
            dx = super().backward(dout)
            self.grads = {f"d{name}": grad for name, grad in self.grads.items()}
            return dx

    @task.misconception(SHARED)
    class gradients_on_the_class(right):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.grads = vars(type(self)).get("shared", {})
            type(self).shared = self.grads

    @task.misconception(
        "The layer keeps working with the parameters of its first call. They are learned: look at "
        "params each time."
    )
    class parameters_of_the_first_call(right):
        def forward(self, x):
            kept = self.params
            if not hasattr(self, "_first_params"):
                self._first_params = {name: param.copy() for name, param in kept.items()}
            self.params = self._first_params
            y = super().forward(x)
            self.params = kept
            return y

        def backward(self, dout):
            kept, self.params = self.params, self._first_params
            dx = super().backward(dout)
            self.params = kept
            return dx


def measured(f, x, h=1e-3):
    """Return the gradient of the number f at x by differences, exact to the fourth order of h."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        near, far = f(x + step) - f(x - step), f(x + 2 * step) - f(x - 2 * step)
        gradient[index] = (8 * near - far) / (12 * h)
    return gradient


# Means and variances ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Over:
    """What a layer normalizes over.

    Attributes
    ----------
    mean : function
        ``mean(layer, a)`` returns the mean that belongs to each element of a, in a's shape.
    wide : function
        ``wide(layer, param, x)`` returns γ or β in a shape that meets x.
    summed : function
        ``summed(layer, a)`` returns what a parameter's gradient adds up, in the parameter's shape.
    statistics : function, optional
        ``statistics(layer)`` returns mean and variance if they come from elsewhere, else None.
    """

    mean: Callable[[Any, Any], Any]
    wide: Callable[[Any, Any, Any], Any]
    summed: Callable[[Any, Any], Any]
    statistics: Callable[[Any], Any] = lambda layer: None


class Seen:
    """What a layer makes of an input: all of it in the shape of x, to be altered by mistakes.

    Attributes
    ----------
    x, mean, centred, var, std, x_hat : array
        As the names say; ``eps`` is in std.
    gamma, beta : array
        In a shape that meets x.
    n : float
        How many numbers there are in each mean.
    is_of_x : bool
        Whether mean and variance are a function of x.
    """

    def __init__(self, layer, over, x):
        self.layer, self.over, self.x = layer, over, x
        given = over.statistics(layer)
        self.is_of_x = given is None
        self.gamma, self.beta = (over.wide(layer, layer.params[p], x) for p in ("gamma", "beta"))
        self.eps = layer.eps
        self.mean = over.mean(layer, x) if given is None else given[0]
        self.set_centred(x - self.mean)
        if given is not None:
            self.var = given[1]
            self.set_std(np.sqrt(self.var + self.eps))
        one = np.zeros_like(x)
        one.flat[0] = 1
        self.n = round(1 / over.mean(layer, one).flat[0])

    def set_centred(self, centred):
        """Take other deviations, with the variance that belongs to them."""
        self.centred = centred
        self.var = self.over.mean(self.layer, centred**2)
        self.set_std(np.sqrt(self.var + self.eps))

    def set_std(self, std):
        """Divide by something else."""
        self.std = std
        self.x_hat = self.centred / std

    def along(self, a):
        """Return the mean of a, or 0 where the layer's mean is no function of x."""
        return self.over.mean(self.layer, a) if self.is_of_x else 0 * a

    def y(self):
        """Return the output."""
        return self.gamma * self.x_hat + self.beta

    def dx(self, dout):
        """Return the gradient of the input."""
        dx_hat = dout * self.gamma
        return (
            dx_hat - self.along(dx_hat) - self.x_hat * self.along(dx_hat * self.x_hat)
        ) / self.std

    def dgamma(self, dout):
        """Return the gradient of γ."""
        return self.over.summed(self.layer, dout * self.x_hat)

    def dbeta(self, dout):
        """Return the gradient of β."""
        return self.over.summed(self.layer, dout)


def with_norm(right, over, alter=None, y=None, x=None, gamma=None, beta=None):
    """Return a class with another output or other gradients.

    Parameters
    ----------
    right : type
        The reference's class.
    over : Over
        What it normalizes over.
    alter : function, optional
        ``alter(seen)`` changes what was seen: output and gradients are those that follow from it.
    y : function, optional
        ``y(seen)`` returns the output.
    x, gamma, beta : function, optional
        ``x(seen, dout)`` returns the gradient of the input, and so on.
    """
    if alter is not None:
        y, x, gamma, beta = Seen.y, Seen.dx, Seen.dgamma, Seen.dbeta

    class Wrong(right):
        def forward(self, given):
            before = over.statistics(self)
            before = before and [np.array(one) for one in before]
            out = super().forward(given)
            fixed = Over(over.mean, over.wide, over.summed, lambda layer: before)
            self._seen = Seen(self, fixed, given)
            if alter is not None:
                alter(self._seen)
            return out if y is None else np.asarray(y(self._seen)).astype(given.dtype)

        def backward(self, dout):
            seen = self._seen
            dx = super().backward(dout)
            for name, wrong in {"gamma": gamma, "beta": beta}.items():
                if wrong is not None:
                    self.grads[name] = np.asarray(wrong(seen, dout)).astype(dout.dtype)
            return dx if x is None else np.asarray(x(seen, dout)).astype(dout.dtype)

    return Wrong


def add_norm(task, right, over, name, hint, **wrong):
    """Add a layer that is wrong as `with_norm` says.

    One that is altered is added twice: as it is, and with the output alone wrong (".y").
    """
    made = with_norm(right, over, **wrong)
    made.__name__ = name
    task.misconception(hint)(made)
    if alter := wrong.get("alter"):

        def output(seen):
            other = Seen(seen.layer, seen.over, seen.x)
            alter(other)
            return other.y()

        made = with_norm(right, over, y=output)
        made.__name__ = f"{name}.y"
        task.misconception(f"{hint} This concerns the output.")(made)


def add_mistakes_of_statistics(task, right, over):
    """Add what goes wrong with mean, variance and ε, and with what γ and β are put to."""

    def add(name, hint, **wrong):
        add_norm(task, right, over, name, hint, **wrong)

    add(
        "eps_outside",
        "You add ε to the standard deviation. It is added to the variance, inside the root.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var) + seen.eps),
    )
    add(
        "eps_left_out",
        "What you divide by does not depend on ε. It keeps the root away from 0, and counts where "
        "the variance is small.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var)),
    )
    add(
        "eps_of_1e_5",
        "Your ε is always 1e-5. Take the one that was given.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var + 1e-5)),
    )
    add(
        "eps_squared",
        "You add ε² to the variance, where ε itself belongs.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var + seen.eps**2)),
    )
    add(
        "ddof_1",
        "You divide the variance by one less than the number of values. Inside of the layer it is "
        "the plain mean of the squared deviations.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var * of_all_but_one(seen) + seen.eps)),
    )
    add(
        "divided_by_variance",
        "You divide by the variance. What has the unit of x is its root.",
        alter=lambda seen: seen.set_std(seen.var + seen.eps),
    )
    add(
        "sum_of_squares",
        "Your variance is the sum of the squared deviations. It is their mean.",
        alter=lambda seen: seen.set_std(np.sqrt(seen.var * seen.n**seen.is_of_x + seen.eps)),
    )
    add(
        "not_divided",
        "You subtract the mean and do not divide: the spread stays what it was.",
        alter=lambda seen: seen.set_std(np.ones_like(seen.x)),
    )
    add(
        "not_centred",
        "You divide by the standard deviation, and the mean is still in what you divide.",
        y=lambda seen: seen.gamma * seen.x / seen.std + seen.beta,
    )
    add("without_scale", "γ is missing from your output.", y=lambda seen: seen.x_hat + seen.beta)
    add("without_shift", "β is missing from your output.", y=lambda seen: seen.gamma * seen.x_hat)
    add(
        "without_scale_and_shift",
        "Your output is what was normalized: γ and β are missing.",
        y=lambda seen: seen.x_hat,
    )
    add(
        "shift_is_scaled",
        "Your γ multiplies β as well. It scales what was normalized, and β is added afterwards.",
        y=lambda seen: seen.gamma * (seen.x_hat + seen.beta),
    )
    add(
        "scale_and_shift_swapped",
        "γ and β have changed places: γ multiplies, β is added.",
        y=lambda seen: seen.beta * seen.x_hat + seen.gamma,
    )


def of_all_but_one(seen):
    """Return what turns a variance of n values into that with n − 1, where it is the layer's."""
    return seen.n / (seen.n - 1) if seen.is_of_x else 1


def add_mistakes_of_gradients(task, right, over, but=()):
    """Add what goes wrong on the way back through mean and variance, and to γ and β.

    ``but`` names those that are no mistakes of their own where γ and β have the axes of the mean.
    """

    def add(name, hint, **wrong):
        if name not in but:
            add_norm(task, right, over, name, hint, **wrong)

    def add_dx(name, hint, of):
        """Add one that returns of(seen, g), where g is the gradient of what was normalized."""
        add(name, hint, x=lambda seen, dout: of(seen, dout * seen.gamma))

    add(
        "dx_without_scale",
        "γ is missing from your gradient of the input: on its way back, dout meets it first.",
        x=lambda seen, dout: seen.dx(dout / seen.gamma),
    )
    add(
        "dx_scaled_twice",
        "γ is in your gradient of the input twice.",
        x=lambda seen, dout: seen.dx(dout * seen.gamma),
    )
    add_dx(
        "mean_is_a_constant",
        "Your gradient of the input takes the mean as a constant. Each x moves it, and through it "
        "all others: that path is missing.",
        lambda seen, g: (g - seen.x_hat * seen.along(g * seen.x_hat)) / seen.std,
    )
    add_dx(
        "variance_is_a_constant",
        "Your gradient of the input takes the variance as a constant. Each x moves it, and through "
        "it all others: that path is missing, or comes to nothing.",
        lambda seen, g: (g - seen.along(g)) / seen.std,
    )
    add_dx(
        "statistics_are_constants",
        "Your gradient of the input takes mean and variance as constants. They are made of x: each "
        "x moves them, and through them all others. Those paths are missing.",
        lambda seen, g: g / seen.std,
    )
    add_dx(
        "dx_not_divided",
        "What you return as the gradient of the input is that of the centred values times the "
        "standard deviation: forward divides by it, and so does the way back.",
        lambda seen, g: seen.dx(g / seen.gamma) * seen.std,
    )
    add_dx(
        "dx_divided_twice",
        "Your gradient of the input is divided by the standard deviation once too often.",
        lambda seen, g: seen.dx(g / seen.gamma) / seen.std,
    )
    add_dx(
        "sums_for_means",
        "A division by the number of values is missing on the way through mean and variance: each "
        "of them is one over n times a sum.",
        lambda seen, g: (
            (g - seen.n * (seen.along(g) + seen.x_hat * seen.along(g * seen.x_hat))) / seen.std
        ),
    )
    add_dx(
        "sum_for_mean.of_the_variance",
        "A division by the number of values is missing on the way through the variance: it is one "
        "over n times a sum.",
        lambda seen, g: (
            (g - seen.along(g) - seen.n * seen.x_hat * seen.along(g * seen.x_hat)) / seen.std
        ),
    )
    add_dx(
        "sum_for_mean.of_the_mean",
        "A division by the number of values is missing on the way through the mean: it is one over "
        "n times a sum.",
        lambda seen, g: (
            (g - seen.n * seen.along(g) - seen.x_hat * seen.along(g * seen.x_hat)) / seen.std
        ),
    )
    add_dx(
        "variance_pulls_the_other_way",
        "The path through the variance has the wrong sign: what is divided by grows, and the "
        "output becomes smaller.",
        lambda seen, g: (g - seen.along(g) + seen.x_hat * seen.along(g * seen.x_hat)) / seen.std,
    )
    add_dx(
        "mean_pulls_the_other_way",
        "The path through the mean has the wrong sign: forward subtracts it.",
        lambda seen, g: (g + seen.along(g) - seen.x_hat * seen.along(g * seen.x_hat)) / seen.std,
    )
    add_dx(
        "half_of_the_variance",
        "The path through the variance is half as strong as it should be. The slope of a square is "
        "twice what is squared, and that of the root is one over twice the root.",
        lambda seen, g: (
            (g - seen.along(g) - seen.x_hat * seen.along(g * seen.x_hat) / 2) / seen.std
        ),
    )
    add_dx(
        "twice_the_variance",
        "The path through the variance is twice as strong as it should be. The slope of a square "
        "is twice what is squared, and that of the root is one over twice the root.",
        lambda seen, g: (
            (g - seen.along(g) - 2 * seen.x_hat * seen.along(g * seen.x_hat)) / seen.std
        ),
    )
    add_dx(
        "projected_on_centred",
        "Your path through the variance has two divisions by √(σ² + ε) too few, as if it ran along "
        "the centred values instead of those that have been divided. (The slope of 1/s is −1/s².)",
        lambda seen, g: (
            (g - seen.along(g) - seen.centred * seen.along(g * seen.centred)) / seen.std
        ),
    )
    add_dx(
        "projected_on_x",
        "The path through the variance runs along x itself. What was normalized belongs there.",
        lambda seen, g: (g - seen.along(g) - seen.x * seen.along(g * seen.x)) / seen.std,
    )
    _add_mistakes_of_scale_and_shift(add)


def _add_mistakes_of_scale_and_shift(add):
    """Add what goes wrong with the gradients of γ and β."""

    def summed(seen, shares):
        return seen.over.summed(seen.layer, shares)

    add(
        "gradients_swapped",
        "The gradients of γ and β have changed places.",
        gamma=Seen.dbeta,
        beta=Seen.dgamma,
    )
    add(
        "gamma_from_upstream_alone",
        "Your gradient of γ adds up dout alone. How much the output moves with γ depends on what "
        "it multiplies.",
        gamma=Seen.dbeta,
    )
    add(
        "gamma_without_upstream",
        "Your gradient of γ does not depend on dout. The chain rule multiplies with the gradient "
        "that arrives.",
        gamma=lambda seen, dout: summed(seen, seen.x_hat),
    )
    add(
        "gamma_from_input",
        "Your gradient of γ multiplies dout with the input. What γ multiplies in forward is "
        "something else.",
        gamma=lambda seen, dout: summed(seen, dout * seen.x),
    )
    add(
        "gamma_from_centred",
        "Your gradient of γ multiplies dout with the input less its mean. What γ multiplies in "
        "forward has been divided as well.",
        gamma=lambda seen, dout: summed(seen, dout * seen.centred),
    )
    add(
        "gamma_from_output",
        "Your gradient of γ multiplies dout with the output. What γ multiplies in forward comes "
        "before γ and β.",
        gamma=lambda seen, dout: summed(seen, dout * (seen.gamma * seen.x_hat + seen.beta)),
    )
    add(
        "gamma_scales_its_own_gradient",
        "γ itself is in your gradient of γ. The derivative of γ · x̂ with respect to γ is free of "
        "it.",
        gamma=lambda seen, dout: summed(seen, dout * seen.gamma * seen.x_hat),
    )
    add(
        "beta_is_scaled",
        "γ is in your gradient of β. β is added after γ has multiplied.",
        beta=lambda seen, dout: summed(seen, dout * seen.gamma),
    )
    add(
        "beta_without_upstream",
        "Your gradient of β does not depend on dout: it counts what β is added to. The chain rule "
        "multiplies with the gradient that arrives.",
        beta=lambda seen, dout: summed(seen, np.ones_like(dout)),
    )
