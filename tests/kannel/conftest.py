"""The product, and real Kannel in front of it."""

import pytest

from portal.testing.site import running
from tests.kannel.kannel import Kannel, missing


def pytest_collection_modifyitems(items):
    for item in items:
        if "kannel" in item.keywords:
            item.add_marker(pytest.mark.xdist_group("kannel"))
            if why := missing():
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def kannel_and_site(tmp_path_factory):
    kannel = Kannel(tmp_path_factory.mktemp("kannel"))
    with (
        running(
            tmp_path_factory.mktemp("portal"),
            SMS_GATEWAY_URL=kannel.address,
            SMS_GATEWAY_USER=kannel.user,
            SMS_GATEWAY_PASSWORD=kannel.password,
            SMS_MO_SECRET=kannel.secret,
            SMS_MO_ALLOWED_IPS="127.0.0.1",
            # What waits is tried sooner than in production, so that nobody need wait a minute for it.
            SMS_GATEWAY_PAUSE_SECONDS="2",
            SWEEP_SECONDS="2",
        ) as site,
        kannel.running(site.url),
    ):
        yield kannel, site


@pytest.fixture
def kannel(kannel_and_site):
    return kannel_and_site[0]


@pytest.fixture
def site(kannel_and_site):
    return kannel_and_site[1]
