"""A scale for the loss: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

task = Task(
    "loss_scale",
    "A scale for the loss",
    points=4,
    needs=["LossScale"],
    minutes=15,
    shapes="dout (N, M) float32; grads name → array float16, such as W (D, M) and b (M,)",
)


def gradients(rng):
    """Draw gradients of float16 for two parameters."""
    shapes = {"W": (4, 3), "b": (3,)}
    drawn = {
        n: rng.uniform(0.1, 0.9, size=s) * rng.choice([-1, 1], size=s) for n, s in shapes.items()
    }
    return {name: grad.astype(np.float16) for name, grad in drawn.items()}


BAD = {
    "inf in W": {"W": [np.inf]},
    "NaN in b": {"b": [np.nan]},
    "-inf in b": {"b": [-np.inf]},
    "NaN in W": {"W": [np.nan]},
    "all of b infinite": {"b": 3 * [np.inf]},
    "-inf in W, inf in b": {"W": [-np.inf], "b": [np.inf]},
    "all infinite": {"W": 12 * [np.inf], "b": 3 * [-np.inf]},
}
"""What a bad step has in which gradient, and in how many of its numbers."""


def bad_gradients(rng, bad):
    """Draw gradients, and put bad numbers among them."""
    grads = gradients(rng)
    for name, numbers in bad.items():
        grads[name].flat[-len(numbers) :] = numbers
    return grads


@task.check("scaled: gradients too small for 16 bits are multiplied before they are rounded")
def scales_up(impl, rng):
    dout = (1e-7 * rng.uniform(1, 9, size=(5, 3))).astype(np.float32)
    found = {}
    for exponent in (6, 14):
        found[f"by 2 to the {exponent}"] = impl.LossScale(2.0**exponent).scaled(dout)
    return found


@task.check("unscaled: gradients of 32 bits, divided by the scale", weight=2)
def scales_down(impl, rng):
    large = {"W": rng.uniform(3e4, 6e4, size=(4, 3)).astype(np.float16)}
    found = {
        name: impl.LossScale(2.0**14).unscaled(grads)
        for name, grads in (("small ones", gradients(rng)), ("large ones", large))
    }
    types = [str(np.asarray(grad).dtype) for grad in (found["small ones"] or {}).values()]
    return {**found, "dtypes": types}


@task.check("unscaled: no step where a number is infinite or NaN, and a lower scale", weight=2)
def leaves_steps_out(impl, rng):
    found = {}
    for name, bad in BAD.items():
        scale = impl.LossScale(2.0**12)
        step = scale.unscaled(bad_gradients(rng, bad))
        found[name] = {"scale": scale.scale, "step": step}
    return found


@task.check("adapt: the scale after each step, good or bad", weight=2)
def adapts(impl, rng):
    found = {}
    first = float(rng.uniform(900, 1100))
    for every, steps in ((3, "+++++-++++--+++++++"), (2, "-+-+++-++++"), (1, "++-+")):
        scale = impl.LossScale(first, every)
        scales = []
        for step in steps:
            scale.adapt(step == "+")
            scales.append(scale.scale)
        found[f"every={every}, {steps}"] = np.array(scales, dtype=float)
    return found


@task.check("unscaled: gradients are divided by the scale that they were multiplied by")
def divides_by_the_old_scale(impl, rng):
    scale, found = impl.LossScale(2.0**13, 2), {}
    for step in range(1, 5):
        found[f"step {step}"] = scale.unscaled(gradients(rng))
        found[f"scale after step {step}"] = scale.scale
    return found


# Known mistakes -----------------------------------------------------------------------------------

from solutions.convolution import LossScale


class Varied(LossScale):
    """The reference, in pieces that a mistake can replace."""

    def smaller(self, grad):
        return grad.astype(np.float32) / self.scale

    def good(self, grads):
        return all(bool(np.isfinite(grad).all()) for grad in grads.values())

    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        finite = self.good(smaller)
        self.adapt(finite)
        return smaller if finite else None


# Up -----------------------------------------------------------------------------------------------


@task.misconception(
    "You round the gradient of the loss to 16 bits first, and multiply then. What was lost in "
    "rounding does not come back."
)
class rounded_before_scaling(Varied):
    def scaled(self, dout):
        return dout.astype(np.float16) * np.float16(self.scale)


@task.misconception("You do not multiply the gradient of the loss by the scale.")
class not_scaled(Varied):
    def scaled(self, dout):
        return dout.astype(np.float16)


@task.misconception(
    "You divide the gradient of the loss by the scale. It is to become larger on the way back."
)
class scaled_down(Varied):
    def scaled(self, dout):
        return (dout / self.scale).astype(np.float16)


@task.misconception("What you return from `scaled` is not of float16.")
class left_in_float32(Varied):
    def scaled(self, dout):
        return dout * np.float32(self.scale)


# Down ---------------------------------------------------------------------------------------------


@task.misconception(
    "You do not divide the gradients by the scale: the optimizer would get them many times too "
    "large."
)
class not_unscaled(Varied):
    def smaller(self, grad):
        return grad.astype(np.float32)


@task.misconception(
    "You multiply the gradients by the scale once more. On the way out they have to be divided."
)
class scaled_twice(Varied):
    def smaller(self, grad):
        return grad.astype(np.float32) * self.scale


@task.misconception(
    "You divide in 16 bits, or make 16 bits of what you have divided: small gradients are lost "
    "after all. Make float32 of them, and divide then."
)
class unscaled_in_float16(Varied):
    def smaller(self, grad):
        return (grad.astype(np.float32) / self.scale).astype(np.float16)


@task.misconception(task.misconceptions[-1].hint)
class rounded_to_float16(Varied):
    def smaller(self, grad):
        return (grad.astype(np.float32) / self.scale).astype(np.float16).astype(np.float32)


@task.misconception(
    "Your gradients are of float64. float32 is asked for: so are the parameters, and it takes half "
    "the memory."
)
class unscaled_in_float64(Varied):
    def smaller(self, grad):
        return grad.astype(float) / self.scale


@task.misconception(
    "You adapt the scale first, and divide by the new one. These gradients were multiplied by the "
    "one before."
)
class divided_by_the_new_scale(Varied):
    def unscaled(self, grads):
        finite = self.good(grads)
        self.adapt(finite)
        return {name: self.smaller(grad) for name, grad in grads.items()} if finite else None


@task.misconception(
    "After `unscaled` the scale is what it was, whatever the gradients were. Is `adapt` told, and "
    "does it change `self.scale`?"
)
class not_told(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        return smaller if self.good(smaller) else None


@task.misconception(
    "After `unscaled` has seen good gradients, however often, the scale is what it was. Is `adapt` "
    "told of them, and does it count them?"
)
class told_of_bad_steps_alone(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        if self.good(smaller):
            return smaller
        self.adapt(False)


@task.misconception(
    "After `unscaled` has seen bad gradients, the scale is what it was. Is `adapt` told of them, "
    "or does `unscaled` return before? And does `adapt` halve the scale?"
)
class told_of_good_steps_alone(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        if not self.good(smaller):
            return None
        self.adapt(True)
        return smaller


@task.misconception(
    "`unscaled` tells `adapt` the opposite: good steps lower your scale. It asks whether all was "
    "finite."
)
class told_the_opposite(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        finite = self.good(smaller)
        self.adapt(not finite)
        return smaller if finite else None


TOLD_OF_EACH = (
    "What is one step counts as several for you. A step has the gradients of several parameters: "
    "`adapt` is told once, of all of them."
)


@task.misconception(TOLD_OF_EACH)
class told_of_each_array(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        for grad in smaller.values():
            self.adapt(self.good({"": grad}))
        return smaller if self.good(smaller) else None


@task.misconception(TOLD_OF_EACH)
class told_of_each_array_up_to_a_bad_one(Varied):
    def unscaled(self, grads):
        smaller = {}
        for name, grad in grads.items():
            finite = self.good({name: grad})
            smaller[name] = self.smaller(grad)
            self.adapt(finite)
            if not finite:
                return None
        return smaller


@task.misconception(
    "After a bad step your scale is a quarter of what it was: it is halved twice. `adapt` halves "
    "it, and is called once."
)
class halved_twice(Varied):
    def unscaled(self, grads):
        smaller = super().unscaled(grads)
        if smaller is None:
            self.adapt(False)
        return smaller


# What is bad --------------------------------------------------------------------------------------


@task.misconception(
    "You return gradients for a step although a number in them is infinite or NaN. Such a step is "
    "left out: return None."
)
class step_in_spite_of_it(Varied):
    def unscaled(self, grads):
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        self.adapt(self.good(smaller))
        return smaller


@task.misconception(
    "Each step counts as a good one for you, whatever is in the gradients. All numbers have to be "
    "finite."
)
class all_steps_good(Varied):
    def good(self, grads):
        return True


@task.misconception(
    "Of what is not finite you do not see NaN. A comparison such as `grad == np.nan` is always "
    "False: NaN does not even equal itself."
)
class nan_not_seen(Varied):
    def good(self, grads):
        return not any(bool(np.isinf(grad).any()) for grad in grads.values())


@task.misconception("You look for NaN alone. An infinity is no better, whatever its sign.")
class infinity_not_seen(Varied):
    def good(self, grads):
        return not any(bool(np.isnan(grad).any()) for grad in grads.values())


@task.misconception("You see inf and NaN, but not −inf.")
class minus_infinity_not_seen(Varied):
    def good(self, grads):
        return not any(bool((np.isnan(g) | (g == np.inf)).any()) for g in grads.values())


@task.misconception(
    "For you a step is good if one number is finite, or one array. All numbers of all arrays have "
    "to be."
)
class one_finite_is_enough(Varied):
    def good(self, grads):
        return any(bool(np.isfinite(grad).any()) for grad in grads.values())


@task.misconception("For you an array is bad only if none of its numbers is finite.")
class one_of_an_array_is_enough(Varied):
    def good(self, grads):
        return all(bool(np.isfinite(grad).any()) for grad in grads.values())


@task.misconception("For you a step is good if one of its arrays is. All of them have to be.")
class one_array_is_enough(Varied):
    def good(self, grads):
        return any(bool(np.isfinite(grad).all()) for grad in grads.values())


@task.misconception("You look at the last array alone. Each parameter's gradient may overflow.")
class last_array_alone(Varied):
    def good(self, grads):
        return bool(np.isfinite(list(grads.values())[-1]).all())


@task.misconception(
    "You ask whether a sum is finite. In 16 bits a sum is infinite beyond 65,504, though each "
    "number in it may be finite: ask that of the numbers."
)
class sum_that_is_finite(Varied):
    def unscaled(self, grads):
        with np.errstate(over="ignore", invalid="ignore"):
            finite = all(bool(np.isfinite(grad.sum())) for grad in grads.values())
        smaller = {name: self.smaller(grad) for name, grad in grads.items()}
        self.adapt(finite)
        return smaller if finite else None


@task.misconception("You look at the first array alone. Each parameter's gradient may overflow.")
class first_array_alone(Varied):
    def good(self, grads):
        return bool(np.isfinite(next(iter(grads.values()))).all())


@task.misconception("You have it the wrong way round: you leave out the steps that are good.")
class good_ones_left_out(Varied):
    def good(self, grads):
        return not super().good(grads)


# The scale ----------------------------------------------------------------------------------------


def add(name, hint, step, change):
    """Add a mistake of ``adapt``: how the count goes on, and what a step does to the scale."""

    def adapt(self, finite):
        self.good_steps = step(self.good_steps, finite)
        self.scale = change(self.scale, self.good_steps, self.every, finite)

    task.misconception(hint)(type(name, (Varied,), {"adapt": adapt, "__module__": __name__}))


def count(before, finite):
    """Count the good steps in a row."""
    return before + 1 if finite else 0


def due(good, every):
    """Return whether so many good steps are a reason to double."""
    return good > 0 and good % every == 0


def doubled(scale, good, every):
    """Return the scale after a good step."""
    return 2 * scale if due(good, every) else scale


add(
    "never_lowered",
    "Your scale is not lowered after a step with infinities. So the next one has them, too.",
    count,
    lambda scale, good, every, finite: doubled(scale, good, every),
)
add(
    "never_raised",
    "Your scale is never raised. After `every` good steps in a row it is doubled; does your count "
    "grow?",
    count,
    lambda scale, good, every, finite: scale if finite else scale / 2,
)
add(
    "raised_at_each_good_step",
    "Your scale is doubled at each good step, whatever `every` says.",
    count,
    lambda scale, good, every, finite: 2 * scale if finite else scale / 2,
)
add(
    "count_not_begun_anew",
    "A bad step does not begin your count of good ones anew. They have to be in a row.",
    lambda before, finite: before + finite,
    lambda scale, good, every, finite: doubled(scale, good, every) if finite else scale / 2,
)
add(
    "bad_steps_counted",
    "You count all steps, also those that were left out. `every` good ones in a row are asked for.",
    lambda before, finite: before + 1,
    lambda scale, good, every, finite: doubled(scale, good, every) if finite else scale / 2,
)
add(
    "raised_ever_after",
    "Once the count has reached `every`, your scale is doubled at each good step. After a doubling "
    "it takes `every` more.",
    count,
    lambda scale, good, every, finite: (
        (2 * scale if good >= every else scale) if finite else scale / 2
    ),
)
add(
    "raised_once",
    "Your scale is doubled when the count reaches `every`, and not again after as many more.",
    count,
    lambda scale, good, every, finite: (
        (2 * scale if good == every else scale) if finite else scale / 2
    ),
)
add(
    "raised_one_step_late",
    "Your scale is doubled one step late. The last of `every` good steps doubles it.",
    count,
    lambda scale, good, every, finite: (
        (2 * scale if good > 0 and good % (every + 1) == 0 else scale) if finite else scale / 2
    ),
)
add(
    "doubled_when_bad",
    "You have it the wrong way round: a bad step raises your scale, and good ones lower it.",
    count,
    lambda scale, good, every, finite: (
        (scale / 2 if due(good, every) else scale) if finite else 2 * scale
    ),
)
add(
    "doubled_in_any_case",
    "Your scale is doubled after a bad step, too. It was too large, and has to be halved.",
    count,
    lambda scale, good, every, finite: doubled(scale, good, every) if finite else 2 * scale,
)
add(
    "halved_in_any_case",
    "Your scale is halved after `every` good steps, too. There it is to be doubled.",
    count,
    lambda scale, good, every, finite: (
        (scale / 2 if due(good, every) else scale) if finite else scale / 2
    ),
)
add(
    "back_to_1",
    "After a bad step your scale is 1, so that gradients vanish for a long time. Halve it.",
    count,
    lambda scale, good, every, finite: doubled(scale, good, every) if finite else 1.0,
)
add(
    "one_added",
    "You add 1 where the scale is to be doubled.",
    count,
    lambda scale, good, every, finite: (
        (scale + 1 if due(good, every) else scale) if finite else scale / 2
    ),
)
add(
    "rounded_when_halved",
    "When your scale is halved, what stands behind the point is lost. It need not be a whole "
    "number.",
    count,
    lambda scale, good, every, finite: doubled(scale, good, every) if finite else scale // 2,
)


@task.misconception(
    "Your scale is doubled one step late. Ask for the count when the step of now is in it."
)
class asked_before_it_is_counted(Varied):
    def adapt(self, finite):
        if finite and self.good_steps == self.every:
            self.scale *= 2
            self.good_steps = 0
        if not finite:
            self.scale /= 2
        self.good_steps = count(self.good_steps, finite)
