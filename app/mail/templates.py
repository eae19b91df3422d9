"""The Jinja environment of mails: strict about what it is given, one for each language.

`templates/email/<name>/` holds `subject.txt` (notices), `body.html` and `body.txt`. HTML is
escaped; the filters `bidi` and `line` keep foreign words in place in HTML and in plain text,
`clip` and `sentence` shorten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from html import escape
from types import MappingProxyType

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from app.config import TEMPLATES
from app.domain.arabic import digits
from app.domain.bidi import Direction, isolated_line
from app.mail.clean import clipped, first_sentence, web_url
from app.mail.typeset import typeset
from app.mail.words import translations

_URL = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)\]'،؛؟]")

_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


@cache
def environment(language: str) -> Environment:
    """The environment whose texts are in `language`. Templates are compiled once a process."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES / "email"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters["bidi"] = _bidi
    made.filters["clip"] = clipped
    made.filters["sentence"] = first_sentence
    made.filters["line"] = lambda text, base: isolated_line(str(text), base)
    made.filters["linked"] = linked_html
    made.filters["linked_lines"] = linked_lines
    made.filters["digits"] = partial(_digits, language)
    return made


def html_of(language: str, name: str, context: Mapping[str, object]) -> str:
    """A mail's HTML, its styles written into the elements, without idle white space."""
    page = environment(language).get_template(f"{name}/body.html").render(context)
    inlined = _INLINER.inline(page).replace("&nbsp;", "\u00a0")
    return re.sub(r"\s*\n\s*", "\n", inlined).strip() + "\n"


def text_of(language: str, name: str, context: Mapping[str, object]) -> str:
    """A mail's text part: no space at the end of a line, never two blank lines together."""
    page = environment(language).get_template(f"{name}/body.txt").render(context)
    rows = "\n".join(row.strip() for row in page.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", rows).strip() + "\n"


def subject_of(language: str, name: str, context: Mapping[str, object]) -> str:
    page = environment(language).get_template(f"{name}/subject.txt").render(context)
    return " ".join(page.split())


def linked_html(
    text: str,
    base: Direction,
    style: str = "inline",
    instead: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """An editor's paragraph as HTML: its web addresses can be clicked, in the class `style`, and
    its lines are kept. What leads elsewhere `instead` is shown without its scheme: where the text
    is a whole address and the link another, mail programs warn of a fraud."""
    pieces = []
    for piece, address in _addresses(text):
        if address:
            target = instead.get(address, address)
            shown = escape(piece if target == address else piece.partition("://")[2])
            pieces.append(f'<a class="{style}" href="{escape(target)}" dir="ltr">{shown}</a>')
        else:
            pieces.append(
                "<br>".join(typeset(row, base, is_part=True) for row in piece.split("\n"))
            )
    return Markup("".join(pieces))  # noqa: S704


def linked_lines(
    text: str, base: Direction, instead: Mapping[str, str] = MappingProxyType({})
) -> str:
    """An editor's paragraph as plain text: its web addresses, or what stands `instead` of them,
    are alone on their lines."""
    rows = []
    for piece, address in _addresses(text):
        found = (
            [instead.get(address, address)]
            if address
            else [isolated_line(r.strip(), base) for r in piece.split("\n")]
        )
        rows += [row for row in found if row]
    return "\n".join(rows)


def addresses_in(text: str) -> list[str]:
    """The web addresses in an editor's text, as a mail may hold them."""
    return [address for _, address in _addresses(text) if address]


def _bidi(text: object, base: Direction) -> Markup:
    return typeset(str(text), base)


def _addresses(text: str) -> list[tuple[str, str]]:
    """The text cut into pieces, each with the address that it is, or ""."""
    found = []
    done = 0
    for match in _URL.finditer(text):
        found += [(text[done : match.start()], ""), (match[0], web_url(match[0]))]
        done = match.end()
    return [*found, (text[done:], "")]


def _digits(language: str, number: object, family: str) -> str:
    return digits(number, family if language == "ar" else "latn")
