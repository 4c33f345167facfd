"""The whole product, started once for all tests that look at it from outside."""

import pytest

from portal.testing.site import running


@pytest.fixture(scope="session")
def running_site(tmp_path_factory):
    """`manage.py up` with a data folder and a port of its own."""
    with running(
        tmp_path_factory.mktemp("portal"),
        # One address makes every request of the suite; limits for strangers are tried in the unit tests.
        LOOKUPS_PER_10_MINUTES="1000",
        # What is forgotten is found sooner than in production, so that nobody need wait a minute for it.
        SWEEP_SECONDS="5",
    ) as site:
        yield site
