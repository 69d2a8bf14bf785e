"""The engine: authoring, building, checking, sandbox, judging, nbgrader. It knows no chapter."""

from autograder.checking import check

__all__ = ["check"]
