"""Docstrings as reStructuredText, in which a magnitude such as |x| would be a name to fill in."""

from __future__ import annotations

import re
from typing import Any

LITERAL = re.compile(r"(``.*?``)", re.DOTALL)


def without_bars(text: str) -> str:
    """Return a docstring whose bars mean nothing but themselves."""
    parts = LITERAL.split(text)
    return "".join(part if part.startswith("``") else part.replace("|", r"\|") for part in parts)


def keep_bars(*event: Any) -> None:
    """Change the lines of a docstring that Sphinx has read: the last argument, in place."""
    lines = event[-1]
    lines[:] = without_bars("\n".join(lines)).splitlines()
