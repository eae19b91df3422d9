"""The words of the test of the mail server: each step, what went wrong at it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.mail.smtp.rehearse import Fault, Step, Taken
from app.mail.smtp.relay import Security
from app.web.admin.i18n import lazy_gettext as _

STEPS: Mapping[Step, LazyString] = {
    Step.NAME: _("Find the server by its name"),
    Step.CONNECT: _("Connect"),
    Step.GREETING: _("Be greeted"),
    Step.TLS: _("Encrypt, and check the certificate"),
    Step.LOGIN: _("Log in to the server"),
    Step.SENDER: _("Have the sender accepted"),
    Step.RECIPIENT: _("Have the recipient accepted"),
    Step.CONTENT: _("Hand the mail over"),
}

SECURITIES: Mapping[Security, LazyString] = {
    Security.NONE: _("Not encrypted"),
    Security.TLS: _("Encrypted from the start (TLS)"),
    Security.STARTTLS: _("Encrypted after the greeting (STARTTLS)"),
}

FAULTS: Mapping[Fault, LazyString] = {
    Fault.NAME_UNKNOWN: _("No server has this name. See whether SMTP_URL is spelt right."),
    Fault.NAME_UNANSWERED: _(
        "The name servers did not answer. See whether this machine can ask them, and try again."
    ),
    Fault.REFUSED: _(
        "Nobody listens at this port. See whether the port in SMTP_URL is right (587 with "
        "STARTTLS, 465 with TLS, 25 between servers) and whether the mail server runs."
    ),
    Fault.CONNECT_SILENT: _(
        "There was no answer at all. A firewall is probably in between: many hosting providers "
        "block port 25; try 587."
    ),
    Fault.UNREACHABLE: _("No way leads to the server from this machine. Look at its network."),
    Fault.GREETING_SILENT: _(
        "The connection stands, but no greeting came. If the port is 465, SMTP_URL must begin "
        "with smtps://."
    ),
    Fault.TURNED_AWAY: _("The server turned this machine away before anything was said."),
    Fault.NOT_SMTP: _("What answers there is no mail server. See whether the port is right."),
    Fault.TLS_NOT_OFFERED: _(
        "The server offers no STARTTLS at this port. Try 587, or smtps:// with port 465; use "
        "smtp:// only for a server on your own machine or network."
    ),
    Fault.TLS_NOT_SPOKEN: _(
        "The server does not speak TLS from the start at this port. Use smtp+starttls://, or "
        "port 465."
    ),
    Fault.TLS_FAILED: _("The encryption could not be agreed upon."),
    Fault.CERTIFICATE_EXPIRED: _("The server's certificate has run out. It must be renewed there."),
    Fault.CERTIFICATE_EARLY: _(
        "The server's certificate is not valid yet. See whether the clock of this machine is right."
    ),
    Fault.CERTIFICATE_NAME: _(
        "The certificate is for another name. Write the name in SMTP_URL that the certificate has."
    ),
    Fault.CERTIFICATE_OWN: _(
        "No known authority vouches for the certificate. Install its authority on this machine, "
        "or for a server that you run yourself add ?verify=no to SMTP_URL."
    ),
    Fault.CERTIFICATE_BAD: _("The server's certificate is not valid."),
    Fault.LOGIN_REFUSED: _(
        "The server refused the user name or the password. Some providers ask for a password made "
        "for applications. Special characters stand in SMTP_URL as %40 and the like."
    ),
    Fault.LOGIN_NOT_OFFERED: _(
        "The server offers no login here, or none before encryption. Take user and password out "
        "of SMTP_URL, or use smtp+starttls://."
    ),
    Fault.LOGIN_NOT_ASCII: _("User name and password in SMTP_URL can only hold ASCII letters."),
    Fault.SENDER_REFUSED: _(
        "The server does not send for this sender. Allow MAIL_FROM there, or set it to an "
        "address that belongs to the login."
    ),
    Fault.SENDER_PUT_OFF: _(
        "The server does not take mail of this sender just now. Try again later."
    ),
    Fault.RECIPIENT_REFUSED: _(
        "The server does not take mail for this address. Either it does not exist, or the server "
        "asks for a login before it passes mail on."
    ),
    Fault.RECIPIENT_PUT_OFF: _(
        "The server asks to try this address later (often greylisting). The workers do that by "
        "themselves."
    ),
    Fault.ADDRESS_UNFIT: _("This server cannot carry this address."),
    Fault.CONTENT_REFUSED: _(
        "The server refused the mail after it saw it, mostly as spam or for a policy. Its words "
        "say which."
    ),
    Fault.CONTENT_PUT_OFF: _("The server put the mail off. The workers try again by themselves."),
    Fault.HUNG_UP: _(
        "The server closed the connection in the middle. Some do so when too many come from one "
        "address."
    ),
    Fault.SILENT: _("The server fell silent. It is overloaded, or a firewall cut the connection."),
}


def fault_words(taken: Taken) -> str:
    """What went wrong and what to do; empty for a step that went well."""
    return str(FAULTS[taken.fault]) if taken.fault else ""
