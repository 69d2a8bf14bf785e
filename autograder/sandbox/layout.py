"""Where the interpreter and the packages lie that a sandboxed process needs, and no others."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..inside.places import SITE

PRELOAD = (
    "numpy.fft",
    "numpy.linalg",
    "numpy.polynomial",
    "numpy.random",
    "IPython",
    "fontTools",  # which Matplotlib imports when it first writes a PDF
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "tqdm.auto",
)
"""What a notebook's child finds imported, where it is installed. NumPy loads its parts lazily."""

INSIDE = Path(__file__).parents[1] / "inside"

# Between systemd's ranges of user ids, where nobody makes accounts. Graders at work at the same
# time take different ones.
FIRST_USER, USERS = 60706, 400

# One thread: results can be repeated, graders on other cores are not in the way, forking is safe.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}


@dataclass(frozen=True)
class Layout:
    """The files of an interpreter.

    Attributes
    ----------
    executable : Path
        The interpreter itself, not a virtual environment's link to it.
    library : Path
        The folder of the standard library's folder, which may hold ``libpython``, too.
    modules : tuple of str
        The modules to preload that are installed.
    packages : tuple of Path
        Top-level folders and files of their distributions and of all that these require.
    """

    executable: Path
    library: Path
    modules: tuple[str, ...]
    packages: tuple[Path, ...]

    @property
    def package_folders(self) -> list[str]:
        """Return the folders to import the packages from."""
        return list(dict.fromkeys(str(path.parent) for path in self.packages))

    @property
    def environment(self) -> dict[str, str]:
        """Return the whole environment of a sandboxed process."""
        if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
            return ENVIRONMENT
        # The loader's cache lies in /etc, which the sandbox does not have.
        return {**ENVIRONMENT, "LD_LIBRARY_PATH": str(self.library)}


def find(preload: Sequence[str] = PRELOAD) -> Layout:
    """Find the running interpreter, and the packages to preload.

    Parameters
    ----------
    preload : sequence of str
        Names of modules. Those not installed are left out.
    """
    installed = [name for name in preload if importlib.util.find_spec(name.partition(".")[0])]
    return Layout(
        executable=Path(getattr(sys, "_base_executable", sys.executable)).resolve(),
        library=Path(sysconfig.get_path("stdlib")).parent,
        modules=tuple(installed),
        packages=tuple(dict.fromkeys(_packages(installed))),
    )


def _packages(modules: Iterable[str]) -> Iterator[Path]:
    """Yield what the modules' distributions and their requirements have put at the top level."""
    names = [module.partition(".")[0] for module in modules]
    for distribution in _with_requirements(names):
        # Only an old, or a system's, installation has no list of files: guess by the name.
        record = distribution.read_text("RECORD") or distribution.name.lower().replace("-", "_")
        for top in sorted({re.split("[/,]", line)[0] for line in record.splitlines()}):
            path = Path(str(distribution.locate_file(top)))
            if top not in ("", "..", "__pycache__") and path.suffix != ".pth" and path.exists():
                yield path


def _with_requirements(names: list[str]) -> list[importlib.metadata.Distribution]:
    found: dict[str, importlib.metadata.Distribution] = {}
    for name in (wanted := list(names)):  # which grows on the way
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        with suppress(importlib.metadata.PackageNotFoundError):
            found[key] = importlib.metadata.distribution(name)
            needs = [need for need in found[key].requires or () if "extra ==" not in need]
            wanted += [need for text in needs for need in re.findall(r"^[\w.-]+", text)]
    return list(found.values())


def masked(layout: Layout) -> list[Path]:
    """Return the folders of installed packages that lie within the libraries' folders."""
    libraries = {layout.library, *(Path(root).resolve() for root in ("/usr/lib", "/usr/lib64"))}
    return [path for root in libraries for site in SITE for path in root.glob(f"python*/{site}")]


def unprivileged_user(layout: Layout, readable: Path | None) -> int | None:
    """Return a user id for root to change to, if all that is needed stays readable to it.

    None means: stay who you are. An interpreter in root's home, say, can only be root's.
    """
    if sys.platform != "linux" or os.getuid() != 0:
        return None
    user = FIRST_USER + os.getpid() % USERS
    maps = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    mapped = any(int(first) <= user < int(first) + int(count) for first, _, count in maps)
    needed = [layout.executable, layout.library, INSIDE, *layout.packages]
    whole = [path for folder in (INSIDE, readable) if folder for path in folder.rglob("*")]
    if readable is not None:
        needed.append(readable)
    return user if mapped and all(map(open_to_all, [*needed, *whole])) else None


def open_to_all(path: Path) -> bool:
    """Return whether any user can read a file, or look into a folder."""
    path = path.resolve()
    needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    if path.exists() and path.stat().st_mode & needed != needed:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def font_cache(layout: Layout) -> Path | None:
    """Return a folder with matplotlib's list of its own fonts, made on first use.

    A zygote could make the list itself, each time anew, and would find the system's fonts, which
    its children cannot read. Returns None without matplotlib, or where nothing can be kept.
    """
    if not any(name.startswith("matplotlib.") for name in layout.modules):
        return None
    version = importlib.metadata.version("matplotlib")
    # An unprivileged user that root changes to could not look into root's home.
    own = Path("/var/cache") if os.getuid() == 0 else Path.home() / ".cache"
    home = Path(os.environ.get("XDG_CACHE_HOME") or own)
    folder = home / "handgrad" / f"matplotlib-{version}"
    if not any(folder.glob("fontlist-*.json")):
        with suppress(OSError, subprocess.SubprocessError):
            _list_fonts(folder, layout.environment)
    return folder if folder.is_dir() else None


LIST_FONTS = """
import sys
from pathlib import Path
from matplotlib import font_manager, get_data_path
fonts = font_manager.fontManager
fonts.ttflist = [font for font in fonts.ttflist if font.fname.startswith(get_data_path())]
fonts.afmlist = [font for font in fonts.afmlist if font.fname.startswith(get_data_path())]
font_manager.json_dump(fonts, Path(sys.argv[1]) / f"fontlist-v{fonts.__version__}.json")
"""


def _list_fonts(folder: Path, environment: dict[str, str]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        environment = {**environment, "MPLBACKEND": "agg", "MPLCONFIGDIR": scratch}
        made = Path(scratch) / "list"
        made.mkdir(mode=0o755)
        command = [sys.executable, "-c", LIST_FONTS, str(made)]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
        with suppress(OSError):  # another grader was faster
            made.rename(folder)
