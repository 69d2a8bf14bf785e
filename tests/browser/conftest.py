"""One browser for all that is done in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")
from chromium import chromium
from people import ARTEFACTS, Person


@pytest.fixture(scope="session")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        shutil.rmtree(ARTEFACTS, ignore_errors=True)
        ARTEFACTS.mkdir(parents=True)
        try:
            yield Person(driver)
        except BaseException:
            driver.save_screenshot(str(ARTEFACTS / "failed.png"))
            raise
