"""How the sending goes: numbers of the queue, of the last day, of the reports, and the providers."""

import datetime

import pytest
from django.utils import timezone

from portal.messaging.admin import situation
from portal.messaging.admin.situation import Hour, Waiting
from portal.messaging.models import OutgoingMessage, ProviderHealth
from portal.messaging.tests.make import make_letter, make_sms

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(datetime.datetime(2026, 11, 25, 8, 42))


def ago(**time):
    return NOW - datetime.timedelta(**time)


def later(**time):
    return NOW + datetime.timedelta(**time)


def test_what_waits_is_counted_by_channel_urgency_and_reason():
    make_sms(due_at=ago(minutes=9)), make_sms(due_at=ago(minutes=3))
    make_sms(due_at=later(hours=2))
    make_sms(due_at=later(minutes=5), tries=2)
    make_letter(due_at=ago(minutes=1), priority=1)
    make_sms(state="sent", due_at=ago(hours=1))
    assert situation.queue(NOW) == [
        Waiting("sms", True),
        Waiting("sms", False, due=2, next_try=1, morning=1, oldest=ago(minutes=9)),
        Waiting("email", True, due=1, oldest=ago(minutes=1)),
        Waiting("email", False),
    ]


def test_what_a_worker_holds_is_due_and_does_not_age():
    make_sms(due_at=ago(minutes=9), leased_until=later(minutes=1))
    make_sms(due_at=ago(minutes=4), leased_until=ago(minutes=1))
    assert situation.queue(NOW)[1] == Waiting("sms", False, due=2, oldest=ago(minutes=4))


def test_the_last_day_is_told_hour_by_hour_the_present_hour_last():
    make_sms(state="sent", sent_at=ago(minutes=1)), make_sms(state="sent", sent_at=ago(minutes=42))
    make_sms(state="failed", failed_at=ago(hours=1)), make_sms(state="expired", failed_at=ago(hours=1))
    make_letter(state="sent", sent_at=ago(hours=23))
    make_letter(state="sent", sent_at=ago(hours=24)), make_letter(state="sent", sent_at=later(hours=1))
    day = situation.last_day(NOW)
    first = timezone.make_aware(datetime.datetime(2026, 11, 24, 9))
    assert [hour.begins for hour in day["sms"]] == [first + datetime.timedelta(hours=n) for n in range(24)]
    assert [tuple(hour)[1:] for hour in day["sms"][-2:]] == [(0, 1, 1), (2, 0, 0)]
    assert day["email"][0] == Hour(first, sent=1)
    assert sum(hour.sent for hour in day["email"]) == 1


def test_the_reports_are_those_of_the_sms_of_today():
    midnight = NOW.replace(hour=0, minute=0)
    for report, number in (("delivered", 2), ("undelivered", 1), ("", 1)):
        for _ in range(number):
            make_sms(state="sent", sent_at=midnight, report=report)
    make_sms(state="sent", sent_at=midnight - datetime.timedelta(seconds=1), report="delivered")
    make_letter(state="sent", sent_at=NOW)
    assert situation.reports(NOW) == {"": 1, "on-way": 0, "delivered": 2, "undelivered": 1}


def test_gateways_stand_in_the_order_of_the_settings_and_the_mail_server_last(settings):
    settings.SMS_GATEWAYS = [{"NAME": "second-hand"}, {"NAME": "kannel-1"}]
    for name in ("kannel-1", "former"):
        ProviderHealth.objects.create(name=name, channel="sms", last_ok_at=NOW)
    assert [(one.name, one.channel, one.last_ok_at) for one in situation.providers()] == [
        ("second-hand", "sms", None),
        ("kannel-1", "sms", NOW),
        ("smtp", "email", None),
    ]


@pytest.fixture
def away(settings):
    settings.SMS_GATEWAYS = [{"NAME": "kannel-1"}]
    return ProviderHealth.objects.create(name="kannel-1", channel="sms", away_since=ago(minutes=5), away_until=later(minutes=5))


def test_trying_now_ends_the_pause_and_brings_forward_what_was_put_off(away):
    put_off, morning = make_sms(due_at=later(minutes=9), tries=2), make_sms(due_at=later(hours=9))
    held, letter = make_sms(due_at=later(minutes=9), tries=2, leased_until=later(minutes=1)), make_letter(due_at=later(minutes=9), tries=2)
    assert situation.try_now("kannel-1", NOW) == 1
    away.refresh_from_db()
    assert (away.away_since, away.away_until) == (ago(minutes=5), NOW)
    assert dict(OutgoingMessage.objects.values_list("pk", "due_at")) == {
        put_off.pk: NOW,
        morning.pk: later(hours=9),
        held.pk: later(minutes=9),
        letter.pk: later(minutes=9),
    }


@pytest.mark.parametrize("name", ["smtp", "nobody", ""])
def test_a_provider_that_is_not_left_alone_has_no_pause_to_end(away, name):
    assert situation.try_now(name, NOW) is None


def test_a_second_press_finds_the_pause_ended(away):
    assert [situation.try_now("kannel-1", NOW), situation.try_now("kannel-1", NOW)] == [0, None]


def test_what_failed_is_counted_as_far_as_it_can_be_sent_again():
    failed = make_sms(state="failed")
    make_sms(state="failed", secret=True, body=""), make_sms(state="failed", body=""), make_sms(state="sent", report="undelivered")
    make_sms(state="expired"), make_sms(state="failed", expires_at=ago(minutes=1))
    assert list(situation.failed(NOW)) == [failed]
