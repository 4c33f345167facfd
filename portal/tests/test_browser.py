"""The house's own pages in a browser: the frame, the errors, the widths."""

import os

import pytest
from django.contrib.auth import get_user_model

from portal.testing import browser as fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_opens_on_a_cheap_phone_and_axe_finds_nothing(live_server, page, axe):
    response = page.goto(f"{live_server.url}/")
    assert response.status == 200
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing sticks out sideways"
    assert axe(page) == []


def test_a_page_that_is_not_there_says_so_without_a_violation(live_server, page, axe):
    assert page.goto(f"{live_server.url}/khong-co/").status == 404
    assert axe(page) == []


def test_axe_does_find_what_is_wrong(page, axe):
    page.set_content("<html><body><img src='x.png'></body></html>")
    assert any(violation.startswith("image-alt") for violation in axe(page))


def test_the_database_answers_while_the_browser_runs(page):
    assert get_user_model().objects.count() == 0
    assert os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] == "true"


def test_without_chromium_the_reason_is_given(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(fixtures, "MAC", "/nowhere")
    assert fixtures.chromium() is None
