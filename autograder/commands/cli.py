"""The command ``handgrad``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# JupyterLab's schema checker can bring a parser along that takes seconds of each start to set up.
# It is only for internationalized addresses, of which notebooks have none.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import click  # noqa: E402

from autograder.building.chapters import assignment_names, find_assignment  # noqa: E402
from autograder.commands.due import due  # noqa: E402
from autograder.commands.lab import lab  # noqa: E402
from autograder.commands.options import ALLOW_UNSANDBOXED, CHAPTER, CLASS, CLUSTER  # noqa: E402
from autograder.commands.platforms import collect, export, students  # noqa: E402
from autograder.commands.publish import lite, notebooks  # noqa: E402
from autograder.commands.regrade import regrade  # noqa: E402
from autograder.commands.report import report  # noqa: E402
from autograder.commands.similar import similar  # noqa: E402
from autograder.commands.site import site  # noqa: E402
from autograder.commands.stopping import stoppable  # noqa: E402
from autograder.commands.terminal import print_reports, printable, progress  # noqa: E402
from autograder.writing import write_json  # noqa: E402

INSTRUCTOR = "This command needs nbgrader: install it with 'pip install handgrad[instructor]'."
MODULES = {
    "nbgrader",
    "nbconvert",
    "sqlalchemy",
    "bleach",
    "latex2mathml",
    "rich",
    "jinja2",
    "dateutil",
}
SITE = "This command needs Sphinx: install it with 'pip install handgrad[site]'."
SITE_MODULES = {"docutils", "fontTools", "myst_nb", "pydata_sphinx_theme", "sphinx", "ziamath"}


class Group(click.Group):
    """Turns the errors that a user can cause into one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if error.name in MODULES:
                raise click.ClickException(INSTRUCTOR) from None
            if error.name in SITE_MODULES:
                raise click.ClickException(SITE) from None
            raise
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(
                f"{error.filename} cannot be used ({error.strerror}): see that it exists, that "
                "you may write there, and that the disk has room."
            ) from None
        except Exception as error:
            if type(error).__name__ in USER_ERRORS:
                raise click.ClickException(str(error)) from None
            raise


# By name, as importing the classes would import nbgrader, which a student has not.
USER_ERRORS = frozenset(
    {
        "AuthoringError",
        "BuildError",
        "ChapterError",
        "ClassError",
        "ClusterError",
        "GradebookError",
        "LeaderboardError",
        "LiteError",
        "NothingThere",
        "OwnMistakeError",
        "PressError",
        "RuntimeMissing",
        "SandboxFailed",
        "SandboxUnavailable",
        "SimilarityError",
        "SiteError",
        "TableError",
        "WorkbookError",
    }
)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="handgrad")
def main() -> None:
    """Deep learning from scratch: a Jupyter course whose assignments grade themselves.

    CH is a chapter's number or name, such as 3 or 03_backpropagation.
    """


COMMANDS = (collect, due, export, lab, lite, notebooks, regrade, report, similar, site, students)
for command in COMMANDS:
    main.add_command(command)


@main.command("class")
@click.argument("folder", type=click.Path(path_type=Path))
def class_(folder: Path) -> None:
    """Make an nbgrader class in FOLDER; one that exists gets what it lacks."""
    from autograder.classes.class_directory import make_class

    with progress([], "Making the class") as bar:
        written = make_class(
            folder, lambda missing: bar.reset(total=missing), lambda _: bar.update()
        )
    for name in written:
        click.echo(f"  wrote {folder / name}")
    click.echo(
        f"The class is ready. Next: cd {folder}; handgrad release 3; hand it out and collect; "
        "then handgrad grade 3 --feedback."
    )


@main.command()
@CHAPTER
@CLASS
def release(chapter: str, folder: Path) -> None:
    """Make the students' version of an assignment in the class."""
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.classroom import release_assignment
    from autograder.classes.sources import find_ours

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    released = release_assignment(where, name, lambda sentence: click.echo(sentence, err=True))
    click.echo(f"The students' version lies in {released}.")
    click.echo(f"Hand it out, or put it into the exchange: nbgrader release_assignment {name}")


