import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers import clock
from dossiers.calendar import VIETNAM

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    """“18/11/2026 8:12” in Vietnam."""
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


def pause(start, end, reason="supplement"):
    return SimpleNamespace(started_at=at(start), ended_at=at(end) if end else None, reason=reason)


def test_working_days_count_from_the_day_after_acceptance_and_skip_the_holiday():
    due = clock.due(at("19/11/2026 14:20"), 3, "working_day")
    assert due == (at("25/11/2026 17:00"), ["24/11 nghỉ lễ"])


def test_an_ordinary_week_needs_no_explanation():
    assert clock.due(at("02/11/2026 8:00"), 3, "working_day") == (at("05/11/2026 17:00"), [])


def test_a_row_of_holidays_is_one_reason_and_the_worked_saturday_another():
    assert clock.due(at("13/02/2026 9:00"), 3, "working_day") == (at("25/02/2026 17:00"), ["16–20/2 nghỉ lễ"])
    assert clock.due(at("21/08/2026 9:00"), 6, "working_day") == (at("28/08/2026 17:00"), ["22/8 làm bù"])
    assert clock.due(at("28/08/2026 9:00"), 1, "working_day") == (at("03/09/2026 17:00"), ["31/8–2/9 nghỉ lễ"])


def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day():
    assert clock.due(at("10/11/2026 9:00"), 10, "day") == (at("20/11/2026 17:00"), [])
    assert clock.due(at("14/11/2026 9:00"), 8, "day") == (
        at("25/11/2026 17:00"),
        ["tiếp nhận ngày nghỉ 14/11, tính như nhận ngày làm việc kế tiếp", "24/11 nghỉ lễ"],
    )


def test_the_same_day_until_the_cut_off_then_the_next_working_day():
    assert clock.due(at("23/11/2026 15:00"), 0, "same_day", 15) == (at("23/11/2026 17:00"), [])
    assert clock.due(at("23/11/2026 15:01"), 0, "same_day", 15) == (
        at("25/11/2026 17:00"),
        ["tiếp nhận sau 15 giờ, tính như nhận ngày làm việc kế tiếp"],
    )


def test_acceptance_after_office_hours_counts_from_the_next_working_day():
    assert clock.due(at("03/11/2026 18:30"), 1, "working_day") == (
        at("05/11/2026 17:00"),
        ["tiếp nhận sau giờ làm việc, tính như nhận ngày làm việc kế tiếp"],
    )


def test_working_hours_run_through_lunch_night_and_weekend_without_counting_them():
    assert clock.add_working_hours(at("20/11/2026 16:00"), 2) == at("23/11/2026 8:00")
    assert clock.add_working_hours(at("02/11/2026 10:30"), 1) == at("02/11/2026 13:30")
    assert clock.due(at("20/11/2026 16:00"), 4, "working_hour") == (at("23/11/2026 10:00"), [])


def test_each_pause_moves_the_day_and_says_so():
    pauses = [pause("03/11/2026 10:00", "06/11/2026 9:00"), pause("09/11/2026 8:00", "10/11/2026 8:00", "fee")]
    assert clock.due(at("02/11/2026 8:00"), 5, "working_day", None, pauses) == (
        at("13/11/2026 17:00"),
        ["3 ngày chờ Ông/Bà bổ sung", "1 ngày chờ Ông/Bà nộp phí, lệ phí"],
    )


def test_a_pause_over_the_weekend_counts_its_working_days_or_all_days_as_the_term_does():
    weekend = [pause("06/11/2026 10:00", "09/11/2026 9:00")]
    assert clock.due(at("02/11/2026 8:00"), 5, "working_day", None, weekend).at == at("10/11/2026 17:00")
    assert clock.due(at("02/11/2026 8:00"), 10, "day", None, weekend) == (at("16/11/2026 17:00"), ["3 ngày chờ Ông/Bà bổ sung"])


