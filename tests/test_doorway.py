"""The lines of the Procfile, started with a bad setting: one line that names it, no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT

COMPLETE = {
    "DATABASE_URL": "postgresql://nashra:hunter2@127.0.0.1:9/nashra",
    "REDIS_URL": "redis://:hunter2@127.0.0.1:9/0",
    "SMTP_URL": "smtp://u:hunter2@127.0.0.1:9",
    "SECRET_KEY": "hunter2" * 6,
}
PROCESSES = dict(
    line.split(": ", 1) for line in (PROJECT_ROOT / "Procfile").read_text().splitlines()
)


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_a_bad_setting_stops_a_process_with_one_line(process: str, tmp_path: Path) -> None:
    bad = {
        "DATABASE_URL is not set": {**COMPLETE, "DATABASE_URL": ""},
        "SMTP_URL is malformed": {**COMPLETE, "SMTP_URL": "smtp://u:hunter2@host:port"},
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for told, environ in bad.items():
        ended = subprocess.run(
            ["sh", "-c", PROCESSES[process]],
            check=False,
            cwd=PROJECT_ROOT,
            env={"PATH": path, "PORT": "0", "DATA_DIR": str(tmp_path / "data"), **environ},
            capture_output=True,
            text=True,
            timeout=60,
        )
        lines = [line for line in ended.stderr.splitlines() if "[INFO]" not in line]
        assert ended.returncode == 2
        assert len(lines) == 1
        assert lines[0].startswith(f"nashra: {told}: it should be ")
        assert "hunter2" not in ended.stdout + ended.stderr
    assert not (tmp_path / "data").exists()
