"""Print what an assignment's checks refuse and accept, task by task.

    python tests/assignments/scores.py [ASSIGNMENT ...]
    python tests/assignments/scores.py --seeds 200 [ASSIGNMENT ...]

With ``--seeds``, every known mistake, slip, shortcut and right answer is judged at the frozen
inputs and at so many others. What is refused at some of them only is printed: there should be
nothing. An assignment may be narrowed to one of its tasks, as ``02_losses/labels``.

Without it, the table is printed. Mistakes and alternatives are judged at the frozen inputs and at
twenty grading seeds: a mistake counts if it is refused at all of them (and by its own name at the
first six), an alternative if it gets full marks at all of them. Mutants that survive are listed
below the table, unless they are known to be right. Of all wrong answers it is said how many get a
name at all; of mistakes and slips, whose names are known, how many get another one.
"""

import argparse
import sys
import warnings

import gate
from mutants import limits
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
    "wrong ones named",
    "misnamed",
]


def scores_of(name, task):
    """Return one row of the table, each cell as (how many, of how many), and the survivors."""
    seeds = [gate.frozen_seed(name), *gate.SEEDS]
    reference = reference_of(name)
    refused = named = misnamed = 0
    given = []  # the names that each wrong answer gets
    for mistake in task.misconceptions:
        wrong = reference_of(name, mistake.wrong)
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
        given.append(set().union(*found) - {None})
        misnamed += bool(given[-1] - {mistake.name})
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
    for slip in slips:
        given.append(names_in(gate.verdict_on_slip(name, task, slip)))
        misnamed += bool(given[-1] - {slip[2]})
    given += [names_of_mutant(name, task, changes[one]) for one in changes.keys() - survivors]
    row = [
        (refused, mistakes),
        (named, mistakes),
        (sum(named_as(name, task, slip) for slip in slips), len(slips)),
        (sum(is_refused(name, task, shortcut) for shortcut in around), len(around)),
        (accepted, len(right)),
        (len(changes) - len(survivors), len(changes)),
        (len(survivors & known), len(survivors)),
        (sum(bool(names) for names in given), len(given)),
        (misnamed, mistakes + len(slips)),
    ]
    return row, sorted(survivors - known)


def names_in(report):
    """Return the names that the failed checks of a report give."""
    return {check.misconception for check in report.checks if not check.passed} - {None}


def names_of_mutant(name, task, mutant):
    """Return the names that a mutant gets at the frozen inputs."""
    try:
        wrong = {**reference_of(name), **mutant.namespace()}
    except Exception:
        return set()  # it does not even load
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return names_in(gate.verdict_on(name, task, wrong, gate.frozen_seed(name), limits))


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


def print_scores(name, only):
    """Print the table of one assignment, or of one of its tasks."""
    table = Table("task", *COLUMNS, title=name)
    rows, left = [], []
    for task in tqdm(gate.load(name).tasks, desc=name, leave=False):
        if only not in ("", task.name):
            continue
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


def answers_of(name, task):
    """Yield every answer to a task: what it is, whether it is wrong, and its names."""
    reference = reference_of(name)
    for mistake in task.misconceptions:
        wrong = reference_of(name, mistake.wrong)
        yield f"the mistake {mistake.name}", True, wrong
    for old, new, mistake in gate.slips(name)[task.name]:
        yield f"the slip {old} → {new} ({mistake})", True, gate.with_slip(name, old, new)
    for around in gate.shortcuts(name)[task.name]:
        yield f"the shortcut {' '.join(around)}", True, {**reference, **around}
    yield "the reference", False, reference
    for other in gate.alternatives(name)[task.name]:
        what = " ".join(value.__name__ for value in other.values())
        yield f"the right answer {what}", False, {**reference, **other}


def print_verdicts_by_seed(name, only, count):
    """Print which verdicts depend on the seed, and which are wrong at every one."""
    seeds, found, judged = [gate.frozen_seed(name), *range(1, count + 1)], [], 0
    tasks = [task for task in gate.load(name).tasks if only in ("", task.name)]
    for task in tqdm(tasks, desc=name, leave=False):
        drawn = [gate.expected_of(name, task.name, seed, mistakes=False) for seed in seeds]
        for what, is_wrong, namespace in answers_of(name, task):
            judged += 1
            refused = [
                seed
                for seed, expected in zip(seeds, drawn, strict=True)
                if gate.fails(task, namespace, expected)
            ]
            if len(refused) != (len(seeds) if is_wrong else 0):
                seldom = sorted(set(seeds) - set(refused)) if is_wrong else refused
                some = ", ".join(map(str, seldom[:5])) + (", …" if len(seldom) > 5 else "")
                verdict = "accepted" if is_wrong else "refused"
                found.append(f"{task.name}: {what} is {verdict} at {len(seldom)} seeds: {some}")
        gate.expected_of.cache_clear()
    print(f"{name}: {judged} answers to {len(tasks)} tasks at {len(seeds)} seeds; ", end="")
    print(f"{len(found)} verdicts depend on the seed, or are wrong at all of them")
    for line in found:
        print("  " + line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", default=assignment_names())
    parser.add_argument("--seeds", type=int, help="judge at so many seeds instead")
    wanted = parser.parse_args()
    for chosen in wanted.assignments:
        assignment, _, only_task = chosen.partition("/")
        if wanted.seeds:
            print_verdicts_by_seed(assignment, only_task, wanted.seeds)
        else:
            print_scores(assignment, only_task)
