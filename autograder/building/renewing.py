"""How a new edition comes into a workbook: what is ours is renewed, what was written stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path

from autograder.building.written import Written, digest_of, holds_what_was_given, was_run

NAMED = 3
"""So many files are named; of more than these the folders are."""
AGAIN = "there again, having been missing"
KEPT = (
    "not brought up to date, as {0} may hold changes of yours. To get what is new, rename or "
    "delete {0} there, and call 'handgrad lab' again"
)
BESIDE = 'a new edition: yours stays as it is, and the new one is "{0}"'


class State(Enum):
    """What a file of the workbook is, seen from the edition that is installed."""

    MISSING = 1
    CURRENT = 2
    OLDER = 3  # as it was written, by another edition
    CHANGED = 4  # not as we know it: somebody else's


@dataclass(frozen=True)
class Change:
    """What became of a part of the workbook, in words."""

    part: str
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.what}"


class Renewal:
    """Brings one part of a workbook up to date.

    Parameters
    ----------
    record : Written
        The workbook's.
    part : str
        The part's path within it: a notebook, or a folder with a notebook and what lies beside it.
    files : mapping
        All files of the part in the installed edition, by path within the workbook.
    always : collection of str
        Those notebooks whose outputs are ours whoever has run them.
    """

    def __init__(
        self, record: Written, part: str, files: Mapping[str, bytes], always: Collection[str] = ()
    ) -> None:
        self.record, self.part, self.files, self.always = record, part, files, always
        self.new = {name: digest_of(name, content) for name, content in files.items()}
        self.notebooks = [name for name in files if name.endswith(".ipynb")]
        self.states = {name: self.state(name) for name in files}
        self.dropped = {name: self.state(name) for name in self._dropped()}

    def run(self) -> Iterator[Change]:
        """Write what is to be written; yield what was done, or could not be."""
        obstacles = self.obstacles()
        missing, older = self.those(State.MISSING), self.those(State.OLDER)
        if obstacles:
            missing, older = [name for name in missing if name in self.notebooks], []
        lost = self.lost(missing)
        for name in [*missing, *older]:
            self.record.write(name, self.files[name])
        for name in self.dropped if not obstacles else ():
            self.record.remove(name)
        if len(missing) == len(self.files):
            yield Change(self.part, AGAIN if lost else "new")
        elif lost:
            yield Change(self.part, f"{AGAIN}: {self.named(lost)}")
        if older or (missing and not lost and len(missing) < len(self.files)):
            yield Change(self.part, "brought up to date")
        if obstacles:
            yield Change(self.part, KEPT.format(self.named(obstacles)))
        else:
            self.record.digests |= {name: self.new[name] for name in self.those(State.CURRENT)}
            yield from self.put_beside()
        for name in self.those(State.CURRENT):
            self.put_outputs(name)

    def state(self, name: str, becomes: str | None = None) -> State:
        """Return a file's state; `becomes` is the digest that it is to have."""
        content = self.record.content(name)
        if content is None:
            return State.MISSING
        digest = digest_of(name, content)
        if digest == (becomes or self.new.get(name)):
            return State.CURRENT
        return State.OLDER if digest in self.written(name) else State.CHANGED

    def written(self, name: str) -> set[str]:
        """Return the digests of what was written as this file, and as copies of this notebook."""
        digests, original = self.record.digests, _original(name)
        return {digests[one] for one in digests if _original(one) == original}

    def those(self, state: State) -> list[str]:
        return [name for name, found in self.states.items() if found is state]

    def _dropped(self) -> list[str]:
        """Return what other editions had beside the notebook, and this one has not."""
        return [
            name
            for name in self.record.digests
            if name.startswith(f"{self.part}/")
            and not name.endswith(".ipynb")
            and name not in self.files
            and self.record.content(name) is not None
        ]

    def obstacles(self) -> list[str]:
        """Return the changed files on account of which those beside a notebook are left alone.

        They are renewed together or not at all: checks and expected results belong together.
        """
        changed = [name for name in self.those(State.CHANGED) if name not in self.notebooks]
        older = [name for name in self.those(State.OLDER) if name not in self.notebooks]
        known = self.record.digests
        if not older and all(known.get(name) == self.new[name] for name in changed):
            changed = []  # there is nothing newer
        return changed + [one for one, state in self.dropped.items() if state is State.CHANGED]

    def lost(self, missing: list[str]) -> list[str]:
        """Return which of the missing files had been there."""
        known = [name for name in missing if name in self.record.digests]
        is_known = any(name in self.record.digests for name in self.files)
        return known if is_known or len(missing) == len(self.files) else missing

    def put_beside(self) -> Iterator[Change]:
        """Put a new edition beside a notebook that was written in."""
        for name in self.notebooks:
            if self.states[name] is State.CHANGED and not self.has_arrived(name):
                copy = next(one for one in _copy_names(name) if self.is_free(one, self.new[name]))
                self.record.write(copy, self.files[name])
                yield Change(self.part, BESIDE.format(Path(copy).name))

    def put_outputs(self, name: str) -> None:
        """Put our outputs into a notebook that nobody has written in, nor run."""
        if name in self.notebooks:
            there = self.record.content(name) or b""
            if there != self.files[name] and (name in self.always or not was_run(there)):
                self.record.write(name, self.files[name])

    def has_arrived(self, name: str) -> bool:
        """Return whether a notebook that was written in is of this edition, or has it beside it."""
        if not self.written(name):  # the workbook had no record
            theirs = self.record.content(name) or b""
            if holds_what_was_given(theirs, self.files[name]):
                self.record.digests[name] = self.new[name]
        return self.new[name] in self.written(name)

    def is_free(self, copy: str, digest: str) -> bool:
        return self.state(copy, digest) is not State.CHANGED

    def named(self, names: list[str]) -> str:
        """Return the names of files within the part; of many, of the folders that they lie in."""
        inner = [name.removeprefix(f"{self.part}/") for name in names]
        if len(inner) > NAMED:
            inner = list(dict.fromkeys(name.split("/")[0] for name in inner))
        return " and ".join([", ".join(inner[:-1]), inner[-1]] if len(inner) > 1 else inner)


def drop(record: Written, names: Iterable[str]) -> Iterator[Change]:
    """Remove files that are in the course no more, unless somebody has written in them."""
    for name in list(names):
        content = record.content(name)
        if content is None:
            del record.digests[name]
        elif digest_of(name, content) == record.digests[name]:
            record.remove(name)
            yield Change(name, "removed, as it is in the course no more")


def _copy_names(name: str) -> Iterator[str]:
    stem = name.removesuffix(".ipynb")
    yield f"{stem} (new edition).ipynb"
    yield from (f"{stem} (new edition {number}).ipynb" for number in count(2))


def _original(name: str) -> str:
    """Return the notebook of which a file is a copy, by its name."""
    return re.sub(r" \(new edition( \d+)?\)\.ipynb$", ".ipynb", name)
