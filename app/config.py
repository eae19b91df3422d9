"""The settings: one frozen value, read from the environment here and nowhere else.

A malformed or missing setting raises `SettingsError` with one line that names it and says
what it should look like; the offending value is shown only where it cannot hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT_ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = PROJECT_ROOT / "templates"

DIGIT_FAMILIES = ("arab", "latn")
MONTH_FAMILIES = ("gregorian", "levantine")
EMBEDDED = frozenset({"postgres", "redis", "mailbox"})
BOUNCE_PORT = 8024


class SettingsError(Exception):
    """A setting is missing or malformed. Its text is one line, fit for an operator's terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything an operator can choose. Durations are seconds, sizes are bytes.

    `embedded` names the servers that `nashra up` started itself ("postgres", "redis",
    "mailbox"): the mailbox pages exist, and loopback feeds are allowed, only because of it.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = "http://127.0.0.1:8000"
    mail_from: str = "newsletter@levant.example"
    mail_from_name: str = "ليفانت"
    bounce_domain: str = "levant.example"
    bounce_listen: str = f"lmtp://127.0.0.1:{BOUNCE_PORT}"
    site_name: str = "ليفانت"
    site_url: str = ""
    postal_address: str = ""
    timezone: str = "Asia/Beirut"
    language: str = "ar"
    digits: str = "arab"
    months: str = "gregorian"
    data_dir: Path = PROJECT_ROOT / "var"
    embedded: frozenset[str] = frozenset()
    allow_private_feeds: bool = False
    websub: str = "auto"
    check_links: bool = True
    check_spam: bool = True
    feed_max_bytes: int = 5_000_000
    feed_timeout: float = 20.0
    feed_interval: int = 600
    picture_max_bytes: int = 10_000_000
    picture_days: int = 180
    tick_interval: float = 2.0
    smtp_connections: int = 4
    smtp_timeout: float = 60.0
    chunk_size: int = 500
    group_size: int = 100
    lease_seconds: int = 300
    grace_seconds: int = 120
    host_name: str = ""
    send_per_second: int = 0
    send_per_hour: int = 0
    send_per_day: int = 0
    send_per_domain: tuple[tuple[str, int], ...] = ()
    warmup_from: date | None = None
    warmup_first_day: int = 500
    dns_servers: tuple[tuple[str, int], ...] = ()
    metrics_token: str = field(default="", repr=False)
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    confirm_days: int = 3
    count_clicks: bool = True

    @property
    def journal_dir(self) -> Path:
        return self.data_dir / "journal"

    @property
    def mailbox_dir(self) -> Path:
        return self.data_dir / "mailbox"

    @property
    def has_mailbox(self) -> bool:
        return "mailbox" in self.embedded

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The signing key first, then the keys that are only still believed."""
        return (self.secret_key, *self.secret_key_fallbacks)

    def with_(self, **changes: Any) -> Settings:
        return replace(self, **changes)


_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f]")


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("smtp", "smtps", "smtp+starttls")
        or not parts.hostname
        or parts.path not in ("", "/")
        or _UNPRINTABLE.search(text)
    ):
        raise ValueError
    _ = parts.port
    return text


def _listen(text: str) -> str:
    parts = urlsplit(text)
    whole = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("lmtp", "smtp") or not whole or not parts.port:
        raise ValueError
    return f"{parts.scheme}://{ip_address(parts.hostname or '')}:{parts.port}"


def _redis_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "unix":
        whole = parts.path.startswith("/")
    else:
        whole = bool(parts.hostname) and re.fullmatch(r"/?|/[0-9]+", parts.path) is not None
        _ = parts.port
    if parts.scheme not in ("redis", "rediss", "unix") or not whole or _UNPRINTABLE.search(text):
        raise ValueError
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or parts.username
        or re.search(r"[\s<>\"]", text)
    ):
        raise ValueError
    _ = parts.port
    return text.rstrip("/")


def _database_url(text: str) -> str:
    """psycopg 3 is the only driver: the plain `postgresql://` spelling is completed to it."""
    scheme, separator, rest = text.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not separator:
        raise ValueError
    port = re.match(r"(?:[^@]*@)?+(?:\[[^/?]+\]|[^/:?]*):([^/?]+)", rest)
    if port and not (port[1].isascii() and port[1].isdigit() and int(port[1]) < 65_536):
        raise ValueError
    return f"postgresql+psycopg://{rest}"


def _secret(text: str) -> str:
    if len(text.encode()) < 32:
        raise ValueError
    return text


def _token(text: str) -> str:
    if len(text) < 16 or _UNPRINTABLE.search(text):
        raise ValueError
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", text) if word)


def _address(text: str) -> str:
    _, address = parseaddr(text)
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", address):
        raise ValueError
    return address


def _domain(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text) or len(text) > 253:
        raise ValueError
    return text


def _domain_limits(text: str) -> tuple[tuple[str, int], ...]:
    limits = []
    for word in _words(text):
        domain, separator, limit = word.partition("=")
        if not separator:
            raise ValueError
        limits.append((_domain(domain).lower(), _integer(1, 1_000_000)(limit)))
    return tuple(limits)


def _name_servers(text: str) -> tuple[tuple[str, int], ...]:
    """Addresses with or without a port: 9.9.9.9, 127.0.0.1:5353, [::1]:5353."""
    servers = []
    for word in _words(text):
        found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::(\d+))?|([0-9.]+)(?::(\d+))?", word)
        if found is None:
            raise ValueError
        host, port = found[1] or found[3], int(found[2] or found[4] or 53)
        servers.append((str(ip_address(host)), _integer(1, 65_535)(str(port))))
    return tuple(servers)


def _header_text(text: str) -> str:
    if not text.strip() or re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", text):
        raise ValueError
    return text.strip()


def _zone(text: str) -> str:
    ZoneInfo(text)
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return check


def _integer(low: int, high: int) -> Callable[[str], int]:
    def check(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return check


def _number(low: float, high: float) -> Callable[[str], float]:
    def check(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return check


def _embedded(text: str) -> frozenset[str]:
    names = frozenset(_words(text))
    if not names <= EMBEDDED:
        raise ValueError
    return names


def _flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        text.lower()
    ]


class _Rule(NamedTuple):
    field: str
    read: Callable[[str], Any]
    looks_like: str


_RULES: dict[str, _Rule] = {
    "DATABASE_URL": _Rule(
        "database_url",
        _database_url,
        "a PostgreSQL address such as postgresql://user:password@host:5432/nashra",
    ),
    "REDIS_URL": _Rule("redis_url", _redis_url, "a Redis address such as redis://host:6379/0"),
    "SMTP_URL": _Rule(
        "smtp_url",
        _smtp_url,
        "a mail server such as smtp+starttls://user:password@host:587, "
        "smtps://host:465 or smtp://host:25",
    ),
    "SECRET_KEY": _Rule("secret_key", _secret, "a random text of at least 32 bytes"),
    "SECRET_KEY_FALLBACKS": _Rule(
        "secret_key_fallbacks",
        lambda text: tuple(_secret(word) for word in _words(text)),
        "earlier SECRET_KEY values, separated by commas",
    ),
    "BASE_URL": _Rule(
        "base_url", _base_url, "the site's public address such as https://news.example.org"
    ),
    "MAIL_FROM": _Rule("mail_from", _address, "an address such as news@example.org"),
    "MAIL_FROM_NAME": _Rule("mail_from_name", _header_text, "one line of text"),
    "BOUNCE_DOMAIN": _Rule(
        "bounce_domain",
        _domain,
        "a domain such as bounces.example.org",
    ),
    "BOUNCE_LISTEN": _Rule(
        "bounce_listen",
        _listen,
        "where bounces are handed in, an address of this machine such as lmtp://127.0.0.1:8024",
    ),
    "SITE_NAME": _Rule("site_name", _header_text, "one line of text"),
    "SITE_URL": _Rule(
        "site_url", _base_url, "the news site's address such as https://www.example.org"
    ),
    "POSTAL_ADDRESS": _Rule("postal_address", _header_text, "one line of text"),
    "TIMEZONE": _Rule("timezone", _zone, "an IANA time zone such as Asia/Beirut"),
    "SITE_LANGUAGE": _Rule("language", _one_of("ar", "en"), "ar or en"),
    "DIGITS": _Rule("digits", _one_of(*DIGIT_FAMILIES), "arab or latn"),
    "MONTHS": _Rule("months", _one_of(*MONTH_FAMILIES), "gregorian or levantine"),
    "DATA_DIR": _Rule("data_dir", lambda text: Path(text).resolve(), "a folder's path"),
    "NASHRA_EMBEDDED": _Rule(
        "embedded",
        _embedded,
        "left to `nashra up`: which of postgres, redis and mailbox it started",
    ),
    "ALLOW_PRIVATE_FEEDS": _Rule("allow_private_feeds", _flag, "1 or 0"),
    "WEBSUB": _Rule(
        "websub",
        _one_of("auto", "on", "off"),
        "auto, on or off: whether hubs may push to BASE_URL; auto asks for public https",
    ),
    "CHECK_LINKS": _Rule("check_links", _flag, "1 or 0"),
    "CHECK_SPAM": _Rule("check_spam", _flag, "1 or 0"),
    "FEED_MAX_BYTES": _Rule(
        "feed_max_bytes", _integer(10_000, 100_000_000), "a number of bytes from 10000 to 100000000"
    ),
    "FEED_TIMEOUT": _Rule("feed_timeout", _number(1, 120), "seconds from 1 to 120"),
    "FEED_INTERVAL": _Rule("feed_interval", _integer(30, 86_400), "seconds from 30 to 86400"),
    "PICTURE_MAX_BYTES": _Rule(
        "picture_max_bytes",
        _integer(10_000, 100_000_000),
        "a number of bytes from 10000 to 100000000",
    ),
    "PICTURE_DAYS": _Rule("picture_days", _integer(1, 3_650), "days from 1 to 3650"),
    "TICK_INTERVAL": _Rule("tick_interval", _number(0.2, 60), "seconds from 0.2 to 60"),
    "SMTP_CONNECTIONS": _Rule(
        "smtp_connections", _integer(1, 100), "a number of connections a process from 1 to 100"
    ),
    "SMTP_TIMEOUT": _Rule("smtp_timeout", _number(1, 600), "seconds from 1 to 600"),
    "CHUNK_SIZE": _Rule("chunk_size", _integer(10, 5_000), "a number from 10 to 5000"),
    "GROUP_SIZE": _Rule("group_size", _integer(1, 500), "a number from 1 to 500"),
    "LEASE_SECONDS": _Rule("lease_seconds", _integer(5, 7_200), "seconds from 5 to 7200"),
    "GRACE_SECONDS": _Rule("grace_seconds", _integer(0, 7_200), "seconds from 0 to 7200"),
    "HOST_NAME": _Rule("host_name", _header_text, "the name of this machine"),
    "SEND_PER_SECOND": _Rule(
        "send_per_second", _integer(0, 1_000_000), "messages a second, 0 for no limit"
    ),
    "SEND_PER_HOUR": _Rule(
        "send_per_hour", _integer(0, 1_000_000_000), "messages an hour, 0 for no limit"
    ),
    "SEND_PER_DAY": _Rule(
        "send_per_day", _integer(0, 10_000_000_000), "messages a day, 0 for no limit"
    ),
    "SEND_PER_DOMAIN": _Rule(
        "send_per_domain",
        _domain_limits,
        "messages a second for some domains, such as gmail.com=20,outlook.com=5",
    ),
    "WARMUP_FROM": _Rule("warmup_from", date.fromisoformat, "a day such as 2025-01-22"),
    "WARMUP_FIRST_DAY": _Rule(
        "warmup_first_day", _integer(1, 1_000_000), "messages from 1 to 1000000"
    ),
    "DNS_SERVERS": _Rule(
        "dns_servers",
        _name_servers,
        "addresses of name servers such as 9.9.9.9 or 127.0.0.1:5353",
    ),
    "METRICS_TOKEN": _Rule("metrics_token", _token, "a secret of at least 16 characters"),
    "TRUSTED_HOSTS": _Rule("trusted_hosts", _words, "host names, separated by commas"),
    "PROXY_HOPS": _Rule(
        "proxy_hops", _integer(0, 5), "how many reverse proxies stand in front, from 0 to 5"
    ),
    "CONFIRM_DAYS": _Rule("confirm_days", _integer(1, 30), "days from 1 to 30"),
    "COUNT_CLICKS": _Rule(
        "count_clicks",
        _flag,
        "1 or 0: whether the links of a campaign's articles lead by way of this site, where they "
        "are counted",
    ),
}

SETTING_NAMES = tuple(_RULES)
REQUIRED = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY")


def read_settings(environ: Mapping[str, str], **known: Any) -> Settings:
    """The settings of `environ`; `known` holds fields that are decided already.

    Empty variables count as unset. `MAIL_FROM` may carry a display name
    (`"ليفانت" <news@example.org>`); `BOUNCE_DOMAIN` falls back to its domain.

    Raises `SettingsError` for the first setting that is missing or malformed.
    """
    values: dict[str, Any] = {}
    for name, rule in _RULES.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[rule.field] = rule.read(text)
        except (ValueError, KeyError, OSError):
            raise SettingsError(f"{name} is malformed: it should be {rule.looks_like}.") from None
    values.update(known)
    for name in REQUIRED:
        if _RULES[name].field not in values:
            raise SettingsError(f"{name} is not set: it should be {_RULES[name].looks_like}.")
    if "mail_from" in values:
        shown, _ = parseaddr(environ.get("MAIL_FROM", ""))
        if shown:
            values.setdefault("mail_from_name", shown)
        values.setdefault("bounce_domain", values["mail_from"].partition("@")[2])
    if "site_name" in values:
        values.setdefault("mail_from_name", values["site_name"])
    return Settings(**values)
