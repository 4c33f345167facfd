"""What a worker does besides its tasks."""

import json

from celery.signals import task_postrun, task_prerun, worker_ready
from django.conf import settings
from django.db import connection

from portal.celery import app, begin_at_once
from portal.circuit import client


def test_a_worker_that_has_just_started_sweeps_at_once():
    queue = client(settings.CELERY_BROKER_URL)
    queue.delete("celery")
    worker_ready.send(sender=None)
    asked = [json.loads(message)["headers"]["task"] for message in queue.lrange("celery", 0, -1)]
    queue.delete("celery")
    assert sorted(asked) == ["dossiers.tasks.sweep_attachments", "portal.messaging.tasks.sweep"]
    assert begin_at_once in [receiver() for _key, receiver in worker_ready.receivers]


def test_the_database_connection_stays_from_task_to_task(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = cursor.fetchone()
        for signal in (task_prerun, task_postrun):
            signal.send(sender=None)
        cursor = connection.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() == first


def test_a_connection_that_the_database_closed_is_not_used_for_the_next_task(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = cursor.fetchone()[0]
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])
        other.db.close()
    task_prerun.send(sender=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != first


def test_celery_leaves_the_connection_to_us():
    """Its own name for it, which a new version might change."""
    assert app.conf.get("CELERY_DB_REUSE_MAX") == 1000
