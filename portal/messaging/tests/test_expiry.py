"""What is not sent although its turn has come: its time is over, it is night, or the day's budget is spent."""

import time
from datetime import timedelta

from django.utils import timezone

from portal.messaging import budget, claims, delivery, hours
from portal.messaging.errors import GatewayError
from portal.messaging.tests.make import make_letter, make_sms


def end_of_run():
    return time.monotonic() + 60


def state_of(message):
    message.refresh_from_db()
    return message.state, message.tries


def night_falls(settings):
    """Whatever the clock says, it is night now; the moment of the next opening."""
    now = timezone.localtime(timezone.now(), timezone.get_default_timezone())
    settings.SMS_HOURS = (now.hour + 1, now.hour + 2) if now.hour < 12 else (now.hour - 2, now.hour - 1)
    return hours.opening(now)


def test_a_code_whose_time_runs_out_in_a_workers_hands_is_not_sent(db, sms_sent):
    message = make_sms(priority=1, secret=True, expires_at=timezone.now() + timedelta(seconds=0.2))
    rows = claims.claim()
    time.sleep(0.3)
    assert delivery.deliver(rows, end_of_run(), delivery.Providers()) == 1
    assert state_of(message) == ("expired", 1)
    assert (message.body, message.leased_until, message.failed_at is not None) == ("", None, True)
    assert sms_sent == []


def test_each_run_ends_what_expired(db, sms_sent):
    message = make_sms(expires_at=timezone.now(), due_at=timezone.now() + timedelta(minutes=3))
    assert delivery.deliver_due() == 0
    assert state_of(message) == ("expired", 0)
    assert sms_sent == []


def test_a_notice_that_is_overtaken_by_the_night_waits_and_it_was_no_try(db, settings, sms_sent):
    message = make_sms()
    rows = claims.claim()
    opening = night_falls(settings)
    delivery.deliver(rows, end_of_run(), delivery.Providers())
    assert state_of(message) == ("waiting", 0)
    assert (message.due_at, message.leased_until, sms_sent) == (opening, None, [])
    assert opening < message.give_up_at < opening + timedelta(hours=4)


def test_a_try_that_failed_in_the_evening_is_repeated_in_the_morning(db, settings, monkeypatch):
    message = make_sms()
    (row,) = claims.claim()
    opening = night_falls(settings)
    delivery._not_taken(row, GatewayError("503 busy"))
    assert state_of(message) == ("waiting", 1)
    assert message.due_at == opening
    # What is left of the four hours is left in the morning.
    assert timedelta(hours=3, minutes=59) < message.give_up_at - opening < timedelta(hours=4)


def test_by_night_a_run_moves_what_is_late_and_sends_what_may_come(db, settings, sms_sent):
    opening = night_falls(settings)
    late, code = make_sms(), make_sms(priority=1, any_hour=True)
    assert delivery.deliver_due() == 1
    assert (state_of(late), state_of(code)) == (("waiting", 0), ("sent", 1))
    assert late.due_at == opening


def test_what_the_budget_does_not_let_through_waits_for_the_next_morning(db, settings, sms_sent):
    settings.SMS_DAILY_BUDGET, settings.SMS_HOURS = 1, (0, 24)
    first, second = make_sms(), make_sms()
    letter = make_letter()
    budget.spend(budget.SIGN_IN)
    assert delivery.deliver_due() == 3
    assert [state_of(row) for row in (first, second, letter)] == [("waiting", 0), ("waiting", 0), ("sent", 1)]
    assert second.due_at == budget.renewed_at(timezone.now())
    assert sms_sent == []
