"""The results that travel with an assignment: computed once in each version, then kept.

Running the reference and all known mistakes takes seconds for each assignment. The bytes depend on
nothing but our own sources and what they run on, so a digest of these says whether those that are
kept are still the right ones.
"""

from __future__ import annotations

import platform
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder.authoring.tasks import load_assignment
from autograder.building import cache as kept
from autograder.building.chapters import ASSIGNMENTS, ROOT, SOLUTIONS, reference_of
from autograder.judging.frozen import freeze

LIBRARIES = ("numpy", "scikit-learn")
"""The libraries whose results, or data, go into the bytes."""
WINGS = ("building", "notebook", "judging", "sandbox", "authoring", "inside")
"""Those that may take part in making them."""


def expected_results(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of ``expected.bin`` for some assignments, by name and in order.

    What is not kept is computed, several at once, and kept.
    """
    found = {name: kept.read(name, key_of(name)) for name in names}
    computed = _computed([name for name, content in found.items() if content is None])
    for name, content in found.items():
        if content is None:
            content = next(computed)
            kept.write(name, key_of(name), content)
        yield name, content


def key_of(name: str) -> bytes:
    """Return a digest of all that an assignment's expected results depend on."""
    return digest_of((ASSIGNMENTS / name).glob("*.*")) + ground()


@cache
def ground() -> bytes:
    """Return a digest of what all assignments stand on.

    All of the reference, and of the engine this wing and those below it: which modules of them take
    part is not for us to guess, and those above cannot (``tests/test_arrows.py``).
    """
    engine = (path for wing in WINGS for path in (ROOT / "autograder" / wing).rglob("*.py"))
    sources = [ROOT / "handgrad.py", ROOT / "autograder" / "writing.py", *engine]
    sources += SOLUTIONS.rglob("*.py")
    below = [sys.version, platform.machine(), *map(version_of, LIBRARIES)]
    return digest_of(sources) + "\n".join(below).encode()


def version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def digest_of(paths: Iterable[Path]) -> bytes:
    whole = sha256()
    for path in sorted(paths):
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        whole.update(sha256(path.read_bytes()).digest())
    return whole.digest()


def _computed(names: list[str]) -> Iterator[bytes]:
    """Yield what is computed for some assignments, in their order: on all cores, if for several."""
    if len(names) < 2:
        yield from map(_compute, names)
        return
    # An interrupt is for this process alone, which then ends the others.
    quiet = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(initializer=signal.signal, initargs=quiet) as pool:
        yield from pool.map(_compute, names)


def _compute(name: str) -> bytes:
    return freeze(load_assignment(name, ASSIGNMENTS / name), partial(reference_of, name))
