from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.origin import InvalidOrigin, parse_origin


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("www.news.example", "https://www.news.example"),
        (" https://News.Example/front?page=1#top ", "https://news.example"),
        ("https://news.example:443", "https://news.example"),
        ("http://news.example:80/", "http://news.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:3000", "https://localhost:3000"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://أخبار.example", "https://xn--igbicxr.example"),
        ("news.example.", "https://news.example"),
    ],
)
def test_an_address_names_its_site(typed: str, origin: str) -> None:
    assert parse_origin(typed) == origin


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_an_address"),
        ("news", "not_an_address"),
        ("ftp://news.example", "not_an_address"),
        ("javascript:alert(1)", "not_an_address"),
        ("https://user@news.example", "not_an_address"),
        ("https://news.example:port", "not_an_address"),
        ("https://news.example; script-src *", "has_stars"),
        ("https://news.example;default-src", "not_an_address"),
        ("https://a b.example", "not_an_address"),
        ("https://*.news.example", "has_stars"),
        ("https://[::1", "not_an_address"),
        ("https://" + "a." * 200 + "example", "not_an_address"),
    ],
)
def test_what_names_no_site_is_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidOrigin) as refused:
        parse_origin(typed)
    assert refused.value.code == code


@given(st.text())
def test_whatever_is_typed_no_origin_ends_a_policy(typed: str) -> None:
    try:
        origin = parse_origin(typed)
    except InvalidOrigin:
        return
    assert parse_origin(origin) == origin
    assert not set(origin) & set(" ;,'\"\r\n\t*")
    assert origin.isascii()
