"""How nbgrader comes to grade with Handgrad: through its own configuration.

``nbgrader autograde``, from the command line or from formgrader, reads a submission with an
exporter, runs it through preprocessors and saves the grades. Here the exporter grades: what it
returns is the autograded notebook, with the verdicts in it, and nbgrader goes on as usual.
"""

from __future__ import annotations

import weakref
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from traitlets import Bool

from autograder.building.stubs import CODE_STUB, TEXT_STUB
from autograder.classes.class_directory import put_programs_on_path
from autograder.classes.digests import note_digest
from autograder.classes.guarding import Guard
from autograder.classes.locking import sole_writer
from autograder.classes.stamps import guard_nbgrader
from autograder.grading.batch import Grader, Run, available_cores, fresh_seed
from autograder.grading.reports import SubmissionReport
from autograder.sandbox import probe


def configure(c: Any) -> None:
    """Set up nbgrader to release and to grade this course. Called in ``nbgrader_config.py``.

    Parameters
    ----------
    c : traitlets.config.Config
        nbgrader's configuration.
    """
    put_programs_on_path()
    guard_nbgrader()
    c.Autograde.exporter_class = "autograder.classes.nbgrader_plugin.JudgingExporter"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    c.ExportApp.plugin_class = "autograder.classes.exporting.SafeCsvExportPlugin"
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    # No pages of students: formgrader would serve them as its own.
    pages = ["*.html", "*.htm", "*.xhtml", "*.svg", "*.xml"]
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", *pages]
    # What students write must not run in the instructor's page. nbgrader's templates leave
    # Markdown as it is, whatever sanitize_html says, so the filter that makes it cleans it.
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {
        "clean_html": "autograder.classes.pages.clean_html",
        "markdown2html": "autograder.classes.pages.markdown2html",
    }
    c.GenerateFeedback.exporter_class = "autograder.classes.pages.PageExporter"
    c.HTMLExporter.preprocessors = ["autograder.classes.pages.EscapedNames"]


class JudgingExporter(NotebookExporter):  # type: ignore[misc]
    """Reads a submission by grading it; reads an autograded notebook as it is."""

    allow_unsandboxed = Bool(
        False, help="Whether to grade where no sandbox can be had; say so in nbgrader_config.py."
    ).tag(config=True)

    guard: Guard
    _futures: dict[str, Future[SubmissionReport]] | None = None

    def __init__(self, config: Any = None, **kw: Any) -> None:
        super().__init__(config, **kw)
        self.guard = Guard(self.parent)

    def from_filename(
        self, filename: str, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook that a file is converted to, as JSON."""
        coursedir = self.parent.coursedir
        student = resources["nbgrader"]["student"]
        submitted = coursedir.format_path(
            coursedir.submitted_directory, student, resources["nbgrader"]["assignment"]
        )
        if Path(filename).parent != Path(submitted):
            # This pass saves the grades.
            with sole_writer(Path(coursedir.root), self.log.warning):
                plain: tuple[str, dict[str, Any]] = super().from_filename(filename, resources, **kw)
            return plain
        report = self._report(student, Path(filename))
        submission = self.guard.submissions[student]
        for remark in (*submission.remarks, *report.remarks):
            self.log.warning("%s: %s", report.student, remark)
        notebook = report.graded_notebook()
        note_digest(notebook, submission.digest)
        graded: tuple[str, dict[str, Any]] = super().from_notebook_node(notebook, resources, **kw)
        return graded

    def _report(self, student: str, path: Path) -> SubmissionReport:
        """Return the verdict on a file, having started on all others that are to be graded."""
        if self._futures is None:
            self._start({student: path} | self._due())
        elif student not in self._futures:
            self._close()
            self._start({student: path})
        assert self._futures is not None
        report = self._futures.pop(student).result()
        if not self._futures:
            self._close()
        return report

    def _start(self, files: dict[str, Path]) -> None:
        """Start grading the files of some students."""
        coursedir = self.parent.coursedir
        source = coursedir.format_path(coursedir.source_directory, ".", coursedir.assignment_id)
        run = Run(Path(source), fresh_seed(), probe(), self.allow_unsandboxed)
        stack = ExitStack()
        # Should nbgrader break off, the grader ends with this object.
        self._close = weakref.finalize(self, stack.close)
        grader = stack.enter_context(Grader(run, min(available_cores(), len(files))))
        self._futures = grader.submit(files)

    def _due(self) -> dict[str, Path]:
        """Return the files, by student, that this run of nbgrader is still going to come to."""
        return {
            one.student: one.path
            for one in self.guard.submissions.values()
            if str(one.path.parent) in self.parent.assignments and self.guard.is_due(one)
        }
