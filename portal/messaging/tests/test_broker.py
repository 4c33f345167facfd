"""Asking the workers: once for many commits, and never missing one. Redis is real, and really killed."""

import contextlib
import signal
import threading
import time
from queue import Empty

from portal.celery import app
from portal.circuit import client
from portal.messaging import broker

TASK = "portal.messaging.tasks.deliver_waiting"
FLAG = f"motcua:asked:{TASK}"


def queued(settings):
    """The names of the tasks in the queue as a worker would take them; it is empty afterwards."""
    names = []
    reading = app.connection_for_read(url=settings.CELERY_BROKER_URL)
    with reading as connection, connection.SimpleQueue("celery") as queue, contextlib.suppress(Empty):
        while message := queue.get(block=False):
            names.append(message.headers["task"])
            message.ack()
    return names


def test_however_often_it_is_asked_for_a_task_is_queued_once_until_it_begins(redis, settings):
    assert [broker.ask_once(TASK) for _ in range(5)] == [True] * 5
    assert queued(settings) == [TASK]
    broker.begin(TASK)
    assert broker.ask_once(TASK)
    assert queued(settings) == [TASK]


def test_that_more_follow_is_said_for_a_moment(redis, settings):
    assert not broker.more_follow(TASK)
    broker.say_more_follow(TASK)
    assert broker.more_follow(TASK)
    assert not broker.more_follow("portal.messaging.tasks.answer")
    assert 0 < client(settings.CELERY_BROKER_URL).pttl(f"motcua:more:{TASK}") <= 200


def test_other_tasks_are_asked_for_each_time(redis, settings):
    for number in range(2):
        broker.ask("portal.messaging.tasks.answer", number)
    broker.ask_once(TASK)
    assert sorted(queued(settings)) == sorted(["portal.messaging.tasks.answer"] * 2 + [TASK])


def test_a_flood_of_texts_and_files_does_not_hold_up_what_is_to_be_delivered(redis, settings):
    for task in ("portal.messaging.tasks.answer", "dossiers.tasks.check_attachment") * 10:
        broker.ask(task, 1)
    broker.ask_once(TASK)
    assert queued(settings)[0] == TASK


def test_the_flag_ends_by_itself_as_whoever_raised_it_may_have_died(redis, settings):
    broker.ask_once(TASK)
    assert 0 < client(settings.CELERY_BROKER_URL).pttl(FLAG) <= 10_000
    client(settings.CELERY_BROKER_URL).delete(FLAG)  # as the clock does
    broker.ask_once(TASK)
    assert queued(settings) == [TASK] * 2


def test_asking_for_what_is_queued_costs_one_small_question(redis, settings):
    broker.ask_once(TASK)
    with client(settings.CELERY_BROKER_URL) as watching:
        before = watching.info("stats")["total_commands_processed"]
        for _ in range(100):
            broker.ask_once(TASK)
        asked = watching.info("stats")["total_commands_processed"] - before - 1
    assert asked == 100


def test_what_is_committed_before_a_task_begins_is_seen_by_it(redis, settings):
    """Whoever finds the flag up has committed before the look of a task that is still to come."""
    committed, seen, done = 0, 0, threading.Event()

    def work():
        nonlocal seen
        while True:
            was_all = done.is_set()
            if queued(settings):
                broker.begin(TASK)
                time.sleep(0.002)
                seen = committed
            elif was_all:
                return

    worker = threading.Thread(target=work)
    worker.start()
    for number in range(1, 301):
        committed = number
        assert broker.ask_once(TASK)
    done.set()
    worker.join()
    assert seen == 300


def test_a_broker_that_is_gone_is_not_waited_for(redis, settings, caplog):
    redis.stop(signal.SIGKILL)
    started = time.monotonic()
    assert not broker.ask_once(TASK)
    broker.begin(TASK)
    broker.say_more_follow(TASK)
    assert not broker.more_follow(TASK)
    assert time.monotonic() - started < 2
    assert f"broker away, {TASK} left to the sweep (ConnectionError)" in caplog.text
    assert f"broker away, the flag of {TASK} stays up (ConnectionError)" in caplog.text


def test_a_broker_that_hangs_is_waited_for_once_and_not_again_for_some_seconds(redis, settings):
    broker.ask_once(TASK)
    redis.process.send_signal(signal.SIGSTOP)
    try:
        waits = []
        for _ in range(4):
            started = time.monotonic()
            assert not broker.ask_once(TASK)
            waits.append(time.monotonic() - started)
    finally:
        redis.process.send_signal(signal.SIGCONT)
    assert waits[0] < 2.5
    assert sum(waits[1:]) < 0.1
