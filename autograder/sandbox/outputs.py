"""What a child says that a cell showed, as an output of a notebook that harms nobody."""

from __future__ import annotations

from typing import Any

from autograder.sandbox.pictures import PICTURES, is_picture

MOST_TEXT = 1 << 20
"""Characters of any one text, before a cell's own limit."""


def as_output(said: dict[str, Any]) -> dict[str, Any]:
    """Return an output of a notebook from what a child says that a cell showed.

    Only plain text and PNG pictures can come of it, whatever is said.
    """
    kind = said.get("output_type")
    if kind == "error":
        trace = said.get("traceback")
        lines = [_text(line) for line in trace[:100]] if isinstance(trace, list) else []
        name, value = _text(said.get("ename"))[:100], _text(said.get("evalue"))
        # It stands in remarks, which are printed: nothing there may steer a terminal.
        kind = name if name.isidentifier() else "Exception"
        return {"output_type": "error", "ename": kind, "evalue": value, "traceback": lines}
    data = said.get("data")
    if kind in ("display_data", "execute_result") and isinstance(data, dict):
        kept = {"text/plain": _text(data.get("text/plain"))}
        picture = data.get("image/png")
        if isinstance(picture, str) and is_picture(picture, PICTURES["image/png"]):
            kept["image/png"] = picture
        alt = _text(said.get("alt"))
        metadata = {"image/png": {"alt": alt}} if alt and "image/png" in kept else {}
        return {"output_type": "display_data", "data": kept, "metadata": metadata}
    name = "stderr" if said.get("name") == "stderr" else "stdout"
    return {"output_type": "stream", "name": name, "text": _text(said.get("text"))}


def _text(value: Any) -> str:
    text = value[:MOST_TEXT] if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8")
