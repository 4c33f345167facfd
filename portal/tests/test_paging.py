"""Long lists: where counting ends."""

import pytest

from portal import paging
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_sms

pytestmark = pytest.mark.django_db


def test_counting_ends_at_its_limit(monkeypatch):
    for _ in range(4):
        make_sms()
    monkeypatch.setattr(paging, "COUNT_UP_TO", 2)
    assert paging.CappedPaginator(OutgoingMessage.objects.order_by("pk"), 25).count == 3
