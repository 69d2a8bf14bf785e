"""Three decays: how they are checked, and which mistakes are known."""

from handgrad import Task

task = Task(
    "decays",
    "Three decays",
    points=5,
    needs=["StepDecay", "ExponentialDecay", "InverseTimeDecay"],
    minutes=10,
)


def rates(schedule, steps):
    """Ask a schedule for the rates of some steps, in this order."""
    return [schedule(step) for step in steps]


@task.check("StepDecay: a staircase, which falls at every-th step and stays between", weight=1.5)
def staircase(impl, rng):
    every = int(rng.integers(5, 9))
    schedule = impl.StepDecay(rng.uniform(0.2, 0.4), every, rng.uniform(0.55, 0.65))
    ends = [0, 1, every - 1, every, every + 1, 2 * every - 1, 2 * every, 3 * every, 7 * every - 1]
    return rates(schedule, ends)


@task.check("ExponentialDecay: a fixed share at each step", weight=1.5)
def exponential(impl, rng):
    schedule = impl.ExponentialDecay(rng.uniform(0.2, 0.4), rng.uniform(0.11, 0.17))
    return rates(schedule, (0, 1, 2, 5, 11, 23))


@task.check("InverseTimeDecay: slower and slower", weight=1.5)
def inverse_time(impl, rng):
    schedule = impl.InverseTimeDecay(rng.uniform(0.2, 0.4), rng.uniform(0.11, 0.17))
    return rates(schedule, (0, 1, 2, 5, 11, 23))


@task.check("a rate depends on the step alone, in whichever order the steps are asked for")
def any_order(impl, rng):
    initial, decay = rng.uniform(0.2, 0.4), rng.uniform(0.11, 0.17)
    steps = (9, 3, 3, 14, 0, 9)
    return {
        "StepDecay": rates(impl.StepDecay(initial, 4, 0.6), steps),
        "ExponentialDecay": rates(impl.ExponentialDecay(initial, decay), steps),
        "InverseTimeDecay": rates(impl.InverseTimeDecay(initial, decay), steps),
    }


@task.check("a slow decay, and a factor of 1, at a large step", weight=0.5)
def slow(impl, rng):
    initial = rng.uniform(0.2, 0.4)
    return {
        "StepDecay": rates(impl.StepDecay(initial, 1, 1.0), (0, 1000)),
        "ExponentialDecay": rates(impl.ExponentialDecay(initial, 1e-3), (7, 2000)),
        "InverseTimeDecay": rates(impl.InverseTimeDecay(initial, 1e-3), (7, 2000)),
    }


# Known mistakes -----------------------------------------------------------------------------------

import math

from handgrad import Part, Parts
from solutions.optimizers import ExponentialDecay, InverseTimeDecay, StepDecay

parts = Parts(
    task,
    [StepDecay, ExponentialDecay, InverseTimeDecay],
    {
        "staircase": Part("StepDecay", "rate", of="StepDecay"),
        "exponential": Part("ExponentialDecay", "rate", of="ExponentialDecay"),
        "inverse": Part("InverseTimeDecay", "rate", of="InverseTimeDecay"),
    },
)


def of_all(change):
    """Return a class that holds the three schedules, each with a wrong rate.

    change(schedule, rate, step) gives it; rate is the right one, as a function of the step.
    """

    def wrong(right):
        class Wrong(right):
            def rate(self, step):
                return change(self, super().rate, step)

        return Wrong

    holder = {right.__name__: wrong(right) for right in parts.right}
    return type(change.__name__, (), holder)


def spread(name, hint):
    """Add a change of the rate as a mistake of each schedule."""

    def add(change):
        holder = of_all(change)
        holder.__name__ = name
        parts.mistake(hint)(holder)
        return change

    return add


@spread(
    "steps_from_one",
    "Steps are counted from 0: at step 0 the rate is the initial one. You count them from 1 in "
    "{what}.",
)
def steps_from_one(schedule, rate, step):
    return rate(step + 1)


@spread(
    "initial_left_out",
    "The initial rate is missing in {what}: you return by how much it has shrunk.",
)
def initial_left_out(schedule, rate, step):
    return rate(step) / schedule.initial


@spread("never_falls", "The rate of {what} stays what it was at first, whatever the step.")
def never_falls(schedule, rate, step):
    return schedule.initial


@spread(
    "what_is_lost",
    "You return how much has been lost in {what}, not how much is left of the initial rate.",
)
def what_is_lost(schedule, rate, step):
    return schedule.initial - rate(step)


@spread(
    "compounds",
    "The decayed rate is stored and decayed again in {what}: it depends on how often it was asked "
    "for. Compute it from the initial rate and the step each time, and leave `initial` alone.",
)
def compounds(schedule, rate, step):
    schedule.initial = rate(step)
    return schedule.initial


@spread("grows", "The rate of {what} grows. It is to fall with the steps.")
def grows(schedule, rate, step):
    return schedule.initial**2 / rate(step)


def wrong_staircase(hint):
    return task.misconception(hint, replaces="StepDecay")


def wrong_exponential(hint):
    return task.misconception(hint, replaces="ExponentialDecay")


def wrong_inverse(hint):
    return task.misconception(hint, replaces="InverseTimeDecay")


@wrong_staircase(
    "Your staircase has no steps: it falls all the time. Only whole multiples of `every` count, so "
    "step / every has to be rounded down, as // does."
)
class no_stairs(StepDecay):
    def rate(self, step):
        return self.initial * self.factor ** (step / self.every)


