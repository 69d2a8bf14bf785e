"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import Part, Parts

ALIKE = "They are the slopes of the penalty: a step of gradient descent subtracts them."


def parts_of(task, right):
    """Return what a penalty gives."""
    return Parts(
        task,
        [right],
        {
            "penalty": Part("the penalty", "penalty"),
            "gradients": Part("the gradients", "gradients"),
        },
    )


def with_rule(right, name, value=None, slope=None):
    """Return a class of a penalty with another rule: value(self, w), slope(self, w), or both."""

    def penalty(self, params):
        return sum((value(self, w) for w in self.weights(params).values()), 0.0)

    def gradients(self, params):
        return {key: np.asarray(slope(self, w)) for key, w in self.weights(params).items()}

    rules = {"penalty": penalty} if value else {}
    return type(name, (right,), rules | ({"gradients": gradients} if slope else {}))


def add_penalty_mistakes(parts, value, slope):
    """Add what goes wrong in penalties of all kinds.

    Parameters
    ----------
    parts : Parts
        Of the penalty.
    value, slope : functions
        What is right, without the strength: ``value(w)`` and ``slope(w)``, element by element.
    """
    (right,), task = parts.right, parts.task

    def add(name, hint, wrong_value, wrong_slope, over=()):
        parts.mistake(hint, over)(with_rule(right, name, wrong_value, wrong_slope))

    def only(name, hint, wrong_slope):
        add(name, hint, None, wrong_slope, ["gradients"])

    def alone(name, hint, wrong_value):
        add(name, hint, wrong_value, None, ["penalty"])

    add(
        "uphill",
        "The sign of {what} is wrong: weights would be rewarded for growing.",
        lambda self, w: -self.strength * value(w).sum(),
        lambda self, w: -self.strength * slope(w),
    )
    add(
        "without_strength",
        "λ, which is `self.strength`, is missing in {what}.",
        lambda self, w: value(w).sum(),
        lambda self, w: slope(w),
    )
    alone(
        "mean_of_each_array",
        "You take the mean over the weights. The penalty is their sum: each weight counts in full, "
        "however many there are.",
        lambda self, w: self.strength * value(w).mean(),
    )
    only(
        "divided_by_their_number",
        "You divide the gradients by the number of weights. The penalty is a sum, and each weight "
        "has its own slope in it.",
        lambda self, w: self.strength * slope(w) / w.size,
    )
    only(
        "divided_by_the_rows",
        "You divide the gradients by the length of the array. What has to do with the batch stands "
        "in the loss; a penalty knows no samples.",
        lambda self, w: self.strength * slope(w) / len(w),
    )
    only(
        "no_gradient",
        "Your gradients are 0 everywhere: the penalty shows in the loss, and no step ever feels "
        "it.",
        lambda self, w: np.zeros_like(w),
    )
    only(
        "penalty_for_gradients",
        "Your gradients are what each weight adds to the penalty. " + ALIKE,
        lambda self, w: self.strength * value(w),
    )
    only(
        "in_float64",
        "Your gradients are float64, whatever the weights are. An array that is made with NumPy's "
        "default type, as np.zeros(shape) is, widens everything that it meets.",
        lambda self, w: (self.strength * slope(w)).astype(float),
    )

    class everything(right):
        def weights(self, params):
            return dict(params)

    parts.mistake(
        "You take {what} over all parameters, biases included. `self.weights(params)` holds those "
        "that are penalized."
    )(everything)

    class choice_of_its_own(right):
        def weights(self, params):
            return {name: w for name, w in params.items() if w.ndim > 1}

    parts.mistake(
        "You choose by the number of axes what {what} is about. Whoever makes the penalty chooses: "
        "`self.weights(params)` asks `applies`."
    )(choice_of_its_own)

    class last_array_only(right):
        def weights(self, params):
            return dict([*super().weights(params).items()][-1:])

    parts.mistake(
        "You work out {what} of one array only: in the loop, the last one replaces what "
        "came before it."
    )(last_array_only)

    class first_array_only(right):
        def weights(self, params):
            return dict([*super().weights(params).items()][:1])

    parts.mistake(
        "You work out {what} of one array only: the return stands in the loop, and ends "
        "it after the first one."
    )(first_array_only)

    class kept_from_call_to_call(right):
        def penalty(self, params):
            self.total = getattr(self, "total", 0.0) + super().penalty(params)
            return self.total

    task.misconception(
        "The penalty of the call before is still in the sum. Begin at 0 in each call."
    )(kept_from_call_to_call)

    class first_gradients_for_ever(right):
        def gradients(self, params):
            if not hasattr(self, "first"):
                self.first = super().gradients(params)
            return self.first

    task.misconception(
        "The gradients stay those of the first call. The weights change with every step: work the "
        "gradients out anew."
    )(first_gradients_for_ever)

    class zeros_for_the_rest(right):
        def gradients(self, params):
            rest = {name: np.zeros_like(param) for name, param in params.items()}
            return rest | super().gradients(params)

    task.misconception(
        "Your dictionary has arrays for what is not penalized, too. It is to hold the penalized "
        "ones only."
    )(zeros_for_the_rest)

    class nothing_at_all(right):
        def gradients(self, params):
            return {}

    task.misconception(
        "Your dictionary of gradients is empty: the penalty shows in the loss, and no step ever "
        "feels it."
    )(nothing_at_all)

    class one_number_for_each_array(right):
        def penalty(self, params):
            return {
                name: super(one_number_for_each_array, self).penalty({name: w})
                for name, w in self.weights(params).items()
            }

    task.misconception(
        "Your penalty has a number for each array. It is one number, which is added to the loss."
    )(one_number_for_each_array)

    class takes_the_step(right):
        def gradients(self, params):
            found = super().gradients(params)
            for name, gradient in found.items():
                params[name] -= gradient
            return found

    task.misconception(
        "gradients changes the weights. It only works the gradients out: the optimizer takes the "
        "step, when those of the loss have been added."
    )(takes_the_step)

    class multiplied_in_place(right):
        def gradients(self, params):
            found = super().gradients(params)
            for name, gradient in found.items():
                params[name][...] = gradient
            return found

    task.misconception(
        "gradients writes into the weights, as `w *= ...` does. They belong to the caller: return "
        "new arrays."
    )(multiplied_in_place)


