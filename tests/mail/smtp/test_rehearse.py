"""The test of the mail server against servers that fail at each step, each in its own way."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.mail.smtp.rehearse import Step, Taken, rehearse, steps_of
from app.mail.smtp.relay import Relay
from app.mail.transport import Message
from tests.mail.smtp.mail_server import LOGIN, USER, Certificate, mail_server, make_certificate
from tests.mail.smtp.parts import message
from tests.mail.smtp.scripted import HANG_UP, OK, SILENCE, Answer, ScriptedServer

S = Step
PLAIN = [S.NAME, S.CONNECT, S.GREETING, S.SENDER, S.RECIPIENT, S.CONTENT]


def run(url: str, one: Message | None = None) -> list[Taken]:
    return rehearse(Relay.parse(url), one or message(1), hello="levant.example", timeout=0.5)


def end(taken: list[Taken]) -> tuple[str, str, int | None]:
    last = taken[-1]
    assert all(not one.fault for one in taken[:-1])
    return last.step.value, last.fault or "", last.number


def test_a_mail_that_goes_through_is_sent_once() -> None:
    with ScriptedServer() as server:
        taken = run(f"smtp://127.0.0.1:{server.port}")
    assert [one.step for one in taken] == PLAIN
    assert not any(one.fault for one in taken)
    assert len(server.contents) == 1
    assert server.contents[0][0] == message(1).data


# Between a server and its own TLS, aiosmtpd sees no encryption.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_every_step_of_a_server_with_tls_and_a_login(trusted: Certificate, scheme: str) -> None:
    wrapped = scheme == "smtps"
    with mail_server(tls=trusted.context(), wrapped=wrapped, login=True) as (port, kept):
        taken = run(f"{scheme}://{LOGIN}127.0.0.1:{port}")
    assert end(taken) == ("content", "", None)
    assert len(kept.contents) == 1
    order = [one.step for one in taken]
    assert sorted(order) == sorted(Step)
    assert (order.index(S.TLS) < order.index(S.GREETING)) is wrapped


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (["550 5.7.1 not you"], ("sender", "sender_refused", 550)),
        (["451 later"], ("sender", "sender_put_off", 451)),
        ([OK, "550 5.1.1 nobody here"], ("recipient", "recipient_refused", 550)),
        ([OK, "450 greylisted"], ("recipient", "recipient_put_off", 450)),
        ([OK, "251 will forward", OK, OK], ("content", "", None)),
        ([OK, OK, "554 no"], ("content", "content_refused", 554)),
        ([OK, OK, OK, "554 5.7.1 spam"], ("content", "content_refused", 554)),
        ([OK, OK, OK, "452 full"], ("content", "content_put_off", 452)),
        ([OK, HANG_UP], ("recipient", "hung_up", None)),
        ([OK, OK, OK, SILENCE], ("content", "silent", None)),
    ],
)
def test_where_a_message_stops(script: list[Answer], expected: tuple[str, str, int | None]) -> None:
    with ScriptedServer(script) as server:
        taken = run(f"smtp://127.0.0.1:{server.port}")
    assert end(taken) == expected


def test_the_server_s_words_are_kept() -> None:
    with ScriptedServer([OK, "550 5.1.1 no \u202esuch\tmailbox"]) as server:
        taken = run(f"smtp://127.0.0.1:{server.port}")
    assert taken[-1].reply == "5.1.1 no such mailbox"


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        ("554 go away", ("greeting", "turned_away", 554)),
        ("421 too busy", ("greeting", "turned_away", 421)),
        ("SSH-2.0-OpenSSH_9.2", ("greeting", "not_smtp", None)),
    ],
)
def test_a_greeting_that_is_none(greeting: str, expected: tuple[str, str, int | None]) -> None:
    with ScriptedServer(greeting=greeting) as server:
        assert end(run(f"smtp://127.0.0.1:{server.port}")) == expected


def test_nobody_listens(unused: int) -> None:
    assert end(run(f"smtp://127.0.0.1:{unused}")) == ("connect", "refused", None)


def test_what_is_no_name() -> None:
    assert end(run("smtp://no..name:25")) == ("name", "name_unknown", None)


@pytest.mark.parametrize(
    ("number", "fault"),
    [(socket.EAI_NONAME, "name_unknown"), (socket.EAI_AGAIN, "name_unanswered")],
)
def test_a_name_that_nothing_has(monkeypatch: pytest.MonkeyPatch, number: int, fault: str) -> None:
    def ask(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", ask)  # no test asks the network's name servers
    assert end(run("smtp://mail.example:25")) == ("name", fault, None)


def test_tls_is_wanted_and_not_there() -> None:
    with ScriptedServer() as server:
        told = end(run(f"smtp+starttls://127.0.0.1:{server.port}"))
    assert told == ("tls", "tls_not_offered", None)
    with mail_server() as (port, _):
        assert end(run(f"smtps://127.0.0.1:{port}")) == ("tls", "tls_not_spoken", None)


def test_tls_is_there_and_not_wanted(trusted: Certificate) -> None:
    """The server waits for a handshake, we for its greeting."""
    with mail_server(tls=trusted.context(), wrapped=True) as (port, _):
        assert end(run(f"smtp://127.0.0.1:{port}")) == ("greeting", "greeting_silent", None)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_nobody_vouches_for(certificate: Certificate, scheme: str) -> None:
    with mail_server(tls=certificate.context(), wrapped=scheme == "smtps") as (port, _):
        assert end(run(f"{scheme}://127.0.0.1:{port}")) == ("tls", "certificate_own", None)
        assert end(run(f"{scheme}://127.0.0.1:{port}?verify=no")) == ("content", "", None)


@pytest.mark.parametrize(
    ("options", "fault"),
    [({"days": -1}, "certificate_expired"), ({"address": "127.0.0.9"}, "certificate_name")],
)
def test_a_certificate_that_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], fault: str
) -> None:
    certificate = make_certificate(tmp_path, **options)  # type: ignore[arg-type]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with mail_server(tls=certificate.context()) as (port, _):
        assert end(run(f"smtp+starttls://127.0.0.1:{port}")) == ("tls", fault, None)


def test_a_login_that_fails_and_no_password_is_shown(trusted: Certificate) -> None:
    user = USER.replace("@", "%40")
    with mail_server(tls=trusted.context(), login=True) as (port, _):
        taken = run(f"smtp+starttls://{user}:guess-me@127.0.0.1:{port}")
        assert end(taken) == ("login", "login_refused", 535)
        assert "guess-me" not in repr(taken)
        taken = run(f"smtp+starttls://{user}:%D9%83%D9%84%D9%85%D8%A9@127.0.0.1:{port}")
        assert end(taken) == ("login", "login_not_ascii", None)
        assert "كلمة" not in repr(taken)
    with ScriptedServer() as server:
        told = end(run(f"smtp://user:secret@127.0.0.1:{server.port}"))
        assert told == ("login", "login_not_offered", None)


def test_an_address_that_this_server_cannot_carry() -> None:
    with ScriptedServer() as server:
        told = end(run(f"smtp://127.0.0.1:{server.port}", message(1, to="قارئ@levant.example")))
    assert told == ("recipient", "address_unfit", None)
    assert [seen for one in server.seen for seen in one] == ["quit"]


def test_steps_that_a_relay_does_not_have_are_left_out() -> None:
    assert steps_of(Relay.parse("smtp://mail.example")) == PLAIN
    assert S.LOGIN in steps_of(Relay.parse("smtps://a:b@mail.example"))


@pytest.fixture
def unused(some_port: object) -> int:
    assert callable(some_port)
    return some_port()
