"""The table of a report for a spreadsheet: a row for each student and check."""

from __future__ import annotations

import csv
import io

from autograder.classes.exporting import plain_text
from autograder.reporting.records import Records
from autograder.reporting.states import STATES, lost_points, state_of

COLUMNS = ("student", "task", "check", "title", "state", "mistake", "worth", "lost")


def csv_of(records: Records, *, names: bool = False) -> str:
    """Return a row for each student and check, as CSV; no cell of it is a formula.

    A student is a number, from the most points to the fewest, unless names are asked for.
    """
    states = list(STATES)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place, record in enumerate(records.found, start=1):
        who = plain_text(record.student) if names else place
        for task in record.tasks:
            lost = lost_points(task)
            for check in task["checks"]:
                words = (task["name"], check["name"], check["title"])
                mistake = plain_text(check["misconception"])
                state = states[state_of(record, task["name"], check)]
                cost = lost.get(check["name"], 0.0)
                row = (who, *map(plain_text, words), state, mistake, check["worth"], cost)
                writer.writerow(row)
    return text.getvalue()
