"""Sphinx's settings: there is no ``conf.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.publishing.extension import MATHML

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
ALONE = ("index", "start", "glossary", "symbols", "errata")
"""Pages with no others beside them."""


def settings(static: Sequence[Path]) -> dict[str, Any]:
    """Return the settings; `static` are folders of what pages load besides `STATIC`."""
    return {
        "project": "Handgrad",
        "copyright": "the authors of Handgrad: code MIT, text CC BY 4.0",
        "extensions": [
            "myst_nb",
            "autograder.publishing.extension",
            "numpydoc",
        ],
        "language": "en",
        "nitpicky": True,
        "templates_path": [str(TEMPLATES)],
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_render_text_lexer": "none",
        "myst_enable_extensions": ["dollarmath", "colon_fence", "deflist"],
        "myst_heading_anchors": 4,
        "myst_heading_slug_func": "autograder.publishing.anchors.anchor_of",
        "myst_dmath_double_inline": True,
        "add_module_names": False,
        "autodoc_member_order": "bysource",
        "autodoc_preserve_defaults": True,
        "autodoc_typehints": "none",  # arrays are ``Any``; the docstrings give the shapes
        "numpydoc_show_class_members": False,
        "python_maximum_signature_line_length": 80,
        "toc_object_entries_show_parents": "hide",
        "html_math_renderer": MATHML,
        "html_theme": "pydata_sphinx_theme",
        "html_title": "Handgrad",
        "html_static_path": [str(STATIC), *(str(path.resolve()) for path in static)],
        "html_css_files": ["handgrad.css", "reference.css"],
        "html_js_files": [("hover.js", {"defer": "defer"})],
        "html_favicon": str(STATIC / "icon.svg"),
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_sphinx": False,
        "html_use_index": False,
        "html_sidebars": {"**": ["sidebar-nav-bs"], **{name: [] for name in ALONE}},
        "html_theme_options": {
            "navbar_align": "left",
            "secondary_sidebar_items": ["page-toc"],
            "article_header_start": ["breadcrumbs"],
            "footer_start": ["copyright"],
            "footer_end": [],
            "search_bar_text": "Search words and symbols",
            "show_prev_next": True,
            "show_toc_level": 2,
            "navigation_depth": 3,
            "primary_sidebar_end": [],
            "back_to_top_button": False,
        },
        "pygments_style": "a11y-high-contrast-light",
    }
