from __future__ import annotations

import pytest

from app.domain.mail_dns.spf import check_spf
from app.domain.mail_dns.spf_record import BadTerm, parse_spf
from app.domain.vitals import Level
from tests.domain.mail_dns.zone import RELAYED, SENDER, Zone, codes

DOMAIN = "levant.example"
INCLUDED = {
    "_spf.host.example": ["v=spf1 ip4:93.184.216.0/24 -all"],
    "_spf.other.example": ["v=spf1 ip4:198.51.100.1 ?all"],
}


def zone(*texts: str) -> Zone:
    return Zone(texts={DOMAIN: list(texts), **INCLUDED})


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 -all",
        "v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
        "V=SPF1 A:mail.example/24//64 MX/28 include:%{ir}.example exists:%{i}.x.example -ALL",
        "v=spf1 redirect=_spf.example exp=explain.example unknown=tag",
    ],
)
def test_what_receivers_understand(text: str) -> None:
    assert parse_spf(text)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("v=spf1 ipv4:192.0.2.1 -all", "ipv4:192.0.2.1"),
        ("v=spf1 ip4:192.0.2 -all", "ip4:192.0.2"),
        ("v=spf1 ip4:2001:db8::1 -all", "ip4:2001:db8::1"),
        ("v=spf1 include -all", "include"),
        ("v=spf1 all:x", "all:x"),
        ("v=spf1 mx, -all", "mx,"),
        ("v=spf1 – all", "–"),
    ],
)
def test_what_breaks_a_whole_record_is_named(text: str, term: str) -> None:
    with pytest.raises(BadTerm) as told:
        parse_spf(text)
    assert str(told.value) == term
    check = check_spf(SENDER, DOMAIN, zone(text))
    assert codes(check) == [f"spf_syntax {term}"]


@pytest.mark.parametrize(
    ("texts", "expected", "publish"),
    [
        ([], ["spf_missing"], "v=spf1 a:mail.levant.example ~all"),
        (["google-site-verification=x", "v=spf10 -all"], ["spf_missing"],
         "v=spf1 a:mail.levant.example ~all"),
        (["v=spf1 ip4:93.184.216.34 -all"], [], None),
        (["v=spf1 include:_spf.host.example ~all"], [], None),
        (["v=spf1 redirect=_spf.host.example"], [], None),
        (["v=spf1 include:_spf.host.example +all"], ["spf_all_pass"],
         "v=spf1 include:_spf.host.example ~all"),
        (["v=spf1 include:_spf.host.example all"], ["spf_all_pass"],
         "v=spf1 include:_spf.host.example ~all"),
        (["v=spf1 include:_spf.host.example ?all"], ["spf_neutral"],
         "v=spf1 include:_spf.host.example ~all"),
        (["v=spf1 include:_spf.host.example"], ["spf_no_end"],
         "v=spf1 include:_spf.host.example ~all"),
        (["v=spf1 include:_spf.other.example -all"], ["spf_relay_not_named 93.184.216.34"],
         "v=spf1 a:mail.levant.example include:_spf.other.example -all"),
        (["v=spf1 -include:_spf.host.example -all"], [], None),
        (["v=spf1 ip4:93.184.216.34 -all mx"], ["spf_after_all mx"],
         "v=spf1 ip4:93.184.216.34 mx -all"),
        (["v=spf1 ip4:93.184.216.34 ptr -all"], ["spf_ptr"], None),
        (["v=spf1 ip4:93.184.216.34 include:none.example -all"],
         ["spf_include_broken none.example"], None),
        (["v=spf1 mx -all", "v=spf1 include:_spf.host.example ~all"], ["spf_several 2"],
         "v=spf1 mx include:_spf.host.example ~all"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_to_publish(
    texts: list[str], expected: list[str], publish: str | None
) -> None:
    check = check_spf(RELAYED, DOMAIN, zone(*texts))
    assert codes(check) == expected
    assert (check.publish.value if check.publish else None) == publish
    if publish:
        assert parse_spf(publish)


def test_the_mail_server_may_be_named_by_its_host_or_the_domain_s_mail() -> None:
    world = zone("v=spf1 mx -all")
    world.mails = {DOMAIN: ["mail.levant.example"]}
    world.hosts = {"mail.levant.example": ["93.184.216.34", "2001:db8::1"]}
    assert codes(check_spf(RELAYED, DOMAIN, world)) == []
    world.texts[DOMAIN] = ["v=spf1 a:mail.levant.example -all"]
    assert codes(check_spf(RELAYED, DOMAIN, world)) == []
    world.texts[DOMAIN] = ["v=spf1 a:neighbour.example/24 -all"]
    world.hosts["neighbour.example"] = ["93.184.216.200"]
    assert codes(check_spf(RELAYED, DOMAIN, world)) == []


def test_more_lookups_than_receivers_make_break_it() -> None:
    world = zone("v=spf1 " + " ".join(f"include:i{n}.example" for n in range(11)) + " -all")
    for number in range(11):
        world.texts[f"i{number}.example"] = ["v=spf1 ip4:93.184.216.34 -all"]
    assert codes(check_spf(RELAYED, DOMAIN, world)) == ["spf_too_many_lookups 11"]


def test_names_that_lead_nowhere_are_counted() -> None:
    world = zone("v=spf1 ip4:93.184.216.34 a:x.example a:y.example a:z.example -all")
    assert codes(check_spf(RELAYED, DOMAIN, world)) == ["spf_too_many_void 3"]


def test_a_circle_ends() -> None:
    world = zone(f"v=spf1 include:{DOMAIN} -all")
    check = check_spf(SENDER, DOMAIN, world)
    assert check.level is Level.BAD
    assert len(world.asked) < 40


def test_silence_is_not_a_verdict() -> None:
    world = zone("v=spf1 include:_spf.away.example ip4:93.184.216.34 -all")
    world.silent = {"_spf.away.example"}
    assert codes(check_spf(RELAYED, DOMAIN, world)) == ["unanswered"]
    world.silent = {DOMAIN}
    check = check_spf(SENDER, DOMAIN, world)
    assert (codes(check), check.level, check.publish) == (["unanswered"], Level.WARN, None)
