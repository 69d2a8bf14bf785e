"""The commands that talk with a learning platform: its students, its downloads, its tables."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.options import CLASS
from autograder.commands.terminal import printable
from autograder.writing import write_whole

if TYPE_CHECKING:
    from autograder.lms.collecting import Collected
    from autograder.lms.enrolling import Changes

FILE = click.Path(path_type=Path)
ENCODING = click.option("--encoding", default="", help="The table's, if it is not recognized.")
MOST_SHOWN = 40


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@CLASS
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--id", "id_column", default="", help="The header of the column with the ids.")
@ENCODING
def students(
    files: tuple[Path, ...], folder: Path, dry_run: bool, id_column: str, encoding: str
) -> None:
    """Bring the students of the class to what tables say.

    FILE is a CSV file: Canvas's gradebook, Moodle's grades or participants, or a table of your own
    with the columns id, first_name, last_name, email. Several files together name everybody. Who
    is missing there is marked as having left, in the class's left.txt, and keeps all grades.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.lms.enrolling import enroll

    where = ClassDirectory(folder)
    changes = enroll(
        where, files, id_column=id_column, encoding=encoding, dry_run=dry_run, say=_say
    )
    _show_changes(changes)
    if dry_run:
        click.echo("Nothing has been changed: without --dry-run, it is.")
    _end(changes.notes, changes.problems)


def _show_changes(changes: Changes) -> None:
    _list("new", [f"{one.id} ({one.name})" if one.name else one.id for one in changes.new])
    _list(
        "changed",
        [
            f"{student} ({', '.join(f'{column} {value}' for column, value in entries.items())})"
            for student, entries in changes.changed.items()
        ],
    )
    _list("left", changes.left)
    _list("back", changes.back)
    click.echo(
        f"{len(changes.new)} new, {len(changes.changed)} changed, {changes.same} as they were, "
        f"{len(changes.left)} left."
    )


