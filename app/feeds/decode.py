"""From bytes to text, for feeds that say the wrong thing about themselves.

Arabic feeds in windows-1256 often declare UTF-8 or nothing, and feeds in UTF-8 often declare
windows-1256. Valid UTF-8 is nearly never anything else, so it is believed before any claim.
"""

from __future__ import annotations

import codecs
import re
import sys

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED_UTF16 = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>", re.ASCII)
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,400}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_KNOWN = re.compile(
    r"(windows|cp|x-cp)-?125\d|iso-?8859-\d\d?|latin-?1|mac-?arabic|cp720|koi8-[ru]|gb2312|gbk"
    r"|gb18030|big5|shift_jis|euc-(jp|kr)",
    re.ASCII,
)
"""Encodings of text that somebody may honestly declare; others (UTF-7) are traps."""

_LATIN = frozenset({"iso8859-1", "cp1252", "iso8859-15"})
_HIGH = re.compile(rb"[\x80-\xff]+")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?", re.ASCII)
_ARABIC_TWICE = re.compile(r"[\u00d8-\u00db][\u0080-\u00bf\u0152-\u017e\u2013-\u2122]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def decode_feed(body: bytes, *, charset: str = "") -> str:
    """The text of a feed without its XML declaration; `charset` is what the server said.

    It never fails: bytes that fit nowhere become U+FFFD.
    """
    return _DECLARATION.sub("", _once(_decode(body, charset)))


def _once(text: str) -> str:
    """`text` without a second encoding: UTF-8 that was taken for Latin-1 and encoded again shows
    each Arabic letter as two (`Ø³`)."""
    twice = len(_ARABIC_TWICE.findall(text))
    if twice < 10 or twice < len(_ARABIC.findall(text)):
        return text
    return _BEYOND_ASCII.sub(_decoded_again, text)


def _decoded_again(found: re.Match[str]) -> str:
    """The letters as the bytes they were; cp1252 leaves five undefined, which come as they are."""
    try:
        raw = b"".join(bytes([ord(c)]) if ord(c) < 0xA0 else c.encode("cp1252") for c in found[0])
        return raw.decode("utf-8")
    except UnicodeError:
        return found[0]


def mend_references(text: str) -> str:
    """`text` with the numeric references that no parser may believe made into what was meant.

    Writers that think in UTF-16 put an emoji down as two references (`&#55357;&#56832;`); the
    pair becomes its character. A control character goes, other numbers become U+FFFD.
    """
    mended, count = _REFERENCE.subn(_mended, text)
    if not count:
        return text
    return mended.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _mended(found: re.Match[str]) -> str:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    number = int(digits, base) if len(digits) <= 7 else sys.maxunicode + 1
    if 0xD800 <= number <= 0xDFFF:
        return chr(number)
    if number > sys.maxunicode:
        return "\ufffd"
    return found[0] if _NOT_TEXT.fullmatch(chr(number)) is None else ""


def _decode(body: bytes, charset: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            # A template in UTF-8 with its mark may stand before a feed in windows-1256.
            return (
                _decode(rest, charset)
                if mark == codecs.BOM_UTF8
                else rest.decode(encoding, "replace")
            )
    for start, encoding in _UNMARKED_UTF16:
        if body.lstrip(b" \t\r\n").startswith(start):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.match(body)
    for claim in (charset, declared[1].decode("ascii") if declared else ""):
        text = _as_claimed(body, claim.lower())
        if text is not None:
            return text
    text = body.decode("utf-8", "replace")
    few = text.count("\ufffd") * 50 <= sum(1 for c in text if c > "\x7f")
    return text if few else body.decode("cp1256", "replace")


def _as_claimed(body: bytes, claim: str) -> str | None:
    if not _KNOWN.fullmatch(claim):
        return None
    try:
        codec = codecs.lookup(claim.removeprefix("x-"))
        if codec.name in _LATIN and _is_arabic(body):
            return body.decode("cp1256", "replace")
        return body.decode(codec.name)
    except (LookupError, UnicodeDecodeError):
        return None


def _is_arabic(body: bytes) -> bool:
    """Whether "Latin" bytes are windows-1256: whole words are above ASCII, not single letters."""
    runs = [len(run) for run in _HIGH.findall(body)]
    return sum(runs) > 0 and sum(n for n in runs if n > 2) * 2 > sum(runs)
