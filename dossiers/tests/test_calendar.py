"""The calendar against the published lists of days off, 2025–2027."""

import datetime

import pytest

from dossiers.calendar import VIETNAM


def days(year, *spans):
    """{"27-31/1"} → five days of January."""
    found = set()
    for span in spans:
        numbers, month = span.split("/")
        first, _, last = numbers.partition("-")
        for number in range(int(first), int(last or first) + 1):
            found.add(datetime.date(year, int(month), number))
    return found


OFF = {
    2025: days(2025, "1/1", "27-31/1", "7/4", "30/4", "1/5", "2/5", "1-2/9"),
    2026: days(2026, "1/1", "2/1", "16-20/2", "27/4", "30/4", "1/5", "31/8", "1-2/9", "24/11"),
    2027: days(2027, "1/1", "4-5/2", "8-10/2", "16/4", "30/4", "3/5", "2-3/9", "24/11"),
}
WORKED_SATURDAYS = days(2025, "26/4") | days(2026, "10/1", "22/8")


@pytest.mark.parametrize("year", sorted(OFF))
def test_the_weekdays_off_are_those_of_the_notices(year):
    day, off = datetime.date(year, 1, 1), set()
    while day.year == year:
        if VIETNAM.is_holiday(day):
            off.add(day)
        day += datetime.timedelta(days=1)
    assert off == OFF[year]


@pytest.mark.parametrize("year", sorted(OFF))
def test_the_only_weekends_worked_are_the_swapped_saturdays(year):
    day, worked = datetime.date(year, 1, 1), set()
    while day.year == year:
        if VIETNAM.is_worked_weekend(day):
            worked.add(day)
        day += datetime.timedelta(days=1)
    assert worked == {day for day in WORKED_SATURDAYS if day.year == year}


def test_the_next_working_day_steps_over_weekend_and_holiday():
    friday = datetime.date(2026, 11, 20)
    assert VIETNAM.after(friday, 2) == datetime.date(2026, 11, 25)
    assert VIETNAM.from_day(datetime.date(2026, 11, 24)) == datetime.date(2026, 11, 25)
    assert VIETNAM.working_days_between(friday, datetime.date(2026, 11, 25)) == 2
