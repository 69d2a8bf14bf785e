"""What an author writes: tasks, their checks, the mistakes that they know, and questions.

A task lives in a module of its name, such as ``assignments/03_backpropagation/affine.py``: first
its checks, then, below the line "# Known mistakes", wrong implementations with their hints::

    task = Task("affine", "The affine layer", points=6, needs=["Affine"], minutes=15)


    @task.check("backward: the gradient of the bias sums over the batch", weight=2)
    def bias_gradient(impl, rng):
        layer = impl.Affine(rng.normal(size=(5, 3)), rng.normal(size=3))
        layer.forward(rng.normal(size=(7, 5)))
        layer.backward(rng.normal(size=(7, 3)))
        return layer.grads["b"]


    # Known mistakes ---------------------------------------------------------------------------

    from solutions.backpropagation import Affine


    @task.misconception("Each output has a bias of its own: sum over the batch, axis 0, only.")
    class bias_gradient_over_everything(Affine):
        def backward(self, dout): ...

What lies above that line travels with the release, and so do ``inputs.py``, which the checks of
several tasks share, whatever else they import from beside them, and ``questions.py``.
``mistakes.py``, which known mistakes share, does not.
"""

from __future__ import annotations

import difflib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

CheckFunction = Callable[[Any, Any], Any]


class AuthoringError(Exception):
    """An assignment's folder is not what it should be; one sentence says how."""


@dataclass(frozen=True)
class Allowance:
    """What one submission may use; an assignment that needs another declares it in ``inputs.py``.

    What computes is held to seconds of CPU, and what waits to three times as many on the clock. No
    process and no thread can be started, and no file be written, whatever is declared.

    Attributes
    ----------
    cell_seconds, task_seconds, total_seconds : float
        For one cell, for all checks of one task, and for everything together. How long one check
        may take is said by `Task.seconds`.
    memory_mib : int
        Address space, in MiB. The libraries take some hundred of them.
    output_kib : int
        Text that is kept of what one cell prints, in KiB.
    """

    cell_seconds: float = 10.0
    task_seconds: float = 20.0
    total_seconds: float = 120.0
    memory_mib: int = 2048
    output_kib: int = 64


@dataclass(frozen=True)
class Check:
    """One thing that an implementation must do.

    ``function(impl, rng)`` drives an implementation and returns plain values and arrays. They are
    compared with the reference's, unless bounds are given: then the number that it returns has to
    lie within them.
    """

    name: str
    title: str
    function: CheckFunction
    weight: float
    rtol: float
    atol: float
    at_least: float | None
    at_most: float | None
    required: bool = False

    @property
    def is_bounded(self) -> bool:
        """Whether what it returns is held to a bound, not compared."""
        return self.at_least is not None or self.at_most is not None


@dataclass(frozen=True)
class Misconception:
    """A mistake that learners make, with the hint that names it.

    Attributes
    ----------
    wrong : mapping
        The names of the task that are wrong, with their implementations.
    """

    name: str
    hint: str
    wrong: Mapping[str, Any]


