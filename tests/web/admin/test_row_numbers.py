"""Addresses with a number that no row can have."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.domain.staff import Role
from tests.web.admin.conftest import Desk
from tests.web.site import BASE


@pytest.mark.parametrize("number", [2**31, 2**80])
def test_a_number_that_no_row_can_have_is_an_unknown_page(
    app: Flask, desk: Desk, number: int
) -> None:
    """By the map of URLs, so that a new route is asked too."""
    site = desk(Role.OWNER)
    numbered = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert numbered
    for rule in numbered:
        path = re.sub(r"<int:\w+>", str(number), rule.rule)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = site.client.open(path, method=method, base_url=BASE)
        assert answer.status_code in (404, 405), path
