"""What became of a check: it is run on an implementation, and its value or its failure is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import (
    Implementation,
    ImplementationError,
    NotDefined,
    Remote,
)
from autograder.authoring.tasks import Check
from autograder.inside.wire import Handle, WireError, mapped
from autograder.judging.sums import Sums, sums_of

UNWRITTEN = "NotImplementedError"
"""What is raised by what a student has not written yet."""


@dataclass(frozen=True)
class Result:
    """What became of a check: the value that it returned, or why it returned none.

    Attributes
    ----------
    value : object
        Plain data; None where the check did not return.
    raised : str
        Name of the exception's built-in class, or empty.
    said : str
        The exception's own words. They are compared, and never shown where they could tell what
        the inputs were.
    detail : str
        The sentence that goes with it.
    stopped : bool
        Whether the check was stopped from outside, by a limit.
    """

    value: Any = None
    raised: str = ""
    said: str = ""
    detail: str = ""
    stopped: bool = False

    @property
    def is_unwritten(self) -> bool:
        """Whether what the check asks for has not been written yet."""
        return self.raised == UNWRITTEN

    @cached_property
    def sums(self) -> Sums | None:
        """What the numbers of the value add up to, found once."""
        return sums_of(self.value)


TOO_LARGE = "what came back is too large to be judged"
NOT_RUN = "its cell has not run, or raised an error"
NOT_WRITTEN = "not written yet: the code still says NotImplementedError"


Explain = Callable[[ImplementationError], str]


def explain_here(error: ImplementationError) -> str:
    """Say what an implementation raised, with its own words and the line: for its author."""
    where = f" in the line `{error.source}`" if error.source else ""
    said = f": {error.message}" if error.message else ""
    return f"your code raised {error.kind}{said}{where}"


def run_check(
    check: Check,
    impl: Implementation,
    draws: Draws,
    explain: Explain = explain_here,
    why_undefined: Callable[[str], str] = lambda name: NOT_RUN,
) -> Result:
    """Drive an implementation through a check.

    Parameters
    ----------
    check : Check
        The script.
    impl : Implementation
        What it drives.
    draws : Draws
        Where its inputs come from.
    explain : function
        Puts what the implementation raised into a sentence.
    why_undefined : function
        Says why a name is not defined.
    """
    try:
        return Result(value=_as_data(check.function(impl, draws)))
    except NotDefined as missing:
        name = missing.args[0]
        return Result(raised="NameError", detail=f"{name} is not defined: {why_undefined(name)}")
    except ImplementationError as error:
        detail = NOT_WRITTEN if error.kind == UNWRITTEN else explain(error)
        return Result(raised=error.kind, said=error.message, detail=detail)
    except WireError as error:
        return Result(raised="WireError", detail=f"what came back cannot be judged: {error}")
    except KeyError as error:
        return Result(
            raised="KeyError",
            said=str(error),
            detail=f"the key {error} is missing in what came back",
        )
    except MemoryError:
        return Result(raised="MemoryError", detail=TOO_LARGE)
    except (AttributeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        # The check stumbled over what it was given, such as None in the place of an array.
        return Result(
            raised=type(error).__name__,
            said=str(error),
            detail="the check cannot go on with what came back: is a return missing, or something "
            "of another kind returned?",
        )


def _as_data(value: Any) -> Any:
    """Put a mere token in the place of objects that are not data."""
    return mapped(value, lambda one: Handle(0) if isinstance(one, Remote) else one)
