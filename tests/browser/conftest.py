"""The running portal with a browser in front of it."""

import pytest

from portal.testing.browser import chromium


@pytest.fixture(scope="session")
def site(request):
    if chromium() is None:
        pytest.skip("there is no Chromium to look at the site with: install it (Debian: apt install chromium)")
    return request.getfixturevalue("running_site")


def pytest_collection_modifyitems(items):
    """What looks at the traces of the whole suite runs behind it."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
