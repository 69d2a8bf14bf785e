"""Where the measurements of ``make bench-gpu`` are stored, and how page 8.8 reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STORED = Path(__file__).parents[1] / "08_convolution" / "gpu.json"


def stored_figures(path: Path | None = None) -> dict[str, Any] | None:
    """Return what was measured on a GPU, with device, date and versions; None if nothing was."""
    path = STORED if path is None else path
    if not path.is_file():
        return None
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return figures
