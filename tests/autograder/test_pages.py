"""What students write is shown in nbgrader's pages, and nothing of it runs or loads there."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from commands import NAME
from hostile_text import MARKDOWN, ORDINARY, OUTPUTS, PNG, STUDENT
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from autograder.classes import handed_in
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment
from autograder.classes.feedback import write_feedback
from autograder.classes.typesetting import (
    MATHML_ATTRIBUTES,
    MATHML_TAGS,
    clean,
    clean_own,
    markdown,
)


def fill(path: Path) -> None:
    """Put all that is above into an autograded notebook."""
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    for text in (*MARKDOWN.values(), ORDINARY):
        cell = nbformat.v4.new_markdown_cell(text)
        cell["attachments"] = {"a.png": {"image/png": PNG}}
        notebook.cells.append(cell)
        notebook.cells.append(nbformat.v4.new_raw_cell(text))
        notebook.cells.append(nbformat.v4.new_code_cell(text))
    for output in OUTPUTS.values():
        data = {"output_type": "display_data", "metadata": {}} if "data" in output else {}
        shown = {**data, **output}
        notebook.cells.append(nbformat.v4.new_code_cell("1", outputs=[nbformat.from_dict(shown)]))
    question = next(cell for cell in notebook.cells if cell.id == "why_order")
    question.source = "\n\n".join(MARKDOWN.values()) + "![gone](attachment:gone.png)"
    path.write_text(nbformat.writes(notebook))


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, few_solved: Any
) -> dict[str, tuple[str, str]]:
    """Each of nbgrader's two pages, of a harmless submission and of the hostile one."""
    folder = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("pages") / "class"))
    for student in ("ada", STUDENT):
        (folder / "submitted" / student / NAME).mkdir(parents=True)
        path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.write_text(nbformat.writes(few_solved))
    with pytest.MonkeyPatch.context() as lenient:
        # `handgrad grade` passes such a name over; nbgrader's own commands do not.
        lenient.setattr(handed_in, "is_plain_name", lambda student: True)
        outcome = grade_assignment(ClassDirectory(folder), NAME, workers=1)
    assert [report["student"] for report in outcome.reports] == ["ada", STUDENT]
    fill(folder / "autograded" / STUDENT / NAME / f"{NAME}.ipynb")
    feedback = write_feedback(ClassDirectory(folder), NAME)
    return {
        "feedback": tuple(
            (feedback / student / NAME / f"{NAME}.html").read_text() for student in ("ada", STUDENT)
        ),
        "formgrade": tuple(formgrade(folder, student) for student in ("ada", STUDENT)),
    }


def formgrade(folder: Path, student: str) -> str:
    """Render formgrader's page of a submission the way its handler does."""
    formgrader = FormgradeExtension()
    formgrader.load_cwd_config = False
    formgrader.config_dir = str(folder)
    here = os.getcwd()
    formgrader.initialize([], root=str(folder))
    os.chdir(here)
    resources = {
        "assignment_id": NAME,
        "notebook_id": NAME,
        "submission_id": "0",
        "index": 0,
        "total": 2,
        "base_url": "",
        "student": student,
        "last_name": student,
        "first_name": student,
        "notebook_path": f"autograded/{student}/{NAME}/{NAME}.ipynb",
    }
    path = folder / "autograded" / student / NAME / f"{NAME}.ipynb"
    page, _ = HTMLExporter(config=formgrader.config).from_filename(str(path), resources=resources)
    return str(page)


SVG = "data:image/svg+xml;base64,"
RUNS = ("script", "style", "iframe", "object", "embed", "link", "base", "meta", "form", "template")
LOADS = ("href", "src", "srcset", "srcdoc", "data", "action", "formaction", "poster", "background")


