"""Early stopping: how it is checked, and which mistakes are known."""

import math

from handgrad import Task, formula

task = Task("early_stopping", "Early stopping", points=5, needs=["EarlyStopping"], minutes=15)

D, M = 3, 2

TRAINING = """
from solutions.backpropagation import Affine
from solutions.normalization import BatchNorm
from solutions.optimizers import Network

class Training:
    def __init__(self, W, b, gamma, beta, drifts, first):
        self.network = Network([Affine(W, b), BatchNorm(gamma, beta)])
        self.own = self.network.state()
        self.drifts, self.first = drifts, first
        self.epoch = first - 1

    def end(self):
        self.epoch += 1
        for array in self.own.values():
            array += self.drifts[self.epoch - self.first]

    def run(self, stopping, losses):
        for loss in losses:
            self.end()
            if stopping.end_epoch(self.epoch, loss, self.network):
                break
        return self.now()

    def now(self):
        return {"epoch": self.epoch} | {k: a.copy() for k, a in self.network.state().items()}

    def same_arrays(self):
        return all(self.own[name] is a for name, a in self.network.state().items())

    def restore_raises(self, stopping):
        try:
            stopping.restore(self.network)
        except Exception as error:
            return type(error).__name__
        return "nothing"
"""
"""A training whose epochs only add a number to all that the network is, in its own arrays."""


def training(impl, rng, first=1):
    """Return a training on the implementation's side, the number of whose first epoch is this."""
    arrays = {name: rng.normal(size=size) for name, size in (("W", (D, M)), ("b", M), ("beta", M))}
    arrays |= {"gamma": rng.uniform(0.5, 2, size=M), "drifts": rng.uniform(0.1, 0.9, size=24)}
    source = "(lambda names: (exec(code, names), names['Training'](**arrays, first=first))[1])({})"
    return formula(impl, source, code=TRAINING, first=first, arrays=arrays)


def near(rng, *losses):
    """Return losses, scaled by a number near 1: what is equal stays equal."""
    scale = rng.uniform(0.9, 1.1)
    return [scale * loss for loss in losses]


def story(impl, rng, losses, patience, min_delta=0.0, first=1):
    """Train until it stops, then restore; return what the network is, and what is remembered."""
    stopping, trained = impl.EarlyStopping(patience, min_delta), training(impl, rng, first)
    at_the_end = trained.run(stopping, losses)
    stopping.restore(trained.network)
    return {
        "when training ends": at_the_end,
        "restored": trained.now(),
        "best_loss": stopping.best_loss,
        "best_epoch": stopping.best_epoch,
    }


@task.check(
    "training ends after `patience` epochs without an improvement, and not before", weight=2
)
def waits(impl, rng):
    losses = near(rng, 3, 2.5, 2.6, 2.7, 2.4, 2.5, 2.45, 2.6, 2.5, 2.7)
    stopping, trained = impl.EarlyStopping(3), training(impl, rng)
    return trained.run(stopping, losses)


@task.check("restore brings back the best weights and running statistics, not the last", weight=3)
def restores(impl, rng):
    return story(impl, rng, near(rng, 3, 2, 2.2, 1.5, 1.7, 1.6, 1.55), 3)


@task.check("what is kept is a copy: training may go on, and be restored again", weight=2)
def keeps_a_copy(impl, rng):
    stopping, trained, found = impl.EarlyStopping(2), training(impl, rng), {}
    trained.run(stopping, near(rng, 3, 2, 2.2))
    for call in ("first", "second"):
        trained.end()
        stopping.restore(trained.network)
        found[call] = trained.now()
    found["the network has its own arrays"] = trained.same_arrays()
    other = training(impl, rng)
    stopping.restore(other.network)
    return found | {"into another network": other.now()}


@task.check("a loss that equals the best is no improvement")
def equal_losses(impl, rng):
    return story(impl, rng, near(rng, 3, 2, 2, 2.1, 1.9, 1.9, 1.9, 1.9), 3)


@task.check("NaN is no improvement, and does not become the best")
def nan_is_none(impl, rng):
    losses = near(rng, math.nan, 3, 2, 2.1, math.nan, 1.9, math.nan, math.nan, math.nan, 1.8)
    return story(impl, rng, losses, 3)


