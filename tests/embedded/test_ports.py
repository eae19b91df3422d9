"""Ports: one that is taken is passed over."""

from __future__ import annotations

import socket

from app.embedded.ports import LOOPBACK, answers, choose_port, free_port, is_free


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert answers(port)
        chosen = choose_port(port)
        assert chosen != port
        assert is_free(chosen)


def test_a_free_port_is_taken_as_it_is() -> None:
    port = free_port()
    assert not answers(port)
    assert choose_port(port) == port
