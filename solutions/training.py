"""Chapter 4: the training loop, with everything that later chapters add to it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from solutions.arrays import Array, array_module
from solutions.backpropagation import clip_by_norm
from solutions.checkpoints import load_training_state, training_state
from solutions.descent import minibatches
from solutions.losses import accuracy
from solutions.network import Network, read_arrays, write_arrays
from solutions.progress import progress_bar, show_loss

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
    loss_layer : object
        ``forward(outputs, targets)`` returns the loss of a batch, ``backward()`` its gradient.
    optimizer : object
        Made with ``network.params``; ``step(grads)`` changes them in place.
    rng : Generator
        Shuffles the samples, and is passed to the augmentation.
    batch_size : int
        Samples per step; the last batch of an epoch may be smaller.
    schedule : object, optional
        ``schedule(step)`` gives the learning rate of each step, counted from 0; where it has
        ``update(validation_loss)``, that gives the learning rate of the next epoch.
    regularizers : sequence
        Each with ``penalty(params)``, added to the loss, and ``gradients(params)``, a dictionary
        added to the gradients. One with ``project(params)`` corrects them after each step.
    augmentation : function, optional
        ``augmentation(x, rng)`` returns the inputs of a batch, changed; the targets stay.
    max_norm : float, optional
        Gradients whose joint norm is larger are scaled down to it.
    early_stopping : object, optional
        ``update(epoch, validation_loss, network)`` returns whether to stop; epochs count from 1.
    score : function or None
        ``score(outputs, targets)``: the accuracies of the history. None leaves them out.
    progress : bool
        Whether to show a progress bar in a terminal or a notebook; elsewhere there is none.

    Attributes
    ----------
    history : dict of lists of float
        "step_loss", penalties included, as each batch was met; "train_loss", "train_accuracy",
        "validation_loss", "validation_accuracy" in test mode, without penalties, at each epoch's
        end.
    steps, epochs : int
        How many have been done.
    """

    def __init__(
        self,
        network: Network,
        loss_layer: Any,
        optimizer: Any,
        rng: np.random.Generator,
        batch_size: int = 32,
        schedule: Any = None,
        regularizers: Sequence[Any] = (),
        augmentation: Callable[[Array, np.random.Generator], Array] | None = None,
        max_norm: float | None = None,
        early_stopping: Any = None,
        score: Callable[[Array, Array], float] | None = accuracy,
        progress: bool = True,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, but it is {batch_size}")
        if max_norm is not None and not max_norm > 0:
            raise ValueError(f"max_norm must be more than 0, but it is {max_norm}")
        self.network, self.loss_layer, self.optimizer = network, loss_layer, optimizer
        self.rng, self.batch_size, self.schedule = rng, batch_size, schedule
        self.regularizers, self.augmentation = tuple(regularizers), augmentation
        self.max_norm, self.early_stopping = max_norm, early_stopping
        self.score, self.progress = score, progress
        self.history: dict[str, list[float]] = {name: [] for name in HISTORY}
        self.steps = self.epochs = 0

    def fit(
        self,
        x: Array,
        t: Array,
        epochs: int,
        validation: tuple[Array, Array] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> dict[str, list[float]]:
        """Train for this many more epochs, unless early stopping ends it; return the history.

        Parameters
        ----------
        x, t : array (N, ...), array (N, ...)
            Inputs and targets of the training set.
        validation : pair of arrays, optional
            Inputs and targets that are only looked at.
        checkpoint : path, optional
            Where to ``save`` after each epoch.

        Raises
        ------
        ValueError
            If x and t do not fit, x contains NaN or infinity, the validation set is missing where
            it is needed, or the optimizer was made for other parameters.
        DivergedError
            If the loss or a gradient is no longer finite.
        """
        self._check_fit(x, t, validation)
        total = epochs * math.ceil(len(x) / self.batch_size)
        with progress_bar(total, self.progress) as bar:
            for _ in range(epochs):
                self.network.training = True
                for rows in minibatches(len(x), self.batch_size, self.rng):
                    rows = array_module(x).asarray(rows)
                    self.step(x[rows], t[rows])
                    show_loss(bar, self.epochs + 1, self.history["step_loss"][-1])
                stop = self._end_epoch((x, t), validation)
                if checkpoint is not None:
                    self.save(checkpoint)
                if stop:
                    break
        return self.history

    def step(self, x: Array, t: Array) -> float:
        """Make one step on one mini-batch, and return the loss that it had before."""
        if callable(self.schedule):
            self.optimizer.learning_rate = self.schedule(self.steps)
        if self.augmentation is not None:
            x = self.augmentation(x, self.rng)
        self.steps += 1
        params = self.network.params
        loss = float(self.loss_layer.forward(self.network.forward(x), t))
        loss += sum(float(regularizer.penalty(params)) for regularizer in self.regularizers)
        self._require(math.isfinite(loss), f"the loss is {loss}")
        self.network.backward(self.loss_layer.backward())
        self.optimizer.step(self._gradients(params))
        for regularizer in self.regularizers:
            if hasattr(regularizer, "project"):
                regularizer.project(params)
        self.history["step_loss"].append(loss)
        return loss

    def evaluate(self, x: Array, t: Array) -> tuple[float, float | None]:
        """Return the loss, without penalties, and the score of a data set, in test mode."""
        outputs = self.network.predict(x)
        # in float16 the sum over a whole data set would overflow
        outputs = outputs.astype(np.promote_types(outputs.dtype, np.float32), copy=False)
        loss = float(self.loss_layer.forward(outputs, t))
        return loss, None if self.score is None else self.score(outputs, t)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a checkpoint, an .npz file, from which training goes on to the same bits."""
        write_arrays(path, training_state(self))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on from a checkpoint, in a trainer that was made as the one that saved it.

        Raises
        ------
        ValueError
            If the file is damaged, or comes from a trainer of other parts.
        """
        try:
            load_training_state(self, read_arrays(path))
        except (ValueError, KeyError) as error:
            raise ValueError(
                f"{os.fspath(path)} is no checkpoint of this trainer: {error}"
            ) from None

    def _gradients(self, params: dict[str, Array]) -> dict[str, Array]:
        """Return the gradients of loss and penalties, clipped if that is wished; all finite."""
        grads = self.network.grads
        for regularizer in self.regularizers:
            for name, extra in regularizer.gradients(params).items():
                grads[name] = grads[name] + extra  # a new array: the layer's own stays
        for name, grad in grads.items():
            self._require(bool(np.isfinite(grad).all()), f"the gradient of {name} is not finite")
        return grads if self.max_norm is None else clip_by_norm(grads, self.max_norm)[0]

    def _end_epoch(
        self, train: tuple[Array, Array], validation: tuple[Array, Array] | None
    ) -> bool:
        """Write down how the epoch ended, and return whether to stop."""
        self.epochs += 1
        self._record("train", train)
        if validation is None:
            return False
        loss = self._record("validation", validation)
        if hasattr(self.schedule, "update"):
            self.optimizer.learning_rate = self.schedule.update(loss)
        if self.early_stopping is None:
            return False
        return bool(self.early_stopping.update(self.epochs, loss, self.network))

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

    def _check_fit(self, x: Array, t: Array, validation: tuple[Array, Array] | None) -> None:
        check_data("the training set", x, t)
        if validation is not None:
            check_data("the validation set", *validation)
        elif self.early_stopping is not None or hasattr(self.schedule, "update"):
            raise ValueError("validation is None, but early stopping or the schedule needs it")
        ours, theirs = self.network.params, self.optimizer.params
        if {k: id(v) for k, v in ours.items()} != {k: id(v) for k, v in theirs.items()}:
            raise ValueError(
                "the optimizer was made for other parameters than network.params: "
                "make it from them, after freezing"
            )


def check_data(name: str, x: Array, t: Array) -> None:
    """Raise ValueError unless there is one target per input, at least one, and all are finite."""
    if len(x) == 0 or len(x) != len(t):
        raise ValueError(
            f"{name} has {len(x)} inputs and {len(t)} targets: one target per input is needed"
        )
    if not bool(np.isfinite(x).all()):
        raise ValueError(f"{name} contains NaN or infinity: no loss would be a number")
