"""What students put into nbgrader's exchange is theirs, plain files, and said to be late if so."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import BIN
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory

from autograder.classes import inbound
from autograder.classes.inbound import Collect

NAME = "03_backpropagation"
EARLY, LATE = "2026-03-01 10:00:00.0 UTC", "2098-03-01 10:00:00.0 UTC"


class Exchange:
    """An exchange, and a class that collects from it."""

    def __init__(self, folder: Path) -> None:
        self.inbound, self.submitted = folder / "exchange/c/inbound", folder / "class/submitted"
        self.inbound.mkdir(parents=True)
        self.submitted.mkdir(parents=True)
        self.owners: dict[str, str] = {}

    def hand_in(self, name: str, owner: str = "", text: str = "") -> Path:
        """Make a folder of an account's in the inbound folder, with a notebook."""
        folder = self.inbound / name
        folder.mkdir()
        (folder / f"{NAME}.ipynb").write_text(text or name)
        self.owners[str(folder)] = owner or name.partition("+")[0]
        return folder

    def collect(self, **options: object) -> None:
        where = CourseDirectory(root=str(self.submitted.parent), course_id="c")
        where.assignment_id = NAME
        root = str(self.inbound.parents[1])
        collector = Collect(
            coursedir=where, authenticator=Authenticator(), root=root, update=True, **options
        )
        collector.log = logging.getLogger("collect")
        collector.start()

    def got(self, student: str) -> list[str]:
        """Return what was collected of a student's, by name."""
        folder = self.submitted / student / NAME
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))

    def text(self, student: str) -> str:
        return (self.submitted / student / NAME / f"{NAME}.ipynb").read_text()


@pytest.fixture
def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    found = Exchange(tmp_path)
    monkeypatch.setattr(Path, "owner", lambda path: found.owners[str(path)])
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")  # alembic is there
    return found


def test_what_another_account_has_made_is_not_collected_as_hers(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    exchange.hand_in(f"ada+{NAME}+{EARLY}+x", text="hers")
    exchange.hand_in(f"ada+{NAME}+{LATE}+y", owner="ben", text="forged")
    exchange.hand_in(f"chen+{NAME}+{LATE}+y", owner="ben", text="forged")
    exchange.collect()
    assert exchange.text("ada") == "hers"
    assert exchange.got("chen") == []
    assert "says that it is ada's, and belongs to the account ben." in caplog.text


def test_where_all_have_one_account_that_can_be_said(exchange: Exchange) -> None:
    exchange.hand_in(f"ada+{NAME}+{EARLY}+x", owner="jovyan", text="hers")
    exchange.collect(check_owner=False)
    assert exchange.text("ada") == "hers"


@pytest.mark.parametrize(
    "name",
    [f"ben+{NAME}+junk", f"ben+{NAME}+", f"+{NAME}+{LATE}+x", f"<b>+{NAME}+{LATE}+x"],
)
def test_an_odd_name_ends_nothing_and_leads_nowhere(
    exchange: Exchange, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    exchange.hand_in(f"ada+{NAME}+{EARLY}+x", text="hers")
    exchange.hand_in(name)
    exchange.hand_in(f"..+{NAME}+{LATE}+x")
    exchange.collect()
    assert os.listdir(exchange.submitted) == ["ada"]
    assert NAME not in os.listdir(exchange.submitted.parent)
    assert "Not collected: " in caplog.text


def link(folder: Path, secret: Path) -> None:
    (folder / "link.ipynb").symlink_to(secret)


def folder_link(folder: Path, secret: Path) -> None:
    (folder / "link").symlink_to(secret.parent)


def pipe(folder: Path, secret: Path) -> None:
    os.mkfifo(folder / "link.ipynb")


def vast(folder: Path, secret: Path) -> None:
    with (folder / "link.ipynb").open("wb") as file:
        file.truncate(101_000_000)


def deep(folder: Path, secret: Path) -> None:
    (folder / "link" / "/".join("d" * inbound.DEEPEST)).mkdir(parents=True)


@pytest.mark.parametrize("put", [link, folder_link, pipe, vast, deep])
def test_what_is_no_plain_file_is_left_out_and_named(
    exchange: Exchange,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    put: Callable[[Path, Path], None],
) -> None:
    secret = tmp_path / "secrets" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text("secret")
    put(exchange.hand_in(f"ben+{NAME}+{EARLY}+x", text="his"), secret)
    exchange.collect()
    assert exchange.text("ben") == "his"
    assert not [name for name in exchange.got("ben") if name.endswith((".txt", "link.ipynb"))]
    assert "Left out of 'ben+" in caplog.text
    assert "'link" in caplog.text


def test_the_folder_itself_may_be_no_link(exchange: Exchange, tmp_path: Path) -> None:
    hers = exchange.hand_in(f"ada+{NAME}+{EARLY}+x", text="hers")
    his = exchange.inbound / f"ben+{NAME}+{LATE}+x"
    his.symlink_to(hers)
    exchange.owners[str(his)] = "ben"
    exchange.collect()
    assert os.listdir(exchange.submitted) == ["ada"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_files_of_others_in_a_student_s_folder_are_left_out(exchange: Exchange) -> None:
    folder = exchange.hand_in(f"ben+{NAME}+{EARLY}+x", text="his")
    (folder / "hers.txt").write_text("hers")
    os.chown(folder / "hers.txt", 4711, 4711)
    exchange.collect()
    assert exchange.got("ben") == [f"{NAME}.ipynb"]


@pytest.mark.parametrize(("name", "stamp"), [(EARLY, ""), (EARLY, "now"), ("now", EARLY)])
def test_what_was_changed_after_its_time_is_named(
    exchange: Exchange, caplog: pytest.LogCaptureFixture, name: str, stamp: str
) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f UTC}"
    exchange.hand_in(f"ada+{NAME}+{now}+x")
    folder = exchange.hand_in(f"ben+{NAME}+{name.replace('now', now)}+x")
    if stamp:
        (folder / "timestamp.txt").write_text(stamp.replace("now", now))
    for path in folder.iterdir():
        os.utime(path, (1772359200, 1772359200))
    exchange.collect()
    said = [one for one in caplog.messages if "see whether it is late" in one]
    assert len(said) == 1
    assert said[0].startswith("'ben+")
    assert "handed in at 2026-03-01 10:00 UTC" in said[0]
