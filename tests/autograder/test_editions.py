"""Editions: what changes them, what was changed beside a notebook, and how notebooks are merged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NAME

from autograder.building import editions
from autograder.building.assignments import load, release
from autograder.building.chapters import ROOT
from autograder.building.editions import (
    Edition,
    changed_parts,
    edition_from,
    edition_of,
    touched_tasks,
)
from autograder.building.merging import merge
from autograder.building.records import cell_digest, changed_files, read_record
from autograder.grading.asked import asked_in


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what an edition is made of, to be changed."""
    for part in (f"assignments/{NAME}", "autograder", "solutions"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(editions, "ROOT", tmp_path)
    monkeypatch.setattr(editions, "ASSIGNMENTS", tmp_path / "assignments")
    monkeypatch.setattr(editions, "SOLUTIONS", tmp_path / "solutions")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "part"),
    [
        (f"assignments/{NAME}/relu.py", "relu"),
        (f"assignments/{NAME}/text.md", "the text"),
        (f"assignments/{NAME}/inputs.py", "inputs.py, which the tasks share"),
        (f"assignments/{NAME}/mistakes.py", "mistakes.py, which the tasks share"),
        (f"assignments/{NAME}/questions.py", "the questions"),
        ("solutions/backpropagation/layers.py", "the reference"),
        ("solutions/losses/labels.py", "the reference"),
        ("solutions/layer.py", "the reference"),
        ("autograder/judging/comparing.py", "how results are compared"),
        ("autograder/authoring/layers.py", "how results are compared"),
    ],
)
def test_what_decides_verdicts_makes_another_edition(
    repository: Path, file: str, part: str
) -> None:
    before = edition_of(NAME)
    with (repository / file).open("a") as opened:
        opened.write("# something else\n")
    now = edition_of(NAME)
    assert now.digest != before.digest
    assert changed_parts(before, now) == [part]


def test_a_module_that_is_no_tasks_is_called_shared_whatever_its_name(repository: Path) -> None:
    before = edition_of(NAME)
    (repository / f"assignments/{NAME}/pictures.py").write_text("WIDTH = 3\n")
    assert changed_parts(before, edition_of(NAME)) == ["pictures.py, which the tasks share"]


@pytest.mark.parametrize(
    "file",
    [
        "autograder/commands/cli.py",
        "autograder/classes/pages.py",
        f"assignments/{NAME}/samples.py",
        "solutions/convolution/windows.py",
    ],
)
def test_what_decides_no_verdict_does_not(repository: Path, file: str) -> None:
    before = edition_of(NAME)
    with (repository / file).open("a") as opened:
        opened.write("# something else\n")
    assert edition_of(NAME) == before


def test_line_ends_make_no_edition(repository: Path) -> None:
    before = edition_of(NAME)
    path = repository / "assignments" / NAME / "relu.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert edition_of(NAME) == before


def test_a_task_that_comes_or_goes_is_named() -> None:
    then = Edition("a", "1", {"relu": "1", "text.md": "1", "clip": "1"})
    now = Edition("b", "2", {"relu": "1", "text.md": "2", "clip_by_norm": "1"})
    assert changed_parts(then, now) == ["clip", "clip_by_norm", "the text"]


@pytest.mark.parametrize(
    ("file", "touched"),
    [
        (f"assignments/{NAME}/relu.py", {"relu"}),
        (f"assignments/{NAME}/deeper.py", {"relu"}),
        (f"assignments/{NAME}/text.md", set()),
        (f"assignments/{NAME}/questions.py", set()),
        (f"assignments/{NAME}/inputs.py", None),
        ("solutions/layer.py", None),
        ("autograder/judging/comparing.py", None),
    ],
)
def test_a_change_touches_the_tasks_that_depend_on_it(
    repository: Path, file: str, touched: set[str] | None
) -> None:
    folder = repository / f"assignments/{NAME}"
    relu = folder / "relu.py"
    relu.write_text("from .shared import x\n" + relu.read_text())
    (folder / "shared.py").write_text("from .deeper import x\n")
    (folder / "deeper.py").write_text("x = 1\n")
    before = edition_of(NAME)
    with (repository / file).open("a") as opened:
        opened.write("# something else\n")
    everybody = {task.name for task in load(NAME).tasks}
    found = touched_tasks(NAME, before, edition_of(NAME)) & everybody
    assert found == (everybody if touched is None else touched)
    assert touched_tasks(NAME, before, before) == set()
    assert touched_tasks(NAME, None, before) >= everybody


@pytest.mark.parametrize("content", [None, {}, [], "x", {"digest": "a", "version": "1"}, 7])
def test_what_is_no_edition_is_none(content: Any) -> None:
    assert edition_from(content) is None
    assert edition_from(edition_of(NAME).as_json()) == edition_of(NAME)


# What lies beside a notebook ----------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path, release_folder: Path) -> Path:
    return Path(shutil.copytree(release_folder, tmp_path / NAME))


