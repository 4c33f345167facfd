"""Posting a message: one row for one fact, in the transaction of the fact."""

import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.messaging import broker, hours, outbox
from portal.messaging.models import OutgoingMessage

HELP = {"event": "help:1", "kind": "sms_help", "channel": "sms", "to": "0912 345 678", "template": "messaging/help", "context": {}}


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the workers."""
    calls = []
    monkeypatch.setattr(broker, "ask_once", lambda task: calls.append(task) or True)
    return calls


def test_an_sms_is_written_unaccented_and_to_the_international_number(db):
    message = outbox.post(**HELP)
    assert (message.recipient, message.state, message.tries, message.subject, message.html) == ("+84912345678", "waiting", 0, "", "")
    assert message.body == (
        "Tin nhan chua dung cu phap. Soan TK, Ho va ten, soCMND, Ngaysinh de dang ky, hoac DVC Ma bien nhan de tra cuu, gui 8188. Can giup do, goi 1022."
    )


def test_the_same_fact_twice_is_one_message(db):
    first, second = outbox.post(**HELP), outbox.post(**HELP | {"context": {"name": "Lan"}})
    assert first.pk == second.pk
    assert OutgoingMessage.objects.count() == 1


def test_another_recipient_or_channel_is_another_message(db):
    outbox.post(**HELP)
    outbox.post(**HELP | {"to": "0912345679"})
    assert OutgoingMessage.objects.count() == 2


def test_an_sms_that_nobody_waits_for_is_due_by_day_only(db, settings):
    now = timezone.localtime(timezone.now(), ZoneInfo("Asia/Ho_Chi_Minh"))
    settings.SMS_HOURS = (now.hour + 1, now.hour + 2) if now.hour < 12 else (now.hour - 2, now.hour - 1)
    rows = [
        outbox.post(**HELP),
        outbox.post(**HELP | {"event": "help:2"}, any_hour=True),
        outbox.post(**HELP | {"event": "help:3"}, urgent=True),
        outbox.write(event="help:4", kind="letter", channel="email", recipient="lan@example.com"),
    ]
    opening = hours.opening(now)
    assert opening > now
    assert [(row.due_at == opening, row.any_hour) for row in rows] == [(True, False), (False, True), (False, True), (False, False)]


@pytest.mark.parametrize("to", ["", "  "])
def test_nobody_to_send_to_is_no_message(db, to):
    assert outbox.post(**HELP | {"to": to}) is None
    assert not OutgoingMessage.objects.exists()


def test_a_rolled_back_fact_leaves_no_message(transactional_db, asked):
    with transaction.atomic():
        outbox.post(**HELP)
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()
    assert asked == []


def test_many_posts_of_one_transaction_wake_the_workers_once(transactional_db, asked):
    with transaction.atomic():
        for n in range(5):
            outbox.post(**HELP | {"event": f"help:{n}"})
        assert asked == []
    assert asked == ["portal.messaging.tasks.deliver_waiting"]


def test_the_next_transaction_wakes_them_again_even_after_one_that_was_rolled_back(transactional_db, asked):
    outbox.post(**HELP)
    with transaction.atomic():
        outbox.post(**HELP | {"event": "help:2"})
        transaction.set_rollback(True)
    with transaction.atomic():
        outbox.post(**HELP | {"event": "help:3"})
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_two_requests_reporting_one_fact_at_once_post_one_message(asked):
    start, posted = threading.Barrier(4), []

    def work():
        try:
            start.wait()
            with transaction.atomic():
                posted.append(outbox.post(**HELP).pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(posted) == 4
    assert set(posted) == set(OutgoingMessage.objects.values_list("pk", flat=True))
    assert OutgoingMessage.objects.count() == 1


def test_a_post_costs_two_queries(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        outbox.post(**HELP)