def active(page: str) -> set[str]:
    """Return all of a page that runs something or loads it from anywhere."""
    found = set()
    for element in BeautifulSoup(page, "html.parser").find_all(True):
        frame = str(element.get("src", "")).removeprefix("data:text/html;base64,")
        if element.name == "iframe" and frame != element.get("src"):
            found |= active(base64.b64decode(frame).decode())
            continue
        if element.name in RUNS or element.name == "svg":
            found.add(str(element)[:300])
        if element.find_parent("math"):
            names = set(element.attrs) - {*MATHML_ATTRIBUTES.split(), "style"}
            if element.name not in MATHML_TAGS.split() or names:
                found.add(str(element)[:300])
        for name, value in element.attrs.items():
            # No browser runs scripts of a picture.
            is_inside = str(value).startswith(("#", "data:image/png;base64,", SVG))
            if name.startswith("on") or (name in LOADS and not is_inside):
                found.add(f"{element.name} {name}={value}")
            if name in ("style", "id", "class") and "pwned" in str(value):
                found.add(f"{element.name} {name}={value}")
    return found


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_nothing_that_a_student_writes_runs_or_loads(
    pages: dict[str, tuple[str, str]], kind: str
) -> None:
    harmless, hostile = pages[kind]
    allowed = {
        "a href=https://example.org/a?b=1&c=2",
        f"a data-link=autograded/{STUDENT}/{NAME}/{NAME}.ipynb",
    }
    assert active(hostile) - active(harmless) - allowed == set()
    assert hostile.count("pwned()") > 50, "the page does not show what the student wrote"


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_ordinary_text_still_looks_as_it_should(
    pages: dict[str, tuple[str, str]], kind: str
) -> None:
    soup = BeautifulSoup(pages[kind][1], "html.parser")
    cell = next(c for c in soup.select(".text_cell_render") if "A heading" in c.text)
    assert cell.find("h2").text == "A heading", "a link's sign is left in the heading"
    assert [item.text for item in cell.select("ul > li")] == [
        "one",
        "two with stress, strength and code < 3",
    ]
    assert cell.select_one("li code").text == "code < 3"
    assert cell.select_one("td[style*=right]").text == "1"
    assert cell.select_one("div.highlight pre span.k").text == "if"
    inline, block = cell.select("math")
    assert (inline.text, inline["display"]) == ("a<b", "inline")
    assert [row.text for row in block.select("mtr")] == ["x=y", "y<z"]
    assert "it holds & is < fine" in cell.text
    assert cell.find("img")["src"] == f"data:image/png;base64,{PNG}"
    assert cell.find("a")["href"] == "https://example.org/a?b=1&c=2"
    assert cell.select_one("details > summary").text == "Hint"


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_check_table_is_shown_as_it_was_made(pages: dict[str, tuple[str, str]], kind: str) -> None:
    table = BeautifulSoup(pages[kind][0], "html.parser").select("table.handgrad-check")[1]
    assert "points" in table.caption.text
    assert [head.text for head in table.select("th[scope=col]")] == [
        "result",
        "check",
        "what was found",
    ]
    badge = table.select_one("tbody td span")
    assert "passed" in badge.text
    for wanted in ("color: #fff", "background-color: #", "padding: "):
        assert wanted in badge["style"], "the table lost its looks"


def test_formgrader_shows_a_student_s_name_as_text(pages: dict[str, tuple[str, str]]) -> None:
    soup = BeautifulSoup(pages["formgrade"][1], "html.parser")
    link = soup.select_one("a.name-shown")
    assert link.text.strip() == f"{STUDENT}, {STUDENT}"
    assert link["data-link"] == f"autograded/{STUDENT}/{NAME}/{NAME}.ipynb"


def test_formulas_that_are_left_are_set_in_mathjax_s_safe_mode(
    pages: dict[str, tuple[str, str]],
) -> None:
    """In formgrader, whose template loads it."""
    scripts = BeautifulSoup(pages["formgrade"][0], "html.parser").select("script[src*=mathjax i]")
    assert scripts, "the page has no MathJax"
    assert all(script["src"].endswith(",Safe") for script in scripts)


