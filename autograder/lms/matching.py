"""Which student of the class is meant: by id, address or number, and by name in any order.

A name that fits two students fits none. Accents count where they are written, and are overlooked
where nobody is called so otherwise: platforms leave them out of the names of files.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from autograder.lms.people import Person

ALONE = r"(?<![^\W_]){}(?![^\W_])"
"""With no letter and no digit beside it."""
SHORTEST_NUMBER = 4
"""Digits of an id that is looked for in a text; shorter ones count weeks and attempts."""
LONGEST_NAME = 6
"""Words; as many in a row are tried for a name."""


class Students:
    """The students of a class, to be found by what is said of them.

    Parameters
    ----------
    people : iterable of Person
        The students; each has an id.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {one.id: one for one in people}
        self._marks: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._plain_names: dict[str, set[str]] = defaultdict(set)
        for one in self.people.values():
            for mark in filter(None, (one.id, one.email, one.lms)):
                self._marks[mark.casefold()].add(one.id)
            for key in _keys(one):
                self._names[key].add(one.id)
                self._plain_names[without_accents(key)].add(one.id)

    def by_mark(self, *marks: str) -> str:
        """Return the student who has an id, an address or a number; the first that fits one."""
        for mark in filter(None, marks):
            if mark in self.people:
                return mark
            found = self._marks.get(mark.casefold(), set())
            if len(found) == 1:
                return next(iter(found))
        return ""

    def by_name(self, name: str) -> set[str]:
        """Return the students who bear a name, with its words in any order or run together."""
        words = folded(name)
        keys = [" ".join(sorted(words)), "".join(words), "".join(reversed(words))]
        for key in filter(None, keys):
            if key in self._names:
                return self._names[key]
        for key in map(without_accents, filter(None, keys)):
            if key in self._plain_names:
                return self._plain_names[key]
        return set()

    def of(self, person: Person) -> set[str]:
        """Return whom somebody is, of the students; more than one where that is not clear."""
        found = self.by_mark(person.id, person.lms, person.account, person.number, person.email)
        return {found} if found else self.by_name(person.name)

    def within(self, text: str) -> set[str]:
        """Return the students whose id, address or name stands somewhere in a text."""
        text = unicodedata.normalize("NFC", text).casefold()
        marks = [
            mark
            for mark in self._marks
            if mark in text
            and (len(mark) >= SHORTEST_NUMBER or not mark.isdecimal())
            and re.search(ALONE.format(re.escape(mark)), text)
        ]
        longest = [one for one in marks if not any(one in other != one for other in marks)]
        if longest:
            return set().union(*(self._marks[mark] for mark in longest))
        return self._named_within(text.replace("_", " "))

    def _named_within(self, text: str) -> set[str]:
        words = words_of(text)
        for length in range(min(len(words), LONGEST_NAME), 0, -1):
            starts = range(len(words) - length + 1)
            found = [self.by_name(" ".join(words[start : start + length])) for start in starts]
            if any(found):
                return set().union(*found)
        return set()


def _keys(person: Person) -> set[str]:
    """Return what a name is known by: its words in order of the alphabet, or run together."""
    if not person.name:
        return set()
    first, last, whole = folded(person.first), folded(person.last), folded(person.name)
    orders = ([*first, *last], [*last, *first], whole)
    return {" ".join(sorted(whole)), *("".join(order) for order in orders if order)}


def folded(text: str) -> list[str]:
    """Return the words of a text, without what differs from one spelling to another."""
    return words_of(unicodedata.normalize("NFKC", text).casefold())


def words_of(text: str) -> list[str]:
    """Return the words of a text: letters, digits, and the marks that belong to a letter.

    For Python's ``\\w`` a mark ends a word. Of a name in Hindi it would leave the consonants alone,
    and many names have the same ones.
    """
    return "".join(one if one.isalnum() or is_mark(one) else " " for one in text).split()


def is_mark(character: str) -> bool:
    """Return whether a character belongs to the letter before it, as an accent or a vowel sign."""
    return unicodedata.category(character).startswith("M")


def without_accents(text: str) -> str:
    """Return a text without the accents of its letters."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(character for character in parts if not unicodedata.combining(character))
