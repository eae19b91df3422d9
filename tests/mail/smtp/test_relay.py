"""SMTP_URL, taken apart."""

from __future__ import annotations

import pytest

from app.mail.smtp.relay import Relay, Security


def test_every_part_of_the_address() -> None:
    relay = Relay.parse("smtp+starttls://news%40a.example:p%3Aw%2F%40%25@relay.example:2525")
    assert relay == Relay(
        security=Security.STARTTLS,
        host="relay.example",
        port=2525,
        user="news@a.example",
        password="p:w/@%",
    )
    assert "p:w" not in repr(relay)


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://h", 25), ("smtps://h", 465), ("smtp+starttls://h", 587), ("smtp://[::1]", 25)],
)
def test_usual_ports(url: str, port: int) -> None:
    assert Relay.parse(url).port == port


def test_certificates_are_checked_unless_told_otherwise() -> None:
    assert Relay.parse("smtps://h").verify
    assert Relay.parse("smtps://h?verify=yes").verify
    assert not Relay.parse("smtps://h?verify=no").verify


@pytest.mark.parametrize("url", ["http://h", "smtp://", "smtp://:25"])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Relay.parse(url)
