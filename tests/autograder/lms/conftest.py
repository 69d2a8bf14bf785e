"""What the tests of the way to a learning platform share: a class without work in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from instructor import gradebook

from autograder.classes.class_directory import CONFIG, CONFIG_TEXT, ClassDirectory


@pytest.fixture(scope="session")
def empty_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that has an empty gradebook and nothing else."""
    folder = tmp_path_factory.mktemp("empty") / "course"
    folder.mkdir()
    (folder / CONFIG).write_text(CONFIG_TEXT.format(course_id="course"))
    ClassDirectory(folder)  # nbgrader then finds its programs
    with gradebook(folder):
        return folder


@pytest.fixture
def course(tmp_path: Path, empty_course: Path) -> Path:
    """An empty class for one test."""
    return Path(shutil.copytree(empty_course, tmp_path / "course"))
