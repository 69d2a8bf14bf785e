"""The pages of the reference: numpydoc's, with who teaches a name, who asks for it, its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from textwrap import indent

from autograder.building.chapters import assignment_names, topic_of
from autograder.building.pages import headings_of, path_of_assignment
from autograder.publishing.anchors import html_of, place_of
from autograder.publishing.chapters import title_of
from autograder.publishing.docstrings import without_bars
from autograder.publishing.page_sources import split_heading
from autograder.publishing.reference import (
    README,
    SPAN,
    Entry,
    Module,
    all_entries,
    all_modules,
    packages,
    says_of,
)

FOLDER = "reference"
BESIDE = "What every chapter stands on"
DIRECTIVES = {"class": "autoclass", "function": "autofunction", "data": "py:data"}


def reference_pages() -> dict[str, str]:
    """Return the pages of the reference, by where they lie: an overview, packages, modules."""
    pages = {f"{FOLDER}/index.md": overview()}
    for package, modules in groupby(all_modules(), key=_package):
        if package:
            pages[f"{FOLDER}/{package.partition('.')[2]}/index.rst"] = _of_package(
                package, list(modules)
            )
    for module in all_modules():
        pages[f"{module.path}.rst"] = _of_module(module)
    return pages


def reference_previews() -> dict[str, str]:
    """Return the HTML that a link to an entry shows, by the address that it leads to."""
    return {
        f"{module.path}.html#{entry.full}": f"<p><code>{entry.name}</code></p>"
        f"<p>{escape(entry.first_sentence.replace('``', ''))}</p>"
        for module in all_modules()
        for entry in module.entries
    }


def overview() -> str:
    """Return the reference's README, in which each name leads to its entry."""
    by_path = {entry.full.partition(".")[2]: entry for entry in all_entries()}

    def linked(found: re.Match[str]) -> str:
        owner, _, method = found[1].rpartition(".")
        if found[1] in by_path:
            return by_path[found[1]].link(found[1])
        if owner in by_path:
            return by_path[owner].link(found[1], method)
        return found[0]

    text = "".join(
        part if part.startswith("```") else SPAN.sub(linked, part)
        for part in re.split(r"(^```.*?^```$)", README.read_text("utf-8"), flags=re.M | re.S)
    )
    inner = [f"{_named(one)} <{one.partition('.')[2]}/index>" for one in packages()]
    beside = [module.path.partition("/")[2] for module in all_modules() if not _package(module)]
    return "\n".join([text, "", *_tree(inner), *_tree(beside, f":caption: {BESIDE}")])


def _package(module: Module) -> str:
    package = module.name.rpartition(".")[0]
    return package if package in packages() else ""


def _tree(listed: list[str], *options: str) -> list[str]:
    return ["```{toctree}", ":hidden:", *options, "", *listed, "```", ""]


def _of_package(package: str, modules: list[Module]) -> str:
    lines = [*_title(f"{_named(package)}: the reference", "="), "", says_of(package), ""]
    for module in modules:
        lines += [*_title(module.title, "-"), ""]
        for entry in module.entries:
            said = f": {without_bars(entry.first_sentence)}" if entry.says else ""
            lines.append(f"- :py:obj:`{entry.name} <{entry.full}>`{said}")
        lines.append("")
    listed = [module.path.rpartition("/")[2] for module in modules]
    return "\n".join([*lines, ".. toctree::", "   :hidden:", "", *(f"   {one}" for one in listed)])


def _named(package: str) -> str:
    """Return a package's title, that of its chapter if it is one."""
    topic = package.rpartition(".")[2]
    chapters = {topic_of(chapter): title_of(chapter) for chapter in assignment_names()}
    return chapters.get(topic, topic.capitalize())


def _of_module(module: Module) -> str:
    lines = [*_title(module.title, "="), "", without_bars(module.says), ""]
    for package, entries in groupby(module.entries, key=lambda entry: entry.package):
        names = ", ".join(entry.name for entry in entries)
        lines += ["::", "", f"   from {package} import {names}", ""]
    for entry in module.entries:
        lines += _of_entry(entry)
    return "\n".join(lines)


def _title(text: str, line: str) -> list[str]:
    return [text, line * len(text)]


def _of_entry(entry: Entry) -> Iterator[str]:
    yield f".. {DIRECTIVES[entry.kind]}:: {entry.full}"
    if entry.kind == "class":
        yield "   :members:\n   :special-members: __call__"
        if entry.bases and {*entry.bases} <= {other.name for other in all_entries()}:
            yield "   :show-inheritance:"
    yield ""
    if entry.kind == "data":
        yield indent(without_bars(entry.says), "   ") + "\n"
    if said := _origin(entry):
        yield f"   .. container:: origin\n\n      {said}\n"
    if entry.kind != "data":
        yield _raw(f'<details class="source"><summary>{_summary(entry)}</summary>')
        yield ".. code-block:: python\n"
        yield indent(entry.source, "   ") + "\n"
        yield _raw("</details>")


def _origin(entry: Entry) -> str:
    """Return where an entry is taught and which task asks for it, with links."""
    said = []
    if page := entry.taught_on:
        how = "Taught" if entry.task else "First seen"
        said.append(f"{how} on :doc:`page {page.number} </{page.path.removesuffix('.ipynb')}>`.")
    if entry.task:
        assignment, task = entry.task
        heading = headings_of(assignment)[task.name]
        up = "../" * entry.module.count(".")
        where = f"{up}{html_of(path_of_assignment(assignment))}#{place_of(heading)}"
        title = split_heading(heading)[0].replace("`", "")
        said.append(f"A task asks for it: `{title} <{where}>`__, {task.points:g} points.")
    return " ".join(said)


def _summary(entry: Entry) -> str:
    if entry.task:
        return "Source: the answer of the task, to be read after an honest try"
    return "Source"


def _raw(html: str) -> str:
    return f".. raw:: html\n\n   {html}\n"
