"""Python for the browser: Pyodide, and all packages of the course that can lie beside it.

Pyodide's core comes from its npm package, and packages of plain Python from PyPI. Those that are
compiled for WebAssembly, NumPy first of all, stand on neither: they are Pyodide's own, and its lock
says where they are. A whole distribution of Pyodide, where you have one, has them as well.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION
from packaging.metadata import Metadata
from packaging.utils import canonicalize_name

LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""What a kernel loads as it starts."""
FROM_PYPI = ("comm", "ipython-pygments-lexers", "mnist1d")
"""What is plain Python and not in Pyodide's lock."""
PLAIN = "none-any.whl"


class RuntimeMissing(Exception):
    """Pyodide, or a package for it, cannot be had; one sentence says what to do."""


def lay_runtime(folder: Path, wheels: Sequence[Path], given: Path | None = None) -> list[str]:
    """Fill a folder with Pyodide and the packages of the course.

    Parameters
    ----------
    folder : Path
        Made if need be.
    wheels : sequence of Path
        Those that are ours, and the kernel's.
    given : Path, optional
        A distribution of Pyodide; without one its core is fetched.

    Returns
    -------
    elsewhere : list of str
        The packages that are not in the folder: the browser fetches them, when a notebook imports
        them, from where Pyodide publishes them.

    Raises
    ------
    RuntimeMissing
        If something cannot be fetched, or `given` is no Pyodide of this version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if given is None:
        _fetch_core(folder)
    else:
        _take_core(given, folder)
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    packages = lock["packages"]
    python = ".".join(lock["info"]["python"].split(".")[:2])
    ours = [Path(shutil.copy(wheel, folder)) for wheel in wheels]
    for wheel in [*ours, *_fetch(FROM_PYPI, folder, python)]:
        packages |= entry_of(wheel, python)
    needed = closure(packages, [*KERNEL, "handgrad"])
    if given is not None:
        for name in needed:
            _take(given, folder, packages[name]["file_name"])
    pinned = [
        f"{name}=={packages[name]['version']}"
        for name in needed
        if packages[name]["file_name"].endswith(PLAIN)
        and not (folder / packages[name]["file_name"]).exists()
    ]
    for wheel in _fetch(pinned, folder, python):
        packages |= entry_of(wheel, python)
    for package in packages.values():
        if not (folder / package["file_name"]).exists():
            package["file_name"] = f"{PYODIDE_CDN_URL}/{package['file_name']}"
    (folder / LOCK).write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", "utf-8")
    needed = closure(packages, needed)
    return sorted(name for name in needed if "://" in packages[name]["file_name"])


def closure(packages: dict[str, Any], roots: Iterable[str]) -> list[str]:
    """Return the keys of packages in a lock, and of all that they depend on.

    Raises
    ------
    RuntimeMissing
        If the lock lacks one.
    """
    found: list[str] = []
    waiting = list(roots)
    while waiting:
        key = canonicalize_name(waiting.pop())
        if key not in packages:
            raise RuntimeMissing(f"Pyodide {PYODIDE_VERSION} has no package {key!r}.")
        if key not in found:
            found.append(key)
            waiting += packages[key]["depends"]
    return found


def entry_of(wheel: Path, python: str) -> dict[str, Any]:
    """Return what a lock says of a wheel that lies beside it, by the package's name."""
    content = wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        (metadata,) = (name for name in files if name.endswith(".dist-info/METADATA"))
        said = Metadata.from_email(archive.read(metadata), validate=False)
    browser = {"sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}
    browser |= {"python_version": python, "python_full_version": f"{python}.0"}
    needs = [
        canonicalize_name(one.name)
        for one in said.requires_dist or []
        if one.marker is None or one.marker.evaluate(browser)
    ]
    tops = {name.partition("/")[0].removesuffix(".py") for name in files if name.endswith(".py")}
    name = canonicalize_name(said.name)
    entry = {
        "name": name,
        "version": str(said.version),
        "file_name": wheel.name,
        "sha256": sha256(content).hexdigest(),
        "imports": sorted(tops),
        "depends": needs,
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }
    return {name: entry}


def _fetch_core(folder: Path) -> None:
    """Fetch Pyodide's core, of the version that the kernel is made for."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeMissing(
            "npm, which brings Pyodide, is not installed: install Node.js, or name a folder that "
            "holds Pyodide with --pyodide."
        )
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        command = [npm, "pack", "--silent", f"pyodide@{PYODIDE_VERSION}"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, check=False)
        packed = next(Path(scratch).glob("*.tgz"), None)
        if done.returncode or packed is None:
            raise RuntimeMissing(
                f"Pyodide {PYODIDE_VERSION} cannot be fetched by npm: see that the network is "
                "there, or name a folder that holds Pyodide with --pyodide."
            )
        with tarfile.open(packed) as archive:
            for name in CORE:
                source = archive.extractfile(f"package/{name}")
                assert source is not None
                with source, (folder / name).open("wb") as file:
                    shutil.copyfileobj(source, file)


def _take_core(given: Path, folder: Path) -> None:
    for name in CORE:
        if not _take(given, folder, name):
            raise RuntimeMissing(
                f"The folder {given} holds no Pyodide {PYODIDE_VERSION}: {name} is missing in it."
            )


def _take(given: Path, folder: Path, name: str) -> bool:
    """Copy a file that is not there yet from one folder into another, if the first one has it."""
    if not (given / name).is_file():
        return False
    if not (folder / name).exists():
        shutil.copyfile(given / name, folder / name)
    return True


def _fetch(wanted: Sequence[str], folder: Path, python: str) -> list[Path]:
    """Fetch packages of plain Python for the browser's version of it; return their wheels."""
    if not wanted:
        return []
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        options = ["--no-deps", "--only-binary=:all:", "--python-version", python]
        options += ["--platform", "any", "--dest", scratch]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *options, *wanted]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["pip says no more"]
            raise RuntimeMissing(f"Packages for the browser cannot be fetched: {said[-1]}")
        return [Path(shutil.copy(wheel, folder)) for wheel in sorted(Path(scratch).glob("*.whl"))]
