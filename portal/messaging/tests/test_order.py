"""Who goes before whom while a worker is at work, and when it stops."""

import time

from portal.messaging import broker, claims, delivery
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_sms


def end_of_run():
    return time.monotonic() + 60


def state_of(message):
    message.refresh_from_db()
    return message.state, message.tries


def at_work(monkeypatch, happens):
    """While the first message is handed over, something happens; what was handed over, in order."""
    sent = []

    def send(gateway, *, to, **rest):
        if not sent:
            happens()
        sent.append(to)

    monkeypatch.setattr(MemoryGateway, "send", send)
    return sent


def test_a_code_does_not_wait_for_a_batch_of_notices(db, monkeypatch):
    monkeypatch.setattr(delivery, "LOOK_SECONDS", 0)
    notices, codes = [make_sms() for _ in range(5)], []
    sent = at_work(monkeypatch, lambda: codes.append(make_sms(priority=1)))
    assert delivery.deliver_due() == 6
    assert sent == [row.recipient for row in [notices[0], *codes, *notices[1:]]]
    assert set(OutgoingMessage.objects.values_list("state", "tries")) == {("sent", 1)}


def test_a_batch_of_codes_is_not_interrupted_by_another_code(db, monkeypatch):
    monkeypatch.setattr(delivery, "LOOK_SECONDS", 0)
    codes = [make_sms(priority=1) for _ in range(2)]
    sent = at_work(monkeypatch, lambda: codes.append(make_sms(priority=1)))
    delivery.deliver_due()
    assert sent == [row.recipient for row in codes]


def test_a_run_that_took_its_time_leaves_the_rest_to_be_asked_for(db, monkeypatch):
    asked = []
    monkeypatch.setattr(broker, "ask_once", asked.append)
    first, second = make_sms(), make_sms()
    sent = at_work(monkeypatch, lambda: time.sleep(0.2))
    assert delivery.deliver_due(for_seconds=0.1) == 1
    assert sent == [first.recipient]
    assert asked == ["portal.messaging.tasks.deliver_waiting"]
    assert (state_of(first), state_of(second)) == (("sent", 1), ("waiting", 0))
    assert second.leased_until is None


def test_more_than_a_batch_calls_another_worker_to_help(db, monkeypatch, sms_sent):
    asked = []
    monkeypatch.setattr(broker, "ask_once", asked.append)
    monkeypatch.setattr(claims, "BATCH", 3)
    for _ in range(4):
        make_sms()
    monkeypatch.setattr(claims.claim, "__kwdefaults__", claims.claim.__kwdefaults__ | {"many": 3})
    assert delivery.deliver_due() == 4
    assert asked == ["portal.messaging.tasks.deliver_waiting"]


def test_a_batch_too_slow_for_its_lease_gives_the_rest_back(db, settings, sms_sent):
    settings.MESSAGE_LEASE_SECONDS = delivery.SLOWEST_CALL.total_seconds() - 1
    first, rest = make_sms(), make_sms()
    assert delivery.deliver(claims.claim(), end_of_run(), delivery.Providers()) == 1
    assert (state_of(first), state_of(rest)) == (("sent", 1), ("waiting", 0))
    assert rest.leased_until is None