@pytest.mark.parametrize(
    "ignored",
    [pause("03/11/2026 10:00", None), pause("03/11/2026 8:00", "03/11/2026 16:00"), pause("20/10/2026 8:00", "30/10/2026 8:00")],
    ids=["still open", "within one day", "before acceptance"],
)
def test_a_pause_that_took_no_day_of_the_term_moves_nothing(ignored):
    assert clock.due(at("02/11/2026 8:00"), 3, "working_day", None, [ignored]) == (at("05/11/2026 17:00"), [])


def test_without_a_published_term_nothing_is_promised():
    assert clock.due(at("02/11/2026 8:00"), None, "working_day") == (None, [])


@pytest.mark.parametrize(
    ("submitted", "answer"),
    [
        ("22/11/2026 14:40", "23/11/2026 17:00"),  # a Sunday
        ("18/11/2026 8:12", "19/11/2026 8:12"),
        ("23/11/2026 9:00", "25/11/2026 9:00"),  # over the holiday
        ("18/11/2026 23:59", "19/11/2026 17:00"),
    ],
)
def test_the_first_answer_comes_within_eight_working_hours(submitted, answer):
    assert clock.first_answer_by(at(submitted)) == at(answer)


def test_days_left_are_working_days_and_turn_negative_when_late():
    due_at = at("25/11/2026 17:00")
    left = {
        day: clock.working_days_left(due_at, at(day))
        for day in ("20/11/2026 8:00", "25/11/2026 9:00", "26/11/2026 9:00", "30/11/2026 9:00")
    }
    assert left == {"20/11/2026 8:00": 2, "25/11/2026 9:00": 0, "26/11/2026 9:00": -1, "30/11/2026 9:00": -3}


# --- Against a slow model that walks day by day ------------------------------------------------

MOMENTS = st.datetimes(datetime.datetime(2025, 1, 1), datetime.datetime(2027, 6, 30), timezones=st.just(HANOI))


def walked(accepted, quantity, pauses):
    """Working days crossed off one at a time; a day on which the office waited is not crossed off."""
    day = accepted.date()
    counts_today = VIETNAM.is_working_day(day) and accepted.time() <= datetime.time(17)
    while not counts_today:
        day += datetime.timedelta(days=1)
        counts_today = VIETNAM.is_working_day(day)
    to_cross = quantity
    for pause in pauses:
        waited = pause.started_at.date()
        while waited < pause.ended_at.date():
            waited += datetime.timedelta(days=1)
            to_cross += VIETNAM.is_working_day(waited)
    while to_cross:
        day += datetime.timedelta(days=1)
        to_cross -= VIETNAM.is_working_day(day)
    return datetime.datetime.combine(day, datetime.time(17), HANOI)


@settings(deadline=None)  # a loaded machine is no mistake
@given(MOMENTS, st.integers(0, 30), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12)), max_size=3))
def test_the_promised_day_is_that_of_the_slow_model(accepted, quantity, waits):
    pauses, free = [], accepted
    for after, length in waits:
        start = free + datetime.timedelta(days=after, hours=1)
        free = start + datetime.timedelta(days=length, hours=1)
        pauses.append(SimpleNamespace(started_at=start, ended_at=free, reason="supplement"))
    due = clock.due(accepted, quantity, "working_day", None, pauses)
    assert due.at == walked(accepted, quantity, pauses)
    assert VIETNAM.is_working_day(due.at.date())


@settings(deadline=None)  # a loaded machine is no mistake
@given(MOMENTS, st.integers(0, 40))
def test_working_hours_are_those_of_an_office_that_works_by_the_minute(start, hours):
    end = clock.add_working_hours(start, hours)
    assert end >= start
    assert VIETNAM.is_working_day(end.astimezone(HANOI).date())
    assert clock.add_working_hours(clock.add_working_hours(start, hours), 8) == clock.add_working_hours(start, hours + 8)
