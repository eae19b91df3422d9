"""The joined style sheets: none that was written is forgotten, and what is answered is theirs."""

from __future__ import annotations

import re

import pytest

from app.web.assets import SHEETS, STATIC, joined
from tests.web.site import Site


def test_every_shared_sheet_of_the_admin_is_joined() -> None:
    written = {path.name for path in (STATIC / "admin" / "shared").iterdir()}
    assert {name.rpartition("/")[2] for name in SHEETS["admin"]} == written | {
        "tokens.css",
        "base.css",
    }


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_joined_sheet_has_every_rule_of_its_parts(site: Site, name: str) -> None:
    answer = site.open(f"/sheets/{name}.css?v={joined(name)[1]}")
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    parts = [(STATIC / part).read_text(encoding="utf-8") for part in SHEETS[name]]
    assert answer.text.count("{") == sum(
        re.sub(r"/\*.*?\*/", "", part, flags=re.DOTALL).count("{") for part in parts
    )


@pytest.mark.parametrize("path", ["/sheets/nothing.css", "/static/nothing.css"])
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.open(path).status_code == 404
