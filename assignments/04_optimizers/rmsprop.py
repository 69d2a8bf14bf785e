"""RMSProp: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_faint_check, add_optimizer_checks

task = Task("rmsprop", "RMSProp", points=4, needs=["RMSProp"], minutes=10)

add_optimizer_checks(task, "RMSProp", decay=0.8, eps=1e-3)
add_faint_check(task, "RMSProp", decay=0.8)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import RMSProp

from .mistakes import (
    NOT_SQUARED,
    SCALING,
    SIGN_ONLY,
    add_eps_alone,
    add_eps_of_its_own,
    add_faults,
    add_mistakes_of_place,
    scaled_step,
    squared,
)


def rule(
    self,
    name,
    param,
    grad,
    *,
    sign=1,
    rated=True,
    kept=True,
    place="",
    root=True,
    old=False,
    weights="",
    squares=True,
    corrected=False,
    numerator="gradient",
    fixed=False,
):
    before, rho = self.h[name].copy(), 0.9 if fixed else self.decay
    rate = self.learning_rate if rated else 1
    first, second = {
        "": (rho, 1 - rho),
        "swapped": (1 - rho, rho),
        "new in full": (rho, 1),
        "sum": (1, 1),
        "old in full": (1, 1 - rho),
        "rho on both": (rho, rho),
    }[weights]
    h = first * before + second * (grad**2 if squares else abs(grad))
    if kept:
        self.h[name][...] = h
    divisor = before if old else h
    if corrected:
        divisor = divisor / (1 - rho**self.steps)
    over = grad if numerator == "gradient" else h
    scaled_step(param, sign * over, rate, divisor, self.eps, place=place, root=root)


add_faults(
    task,
    RMSProp,
    rule,
    {
        **SCALING,
        "swapped": (
            "Your weights are the wrong way round: ρ says how much of the past is kept, and 1 − ρ "
            "how much of the new square comes in. (At ρ = 0.5 nobody would notice.)",
            {"weights": "swapped"},
        ),
        "new_in_full": (
            "The new square comes in with its full weight. With 1 − ρ, what is remembered is a "
            "mean, not a sum.",
            {"weights": "new in full"},
        ),
        "adagrad": (
            "This is AdaGrad: the squares add up, and nothing is ever forgotten.",
            {"weights": "sum"},
        ),
        "old_in_full": (
            "The past keeps its full weight, so the memory only ever grows: it is to keep ρ of it.",
            {"weights": "old in full"},
        ),
        "rho_on_both": (
            "Your ρ scales the old memory and the new square. The two weights of a mean add up to "
            "1.",
            {"weights": "rho on both"},
        ),
        "not_squared": (NOT_SQUARED, {"squares": False}),
        "corrected": (
            "You divide what is remembered by 1 − ρᵗ. That is Adam's correction of the start from "
            "0; RMSProp has none, and its first steps are long.",
            {"corrected": True},
        ),
        "memory_as_numerator": (SIGN_ONLY, {"numerator": "memory"}),
        "nine_tenths": (
            "Your ρ is 0.9 whatever was asked for: the optimizer keeps it as `self.decay`.",
            {"fixed": True},
        ),
    },
    alike={
        "eps_inside.no_root",
        "eps_beside.old_memory",
        "forgotten.old_memory",
        "forgotten.swapped",
        "forgotten.new_in_full",
        "forgotten.adagrad",
        "forgotten.old_in_full",
        "forgotten.rho_on_both",
        "adagrad.nine_tenths",
    },
)


@task.misconception(
    "You divide by the size of this one gradient: nothing of the past is left, and every step is "
    "as long as the learning rate."
)
class this_gradient_alone(RMSProp):
    def update(self, name, param, grad):
        param -= self.learning_rate * grad / (abs(grad) + self.eps)


add_eps_alone(task, RMSProp)
add_eps_of_its_own(task, RMSProp)
add_mistakes_of_place(task, RMSProp, squared)
