"""The limit: ready-made bytes, pipelined, over several connections, with no thought at all.

What a Python process can push through SMTP on this machine when nothing is rendered, looked up
or recorded; a sender is measured against it. The conversation is the fastest one that keeps to
RFC 2920: the content of one message leaves together with MAIL, RCPT and DATA of the next.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import time
from dataclasses import asdict, dataclass

_ENVELOPE = b"MAIL FROM:<news@levant.example>\r\nRCPT TO:<reader@levant.example>\r\nDATA\r\n"


@dataclass(frozen=True, kw_only=True)
class Speed:
    """`cpu_ms` is this process' own, for one message."""

    messages: int
    seconds: float
    per_second: float
    cpu_ms: float


def content_of(size: int) -> bytes:
    """A message of about so many bytes, as they are on the wire: headers and base64 lines."""
    head = b"Subject: limit\r\nMessage-ID: <limit@levant.example>\r\n\r\n"
    line = b"2YbYtNix2Kkg2KfZhNij2K7YqNin2LEg2LnZhNmJINiq2YjZgiDZhdmGINin2YTYqtix\r\n"
    return head + line * max(1, (size - len(head)) // len(line))


def connect(port: int) -> socket.socket:
    """A greeted connection whose first envelope is accepted: the content may follow."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 262_144)
    for line, last in ((b"", b"220 "), (b"EHLO limit.example\r\n", b"250 "), (_ENVELOPE, b"354 ")):
        sock.sendall(line)
        heard = b""
        while last not in heard or not heard.endswith(b"\n"):
            heard += sock.recv(4096)
    return sock


def blast(port: int, *, messages: int, size: int, connections: int) -> Speed:
    """Sends so many messages as fast as it goes."""
    data, tail = content_of(size), b".\r\n" + _ENVELOPE
    selector = selectors.DefaultSelector()
    socks = [connect(port) for _ in range(connections)]
    heard = dict.fromkeys(socks, b"")
    for sock in socks:
        selector.register(sock, selectors.EVENT_READ)
    began, cpu = time.perf_counter(), time.process_time()
    for sock in socks:
        sock.sendmsg((data, tail))
    begun, done = connections, 0
    while done < messages:
        for key, _ in selector.select():
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            answers = heard[sock] + sock.recv(4096)
            if b"354 " not in answers:
                heard[sock] = answers
                continue
            heard[sock] = b""
            done += 1
            if begun < messages:
                begun += 1
                sock.sendmsg((data, tail))
    seconds = time.perf_counter() - began
    spent = time.process_time() - cpu
    for sock in socks:
        sock.close()
    selector.close()
    return Speed(
        messages=messages,
        seconds=seconds,
        per_second=messages / seconds,
        cpu_ms=spent / messages * 1000,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=21_000)
    parser.add_argument("--connections", type=int, default=4)
    chosen = parser.parse_args()
    speed = blast(
        chosen.port,
        messages=chosen.messages,
        size=chosen.size,
        connections=chosen.connections,
    )
    print(json.dumps(asdict(speed)), flush=True)


if __name__ == "__main__":
    main()
