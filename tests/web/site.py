"""A person in front of the site: opens pages, fills in the forms that are there, presses."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

BASE = "https://levant.example"


class Site:
    def __init__(self, client: FlaskClient, clock: Any, session: Session) -> None:
        self.client = client
        self.clock = clock
        self._session = session

    def open(self, path: str, **options: Any) -> TestResponse:
        return self._ask("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self._ask("POST", path, data=data, **options)

    def _ask(self, method: str, path: str, **options: Any) -> TestResponse:
        self._session.flush()
        answer = self.client.open(path, method=method, base_url=BASE, **options)
        self._session.expire_all()  # the test sees what the site has written
        return answer

    def press(
        self, page: TestResponse, action: str = "", *, seconds: float = 5, **typed: Any
    ) -> TestResponse:
        """Sends the form of a page as a browser would, after some seconds."""
        form = form_of(page, action)
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        values.update(typed)
        self.clock.advance(seconds=seconds)
        target = form.get("action") or page.request.path
        return self.post(target, values)

    def sign_up(self, email: str, **typed: Any) -> TestResponse:
        return self.press(self.open("/subscribe"), "/subscribe", email=email, **typed)


def form_of(page: TestResponse, action: str = "") -> Any:
    found = [form for form in tree(page).forms if action in (form.get("action") or "")]
    return next(form for form in found if form.get("method") == "post")


def tree(page: TestResponse) -> Any:
    return html.fromstring(page.get_data(as_text=True), parser=html.HTMLParser(encoding="utf-8"))


def words(page: TestResponse) -> str:
    """The page's text, its white space folded."""
    return " ".join(tree(page).find(".//main").text_content().split())
