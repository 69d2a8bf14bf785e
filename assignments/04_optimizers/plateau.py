"""The plateau: how it is checked, and which mistakes are known."""

import math

from handgrad import Task

task = Task("plateau", "Plateau", points=5, needs=["Plateau"], minutes=15)


def rates(schedule, losses):
    """Tell a schedule losses; return what it answers, and the rate that it has after each."""
    told = []
    for epoch, loss in enumerate(losses):
        answer = schedule.observe(loss)
        told.append([answer, schedule(epoch)])
    return told


def settings(rng, patience=3, min_delta=0.0, final=0.0):
    """Draw a first rate and a factor; return all that a Plateau is made with."""
    return rng.uniform(0.2, 0.4), rng.uniform(0.55, 0.65), patience, min_delta, final


def near(rng, *losses):
    """Return losses, scaled by a number near 1."""
    scale = rng.uniform(0.9, 1.1)
    return [scale * loss for loss in losses]


@task.check("the rate is cut once `patience` losses in a row are no improvement", weight=2)
def cut_after_patience(impl, rng):
    schedule = impl.Plateau(*settings(rng))
    return rates(schedule, near(rng, 3, 2.5, 2.6, 2.7, 2.8, 2.55, 2.9, 2.6, 2.7, 2.65, 2.8))


@task.check("an improvement begins the count anew, and so does a cut", weight=2)
def count_begins_anew(impl, rng):
    schedule = impl.Plateau(*settings(rng))
    losses = (3, 3.1, 3.2, 2.9, 3.0, 3.1, 2.8, 2.9, 2.95, 3.0, 2.7, 2.9, 2.9, 2.6, 2.7, 2.8, 2.9)
    return rates(schedule, near(rng, *losses))


@task.check("what counts is the best loss so far, not the last one")
def best_not_last(impl, rng):
    schedule = impl.Plateau(*settings(rng, patience=4))
    losses = (2.0, 3.0, 2.9, 2.8, 2.7, 2.6, 2.5, 2.4, 2.3, 2.2, 1.9, 2.5, 2.4, 2.3, 2.2)
    return rates(schedule, near(rng, *losses))


@task.check("a loss that equals the best is no improvement")
def equal_losses(impl, rng):
    schedule = impl.Plateau(*settings(rng))
    return rates(schedule, [2.0, 1.5, 1.5, 1.5, 1.5, 1.25, 1.25, 1.25, 1.25])


@task.check("a loss that is better by no more than min_delta is none, nor the new best")
def below_min_delta(impl, rng):
    schedule = impl.Plateau(*settings(rng, patience=2, min_delta=0.25))
    # Halves and quarters, for which every difference is exact; the creeping ones add up at last.
    losses = (4.0, 3.875, 3.75, 3.625, 3.25, 3.0, 3.25, 2.875, 2.75, 2.625, 2.25, 2.125)
    return rates(schedule, losses)


@task.check("NaN is no improvement, and does not become the best", weight=0.5)
def nan_is_none(impl, rng):
    schedule = impl.Plateau(*settings(rng))
    losses = near(rng, 2, math.nan, 2.1, 1.9, math.nan, math.nan, math.nan, 2.2, 2.3, 2.4, 1.8)
    return rates(schedule, losses)


@task.check("the rate never falls below `final`, and gets there", weight=0.5)
def down_to_the_floor(impl, rng):
    schedule = impl.Plateau(*settings(rng, patience=2, final=rng.uniform(0.07, 0.08)))
    return rates(schedule, [2.0] + [2.5] * 13)


@task.check(
    "a patience of 1 cuts at the first one, and large losses count as any others", weight=0.5
)
def patience_of_one(impl, rng):
    schedule = impl.Plateau(*settings(rng, patience=1, min_delta=0.5))
    return rates(schedule, [4000.0, 3999.0, 3999.25, 3999.25, 3990.0, 4000.0, 3989.75])


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Plateau


class Varied(Plateau):
    """The reference, in pieces that a mistake can replace."""

    longest = 0  # how many more epochs are borne

    def is_better(self, loss):
        return loss < self.best - self.min_delta

    def better(self, loss):
        self.best, self.waited = loss, 0

    def worse(self, loss):
        self.waited += 1

    def cut(self):
        self.current, self.waited = max(self.current * self.factor, self.final), 0

    def observe(self, validation_loss):
        if self.is_better(validation_loss):
            self.better(validation_loss)
        else:
            self.worse(validation_loss)
        if self.waited >= self.patience + self.longest:
            self.cut()
        return self.current


@task.misconception(
    "A loss that equals the best, or is better by exactly min_delta, counts as an improvement for "
    "you. It has to be lower by *more* than that."
)
class equal_is_better(Varied):
    def is_better(self, loss):
        return loss <= self.best - self.min_delta


@task.misconception(
    "You cut one epoch late, as PyTorch does: there, `patience` says how many epochs are borne. "
    "Here the last of `patience` epochs without an improvement cuts at once."
)
class one_epoch_late(Varied):
    longest = 1


@task.misconception(
    "You cut one epoch early: `patience` losses in a row have to be no improvement, and the one "
    "that was best is not among them."
)
class one_epoch_early(Varied):
    longest = -1


@task.misconception(
    "An improvement does not begin the count anew: you count all losses that were none, not those"
    " in a row."
)
class count_goes_on(Varied):
    def better(self, loss):
        self.best = loss


