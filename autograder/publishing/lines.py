"""Where lines may end: within a long name behind a part, and not between a formula and a mark."""

from __future__ import annotations

import re
from typing import Any

NAME = re.compile(r'(?<=<span class="pre">)[^<]{16,}(?=</span>)')
PART = re.compile(r"(?<=\w)(::|[_/.,=(-])(?=\w)")
FORMULA = re.compile(r'\(?<math [^>]*display="inline">(?:(?!</math>).)*</math>[.,;:!?)\]]+')


def break_lines(_app: Any, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Tell browsers, in the text of a page, where its lines may end."""
    if body := context.get("body"):
        context["body"] = broken(body)


def broken(body: str) -> str:
    """Return a text as HTML that says where its lines may end."""
    named = NAME.sub(lambda found: PART.sub(r"\1<wbr>", found[0]), body)
    return FORMULA.sub(r'<span class="kept">\g<0></span>', named)
