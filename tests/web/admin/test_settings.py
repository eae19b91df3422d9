"""The settings: the pace that workers keep, and the DNS of the sending domain."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.sending_pace import CAREFUL, WarmUp
from app.domain.staff import Role
from app.store.pulse import DNS
from app.store.tables import AuditEvent, Pulse
from app.usecases.manage_sending import PaceChoice, read_pace, read_pace_choice
from tests.name_server import name_server
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

PACE = "/admin/settings"
DOMAIN = "/admin/settings/dns"
GOOD_ZONE = {
    ("levant.example", "TXT"): ['"v=spf1 mx -all"'],
    ("levant.example", "MX"): ["10 mail.levant.example."],
    ("_dmarc.levant.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@levant.example"'],
    ("old._domainkey.levant.example", "TXT"): ['"v=DKIM1; p="'],
}


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.OWNER)


def press(site: Site, path: str, **typed: object) -> object:
    return site.press(site.open(path), path, **typed)


def test_limits_are_kept_and_what_is_empty_is_as_installed(
    site: Site, session: Session, settings: Settings
) -> None:
    typed = {"per_second": "٢٠", "per_hour": "0", "per_day": "", "connections": "8"}
    assert press(site, PACE, **typed).status_code == 302
    assert read_pace_choice(session) == PaceChoice(per_second=20, per_hour=0, connections=8)
    installed = settings.with_(send_per_hour=900, send_per_day=5_000)
    pace = read_pace(session, installed)
    assert (pace.per_second, pace.per_hour, pace.per_day, pace.connections) == (20, 0, 5_000, 8)
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.pace")).one()
    assert told.detail["per_second"] == 20
    assert tree(site.open(PACE)).xpath("//input[@name='per_second']/@value") == ["20"]


def test_a_warm_up_is_chosen_and_ended(site: Site, session: Session, settings: Settings) -> None:
    press(site, PACE, plan="careful", begins="2025-01-25")
    expected = WarmUp(begins=date(2025, 1, 25), limits=CAREFUL)
    assert read_pace(session, settings).warmup == expected
    assert "٢٥ يناير" in words(site.open(PACE))
    press(site, PACE, plan="own", begins="2025-01-22", limits="100\r\n\r\n2,000\r\n٣٠٠٠")
    assert read_pace(session, settings).warmup.limits == (100, 2_000, 3_000)
    warming = settings.with_(warmup_from=date(2025, 1, 1))
    press(site, PACE, plan="none")
    assert read_pace(session, warming).warmup is None
    press(site, PACE, plan="as_set")
    assert read_pace(session, warming).warmup is not None


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"per_second": "fast"}, "اكتب عدداً صحيحاً."),
        ({"per_second": "-1"}, "بين ٠ و١٬٠٠٠٬٠٠٠."),
        ({"connections": "0"}, "بين ١ و١٠٠."),
        ({"plan": "own", "limits": ""}, "اكتب كم رسالة يجوز إرسالها"),
        ({"plan": "own", "limits": "100\nmany"}, "هذا ليس عدد رسائل: \u2068many"),
        ({"plan": "own", "limits": "99999999999"}, "هذا العدد أكبر من الممكن"),
        ({"plan": "own", "limits": "5\n" * 91}, "على الأكثر: ٩٠"),
        ({"plan": "slow"}, "اختر واحداً من هذه."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    site: Site, session: Session, typed: dict[str, str], complaint: str
) -> None:
    answer = press(site, PACE, per_hour="77", **typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    assert tree(answer).xpath("//input[@name='per_hour']/@value") == ["77"]
    assert read_pace_choice(session) == PaceChoice()


def test_the_domain_is_looked_at_and_home_knows(
    app: Flask, site: Site, session: Session, redis_emptied: None
) -> None:
    assert "لم يُجرَ أي فحص بعد" in words(site.open(DOMAIN))
    with name_server(GOOD_ZONE) as server:
        point_at(app, server.address)
        assert press(site, DOMAIN, selectors="old").status_code == 302
        page = site.open(DOMAIN)
        assert ("old._domainkey.levant.example", "TXT") in server.asked
        assert {name.rpartition("levant.example")[1] for name, _ in server.asked} == {
            "levant.example"
        }
    told = words(page)
    assert "v=spf1 mx -all" in told
    assert "المفتاح مسحوب" in told
    assert tree(page).xpath("//input[@name='selectors']/@value") == ["old"]
    assert session.scalars(select(Pulse).where(Pulse.kind == DNS)).one().detail["level"] == "bad"
    assert "سجل ناقص أو خاطئ" in words(site.open("/admin/"))


def test_what_is_missing_can_be_copied(app: Flask, site: Site) -> None:
    with name_server({}) as server:
        point_at(app, server.address)
        press(site, DOMAIN)
    page = tree(site.open(DOMAIN))
    copied = page.xpath("//button[@data-copy]/@data-copy")
    assert "v=spf1 mx ~all" in copied
    assert "_dmarc.levant.example" in copied
    assert "v=DMARC1; p=none; rua=mailto:postmaster@levant.example" in copied


def test_what_is_no_selector_is_not_asked_for(app: Flask, site: Site) -> None:
    with name_server({}) as server:
        point_at(app, server.address)
        answer = press(site, DOMAIN, selectors="a b/../c")
        assert server.asked == []
    assert answer.status_code == 400
    assert "هذا ليس محدِّداً" in words(answer)


def test_looking_again_and_again_is_put_off(app: Flask, site: Site) -> None:
    with name_server(GOOD_ZONE) as server:
        point_at(app, server.address)
        answers = [press(site, DOMAIN).status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]


def point_at(app: Flask, address: tuple[str, int]) -> None:
    """Has the site ask this name server, and no other."""
    from dataclasses import replace

    runtime = app.extensions["nashra"]
    chosen = runtime.settings.with_(dns_servers=(address,))
    app.extensions["nashra"] = replace(runtime, settings=chosen)