@dataclass
class Task:
    """Something that a student writes and that is graded by checks.

    Parameters
    ----------
    name : str
        How the task is called everywhere: ``check("name")``, the gradebook.
    title : str
        What it is called in reports.
    points : float
        Shared out among the checks by weight.
    needs : sequence of str
        The names that the student defines.
    minutes : int
        How long it is estimated to take a student.
    seconds : float
        How long each of its checks may compute, in seconds.
    shapes : str
        The shapes that the text names, such as "x (N, D), W (D, M)": shown to whose shapes do not
        fit each other.
    """

    name: str
    title: str
    points: float
    needs: Sequence[str]
    minutes: int
    seconds: float = 5.0
    shapes: str = ""
    checks: list[Check] = field(default_factory=list)
    misconceptions: list[Misconception] = field(default_factory=list)

    def check(
        self,
        title: str,
        *,
        weight: float = 1.0,
        rtol: float = 1e-6,
        atol: float = 1e-9,
        at_least: float | None = None,
        at_most: float | None = None,
        required: bool = False,
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Add the decorated function as a check of this task.

        Parameters
        ----------
        title : str
            What is checked, in words that the student reads.
        weight : float
            Its share of the task's points.
        rtol, atol : float
            A number a agrees with b if |a − b| ≤ atol + rtol · max(|a|, |b|).
        at_least, at_most : float, optional
            Bounds of the number that the function returns, in place of a comparison.
        required : bool
            Whether a wrong value here costs the task all its points: for what the exercise is
            about, such as that a gradient is derived, not measured. Give it the weight 0, so that
            passing it earns nothing; then one that raises, or is stopped, loses nothing by it.
        """

        def add(function: CheckFunction) -> CheckFunction:
            name = function.__name__
            bounds = at_least, at_most
            self.checks.append(Check(name, title, function, weight, rtol, atol, *bounds, required))
            return function

        return add

    def misconception(self, hint: str, *, replaces: str | None = None) -> Callable[[Any], Any]:
        """Add the decorated function or class as a known mistake; its own name is the key.

        Parameters
        ----------
        hint : str
            One or two sentences that name the misunderstanding, without the answer.
        replaces : str, optional
            Which of the names in ``needs`` it is a wrong version of; the first one by default.
        """

        def add(implementation: Any) -> Any:
            target = replaces or self.needs[0]
            wrong = {target: implementation}
            self.misconceptions.append(Misconception(implementation.__name__, hint, wrong))
            return implementation

        return add


@dataclass(frozen=True)
class Question:
    """A question that is answered in words and graded by hand."""

    name: str
    title: str
    points: float


@dataclass(frozen=True)
class Assignment:
    """The tasks and questions of one chapter, in the order in which they were declared."""

    name: str
    folder: Path
    tasks: tuple[Task, ...]
    questions: tuple[Question, ...]
    allowance: Allowance = Allowance()

    def task(self, name: str) -> Task:
        """Return the task of this name.

        Raises
        ------
        KeyError
            If there is none; the message names one that is similar, or all.
        """
        for task in self.tasks:
            if task.name == name:
                return task
        names = [task.name for task in self.tasks]
        similar = difflib.get_close_matches(name, names, n=1)
        known = f"did you mean {similar[0]!r}?" if similar else f"it has {', '.join(names)}."
        raise KeyError(f"There is no task {name!r} in {self.name}; {known}")


def load_assignment(name: str, folder: Path) -> Assignment:
    """Load an assignment from its folder: its modules, with the known mistakes that are there.

    Tasks and questions come in the order of its text, if the text is there, else by name.

    Parameters
    ----------
    name : str
        Its name, such as ``03_backpropagation``.
    folder : Path
        Where its modules lie.

    Raises
    ------
    AuthoringError
        If there are none, a task is declared twice, without checks, or in a module of another name.
    """
    declared: list[Any] = []
    tasks: dict[str, Task] = {}
    for stem, module in _modules(f"_handgrad_{name}", folder).items():
        own = [value for value in vars(module).values() if isinstance(value, Question | Allowance)]
        declared += own
        for task in vars(module).values():
            if isinstance(task, Task) and task not in tasks.values():
                if task.name != stem:
                    raise AuthoringError(f"{name}: the task {task.name!r} lies in {stem}.py.")
                tasks[task.name] = task
    if not tasks:
        raise AuthoringError(f"There are no tasks in {folder}.")
    questions = [value for value in declared if isinstance(value, Question)]
    order = names_in_text(folder)

    def place(one: Task | Question) -> tuple[int, str]:
        return order.get(one.name, len(order)), one.name

    _require_sound(name, tasks.values(), questions)
    allowances = [value for value in declared if isinstance(value, Allowance)]
    if len(allowances) > 1:
        raise AuthoringError(f"{name}: the allowance is declared twice.")
    in_order = sorted(tasks.values(), key=place), sorted(questions, key=place)
    return Assignment(name, folder, tuple(in_order[0]), tuple(in_order[1]), *allowances)


def without_mistakes(source: str) -> str:
    """Return what of a module's source travels with a release: all above its known mistakes."""
    return _MISTAKES.split(source)[0].rstrip() + "\n"


_MISTAKES = re.compile(r"^# Known mistakes\b.*$", re.MULTILINE)
NAMED = re.compile(r'^check\("(\w+)"\)$|"question": "(\w+)"', re.MULTILINE)


def names_in_text(folder: Path) -> dict[str, int]:
    """Return the places at which tasks and questions come in an assignment's text, by name."""
    text = folder / "text.md"
    found = NAMED.findall(text.read_text(encoding="utf-8")) if text.is_file() else []
    return {task or question: place for place, (task, question) in enumerate(found)}


def _modules(package: str, folder: Path) -> dict[str, ModuleType]:
    """Import all modules of a folder, afresh; they can import each other, as ``.inputs``."""
    parent = ModuleType(package)
    parent.__path__ = [str(folder)]
    sys.modules[package] = parent
    importlib.invalidate_caches()
    try:
        stems = sorted(path.stem for path in folder.glob("*.py"))
        return {stem: importlib.import_module(f"{package}.{stem}") for stem in stems}
    finally:
        for loaded in [key for key in sys.modules if key.split(".")[0] == package]:
            del sys.modules[loaded]


def _require_sound(name: str, tasks: Iterable[Task], questions: Iterable[Question]) -> None:
    names = [task.name for task in tasks] + [question.name for question in questions]
    for part in set(names):
        if names.count(part) > 1:
            raise AuthoringError(f"{name}: {part!r} is declared twice.")
    for task in tasks:
        if not task.checks:
            raise AuthoringError(f"{name}: the task {task.name!r} has no checks.")
        checks = [check.name for check in task.checks]
        mistakes = [mistake.name for mistake in task.misconceptions]
        if len(set(checks)) < len(checks) or len(set(mistakes)) < len(mistakes):
            raise AuthoringError(f"{name}: two parts of {task.name!r} have the same name.")
        for misconception in task.misconceptions:
            for replaced in set(misconception.wrong) - set(task.needs):
                raise AuthoringError(
                    f"{name}: {misconception.name!r} replaces {replaced!r}, which {task.name!r} "
                    "does not ask for."
                )
