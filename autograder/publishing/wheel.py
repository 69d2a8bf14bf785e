"""The student's half as a package of its own: few dependencies, and the digits in it.

The whole course needs JupyterLab and more, which a browser's Python cannot install and does not
need: there the page is JupyterLab already.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.building.assignments import write_data
from autograder.building.chapters import COURSE, ROOT, SOLUTIONS
from autograder.building.expected import version_of

WINGS = ("notebook", "judging", "authoring", "inside")
"""What of the engine runs in a student's notebook."""
NEEDS = ("numpy", "matplotlib", "ipython", "mnist1d")
"""What that imports; its versions are the browser's. The last one draws data of later chapters."""
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "handgrad"
version = "{version}"
description = "The student's half of Handgrad"
requires-python = ">=3.11"
dependencies = {needs}

[tool.hatch.build]
ignore-vcs = true

[tool.hatch.build.targets.wheel]
only-include = ["autograder", "solutions", "course", "handgrad.py"]
"""
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.md", "*.npz")


def build_wheel(folder: Path) -> Path:
    """Write the wheel of the student's half into a folder; return its path."""
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        project = Path(scratch)
        _lay_out(project)
        build = [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "-t",
            "wheel",
            "-d",
            str(folder.resolve()),
        ]
        subprocess.run(build, cwd=project, check=True, capture_output=True)
    return next(folder.glob("handgrad-*.whl"))


def _lay_out(project: Path) -> None:
    """Copy the parts, and write the project's file."""
    engine = project / "autograder"
    for wing in WINGS:
        shutil.copytree(ROOT / "autograder" / wing, engine / wing, ignore=NOT_SOURCE)
    for path in (ROOT / "autograder").glob("*.py"):
        shutil.copyfile(path, engine / path.name)
    shutil.copytree(SOLUTIONS, project / "solutions", ignore=NOT_SOURCE)
    write_data(project / "solutions")
    shutil.copytree(COURSE / "drawing", project / "course" / "drawing", ignore=NOT_SOURCE)
    shutil.copyfile(COURSE / "__init__.py", project / "course" / "__init__.py")
    for path in COURSE.glob("*/*.json"):  # what a page shows that its reader cannot measure
        (project / "course" / path.parent.name).mkdir(exist_ok=True)
        shutil.copyfile(path, project / "course" / path.parent.name / path.name)
    for name in ("handgrad.py", "LICENSE"):
        if (ROOT / name).is_file():  # an installed course has its licence elsewhere
            shutil.copyfile(ROOT / name, project / name)
    text = PROJECT.format(version=version_of("handgrad"), needs=json.dumps(NEEDS))
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
