"""Print what an assignment's checks refuse and accept, task by task, and how they call it.

    python tests/assignments/scores.py [ASSIGNMENT ...]
    python tests/assignments/scores.py --names [ASSIGNMENT ...]
    python tests/assignments/scores.py --seeds 200 [ASSIGNMENT ...]
    python tests/assignments/scores.py --summary [ASSIGNMENT ...]

An assignment may be narrowed to one of its tasks, as ``02_losses/labels``.

Without an option, the table is printed. Known mistakes and slips count as refused if they are at
the frozen inputs and at twenty seeds such as grading draws; right answers as accepted likewise.
*Named* are wrong answers of all kinds that get a name. *Misnamed* are those that get one that is
not theirs: which one is theirs is known of mistakes, slips and shortcuts, and of mutants it is
listed. *By seed* are those with one verdict at some seeds and another one at others. Mutants that
survive are listed below the table, unless they are known to be right.

With ``--names``, every mutant that gets a name is printed with the hint; below that stands what is
to be listed as ``NAMES`` beside the task's answers, if all hints are true.

With ``--seeds``, every known mistake, slip, shortcut and right answer is judged at the frozen
inputs and at so many others. What is refused at some of them only is printed: there should be
nothing.

With ``--summary``, the table has one row for each assignment, as it stands in BENCHMARKS.md.
"""

import argparse
import sys
import warnings
from dataclasses import dataclass, field

import gate
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from autograder.building.chapters import assignment_names, reference_of


@dataclass
class Score:
    """How many of how many, and which ones are missing."""

    some: int = 0
    all: int = 0
    rest: list[str] = field(default_factory=list)

    def add(self, is_so, what=""):
        """Count one; remember what it is if it is not so."""
        self.some, self.all = self.some + bool(is_so), self.all + 1
        if not is_so:
            self.rest.append(what)

    def __add__(self, other):
        return Score(self.some + other.some, self.all + other.all, self.rest + other.rest)

    def __str__(self):
        return f"{self.some}/{self.all}"


SEEDS = range(1, 21)
COLUMNS = {
    "mistakes": "mistakes refused",
    "slips": "slips refused",
    "shortcuts": "shortcuts refused",
    "right": "other right answers",
    "mutants": "mutants refused",
    "named": "wrong ones named",
    "misnamed": "misnamed",
    "seeds": "by seed",
}


def scores_of(name, task):
    """Return one row of the table: column → score."""
    row = {column: Score() for column in COLUMNS}
    wrong = [("mistakes", *one) for one in mistakes_of(name, task)]
    wrong += [("slips", *one) for one in slips_of(name, task)]
    for column, what, namespace, is_theirs in wrong:
        refused = refusals(name, task, namespace)
        row[column].add(all(refused), what)
        row["seeds"].add(any(refused) != all(refused), what)
        count_names(row, names_at(name, task, namespace), is_theirs, what)
    for shortcut in gate.shortcuts(name)[task.name]:
        reports = reports_on(name, task, {**reference_of(name), **shortcut})
        row["shortcuts"].add(not any(report.points for report in reports), str(shortcut))
        names = {c.misconception for report in reports for c in report.checks if c.forfeits} - {
            None
        }
        given = set().union(*map(gate.names_in, reports))
        count_names(row, given, names, str(shortcut))
    for other in gate.alternatives(name)[task.name]:
        refused = refusals(name, task, {**reference_of(name), **other})
        row["right"].add(not any(refused), str(other))
        row["seeds"].add(any(refused) != all(refused), str(other))
    score_mutants(name, task, row)
    return row


def score_mutants(name, task, row):
    """Count what becomes of the mutants; those that are no mistakes are left out."""
    theirs, known = gate.names_of_mutants(name, task), gate.equivalents(name)[task.name]
    judged = {one.change: one for one in gate.judged_mutants(name, task.name)}
    for change, mutant in judged.items():
        if change in known:
            continue
        row["mutants"].add(not mutant.survives, change)
        count_names(row, mutant.names, theirs.get(change, set()), change)


def count_names(row, given, theirs, what):
    """Count a wrong answer as named, and as misnamed if it has a name that is not its own."""
    row["named"].add(given, what)
    row["misnamed"].add(given - theirs, what)


def mistakes_of(name, task):
    """Yield each known mistake: what it is, its names, and what it may be called."""
    for mistake in task.misconceptions:
        theirs = gate.same_hint(task, mistake.name)
        yield mistake.name, reference_of(name, mistake.wrong), theirs


def slips_of(name, task):
    """Yield each slip: what it is, its names, and what it may be called."""
    for old, new, mistake in gate.slips(name)[task.name]:
        what = f"{old} → {new} ({mistake})"
        yield what, gate.with_slip(name, old, new), gate.same_hint(task, mistake)


def refusals(name, task, namespace):
    """Return whether an answer is refused, at the frozen inputs and at each seed."""
    seeds = gate.with_frozen(name, task, SEEDS)
    drawn = (gate.expected_of(name, task.name, seed) for seed in seeds)
    return gate.refusals(name, task, namespace, drawn)


