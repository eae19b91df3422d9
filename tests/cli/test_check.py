"""`nashra check-dns` and `check-smtp` against a name server and a mail server of our own."""

from __future__ import annotations

import json

from tests.cli.conftest import Operator
from tests.mail.smtp.scripted import OK, ScriptedServer
from tests.name_server import name_server


def test_dns_says_what_to_publish(operator: Operator) -> None:
    zone = {("levant.example", "TXT"): ['"v=spf1 +all"']}
    with name_server(zone) as server:
        given = {"DNS_SERVERS": "{}:{}".format(*server.address), "MAIL_FROM": "news@levant.example"}
        told = operator("check-dns", **given)
        assert told.exit_code == 1, told.stderr
        assert "bad      spf_all_pass" in told.stdout
        assert "publish  levant.example TXT v=spf1 ~all" in told.stdout
        answer = json.loads(operator("check-dns", "--json", **given).stdout)
    assert answer["level"] == "bad"
    assert [check["record"] for check in answer["checks"]] == ["spf", "dkim", "dmarc", "mx"]


def test_smtp_says_where_it_stops(operator: Operator) -> None:
    with ScriptedServer([OK, "550 no such user"], []) as server:
        given = {"SMTP_URL": f"smtp://127.0.0.1:{server.port}", "MAIL_FROM": "news@levant.example"}
        told = operator("check-smtp", "reader@example.org", **given)
        assert told.exit_code == 1
        assert "recipient  recipient_refused: 550 no such user" in told.stdout
        told = operator("check-smtp", "reader@example.org", "--json", **given)
        assert told.exit_code == 0, told.stdout
        assert json.loads(told.stdout)[-1] == {
            "step": "content",
            "fault": None,
            "number": None,
            "reply": "",
        }
        told = operator("check-smtp", "nobody", **given)
        assert (told.exit_code, "is no address" in told.stderr) == (2, True)
