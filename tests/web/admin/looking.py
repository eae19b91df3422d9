"""Looks at pages of the admin in a browser and keeps what is wrong with them.

Every page is opened once in a language and then looked at narrow and wide, light and dark. What
axe judges of all but colours is the same in both languages: the Arabic page is judged by it on a
phone by day, the English one on a desk by night.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import Browser, Page, Request, Response, ViewportSize

from tests.web.admin.browsing import AXE

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}

_CHECKS = Path(__file__).with_name("whole_page.js")
_DIRECTIONS = {"ar": "rtl", "en": "ltr"}
_FOREIGN = {"ar": r"[A-Za-z]{2,}", "en": r"\p{Script=Arabic}+"}
_ALLOWED = {
    "ar": (
        "API", "Atom", "CSS", "CSV", "Chrome", "DKIM", "DMARC", "DNS", "English", "Feed", "HTML",
        "JPEG", "JSON", "Linux", "PNG", "Procfile", "RSS", "SMTP", "SPF", "SVG", "SpamAssassin",
        "TLS", "UTC", "UTF", "WebSub", "XML",
    ),
    "en": (
        "العربية", "ليفانت", "قراء", "النشرة", "الأسبوعية", "يناير", "كانون", "الثاني", "٢٠٢٥",
    ),
}  # fmt: skip
"""Words that are the same in both languages, the other language's own name, what the site and its
segment are called, and examples of what can be chosen."""

_ATTRIBUTES = {"ar": ["aria-label", "title", "placeholder", "alt", "data-label"], "en": []}
"""Read too. In an English page they quote headlines, and cannot say that those are Arabic."""

_AXE = """axe.run(document, {iframes: false, %s}).then(report => report.violations.map(
    rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(" | ")}`))"""
_WHOLE = _AXE % ""
_COLOURS = _AXE % 'runOnly: ["color-contrast"]'

_SEND_EMPTY = """(action => {
    const form = [...document.forms].find(
        one => one.method === "post" && one.action.endsWith(action));
    for (const field of form.elements)
        if (field.matches("textarea, input") && !/hidden|radio|checkbox|color/.test(field.type))
            field.value = "";
    form.noValidate = true;
    form.requestSubmit(form.querySelector("button.button:not(.plain)"));
    return 0;
})"""


class Looker:
    """One tab of a browser. `found` has the complaints by page."""

    def __init__(self, browser: Browser, base: str, language: str) -> None:
        self.found: dict[str, list[str]] = {}
        self._base = base
        self._language = language
        self._context = browser.new_context(base_url=f"{base}/admin/", viewport=PHONE)
        self._page = self._context.new_page()
        # By this way scripts of ours come in, however strict the policy of a page.
        self._devtools = self._context.new_cdp_session(self._page)
        self._axe = AXE.read_text(encoding="utf-8") if AXE.exists() else ""
        self._checks = _CHECKS.read_text(encoding="utf-8")
        self._here: list[str] = []
        self._listen(self._page)

    def log_in(self, email: str, password: str) -> None:
        self._context.clear_cookies()
        self._page.goto(f"login?lang={self._language}")
        self._page.locator("[name=email]").fill(email)
        self._page.locator("[name=password]").fill(password)
        self._page.locator("[name=password]").press("Enter")
        self._page.wait_for_url(lambda url: "/login?" not in url and not url.endswith("/login"))

    def look(self, path: str) -> None:
        self._here = self.found.setdefault(path, [])
        self._open(path)
        direction = _DIRECTIONS[self._language]
        self._tell(f"claims({self._language!r}, {direction!r})")
        asked = (table[self._language] for table in (_FOREIGN, _ALLOWED, _ATTRIBUTES))
        self._tell(f"foreign({', '.join(map(json.dumps, asked))})")
        self._tell("strict()")
        self._tell("fit()")
        self._tell("targets()")
        self._use_keys()
        if self._language == "ar":
            self._inspect(_WHOLE)
        self._page.set_viewport_size(DESK)
        self._tell("fit()")
        self._page.emulate_media(color_scheme="dark")
        self._inspect(_COLOURS if self._language == "ar" else _WHOLE)
        self._page.emulate_media(color_scheme="light")
        self._page.set_viewport_size(PHONE)
        self._forget_good(path)

    def glance(self, path: str) -> None:
        """Looks at the page on a phone only, for what differs from the same page elsewhere."""
        self._here = self.found.setdefault(path, [])
        self._open(path)
        self._look_on_phone()
        self._forget_good(path)

    def send_empty(self, path: str, form: str) -> None:
        """Looks at what comes of the form that goes to `form`, sent with nothing in its fields."""
        self._here = []
        self._open(path)
        with self._page.expect_navigation():
            self._ask(f"{_SEND_EMPTY}({form!r})")
        self._here = self.found.setdefault(f"{path}, refused", [])
        self._bring_checks()
        self._tell("refused()")
        self._look_on_phone()
        self._forget_good(f"{path}, refused")

    def close(self) -> None:
        self._context.close()

    def _look_on_phone(self) -> None:
        self._tell("fit()")
        self._tell("targets()")
        self._inspect(_WHOLE)

    def _forget_good(self, path: str) -> None:
        if not self._here:
            del self.found[path]

    def _open(self, path: str) -> None:
        answer = self._page.goto(path)
        assert answer is not None
        wanted = unquote(self._page.url.removeprefix(f"{self._base}/admin/"))
        if answer.status != 200 or wanted != path:
            self._here.append(f"{answer.status} at {wanted}")
        policy = answer.headers.get("content-security-policy", "")
        if "unsafe" in policy or not policy.startswith("default-src 'none'; script-src 'self'; "):
            self._here.append(f"its policy is {policy}")
        self._bring_checks()

    def _bring_checks(self) -> None:
        self._ask(self._axe + f"; window.looking = {self._checks}; 0")

    def _use_keys(self) -> None:
        steps = self._ask("looking.watchFocus()")
        for _ in range(steps):
            self._page.keyboard.press("Tab")
        if steps:
            self._tell("focusTold()")

    def _inspect(self, script: str) -> None:
        if self._axe:
            self._here += self._ask(script)

    def _tell(self, call: str) -> None:
        self._here += self._ask(f"looking.{call}")

    def _ask(self, script: str) -> Any:
        answer = self._devtools.send(
            "Runtime.evaluate",
            {"expression": script, "awaitPromise": True, "returnByValue": True},
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"]["value"]

    def _listen(self, page: Page) -> None:
        page.on("console", lambda told: self._here.append(f"the browser says: {told.text}"))
        page.on("pageerror", lambda error: self._here.append(f"a script broke: {error}"))
        page.on("request", self._note_request)
        page.on("response", self._note_response)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self._base, "data:")):
            self._here.append(f"asks elsewhere: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self._here.append(f"{response.status} for {response.url}")
