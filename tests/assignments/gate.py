"""The gate that every assignment has to pass; a chapter's test file only names the assignment.

    class TestBackpropagation(Gate):
        assignment = "03_backpropagation"
        minutes = 180

The answers to a task lie in a module of its name, such as ``03_backpropagation/affine.py``:
``RIGHT``, right answers in other styles, as namespaces that replace the reference's names;
``SLIPS``, typical wrong answers as changes of the reference's source; if it can be got around,
``SHORTCUTS``, written as the right answers are. More changes are made by rule (``mutants.py``);
those that change nothing that counts are listed as ``EQUIVALENT``, by their reason. Of the others,
``NAMES`` says which known mistakes they are: name → changes. Any other name is a wrong one.
Where networks are trained for long, ``SEEDS`` says at which seeds besides, fewer than elsewhere.
Where the design is free, ``DESIGN`` says which methods are no matter of right and wrong: these have
no mutants.

``python tests/assignments/scores.py`` prints what was refused and accepted, task by task.
"""

import ast
import doctest
import importlib
import re
import statistics
import sys
import time
import warnings
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from types import ModuleType
from zlib import crc32

import jupytext
import numpy as np
import pytest
from mutants import Mutant, Patience, mutants_of, names_of

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, LocalLink
from autograder.building.assignments import build_source, load, release
from autograder.building.cells import checked_task, given_and_without
from autograder.building.chapters import ASSIGNMENTS, reference_of, reference_source
from autograder.inside.wire import encode
from autograder.judging.expectations import expect
from autograder.judging.frozen import hints_of
from autograder.judging.results import run_check
from autograder.judging.verdicts import judge

SEEDS = range(1, 9)
SEEDS_OF_NAMES = range(1, 4)
SEEDS_OF_NAMED_MUTANTS = range(1, 3)
SEEDS_OF_OTHER_MUTANTS = range(3, 4)
LONGEST_BLANK, MEDIAN_BLANK = 15, 4
TIMES, AT_LEAST = 10, 0.5
"""A check that computes so many times as long as all checks do on the reference never ends."""


@dataclass(frozen=True)
class Blank:
    """A body that a student writes."""

    name: str
    lines: int


@cache
def answers(assignment):
    """Return the modules with answers to an assignment's tasks: task name → module."""
    package = ModuleType(f"answers_{assignment}")
    package.__path__ = [str(Path(__file__).parent / assignment)]
    sys.modules[package.__name__] = package
    names = [task.name for task in load(assignment).tasks]
    for name in names:
        path = Path(__file__).parent / assignment / f"{name}.py"
        if not path.is_file():
            raise pytest.UsageError(f"{path} is missing: it holds the answers to the task {name}.")
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}


def alternatives(assignment):
    """Return the right answers in other styles: task name → list of namespaces."""
    return {task: module.RIGHT for task, module in answers(assignment).items()}


def shortcuts(assignment):
    """Return the ways around the exercise: task name → list of namespaces."""
    return {task: getattr(module, "SHORTCUTS", []) for task, module in answers(assignment).items()}


def slips(assignment):
    """Return typical wrong answers: task name → list of (old source, new source, mistake)."""
    return {task: module.SLIPS for task, module in answers(assignment).items()}


def equivalents(assignment):
    """Return the mutants that are no mistakes: task name → set of changes."""
    listed = {
        task: getattr(module, "EQUIVALENT", {}) for task, module in answers(assignment).items()
    }
    return {
        task: {change for changes in reasons.values() for change in changes}
        for task, reasons in listed.items()
    }


def names_of_mutants(assignment, task):
    """Return which known mistakes the mutants of a task are: change → set of names."""
    found = {}
    for name, changes in getattr(answers(assignment)[task.name], "NAMES", {}).items():
        for change in changes:
            found.setdefault(change, set()).add(name)
    return found


def with_slip(assignment, old, new):
    """Return the reference's names after a piece of its source has been replaced."""
    return names_of(code_with_slip(assignment, old, new))


@lru_cache(maxsize=1)  # asked for seed by seed
def code_with_slip(assignment, old, new):
    """Return the reference's code after a piece of its source has been replaced."""
    source = reference_source(assignment)
    assert old in source, f"the reference no longer says {old!r}"
    return compile(source.replace(old, new), "slip", "exec")


