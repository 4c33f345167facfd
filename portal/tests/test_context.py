"""What every page may show, and what it must not ask for."""

import re

import pytest
from django.contrib.messages import add_message, constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from portal import context

PLAIN_PAGES = ["home", "guide", "questions", "terms", "privacy", "accessibility", "cookies", "contact"]


@pytest.mark.parametrize("name", PLAIN_PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_plain_page_stands_without_database_session_or_cookie(client, name, language):
    with translation.override(language):
        address = reverse(name)
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1>") == 1
    assert f'<html lang="{language}">' in page
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_a_guest_is_offered_to_register_and_to_sign_in(client):
    page = client.get("/").content.decode()
    assert '<a href="/dang-ky/">Đăng ký</a>' in page
    assert re.search(r'<a class="button secondary" href="/dang-nhap/">\s*Đăng nhập\s*</a>', page)
    assert "csrfmiddlewaretoken" not in page


def test_who_is_signed_in_sees_the_own_name_and_signs_out_by_post(client, lan):
    client.force_login(lan)
    page = client.get("/").content.decode()
    assert "H’Lan Niê" in page
    assert '<form class="lang-link" method="post" action="/dang-xuat/">' in page
    assert '<a href="/dang-ky/">Đăng ký</a>' not in page
    client.logout()
    assert "H’Lan Niê" not in client.get("/").content.decode()


def test_the_page_one_is_on_is_marked(client):
    assert '<a href="/huong-dan/" aria-current="page">Hướng dẫn</a>' in client.get("/huong-dan/").content.decode()
    assert '<a href="/huong-dan/">Hướng dẫn</a>' in client.get("/").content.decode()


def test_the_other_language_is_the_same_page(client):
    assert '<a class="lang-link" href="/en/huong-dan/" lang="en" hreflang="en">English</a>' in client.get("/huong-dan/").content.decode()
    assert '<a class="lang-link" href="/huong-dan/" lang="vi" hreflang="vi">Tiếng Việt</a>' in client.get("/en/huong-dan/").content.decode()


def test_a_page_that_has_no_other_language_leads_home():
    request = RequestFactory().get("/khong-co/")
    with translation.override("vi"):
        assert context.other_language(request) == {"code": "en", "name": "English", "url": "/en/"}


def test_a_message_given_in_the_same_request_is_shown(rf):
    request = rf.get("/")
    request._messages = CookieStorage(request)
    assert list(context.notices(request)) == []
    add_message(request, constants.SUCCESS, "Đã lưu.")
    assert [str(message) for message in context.notices(request)] == ["Đã lưu."]


def test_the_band_of_the_demonstration_goes_with_it(client, settings):
    assert "demo-band" in client.get("/").content.decode()
    settings.DEMO = False
    assert "demo-band" not in client.get("/").content.decode()