# Chance -------------------------------------------------------------------------------------------

OWN_GENERATOR = (
    "You bring a generator of your own: it gives the same numbers in each forward. Draw from the "
    "rng that was handed over."
)
DRAWS_ONCE = "Your mask is drawn once, and stays. It is to be drawn anew in each forward."
MASK_IN_FLOAT64 = (
    "Your mask is float64, whatever the input was, and so is what it multiplies. Two things make "
    "it so: an array of truth values that is divided by a number is float64, and so is what NumPy "
    "makes by default, as rng.random(shape) or np.zeros(shape). Give the mask the dtype of what it "
    "multiplies before you divide."
)
DRAWS_ANEW = (
    "backward draws a mask of its own. It has to go through the one that forward drew: that is "
    "part of what forward remembers."
)


def mask_of(layer, like):
    """Draw who is kept, as the reference does."""
    return (layer.rng.random(like.shape) >= layer.p_drop).astype(float)


def kept_draws(draw):
    """Return a rule that draws for the first array of a shape only."""

    def rule(layer, like):
        if np.shape(getattr(layer, "_first", None)) != like.shape:
            layer._first = draw(layer, like)
        return layer._first

    return rule


def first_draws(draw):
    """Return a rule that draws for the first array, whatever shape the next ones have."""

    def rule(layer, like):
        if not hasattr(layer, "_first"):
            layer._first = draw(layer, like)
        return layer._first

    return rule
