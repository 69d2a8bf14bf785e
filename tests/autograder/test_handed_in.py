"""What lies in submitted/: whose it is, which file counts, when it came, what is not understood."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NAME, edited, unsolved

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.handed_in import HandedIn
from autograder.classes.stamps import UNKNOWN, parsed, read_stamp
from autograder.grading import reading
from autograder.grading.reading import Unreadable, notebooks_in, opened
from autograder.grading.submissions import read_submission

FILE = f"{NAME}.ipynb"
Text = str | bytes


def look(class_folder: Path) -> HandedIn:
    return ClassDirectory(class_folder).handed_in(NAME)


def put(class_folder: Path, files: dict[str, Text]) -> None:
    """Put files below submitted/."""
    for name, content in files.items():
        path = class_folder / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def zipped(files: dict[str, Text]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def solved_text(few_solved: Any) -> str:
    return json.dumps(few_solved)


@pytest.fixture
def other_text(few_solved: Any) -> str:
    """The same assignment with other answers."""
    return json.dumps(unsolved(few_solved))


@pytest.fixture
def foreign_text() -> str:
    """A notebook of another assignment, which has a task of the same name."""
    ids = ("hinge_loss-answer", "hinge_loss", "squared_error", "relu-answer")
    cells = [nbformat.v4.new_code_cell(metadata={"nbgrader": {"grade_id": one}}) for one in ids]
    return json.dumps(nbformat.v4.new_notebook(cells=cells))


# Other names --------------------------------------------------------------------------------------


OTHER_NAMES = [
    f"{NAME} (1).ipynb",
    f"Kopie von {FILE}",
    f"lovelaceada_12345_678_{FILE}",
    f"{FILE}.json",
    f"{NAME}.IPYNB",
    "answers.ipynb",
    f"upload/{FILE}",
    f"a/b/c/{FILE}",
    "名前 [1] 'x'.ipynb",
]


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_one_notebook_under_another_name_is_the_submission(
    class_folder: Path, solved_text: str, name: str
) -> None:
    put(class_folder, {f"ada/{NAME}/{name}": solved_text, f"ada/{NAME}/notes.txt": "x"})
    found = look(class_folder)
    [one] = found.submissions
    assert one.path == class_folder / "submitted" / "ada" / NAME / name
    assert len(read_submission(one.path)) > 3
    [remark] = one.remarks
    assert remark == f"There is no {FILE}; '{name}' is taken for it."
    assert (found.undecided, found.misplaced) == ([], [])


@pytest.mark.parametrize("inside", [FILE, f"{NAME} (1).ipynb", f"work/{NAME}/{FILE}"])
def test_one_notebook_in_a_zip_is_the_submission(
    class_folder: Path, solved_text: str, inside: str
) -> None:
    content = zipped({inside: solved_text, f"__MACOSX/._{FILE}": b"\0", "data/x.csv": "1"})
    put(class_folder, {f"ada/{NAME}/up load.zip": content})
    [one] = look(class_folder).submissions
    assert f"'up load.zip/{inside}' is taken" in one.remarks[0]
    with opened(one.path) as file:
        assert file.read() == solved_text.encode()
    there = [path.name for path in (class_folder / "submitted").rglob("*") if path.is_file()]
    assert there == ["up load.zip"], "something was unpacked"


def test_a_notebook_is_known_by_its_cells(
    class_folder: Path, few_solved: Any, foreign_text: str
) -> None:
    bare = nbformat.from_dict(few_solved)
    bare.metadata = {}
    bare.cells = [cell for cell in bare.cells if cell.id in ("relu", "nodes-answer")]
    claims = nbformat.v4.new_notebook(metadata={"handgrad": {"assignment": NAME}})
    put(
        class_folder,
        {
            f"bare/{NAME}/a.ipynb": json.dumps(bare),
            f"claims/{NAME}/a.ipynb": json.dumps(claims),
            f"foreign/{NAME}/a.ipynb": foreign_text,
        },
    )
    names = {one.student: one.path.name for one in look(class_folder).submissions}
    assert names == {"bare": "a.ipynb", "claims": FILE, "foreign": FILE}


def test_several_versions_are_left_to_the_instructor(
    class_folder: Path, solved_text: str, other_text: str
) -> None:
    folder = f"ada/{NAME}"
    put(class_folder, {f"{folder}/one.ipynb": solved_text, f"{folder}/two.ipynb": other_text})
    put(class_folder, {f"bob/{NAME}/one.ipynb": solved_text})
    put(class_folder, {f"bob/{NAME}/up.zip": zipped({"two.ipynb": other_text})})
    found = look(class_folder)
    assert found.submissions == []
    first, second = found.undecided
    assert first.startswith(f"submitted/ada/{NAME} was not graded: it has no {FILE} but ")
    assert "'one.ipynb', 'two.ipynb'. Name the one that counts" in first
    assert "'one.ipynb', 'up.zip/two.ipynb'" in second
    put(class_folder, {f"{folder}/two.ipynb": solved_text})
    assert look(class_folder).submissions[0].path.name == "one.ipynb", "both are the same"


def test_what_lies_beside_is_said_if_it_is_another_version(
    class_folder: Path, solved_text: str, other_text: str, foreign_text: str
) -> None:
    put(class_folder, {f"ada/{NAME}/{FILE}": solved_text, f"ada/{NAME}/x.ipynb": foreign_text})
    put(class_folder, {f"ada/{NAME}/{NAME} (1).ipynb": solved_text})
    put(class_folder, {f"ada/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": other_text})
    assert look(class_folder).submissions[0].remarks == ()
    put(class_folder, {f"ada/{NAME}/{NAME} (1).ipynb": other_text})
    [one] = look(class_folder).submissions
    assert one.path.name == FILE
    [remark] = one.remarks
    assert f"'{NAME} (1).ipynb'. {FILE} was graded; if another one counts" in remark


def test_what_is_no_notebook_of_the_assignment_is_named(
    class_folder: Path, foreign_text: str
) -> None:
    files = {"report.pdf": b"%PDF", "x.ipynb": b"{", "y.ipynb": foreign_text, "z.tar.gz": b"z"}
    put(class_folder, {f"ada/{NAME}/{name}": content for name, content in files.items()})
    put(class_folder, {f"ada/{NAME}/timestamp.txt": "2026-03-01 10:00:00 UTC"})
    put(class_folder, {f"bob/{NAME}/timestamp.txt": "2026-03-01 10:00:00 UTC"})
    ada, bob = look(class_folder).submissions
    [remark] = ada.remarks
    assert (
        "but 'report.pdf', 'x.ipynb', 'y.ipynb' and 1 more. If one of them holds it, put it here"
        in remark
    )
    assert bob.remarks == ()
    assert not ada.path.exists()


def test_no_more_is_looked_at_than_a_limit(
    class_folder: Path, solved_text: str, foreign_text: str
) -> None:
    put(class_folder, {f"ada/{NAME}/{i:02}.ipynb": foreign_text for i in range(30)})
    put(class_folder, {f"bob/{NAME}/{'d/' * 40}/x.ipynb": solved_text})
    many = class_folder / "submitted" / "eve" / NAME
    many.mkdir(parents=True)
    for number in range(1200):
        (many / f"{number:04}.txt").touch()
    found = look(class_folder)
    assert "'00.ipynb', '01.ipynb', '02.ipynb' and 27 more" in found.undecided[0]
    bob, eve = found.submissions
    assert (bob.path.name, eve.path.name) == (FILE, FILE)
    assert "and 997 more" in eve.remarks[0]


def test_names_that_steer_a_terminal_do_not(class_folder: Path, solved_text: str) -> None:
    put(class_folder, {f"ada/{NAME}/\x1b[2J{'x' * 200}.ipynb": solved_text})
    [one] = look(class_folder).submissions
    assert one.remarks[0].isprintable()
    assert len(one.remarks[0]) < 200


# Zips ---------------------------------------------------------------------------------------------


def _patched(content: bytes, offset: int, new: bytes) -> bytes:
    end = content.rfind(b"PK\5\6")
    return content[: end + offset] + new + content[end + offset + len(new) :]


def _encrypted(content: bytes) -> bytes:
    changed = bytearray(content)
    for sign, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        changed[content.find(sign) + offset] |= 1
    return bytes(changed)


def _with_method(content: bytes, method: int) -> bytes:
    changed = bytearray(content)
    for sign, offset in ((b"PK\1\2", 10), (b"PK\3\4", 8)):
        start = content.find(sign) + offset
        changed[start : start + 2] = struct.pack("<H", method)
    return bytes(changed)


def _with_size(content: bytes, size: int) -> bytes:
    changed = bytearray(content)
    for sign, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        start = content.find(sign) + offset
        changed[start : start + 4] = struct.pack("<I", size)
    return bytes(changed)


def _twice(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(name, "[]")
    return buffer.getvalue()


PLAIN = zipped({"a.ipynb": "{}"})
HOSTILE_ZIPS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no zip": lambda: b"PK\3\4" + bytes(5000),
    "half a zip": lambda: PLAIN[:-30],
    "only an end": lambda: b"PK\5\6" + bytes(18),
    "an end that is cut off": lambda: b"x" * 40 + b"PK\5\6\0\0",
    "too many files": lambda: zipped({f"{i}.txt": "" for i in range(1500)}),
    "a long list": lambda: _patched(PLAIN, 12, struct.pack("<I", 1 << 31)),
    "a list elsewhere": lambda: _patched(PLAIN, 16, struct.pack("<I", 0xFFFFFF00)),
    "for large archives": lambda: (
        PLAIN[: PLAIN.rfind(b"PK\5\6")] + b"PK\6\7" + bytes(16) + PLAIN[PLAIN.rfind(b"PK\5\6") :]
    ),
    "two of one name": lambda: _twice("a.ipynb"),
    "bytes as a name": lambda: PLAIN.replace(b"a.ipynb", b"\xff\xfe\0pynb"),
}


@pytest.mark.parametrize("name", HOSTILE_ZIPS)
def test_a_hostile_zip_is_not_read(
    class_folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = HOSTILE_ZIPS[name]()
    put(class_folder, {f"ada/{NAME}/up.zip": content})
    if name in ("a long list", "for large archives"):
        monkeypatch.setattr(zipfile, "ZipFile", None)  # refused before it is taken apart
    [one] = look(class_folder).submissions
    assert one.path.name == FILE
    assert "'up.zip'" in one.remarks[0]


@pytest.mark.parametrize(
    "name",
    [
        "../a.ipynb",
        "/a.ipynb",
        "a//b.ipynb",
        "./a.ipynb",
        "a/../b.ipynb",
        "..\\a.ipynb",
        ".a.ipynb",
    ],
)
def test_an_odd_name_in_a_zip_leads_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "up.zip").write_bytes(zipped({name: "{}", "good.ipynb": "{}"}))
    assert notebooks_in(tmp_path / "up.zip") == [tmp_path / "up.zip" / "good.ipynb"]


@pytest.mark.parametrize(
    "content",
    [
        _encrypted(PLAIN),
        _with_method(PLAIN, zipfile.ZIP_LZMA),
        _with_method(PLAIN, zipfile.ZIP_BZIP2),
        _with_method(PLAIN, 99),
        zipped({"b.ipynb": "{}"}),
        PLAIN.replace(b"PK\3\4", b"PK\0\0"),
    ],
)
def test_a_file_of_a_zip_that_cannot_be_read_gets_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "up.zip").write_bytes(content)
    with pytest.raises(Unreadable, match=r"a\.ipynb in the archive up\.zip cannot be read"):
        read_submission(tmp_path / "up.zip" / "a.ipynb")


def test_a_zip_bomb_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "up.zip"
    path.write_bytes(zipped({"a.ipynb": bytes(reading.LARGEST_MEMBER + 1)}))
    assert path.stat().st_size < 100_000
    with pytest.raises(Unreadable, match="has more than 64 MiB: unpack it"):
        read_submission(path / "a.ipynb")
    # One that says less of itself is unpacked no further than it says.
    path.write_bytes(_with_size(path.read_bytes(), 1 << 20))
    with pytest.raises(Unreadable, match="cannot be read"):
        read_submission(path / "a.ipynb")


def test_a_zip_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real.zip").write_bytes(PLAIN)
    (tmp_path / "up.zip").symlink_to("real.zip")
    with pytest.raises(Unreadable, match="is a link"):
        notebooks_in(tmp_path / "up.zip")
    with pytest.raises(Unreadable, match="is a link"):
        read_submission(tmp_path / "up.zip" / "a.ipynb")


# Wrong places -------------------------------------------------------------------------------------


WRONG_PLACES = {
    f"Ada Lovelace_123_assignsubmission_file/{FILE}": "a submission is looked for at submitted/STU",
    f"Ada Lovelace_123_assignsubmission_file_/x/{FILE}": "a submission is looked for",
    f"lovelaceada_123_456_{FILE}": "a submission is looked for",
    f"ada/{FILE}": "a submission is looked for",
    f"ada/03_backpropagaton/{FILE}": f"should the folder be called {NAME}",
    f"ada/03_Backpropagation/{FILE}": f"should the folder be called {NAME}",
    f"ada/{NAME.upper()}/{FILE}": f"should the folder be called {NAME}",
    f"ada/{NAME} /{FILE}": f"should the folder be called {NAME}",
    f"{NAME}/ada/{FILE}": "a submission is looked for",
    f".ada/{NAME}/{FILE}": "a submission is looked for",
    "ada/any.ipynb": "a submission is looked for",
}


@pytest.mark.parametrize("name", WRONG_PLACES)
def test_work_in_a_wrong_place_is_said(class_folder: Path, solved_text: str, name: str) -> None:
    put(class_folder, {f"bob/{NAME}/{FILE}": solved_text, name: solved_text})
    found = look(class_folder)
    assert [one.student for one in found.submissions] == ["bob"]
    [sentence] = found.misplaced
    assert f"'submitted/{name}'" in sentence
    assert WRONG_PLACES[name] in sentence


def test_a_folder_that_cannot_be_read_is_said(
    class_folder: Path, solved_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(class_folder, {f"ada/{NAME}/{FILE}": solved_text, f"bob/{NAME}/{FILE}": solved_text})
    real_access, real_scandir = os.access, os.scandir
    ada = str(class_folder / "submitted" / "ada")

    def access(path: Any, mode: int) -> bool:
        return str(path) != ada and real_access(path, mode)

    def scandir(path: Any) -> Any:
        if str(path) == f"{class_folder / 'submitted' / 'bob' / NAME}":
            raise PermissionError(13, "Permission denied", str(path))
        return real_scandir(path)

    monkeypatch.setattr(os, "access", access)
    monkeypatch.setattr(os, "scandir", scandir)
    found = look(class_folder)
    assert "submitted/ada was passed over: it cannot be read" in found.misplaced[0]
    assert (
        f"submitted/bob/{NAME} was not graded: it cannot be read (Permission" in found.undecided[0]
    )


def test_a_place_with_more_than_is_looked_at_is_said(class_folder: Path, foreign_text: str) -> None:
    put(class_folder, {f"ada/old/{number:02}.ipynb": foreign_text for number in range(20)})
    assert look(class_folder).misplaced == []
    put(class_folder, {"ada/old/20.ipynb": foreign_text})
    assert "'submitted/ada/old/20.ipynb'" in look(class_folder).misplaced[0]


def test_an_archive_of_the_whole_class_is_said(class_folder: Path, solved_text: str) -> None:
    content = zipped({f"Ada_1_assignsubmission_file/{FILE}": solved_text})
    put(class_folder, {"class.zip": content, "x/class.7z": b"7z", "y.pdf": b"", "z/y.csv": "a"})
    assert ["class.zip" in one or "class.7z" in one for one in look(class_folder).misplaced] == [
        True,
        True,
    ]


def test_what_is_of_other_assignments_is_not_said(
    class_folder: Path, solved_text: str, foreign_text: str
) -> None:
    (class_folder / "source" / "02_losses").mkdir(exist_ok=True)
    put(
        class_folder,
        {
            "ada/02_losses/02_losses.ipynb": foreign_text,
            "ada/02_losse/02_losses.ipynb": foreign_text,
            "bob/02_losses.ipynb": foreign_text,
            "02_losses/eve/02_losses.ipynb": foreign_text,
            "all.zip": zipped({"02_losses.ipynb": foreign_text}),
            f"ada/{NAME}/{FILE}": solved_text,
        },
    )
    assert look(class_folder).misplaced == []


# Links --------------------------------------------------------------------------------------------


def test_links_to_folders_are_not_followed(class_folder: Path, solved_text: str) -> None:
    put(class_folder, {f"ada/{NAME}/{FILE}": solved_text})
    root = class_folder / "submitted"
    (root / "mal").mkdir()
    (root / "mal" / NAME).symlink_to(f"../ada/{NAME}")
    (root / "mel").symlink_to("ada")
    (root / "mil" / NAME).mkdir(parents=True)
    (root / "mil" / NAME / "work").symlink_to(root / "ada" / NAME)
    (root / "mol").mkdir()
    (root / "mol" / NAME).symlink_to("nowhere")
    (root / "mul").mkdir()
    (root / "mul" / "03_back").symlink_to(root / "ada" / NAME)
    (root / "mxl").mkdir()
    (root / "mxl" / NAME).write_text("a file")
    found = look(class_folder)
    assert [one.student for one in found.submissions] == ["ada", "mil"]
    assert found.submissions[1].path == root / "mil" / NAME / FILE
    assert not found.submissions[1].path.exists()
    assert [one.split()[0] for one in found.undecided] == [
        f"submitted/{student}/{NAME}" for student in ("mal", "mol", "mxl")
    ]
    assert len(found.misplaced) == 2
    assert "'submitted/mel'" in found.misplaced[0]
    assert "'submitted/mul/03_back'" in found.misplaced[1]


def test_what_is_no_file_is_not_waited_for(class_folder: Path, solved_text: str) -> None:
    put(class_folder, {f"ada/{NAME}/{FILE}": solved_text})
    for name in ("timestamp.txt", "up.zip", "a.ipynb"):
        os.mkfifo(class_folder / "submitted" / "ada" / NAME / name)
    [one] = look(class_folder).submissions
    assert one.remarks == (UNKNOWN,)


# Time stamps --------------------------------------------------------------------------------------


STAMPS = {
    "2026-03-01 10:00:00 UTC": datetime(2026, 3, 1, 10),
    "2026-03-01 10:00:00.000001 UTC": datetime(2026, 3, 1, 10, 0, 0, 1),
    "2026-03-01 10:00:00": datetime(2026, 3, 1, 10),
    "2026-03-01T10:00:00Z": datetime(2026, 3, 1, 10),
    "2026-03-01T10:00:00+01:00": datetime(2026, 3, 1, 9),
    "2026-03-01 10:00:00 +0100": datetime(2026, 3, 1, 9),
    "2026-03-01 10:00:00 Europe/Berlin": datetime(2026, 3, 1, 9),
    "2026-07-01 10:00:00 Europe/Berlin": datetime(2026, 7, 1, 8),
    "2026-03-01": datetime(2026, 3, 1),
}
NO_STAMPS = [
    "0001-01-01 00:00:00 +1400",
    "9999-12-31 23:59:59 -1400",
    "99999999999999999999",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2026-03-01 10:00:00 +9900",
    "2026-03-01 10:00:00 99999999999999999999",
    "2026-03-01 10:00:00 CEST",
    "2026-03-01 10:00:00 /etc/passwd",
    "2026-03-01 10:00:00 ../../etc/passwd",
    "2026-02-30 10:00:00",
    "10:00",
    "5",
    "March",
    "2026",
    "yesterday",
    "",
    "\0",
    "1" * 100,
    "1e400",
    "x" * 2000,
    "2026-03-01 10:00:00 UTC\n" * 3,
    "\u0662\u0660\u0662\u0666",
]


@pytest.mark.parametrize("text", STAMPS)
def test_a_time_stamp_is_read_in_utc(text: str) -> None:
    assert parsed(text) == STAMPS[text]


def test_a_time_stamp_of_nbgrader_s_is_read_in_the_zone_of_the_class(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    path = submit("ada", few_solved).with_name("timestamp.txt")
    path.write_text("2026-07-01 10:00:00.000000 CEST")
    assert look(class_folder).submissions[0].remarks == (UNKNOWN,)
    config = class_folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Exchange.timezone = 'Europe/Berlin'\n")
    where = ClassDirectory(class_folder)
    for text, hour in (("2026-07-01 10:00:00.000000 CEST", 8), ("2026-10-25 02:30:00 CEST", 0)):
        path.write_text(text)
        [one] = where.handed_in(NAME).submissions
        assert one.timestamp is not None
        assert (one.timestamp.hour, one.remarks) == (hour, ())
        assert where.coursedir.get_existing_timestamp(str(path.parent)) == one.timestamp
        assert where.api().get_submitted_timestamp(NAME, "ada") == one.timestamp
    for text in ("2026-10-25 02:30:00 CET", "2026-10-25 01:30:00 UTC"):
        assert parsed(text, "Europe/Berlin") == datetime(2026, 10, 25, 1, 30)
    assert parsed("2026-12-01 10:00:00 CEST", "Europe/Berlin") is None, "that is summer's"


@pytest.mark.parametrize("text", NO_STAMPS)
def test_a_time_stamp_that_is_none_is_remarked_on(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert read_stamp(tmp_path) == (None, UNKNOWN)


def test_a_time_stamp_that_is_no_text_is_remarked_on(tmp_path: Path) -> None:
    path = tmp_path / "timestamp.txt"
    assert read_stamp(tmp_path) == (None, "")
    path.symlink_to("elsewhere.txt")
    assert read_stamp(tmp_path) == (None, UNKNOWN)
    (tmp_path / "elsewhere.txt").write_text("2026-03-01 10:00:00 UTC")
    assert read_stamp(tmp_path) == (None, UNKNOWN)
    path.unlink()
    path.mkdir()
    assert read_stamp(tmp_path) == (None, UNKNOWN)
    path.rmdir()
    path.write_bytes(b"\xff\xfe2026")
    assert read_stamp(tmp_path) == (None, UNKNOWN)


def test_the_digest_is_that_of_the_content(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    digests = set()
    for answer in ("pass", "x = 1", "pass"):
        submit("ada", edited(few_solved, relu=answer))
        digests.add(look(class_folder).submissions[0].digest)
    (class_folder / "submitted" / "ada" / NAME / FILE).unlink()
    digests.add(look(class_folder).submissions[0].digest)
    assert len(digests) == 3
