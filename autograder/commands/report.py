"""The command ``handgrad report``: what a class has understood and what not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from autograder.commands.options import CHAPTER, CLASS
from autograder.commands.terminal import printable
from autograder.writing import write_json, write_whole

MOST_SHOWN = 5
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@CHAPTER
@CLASS
@click.option("--html", "html_file", type=FILE, help="Write one page, to read and to print.")
@click.option("--json", "json_file", type=FILE, help="Write all numbers of the page.")
@click.option("--csv", "csv_file", type=FILE, help="Write a row for each student and check.")
@click.option("--names", is_flag=True, help="Name students: for those who teach alone.")
@click.option(
    "--draft",
    type=click.IntRange(1),
    metavar="N",
    help="Write group N of unknown cause as a mistake of the class's own, to give it a hint.",
)
def report(
    chapter: str,
    folder: Path,
    html_file: Path | None,
    json_file: Path | None,
    csv_file: Path | None,
    names: bool,
    draft: int | None,
) -> None:
    """Report what the class has understood: misconceptions, unknown mistakes, checks, tasks.

    Nobody is named, unless --names is given. Nothing of any grade is changed.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.sources import find_ours
    from autograder.reporting.drafts import write_draft
    from autograder.reporting.findings import findings
    from autograder.reporting.records import read_records
    from autograder.reporting.states import table_of

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    records = read_records(where, name)
    goes_to_files = bool(html_file or json_file or csv_file)
    if draft is not None:
        path = write_draft(where, records, draft)
        click.echo(f"Written: {path}. Fill in its hint; then: handgrad grade {name} --force")
        if not goes_to_files:
            return
    table = table_of(records)
    found = findings(records, table, names=names)
    if html_file is not None:
        from autograder.reporting.page import page_of

        write_whole(html_file, page_of(found, table))
        click.echo(f"Page: {html_file}")
    if json_file is not None:
        write_json(json_file, found)
        click.echo(f"Numbers: {json_file}")
    if csv_file is not None:
        from autograder.reporting.tables import csv_of

        write_whole(csv_file, csv_of(records, names=names))
        click.echo(f"Table: {csv_file}")
    if not goes_to_files:
        for line in summary(found):
            click.echo(printable(line))


def summary(found: Mapping[str, Any]) -> list[str]:
    """Return what a report says, in a few lines."""
    points = found["points"]
    lines = [
        f"{found['assignment']}: {found['students']} graded, "
        f"{points['mean']:g} of {points['most']:g} points on average."
    ]
    lines += [f"Monday: {one['sentence']} {one['example']}" for one in found["advice"]]
    for title, kind in (("Misconceptions", "mistakes"), ("Wrong, cause unknown", "groups")):
        lines += [f"{title}:"] if found[kind] else []
        lines += [_line(one) for one in found[kind][:MOST_SHOWN]]
    return [*lines, "--html FILE writes the page; --draft N names group N."]


def _line(one: Mapping[str, Any]) -> str:
    said = one["hint"] or one["said"] or "; ".join(one["checks"])
    who = f"{one['students']} student{'s' * (one['students'] != 1)}"
    return f"  {one['number']}. {one['task']}: {who}, {one['lost']:g} points: {said}"
