"""What students and authors import: ``from handgrad import check``.

NumPy, the standard library and IPython are all that it needs. ``python -m handgrad`` is the command
``handgrad``.
"""

from autograder.authoring.implementation import (
    ImplementationError,
    calls_run,
    fetch,
    keep,
    lines_run,
)
from autograder.authoring.tasks import Allowance, Question, Task
from autograder.notebook.checking import check
from autograder.notebook.figures import STYLE, show_figure

__all__ = [
    "STYLE",
    "Allowance",
    "ImplementationError",
    "Question",
    "Task",
    "calls_run",
    "check",
    "fetch",
    "keep",
    "lines_run",
    "show_figure",
]

if __name__ == "__main__":
    from autograder.commands.cli import main

    main(prog_name="handgrad")
