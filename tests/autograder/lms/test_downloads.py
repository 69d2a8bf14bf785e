"""Nothing in a download is trusted: each way to do harm gets a sentence, and the rest goes on."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from platform_files import entry_of, zipped

from autograder.lms import downloads
from autograder.lms.downloads import Download, DownloadError, Refused, opened_download

GOOD = {"ada.ipynb": b"{}"}


def link(name: str) -> zipfile.ZipInfo:
    info = entry_of(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def look(path: Path) -> tuple[list[str], list[str]]:
    with opened_download(path) as download:
        return [one.path for one in download.entries], download.refused


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/eve.ipynb", "says where it is to lie on this machine"),
        ("C:\\eve.ipynb", "says where it is to lie on this machine"),
        ("\\\\server\\eve.ipynb", "says where it is to lie on this machine"),
        ("../eve.ipynb", "leads out of the folder"),
        ("a/../../eve.ipynb", "leads out of the folder"),
        ("a\\..\\eve.ipynb", "leads out of the folder"),
        ("__MACOSX/../eve.ipynb", "leads out of the folder"),
        ("eve\x1b[31m.ipynb", "has a name that cannot be shown"),
        ("eve\n.ipynb", "has a name that cannot be shown"),
        ("eve\u202egnp.ipynb", "has a name that cannot be shown"),
        ("a//eve.ipynb", "has a name that cannot be shown"),
        (link("eve.ipynb"), "is a link"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: object, said: str) -> None:
    entries, refused = look(zipped(tmp_path / "d.zip", [(name, b"/etc/passwd"), *GOOD.items()]))
    assert entries == ["ada.ipynb"]
    (sentence,) = refused
    assert said in sentence
    assert sentence.isprintable()


def test_names_that_are_one_on_some_machines_are_both_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    names = ["Ada/x.ipynb", "ada/X.ipynb", "\u00e9.ipynb", "e\u0301.ipynb", "ben.ipynb"]
    entries, refused = look(zipped(path, dict.fromkeys(names, b"{}")))
    assert entries == ["ben.ipynb"]
    assert len(refused) == 4
    assert all("has the name of another file" in sentence for sentence in refused)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_both_refused(tmp_path: Path) -> None:
    pairs = [("eve.ipynb", b"{}"), ("eve.ipynb", b"[]"), *GOOD.items()]
    entries, refused = look(zipped(tmp_path / "d.zip", pairs))
    assert entries == ["ada.ipynb"]
    assert len(refused) == 2


def test_what_programs_put_beside_is_passed_over(tmp_path: Path) -> None:
    names = ["__MACOSX/._ada.ipynb", ".DS_Store", "a/.ipynb_checkpoints/x.ipynb", "ada.ipynb"]
    assert look(zipped(tmp_path / "d.zip", dict.fromkeys(names, b"{}"))) == (["ada.ipynb"], [])


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("王小明.ipynb".encode("gbk"), "王小明.ipynb"),
        ("王小明.ipynb".encode(), "王小明.ipynb"),
        ("Jörg.ipynb".encode("cp437"), "Jörg.ipynb"),
        ("Jörg.ipynb".encode(), "Jörg.ipynb"),
    ],
)
def test_names_without_an_encoding_are_read(tmp_path: Path, name: bytes, read: str) -> None:
    path = zipped(tmp_path / "d.zip", [(entry_of("x" * len(name)), b"{}")])
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert look(path) == ([read], [])


# Sizes --------------------------------------------------------------------------------------------


def unpack(download: Download, tmp_path: Path) -> list[str]:
    """Unpack all entries; return what is said of those that cannot be."""
    said = []
    for number, one in enumerate(download.entries):
        target = tmp_path / f"{number}.out"
        try:
            download.unpack(one, target)
        except Refused as reason:
            said.append(str(reason))
            assert not target.exists()
    return said


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    files = {"bomb.ipynb": bytes(2 << 20), **GOOD}
    with opened_download(zipped(tmp_path / "d.zip", files)) as download:
        (said,) = unpack(download, tmp_path)
    assert "packed as no notebook is" in said


def test_no_more_is_unpacked_than_the_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "LARGEST_MEMBER", 1000)
    monkeypatch.setattr(downloads, "MOST_UNPACKED", 1500)
    files = {"big.ipynb": os.urandom(2000), "a.ipynb": os.urandom(900), "b.ipynb": os.urandom(900)}
    with opened_download(zipped(tmp_path / "d.zip", files)) as download:
        said = unpack(download, tmp_path)
    assert len(said) == 2
    assert "one of too many" in said[0]
    assert "has more than" in said[1]


def test_a_size_that_is_not_true_is_found_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "d.zip", {"liar.ipynb": os.urandom(5000), **GOOD})
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    assert struct.unpack("<I", data[place : place + 4]) == (5000,)
    data[place : place + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    with opened_download(path) as download:
        (said,) = unpack(download, tmp_path)
    assert "damaged" in said or "cannot be read" in said


def test_damaged_and_locked_files_are_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "d.zip", {"eve.ipynb": os.urandom(500), **GOOD})
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(data)
    with opened_download(path) as download:
        assert len(unpack(download, tmp_path)) == 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    entries, refused = look(path)
    assert entries == ["ada.ipynb"]
    assert "locked with a password" in refused[0]


@pytest.mark.parametrize("limit", ["LARGEST_DOWNLOAD", "LARGEST_LIST", "MOST_ENTRIES"])
def test_a_zip_beyond_the_limits_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = zipped(tmp_path / "d.zip", {"a.ipynb": b"{}", "b.ipynb": b"{}"})
    monkeypatch.setattr(downloads, limit, 1)
    with pytest.raises(DownloadError, match="unpack it, and give the folder"):
        look(path)


def test_what_is_no_download_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"nothing")
    (tmp_path / "link.zip").symlink_to(zipped(tmp_path / "d.zip", GOOD))
    os.mkfifo(tmp_path / "pipe.zip")
    zipped(tmp_path / "empty.zip", {})
    (tmp_path / "torn.zip").write_bytes((tmp_path / "d.zip").read_bytes()[:-9])
    (tmp_path / "folder").mkdir()
    for name, said in {
        "no.zip": "no.zip is no zip, or is damaged: download it again",
        "torn.zip": "torn.zip is no zip, or is damaged: download it again",
        "link.zip": "no link to one",
        "pipe.zip": "cannot be read: give a zip, a folder or a notebook",
        "missing.zip": "cannot be read",
        "empty.zip": "has no files in it",
        "folder": "has no files in it",
    }.items():
        with pytest.raises(DownloadError, match=said):
            look(tmp_path / name)


# Folders ------------------------------------------------------------------------------------------


def test_links_and_pipes_in_a_folder_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "ada.ipynb").write_bytes(b"{}")
    (folder / "secret.ipynb").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "odd\x1bname.ipynb").write_bytes(b"{}")
    entries, refused = look(folder)
    assert entries == ["a/b/ada.ipynb"]
    assert len(refused) == 4
    assert all(sentence.isprintable() for sentence in refused)


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252"])
def test_names_that_were_unpacked_byte_by_byte_are_those_of_the_download(
    tmp_path: Path, encoding: str
) -> None:
    given = ["müllerjörg_4712_900_x.ipynb", "王小明_4713_901_x.ipynb", "đoàn_4714_902_x.ipynb"]
    given = given[: 1 if encoding == "cp1252" else 3]  # which lacks some bytes
    there = tmp_path / "d" / "Jörg".encode().decode(encoding)
    there.mkdir(parents=True)
    for name in given:
        (there / name.encode().decode(encoding)).write_bytes(b"{}")
    plain = ["Zoë.ipynb", "李明.ipynb", "Ã.ipynb"]
    for name in plain:
        (there / name).write_bytes(b"{}")
    entries, refused = look(tmp_path / "d")
    assert (sorted(entries), refused) == (sorted(f"Jörg/{name}" for name in given + plain), [])
    with opened_download(tmp_path / "d") as download:
        assert unpack(download, tmp_path) == []


def test_a_link_that_is_put_there_meanwhile_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "d" / "ada.ipynb"
    path.parent.mkdir()
    path.write_bytes(b"{}")
    with opened_download(path.parent) as download:
        path.unlink()
        path.symlink_to("/etc/passwd")
        assert len(unpack(download, tmp_path)) == 1


def test_a_folder_with_too_much_in_it_is_not_walked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MOST_ENTRIES", 3)
    for number in range(5):
        (tmp_path / f"{number}.ipynb").write_bytes(b"{}")
    with pytest.raises(DownloadError, match="more than 3 files"):
        look(tmp_path)
    deep = tmp_path.joinpath(*"abcdefghijklmnop")
    deep.mkdir(parents=True)
    with pytest.raises(DownloadError):
        look(tmp_path)


def test_a_notebook_alone_is_a_download(tmp_path: Path) -> None:
    path = tmp_path / "ada.ipynb"
    path.write_bytes(b"{}")
    assert look(path) == (["ada.ipynb"], [])
