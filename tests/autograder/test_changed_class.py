"""What is released is what is graded, whatever was changed since: it is refused, shown, or said."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from instructor import grade, gradebook
from nbgrader.api import Gradebook
from notebooks import NAME, WRONG_NODES, edited, unsolved

from autograder.building.editions import edition_of
from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.classroom import (
    release_assignment,
    update_assignment,
)
from autograder.classes.sources import find_ours
from autograder.classes.updating import plan_update

pytestmark = pytest.mark.usefixtures("isolation", "quick_start")


def said_by_grading(folder: Path, **options: Any) -> str:
    said: list[str] = []
    grade(folder, say=said.append, **options)
    return " ".join(said)


def update(folder: Path) -> Path:
    return update_assignment(ClassDirectory(folder), NAME)


def planned(folder: Path) -> str:
    return " ".join(plan_update(ClassDirectory(folder), NAME).sentences())


def give_by_hand(folder: Path, student: str, cell: str, points: float) -> None:
    """Give points as formgrader does."""
    with gradebook(folder) as book:
        given = book.find_grade(cell, NAME, NAME, student)
        given.manual_score, given.needs_manual_grade = points, False
        book.db.commit()


def is_asked_for(folder: Path, student: str, cell: str) -> bool:
    with gradebook(folder) as book:
        return bool(book.find_grade(cell, NAME, NAME, student).needs_manual_grade)


def totals(folder: Path, student: str) -> tuple[float, float]:
    with gradebook(folder) as book:
        found = book.find_submission(NAME, student)
        return found.score, found.max_score


def change_source(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def own_test(source: str = "assert 1 == 2", name: str = "own_test", **mark: Any) -> Any:
    """A graded cell of the instructor's own, with a hidden test that fails."""
    hidden = f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"
    cell = nbformat.v4.new_code_cell(hidden, id=name)
    whole = {"grade": True, "solution": False, "locked": True, "task": False, "points": 5}
    cell.metadata["nbgrader"] = {**whole, "schema_version": 3, "grade_id": name, **mark}
    return cell


def add(*cells: Any) -> Callable[[Any], None]:
    return lambda notebook: notebook.cells.extend(cells)


def remove(*names: str) -> Callable[[Any], None]:
    def do(notebook: Any) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id not in names]

    return do


def points_of(name: str, points: float) -> Callable[[Any], None]:
    def do(notebook: Any) -> None:
        (found,) = [cell for cell in notebook.cells if cell.id == name]
        found.metadata.nbgrader["points"] = points

    return do


def make_older(folder: Path, *parts: str, step: str = "source") -> None:
    """Let a class look as if it had been written by an edition with other parts."""
    path = folder / step / NAME / "checks" / "edition.json"
    record = json.loads(path.read_text())
    record["edition"]["digest"] = "0123456789abcdef"
    record["edition"]["version"] = "0.0.9"
    record["edition"]["parts"] |= dict.fromkeys(parts, "another")
    path.write_text(json.dumps(record))


# Graded cells that the course does not know ------------------------------------------------------


