"""AdaGrad: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_faint_check, add_optimizer_checks

task = Task("adagrad", "AdaGrad", points=4, needs=["AdaGrad"], minutes=10)

add_optimizer_checks(task, "AdaGrad", eps=1e-3)
add_faint_check(task, "AdaGrad")


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import AdaGrad

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
    memory="squares",
    numerator="gradient",
):
    before, rate = self.h[name].copy(), self.learning_rate if rated else 1
    news = {
        "squares": lambda: grad**2,
        "sizes": lambda: abs(grad),
        "steps": lambda: (self.learning_rate * grad) ** 2,
        "eps": lambda: grad**2 + self.eps,
        "mean": lambda: (grad**2 - before) / self.steps,
        "tenth": lambda: 0.1 * (grad**2 - before),
    }
    h = before + news[memory]()
    if kept:
        self.h[name][...] = h
    over = grad if numerator == "gradient" else h
    scaled_step(param, sign * over, rate, before if old else h, self.eps, place=place, root=root)


add_faults(
    task,
    AdaGrad,
    rule,
    {
        **SCALING,
        "not_squared": (NOT_SQUARED, {"memory": "sizes"}),
        "squares_of_steps": (
            "You remember the squares of steps, with the learning rate in them. What is asked for "
            "are those of the gradients.",
            {"memory": "steps"},
        ),
        "eps_remembered": (
            "Your ε is added to what is remembered, so that it piles up step by step.",
            {"memory": "eps"},
        ),
        "mean_of_squares": (
            "You remember the mean of all squares. AdaGrad adds them up, so that its steps shrink "
            "for ever.",
            {"memory": "mean"},
        ),
        "forgets": (
            "Your memory fades: this is RMSProp, with 0.9 and 0.1. AdaGrad adds the squares up.",
            {"memory": "tenth"},
        ),
        "memory_as_numerator": (SIGN_ONLY, {"numerator": "memory"}),
    },
    alike={"eps_inside.no_root", "eps_beside.old_memory", "forgotten.old_memory"},
)
add_eps_alone(task, AdaGrad)
add_eps_of_its_own(task, AdaGrad)
add_mistakes_of_place(task, AdaGrad, squared)
