"""Numbers of a report: rates, shares, and hours without gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.report import Outcome, hours_from, per_hundred

START = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
SIX = datetime(2025, 1, 22, 6, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def outcome(*, sent: int, finished_at: datetime | None) -> Outcome:
    return Outcome(
        campaign_id=1,
        title="",
        audience=sent,
        sent=sent,
        failed=0,
        hard=0,
        soft=0,
        complaints=0,
        left=0,
        people=0,
        machines=0,
        started_at=START,
        finished_at=finished_at,
    )


def test_a_rate_is_over_the_whole_time() -> None:
    done = outcome(sent=3_000, finished_at=START + timedelta(minutes=1))
    assert (done.took, done.per_second) == (timedelta(minutes=1), 50)
    assert outcome(sent=3_000, finished_at=None).per_second is None
    assert outcome(sent=1, finished_at=START).per_second is None


def test_of_nothing_there_is_no_share() -> None:
    assert per_hundred(3, 200) == 1.5
    assert per_hundred(3, 0) is None


def test_hours_have_no_gaps_and_end_with_the_last_click() -> None:
    counts = {SIX: 5, SIX + 3 * AN_HOUR: 2}
    found = hours_from(counts, start=START, now=START + 9 * AN_HOUR, most=48)
    assert [count for _, count in found.hours] == [5, 0, 0, 2]
    assert found.hours[0][0] == SIX
    assert found.later == 0


def test_what_comes_much_later_is_only_counted() -> None:
    counts = {SIX: 5, SIX + 60 * AN_HOUR: 2, SIX + 90 * AN_HOUR: 1}
    found = hours_from(counts, start=START, now=START + 99 * AN_HOUR, most=48)
    assert (len(found.hours), found.later) == (48, 3)


def test_without_clicks_there_is_the_first_hour() -> None:
    found = hours_from({}, start=START, now=START + 5 * AN_HOUR, most=48)
    assert found.hours == ((SIX, 0),)
