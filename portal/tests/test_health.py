from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from portal.messaging import outbox
from portal.messaging.models import OutgoingMessage

ALL_WELL = {"ready": True, "database": "ok", "redis": "ok", "disk": "ok", "messages": "ok"}


def test_alive_answers_without_the_database(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_ready_when_everything_is_there(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, ALL_WELL)
    assert "Set-Cookie" not in response
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_redis(client, settings):
    settings.REDIS_URL = "redis://:hidden@127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, ALL_WELL | {"ready": False, "redis": "away"})


def test_not_ready_without_the_database(client):
    """Tests may not touch the database unless marked, which serves here as one that is away."""
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "away"


@pytest.mark.django_db
def test_not_ready_when_the_disk_is_full(client, settings):
    settings.READY_DISK_FREE_MB = 10**9
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["disk"].endswith("MB free")


@pytest.mark.django_db
def test_not_ready_when_papers_cannot_be_written(client, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    assert client.get("/readyz").json()["disk"] == "away"


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "status"), [(-60, 200), (5, 200), (20, 503)])
def test_a_message_overdue_for_long_makes_it_unready(client, minutes, status):
    OutgoingMessage.objects.create(
        event="e", kind="k", channel="sms", recipient="+84912345678", due_at=timezone.now() - timedelta(minutes=minutes)
    )
    response = client.get("/readyz")
    assert response.status_code == status
    assert b"912345678" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": "expired", "failed_at": timezone.now()},
        {"state": "failed", "failed_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(minutes=30)},
        {"leased_until": timezone.now() + timedelta(minutes=2)},
    ],
    ids=["expired", "given up", "about to expire", "in a worker's hands"],
)
def test_what_waits_for_nobody_is_not_overdue(client, fields):
    long_ago = timezone.now() - timedelta(hours=3)
    OutgoingMessage.objects.create(event="e", kind="k", channel="sms", recipient="+84912345678", due_at=long_ago, **fields)
    assert client.get("/readyz").json() == ALL_WELL


@pytest.mark.django_db
def test_a_notice_that_waits_for_the_morning_is_not_overdue(client, settings):
    hour = timezone.localtime().hour
    settings.SMS_HOURS = (hour + 1, hour + 2) if hour < 22 else (1, 2)  # now is night
    settings.READY_MESSAGE_AGE_SECONDS = 0
    notice = {"kind": "closed", "channel": "sms", "to": "0912345678", "template": "accounts/closed", "context": {}}
    outbox.post(event="e:1", **notice)
    assert client.get("/readyz").json() == ALL_WELL
    outbox.post(event="e:2", any_hour=True, **notice)
    assert client.get("/readyz").status_code == 503


def test_probes_are_not_sent_to_https(client):
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert client.get("/healthz").status_code == 200
