"""What the workers do, and what becomes of it when the broker is away. Redis is real, and really killed."""

import os
import signal
import time
from datetime import timedelta

import pytest
from celery.schedules import crontab
from django.db import transaction
from django.utils import timezone

from portal.celery import app
from portal.circuit import client
from portal.messaging import inbound, outbox, tasks
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import IncomingSms, OutgoingMessage
from portal.messaging.tests.make import make_sms

HELP = {"kind": "sms_help", "channel": "sms", "to": "0912345678", "template": "messaging/help", "context": {}}


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


def test_what_is_committed_while_a_worker_delivers_asks_for_another_look(transactional_db, redis, settings, monkeypatch):
    post("help:1")
    queue = client(settings.CELERY_BROKER_URL)
    assert queue.llen("celery") == 1
    queue.delete("celery")  # a worker took it
    monkeypatch.setattr(MemoryGateway, "send", lambda *args, **text: post("help:2") if queue.llen("celery") == 0 else None)
    tasks.deliver_waiting()
    assert queue.llen("celery") == 1


def test_while_messages_stream_in_a_worker_waits_for_the_next_few(transactional_db, redis, settings, sms_sent, monkeypatch):
    """What is posted while it waits asks for no further task, and goes with the same look."""
    queue = client(settings.CELERY_BROKER_URL)
    for number in (1, 2):
        post(f"help:{number}")
    tasks.deliver_waiting()
    assert len(sms_sent) == 2
    queue.delete("celery")
    post("help:3")
    waits = []

    def others_post(seconds):
        waits.append((seconds, len(sms_sent)))
        post("help:4")
        post("help:5")

    monkeypatch.setattr(tasks, "sleep", others_post)
    tasks.deliver_waiting()
    assert waits == [(tasks.BREATH_SECONDS, 2)]
    assert len(sms_sent) == 5
    assert queue.llen("celery") == 1


def test_messages_that_come_one_by_one_leave_at_once(transactional_db, redis, sms_sent, monkeypatch):
    monkeypatch.setattr(tasks, "sleep", pytest.fail)
    for number in range(3):
        post(f"help:{number}")
        tasks.deliver_waiting()
    assert len(sms_sent) == 3


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


def test_every_five_minutes_trouble_is_looked_for_and_each_night_the_old_is_forgotten(transactional_db, settings):
    settings.ALARM_EMAILS = ["truc@example.com"]
    make_sms(due_at=timezone.now() - timedelta(days=1))
    make_sms(state="sent", sent_at=timezone.now() - timedelta(days=settings.MESSAGE_ROW_DAYS + 1))
    entries = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert entries[tasks.look_for_trouble.name] == 300.0
    assert entries[tasks.forget_old.name] == crontab(hour=3, minute=20)
    tasks.look_for_trouble()
    tasks.forget_old()
    assert sorted(OutgoingMessage.objects.values_list("kind", "state")) == [("alarm", "waiting"), ("dossier.received", "waiting")]


def test_a_task_asked_for_by_name_is_a_task_of_ours():
    assert {tasks.deliver_waiting.name, tasks.answer.name, tasks.sweep.name} == {
        "portal.messaging.tasks.deliver_waiting",
        "portal.messaging.tasks.answer",
        "portal.messaging.tasks.sweep",
    }
