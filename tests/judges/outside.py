"""Judges that are not ours: where they are on this machine, and the marks of tests that ask them.

`make node` installs the ones from npm (tests/package.json) and leaves a stamp.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node") or ""
MODULES = Path(__file__).parent.parent / "node_modules"

SPAMASSASSIN = shutil.which("spamassassin") or ""

needs_node_modules = pytest.mark.skipif(
    not (NODE and (MODULES / "stamp").exists()),
    reason="no Node.js, or its modules are not installed: see `make node`",
)
needs_spamassassin = pytest.mark.skipif(
    not SPAMASSASSIN, reason="no SpamAssassin on this machine (apt install spamassassin)"
)


def ask(script: Path, question: Any) -> Any:
    """Runs a program of Node.js once: JSON to its input, JSON from its output. Raises
    `AssertionError` with what it complained of if it fails."""
    done = subprocess.run(
        [NODE, str(script)], input=json.dumps(question).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)
