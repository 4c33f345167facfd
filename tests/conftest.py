"""The whole product, started once for all tests that look at it from outside."""

import pytest
from django.utils import translation

from portal.testing.site import running

pytest.register_assert_rewrite("tests.language")


@pytest.fixture(scope="session")
def running_site(tmp_path_factory):
    """`manage.py up` with a data folder and a port of its own."""
    with running(
        tmp_path_factory.mktemp("portal"),
        # One address makes every request of the suite; limits for strangers are tried in the unit tests.
        LOOKUPS_PER_10_MINUTES="1000",
        SIGNUPS_PER_HOUR="1000",
        ID_CHECKS_PER_HOUR="1000",
        OTP_SENDS_PER_ADDRESS="1000",
        MAIL_SENDS_PER_ADDRESS="1000",
        DISPUTES_PER_HOUR="1000",
        # What is forgotten is found sooner than in production, so that nobody need wait a minute for it.
        SWEEP_SECONDS="5",
    ) as site:
        yield site


@pytest.fixture(params=["en", "vi"])
def language(request):
    with translation.override(request.param):
        yield request.param


def pytest_collection_modifyitems(items):
    """What looks at the whole product shares one, so it stays on one process of a parallel run."""
    for item in items:
        if "browser" in item.keywords or "outage" in item.keywords:
            item.add_marker(pytest.mark.xdist_group("the whole product"))
