"""The site: its sources are written into a folder, Sphinx builds them, and its links are tried."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.console import strip_colors

from autograder.building.assignments import as_bytes
from autograder.building.chapters import assignment_names
from autograder.building.glossary import Term, all_terms
from autograder.building.pages import Page, all_pages, path_of_assignment
from autograder.building.running import Choice, hide_answers, run_pages
from autograder.publishing import errata, fonts, previews
from autograder.publishing.assignment_sources import assignment_source
from autograder.publishing.chapters import assignments_page, chapter_page, course_page
from autograder.publishing.claims import Claim, Proofs
from autograder.publishing.downloads import write_downloads
from autograder.publishing.guide import PLACEHOLDER, guide_pages, guide_pictures
from autograder.publishing.links import dead_links
from autograder.publishing.own_pages import own_pages
from autograder.publishing.page_sources import FIGURES, Source, page_source
from autograder.publishing.reference_pages import reference_pages, reference_previews
from autograder.publishing.settings import settings
from autograder.publishing.sources_of_tests import pages_of_tests
from autograder.publishing.symbols import SYMBOLS, all_symbols, symbols_page
from autograder.publishing.words import GLOSSARY, Linker, glossary_page
from autograder.writing import write_whole


class SiteError(Exception):
    """The site cannot be built; the sentences say why."""


def build_site(
    folder: Path,
    on_start: Callable[[int], None] = lambda parts: None,
    on_part: Callable[[str], None] = lambda name: None,
    *,
    claims: Sequence[Claim] = (),
    repository: str = "",
    choose: Choice = list,
) -> Path:
    """Build the site into a folder, and return its first page.

    What has not changed since the last time is not built again.

    Parameters
    ----------
    folder : Path
        For the site, ``html``, and what it is made of.
    on_start, on_part : function
        Called with how many parts there are; then after each one.
    claims : sequence of Claim
        What of the pages is tested, and where.
    repository : str
        Where the course is cloned from; empty if that is not known.
    choose : function
        Told of the pages whose figures are missing, it returns which of them are run now.

    Raises
    ------
    SiteError
        If Sphinx warns of something, or a link leads nowhere.
    """
    pages, terms = all_pages(), all_terms()
    on_start(len(pages) + 1)
    ran = run_pages(pages, on_part, choose=choose, answers=True)
    proofs = [Proofs(page, claims) for page in pages]
    sources = {
        page.path: page_source(page, ran[page.path], _linker(page, terms), tested)
        for page, tested in zip(pages, proofs, strict=True)
    }
    texts = {
        **dict(_texts(pages, terms)),
        **{f"{one.path}.md": one.source() for one in proofs if one.tests},
        **pages_of_tests(dict.fromkeys(claim.file for claim in claims)),
        f"{errata.FILE}.md": errata.errata_page(proofs),
        **reference_pages(),
        **guide_pages(repository or PLACEHOLDER),
        **own_pages(repository or PLACEHOLDER),
    }
    site, names = folder / "html", assignment_names()
    renew(
        folder / "source",
        {
            **{path: as_bytes(source.notebook) for path, source in sources.items()},
            **{path_of_assignment(name): _assignment(name, terms) for name in names},
            **{path: text.encode() for path, text in texts.items()},
            **guide_pictures(),
        },
    )
    shown = previews.previews(pages, terms, names) | reference_previews()
    renew(folder / "static", {previews.FILE: previews.as_script(shown)})
    if not (folder / "fonts" / fonts.FILE).is_file():  # it takes seconds
        renew(folder / "fonts", {fonts.FILE: fonts.math_font()})
    renew(site / FIGURES, _figures(sources.values()))
    run_sphinx(folder / "source", site, folder / "doctrees", [folder / "static", folder / "fonts"])
    for notebook in ran.values():
        hide_answers(notebook)
    write_downloads(site, ran, repository)
    if dead := dead_links(site, shown):
        raise SiteError("\n".join(dead))
    on_part("site")
    return site / "index.html"


def _linker(page: Page, terms: Sequence[Term]) -> Linker:
    """Return what links the terms that a page's reader knows: those of earlier pages."""
    pages = all_pages()
    earlier = pages[: pages.index(page)]
    return Linker(term for term in terms if term.page in earlier)


def _assignment(name: str, terms: Sequence[Term]) -> bytes:
    known = (term for term in terms if term.page.chapter <= name)
    return as_bytes(assignment_source(name, Linker(known)))


def _texts(pages: Sequence[Page], terms: Sequence[Term]) -> Iterator[tuple[str, str]]:
    """Yield the pages that are made from all others, and where they lie."""
    chapters = list(dict.fromkeys(page.chapter for page in pages))
    yield "course/index.md", course_page(chapters)
    for chapter in chapters:
        yield f"course/{chapter}/index.md", chapter_page(chapter)
    yield "assignments/index.md", assignments_page(assignment_names())
    yield f"{GLOSSARY}.md", glossary_page(terms)
    yield f"{SYMBOLS}.md", symbols_page(all_symbols(pages))


def _figures(sources: Iterable[Source]) -> dict[str, bytes]:
    return {name: png for source in sources for name, png in source.figures.items()}


def renew(folder: Path, files: Mapping[str, bytes]) -> None:
    """Let a folder hold these files and no others; one that is as it should be is not touched."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)


def run_sphinx(source: Path, site: Path, doctrees: Path, static: Sequence[Path]) -> None:
    """Let Sphinx build a site from its sources.

    It has a process of its own, as it changes the signatures of what it documents.

    Raises
    ------
    SiteError
        If it warns of something.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        said = pool.submit(_said_by_sphinx, source, site, doctrees, static).result()
    if said:
        raise SiteError(said)


def _said_by_sphinx(source: Path, site: Path, doctrees: Path, static: Sequence[Path]) -> str:
    """Build the site, and return what Sphinx warns of."""
    warnings = io.StringIO()
    app = Sphinx(
        source,
        None,
        site,
        doctrees,
        "html",
        confoverrides=settings(static),
        status=None,
        warning=warnings,
    )
    app.build()
    return strip_colors(warnings.getvalue().strip())
