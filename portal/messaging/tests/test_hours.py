"""Day and night in the province."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.messaging import hours

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")


def on_the_25th(hour, minute=0, second=0):
    return datetime(2026, 11, 25, hour, minute, second, tzinfo=PROVINCE)


TODAY_AT_7, TOMORROW_AT_7 = on_the_25th(7), on_the_25th(7) + timedelta(days=1)


@pytest.fixture(autouse=True)
def from_seven_to_ten_at_night(settings):
    settings.SMS_HOURS = (7, 22)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (on_the_25th(0), TODAY_AT_7),
        (on_the_25th(6, 59, 59), TODAY_AT_7),
        (on_the_25th(7), on_the_25th(7)),
        (on_the_25th(12, 34, 56), on_the_25th(12, 34, 56)),
        (on_the_25th(21, 59, 59), on_the_25th(21, 59, 59)),
        (on_the_25th(22), TOMORROW_AT_7),
        (on_the_25th(23, 59, 59), TOMORROW_AT_7),
    ],
)
def test_by_day_the_moment_itself_and_by_night_the_next_opening(at, opening):
    assert hours.opening(at) == opening


def test_the_clock_of_the_province_decides_whatever_the_moment_is_written_in(settings):
    assert hours.opening(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) == TODAY_AT_7
    assert hours.opening(datetime(2026, 11, 25, 0, 0, tzinfo=UTC)) == on_the_25th(7)
    assert hours.opening(datetime(2026, 11, 25, 15, 0, tzinfo=UTC)) == TOMORROW_AT_7
    with timezone.override("America/New_York"):
        assert hours.opening(on_the_25th(23)) == TOMORROW_AT_7


def test_the_last_night_of_a_year_ends_in_the_next():
    assert hours.opening(datetime(2026, 12, 31, 22, 0, tzinfo=PROVINCE)) == datetime(2027, 1, 1, 7, 0, tzinfo=PROVINCE)


@pytest.mark.parametrize("hour", range(24))
def test_hours_from_0_to_24_know_no_night(settings, hour):
    settings.SMS_HOURS = (0, 24)
    assert hours.opening(on_the_25th(hour, 59)) == on_the_25th(hour, 59)


def test_hours_until_midnight_and_from_midnight(settings):
    settings.SMS_HOURS = (8, 24)
    assert hours.opening(on_the_25th(23, 59)) == on_the_25th(23, 59)
    assert hours.opening(on_the_25th(0)) == on_the_25th(8)
    settings.SMS_HOURS = (0, 12)
    assert hours.opening(on_the_25th(12)) == on_the_25th(0) + timedelta(days=1)
