"""What comes from feeds and editors, made fit for a mail: texts without controls, URLs that
a mail may link to, lengths that a layout bears."""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import quote, urlsplit, urlunsplit

from app.domain.bidi import without_bidi_controls

LONGEST_URL = 2_000

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")

_SENTENCE_END = re.compile(r"[.!?؟…]+[»”\")]?(?= )")
_TIES = (
    re.compile(r" (?=[.,:;!?…،؛؟»”)\]%٪]+(?: |$))"),
    re.compile(r"(?<=[«“(\[]) "),
    re.compile(r"(?<= و) "),
    re.compile(r"(?<=\d) (?=[-−–] ?\d)|(?<=\d [-−–]) (?=\d)|(?<=\d\u00a0[-−–]) (?=\d)"),
    re.compile(r"(?<=\d) (?=/ [^\W\d]+(?: [^\W\d]+)? / \d{4})"),
    re.compile(r"(?<=\d\u00a0/) "),
    re.compile(r"(?<=[^\W\d]) (?=/ \d{4})"),
    re.compile(r"(?<=[^\W\d]\u00a0/) "),
    re.compile(
        r"(?:(?<=[ (]\d)|(?<=[ (]\d\d)|(?<=[ (]\d{3})|(?<=[ (]\d{4})) (?=[\u0620-\u064a]{2})"
    ),
)


def clean_text(text: str, *, keep_edges: bool = False) -> str:
    """NFC without controls; white space folded to single spaces, gone at the edges unless they
    are kept."""
    text = _CONTROLS.sub(" ", without_bidi_controls(normalize("NFC", text)))
    return text if keep_edges else " ".join(text.split())


def clipped(text: str, length: int) -> str:
    """The clean text, cut after a whole word to at most `length` characters."""
    text = clean_text(text)
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head[: head.rfind(" ")] if " " in head[length // 2 :] else head).rstrip(" ،,.:;-") + "…"


def paragraphs(text: str) -> tuple[str, ...]:
    """An editor's plain text, cut where blank lines stand; the lines inside are kept."""
    rows = "\n".join(clean_text(row) for row in text.splitlines())
    return tuple(each for each in re.split(r"\n{2,}", rows.strip()) if each)


def first_sentence(text: str, length: int) -> str:
    """The first sentence of a clean text; cut after a whole word where it is too long."""
    text = clean_text(text)
    end = next((match.end() for match in _SENTENCE_END.finditer(text) if match.end() >= 24), 0)
    return text[:end] if 0 < end <= length else clipped(text, length)


def tied(text: str) -> str:
    """The text with no line that may end badly: a mark stays with its word, a lone «و» with the
    next one, a short number with what it counts, and a date with its month and year."""
    for pattern in _TIES:
        text = pattern.sub("\u00a0", text)
    return text


def web_url(address: str) -> str:
    """The address as a mail may hold it, or "" if it may not: http or https with a host, plain
    ASCII (path percent-encoded, host as A-label), at most `LONGEST_URL` characters."""
    address = without_bidi_controls(address).strip()
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
        path, query, fragment = map(_encoded, parts[2:])
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not host or ":" in host:
        return ""
    whole = urlunsplit((parts.scheme, host + port, path, query, fragment))
    return whole if len(whole) <= LONGEST_URL else ""


def _encoded(piece: str) -> str:
    return quote(piece, safe="%/:=&?~#+!$,;'@()*[]-._")
