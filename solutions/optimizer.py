"""What every optimizer offers, whatever its rule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array, array_module, at_least_float32, beside
from solutions.hyperparameters import real, whole
from solutions.saving import check_state


class Optimizer:
    """What all optimizers share. A rule of its own overrides ``update``.

    Parameters
    ----------
    params : mapping
        Floating-point arrays by name; ``step`` changes these very arrays.
    learning_rate : float
        η, the size of a step; it may be set anew at any time, as a schedule does.

    Attributes
    ----------
    slots, scratch : int
        For accounts of memory: how many arrays like a parameter it keeps, and how many more it has
        in hand while it changes one.

    Raises
    ------
    ValueError
        If a setting is not finite or out of its range, or there are no parameters.
    TypeError
        If ``params`` is no mapping, or a parameter is not of a floating-point type.
    """

    slots, scratch = 0, 1

    def __init__(self, params: Mapping[str, Array], learning_rate: float = 0.01) -> None:
        self.params = trainable(params)
        self.learning_rate = learning_rate
        self.steps = 0
        self.memory: dict[str, dict[str, Array]] = {}

    @property
    def learning_rate(self) -> float:
        """η, at least 0: a Python float, beside which float32 stays float32."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: float) -> None:
        self._learning_rate = real("learning_rate", learning_rate, at_least=0)

    def remember(self, kind: str) -> dict[str, Array]:
        """Return an array of zeros for each parameter, which ``state`` saves as "kind.name".

        They are of float32 at least: in float16 the squares of small gradients would vanish.
        """
        self.memory[kind] = {
            name: np.zeros_like(param, dtype=at_least_float32(param.dtype))
            for name, param in self.params.items()
        }
        return self.memory[kind]

    def step(self, grads: Mapping[str, Array]) -> None:
        """Change every parameter in place, given the gradients, which stay as they are.

        Raises
        ------
        ValueError
            If a gradient is missing, one too many, or not of the shape of its parameter.
        """
        for name in sorted(grads.keys() ^ self.params.keys()):
            problem = "is missing" if name in self.params else "belongs to no parameter"
            raise ValueError(f"grads[{name!r}] {problem}")
        for name, param in self.params.items():
            shape = grads[name].shape
            if shape != param.shape:
                raise ValueError(f"grads[{name!r}] has shape {shape}, its parameter {param.shape}")
        self.steps += 1
        for name, param in self.params.items():
            wide = at_least_float32(param.dtype)
            self.update(name, param, grads[name].astype(wide, copy=False))

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place, given its gradient, of the same shape.

        The gradient is of the parameter's dtype, but of float32 at least. ``steps`` counts this
        step already: it is 1 in the first one.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rule of its own")

    def rebind(self, params: Mapping[str, Array]) -> None:
        """Go on with other arrays of the same names and shapes, such as the same on the device.

        What is remembered of them moves to where they are. ValueError if they do not fit.
        """
        new = trainable(params)
        shapes = {name: array.shape for name, array in new.items()}
        if shapes != {name: array.shape for name, array in self.params.items()}:
            raise ValueError("params must have the names and shapes of those that it was made for")
        self.params = new
        for arrays in self.memory.values():
            for name, array in arrays.items():
                arrays[name] = beside(array, new[name])

    def state(self) -> dict[str, Array]:
        """Return a copy of all that the next step depends on, other than params and gradients."""
        numbers = {"steps": self.steps, "learning_rate": self.learning_rate}
        state: dict[str, Array] = {name: np.array(number) for name, number in numbers.items()}
        for kind, arrays in self.memory.items():
            state |= {f"{kind}.{name}": array.copy() for name, array in arrays.items()}
        return state

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from where ``state`` was taken; the parameters themselves are loaded elsewhere.

        Raises
        ------
        ValueError
            If the state is that of another kind of optimizer, or of other parameters; nothing
            has changed then.
        """
        try:
            values = check_state(state, self.state())
            steps = whole("steps", values["steps"], at_least=0)
            self.learning_rate = values["learning_rate"].item()
        except ValueError as error:
            raise ValueError(f"state does not fit {type(self).__name__}: {error}") from None
        self.steps = steps
        for kind, arrays in self.memory.items():
            for name, array in arrays.items():
                array[...] = array_module(array).asarray(values[f"{kind}.{name}"])


def trainable(params: Mapping[str, Array]) -> dict[str, Array]:
    """Return parameters that an optimizer can change in place; else refuse them."""
    if not isinstance(params, Mapping):
        raise TypeError("params must be a dictionary of arrays by name, such as network.params")
    if not params:
        raise ValueError("params is empty: there is nothing to train")
    for name, param in params.items():
        if not isinstance(param, array_module(param).ndarray):
            raise TypeError(f"params[{name!r}] must be an array, not a {type(param).__name__}")
        if param.dtype.kind != "f":
            raise TypeError(f"params[{name!r}] must be of a float type, not {param.dtype}")
    return dict(params)
