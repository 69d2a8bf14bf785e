"""What students write, in the pages that instructors and students open.

nbgrader's feedback and formgrader show student text as HTML, and their templates clean only a part
of it. So the filters that make HTML are replaced here. They let a `press` make it, within limits,
and show as plain text what has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from traitlets.config import Config

from autograder.building.assignments import load
from autograder.classes.gradebook import Ledger
from autograder.classes.lateness import When
from autograder.classes.press import NO_DESCRIPTION, Press, sign_of
from autograder.classes.settling import whens
from autograder.grading.submissions import is_of_the_assignment
from autograder.sandbox.session import MOST_OUTPUTS

PRESS = Press()
"""Where all pages that this process makes are set."""
TEMPLATES = Path(__file__).parent / "templates"
LARGEST_PLAIN, LEAST_PLAIN = 1 << 16, 200
"""Characters of a text that are shown where it is not set; and where the page is full."""
MOST_SHOWN = 2
"""How often a cell shows one picture that is attached to it."""
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
NAMES = ("student", "first_name", "last_name", "notebook_path")
WRITTEN = Markup(
    '<div style="border-left: 3px solid #767676; padding-left: 0.8em">'
    '<small style="color: #595959">Written by the student</small>{}</div>'
)
AS_WRITTEN = Markup(
    "<p><small>Shown as it was written: it is too long, takes too long to be set, or asks for a "
    "picture that is not there.</small></p><pre>{}</pre>"
)


@pass_context
def markdown2html(context: Any, source: str) -> Markup:
    """Return Markdown as harmless HTML: nbconvert's filter of this name, which cleans nothing.

    Parameters
    ----------
    context : jinja2.runtime.Context
        The page's; the cell in it says whose words these are, and holds the attached pictures.
    source : str
        Markdown.
    """
    cell = context.get("cell", {})
    html = _set_markdown(source, cell.get("attachments"))
    return html if is_of_the_assignment(cell) else WRITTEN.format(html)


def comment2html(source: str) -> Markup:
    """Return a comment of the instructor's as HTML."""
    return _set_markdown(source, None)


@pass_context
def clean_html(context: Any, element: Any) -> Markup:
    """Return HTML with nothing in it that runs or loads: nbconvert's filter of this name.

    Parameters
    ----------
    context : jinja2.runtime.Context
        The page's. In the cell of a check, which is the instructor's, stands what a check says.
    element : str
        HTML.
    """
    if isinstance(element, Markup):
        return element  # one of these filters has made it
    html = PRESS.set("own" if is_check(context.get("cell", {})) else "student", str(element))
    return Markup(html) if html is not None else AS_WRITTEN.format(_cut(str(element)))


def is_check(cell: Any) -> bool:
    """Return whether a cell is the instructor's, and so is what stands below it."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("locked") is True


def highlight_code(source: str, **_: Any) -> Markup:
    """Return code in colours: nbconvert's filter of this name."""
    html = PRESS.set("code", source)
    if html is None:
        return Markup('<div class="highlight"><pre>{}</pre></div>').format(_cut(source))
    return Markup(html)


def ansi2html(text: str) -> Markup:
    """Return what stands in a terminal as HTML: nbconvert's filter of this name."""
    html = PRESS.set("terminal", text) if "\x1b" in text else None
    return Markup(html) if html is not None else Markup("{}").format(_cut(text))


def strip_files_prefix(html: Any) -> Any:
    """Return HTML as it is: nbconvert's filter of this name changes links that none has here."""
    return html


def _set_markdown(source: str, attachments: Any) -> Markup:
    pictures = {
        (str(name), kind): data
        for name, bundle in (attachments or {}).items()
        for kind, data in bundle.items()
        if isinstance(data, str) and BASE64.fullmatch(data)
    }
    html = PRESS.set("markdown", source, tuple(pictures))
    if html is None:
        return AS_WRITTEN.format(_cut(source))
    for number, data in enumerate(pictures.values()):
        html = html.replace(f'base64,{sign_of(number)}"', f'base64,{data}"', MOST_SHOWN)
    return Markup(html)


