"""SpamAssassin's score of a message, where the program is installed: local rules, nothing online.

A judge from outside, asked once a run, since it takes seconds to start.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

_STATUS = re.compile(
    rb"^X-Spam-Status:.*?score=(-?[\d.]+).*?tests=([\w,\s]*)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SpamScore:
    """The score (5 is spam by its own measure), and the rules that gave it."""

    score: float
    rules: tuple[str, ...]


class NoScore(Exception):
    """There is none. `code` is not_installed, too_slow or unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def spam_score(raw: bytes, *, seconds: float) -> SpamScore:
    """The score of a finished message. Raises `NoScore`, after `seconds` at the latest."""
    program = shutil.which("spamassassin")
    if program is None:
        raise NoScore("not_installed")
    with tempfile.TemporaryDirectory(prefix="nashra-spam-") as home:
        command = [program, "--local", "--nocreate-prefs", "--cf=report_safe 0"]
        environ = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": home, "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(  # noqa: S603 - fixed arguments
                command, input=raw, capture_output=True, timeout=seconds, env=environ, check=False
            )
        except subprocess.TimeoutExpired:
            raise NoScore("too_slow") from None
        except OSError:
            raise NoScore("unreadable") from None
    match = _STATUS.search(done.stdout.partition(b"\n\n")[0])
    if match is None:
        raise NoScore("unreadable")
    rules = re.findall(r"[A-Z][A-Z0-9_]+", match[2].decode("ascii", "replace"))
    return SpamScore(score=float(match[1]), rules=tuple(rules))
