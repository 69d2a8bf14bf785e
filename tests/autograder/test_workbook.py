"""A workbook is completed and renewed, and what was written in it is never touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import no_pages

from autograder.authoring.sources import Rules
from autograder.building import workbook
from autograder.building.chapters import ROOT, assignment_names
from autograder.building.glossary import FILE as GLOSSARY
from autograder.building.pages import START, all_pages, path_of_assignment
from autograder.building.renewing import Renewal
from autograder.building.workbook import WorkbookError, fill_workbook
from autograder.building.written import MARKER, Written

LINK = r"\]\(((?:[^()\s]|\([^()]*\))+)\)"
PART = "assignments/07_rest"
NOTEBOOK = f"{PART}/07_rest.ipynb"
COPY = f"{PART}/07_rest (new edition).ipynb"
SECOND_COPY = f"{PART}/07_rest (new edition 2).ipynb"
KNOWN = f"{PART}/checks/nap.py"
EXPECTED = f"{PART}/checks/expected.bin"


def notebook(*sources: str, answer: str = "raise NotImplementedError") -> bytes:
    """Return a notebook of given cells, and one to be answered in."""
    cells = [nbformat.v4.new_markdown_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    blank = nbformat.v4.new_code_cell(answer, id="nap-answer")
    blank.metadata["nbgrader"] = {"solution": True, "grade_id": "nap-answer"}
    return nbformat.writes(nbformat.v4.new_notebook(cells=[*cells, blank])).encode()


def edition(number: int, **more: bytes) -> dict[str, bytes]:
    """Return the files of a small assignment in one of its editions."""
    return {
        NOTEBOOK: notebook(f"Edition {number}"),
        KNOWN: b"check %d" % number,
        EXPECTED: b"results %d" % number,
        **{f"{PART}/{name}.py": content for name, content in more.items()},
    }


def bring(folder: Path, files: dict[str, bytes], part: str = PART) -> list[str]:
    """Bring an edition into a workbook; return what is said."""
    folder.mkdir(exist_ok=True)
    record = Written.of(folder)
    said = [change.what for change in Renewal(record, part, files).run()]
    record.save()
    return said


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / MARKER
    }


def write(folder: Path, source: str, name: str = NOTEBOOK) -> bytes:
    """Write an answer into a notebook, as JupyterLab saves it; return its bytes."""
    read = nbformat.read(folder / name, as_version=4)
    read.cells[-1].source = source
    nbformat.write(read, folder / name)
    return (folder / name).read_bytes()


def test_a_part_comes_whole_and_then_stays(tmp_path: Path) -> None:
    assert bring(tmp_path, edition(1)) == ["new"]
    assert content(tmp_path) == edition(1)
    assert bring(tmp_path, edition(1)) == []


@pytest.mark.parametrize("lost", [[NOTEBOOK], [KNOWN], [EXPECTED], [NOTEBOOK, EXPECTED]])
@pytest.mark.parametrize("has_record", [True, False])
def test_what_was_lost_or_never_came_is_there_again(
    tmp_path: Path, lost: list[str], has_record: bool
) -> None:
    bring(tmp_path, edition(1))
    for name in lost:
        (tmp_path / name).unlink()
    if not has_record:
        (tmp_path / MARKER).unlink()
    (said,) = bring(tmp_path, edition(1))
    assert said.startswith("there again, having been missing: ")
    assert all(name.removeprefix(f"{PART}/") in said for name in lost)
    assert content(tmp_path) == edition(1)


def test_an_answer_survives_the_loss_of_all_that_lies_beside_it(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    mine = write(tmp_path, "mine")
    (tmp_path / KNOWN).unlink()
    (tmp_path / EXPECTED).unlink()
    bring(tmp_path, edition(1))
    assert content(tmp_path) == {**edition(1), NOTEBOOK: mine}


def test_a_part_that_was_deleted_is_there_again(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    for name in edition(1):
        (tmp_path / name).unlink()
    assert bring(tmp_path, edition(2)) == ["there again, having been missing"]
    assert content(tmp_path) == edition(2)


def test_what_nobody_has_written_in_is_brought_up_to_date(tmp_path: Path) -> None:
    bring(tmp_path, edition(1, old=b"a check that is gone later"))
    assert bring(tmp_path, edition(2, new=b"a check")) == ["brought up to date"]
    assert content(tmp_path) == edition(2, new=b"a check")
    assert bring(tmp_path, edition(2, new=b"a check")) == []


def test_to_run_a_notebook_is_not_to_write_in_it(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    run = nbformat.read(tmp_path / NOTEBOOK, as_version=4)
    run.cells[-1].outputs = [nbformat.v4.new_output("stream", text="NotImplementedError")]
    run.cells[-1].execution_count = 1
    run.cells[0].metadata["jp-MarkdownHeadingCollapsed"] = True
    run.metadata["language_info"] = {"name": "python"}
    nbformat.write(run, tmp_path / NOTEBOOK)
    assert bring(tmp_path, edition(2)) == ["brought up to date"]
    assert content(tmp_path) == edition(2)


def test_a_new_edition_comes_beside_what_was_written(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    mine = write(tmp_path, "mine")
    renewed, beside = bring(tmp_path, edition(2))
    assert renewed == "brought up to date"  # the checks, which fit what is expected
    assert beside == (
        'a new edition: yours stays as it is, and the new one is "07_rest (new edition).ipynb"'
    )
    assert content(tmp_path) == {
        **edition(2),
        NOTEBOOK: mine,
        COPY: edition(2)[NOTEBOOK],
    }
    assert bring(tmp_path, edition(2)) == []


def test_further_editions_never_touch_what_was_written_in_a_copy(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    mine = write(tmp_path, "mine")
    bring(tmp_path, edition(2))
    bring(tmp_path, edition(3))
    assert content(tmp_path)[COPY] == edition(3)[NOTEBOOK]  # nobody had written in it
    too = write(tmp_path, "mine, too", COPY)
    assert SECOND_COPY.split("/")[-1] in bring(tmp_path, edition(4))[-1]
    expected = {**edition(4), NOTEBOOK: mine, COPY: too, SECOND_COPY: edition(4)[NOTEBOOK]}
    assert content(tmp_path) == expected
    (tmp_path / SECOND_COPY).unlink()  # not wanted: it does not come twice
    assert bring(tmp_path, edition(4)) == []
    (tmp_path / NOTEBOOK).write_bytes(edition(4)[NOTEBOOK])  # taken over
    assert bring(tmp_path, edition(5)) == ["brought up to date"]


def test_a_file_of_the_students_that_is_called_like_a_copy_stays(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    write(tmp_path, "mine")
    (tmp_path / COPY).write_bytes(b"my notes")
    bring(tmp_path, edition(2))
    assert (tmp_path / COPY).read_bytes() == b"my notes"
    assert (tmp_path / SECOND_COPY).read_bytes() == edition(2)[NOTEBOOK]


@pytest.mark.parametrize("written", [b"not even a notebook", b"[]", b'{"cells": [1]}', b"\xff\x00"])
def test_what_is_no_notebook_any_more_stays_as_well(tmp_path: Path, written: bytes) -> None:
    bring(tmp_path, edition(1))
    (tmp_path / NOTEBOOK).write_bytes(written)
    bring(tmp_path, edition(2))
    assert (tmp_path / NOTEBOOK).read_bytes() == written
    assert (tmp_path / COPY).read_bytes() == edition(2)[NOTEBOOK]


@pytest.mark.parametrize("changed", [KNOWN, EXPECTED])
def test_checks_that_were_changed_stay_together_and_it_is_said(
    tmp_path: Path, changed: str
) -> None:
    bring(tmp_path, edition(1))
    (tmp_path / changed).write_bytes(b"changed")
    before = content(tmp_path)
    assert bring(tmp_path, edition(1)) == []  # there is nothing newer
    (said,) = bring(tmp_path, edition(2))
    inner = changed.removeprefix(f"{PART}/")
    assert said == (
        f"not brought up to date, as {inner} may hold changes of yours. To get what is new, "
        f"rename or delete {inner} there, and call 'handgrad lab' again"
    )
    assert content(tmp_path) == before
    (tmp_path / changed).unlink()
    bring(tmp_path, edition(2))
    assert content(tmp_path) == edition(2)


def test_a_changed_check_that_is_gone_in_the_new_edition_stays(tmp_path: Path) -> None:
    bring(tmp_path, edition(1, old=b"a check"))
    (tmp_path / PART / "old.py").write_bytes(b"changed")
    assert "as old.py may hold changes" in bring(tmp_path, edition(2))[0]
    assert content(tmp_path) == {**edition(1), f"{PART}/old.py": b"changed"}


def test_many_changed_files_are_told_by_their_folders(tmp_path: Path) -> None:
    many = {name: name.encode() for name in "abcde"}
    bring(tmp_path, edition(1, **many))
    (tmp_path / MARKER).unlink()
    (said,) = bring(tmp_path, edition(2, **dict.fromkeys(many, b"new")))
    assert "as checks, a.py, b.py, c.py, d.py and e.py may hold" in said


def test_files_of_the_students_own_are_left_alone(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    own = {f"{PART}/notes.txt": b"mine", f"{PART}/checks/new.py": b"also mine"}
    for name, text in own.items():
        (tmp_path / name).write_bytes(text)
    bring(tmp_path, edition(2))
    assert content(tmp_path) == {**edition(2), **own}
    taken = {**edition(3), f"{PART}/checks/new.py": b"a check of the same name"}
    assert "checks/new.py may hold changes of yours" in bring(tmp_path, taken)[0]
    assert content(tmp_path) == {**edition(2), **own}


def test_a_folder_or_a_link_in_the_place_of_a_file_is_left_alone(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    (tmp_path / NOTEBOOK).unlink()
    (tmp_path / NOTEBOOK).mkdir()
    (tmp_path / KNOWN).unlink()
    (tmp_path / KNOWN).symlink_to(tmp_path / "nowhere")
    assert "checks/nap.py may hold changes of yours" in bring(tmp_path, edition(2))[0]
    assert (tmp_path / NOTEBOOK).is_dir()
    assert (tmp_path / KNOWN).is_symlink()


# Workbooks that have no record ------------------------------------------------------------------


def test_without_a_record_only_what_is_of_this_edition_is_taken_for_ours(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    mine = write(tmp_path, "mine")
    (tmp_path / MARKER).unlink()
    assert bring(tmp_path, edition(1)) == []
    assert content(tmp_path) == {**edition(1), NOTEBOOK: mine}
    renewed, beside = bring(tmp_path, edition(2))  # from now on it is known
    assert (renewed, "a new edition" in beside) == ("brought up to date", True)
    assert (tmp_path / NOTEBOOK).read_bytes() == mine


@pytest.mark.parametrize("written", [False, True])
def test_without_a_record_nothing_of_another_edition_is_touched(
    tmp_path: Path, written: bool
) -> None:
    bring(tmp_path, edition(1))
    if written:
        write(tmp_path, "mine")
    before = content(tmp_path)
    (tmp_path / MARKER).unlink()
    assert "checks/nap.py and checks/expected.bin may hold" in bring(tmp_path, edition(2))[0]
    assert content(tmp_path) == before


def test_without_a_record_a_chapter_that_was_written_in_gets_its_edition_beside(
    tmp_path: Path,
) -> None:
    name = "course/07_rest.ipynb"
    assert bring(tmp_path, {name: notebook("One")}, name) == ["new"]
    (tmp_path / name).write_bytes(notebook("One, and my notes"))
    (tmp_path / MARKER).unlink()
    (said,) = bring(tmp_path, {name: notebook("One")}, name)
    assert "a new edition" in said
    assert bring(tmp_path, {name: notebook("One")}, name) == []
    assert (tmp_path / name).read_bytes() == notebook("One, and my notes")


@pytest.mark.parametrize("record", ["", "{", "[]", '{"files": [1]}', '{"files": {"a": {}}}'])
def test_a_damaged_record_counts_for_nothing(tmp_path: Path, record: str) -> None:
    bring(tmp_path, edition(1))
    mine = write(tmp_path, "mine")
    (tmp_path / MARKER).write_text(record)
    assert bring(tmp_path, edition(1)) == []
    assert (tmp_path / NOTEBOOK).read_bytes() == mine


# All of it --------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute no expected results."""

    def frozen(names: list[str]) -> Iterator[tuple[str, bytes]]:
        yield from ((name, b"frozen") for name in names)

    monkeypatch.setattr(workbook, "expected_results", frozen)


