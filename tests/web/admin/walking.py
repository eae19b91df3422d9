"""A member of the staff who walks through a flow in a browser, by the words that the pages show.

Steps name what is pressed by its English words; in an Arabic browser they are looked up in the
catalogue, so that one walk is walked in both languages.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from app.domain.staff import Role
from app.store.tables import Staff
from app.translations.catalogues import FOLDER
from tests.web.admin.browsing import take_cookie
from tests.web.admin.conftest import Desk

SCREENS = [("ar", 390), ("en", 1280)]
CROSSED = [("en", 390), ("ar", 1280)]
"""Languages and widths: a walk is walked in two of the four, what looks at each page in all."""

_TABS = 120
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Walker:
    """One tab in a language. What the browser complains of is kept in `complaints`."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language
        self.complaints: list[str] = []
        self._words = gettext.translation(
            "admin", FOLDER, languages=[language], fallback=language == "en"
        )
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def say(self, words: str, **values: Any) -> str:
        """What the pages say for these words."""
        text = self._words.gettext(words)
        return text % values if values else text

    def count(self, one: str, many: str, number: int) -> str:
        """What they say for so many."""
        return self._words.ngettext(one, many, number) % {"number": self.digits(number)}

    def digits(self, value: int) -> str:
        return str(value).translate(_ARABIC) if self.language == "ar" else str(value)

    def button(self, words: str, **values: Any) -> Locator:
        return self.page.get_by_role("button", name=self.say(words, **values), exact=True)

    def link(self, words: str, **values: Any) -> Locator:
        return self.page.get_by_role("link", name=self.say(words, **values), exact=True)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.fits()

    def unfold(self, words: str) -> None:
        self.page.locator("summary", has_text=self.say(words)).click()

    def press(self, words: str, **values: Any) -> None:
        self.button(words, **values).click()

    def follow(self, words: str, **values: Any) -> None:
        self.link(words, **values).click()

    def choose(self, name: str, value: str) -> None:
        """A radio or a box, by the field it belongs to."""
        self.page.locator(f"[name={name}][value='{value}']").check()

    def reads(self, words: str, where: str = "main", **values: Any) -> None:
        """The page comes to say so."""
        expect(self.page.locator(where).first).to_contain_text(self.say(words, **values))

    def is_at(self, path: str) -> None:
        expect(self.page).to_have_url(re.compile(path))

    def tab_to(self, target: Locator) -> None:
        """Moves the keyboard's focus there, as the Tab key goes."""
        for _ in range(_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not come to {target}")

    def enter(self, target: Locator) -> None:
        """Goes there by the Tab key and presses Enter."""
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def fits(self) -> None:
        """Nothing of the page is wider than the screen, and no script broke."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, f"{self.page.url} is wider than the screen"
        assert self.complaints == []


@contextmanager
def walking(
    browser: Browser,
    base: str,
    desk: Desk,
    staff: dict[Role, Staff],
    screen: tuple[str, int],
    role: Role = Role.EDITOR,
    **options: Any,
) -> Iterator[Walker]:
    """Somebody of this role, logged in, with a screen of this language and width."""
    language, width = screen
    staff[role].language = language
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(base_url=base, viewport=size, **options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    take_cookie(page, desk(role), base)
    yield Walker(page, language)
    context.close()
