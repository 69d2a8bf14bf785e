"""Answers to early_stopping: right ones in other styles, and wrong ones."""

import copy

import numpy as np

from solutions.regularization import EarlyStopping


class StoppingByNames:
    """Attributes of its own, and no base class."""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch = float("inf"), 0
        self.bad, self.snapshot = 0, None

    def end_epoch(self, epoch, validation_loss, network):
        if self.best_loss - validation_loss > self.min_delta:
            self.best_loss = validation_loss
            self.best_epoch = epoch
            self.bad = 0
            self.snapshot = {}
            for name, array in network.state().items():
                self.snapshot[name] = array.copy()
        else:
            self.bad += 1
        return self.bad == self.patience

    def restore(self, network):
        if self.snapshot is None:
            raise ValueError("nothing was kept")
        own = network.state()
        for name in own:
            own[name][...] = self.snapshot[name]


class StoppingByDeepCopy(EarlyStopping):
    """Keeps a network."""

    def end_epoch(self, epoch, validation_loss, network):
        improved = not np.isnan(validation_loss) and (
            validation_loss < self.best_loss - self.min_delta
        )
        self.waited = 0 if improved else self.waited + 1
        if improved:
            self.best_loss, self.best_epoch = validation_loss, epoch
            self._best = copy.deepcopy(network)
        return not self.waited < self.patience

    def restore(self, network):
        if self.best_epoch == 0:
            raise ValueError("nothing was kept")
        network.load_state(self._best.state())


class StoppingByHistory(EarlyStopping):
    """Keeps all epochs, and looks for the best one at the end."""

    def end_epoch(self, epoch, validation_loss, network):
        past = self.__dict__.setdefault("past", [])
        past.append(copy.deepcopy(network.state()))
        if validation_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch, self.at = float(validation_loss), epoch, len(past) - 1
        return len(past) - 1 - getattr(self, "at", -1) >= self.patience

    def restore(self, network):
        if not hasattr(self, "at"):
            raise ValueError("nothing was kept")
        network.load_state(self.past[self.at])


RIGHT = [
    {"EarlyStopping": StoppingByNames},
    {"EarlyStopping": StoppingByDeepCopy},
    {"EarlyStopping": StoppingByHistory},
]

BETTER = "if validation_loss < self.best_loss - self.min_delta:"
KEEP = "self._best = host_copies(network.state())"
REMEMBER = "self.best_loss, self.best_epoch, self.waited = float(validation_loss), epoch, 0"
STOP = "return self.waited >= self.patience"
LOAD = "network.load_state(self._best)"

SLIPS = [
    (BETTER, "if validation_loss <= self.best_loss - self.min_delta:", "equal_is_better"),
    (BETTER, "if validation_loss < self.best_loss:", "min_delta_ignored"),
    (BETTER, "if validation_loss < self.best_loss + self.min_delta:", "min_delta_added"),
    (BETTER, "if not validation_loss >= self.best_loss - self.min_delta:", "nan_is_better"),
    (STOP, "return self.waited > self.patience", "one_epoch_late"),
    (STOP, "return self.waited < self.patience", "go_on_for_stop"),
    (STOP, "self.waited >= self.patience", "never_stops"),
    (
        REMEMBER,
        "self.best_loss, self.best_epoch = float(validation_loss), epoch",
        "count_goes_on",
    ),
    (REMEMBER, "self.best_epoch, self.waited = epoch, 0", "best_never_kept"),
    (REMEMBER, "self.best_loss, self.waited = float(validation_loss), 0", "epoch_not_remembered"),
    (KEEP, "self._best = network.state()", "kept_as_a_view"),
    (KEEP, "self._best = network.state().copy()", "kept_as_a_view"),
    (LOAD, "pass", "nothing_restored"),
]
EQUIVALENT = {
    "Without a best state, load_state({}) raises the ValueError, with another sentence.": [
        "EarlyStopping.restore: if not self._best: → pass"
    ],
}

NAMES = {
    "branches_exchanged": [
        "EarlyStopping.end_epoch: if validation_loss < self.best_loss - self.min_delta: → if not validation_loss < self.best_loss - self.min_delta:"
    ],
    "equal_is_better": [
        "EarlyStopping.end_epoch: if validation_loss < self.best_loss - self.min_delta: → if validation_loss <= self.best_loss - self.min_delta:"
    ],
    "min_delta_added": [
        "EarlyStopping.end_epoch: if validation_loss < self.best_loss - self.min_delta: → if validation_loss < self.best_loss + self.min_delta:"
    ],
    "min_delta_ignored": [
        "EarlyStopping.end_epoch: if validation_loss < self.best_loss - self.min_delta: → if validation_loss < self.best_loss:"
    ],
    "kept_as_a_view": [
        "EarlyStopping.end_epoch: self._best = host_copies(network.state()) → self._best = network.state()"
    ],
    "never_stops": [
        "EarlyStopping.end_epoch: self.waited += 1 → pass",
        "EarlyStopping.end_epoch: self.waited += 1 → self.waited -= 1",
        "EarlyStopping.end_epoch: self.waited += 1 → self.waited += 0",
    ],
    "counts_to_one": ["EarlyStopping.end_epoch: self.waited += 1 → self.waited = 1"],
    "one_epoch_late": [
        "EarlyStopping.end_epoch: return self.waited >= self.patience → return self.waited > self.patience"
    ],
    "go_on_for_stop": [
        "EarlyStopping.end_epoch: return self.waited >= self.patience → return self.waited < self.patience"
    ],
    "nothing_restored": [
        "EarlyStopping.restore: network.load_state(self._best) → pass",
        "EarlyStopping.restore: network.load_state(self._best) → network",
    ],
}
