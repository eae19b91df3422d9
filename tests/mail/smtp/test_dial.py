"""Against a mail server that is not ours (aiosmtpd): STARTTLS, TLS from the start, login."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from app.mail.smtp.pool import SmtpPool
from app.mail.smtp.relay import Relay
from app.mail.transport import Batch, ConnectFailed, FailureReason, OutcomeKind
from tests.mail.smtp.mail_server import LOGIN, USER, Certificate, Kept, mail_server
from tests.mail.smtp.parts import Recorder, message, messages


def pool_at(url: str, *, connections: int = 2) -> SmtpPool:
    return SmtpPool(Relay.parse(url), hello="levant.example", connections=connections, timeout=5)


def check_delivery(url: str, kept: Kept) -> None:
    recorder = Recorder()
    batch = [message(key, size=40_000) for key in range(20)]
    with pool_at(url) as pool:
        pool.run(Batch(batch), recorder)
    assert set(recorder.by_key.values()) == {"sent 250"}
    # aiosmtpd hands contents on without the stuffed dots.
    sent = [one.data.replace(b"\r\n..", b"\r\n.") for one in batch]
    assert sorted(kept.contents) == sorted(sent)


def test_in_the_clear() -> None:
    with mail_server() as (port, kept):
        check_delivery(f"smtp://127.0.0.1:{port}", kept)


def test_starttls_and_login(trusted: Certificate) -> None:
    with mail_server(tls=trusted.context(), login=True) as (port, kept):
        check_delivery(f"smtp+starttls://{LOGIN}127.0.0.1:{port}", kept)


# Between a server and its own TLS, aiosmtpd sees no encryption.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_from_the_start_and_login(trusted: Certificate) -> None:
    with mail_server(tls=trusted.context(), wrapped=True, login=True) as (port, kept):
        check_delivery(f"smtps://{LOGIN}127.0.0.1:{port}", kept)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_nobody_vouches_for(certificate: Certificate, scheme: str) -> None:
    wrapped = scheme == "smtps"
    with mail_server(tls=certificate.context(), wrapped=wrapped) as (port, kept):
        with pool_at(f"{scheme}://127.0.0.1:{port}") as pool:
            failure = failure_of(pool)
        assert (failure.reason, failure.permanent) == (FailureReason.TLS, True)
        assert "self-signed" in str(failure)
        check_delivery(f"{scheme}://127.0.0.1:{port}?verify=no", kept)


def test_a_certificate_for_another_name(trusted: Certificate) -> None:
    with (
        mail_server(tls=trusted.context(), wrapped=True) as (port, _),
        pool_at(f"smtps://localhost:{port}") as pool,
    ):
        assert failure_of(pool).reason is FailureReason.TLS


def test_a_wrong_password(trusted: Certificate) -> None:
    with (
        mail_server(tls=trusted.context(), login=True) as (port, _),
        pool_at(f"smtp+starttls://{quote(USER)}:wrong-secret@127.0.0.1:{port}") as pool,
    ):
        failure = failure_of(pool)
        outcome = pool.send_one(message(1))
    assert (failure.reason, failure.code, failure.permanent) == (FailureReason.LOGIN, 535, True)
    assert "wrong-secret" not in str(failure)
    assert outcome.kind is OutcomeKind.UNSENT


def test_a_password_that_cannot_be_typed_in_ascii(trusted: Certificate) -> None:
    with (
        mail_server(tls=trusted.context(), login=True) as (port, _),
        pool_at(f"smtp+starttls://user:{quote('نشرة')}@127.0.0.1:{port}") as pool,
    ):
        failure = failure_of(pool)
    assert (failure.reason, failure.permanent) == (FailureReason.LOGIN, True)


def test_no_starttls_is_no_connection() -> None:
    """A server, or somebody in between, that does not offer it must not get mail in the clear."""
    with (
        mail_server() as (port, kept),
        pool_at(f"smtp+starttls://127.0.0.1:{port}") as pool,
    ):
        assert failure_of(pool).permanent
    assert kept.contents == []


def test_no_login_is_no_connection() -> None:
    with mail_server() as (port, _), pool_at(f"smtp://u:p@127.0.0.1:{port}") as pool:
        assert failure_of(pool).permanent


def failure_of(pool: SmtpPool) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as raised:
        pool.run(Batch(messages(1)), Recorder())
    return raised.value
