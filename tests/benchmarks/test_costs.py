"""What the benchmark of grading makes of the CPU seconds that it counts; its floor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import direct
import grading
import pytest
from costs import Costs, Run
from gate import failures, report_on
from samples import RIGHT, WRONG, WRONG_TASKS, answer_cells, answers

from autograder.authoring.tasks import load_assignment
from autograder.building.assignments import load, write_release
from autograder.building.chapters import assignment_names, reference_of
from autograder.judging.faults import fault_of
from autograder.judging.frozen import FILENAME, thaw
from autograder.judging.results import Result
from autograder.notebook.home import FOLDER


@pytest.fixture
def costs() -> Costs:
    """Ours costs 1 and 3, beyond a floor of 0.5 and 1; another one 6 and 21."""
    found = Costs("floor", {RIGHT: 0.4, WRONG: 0.6})
    each = {"floor": (0.5, 1.0, 0.25), "ours": (1.0, 3.0, 2.0), "other": (6.0, 21.0, 4.0)}
    for grader, (right, wrong, once) in each.items():
        for kind, seconds in ((RIGHT, right), (WRONG, wrong)):
            for count in (2, 6):
                for noise in (0.5, 0.0, 9.0):
                    found.add(Run(grader, kind, count), once + count * seconds + noise)
    found.add(Run("2 workers", "mix", 5), 7.0 + 5 * 2.2)
    return found


def test_what_each_submission_takes_is_told_from_what_is_needed_once(costs: Costs) -> None:
    assert costs.each("ours") == pytest.approx([1, 3, 2.2])
    assert costs.once("ours") == pytest.approx(2)
    (run,) = (run for run in costs.seconds if run.kind == "mix")
    assert costs.once_for_all(run, "ours") == pytest.approx(7)


def test_graders_are_measured_by_the_floor(costs: Costs) -> None:
    assert costs.over_floor("floor") == [1, 1, 1]
    assert costs.over_floor("ours") == pytest.approx([2, 3, 2.75])
    assert costs.beyond_floor("ours", "other") == pytest.approx([11, 10, 14.2 / 1.4])
    assert costs.beyond_floor("floor", "other") == [float("inf")] * 3


def test_the_table_says_which_aims_are_met(
    costs: Costs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading, "BEYOND_FLOOR", {"other": 10.5})
    monkeypatch.setattr(grading, "OVER_FLOOR", (2.5, 2.5, 2.5))
    grading.print_tables(costs)
    lines = capsys.readouterr().out.splitlines()
    assert "| other | 6.000 | 21.000 | 15.000 | 12.00 | 21.00 | 18.75 | 4.0 |" in lines
    assert "| ours, × floor | 2.00 (≤ 2.5) | 3.00 (≤ 2.5) | 2.75 (≤ 2.5) | yes, no, no |" in lines
    assert any(line.startswith("| other ÷ ours") and "yes, no, no" in line for line in lines)
    assert "| once, 2 workers |  |  | 7.0 s (≤ 3 s) | no |" in lines


def test_each_round_takes_few_and_more_of_each_kind_in_turn() -> None:
    students = grading.students_of({RIGHT: 1, WRONG: 3}, 2)
    assert [len(everyone) for everyone in students.values()] == [6, 9]
    assert [len(grading.few(everyone)) for everyone in students.values()] == [2, 3]
    ways: list[Any] = [grading.Grader(name, Path(), list) for name in ("floor", "a", "b")]
    runs = [run for run, _, _ in grading.jobs_of(ways, students)]
    assert [run.grader for run in runs] == ["floor", "a", "b"] * 4
    assert [run.count for run in runs[1::3]] == [2, 6, 3, 9]
    assert [run.count for run in runs[::3]] == [grading.REPEATS * n for n in (2, 6, 3, 9)]


@pytest.fixture(scope="module", params=assignment_names())
def released(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / request.param
    write_release(request.param, folder)
    return folder


@pytest.fixture
def checks(released: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The checks of an assignment that call directly, for this test alone."""
    for name in ("keep", "fetch", "formula", "lines_run", "calls_run"):
        monkeypatch.setattr(f"handgrad.{name}", None)  # put back afterwards
    return direct.load_checks(released)


def test_the_floor_really_makes_the_checks(checks: list[Any], released: Path) -> None:
    """Most return what the reference is known to; the rest counts, or waits for an exception."""
    frozen = thaw(released / FOLDER / FILENAME)
    expected = [
        frozen[task.name].expected[check.name].reference
        for task in load_assignment(released.name, released / FOLDER).tasks
        for check in task.checks
    ]
    known = dict(zip((id(check) for check, _ in checks), expected, strict=True))
    found = direct.run_checks(checks, reference_of(released.name))
    same = [fault_of(check, Result(value), known[id(check)]) is None for check, value in found]
    assert sum(same) >= 0.8 * len(checks)


def test_the_floor_runs_right_and_wrong_answers(released: Path, tmp_path: Path) -> None:
    cells = {
        kind: [cell.source for cell in notebooks[0].cells if cell.cell_type == "code"]
        for kind, notebooks in answers(released.name).items()
    }
    file = tmp_path / "cells.json"
    file.write_text(json.dumps(cells))
    program = Path(grading.__file__).with_name("floor.py")
    subprocess.run([sys.executable, program, file, RIGHT, WRONG], cwd=released, check=True)


@pytest.mark.parametrize("assignment", assignment_names())
def test_there_are_right_and_wrong_answers(assignment: str) -> None:
    found = answers(assignment)
    texts = [[cell.source for cell in one.cells] for kind in found for one in found[kind]]
    assert len(found[RIGHT]) >= 1
    assert len(found[WRONG]) >= min(2, len(load(assignment).tasks))
    assert all(texts.count(text) == 1 for text in texts)


def tasks_failed(assignment: str, notebook: Any, solved: Any) -> set[str]:
    """Run the imports and answers of a notebook; return which of the tasks that differ fail."""
    differ = {
        task
        for (task, cell), (_, own) in zip(answer_cells(notebook), answer_cells(solved), strict=True)
        if cell.source != own.source
    }
    names = ModuleType("__main__").__dict__
    for cell in notebook.cells:
        is_run = "-answer" in cell.id or cell.source.startswith(("import ", "from "))
        if cell.cell_type == "code" and is_run:
            exec(compile(cell.source, cell.id, "exec"), names)
    tasks = (task for task in load(assignment).tasks if task.name in differ)
    return {task.name for task in tasks if failures(report_on(assignment, task, names, 1))}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("assignment", ["05_initialization", "06_normalization", "08_convolution"])
def test_other_styles_are_right_and_slips_are_wrong(assignment: str) -> None:
    found = answers(assignment)
    solved, styled = found[RIGHT]
    assert tasks_failed(assignment, styled, solved) == set()
    for notebook in found[WRONG]:
        assert len(tasks_failed(assignment, notebook, solved)) == WRONG_TASKS
