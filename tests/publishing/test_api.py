"""The reference on the site: each public name, who teaches it, who asks for it, its source."""

from __future__ import annotations

import importlib
import inspect
import re
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("numpydoc", reason="what builds the site is not installed")

import solutions
from autograder.building.assignments import load
from autograder.building.chapters import assignment_names, topic_of
from autograder.building.pages import Page, all_pages
from autograder.publishing.anchors import html_of
from autograder.publishing.docstrings import without_bars
from autograder.publishing.names import NameLinker
from autograder.publishing.reference import README, Entry, Module, all_entries, all_modules
from autograder.publishing.reference_pages import reference_pages

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated. Check CHANGES for Sphinx")
BY_NAME = {entry.name: entry for entry in all_entries()}
PATHS = {entry.full: module.path for module in all_modules() for entry in module.entries}
PACKAGES = [f"solutions.{name}" for name in (*solutions.CHAPTERS, "data")]
LAYERS = "reference/backpropagation/layers.html"


def html(site: Path, page: str) -> str:
    return (site / page).read_text("utf-8")


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


def entry_html(site: Path, entry: Entry) -> str:
    """Return what the site says of a name: up to the next one, its source included."""
    rest = html(site, f"{PATHS[entry.full]}.html").partition(f'id="{entry.full}"')[2]
    assert rest, f"{entry.full} has no place on {PATHS[entry.full]}"
    return re.split(rf'id="{re.escape(entry.package)}\.[A-Za-z]\w*"', rest)[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_all_that_a_package_offers_is_there_once(package: str, site: Path) -> None:
    offered = set(importlib.import_module(package).__all__)
    listed = [entry.name for entry in all_entries() if entry.package == package]
    assert sorted(listed) == sorted(offered)
    for name in offered:
        page = html(site, f"{PATHS[f'{package}.{name}']}.html")
        assert page.count(f'id="{package}.{name}"') == 1, name


def test_all_that_the_readme_names_leads_to_an_entry() -> None:
    tables = re.findall(r"^\|.*\|$", README.read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"`(\w+\.[\w.]+)`", "\n".join(tables)))
    assert len(named) > 150
    overview = reference_pages()["reference/index.md"]
    unlinked = {name for name in named if f"{{py:obj}}`{name} <solutions.{name}>`" not in overview}
    assert not unlinked, "a name is not offered, or is imported from elsewhere"


@pytest.mark.parametrize("module", all_modules(), ids=lambda module: module.name)
def test_the_source_is_the_one_that_runs(module: Module) -> None:
    for entry in module.entries:
        if entry.kind != "data":
            thing = getattr(importlib.import_module(entry.package), entry.name)
            assert entry.source == inspect.getsource(thing).rstrip(), entry.name


def test_every_task_is_named_by_what_it_asks_for(site: Path) -> None:
    for assignment in assignment_names():
        for task in load(assignment).tasks:
            for name in task.needs:
                entry = BY_NAME[name]
                assert entry.task is not None, f"no task asks for {name}"
                assert entry.package == f"solutions.{topic_of(assignment)}"
                said = text_of(entry_html(site, entry))
                assert "A task asks for it:" in said
                assert "Source: the answer of the task, to be read after an honest try" in said


def test_an_entry_says_where_it_is_taught_and_what_it_takes(site: Path) -> None:
    shown = entry_html(site, BY_NAME["Affine"])
    said = text_of(shown)
    assert "Taught on page 3.4. A task asks for it: 6. The affine layer, 10 points." in said
    assert "W : array (D, M)" in re.sub(r" ?: ?", " : ", said)
    assert f"../../{html_of(Page('03_backpropagation', '4_layers').path)}" in shown
    assert "ValueError" in text_of(entry_html(site, BY_NAME["output_size"]))
    assert "Zhang" in text_of(entry_html(site, BY_NAME["PReLU"])), "the source of the formula"


def test_what_no_task_asks_for_is_no_answer(site: Path) -> None:
    said = text_of(entry_html(site, BY_NAME["effective_rank"]))
    assert "First seen on page" in said
    assert "an honest try" not in said


def test_sources_are_folded_away(site: Path) -> None:
    page = html(site, LAYERS)
    folds = re.findall(r"<details class=\"source\">(.*?)</details>", page, re.DOTALL)
    assert len(folds) == 4, "one for each layer of the module"
    assert "self._mask = x > 0" in text_of(folds[0])
    outside = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "self._mask" not in text_of(outside)


def test_bars_are_bars(site: Path) -> None:
    page = f"{PATHS['solutions.backpropagation.relative_error']}.html"
    assert "|a − b| / max(|a|, |b|)" in text_of(html(site, page))
    assert without_bars("|x| of ``a | b``") == r"\|x\| of ``a | b``"


def test_the_first_mention_leads_to_the_entry() -> None:
    linker = NameLinker()
    once = linker.linked("`Affine` and `Affine`, `network.freeze`, `nn.ReLU`, `Affine(W, b)`")
    assert once == (
        "{py:obj}`Affine <solutions.backpropagation.Affine>` and `Affine`, "
        "{py:obj}`network.freeze <solutions.optimizers.Network.freeze>`, `nn.ReLU`, `Affine(W, b)`"
    )
    assert linker.linked("`Affine`") == "`Affine`", "later cells of the page know what was linked"


@pytest.mark.parametrize(
    "kept",
    [
        "```python\n`Adam`\n```",
        "# `Adam`",
        "[`Adam`](x.md)",
        "| momentum | `Adam` |",
        "``Adam``",
        "{term}`Adam <adam>`",
        "$$\n`Adam`\n$$",
    ],
)
def test_what_is_no_mention_stays(kept: str) -> None:
    assert NameLinker().linked(kept) == kept


def test_pages_lead_to_the_reference(site: Path) -> None:
    page = html(site, "course/03_backpropagation/3.10_slow_or_stopped.html")
    assert "gradient_flow.html#solutions.backpropagation.clip_by_norm" in page
    links = [
        link
        for page in all_pages()
        for link in re.findall(
            r'href="[./]*(reference/[^"]*#[^"]*)"', html(site, html_of(page.path))
        )
    ]
    assert len(links) > 40