def _cut(text: str) -> str:
    """Return as much of a text as a page has room for, with a word on what is left out."""
    shown = text[:LARGEST_PLAIN]
    if not PRESS.take(len(escape(shown))):
        shown = text[:LEAST_PLAIN]
    left_out = len(text) - len(shown)
    return f"{shown} … and {left_out} more characters" if left_out else shown


class PageExporter(HTMLExporter):  # type: ignore[misc]
    """Makes nbgrader's feedback pages with a template of ours, in half of nbconvert's time.

    That one parses each page again to describe pictures that lack a description, and to mark parts
    that these pages do not have. Here the pictures are described before the page is made.
    """

    _read: tuple[tuple[str, str], dict[str, When], set[tuple[str, str]]] | None = None

    def __init__(self, config: Any = None, **options: Any) -> None:
        config = deepcopy(config or Config())
        chosen = config.HTMLExporter
        if chosen.get("template_name") == "feedback":  # nbgrader's, which no class has chosen
            config.PageExporter.template_name = "handgrad"
            folders = [str(TEMPLATES), *chosen.extra_template_basedirs]
            config.PageExporter.extra_template_basedirs = folders
        super().__init__(config=config, **options)
        self.register_filter("comment2html", comment2html)

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return a notebook's page."""
        for cell in nb.cells:
            for output in cell.get("outputs", ()):
                if "data" in output:
                    output.setdefault("metadata", {}).setdefault("alt", NO_DESCRIPTION)
        resources = self._init_resources(resources)
        resources["when"], resources["waiting"] = self._told(resources.get("nbgrader", {}))
        resources["titles"] = titles(nb.metadata.get("handgrad", {}).get("assignment", ""))
        shown = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", shown)
        page: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(
            self, nb, resources, **kw
        )
        return page

    def _told(self, of: Mapping[str, Any]) -> tuple[str, set[str]]:
        """Return when the work on a page was due and came, and which answers nobody has read yet.

        Nothing of either where it is of no class.
        """
        if not {"db_url", "assignment", "student"} <= of.keys():
            return "", set()
        key = of["db_url"], of["assignment"]
        if self._read is None or self._read[0] != key:  # once for the pages of a run
            with Ledger(of["db_url"], course_id="") as ledger:
                self._read = key, whens(ledger, of["assignment"]), ledger.waiting(of["assignment"])
        _, came, waiting = self._read
        found = came.get(of["student"])
        said = found.sentence(str(self.config.Exchange.get("timezone", ""))) if found else ""
        return said, {cell for student, cell in waiting if student == of["student"]}


@cache
def titles(assignment: str) -> dict[str, str]:
    """Return what the parts of an assignment are called; nothing of one that is not there."""
    try:
        found = load(assignment)
    except Exception:  # an author's, in the middle of their work
        return {}
    names = {task.name: task.title for task in found.tasks}
    return names | {question.name: question.title for question in found.questions}


class NewPage(Preprocessor):  # type: ignore[misc]
    """Begins a page: counts anew what it uses, and escapes the names that it takes for HTML.

    These are those of folders and students, in formgrader's page. No notebook that is graded now
    has more outputs than are shown; one from before, or of another hand, may.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook without the outputs that are not shown, and the names harmless."""
        PRESS.begin_page()
        left = MOST_OUTPUTS
        for cell in nb.cells:
            if is_check(cell) and cell.get("outputs"):
                # Its points as nbgrader reads them; the table above them says more.
                cell.outputs = [o for o in cell.outputs if o.output_type != "execute_result"]
            elif cell.get("outputs"):
                cell.outputs = cell.outputs[:left]
                left -= len(cell.outputs)
        for name in NAMES:
            if resources.get(name):
                resources[name] = escape(resources[name])
        return nb, resources
