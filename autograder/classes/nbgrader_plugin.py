"""How nbgrader comes to grade with Handgrad: through its own configuration.

``nbgrader autograde``, from the command line or from formgrader, reads a submission with an
exporter, runs it through preprocessors and saves the grades. Here the exporter grades: what it
returns is the autograded notebook, with the verdicts in it, and nbgrader goes on as usual.

That holds for the assignments of the course. Those of the class's own are nbgrader's business:
they are released and graded as if Handgrad were not there.
"""

from __future__ import annotations

import glob
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from traitlets import Bool

from autograder.building.assignments import load
from autograder.building.stubs import CODE_STUB, TEXT_STUB
from autograder.classes.class_directory import ClassError, put_programs_on_path
from autograder.classes.digests import note_digest
from autograder.classes.extensions import read_extensions
from autograder.classes.gradebook import GradebookError, Ledger
from autograder.classes.guarding import Guard
from autograder.classes.late_policy import late_policy
from autograder.classes.lateness import Lateness
from autograder.classes.locking import sole_writer
from autograder.classes.scores import Answers, answers_in, score_of, write_score
from autograder.classes.settling import extend
from autograder.classes.sources import is_ours
from autograder.classes.stamps import guard_nbgrader, time_zone
from autograder.classes.standing import require_gradable, require_releasable
from autograder.classes.tallies import scores_of
from autograder.grading.batch import Grader, Run, available_cores, fresh_seed
from autograder.grading.own_mistakes import OwnMistake, OwnMistakeError, told_in
from autograder.grading.reports import SubmissionReport
from autograder.sandbox import probe

UNSANDBOXED = (
    "%s is no assignment of the course: nbgrader grades it by itself, with the tests in its "
    "notebook, and runs the students' code on this machine without a sandbox."
)


def configure(c: Any) -> None:
    """Set up nbgrader to release and to grade this course. Called in ``nbgrader_config.py``.

    Parameters
    ----------
    c : traitlets.config.Config
        nbgrader's configuration.
    """
    put_programs_on_path()
    guard_nbgrader()
    c.AssignLatePenalties.plugin_class = "autograder.classes.late_policy.LatePolicy"
    c.Autograde.exporter_class = "autograder.classes.nbgrader_plugin.JudgingExporter"
    c.ExportApp.plugin_class = "autograder.classes.exporting.SafeCsvExportPlugin"
    c.GenerateAssignment.exporter_class = "autograder.classes.nbgrader_plugin.ReleasingExporter"
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    # No pages of students: formgrader would serve them as its own.
    pages = ["*.html", "*.htm", "*.xhtml", "*.svg", "*.xml"]
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", *pages]
    # What students write must not run in the instructor's page, nor hold it up. nbgrader's
    # templates leave Markdown as it is, whatever sanitize_html says, so the filters clean it.
    c.HTMLExporter.sanitize_html = True
    names = ("ansi2html", "clean_html", "highlight_code", "markdown2html", "strip_files_prefix")
    c.HTMLExporter.filters = {name: f"autograder.classes.pages.{name}" for name in names}
    c.ExchangeFactory.collect = "autograder.classes.inbound.Collect"
    c.ExchangeFactory.release_feedback = "autograder.classes.nbgrader_plugin.ReleaseFeedback"
    c.GenerateFeedback.exporter_class = "autograder.classes.pages.PageExporter"
    c.HTMLExporter.preprocessors = ["autograder.classes.pages.NewPage"]


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """Releases the feedback of each student by itself: what one lacks does not stop the others."""

    src_path: str

    def copy_files(self) -> None:
        """Copy the pages of all students into the exchange."""
        everyone: str = self.src_path
        for folder in sorted(glob.glob(everyone)):
            self.src_path = glob.escape(folder)
            try:
                super().copy_files()
            except (OSError, UnicodeError) as error:
                self.log.warning(
                    "No feedback is released from %s, as it did not come through the exchange "
                    "(%s): hand it out yourself.",
                    folder,
                    error,
                )


class SaveGrades(SaveAutoGrades):  # type: ignore[misc]
    """Saves the grades of a notebook that the judge has graded."""

    def preprocess(self, nb: nbformat.NotebookNode, resources: Any) -> Any:
        self._now = Answers(nb)
        return super().preprocess(nb, resources)

    def _add_score(self, cell: nbformat.NotebookNode, resources: Any) -> None:
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        then = self.parent.answers_before.get(self.student_id)
        write_score(grade, score_of(cell), then is not None and then.same(self._now, cell))
        self.gradebook.db.commit()


