"""What tasks are called in the text of their assignment."""

from __future__ import annotations

import re
from collections.abc import Mapping

MINUTES = re.compile(r" \(\d+ minutes\)$")


def heading_of(task: str, headings: Mapping[str, str]) -> str:
    """Return what a task is called in the assignment, without its minutes."""
    return MINUTES.sub("", headings.get(task, task))
