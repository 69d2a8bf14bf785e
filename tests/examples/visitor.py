"""Somebody at a JupyterHub, who does by HTTP what a browser does."""

from __future__ import annotations

import json
import re
import time
import uuid
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import quote

import requests
import websocket

PATIENCE = 180


class Visitor:
    """A user who has logged in, and whose server has started.

    Parameters
    ----------
    hub : str
        The address of the hub, such as ``http://127.0.0.1:8000``.
    name, password : str
        Whose account it is.
    """

    def __init__(self, hub: str, name: str, password: str) -> None:
        self.hub, self.name = hub, name
        self.base = f"/user/{name}/"
        self.session = requests.Session()
        self._log_in(password)
        self._start_server()

    def _log_in(self, password: str) -> None:
        page = self.session.get(f"{self.hub}/hub/login", timeout=PATIENCE)
        form = {"username": self.name, "password": password, "_xsrf": self._cookie("/hub/").value}
        page = self.session.post(f"{self.hub}/hub/login", data=form, timeout=PATIENCE)
        assert page.ok, f"{self.name} was not let in: {page.status_code}"
        assert "/hub/login" not in page.url, f"{self.name} was not let in"

    def _start_server(self) -> None:
        self.session.get(f"{self.hub}/hub/spawn/{self.name}", timeout=PATIENCE)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            page = self.session.get(f"{self.hub}{self.base}lab", timeout=PATIENCE)
            if page.ok and self.base in page.url:
                return
            time.sleep(0.3)
        raise AssertionError(f"the server of {self.name} did not start: {page.text[-500:]}")

    def _cookie(self, path: str) -> Cookie:
        """Return the cookie by which a page knows that a form is its own."""
        return next(one for one in self.session.cookies if (one.name, one.path) == ("_xsrf", path))

    def ask(self, method: str, path: str, **content: Any) -> Any:
        """Return what the user's server answers, read as JSON."""
        answer = self.session.request(
            method,
            f"{self.hub}{self.base}{quote(path)}",
            headers={"X-XSRFToken": self._cookie(self.base).value or ""},
            timeout=PATIENCE,
            **content,
        )
        assert answer.ok, f"{method} {path} for {self.name}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def visit(self, path: str) -> requests.Response:
        """Return a page of the hub, wherever its address leads."""
        return self.session.get(f"{self.hub}{path}", timeout=PATIENCE)

    def read(self, path: str, kind: str = "file") -> Any:
        """Return what a file of the user's home holds."""
        return self.ask("GET", f"api/contents/{path}", params={"type": kind})["content"]

    def write(self, path: str, content: Any, kind: str = "file") -> None:
        """Save a file in the user's home."""
        body = {"type": kind, "format": "json" if kind == "notebook" else "text"}
        self.ask("PUT", f"api/contents/{path}", json={**body, "content": content})

    def listed(self, folder: str) -> list[str]:
        """Return the names in a folder of the user's home."""
        return sorted(entry["name"] for entry in self.read(folder, "directory"))

    def assignments(self, action: str = "", **which: str) -> list[dict[str, Any]]:
        """Press a button of the panel Assignments, or open it; return what it lists then."""
        if action:
            answer = self.ask("POST", f"assignments/{action}", json=which)
        else:
            answer = self.ask("GET", "assignments", params=which)
        assert answer["success"], answer["value"]
        listed: list[dict[str, Any]] = answer["value"]
        return listed

    def terminal(self, script: str) -> tuple[int, str]:
        """Run some lines in a terminal of the user's; return how they ended and what they said."""
        self.write("lines.sh", script)
        name = self.ask("POST", "api/terminals")["name"]
        line = self._line(f"terminals/websocket/{name}")
        line.send(json.dumps(["set_size", 50, 400]))
        line.send(json.dumps(["stdin", "bash -e lines.sh; echo ended-with:$?:\r"]))
        said = ""
        while not (end := re.search(r"ended-with:(\d+):", said)):
            kind, *rest = json.loads(line.recv())
            said += rest[0] if kind == "stdout" else ""
        line.close()
        self.ask("DELETE", f"api/terminals/{name}")
        return int(end[1]), said

    def run(self, notebook: str, cells: list[str]) -> list[list[dict[str, Any]]]:
        """Run some cells as those of a notebook; return the outputs of each."""
        kernel = {"name": "python3"}
        body = {"path": notebook, "name": notebook, "type": "notebook", "kernel": kernel}
        session = self.ask("POST", "api/sessions", json=body)
        line = self._line(f"api/kernels/{session['kernel']['id']}/channels")
        outputs = [self._run(line, source) for source in cells]
        line.close()
        self.ask("DELETE", f"api/sessions/{session['id']}")
        return outputs

    def _run(self, line: websocket.WebSocket, source: str) -> list[dict[str, Any]]:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "visitor"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
        line.send(json.dumps({**message, "content": {"code": source, "silent": False}}))
        outputs = []
        while True:
            answer = json.loads(line.recv())
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return outputs
            if answer["channel"] == "iopub" and answer["msg_type"] != "status":
                outputs.append(answer["content"])

    def _line(self, path: str) -> websocket.WebSocket:
        """Open a websocket to the user's server."""
        address = f"{self.hub}{self.base}{path}"
        request = requests.Request("GET", address)
        cookies = self.session.prepare_request(request).headers["Cookie"]
        return websocket.create_connection(
            address.replace("http", "ws", 1), cookie=cookies, origin=self.hub, timeout=PATIENCE
        )