@task.check("what counts is the best loss so far, not the last one")
def best_not_last(impl, rng):
    return story(impl, rng, near(rng, 3, 2, 2.9, 2.8, 2.7, 2.6, 2.5), 4)


@task.check("a loss that is better by no more than min_delta is none, nor the new best")
def below_min_delta(impl, rng):
    # Halves and quarters, for which every difference is exact; the creeping ones add up at last.
    return story(impl, rng, [4, 3.875, 3.75, 3.625, 3.5, 3.375, 3.75, 3.5, 3.75, 4, 3], 3, 0.25)


@task.check(
    "the epoch's number is the one that is told, and a patience of 1 stops at once", weight=0.5
)
def told_epochs(impl, rng):
    return story(impl, rng, near(rng, 5, 4, 4.5, 3), 1, first=11)


@task.check("two trainings side by side do not disturb each other", weight=0.5)
def side_by_side(impl, rng):
    made = [(impl.EarlyStopping(3), training(impl, rng)) for _ in range(2)]
    for losses in ([3, 2, 2.5], [1, 1.5], [2.25, 1.75]):
        for stopping, trained in made:
            trained.run(stopping, near(rng, *losses))
    found = []
    for stopping, trained in made:
        stopping.restore(trained.network)
        found.append([trained.now(), stopping.best_loss, stopping.best_epoch])
    return found


@task.check("without any improvement there is nothing to restore: a ValueError", weight=0.5)
def nothing_to_restore(impl, rng):
    stopping, trained = impl.EarlyStopping(2), training(impl, rng)
    found = {"fresh": trained.restore_raises(stopping)}
    found["when training ends"] = trained.run(stopping, [math.nan, math.nan, math.nan])
    found["after NaN alone"] = trained.restore_raises(stopping)
    return found | {"the network": trained.now()}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import host_copies
from solutions.regularization import EarlyStopping


class Varied(EarlyStopping):
    """The reference, in pieces that a mistake can replace."""

    longer = 0  # how many more epochs are borne

    def is_better(self, loss):
        return loss < self.best_loss - self.min_delta

    def kept(self, network):
        return host_copies(network.state())

    def better(self, epoch, loss, network):
        self.best_loss, self.best_epoch, self.waited = loss, epoch, 0
        self._best = self.kept(network)

    def worse(self, epoch, loss, network):
        self.waited += 1

    def end_epoch(self, epoch, validation_loss, network):
        if self.is_better(validation_loss):
            self.better(epoch, validation_loss, network)
        else:
            self.worse(epoch, validation_loss, network)
        return self.waited >= self.patience + self.longer


# When it ends -------------------------------------------------------------------------------------


@task.misconception(
    "A loss that equals the best, or is better by exactly min_delta, counts as an improvement for "
    "you. It has to be lower by *more* than that."
)
class equal_is_better(Varied):
    def is_better(self, loss):
        return loss <= self.best_loss - self.min_delta


@task.misconception(
    "You stop one epoch late. Here the last of `patience` epochs without an improvement ends the "
    "training at once."
)
class one_epoch_late(Varied):
    longer = 1


@task.misconception(
    "You stop one epoch early: `patience` epochs in a row have to be no improvement, and the best "
    "one is not among them."
)
class one_epoch_early(Varied):
    longer = -1


@task.misconception("You stop at the first epoch that is no improvement, whatever the patience.")
class no_patience(Varied):
    def worse(self, epoch, loss, network):
        self.waited = self.patience


@task.misconception(
    "An improvement does not begin the count anew: you count all epochs that were none, not those "
    "in a row."
)
class count_goes_on(Varied):
    def better(self, epoch, loss, network):
        before = self.waited
        super().better(epoch, loss, network)
        self.waited = before