def test_a_test_of_the_instructors_own_never_gives_points_by_itself(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    change_source(class_folder, add(own_test()))
    said: list[str] = []
    release_assignment(ClassDirectory(class_folder), NAME, said.append)
    assert "'own_test' (5 points)" in " ".join(said)
    submit("ada", unsolved(few_solved))
    submit("bob", few_solved)
    said.clear()
    outcome = grade(class_folder, say=said.append)
    assert "'own_test' (5 points)" in " ".join(said)
    found = {report["student"]: report for report in outcome.reports}
    assert (found["ada"]["points"], found["ada"]["by_hand"]) == (0, 7)
    assert (found["bob"]["given_by_hand"], found["bob"]["open_by_hand"]) == (0, 7)
    for report in found.values():
        everything = report["max_points"] + report["by_hand"]
        assert totals(class_folder, report["student"]) == (report["in_gradebook"], everything)
    assert found["bob"]["in_gradebook"] == found["bob"]["points"] == 11
    assert is_asked_for(class_folder, "ada", "own_test")
    path = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    cell = nbformat.read(path, as_version=4).cells[-1]
    assert "not graded by itself" in cell.outputs[0]["text"]
    # nbgrader's own command, as formgrader calls it.
    result = ClassDirectory(class_folder).api().autograde(NAME, "ada")
    assert result["success"], result
    assert "'own_test' (5 points)" in result["log"]
    assert is_asked_for(class_folder, "ada", "own_test")
    assert totals(class_folder, "ada") == (0, 18)


def test_a_check_to_which_a_test_was_added_is_given_by_hand(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    def more(notebook: Any) -> None:
        (relu,) = [cell for cell in notebook.cells if cell.id == "relu"]
        relu.source += "\nassert ReLU().secret()"

    change_source(class_folder, more)
    submit("ada", few_solved)
    outcome = grade(class_folder)
    assert "relu" not in {task["name"] for task in outcome.reports[0]["tasks"]}
    assert totals(class_folder, "ada") == (7, 13)


def test_a_test_that_is_not_locked_stays_the_instructors(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    change_source(class_folder, add(own_test(locked=False)))
    release_assignment(ClassDirectory(class_folder), NAME)
    cheating = nbformat.from_dict(few_solved)
    cheating.cells.append(own_test())
    cheating.cells[-1].source = "print('mine')"
    submit("ada", cheating)
    grade(class_folder)
    graded = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    assert "mine" not in graded.read_text()


def test_what_is_only_locked_runs(class_folder: Path, submit: Any, few_solved: Any) -> None:
    given = own_test(name="given", grade=False)
    del given.metadata.nbgrader["points"]
    given.source = "def given(): return 1"
    change_source(class_folder, lambda notebook: notebook.cells.insert(1, given))
    release_assignment(ClassDirectory(class_folder), NAME)
    with_given = nbformat.from_dict(few_solved)
    with_given.cells.insert(1, given)
    for cell in with_given.cells:
        if cell.id == "relative_error-answer":
            cell.source = "given()\n" + cell.source
    submit("ada", with_given)
    assert grade(class_folder).reports[0]["points"] == 11


def test_a_second_notebook_is_refused(class_folder: Path, few_solved: Any) -> None:
    nbformat.write(few_solved, class_folder / "source" / NAME / "a_second.ipynb")
    with pytest.raises(ClassError, match=r"a_second\.ipynb cannot lie in"):
        release_assignment(ClassDirectory(class_folder), NAME)


def test_an_assignment_of_the_class_s_own_is_said_to_be_nbgraders(class_folder: Path) -> None:
    (class_folder / "source" / "ps1").mkdir()
    where = ClassDirectory(class_folder)
    assert find_ours(where, "3") == NAME
    with pytest.raises(ClassError, match=r"ps1 is an assignment .* 'nbgrader autograde ps1'"):
        find_ours(where, "ps1")
    with pytest.raises(Exception, match="There is no assignment 'ps2'"):
        find_ours(where, "ps2")


# What is released is what is graded --------------------------------------------------------------


@pytest.mark.parametrize(
    "file", ["checks/relu.py", "checks/expected.bin", "handgrad.py", "solutions/layer.py"]
)
def test_what_was_edited_beside_the_notebook_is_refused_and_put_back(
    class_folder: Path, submit: Any, few_solved: Any, file: str
) -> None:
    path = class_folder / "source" / NAME / file
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    (
        path.parents[len(path.relative_to(class_folder / "source").parts) - 2] / "data.csv"
    ).write_text("1, 2")
    submit("ada", few_solved)
    with pytest.raises(ClassError, match=rf"Edited in .*: {file}\. .*handgrad update"):
        release_assignment(ClassDirectory(class_folder), NAME)
    with pytest.raises(ClassError, match=rf"Edited in .*: {file}\."):
        grade(class_folder)
    assert file in planned(class_folder)
    kept = update(class_folder)
    assert path.read_bytes() == before
    assert (kept / "source" / NAME / file).read_bytes() == before + b"\n"
    assert (class_folder / "source" / NAME / "data.csv").read_text() == "1, 2"
    assert grade(class_folder).reports[0]["points"] == 11


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: (f / "checks" / "relu.py").write_text("x = 1\n"), r"checks/relu\.py\. The stud"),
        (lambda f: (f / "checks" / "expected.bin").unlink(), r"checks/expected\.bin\. The stud"),
        (lambda f: (f / "solutions" / "layer.py").write_text(""), r"solutions/layer\.py\. The st"),
        (lambda f: make_older(f.parents[1], "relu", step="release"), r"0\.0\.9\).*in relu\. Rel"),
    ],
)
def test_a_release_that_is_not_the_source_s_is_refused_and_made_anew(
    class_folder: Path,
    submit: Any,
    few_solved: Any,
    change: Callable[[Path], object],
    said: str,
) -> None:
    submit("ada", few_solved)
    change(class_folder / "release" / NAME)
    with pytest.raises(ClassError, match=said + ".*'handgrad release 03_"):
        grade(class_folder)
    result = ClassDirectory(class_folder).api().autograde(NAME, "ada")
    assert not result["success"]
    assert "'handgrad release 03_backpropagation', and hand that out" in result["log"]
    release_assignment(ClassDirectory(class_folder), NAME)
    (class_folder / "release" / NAME / "data.csv").write_text("an instructor's own")
    assert grade(class_folder).reports[0]["points"] == 11


