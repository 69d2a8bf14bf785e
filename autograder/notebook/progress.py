"""What a reader has done so far: the points of the last check of each task, kept in the workbook.

Nothing of it leaves the reader's machine, and nobody is graded by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from IPython.display import Markdown, display

from autograder.judging.verdicts import TaskReport
from autograder.writing import write_whole

KEPT = ".handgrad"
"""The workbook's folder of what is ours and not the reader's."""
RECORD = Path(KEPT) / "workbook.json"
"""The file by which a workbook is known."""
OUTLINE = Path(KEPT) / "outline.json"
"""The chapters and pages, and what can be done after each."""
DEEPEST = 3
"""So many folders above an assignment's a workbook is looked for."""
BAR = 10
ALL, SOME, NONE, NO_TASKS = "●", "◐", "○", "·"


def keep_scores(assignment: str, reports: Iterable[TaskReport]) -> None:
    """Keep the points of tasks that were just checked, if this is a workbook; else do nothing."""
    folder = workbook_around(Path.cwd())
    if folder is None:
        return
    scores = scores_of(folder, assignment)
    scores |= {report.name: [report.points, report.max_points] for report in reports}
    with suppress(OSError):  # to keep them is a kindness, and must not spoil a check
        path = _path(folder, assignment)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(scores, indent=1, sort_keys=True) + "\n")


def scores_of(folder: Path, assignment: str) -> dict[str, list[float]]:
    """Return the points that were reached and that there are, by task; what is odd is left out."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        content = json.loads(_path(folder, assignment).read_text("utf-8"))
        return {
            str(name): [float(reached), float(most)]
            for name, (reached, most) in content.items()
            if 0 <= float(reached) <= float(most)
        }
    return {}


def workbook_around(start: Path) -> Path | None:
    """Return the workbook that a folder lies in, or is."""
    near = [start, *start.parents][: DEEPEST + 1]
    return next((folder for folder in near if (folder / RECORD).is_file()), None)


def progress() -> None:
    """Show the course as a path: its chapters and pages, and what you have done so far."""
    folder = workbook_around(Path.cwd())
    if folder is None:
        print("This is no workbook of Handgrad: there is nothing to show.")
        return
    display(Markdown(as_path(folder)))


def as_path(folder: Path) -> str:
    """Return the path through a workbook as Markdown."""
    try:
        outline = json.loads((folder / OUTLINE).read_text("utf-8"))
        return "\n".join(_lines(folder, outline))
    except (OSError, ValueError, KeyError, TypeError):
        return "The workbook's outline is damaged: call 'handgrad lab' again, which writes it anew."


def _path(folder: Path, assignment: str) -> Path:
    return folder / KEPT / "progress" / f"{assignment}.json"


def _lines(folder: Path, outline: list[dict[str, Any]]) -> Iterator[str]:
    scores = {one["name"]: scores_of(folder, one["name"]) for one in outline}
    yield from _next(outline, scores)
    for chapter in outline:
        yield from _chapter(chapter, scores[chapter["name"]])
    yield (
        f"{ALL} all tasks of the page are solved, {SOME} some points, {NONE} none yet, "
        f"{NO_TASKS} nothing to do. Run this cell again to see what has changed."
    )


def _next(outline: list[dict[str, Any]], scores: Mapping[str, Any]) -> Iterator[str]:
    """Say where to go on: the first page of the core with a task that is not solved."""
    for chapter in outline:
        for page in chapter["pages"]:
            checked = [task for task in page["tasks"] if task["points"]]
            if not page["beyond"] and _mark(checked, scores[chapter["name"]]) in (SOME, NONE):
                yield f"**Go on with** [page {page['number']}, {page['title']}]({page['path']})."
                yield ""
                return


def _chapter(chapter: dict[str, Any], scores: Mapping[str, list[float]]) -> Iterator[str]:
    tasks = [task for page in chapter["pages"] for task in page["tasks"]]
    most = sum(task["points"] for task in tasks)
    reached = sum(_reached(task, scores) for task in tasks)
    filled = int(BAR * reached / most) if most else 0
    core = sum(page["minutes"] for page in chapter["pages"] if not page["beyond"])
    yield f"### {chapter['number']} {chapter['title']}"
    yield ""
    yield (
        f"{'▰' * filled}{'▱' * (BAR - filled)} {reached:g} of {most:g} points · "
        f"about {_hours(core)} to read · [assignment]({chapter['assignment']})"
    )
    yield ""
    yield "| | page | minutes | builds on | then do |"
    yield "|:-:|:--|--:|:--|:--|"
    for page in chapter["pages"]:
        beyond = " *(beyond the core)*" if page["beyond"] else ""
        name = f"[{page['number']} {page['title']}]({page['path']}){beyond}"
        todo = " · ".join(_task(task, scores) for task in page["tasks"])
        mark = _mark([task for task in page["tasks"] if task["points"]], scores)
        yield f"| {mark} | {name} | {page['minutes']} | {page['builds_on']} | {todo} |"
    yield ""


def _reached(task: dict[str, Any], scores: Mapping[str, list[float]]) -> float:
    """Return the points reached: of a task whose points have changed since, the same share."""
    reached, most = scores.get(task["name"], (0.0, 1.0))
    return float(task["points"] * reached / most) if most else 0.0


def _mark(tasks: list[dict[str, Any]], scores: Mapping[str, list[float]]) -> str:
    shares = [_reached(task, scores) / task["points"] for task in tasks]
    if not shares:
        return NO_TASKS
    return ALL if min(shares) >= 1 else SOME if max(shares) > 0 else NONE


def _task(task: dict[str, Any], scores: Mapping[str, list[float]]) -> str:
    """Return a task's name as a link, with its points if it was checked."""
    label = f"[{task['label']}]({task['path']})"
    if task["name"] not in scores:
        return label
    reached = _reached(task, scores)
    return (
        f"{label} ✓" if reached >= task["points"] else f"{label} {reached:.3g}/{task['points']:g}"
    )


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"
