from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks


def test_sessions_that_ended_are_forgotten_every_night(client, lan, minh):
    client.force_login(lan)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    client.cookies.clear()
    client.force_login(minh)
    tasks.remove_old_sessions()
    assert [session.session_key for session in Session.objects.all()] == [client.session.session_key]
    assert "accounts.tasks.remove_old_sessions" in [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
