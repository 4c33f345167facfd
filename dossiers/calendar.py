"""Which days the offices of Vietnam work, and between which hours."""

import datetime
from functools import cache

import holidays

# Where the yearly notice and the package differ, or the notice came late; the notice wins.
WORKED = frozenset({
    datetime.date(2025, 4, 26),  # for 2 May 2025
    datetime.date(2026, 1, 10),  # for 2 January 2026
    datetime.date(2026, 8, 22),  # for 31 August 2026
})  # fmt: skip
OFF = frozenset({
    datetime.date(2025, 5, 2),
    datetime.date(2026, 1, 2),
    datetime.date(2026, 8, 31),
    datetime.date(2026, 11, 24),  # a yearly holiday since 2026
    datetime.date(2027, 11, 24),
})  # fmt: skip

# Two sittings of four hours: 8 working hours are one working day.
SITTINGS = ((datetime.time(7), datetime.time(11)), (datetime.time(13), datetime.time(17)))
CLOSES = SITTINGS[-1][1]


@cache
def _vietnam():
    return holidays.country_holidays("VN", language="vi")


class Calendar:
    """Working days of the offices; every rule of the clock asks only this."""

    def is_working_day(self, day: datetime.date) -> bool:
        if day in WORKED:
            return True
        return day not in OFF and _vietnam().is_working_day(day)

    def is_worked_weekend(self, day: datetime.date) -> bool:
        return day.weekday() >= 5 and self.is_working_day(day)

    def is_holiday(self, day: datetime.date) -> bool:
        """A weekday on which the offices are closed."""
        return day.weekday() < 5 and not self.is_working_day(day)

    def from_day(self, day: datetime.date) -> datetime.date:
        """The day itself if the offices work, else the next one on which they do."""
        while not self.is_working_day(day):
            day += datetime.timedelta(days=1)
        return day

    def after(self, day: datetime.date, working_days: int = 1) -> datetime.date:
        """The day that many working days later."""
        for _ in range(working_days):
            day = self.from_day(day + datetime.timedelta(days=1))
        return day

    def working_days_between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after `start` up to and including `end`."""
        span = (end - start).days
        return sum(self.is_working_day(start + datetime.timedelta(days=n)) for n in range(1, span + 1))


VIETNAM = Calendar()
