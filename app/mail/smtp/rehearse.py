"""Sends one message step by step, to tell where it stops and why: the test of the mail server.

The connection is opened as the pool opens its own (`dial.greeted`); the envelope and the content
then go one by one, so that each answer belongs to one step.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from app.mail.smtp.dial import Stage, greeted
from app.mail.smtp.envelope import envelope_lines, envelope_problem
from app.mail.smtp.relay import Relay, Security
from app.mail.smtp.replies import shown
from app.mail.transport import Message


class Step(StrEnum):
    """In the order in which they are taken."""

    NAME = "name"
    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Fault(StrEnum):
    """Why a step failed."""

    NAME_UNKNOWN = "name_unknown"
    NAME_UNANSWERED = "name_unanswered"
    REFUSED = "refused"
    CONNECT_SILENT = "connect_silent"
    UNREACHABLE = "unreachable"
    GREETING_SILENT = "greeting_silent"
    TURNED_AWAY = "turned_away"
    NOT_SMTP = "not_smtp"
    TLS_NOT_OFFERED = "tls_not_offered"
    TLS_NOT_SPOKEN = "tls_not_spoken"
    TLS_FAILED = "tls_failed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_EARLY = "certificate_early"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_OWN = "certificate_own"
    CERTIFICATE_BAD = "certificate_bad"
    LOGIN_REFUSED = "login_refused"
    LOGIN_NOT_OFFERED = "login_not_offered"
    LOGIN_NOT_ASCII = "login_not_ascii"
    SENDER_REFUSED = "sender_refused"
    SENDER_PUT_OFF = "sender_put_off"
    RECIPIENT_REFUSED = "recipient_refused"
    RECIPIENT_PUT_OFF = "recipient_put_off"
    ADDRESS_UNFIT = "address_unfit"
    CONTENT_REFUSED = "content_refused"
    CONTENT_PUT_OFF = "content_put_off"
    HUNG_UP = "hung_up"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A step and how it ended. `fault` is None when it went well; `reply` are
    the server's or the system's words in one line that holds no secret."""

    step: Step
    fault: Fault | None = None
    number: int | None = None
    reply: str = ""


class _Stopped(Exception):
    def __init__(self, taken: Taken) -> None:
        super().__init__(taken.fault or "")
        self.taken = taken


def steps_of(relay: Relay) -> list[Step]:
    """The steps that a mail takes over this relay, in order."""
    left_out = set()
    if relay.security is Security.NONE:
        left_out.add(Step.TLS)
    if not relay.user:
        left_out.add(Step.LOGIN)
    steps = [step for step in Step if step not in left_out]
    if relay.security is Security.TLS:  # before the server has said a word
        steps.remove(Step.TLS)
        steps.insert(steps.index(Step.GREETING), Step.TLS)
    return steps


def rehearse(relay: Relay, message: Message, *, hello: str, timeout: float) -> list[Taken]:
    """Takes the steps until one fails, waiting at most `timeout` seconds for each answer; the
    last one tells. The message is sent when all went well, once. Raises nothing."""
    steps = steps_of(relay)
    try:
        _find(relay)
        client = _open(relay, hello, timeout)
        try:
            _send(client, message)
        finally:
            with suppress(OSError):
                client.quit()
            client.close()
    except _Stopped as stopped:
        before = steps[: steps.index(stopped.taken.step)]
        return [*(Taken(step=step) for step in before), stopped.taken]
    return [Taken(step=step) for step in steps]


def _find(relay: Relay) -> None:
    try:
        socket.getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        again = error.errno == socket.EAI_AGAIN
        fault = Fault.NAME_UNANSWERED if again else Fault.NAME_UNKNOWN
        raise _stop(Step.NAME, fault, error) from error
    except UnicodeError as error:
        raise _stop(Step.NAME, Fault.NAME_UNKNOWN, error) from error


def _open(relay: Relay, hello: str, timeout: float) -> smtplib.SMTP:
    reached = [Stage.CONNECT]
    try:
        return greeted(relay, hello, timeout, reach=reached.append)
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors too
        raise _explain(relay, reached[-1], error) from error


