"""The details of a feed's failure in the reader's language, and what can be done about it.

Details are short English, made in `app/feeds` for logs and terminals. Each of their forms stands
here once more; one that is not here is shown as it is, marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask_babel.speaklater import LazyString

from app.web.admin.display import number
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.i18n import lazy_gettext as _

_PLAIN: dict[str, LazyString] = {
    "HTTP 401": _("It asks for a password (401)."),
    "HTTP 403": _("It refuses to let us in (403)."),
    "HTTP 429": _("We asked it too often (429)."),
    "HTTP 500": _("It has an error inside (500)."),
    "HTTP 502": _("What stands behind it does not answer (502)."),
    "HTTP 503": _("It is busy or under repair (503)."),
    "HTTP 504": _("What stands behind it answers too late (504)."),
    "it holds spaces, backslashes or invisible characters": _(
        "It holds spaces, backslashes or invisible characters."
    ),
    "it cannot be read as a web address": _("It cannot be read as a web address."),
    "it must begin with http:// or https://": _("It must begin with http:// or https://."),
    "it must not hold a user name or a password": _("It must not hold a user name or a password."),
    "it names no host": _("It names no host."),
    "its port is out of range": _("Its port is out of range."),
    "its name server does not answer": _("Its name server does not answer."),
    "it does not accept the connection": _("It does not accept the connection."),
    "it names no address": _("It names no address."),
    "it leads to no http or https address": _("It leads to no http or https address."),
    "the connection was closed": _("It closed the connection."),
    "Connection refused": _("It refused the connection."),
    "Connection reset by peer": _("It closed the connection."),
    "Connection timed out": _("It does not accept the connection."),
    "Network is unreachable": _("There is no way to its network."),
    "No route to host": _("There is no way to it."),
    "it is a web page": _("It is a web page: the feed's address is another one."),
    "it is XML of another kind": _("It is XML of another kind."),
    "it is JSON of another kind": _("It is JSON of another kind."),
    "it is broken JSON": _("Its JSON is broken or cut short."),
    "certificate has expired": _("It has expired."),
    "certificate is not yet valid": _("It is not valid yet."),
    "self-signed certificate": _("The server has signed it itself."),
    "self-signed certificate in certificate chain": _("Nobody known has signed it."),
    "unable to get local issuer certificate": _("Nobody known has signed it."),
    "WRONG_VERSION_NUMBER": _("It does not speak TLS there."),
    "ProtocolError": _("It broke off before its end."),
    "IncompleteRead": _("It broke off before its end."),
    "DecodeError": _("It cannot be unpacked."),
}

_KINDS: dict[str, LazyString] = {
    "loopback": _("the machine itself"),
    "private": _("a private network"),
    "link-local": _("the machine's nearest neighbours"),
    "multicast": _("many receivers at once"),
    "reserved": _("nobody"),
}

_MARKUP: dict[str, LazyString] = {
    "mismatched tag": _("a tag is closed that was not opened last"),
    "not well-formed (invalid token)": _("a character stands where none may"),
    "undefined entity": _("an entity is not known"),
    "no element found": _("it ends too early"),
    "unclosed token": _("it ends too early"),
    "unclosed CDATA section": _("it ends too early"),
    "junk after document element": _("something follows its end"),
    "duplicate attribute": _("an attribute stands there twice"),
    "unbound prefix": _("a prefix is declared nowhere"),
    "syntax error": _("it is no markup"),
}


_ITSELF = _("Enter the address of the feed itself. “Look at the address” finds it on many pages.")
_TRIED = _("It is tried again by itself. If it stays so, tell the site's technicians.")
_ASK = _("Ask the site for the address of its feed, and enter it here.")

FEED_ADVICE: Mapping[str, LazyString] = {
    "bad_redirect": _ASK,
    "bad_response": _TRIED,
    "bad_status": _TRIED,
    "bad_url": _("Look for a typing error in the address."),
    "connection_failed": _("It is tried again by itself. See whether the site opens in a browser."),
    "empty": _("If the site does publish, ask it for the address of its feed."),
    "gone": _("Look on the site for the feed's new address, enter it here and let it run."),
    "moved_to_known": _("There is nothing to do: its articles come in by way of the other source."),
    "name_not_found": _("Look for a typing error in the address; else the site is gone for now."),
    "not_a_feed": _(
        "Enter the address of the feed itself. “Look at the address” finds it on many pages."
    ),
    "not_found": _("Look on the site for the feed's new address, and enter it here."),
    "not_xml": _(
        "Enter the address of the feed itself. “Look at the address” finds it on many pages."
    ),
    "private_address": _("Whoever runs the service can allow it."),
    "redirect_loop": _ASK,
    "timeout": _TRIED,
    "tls_failed": _("Tell the site's technicians: browsers refuse it as well."),
    "too_large": _("Ask the site for a shorter feed, such as one of its newest articles alone."),
    "too_many_redirects": _ASK,
}
"""What an editor can do about a source that fails, by the code of the failure."""


def detail_words(detail: str) -> str:
    """What a detail says, as a sentence; "" where it is not known."""
    plain = _PLAIN.get(detail)
    if plain is not None:
        return str(plain)
    for pattern, words in _FORMS:
        found = pattern.fullmatch(detail)
        if found is not None:
            return words(*found.groups())
    return ""


def _status(status: str) -> str:
    return gettext("It answered with the status %(status)s.", status=number(int(status)))


def _bytes(count: str) -> str:
    size = int(count)
    return ngettext(
        "It has more than %(number)s byte.", "It has more than %(number)s bytes.", size,
        number=number(size),
    )  # fmt: skip


def _tags(count: str) -> str:
    size = int(count)
    return ngettext(
        "It has more than %(number)s tag.", "It has more than %(number)s tags.", size,
        number=number(size),
    )  # fmt: skip


def _redirects(count: str) -> str:
    size = int(count)
    return ngettext(
        "More than %(number)s redirect.", "More than %(number)s redirects.", size,
        number=number(size),
    )  # fmt: skip


def _characters(count: str) -> str:
    size = int(count)
    return ngettext(
        "It is longer than %(number)s character.", "It is longer than %(number)s characters.",
        size, number=number(size),
    )  # fmt: skip


def _private(place: str, kind: str, advice: str) -> str:
    leads = gettext(
        "%(place)s leads to %(kind)s.", place=_isolated(place), kind=_KINDS.get(kind, kind)
    )
    if advice.startswith("set "):
        return f"{leads} " + gettext("The setting ALLOW_PRIVATE_FEEDS=1 allows it.")
    return f"{leads} " + gettext("No setting allows it.")


def _line(line: str, problem: str) -> str:
    words = _MARKUP.get(problem)
    if words is None:
        return gettext("Its markup is broken in line %(line)s.", line=number(int(line)))
    return gettext(
        "Its markup is broken in line %(line)s: %(words)s.", line=number(int(line)), words=words
    )


def _json_line(line: str) -> str:
    return gettext("Its JSON is broken or cut short in line %(line)s.", line=number(int(line)))


def _back(host: str) -> str:
    return gettext("It leads back to %(host)s.", host=_isolated(host))


def _kind(kind: str) -> str:
    return gettext("What comes is of the type %(kind)s.", kind=_isolated(kind))


def _name(host: str) -> str:
    return gettext("The name: %(host)s", host=_isolated(host))


def _other_name(*_: str) -> str:
    return gettext("It was made out to another name.")


def _stumbled(*_: str) -> str:
    return gettext("It has elements that cannot be read.")


def _moved(url: str) -> str:
    return gettext("The address: %(url)s", url=_isolated(url))


def _isolated(text: str) -> str:
    """Latin text inside of an Arabic sentence keeps its own direction."""
    return f"\u2066{text}\u2069"


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"HTTP (\d{3})", _status),
        (r"more than (\d+) bytes", _bytes),
        (r"more than (\d+) tags", _tags),
        (r"more than (\d+)", _redirects),
        (r"longer than (\d+) characters", _characters),
        (r"(.+) is a (\S+) address; (.+)", _private),
        (r"line (\d+): (.+)", _line),
        (r"it is broken JSON, line (\d+)", _json_line),
        (r"back to (\S+)", _back),
        (r"(?:it is )?([a-z]+/[\w.+-]+)", _kind),
        (r"(?:Hostname|IP address) mismatch, .+", _other_name),
        (r"(?:the parser gave up|it cannot be read): \w+", _stumbled),
        (r"(https?://\S+)", _moved),
        (r"([\w-]+(?:\.[\w-]+)+)", _name),
    )
)
