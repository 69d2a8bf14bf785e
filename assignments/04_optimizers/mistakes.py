"""What known mistakes of several tasks share."""

from itertools import combinations

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
    "Every step begins again from a velocity of 0. `v = ...` makes a new array, and what is kept "
    "for the next step stays as it was: change the array that is kept, or put the new one into its "
    "place."
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


def add_faults(task: Task, right, rule, faults, alike=()):
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
    """
    singles = [(name,) for name in faults]
    for names in [*singles, *combinations(faults, 2)]:
        full = ".".join(names)
        turned = [faults[name][1] for name in names]
        knobs = {knob: value for each in turned for knob, value in each.items()}
        if full in alike or len(knobs) < sum(map(len, turned)):
            continue
        hint = " ".join(faults[name][0] for name in names)
        task.misconception(hint)(wrong_rule(right, full, rule, knobs))


def add_mistakes_of_place(task: Task, right, spoil):
    """Add mistakes about whose arrays change; ``spoil`` changes the gradient, after the step."""

    class nothing_moves(right):
        def update(self, name, param, grad):
            super().update(name, param.copy(), grad)

    class gradients_changed(right):
        def update(self, name, param, grad):
            super().update(name, param, grad.copy())
            spoil(self, grad)

    task.misconception(NOTHING_MOVES)(nothing_moves)
    task.misconception(GRADIENTS_CHANGED)(gradients_changed)


def times_rate(optimizer, grad):
    """Multiply a gradient by the rate, in place."""
    grad *= optimizer.learning_rate


def squared(optimizer, grad):
    """Square a gradient in place."""
    grad *= grad
