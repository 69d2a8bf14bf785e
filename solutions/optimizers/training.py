"""The training loop, with everything that later chapters add to it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from solutions.arrays import Array, as_wide_float, beside, read_numbers
from solutions.backpropagation import joint_norm
from solutions.hyperparameters import real, whole
from solutions.layer import Loss
from solutions.losses import accuracy, minibatches
from solutions.optimizer import Optimizer
from solutions.optimizers.checkpoints import load_training_state, training_state
from solutions.optimizers.network import Network
from solutions.optimizers.progress import progress_bar, show_loss
from solutions.optimizers.protocols import (
    Projection,
    Recorder,
    Regularizer,
    Watcher,
    check_function,
    check_part,
    check_parts,
)
from solutions.optimizers.rprop import Rprop
from solutions.optimizers.training_sets import check_set, check_validation
from solutions.saving import check_folder, read_arrays, write_arrays
from solutions.schedule import ValidationSchedule, check_schedule

HISTORY = ("step_loss", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
"""What ``Trainer.history`` keeps: the first once per step, the others once per epoch."""


class DivergedError(ArithmeticError):
    """A loss or a gradient is infinite or not a number; the message says when, and what to try."""


class Trainer:
    """Trains a network on mini-batches: forward, loss, backward, step; again and again.

    Parameters
    ----------
    network : Network
        Its parameters are changed in place.
    loss : Loss
        Where it has parameters of its own, they are trained as well.
    optimizer : Optimizer
        Made with ``network.params``, or ``network.params | loss.params``.
    rng : Generator
        Shuffles the samples, and is passed to the augmentation.
    batch_size : int
        Samples per step; the last batch of an epoch may be smaller.
    schedule : function, optional
        ``schedule(step)`` gives the learning rate of each step, counted from 0. If it has
        ``observe(validation_loss)``, it is told the validation loss of each epoch.
    regularizers : sequence of Regularizer
        Their penalties are added to the loss, and their gradients to the gradients. A
        ``Projection`` among them corrects the parameters after each step.
    augmentation : function, optional
        ``augmentation(x, rng)`` returns the inputs of a batch, changed; the targets stay.
    max_norm : float, optional
        Gradients whose joint norm is larger are scaled down to it.
    watchers : sequence of Watcher
        Told how each epoch ended, such as ``EarlyStopping``; training stops when one says so.
    score : function or None
        ``score(outputs, targets)``: the accuracies of the history. None leaves them out.
    progress : bool
        Whether to show a progress bar in a terminal or a notebook; elsewhere there is none.
    recorder : Recorder, optional
        Told of each step what the history leaves out, such as ``initialization.Record``.

    Attributes
    ----------
    history : dict of lists of float
        "step_loss", penalties included, as each batch was met; "train_loss", "train_accuracy",
        "validation_loss" and "validation_accuracy" at each epoch's end, as ``evaluate`` gives them.
    steps, epochs : int
        How many have been done.

    Raises
    ------
    TypeError
        If a part is not what it should be.
    ValueError
        If a number is out of its range, or the optimizer was made for other parameters.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        rng: np.random.Generator,
        batch_size: int = 32,
        schedule: Callable[[int], float] | None = None,
        regularizers: Sequence[Regularizer] = (),
        augmentation: Callable[[Array, np.random.Generator], Array] | None = None,
        max_norm: float | None = None,
        watchers: Sequence[Watcher] = (),
        score: Callable[[Array, Array], float] | None = accuracy,
        progress: bool = True,
        recorder: Recorder | None = None,
    ) -> None:
        default_rng = "np.random.default_rng(0)"
        self.network = check_part("network", network, Network, "Network([...])")
        self.loss = check_part("loss", loss, Loss, "SoftmaxWithLoss()")
        self.optimizer = check_part("optimizer", optimizer, Optimizer, "SGD(network.params)")
        self.rng = check_part("rng", rng, np.random.Generator, default_rng)
        self.batch_size = whole("batch_size", batch_size, at_least=1)
        self.schedule = None if schedule is None else check_schedule(schedule)
        self.regularizers = check_parts("regularizers", regularizers, Regularizer, "L2(1e-4)")
        self.augmentation = check_function("augmentation", augmentation, "x, rng")
        self.max_norm = None if max_norm is None else real("max_norm", max_norm, above=0)
        self.watchers = check_parts("watchers", watchers, Watcher, "EarlyStopping(5)")
        self.score = check_function("score", score, "outputs, targets")
        self.progress = progress
        self.recorder = (
            None if recorder is None else check_part("recorder", recorder, Recorder, "Record()")
        )
        self.history: dict[str, list[float]] = {name: [] for name in HISTORY}
        self.steps = self.epochs = 0
        check_together(self)

    @property
    def params(self) -> dict[str, Array]:
        """What is trained: the arrays of the network, and of the loss if it has some."""
        return self.network.params | self.loss.params

    def fit(
        self,
        x: Array,
        targets: Array,
        epochs: int,
        validation: tuple[Array, Array] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> dict[str, list[float]]:
        """Train for this many more epochs, unless a watcher ends it; return the history.

        This is what chapter 2's ``sgd`` and chapter 3's ``train`` become: in their middle stands
        the same step, and around it what a long training needs.

        Parameters
        ----------
        x, targets : array (N, ...), array (N, ...)
            The training set. It may stay on the host: each batch goes where the network is.
        validation : pair of arrays, optional
            Inputs and targets that are only looked at.
        checkpoint : path, optional
            Where to ``save`` after each epoch.

        Raises
        ------
        TypeError, ValueError, FileNotFoundError
            Before any work: if the inputs and targets are no arrays that fit, or contain NaN or
            infinity; if a validation set that is needed is missing, or the checkpoint's folder.
        DivergedError
            If the loss or a gradient is no longer finite.
        """
        epochs = whole("epochs", epochs, at_least=0)
        check_set("the training set", x, targets)
        looked_at = bool(self.watchers) or isinstance(self.schedule, ValidationSchedule)
        check_validation(validation, looked_at)
        if checkpoint is not None:
            check_folder(checkpoint)
        with progress_bar(epochs * math.ceil(len(x) / self.batch_size), self.progress) as bar:
            for _ in range(epochs):
                self.network.training = True
                for rows in minibatches(len(x), self.batch_size, self.rng):
                    loss = self.step(x[beside(rows, x)], targets[beside(rows, targets)])
                    show_loss(bar, self.epochs + 1, loss)
                stop = self._end_epoch((x, targets), validation)
                if checkpoint is not None:
                    self.save(checkpoint)
                if stop:
                    break
        return self.history

    def step(self, x: Array, targets: Array) -> float:
        """Make one step on one mini-batch, and return the loss that it had before.

        Of a GPU's results it reads the loss, the penalties and whether all is finite, together,
        after the way back: it waits once, unless a loss, a penalty or a recorder does so itself.
        """
        params = self.params
        check_optimizer(self.optimizer, params)
        if self.schedule is not None:
            self.optimizer.learning_rate = self.schedule(self.steps)
        if self.augmentation is not None:
            x = self.augmentation(x, self.rng)
        self.steps += 1
        outputs = self.network.forward(self.network.bring(x))
        loss = self.loss.forward(outputs, self.network.bring(targets))
        penalty = sum(regularizer.penalty(params) for regularizer in self.regularizers)
        grads = self._gradients(params)
        if self.recorder is not None:
            self.recorder.before_step(loss, params, grads)
        loss, grads = self._read(loss + penalty, grads)
        self.optimizer.step(grads)
        for regularizer in self.regularizers:
            if isinstance(regularizer, Projection):
                regularizer.project(params)
        if self.recorder is not None:
            self.recorder.after_step(params)
        self.history["step_loss"].append(loss)
        return loss

    def evaluate(self, x: Array, targets: Array) -> tuple[float, float | None]:
        """Return the loss, without penalties, and the score of a data set, in test mode."""
        size = 256
        batches = (x[i : i + size] for i in range(0, max(len(x), 1), size))
        outputs = np.concatenate([self.network.predict(self.network.bring(b)) for b in batches])
        outputs = as_wide_float(outputs)
        targets = self.network.bring(targets)
        loss = float(self.loss.forward(outputs, targets))
        return loss, None if self.score is None else float(self.score(outputs, targets))

    def to_device(self) -> Self:
        """Move network, loss and optimizer to the GPU; return self. The data may stay."""
        return self._move(self.network.to_device)

    def to_host(self) -> Self:
        """Move all back to the host's memory, and return self."""
        return self._move(self.network.to_host)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a checkpoint, an .npz file, from which training goes on to the same bits."""
        write_arrays(path, training_state(self))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on from a checkpoint, in a trainer that was made as the one that saved it.

        Raises
        ------
        ValueError
            If the file is damaged, or comes from a trainer of other parts. All is then as it was.
        """
        try:
            load_training_state(self, read_arrays(path))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise ValueError(
                f"{os.fspath(path)} is no checkpoint of this trainer: {error}"
            ) from error

    def _move(self, move_network: Callable[[], Network]) -> Self:
        """Move the network, and have loss and optimizer follow."""
        self.optimizer.rebind(self.params)  # refuses what does not fit before anything moves
        move_network()
        for name, param in self.loss.params.items():
            self.loss.params[name] = self.network.bring(param)
        self.optimizer.rebind(self.params)
        return self

    def _gradients(self, params: dict[str, Array]) -> dict[str, Array]:
        """Go back through loss and network; return their gradients and those of the penalties."""
        before, self.network.needs_input_gradient = self.network.needs_input_gradient, False
        try:
            self.network.backward(self.loss.backward())
        finally:
            self.network.needs_input_gradient = before
        grads = self.network.grads | self.loss.grads
        for regularizer in self.regularizers:
            for name, extra in regularizer.gradients(params).items():
                grads[name] = grads[name] + extra  # a new array: the layer's own stays
        return grads

    def _read(self, loss: Array, grads: dict[str, Array]) -> tuple[float, dict[str, Array]]:
        """Return the loss as a float, and the gradients clipped; DivergedError if not finite."""
        finite = [np.isfinite(grad).all() for grad in grads.values()]
        with np.errstate(over="ignore"):
            norm = 0.0 if self.max_norm is None else joint_norm(grads)
        loss, norm, *finite = read_numbers([loss, norm, *finite])
        self._require(math.isfinite(loss), f"the loss is {loss}")
        broken = [name for name, good in zip(grads, finite, strict=True) if not good]
        self._require(not broken, f"the gradient of {''.join(broken[:1])} is not finite")
        self._require(math.isfinite(norm), "the gradients are too large to be squared")
        if self.max_norm is None or norm <= self.max_norm:
            return loss, grads
        return loss, {name: self.max_norm / norm * grad for name, grad in grads.items()}

    def _end_epoch(
        self, train: tuple[Array, Array], validation: tuple[Array, Array] | None
    ) -> bool:
        """Write down how the epoch ended, and return whether to stop."""
        self.epochs += 1
        self._record("train", train)
        if validation is None:
            return False
        loss = self._record("validation", validation)
        if isinstance(self.schedule, ValidationSchedule):
            self.schedule.observe(loss)
        stops = [watcher.end_epoch(self.epochs, loss, self.network) for watcher in self.watchers]
        return any(stops)

    def _record(self, name: str, data: tuple[Array, Array]) -> float:
        loss, score = self.evaluate(*data)
        self._require(math.isfinite(loss), f"after it the {name} loss is {loss}")
        self.history[f"{name}_loss"].append(loss)
        if score is not None:
            self.history[f"{name}_accuracy"].append(score)
        return loss

    def _require(self, finite: bool, problem: str) -> None:
        if not finite:
            raise DivergedError(
                f"Training diverged at step {self.steps}: {problem}. Try a smaller learning "
                f"rate (it is {self.optimizer.learning_rate:g}), clip the gradients (max_norm), "
                "scale the inputs to about 1, or start from smaller weights."
            )


def check_together(trainer: Trainer) -> None:
    """Refuse parts of a trainer that are right by themselves, but not together."""
    clash = trainer.network.state().keys() & trainer.loss.params.keys()
    if clash:
        raise ValueError(f"network and loss both have a parameter {min(clash)!r}")
    check_optimizer(trainer.optimizer, trainer.params)
    if trainer.schedule is not None and isinstance(trainer.optimizer, Rprop):
        raise ValueError("Rprop finds the size of its steps itself: leave the schedule out")


def check_optimizer(optimizer: Optimizer, params: dict[str, Array]) -> None:
    """Raise ValueError unless an optimizer changes exactly these arrays."""
    ours, theirs = ({n: id(a) for n, a in ps.items()} for ps in (params, optimizer.params))
    if ours != theirs:
        raise ValueError(
            "the optimizer was made for other parameters than network.params (| loss.params, where "
            "the loss has some): make it from them, after freezing and moving the network; "
            "Trainer.to_device() moves both"
        )
