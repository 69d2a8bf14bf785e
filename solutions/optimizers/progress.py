"""A progress bar where somebody can see it move, and nothing elsewhere."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TextIO


def progress_stream() -> TextIO | None:
    """Return where a bar can be drawn: a notebook's output, a terminal, or None."""
    if type(sys.stdout).__module__.startswith("ipykernel"):
        return sys.stdout  # a notebook shows what goes to stderr as an error
    return sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None


def progress_bar(total: int, wanted: bool = True) -> AbstractContextManager[Any]:
    """Return a context that gives a tqdm bar of this many steps, or None where it would be noise.

    tqdm is imported only to be shown: it starts a thread.
    """
    stream = progress_stream()
    if not wanted or stream is None:
        return nullcontext()
    from tqdm import tqdm

    bar: AbstractContextManager[Any] = tqdm(total=total, file=stream, unit="step")
    return bar


def show_loss(bar: Any, epoch: int, loss: float) -> None:
    """Move the bar, if there is one, by one step."""
    if bar is not None:
        bar.set_postfix_str(f"epoch {epoch}, loss {loss:.4f}", refresh=False)
        bar.update()
