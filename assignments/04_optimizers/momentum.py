"""Momentum: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_optimizer_checks

task = Task("momentum", "Momentum", points=5, needs=["Momentum"], minutes=15)

add_optimizer_checks(task, "Momentum", momentum=0.7)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Momentum

from .mistakes import (
    CLIMBS,
    FORGOTTEN,
    NINE_TENTHS,
    NO_RATE,
    PYTORCH,
    WEIGHED,
    add_faults,
    add_mistakes_of_place,
    times_rate,
)


def rule(
    self,
    name,
    param,
    grad,
    *,
    sign=1,
    form="",
    rate="once",
    kept=True,
    old=False,
    weight="",
    ahead=False,
    fixed=False,
):
    alpha, eta, memory = 0.9 if fixed else self.momentum, self.learning_rate, self.v[name]
    before, share = memory.copy(), (1 - alpha if form == "average" else 1)
    keeps = 1 - alpha if weight == "swapped" else alpha
    inside, outside = {"once": (eta, 1), "never": (1, 1), "twice": (eta, eta)}[rate]
    if form:
        inside, outside = 1, inside
    if weight == "on all":
        share = share * alpha
    v = keeps * before - sign * share * inside * grad
    if kept:
        memory[...] = v
    step = before if old else v
    if ahead:
        step = alpha * v - sign * share * inside * grad
    param += outside * step


add_faults(
    task,
    Momentum,
    rule,
    {
        "uphill": (CLIMBS, {"sign": -1}),
        "pytorch_form": (PYTORCH, {"form": "pytorch"}),
        "average": (WEIGHED, {"form": "average"}),
        "no_rate": (NO_RATE, {"rate": "never"}),
        "rate_twice": (
            "The learning rate comes in twice. It is part of the velocity already, so the "
            "parameter moves by the velocity as it is.",
            {"rate": "twice"},
        ),
        "forgotten": (FORGOTTEN, {"kept": False}),
        "moved_before": (
            "The parameter moves by the velocity of the step before. First comes the new velocity, "
            "then the move.",
            {"old": True},
        ),
        "momentum_on_all": (
            "Your α scales the gradient as well. It says how much is kept of the old velocity, and "
            "of that alone.",
            {"weight": "on all"},
        ),
        "swapped": (
            "You keep 1 − α of the old velocity in the place of α.",
            {"weight": "swapped"},
        ),
        "nesterov": (
            "This is Nesterov's form: it adds α v − η g. Momentum moves by the new velocity "
            "itself.",
            {"ahead": True},
        ),
        "nine_tenths": (NINE_TENTHS, {"fixed": True}),
    },
    alike={
        "pytorch_form.rate_twice",
        "pytorch_form.no_rate",
        "average.rate_twice",
        "pytorch_form.forgotten",
        "forgotten.swapped",
        "forgotten.nine_tenths",
        "forgotten.moved_before",
        "moved_before.nesterov",
    },
)


@task.misconception(
    "Your velocity is an exponential average, α v + (1 − α)(−η g), with the rate inside. Its "
    "steps are 1 − α times as long. Here the new gradient counts in full."
)
class average_of_steps(Momentum):
    def update(self, name, param, grad):
        super().update(name, param, (1 - self.momentum) * grad)


add_mistakes_of_place(task, Momentum, times_rate)
