"""The Celery app; its timetable stands in the settings."""

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def keep_the_database(**_facts):
    """As between two requests: the connection stays, unless it broke or grew old (CELERY_DB_REUSE_MAX keeps Celery from closing it)."""
    from django.db import close_old_connections

    close_old_connections()


@worker_ready.connect
def begin_at_once(**_facts):
    """A worker that was away begins with the sweeps, without waiting for their next turn."""
    from django.conf import settings

    for entry in app.conf.beat_schedule.values():
        if entry["schedule"] == settings.SWEEP_SECONDS:
            app.send_task(entry["task"], retry=False, ignore_result=True)
