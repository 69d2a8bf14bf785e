"""Pages are made within limits, whatever the text: what has no end is shown as it was written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from autograder.classes import pages, press
from autograder.classes.nbgrader_plugin import configure
from autograder.classes.press import Press, PressError
from autograder.inside.kernel import address_space

MIB = 1 << 20
HOSTILE = {
    "elements that reopen": "".join(f"<b title={i}><p>" for i in range(2000)),
    "environments": r"\begin{a}" * 8000,
    "attributes": f"<p {' '.join(f'a{i}=1' for i in range(20_000))}>x",
    "quotes": "> " * 20_000 + "x",
    "emphasis": "*a " * 30_000,
    "brackets": "[" * 60_000,
    "ticks": "`" * 30_001 + "x",
    "tables": "|a" * 20_000 + "\n" + "|-" * 20_000,
    "a formula": f"${'x^{' * 20_000}$",
    "dollars": "$a" * 40_000,
    "code in a language": f"```perl\n{'qr{' * 20_000}\n```",
}


@pytest.fixture(scope="module")
def one() -> Iterator[Press]:
    found = Press()
    yield found
    found.close()


@pytest.fixture
def quick(one: Press, monkeypatch: pytest.MonkeyPatch) -> Press:
    """A press for one page, with little patience."""
    monkeypatch.setattr(press, "PAGE_SECONDS", 3.0)
    one.begin_page()
    return one


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_has_an_end(quick: Press, name: str) -> None:
    text = HOSTILE[name]
    html = quick.set("markdown", text)
    assert html is None or len(html) <= press.LARGEST_PIECE
    assert quick.seconds_left >= 3.0 - 1.5 * press.PIECE_SECONDS, (
        "more was computed than is allowed"
    )
    assert quick.set("markdown", "*next*") == "<p><em>next</em></p>\n"


def test_it_dies_alone_and_another_one_goes_on(quick: Press) -> None:
    quick.set("markdown", "x")
    assert quick._process is not None
    first = quick._process
    first.kill()
    first.wait()
    assert quick.set("markdown", "one") is None
    assert quick.set("markdown", "two") == "<p>two</p>\n"
    assert quick._process is not first


def test_a_page_that_has_used_up_its_time_is_shown_as_text(quick: Press) -> None:
    quick.seconds_left = 0.0
    assert quick.set("markdown", "*x*") is None
    quick.begin_page()
    assert quick.set("markdown", "*x*") == "<p><em>x</em></p>\n"


def test_a_page_that_is_full_is_shown_as_text(quick: Press) -> None:
    quick.room_left = 15
    assert quick.set("markdown", "*x*") is None
    assert quick.set("markdown", "x") == "<p>x</p>\n"
    assert quick.set("markdown", "y" * 50) is None


def test_short_texts_are_kept_and_not_too_many(one: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "MOST_KEPT", 5)
    one._kept.clear()
    one.begin_page()
    for number in range(12):
        one.set("markdown", f"text {number}")
        assert 0 < len(one._kept) <= 5
    long = "x" * press.LARGEST_KEPT
    assert one.set("markdown", long) == f"<p>{long}</p>\n"
    assert ("markdown", long, ()) not in one._kept


def test_what_cannot_be_set_is_none_and_the_process_lives(quick: Press) -> None:
    quick.set("markdown", "x")
    process = quick._process
    assert quick.set("markdown", "![gone](attachment:gone.png)") is None
    assert quick.set("code", "x = 1") is not None
    assert quick._process is process


def test_memory_is_limited(one: Press) -> None:
    one.close()
    one.begin_page()
    one.set("markdown", "what is not kept")
    assert one._process is not None
    lines = Path(f"/proc/{one._process.pid}/limits").read_text().splitlines()
    (limit,) = [line.split()[3] for line in lines if line.startswith("Max address space")]
    assert int(limit) < 2 * press.MEMORY + address_space()


def test_a_process_that_was_forked_has_a_press_of_its_own(one: Press) -> None:
    one.set("markdown", "x")
    child = os.fork()
    if not child:
        is_own = one._line is None and one.set("markdown", "in the child") is not None
        one.close()
        os._exit(0 if is_own else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert one.set("markdown", "in the parent") == "<p>in the parent</p>\n"


def test_who_cannot_start_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.sys, "executable", "/bin/false")
    broken = Press()
    with pytest.raises(PressError, match="did not start: see that all that it needs"):
        broken.set("markdown", "x")


# A whole page, with the filters that a class is set up with ---------------------------------------


def page_of(*cells: Any) -> str:
    config = Config()
    configure(config)
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    return str(HTMLExporter(config=config).from_notebook_node(notebook)[0])


def new(kind: str, text: str, **more: Any) -> Any:
    return nbformat.from_dict({"cell_type": kind, "metadata": {}, "source": text, **more})


def test_formgraders_view_of_hostile_cells_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PAGE_SECONDS", 3.0)
    cells = [new("markdown", text) for text in HOSTILE.values()]
    soup = BeautifulSoup(page_of(*cells, new("markdown", "**honest**")), "html.parser")
    plain = [pre.text for pre in soup.select("small ~ pre, p + pre")]
    assert any(text.startswith("<b title=0><p><b title=1>") for text in plain)
    assert "honest" in soup.text


def test_what_is_too_long_is_cut_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "LARGEST_PAGE", 200_000)
    outputs = [{"output_type": "stream", "name": "stdout", "text": "y" * 300_000}]
    many = [{"output_type": "stream", "name": "stdout", "text": "z" * 9000} for _ in range(99)]
    page = page_of(
        new("markdown", "x" * 300_000),
        new("code", "1", outputs=outputs, execution_count=1),
        new("code", "2", outputs=many, execution_count=2),
    )
    assert page.count("x" * 65_536) == page.count("y" * 65_536) == 1
    assert page.count(f"… and {300_000 - 65_536} more characters") == 2
    assert 5 <= page.count("z" * 9000) <= 9
    assert page.count("… and 8800 more characters") == 99 - page.count("z" * 9000)


def test_an_attached_picture_is_put_in_twice_at_most() -> None:
    png = "iVBORw0KGgo="
    text = "![a](attachment:a.png) " * 3 + " base64,handgrad0picture handgrad0picture"
    page = page_of(new("markdown", text, attachments={"a.png": {"image/png": png}}))
    assert page.count(png) == pages.MOST_SHOWN == 2


def test_colours_of_a_terminal_are_shown() -> None:
    text = "\x1b[31mred\x1b[0m <b>"
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    page = page_of(new("code", "1", outputs=outputs, execution_count=1))
    assert '<span class="ansi-red-fg">red</span> &lt;b&gt;' in page


def test_outputs_that_are_too_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand in a notebook that was graded by an earlier version."""
    monkeypatch.setattr(pages, "MOST_OUTPUTS", 150)
    mark = {"nbgrader": {"grade_id": "relu", "locked": True, "grade": True, "solution": False}}
    many = [{"output_type": "display_data", "data": {"text/plain": "7.3913"}, "metadata": {}}] * 100
    verdict = [{**many[0], "data": {"text/html": "<p>verdict</p>"}}]
    points = {**many[0], "output_type": "execute_result", "execution_count": 1}
    verdict.append({**points, "data": {"text/plain": "0.8642"}})
    cells = [new("code", "1", outputs=many, execution_count=1) for _ in range(3)]
    check = new("code", "2", outputs=verdict, execution_count=2, metadata=mark)
    page = page_of(*cells, check)
    assert page.count("7.3913") == 150
    assert page.count("<p>verdict</p>") == 1
    assert "0.8642" not in page, "the points are for nbgrader"
