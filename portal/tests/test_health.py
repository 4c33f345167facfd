import pytest


@pytest.mark.django_db
def test_alive_answers_without_anything_else(client):
    assert client.get("/healthz").content == b"ok"