def test_what_was_written_is_recorded(written: Path) -> None:
    record = read_record(written)
    assert record is not None
    assert record.edition == edition_of(NAME)
    assert changed_files(written, record.files) == []
    assert {"checks/relu.py", "checks/expected.bin", "handgrad.py"} <= record.files.keys()
    assert "relu-answer" in record.cells


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda f: (f / "checks" / "relu.py").write_text("x = 1\n"), ["checks/relu.py"]),
        (lambda f: (f / "checks" / "tanh.py").unlink(), ["checks/tanh.py"]),
        (lambda f: (f / "checks" / "mine.py").write_text(""), ["checks/mine.py"]),
        (lambda f: (f / "checks" / "expected.bin").write_bytes(b""), ["checks/expected.bin"]),
        (lambda f: (f / "handgrad.py").write_text(""), ["handgrad.py"]),
        (lambda f: (f / "solutions" / "layer.py").write_text(""), ["solutions/layer.py"]),
        (lambda f: (f / "data.csv").write_text("an instructor's own"), []),
        (lambda f: (f / f"{NAME}.ipynb").write_text("another notebook"), []),
        (lambda f: (f / "checks" / "__pycache__").mkdir(exist_ok=True), []),
    ],
)
def test_what_was_edited_is_found(
    written: Path, change: Callable[[Path], object], names: list[str]
) -> None:
    record = read_record(written)
    assert record is not None
    change(written)
    assert changed_files(written, record.files) == names


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"edition": 3}', '{"edition": {}}'])
def test_a_damaged_record_is_none(written: Path, content: str) -> None:
    (written / "checks" / "edition.json").write_text(content)
    assert read_record(written) is None


def test_files_that_are_not_for_editing_say_so(written: Path) -> None:
    for path in (written / "checks").glob("*.py"):
        assert path.read_text().startswith("# Not for editing"), path


# Notebooks ----------------------------------------------------------------------------------------


def named(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells}


def digests(notebook: Any) -> dict[str, str]:
    return {cell.id: cell_digest(cell) for cell in notebook.cells}


def test_an_edited_notebook_is_merged(few_solved: Any) -> None:
    new = nbformat.from_dict(few_solved)
    named(new)["nodes-answer"].source += "\n# of the new edition"
    named(new)["relu"].metadata.nbgrader["points"] = 6
    last = [cell for cell in new.cells if not cell.id.startswith("relative_error")]
    more = nbformat.v4.new_code_cell("check('tanh')", id="tanh")
    new.cells = [*last[:1], more, *last[1:]]
    old = nbformat.from_dict(few_solved)
    named(old)["relu"].metadata.nbgrader["points"] = 9
    named(old)["relu-answer"].outputs = [nbformat.v4.new_output("stream", text="shown")]
    old.cells = [cell for cell in old.cells if cell.id != "why_order"]
    old.cells.insert(2, nbformat.v4.new_markdown_cell("Read this.", id="mine"))
    merged = merge(old, digests(few_solved), new)
    cells = named(merged.notebook)
    assert (merged.kept, merged.own) == (["relu"], ['"Read this. …"'])
    assert cells["relu"].metadata.nbgrader["points"] == 9, "an instructor's points were lost"
    assert cells["relu-answer"].outputs, "what stays the same was touched"
    assert merged.replaced == ["nodes-answer"]
    assert "of the new edition" in cells["nodes-answer"].source
    assert merged.dropped == ["relative_error-answer", "relative_error"]
    assert merged.left_out == ["why_order"]
    assert merged.added == ["\"check('tanh') …\""]
    order = [cell.id for cell in merged.notebook.cells]
    assert order.index("tanh") == order.index(new.cells[0].id) + 1
    assert "mine" in order
    assert "why_order" not in order


def test_an_untouched_notebook_becomes_the_new_one(few_solved: Any) -> None:
    new = nbformat.from_dict(few_solved)
    new.cells.reverse()
    named(new)["nodes-answer"].source += "\n# of the new edition"
    merged = merge(few_solved, digests(few_solved), new)
    assert named(merged.notebook) == named(new)
    assert not merged.kept
    assert not merged.own


# What is asked ------------------------------------------------------------------------------------


def graded(name: str, source: str, **mark: Any) -> Any:
    cell = nbformat.v4.new_code_cell(source, id=name)
    whole = {"grade": True, "solution": False, "locked": True, "task": False, "points": 5}
    cell.metadata["nbgrader"] = {**whole, "schema_version": 3, "grade_id": name, **mark}
    return cell


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (graded("tanh", 'check("tanh")'), "checked"),
        (graded("tanh", '# our check\ncheck("tanh")\n'), "checked"),
        (graded("tanh", 'check("tanh")\nassert f() == 1'), "test"),
        (graded("tanh", 'check("relu")'), "test"),
        (graded("tanh", "assert Tanh"), "test"),
        (graded("tanh", 'check("tanh")', solution=True, locked=False), "by hand"),
        (graded("renamed", 'check("renamed")'), "test"),
        (graded("mine", "assert f() == 1", locked=False), "test"),
        (graded("mine", "### BEGIN SOLUTION\n### END SOLUTION", solution=True), "by hand"),
        (graded("mine", "Do it.", grade=False, task=True), "by hand"),
    ],
)
def test_only_checks_of_the_course_grade_by_themselves(cell: Any, kind: str) -> None:
    asked = asked_in(nbformat.v4.new_notebook(cells=[cell]), load(NAME))
    (name,) = asked.checked or asked.by_hand
    assert asked.checked == ({name: 5} if kind == "checked" else {})
    assert asked.by_hand == ({} if kind == "checked" else {name: 5})
    assert asked.tests == ((name,) if kind == "test" else ())
    assert bool(asked.remark) == (kind == "test")


def test_all_of_the_course_is_known(solved: Any) -> None:
    asked = asked_in(release(solved), load(NAME))
    assert asked.checked == {task.name: task.points for task in load(NAME).tasks}
    assert asked.by_hand == {one.name: one.points for one in load(NAME).questions}
    assert asked.remark == ""
