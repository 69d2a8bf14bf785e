"""Small changes of the reference's own source, made by rule: each must be refused by the checks.

Only what students write is changed: the bodies of the exercises, docstrings and messages left out.
A mutant that computes the same as the reference is no mistake. Those are listed, with the reason,
in ``EQUIVALENT`` beside the task's other answers::

    EQUIVALENT = {"reason": ["name: old line → new line", ...]}
"""

from __future__ import annotations

import ast
import copy
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from autograder.inside import kernel
from autograder.judging.results import Result

AGAIN = 0.02
"""So many seconds are given to a check of what has not ended in another one."""
MEMORY = 1 << 28
"""So many bytes beyond what is in use are given to a mutant that never stops growing."""


def names_of(*codes: CodeType) -> dict[str, Any]:
    """Run a module's code as in a notebook, and return its names: dataclasses look in __main__."""
    module = ModuleType("__main__")
    for code in codes:
        exec(code, module.__dict__)
    return module.__dict__


@dataclass(frozen=True)
class Mutant:
    """One change of one exercise: what it is, in words, and the module that has it, in pieces."""

    change: str
    codes: tuple[CodeType, ...]

    def namespace(self) -> dict[str, Any]:
        """Return the names of the changed module."""
        return names_of(*self.codes)


def mutants_of(source: str, name: str, given: tuple[str, ...]) -> Iterator[Mutant]:
    """Yield every mutant of a function, or of a class but for the methods that are given."""
    body = ast.parse(source).body
    (at,) = [n for n, node in enumerate(body) if getattr(node, "name", None) == name]
    before, definition, after = _compiled(body[:at]), body[at], _compiled(body[at + 1 :])
    seen = {ast.unparse(definition)}
    for label, function in _blanks(definition, given):
        for place in _places(function):
            for replacement in place.replacements():
                with place.holding(replacement) as change:
                    changed = ast.unparse(definition)
                    if changed not in seen:
                        seen.add(changed)
                        code = _compiled(ast.parse(changed).body)
                        yield Mutant(f"{label}: {change}", (before, code, after))


def _compiled(statements: list[ast.stmt]) -> CodeType:
    """Compile some of a module's statements, at whose top the annotations are put off."""
    module = ast.Module(statements, type_ignores=[])
    return compile(module, "mutant", "exec", flags=annotations.compiler_flag, dont_inherit=True)


def _blanks(definition: ast.stmt, given: tuple[str, ...]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield what the student writes, with the name that it goes by."""
    if isinstance(definition, ast.FunctionDef):
        yield definition.name, definition
    elif isinstance(definition, ast.ClassDef):
        for method in definition.body:
            if isinstance(method, ast.FunctionDef) and method.name not in given:
                yield f"{definition.name}.{method.name}", method


@dataclass
class Place:
    """Where a node stands in its parent, and the statement that it belongs to."""

    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt

    @property
    def node(self) -> ast.AST:
        value = getattr(self.parent, self.field)
        return value if self.index is None else value[self.index]

    def put(self, node: ast.AST) -> None:
        """Put a node in this place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    @contextmanager
    def holding(self, replacement: ast.AST) -> Iterator[str]:
        """Replace the node for a while; yield the statement's first line before and after."""
        original, before = self.node, _first_line(self.statement)
        self.put(replacement)
        after = replacement if original is self.statement else self.statement
        try:
            yield f"{before} → {_first_line(after)}"
        finally:
            self.put(original)

    def replacements(self) -> Iterator[ast.AST]:
        """Yield what may stand here instead."""
        for mutate in (_statement, _operator, _number, _call, _order):
            for replacement in mutate(self.node):
                yield ast.fix_missing_locations(ast.copy_location(replacement, self.node))


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]


def _places(function: ast.FunctionDef) -> Iterator[Place]:
    """Yield every place in the body of a function, but for its docstring."""
    documented = ast.get_docstring(function) is not None
    for index in range(documented, len(function.body)):
        yield from _below(Place(function, "body", index, function.body[index]))


def _below(place: Place) -> Iterator[Place]:
    node = place.node
    if isinstance(node, ast.Raise | ast.FormattedValue):
        return  # the words of a message are nobody's mistake
    yield place
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx", "op", "ops"):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST):
                statement = child if isinstance(child, ast.stmt) else place.statement
                yield from _below(Place(node, field, index, statement))


