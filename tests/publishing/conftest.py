"""One site for all tests that look at it: whole, with the figures of one page."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import chromium
from sharing import cache_home

pytest.importorskip("myst_nb", reason="what builds the site is not installed")

from visitors import CLAIMS, SHOWN, Silent, Visitor

from autograder.publishing.site import build_site


@pytest.fixture(scope="session")
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder in which the site was built."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache_home(request.config, tmp_path_factory)))
        build_site(folder, claims=CLAIMS, choose=lambda due: [p for p in due if p == SHOWN])
        yield folder


@pytest.fixture(scope="session")
def site(folder: Path) -> Path:
    """The site."""
    return folder / "html"


@pytest.fixture(scope="session")
def visitor(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody who reads the site."""
    handler = functools.partial(Silent, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with chromium(tmp_path_factory.mktemp("profile"), "performance") as driver:
            driver.set_script_timeout(180)
            yield Visitor(driver, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
