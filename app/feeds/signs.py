"""The signs by which the parts of an Arabic news article are told apart, as rules on text.

Each rule is careful: what it does not know for sure stays where it was.
"""

from __future__ import annotations

import re

from app.domain.article import fold_name

MAX_STANDFIRST = 400

_KICKER = re.compile(r"(?P<kicker>[^.…]{4,60}?)\s*(?:(?<!\.)\.\.(?!\.)|…)\s+(?P<rest>.+)")
_WORDS = re.compile(r"\w+(?:[-–'’]\w+)*")
_MARKS = r":：|•·\-–—.…«»<>←→⬅"
_READ_ALSO = re.compile(
    rf"\s*[\[(«\"]?\s*(?P<lead>[^{_MARKS}]{{3,24}})\s*[{_MARKS}]+\s*(?P<rest>.*)", re.DOTALL
)
_READ_ALSO_LEADS = frozenset(fold_name(lead) for lead in (
    "اقرأ أيضاً", "إقرأ أيضاً", "اقرأي أيضاً", "اقرؤوا أيضاً", "اقرءوا أيضاً", "اقرأوا أيضاً",
    "اقرأ كذلك", "اقرأ المزيد", "اقرأ عن", "شاهد أيضاً", "شاهدوا أيضاً", "طالع أيضاً", "طالع",
    "انظر أيضاً", "تابع أيضاً", "تابعوا أيضاً", "قد يهمك", "قد يهمك أيضاً", "قد يهمكم أيضاً",
    "يهمك أيضاً", "ربما يهمك", "قد يعجبك", "قد يعجبك أيضاً", "ذات صلة", "موضوع ذو صلة",
    "خبر ذو صلة", "محتوى ذو صلة", "مواضيع ذات صلة", "موضوعات ذات صلة", "أخبار ذات صلة",
    "مقالات ذات صلة", "مواضيع متعلقة", "للمزيد", "للمزيد اقرأ", "لقراءة المزيد", "read also",
    "also read", "read more", "see also", "related", "related articles", "related stories",
    "you may also like", "more on this story",
))  # fmt: skip
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
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
    """What follows «اقرأ أيضاً:» or «قد يهمك |» in a paragraph that begins so; None for any
    other."""
    found = _READ_ALSO.fullmatch(text)
    if found is not None and fold_name(found["lead"]) in _READ_ALSO_LEADS:
        return found["rest"].strip(' ])»"')
    return "" if fold_name(text.strip(' [](«»"')) in _READ_ALSO_LEADS else None


def after_read_also(text: str) -> str:
    """What follows such a lead with no mark between («شاهد أيضاً كذا»); "" where none begins.
    It may be a sentence («قد يهمك أن تعرف»): the caller has to know that it is a link."""
    words = text.split()
    for count in (4, 3, 2, 1):
        if fold_name(" ".join(words[:count])) in _READ_ALSO_LEADS:
            return " ".join(words[count:])
    return ""


def is_address(text: str) -> bool:
    """Whether a title is nothing but a web address, as engines write for want of another."""
    return _ADDRESS.fullmatch(text) is not None


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


def clip(text: str, length: int) -> str:
    """`text` cut between two words, with «…», if it is longer than `length`."""
    if len(text) <= length:
        return text
    head = text[:length].rsplit(" ", 1)[0] if " " in text[:length] else text[: length - 1]
    return head.rstrip(" ،,.:؛-") + "…"