def test_a_feedback_page_asks_nobody_for_anything(pages: dict[str, tuple[str, str]]) -> None:
    for page in pages["feedback"]:
        soup = BeautifulSoup(page, "html.parser")
        assert soup.select("script, link, iframe:not([src^=data])") == []
        assert soup.select_one("meta[http-equiv]")["content"].startswith("default-src 'none'")


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_whose_words_they_are_is_said(pages: dict[str, tuple[str, str]], kind: str) -> None:
    harmless, hostile = pages[kind]
    assert hostile.count("Written by the student") > 30
    soup = BeautifulSoup(harmless, "html.parser")
    (label,) = soup.find_all("small", string="Written by the student")
    assert "add" in label.parent.text, "the one answer in words"


@pytest.mark.parametrize(
    "table",
    [
        '<table class="handgrad-check"><tr><td><span style="color: #fff; '
        'background-color: #00598c">✓ passed</span></td></tr></table>',
        '<p class="handgrad-check"><strong>The nodes: 4 of 4 points</strong></p>',
        '<td class="handgrad-part head" style="padding: 9px; background-color: #337ab7">x</td>',
    ],
)
def test_a_student_s_table_does_not_look_like_a_verdict(table: str) -> None:
    for shown in (clean(table), markdown(table, [])):
        assert "handgrad-" not in shown
        assert "color" not in shown
        assert "padding" not in shown
    assert "handgrad-check" in clean_own(table) or "handgrad-part" in table


@pytest.mark.parametrize(
    "formula",
    [
        r"$\href{javascript:pwned()}{x}$",
        r"$\hr<!-- -->ef{javascript:pwned()}{x}$",
        r"$\&#104;ref{javascript:pwned()}{x}$",
        r"$&bsol;href{javascript:pwned()}{x}$",
        r"$&#x5c;href{javascript:pwned()}{x}$",
        r"$\def\x{\href}\x{javascript:pwned()}{x}$",
        r"$\style{position: fixed}{x}$ $\class{btn}{x}$ $\cssId{relu}{x}$ $\require{html}$",
    ],
)
def test_formulas_cannot_reach_out(formula: str) -> None:
    shown = clean(formula)
    assert active(shown) == set()
    for command in ("href", "style", "class", "cssId", "require"):
        assert f"\\{command}" not in shown


def test_formulas_keep_what_only_looks_alike() -> None:
    assert clean(r"\classify \hrefs a \lt b &lt; &amp;lt; &eacute;") == (
        r"\classify \hrefs a \lt b &lt; &amp;lt; é"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"$x_1$", ["x1"]),
        (r"It costs $5 and $6.", []),
        (r"a $ b", []),
        (r"\$5 and \$6", []),
        (r"$$a$$ and $b$", ["a", "b"]),
        (r"`$x$` and $y$", ["y"]),
        ("```\n$x$\n```", []),
        (r"$\frac{$", []),
        (r"$\text{<img src=x onerror=pwned()>}$", ["<img\xa0src=x\xa0onerror=pwned()>"]),
        (r"![$x$](attachment:a.png) $y$", ["y"]),
        (r"$" + "{" * 3000 + "$", []),
        (r"$" + r"\sqrt" * 150 + "x$", []),
        (r"\begin{gather*} a \\ b \end{gather*}", ["ab"]),
        (r"$\color{red}{a}$", ["a"]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_formulas_become_mathml_or_stay_text(text: str, shown: list[str]) -> None:
    html = markdown(text, [("a.png", "image/png")])
    soup = BeautifulSoup(html, "html.parser")
    assert [math.get_text() for math in soup.select("math")] == shown
    assert active(html) == set()
    assert shown or "$" in soup.text


@pytest.mark.parametrize("html", [one for one in MARKDOWN.values() if "$" not in one])
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)
    assert clean(once) == once


def test_students_cannot_pose_as_the_page() -> None:
    """Formgrader finds its own inputs and buttons by id and class."""
    shown = clean('<div id="relu" class="score btn full-credit">x</div><span class="k">y</span>')
    assert shown == '<div>x</div><span class="k">y</span>'
