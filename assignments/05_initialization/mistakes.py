"""What known mistakes of several tasks share."""

from itertools import combinations

import numpy as np

from solutions.losses import central_difference

WHAT = {
    "y": "the output",
    "x": "the gradient of the input",
    "a": "the gradient of the slopes",
}


FROM_UPSTREAM = (
    "What decides in your backward is whether dout is positive. It is whether the input of forward "
    "was."
)


def with_curve(right, y=None, x=None, a=None):
    """Return a class of an activation with another output or other gradients.

    Parameters
    ----------
    right : type
        The reference's class.
    y : function, optional
        ``y(self, x)`` returns the output.
    x, a : function, optional
        ``x(self, x, dout)`` returns the gradient of the input, ``a(...)`` that of the slopes.
    """

    class Wrong(right):
        def forward(self, given):
            out = super().forward(given)
            self._seen = given
            return out if y is None else np.asarray(y(self, given)).astype(given.dtype)

        def backward(self, dout):
            dx = super().backward(dout)
            if a is not None:
                self.grads["a"] = np.asarray(a(self, self._seen, dout)).astype(dout.dtype)
            return dx if x is None else np.asarray(x(self, self._seen, dout)).astype(dout.dtype)

    return Wrong


def add_curve(task, right, name, hint, **parts):
    """Add a wrong curve as mistakes: in each of its parts alone, in two, in all."""
    for size in range(len(parts), 0, -1):
        for chosen in combinations(parts, size):
            wrong = with_curve(right, **{key: parts[key] for key in chosen})
            wrong.__name__ = name
            said = hint
            if size < len(parts):
                wrong.__name__ += "".join(f".{key}" for key in chosen)
                said += f" This concerns {' and '.join(WHAT[key] for key in chosen)}."
            task.misconception(said)(wrong)


def add_mistakes_of_activations(task, right, y_of, slope_of):
    """Add what goes wrong in activations of all kinds.

    Parameters
    ----------
    task : Task
        What gets the mistakes.
    right : type
        The reference's class.
    y_of, slope_of : functions
        What is right: ``y_of(layer, x)`` and ``slope_of(layer, x)``.
    """

    def add(name, hint, **parts):
        add_curve(task, right, name, hint, **parts)

    add(
        "mask_from_upstream",
        FROM_UPSTREAM,
        x=lambda self, x, dout: np.where(dout > 0, dout, dout * slope_of(self, np.minimum(x, 0))),
    )
    add(
        "without_upstream",
        "You return the slopes alone. The chain rule multiplies them with the gradient that "
        "arrives.",
        x=lambda self, x, dout: slope_of(self, x),
    )
    add(
        "without_upstream_below",
        "Where the input was negative you return the slope alone. The chain rule multiplies it "
        "with the gradient that arrives, there as well.",
        x=lambda self, x, dout: np.where(x > 0, dout, slope_of(self, x)),
    )
    add(
        "without_upstream_above",
        "Where the input was positive you return 1. That is the slope: the chain rule multiplies "
        "it with the gradient that arrives.",
        x=lambda self, x, dout: np.where(x > 0, 1, dout * slope_of(self, x)),
    )
    add(
        "value_for_slope",
        "You multiply dout with the output of forward. What is needed is the slope of the output, "
        "not its size.",
        x=lambda self, x, dout: dout * y_of(self, x),
    )
    add(
        "input_passes_back",
        "Where the input was negative, you multiply the slope with the input. backward is about "
        "dout.",
        x=lambda self, x, dout: np.where(x > 0, dout, x * slope_of(self, x)),
    )
    add(
        "input_in_the_slope",
        "Below 0 you multiply by the input as well. The slope of your curve does not have x as a "
        "factor.",
        x=lambda self, x, dout: np.where(x > 0, dout, dout * x * slope_of(self, x)),
    )
    add(
        "input_for_upstream",
        "Where the input was positive, you return the input itself. backward is about dout.",
        x=lambda self, x, dout: np.where(x > 0, x, dout * slope_of(self, x)),
    )
    add(
        "nothing_at_zero",
        "At exactly 0 nothing comes back: you ask where the input is positive and where it is "
        "negative, and 0 is neither.",
        x=lambda self, x, dout: np.where(x == 0, 0, dout * slope_of(self, x)),
    )
    add(
        "slopes_for_output",
        "Your forward returns the slopes. They belong into backward.",
        y=lambda self, x: slope_of(self, x),
    )
    add(
        "nothing_below",
        "That is a plain ReLU: where the input is negative, there is 0.",
        y=lambda self, x: np.where(x > 0, x, 0),
        x=lambda self, x, dout: np.where(x > 0, dout, 0),
    )
    add(
        "nothing_above",
        "Where the input is positive, there is 0: that half is missing.",
        y=lambda self, x: np.where(x > 0, 0, y_of(self, x)),
        x=lambda self, x, dout: np.where(x > 0, 0, dout * slope_of(self, x)),
    )
    add(
        "turned_up",
        "The sign below 0 is wrong: there the activation rises, as it does above.",
        y=lambda self, x: np.where(x > 0, x, -y_of(self, x)),
        x=lambda self, x, dout: np.where(x > 0, dout, -dout * slope_of(self, x)),
    )

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
            dout[...] = super().backward(dout)
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


def add_mistakes_of_leaky(task, right, slope_of):
    """Add what goes wrong where two straight lines meet; slope_of(layer) is that below 0."""

    def add(name, hint, **parts):
        add_curve(task, right, name, hint, **parts)

    add(
        "slope_above",
        "The slope is on the wrong side: it belongs to the negative inputs, and the positive ones "
        "pass.",
        y=lambda self, x: np.where(x > 0, slope_of(self) * x, x),
        x=lambda self, x, dout: np.where(x > 0, slope_of(self) * dout, dout),
    )
    add(
        "slope_everywhere",
        "You multiply by the slope everywhere. Where the input is positive, the slope is 1.",
        y=lambda self, x: slope_of(self) * x,
        x=lambda self, x, dout: slope_of(self) * dout,
    )
    add(
        "added_to_a_relu",
        "You add slope · x to a ReLU everywhere, so that the slope above 0 is 1 + slope.",
        y=lambda self, x: np.maximum(x, 0) + slope_of(self) * x,
        x=lambda self, x, dout: (x > 0) * dout + slope_of(self) * dout,
    )
    add(
        "inverse_slope",
        "The slope below 0 is turned round: you divide where you are to multiply, or the other "
        "way round.",
        y=lambda self, x: np.where(x > 0, x, x / slope_of(self)),
        x=lambda self, x, dout: np.where(x > 0, dout, dout / slope_of(self)),
    )
    add(
        "slope_without_x",
        "Below 0 you return the slope itself. It is to be multiplied with x.",
        y=lambda self, x: np.where(x > 0, x, slope_of(self)),
    )


def by_differences(f, x, dout):
    """Return what a measured gradient is, of a function that goes element by element."""
    return dout * central_difference(f, x, 1e-5)
