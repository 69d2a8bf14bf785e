"""A figure is shown once, closed, and never without a description."""

from __future__ import annotations

import base64
from typing import Any

import matplotlib
import pytest

matplotlib.use("Agg")

from matplotlib import pyplot as plt

from autograder.notebook import figures
from autograder.notebook.figures import STYLE, show_figure


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, str], dict[str, Any]]]:
    calls: list[tuple[dict[str, str], dict[str, Any]]] = []
    monkeypatch.setattr(figures, "display", lambda bundle, **rest: calls.append((bundle, rest)))
    return calls


def test_bundle_has_picture_and_description(shown: list[Any]) -> None:
    figure, _ = plt.subplots()
    show_figure(figure, alt='losses < 1 & a "kink"')
    bundle, rest = shown[0]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert 'alt="losses &lt; 1 &amp; a &quot;kink&quot;"' in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]
    assert bundle["text/plain"] == 'losses < 1 & a "kink"'
    assert rest["raw"] is True
    assert rest["metadata"]["image/png"]["alt"] == bundle["text/plain"]


def test_figure_is_closed(shown: list[Any]) -> None:
    figure, _ = plt.subplots()
    show_figure(figure, alt="a line")
    assert not plt.fignum_exists(figure.number)


def test_empty_description_is_refused(shown: list[Any]) -> None:
    figure, _ = plt.subplots()
    with pytest.raises(ValueError, match="say in a sentence what the figure shows"):
        show_figure(figure, alt="  ")
    assert shown == []
    plt.close(figure)


def test_style_tells_lines_apart_without_colour() -> None:
    with matplotlib.rc_context(STYLE):
        cycle = list(matplotlib.rcParams["axes.prop_cycle"])
    for key in ("color", "linestyle", "marker"):
        assert len({str(entry[key]) for entry in cycle}) == len(cycle), key
