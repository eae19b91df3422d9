"""Redis of our own: closed to whoever does not know its password, and it keeps nothing."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis as client

from app.embedded import redis
from app.embedded.redis import Redis


def test_it_answers_only_with_its_password_and_keeps_nothing(data_dir: Path) -> None:
    server = Redis(data_dir, env=os.environ)
    server.start()
    port = urlsplit(server.url).port
    try:
        with client.Redis.from_url(server.url) as known:
            known.set("name", "value")
            assert known.get("name") == b"value"
        with (
            client.Redis(port=port) as stranger,
            pytest.raises(client.AuthenticationError),
        ):
            stranger.ping()
    finally:
        server.stop()
    assert server.child is not None
    assert server.child.ended() == 0
    assert list((data_dir / "redis").iterdir()) == []


def test_another_process_can_stop_it(data_dir: Path) -> None:
    server = Redis(data_dir, env=os.environ)
    server.start()
    redis.stop_running(server.url)
    assert server.child is not None
    assert server.child.wait(10)
