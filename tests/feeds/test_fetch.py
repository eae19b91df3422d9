"""Fetching from a server on loopback that misbehaves in every way it can."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.feeds.errors import FeedError
from app.feeds.fetch import Fetched, FetchLimits, fetch_feed
from tests.feeds.certificates import make_authority, serve_tls
from tests.feeds.servers import FEED, MODIFIED, FaultySite, faulty_site

LIMITS = FetchLimits(max_bytes=100_000, seconds=10)
HASTE = FetchLimits(max_bytes=100_000, seconds=0.5)


@pytest.fixture(scope="module")
def site() -> Iterator[FaultySite]:
    with faulty_site() as site:
        yield site


def _fetch(url: str, limits: FetchLimits = LIMITS, **given: str) -> Fetched:
    return fetch_feed(url, limits=limits, allow_private=True, **given)


def _refused(url: str, limits: FetchLimits = LIMITS, *, allow_private: bool = True) -> FeedError:
    with pytest.raises(FeedError) as caught:
        fetch_feed(url, limits=limits, allow_private=allow_private)
    return caught.value


def test_a_feed_and_what_its_server_says_of_it(site: FaultySite) -> None:
    found = _fetch(f"{site.url}/feed")
    assert found == Fetched(
        status="new",
        body=FEED,
        content_type="application/rss+xml",
        charset="utf-8",
        etag='"one"',
        last_modified=MODIFIED,
        final_url=f"{site.url}/feed",
        lasting_url=f"{site.url}/feed",
    )


def test_what_has_not_changed_is_not_sent_again(site: FaultySite) -> None:
    first = _fetch(f"{site.url}/feed")
    again = _fetch(f"{site.url}/feed", etag=first.etag, last_modified=first.last_modified)
    assert (again.status, again.body) == ("unchanged", b"")
    _, headers = site.seen[-1]
    assert headers["If-None-Match"] == '"one"'
    assert headers["If-Modified-Since"] == MODIFIED


def test_a_redirect_is_followed_and_told(site: FaultySite) -> None:
    found = _fetch(f"{site.url}/moved")
    assert (found.body, found.final_url) == (FEED, f"{site.url}/feed")


@pytest.mark.parametrize("path", ["gzip", "deflate", "claims-nonsense"])
def test_other_ways_to_send_the_same(site: FaultySite, path: str) -> None:
    assert _fetch(f"{site.url}/{path}").body == FEED


def test_validators_that_cannot_be_sent_back_are_not_kept(site: FaultySite) -> None:
    found = _fetch(f"{site.url}/odd-validators")
    assert (found.etag, found.last_modified) == ("", "")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("missing", "not_found"),
        ("gone", "gone"),
        ("broken", "bad_status"),
        ("forbidden", "bad_status"),
        ("always-304", "bad_status"),
        ("bad-gzip", "bad_response"),
        ("bad-chunks", "bad_response"),
        ("claims-too-much", "bad_response"),
        ("two-lengths", "bad_response"),
        ("not-http", "bad_response"),
        ("many-headers", "bad_response"),
        ("hangs-up", "connection_failed"),
        ("bomb", "too_large"),
        ("double-bomb", "too_large"),
        ("large", "too_large"),
        ("large-without-length", "too_large"),
        ("claims-huge", "too_large"),
        ("loop", "redirect_loop"),
        ("endless", "too_many_redirects"),
        ("to-file", "bad_redirect"),
        ("to-userinfo", "bad_redirect"),
        ("to-nothing", "bad_redirect"),
        ("to-metadata", "private_address"),
    ],
)
def test_each_fault_has_its_code(site: FaultySite, path: str, code: str) -> None:
    assert _refused(f"{site.url}/{path}").code == code


@pytest.mark.parametrize("path", ["drip", "drip-headers", "drip-chunks", "silence"])
def test_time_is_bounded_however_busily_it_drips(site: FaultySite, path: str) -> None:
    began = time.monotonic()
    assert _refused(f"{site.url}/{path}", HASTE).code == "timeout"
    assert time.monotonic() - began < 8  # the drip itself would go on until the test's end


def test_a_bomb_is_not_unpacked_beyond_the_limit(site: FaultySite) -> None:
    small = FetchLimits(max_bytes=10_000, seconds=10)
    assert _refused(f"{site.url}/bomb", small).detail == "more than 10000 bytes"


def test_a_redirect_to_a_private_address_is_checked_again(
    site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first host counts as public here; the redirect leads to another name of loopback."""
    monkeypatch.setattr("app.feeds.addresses._forbidden", _only_localhost_is_forbidden)
    error = _refused(f"{site.url}/to-metadata", allow_private=False)
    assert (error.code, error.detail.split(" ")[0]) == ("private_address", "169.254.169.254")
    assert all("meta-data" not in path for path, _ in site.seen)


def _only_localhost_is_forbidden(address: object) -> tuple[str, bool]:
    return ("", False) if str(address) == "127.0.0.1" else ("link-local", False)


def test_a_name_that_answers_differently_the_second_time_changes_nothing(
    site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what was checked is what is connected to, and nobody is asked again."""
    port = int(site.url.rpartition(":")[2])
    answers = iter(("127.0.0.1", "169.254.169.254"))
    look_up = socket.getaddrinfo

    def rebinding(host: str, *rest: Any, **more: Any) -> Any:
        return look_up(next(answers) if host == "rebinding.example.org" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert _fetch(f"http://rebinding.example.org:{port}/feed").body == FEED
    assert next(answers) == "169.254.169.254"


def test_the_proxy_of_the_environment_is_not_used(
    site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert _fetch(f"{site.url}/feed").body == FEED


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = _refused(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert (error.code, error.detail) == ("connection_failed", "Connection refused")


def test_a_name_that_nobody_has() -> None:
    assert _refused("http://feed.invalid/").code == "name_not_found"


def test_a_certificate_is_checked_by_name_though_the_connection_goes_to_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = make_authority(tmp_path, name="localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with serve_tls(authority, FEED) as (port, names):
        assert _fetch(f"https://localhost:{port}/feed").body == FEED
        assert names == ["localhost"]
        error = _refused(f"https://127.0.0.1:{port}/feed")
        assert error.code == "tls_failed"


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    authority = make_authority(tmp_path, name="localhost")
    with serve_tls(authority, FEED) as (port, _):
        assert _refused(f"https://localhost:{port}/feed").code == "tls_failed"


def test_plain_http_where_tls_was_asked_for(site: FaultySite) -> None:
    error = _refused(f"https://127.0.0.1:{site.server_port}/feed")
    assert error.code == "tls_failed"
    assert ssl.OPENSSL_VERSION not in error.detail
