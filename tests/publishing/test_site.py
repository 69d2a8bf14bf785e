"""The site as it is built: its pages, links, search and looks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("myst_nb", reason="what builds the site is not installed")

from chromium import needs_a_browser
from visitors import SHOWN, Visitor

from autograder.building.assignments import build_source, load
from autograder.building.chapters import assignment_names
from autograder.building.pages import all_pages, headings_of, path_of_assignment
from autograder.publishing import site as publishing
from autograder.publishing.anchors import html_of
from autograder.publishing.links import Checked, dead_links
from autograder.publishing.site import SiteError, build_site

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated. Check CHANGES for Sphinx")
PAGE = html_of(SHOWN.path)
ASSIGNMENT = html_of(path_of_assignment(SHOWN.chapter))
KINDS = (
    *("index.html", "start.html", "teach.html", "glossary.html", "symbols.html", "search.html"),
    *("course/index.html", "course/03_backpropagation/index.html", "assignments/index.html"),
    *("tested/3.4_layers.html", PAGE, ASSIGNMENT),
    *("reference/index.html", "reference/backpropagation/index.html"),
    *("reference/backpropagation/layers.html", "errata.html", "guide/security.html"),
    "tested/course/03_backpropagation/test_4_layers.html",
)
"""A page of each kind."""
SEARCHED = {
    "η": ("symbols.html", "is called the learning rate"),
    "eta": ("symbols.html", "is called the learning rate"),
    "fan_in": ("symbols.html", "is called its fan-in"),
    "learning rate": ("glossary.html", "is called the learning rate"),
    "cross entropy": ("glossary.html", "of the probability that was given to the truth"),
    "batch norm": ("glossary.html", "is a layer that takes from each feature its mean"),
}
"""What a reader looks for, and what is shown first: its place, and what is said there."""


def text_of(site: Path, page: str) -> str:
    return (site / page).read_text("utf-8")


def test_every_page_and_assignment_is_there(site: Path) -> None:
    for page in all_pages():
        text = text_of(site, html_of(page.path))
        assert f"{page.measure.minutes} minutes" in text, page.path
        for number in page.builds_on:
            assert f">{number}<" in text, f"{page.path} does not say that it builds on {number}"
    for name in assignment_names():
        assert text_of(site, html_of(path_of_assignment(name)))


def test_a_page_says_what_can_be_done_after_it(site: Path) -> None:
    text = text_of(site, PAGE)
    for name in SHOWN.tasks:
        heading = headings_of(SHOWN.chapter)[name].partition(" (")[0]
        row = next(row for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL) if heading in row)
        points = next(task.points for task in load(SHOWN.chapter).tasks if task.name == name)
        assert f"<p>{points:g}</p>" in row, f"{heading}: {points:g} points"


def test_figures_are_files_with_descriptions(site: Path) -> None:
    figures = re.findall(r'<img class="figure" src="([^"]+)" alt="([^"]*)"', text_of(site, PAGE))
    assert len(figures) == sum(cell.source.count("show_figure(") for cell in SHOWN.text.cells)
    for address, alt in figures:
        assert ((site / PAGE).parent / address).read_bytes().startswith(b"\x89PNG")
        assert len(alt) > 40, alt


def test_code_that_draws_and_answers_are_folded_away(site: Path) -> None:
    text = text_of(site, PAGE)
    code = [cell for cell in SHOWN.text.cells if cell.cell_type == "code"]
    drawing = sum("hide-input" in cell.metadata.get("tags", []) for cell in code)
    guesses = sum("reveal(" in cell.source for cell in code)
    assert text.count("Show the code that draws this") == drawing
    assert text.count("Show what comes out") == guesses
    answers = re.findall(r"<details.*?</details>", text, re.DOTALL)
    assert any("it is: 3.64 for a tenth" in unescape(answer) for answer in answers)
    assert "no guess yet" not in text


def test_formulas_are_numbered_and_can_be_linked(site: Path) -> None:
    for page in all_pages():
        text = text_of(site, html_of(page.path))
        assert not re.findall(r"<m[ion][^>]*>\\[A-Za-z]+", text), f"{page.path}: a command is left"
        formulas = re.findall(r'<div class="formula" id="(eq-[^"]+)">', text)
        assert len(formulas) == len(set(formulas)) == text.count('<div class="formula"')
        for name in formulas:
            assert f'href="#{name}"' in text
    assert 'id="eq-3-4-1"' in text_of(site, PAGE)
    assert ">(1)</a>" in text_of(site, "course/03_backpropagation/3.1_graphs.html"), (
        "a number given"
    )


@pytest.mark.parametrize("name", assignment_names())
def test_an_assignment_shows_no_answer(name: str, site: Path) -> None:
    text = re.sub(r"<[^>]*>", "", text_of(site, html_of(path_of_assignment(name))))
    shown = " ".join(unescape(text).split())
    assert "raise NotImplementedError" in shown
    for cell in build_source(load(name)).cells:
        for answer in re.findall(r"### BEGIN SOLUTION(.*?)### END", cell.source, re.DOTALL):
            assert " ".join(answer.split()) not in shown, answer


def test_a_chapter_is_told_from_its_reference_where_titles_are_shown_alone(site: Path) -> None:
    titles = [
        re.findall(r"<title>(.*?) &#8212;", text_of(site, page))[0]
        for page in ("course/03_backpropagation/index.html", "reference/backpropagation/index.html")
    ]
    assert titles == ["3 Backpropagation", "3 Backpropagation: the reference"]


def test_a_claim_leads_to_its_test(site: Path) -> None:
    assert 'href="../../tested/3.4_layers.html#claim-1"' in text_of(site, PAGE)
    shown = re.sub(r"<[^>]*>", "", text_of(site, "tested/3.4_layers.html"))
    assert "def test_largest_slopes_of_the_activations" in shown


def test_a_page_can_be_had_as_a_notebook_that_tells_no_answer(site: Path) -> None:
    name = SHOWN.path.rpartition("/")[2]
    assert f'<a href="{name}" download>' in text_of(site, PAGE)
    notebook = (site / SHOWN.path).read_text("utf-8")
    assert "image/png" in notebook
    assert "for a tenth" in notebook
    assert "it is: 3.64" not in notebook


def test_every_link_leads_somewhere(site: Path) -> None:
    assert dead_links(site) == []
    assert len(Checked(site).pages) >= len(all_pages()) + len(assignment_names())


def test_a_build_without_changes_writes_no_source_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(publishing, "write_whole", lambda path, _: written.append(path.name))
    publishing.renew(folder / "source", sources := read(folder / "source"))
    assert written == []
    changed = next(iter(sources))
    publishing.renew(folder / "source", {**sources, changed: b"changed"})
    assert written == [Path(changed).name]


def read(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_search_forgets_no_page_that_is_not_built_again(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# A\n\n```{toctree}\nletters\n```\n")
    (source / "letters.md").write_text("# B\n\n```{index} ! eta, theta\n```\n\nThe rate.\n")
    found = []
    for text in ("", "And more.\n"):
        with (source / "index.md").open("a") as page:
            page.write(text)
        publishing.run_sphinx(source, tmp_path / "html", tmp_path / "trees", [])
        searched = (tmp_path / "html" / "searchindex.js").read_text("utf-8")
        found += re.findall(r'"indexentries":(\{[^}]*\})', searched)
    assert '"eta":[[1,"index-0",true]]' in found[0]
    assert found[1] == found[0]


def test_what_sphinx_warns_of_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "index.md").write_text("# A\n\n[nowhere](nowhere.md)\n")
    with pytest.raises(SiteError, match=r"nowhere\.md"):
        publishing.run_sphinx(tmp_path / "source", tmp_path / "html", tmp_path / "trees", [])


def test_a_dead_link_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "run_sphinx", lambda *_: None)
    monkeypatch.setattr(publishing, "all_pages", lambda: [SHOWN])
    monkeypatch.setattr(publishing, "assignment_names", list)
    with pytest.raises(SiteError, match=r"3\.4_layers\.html"):
        build_site(tmp_path, choose=lambda due: [])


# In a browser ------------------------------------------------------------------------------------


def in_a_browser(test: Callable[..., None]) -> Callable[..., None]:
    for mark in needs_a_browser:
        test = mark(test)
    return test


@in_a_browser
@pytest.mark.parametrize("page", KINDS)
def test_nothing_is_asked_of_others(page: str, visitor: Visitor) -> None:
    visitor.driver.get_log("performance")
    visitor.open(page)
    entries = [
        json.loads(entry["message"])["message"] for entry in visitor.driver.get_log("performance")
    ]
    asked = [
        e["params"]["request"]["url"] for e in entries if e["method"] == "Network.requestWillBeSent"
    ]
    assert any(url.endswith(page) for url in asked), "the log is kept"
    missing = [
        e["params"]["response"]["url"]
        for e in entries
        if e["method"] == "Network.responseReceived" and e["params"]["response"]["status"] >= 400
    ]
    assert not missing
    assert [u for u in asked if not u.startswith((visitor.root, "data:", "blob:", "chrome:"))] == []


@in_a_browser
@pytest.mark.parametrize("page", KINDS)
@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 380)])
def test_everybody_can_use_it(page: str, theme: str, width: int, visitor: Visitor) -> None:
    axe = pytest.importorskip("axe_selenium_python", reason="axe is not installed")
    visitor.open(page, theme, width)
    checked = axe.Axe(visitor.driver)
    checked.inject()
    found = checked.run()["violations"]
    assert not found, checked.report(found)
    wide = visitor.driver.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width, f"it is {wide} pixels wide"


@in_a_browser
@pytest.mark.parametrize("page", KINDS)
def test_nothing_is_cut_on_paper(page: str, visitor: Visitor) -> None:
    visitor.open(page, width=718)
    visitor.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    cut, beside, boxes = visitor.driver.execute_script(ON_PAPER)
    visitor.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert not cut
    assert not beside, "navigation on paper"
    assert not boxes, "in a flexible box that is broken, browsers lose count of the lines"


ON_PAPER = """
const shown = [...document.querySelectorAll("body *")].filter((one) => one.getClientRects().length);
const style = (one) => getComputedStyle(one);
const text = (one) => one.textContent.trim().slice(0, 80);
return [
    shown.filter((one) => one.matches(".bd-main *, .bd-main")
        && (style(one).overflowX != "visible" || one.matches("pre"))
        && (one.matches(".bd-article-container") || one.scrollWidth > one.clientWidth)).map(text),
    shown.filter((one) => one.matches("nav, header, .bd-sidebar, summary") && text(one)).map(text),
    shown.filter((one) => one.querySelector("article") && style(one).display == "flex").map(text),
];
"""


@in_a_browser
def test_names_beside_a_page_are_not_cut(visitor: Visitor) -> None:
    visitor.open("tested/course/03_backpropagation/test_4_layers.html")
    (beside, *_) = wait_for(visitor, "#pst-page-toc-nav")
    wide = visitor.driver.execute_script(
        "return [arguments[0].scrollWidth, arguments[0].clientWidth]", beside
    )
    assert wide[0] <= wide[1]


@in_a_browser
@pytest.mark.parametrize("word", SEARCHED)
def test_the_search_finds_what_it_is(word: str, visitor: Visitor) -> None:
    visitor.open(f"search.html?q={word}")
    wait_for(visitor, "#search-results .search-summary:not(:empty)")
    (first, *others) = wait_for(visitor, "#search-results ul.search li a")
    place, said = SEARCHED[word]
    assert place in first.get_attribute("href")
    (shown,) = wait_for(visitor, "#search-results ul.search li:first-child p.context")
    assert said in shown.text
    addresses = [link.get_attribute("href") for link in others]
    assert any("/course/" in address for address in addresses), addresses


@in_a_browser
def test_a_link_shows_what_it_leads_to(visitor: Visitor) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    visitor.open(PAGE)
    (link, *_) = wait_for(visitor, 'article a[href*="3.1_graphs"]')
    ActionChains(visitor.driver).move_to_element(link).perform()
    (shown,) = wait_for(visitor, ".preview")
    assert "3.1 Send the derivative back" in shown.text
    assert link.get_attribute("aria-describedby") == shown.get_attribute("id")
    ActionChains(visitor.driver).send_keys(Keys.ESCAPE).perform()
    assert not visitor.driver.find_elements("css selector", ".preview")
    (word, *_) = wait_for(visitor, 'article a[href*="glossary.html#term-"]')
    ActionChains(visitor.driver).move_to_element(word).perform()
    (shown,) = wait_for(visitor, ".preview")
    assert len(shown.text.split()) > 5


def wait_for(visitor: Visitor, selector: str) -> list[Any]:
    from selenium.webdriver.support.ui import WebDriverWait

    find = visitor.driver.find_elements
    found: list[Any] = WebDriverWait(visitor.driver, 60).until(
        lambda _: find("css selector", selector)
    )
    return found
