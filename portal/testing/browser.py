"""Fixtures for tests that walk pages in Chromium; they skip, saying why, where there is none.

A module that uses them is marked `pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]`
and opens addresses of pytest-django's `live_server`.
"""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# Nothing reaches a network, and nothing of the machine leaks into a picture.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = {"width": 360, "height": 740}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def chromium() -> str | None:
    """The browser of this machine: named by CHROMIUM, or found in PATH."""
    named = os.environ.get("CHROMIUM")
    found = [named, *(shutil.which(name) for name in NAMES), MAC]
    return next((path for path in found if path and Path(path).exists()), None)


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    if path is None:
        pytest.skip("there is no Chromium: install it (Debian: apt install chromium), or name it in CHROMIUM")
    from playwright.sync_api import sync_playwright

    # Playwright's own event loop runs in this thread until the module is done, and Django would refuse
    # the database to a thread with a running loop. The tests themselves are not asynchronous.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def open_context(browser):
    """A window of its own, with its own cookies: `open_context(java_script_enabled=False)`."""
    opened = []

    def open_one(**options):
        # Without motion: a colour half-way through its transition is no colour of ours.
        options = {"viewport": PHONE, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "reduced_motion": "reduce"} | options
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context):
    """A cheap phone: 360 by 740."""
    return open_context().new_page()


@pytest.fixture
def axe():
    """`axe(page)`: what stands in the way of somebody who cannot see, hear or point, one line each."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Error

    def look(page) -> list[str]:
        page.wait_for_load_state()
        try:
            found_by_axe = Axe().run(page, options=RULES)
        except Error:
            # The page pressed away from was still there and went while it was read: the one that came is meant.
            page.wait_for_load_state()
            found_by_axe = Axe().run(page, options=RULES)
        violations = found_by_axe.response["violations"]
        return [f"{found['id']}: {node['target']} {node['failureSummary']}" for found in violations for node in found["nodes"]]

    return look
