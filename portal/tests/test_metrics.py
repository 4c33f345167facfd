import pytest

from portal.messaging.models import OutgoingMessage


@pytest.mark.django_db
def test_requests_and_waiting_messages_are_counted(client):
    OutgoingMessage.objects.create(event="e", kind="k", channel="sms", recipient="+84912345678")
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'motcua_requests_total{status="200",view="healthz"}' in text
    assert 'motcua_messages{state="waiting"} 1.0' in text
    assert 'motcua_messages{state="failed"} 0.0' in text


@pytest.mark.django_db
@pytest.mark.parametrize("from_outside", [{"REMOTE_ADDR": "8.8.8.8"}, {"headers": {"X-Forwarded-For": "10.0.0.1"}}])
def test_nobody_outside_reads_them(client, from_outside):
    assert client.get("/metrics", **from_outside).status_code == 404
