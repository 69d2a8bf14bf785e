"""Gradient descent as an optimizer: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_optimizer_checks

task = Task("sgd", "Gradient descent", points=3, needs=["SGD"], minutes=10)

add_optimizer_checks(task, "SGD")


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import SGD

from .mistakes import CLIMBS, NO_RATE, add_faults, add_mistakes_of_place, times_rate


def rule(self, name, param, grad, *, sign=-1, rated=True, kept=True, rows=False):
    step = grad * (self.learning_rate if rated else 1)
    if not kept:
        param *= 0
    param += sign * step / (len(grad) if rows else 1)


add_faults(
    task,
    SGD,
    rule,
    {
        "uphill": (CLIMBS, {"sign": 1}),
        "no_rate": (NO_RATE, {"rated": False}),
        "step_alone": (
            "You put the step in the place of the parameter: it is to be moved by the step.",
            {"kept": False},
        ),
        "divided_by_rows": (
            "You divide by the length of the gradient. That the loss is a mean over the batch has "
            "been taken care of in the gradient, and its rows are no samples.",
            {"rows": True},
        ),
    },
)
add_mistakes_of_place(task, SGD, times_rate)
