"""Each test starts with nothing counted: counters live in Redis, which no rollback empties."""

import pytest
from django.conf import settings

from portal.circuit import client as redis_client


@pytest.fixture(autouse=True)
def nothing_counted():
    redis_client(settings.REDIS_URL).flushdb()
