"""The sources of tests: of one test, and a page for each file, with a place for each test."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from autograder.building.chapters import ROOT
from autograder.publishing.anchors import place_of

FOLDER = "tested"


def page_of_tests(file: str, function: str) -> str:
    """Return the address, from the first page, at which the site shows a test."""
    return f"{_path(file)}.html#{place_of(function)}"


def source_of(file: str, function: str) -> str:
    """Return the source of a test, with its marks."""
    for test in _tests(file):
        if test.name == function:
            return "\n".join(_lines_of(file)[_first(test) : test.end_lineno])
    raise LookupError(f"{file} has no function {function}.")


def pages_of_tests(files: Iterable[str]) -> dict[str, str]:
    """Return a page for each file of tests, by where it lies."""
    return {f"{_path(file)}.md": "\n".join(_page(file)) for file in files}


def _page(file: str) -> Iterator[str]:
    yield "---\norphan: true\nnosearch: true\n---\n"
    yield f"# {_title(file)}\n"
    yield f"`{file}`\n"
    lines, at = _lines_of(file), 0
    for test in _tests(file):
        yield from _code(lines[at : _first(test)])
        yield f"## `{test.name}`\n"
        yield from _code(lines[_first(test) : test.end_lineno])
        at = test.end_lineno or at
    yield from _code(lines[at:])


def _title(file: str) -> str:
    """Return the first sentence of a file, or its name."""
    said = ast.get_docstring(_parsed(file)) or file.rpartition("/")[2]
    return said.partition("\n\n")[0].replace("\n", " ").rstrip(".")


def _code(lines: list[str]) -> Iterator[str]:
    if code := "\n".join(lines).strip():
        yield f"````python\n{code}\n````\n"


def _path(file: str) -> str:
    return f"{FOLDER}/{file.removeprefix('tests/').removesuffix('.py')}"


@cache
def _lines_of(file: str) -> list[str]:
    return (ROOT / file).read_text("utf-8").splitlines()


@cache
def _parsed(file: str) -> ast.Module:
    return ast.parse("\n".join(_lines_of(file)))


@cache
def _tests(file: str) -> list[ast.FunctionDef]:
    functions = (node for node in _parsed(file).body if isinstance(node, ast.FunctionDef))
    return [node for node in functions if node.name.startswith("test_")]


def _first(test: ast.FunctionDef) -> int:
    """Return how many lines stand before a test and its marks."""
    return min([test.lineno, *(mark.lineno for mark in test.decorator_list)]) - 1