@main.command()
@CHAPTER
@CLASS
@click.option("--yes", is_flag=True, help="Change it; without this, it is only shown.")
def update(chapter: str, folder: Path, yes: bool) -> None:
    """Bring an assignment of the class to the installed course, or to the source that you changed.

    What would change is shown first: checks, cells, points, and grades. What was there is kept.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.classroom import update_assignment
    from autograder.classes.sources import find_ours
    from autograder.classes.updating import plan_update

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    planned = plan_update(where, name)
    if not planned.is_needed:
        click.echo(f"{name} is of the installed edition, and as it was released.")
        return
    for sentence in planned.sentences():
        click.echo(printable(sentence))
    if not yes:
        click.echo(f"Nothing has been changed: 'handgrad update {name} --yes' does it.")
    else:
        kept = update_assignment(where, name, lambda sentence: click.echo(sentence, err=True))
        click.echo(f"Done. What was there before is kept in {kept}.")


@main.command()
@CHAPTER
@CLASS
@click.option("--student", "students", multiple=True, help="Grade this student only; repeatable.")
@click.option("--force", is_flag=True, help="Grade again what has been graded.")
@click.option("--seed", type=click.IntRange(0), help="Seed of the inputs; a fresh one by default.")
@click.option("--workers", type=click.IntRange(1), help="Processes; one for each core by default.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write all results here."
)
@click.option("--feedback", is_flag=True, help="Write the students' feedback pages, too.")
@click.option("--all", "show_all", is_flag=True, help="Show what was graded before, too.")
@CLUSTER
@ALLOW_UNSANDBOXED
@stoppable("Stopped. All grades made so far are kept; run the command again, and it goes on.")
def grade(
    chapter: str,
    folder: Path,
    students: tuple[str, ...],
    force: bool,
    seed: int | None,
    workers: int | None,
    json_file: Path | None,
    feedback: bool,
    show_all: bool,
    cluster: str | None,
    allow_unsandboxed: bool,
) -> None:
    """Grade all submissions of an assignment that are not graded yet."""
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.classroom import grade_assignment
    from autograder.classes.feedback import write_feedback
    from autograder.classes.sources import find_ours

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    with progress([], "Grading") as bar:

        def start(due: int, graded: int) -> None:
            if graded:
                click.echo(f"{graded} graded before, {due} to grade.", err=True)
            bar.reset(total=due)

        outcome = grade_assignment(
            where,
            name,
            students=students,
            force=force,
            seed=seed,
            workers=workers,
            cluster=cluster,
            allow_unsandboxed=allow_unsandboxed,
            on_start=start,
            on_graded=lambda _: bar.update(),
            say=lambda sentence: click.echo(sentence, err=True),
        )
    everyone = outcome.reports
    shown = [one for one in everyone if show_all or one["student"] in outcome.new]
    print_reports(name, shown, everyone, outcome.graded, outcome.skipped)
    if json_file is not None:
        write_json(json_file, outcome.reports)
        click.echo(f"Results: {json_file}")
    if feedback:
        with progress([], "Feedback") as bar:
            pages = write_feedback(
                where,
                name,
                students=students,
                force=force,
                workers=workers,
                on_start=lambda due: bar.reset(total=due),
                on_pages=bar.update,
            )
        click.echo(f"Feedback: {pages}")
        click.echo(f"Hand it out, or put it into the exchange: nbgrader release_feedback {name}")
    for failure in outcome.failures:
        click.echo(printable(failure), err=True)
    sys.exit(1 if outcome.failures else 0)


@main.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.argument("task")
@click.option("--lowest", is_flag=True, help="The smallest number first, as of a loss.")
def leaderboard(results: Path, task: str, lowest: bool) -> None:
    """Print who reached what in a TASK, from the RESULTS that 'handgrad grade --json' wrote.

    What counts is the mean of the numbers that its checks hold to bounds.
    """
    from autograder.commands.leaderboard import read_reports, standings, table

    for line in table(standings(read_reports(results), task, lowest=lowest)):
        click.echo(line)


@main.command()
@click.argument("student")
@CHAPTER
@click.argument("task")
@CLASS
@click.option("--seed", type=click.IntRange(0), help="Try other inputs than the recorded ones.")
@ALLOW_UNSANDBOXED
def replay(
    student: str, chapter: str, task: str, folder: Path, seed: int | None, allow_unsandboxed: bool
) -> None:
    """Run STUDENT's submission again and show what became of one TASK, for appeals.

    The inputs are those that were recorded with the grade. Nothing is written. What is shown is
    for the instructor alone.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.replaying import replay
    from autograder.classes.sources import find_ours
    from autograder.commands.transcript import print_replay

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    click.echo("Running the submission again ...", err=True)
    print_replay(replay(where, name, student, task, seed=seed, allow_unsandboxed=allow_unsandboxed))


@main.command()
@click.argument("chapter", metavar="[CH]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print everything, as JSON.")
def tasks(chapter: str, as_json: bool) -> None:
    """List the tasks of an assignment, or of all."""
    from autograder.commands.task_list import list_tasks

    names = [find_assignment(chapter)] if chapter else assignment_names()
    listed = [task for name in names for task in list_tasks(name)]
    if as_json:
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for task in listed:
        checks = f"{len(task['checks'])} checks" if task["checks"] else "graded by hand"
        click.echo(f"{task['name']:<21} {task['points']:>5g} points  {checks:<14} {task['title']}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
def demo(folder: Path) -> None:
    """Make a class with sample submissions, grade them, and show what comes of it."""
    from autograder.commands.demo import run_demo

    run_demo(folder)
