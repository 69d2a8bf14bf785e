"""With the outer layer alone no grade, secret, host file, network or other submission is reached.

So neither layer is the only one: here bubblewrap stands without Landlock and seccomp.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from attacking import FULL, Arena, Attack, body, opened, parameters, points
from test_attack_escaping import FILES, NETWORK
from test_attack_forging import ATTACKS as FORGING
from test_attack_reading import IN_THE_OPEN

from autograder.inside.control import Message
from autograder.sandbox import SandboxFailed, Zygote
from autograder.sandbox.terms import OUTER


class OuterAlone(Zygote):
    """A zygote in bubblewrap whose children put up no walls of their own."""

    def _start(self, descriptor: int) -> Message:
        return {**super()._start(descriptor), "confine": False}


@pytest.fixture(scope="module")
def outer(classroom: tuple[Any, Any]) -> Iterator[Arena]:
    """The class with the outer layer alone; where there is none the test is skipped."""
    if shutil.which("bwrap") is None:
        pytest.skip("no bubblewrap here")
    yield from opened(classroom, OUTER, OuterAlone)


@pytest.fixture(scope="module", autouse=True)
def _unharmed(outer: Arena) -> Iterator[None]:
    yield
    outer.assert_unharmed()


# The routes are those of an empty network of its own. The sockets of the hypervisor have no
# namespaces: seccomp alone closes them.
NOT_ITS_OWN = {"the routing table", "the hypervisor"}


@parameters([one for one in (*IN_THE_OPEN, *FORGING) if not one.hole])
def test_no_grade_and_no_secret_is_reached(outer: Arena, attack: Attack) -> None:
    outer.assert_defeated(attack, outer.grade(attack))


@parameters([one for one in (*NETWORK, *FILES) if one.name not in NOT_ITS_OWN])
def test_no_network_and_no_file_is_reached(outer: Arena, attack: Attack) -> None:
    outer.assert_defeated(attack, outer.grade(attack))


def test_the_zygote_may_be_ended_but_no_grade_comes_of_it(outer: Arena) -> None:
    attack = body("kill all", "import os\nos.kill(-1, 9)\nreturn 1.0", "")
    try:
        report = outer.grade(attack)
        assert points(report)["relative_error"] == 0.0
    except SandboxFailed:
        outer.zygote.close()
        outer.start()
    assert points(outer.grade(Attack("honest", {}, ""))) == FULL


LINGER = """
import os, time
if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 20
    older = {pid for pid in range(400) if os.path.exists(f"/proc/{pid}") or pid <= os.getpid()}
    while time.monotonic() < end:
        time.sleep(0.02)
        for pid in set(range(400)) - older:
            try: os.kill(pid, 9)
            except OSError: pass
    os._exit(0)
return 1.0
"""


def test_no_process_lives_on_to_harm_the_next_one(outer: Arena) -> None:
    """A child can fork here where root cannot change to another user: NPROC does not hold."""
    outer.grade(body("linger", LINGER, ""))
    assert points(outer.grade(Attack("honest", {}, ""))) == FULL
    outer.assert_sealed(outer.grade(body("linger", LINGER, "")))
