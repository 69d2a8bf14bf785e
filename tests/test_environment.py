"""The two lists of dependencies agree, and nothing in the repository names a private host."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONDA_ONLY = {"python", "pip", "tinycss2"}
"""What pip brings by itself, or as an extra (bleach's css)."""


def parsed(requirement: str) -> tuple[str, str]:
    """Return a requirement's name, without extras, and what it demands."""
    found = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?\s*(.*)", requirement.strip())
    assert found is not None, requirement
    return found[1].lower(), found[2]


def environment() -> dict[str, str]:
    """Return the requirements of environment.yml: simple enough to be read line by line."""
    text = (ROOT / "environment.yml").read_text("utf-8")
    listed = text.split("dependencies:\n")[1].splitlines()
    lines = [line.strip() for line in listed if not line.strip().startswith("#")]
    assert all(line.startswith("- ") for line in lines if line)
    return dict(parsed(line.removeprefix("- ")) for line in lines if line and line != "- pip:")


APART = {"cupy", "lite"}
"""What not every machine can have, and what has an environment of its own: `make lite`."""


def project() -> dict[str, str]:
    """Return the requirements of pyproject.toml, all extras but those that stand apart."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = content["optional-dependencies"]
    groups = [content["dependencies"], *(v for name, v in extras.items() if name not in APART)]
    found = dict(parsed(requirement) for group in groups for requirement in group)
    found.pop("handgrad")
    return found


def test_environment_and_pyproject_agree() -> None:
    conda = {name: floor for name, floor in environment().items() if name not in CONDA_ONLY}
    assert conda == project()


def test_the_line_for_a_gpu_is_there_to_be_uncommented() -> None:
    """On conda-forge CuPy bears another name than on PyPI, and conda knows no optional parts."""
    text = (ROOT / "environment.yml").read_text("utf-8")
    (line,) = re.findall(r"^  # - (cupy.*)$", text, re.MULTILINE)
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (wheel,) = content["optional-dependencies"]["cupy"]
    assert parsed(line)[0] == "cupy"
    assert parsed(line)[1] == parsed(wheel)[1]


def test_python_is_the_same() -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert environment()["python"] == content["project"]["requires-python"]
    floor = content["project"]["requires-python"].removeprefix(">=")
    assert content["tool"]["mypy"]["python_version"] == floor
    assert content["tool"]["ruff"]["target-version"] == "py" + floor.replace(".", "")


def test_every_dependency_has_a_floor_and_no_ceiling() -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    apart = [parsed(one) for name in APART for one in content["optional-dependencies"][name]]
    for name, demand in {**environment(), **project(), **dict(apart)}.items():
        assert name == "pip" or re.fullmatch(r">=[\d.]+(\.?post\d+)?", demand), (
            f"{name}: {demand!r}"
        )


def test_a_students_install_is_light() -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {parsed(requirement)[0] for requirement in content["dependencies"]}
    assert not names & {"nbgrader", "sqlalchemy", "bleach", "nbconvert", "torch", "cupy"}


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


PRIVATE = re.compile(
    r"--(extra-)?index-url|index_url|find-links|trusted-host|UV_INDEX|PIP_INDEX"
    r"|https?://[^\s/]*(artifactory|nexus|mirror|registry|\.internal|\.local|\.lan)\b"
    r"|https?://(localhost|10\.|192\.168\.)[\w.:]*/(simple|pypi)",
)


def test_no_file_names_a_registry() -> None:
    """Packages come from wherever the user's own configuration says."""
    here = Path(__file__).name
    for path in tracked():
        if path.name == here or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found = PRIVATE.search(text)
        assert found is None, f"{path.relative_to(ROOT)} says {found[0]}"
