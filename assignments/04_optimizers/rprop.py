"""Rprop: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import add_optimizer_checks, arrays

task = Task("rprop", "Rprop", points=6, needs=["Rprop"], minutes=20)

SIGNS = np.array([1, 1, -1, 0, 1, 1, -1, -1, -1])
"""The signs of a weight's gradients: it goes on, turns, stands still, goes on and turns again."""


def signed_gradients(rng, signs=SIGNS):
    """Draw gradients of many sizes with these signs, for half of the numbers turned round."""
    turned = {name: np.sign(array) for name, array in arrays(rng).items()}
    sizes = [{name: np.exp(array) for name, array in arrays(rng, size=2.0).items()} for _ in signs]
    return [
        {name: sign * turned[name] * size[name] for name in turned}
        for sign, size in zip(signs, sizes, strict=True)
    ]


add_optimizer_checks(task, "Rprop", shrink=0.4, grow=1.3)


@task.check(
    "after each of nine steps, with gradients that keep their sign, turn, and are 0", weight=3
)
def turns(impl, rng):
    params = keep(impl, arrays(rng))
    optimizer, path = impl.Rprop(params, 0.1, shrink=0.4, grow=1.3), []
    for grads in signed_gradients(rng):
        optimizer.step(grads)
        path.append(fetch(params))
    return path


@task.check("a weight's step stays within its limits, largest and smallest", weight=2)
def limits(impl, rng):
    settings = {"shrink": 0.4, "grow": 1.3, "smallest": 0.03, "largest": 0.5}
    found = {}
    for limit, signs, first in (
        ("largest", [1, 1, 1, 1, -1, -1, -1], 0.3),
        ("smallest", [1, -1, 1, -1, 1, 1, 1], 0.15),
    ):
        params = keep(impl, arrays(rng))
        optimizer, path = impl.Rprop(params, first, **settings), []
        for grads in signed_gradients(rng, signs):
            optimizer.step(grads)
            path.append(fetch(params))
        found[limit] = path
    return found


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Rprop

from .mistakes import CLIMBS, add_faults, add_mistakes_of_place


def rule(
    self,
    name,
    param,
    grad,
    *,
    direction=1,
    turn="rest",
    limited="both",
    exchanged=False,
    moves="sign",
    rated=False,
    zero="waits",
    kept="both",
    old=False,
    compared="signs",
    growing=True,
    shrinking=True,
    fixed=False,
):
    sign, size, before = np.sign(grad), self.sizes[name].copy(), self.signs[name].copy()
    agreement = sign * before
    grow, shrink = (self.grow, self.shrink) if not exchanged else (self.shrink, self.grow)
    if fixed:
        grow, shrink = 1.2, 0.5
    has_turned = agreement <= 0 if zero == "turns" else agreement < 0
    goes_on = agreement >= 0 if zero == "goes on" else agreement > 0
    changed = size.copy()
    if growing:
        changed[goes_on] *= grow
    if shrinking:
        changed[has_turned & ~goes_on] *= shrink
    low = self.smallest if limited in ("both", "below") else 0
    high = self.largest if limited in ("both", "above") else np.inf
    changed = changed.clip(low, high)
    rests = agreement < 0
    step_sign = sign.copy()
    if turn in ("rest", "rest, sign kept"):
        step_sign[rests] = 0
    stored = step_sign if turn == "rest" else sign
    factor = {"sign": step_sign, "gradient": step_sign * abs(grad)}[moves]
    move = -direction * factor * (size if old else changed)
    if turn == "back":
        last = getattr(self, "last", {}).get(name, np.zeros_like(param))
        move = np.where(rests, -last, move)
        stored = np.where(rests, 0, sign)
        self.last = {**getattr(self, "last", {}), name: np.where(rests, 0, move)}
    param += move * (self.learning_rate if rated else 1)
    if kept in ("both", "sizes"):
        self.sizes[name][...] = changed
    if kept in ("both", "signs"):
        self.signs[name][...] = stored


add_faults(
    task,
    Rprop,
    rule,
    {
        "uphill": (CLIMBS, {"direction": -1}),
        "no_rest": (
            "A weight whose gradient has turned moves on at once, back by the shorter step. Here "
            "it rests once.",
            {"turn": "none"},
        ),
        "sign_kept": (
            "A weight rests after a turn, and the sign of that step is remembered all the same. So "
            "the step after it grows or shrinks. It is to remember 0, and go on with the size that "
            "it has.",
            {"turn": "rest, sign kept"},
        ),
        "goes_back": (
            "After a turn you take the last step back. That is Rprop+, the older variant; here the "
            "weight rests where it is.",
            {"turn": "back"},
        ),
        "no_limits": (
            "Your sizes have no limits: they are to stay between smallest and largest.",
            {"limited": "none"},
        ),
        "no_largest": ("Your sizes can grow beyond the largest.", {"limited": "below"}),
        "no_smallest": ("Your sizes can shrink below the smallest.", {"limited": "above"}),
        "exchanged": (
            "You shrink the step where the sign stays, and let it grow where it turns: it is the "
            "other way round.",
            {"exchanged": True},
        ),
        "gradient_sized": (
            "Your step is multiplied by the size of the gradient. Rprop looks at its sign alone.",
            {"moves": "gradient"},
        ),
        "times_rate": (
            "Your step is multiplied by the learning rate. In Rprop that is only where each size "
            "begins; after that, the sizes are the steps.",
            {"rated": True},
        ),
        "zero_turns": (
            "A product of 0 counts as a turn with you, and the size shrinks. Where one of the two "
            "signs is 0, as in the first step, the size stays as it is.",
            {"zero": "turns"},
        ),
        "zero_goes_on": (
            "A product of 0 counts as a sign that stays with you. Where one of the two signs is 0, "
            "as in the first step and after a rest, the size stays as it is.",
            {"zero": "goes on"},
        ),
        "sizes_forgotten": (
            "Your sizes begin anew in every step. If `size = ...` stands in your code, it makes a "
            "new array, and what is kept stays as it was.",
            {"kept": "signs"},
        ),
        "signs_forgotten": (
            "No sign is remembered, so no weight ever notices that its gradient has kept its sign, "
            "or turned.",
            {"kept": "sizes"},
        ),
        "old_size": (
            "Your step has the size from before. First the size changes, then the weight moves.",
            {"old": True},
        ),
        "never_grows": ("Your sizes never grow.", {"growing": False}),
        "never_shrinks": ("Your sizes never shrink.", {"shrinking": False}),
        "defaults": (
            "Your factors are 1.2 and 0.5 whatever was asked for: the optimizer keeps them as "
            "`self.grow` and `self.shrink`.",
            {"fixed": True},
        ),
    },
    alike={"no_limits.zero_goes_on"},
    pairs=(
        "uphill",
        "no_rest",
        "sign_kept",
        "goes_back",
        "no_limits",
        "gradient_sized",
        "times_rate",
        "zero_turns",
        "zero_goes_on",
        "old_size",
    ),
)


def silenced(optimizer, name, grad):
    """Set a gradient to 0 where the weight rests, as some do for the weight to rest."""
    grad[optimizer.signs[name] == 0] = 0


add_mistakes_of_place(
    task,
    Rprop,
    silenced,
    "The parameters stay where they were. Does a product of 0 count as a turn with you? Then every "
    "weight rests from the first step on, for ever. Or does `param = ...` or `self.params[name] = "
    "...` stand in your code? Either gives a name to a new array, and the network keeps the old "
    "one.",
)
