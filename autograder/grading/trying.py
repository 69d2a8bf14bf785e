"""Ask a mistake of a class's own, in the sandbox, what it returns for the inputs of a run.

It is asked as a submission is: its code runs where submissions run, within the same limits, after
the cells that the assignment gives, and with earlier tasks lent. What comes back is data.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import nbformat

from autograder.grading.desk import Desk, by_name
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.own_mistakes import OwnMistake
from autograder.grading.submissions import student_code
from autograder.inside.wire import encode
from autograder.judging.memory import limited
from autograder.judging.results import Result
from autograder.sandbox import Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session

LARGEST = 1 << 20
"""Bytes of a result that is kept for the whole run."""
NOTHING = "nothing to compare with"
"""No exception has this name."""


def try_mistake(
    examiner: Examiner, zygote: Zygote, lender: Lender, mistake: OwnMistake
) -> dict[str, Result]:
    """Return what a mistake returns in each check of its task.

    Parameters
    ----------
    examiner : Examiner
        The assignment, with the inputs of the run.
    zygote, lender : Zygote, Lender
        Where it runs, and who lends it what earlier tasks ask for.
    mistake : OwnMistake
        The mistake.
    """
    tasks = {task.name: task for task in examiner.tasks}
    task = tasks[mistake.task]
    notebook = _notebook(examiner.released, mistake)
    budget = Budget.of(examiner.assignment.allowance)
    earlier = examiner.tasks[: examiner.tasks.index(task)]
    names = dict.fromkeys(name for one in earlier for name in one.needs)
    with Session(zygote, list(student_code(notebook)), budget) as session:
        desk = Desk(examiner, session, notebook, lender)
        lent: Callable[[], AbstractContextManager[None]] = nullcontext
        if names:
            lender.begin(names)
            lent = partial(lender.lend, session)
        with limited():
            results = by_name(desk.results(task, task.checks, lent))
        lender.forget()
        return {name: _comparable(result) for name, result in results.items()}


def _notebook(released: nbformat.NotebookNode, mistake: OwnMistake) -> nbformat.NotebookNode:
    """Return the released notebook up to a task, answered with a mistake's code."""
    notebook = nbformat.from_dict(released)
    answer = f"{mistake.task}-answer"
    names = [cell.id for cell in notebook.cells]
    place = names.index(answer) if answer in names else len(names)
    cell = {"cell_type": "code", "id": answer, "metadata": {}, "source": mistake.code}
    notebook.cells = [*notebook.cells[:place], nbformat.from_dict(cell)]
    return notebook


def _comparable(result: Result) -> Result:
    """Return a result, or one with which none agrees: of what was stopped, or is too large."""
    if result.stopped or len(encode(result.value)) > LARGEST:
        return Result(raised=NOTHING)
    return result
