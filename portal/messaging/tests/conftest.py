"""Providers as fixtures; each listens on a port of its own for one test."""

import signal

import pytest
from django.conf import settings as project

from portal import circuit
from portal.circuit import client as redis_client
from portal.messaging import broker, outbox
from portal.messaging.gateways import MemoryGateway
from portal.messaging.tests.peers import KannelPeer, SmtpPeer
from portal.services import Redis


@pytest.fixture
def workers_were_asked():
    """Whether somebody has asked the workers to deliver what waits."""
    redis = redis_client(project.CELERY_BROKER_URL)
    return lambda: bool(redis.exists(broker.FLAG + outbox.DELIVER))


@pytest.fixture
def redis(tmp_path, settings, monkeypatch):
    """A broker of this test alone, to be stopped and killed."""
    monkeypatch.setattr(broker, "_circuit", circuit.Circuit("the sweep does it"))
    server = Redis(tmp_path / "redis")
    settings.CELERY_BROKER_URL = server.start()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture
def smtp(settings):
    with SmtpPeer() as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", peer.port, 0.5
        yield peer


@pytest.fixture
def kannel(settings):
    with KannelPeer() as peer:
        options = {"url": peer.url, "user": "motcua", "password": "mật khẩu", "timeout": 0.5}
        settings.SMS_GATEWAYS = [{"NAME": "kannel-1", "BACKEND": "portal.messaging.gateways.KannelGateway", "OPTIONS": options}]
        yield peer


@pytest.fixture
def sms_sent(monkeypatch):
    """What the memory gateway was handed, empty at the start of the test."""
    sent = []
    monkeypatch.setattr(MemoryGateway, "sent", sent)
    return sent
