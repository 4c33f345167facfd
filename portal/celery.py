"""The Celery app and its timetable."""

import os

from celery import Celery
from celery.schedules import crontab

from portal import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The longest that something forgotten lies about.
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 60)
app.conf.beat_schedule = {
    "send what was forgotten": {"task": "portal.messaging.tasks.sweep", "schedule": float(SWEEP_SECONDS)},
    "check papers that wait": {"task": "dossiers.tasks.sweep_attachments", "schedule": float(SWEEP_SECONDS)},
    "remove old drafts": {"task": "dossiers.tasks.remove_old_drafts", "schedule": crontab(hour=2, minute=10)},
    "remove sign-ups never finished": {"task": "accounts.tasks.remove_pending", "schedule": crontab(hour=2, minute=40)},
}
