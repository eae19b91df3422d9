"""Against a mail server that is not ours (aiosmtpd): STARTTLS, TLS from the start, login."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.mail.smtp.pool import SmtpPool
from app.mail.smtp.relay import Relay
from app.mail.transport import Batch, ConnectFailed, FailureReason, OutcomeKind
from tests.mail.smtp.parts import Recorder, message, messages

USER, PASSWORD = "news@levant.example", "p@ss/word: %"
LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, which is its own authority."""

    path: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path)
        return context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return Certificate(path)


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, accepted as an authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


class Kept:
    """Accepts everything, and offers pipelining."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_EHLO(  # noqa: N802 - the name is aiosmtpd's
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.contents.append(envelope.content)
        return "250 kept"


def check_login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
    assert isinstance(data, LoginPassword)
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, wrapped: bool = False, login: bool = False
) -> Iterator[tuple[int, Kept]]:
    """aiosmtpd in a thread, gone when the block ends."""
    kept = Kept()
    loop = asyncio.new_event_loop()

    def speak() -> SMTP:
        return SMTP(
            kept,
            loop=loop,
            tls_context=None if wrapped else tls,
            require_starttls=tls is not None and not wrapped,
            auth_required=login,
            auth_require_tls=not wrapped,
            authenticator=check_login if login else None,
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # lets cancelled connections close their sockets

    server = loop.run_until_complete(
        loop.create_server(speak, "127.0.0.1", 0, ssl=tls if wrapped else None)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1], kept
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


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
