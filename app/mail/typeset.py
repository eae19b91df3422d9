"""A text as a line of a mail's HTML: its foreign words in their places, no line ending badly."""

from __future__ import annotations

import re

from markupsafe import Markup

from app.domain.bidi import Direction, isolated_html
from app.mail.clean import tied

_NUMBER = r"[$€£+]?\d[\d.,:/]{0,12}[%٪]?"
_PLACED = rf'(?:{_NUMBER}|<span dir="(?:ltr|rtl)">{_NUMBER}</span>)'
_RANGE = re.compile(rf"(?<![\w.,:/-]){_PLACED}(?:[ \u00a0]?[-−–][ \u00a0]?{_PLACED})+(?!\w)")
"""«1931 - 2025», «3-1»: every dash lets a line end after it, whatever space follows."""


def typeset(text: str, base: Direction, *, is_part: bool = False) -> Markup:
    """Escaped HTML of `text` in a block that runs in `base`. `is_part` says that the text is a
    piece of a longer line, as between two tags."""
    html = isolated_html(tied(text), base, is_part=is_part)
    return Markup(_RANGE.sub(r'<span class="whole">\g<0></span>', html))  # noqa: S704
