"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import Part, Parts

OWN_STATISTICS = (
    "Your transform takes the statistics of the data that it is given. A network that was trained "
    "on inputs of one scale then sees others on another, and a single sample has no statistics at "
    "all: what fit has found in the training set is taken for all data."
)
NOTHING_FROM_FIT = (
    "Your fit returns nothing. It ends with `return self`, so that one can write "
    "`scaler = Standardizer().fit(x)`."
)
SHARED = (
    "What one scaler has found is overwritten by another's: it is kept on the class, or in a "
    "global variable. It has to belong to the object."
)
OLD_FIT = (
    "A second fit leaves what the first one has found. Who calls fit again has other data: all is "
    "to be found anew."
)
IN_FLOAT64 = (
    "You return {what} in float64, whatever came in. An array of NumPy's default type, as np.zeros "
    "and np.array of Python's numbers make it, widens everything it meets."
)
INTO_THE_GIVEN = (
    "You write into the array that you were given. It belongs to the caller: make a new one."
)


def add_scaler_mistakes(task, right, *remembered):
    """Add what goes wrong in scalers of all kinds.

    Parameters
    ----------
    task : Task
        What gets the mistakes.
    right : class
        The reference's scaler.
    *remembered : str
        What its fit stores.
    """

    def add(hint, wrong):
        wrong.__name__ = prefix_of(task, right) + wrong.__name__
        task.misconception(hint, replaces=right.__name__)(wrong)

    class nothing_from_fit(right):
        def fit(self, x):
            super().fit(x)

    add(NOTHING_FROM_FIT, nothing_from_fit)

    class fits_again(right):
        def transform(self, x):
            self.fit(x)
            return super().transform(x)

    add(OWN_STATISTICS, fits_again)

    class own_statistics(right):
        def transform(self, x):
            found = {key: vars(self)[key] for key in remembered}
            self.fit(x)
            y = super().transform(x)
            vars(self).update(found)
            return y

    add(OWN_STATISTICS, own_statistics)

    class first_fit_for_ever(right):
        def fit(self, x):
            return self if hasattr(self, remembered[0]) else super().fit(x)

    add(OLD_FIT, first_fit_for_ever)

    class shared_by_all(right):
        def fit(self, x):
            super().fit(x)
            for key in remembered:
                setattr(type(self), key, vars(self).pop(key))
            return self

    add(SHARED, shared_by_all)

    def written_into(*methods):
        def into(method):
            def changed(self, x):
                result = method(self, x)
                x[...] = np.resize(result if isinstance(result, np.ndarray) else x[0], x.shape)
                return result

            return changed

        changes = {method: into(getattr(right, method)) for method in methods}
        return type("_".join(("written_into_by", *methods)), (right,), changes)

    for methods in (["fit"], ["transform"], ["inverse"], ["transform", "inverse"]):
        add(INTO_THE_GIVEN, written_into(*methods))


def prefix_of(task, right):
    """Return what stands before the names of a class's mistakes, if the task asks for several."""
    return f"{right.__name__.lower()}_" if len(task.needs) > 1 else ""


def formulas(task, right):
    """Return the two parts of a scaler's formula, in which mistakes can be."""
    parts = Parts(
        task,
        [right],
        {
            "transform": Part("what transform returns", "transform"),
            "inverse": Part("what inverse returns", "inverse"),
        },
    )

    def in_float64(value, *_):
        return value.astype(float)

    in_float64.__name__ = prefix_of(task, right) + "in_float64"
    parts.fault(IN_FLOAT64)(in_float64)
    return parts


def add_affine_mistakes(parts, right, **stored):
    """Add what goes wrong in y = (x − shift) / scale, and on the way back.

    Parameters
    ----------
    parts : Parts
        As `formulas` returns them.
    right : class
        The reference's scaler.
    **stored : str
        Under which names it stores shift and scale, and how they are called.
    """
    (shift, the_shift), (scale, the_scale) = stored.items()
    prefix = prefix_of(parts.task, right)

    def add(name, hint, transform, inverse):
        def forward(self, x):
            return transform(x, getattr(self, shift), getattr(self, scale))

        def back(self, y):
            return inverse(y, getattr(self, shift), getattr(self, scale))

        wrong = type(prefix + name, (right,), {"transform": forward, "inverse": back})
        parts.mistake(hint)(wrong)

    add(
        f"{shift}_left_out",
        f"You leave out the {the_shift}: only the {the_scale} is dealt with.",
        lambda x, a, b: x / b,
        lambda y, a, b: y * b,
    )
    add(
        f"{scale}_left_out",
        f"You leave out the {the_scale}: only the {the_shift} is dealt with.",
        lambda x, a, b: x - a,
        lambda y, a, b: y + a,
    )
    add(
        f"sign_of_the_{shift}",
        f"The {the_shift} comes in with the wrong sign.",
        lambda x, a, b: (x + a) / b,
        lambda y, a, b: y * b - a,
    )
    add(
        "multiplied_for_divided",
        "You multiply where you are to divide, or the other way round.",
        lambda x, a, b: (x - a) * b,
        lambda y, a, b: y / b + a,
    )
    add(
        "wrong_order",
        "The order is wrong: transform shifts first and then divides, and inverse undoes the last "
        "step first. (A division comes before a difference, unless there are parentheses.)",
        lambda x, a, b: x - a / b,
        lambda y, a, b: (y + a) * b,
    )
    add(
        "turned_round",
        f"The difference is turned round: you subtract the value from the {the_shift}.",
        lambda x, a, b: (a - x) / b,
        lambda y, a, b: a - y * b,
    )
    add(
        "as_it_came",
        "You return what came in as it is.",
        lambda x, a, b: x + 0,
        lambda y, a, b: y + 0,
    )

    def add_inverse(name, hint, inverse):
        def back(self, y):
            return inverse(y, getattr(self, shift), getattr(self, scale))

        wrong = type(prefix + name, (right,), {"inverse": back})
        parts.task.misconception(hint, replaces=right.__name__)(wrong)

    add_inverse(
        "inverse_is_transform",
        "Your inverse does what transform does. It is to undo that.",
        lambda y, a, b: (y - a) / b,
    )
