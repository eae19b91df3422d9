"""What the name servers say, asked of a real one on loopback."""

from __future__ import annotations

import pytest

from app.config import Settings
from app.domain.mail_dns.findings import Answer
from app.mail.resolver import WHOLE, Resolver
from tests.name_server import NameServer, name_server

ZONE = {
    ("levant.example", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("levant.example", "MX"): ["20 second.example.", "10 First.example."],
    ("null.example", "MX"): ["0 ."],
    ("mail.example", "A"): ["192.0.2.1"],
    ("mail.example", "AAAA"): ["2001:db8::1"],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["mail.example."],
    ("silent.example", "TXT"): None,
    ("silent.example", "AAAA"): None,
}


@pytest.fixture(scope="module")
def server() -> NameServer:
    with name_server(ZONE) as running:
        yield running


@pytest.fixture
def resolver(settings: Settings, server: NameServer) -> Resolver:
    return Resolver(settings.with_(dns_servers=(server.address,)))


def found(*values: str) -> Answer:
    return Answer(values=values)


def test_every_kind_of_record_is_read(resolver: Resolver) -> None:
    assert resolver.txt("levant.example") == found("other", "v=spf1 -all")
    assert [host.lower() for host in resolver.mx("levant.example").values] == [
        "first.example",
        "second.example",
    ]
    assert resolver.mx("null.example") == found(".")
    assert resolver.addresses("mail.example") == found("192.0.2.1", "2001:db8::1")
    assert resolver.pointer("192.0.2.1") == found("mail.example")


@pytest.mark.parametrize("name", ["nowhere.example", "mail.example", "a..b", "x" * 64, "a b"])
def test_what_is_not_there_is_an_answer_too(resolver: Resolver, name: str) -> None:
    assert resolver.txt(name) == found()


def test_a_name_is_asked_for_once(resolver: Resolver, server: NameServer) -> None:
    server.asked.clear()
    for _ in range(3):
        resolver.txt("once.example")
    assert server.asked == [("once.example", "TXT")]


def test_servers_that_are_silent_cost_a_bounded_time(
    settings: Settings, server: NameServer
) -> None:
    clock = [0.0]
    resolver = Resolver(settings.with_(dns_servers=(server.address,)), monotonic=lambda: clock[0])
    clock[0] = WHOLE - 0.05
    assert resolver.txt("silent.example") == Answer(answered=False)
    clock[0] = WHOLE
    server.asked.clear()
    assert resolver.txt("levant.example") == Answer(answered=False)
    assert server.asked == []
