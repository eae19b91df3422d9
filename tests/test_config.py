from __future__ import annotations

import pytest

from app.config import Settings, SettingsError, read_settings

COMPLETE = {
    "DATABASE_URL": "postgresql://nashra:hunter2@db.example/nashra",
    "REDIS_URL": "redis://:hunter2@cache.example/0",
    "SMTP_URL": "smtp+starttls://news:hunter2@mail.example:587",
    "SECRET_KEY": "hunter2" * 6,
}


def test_the_four_addresses_are_enough() -> None:
    settings = read_settings(COMPLETE)
    assert settings.database_url.startswith("postgresql+psycopg://nashra:")
    assert (settings.language, settings.timezone) == ("ar", "Asia/Beirut")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_a_missing_setting_is_named_in_one_line(missing: str) -> None:
    for environ in (
        {k: v for k, v in COMPLETE.items() if k != missing},
        {**COMPLETE, missing: "  "},
    ):
        with pytest.raises(SettingsError) as told:
            read_settings(environ)
        assert str(told.value).startswith(f"{missing} is not set: it should be ")
        assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db.example/nashra"),
        ("DATABASE_URL", "postgresql://nashra:hunter2@db.example:port/nashra"),
        ("DATABASE_URL", "postgresql://nashra:hunter2@[::1]:70000/nashra"),
        ("REDIS_URL", "http://hunter2@cache.example"),
        ("REDIS_URL", "redis:hunter2"),
        ("REDIS_URL", "redis://:hunter2@cache.example/nashra"),
        ("REDIS_URL", "unix://hunter2"),
        ("SMTP_URL", "mail.example:hunter2"),
        ("SMTP_URL", "smtp://u:hunter2@host:notaport"),
        ("SMTP_URL", "smtp:hunter2"),
        ("SMTP_URL", "smtp:///hunter2"),
        ("SMTP_URL", "smtp://u:hunter 2@host"),
        ("SECRET_KEY", "hunter2"),
        ("SECRET_KEY_FALLBACKS", "hunter2"),
        ("BASE_URL", "news.example.org"),
        ("BASE_URL", "https://news.example.org/?x=1"),
        ("BASE_URL", "https://user:hunter2@news.example.org"),
        ("MAIL_FROM", "no address"),
        ("MAIL_FROM_NAME", "a\r\nBcc: all@example.org"),
        ("BOUNCE_DOMAIN", "not a domain"),
        ("TIMEZONE", "Mars/Base"),
        ("TIMEZONE", "../../etc/passwd"),
        ("SITE_LANGUAGE", "fr"),
        ("DIGITS", "roman"),
        ("MONTHS", "lunar"),
        ("ALLOW_PRIVATE_FEEDS", "perhaps"),
        ("FEED_TIMEOUT", "soon"),
        ("SMTP_CONNECTIONS", "0"),
        ("GROUP_SIZE", "1e3"),
        ("PROXY_HOPS", "-1"),
        ("CONFIRM_DAYS", "365"),
        ("SEND_PER_DOMAIN", "gmail.com"),
        ("SEND_PER_DOMAIN", "gmail.com=fast"),
        ("WARMUP_FROM", "tomorrow"),
    ],
)
def test_a_malformed_setting_is_named_and_its_secret_is_not(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_settings({**COMPLETE, name: value})
    text = str(told.value)
    assert text.startswith(f"{name} is malformed: it should be ")
    assert "hunter2" not in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql:///nashra"),
        ("DATABASE_URL", "postgresql://nashra:a/b:c@[::1]:5432/nashra?sslmode=require"),
        ("DATABASE_URL", "postgresql:///nashra?host=/run/postgresql"),
        ("DATABASE_URL", "postgres://db.example"),
        ("REDIS_URL", "redis://cache.example"),
        ("REDIS_URL", "rediss://:p%40ss@[::1]:6380/3"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("SMTP_URL", "smtp://[::1]:2525/"),
        ("SMTP_URL", "smtps://news%40example.org:p%20w@mail.example?verify=no"),
    ],
)
def test_every_spelling_of_an_address_is_taken(name: str, value: str) -> None:
    taken = read_settings({**COMPLETE, name: value})
    assert getattr(taken, name.lower()).endswith(value.partition(":")[2])


def test_a_name_beside_the_address_is_the_senders() -> None:
    settings = read_settings({**COMPLETE, "MAIL_FROM": '"ليفانت" <news@levant.example>'})
    assert settings.mail_from == "news@levant.example"
    assert settings.mail_from_name == "ليفانت"
    assert settings.bounce_domain == "levant.example"
    named = read_settings({**COMPLETE, "SITE_NAME": "صحيفة"})
    assert named.mail_from_name == "صحيفة"


def test_settings_do_not_change() -> None:
    settings = read_settings(COMPLETE)
    with pytest.raises(AttributeError):
        settings.language = "en"  # type: ignore[misc]
    assert isinstance(settings.with_(language="en"), Settings)
