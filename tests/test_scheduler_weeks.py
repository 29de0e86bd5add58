"""The arithmetic of weeks: once a week, whatever the clocks do."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.weeks import WEEKDAYS, Due, Slot, due_in_week, iso_week, latest_due

ZONES = ("Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo")


def walk(slot: Slot, start: datetime, end: datetime, step: timedelta) -> list[Due]:
    """Return what a scheduler ticking at every step would find newly due."""
    found: list[Due] = []
    now = start
    while now < end:
        due = latest_due(now, slot)
        if due.at >= start and (not found or due != found[-1]):
            found.append(due)
        now += step
    return found


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize(
    ("weekday", "hour"), [("sunday", 0), ("sunday", 2), ("sunday", 3), ("friday", 0), ("monday", 9)]
)
def test_two_years_have_one_due_instant_a_week(timezone: str, weekday: str, hour: int) -> None:
    """Across four changes of the clocks no week is left out and none comes twice."""
    slot = Slot(weekday, hour, timezone)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    found = walk(slot, start, start + timedelta(weeks=104), timedelta(hours=1))
    assert len(found) == 104
    assert len({due.week for due in found}) == 104
    gaps = {later.at - earlier.at for earlier, later in itertools.pairwise(found)}
    assert max(gaps) <= timedelta(days=7, hours=1)
    assert min(gaps) >= timedelta(days=6, hours=23)


def test_a_skipped_hour_is_due_right_after_the_change() -> None:
    """On 2026-03-29 Berlin has no 02:00: the drop comes at 03:00, which is 01:00 UTC."""
    due = due_in_week("2026-W13", Slot("sunday", 2, "Europe/Berlin"))
    assert due.at == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_repeated_hour_counts_once() -> None:
    """On 2026-10-25 Berlin shows 02:00 twice: the first one counts, at the second nothing new is due."""
    slot = Slot("sunday", 2, "Europe/Berlin")
    first = datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert latest_due(first, slot).at == first
    assert latest_due(first + timedelta(hours=1), slot) == latest_due(first, slot)


def test_the_week_is_the_persons_own() -> None:
    """Monday 01:00 in Tokyo is still Sunday in UTC, and belongs to the new week."""
    due = latest_due(datetime(2026, 1, 4, 16, tzinfo=UTC), Slot("monday", 1, "Asia/Tokyo"))
    assert due == Due("2026-W02", datetime(2026, 1, 4, 16, tzinfo=UTC))


def test_a_year_of_53_weeks() -> None:
    """ISO years end where their last week ends, not with December."""
    assert iso_week(date(2027, 1, 1)) == "2026-W53"
    assert due_in_week("2026-W53", Slot("friday", 0, "UTC")).at == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("slot", "hint"),
    [
        (("mon", 9, "UTC"), "monday"),
        (("monday", 24, "UTC"), "0 to 23"),
        (("monday", 9, "Europe/Nowhere"), "Europe/Berlin"),
        (("monday", 9, "../etc/passwd"), "Europe/Berlin"),
        (("monday", 9, ""), "Europe/Berlin"),
    ],
)
def test_what_names_no_hour_is_refused_with_advice(slot: tuple[str, int, str], hint: str) -> None:
    """A misspelt weekday, hour or time zone gives a sentence that says what to write."""
    with pytest.raises(ValueError, match=hint):
        Slot(*slot)


@given(
    now=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - local wall-clock times
    weekday=st.sampled_from(WEEKDAYS),
    hour=st.integers(0, 23),
    timezone=st.sampled_from((*ZONES, "UTC", "Pacific/Apia", "Asia/Kathmandu")),
)
def test_the_latest_due_instant_is_past_and_at_most_a_week_old(
    now: datetime, weekday: str, hour: int, timezone: str
) -> None:
    """Whatever the instant, the newest due one is not in the future and not overtaken by the next."""
    due = latest_due(now, Slot(weekday, hour, timezone))
    assert due.at <= now
    assert now - due.at <= timedelta(days=8, hours=1)  # a day can be skipped whole, as in Samoa in 2011
