"""Full disks: no grade is lost, and what is wrong is told in a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import faulty
import pytest
from faulty import in_child
from graded_class import FIRST, OTHER, SECOND, Backup, grade_with, mark_by_hand, notebooks_of, state
from notebooks import NAME

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.gradebook import GradebookError

PAGE = 4096


def where_of(folder: Path) -> Path:
    """Return where the record of a run lies."""
    return ClassDirectory(folder).journal(NAME)


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_a_full_disk_is_said_in_a_sentence_and_loses_nothing(
    quick: Path, disk: Path, again: bool
) -> None:
    """With room for 0, 1, 2 ... pages more, so that each kind of file is the one that fails."""
    if again:
        grade_with(quick, FIRST)
        mark_by_hand(quick)
    before = notebooks_of(quick)

    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        course = Path(shutil.copytree(quick, disk / "class"))
        backup = Backup(course)
        grade_with(course, SECOND, force=again)
        after = state(course)
        said = []
        for pages in range(0, 32, 2):
            backup.restore()
            ballast = faulty.leave(disk, pages * PAGE)
            try:
                grade_with(course, SECOND, force=again)
            except (ClassError, GradebookError, OSError) as error:
                said.append(str(error))
            cut_off = notebooks_of(course)
            assert cut_off.keys() >= before.keys(), f"{pages} pages"
            for name, text in cut_off.items():
                assert text in (before.get(name), after["notebooks"][name]), f"{pages} pages"
            ballast.unlink()
            begun = where_of(course).exists()
            grade_with(course, OTHER if begun else SECOND, force=again and not begun)
            assert state(course) == after, f"{pages} pages"
        return said

    said = in_child(work)
    part = (
        ".ipynb cannot be written (No space left on device): make room" if again else "(database or"
    )
    assert any(part in sentence for sentence in said), said
    assert all("\n" not in sentence for sentence in said)


def test_a_full_temporary_folder_is_said_in_a_sentence(
    quick: Path, disk: Path, undisturbed: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        said = []
        for pages in range(4):
            ballast = faulty.leave(disk, pages * PAGE)
            with pytest.raises(OSError, match="No space left on device") as raised:
                grade_with(quick, FIRST)
            said.append(str(raised.value.filename))
            assert list(disk.iterdir()) == [ballast]
            ballast.unlink()
        grade_with(quick, FIRST)
        return said

    assert all("handgrad-stage-" in name for name in in_child(work))
    assert state(quick) == undisturbed[FIRST]


def test_results_are_written_whole_or_not_at_all(quick: Path, disk: Path) -> None:
    from click.testing import CliRunner

    from autograder.commands.cli import main

    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        (disk / "results.json").write_text("before")
        ballast = faulty.leave(disk, PAGE)
        arguments = ["grade", "3", "--class", str(quick), "--seed", str(FIRST)]
        arguments += ["--json", str(disk / "results.json")]
        full = CliRunner().invoke(main, arguments)
        assert full.exit_code == 1
        assert (disk / "results.json").read_text() == "before"
        ballast.unlink()
        assert [path.name for path in disk.iterdir()] == ["results.json"]
        assert CliRunner().invoke(main, arguments).exit_code == 0
        assert len(json.loads((disk / "results.json").read_text())) == 3
        return [full.stderr.splitlines()[-1]]

    [said] = in_child(work)
    assert said.startswith("Error: ")
    assert "results.json cannot be used (No space left on device)" in said
