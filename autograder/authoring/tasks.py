"""What an author writes: tasks, their checks, the mistakes that they know, and questions.

A task lives in ``assignments/NN_topic/checks.py``::

    affine = Task("affine", "The affine layer", points=6, needs=["Affine"], minutes=15)

    @affine.check("backward: the gradient of the bias sums over the batch", weight=2)
    def bias_gradient(impl, rng):
        layer = impl.Affine(rng.normal(size=(5, 3)), rng.normal(size=3))
        layer.forward(rng.normal(size=(7, 5)))
        layer.backward(rng.normal(size=(7, 3)))
        return layer.grads["b"]

and a known mistake in ``misconceptions.py`` beside it, as a wrong implementation with a hint::

    @affine.misconception("Each output has a bias of its own: sum over the batch, axis 0, only.")
    class bias_gradient_over_everything(Affine):
        def backward(self, dout): ...
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

CheckFunction = Callable[[Any, Any], Any]


class AuthoringError(Exception):
    """An assignment's folder is not what it should be; one sentence says how."""


@dataclass(frozen=True)
class Allowance:
    """What one submission may use; an assignment that needs another declares it in ``checks.py``.

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


@dataclass(frozen=True)
class Misconception:
    """A mistake that learners make, as an implementation, with the hint that names it."""

    name: str
    hint: str
    replaces: str
    implementation: Any


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
    """

    name: str
    title: str
    points: float
    needs: Sequence[str]
    minutes: int
    seconds: float = 5.0
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
            self.misconceptions.append(
                Misconception(implementation.__name__, hint, target, implementation)
            )
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


def load_assignment(name: str, folder: Path, *, misconceptions: bool = True) -> Assignment:
    """Load an assignment from its folder.

    Parameters
    ----------
    name : str
        Its name, such as ``03_backpropagation``.
    folder : Path
        Where ``checks.py`` lies, and ``misconceptions.py`` beside it.
    misconceptions : bool
        Whether to load the known mistakes, which need the reference.

    Raises
    ------
    AuthoringError
        If there is no ``checks.py``, or a task is declared twice or without checks.
    """
    package = f"_handgrad_{name}"
    parent = ModuleType(package)
    parent.__path__ = [str(folder)]
    sys.modules[package] = parent
    try:
        module = _load(f"{package}.checks", folder / "checks.py")
        if misconceptions:
            _load(f"{package}.misconceptions", folder / "misconceptions.py")
    finally:
        for loaded in [key for key in sys.modules if key.split(".")[0] == package]:
            del sys.modules[loaded]
    declared = list(vars(module).values())
    tasks = tuple(value for value in declared if isinstance(value, Task))
    questions = tuple(value for value in declared if isinstance(value, Question))
    _require_sound(name, tasks, questions)
    allowances = [value for value in declared if isinstance(value, Allowance)]
    if len(allowances) > 1:
        raise AuthoringError(f"{name}: the allowance is declared twice.")
    return Assignment(name, folder, tasks, questions, *allowances)


def _load(name: str, path: Path) -> ModuleType:
    if not path.is_file():
        raise AuthoringError(f"There is no {path.name} in {path.parent}.")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


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
            if misconception.replaces not in task.needs:
                raise AuthoringError(
                    f"{name}: {misconception.name!r} replaces {misconception.replaces!r}, "
                    f"which {task.name!r} does not ask for."
                )
