"""What stands at the top of a notebook by habit costs nothing; what is missing is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from first_lines import FIRST_LINES, MAGICS, PACKAGES, SHELL, THERE
from notebooks import NAME, edited

from autograder.authoring.sources import imports_of, parsed
from autograder.grading.causes import statements_for
from autograder.grading.examiner import Examiner
from autograder.grading.reports import SubmissionReport
from autograder.grading.single import grade_submission
from autograder.sandbox import Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session

REST = "\nimport numpy as np\ntwice = 2 * np.ones(2)\nint(twice.sum())"


def run(zygote: Zygote, *cells: str) -> Session:
    """Return a session in which the cells have run, closed."""
    with Session(zygote, list(enumerate(cells)), Budget()) as session:
        session.run_cells()
    assert session.stops == {}
    return session


def text(session: Session, cell: int = 0) -> str:
    return "".join(one.get("text", "") for one in session.outputs[cell])


def errors(session: Session, cell: int = 0) -> list[str]:
    return [one["ename"] for one in session.outputs[cell] if one["output_type"] == "error"]


@pytest.mark.parametrize("line", FIRST_LINES)
def test_the_rest_of_the_cell_runs(zygote: Zygote, line: str) -> None:
    """Whatever stands first, what follows in the cell is run, and its last value is shown."""
    if line.startswith("%%"):  # which takes the whole cell, and shows none of it
        session = run(zygote, line + REST, "print('next', twice.sum())")
        assert text(session, 1) == "next 4.0\n"
        return
    session = run(zygote, line + REST)
    shown = session.outputs[0][-1]
    assert shown.get("data", {}).get("text/plain") == "4", session.outputs[0]
    assert bool(errors(session)) == (line in PACKAGES), session.outputs[0]


@pytest.mark.parametrize("line", SHELL)
def test_what_does_nothing_says_so(zygote: Zygote, line: str) -> None:
    assert "does nothing where your work is graded." in text(run(zygote, line))


def test_magics_that_take_a_cell(zygote: Zygote) -> None:
    session = run(
        zygote,
        "%%time\na = 1\na + 1",
        "%%timeit -n 1 -r 1\nb = a",
        "%%capture kept\nprint('hidden')\nc = 3",
        "%%bash\nrm -rf /",
        "%%html\n<b>x</b>",
        "%%nobody_knows\nd = 4",
        "print(a, c, kept.stdout)\nprint('d' in globals(), _exit_code)",
        "%%sh\nexit 1",
    )
    assert session.outputs[0][-1]["data"] == {"text/plain": "2"}
    assert text(session, 2) == ""
    assert text(session, 3) == "`%%bash` does nothing where your work is graded.\n"
    assert text(session, 5) == "`%%nobody_knows` does nothing where your work is graded.\n"
    assert text(session, 6) == "1 3 hidden\n\n"
    assert errors(session, 6) == ["NameError"], "no line has started a program yet"


def test_only_what_is_missing_is_passed_over(zygote: Zygote) -> None:
    """Any other error ends its cell, as at home; so does an import that code itself looks after."""
    session = run(
        zygote,
        "import nowhere\n1 / 0\nafter = 1",
        "try:\n    import nowhere\nexcept ImportError:\n    raise\nafter = 1",
        "def f():\n    import nowhere\nf()\nafter = 1",
        "raise ImportError('nothing of the kind')\nafter = 1",
        "unknown.set()\nafter = 1",
        "found = nowhere.find()\nprint(found.first)\nlast = 1",
        "def g(): return nowhere.x\ng()\nlast += 1",
        "'after' in globals(), last",
    )
    ends = [errors(session, cell) for cell in range(7)]
    assert ends[0] == ["ModuleNotFoundError", "ZeroDivisionError"]
    assert ends[1] == ends[2] == ["ModuleNotFoundError"]
    assert ends[3:5] == [["ImportError"], ["NameError"]]
    assert ends[5:] == [["NameError", "NameError"], ["NameError"]]
    assert session.outputs[7][-1]["data"] == {"text/plain": "(False, 2)"}


def test_programs_are_refused_to_python_as_ever(zygote: Zygote) -> None:
    session = run(zygote, "import subprocess\nsubprocess.run(['ls'])", "import os\nos.system('ls')")
    assert errors(session) == ["PermissionError"]
    assert text(session, 1) == ""


def test_statements_that_give_a_name_its_value() -> None:
    source = (
        "%load_ext x\nfiles = !ls\nimport a.b, c as d\nfrom e import f as g\n"
        "if True:\n    import h\n(i, j), k = m\nfor n in []: pass\nwith o as p: pass\n"
        "def q(): r = 1\nclass S: t = 1\nu: int = 1\nv += 1\n"
    )
    body = parsed(source).body
    bound = ["files", "a", "d", "g", "h", "i", "j", "k", "n", "p", "q", "S", "u", "v"]
    assert all(statements_for(name, body) for name in bound)
    assert not any(statements_for(name, body) for name in ("x", "b", "c", "e", "f", "r", "t"))
    behind = statements_for("y", parsed("x = 1\ndef y(): return x\nz = 1").body)
    assert [one.lineno for one in behind] == [2, 1]
    assert len(statements_for("anything", parsed("from w import *").body)) == 1
    assert imports_of(["files = !ls\nimport w", "a, b = %sx ls\nimport y"]) == ["w", "y"]


# In a submission ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examiner(few_source: Any) -> Examiner:
    return Examiner(few_source, 7)


@pytest.fixture
def graded(examiner: Examiner, zygote: Zygote, few_solved: Any, tmp_path: Path) -> Any:
    """Grade the solved notebook with another first cell and other answers."""

    def grade(first: str, **answers: str) -> SubmissionReport:
        notebook = edited(few_solved, **answers)
        notebook.cells[0].source = first
        path = tmp_path / f"{NAME}.ipynb"
        nbformat.write(notebook, path)
        return grade_submission(examiner, zygote, "ada", path)

    return grade


@pytest.mark.parametrize(
    "lines", [SHELL, MAGICS, PACKAGES, THERE[:-2]], ids=["shell", "magics", "packages", "there"]
)
def test_they_cost_no_points(graded: Any, lines: list[str]) -> None:
    together = "\n".join(line for line in lines if not line.startswith(("%%", "from __future__")))
    report = graded(f"{together}\nimport numpy as np\nfrom handgrad import check")
    assert report.points == report.max_points, report.tasks


def said(report: SubmissionReport, task: str) -> set[str]:
    (found,) = [one for one in report.tasks if one.name == task]
    return {check.message for check in found.checks if not check.passed}


EXPIT = "def relative_error(a, b): return expit(a)"
NOT_THERE = "is not there where your work is graded"


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (
            "from scipy.special import expit",
            f"`from scipy.special import expit` in cell 1 failed, as scipy {NOT_THERE}",
        ),
        (
            "import math\nfrom torch import sigmoid as expit, nn",
            f"`from torch import sigmoid as expit, nn` in cell 1 failed, as torch {NOT_THERE}",
        ),
        (
            "from scipy.special import *",
            f"`from scipy.special import *` in cell 1 failed, as scipy {NOT_THERE}",
        ),
        (
            f"from scipy import {', '.join(f'name_{n}' for n in range(20))}, expit",
            f"a line in cell 1 failed, as scipy {NOT_THERE}",
        ),
        (
            "__import__('nowhere')\nfrom math import exp as expit",
            "cell 1, which defines it, did not finish: it raised ModuleNotFoundError",
        ),
        (
            "expit = __import__('nowhere').expit",
            "`expit = __import__('nowhere').expit` in cell 1 raised ModuleNotFoundError",
        ),
        ("from numpy import expit", "`from numpy import expit` in cell 1 raised ImportError"),
        (
            "import torch\nexpit = torch.sigmoid",
            f"`import torch` in cell 1 failed, as torch {NOT_THERE}",
        ),
        (
            "expit = torch.sigmoid",
            "cell 1, which defines it, did not finish: it raised NameError",
        ),
        (
            "1 / 0\ndef expit(x): return x",
            "cell 1, which defines it, did not finish: it raised ZeroDivisionError",
        ),
        (
            "import torch\n1 / 0\nexpit = abs",
            "cell 1, which defines it, did not finish: it raised ZeroDivisionError",
        ),
        (
            "import os\nos._exit(0)\nexpit = abs",
            "cell 1, which defines it, did not finish: the code ended the Python interpreter",
        ),
    ],
    ids=lambda text: text.splitlines()[0][:30],
)
def test_why_a_name_is_missing_is_said_and_once(graded: Any, first: str, why: str) -> None:
    report = graded(f"import numpy as np\n{first}", relative_error=EXPIT)
    assert said(report, "relative_error") == {f"expit is not defined: {why}"}
    shown = [cell for cell in report.graded_notebook().cells if cell.id == "relative_error"]
    assert str(shown[0].outputs[0].data["text/plain"]).count(why) == 1


def test_a_first_cell_that_does_not_finish_is_named_in_each_task(graded: Any) -> None:
    report = graded("plt.style.use('seaborn')\nimport numpy as np")
    why = "np is not defined: cell 1, which defines it, did not finish: it raised NameError"
    assert said(report, "relative_error") == {why}
    assert why in said(report, "relu") or "relu" not in {
        task.name for task in report.tasks if not task.is_full
    }


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("1 / 0\nimport numpy as np", "ZeroDivisionError"),
        ("import numpy as np\ndef f(:", "SyntaxError"),
        ("np = __import__('numpy')\n1 +", "SyntaxError"),
    ],
)
def test_what_follows_from_a_cell_that_did_not_finish_is_counted(
    examiner: Examiner,
    zygote: Zygote,
    few_solved: Any,
    tmp_path: Path,
    source: str,
    raised: str,
) -> None:
    notebook = edited(few_solved)
    notebook.cells[0].source = source
    more = [nbformat.v4.new_code_cell(f"np.ones({number})") for number in range(8)]
    notebook.cells[1:1] = [*more, nbformat.v4.new_code_cell("nowhere")]
    nbformat.write(notebook, tmp_path / f"{NAME}.ipynb")
    report = grade_submission(examiner, zygote, "ada", tmp_path / f"{NAME}.ipynb")
    assert report.remarks == (
        f"Cell 1 raised {raised}.",
        "Cell 10 raised NameError.",
        "8 other cells miss what cell 1 defines.",
    )


def test_an_import_within_an_answer_is_named(graded: Any) -> None:
    source = "def relative_error(a, b):\n    from scipy.special import expit\n    return expit(a)"
    report = graded("import numpy as np", relative_error=source)
    line = "from scipy.special import expit"
    assert said(report, "relative_error") == {
        f"your code raised ModuleNotFoundError in the line `{line}`, as scipy.special {NOT_THERE}"
    }


def test_a_name_that_is_nowhere_is_an_error_of_its_line(graded: Any) -> None:
    report = graded("import numpy as np", relative_error=EXPIT)
    (message,) = said(report, "relative_error")
    assert message.startswith("your code raised NameError in the line")


def test_an_answer_that_does_not_finish_is_named(graded: Any) -> None:
    report = graded(
        "import numpy as np", relative_error="1 / 0\ndef relative_error(a, b): return a"
    )
    where = "the cell 'relative_error-answer', which defines it, did not finish"
    assert said(report, "relative_error") == {
        f"relative_error is not defined: {where}: it raised ZeroDivisionError"
    }
    report = graded("import numpy as np", relative_error="def relative_error(a, b) return a")
    assert said(report, "relative_error") == {
        f"relative_error is not defined: {where}: it raised SyntaxError"
    }
