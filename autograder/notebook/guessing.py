"""A reader's prediction, set beside what came out."""

from __future__ import annotations

from typing import Any

import numpy as np


def reveal(guess: Any, result: Any, what: str = "") -> None:
    """Print a reader's guess beside the result.

    Parameters
    ----------
    guess : any
        What was predicted; ``...`` if nothing was.
    result : any
        What came out.
    what : str
        What it is that was guessed, or a unit: it stands behind both.
    """
    came = f"it is: {_shown(result)}{' ' if what else ''}{what}"
    if guess is ...:
        print(f"no guess yet (write one in the place of the dots)  |  {came}")
    else:
        print(f"your guess: {_shown(guess)}  |  {came}")


def _shown(value: Any) -> str:
    """Return a value as a reader writes it: plain numbers, few digits, tuples in parentheses."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):  # a shape such as (3,) is not the number 3
        return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items())
    return str(value)
