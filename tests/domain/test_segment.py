from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.segment import (
    EVERYBODY,
    Engagement,
    InvalidSegment,
    Match,
    Segment,
    domain_key,
    from_json,
    to_json,
)
from app.domain.subscription import Cadence, SubscriberState

_days = st.dates(date(2020, 1, 1), date(2022, 1, 1))
_later = st.dates(date(2022, 1, 1), date(2030, 1, 1))
_segments = st.builds(
    Segment,
    topics=st.integers(0, 2**62 - 1),
    match=st.sampled_from(Match),
    cadences=st.lists(st.sampled_from(Cadence), unique=True).map(tuple),
    states=st.lists(st.sampled_from(SubscriberState), unique=True).map(tuple),
    joined_from=st.none() | _days,
    joined_to=st.none() | _later,
    zones=st.lists(st.sampled_from(["", "Asia/Beirut"]), unique=True).map(tuple),
    domains=st.lists(st.sampled_from(["example.org", "levant.example"]), unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["ar", "en"]), unique=True).map(tuple),
    address=st.sampled_from(["", "reader", "50%_"]),
)


@given(_segments)
def test_a_segment_survives_its_row(segment: Segment) -> None:
    assert from_json(to_json(segment)) == segment


def test_a_row_keeps_only_what_was_chosen() -> None:
    assert to_json(EVERYBODY) == {}
    served = Segment(engagement=Engagement.UNSERVED, engaged_days=30)
    assert to_json(served) == {"engagement": "unserved", "engaged_days": 30}
    assert from_json(to_json(served)) == served


@pytest.mark.parametrize(
    ("kept", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"cadences": ["hourly"]}, "filter", "malformed"),
        ({"joined_from": "yesterday"}, "filter", "malformed"),
        ({"topics": "all"}, "filter", "malformed"),
        ({"topics": -1}, "topics", "unknown"),
        ({"domains": ["no domain"]}, "domains", "bad_domain"),
        ({"engagement": "unserved"}, "engaged_days", "bad_days"),
        ({"engaged_days": 3}, "engagement", "unknown"),
        ({"joined_from": "2025-02-01", "joined_to": "2025-01-01"}, "joined_to", "order"),
        ({"zones": ["z"] * 51}, "zones", "too_many"),
        ({"zones": ["\0"]}, "zones", "unknown"),
        ({"address": "a\0"}, "address", "malformed"),
        ({"joined_to": "9999-12-31"}, "joined_to", "bad_day"),
        ({"joined_from": "0001-01-01"}, "joined_from", "bad_day"),
    ],
)
def test_what_is_not_understood_is_refused_rather_than_passed_over(
    kept: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(InvalidSegment) as refused:
        from_json(kept)
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("typed", "key"),
    [("@Example.ORG ", "example.org"), ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv")],
)
def test_a_domain_is_read_as_addresses_keep_it(typed: str, key: str) -> None:
    assert domain_key(typed) == key


@pytest.mark.parametrize("typed", ["", "example", "a b.org", "-a.org", "a..org", "x@y.org"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(InvalidSegment):
        domain_key(typed)
