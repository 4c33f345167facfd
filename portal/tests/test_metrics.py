from datetime import timedelta

import pytest
from django.utils import timezone

from portal.messaging import budget
from portal.messaging.models import ProviderHealth
from portal.messaging.tests.make import make_letter, make_sms

pytestmark = pytest.mark.django_db


def read(client):
    """Our own numbers as Prometheus reads them."""
    lines = client.get("/metrics").content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if line.startswith("motcua_"))


def messages(client):
    return {name.removeprefix("motcua_"): float(value) for name, value in read(client).items() if "requests" not in name}


def test_requests_are_counted_by_the_name_of_their_view(client):
    client.get("/healthz")
    assert float(read(client)['motcua_requests_total{status="200",view="healthz"}']) >= 1


def test_of_an_empty_outbox_every_number_is_told(client):
    assert messages(client) == {
        'messages_waiting{channel="email",urgency="urgent"}': 0,
        'messages_waiting{channel="email",urgency="notice"}': 0,
        'messages_waiting{channel="sms",urgency="urgent"}': 0,
        'messages_waiting{channel="sms",urgency="notice"}': 0,
        'messages_oldest_due_seconds{channel="email"}': 0,
        'messages_oldest_due_seconds{channel="sms"}': 0,
        'messages_ended_last_hour{channel="email",outcome="sent"}': 0,
        'messages_ended_last_hour{channel="email",outcome="failed"}': 0,
        'messages_ended_last_hour{channel="email",outcome="expired"}': 0,
        'messages_ended_last_hour{channel="sms",outcome="sent"}': 0,
        'messages_ended_last_hour{channel="sms",outcome="failed"}': 0,
        'messages_ended_last_hour{channel="sms",outcome="expired"}': 0,
        "messages_failed": 0,
        "sms_spent_today": 0,
        "sms_budget": 20000,
        'provider_up{channel="sms",provider="memory"}': 1,
        'provider_up{channel="email",provider="smtp"}': 1,
    }


def test_what_waits_and_for_how_long_is_told_by_channel_and_urgency(client):
    now = timezone.now()
    make_sms(priority=1, due_at=now - timedelta(minutes=5))
    make_sms(due_at=now - timedelta(minutes=2))
    make_sms(due_at=now + timedelta(hours=9))
    make_letter(due_at=now + timedelta(minutes=9))
    told = messages(client)
    assert [told[f'messages_waiting{{channel="sms",urgency="{urgency}"}}'] for urgency in ("urgent", "notice")] == [1, 2]
    assert [told[f'messages_waiting{{channel="email",urgency="{urgency}"}}'] for urgency in ("urgent", "notice")] == [0, 1]
    assert 300 <= told['messages_oldest_due_seconds{channel="sms"}'] < 360
    assert told['messages_oldest_due_seconds{channel="email"}'] == 0


def test_what_became_of_messages_within_the_hour_is_told(client):
    now = timezone.now()
    for minutes in (1, 59, 61):
        make_sms(state="sent", sent_at=now - timedelta(minutes=minutes))
        make_letter(state="failed", failed_at=now - timedelta(minutes=minutes))
    make_sms(state="expired", failed_at=now)
    told = messages(client)
    ended = {name: number for name, number in told.items() if "ended" in name and number}
    assert ended == {
        'messages_ended_last_hour{channel="sms",outcome="sent"}': 2,
        'messages_ended_last_hour{channel="email",outcome="failed"}': 2,
        'messages_ended_last_hour{channel="sms",outcome="expired"}': 1,
    }
    assert told["messages_failed"] == 3


def test_the_budget_and_a_provider_that_is_left_alone_are_told(client, settings):
    settings.SMS_DAILY_BUDGET = 100
    budget.spend(budget.SIGN_IN)
    ProviderHealth.objects.create(name="smtp", channel="email", away_since=timezone.now())
    ProviderHealth.objects.create(name="memory", channel="sms", last_ok_at=timezone.now())
    ProviderHealth.objects.create(name="former", channel="sms", away_since=timezone.now())
    told = messages(client)
    assert (told["sms_spent_today"], told["sms_budget"]) == (1, 100)
    assert {name: number for name, number in told.items() if "provider" in name} == {
        'provider_up{channel="sms",provider="memory"}': 1,
        'provider_up{channel="email",provider="smtp"}': 0,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_numbers_cost_the_same_for_one_message_and_three(client, count, django_assert_num_queries):
    for _ in range(count):
        make_sms()
        make_letter(state="sent", sent_at=timezone.now())
    with django_assert_num_queries(6):
        client.get("/metrics")


@pytest.mark.parametrize("from_outside", [{"REMOTE_ADDR": "8.8.8.8"}, {"headers": {"X-Forwarded-For": "10.0.0.1"}}])
def test_nobody_outside_reads_them(client, from_outside):
    assert client.get("/metrics", **from_outside).status_code == 404
