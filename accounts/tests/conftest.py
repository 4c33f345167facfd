"""Each test starts with nothing counted: counters live in Redis, which no rollback empties. None meets allauth's own words."""

from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.test.signals import template_rendered

from portal.circuit import client as redis_client

ALLAUTH = Path(allauth.__file__).parent


@pytest.fixture(autouse=True)
def nothing_counted():
    redis_client(settings.REDIS_URL).flushdb()


@pytest.fixture(autouse=True)
def only_our_words():
    """allauth's templates are in English and look like nothing of ours: whatever the test walked through, none was drawn."""
    foreign = set()

    def look(template, **rendering):
        if template.origin and ALLAUTH in Path(str(template.origin)).parents:
            foreign.add(template.name)

    template_rendered.connect(look)
    yield
    template_rendered.disconnect(look)
    assert not foreign
