"""Print how many copies ``handgrad similar`` finds, and how often it lists whoever did not copy.

    python tests/assignments/copies.py [--classes 20] [--sizes 10 30 100] [ASSIGNMENT ...]

Classes are made of right answers that were written independently: the reference's and those in the
tests. *As written* draws each student's answer to each task among them; so two students often have
the same one, letter for letter, and more seldom than this it will not be anywhere. *With a style*
does so, but in a third of the tasks a student has a leaning, the same in all of them. *In own hand*
draws as well, and then writes each answer anew in one of many ways that compute the same.

In each class three students then copy from another one: all tasks, three quarters, or half of them.
The copies are disguised: names, comments, docstrings and the order of methods and of statements.

*False* is in how many classes pairs are listed that have not copied, and how many these are;
*all*, *three quarters* and *half* are in how many classes the copier is found.
"""

import argparse
import ast
import random
import re
from functools import cache

from disguises import cell_with, disguised, in_own_hand
from gate import alternatives
from tqdm import tqdm

from autograder.building.assignments import build_source, load
from autograder.building.chapters import assignment_names
from autograder.building.stubs import BEGIN, END
from autograder.grading.submissions import Cell
from autograder.similarity.gathering import REFERENCE
from autograder.similarity.pairs import compare
from autograder.similarity.works import Frame, Work

SHARES = {"all": 1.0, "three quarters": 0.75, "half": 0.5}
KINDS = ("as written", "with a style", "in own hand")
LEANING = 1 / 3


class Bench:
    """An assignment with the answers that its classes are made of."""

    def __init__(self, name):
        source = build_source(load(name))
        self.frame = Frame(source)
        self.answers, self.parts = {}, {}
        right = alternatives(name)
        for cell in source.cells:
            task = cell.id.removesuffix("-answer")
            if cell.id.endswith("-answer"):
                solved = cell.source.replace(BEGIN, "#").replace(END, "#")
                others = [cell_with(solved, namespace) for namespace in right[task]]
                self.answers[task] = [ast.unparse(ast.parse(solved)), *others]
        self.given = set(re.findall(r"\w+", "\n".join(cell.source for cell in source.cells)))

    def student(self, kind, rng):
        """Return somebody's answers: task → source."""
        leaning = rng.random()
        found = {}
        for task, answers in self.answers.items():
            has_style = kind == "with a style" and rng.random() < LEANING
            found[task] = answers[int((leaning if has_style else rng.random()) * len(answers))]
            if kind == "in own hand":
                found[task] = in_own_hand(found[task], rng)
        return found

    def copier(self, own, other, share, rng):
        """Return somebody's answers of whom some are copied from another one, in disguise."""
        tasks = rng.sample(list(own), round(share * len(own)))
        return own | {task: disguised(other[task], rng, self.given) for task in tasks}

    def part(self, task, source):
        """Return an answer as it is compared: read once, as many students have the same."""
        if (task, source) not in self.parts:
            work = self.frame.work("", [Cell("code", source, f"{task}-answer")])
            self.parts[task, source] = work.parts[task]
        return self.parts[task, source]

    def listed(self, students):
        """Return the pairs that are listed of a class."""
        works = [
            Work(str(number), {task: self.part(task, source) for task, source in one.items()})
            for number, one in enumerate(students)
        ]
        works.append(self.frame.reference(REFERENCE))
        pairs = compare(works, self.frame.parts).pairs
        return {(pair.left.name, pair.right.name) for pair in pairs}


@cache
def bench_of(name):
    return Bench(name)


def found_in(bench, kind, size, seed):
    """Return how many pairs of one class are listed that have not copied, and which copies are."""
    rng = random.Random(f"{kind} {size} {seed}")
    students = [bench.student(kind, rng) for _ in range(size)]
    wrong = len(bench.listed(students))
    for at, share in enumerate(SHARES.values()):
        students[2 * at + 1] = bench.copier(students[2 * at + 1], students[2 * at], share, rng)
    listed = bench.listed(students)
    copies = [(str(2 * at), str(2 * at + 1)) for at in range(len(SHARES))]
    return wrong, [copy in listed for copy in copies], len(listed - set(copies))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", default=assignment_names())
    parser.add_argument("--classes", type=int, default=10, help="of each kind, size and assignment")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100])
    wanted = parser.parse_args()
    columns = ["right answers", "students", "classes", "false", "false beside copies", *SHARES]
    print_row(columns)
    print_row(["---"] * len(columns))
    for kind in KINDS:
        for size in wanted.sizes:
            cases = [(a, seed) for a in wanted.assignments for seed in range(wanted.classes)]
            results = [
                found_in(bench_of(name), kind, size, seed)
                for name, seed in tqdm(cases, desc=f"{kind}, {size}", leave=False)
            ]
            clean, copies, beside = zip(*results, strict=True)
            wrong = [f"{sum(map(bool, one))} ({sum(one)} pairs)" for one in (clean, beside)]
            print_row([kind, size, len(results), *wrong, *map(sum, zip(*copies, strict=True))])


def print_row(cells):
    """Print a row of a Markdown table at once: the next one takes minutes."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
