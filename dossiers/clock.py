"""The clock: from acceptance, calendar and pauses to the promised moment and the reasons for it.

Pure functions: the same arguments give the same answer, and no query is made.
"""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from dossiers.calendar import CLOSES, SITTINGS, VIETNAM

WORKING_DAY, DAY, SAME_DAY, WORKING_HOUR = "working_day", "day", "same_day", "working_hour"

WAITED_FOR = {
    "supplement": "{days} ngày chờ Ông/Bà bổ sung",
    "fee": "{days} ngày chờ Ông/Bà nộp phí, lệ phí",
    "withdrawal": "{days} ngày chờ trả lời yêu cầu rút hồ sơ",
}


class Due(NamedTuple):
    """The promised moment (None where no term is published), and each thing that moved it, as a sentence."""

    at: datetime.datetime | None
    reasons: list[str]


def due(accepted_at, quantity, unit, cutoff_hour=None, pauses=(), calendar=VIETNAM) -> Due:
    """When the result is promised: the end of office hours of the last day of the term.

    The day of acceptance does not count. Accepted after the cut-off hour, after hours or on a day
    off, it counts as accepted on the next working day. Each pause that has ended adds the days it
    took, in the unit of the term.
    """
    if quantity is None:
        return Due(None, [])
    accepted = timezone.localtime(accepted_at)
    reasons = []
    first = _first_day(accepted, cutoff_hour, calendar, reasons)
    if unit == WORKING_HOUR:
        base = add_working_hours(accepted_at, quantity, calendar)
        last, closes = base.date(), base.time()
    else:
        last, closes = _add(first, quantity, unit, calendar), CLOSES
    waits = []
    for pause in pauses:
        if pause.ended_at is None or pause.ended_at <= accepted_at:
            continue
        start, end = timezone.localdate(max(pause.started_at, accepted_at)), timezone.localdate(pause.ended_at)
        days = (end - start).days if unit == DAY else calendar.working_days_between(start, end)
        if days:
            last = _add(last, days, DAY if unit == DAY else WORKING_DAY, calendar)
            waits.append(WAITED_FOR[pause.reason].format(days=days))
    last = calendar.from_day(last)
    reasons += [*_days_off(first, last, calendar), *waits]
    return Due(_at(last, closes), reasons)


def _first_day(accepted, cutoff_hour, calendar, reasons) -> datetime.date:
    """The day that counts as the day of acceptance, with the reason where it is not the calendar's."""
    day = accepted.date()
    if not calendar.is_working_day(day):
        reasons.append(f"tiếp nhận ngày nghỉ {day:%d/%m}, tính như nhận ngày làm việc kế tiếp")
        return calendar.from_day(day)
    if cutoff_hour is not None and accepted.time() > datetime.time(cutoff_hour):
        reasons.append(f"tiếp nhận sau {cutoff_hour} giờ, tính như nhận ngày làm việc kế tiếp")
        return calendar.after(day)
    if accepted.time() > CLOSES:
        reasons.append("tiếp nhận sau giờ làm việc, tính như nhận ngày làm việc kế tiếp")
        return calendar.after(day)
    return day


def _add(day, quantity, unit, calendar) -> datetime.date:
    if unit in (WORKING_DAY, SAME_DAY):
        return calendar.after(day, quantity)
    if unit == DAY:
        return day + datetime.timedelta(days=quantity)
    raise ValueError(f"no such unit of time: {unit}")


def _days_off(first, last, calendar) -> list[str]:
    """“24/11 nghỉ lễ”, “16–20/2 nghỉ lễ”, “22/8 làm bù”: what differs from an ordinary week."""
    days = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    runs: list[list[datetime.date]] = []
    for day in filter(calendar.is_holiday, days):
        if runs and day - runs[-1][-1] == datetime.timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    worked = [f"{day.day}/{day.month} làm bù" for day in days if calendar.is_worked_weekend(day)]
    return [f"{_span(run)} nghỉ lễ" for run in runs] + worked


def _span(run) -> str:
    start, end = run[0], run[-1]
    if start == end:
        return f"{start.day}/{start.month}"
    if start.month == end.month:
        return f"{start.day}–{end.day}/{end.month}"
    return f"{start.day}/{start.month}–{end.day}/{end.month}"


def _at(day, time) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, time))


def add_working_hours(start, hours, calendar=VIETNAM) -> datetime.datetime:
    """The moment so many office hours later; lunch, nights and days off do not count."""
    left = datetime.timedelta(hours=hours)
    now = timezone.localtime(start)
    day = now.date()
    while True:
        if calendar.is_working_day(day):
            for opens, closes in SITTINGS:
                begin, end = max(now, _at(day, opens)), _at(day, closes)
                if begin >= end:
                    continue
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        day += datetime.timedelta(days=1)


def first_answer_by(submitted_at, calendar=VIETNAM) -> datetime.datetime:
    """Until when the desk says whether it takes the dossier."""
    return add_working_hours(submitted_at, settings.FIRST_ANSWER_WORKING_HOURS, calendar)


def working_days_left(due_at, now, calendar=VIETNAM) -> int:
    """Working days from today to the promised day; negative once it has passed."""
    today, last = timezone.localdate(now), timezone.localdate(due_at)
    return calendar.working_days_between(today, last) if last >= today else -calendar.working_days_between(last, today)


def by_day(start, working_days, calendar=VIETNAM) -> datetime.date:
    """The last day of a term of working days that the citizen is given."""
    return calendar.after(timezone.localdate(start), working_days)