def _explain(relay: Relay, stage: Stage, error: Exception) -> _Stopped:
    if isinstance(error, ssl.SSLError):
        return _stop(Step.TLS, _tls_fault(error), error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if stage is Stage.TLS:
            return _stop(Step.TLS, Fault.TLS_NOT_OFFERED, error)
        return _stop(Step.LOGIN, Fault.LOGIN_NOT_OFFERED, error)
    if stage is Stage.LOGIN:
        plain = isinstance(error, UnicodeError)
        return _stop(Step.LOGIN, Fault.LOGIN_NOT_ASCII if plain else Fault.LOGIN_REFUSED, error)
    if stage is Stage.TLS:
        return _stop(Step.TLS, Fault.TLS_FAILED, error)
    if isinstance(error, smtplib.SMTPException) or stage is Stage.GREETING:
        return _stop(Step.GREETING, _greeting_fault(error), error)
    return _connect_fault(relay, error)


def _connect_fault(relay: Relay, error: Exception) -> _Stopped:
    if isinstance(error, ConnectionRefusedError):
        return _stop(Step.CONNECT, Fault.REFUSED, error)
    if isinstance(error, TimeoutError):
        if _answers(relay):  # it took the connection and then said nothing
            return _stop(Step.GREETING, Fault.GREETING_SILENT, error)
        return _stop(Step.CONNECT, Fault.CONNECT_SILENT, error)
    if isinstance(error, ConnectionError):
        return _stop(Step.GREETING, Fault.HUNG_UP, error)
    return _stop(Step.CONNECT, Fault.UNREACHABLE, error)


def _answers(relay: Relay) -> bool:
    try:
        socket.create_connection((relay.host, relay.port), timeout=2).close()
    except OSError:
        return False
    return True


def _greeting_fault(error: Exception) -> Fault:
    if isinstance(error, smtplib.SMTPResponseException):
        return Fault.TURNED_AWAY if error.smtp_code >= 200 else Fault.NOT_SMTP
    return Fault.GREETING_SILENT if _timed_out(error) else Fault.HUNG_UP


def _timed_out(error: Exception) -> bool:
    """smtplib makes a connection that ended of an answer that did not come in time."""
    return isinstance(error, TimeoutError) or "timed out" in str(error)


_VERIFY_FAULTS = {
    9: Fault.CERTIFICATE_EARLY,
    10: Fault.CERTIFICATE_EXPIRED,
    18: Fault.CERTIFICATE_OWN,
    19: Fault.CERTIFICATE_OWN,
    20: Fault.CERTIFICATE_OWN,
    62: Fault.CERTIFICATE_NAME,
    64: Fault.CERTIFICATE_NAME,
}
"""OpenSSL's numbers (X509_V_ERR_...) of what can be wrong with a certificate."""


def _tls_fault(error: ssl.SSLError) -> Fault:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY_FAULTS.get(error.verify_code, Fault.CERTIFICATE_BAD)
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return Fault.TLS_NOT_SPOKEN
    return Fault.TLS_FAILED


def _send(client: smtplib.SMTP, message: Message) -> None:
    problem = envelope_problem(message, smtputf8=client.has_extn("smtputf8"))
    if problem:
        raise _Stopped(Taken(step=Step.RECIPIENT, fault=Fault.ADDRESS_UNFIT, reply=problem))
    mail, recipient = envelope_lines(message)
    _say(client, Step.SENDER, mail, 250)
    _say(client, Step.RECIPIENT, recipient, 250, 251)
    _say(client, Step.CONTENT, b"DATA\r\n", 354)
    _say(client, Step.CONTENT, message.data + b".\r\n", 250)


def _say(client: smtplib.SMTP, step: Step, data: bytes, *good: int) -> None:
    try:
        client.send(data)
        number, words = client.getreply()
    except (OSError, ValueError) as error:
        raise _stop(step, Fault.SILENT if _timed_out(error) else Fault.HUNG_UP, error) from error
    if number not in good and not (250 in good and 200 <= number < 300):
        for_now = 400 <= number < 500
        fault = Fault(f"{step.value}_put_off" if for_now else f"{step.value}_refused")
        raise _Stopped(Taken(step=step, fault=fault, number=number, reply=shown(words)))


def _stop(step: Step, fault: Fault, error: Exception) -> _Stopped:
    number = None
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        number = error.smtp_code if error.smtp_code >= 200 else None
        text = words if isinstance(words, bytes) else str(words).encode()
    elif isinstance(error, UnicodeError):
        text = b""  # it would show what could not be written, a password perhaps
    else:
        text = str(error).encode()
    return _Stopped(Taken(step=step, fault=fault, number=number, reply=shown(text)))


def failed(taken: Sequence[Taken]) -> bool:
    """Whether the message did not get through."""
    return taken[-1].fault is not None
