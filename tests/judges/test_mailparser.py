"""Every golden mail as mailparser reads it, a parser from npm that knows nothing of ours."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.judges.outside import ask, needs_node_modules
from tests.mail.goldens import NAMES, approved, filled, is_edition, sent
from tests.mail.test_wire import BULK_HEADERS, COMMON, NOTICE_HEADERS, VALUES

pytestmark = needs_node_modules

SCRIPT = Path(__file__).parent / "read_mails.mjs"


@pytest.fixture(scope="module")
def read() -> Mapping[str, Any]:
    told: Mapping[str, Any] = ask(
        SCRIPT, {name: b64encode(sent(approved(name))).decode() for name in NAMES}
    )
    return told


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_both_parts_and_nothing_else(name: str, read: Mapping[str, Any]) -> None:
    mail, found = approved(name), read[name]
    assert found["subject"] == mail.subject
    assert found["html"] == filled(mail.html)
    assert found["text"] == filled(mail.text)
    assert found["kind"] == "multipart/alternative"
    assert found["attachments"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_each_header_once(name: str, read: Mapping[str, Any]) -> None:
    found = read[name]
    expected = BULK_HEADERS if is_edition(approved(name)) else NOTICE_HEADERS
    assert sorted(found["names"]) == sorted(expected)
    assert found["from"] == [{"address": COMMON.from_address, "name": COMMON.from_name}]
    assert found["to"] == [{"address": VALUES.address, "name": ""}]
    assert found["date"] == "2025-01-22T06:30:00.000Z"
    assert found["message_id"] == VALUES.message_id


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_the_way_out_of_a_list_and_none_in_a_notice(
    name: str, read: Mapping[str, Any]
) -> None:
    found = read[name]
    if not is_edition(approved(name)):
        assert (found["list"], found["precedence"]) == (None, None)
        assert found["generated"] == "auto-generated"
        return
    assert found["list"] == {
        "id": {"name": COMMON.list_name, "id": COMMON.list_id},
        "unsubscribe": {"url": f"{COMMON.base_url}/u/{VALUES.unsubscribe_token}"},
        "unsubscribe-post": {"name": "List-Unsubscribe=One-Click"},
    }
    assert (found["precedence"], found["feedback"]) == ("bulk", COMMON.feedback_id)
    assert found["generated"] is None
