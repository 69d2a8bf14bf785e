"""Who and what a person's path needs: a JupyterLab, and somebody at a browser."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from commands import plain_environment
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "browser"
SETTINGS = {
    # All cells are in the page, so that they can be found; and no question about news.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class Lab:
    """A JupyterLab that runs in a class, and the address of its pages."""

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.settings = folder.parent / "settings"
        self.set(SETTINGS)
        home = folder.parent / "home"
        self.log = (folder.parent / "lab.log").open("w+")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"),
                *("--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={self.token}"),
            ],
            cwd=folder,
            env=plain_environment(home) | {"JUPYTERLAB_SETTINGS_DIR": str(self.settings)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def set(self, settings: dict[str, dict[str, Any]]) -> None:
        """Write JupyterLab's settings; they hold from the next loading of a page."""
        for name, values in settings.items():
            path = self.settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.address("api"), timeout=1)
            except OSError:
                time.sleep(0.2)
            else:
                return
        self.log.seek(0)
        pytest.fail(f"JupyterLab did not start:\n{self.log.read()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


@contextmanager
def running(folder: Path) -> Iterator[Lab]:
    """Start JupyterLab in a folder; it ends with the block."""
    lab = Lab(folder)
    try:
        lab.wait()
        yield lab
    finally:
        lab.stop()


class Person:
    """Somebody at a browser: looks, clicks, types, and keeps a picture of each step."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.pictures = 0

    def see(self, what: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait until something is there, and return it."""
        name = getattr(what, "__doc__", None) or "what was to be seen"
        return WebDriverWait(self.driver, seconds, ignored_exceptions=[Exception]).until(
            lambda _: what(), f"{name} did not come"
        )

    def find(self, selector: str, text: str = "", seconds: float = 30) -> Any:
        """Wait for an element that is shown and holds a text, and return it."""

        def found() -> Any:
            elements = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return next((e for e in elements if text in e.text and e.is_displayed()), None)

        found.__doc__ = f"{selector!r} with the text {text!r}"
        return self.see(found, seconds)

    def click(self, element: Any) -> None:
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, *keys: str) -> None:
        """Press keys together, wherever the cursor is."""
        actions = webdriver.ActionChains(self.driver)
        for key in keys[:-1]:
            actions.key_down(key)
        actions.send_keys(keys[-1])
        for key in keys[:-1]:
            actions.key_up(key)
        actions.perform()

    def type(self, source: str) -> None:
        """Type lines of code into the cell that has the cursor, in place of what is there."""
        self.press(Keys.CONTROL, "a")
        self.press(Keys.DELETE)
        for number, line in enumerate(source.strip().splitlines()):
            if number:
                self.press(Keys.ENTER)
                self.press(Keys.SHIFT, Keys.HOME)  # what the editor indented by itself
            webdriver.ActionChains(self.driver).send_keys(line or Keys.DELETE).perform()

    def keep(self, name: str) -> None:
        """Keep a picture of the page."""
        self.pictures += 1
        self.driver.save_screenshot(str(ARTEFACTS / f"{self.pictures:02}-{name}.png"))

    def complaints(self) -> list[str]:
        """Return the errors on the console since the last call.

        nbgrader's pages load MathJax from the net, which may be out of reach here.
        """
        entries = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [entry["message"] for entry in entries if "mathjax" not in entry["message"].lower()]
