"""Pictures in base64, as notebooks hold them: which are taken for what they say they are."""

from __future__ import annotations

import base64
import binascii

LARGEST = 4 << 20
"""Characters of base64."""
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The bytes with which each kind begins."""


def is_picture(data: str, start: bytes) -> bool:
    """Return whether base64 text is a picture that begins with these bytes."""
    if len(data) > LARGEST:
        return False
    try:
        return base64.b64decode(data, validate=True).startswith(start)
    except (binascii.Error, ValueError):
        return False
