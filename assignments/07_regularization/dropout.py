"""Dropout: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import compared, correlation, factors, far_from_zero, of_32_bits, seeding

task = Task(
    "dropout",
    "Dropout",
    points=8,
    needs=["Dropout"],
    minutes=15,
    shapes="x, y and dout of one shape, whichever",
)


@task.check(
    "in training a share of p_drop becomes 0, whatever the numbers are", weight=2, atol=0.06
)
def share(impl, rng):
    found = {}
    for p_drop in (0.3, 0.8):
        layer, x = impl.Dropout(p_drop, rng.generator()), far_from_zero(rng, 25, 20)
        dropped = [(np.asarray(layer.forward(x)) == 0).mean() for _ in range(60)]
        found[f"p_drop {p_drop}"] = float(np.mean(dropped))
    return found


@task.check("in training, all that is not dropped is multiplied by the same factor", weight=2)
def scale(impl, rng):
    found = {}
    for p_drop in (0.3, 0.8):
        x = far_from_zero(rng, 12, 20)
        kept = factors(x, impl.Dropout(p_drop, rng.generator()).forward(x))
        kept = kept[kept != 0] if kept.any() else kept
        found[f"p_drop {p_drop}"] = {"least": float(kept.min()), "largest": float(kept.max())}
    return found


@task.check("each element is dropped by itself, and others in the next forward", atol=0.15)
def each_its_own(impl, rng):
    layer = impl.Dropout(0.4, rng.generator())
    x, other = far_from_zero(rng, 60, 50), far_from_zero(rng, 60, 50)
    mask, again = factors(x, layer.forward(x)), factors(other, layer.forward(other))
    std = np.sqrt(0.4 / 0.6)
    return {
        "spread within a row": float(mask.std(axis=1, ddof=1).mean() / std),
        "spread within a column": float(mask.std(axis=0, ddof=1).mean() / std),
        "correlation with the mask of the next": correlation(mask, again),
    }


@task.check("in test mode, training = False, all passes as it is, and nothing is drawn", weight=1.5)
def in_use(impl, rng):
    generator = keep(impl, rng.generator())
    layer = impl.Dropout(0.3, generator)
    layer.training = False
    found = {"y": layer.forward(rng.normal(size=(3, 4)))}
    found["next of rng"] = float(generator.random())
    found["dx"] = layer.backward(rng.normal(size=(3, 4)))
    layer = impl.Dropout(0.3, rng.generator())
    layer.forward(rng.normal(size=(3, 4)))
    layer.training = False
    found["y, after training"] = layer.forward(rng.normal(size=(3, 4)))
    found["dx, after training"] = layer.backward(rng.normal(size=(3, 4)))
    return found


@task.check("backward goes through the same mask as its own last forward", weight=2.5, atol=0.16)
def way_back(impl, rng):
    layer = impl.Dropout(0.3, rng.generator())
    before, x, dout = (far_from_zero(rng, 60, 50) for _ in range(3))
    first, second = factors(before, layer.forward(before)), factors(x, layer.forward(x))
    found = {"after another forward": compared(factors(dout, layer.backward(dout)), second, first)}

    layer, other = (impl.Dropout(0.3, rng.generator()) for _ in range(2))
    first, second = factors(x, layer.forward(x)), factors(before, other.forward(before))
    other.backward(dout)
    layer.backward(dout)
    found["first of two, twice"] = compared(factors(dout, layer.backward(dout)), first, second)

    fewer = far_from_zero(rng, 40, 50)
    third = factors(fewer, layer.forward(fewer))
    back = factors(dout[:40], layer.backward(dout[:40]))
    found["after a larger batch"] = compared(back, third, first[:40])

    layer.training = False
    layer.forward(before)
    layer.training = True
    first, last = third, factors(x, layer.forward(x))
    back = factors(dout, layer.backward(dout))
    found["after test mode"] = compared(back[:40], last[:40], first)
    return found


@task.check("where x is 0, as behind a ReLU, its gradient comes back all the same", atol=0.1)
def zeros_in_x(impl, rng):
    layer = impl.Dropout(0.3, rng.generator())
    x, dout = far_from_zero(rng, 60, 50), far_from_zero(rng, 60, 50)
    layer.forward(np.maximum(x, 0))
    back = factors(dout, layer.backward(dout))[x < 0]
    return {"share": float((back != 0).mean()), "largest": float(np.nan_to_num(back, nan=-1).max())}


@task.check("all that is random comes from rng", weight=0.5)
def dropout_from_rng(impl, rng):
    x = far_from_zero(rng, 20, 30)
    return seeding(impl, lambda source: impl.Dropout(0.4, source).forward(x), rng)


@task.check("an array of any shape keeps its shape, and float32 stays float32", weight=0.5)
def any_shape(impl, rng):
    return of_32_bits(impl.Dropout(0.4, rng.generator()), rng, (2, 3, 1, 4), (2, 3, 1, 4))


@task.check("x and dout are left as they were, and with p_drop = 0 nothing is dropped", weight=0.5)
def inputs_stay(impl, rng):
    layer = impl.Dropout(0.4, rng.generator())
    x, dout = keep(impl, rng.normal(size=(6, 4))), keep(impl, rng.normal(size=(6, 4)))
    shapes = [np.shape(layer.forward(x)), np.shape(layer.backward(dout))]
    whole = impl.Dropout(0, rng.generator())
    none = {"y": whole.forward(rng.normal(size=(3, 2))), "dx": whole.backward(np.ones((3, 2)))}
    return {"x": fetch(x), "dout": fetch(dout), "shapes": shapes, "p_drop 0": none}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import ACTIVATION_PARTS, Parts, add_layer_mistakes, add_memory_mistakes
from solutions.regularization import Dropout

from .mistakes import (
    DRAWS_ANEW,
    DRAWS_ONCE,
    MASK_IN_FLOAT64,
    OWN_GENERATOR,
    first_draws,
    kept_draws,
    mask_of,
)

parts = Parts(task, [Dropout], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, Dropout, ["_mask"])


def drawn(layer, x):
    """Return what is right in training."""
    return mask_of(layer, x) / (1 - layer.p_drop)


def passes(layer, x):
    """Return what is right in test mode."""
    return np.ones_like(x)


def add(name, hint, training=drawn, use=passes):
    """Add a wrong Dropout, with other factors: training(layer, x) and use(layer, x)."""

    class Wrong(Dropout):
        def forward(self, x):
            factor = (training if self.training else use)(self, x)
            self._mask = np.asarray(factor).astype(x.dtype)
            return x * self._mask

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add(
    "not_rescaled",
    "In training the sums behind this layer are smaller than in test mode, as units are missing. "
    "What is kept has to make up for it.",
    mask_of,
)
add(
    "scaled_at_test",
    "This is dropout as first published: it scales in test mode. Here the training does it, so "
    "that nothing is left to do in test mode.",
    mask_of,
    lambda self, x: 1 - self.p_drop,
)
add(
    "scaled_in_both",
    "You scale in training, and in test mode once more. In test mode all passes as it is.",
    use=lambda self, x: 1 - self.p_drop,
)
add(
    "share_kept_in_use",
    "In test mode you multiply by p_drop. There all passes as it is.",
    use=lambda self, x: self.p_drop,
)
add(
    "scaled_up_in_use",
    "In test mode you divide by 1 − p_drop, where nothing has been dropped. There all passes as it "
    "is.",
    use=lambda self, x: 1 / (1 - self.p_drop),
)
add(
    "divided_by_p",
    "You divide by p_drop. What is missing in a sum is a share of p_drop, so what is left of it?",
    lambda self, x: mask_of(self, x) / (self.p_drop or 1),
)
add(
    "multiplied_by_what_is_kept",
    "You multiply what is kept by 1 − p_drop, which makes it smaller still. It has to make up for "
    "what is missing.",
    lambda self, x: mask_of(self, x) * (1 - self.p_drop),
)
add(
    "multiplied_by_p",
    "You multiply what is kept by p_drop.",
    lambda self, x: mask_of(self, x) * self.p_drop,
)
add(
    "enlarged_by_p",
    "You multiply what is kept by 1 + p_drop. Count it for p_drop = 0.5: if half of a sum is "
    "missing, by which factor must the rest grow?",
    lambda self, x: mask_of(self, x) * (1 + self.p_drop),
)
add(
    "keep_probability",
    "You take p_drop for the probability of being kept, as the paper does. Here it is that of "
    "being dropped.",
    lambda self, x: (
        (self.rng.random(x.shape) < self.p_drop) / self.p_drop if self.p_drop else passes(self, x)
    ),
)
add(
    "comparison_turned_round",
    "You drop a share of 1 − p_drop: your comparison is turned round.",
    lambda self, x: (self.rng.random(x.shape) < self.p_drop) / (1 - self.p_drop),
)
add(
    "normal_draws",
    "You compare normal random numbers with p_drop. A share of p_drop lies below p_drop if they "
    "are spread evenly between 0 and 1.",
    lambda self, x: (self.rng.standard_normal(x.shape) >= self.p_drop) / (1 - self.p_drop),
)
add(
    "always_half",
    "You drop one half, whatever p_drop is.",
    lambda self, x: (self.rng.random(x.shape) >= 0.5) / 0.5,
)
add(
    "half_by_coin",
    "You drop one half, whatever p_drop is.",
    lambda self, x: self.rng.integers(0, 2, size=x.shape) / (1 - self.p_drop),
)
add(
    "uniform_factors",
    "You multiply by the random numbers themselves. They decide only who is dropped: the factor is "
    "0, or one for all that are kept.",
    lambda self, x: self.rng.random(x.shape),
)
add(
    "gaussian_noise",
    "You multiply by normal numbers around 1. That is another noise: here elements are dropped, "
    "all or nothing.",
    lambda self, x: 1 + np.sqrt(self.p_drop / (1 - self.p_drop)) * self.rng.normal(size=x.shape),
)
add(
    "one_mask_for_each_unit",
    "You draw one mask, and all samples of the batch share it. Each sample has its own.",
    lambda self, x: (self.rng.random(x.shape[1:]) >= self.p_drop) / (1 - self.p_drop) + 0 * x,
)
add(
    "one_draw_for_each_sample",
    "You drop whole samples. Each element is dropped by itself.",
    lambda self, x: (
        (self.rng.random((len(x), *[1] * (x.ndim - 1))) >= self.p_drop) / (1 - self.p_drop) + 0 * x
    ),
)
add(
    "one_draw_for_all",
    "You draw one number for the whole batch, which is dropped or kept as a whole.",
    lambda self, x: (self.rng.random() >= self.p_drop) / (1 - self.p_drop) + 0 * x,
)
add(
    "drops_in_use",
    "In test mode your layer still drops. There all passes as it is.",
    use=drawn,
)
add("modes_swapped", "Training and test mode are exchanged.", passes, drawn)


def drawn_for_nothing(layer, x):
    """Draw a mask, and do not use it."""
    mask_of(layer, x)
    return passes(layer, x)


add(
    "draws_in_use",
    "In test mode your layer draws a mask, though it does not use it. That moves the generator: "
    "with the same seed, the training then goes another way if somebody has looked at the test "
    "set.",
    use=drawn_for_nothing,
)
add(
    "own_generator",
    OWN_GENERATOR,
    lambda self, x: (np.random.default_rng(0).random(x.shape) >= self.p_drop) / (1 - self.p_drop),
)
add("draws_once", DRAWS_ONCE, kept_draws(drawn))
add("draws_once_whatever_the_size", DRAWS_ONCE, first_draws(drawn))


@task.misconception(
    "In test mode your backward still goes through the mask of the last training. It belongs to "
    "the last forward, in which nothing was dropped."
)
class old_mask_in_use(Dropout):
    def forward(self, x):
        if self.training:
            return super().forward(x)
        self._mask = getattr(self, "_mask", None)
        return x


@task.misconception(MASK_IN_FLOAT64)
class mask_in_float64(Dropout):
    def forward(self, x):
        y = super().forward(x)
        if self._mask is not None:
            self._mask = self._mask.astype(float)
            y = x * self._mask
        return y


@task.misconception(DRAWS_ANEW)
class draws_on_the_way_back(Dropout):
    def backward(self, dout):
        return dout * drawn(self, dout).astype(dout.dtype) if self.training else dout


@task.misconception(DRAWS_ANEW)
class draws_always_on_the_way_back(Dropout):
    def backward(self, dout):
        return dout * drawn(self, dout).astype(dout.dtype)


def add_back(name, hint, factor):
    """Add a wrong way back in training: factor(layer, mask, dout)."""

    class Wrong(Dropout):
        def backward(self, dout):
            if self._mask is None:
                return dout
            return dout * np.asarray(factor(self, self._mask, dout)).astype(dout.dtype)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


add_back(
    "mask_without_scale",
    "backward goes through the mask alone. What forward multiplied by a factor has that factor as "
    "its slope.",
    lambda self, mask, dout: mask != 0,
)
add_back(
    "scale_without_mask",
    "backward multiplies everything by the factor. What was dropped has no effect on the loss, and "
    "so no gradient.",
    lambda self, mask, dout: 1 / (1 - self.p_drop),
)
add_back(
    "scaled_twice_on_the_way_back",
    "backward divides by 1 − p_drop once more: your mask holds that factor already.",
    lambda self, mask, dout: mask / (1 - self.p_drop),
)
add_back(
    "scaled_down_on_the_way_back",
    "backward multiplies by 1 − p_drop, and takes the factor of forward back. What forward "
    "multiplied by a factor has that factor as its slope.",
    lambda self, mask, dout: mask * (1 - self.p_drop) ** 2,
)
add_back(
    "divided_by_p_on_the_way_back",
    "backward divides by p_drop.",
    lambda self, mask, dout: (mask != 0) / (self.p_drop or 1),
)
add_back(
    "what_was_dropped",
    "Your backward lets through what was dropped, and stops what was kept.",
    lambda self, mask, dout: (mask == 0) / (1 - self.p_drop),
)
add_back(
    "mask_from_upstream",
    "What decides in your backward is the sign of dout. It is the mask that forward drew.",
    lambda self, mask, dout: (dout > 0) / (1 - self.p_drop),
)


@task.misconception(
    "Your backward takes all for dropped that is 0 in the output. Behind a ReLU many numbers are 0 "
    "already, and kept: keep the mask itself."
)
class mask_from_output(Dropout):
    def forward(self, x):
        y = super().forward(x)
        if self._mask is not None:
            self._mask = ((y != 0) / (1 - self.p_drop)).astype(x.dtype)
        return y


@task.misconception(
    "forward writes into the array that it was given. It belongs to the caller: return a new one."
)
class changes_its_input(Dropout):
    def forward(self, x):
        x[...] = super().forward(x.copy())
        return x


@task.misconception(
    "backward writes into the dout that it was given. Another branch of the graph may still need "
    "that array: return a new one."
)
class changes_upstream(Dropout):
    def backward(self, dout):
        dout[...] = super().backward(dout.copy())
        return dout