@task.misconception(
    "After a cut the count goes on, so that the next loss cuts again. It begins anew with each cut."
)
class cut_again_at_once(Varied):
    def cut(self):
        self.current = max(self.current * self.factor, self.final)


@task.misconception(
    "You compare with the last loss. A loss that is better than the last one may be far from the "
    "best so far, which is what counts."
)
class compared_with_the_last(Varied):
    def worse(self, loss):
        super().worse(loss)
        self.best = loss


@task.misconception(
    "The best loss is never kept: you compare with the first one, or with infinity, for ever."
)
class best_never_kept(Varied):
    def better(self, loss):
        self.waited = 0


@task.misconception(
    "The best loss is never kept: you compare with the first one, or with infinity, for ever."
)
class compared_with_the_first(Varied):
    def better(self, loss):
        self.best, self.waited = min(self.best, max(loss, self.first(loss))), 0

    def first(self, loss):
        if not hasattr(self, "_first"):
            self._first = loss
        return self._first


@task.misconception("`min_delta` has no effect: the slightest improvement counts for you.")
class min_delta_ignored(Varied):
    def is_better(self, loss):
        return loss < self.best


@task.misconception(
    "`min_delta` has the wrong sign: a loss that is *worse* by a little counts as an improvement "
    "for you."
)
class min_delta_added(Varied):
    def is_better(self, loss):
        return loss < self.best + self.min_delta


@task.misconception(
    "You take min_delta as a share of the best loss, as PyTorch does by default. Here it is a "
    "difference."
)
class min_delta_relative(Varied):
    def is_better(self, loss):
        return loss < self.best * (1 - self.min_delta)


@task.misconception(
    "A loss that is better by less than min_delta becomes the best for you, although it is no "
    "improvement. So a loss that creeps down never gets anywhere, however far it comes."
)
class best_creeps(Varied):
    def worse(self, loss):
        super().worse(loss)
        self.best = min(self.best, loss)


@task.misconception(
    "NaN counts as an improvement for you: every comparison with it is False, also that it is "
    "worse. And no loss is lower than a best that is NaN. Ask whether a loss is better, not "
    "whether it is worse."
)
class nan_is_better(Varied):
    def is_better(self, loss):
        return not loss >= self.best - self.min_delta


@task.misconception(
    "NaN is passed over: you do not count it at all. An epoch that ends at NaN is one without an "
    "improvement."
)
class nan_passed_over(Varied):
    def worse(self, loss):
        self.waited += not math.isnan(loss)


@task.misconception("`final` has no effect: the rate falls below it.")
class floor_ignored(Varied):
    def cut(self):
        self.current, self.waited = self.current * self.factor, 0


@task.misconception(
    "Where a cut would lead below `final`, you leave the rate as it is. It is to become final then."
)
class stops_above_the_floor(Varied):
    def cut(self):
        lower = self.current * self.factor
        self.current, self.waited = lower if lower >= self.final else self.current, 0


@task.misconception(
    "Each cut begins from the initial rate, so the second one changes nothing. Cut the present one."
)
class cut_from_the_initial(Varied):
    def cut(self):
        self.current, self.waited = max(self.initial * self.factor, self.final), 0


@task.misconception("The first cut leads to `final` at once. It is to multiply by the factor.")
class straight_to_the_floor(Varied):
    def cut(self):
        self.current, self.waited = self.final, 0


@task.misconception("You take the share `factor` off. The rate is to be multiplied by it.")
class share_taken_off(Varied):
    def cut(self):
        self.current, self.waited = max(self.current * (1 - self.factor), self.final), 0


@task.misconception("The rate grows: you divide by the factor, which is less than 1.")
class rate_grows(Varied):
    def cut(self):
        self.current, self.waited = self.current / self.factor, 0


@task.misconception(
    "You return the rate as it was before the cut. What `observe` returns holds from here on."
)
class old_rate_returned(Varied):
    def observe(self, validation_loss):
        before = self.current
        super().observe(validation_loss)
        return before


@task.misconception(
    "The rate is never cut. Does the count grow with each loss that is no improvement, does it "
    "reach the patience, and is the factor in the cut?"
)
class never_cut(Varied):
    def cut(self):
        self.waited = 0


@task.misconception(
    "You return the cut rate, and do not keep it in `self.current`: the schedule still gives the "
    "old one, and the next cut begins from it."
)
class cut_not_kept(Varied):
    def observe(self, validation_loss):
        before = self.current
        after = super().observe(validation_loss)
        self.current = before
        return after


@task.misconception(
    "The best loss is forgotten at a cut, so that the next loss counts as an improvement whatever"
    " it is. The best stays."
)
class best_forgotten(Varied):
    def cut(self):
        super().cut()
        self.best = math.inf


@task.misconception("You cut at every loss that is no improvement, whatever the patience.")
class no_patience(Varied):
    def worse(self, loss):
        self.waited = self.patience


@task.misconception("You cut where the loss improves: the branches are exchanged.")
class cut_when_better(Varied):
    def is_better(self, loss):
        return not super().is_better(loss)


@task.misconception(
    "Your count never gets beyond 1, so that only a patience of 1 ever cuts: add to it with each "
    "loss."
)
class counts_to_one(Varied):
    def worse(self, loss):
        self.waited = 1
