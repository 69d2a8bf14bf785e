"""The probe finds what holds on this machine, and says what is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import Limits, Zygote, layout, probe
from autograder.sandbox.probing import ATTEMPTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def test_the_probe_finds_a_level_that_holds() -> None:
    found = probe()
    assert found.level in (2, 3)
    assert any(layer.startswith("seccomp") for layer in found.layers)
    assert (found.reason == "") == (found.level == 3)


@pytest.mark.parametrize("is_faster", [False, True])
def test_a_bubblewrap_that_is_refused_is_quoted(
    is_faster: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'bwrap: no namespaces' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    start = Zygote._start

    def start_and_wait(self: Zygote, descriptor: int) -> object:
        config = start(self, descriptor)
        assert self._process is not None
        if is_faster and self.isolation.level == 3:
            self._process.wait()
        return config

    monkeypatch.setattr(Zygote, "_start", start_and_wait)
    found = probe.__wrapped__()
    assert found.level == 2
    assert "bwrap: no namespaces" in found.reason


def test_a_wall_that_does_not_hold_rules_the_level_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ATTEMPTS, "walk out", "pass")
    found = probe.__wrapped__()
    assert found.level == 0
    assert "walk out" in found.reason


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="memory_bytes is -1"):
        Limits(memory_bytes=-1)


def test_root_stays_root_only_where_it_must(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "file").touch()
    assert layout.open_to_all(Path("/usr/bin/env"))
    assert not layout.open_to_all(tmp_path / "file")
