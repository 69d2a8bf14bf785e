"""What the tests of the site look at, and who looks."""

from __future__ import annotations

import http.server
from dataclasses import dataclass
from typing import Any

from claims import held_claims

from autograder.building.pages import Page
from autograder.publishing.claims import Claim

SHOWN = Page("03_backpropagation", "4_layers")
"""The page that is run, and looked at."""
CLAIMS = [Claim(one.page, one.text, one.file, one.function) for one in held_claims()]


@dataclass
class Visitor:
    """A browser at the site."""

    driver: Any
    root: str

    def open(self, page: str, theme: str = "light", width: int = 1300) -> None:
        """Open a page of the site, in a theme and a width."""
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(self.root + page)
        if self.driver.execute_script("return localStorage.theme") != theme:
            script = "localStorage.mode = localStorage.theme = arguments[0]"
            self.driver.execute_script(script, theme)
            self.driver.refresh()


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_: Any) -> None: ...
