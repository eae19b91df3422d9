"""Where feeds may be fetched from: URLs taken apart, and addresses that are refused."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.feeds.addresses import MAX_URL, read_url, resolve
from app.feeds.errors import BadUrl, NameNotFound, PrivateAddress, TimedOut


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://sidra.example", "https://sidra.example/"),
        ("HTTP://Sidra.Example:80/A?b#c", "http://sidra.example/A?b"),
        ("https://sidra.example:8443/x", "https://sidra.example:8443/x"),
        ("https://sidra.example./x", "https://sidra.example/x"),
        ("http://سدرة.example/خبر", "http://xn--ogblgg.example/%D8%AE%D8%A8%D8%B1"),
        ("http://[2001:DB8::1]:81/x", "http://[2001:db8::1]:81/x"),
    ],
)
def test_one_spelling_for_each_address(text: str, url: str) -> None:
    assert read_url(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sidra.example/feed",
        "ftp://sidra.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///feed",
        "https://user@sidra.example/",
        "https://user:pass@sidra.example/",
        "https://@sidra.example/",
        "https://sidra.example:0/",
        "https://sidra.example:99999/",
        "https://sidra.example:port/",
        "https://sidra .example/",
        "https://sidra.example/\r\nHost: other",
        "https://sidra.example\\@other.example/",
        "https://sidra\u202e.example/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "https://sidra.example/" + "x" * MAX_URL,
    ],
)
def test_what_is_no_address_of_a_feed(text: str) -> None:
    with pytest.raises(BadUrl) as caught:
        read_url(text)
    assert caught.value.detail


PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.2.1",
    "198.18.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::1]", "[fc00::1]",
    "[fd12:3456::1]", "[fec0::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[2001:db8::1]",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "[fe80::1]", "224.0.0.1", "[ff02::1]", "0.0.0.0", "[::]", "240.0.0.1",
    "255.255.255.255", "[64:ff9b::7f00:1]", "[64:ff9b::808:808]", "[64:ff9b:1::1]",
    "[2002:7f00:1::]", "[2001:0:1::1]", "[::7f00:1]", "[::ffff:169.254.169.254]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_in_every_spelling(host: str) -> None:
    target = read_url(f"http://{host}/")
    with pytest.raises(PrivateAddress, match="set ALLOW_PRIVATE_FEEDS=1"):
        resolve(target, seconds=5, allow_private=False)
    assert resolve(target, seconds=5, allow_private=True)


@pytest.mark.parametrize("host", NEVER)
@pytest.mark.parametrize("allow_private", [False, True])
def test_addresses_that_no_setting_opens(host: str, allow_private: bool) -> None:
    with pytest.raises(PrivateAddress, match="ALLOW_PRIVATE_FEEDS does not open it"):
        resolve(read_url(f"http://{host}/"), seconds=5, allow_private=allow_private)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "134744072"])
def test_public_addresses(host: str) -> None:
    assert resolve(read_url(f"http://{host}/"), seconds=5, allow_private=False)


def _answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _answering(monkeypatch, "93.184.216.34", "10.0.0.7")
    with pytest.raises(PrivateAddress, match=r"sidra\.example\.org \(10\.0\.0\.7\)"):
        resolve(read_url("http://sidra.example.org/"), seconds=5, allow_private=False)


@pytest.mark.parametrize("host", ["sidra.example", "www.sidra.example", "feed.invalid"])
def test_names_that_are_never_there_are_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    _answering(monkeypatch, "93.184.216.34")
    with pytest.raises(NameNotFound):
        resolve(read_url(f"http://{host}/"), seconds=5, allow_private=True)


def test_a_name_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30) and [])
    with pytest.raises(TimedOut):
        resolve(read_url("http://sidra.example.org/"), seconds=0.1, allow_private=False)
    over.set()
