"""Phases, rates and what is left of a campaign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.campaign import CampaignState
from app.domain.pace import Phase, Sample, phase_of, rate_between, time_left

NOON = datetime(2025, 1, 22, 12, tzinfo=UTC)


def after(seconds: float, handled: int) -> Sample:
    return Sample(at=NOON + timedelta(seconds=seconds), handled=handled)


@pytest.mark.parametrize(
    ("state", "pending", "phase"),
    [
        (CampaignState.SCHEDULED, 0, Phase.PREPARING),
        (CampaignState.PREPARING, 0, Phase.PREPARING),
        (CampaignState.SENDING, 40, Phase.SENDING),
        (CampaignState.PAUSED, 40, Phase.SENDING),
        (CampaignState.SENDING, 0, Phase.FINISHING),
        (CampaignState.FINISHED, 0, Phase.ENDED),
        (CampaignState.CANCELLED, 40, Phase.ENDED),
    ],
)
def test_phases(state: CampaignState, pending: int, phase: Phase) -> None:
    assert phase_of(state, pending) is phase


def test_a_sample_comes_back_as_it_was_written() -> None:
    sample = after(1.25, 1_234_567)
    assert Sample.read(sample.written()) == sample


@pytest.mark.parametrize("text", ["", "x", "1-", "-1", "1-2-3", "١-٢", "1" * 16 + "-1", "1.5-2"])
def test_what_nobody_wrote_is_no_sample(text: str) -> None:
    assert Sample.read(text) is None


def test_a_rate_is_what_was_handled_between_two_samples() -> None:
    assert rate_between(after(0, 100), after(10, 600)) == 50
    assert rate_between(after(0, 100), after(10, 100)) == 0


@pytest.mark.parametrize("earlier", [after(10, 100), after(11, 0), after(0, 101)])
def test_samples_out_of_order_have_no_rate(earlier: Sample) -> None:
    assert rate_between(earlier, after(10, 100)) is None


def test_what_is_left_takes_its_time() -> None:
    assert time_left(3_000, 50.0) == timedelta(minutes=1)
    assert time_left(3_000, None) is None
    assert time_left(3_000, 0.0) is None
    assert time_left(0, 50.0) is None
    assert time_left(10**9, 1e-9) is None
