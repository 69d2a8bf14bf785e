"""Nesterov's momentum: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep

from .inputs import RATES, add_optimizer_checks, arrays

task = Task("nesterov", "Nesterov's momentum", points=5, needs=["Nesterov"], minutes=15)

add_optimizer_checks(task, "Nesterov", momentum=0.7)


@task.check("three steps down W² + 3 b, summed: each gradient is that of where the parameters are")
def downhill(impl, rng):
    params, path = keep(impl, arrays(rng)), []
    optimizer = impl.Nesterov(params, RATES[0], momentum=0.7)
    for rate in RATES:
        now = fetch(params)
        optimizer.learning_rate = rate
        optimizer.step({"W": 2 * now["W"], "b": 0 * now["b"] + 3})
        path.append(fetch(params))
    return path


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Nesterov

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
    rated=True,
    kept=True,
    step="",
    fixed=False,
):
    alpha, eta, memory = 0.9 if fixed else self.momentum, self.learning_rate, self.v[name]
    share = 1 - alpha if form == "average" else 1
    inside, outside = eta if rated else 1, 1
    if form:
        inside, outside = 1, inside
    before, g = memory.copy(), sign * share * inside * grad
    v = alpha * before - g
    if kept:
        memory[...] = v
    steps = {
        "": lambda: alpha * v - g,
        "plain": lambda: v,
        "velocity alone": lambda: alpha * v,
        "squared": lambda: alpha**2 * v - g,
        "book, new": lambda: alpha**2 * v - (1 + alpha) * g,
        "whole velocity": lambda: v - g,
        "both": lambda: (1 + alpha) * v,
        "sign": lambda: alpha * before + (1 + alpha) * v,
    }
    param += outside * steps[step]()


add_faults(
    task,
    Nesterov,
    rule,
    {
        "uphill": (CLIMBS, {"sign": -1}),
        "pytorch_form": (PYTORCH, {"form": "pytorch"}),
        "average": (WEIGHED, {"form": "average"}),
        "no_rate": (NO_RATE, {"rated": False}),
        "forgotten": (FORGOTTEN, {"kept": False}),
        "nine_tenths": (NINE_TENTHS, {"fixed": True}),
        "plain_momentum": (
            "This is momentum as in the task before. Where α v − η g is asked for, v is the new "
            "velocity: with the old one, α v − η g is the new velocity and nothing else.",
            {"step": "plain"},
        ),
        "velocity_alone": (
            "You move by α v alone. The gradient comes in twice: once within the new velocity, and "
            "once more beside it.",
            {"step": "velocity alone"},
        ),
        "squared": (
            "Your α is squared where the parameter moves: the new velocity is to be scaled once.",
            {"step": "squared"},
        ),
        "new_for_old": (
            "α² v − (1 + α) η g is right with the old velocity. You take the new one, in which the "
            "gradient is already.",
            {"step": "book, new"},
        ),
        "whole_velocity": (
            "The new velocity is not scaled by α where the parameter moves: it overshoots.",
            {"step": "whole velocity"},
        ),
        "both": (
            "You move by v and by α v. With the two of them, α times the old velocity has to come "
            "off again.",
            {"step": "both"},
        ),
        "sign_of_the_old": (
            "The term with the old velocity has the wrong sign.",
            {"step": "sign"},
        ),
    },
    alike={
        "pytorch_form.no_rate",
        "pytorch_form.forgotten",
        "forgotten.plain_momentum",
        "forgotten.both",
        "forgotten.sign_of_the_old",
    },
)


@task.misconception(
    "What comes out is plain gradient descent: the velocity is 0 in every step. What is kept for "
    "the next step has to take the gradient in."
)
class gradient_descent(Nesterov):
    def update(self, name, param, grad):
        param -= self.learning_rate * grad


@task.misconception(
    "Your velocity takes only 1 − α of each step, as an exponential average does. Here the new "
    "gradient counts in full."
)
class average_of_steps(Nesterov):
    def update(self, name, param, grad):
        super().update(name, param, (1 - self.momentum) * grad)


add_mistakes_of_place(task, Nesterov, times_rate)
