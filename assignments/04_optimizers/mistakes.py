"""What known mistakes of several tasks share."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from handgrad import Task

CLIMBS = "You go uphill: a gradient points to where the loss grows."
NOTHING_MOVES = (
    "The parameters stay where they were. Does `param = ...` or `self.params[name] = ...` stand in "
    "your code? Either gives a name to a new array, and the network keeps the old one: change the "
    "array itself, as `+=`, `-=` and `param[...] = ...` do."
)
GRADIENTS_CHANGED = (
    "Your step changes the gradients that it was given. They belong to the caller, who may still "
    "need them: compute with new arrays."
)
NO_RATE = "The learning rate is missing from your step."
FORGOTTEN = (
    "Every step begins again from a velocity of 0. If `v = ...` stands in your code, it makes a "
    "new array, and what is kept for the next step stays as it was: change the array that is kept, "
    "or put the new one into its place."
)
PYTORCH = (
    "Your velocity leaves the learning rate out, and the step multiplies by it: this is PyTorch's "
    "form. The two agree only while the rate stays the same. Here the rate is part of the "
    "velocity, so that a new rate does not change the speed gained before."
)
WEIGHED = (
    "Your velocity is an exponential average of the gradients, with the weights α and 1 − α, and "
    "the step multiplies it by the rate. Some books call this momentum, too; its steps are 1 − α "
    "times as long. Here the new gradient counts in full, with the rate."
)
NINE_TENTHS = "Your α is 0.9 whatever was asked for: the optimizer keeps it as `self.momentum`."


def wrong_rule(right, name, rule, knobs):
    """Return an optimizer that takes its steps by a rule, with these knobs turned."""

    def update(self, name, param, grad):
        rule(self, name, param, grad, **knobs)

    return type(name, (right,), {"update": update})


def add_faults(task: Task, right, rule, faults, alike=(), pairs=None, heir=None):
    """Add each fault of a rule as a known mistake, and each two that can be made together.

    Parameters
    ----------
    task : Task
        What gets the mistakes.
    right : class
        The reference's optimizer.
    rule : function
        ``rule(self, name, param, grad, **knobs)``: an update that is right with no knob turned.
    faults : mapping
        By name, the hint and the knobs that are turned.
    alike : collection of str
        Names of pairs, such as "uphill.no_rate", that give what another mistake gives.
    pairs : sequence of str, optional
        The faults that are made in pairs, if not all are.
    heir : function, optional
        Returns what derives from the wrong class, by name: that is wrong, too.
    """
    singles = [(name,) for name in faults]
    for names in [*singles, *combinations(pairs or faults, 2)]:
        full = ".".join(names)
        turned = [faults[name][1] for name in names]
        knobs = {knob: value for each in turned for knob, value in each.items()}
        if full in alike or len(knobs) < sum(map(len, turned)):
            continue
        hint = " ".join(faults[name][0] for name in names)
        add_wrong(task, right, hint, wrong_rule(right, full, rule, knobs), heir)


def add_wrong(task: Task, right, hint, wrong, heir=None):
    """Add a wrong optimizer as a known mistake, with what derives from it."""
    task.misconception(hint, replaces=right.__name__)(wrong)
    if heir is not None:
        last = task.misconceptions[-1]
        task.misconceptions[-1] = replace(last, wrong={**last.wrong, **heir(wrong)})


def add_mistakes_of_place(task: Task, right, spoil, hint=NOTHING_MOVES, heir=None):
    """Add mistakes about whose arrays change; ``spoil`` changes the gradient, after the step."""

    def nothing_moves(self, name, param, grad):
        right.update(self, name, param.copy(), grad)

    def gradients_changed(self, name, param, grad):
        right.update(self, name, param, grad.copy())
        spoil(self, name, grad)

    of = "" if right.__name__ == task.needs[0] else f"{right.__name__.lower()}_"
    for said, update in ((hint, nothing_moves), (GRADIENTS_CHANGED, gradients_changed)):
        wrong = type(f"{of}{update.__name__}", (right,), {"update": update})
        add_wrong(task, right, said, wrong, heir)


def times_rate(optimizer, name, grad):
    """Multiply a gradient by the rate, in place."""
    grad *= optimizer.learning_rate


def squared(optimizer, name, grad):
    """Square a gradient in place."""
    grad *= grad


# Rules that divide by the size of gradients -------------------------------------------------------

EPS_INSIDE = (
    "Your ε stands under the root. Where gradients are tiny it is much more there: √1e-8 is 1e-4. "
    "Some libraries do so; here ε is added to the root."
)
NO_EPS = (
    "Your denominator has no ε, as it seems. A parameter whose gradients are all 0 is divided 0 "
    "by 0 then, which gives NaN."
)
EPS_BESIDE = (
    "Your ε is not part of the denominator: it is added to the quotient. A division comes before a "
    "sum, unless there are parentheses."
)
NO_ROOT = (
    "The root is missing: you divide by what is remembered of the squares. Then a larger gradient "
    "makes a smaller step, and the units do not cancel."
)
NOT_SQUARED = "You remember the gradients themselves, where their squares are asked for."
MEMORY_LOST = (
    "Every step begins again from a memory of 0. If `h = ...` stands in your code, it makes a new "
    "array, and what is kept for the next step stays as it was: change the array that is kept, or "
    "put the new one into its place."
)
OLD_MEMORY = (
    "Your step is divided by what was remembered before it. First the memory takes the gradient "
    "in, then comes the step."
)
SIGN_ONLY = (
    "Your memory takes the place of the gradient as well: the step no longer knows its sign. The "
    "numerator is the gradient."
)


def scaled_step(param, grad, rate, h, eps, *, place="", root=True):
    """Change a parameter by −η g / (√h + ε), with ε elsewhere, or without the root."""
    power = 0.5 if root else 1.0
    divisors = {
        "": lambda: grad / (h**power + eps),
        "inside": lambda: grad / (h + eps) ** power,
        "none": lambda: grad / h**power,
        "beside": lambda: grad / h**power + eps,
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        param -= rate * divisors[place]()


SCALING = {
    "uphill": (CLIMBS, {"sign": -1}),
    "no_rate": (NO_RATE, {"rated": False}),
    "forgotten": (MEMORY_LOST, {"kept": False}),
    "eps_inside": (EPS_INSIDE, {"place": "inside"}),
    "no_eps": (NO_EPS, {"place": "none"}),
    "eps_beside": (EPS_BESIDE, {"place": "beside"}),
    "no_root": (NO_ROOT, {"root": False}),
    "old_memory": (OLD_MEMORY, {"old": True}),
}
"""What goes wrong in AdaGrad and RMSProp alike."""


def add_eps_alone(task: Task, right):
    """Add that a step is divided by ε and by nothing else."""

    class eps_alone(right):
        def update(self, name, param, grad):
            param -= self.learning_rate * grad / self.eps

    task.misconception(
        "You divide by ε alone. Either h has no place in your denominator, or the gradient has not "
        "come into h when you divide by it."
    )(eps_alone)


def add_eps_of_its_own(task: Task, right, heir=None):
    """Add that an ε is written into the code, such as 1e-8 or 1e-7."""

    def with_eps(number):
        def update(self, name, param, grad):
            asked, self.eps = self.eps, number
            right.update(self, name, param, grad)
            self.eps = asked

        return update

    for number in (1e-8, 1e-7):
        name = f"eps_of_{number:g}".replace("-0", "_")
        hint = (
            "Your ε is a number of your own, whatever was asked for: the optimizer keeps it as "
            "`self.eps`."
        )
        wrong = type(name, (right,), {"update": with_eps(number)})
        add_wrong(task, right, hint, wrong, heir)
