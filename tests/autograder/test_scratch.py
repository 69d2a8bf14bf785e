"""What cells write into their folder is there for the cells that follow, and for nobody else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from autograder.inside import scratch, writing
from autograder.inside.scratch import Scratch
from autograder.inside.writing import Opener, System
from autograder.sandbox import Limits, Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session

DENIED = ("PermissionError", "FileNotFoundError", "OSError")
BUDGET = Budget(limits=Limits(cpu_seconds=20))


def run(zygote: Zygote, *cells: str) -> Session:
    """Return a session in which the cells have run, closed."""
    with Session(zygote, list(enumerate(cells)), BUDGET) as session:
        session.run_cells()
    assert session.stops == {}
    return session


def trouble(session: Session) -> list[Any]:
    shown = [one for outputs in session.outputs.values() for one in outputs]
    return [one for one in shown if one["output_type"] == "error"]


HABITS = {
    "a figure": """
import matplotlib.pyplot as plt, os
plt.plot([1, 2])
plt.savefig("loss.png"); plt.savefig("loss.pdf", dpi=50); plt.savefig("loss.svg")
assert open("loss.png", "rb").read(4) == b"\\x89PNG" and os.path.getsize("loss.svg") > 1000
assert plt.imread("loss.png").shape[2] == 4
from IPython.display import Image
Image(filename="loss.png")
""",
    "a folder for figures": """
import os, matplotlib.pyplot as plt
from pathlib import Path
os.makedirs("figures/first", exist_ok=True); os.makedirs("figures/first", exist_ok=True)
plt.figure().savefig("figures/first/a.png")
assert os.listdir("figures") == ["first"] and os.listdir("figures/first") == ["a.png"]
assert "figures" in os.listdir() and "solutions" in os.listdir(".")
assert os.path.isdir("figures") and Path("figures/first/a.png").is_file()
assert [path.name for path in Path("figures").iterdir()] == ["first"]
""",
    "arrays": """
import numpy as np
x = np.arange(6.0).reshape(2, 3)
np.save("x.npy", x); np.savez("all.npz", x=x, y=2 * x); np.savez_compressed("small.npz", x=x)
np.savetxt("x.txt", x); np.savetxt("x.csv", x, delimiter=",")
assert (np.load("x.npy") == x).all() and (np.load("all.npz")["y"] == 2 * x).all()
assert (np.load("small.npz")["x"] == x).all() and (np.loadtxt("x.txt") == x).all()
assert (np.genfromtxt("x.csv", delimiter=",") == x).all()
""",
    "records": """
import csv, gzip, json, pickle, zipfile
with open("a.json", "w") as file: json.dump({"a": [1]}, file)
pickle.dump({"b": 2}, open("b.pkl", "wb"))
with gzip.open("c.gz", "wt") as file: file.write("c")
with open("d.csv", "w", newline="") as file: csv.writer(file).writerows([[1, 2], [3, 4]])
with zipfile.ZipFile("e.zip", "w") as file: file.writestr("inner", "text")
assert json.load(open("a.json")) == {"a": [1]} and pickle.load(open("b.pkl", "rb")) == {"b": 2}
assert gzip.open("c.gz", "rt").read() == "c" and open("d.csv").read() == "1,2\\n3,4\\n"
assert zipfile.ZipFile("e.zip").read("inner") == b"text"
""",
    "modes": """
with open("log.txt", "w") as log: print("one", file=log)
with open("log.txt", "a") as log: print("two", file=log)
with open("log.txt", "r+") as log:
    assert log.readline() == "one\\n"
    log.seek(0); log.write("ONE")
assert list(open("log.txt")) == ["ONE\\n", "two\\n"]
with open("raw", "wb", buffering=0) as raw: raw.write(b"abc")
with open("raw", "rb+") as raw: raw.truncate(2); raw.seek(5); raw.write(b"x")
assert open("raw", "rb").read() == b"ab\\0\\0\\0x"
for mode, error in (("x", FileExistsError), ("rw", ValueError), ("", ValueError)):
    try: open("raw", mode)
    except error: pass
    else: raise AssertionError(mode)
for name in ("none.txt", "none/a.txt"):
    try: open(name, "r" if name == "none.txt" else "w")
    except FileNotFoundError: pass
    else: raise AssertionError(name)
""",
    "paths": """
import os
from pathlib import Path
Path("a.txt").write_text("héllo"); Path("b.txt").write_bytes(b"b")
assert Path("a.txt").read_text() == "héllo" and Path("a.txt").exists() and os.path.isfile("b.txt")
assert Path("a.txt").stat().st_size == 6 and not Path("c.txt").exists()
os.rename("a.txt", "c.txt"); os.replace("c.txt", "b.txt")
assert open(Path.cwd() / "b.txt").read() == "héllo" and not os.path.exists("a.txt")
os.remove("b.txt"); assert not Path("b.txt").exists()
Path("new").mkdir(); os.rmdir("new"); assert not os.path.isdir("new")
""",
    "logging": """
