"""What Sphinx is told of ours: how formulas are set and numbered, docstrings read, lines broken."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.util.index_entries import split_index_msg

from autograder.publishing.docstrings import keep_bars
from autograder.publishing.formulas import NumberFormulas, visit_display, visit_inline
from autograder.publishing.lines import break_lines

MATHML = "handgrad_mathml"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what is ours with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", keep_bars, priority=400)  # before numpydoc
    app.connect("html-page-context", break_lines)
    app.connect("html-collect-pages", keep_index)
    app.add_transform(NumberFormulas)
    app.add_html_math_renderer(MATHML, (visit_inline, None), (visit_display, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def keep_index(app: Any) -> tuple[()]:
    """Give the search the index entries of pages that are not built again: it forgets them."""
    known = app.builder.indexer._index_entries
    for page, entries in app.env.get_domain("index").entries.items():
        found = {
            (word, place or "", main)
            for kind, value, place, main, _ in entries
            for word in split_index_msg(kind, value)
        }
        known.setdefault(page, sorted(found))
    return ()
