"""What every penalty on weights offers, and on which parameters it is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solutions.arrays import Array
from solutions.hyperparameters import real


def is_weight(name: str, param: Array) -> bool:
    """Return whether a parameter is a weight: of two axes or more, and its name no "b..."."""
    return param.ndim > 1 and not name.rpartition(".")[2].startswith("b")


class Penalty:
    """What the penalties share: how strong they are, and on what.

    A penalty of its own gives ``penalty(params)``, which a trainer adds to the loss, and
    ``gradients(params)``, which it adds to the gradients.

    Parameters
    ----------
    strength : float
        λ, not negative; the same for all layers.
    applies : function
        ``applies(name, param)`` says whether a parameter is penalized; biases are not by default.
    """

    def __init__(self, strength: float, applies: Callable[[str, Array], bool] = is_weight) -> None:
        self.strength, self.applies = real("strength", strength, at_least=0), applies

    def weights(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return the parameters that are penalized."""
        return {name: w for name, w in params.items() if self.applies(name, w)}