def refuse_unless(require: Callable[..., None], converter: Any) -> None:
    """Let a converter of nbgrader's end with a sentence, before it touches anything."""
    coursedir = converter.coursedir
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", coursedir.assignment_id))
    if not folder.is_dir():
        return  # nbgrader says so
    try:
        with Ledger.of(coursedir) as ledger:
            require(ledger, folder, converter.log.warning)
    except (ClassError, GradebookError) as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from None


def lateness_of(converter: Any) -> Lateness:
    """Return who has longer; end with a sentence if that, or the late policy, cannot be read."""
    coursedir = converter.coursedir
    home = time_zone(coursedir)
    try:
        late_policy(converter.config)
        extensions = read_extensions(Path(coursedir.root), coursedir.assignment_id, home)
    except ClassError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from None
    return Lateness(extensions=extensions)


class ReleasingExporter(NotebookExporter):  # type: ignore[misc]
    """Reads the source of an assignment, if it can be released."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if is_ours(self.parent.coursedir.assignment_id):
            refuse_unless(require_releasable, self.parent)


class JudgingExporter(NotebookExporter):  # type: ignore[misc]
    """Reads a submission by grading it; reads an autograded notebook as it is."""

    allow_unsandboxed = Bool(
        False, help="Whether to grade where no sandbox can be had; say so in nbgrader_config.py."
    ).tag(config=True)

    guard: Guard
    _futures: dict[str, Future[SubmissionReport]] | None = None

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        name = self.parent.coursedir.assignment_id
        self.is_ours = is_ours(name)
        if self.is_ours:
            self.guard = Guard(self.parent)
            self.parent.sanitize_preprocessors = []
            self.parent.autograde_preprocessors = [SaveGrades, AssignLatePenalties]
            refuse_unless(partial(require_gradable, release=self._release()), self.parent)
            self.lateness = lateness_of(self.parent)
            self.answers_before = self._answers()
            self.own = self._own(name)
        else:
            self.parent.log.warning(UNSANDBOXED, name)

    def _own(self, name: str) -> tuple[OwnMistake, ...]:
        """Return the mistakes of the class's own."""
        try:
            return told_in(Path(self.parent.coursedir.root), load(name), self.parent.log.warning)
        except OwnMistakeError as error:
            self.parent.log.error(str(error))
            raise NbGraderException(str(error)) from None

    def _release(self) -> Path:
        coursedir = self.parent.coursedir
        directory = coursedir.release_directory
        return Path(coursedir.format_path(directory, ".", coursedir.assignment_id))

    def _answers(self) -> dict[str, Answers]:
        """Return what those have written to whom points were given by hand, as it was graded.

        nbgrader removes a graded notebook before it comes to the new one.
        """
        coursedir, found = self.parent.coursedir, dict[str, Answers]()
        name = coursedir.assignment_id
        with Ledger.of(coursedir) as ledger:
            scores = scores_of(ledger, name)
        for student, cells in scores.items():
            if any(one.manual is not None for one in cells.values()):
                graded = coursedir.format_path(coursedir.autograded_directory, student, name)
                answers = answers_in(Path(graded) / f"{name}.ipynb")
                found |= {student: answers} if answers else {}
        return found

    def from_filename(
        self, filename: str, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook that a file is converted to, as JSON."""
        if not self.is_ours:
            own: tuple[str, dict[str, Any]] = super().from_filename(filename, resources, **kw)
            return own
        coursedir = self.parent.coursedir
        student = resources["nbgrader"]["student"]
        submitted = coursedir.format_path(
            coursedir.submitted_directory, student, resources["nbgrader"]["assignment"]
        )
        if Path(filename).parent != Path(submitted):
            # This pass saves the grades.
            with sole_writer(Path(coursedir.root), self.log.warning):
                self._extend(student)
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

    def _extend(self, student: str) -> None:
        """Let nbgrader know, before it counts how late work came, who has longer."""
        coursedir = self.parent.coursedir
        with Ledger.of(coursedir, self.lateness) as ledger:
            extend(ledger, coursedir.assignment_id, student)

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
        run = Run(Path(source), fresh_seed(), probe(), self.allow_unsandboxed, own=self.own)
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