def reports_on(name, task, namespace):
    """Return the reports on an answer at the frozen inputs and at a few seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patience = gate.patience_with(name, task)
        return [
            gate.verdict_on(name, task, namespace, seed, patience)
            for seed in gate.with_frozen(name, task, gate.SEEDS_OF_NAMED_MUTANTS)
        ]


def names_at(name, task, namespace):
    """Return all names that an answer is given there."""
    return set().union(*map(gate.names_in, reports_on(name, task, namespace)))


def print_scores(name, only):
    """Print the table of one assignment, or of one of its tasks."""
    table = Table("task", *COLUMNS.values(), title=name)
    rows = []
    for task in tqdm(chosen_tasks(name, only), desc=name, leave=False):
        rows.append(scores_of(name, task))
        table.add_row(task.name, *map(str, rows[-1].values()))
    table.add_section()
    total = {column: sum((row[column] for row in rows), Score()) for column in COLUMNS}
    table.add_row("all", *map(str, total.values()))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    for column in ("mistakes", "slips", "shortcuts", "right", "mutants"):
        for what in total[column].rest:
            console.print(f"{COLUMNS[column]}, but not {what}", markup=False, soft_wrap=True)


def print_summary(names):
    """Print one row for each assignment, and all of them together, as Markdown."""
    print("| assignment | right accepted | wrong refused | named | misnamed | by seed |")
    print("|---|---|---|---|---|---|")
    both = []
    for name in names:
        rows = [
            scores_of(name, task) for task in tqdm(chosen_tasks(name, ""), desc=name, leave=False)
        ]
        total = {column: sum((row[column] for row in rows), Score()) for column in COLUMNS}
        wrong = sum(
            (total[kind] for kind in ("mistakes", "slips", "shortcuts", "mutants")), Score()
        )
        both.append([total["right"], wrong, total["named"], total["misnamed"], total["seeds"]])
        print_row(name, both[-1])
    if len(both) > 1:
        print_row("all", [sum(column, Score()) for column in zip(*both, strict=True)])


def print_row(title, scores):
    """Print a row of the summary: of what should be nothing, the number alone is told."""
    *shares, misnamed, by_seed = scores
    print(
        f"| {title} | {' | '.join(map(str, shares))} | {misnamed.some} | {by_seed.some} |",
        flush=True,
    )


def chosen_tasks(name, only):
    """Return the tasks of an assignment, or the one that is chosen."""
    return [task for task in gate.load(name).tasks if only in ("", task.name)]


def print_names(name, only):
    """Print the mutants that get a name, with the hint, and what may be listed of them."""
    for task in tqdm(chosen_tasks(name, only), desc=name, leave=False):
        hints = {mistake.name: mistake.hint for mistake in task.misconceptions}
        listed = {}
        print(f"\n=== {name}/{task.name}")
        judged = {one.change: one for one in gate.judged_mutants(name, task.name)}
        for change, mutant in judged.items():
            for given in sorted(mutant.names):
                listed.setdefault(given, []).append(change)
                print(f"\n{change}\n    {given}: {hints[given]}")
        print(f"\nNAMES = {listed!r}")


def answers_of(name, task):
    """Yield every answer to a task: what it is, whether it is wrong, and its names."""
    for what, namespace, _ in mistakes_of(name, task):
        yield f"the mistake {what}", True, namespace
    for what, namespace, _ in slips_of(name, task):
        yield f"the slip {what}", True, namespace
    for around in gate.shortcuts(name)[task.name]:
        yield f"the shortcut {' '.join(around)}", True, {**reference_of(name), **around}
    yield "the reference", False, reference_of(name)
    for other in gate.alternatives(name)[task.name]:
        what = " ".join(value.__name__ for value in other.values())
        yield f"the right answer {what}", False, {**reference_of(name), **other}


def print_verdicts_by_seed(name, only, count):
    """Print which verdicts depend on the seed, and which are wrong at every one."""
    seeds, found, judged = [gate.frozen_seed(name), *range(1, count + 1)], [], 0
    tasks = chosen_tasks(name, only)
    for task in tqdm(tasks, desc=name, leave=False):
        drawn = [gate.expected_of(name, task.name, seed) for seed in seeds]
        for what, is_wrong, namespace in answers_of(name, task):
            judged += 1
            found_at = zip(seeds, gate.refusals(name, task, namespace, drawn), strict=True)
            refused = [seed for seed, is_refused in found_at if is_refused]
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
    parser.add_argument("--names", action="store_true", help="print what mutants are called")
    parser.add_argument("--seeds", type=int, help="judge at so many seeds instead")
    parser.add_argument("--summary", action="store_true", help="one row for each assignment")
    wanted = parser.parse_args()
    if wanted.summary:
        print_summary(wanted.assignments)
        sys.exit()
    for chosen in wanted.assignments:
        assignment, _, only_task = chosen.partition("/")
        if wanted.seeds:
            print_verdicts_by_seed(assignment, only_task, wanted.seeds)
        elif wanted.names:
            print_names(assignment, only_task)
        else:
            print_scores(assignment, only_task)
