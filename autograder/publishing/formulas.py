"""Formulas as MathML, which browsers set by themselves: no script, and nothing to be loaded."""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

TAG = re.compile(r"\\tag\{([^}]*)\}")
SPELLED = (
    (re.compile(r"\\(begin|end)\{(?:aligned|align|gathered|gather\*?)\}"), r"\\\1{align*}"),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"(\\[bB]igg?[lr])\\[lr]Vert(?![A-Za-z])"), r"\1\\|"),
)
"""What the library does not know, and how it knows the same."""
SIDE = re.compile(r'columnalign="(left|right)"')
"""How a column of a table is set: by a name that is out of use, so browsers are told by style."""
SIGN = re.compile(r"(?<=[(\[{,;:=<>≤≥≈←→⇒·×+−±]</mo>)<mo>([−+±])</mo>")
"""A plus or minus behind another operator: it belongs to the number that follows."""
REFERENCE = re.compile(r"&#x([0-9A-F]+);")
DELIMITER = re.compile(r"\\([lr])[vV]ert(?![A-Za-z])")
BAR = re.compile(r"<mo>([|‖])</mo>")
PAGE = re.compile(r"^course/[^/]+/(\d+\.\d+)_")


class NumberFormulas(SphinxTransform):
    """Gives each displayed formula of a page a number, and a name by which it can be linked."""

    default_priority = 400

    def apply(self) -> None:
        page = PAGE.match(self.env.docname)
        for count, formula in enumerate(self.document.findall(nodes.math_block), start=1):
            found = TAG.search(formula.astext())
            number = found[1] if found else f"{page[1]}.{count}" if page else ""
            formula["shown_number"] = number
            formula["ids"] = [f"eq-{slugged(number)}"] if number else []


def slugged(number: str) -> str:
    return number.replace(".", "-")


def mathml(latex: str, display: str) -> str:
    """Return a formula as MathML."""
    plain = TAG.sub("", latex).strip()
    for unknown, known in SPELLED:
        plain = unknown.sub(known, plain)
    formula = convert(plain, display=display)
    formula = SIDE.sub(r'style="text-align: \1"', unescaped(formula))
    formula = SIGN.sub(r'<mo form="prefix">\1</mo>', formula)
    formula = formula.replace("<mo>/</mo>", '<mo lspace="0" rspace="0">/</mo>')
    forms = iter("prefix" if side == "l" else "postfix" for side in DELIMITER.findall(plain))
    return BAR.sub(
        lambda bar: f'<mo form="{next(forms, "infix")}" stretchy="false">{bar[1]}</mo>', formula
    )


def unescaped(formula: str) -> str:
    """Return MathML with its signs as they are, but for those that XML needs escaped."""
    return REFERENCE.sub(lambda found: escape(chr(int(found[1], 16)), quote=False), formula)


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="formula"))
    self.body.append(f'<div class="scroll" tabindex="0">{mathml(node.astext(), "block")}</div>')
    if number := node.get("shown_number"):
        name = f"eq-{slugged(number)}"
        self.body.append(
            f'<a class="number" href="#{name}" title="Link to this formula">({escape(number)})</a>'
        )
    self.body.append("</div>\n")
    raise nodes.SkipNode
