"""Expected results are computed once in each version; a cache can never do harm."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from notebooks import NAME, no_pages

from autograder.authoring.tasks import Task
from autograder.building import cache, expected
from autograder.building.assignments import load
from autograder.building.chapters import ASSIGNMENTS, assignment_names, reference_of
from autograder.building.expected import expected_results, key_of
from autograder.building.workbook import fill_workbook
from autograder.classes.class_directory import make_class
from autograder.inside.wire import encode
from autograder.judging.expectations import expect
from autograder.judging.frozen import freeze, thaw

FIRST, SECOND, *_ = assignment_names()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's user keeps what is cached."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is computed; it is quick, and wrong."""
    names: list[str] = []

    def compute(name: str) -> bytes:
        names.append(name)
        return f"results of {name}".encode()

    monkeypatch.setattr(expected, "_compute", compute)
    monkeypatch.setattr(expected, "_computed", partial(map, compute))
    return names


def kept_files(home: Path) -> list[Path]:
    return sorted(path for path in home.rglob("*") if path.is_file())


def test_what_is_kept_is_what_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = freeze(load(NAME), partial(reference_of, NAME))
    assert dict(expected_results([NAME])) == {NAME: fresh}
    monkeypatch.setattr(expected, "_compute", None)
    assert dict(expected_results([NAME])) == {NAME: fresh}


def test_what_travels_gives_back_what_each_mistake_gives(tmp_path: Path) -> None:
    few = replace(load(NAME), tasks=load(NAME).tasks[:2])
    (tmp_path / "expected.bin").write_bytes(freeze(few, partial(reference_of, NAME)))
    for name, frozen in thaw(tmp_path / "expected.bin").items():
        task = few.task(name)
        computed = expect(task, partial(reference_of, NAME), crc32(NAME.encode()))
        for check in task.checks:
            found, known = frozen.expected[check.name], computed[check.name]
            assert encode(asdict(found.reference)) == encode(asdict(known.reference))
            assert list(found.mistakes) == [mistake.name for mistake in task.misconceptions]
            for mistake, result in found.mistakes.items():
                assert encode(asdict(result)) == encode(asdict(known.mistakes[mistake])), mistake


def test_several_are_computed_at_once_in_order_and_to_the_same_bytes() -> None:
    at_once = list(expected_results([SECOND, FIRST]))
    assert [name for name, _ in at_once] == [SECOND, FIRST]
    for name, content in at_once:
        assert content == freeze(load(name), partial(reference_of, name))


def test_each_is_computed_once(computed: list[str]) -> None:
    first = list(expected_results([FIRST]))
    both = list(expected_results([SECOND, FIRST]))
    assert computed == [FIRST, SECOND]
    assert both[1:] == first
    assert list(expected_results([SECOND, FIRST])) == both
    assert len(computed) == 2


def test_a_second_workbook_and_a_class_compute_nothing(computed: list[str], tmp_path: Path) -> None:
    seen: list[object] = []
    fill_workbook(tmp_path / "first", seen.append, seen.append, choose=no_pages)
    assert computed == assignment_names()
    assert seen[0] == len(seen) - 1
    fill_workbook(tmp_path / "second", choose=no_pages)
    make_class(tmp_path / "class", seen.append, seen.append)
    assert computed == assignment_names()
    assert seen[-len(computed) - 1 :] == [len(computed), *computed]


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "of another", "a folder"])
def test_what_is_damaged_is_computed_again(damage: str, computed: list[str], home: Path) -> None:
    good = dict(expected_results([FIRST, SECOND]))
    first, second = kept_files(home)
    content = first.read_bytes()
    if damage == "a folder":
        first.unlink()
        first.mkdir()
    else:
        spoilt = {
            "flipped": content[:-1] + bytes([content[-1] ^ 1]),
            "cut": content[:-1],
            "empty": b"",
            "of another": second.read_bytes(),
        }
        first.write_bytes(spoilt[damage])
    assert dict(expected_results([FIRST])) == {FIRST: good[FIRST]}
    assert computed == [FIRST, SECOND, FIRST]
    assert not first.is_file() or first.read_bytes() == content


def test_a_home_that_cannot_be_written_is_no_error(
    computed: list[str], home: Path, tmp_path: Path
) -> None:
    home.write_text("no folder can be made here")
    make_class(tmp_path / "class")
    assert computed == assignment_names()
    assert home.read_text() == "no folder can be made here"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows knows no such permissions")
@pytest.mark.parametrize("how", ["open to all", "of another user"])
def test_a_folder_that_others_can_write_to_is_not_used(
    how: str, computed: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(expected_results([FIRST]))
    (file,) = kept_files(home)
    if how == "open to all":
        file.parent.chmod(0o777)
    else:
        monkeypatch.setattr(os, "getuid", lambda: 12345)
    before = file.stat().st_mtime_ns
    list(expected_results([FIRST]))
    assert computed == [FIRST, FIRST]
    assert file.stat().st_mtime_ns == before


def test_the_folder_is_the_users_alone(computed: list[str], home: Path) -> None:
    list(expected_results([FIRST]))
    (file,) = kept_files(home)
    assert file.parent.stat().st_mode & 0o077 == 0 or os.name == "nt"


@pytest.mark.parametrize(
    "part",
    [
        "assignments/{}/mistakes.py",
        "assignments/{}/text.md",
        "solutions/backpropagation/layers.py",
        "solutions/arrays.py",
        "autograder/judging/expectations.py",
        "autograder/inside/wire.py",
        "autograder/authoring/draws.py",
    ],
)
def test_another_source_is_another_version(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = ASSIGNMENTS.parent / part.format(NAME)
    before, other = key_of(NAME), key_of(FIRST)
    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: read(path) + b" " * (path == changed), raising=True
    )
    expected.ground.cache_clear()
    assert changed.is_file()
    assert key_of(NAME) != before
    assert (key_of(FIRST) != other) == (not part.startswith("assignments"))
    monkeypatch.undo()
    expected.ground.cache_clear()
    assert key_of(NAME) == before


def test_other_libraries_and_another_python_are_another_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {key_of(NAME)}
    assert np.__version__.encode() in key_of(NAME)
    for patched, value in (("version", lambda library: "0.1"), ("sys.version", "4.0")):
        with monkeypatch.context() as patch:
            patch.setattr(f"autograder.building.expected.{patched}", value)
            expected.ground.cache_clear()
            keys.add(key_of(NAME))
    expected.ground.cache_clear()
    assert len(keys) == 3
    assert sys.version.encode() in key_of(NAME)


def test_another_key_is_not_answered() -> None:
    cache.write("a", b"one", b"content")
    assert cache.read("a", b"one") == b"content"
    assert cache.read("a", b"two") is None
    assert cache.read("b", b"one") is None
    cache.write("a", b"two", b"")
    assert cache.read("a", b"one") is None
    assert cache.read("a", b"two") == b""


@pytest.mark.filterwarnings("error")
def test_what_numpy_says_of_a_mistake_is_for_nobody() -> None:
    task = Task("spread", "Spread", points=1, needs=["spread"], minutes=1)

    @task.check("of one number")
    def one(impl: Any, rng: Any) -> Any:
        return impl.spread(np.ones(1))

    @task.misconception("You divide by N − 1.")
    def of_a_sample(x: Any) -> Any:
        return np.var(x, ddof=1)

    found = expect(task, lambda wrong: {"spread": np.var, **wrong}, 0)
    assert np.isnan(found["one"].mistakes["of_a_sample"].value)