@task.misconception(
    "Your training never ends. Does the count grow with each epoch that is no improvement, and is "
    "it compared with the patience, and the answer returned?"
)
class never_stops(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        super().end_epoch(epoch, validation_loss, network)


@task.misconception(
    "Your count never gets beyond 1, so that only a patience of 1 ever stops: add to it with each "
    "epoch that is no improvement."
)
class counts_to_one(Varied):
    def worse(self, epoch, loss, network):
        self.waited = 1


@task.misconception(
    "The branches are exchanged: an improvement is treated as an epoch without one, and the other "
    "way round."
)
class branches_exchanged(Varied):
    def is_better(self, loss):
        return not super().is_better(loss)


@task.misconception("You return whether to go on. What is asked for is whether to stop.")
class go_on_for_stop(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        return not super().end_epoch(epoch, validation_loss, network)


@task.misconception(
    "You take a higher loss for an improvement. The validation loss is to become small."
)
class higher_is_better(Varied):
    def is_better(self, loss):
        return loss > self.best_loss - self.min_delta or self.best_loss == math.inf


@task.misconception(
    "The loss of an epoch that is no improvement becomes what the next one is compared with. What "
    "counts is the best so far, which may be long ago."
)
class compared_with_the_last(Varied):
    def worse(self, epoch, loss, network):
        super().worse(epoch, loss, network)
        self.best_loss = loss


@task.misconception(
    "You compare each loss with that of the epoch before, and remember the lower one as best: a "
    "small recovery after a jump then counts as an improvement."
)
class better_than_the_last(Varied):
    def is_better(self, loss):
        before = getattr(self, "_last", math.inf)
        self._last = loss
        return loss < before - self.min_delta


@task.misconception(
    "The best loss is never kept: every loss is better than the infinity of the beginning."
)
class best_never_kept(Varied):
    def better(self, epoch, loss, network):
        super().better(epoch, loss, network)
        self.best_loss = math.inf


@task.misconception("`min_delta` has no effect: the slightest improvement counts for you.")
class min_delta_ignored(Varied):
    def is_better(self, loss):
        return loss < self.best_loss


@task.misconception(
    "`min_delta` has the wrong sign: a loss that is *worse* by a little counts as an improvement "
    "for you."
)
class min_delta_added(Varied):
    def is_better(self, loss):
        return loss < self.best_loss + self.min_delta


@task.misconception("You take min_delta as a share of the best loss. Here it is a difference.")
class min_delta_relative(Varied):
    def is_better(self, loss):
        return self.best_loss == math.inf or loss < self.best_loss * (1 - self.min_delta)


@task.misconception(
    "A loss that is better by less than min_delta becomes the best for you, although it is no "
    "improvement. So a loss that creeps down never gets anywhere, however far it comes."
)
class best_creeps(Varied):
    def worse(self, epoch, loss, network):
        super().worse(epoch, loss, network)
        if loss < self.best_loss:
            self.best_loss = loss


@task.misconception(
    "NaN counts as an improvement for you: every comparison with it is False, also that it is "
    "worse. And no loss is lower than a best that is NaN. Ask whether a loss is better, not "
    "whether it is worse."
)
class nan_is_better(Varied):
    def is_better(self, loss):
        return not loss >= self.best_loss - self.min_delta


@task.misconception(
    "NaN is passed over: you do not count it at all. An epoch that ends at NaN is one without an "
    "improvement."
)
class nan_passed_over(Varied):
    def worse(self, epoch, loss, network):
        self.waited += not math.isnan(loss)


@task.misconception(
    "NaN ends your training at once. It is an epoch without an improvement, as any other."
)
class nan_stops(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        stop = super().end_epoch(epoch, validation_loss, network)
        return stop or math.isnan(validation_loss)


# What is kept -------------------------------------------------------------------------------------


@task.misconception(
    "What you restore is the network as it is already: `state()` returns the very arrays that "
    "training writes into, also in a new dictionary. Keep copies of the arrays."
)
class kept_as_a_view(Varied):
    def kept(self, network):
        return dict(network.state())


@task.misconception(
    "restore brings back the last epoch, as you keep the weights of each one. Keep them where the "
    "loss has improved."
)
class last_kept(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        stop = super().end_epoch(epoch, validation_loss, network)
        self._best = self.kept(network)
        return stop


@task.misconception(
    "restore leaves the network as it is: nothing is written into its arrays. Giving another "
    "object to a name of your own changes no network."
)
class nothing_restored(Varied):
    def restore(self, network):
        if not self._best:
            raise ValueError("there is nothing to restore")


@task.misconception(
    "What you keep stays that of the first improvement. Each further one replaces it."
)
class first_kept(Varied):
    def better(self, epoch, loss, network):
        before = self._best
        super().better(epoch, loss, network)
        self._best = before or self._best


@task.misconception(
    "What you keep is that of the improvement before the best: the new one has to replace it."
)
class one_improvement_behind(Varied):
    def better(self, epoch, loss, network):
        before = getattr(self, "_newest", None)
        super().better(epoch, loss, network)
        self._newest = self._best
        self._best = before or self._best


@task.misconception(
    "You restore the weights, and the running statistics stay those of the last epoch. `params` "
    "holds what is trained; `state()` holds all that makes the network what it is."
)
class weights_alone(Varied):
    def restore(self, network):
        super().restore(_without_buffers(network, self._best))


def _without_buffers(network, best):
    """Return something to load a state into that keeps the network's running statistics."""

    class Partly:
        @staticmethod
        def load_state(state):
            own = network.state()
            for name in network.params if best else ():
                own[name][...] = state[name]

    return Partly()


@task.misconception(
    "You restore the running statistics alone, and the weights stay those of the last epoch. "
    "`state()` holds both."
)
class statistics_alone(Varied):
    def restore(self, network):
        for name in network.buffers if self._best else ():
            network.state()[name][...] = self._best[name]
        if not self._best:
            super().restore(network)


@task.misconception(
    "The arrays that you keep become the network's own in restore. Training that goes on writes "
    "into them, and the optimizer still holds the old ones: write the numbers into the network's "
    "arrays, as `load_state` does."
)
class arrays_handed_over(Varied):
    def restore(self, network):
        if not self._best:
            super().restore(network)
        for key, layer in network.layers.items():
            for own in (layer.params, layer.buffers):
                for name in own:
                    own[name] = self._best[f"{key}.{name}"]


@task.misconception(
    "You restore the best weights as soon as you say that training is to stop. Whoever trains may "
    "want the last ones, too: that is what `restore` is called for."
)
class restored_at_once(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        stop = super().end_epoch(epoch, validation_loss, network)
        if stop and self._best:
            self.restore(network)
        return stop


@task.misconception(
    "restore writes into the network of the last epoch, whatever network it is given. A state fits "
    "into every network of the same layers."
)
class network_remembered(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        self._network = network
        return super().end_epoch(epoch, validation_loss, network)

    def restore(self, network):
        super().restore(self._network if self._best else network)


@task.misconception(
    "What you keep is gone after the first restore. It stays, so that it can be restored again."
)
class restored_once(Varied):
    def restore(self, network):
        if getattr(self, "_gone", False):
            return
        super().restore(network)
        self._gone = True


@task.misconception(
    "What is kept belongs to the class, so that all objects share one best state. Each has its own."
)
class best_on_the_class(Varied):
    def better(self, epoch, loss, network):
        super().better(epoch, loss, network)
        best_on_the_class._shared = self._best

    def restore(self, network):
        self._best = best_on_the_class._shared if self._best else {}
        super().restore(network)


@task.misconception(
    "`best_epoch` is not the number of the best epoch as it is told: it is counted from another "
    "beginning. A training that goes on from a checkpoint does not begin with epoch 1."
)
class epochs_counted_by_itself(Varied):
    def better(self, epoch, loss, network):
        super().better(getattr(self, "_epochs", 0) + 1, loss, network)

    def end_epoch(self, epoch, validation_loss, network):
        stop = super().end_epoch(epoch, validation_loss, network)
        self._epochs = getattr(self, "_epochs", 0) + 1
        return stop


@task.misconception("`best_epoch` is the last epoch's number. It is to be that of the best one.")
class last_epoch_remembered(Varied):
    def end_epoch(self, epoch, validation_loss, network):
        stop = super().end_epoch(epoch, validation_loss, network)
        self.best_epoch = epoch
        return stop


@task.misconception("`best_epoch` stays 0. It is to be the number of the best epoch.")
class epoch_not_remembered(Varied):
    def better(self, epoch, loss, network):
        super().better(0, loss, network)


@task.misconception(
    "restore is silent where no epoch was an improvement. There is nothing to restore then, and "
    "the text asks for a ValueError."
)
class silent_without_a_best(Varied):
    def restore(self, network):
        if self._best:
            super().restore(network)