@click.command()
@click.argument("chapter", metavar="CH")
@click.argument("files", metavar="FILE_OR_FOLDER...", nargs=-1, required=True, type=FILE)
@CLASS
@click.option(
    "--as",
    "assigned",
    metavar="FILE=STUDENT",
    multiple=True,
    help="Whose a file of the download is; repeatable, for a group's file, too.",
)
@click.option(
    "--replace", is_flag=True, help="Put aside also work that was not collected with this command."
)
@click.option(
    "--times/--no-times",
    default=None,
    help="Whether the files' own times are those of handing in; by default not those of Canvas's "
    "and Moodle's downloads.",
)
def collect(
    chapter: str,
    files: tuple[Path, ...],
    folder: Path,
    assigned: tuple[str, ...],
    replace: bool,
    times: bool | None,
) -> None:
    """Put what was downloaded from a learning platform into submitted/.

    FILE_OR_FOLDER is a download of Canvas's, Moodle's or Google Classroom's, as a zip or unpacked,
    or a folder of notebooks. The latest attempt of each student counts; the others are kept in
    earlier/.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.sources import find_ours
    from autograder.lms.collecting import collect as collect_into

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    pairs = [_pair(one, "--as FILE=STUDENT") for one in assigned]
    outcome = collect_into(
        where, name, files, assigned=pairs, replace=replace, times=times, say=_say
    )
    _show_collected(outcome, name)
    _end(outcome.notes, outcome.problems)


def _show_collected(outcome: Collected, name: str) -> None:
    _list(
        "by its name",
        [
            f"{student}: {origin.path}"
            for student, origin in outcome.placed.items()
            if origin.kind in ("loose", "classroom")
        ],
    )
    kinds = Counter(origin.kind for origin in outcome.placed.values())
    if kinds:
        came = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        click.echo(f"New submissions of {name}: {len(outcome.placed)} ({came}).")
    else:
        click.echo(f"No submission of {name} is new.")
    if outcome.same:
        click.echo(f"There already: {len(outcome.same)}.")
    if outcome.missing:
        from autograder.grading.reading import named

        missing = named(outcome.missing, most=MOST_SHOWN)
        click.echo(printable(f"Without work so far: {len(outcome.missing)} ({missing})."))


@click.command()
@click.argument("chapters", metavar="CH...", nargs=-1, required=True)
@CLASS
@click.option("--canvas", type=FILE, help="An export of Canvas's gradebook, to be filled.")
@click.option("--moodle", type=FILE, help="Moodle's grades or an assignment's worksheet.")
@click.option("--csv", "plain", type=FILE, help="A table of your own; columns are added.")
@click.option(
    "--output", "-o", type=FILE, help="Where the filled table goes; by default beside the given."
)
@click.option(
    "--column",
    "columns",
    metavar="CH=HEADER",
    multiple=True,
    help="The column of a chapter; repeatable.",
)
@click.option("--scale", is_flag=True, help="Convert the points to what the platform gives.")
@click.option("--feedback", type=FILE, help="A zip or a folder for the feedback, to be uploaded.")
@click.option("--force", is_flag=True, help="Replace the files that are to be written.")
@ENCODING
def export(
    chapters: tuple[str, ...],
    folder: Path,
    canvas: Path | None,
    moodle: Path | None,
    plain: Path | None,
    output: Path | None,
    columns: tuple[str, ...],
    scale: bool,
    feedback: Path | None,
    force: bool,
    encoding: str,
) -> None:
    """Fill grades into the table of a learning platform, and make its upload of feedback.

    The table keeps its columns, its rows and its encoding; only grades are written.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.sources import find_ours
    from autograder.lms.exporting import export_feedback, export_grades

    where = ClassDirectory(folder)
    names = list(dict.fromkeys(find_ours(where, chapter) for chapter in chapters))
    given = {"canvas": canvas, "moodle": moodle, "plain": plain}
    tables = {kind: path for kind, path in given.items() if path is not None}
    if len(tables) != 1 and not (feedback and not tables):
        raise click.UsageError("Give one table, with --canvas, --moodle or --csv.")
    if feedback and len(names) > 1:
        raise click.UsageError("Feedback is handed back chapter by chapter: give one CH.")
    for kind, path in tables.items():
        target = output or path.with_name(f"{path.stem}-filled{path.suffix}")
        pairs = dict(_pair(one, "--column CH=HEADER", first=True) for one in columns)
        headers = {find_ours(where, chapter): header for chapter, header in pairs.items()}
        _require_free(target, force)
        filled = export_grades(
            where, names, path, kind, columns=headers, scale=scale, encoding=encoding
        )
        write_whole(target, filled.content)
        written = ", ".join(f"{count} of {name}" for name, count in filled.written.items())
        click.echo(f"Grades: {written}, in {target}")
        _end(filled.remarks, [])
    if feedback:
        _require_free(feedback, force)
        platform = next((kind for kind in tables if kind != "plain"), "")
        pages = export_feedback(where, names[0], feedback, platform)
        click.echo(f"Feedback pages: {len(pages.files)}, in {feedback}")
        if pages.nameless:
            click.echo("No name of its own to upload it under, so hand it out yourself:", err=True)
            _list("feedback", pages.nameless, err=True)


def _pair(text: str, form: str, first: bool = False) -> tuple[str, str]:
    """Return the two sides of an equals sign: of the first one, or of the last."""
    left, equals, right = text.partition("=") if first else text.rpartition("=")
    if not (left and equals and right):
        raise click.UsageError(f"'{printable(text)}' is not of the form {form}.")
    return left, right


def _require_free(path: Path, force: bool) -> None:
    if path.exists() and not force and not (path.is_dir() and not any(path.iterdir())):
        raise click.ClickException(
            f"{path} exists, and nothing is overwritten: give another name, or --force."
        )


def _list(what: str, lines: list[str], err: bool = False) -> None:
    """Print some lines, of which the first word says what they are."""
    for line in lines[:MOST_SHOWN]:
        click.echo(f"  {what}: {printable(line)}", err=err)
    if len(lines) > MOST_SHOWN:
        click.echo(f"  {what}: {len(lines) - MOST_SHOWN} more", err=err)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _end(notes: Iterable[str], problems: list[str]) -> None:
    """Print what else there is to say; end with an error if something was not understood."""
    for sentence in (*notes, *problems):
        click.echo(printable(sentence), err=True)
    if problems:
        sys.exit(1)
