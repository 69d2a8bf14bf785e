"""Reading: the reference, the seeds, others' work, the gradebook, the environment, the host."""

from __future__ import annotations

import json

import pytest
from attacking import CANARY, FULL, Arena, Attack, body, cell, parameters, points

pytestmark = pytest.mark.usefixtures("_unharmed")

DENIED = r"'relative_error-answer' raised (PermissionError|FileNotFoundError|OSError)\."
MISSING = r"'relative_error-answer' raised ModuleNotFoundError\."
RIGHT = """
def relative_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1, size)
"""

IN_THE_OPEN = [
    cell(
        "the reference, by its path",
        "path = '@REPO@/solutions/backpropagation/gradient_checking.py'\n"
        "exec(open(path).read().split('class Gradient')[0])",
        DENIED,
    ),
    cell(
        "the instructor's notebook",
        """
import json
cells = json.load(open("@CLASS@/source/03_backpropagation/03_backpropagation.ipynb"))["cells"]
exec(next("".join(c["source"]) for c in cells if c["id"] == "relative_error-answer"))
""",
        DENIED,
    ),
    cell(
        "the seed of the run",
        "print(open('@CLASS@/.handgrad/03_backpropagation.json').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "the gradebook, as a file",
        "print(open('@CLASS@/gradebook.db', 'rb').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "the gradebook, as a database",
        """
import sqlite3
book = sqlite3.connect("file:@CLASS@/gradebook.db?mode=ro", uri=True)
print(book.execute("select * from grade").fetchall())
1 / 0
""",
        r"'relative_error-answer' raised OperationalError\.",
    ),
    cell(
        "a classmate's submission",
        """
import glob, os
path = "@CLASS@/submitted/bob/03_backpropagation/03_backpropagation.ipynb"
print(open(path).read())
1 / 0
""",
        DENIED,
    ),
    cell(
        "everything above the work folder",
        """
import os
found = []
for folder in ("..", "../..", "@CLASS@", "/tmp"):
    for name in os.listdir(folder):
        found.append(name)
        if name == "source":
            found.append(open(folder + "/source/03_backpropagation/checks/canary.py").read())
print(found)
1 / 0
""",
        DENIED,
    ),
    cell(
        "the environment of the zygote",
        "import os\nprint(open(f'/proc/{os.getppid()}/environ').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "the memory of the zygote",
        """
import os
maps = open(f"/proc/{os.getppid()}/maps").read()
print(open(f"/proc/{os.getppid()}/mem", "rb"))
1 / 0
""",
        DENIED,
    ),
    cell(
        "the list of processes",
        """
import os
for number in filter(str.isdigit, os.listdir("/proc")):
    print(open(f"/proc/{number}/cmdline").read(), open(f"/proc/{number}/environ").read())
1 / 0
""",
        DENIED,
    ),
    cell("the users of the host", "print(open('/etc/passwd').read())\n1 / 0", DENIED),
    cell("the keys of the host", "import os\nprint(os.listdir('/root/.ssh'))\n1 / 0", DENIED),
    cell("the disk itself", "open('/dev/vda', 'rb').read(1)\n1 / 0", DENIED),
]

ATTACKS = [
    *IN_THE_OPEN,
    cell(
        "the reference, by its name",
        "from solutions.backpropagation import relative_error",
        MISSING,
    ),
    cell(
        "the reference, with a search path",
        "import sys\nsys.path.insert(0, '@REPO@')\nimport solutions\n"
        "solutions.__path__.append('@REPO@/solutions')\n"
        "from solutions.backpropagation import relative_error",
        r"raised (ModuleNotFoundError|PermissionError)\.",
    ),
    cell("the judge", "import autograder.judging.verdicts, autograder.grading.lending", MISSING),
    cell("the checks", "print(open('checks/affine.py').read())", DENIED),
    cell(
        "the environment",
        "import os, subprocess\nprint(os.environ)\nprint(os.environb)\n"
        "print(os.environ['HANDGRAD_SECRET'])",
        r"raised KeyError\.",
    ),
    cell(
        "descriptors that were left open",
        """
import os
for number in range(3, 4096):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if not os.path.stat.S_ISSOCK(mode):
        print(number, os.pread(number, 1000, 0), os.readlink(f"/proc/self/fd/{number}"))
raise LookupError("only the channel")
""",
        r"raised LookupError\.",
    ),
    cell(
        "what the zygote still holds of others",
        """
import gc, sys
gc.unfreeze()
names = {str(getattr(one, "__module__", "")) for one in gc.get_objects()} | set(sys.modules)
ours = [n for n in names if n.startswith(("autograder.gr", "autograder.j", "nbgrader"))]
texts = [one for one in gc.get_objects() if type(one) is dict and "HANDGRAD_SECRET" in one]
print(ours, texts)
if not ours + texts:
    raise LookupError("nobody is here")
""",
        r"raised LookupError\.",
    ),
    body(
        "the inputs, by raising them",
        "raise ValueError(f'inputs: {a} {b}')",
        r"your code raised ValueError in the line `raise ValueError\(f'inputs: \{a\} \{b\}'\)`",
    ),
    body(
        "the inputs, by printing them",
        "print('seen', float(a.flat[0]))\nreturn 42.0",
        "got",
    ),
]


@parameters(ATTACKS)
def test_nothing_is_read(arena: Arena, attack: Attack) -> None:
    report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    assert "seen" not in "".join(
        str(one.get("outputs")) for one in report.graded_notebook().cells if one.get("outputs")
    )


def test_the_same_attacks_would_succeed_without_walls(open_field: Arena) -> None:
    """What the attacks would read is there; only the sandbox keeps it from them."""
    reached = set()
    for attack in IN_THE_OPEN:
        report = open_field.grade(attack)
        outputs = json.dumps([one.get("outputs", []) for one in report.graded_notebook().cells])
        if CANARY in outputs or points(report) == FULL:
            reached.add(attack.name)
    assert len(reached) >= 7, reached