import logging
logging.basicConfig(filename="run.log", level=logging.INFO, force=True)
logging.info("begun")
assert open("run.log").read() == "INFO:root:begun\\n"
""",
}


@pytest.mark.parametrize("name", HABITS)
def test_what_is_written_can_be_read(zygote: Zygote, name: str) -> None:
    session = run(zygote, HABITS[name])
    assert trouble(session) == []


def test_a_module_that_is_written_can_be_imported_and_run(zygote: Zygote) -> None:
    session = run(
        zygote,
        "%%writefile helpers.py\nimport numpy as np\ndef double(x): return 2 * x\nNAME = __name__",
        "from helpers import double\nimport helpers\nassert double(3) == 6 and helpers.np",
        "%%file -a helpers.py\ntriple = 3",
        "%run helpers.py\nassert triple == 3 and NAME == '__main__'",
        "import importlib\nassert importlib.reload(helpers).triple == 3",
        "import helper_of_nobody",
    )
    assert [one["ename"] for one in trouble(session)] == ["ModuleNotFoundError"]
    assert session.outputs[0][0]["text"] == "Writing helpers.py\n"


def test_it_is_a_few_mib(zygote: Zygote) -> None:
    session = run(
        zygote,
        "with open('a', 'wb') as file: file.write(bytes(5 << 20))",
        "with open('b', 'wb') as file: file.write(bytes(5 << 20))",
        "open('b', 'wb').close()\nopen('c', 'wb', 0).truncate(4 << 20)",
        "with open('d', 'wb') as file:\n    file.seek(1 << 40)\n    file.write(b'x')",
        "for number in range(2000): open(f'{number}', 'w').close()",
        "with open('a', 'wb') as file: file.write(bytes(7 << 20))",
        "len(open('a', 'rb').read()) >> 20",
    )
    said = [one["evalue"] for one in trouble(session)]
    assert said[:3] == ["[Errno 28] more than 8 MiB of files in all"] * 3
    assert said[3:] == ["[Errno 28] more than 1000 files and folders"]
    assert session.outputs[6][-1]["data"] == {"text/plain": "7"}
    assert session.peak_bytes < 300 << 20


def test_nothing_stays_for_the_next_one(zygote: Zygote) -> None:
    run(zygote, "open('left.txt', 'w').write('mine')")
    session = run(zygote, "open('left.txt')", "import os\nprint('left.txt' in os.listdir())")
    assert [one["ename"] for one in trouble(session)] == ["FileNotFoundError"]
    assert session.outputs[1][0]["text"] == "False\n"


def test_a_new_child_has_only_what_its_own_cells_write(zygote: Zygote) -> None:
    session = Session(
        zygote,
        [
            (0, "open('kept', 'w').write('cell')"),
            (1, "open('gone', 'w').write('cell')\nimport os; os._exit(0)"),
            (2, "import os\nprint(os.path.exists('kept'), os.path.exists('gone'))"),
        ],
        BUDGET,
    )
    with session:
        session.run_cells()
    assert session.outputs[2][0]["text"] == "True False\n"


def test_outside_the_folder_and_by_other_ways_nothing_is_written(zygote: Zygote) -> None:
    cells = [
        "open('/tmp/x', 'w')",
        "open('../x', 'w')",
        "import os\nos.mkdir('/tmp/x')",
        "import os\nos.open('x', os.O_WRONLY | os.O_CREAT)",
        "import posix\nposix.mkdir('x')",
        "import _io\n_io.FileIO('x', 'w')",
        "import io\nio.FileIO('x', 'w')",
        "import os\nos.rmdir('solutions')",
        "import os\nos.rename('solutions', 'mine')",
    ]
    errors = trouble(run(zygote, *cells))
    assert len(errors) == len(cells)
    assert all(one["ename"] in DENIED for one in errors), errors


def test_what_was_handed_out_can_be_written_over_for_oneself(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("old\n")
    kept = Scratch(str(tmp_path))
    opener = Opener(kept)
    with opener.open(tmp_path / "data.txt", "a") as file:
        file.write("new\n")
    with opener.open(str(tmp_path / "data.txt")) as file:
        assert file.read() == "old\nnew\n"
    with opener.open(tmp_path / "data.txt", "w") as file:
        file.write("other")
    assert bytes(kept.files[str(tmp_path / "data.txt")]) == b"other"
    assert (tmp_path / "data.txt").read_text() == "old\n"


def test_a_large_file_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "MOST_BYTES", 10)
    monkeypatch.setattr(writing, "MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(bytes(99))
    with pytest.raises(OSError, match="more than 0 MiB"):
        Opener(Scratch(str(tmp_path))).open(tmp_path / "large", "a")


def test_other_paths_go_to_the_system(tmp_path: Path) -> None:
    kept = Scratch(str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    system = System(kept)
    assert system.listdir(tmp_path) == ["own"]
    assert system.stat(tmp_path).st_mode == os.stat(tmp_path).st_mode
    assert sorted(system.listdir()) == sorted(os.listdir())
    with Opener(kept).open(tmp_path / "beside", "w") as file:
        file.write("x")
    assert (tmp_path / "beside").read_text() == "x"
    descriptor = os.open(tmp_path / "beside", os.O_RDONLY)
    assert system.stat(descriptor).st_size == 1
    with Opener(kept).open(descriptor) as file:
        assert file.read() == "x"
    with pytest.raises(TypeError):
        Opener(kept).open(None)
