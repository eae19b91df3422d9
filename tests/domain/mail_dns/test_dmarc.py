from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.mail_dns.dmarc import aligned, check_dmarc
from app.domain.mail_dns.findings import as_json, from_json
from app.domain.mail_dns.hosts import check_mx, check_ptr
from tests.domain.mail_dns.zone import RELAYED, SENDER, Zone, codes

PLACE = "_dmarc.levant.example"
FRESH = "v=DMARC1; p=none; rua=mailto:postmaster@levant.example"


@pytest.mark.parametrize(
    ("texts", "expected", "publish"),
    [
        ([], ["dmarc_missing"], FRESH),
        (["v=spf1 -all"], ["dmarc_missing"], FRESH),
        (["v=DMARC1; p=reject; rua=mailto:d@levant.example"], [], None),
        (["v=DMARC1;p=quarantine;rua=mailto:d@levant.example"], [], None),
        (["v=DMARC1; p=none; rua=mailto:d@levant.example"], ["dmarc_none"],
         "v=DMARC1; p=quarantine; rua=mailto:d@levant.example"),
        (["v=DMARC1; p=reject"], ["dmarc_no_reports"], None),
        (["v=DMARC1; p=reject; rua=d@levant.example"],
         ["dmarc_bad_reports d@levant.example"], None),
        (["v=DMARC1; p=reject; pct=20; rua=mailto:d@levant.example"], ["dmarc_part 20"], None),
        (["v=DMARC1; p=rejekt"], ["dmarc_syntax p=rejekt"], FRESH),
        (["v=DMARC1; rua=mailto:d@levant.example"], ["dmarc_syntax p="], FRESH),
        (["v=DMARC1; p=none; p=reject"], ["dmarc_syntax p=reject"], FRESH),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], ["dmarc_several 2"], None),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_to_publish(
    texts: list[str], expected: list[str], publish: str | None
) -> None:
    check = check_dmarc(SENDER, Zone(texts={PLACE: texts}))
    assert codes(check) == expected
    assert (check.publish.value if check.publish else None) == publish
    assert from_json(as_json(check)) == check


def test_a_domain_below_another_has_the_policy_for_those_below() -> None:
    sender = replace(SENDER, domain="news.levant.example", bounce_domain="news.levant.example")
    policy = "v=DMARC1; p=reject; sp=none; rua=mailto:d@levant.example"
    check = check_dmarc(sender, Zone(texts={PLACE: [policy]}))
    assert codes(check) == ["dmarc_none"]
    assert check.publish is None
    assert check.name == PLACE


def test_the_walk_ends_above_and_where_nobody_answers() -> None:
    world = Zone()
    sender = replace(SENDER, domain="a.b.levant.example")
    check_dmarc(sender, world)
    assert world.asked == [
        "_dmarc.a.b.levant.example",
        "_dmarc.b.levant.example",
        "_dmarc.levant.example",
    ]
    world.silent = {"_dmarc.b.levant.example"}
    assert codes(check_dmarc(sender, world)) == ["unanswered"]


@pytest.mark.parametrize(
    ("other", "strict", "expected"),
    [
        ("levant.example", True, True),
        ("bounces.levant.example", False, True),
        ("bounces.levant.example", True, False),
        ("provider.example", False, False),
    ],
)
def test_whether_spf_speaks_for_the_sender(other: str, strict: bool, expected: bool) -> None:
    assert aligned("levant.example", other, strict=strict) is expected
    assert aligned("news.levant.co.example", "bounce.levant.co.example", strict=False)


@pytest.mark.parametrize(
    ("mails", "hosts", "code"),
    [
        ({"levant.example": ["mx.levant.example"]}, {}, "mx_good"),
        ({"levant.example": ["."]}, {}, "mx_null"),
        ({}, {"levant.example": ["192.0.2.1"]}, "mx_address"),
        ({}, {}, "mx_missing"),
    ],
)
def test_whether_bounces_find_their_way(
    mails: dict[str, list[str]], hosts: dict[str, list[str]], code: str
) -> None:
    check = check_mx("levant.example", Zone(mails=mails, hosts=hosts))
    assert [note.code for note in check.notes] == [code]


def test_whether_the_address_has_a_name_that_leads_back() -> None:
    address, name = RELAYED.relay_addresses[0], RELAYED.relay
    world = Zone()
    (check,) = check_ptr(RELAYED, world)
    assert codes(check) == ["ptr_missing"]
    assert check.publish is not None
    world.names = {address: [name]}
    (check,) = check_ptr(RELAYED, world)
    assert codes(check) == [f"ptr_one_way {name}"]
    world.hosts = {name: [address]}
    (check,) = check_ptr(RELAYED, world)
    assert codes(check) == []
