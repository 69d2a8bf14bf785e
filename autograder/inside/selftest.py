"""What a child serves when the sandbox itself is tested: it tries what it is told to try.

Each line of the channel holds Python source as a JSON string. The answer is a line, too, with the
source's ``result`` or the exception it raised.
"""

from __future__ import annotations

import json
import socket
from typing import Any


def serve(channel: socket.socket, shell: object, line: object) -> None:
    """Answer until the other end closes."""
    with channel.makefile("rwb") as lines:
        for line in lines:
            lines.write(json.dumps(attempt(json.loads(line))).encode() + b"\n")
            lines.flush()


def attempt(source: str) -> dict[str, Any]:
    """Run `source`, and say what came of it."""
    names: dict[str, Any] = {}
    try:
        exec(source, names)
    except Exception as error:
        number = getattr(error, "errno", None)
        return {"error": type(error).__name__, "errno": number, "message": str(error)}
    return {"error": None, "result": names.get("result")}
