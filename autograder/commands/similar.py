"""The command ``handgrad similar``: which submissions look copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.options import CHAPTER, CLASS
from autograder.commands.terminal import printable
from autograder.writing import write_json, write_whole

if TYPE_CHECKING:
    from autograder.similarity.pairs import Comparison

MOST_LISTED = 30
NO_VERDICT = (
    "These are places to look, and no verdicts: two can be alike because they worked together as "
    "they may, had the same help or source, or wrote what nearly everybody writes."
)


@click.command()
@CHAPTER
@CLASS
@click.option(
    "--with",
    "others",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="Compare with the work in this folder, too, such as last year's class; repeatable.",
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    help="Write a page here that shows the pairs side by side.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write all results here."
)
def similar(
    chapter: str,
    folder: Path,
    others: tuple[Path, ...],
    html_file: Path | None,
    json_file: Path | None,
) -> None:
    """List the pairs of submissions that are more alike than by chance.

    What students wrote is read, and never run. Names, comments, layout and the order of statements
    do not count. A place to look, and never a verdict.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.sources import find_ours
    from autograder.similarity.gathering import gather
    from autograder.similarity.page import page_of
    from autograder.similarity.pairs import compare

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    gathered = gather(where, name, others)
    comparison = compare(gathered.works, list(gathered.titles))
    for line in _lines(name, comparison):
        click.echo(printable(line))
    for remark in gathered.remarks:
        click.echo(printable(remark), err=True)
    if json_file is not None:
        found = {"assignment": name, **comparison.as_json(), "remarks": gathered.remarks}
        write_json(json_file, found)
        click.echo(f"Results: {json_file}")
    if html_file is not None:
        write_whole(html_file, page_of(name, comparison, gathered.titles, gathered.remarks))
        click.echo(f"Side by side: {html_file}. It names students: keep it to yourself.")


def _lines(name: str, comparison: Comparison) -> Iterator[str]:
    """Yield what the terminal shows."""
    from autograder.similarity.evidence import DEALS

    pairs = comparison.pairs
    count = len(comparison.works)
    if not pairs:
        yield f"{name}: of {count} works, no two are more alike than chance makes some pair."
        return
    are = "pair is" if len(pairs) == 1 else "pairs are"
    yield f"{name}: of {count} works, {len(pairs)} {are} more alike than chance makes any:"
    for pair in pairs[:MOST_LISTED]:
        tasks = ", ".join(list(pair.parts)[:3])
        yield (
            f"  {pair.left.name} and {pair.right.name}: {pair.bits:.1f} bits (by chance at most "
            f"{comparison.by_chance:.1f}; as alike in {pair.reached} of {DEALS} deals), most in "
            f"{tasks}"
        )
    if len(pairs) > MOST_LISTED:
        yield f"  and {len(pairs) - MOST_LISTED} more: --json has all."
    yield NO_VERDICT
