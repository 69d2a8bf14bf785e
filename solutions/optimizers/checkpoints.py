"""Checkpoints, from which training goes on as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from solutions.arrays import Array
from solutions.optimizers.blocks import all_layers
from solutions.optimizers.protocols import Stateful
from solutions.saving import check_state, host_copies, load_arrays

if TYPE_CHECKING:
    from solutions.optimizers.training import Trainer


COMMON = ("steps", "epochs", "rng", "history", "loss")
"""What a checkpoint holds besides the states of a trainer's parts."""


def training_state(trainer: Trainer) -> dict[str, Array]:
    """Return copies of all that a trainer's next step depends on, and its history, by name.

    Parameters and running averages, the state of optimizer, schedule and watchers, that of every
    random generator, and how many steps and epochs have been done.
    """
    state: dict[str, Array] = {"steps": np.array(trainer.steps), "epochs": np.array(trainer.epochs)}
    for place, rng in enumerate(generators(trainer)):
        text = json.dumps(rng.bit_generator.state, default=np.ndarray.tolist)
        state[f"rng/{place}"] = np.array(text)
    for name, values in trainer.history.items():
        state[f"history/{name}"] = np.array(values, dtype=np.float64)
    for name, array in trainer.loss.params.items():
        state[f"loss/{name}"] = array
    for part, owner in stateful_parts(trainer).items():
        state |= {f"{part}/{name}": array for name, array in owner.state().items()}
    return host_copies(state)


def load_training_state(trainer: Trainer, state: Mapping[str, Array]) -> None:
    """Put a trainer into the state that ``training_state`` returned; if that fails, into its own.

    Raises
    ------
    ValueError, KeyError or TypeError
        If the state comes from a trainer of other parts.
    """
    before = training_state(trainer)
    try:
        put(trainer, state)
    except BaseException:
        put(trainer, before)
        raise


def put(trainer: Trainer, state: Mapping[str, Array]) -> None:
    """Put a trainer into a state, part by part."""
    parts, own = stateful_parts(trainer), generators(trainer)
    counters = {name: np.array(0) for name in ("steps", "epochs")}
    counted = check_state({n: array for n, array in state.items() if n in counters}, counters)
    for part in sorted({name.split("/")[0] for name in state} - {*parts, *COMMON}):
        raise ValueError(f"it has the state of {part!r}, but this trainer has none")
    saved, history = select(state, "rng"), select(state, "history")
    if len(saved) != len(own):
        raise ValueError(f"it has {len(saved)} random generators, but here are {len(own)}")
    for part, owner in parts.items():
        owner.load_state(select(state, part))
    load_arrays(trainer.loss.params, select(state, "loss"))
    for place, rng in enumerate(own):
        rng.bit_generator.state = json.loads(str(saved[str(place)]))
    trainer.history = {name: history[name].tolist() for name in trainer.history}
    trainer.steps, trainer.epochs = counted["steps"].item(), counted["epochs"].item()


def select(state: Mapping[str, Array], part: str) -> dict[str, Array]:
    """Return the entries of one part, their names without its prefix."""
    prefix = f"{part}/"
    return {name.removeprefix(prefix): a for name, a in state.items() if name.startswith(prefix)}


def stateful_parts(trainer: Trainer) -> dict[str, Stateful]:
    """Return by name those parts of a trainer that have a state of their own.

    The network comes first: what does not fit is most often its shapes.
    """
    found: dict[str, object] = {"network": trainer.network, "optimizer": trainer.optimizer}
    found["schedule"] = trainer.schedule
    found |= {f"watcher{k}": watcher for k, watcher in enumerate(trainer.watchers)}
    return {name: part for name, part in found.items() if isinstance(part, Stateful)}


def generators(trainer: Trainer) -> list[np.random.Generator]:
    """Return the random generators of a trainer, its layers and its loss, each once."""
    owners = [*all_layers(trainer.network), trainer.loss]
    found = [trainer.rng, *generators_within([list(vars(owner).values()) for owner in owners])]
    return list({id(rng): rng for rng in found}.values())


def generators_within(value: Any) -> Iterator[np.random.Generator]:
    """Find the generators among these values, and in their lists and dictionaries."""
    if isinstance(value, np.random.Generator):
        yield value
    elif isinstance(value, Mapping):
        yield from generators_within(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from generators_within(item)
