"""The course in the browser alone: what its Python must have, and the site that is built."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from autograder.authoring.sources import imports_of
from autograder.building.chapters import ASSIGNMENTS, COURSE, ROOT, SOLUTIONS
from autograder.building.pages import START

pytest.importorskip("jupyterlite_core", reason="JupyterLite is not installed: make test-lite")
pytest.importorskip("jupyterlite_pyodide_kernel", reason="its kernel is not installed")
pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
from packaging.requirements import Requirement

from autograder.publishing import lite
from autograder.publishing.lite import CONFIG, LiteError, build_lite
from autograder.publishing.runtime import KERNEL, LOCK, PLAIN, RuntimeMissing, lay_runtime

ON_DEMAND = {"cupy", "optuna", "torch"}
"""What is imported only where it is installed, and said to be missing elsewhere."""
COMPILED = {"contourpy", "kiwisolver", "matplotlib", "numpy", "pillow", "scipy"}
MARKDOWN = "**Go on**\n\n| a | b |\n|---|---|\n| 1 | 2 |"


def small_workbook(folder: Path, *_: Any, **__: Any) -> None:
    """Write a workbook of one notebook in the place of the whole one."""
    shown = nbformat.v4.new_code_cell("print(6 * 7)")
    data = {"text/markdown": MARKDOWN, "text/plain": MARKDOWN}
    shown.outputs = [nbformat.v4.new_output("display_data", data=data)]
    title = nbformat.v4.new_markdown_cell("# Deep learning from scratch")
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[title, shown]), folder / START)
    hidden = folder / "assignments" / "03_rest" / ".earlier" / "solutions" / "arrays.py"
    hidden.parent.mkdir(parents=True)
    hidden.write_text("known = True\n")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A site of the small workbook, and what it lacks."""
    folder = tmp_path_factory.mktemp("lite") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lite, "fill_workbook", small_workbook)
        try:
            elsewhere = build_lite(folder)
        except RuntimeMissing as reason:
            pytest.skip(str(reason))
    return folder, elsewhere


@pytest.fixture(scope="session")
def site(built: tuple[Path, list[str]]) -> Path:
    return built[0]


@pytest.fixture(scope="session")
def lock(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "static" / "pyodide" / LOCK).read_text("utf-8"))
    return content


def notebook(site: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "files" / name).read_text("utf-8"))
    return content


def sources() -> Iterator[tuple[str, list[str]]]:
    """Yield the code of what a reader runs, by where it stands."""
    texts = [*COURSE.glob("[0-9]*/*.md"), *ASSIGNMENTS.glob("*/text.md")]
    for path in texts:
        cells = jupytext.read(path, fmt="md:myst").cells
        yield str(path.relative_to(ROOT)), [c.source for c in cells if c.cell_type == "code"]
    folders = [COURSE / "drawing", ASSIGNMENTS, SOLUTIONS]
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        yield str(path.relative_to(ROOT)), [path.read_text("utf-8")]


def test_the_browsers_python_has_all_that_is_imported(lock: dict[str, Any]) -> None:
    there = {name for package in lock["packages"].values() for name in package["imports"]}
    there |= {*sys.stdlib_module_names, *ON_DEMAND, "assignments"}
    missing = {
        f"{where}: {module}"
        for where, cells in sources()
        for module in imports_of(cells)
        if module.partition(".")[0] not in there
    }
    assert not missing


def test_the_browsers_packages_are_as_new_as_the_course_asks(lock: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = {name: package["version"] for name, package in lock["packages"].items()}
    wanted = {one.name: one for one in map(Requirement, project["dependencies"])}
    assert {"numpy", "matplotlib", "ipython", "tqdm", "mnist1d"} <= versions.keys()
    for name in wanted.keys() & versions.keys():
        assert wanted[name].specifier.contains(versions[name]), f"{name} {versions[name]}"


def test_only_what_is_compiled_comes_from_elsewhere(
    built: tuple[Path, list[str]], lock: dict[str, Any]
) -> None:
    _, elsewhere = built
    assert set(elsewhere) == COMPILED
    for name in elsewhere:
        assert not lock["packages"][name]["file_name"].endswith(PLAIN)


def test_what_lies_in_the_site_is_what_the_lock_says(site: Path, lock: dict[str, Any]) -> None:
    folder = site / "static" / "pyodide"
    beside = [one for one in lock["packages"].values() if "://" not in one["file_name"]]
    assert {*KERNEL, "handgrad", "mnist1d"} <= {one["name"] for one in beside}
    for package in beside:
        content = (folder / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"], package["name"]
        assert {name for name in package["depends"] if name not in lock["packages"]} == set()


def test_the_students_half_is_loaded_by_its_import(lock: dict[str, Any]) -> None:
    package = lock["packages"]["handgrad"]
    assert package["imports"] == ["autograder", "course", "handgrad", "solutions"]
    assert sorted(package["depends"]) == ["ipython", "matplotlib", "mnist1d", "numpy"]


def test_the_whole_package_holds_what_its_users_import(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {"handgrad.py", "autograder", "assignments", "course", "solutions"} <= tops
    assert "tests" not in tops


def test_notebooks_are_the_browsers(site: Path) -> None:
    start = notebook(site, START)
    assert start["metadata"]["kernelspec"]["name"] == "python"
    assert "Not tried:" in start["cells"][1]["source"]
    assert start["cells"][2]["outputs"][0]["data"]["text/markdown"] == MARKDOWN


def test_hidden_folders_are_there_to_be_read(site: Path) -> None:
    listed = json.loads((site / "api/contents/assignments/03_rest/all.json").read_text())
    assert [one["name"] for one in listed["content"]] == [".earlier"]
    assert (site / "files/assignments/03_rest/.earlier/solutions/arrays.py").is_file()
    assert (site / ".nojekyll").is_file()


def test_the_sites_address_leads_to_the_first_page(site: Path) -> None:
    assert f"url=lab/index.html?path={START}" in (site / "index.html").read_text("utf-8")
    assert (site / "lab" / "index.html").is_file()
    config = json.loads((site / CONFIG).read_text("utf-8"))["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    names = [one["name"] for one in config["federated_extensions"]]
    assert names == ["@jupyterlite/pyodide-kernel-extension"]


def test_what_else_lies_in_a_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(LiteError, match="holds other files than a site"):
        build_lite(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_without_npm_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeMissing, match=r"install Node\.js, or name a folder"):
        lay_runtime(tmp_path / "runtime", [])


def test_a_folder_without_pyodide_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeMissing, match=r"pyodide\.mjs is missing in it"):
        lay_runtime(tmp_path / "runtime", [], given=tmp_path)


def test_a_whole_distribution_is_taken_as_it_is(
    site: Path, lock: dict[str, Any], tmp_path: Path
) -> None:
    """With files in the place of the compiled packages, nothing comes from elsewhere."""
    given = tmp_path / "given"
    given.mkdir()
    for path in (site / "static" / "pyodide").iterdir():
        (given / path.name).write_bytes(path.read_bytes())
    whole = json.loads(json.dumps(lock))
    for package in whole["packages"].values():
        package["file_name"] = package["file_name"].rpartition("/")[2]
        if package["name"].lower() in COMPILED:
            (given / package["file_name"]).touch()
    (given / LOCK).write_text(json.dumps(whole))
    wheels = sorted(given.glob("handgrad-*.whl"))
    assert lay_runtime(tmp_path / "runtime", wheels, given) == []
    assert not (tmp_path / "runtime" / "affine-2.4.0-py3-none-any.whl").exists()
