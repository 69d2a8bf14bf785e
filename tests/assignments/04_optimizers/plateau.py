"""Answers to plateau: right ones in other styles, and wrong ones."""

import math

from solutions.optimizers import Plateau
from solutions.schedule import Schedule


class PlateauByNames(Schedule):
    """Attributes of its own."""

    def __init__(self, initial, factor=0.5, patience=5, min_delta=0.0, final=0.0):
        super().__init__(initial)
        self.factor, self.patience, self.min_delta, self.final = factor, patience, min_delta, final
        self.eta, self.lowest, self.bad = initial, None, 0

    def rate(self, step):
        return self.eta

    def observe(self, loss):
        if not math.isnan(loss) and (self.lowest is None or self.lowest - loss > self.min_delta):
            self.lowest = loss
            self.bad = 0
            return self.eta
        self.bad += 1
        if self.bad == self.patience:
            self.bad = 0
            self.eta *= self.factor
            if self.eta < self.final:
                self.eta = self.final
        return self.eta


class PlateauCountingDown(Plateau):
    def observe(self, validation_loss):
        improved = self.best - validation_loss > self.min_delta
        if improved:
            self.best = validation_loss
        self.waited = 0 if improved else self.waited + 1
        if self.waited == self.patience:
            self.waited = 0
            self.current = max(self.final, self.factor * self.current)
        return self.current


class PlateauByHistory(Plateau):
    """Keeps all losses since the best one."""

    def observe(self, validation_loss):
        since = getattr(self, "since", [])
        if validation_loss < self.best - self.min_delta:
            self.best, since = validation_loss, []
        else:
            since = [*since, validation_loss]
        if len(since) >= self.patience:
            since = []
            self.current = max(self.current * self.factor, self.final)
        self.since = since
        return self.current


RIGHT = [
    {"Plateau": PlateauByNames},
    {"Plateau": PlateauCountingDown},
    {"Plateau": PlateauByHistory},
]

BETTER = "if validation_loss < self.best - self.min_delta:"
CUT = "self.current, self.waited = max(self.current * self.factor, self.final), 0"

SLIPS = [
    (BETTER, "if validation_loss <= self.best - self.min_delta:", "equal_is_better"),
    (BETTER, "if validation_loss < self.best:", "min_delta_ignored"),
    (BETTER, "if validation_loss < self.best + self.min_delta:", "min_delta_added"),
    ("if self.waited >= self.patience:", "if self.waited > self.patience:", "one_epoch_late"),
    (
        "self.best, self.waited = float(validation_loss), 0",
        "self.best = float(validation_loss)",
        "count_goes_on",
    ),
    (CUT, "self.current = max(self.current * self.factor, self.final)", "cut_again_at_once"),
    (CUT, "self.current, self.waited = self.current * self.factor, 0", "floor_ignored"),
    (CUT, CUT.replace("max(self.current", "max(self.initial"), "cut_from_the_initial"),
    (
        CUT,
        CUT.replace("max(self.current * self.factor, self.final)", "self.final"),
        "straight_to_the_floor",
    ),
]

NAMES = {
    "counts_to_one": ["Plateau.observe: self.waited += 1 → self.waited = 1"],
    "cut_when_better": [
        "Plateau.observe: if validation_loss < self.best - self.min_delta: → if not validation_loss < self.best - self.min_delta:"
    ],
    "equal_is_better": [
        "Plateau.observe: if validation_loss < self.best - self.min_delta: → if validation_loss <= self.best - self.min_delta:"
    ],
    "min_delta_added": [
        "Plateau.observe: if validation_loss < self.best - self.min_delta: → if validation_loss < self.best + self.min_delta:"
    ],
    "min_delta_ignored": [
        "Plateau.observe: if validation_loss < self.best - self.min_delta: → if validation_loss < self.best:"
    ],
    "never_cut": [
        "Plateau.observe: if validation_loss < self.best - self.min_delta: → pass",
        "Plateau.observe: self.waited += 1 → pass",
        "Plateau.observe: self.waited += 1 → self.waited -= 1",
        "Plateau.observe: self.waited += 1 → self.waited += 0",
        "Plateau.observe: if self.waited >= self.patience: → pass",
        "Plateau.observe: self.current, self.waited = (max(self.current * self.factor, self.final), 0) → pass",
        "Plateau.observe: self.current, self.waited = (max(self.current * self.factor, self.final), 0) → self.current, self.waited = (max(self.current, self.final), 0)",
    ],
    "one_epoch_late": [
        "Plateau.observe: if self.waited >= self.patience: → if self.waited > self.patience:"
    ],
    "rate_grows": [
        "Plateau.observe: self.current, self.waited = (max(self.current * self.factor, self.final), 0) → self.current, self.waited = (max(self.current / self.factor, self.final), 0)"
    ],
}
