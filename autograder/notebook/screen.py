"""Where a check shows what it found: below the cell in a notebook, or in a terminal."""

from __future__ import annotations

import contextlib
import html
import io
from collections.abc import Iterator
from typing import Any

MOST_LINES = 20
"""Lines of what a student's code prints that are shown."""


def _shows_html(shell: Any) -> bool:
    """Return whether a shell is a notebook's, and no terminal's, which prints what is displayed."""
    from IPython.core.displaypub import DisplayPublisher

    return shell is not None and type(getattr(shell, "display_pub", None)) is not DisplayPublisher


class Screen:
    """Shows results; a line that says what is being done gives way to them."""

    def __init__(self) -> None:
        from IPython import get_ipython

        self._is_notebook = _shows_html(get_ipython())
        self._waiting: Any = None  # the handle of the line, where there is one

    def wait(self, line: str) -> None:
        """Show a line in the place of the one before, where it can be taken away again."""
        if self._is_notebook:
            self._replace({"text/plain": line}, keep=True)

    def show(self, as_html: str, as_text: str) -> None:
        """Show a result."""
        if self._is_notebook:
            self._replace({"text/html": as_html, "text/plain": as_text}, keep=False)
        else:
            print(as_text)

    def say(self, sentence: str) -> None:
        """Show a sentence below the results."""
        self.show(f"<p>{html.escape(sentence)}</p>", sentence)

    def show_printed(self, lines: list[str]) -> None:
        """Show what the student's code printed, each line once."""
        if not lines:
            return
        more = [f"… and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
        text = "\n".join(["Meanwhile your code printed:", *lines[:MOST_LINES], *more])
        self.show(f"<pre>{html.escape(text)}</pre>", text)

    @contextlib.contextmanager
    def printed_once(self) -> Iterator[list[str]]:
        """Keep back what is printed inside; the list then holds its lines, each once."""
        lines: list[str] = []
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                yield lines
        finally:
            lines += dict.fromkeys(printed.getvalue().splitlines())

    def _replace(self, bundle: dict[str, str], *, keep: bool) -> None:
        from IPython.display import display

        if self._waiting is not None:
            self._waiting.update(bundle, raw=True)
        elif keep:
            self._waiting = display(bundle, raw=True, display_id=True)
            return
        else:
            display(bundle, raw=True)
        if not keep:
            self._waiting = None