def test_a_release_that_was_taken_away_is_not_missed(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    shutil.rmtree(class_folder / "release")
    assert grade(class_folder).graded == 1


def test_another_edition_is_refused_named_and_updated(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    graded = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    before = graded.read_bytes()
    make_older(class_folder, "relu", "reference")
    sentence = r"0\.0\.9\).*0\.1\.0.*they differ in relu, the reference: .*'handgrad update"
    for refused in (
        lambda: release_assignment(ClassDirectory(class_folder), NAME),
        lambda: grade(class_folder, force=True),
    ):
        with pytest.raises(ClassError, match=sentence):
            refused()
    for made in ("autograde", "generate_assignment"):
        result = getattr(ClassDirectory(class_folder).api(), made)(
            NAME, *(["ada"] if made == "autograde" else [])
        )
        assert not result["success"]
        assert "they differ in relu, the reference: see" in result["log"]
    assert graded.read_bytes() == before, "what was refused has changed something"
    said = planned(class_folder)
    assert "What differs: relu, the reference." in said
    assert re.search(r"taken out, and that stay out: ([^,]+, ){4}[^,]+ and \d\d more\.", said)
    assert "Students with grades: 1." in said
    update(class_folder)
    assert not plan_update(ClassDirectory(class_folder), NAME).is_needed
    assert said_by_grading(class_folder) == "", "the grades are of this edition"


def test_what_is_only_shown_changes_nothing(class_folder: Path) -> None:
    make_older(class_folder, "relu")
    change_source(class_folder, points_of("relu", 6))
    before = {path: path.read_bytes() for path in class_folder.rglob("*") if path.is_file()}
    plan_update(ClassDirectory(class_folder), NAME)
    assert {path: path.read_bytes() for path in class_folder.rglob("*") if path.is_file()} == before


def test_an_old_class_counts_as_this_edition_if_its_files_are_the_same(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    checks = class_folder / "source" / NAME / "checks"
    (checks / "edition.json").unlink()
    for path in checks.glob("*.py"):
        path.write_text(path.read_text().partition("\n")[2])  # as before files said so
    submit("ada", few_solved)
    assert grade(class_folder).graded == 1
    (checks / "relu.py").write_text("x = 1\n")
    with pytest.raises(ClassError, match=r"was not recorded; it differs in checks/relu\.py: see"):
        grade(class_folder)
    change_source(class_folder, points_of("relu", 6))
    assert "Which cells of the notebook you have changed was not recorded" in planned(class_folder)
    update(class_folder)
    grade(class_folder, force=True)
    assert totals(class_folder, "ada") == (13, 15)


def test_every_grade_records_its_edition_and_older_ones_are_named(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    submit("bob", few_solved)
    (report, _) = grade(class_folder).reports
    assert report["edition"] == edition_of(NAME).as_json()
    released = nbformat.read(class_folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    assert released.metadata.handgrad.edition.digest == report["edition"]["digest"]
    path = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    graded = json.loads(path.read_text())
    edition = graded["metadata"]["handgrad"]["report"]["edition"]
    edition["digest"], edition["parts"]["relu"] = "another", "another"
    path.write_text(json.dumps(graded))
    said = said_by_grading(class_folder)
    assert "1 of the 2 earlier grades were made with another edition of relu (1)" in said
    del graded["metadata"]["handgrad"]["report"]["edition"]
    path.write_text(json.dumps(graded))
    assert "an edition that was not recorded (1)" in said_by_grading(class_folder)
    assert said_by_grading(class_folder, force=True) == ""


# Points and cells that change after the release ---------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says", "after"),
    [
        (points_of("relu", 10), "relu has 10 points, 4 before", (17, 19)),
        (remove("relu", "relu-answer"), r"relu \(4 points\) is gone", (7, 9)),
        (add(own_test()), r"own_test \(5 points\) is new", (11, 18)),
        (points_of("why_order", 5), "why_order has 5 points, 2 before", (11, 16)),
    ],
)
def test_changes_after_grading_are_refused_then_shown_and_made(
    class_folder: Path,
    submit: Any,
    few_solved: Any,
    change: Callable[[Any], None],
    says: str,
    after: tuple[float, float],
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    assert totals(class_folder, "ada") == (11, 13)
    change_source(class_folder, change)
    with pytest.raises(ClassError, match=rf"submissions \(1\): {says}.*update"):
        release_assignment(ClassDirectory(class_folder), NAME)
    with pytest.raises(ClassError, match=rf"not what was released: {says}.*update"):
        grade(class_folder)
    plan = plan_update(ClassDirectory(class_folder), NAME)
    assert plan.is_needed
    update(class_folder)
    assert totals(class_folder, "ada")[1] == after[1]
    said = said_by_grading(class_folder)
    if says.startswith("relu"):
        assert "1 of the 1 earlier grades were made with other points (1)" in said
    (report,) = grade(class_folder, force=True).reports
    assert totals(class_folder, "ada") == after
    assert report["points"] == report["in_gradebook"] == after[0]
    assert report["max_points"] + report["by_hand"] == after[1]


def test_before_anything_is_graded_changes_are_simply_released(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    change_source(class_folder, points_of("relu", 10))
    submit("ada", few_solved)
    with pytest.raises(ClassError, match=r"relu has 10 points, 4 before.*handgrad release"):
        grade(class_folder)
    release_assignment(ClassDirectory(class_folder), NAME)
    grade(class_folder)
    assert totals(class_folder, "ada") == (17, 19)


def test_points_by_hand_are_never_lost_unsaid(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    submit("bob", few_solved)
    grade(class_folder)
    give_by_hand(class_folder, "ada", "why_order", 1.5)
    give_by_hand(class_folder, "bob", "relu", 3)
    with gradebook(class_folder) as book:
        book.find_comment("why_order", NAME, NAME, "bob").manual_comment = "So it is."
        book.db.commit()
    change_source(class_folder, remove("why_order"))
    said = planned(class_folder)
    assert "Lost with why_order, given by hand: 1.5 points of ada, the comment for bob." in said
    assert "Lost with relu" not in said, "those stay"
    kept = update(class_folder)
    assert totals(class_folder, "bob") == (10, 11)
    with Gradebook(f"sqlite:///{kept / 'gradebook.db'}", "course") as book:
        assert book.find_grade("why_order", NAME, NAME, "ada").manual_score == 1.5
    grade(class_folder, force=True)
    assert totals(class_folder, "bob") == (10, 11)


def test_an_update_that_was_cut_off_goes_on(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classes import classroom, updating

    submit("ada", few_solved)
    grade(class_folder)
    make_older(class_folder, "relu")
    change_source(class_folder, points_of("relu", 10))

    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    for module, step in (
        (updating, "_copy_gradebook"),
        (updating, "align"),
        (classroom, "release_assignment"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, cut_off)
            with pytest.raises(KeyboardInterrupt):
                update(class_folder)
    update(class_folder)
    assert not plan_update(ClassDirectory(class_folder), NAME).is_needed
    grade(class_folder, force=True)
    assert totals(class_folder, "ada") == (17, 19)


def test_a_notebook_of_an_earlier_edition_is_graded_and_what_it_lacks_is_said(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    older = nbformat.from_dict(few_solved)
    older.metadata["handgrad"] = {"edition": {"digest": "older"}}
    submit("ada", older)
    lacking = nbformat.from_dict(older)
    remove("relu", "relu-answer")(lacking)
    submit("bob", lacking)
    found = {report["student"]: report for report in grade(class_folder).reports}
    assert (found["ada"]["points"], found["ada"]["remarks"]) == (11, [])
    assert found["bob"]["points"] == 7
    assert "It has no cells of relu" in " ".join(found["bob"]["remarks"])


@pytest.mark.parametrize("by_nbgrader", [False, True])
def test_an_answer_in_another_cell_waits_for_a_person(
    class_folder: Path, submit: Any, few_solved: Any, by_nbgrader: bool
) -> None:
    as_code, lacking, untouched = (nbformat.from_dict(few_solved) for _ in range(3))
    next(cell for cell in as_code.cells if cell.id == "why_order").cell_type = "code"
    remove("why_order")(lacking)
    submit("ada", as_code)
    submit("bob", lacking)
    submit("cem", unsolved(untouched))
    submit("dan", b"no notebook")
    if by_nbgrader:
        assert ClassDirectory(class_folder).api().autograde(NAME, "ada")["success"]
        assert is_asked_for(class_folder, "ada", "why_order")
        return
    found = {report["student"]: report["remarks"] for report in grade(class_folder).reports}
    for student, is_asked in {"ada": True, "bob": True, "cem": False, "dan": False}.items():
        assert is_asked_for(class_folder, student, "why_order") == is_asked, student
        said = "an answer may stand in another cell" in " ".join(found[student])
        assert said == is_asked, student


def test_a_question_in_the_place_of_another_is_not_answered_yet(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    def renamed(notebook: Any) -> None:
        cell = next(cell for cell in notebook.cells if cell.id == "why_order")
        cell.id = cell.metadata.nbgrader.grade_id = "why_not"
        cell.metadata.nbgrader.points = 3

    submit("ada", few_solved)
    grade(class_folder)
    change_source(class_folder, renamed)
    update(class_folder)
    assert "earlier grades were made with other points (1)" in said_by_grading(class_folder)
    (report,) = grade(class_folder, force=True).reports
    assert is_asked_for(class_folder, "ada", "why_not")
    assert "in the place of why_not: an answer may stand" in " ".join(report["remarks"])


# Points by hand, and what lies beside a grade -----------------------------------------------------


def test_points_by_hand_are_asked_for_again_only_if_the_answer_has_changed(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    give_by_hand(class_folder, "ada", "why_order", 2)
    give_by_hand(class_folder, "ada", "relu", 3)
    (report,) = grade(class_folder, force=True).reports
    assert not is_asked_for(class_folder, "ada", "why_order")
    assert not is_asked_for(class_folder, "ada", "relu")
    assert (report["given_by_hand"], report["open_by_hand"]) == (2, 0)
    assert report["in_gradebook"] == 12
    result = ClassDirectory(class_folder).api().autograde(NAME, "ada")  # as formgrader does
    assert result["success"], result
    assert not is_asked_for(class_folder, "ada", "why_order")
    assert not is_asked_for(class_folder, "ada", "relu")
    submit("ada", edited(few_solved, nodes=WRONG_NODES))
    grade(class_folder, force=True)
    assert not is_asked_for(class_folder, "ada", "why_order"), "its answer is the same"
    assert is_asked_for(class_folder, "ada", "relu"), "its code may be another"
    give_by_hand(class_folder, "ada", "relu", 3)
    other = edited(few_solved, nodes=WRONG_NODES)
    next(cell for cell in other.cells if cell.id == "why_order").source = "Another answer."
    submit("ada", other)
    for _ in range(2):
        grade(class_folder, force=True)
        assert is_asked_for(class_folder, "ada", "why_order"), "nobody has read the new answer"
    ClassDirectory(class_folder).api().autograde(NAME, "ada")
    assert is_asked_for(class_folder, "ada", "why_order"), "nobody has read the new answer"


def test_the_secret_of_the_exchange_and_nothing_else_is_copied(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    secret = "submission_secret.txt"
    beside = {name: submit(name, few_solved).parent for name in ("ada", "big", "link", "pipe")}
    (beside["ada"] / secret).write_text("0123abcd")
    (beside["ada"] / "page.html").write_text("<script>")
    (beside["ada"] / "drawing.svg").write_text("<svg>")
    (beside["big"] / secret).write_text("0" * 5000)
    (beside["link"] / secret).symlink_to(class_folder / "gradebook.db")
    os.mkfifo(beside["pipe"] / secret)
    grade(class_folder)

    def copied() -> dict[str, list[str]]:
        folders = (class_folder / "autograded").iterdir()
        return {f.name: sorted(p.name for p in (f / NAME).iterdir()) for f in folders}

    alone = [f"{NAME}.ipynb"]
    expected = {"ada": [*alone, secret], "big": alone, "link": alone, "pipe": alone}
    assert copied() == expected
    assert (class_folder / "autograded" / "ada" / NAME / secret).read_text() == "0123abcd"
    (class_folder / "autograded" / "ada" / NAME / secret).unlink()
    assert grade(class_folder).graded == 0
    assert copied() == expected, "what was graded before it was copied lacks it for ever"


def test_a_class_can_be_made_from_a_source_that_was_taken_along(
    class_folder: Path, tmp_path: Path
) -> None:
    change_source(class_folder, points_of("relu", 10))
    make_older(class_folder, "relu")
    shutil.copytree(class_folder / "source", tmp_path / "next" / "source")
    shutil.copy(class_folder / "nbgrader_config.py", tmp_path / "next")
    with pytest.raises(ClassError, match="they differ in relu: see what would change"):
        release_assignment(ClassDirectory(tmp_path / "next"), NAME)
    assert "Cells that you have changed, and that stay: " in planned(tmp_path / "next")
    update(tmp_path / "next")
    assert "10" in str(
        nbformat.read(tmp_path / "next" / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    )
