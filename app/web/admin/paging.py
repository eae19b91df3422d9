"""Long lists in pages: one row more than shown tells whether there is a next page, so that no
list costs a count of all its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session

T = TypeVar("T")

PAGE_SIZE = 25
_LAST_PAGE = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    items: list[T]
    number: int
    has_next: bool

    def url(self, number: int) -> str:
        """This list, with the same search, at another page."""
        values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict()}
        values["page"] = number if number > 1 else None
        return url_for(request.endpoint or "", **values)


def page_number() -> int:
    """The page asked for; nonsense is the first."""
    number = request.args.get("page", 1, type=int) or 1
    return min(max(number, 1), _LAST_PAGE)


def search_words() -> str:
    """What was typed into the list's search box, shortened to what could match anything."""
    text = request.args.get("q", "").replace("\0", "").strip()
    return text[:200]


def paged(session: Session, query: Select[T], size: int = PAGE_SIZE) -> Page[T]:
    """The page asked for of a query of entities that names its order."""
    number = page_number()
    rows = list(session.scalars(query.limit(size + 1).offset((number - 1) * size)).unique())
    return Page(items=rows[:size], number=number, has_next=len(rows) > size)


def like_pattern(words: str) -> str:
    """A pattern that finds `words` anywhere, its own wildcards taken literally (escape `\\`)."""
    escaped = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
