"""The command ``handgrad lab``: a workbook is brought up to date, and JupyterLab opened there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from autograder.commands.terminal import progress

if TYPE_CHECKING:
    from autograder.building.pages import Page

LATER = "The other chapters' figures are made meanwhile: a page that you open before has none yet."


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--no-browser", is_flag=True, help="Start the server without opening a browser.")
@click.option("--no-lab", is_flag=True, help="Only fill the folder; do not start JupyterLab.")
@click.option(
    "--no-figures", is_flag=True, help="Do not run the pages to have their figures there."
)
@click.argument(
    "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FOLDER] [JUPYTERLAB'S OPTIONS]"
)
def lab(arguments: tuple[str, ...], no_browser: bool, no_lab: bool, no_figures: bool) -> None:
    """Bring your workbook up to date, and open JupyterLab there.

    It lies in FOLDER. Without one, it is the workbook in the current folder, or else the one that
    was opened last; if there is none, it is made: handgrad-workbook. What you have written is never
    touched: a new edition of a notebook that you have written in is put beside it.

    The first time, all pages are run once, so that their figures are there when you open them:
    the first chapter's before JupyterLab starts, the others' while you read. Interrupt (Ctrl-C) to
    do without.

    Other options are JupyterLab's, such as --port 9999 or --ip 0.0.0.0.
    """
    from autograder.building.whereabouts import find_workbook, remember
    from autograder.building.workbook import fill_workbook
    from autograder.commands.jupyter import fill_meanwhile, open_lab, split_arguments

    named, options = split_arguments(arguments)
    folder, is_elsewhere = find_workbook() if named is None else (named, False)
    if is_elsewhere:
        click.echo(f"Opening your workbook {folder}; name another folder to make a new one.")
    later: list[Page] = []

    def now(due: list[Page]) -> list[Page]:
        if no_figures or no_lab:
            return [] if no_figures else due
        first = [page for page in due if page.chapter == due[0].chapter]
        later.extend(due[len(first) :])
        return first

    with progress([], "Filling the workbook") as bar:
        changes = fill_workbook(
            folder,
            lambda parts: bar.reset(total=parts),
            lambda _: bar.update(),
            choose=now,
        )
    remember(folder)
    click.echo(f"{folder.resolve()}: " + ("all as it was." if not changes else "what is new:"))
    for change in changes:
        click.echo(f"  {change}")
    if not no_lab:
        if later:
            click.echo(LATER)
            fill_meanwhile(folder)
        sys.exit(open_lab(folder, [*options, *(["--no-browser"] if no_browser else [])]))
