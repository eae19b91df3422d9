"""The start of `nashra up`, step by step, the watch over it, and its end."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click

from app.config import BOUNCE_PORT, SETTING_NAMES, read_settings
from app.embedded.folder import secret_key, set_aside_logs
from app.embedded.instance import (
    Instance,
    announce,
    noted_instance,
    register,
    start_lock,
    withdraw,
)
from app.embedded.joint import take_over
from app.embedded.leftover import MARK, end_leftovers
from app.embedded.mailbox import Mailbox
from app.embedded.ports import LOOPBACK, choose_port
from app.embedded.postgres import Postgres
from app.embedded.process import Child, EmbeddedError, Program, last_words
from app.embedded.redis import Redis
from app.embedded.site import Site
from app.embedded.supervisor import Supervisor

_SERVERS: Mapping[str, tuple[str, type[Postgres | Redis | Mailbox]]] = {
    "DATABASE_URL": ("postgres", Postgres),
    "REDIS_URL": ("redis", Redis),
    "SMTP_URL": ("mailbox", Mailbox),
}
_UNKNOWN_YET = {
    "DATABASE_URL": "postgresql://to-be-started",
    "REDIS_URL": "redis://to-be-started",
    "SMTP_URL": "smtp://to-be-started",
    "SECRET_KEY": "-" * 32,
}
_PAGE_SECONDS = 90.0


class Start:
    """Everything that one `nashra up` does."""

    def __init__(self, *, data_dir: Path, port: int, samples: bool, env: dict[str, str]) -> None:
        """Raises `SettingsError` when a setting is malformed, before anything is started."""
        self._data_dir = data_dir
        self._port = port
        self._samples = samples
        self._env = env | {"DATA_DIR": str(data_dir)}
        read_settings({**_UNKNOWN_YET, **self._env})
        self._mark = secrets.token_hex(8)
        self._lock = start_lock(data_dir)
        self._supervisor = Supervisor(say)
        self._started_any = False
        self._login: tuple[str, str] | None = None

    def run(self) -> NoReturn:
        """Starts everything, says where it is, and watches it. Ends by `Interrupted` or
        `EmbeddedError` only."""
        began = time.monotonic()
        say(f"Nashra starts; its data is in {self._data_dir}")
        self._take_folder()
        self._started_any = True
        listener = self._listen()
        door = self._open_door()
        self._start_servers()
        self._start_site(listener, door)
        settings = {name: self._env[name] for name in SETTING_NAMES if name in self._env}
        address = f"http://{LOOPBACK}:{self._port}"
        announce(
            self._data_dir,
            Instance(pid=os.getpid(), address=address, mark=self._mark, settings=settings),
        )
        register(self._data_dir)
        self._lock.release()
        self._say_addresses(address, time.monotonic() - began)
        while True:
            self._supervisor.check()
            time.sleep(0.2)

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Stops what was started, in order, and takes the announcement back."""
        if self._started_any:
            say("Stopping: a worker may finish its group first; Ctrl-C again hurries it")
            self._lock.take(seconds=60)
            self._supervisor.stop(hurried)
            withdraw(self._data_dir)
            say("Stopped")
        self._lock.release()

    def _take_folder(self) -> None:
        earlier = noted_instance(self._data_dir)
        if earlier is not None:
            found = end_leftovers(earlier.mark)
            rest = f"; {found} of its processes had to be ended" if found else ""
            say(f"  an earlier run (pid {earlier.pid}) did not stop in order{rest}")
            withdraw(self._data_dir)
        take_over(self._data_dir, self._lock, env=self._env)
        set_aside_logs(self._data_dir)

    def _listen(self) -> socket.socket:
        port = choose_port(self._port)
        if port != self._port:
            say(f"  port {self._port} is taken; taking {port}")
            self._port = port
        listener = socket.create_server((LOOPBACK, port), backlog=512)
        self._env.setdefault("BASE_URL", f"http://{LOOPBACK}:{port}")
        return listener

    def _open_door(self) -> socket.socket | None:
        """Where bounces are handed in: another port where the usual one is taken, for it is we who
        tell the mailbox. One that was asked for is opened by whoever takes them in."""
        if "BOUNCE_LISTEN" in self._env:
            return None
        port = choose_port(BOUNCE_PORT)
        self._env["BOUNCE_LISTEN"] = f"lmtp://{LOOPBACK}:{port}"
        return socket.create_server((LOOPBACK, port))

    def _start_servers(self) -> None:
        embedded = []
        for setting, (part, server_type) in _SERVERS.items():
            if setting in self._env:
                continue
            began = time.monotonic()
            server = server_type(self._data_dir, env={**self._env, MARK: self._mark})
            self._supervisor.new_stage()
            try:
                server.start()
            finally:  # also one that was interrupted is stopped in its turn
                if server.child is not None:
                    self._supervisor.add(server.launch, server.child)
            self._env[setting] = server.url
            embedded.append(part)
            step(server.name, began)
        everything = len(embedded) == len(_SERVERS)
        self._env["NASHRA_EMBEDDED"] = ",".join(embedded)
        self._env.setdefault("SECRET_KEY", secret_key(self._data_dir))
        if everything:
            self._env.setdefault("ALLOW_PRIVATE_FEEDS", "1")

    def _start_site(self, listener: socket.socket, door: socket.socket | None) -> None:
        """The page first: somebody waits for it, while the workers have nothing to do yet."""
        began = time.monotonic()
        env = {**self._env, MARK: self._mark, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        site = Site(data_dir=self._data_dir, env=env)
        self._supervisor.new_stage()
        self._watch(site.web(listener.fileno()))
        self._prepare(site)
        self._await_page(began)
        began = time.monotonic()
        self._watch(site.worker())
        self._watch(site.transactional())
        self._watch(site.clock())
        self._watch(site.bounces(door.fileno() if door else None))
        step("workers and clock", began)

    def _watch(self, program: Program) -> None:
        self._supervisor.add(lambda: Child(program))

    def _prepare(self, site: Site) -> None:
        began = time.monotonic()
        reading, writing = os.pipe()
        feed = f"http://{LOOPBACK}:{self._port}/samples/feed.xml" if self._samples else ""
        child = Child(site.prepare(writing, feed))
        os.close(writing)
        try:
            with os.fdopen(reading) as report:
                for line in report:
                    self._report(json.loads(line), began)
            child.wait(10)
        finally:
            child.stop(patience=1)
        if child.ended() != 0:
            raise EmbeddedError(last_words(child.program))

    def _report(self, event: dict[str, Any], began: float) -> None:
        step(event["done"], began)
        if event.get("problem"):
            say(f"  the sample articles did not come in: {event['problem']}")
        if "login" in event:
            self._login = (event["login"], event["password"])

    def _await_page(self, began: float) -> None:
        deadline = began + _PAGE_SECONDS
        host = urlsplit(self._env["BASE_URL"]).netloc
        while not _page_answers(self._port, host):
            self._supervisor.check(bearable=2)
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"the page does not answer; see {self._data_dir / 'logs' / 'web.log'}"
                )
            time.sleep(0.05)
        step("the page answers", began)

    def _say_addresses(self, address: str, seconds: float) -> None:
        say(f"Ready after {seconds:.1f} s")
        say(f"  site     {address}/")
        say(f"  admin    {address}/admin/")
        if "mailbox" in self._env["NASHRA_EMBEDDED"]:
            say(f"  mailbox  {address}/mailbox")
        if self._login is not None:
            email, password = self._login
            again = f"as before (to reset it: nashra staff password {email})"
            say(f"  login    {email}")
            say(
                f"           password: {password}, shown only now"
                if password
                else f"           {again}"
            )
        say(f"  logs     {self._data_dir / 'logs'}")
        say("Ctrl-C stops everything")


def _page_answers(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status < 500
    return False


def say(line: str) -> None:
    """One line for the terminal; a terminal that is gone stops nothing."""
    with suppress(OSError):
        click.echo(line)


def step(name: str, began: float) -> None:
    say(f"  {name:<24} {time.monotonic() - began:4.1f} s")
