"""The cosine and the warm-up: how they are checked, and which mistakes are known."""

from handgrad import Task, formula

task = Task(
    "cosine_and_warm_up",
    "Cosine and warm-up",
    points=6,
    needs=["CosineDecay", "WarmUp"],
    minutes=15,
)


def rates(schedule, steps):
    """Ask a schedule for the rates of some steps, in this order."""
    return [schedule(step) for step in steps]


def cosine(impl, rng, steps):
    """Make a cosine that ends at about a seventh of its height."""
    return impl.CosineDecay(rng.uniform(0.2, 0.4), steps, rng.uniform(0.03, 0.05))


def falling(impl, rng):
    """Draw a schedule that falls with each of the first steps; it lies on the other side."""
    return formula(impl, "lambda step: a / (1 + b * step)", a=rng.uniform(0.2, 0.4), b=0.3)


@task.check("CosineDecay: from the initial rate, along half a wave", weight=2)
def cosine_inside(impl, rng):
    steps = int(rng.integers(11, 15))
    return rates(cosine(impl, rng, steps), (0, 1, 2, steps // 2, steps - 2, steps - 1))


@task.check("CosineDecay: the final rate is reached at step `steps`, and stays")
def cosine_end(impl, rng):
    steps = int(rng.integers(11, 15))
    schedule = cosine(impl, rng, steps)
    return rates(schedule, (steps, steps + 1, steps + 4, 2 * steps, 3 * steps + 1))


@task.check("CosineDecay: final is 0 where it is not given, and the order of the steps is free")
def cosine_to_zero(impl, rng):
    steps = int(rng.integers(11, 15))
    return rates(impl.CosineDecay(rng.uniform(0.2, 0.4), steps), (steps - 1, 3, 3, steps, 0, 5))


@task.check("WarmUp: a straight climb; the first step moves, the last has the full rate", weight=2)
def climb(impl, rng):
    return rates(impl.WarmUp(falling(impl, rng), 5), range(5))


@task.check("WarmUp: then the other schedule, from its own step 0 on", weight=2)
def after_the_climb(impl, rng):
    return rates(impl.WarmUp(falling(impl, rng), 5), (5, 6, 7, 10, 20))


@task.check("WarmUp: around your own cosine, with the steps in any order", weight=0.5)
def around_the_cosine(impl, rng):
    return rates(impl.WarmUp(cosine(impl, rng, 11), 4), (9, 2, 14, 3, 4, 0, 15, 40))


@task.check("WarmUp: one step of climbing is none", weight=0.5)
def climb_of_one(impl, rng):
    return rates(impl.WarmUp(falling(impl, rng), 1), (0, 1, 2, 3))


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.optimizers import CosineDecay, WarmUp


def wrong_cosine(hint):
    return task.misconception(hint, replaces="CosineDecay")


def wrong_climb(hint):
    return task.misconception(hint, replaces="WarmUp")


def along(schedule, share, wave=lambda share: (1 + math.cos(math.pi * share)) / 2):
    """Return the rate at a share of the way."""
    return schedule.final + (schedule.initial - schedule.final) * wave(share)


@wrong_cosine(
    "Your wave ends one step early: you divide by steps − 1. The final rate is reached at step "
    "`steps`, and the last step before it, number steps − 1, is still above."
)
class ends_one_step_early(CosineDecay):
    def rate(self, step):
        return along(self, min(step / (self.steps - 1), 1))


@wrong_cosine("Your wave ends one step late. At step `steps` the final rate is reached.")
class ends_one_step_late(CosineDecay):
    def rate(self, step):
        return along(self, min(step / (self.steps + 1), 1))


@wrong_cosine("Steps are counted from 0: at step 0 the rate is the initial one.")
class cosine_from_one(CosineDecay):
    def rate(self, step):
        return along(self, min((step + 1) / self.steps, 1))


@wrong_cosine(
    "After `steps` your rate rises again, as a cosine does, and PyTorch's CosineAnnealingLR with "
    "it. Here the final rate stays."
)
class rises_again(CosineDecay):
    def rate(self, step):
        return along(self, step / self.steps)


@wrong_cosine(
    "After `steps` your rate is 0, or something else than `final`. It reaches final, and stays "
    "there."
)
class zero_afterwards(CosineDecay):
    def rate(self, step):
        return along(self, step / self.steps) if step <= self.steps else 0.0


@wrong_cosine(
    "After `steps` your wave begins again from its top: that is a warm restart. Here the final "
    "rate stays."
)
class restarts(CosineDecay):
    def rate(self, step):
        return along(self, (step % self.steps) / self.steps)


@wrong_cosine("`final` has no effect: your rate falls to 0.")
class final_ignored(CosineDecay):
    def rate(self, step):
        return self.initial * (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2


@wrong_cosine(
    "Your rate begins above the initial one: only the part above `final`, initial − final, goes "
    "along the wave."
)
class final_on_top(CosineDecay):
    def rate(self, step):
        return self.final + self.initial * (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2


@wrong_cosine(
    "You only keep the rate from falling below `final`: so it gets there early, and with a kink. "
    "The wave itself is to end there."
)
class cut_off_at_final(CosineDecay):
    def rate(self, step):
        wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2
        return max(self.initial * wave, self.final)


@wrong_cosine(
    "The 1 in front of the cosine is missing: it falls to −1, and your rate below `final`."
)
class one_missing(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: math.cos(math.pi * s) / 2)


@wrong_cosine(
    "The 1 in front of the cosine is missing: it falls to −1, and your rate below `final`."
)
class one_and_half_missing(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: math.cos(math.pi * s))


@wrong_cosine(
    "The ½ is missing: 1 + cos goes from 2 to 0, so your rate begins nearly twice as high."
)
class half_missing(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: 1 + math.cos(math.pi * s))


@wrong_cosine(
    "Your wave goes the other way, from the final rate up to the initial one: the sign of the "
    "cosine is wrong."
)
class upside_down(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: (1 - math.cos(math.pi * s)) / 2)


@wrong_cosine(
    "That is a whole wave: it comes back up. Half a wave has π · step / steps in the cosine."
)
class whole_wave(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: (1 + math.cos(2 * math.pi * s)) / 2)


@wrong_cosine(
    "That is a quarter of a wave, steep at its end. Half a wave is flat at both ends: it has π in"
    " the cosine, and 1 + cos in front."
)
class quarter_wave(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: math.cos(math.pi * s / 2))


@wrong_cosine("π is missing: math.cos takes radians, and half a wave is π long.")
class pi_missing(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: (1 + math.cos(s)) / 2)


@wrong_cosine("math.cos takes radians, not degrees: half a wave is π long, not 180.")
class in_degrees(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: (1 + math.cos(180 * s)) / 2)


@wrong_cosine("Your rate falls on a straight line. The cosine is flat at both ends.")
class straight(CosineDecay):
    def rate(self, step):
        return along(self, min(step / self.steps, 1), lambda s: 1 - s)


@wrong_cosine(
    "step // steps is 0 until the end: your rate stays, and then drops at once. Divide with /."
)
class whole_division(CosineDecay):
    def rate(self, step):
        return along(self, min(step // self.steps, 1))


@wrong_climb(
    "The first step does nothing: its rate is 0. Count step + 1 of `steps`, so that already step 0 "
    "moves, and step steps − 1 has the full rate."
)
class begins_at_zero(WarmUp):
    def rate(self, step):
        return self.initial * step / self.steps if step < self.steps else super().rate(step)


@wrong_climb(
    "Your climb is up one step early. Step steps − 1, the last of the climb, is the first with the "
    "full rate."
)
class up_one_step_early(WarmUp):
    def rate(self, step):
        if step < self.steps:
            return self.initial * min((step + 1) / max(self.steps - 1, 1), 1)
        return super().rate(step)


@wrong_climb(
    "Your climb goes from 0 at the first step to the full rate at the last: the first step does "
    "nothing. It is to be the fraction (step + 1) / steps."
)
class from_zero_to_full(WarmUp):
    def rate(self, step):
        if step < self.steps:
            return self.initial * step / max(self.steps - 1, 1)
        return super().rate(step)


@wrong_climb(
    "Your climb goes on for one step too many: at step `steps` its rate is above the full one. "
    "From there on the other schedule has the say."
)
class climbs_too_long(WarmUp):
    def rate(self, step):
        if step <= self.steps:
            return self.initial * (step + 1) / self.steps
        return super().rate(step)


@wrong_climb(
    "The other schedule begins one step late: at step `steps` it is at its own step 0 still."
)
class hands_over_late(WarmUp):
    def rate(self, step):
        return super().rate(step - (step > self.steps))


@wrong_climb(
    "After the climb you ask the other schedule for `step`. It has not run yet: it is to begin at"
    " its own step 0, as if the climb had not been."
)
class not_restarted(WarmUp):
    def rate(self, step):
        return super().rate(step) if step < self.steps else self.schedule(step)


@wrong_climb(
    "During the climb you multiply what the other schedule gives for that step: so it runs "
    "already. The climb leads to its first rate, and it begins afterwards."
)
class schedule_runs_along(WarmUp):
    def rate(self, step):
        if step < self.steps:
            return self.schedule(step) * (step + 1) / self.steps
        return super().rate(step)


@wrong_climb(
    "During the climb you multiply what the other schedule gives for that step, and afterwards it"
    " goes on from there. The climb leads to its first rate, and it begins at its step 0 "
    "afterwards."
)
class schedule_runs_all_along(WarmUp):
    def rate(self, step):
        return self.schedule(step) * min((step + 1) / self.steps, 1)


@wrong_climb("After the climb your rate stays. The other schedule is to take over.")
class stays_up(WarmUp):
    def rate(self, step):
        return self.initial * min((step + 1) / self.steps, 1)


@wrong_climb("There is no climb: your rate is the full one from the start.")
class no_climb(WarmUp):
    def rate(self, step):
        return self.initial if step < self.steps else super().rate(step)


@wrong_climb("The other schedule's step is off by one: at step `steps` it is at its own step 0.")
class restarted_at_one(WarmUp):
    def rate(self, step):
        return super().rate(step if step < self.steps else step + 1)


@wrong_climb(
    "Your climb is the fraction alone. It leads to the first rate of the other schedule, which is "
    "`initial`."
)
class fraction_alone(WarmUp):
    def rate(self, step):
        return (step + 1) / self.steps if step < self.steps else super().rate(step)
