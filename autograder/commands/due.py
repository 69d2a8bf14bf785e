"""The command ``handgrad due``: when work is due, and who has longer."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.commands.options import CHAPTER, CLASS
from autograder.commands.terminal import printable


@click.command()
@CHAPTER
@click.argument("when", default="")
@click.option("--student", default="", help="Say it for this student alone.")
@click.option("--until", default="", metavar="WHEN", help="Until when the student has time.")
@click.option("--extra", default="", metavar="SPAN", help="How much longer, such as 48h or 2d.")
@click.option("--none", "is_none", is_flag=True, help="Take the due date, or the extension, back.")
@CLASS
def due(
    chapter: str, when: str, student: str, until: str, extra: str, is_none: bool, folder: Path
) -> None:
    """Say, or show, when an assignment is due: WHEN is as in "2027-03-01 23:59 Europe/Berlin".

    One student's extension is --student ID with --until WHEN or --extra SPAN. What being late
    costs is said in the class's nbgrader_config.py. Grades that are there follow at once.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.deadlines import grant, how_it_stands, set_due
    from autograder.classes.sources import find_ours

    given = until or extra or when
    misplaced = when if student else until or extra
    if misplaced or (until and extra) or (given and is_none):
        raise click.UsageError(
            "For everybody, give WHEN; for one student, --student with --until or --extra; "
            "--none alone takes it back."
        )
    where = ClassDirectory(folder)
    name = find_ours(where, chapter)

    def say(sentence: str) -> None:
        click.echo(printable(sentence), err=True)

    if student and (given or is_none):
        grant(where, name, student, given, say)
    elif given or is_none:
        set_due(where, name, given, say)
    for sentence in how_it_stands(where, name):
        click.echo(printable(sentence))