# What may stand in the place of a node ------------------------------------------------------------

BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISON = {
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
NAMES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "max": "min",
    "min": "max",
    "sum": "mean",
    "mean": "sum",
    "any": "all",
    "all": "any",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "log": "log2",
}
CONVERSIONS = {"float", "int", "list", "tuple", "str", "bool", "as_float", "as_wide_float"}


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    """Leave a statement out; take the other branch."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.For | ast.While):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        yield ast.Assign(targets=[node.target], value=node.value)
        if type(node.op) in BINARY:
            yield _with(node, op=BINARY[type(node.op)]())
    if isinstance(node, ast.If | ast.IfExp):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def _operator(node: ast.AST) -> Iterator[ast.AST]:
    """Take another operator, or one of its operands alone."""
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in BINARY:
                yield _with(node, op=BINARY[type(op)]())
            if isinstance(op, ast.MatMult | ast.Sub | ast.Div | ast.Pow):
                yield _with(node, left=right, right=left)
            yield left
            yield right
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BoolOp(op, values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from values
        case ast.Compare(left, [op], _):
            for other in COMPARISON.get(type(op), []):
                yield _with(node, ops=[other()])


def _number(node: ast.AST) -> Iterator[ast.AST]:
    """Take another constant: the next whole number, a double, the other truth value."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, float):
        yield ast.Constant(2 * node.value)
        yield ast.Constant(0.0)


def _call(node: ast.AST) -> Iterator[ast.AST]:
    """Call another function, none at all, or without one of the keywords; leave out ``.T``."""
    match node:
        case ast.Attribute(value, "T"):
            yield value
        case ast.Call(ast.Attribute(value, attribute) as function, arguments, keywords):
            if attribute in NAMES:
                yield _with(node, func=_with(function, attr=NAMES[attribute]))
            if isinstance(value, ast.Name) and value.id in ("np", "xp"):
                yield from arguments[:1]
            elif not isinstance(value, ast.Name) or value.id != "self":
                yield value
        case ast.Call(ast.Name(name), [argument], []) if name not in CONVERSIONS:
            yield argument
            keywords = []
        case ast.Call(_, _, keywords):
            pass
        case _:
            return
    if isinstance(node, ast.Call):
        for left_out in keywords:
            yield _with(node, keywords=[k for k in keywords if k is not left_out])


def _order(node: ast.AST) -> Iterator[ast.AST]:
    """Return a tuple the other way round."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield _with(node, elts=node.elts[::-1])


def _with(node: ast.AST, **fields: Any) -> Any:
    """Return a shallow copy of a node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


# Running them -------------------------------------------------------------------------------------


class NeverEnds(BaseException):
    """A mutant computed longer than anything right would."""


class Patience:
    """Runs one mutant again and again: once it has not ended, for less than these seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def run(self, check: Callable[[], Result]) -> Result:
        """Return a check's result; that of one which never ends is stopped."""
        try:
            with limits(self.seconds):
                result = check()
        except NeverEnds:
            result = Result(detail="it never ends", stopped=True)
        # Where it was caught on the way, as the outcome of one call, it came back by its kind.
        if result.stopped or result.raised in ("MemoryError", "BaseException"):
            self.seconds = AGAIN
        return result


@contextmanager
def limits(seconds: float) -> Iterator[None]:
    """Raise NeverEnds in what computes longer, and MemoryError in what grows too large."""

    def stop(*_: Any) -> None:
        raise NeverEnds

    # The clock of this process, which stands still while others have the core. It strikes again
    # and again: what it raises may be lost in a place where Python cannot pass it on. Nobody is
    # told of that: the one who is would be struck as well.
    told, sys.unraisablehook = sys.unraisablehook, lambda _: None
    before = signal.signal(signal.SIGPROF, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (kernel.address_space() + MEMORY, hard))
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
        yield
    finally:
        _end_limits(before, (soft, hard))
        sys.unraisablehook = told


def _end_limits(before: Any, memory: tuple[int, int]) -> None:
    """Undo them all, though the clock may strike meanwhile."""
    try:
        signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        signal.signal(signal.SIGPROF, before)
        resource.setrlimit(resource.RLIMIT_AS, memory)
