"""Whether every link of the built site leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urldefrag, urlsplit

# Sphinx writes attributes in double quotes, and so do we.
ID = re.compile(r'\s(?:id|name)="([^"]+)"')
LINK = re.compile(r'<a\s[^>]*?\bhref="([^"]*)"')
LOADED = re.compile(r'<(?:img|script|iframe|source|embed|link)\s[^>]*?\b(?:src|href)="([^"]*)"')
OURS = "_static"
"""The folder of what the theme brings, in which there are templates, too."""


class Checked:
    """A built site, and what is wrong with its links."""

    def __init__(self, site: Path) -> None:
        paths = (path for path in site.rglob("*") if path.is_file())
        self.files = {path.relative_to(site).as_posix() for path in paths}
        self.pages = {
            name: (site / name).read_text("utf-8")
            for name in sorted(self.files)
            if name.endswith(".html") and not name.startswith(OURS)
        }
        self.names = {
            page: set(map(unescape, ID.findall(text))) for page, text in self.pages.items()
        }

    def faults(self) -> Iterator[str]:
        """Yield a sentence for each link that leads nowhere, and each request to elsewhere."""
        for page, text in self.pages.items():
            for address in dict.fromkeys(map(unescape, LINK.findall(text))):
                if not _is_elsewhere(address) and not self.has(address, page):
                    yield f"{page} has a link to {address}, which is not there."
            for address in dict.fromkeys(map(unescape, LOADED.findall(text))):
                if _is_elsewhere(address):
                    yield f"{page} loads {address} from elsewhere."
                elif not self.has(address, page):
                    yield f"{page} loads {address}, which is not there."

    def has(self, address: str, page: str = "index.html") -> bool:
        """Return whether an address on a page leads somewhere."""
        where, name = urldefrag(address)
        plain = unquote(where.partition("?")[0])
        to = normpath(join(dirname(page), plain)) if plain else page
        if to not in self.files:
            return False
        return not name or to not in self.names or unquote(name) in self.names[to]


def dead_links(site: Path, led: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each link that leads nowhere, and for each request to elsewhere.

    Parameters
    ----------
    site : Path
        The site's folder.
    led : iterable of str
        Addresses to which something leads that is no link, from the first page.
    """
    checked = Checked(site)
    missing = [address for address in led if not checked.has(address)]
    return [*checked.faults(), *(f"A preview is of {one}, which is not there." for one in missing)]


def _is_elsewhere(address: str) -> bool:
    return bool(urlsplit(address).scheme) or address.startswith("//")
