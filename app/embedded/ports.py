"""Free ports on loopback, for servers that nobody but this machine should reach."""

from __future__ import annotations

import contextlib
import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now. SO_REUSEADDR lets a port pass whose last
    connections are still winding down, as every server here does."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def free_port(host: str = LOOPBACK) -> int:
    """A port that was free a moment ago. Whoever listens on it must bear to find it taken."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def choose_port(wanted: int, host: str = LOOPBACK) -> int:
    """The wanted port, else the first free one of the next twenty, else any free one."""
    for port in range(wanted, min(wanted + 21, 65_536)):
        if is_free(port, host):
            return port
    return free_port(host)


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
