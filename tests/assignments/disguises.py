"""Answers as students write them, each in a hand of its own, and copies in disguise."""

import ast
import builtins
import inspect
import re
import textwrap
from types import FunctionType

MIRRORED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
BOTH_WAYS = {"sum", "mean", "max", "min", "argmax", "reshape", "copy", "transpose", "dot", "prod"}
"""What NumPy has as a function and arrays have as a method."""


# What is written in the tests, as cells of a notebook ---------------------------------------------


def cell_with(reference, namespace):
    """Return the source of an answer cell: the reference's, with other definitions for some names.

    What the tests' definitions use of their own modules is written out before them.
    """
    seen = {getattr(value, "__name__", "") for value in namespace.values()}
    tree = ast.parse(reference)
    kept = [node for node in tree.body if getattr(node, "name", None) not in namespace]
    new = [_definition(name, value, seen) for name, value in namespace.items()]
    return "\n\n\n".join([*map(ast.unparse, kept), *new])


def _definition(name, value, seen):
    try:
        source = _with_what_it_uses(value, seen)
    except (TypeError, OSError):  # a function of NumPy's
        return f"{name} = np.{value.__name__}"
    return re.sub(rf"\b{re.escape(value.__name__)}\b", name, source)


def _with_what_it_uses(value, seen):
    source = textwrap.dedent(inspect.getsource(value))
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    parts = []
    for name in sorted(used - seen):
        found = getattr(inspect.getmodule(value), name, None)
        is_own = getattr(found, "__module__", "").startswith("answers_")
        if isinstance(found, FunctionType | type) and is_own:
            seen.add(name)
            parts.append(_with_what_it_uses(found, seen))
    return "\n\n\n".join([*parts, source])


# A hand of one's own ------------------------------------------------------------------------------


def in_own_hand(source, rng):
    """Return code that computes the same, written as another person may write it."""
    tree = _Hand(rng).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Hand(ast.NodeTransformer):
    """Tosses a coin wherever there are two ways to write the same."""

    def __init__(self, rng):
        self.rng = rng

    def heads(self):
        return self.rng.random() < 0.5

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult | ast.Add) and self.heads():
            node.left, node.right = node.right, node.left
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        other = MIRRORED.get(type(node.ops[0]))
        if len(node.ops) == 1 and other and self.heads():
            return ast.Compare(node.comparators[0], [other()], [node.left])
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in BOTH_WAYS:
            return node
        of_numpy = isinstance(function.value, ast.Name) and function.value.id == "np"
        if of_numpy and node.args and self.heads():
            function.value, *node.args = node.args
        elif not of_numpy and self.heads():
            node.args = [function.value, *node.args]
            function.value = ast.Name("np", ast.Load())
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name) or self.heads():
            return node
        name = ast.Name("result", ast.Store())
        return [ast.Assign([name], node.value), ast.Return(ast.Name("result", ast.Load()))]

    def visit_Assign(self, node):
        self.generic_visit(node)
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                if len(names) == len(values) and self.heads():
                    pairs = zip(names, values, strict=True)
                    return [ast.Assign([name], value) for name, value in pairs]
        return node


# Copies in disguise -------------------------------------------------------------------------------


def disguised(source, rng, given):
    """Return a copy: what it names itself renamed, comments and docstrings new, statements moved.

    ``given`` are the names that were handed out, which a copier has to keep.
    """
    tree = ast.parse(source)
    names = sorted(_names_in(tree) - given - set(dir(builtins)))
    tree = _Renaming({name: f"value_{rng.randrange(10**6)}" for name in names}).visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body[0].value.value = "In words of my own."
        if isinstance(node, ast.ClassDef) and all(hasattr(part, "name") for part in node.body):
            rng.shuffle(node.body)
        elif isinstance(getattr(node, "body", None), list) and not isinstance(node, ast.ClassDef):
            _swap(node.body)
    return _with_comments(ast.unparse(tree), rng)


def _names_in(tree):
    names, keywords = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.arg(arg=name):
                names.add(name)
            case ast.keyword(arg=name):
                keywords.add(name)
    return names - keywords


class _Renaming(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        node.attr = self.names.get(node.attr, node.attr)
        return node


def _swap(body):
    """Swap neighbouring assignments of which neither uses what the other one sets."""
    for at in range(0, len(body) - 1, 2):
        first, second = body[at : at + 2]
        if isinstance(first, ast.Assign) and isinstance(second, ast.Assign):
            (read, set_), (later_read, later_set) = _uses(first), _uses(second)
            if not (set_ & later_read or later_set & read or set_ & later_set):
                body[at : at + 2] = second, first


def _uses(statement):
    """Return what a statement reads, and what it sets."""
    found = set(), set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name | ast.Attribute):
            name = getattr(node, "id", getattr(node, "attr", None))
            found[isinstance(node.ctx, ast.Store)].add(name)
    return found


def _with_comments(source, rng):
    lines = []
    for line in source.split("\n"):
        if rng.random() < 0.3:
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}# this is step {rng.randrange(100)}")
        lines.append(line)
    commented = "\n".join(lines)
    try:
        ast.parse(commented)
    except SyntaxError:  # within a text of several lines
        return source
    return commented
