"""Print what an assignment's checks refuse and accept, task by task.

    python tests/assignments/scores.py [ASSIGNMENT ...]

Mistakes and alternatives are judged at the frozen inputs and at twenty grading seeds: a mistake
counts if it is refused at all of them (and by its own name at the first six), an alternative if it
gets full marks at all of them. Mutants that survive are listed below the table, unless they are
known to be right.
"""

import sys

import gate
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from autograder.building.chapters import assignment_names, reference_of

COLUMNS = [
    "mistakes refused",
    "named",
    "slips",
    "shortcuts",
    "other right answers",
    "mutants refused",
    "no mistake",
]


def scores_of(name, task):
    """Return one row of the table, each cell as (how many, of how many), and the survivors."""
    seeds = [gate.frozen_seed(name), *gate.SEEDS]
    reference = reference_of(name)
    refused = named = 0
    for mistake in task.misconceptions:
        wrong = reference_of(name, {mistake.replaces: mistake.implementation})
        refused += all(
            gate.fails(task, wrong, gate.expected_of(name, task.name, s, mistakes=False))
            for s in seeds
        )
        reports = [
            gate.verdict_on_mistake(name, task, mistake, seed)
            for seed in [seeds[0], *gate.SEEDS_OF_NAMES]
        ]
        found = [{c.misconception for c in r.checks if not c.passed} for r in reports]
        named += all(names == {mistake.name} for names in found)
    right = gate.alternatives(name).get(task.name, [])
    accepted = sum(
        not any(
            gate.failures(gate.report_on(task, {**reference, **other}, reference, seed))
            for seed in seeds
        )
        for other in right
    )
    changes = {mutant.change: mutant for mutant in gate.mutants(name, task)}
    survivors = {change for change, one in changes.items() if gate.survives(name, task, one)}
    known = gate.equivalents(name).get(task.name, set())
    around = gate.shortcuts(name).get(task.name, [])
    mistakes, slips = len(task.misconceptions), gate.slips(name).get(task.name, [])
    row = [
        (refused, mistakes),
        (named, mistakes),
        (sum(named_as(name, task, slip) for slip in slips), len(slips)),
        (sum(is_refused(name, task, shortcut) for shortcut in around), len(around)),
        (accepted, len(right)),
        (len(changes) - len(survivors), len(changes)),
        (len(survivors & known), len(survivors)),
    ]
    return row, sorted(survivors - known)


def named_as(name, task, slip):
    """Return whether a slip is refused by the name of the mistake that it is."""
    report = gate.verdict_on_slip(name, task, slip)
    return {c.misconception for c in report.checks if not c.passed} == {slip[2]}


def is_refused(name, task, shortcut):
    """Return whether a way around the exercise gets no points, and is named for it."""
    namespace = {**reference_of(name), **shortcut}
    seeds = [gate.frozen_seed(name), *gate.SEEDS_OF_NAMES]
    reports = [gate.verdict_on(name, task, namespace, seed) for seed in seeds]
    named = all(c.misconception for report in reports for c in report.checks if c.forfeits)
    return named and not any(report.points for report in reports)


def print_scores(name):
    """Print the table of one assignment."""
    table = Table("task", *COLUMNS, title=name)
    rows, left = [], []
    for task in tqdm(gate.load(name).tasks, desc=name, leave=False):
        row, survivors = scores_of(name, task)
        rows.append(row)
        left += [f"{task.name}: {change}" for change in survivors]
        table.add_row(task.name, *(f"{some}/{all_}" for some, all_ in row))
    table.add_section()
    totals = [
        (sum(c[0] for c in column), sum(c[1] for c in column)) for column in zip(*rows, strict=True)
    ]
    table.add_row("all", *(f"{some}/{all_}" for some, all_ in totals))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    for line in left:
        console.print(f"no check notices {line}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    for assignment in sys.argv[1:] or assignment_names():
        print_scores(assignment)
