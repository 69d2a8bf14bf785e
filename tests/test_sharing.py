"""Tests that share what is slow to set up are run by one process, and no piece is too large."""

import pytest
from sharing import cache_home, piece_of, place_of


@pytest.mark.parametrize(
    ("test", "piece"),
    [
        (
            "tests/assignments/test_02_losses.py::TestLosses::test_slip_is_named[mse-summed]",
            "tests/assignments/test_02_losses.py mse",
        ),
        (
            "tests/assignments/test_02_losses.py::TestLosses::test_blanks_are_short",
            "tests/assignments/test_02_losses.py",
        ),
        (
            "tests/course/01_perceptrons/test_3_learning.py::test_it_learns[seed 2-0.1]",
            "01_perceptrons/3_learning seed 2",
        ),
        (
            "tests/course/test_every_page.py::test_figures[seed 2-01_perceptrons/3_learning]",
            "01_perceptrons/3_learning seed 2",
        ),
        (
            "tests/course/test_every_page.py::test_parts[01_perceptrons/3_learning]",
            "tests/course/test_every_page.py",
        ),
        (
            "tests/attacks/test_attack_dying.py::test_an_end[level3-exit]",
            "level3",
        ),
        (
            "tests/autograder/faults/test_faults_killed.py::test_killed[3]",
            "tests/autograder/faults/test_faults_killed.py::test_killed[3]",
        ),
        ("tests/solutions/test_pooling.py::test_a[1]", "tests/solutions/test_pooling.py"),
        ("tests/test_arrows.py::test_a", "tests/test_arrows.py"),
    ],
)
def test_a_piece_is_what_shares_a_setup(test, piece):
    assert piece_of(test) == piece


@pytest.mark.parametrize(
    ("test", "place"),
    [
        ("tests/autograder/faults/test_faults_killed.py::test_killed[3]", 0),
        ("tests/examples/test_hub.py::test_a[trial]", 1),
        ("tests/autograder/test_nbgrader.py::test_a", 2),
        ("tests/attacks/test_attack_dying.py::test_a[level2-x]", 4),
        ("tests/assignments/test_09_project.py::TestProject::test_a", 5),
        ("tests/assignments/test_01_perceptrons.py::TestPerceptrons::test_a", 6),
        ("tests/solutions/test_pooling.py::test_a[1/2]", 7),
        ("tests/test_arrows.py::test_a", 7),
    ],
)
def test_what_takes_long_comes_first(test, place):
    assert place_of(test) == place


def test_processes_keep_what_they_compute_in_one_folder(request, tmp_path_factory):
    if not hasattr(request.config, "cache"):
        pytest.skip("pytest itself keeps nothing here")
    homes = [cache_home(request.config, tmp_path_factory) for _ in range(2)]
    one, other = ((home / "handgrad" / "kept").resolve() for home in homes)
    assert homes[0] != homes[1]
    assert one == other
    assert one.stat().st_mode & 0o077 == 0, "others may not write there: the product asks for that"