@pytest.mark.usefixtures("quick")
def test_the_workbook_holds_every_page_and_assignment(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "workbook"
    totals: list[int] = []
    done: list[str] = []
    changes = fill_workbook(folder, totals.append, done.append, choose=no_pages)
    assert totals == [len(done)] == [len(changes) - 1]  # the glossary takes no time
    assert {str(one) for one in changes} == {f"{part}: new" for part in (*done, GLOSSARY)}
    for path in (START, GLOSSARY, *(page.path for page in all_pages())):
        nbformat.validate(nbformat.read(folder / path, as_version=4))
    for name in assignment_names():
        assert (folder / path_of_assignment(name)).is_file()
    assert fill_workbook(folder, choose=no_pages) == []
    shipped = folder / "assignments" / assignment_names()[0]
    (shipped / "checks" / "expected.bin").unlink()
    (shipped / "handgrad.py").unlink()
    (again,) = fill_workbook(folder, choose=no_pages)
    assert str(again).endswith("having been missing: checks/expected.bin and handgrad.py")


@pytest.mark.usefixtures("quick")
def test_all_that_a_page_leads_to_is_there(tmp_path: Path) -> None:
    fill_workbook(tmp_path, choose=no_pages)
    for path in sorted(tmp_path.glob("**/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            data = [one.get("data", {}) for one in cell.get("outputs", [])]
            shown = [one["text/markdown"] for one in data if "text/markdown" in one]
            for link in re.findall(LINK, "".join([cell.source, *shown])):
                if (cell.cell_type == "code" and not shown) or "://" in link:
                    continue
                file, _, anchor = link.partition("#")
                target = path.parent / file
                assert target.is_file(), f"{path}: {link}"
                if "assignments/" in file and anchor:
                    (there,) = (
                        one.source
                        for one in nbformat.read(target, as_version=4).cells
                        if f"cell-id={one.id}" == anchor
                    )
                    said = re.search(rf"\[([^]]+)\]\({re.escape(link)}\)", cell.source)
                    assert f"### {said[1] if said else ''}" in there, f"{path}: {link}"


@pytest.mark.usefixtures("quick")
def test_answers_of_earlier_chapters_lie_out_of_sight(tmp_path: Path) -> None:
    fill_workbook(tmp_path, choose=no_pages)
    for name in assignment_names():
        shown = {path.name for path in (tmp_path / "assignments" / name).glob("[!.]*")}
        assert shown == {f"{name}.ipynb", "checks", "handgrad.py"}
    folder = tmp_path / "assignments" / "02_losses"
    code = (
        "from handgrad import check\n"
        "import solutions, solutions.perceptrons\n"
        "print(solutions.__file__)\n"
        "import solutions.losses"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(folder / ".earlier" / "solutions" / "__init__.py")
    assert "No module named 'solutions.losses'" in done.stderr
    allowed = Rules.of(folder)
    assert not allowed.is_foreign("solutions.perceptrons")
    assert allowed.is_foreign("solutions.losses")


@pytest.mark.usefixtures("quick")
def test_a_workbook_of_whole_chapters_gets_pages(tmp_path: Path) -> None:
    old, mine = "course/01_perceptrons.ipynb", "course/02_losses.ipynb"
    beside = "assignments/01_perceptrons/solutions/arrays.py"
    record = Written.of(tmp_path)
    for name in (old, mine, beside):
        record.write(name, notebook("One") if name.endswith(".ipynb") else b"pass")
    record.save()
    (tmp_path / mine).write_bytes(notebook("One, and my notes"))
    said = [str(one) for one in fill_workbook(tmp_path, choose=no_pages)]
    assert f"{old}: removed, as it is in the course no more" in said
    assert not (tmp_path / old).exists()
    assert not (tmp_path / beside).exists()
    assert (tmp_path / mine).read_bytes() == notebook("One, and my notes")
    assert fill_workbook(tmp_path, choose=no_pages) == []


def ran(source: str, output: str, count: int | None) -> bytes:
    cell = nbformat.v4.new_code_cell(source, execution_count=count, id="one")
    cell.outputs = [nbformat.v4.new_output("stream", text=output)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


@pytest.mark.parametrize(
    ("there", "always", "stays"),
    [
        (ran("1 + 1", "", None), False, False),
        (ran("1 + 1", "two, of another version", None), False, False),
        (ran("1 + 1", "2, as its reader ran it", 3), False, True),
        (ran("1 + 1", "2, as its reader ran it", 3), True, False),
        (ran("1 + 2", "", None), True, True),
        (b"no notebook", True, True),
    ],
)
def test_figures_come_into_a_page_that_nobody_has_written_in_or_run(
    tmp_path: Path, there: bytes, always: bool, stays: bool
) -> None:
    name, ours = "course/1.1_rest.ipynb", ran("1 + 1", "2", None)
    record = Written.of(tmp_path)
    record.write(name, ran("1 + 1", "", None))
    (tmp_path / name).write_bytes(there)
    list(Renewal(record, name, {name: ours}, always=[name] * always).run())
    assert (tmp_path / name).read_bytes() == (there if stays else ours)


@pytest.mark.parametrize("survives", range(len(edition(2))))
def test_cut_off_at_any_file_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    bring(tmp_path, edition(1))
    written: list[str] = []

    def until(self: Written, name: str, text: bytes, write: Any = Written.write) -> None:
        if len(written) == survives:
            raise KeyboardInterrupt
        written.append(name)
        write(self, name, text)

    with monkeypatch.context() as patch:
        patch.setattr(Written, "write", until)
        with pytest.raises(KeyboardInterrupt):
            bring(tmp_path, edition(2))
    bring(tmp_path, edition(2))
    assert content(tmp_path) == edition(2)


def test_a_record_leads_nowhere_else(tmp_path: Path) -> None:
    bring(tmp_path / "workbook", edition(1))
    (tmp_path / "mine").write_bytes(b"check 1")
    marker = tmp_path / "workbook" / MARKER
    files = json.loads(marker.read_text())["files"]
    files[f"{PART}/../../../mine"] = files[KNOWN]
    marker.write_text(json.dumps({"files": files}))
    assert bring(tmp_path / "workbook", edition(2)) == ["brought up to date"]
    assert (tmp_path / "mine").read_bytes() == b"check 1"


def test_the_courses_own_folder_is_no_workbook() -> None:
    with pytest.raises(WorkbookError, match="holds the course itself: choose another one"):
        fill_workbook(ROOT)


def test_the_record_is_plain_data(tmp_path: Path) -> None:
    bring(tmp_path, edition(1))
    record = json.loads((tmp_path / MARKER).read_text())
    assert record["files"].keys() == edition(1).keys()