def with_frozen(assignment, task, seeds):
    """Return the seed of the frozen inputs, and these, or those that the task names instead."""
    return [frozen_seed(assignment), *seeds_of(assignment, task, seeds)]


def seeds_of(assignment, task, seeds):
    """Return these seeds, or those that the task names instead."""
    return getattr(answers(assignment)[task.name], "SEEDS", seeds)


def frozen_seed(assignment):
    """Return the seed of the inputs that travel with a release."""
    return crc32(assignment.encode())


def replayed(check, namespace, draws, patience=None):
    """Run a check on a namespace, with inputs that were drawn before."""

    def run():
        return run_check(check, Implementation(namespace), Draws(recorded=draws))

    return run() if patience is None else patience.run(run)


def report_on(assignment, task, namespace, seed):
    """Judge a namespace against the reference, without mistakes to name."""
    expected = expected_of(assignment, task.name, seed)
    results = {
        check.name: replayed(check, namespace, expected[check.name].draws) for check in task.checks
    }
    return judge(task, results, expected, {})


def failures(report):
    """Return what went wrong, one line for each check that did not pass."""
    return [f"{check.name}: {check.message}" for check in report.checks if not check.passed]


@lru_cache(maxsize=64)  # of one task at a time
def expected_of(assignment, task, seed):
    """Return what the reference and, where somebody asks, the known mistakes give."""
    reference = partial(reference_of, assignment)
    return expect(load(assignment).task(task), reference, seed)


@cache
def patient_seconds(assignment, task):
    """Return after how much computing a check of a task counts as one that never ends."""
    begun = time.process_time()
    expect(load(assignment).task(task), partial(reference_of, assignment), frozen_seed(assignment))
    return max(AT_LEAST, TIMES * (time.process_time() - begun))


def patience_with(assignment, task):
    """Return the patience with one answer to a task."""
    return Patience(patient_seconds(assignment, task.name))


def fails(task, namespace, expected, patience):
    """Return the name of a check that refuses a namespace; the rest is not run then."""
    for check in task.checks:
        one, alone = expected[check.name], replace(task, checks=[check])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = {check.name: replayed(check, namespace, one.draws, patience)}
        if failures(judge(alone, results, {check.name: one}, {})):
            return check.name
    return ""


def asking_first(task, names):
    """Return a task with these of its checks first, and with those last that train for a bound."""
    order = sorted(task.checks, key=lambda check: (check.name not in names, check.is_bounded))
    return replace(task, checks=order)


def refusals(assignment, task, namespace, all_expected, first=frozenset()):
    """Return for each seed's expectations whether some check refuses a namespace.

    The check that refuses it at one seed is asked first at the next; ``first`` at the first one.
    """
    refused, patience = [], patience_with(assignment, task)
    for expected in all_expected:
        by = fails(asking_first(task, first), namespace, expected, patience)
        refused.append(bool(by))
        first = {by}
    return refused


def cells_of(assignment):
    """Return the cells of the assignment's text."""
    return jupytext.read(ASSIGNMENTS / assignment / "text.md", fmt="md:myst").cells


def exercises_of(assignment):
    """Yield the exercise cells with the names that they ask for, and the cell after each."""
    cells = cells_of(assignment)
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        if "exercise" in cell.metadata.get("tags", []):
            (statement,) = ast.parse(cell.source).body
            yield cell, [alias.name for alias in statement.names], after


@cache
def stubs(assignment):
    """Return what stands at the start in the cells in which students write code."""
    return [
        cell.source
        for cell in release(build_source(load(assignment))).cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    ]


def not_asked(cell):
    """Return the methods of an exercise that the student does not write."""
    given, without = given_and_without(cell)
    return (*given, *without)


def mutants(assignment, task):
    """Yield the mutants of what the student writes for a task, but for what is a mere design."""
    design = getattr(answers(assignment)[task.name], "DESIGN", ())
    for cell, names, _ in exercises_of(assignment):
        if set(task.needs) & set(names):
            for name in names:
                given = (*not_asked(cell), *design)
                yield from mutants_of(reference_source(assignment), name, given)


@dataclass(frozen=True)
class Judged:
    """What becomes of a mutant: whether it passes all checks somewhere, and what it is called."""

    change: str
    survives: bool
    names: frozenset[str]


