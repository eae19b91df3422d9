"""The signs by which the parts of an Arabic news article are told apart, as rules on text.

Each rule is careful: what it does not know for sure stays where it was.
"""

from __future__ import annotations

import re

from app.domain.article import fold_name

MAX_STANDFIRST = 400

_KICKER = re.compile(r"(?P<kicker>[^.…]{4,60}?)\s*(?:(?<!\.)\.\.(?!\.)|…)\s+(?P<rest>.+)")
_WORDS = re.compile(r"\w+(?:[-–'’]\w+)*")
_READ_ALSO = re.compile(r"\s*(?P<lead>[^:：]{3,24})\s*[:：]\s*(?P<rest>.*)", re.DOTALL)
_READ_ALSO_LEADS = frozenset({
    "اقرا ايضا", "اقرا المزيد", "اقرا كذلك", "اقراي ايضا", "شاهد ايضا", "طالع ايضا",
    "انظر ايضا", "اقرءوا ايضا", "اقرؤوا ايضا", "مواضيع ذات صله", "موضوع ذو صله",
    "اخبار ذات صله", "ذات صله", "مقالات ذات صله", "للمزيد", "read also", "read more",
    "see also", "related", "also read",
})  # fmt: skip
_AGENCY = re.compile(r"(?:\bو?(?:ال)?وكال(?:ات|ة)\b|\bagenc(?:y|ies)\b)", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?:إعداد|اعداد|كتب|كتبت|كتبه|تحرير|بقلم|المصدر|متابعة|متابعات|by|source)\b\s*[:：]?\s*\S.*",
    re.IGNORECASE,
)
_PAIR = re.compile(r"[^\W\d_]{2,20}\s*[-–—/|]\s*[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?")
_SENTENCE_END = re.compile(r"[.!?؟؛…»\"”]\s*\Z")
_MORE = re.compile(
    r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.+"
    r"|(?:اقرأ|تابع|إقرأ)\s+(?:المزيد|القراءة)\s*[.…»←]*|read more\s*[.…»→]*)\s*\Z",
    re.IGNORECASE,
)
_LEFTOVER = re.compile(
    r"(?:The post .+ (?:appeared|first appeared) (?:first )?on .+"
    r"|(?:ظهرت|نشرت|نُشرت) (?:هذه )?(?:المقالة|المقال|التدوينة) .+"
    r" (?:أولا|أولاً|أولًا) (?:على|في) .+)",
    re.DOTALL,
)
_NOBODY = frozenset({"admin", "administrator", "root", "editor", "webmaster", "unknown", "مدير"})


def split_kicker(headline: str) -> tuple[str, str]:
    """«دافعةً …..  …» as on the page of such a site: a short phrase, two dots, the headline.

    Nothing is split where the phrase is long, the headline would be a fragment, or there is
    more than one place to split.
    """
    found = _KICKER.fullmatch(headline)
    if found is None:
        return "", headline
    kicker, rest = found["kicker"].strip(), found["rest"].strip()
    if ".." in rest or "…" in rest:
        return "", headline
    if not 1 <= len(_WORDS.findall(kicker)) <= 7 or len(_WORDS.findall(rest)) < 3:
        return "", headline
    return kicker, rest


def read_also(text: str) -> str | None:
    """What follows «اقرأ أيضاً:» in a paragraph that begins with it; None for any other."""
    found = _READ_ALSO.fullmatch(text)
    if found is not None and fold_name(found["lead"]) in _READ_ALSO_LEADS:
        return found["rest"].strip()
    return "" if fold_name(text) in _READ_ALSO_LEADS else None


def is_byline(text: str) -> bool:
    """A last paragraph that signs: «ليفانت-وكالات», «إعداد: …»."""
    if not text or len(text) > 60 or len(_WORDS.findall(text)) > 7:
        return False
    if _SENTENCE_END.search(text):
        return False
    return bool(_SIGNED.fullmatch(text) or _PAIR.fullmatch(text) or _AGENCY.search(text))


def is_caption(text: str) -> bool:
    r"""A line below a picture that names it by its parts: «… \ تعبيرية \ متداول»."""
    return len(text) <= 120 and " \\ " in text and not _SENTENCE_END.search(text)


def is_leftover(text: str) -> bool:
    """The line that a blog engine adds below each entry of its feed."""
    return len(text) <= 400 and _LEFTOVER.fullmatch(text) is not None


def without_more(text: str) -> str:
    """A teaser without the «… اقرأ المزيد» at its end."""
    return _MORE.sub("", text)


def is_excerpt(teaser: str, body: str) -> bool:
    """Whether a teaser is only the beginning of the body, cut by a machine."""
    start = fold_name(without_more(teaser))
    return bool(start) and fold_name(body[: len(teaser) * 2 + 200]).startswith(start)


def author_name(text: str) -> str:
    """The name in an author element: of «mail@host (الاسم)» and «الاسم <mail@host>» the name,
    of a bare address or an engine's default user nothing."""
    found = re.fullmatch(r"\S+@\S+\s*\((?P<name>[^)]+)\)|(?P<first>[^<]+?)\s*<[^>]*>", text)
    name = (found["name"] or found["first"]) if found else text
    name = name.strip(" \"'")
    return "" if "@" in name or fold_name(name) in _NOBODY else name
