"""What the workers do, and what becomes of it when the broker is away. Redis is real, and really killed."""

import os
import signal
import time

import pytest
from django.db import transaction

from portal.celery import app
from portal.messaging import inbound, outbox, tasks
from portal.messaging.models import IncomingSms, OutgoingMessage
from portal.services import Redis

HELP = {"kind": "sms_help", "channel": "sms", "to": "0912345678", "template": "messaging/help", "context": {}}


@pytest.fixture
def redis(tmp_path, settings):
    """A broker of this test alone, to be stopped and killed."""
    server = Redis(tmp_path / "redis")
    settings.CELERY_BROKER_URL = server.start()
    yield server
    server.stop(signal.SIGKILL)


def post(event):
    """Post in a transaction of its own; the seconds it took with the commit and all that hangs on it."""
    started = time.monotonic()
    with transaction.atomic():
        outbox.post(event=event, **HELP)
    return time.monotonic() - started


def test_after_the_commit_a_worker_is_asked(transactional_db, redis, settings):
    post("help:1")
    with app.connection_for_read(url=settings.CELERY_BROKER_URL) as connection:
        queue = connection.SimpleQueue("celery")
        message = queue.get(timeout=2)
        assert message.headers["task"] == "portal.messaging.tasks.deliver_waiting"
        message.ack()
        queue.close()


def test_a_broker_killed_before_the_commit_delays_no_request_and_the_sweep_sends(transactional_db, redis, sms_sent, caplog):
    post("help:1")
    os.kill(redis.process.pid, signal.SIGKILL)
    redis.process.wait()
    assert post("help:2") < 2
    assert "broker away, portal.messaging.tasks.deliver_waiting left to the sweep" in caplog.text
    assert OutgoingMessage.objects.filter(state="waiting").count() == 2
    tasks.sweep()
    assert OutgoingMessage.objects.filter(state="sent").count() == 2
    assert len(sms_sent) == 2


def test_a_broker_that_hangs_delays_a_request_two_seconds_at_most(transactional_db, redis, sms_sent):
    post("help:1")
    os.kill(redis.process.pid, signal.SIGSTOP)
    try:
        assert post("help:2") < 2.5
        assert post("help:3") < 2.5
    finally:
        os.kill(redis.process.pid, signal.SIGCONT)
    assert post("help:4") < 1
    tasks.sweep()
    assert OutgoingMessage.objects.filter(state="sent").count() == 4


def test_the_sweep_also_answers_what_no_worker_was_asked_to_answer(transactional_db, settings, sms_sent):
    settings.SMS_COMMANDS = {}
    inbound.store("id-1", "0912345678", "xin chao")
    tasks.sweep()
    assert IncomingSms.objects.unanswered().count() == 0
    assert len(sms_sent) == 1


def test_the_timetable_sweeps_every_minute():
    entries = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == tasks.sweep.name]
    assert [entry["schedule"] for entry in entries] == [60.0]


def test_a_task_asked_for_by_name_is_a_task_of_ours():
    assert {tasks.deliver_waiting.name, tasks.answer.name, tasks.sweep.name} == {
        "portal.messaging.tasks.deliver_waiting",
        "portal.messaging.tasks.answer",
        "portal.messaging.tasks.sweep",
    }