@cache
def judged_mutants(assignment, name):
    """Return what becomes of each mutant of a task, at the frozen and at other inputs."""
    task = load(assignment).task(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [judged(assignment, task, mutant) for mutant in mutants(assignment, task)]


def judged(assignment, task, mutant: Mutant):
    """Return what becomes of a mutant: where it is named, and at one seed more, it is refused."""
    try:
        wrong = {**reference_of(assignment), **mutant.namespace()}
    except Exception:
        return Judged(mutant.change, False, frozenset())  # it does not even load
    patience = patience_with(assignment, task)
    seeds = with_frozen(assignment, task, SEEDS_OF_NAMED_MUTANTS)
    reports = [verdict_on(assignment, task, wrong, seed, patience) for seed in seeds]
    names = frozenset().union(*map(names_in, reports))
    survives = any(report.is_full for report in reports)
    for seed in seeds_of(assignment, task, SEEDS_OF_OTHER_MUTANTS):
        if not survives:
            first = asking_first(task, reports[-1].failed)
            survives = not fails(first, wrong, expected_of(assignment, task.name, seed), patience)
    return Judged(mutant.change, survives, names)


@cache
def verdicts_on_mistakes(assignment, task, seed):
    """Return the report on each known mistake of a task, as if a student had made it.

    Each is run through all checks in their order, before a verdict asks for some of them.
    """
    one = load(assignment).task(task)
    expected, hints = expected_of(assignment, task, seed), hints_of(load(assignment), task)
    results = {
        mistake: {name: check.mistakes[mistake] for name, check in expected.items()}
        for mistake in hints
    }
    return {mistake: judge(one, results[mistake], expected, hints) for mistake in hints}


def verdict_on_mistake(assignment, task, mistake, seed):
    """Return the report on a known mistake, as if a student had made it."""
    return verdicts_on_mistakes(assignment, task.name, seed)[mistake.name]


def verdict_on_slip(assignment, task, slip, seed):
    """Return the report on a change of the reference's source."""
    old, new, _ = slip
    return verdict_on(assignment, task, with_slip(assignment, old, new), seed)


def names_in(report):
    """Return the names that the failed checks of a report give."""
    return {check.misconception for check in report.checks if not check.passed} - {None}


def same_hint(task, name):
    """Return all mistakes that say to the student what this one says."""
    hints = {mistake.name: mistake.hint for mistake in task.misconceptions}
    return {other for other, hint in hints.items() if hint == hints[name]}


def verdict_on(assignment, task, namespace, seed, patience=None):
    """Return the report on a namespace, with known mistakes named.

    ``patience`` is for what may never end (see `mutants.Patience`).
    """
    expected = expected_of(assignment, task.name, seed)
    with np.errstate(all="ignore"):
        results = {
            check.name: replayed(check, namespace, expected[check.name].draws, patience)
            for check in task.checks
        }
    return judge(task, results, expected, hints_of(load(assignment), task.name))


class Gate:
    """What holds for every assignment. ``conftest.py`` fills in the parameters."""

    assignment: str
    minutes: int

    # The checks ----------------------------------------------------------------------------------

    def test_reference_passes(self, task):
        reference = reference_of(self.assignment)
        for seed in with_frozen(self.assignment, task, SEEDS):
            report = report_on(self.assignment, task, reference, seed)
            assert failures(report) == [], f"seed {seed}"

    def test_alternative_passes(self, task, alternative):
        reference = reference_of(self.assignment)
        for seed in with_frozen(self.assignment, task, SEEDS):
            report = report_on(self.assignment, task, {**reference, **alternative}, seed)
            wrong = failures(report)
            assert wrong == [], f"a right answer in another style is marked as wrong, seed {seed}"

    def test_mistake_is_caught_and_named(self, task, mistake):
        for seed in with_frozen(self.assignment, task, SEEDS_OF_NAMES):
            report = verdict_on_mistake(self.assignment, task, mistake, seed)
            failed = [check for check in report.checks if not check.passed]
            assert failed, f"no check notices this mistake, seed {seed}"
            named = {check.misconception for check in failed}
            right = same_hint(task, mistake.name)
            assert named <= right, (
                f"taken for {named}, seed {seed} (None: it raises, or is like another mistake): "
                f"{failures(report)}"
            )

    def test_mistake_gives_the_same_whatever_it_has_been_through(self, task, mistake):
        """It is run through a check when somebody asks for that, in any order."""
        seed = frozen_seed(self.assignment)
        verdict_on_mistake(self.assignment, task, mistake, seed)  # asks in the order of the checks
        expected = expected_of(self.assignment, task.name, seed)
        quick = [check for check in task.checks if not check.is_bounded]  # the others train
        link = LocalLink(reference_of(self.assignment, mistake.wrong))
        with np.errstate(all="ignore"):
            backwards = {
                check.name: expected[check.name].result(check, link) for check in quick[::-1]
            }
        for check in quick:
            known = expected[check.name].mistakes[mistake.name]
            found = replace(backwards[check.name], detail=known.detail)  # which line raises
            assert encode(asdict(found)) == encode(asdict(known)), check.name

    def test_only_a_shortcut_costs_all_points(self, task, mistake):
        """A mistake that fails other checks as well is an honest one."""
        required = {check.name for check in task.checks if check.required}
        for seed in with_frozen(self.assignment, task, SEEDS_OF_NAMES):
            report = verdict_on_mistake(self.assignment, task, mistake, seed)
            forfeits = any(check.forfeits for check in report.checks)
            failed = {check.name for check in report.checks if not check.passed}
            assert forfeits == (failed <= required), f"seed {seed}: {failures(report)}"

    def test_shortcut_gets_no_points_and_is_named(self, task, shortcut):
        namespace = {**reference_of(self.assignment), **shortcut}
        for seed in with_frozen(self.assignment, task, SEEDS_OF_NAMES):
            report = verdict_on(self.assignment, task, namespace, seed)
            named = [check.misconception for check in report.checks if check.forfeits]
            assert report.points == 0, f"this way around the exercise gets points, seed {seed}"
            assert all(named), f"seed {seed}: {failures(report)}"
            assert names_in(report) <= set(named), "another name stands beside that of the shortcut"

    def test_mistake_is_refused_whatever_the_inputs(self, task, mistake):
        seeds = with_frozen(self.assignment, task, SEEDS)
        failed = {
            seed: verdict_on_mistake(self.assignment, task, mistake, seed).failed
            for seed in with_frozen(self.assignment, task, SEEDS_OF_NAMES)
        }
        others = [seed for seed in seeds if seed not in failed]
        drawn = (expected_of(self.assignment, task.name, seed) for seed in others)
        namespace = reference_of(self.assignment, mistake.wrong)
        found = refusals(self.assignment, task, namespace, drawn, failed[seeds[0]])
        refused = failed | dict(zip(others, found, strict=True))
        missed = [seed for seed in seeds if not refused[seed]]
        assert missed == [], "not noticed at these seeds"

    def test_mutants_have_no_wrong_names(self, task):
        """What a mutant is called is listed: whoever lists it has read the hint."""
        known, given = names_of_mutants(self.assignment, task), {}
        for mutant in judged_mutants(self.assignment, task.name):
            if mutant.names:
                given.setdefault(mutant.change, set()).update(mutant.names)
        wrong = {change: names - known.get(change, set()) for change, names in given.items()}
        gone = {change: names - given.get(change, set()) for change, names in known.items()}
        shown = f"python tests/assignments/scores.py --names {self.assignment}/{task.name}"
        assert not any(wrong.values()), f"{wrong}\nIf their hints are true of them, list: {shown}"
        assert not any(gone.values()), f"{gone}\nThese are listed and not given any more: {shown}"

    def test_mutants_are_refused(self, task):
        survived = {
            mutant.change
            for mutant in judged_mutants(self.assignment, task.name)
            if mutant.survives
        }
        listed = equivalents(self.assignment).get(task.name, set())
        assert survived - listed == set(), "changes of the reference that no check notices"
        assert listed - survived == set(), "these are refused, or no longer made"

    def test_slip_is_named(self, task, slip):
        for seed in with_frozen(self.assignment, task, SEEDS_OF_NAMES):
            report = verdict_on_slip(self.assignment, task, slip, seed)
            named = {check.misconception for check in report.checks if not check.passed}
            assert named, f"no check notices this slip, seed {seed}"
            wrong = named - same_hint(task, slip[2])
            assert not wrong, f"taken for {wrong}, seed {seed}: {failures(report)}"

    def test_every_task_has_alternatives_and_mistakes(self):
        right, wrong = alternatives(self.assignment), slips(self.assignment)
        for task in load(self.assignment).tasks:
            assert len(right[task.name]) >= 2, f"{task.name} needs two other right answers"
            assert wrong[task.name], f"{task.name} needs a slip"
            assert len(task.misconceptions) >= 3, f"{task.name} knows fewer than three mistakes"

    def test_empty_answers_get_no_points(self, task, body):
        """Neither what students start with, nor functions that do nothing at all."""
        namespace = {}
        for source in stubs(self.assignment):
            source = source.replace("raise NotImplementedError", body)
            exec("import numpy as np\n" + source, namespace)
        report = report_on(self.assignment, task, namespace, 0)
        assert [check.title for check in report.checks if check.passed] == []

    # The text ------------------------------------------------------------------------------------

    def blanks(self):
        """Return the bodies that the student writes."""
        definitions = {
            getattr(node, "name", None): node
            for node in ast.parse(reference_source(self.assignment)).body
        }
        for cell, names, _ in exercises_of(self.assignment):
            for name in names:
                node = definitions[name]
                bodies = [node] if isinstance(node, ast.FunctionDef) else node.body
                for body in bodies:
                    if isinstance(body, ast.FunctionDef) and body.name not in not_asked(cell):
                        yield Blank(f"{name}.{body.name}", length_of(body))

    def test_the_check_follows_its_exercise(self):
        tasks = load(self.assignment).tasks
        asked = []
        for _, names, after in exercises_of(self.assignment):
            (task,) = [task for task in tasks if set(task.needs) & set(names)]
            assert set(task.needs) <= set(names), f"{task.name}: not all it needs is asked for"
            assert after is not None, f"{task.name}: no cell follows its exercise"
            assert checked_task(after.source) == task.name, f"{task.name}: the next cell"
            asked.append(task.name)
        assert asked == [task.name for task in tasks]

    def test_minutes_agree_and_add_up(self):
        tasks = load(self.assignment).tasks
        stated, last = {}, None
        for cell in cells_of(self.assignment):
            for found in re.findall(r"^### .*\((\d+) minutes\)$", cell.source, re.MULTILINE):
                last = int(found)
            if cell.cell_type == "code" and checked_task(cell.source):
                stated[checked_task(cell.source)] = last
        assert stated == {task.name: task.minutes for task in tasks}
        assert sum(stated.values()) == self.minutes

    def test_blanks_are_short(self):
        blanks = list(self.blanks())
        longest = max(blanks, key=lambda blank: blank.lines)
        assert longest.lines <= LONGEST_BLANK, f"{longest.name} has {longest.lines} lines"
        assert statistics.median(blank.lines for blank in blanks) <= MEDIAN_BLANK

    def test_examples_in_the_text_are_true(self):
        """What stands after >>> in the text gives what stands below it."""
        namespace = dict(reference_of(self.assignment))
        runner = doctest.DocTestRunner(verbose=False)
        texts = [cell.source for cell in cells_of(self.assignment) if cell.cell_type == "markdown"]
        found = re.findall(r"```python\n(.*?)```", "\n".join(texts), re.DOTALL)
        assert found, "the text has no example"
        for source in found:
            example = doctest.DocTestParser().get_doctest(source, namespace, "text.md", None, 0)
            said = []
            runner.run(example, out=said.append, clear_globs=False)
            namespace = example.globs
            assert said == [], "".join(said)

    def test_text_runs_as_the_solved_notebook(self, monkeypatch, tmp_path):
        monkeypatch.setenv("MPLBACKEND", "Agg")
        monkeypatch.chdir(tmp_path)
        namespace = ModuleType("__main__").__dict__
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            for cell in cells_of(self.assignment):
                if cell.cell_type == "code" and not cell.source.startswith("check("):
                    exec(compile(cell.source, "<cell>", "exec"), namespace)


def length_of(function):
    """Return the number of lines of a function's body after its docstring, blank lines left out."""
    statements = function.body[ast.get_docstring(function) is not None :]
    return sum(statement.end_lineno - statement.lineno + 1 for statement in statements)
