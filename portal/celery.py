"""The Celery app and its timetable."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "send what was forgotten": {"task": "portal.messaging.tasks.sweep", "schedule": 60.0},
    "check papers that wait": {"task": "dossiers.tasks.sweep_attachments", "schedule": 60.0},
    "remove old drafts": {"task": "dossiers.tasks.remove_old_drafts", "schedule": crontab(hour=2, minute=10)},
    "remove sign-ups never finished": {"task": "accounts.tasks.remove_pending", "schedule": crontab(hour=2, minute=40)},
}
