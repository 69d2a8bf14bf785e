"""Chapter 4: checkpoints, from which training goes on as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from solutions.arrays import Array

PARTS = ("network", "optimizer", "schedule", "early_stopping")
"""What of a trainer may have a state of its own; the network comes first, for its checks."""


def training_state(trainer: Any) -> dict[str, Array]:
    """Return all that a trainer's next step depends on, and its history, as arrays by name.

    Parameters and running averages, the state of optimizer, schedule and early stopping, that of
    every random generator, and how many steps and epochs have been done.
    """
    state: dict[str, Array] = {
        "steps": np.array(trainer.steps),
        "epochs": np.array(trainer.epochs),
        "learning_rate": np.array(trainer.optimizer.learning_rate),
    }
    for place, rng in enumerate(generators(trainer)):
        state[f"rng/{place}"] = np.array(
            json.dumps(rng.bit_generator.state, default=np.ndarray.tolist)
        )
    for name, values in trainer.history.items():
        state[f"history/{name}"] = np.array(values, dtype=np.float64)
    for part, owner in stateful_parts(trainer).items():
        state |= {f"{part}/{name}": array for name, array in owner.state().items()}
    return state


def load_training_state(trainer: Any, state: Mapping[str, Array]) -> None:
    """Put a trainer into the state that ``training_state`` returned.

    Raises
    ------
    ValueError
        If the state comes from a trainer of other parts.
    """
    for key in ("steps", "epochs", "learning_rate"):
        if key not in state:
            raise ValueError(f"{key!r} is missing")
    own, saved = generators(trainer), select(state, "rng")
    if len(saved) != len(own):
        raise ValueError(f"it has {len(saved)} random generators, but here are {len(own)}")
    for part, owner in stateful_parts(trainer).items():
        owner.load_state(select(state, part))
    for place, rng in enumerate(own):
        rng.bit_generator.state = json.loads(str(saved[str(place)]))
    trainer.history = {name: a.tolist() for name, a in select(state, "history").items()}
    trainer.steps, trainer.epochs = int(state["steps"]), int(state["epochs"])
    trainer.optimizer.learning_rate = float(state["learning_rate"])


def select(state: Mapping[str, Array], part: str) -> dict[str, Array]:
    """Return the entries of one part, their names without its prefix."""
    prefix = f"{part}/"
    return {name.removeprefix(prefix): a for name, a in state.items() if name.startswith(prefix)}


def stateful_parts(trainer: Any) -> dict[str, Any]:
    """Return by name those parts of a trainer that have a state of their own."""
    found = {name: getattr(trainer, name) for name in PARTS}
    return {name: part for name, part in found.items() if hasattr(part, "state")}


def generators(trainer: Any) -> list[np.random.Generator]:
    """Return the trainer's random generator and those of its layers, each once."""
    found = [trainer.rng, *generators_within(trainer.network)]
    return list({id(rng): rng for rng in found}.values())


def generators_within(part: Any) -> Iterator[np.random.Generator]:
    """Find the generators that a layer holds, or the layers in it, in a fixed order."""
    if isinstance(part, np.random.Generator):
        yield part
    elif isinstance(part, Mapping):
        yield from generators_within(list(part.values()))
    elif isinstance(part, list | tuple):
        for item in part:
            yield from generators_within(item)
    elif hasattr(part, "forward"):
        yield from generators_within(list(vars(part).values()))
