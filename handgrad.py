"""What students and authors import: ``from handgrad import check``.

NumPy, the standard library and IPython are all that it needs. ``python -m handgrad`` is the command
``handgrad``. A copy lies beside each notebook that is handed out: where nothing is installed, it
says so in one sentence.
"""


class NotInstalled(ImportError):
    """Handgrad is not there; one sentence says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence, not where it came from."""
        return [str(self)]


try:
    from autograder.authoring.derived import (
        ACTIVATION_PARTS,
        DERIVED,
        MEASURED,
        SLOPES,
        add_activation_checks,
        add_derived_check,
        how_all_got,
        how_got,
        measured,
        signed,
        slope_error,
    )
    from autograder.authoring.implementation import (
        ImplementationError,
        calls_run,
        fetch,
        formula,
        keep,
        lines_run,
    )
    from autograder.authoring.layers import (
        DIVIDED_AGAIN,
        FIRST_FOR_EVER,
        IN_FLOAT64,
        OWN_MEMORY,
        SHARED,
        TIMES_BATCH,
        FirstForEver,
        OnTheClass,
        add_layer_mistakes,
        add_memory_checks,
        add_memory_mistakes,
    )
    from autograder.authoring.parts import Branch, Part, Parts
    from autograder.authoring.tasks import Allowance, Question, Task
    from autograder.notebook.checking import check
    from autograder.notebook.figures import STYLE, show_figure
    from autograder.notebook.guessing import reveal
    from autograder.notebook.home import go_home
    from autograder.notebook.progress import progress
except ImportError as missing:
    raise NotInstalled(
        f"Handgrad is not installed where this notebook runs, or in another version ({missing}): "
        "install it as its README says, then restart the kernel."
    ) from None

__all__ = [
    "ACTIVATION_PARTS",
    "DERIVED",
    "DIVIDED_AGAIN",
    "FIRST_FOR_EVER",
    "IN_FLOAT64",
    "MEASURED",
    "OWN_MEMORY",
    "SHARED",
    "SLOPES",
    "STYLE",
    "TIMES_BATCH",
    "Allowance",
    "Branch",
    "FirstForEver",
    "ImplementationError",
    "OnTheClass",
    "Part",
    "Parts",
    "Question",
    "Task",
    "add_activation_checks",
    "add_derived_check",
    "add_layer_mistakes",
    "add_memory_checks",
    "add_memory_mistakes",
    "calls_run",
    "check",
    "fetch",
    "formula",
    "how_all_got",
    "how_got",
    "keep",
    "lines_run",
    "measured",
    "progress",
    "reveal",
    "show_figure",
    "signed",
    "slope_error",
]

if __name__ == "__main__":
    from autograder.commands.cli import main

    main(prog_name="handgrad")
else:
    go_home()
