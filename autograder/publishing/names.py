"""Names of the reference in the text of a page: the first mention of each leads to its entry."""

from __future__ import annotations

import re

from autograder.publishing.reference import all_entries

MENTION = re.compile(
    r"^```.*?^```|^#.*?$|(?<!^)\|.*?$|\$\$.*?\$\$|!?\[[^\]]*\]\([^)]*\)|<summary\b.*?</summary>"
    r"|(?<![`}])`(?P<name>(?:\w+\.)*\w+)`(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""What stays as it is, or a name in code: ``name``. In a table only the first column is ours."""


class NameLinker:
    """Links the first mention of each public name on a page to its entry in the reference."""

    def __init__(self) -> None:
        self.roles: dict[str, str] = {}
        for entry in all_entries():
            self.roles[entry.name] = entry.link(entry.name)
            for method in entry.methods:
                spoken = f"{entry.name.lower()}.{method}"  # of any network: ``network.freeze``
                for shown in (spoken, f"{entry.name}.{method}"):
                    self.roles[shown] = entry.link(shown, method)

    def linked(self, text: str) -> str:
        """Return a text with links; what it has linked once, it leaves in the next one."""
        return MENTION.sub(lambda found: self.roles.pop(found["name"], found[0]), text)