@wrong_staircase(
    "Your staircase falls one step late. At step `every` the rate has fallen already: steps are "
    "counted from 0, so that many have been made by then."
)
class one_step_late(StepDecay):
    def rate(self, step):
        return super().rate(max(step - 1, 0))


@wrong_staircase("You round step / every to the nearest. It is to be rounded down.")
class rounded_to_nearest(StepDecay):
    def rate(self, step):
        return self.initial * self.factor ** round(step / self.every)


@wrong_staircase(
    "You round step / every up. So the first stair is one step long: it is to be rounded down."
)
class rounded_up(StepDecay):
    def rate(self, step):
        return self.initial * self.factor ** math.ceil(step / self.every)


@wrong_staircase(
    "You multiply by the number of stairs where the factor is to be raised to that power: each "
    "stair takes the factor once more."
)
class times_for_power(StepDecay):
    def rate(self, step):
        return self.initial * self.factor * (step // self.every)


@wrong_staircase("Your rate falls once only. At 2 · every and 3 · every it falls again.")
class falls_once(StepDecay):
    def rate(self, step):
        return self.initial * (self.factor if step >= self.every else 1)


@wrong_staircase("`every` has no effect: the rate falls at each step.")
class falls_at_each_step(StepDecay):
    def rate(self, step):
        return self.initial * self.factor**step


@wrong_staircase(
    "You use the rest of step / every, which begins anew on each stair. What counts is how many "
    "whole stairs lie behind: //, not %."
)
class rest_for_quotient(StepDecay):
    def rate(self, step):
        return self.initial * self.factor ** (step % self.every)


@wrong_staircase(
    "You take the factor off: each stair multiplies by `factor`, and does not lose that share."
)
class factor_lost(StepDecay):
    def rate(self, step):
        return self.initial * (1 - self.factor) ** (step // self.every)


@wrong_exponential(
    "You multiply by 1 − decay at each step. That is nearly e^(−decay) where decay is small, but "
    "not the formula that is asked for."
)
class one_minus_decay(ExponentialDecay):
    def rate(self, step):
        return self.initial * (1 - self.decay) ** step


@wrong_exponential(
    "You raise `decay` to the power of the step. That is PyTorch's form, with gamma = e^(−decay); "
    "here decay stands in the exponent."
)
class decay_as_base(ExponentialDecay):
    def rate(self, step):
        return self.initial * self.decay**step


@wrong_exponential("Your power has the base 2 or 10. Its base is e.")
class base_two(ExponentialDecay):
    def rate(self, step):
        return self.initial * 2 ** (-self.decay * step)


@wrong_exponential("Your power has the base 2 or 10. Its base is e.")
class base_ten(ExponentialDecay):
    def rate(self, step):
        return self.initial * 10 ** (-self.decay * step)


@wrong_exponential(
    "You divide the step by `decay`. It says how fast the rate falls per step: a larger one makes"
    " it fall faster."
)
class step_by_decay(ExponentialDecay):
    def rate(self, step):
        return self.initial * math.exp(-step / self.decay)


@wrong_exponential("The exponent does not depend on the step.")
class step_left_out(ExponentialDecay):
    def rate(self, step):
        return self.initial * math.exp(-self.decay)


@wrong_exponential("`decay` has no effect: the exponent is the step alone.")
class decay_left_out(ExponentialDecay):
    def rate(self, step):
        return self.initial * math.exp(-step)


@wrong_inverse(
    "Parentheses are missing: you divide by 1 + decay, or by 1, and go on from there. All of "
    "1 + decay · step belongs below."
)
class parentheses_missing(InverseTimeDecay):
    def rate(self, step):
        return self.initial / 1 + self.decay * step


@wrong_inverse(
    "Parentheses are missing: you divide by 1 + decay, or by 1, and go on from there. All of "
    "1 + decay · step belongs below."
)
class step_above(InverseTimeDecay):
    def rate(self, step):
        return self.initial / (1 + self.decay) * step


@wrong_inverse(
    "You raise 1 + decay to the power of the step: that is an exponential decay, with the same "
    "share lost at each step. Here the step is a factor."
)
class power_of_step(InverseTimeDecay):
    def rate(self, step):
        return self.initial / (1 + self.decay) ** step


@wrong_inverse("`decay` has no effect: you divide by 1 + step.")
class decay_of_one(InverseTimeDecay):
    def rate(self, step):
        return self.initial / (1 + step)


@wrong_inverse("You take a root of the denominator. It falls like 1/step, not like 1/√step.")
class root_of_time(InverseTimeDecay):
    def rate(self, step):
        return self.initial / math.sqrt(1 + self.decay * step)


@wrong_inverse("The denominator does not depend on the step.")
class same_denominator(InverseTimeDecay):
    def rate(self, step):
        return self.initial / (1 + self.decay)


@wrong_inverse(
    "You divide the step by `decay`. It says how fast the rate falls per step: a larger one makes"
    " it fall faster."
)
class inverse_step_by_decay(InverseTimeDecay):
    def rate(self, step):
        return self.initial / (1 + step / self.decay)


@wrong_inverse("Your rate falls on a straight line, and below 0 in the end.")
class straight_line(InverseTimeDecay):
    def rate(self, step):
        return self.initial * (1 - self.decay * step)
