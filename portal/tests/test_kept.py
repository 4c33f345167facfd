"""What was typed too late, through the pages it is typed in: they lie above this room, so by their addresses only."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal import kept

pytestmark = pytest.mark.django_db
CONTACT = "/tai-khoan/lien-he/"
PASSWORD = "Đường lên núi 3"  # everybody's of the cast in conftest.py


def sign_in(client, user, **posted):
    return client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD} | posted)


def session_ends(client):
    client.session.delete()
    del client.cookies["sessionid"]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def typed_late(client, **typed):
    session_ends(client)
    return client.post(CONTACT, {"phone": "", "address": "Buôn Akŏ Dhông"} | typed)


def shown(client):
    page = client.get(CONTACT)
    return page.context["form"]["address"].value()


def test_what_was_typed_is_there_after_signing_in_and_is_not_saved(client, lan):
    sign_in(client, lan)
    late = typed_late(client)
    assert late.url == f"/dang-nhap/?next={CONTACT}"
    page = client.get(late.url).content.decode()
    assert "Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại, phần đã khai vẫn còn." in page
    assert sign_in(client, lan, next=CONTACT).url == CONTACT
    page = client.get(CONTACT)
    assert page.context["form"]["address"].value() == "Buôn Akŏ Dhông"
    assert "Phần vừa khai vẫn còn. Xem lại rồi nhấn “Lưu”." in page.content.decode()
    assert get_user_model().objects.get().address == lan.address


def test_the_citizen_is_told_once_and_a_reload_loses_nothing(client, lan):
    sign_in(client, lan)
    typed_late(client)
    sign_in(client, lan)
    client.get(CONTACT)
    page = client.get(CONTACT)
    assert "vẫn còn" not in page.content.decode()
    assert page.context["form"]["address"].value() == "Buôn Akŏ Dhông"


def test_once_sent_it_is_gone(client, lan):
    sign_in(client, lan)
    typed_late(client)
    sign_in(client, lan)
    client.post(CONTACT, {"phone": "", "address": "Số 1"})
    assert (shown(client), "kept" in client.session) == ("Số 1", False)


def test_somebody_else_on_the_same_browser_finds_nothing(client, lan, minh):
    sign_in(client, lan)
    typed_late(client)
    sign_in(client, minh)
    assert ("kept" in client.session, shown(client)) == (False, minh.address)


def test_a_page_of_the_account_is_kept_only_where_its_owner_is_known(client, lan):
    client.force_login(lan)
    assert typed_late(client).status_code == 302
    assert "kept" not in client.session


def test_another_browsers_mark_does_not_pass_for_the_owners(client, lan):
    sign_in(client, lan)
    client.cookies["last_owner"] = "0" * 64
    typed_late(client)
    sign_in(client, lan)
    assert shown(client) == lan.address


def test_after_twelve_hours_it_is_gone(client, lan, monkeypatch):
    sign_in(client, lan)
    typed_late(client)
    sign_in(client, lan)
    now = time.time()
    monkeypatch.setattr(kept.time, "time", lambda: now + 12 * 3600 + 1)
    assert shown(client) == lan.address


def test_passwords_codes_and_tokens_are_not_kept(rf, client):
    view = kept.keeps_typed(lambda request: HttpResponse())
    request = client.get(reverse("account_login")).wsgi_request
    secret = {"csrfmiddlewaretoken": "a", "password1": "b", "old_password": "c", "current": "d", "captcha_0": "e", "captcha_1": "f"}
    post = rf.post("/x/?ve=kiem-tra", secret | {"action": "next", "sworn": "on", "name": ["H’Lan", "Niê"], "current_address": "Số 1"})
    post.session, post._messages = client.session, request._messages
    kept.keep(post, view)
    assert post.session["kept"]["typed"] == {"name": ["H’Lan", "Niê"], "current_address": ["Số 1"]}
    assert post.session["kept"]["path"] == "/x/?ve=kiem-tra"


@pytest.mark.parametrize(("letters", "there"), [(99_000, True), (100_001, False)])
def test_more_than_a_form_holds_is_not_kept(client, lan, letters, there):
    sign_in(client, lan)
    late = typed_late(client, address="a" * letters)
    assert ("kept" in client.session) is there
    assert ("phần đã khai vẫn còn" in told(late)[0]) is there


def test_an_address_may_store_so_many_an_hour(client, lan, monkeypatch):
    monkeypatch.setattr(kept, "TIMES_PER_HOUR", 1)
    sign_in(client, lan)
    owner = client.cookies["last_owner"].value
    for there in (True, False):
        stranger = Client()
        stranger.cookies["last_owner"] = owner
        assert stranger.post(CONTACT, {"address": "a"}).status_code == 302
        assert ("kept" in stranger.session) is there


def test_a_forged_post_is_kept_nowhere(lan):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(CONTACT, {"address": "a"}).status_code == 403
    assert "kept" not in careful.session


def test_files_are_not_kept_and_the_citizen_is_told(rf, client, lan):
    view = kept.takes_files(lambda request: HttpResponse())
    client.force_login(lan)
    request = client.get(CONTACT).wsgi_request
    post = rf.post("/x/", {"files": SimpleUploadedFile("a.jpg", b"x"), "client_key": "1"})
    post.session, post._messages, post.user = client.session, request._messages, lan
    kept.keep(post, view)
    assert (post.session["kept"]["typed"], post.session["kept"]["files"]) == ({}, True)
    back = rf.get("/x/")
    back.session, back._messages, back.user = post.session, post._messages, lan
    assert kept.typed(back) is None
    assert [str(message) for message in post._messages] == [
        "Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại.",
        "Ảnh vừa chọn chưa được gửi. Chọn lại ảnh.",
    ]


def test_an_ordinary_page_keeps_nothing(client, lan):
    assert client.post("/ho-so/", {"a": "b"}).url == "/dang-nhap/?next=/ho-so/"
    assert "kept" not in client.session


def test_a_script_hears_that_the_session_has_ended(client):
    answer = client.post(CONTACT, {"address": "a"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"error": "Phiên làm việc đã hết hạn.", "sign_in": "/dang-nhap/"})
    assert client.get(CONTACT, headers={"Accept": "*/*"}).status_code == 302


# --- How long the session lives ----------------------------------------------------------------


def test_a_page_of_somebody_signed_in_says_how_long_the_session_lives(client, lan):
    assert "data-session" not in client.get(reverse("home")).content.decode()
    client.force_login(lan)
    page = client.get(CONTACT)
    assert 43190 <= page.context["seconds_left"]() <= 43200
    assert 'data-stay="/lam-tiep/"' in page.content.decode()


def test_staying_begins_the_hours_anew(client, lan, monkeypatch):
    client.force_login(lan)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11 * 3600)
    assert client.session.seconds_left() == pytest.approx(3600, abs=5)
    answer = client.post(reverse("stay"))
    assert (answer.json(), client.session.seconds_left()) == ({"seconds": 43200}, 43200)
    assert answer.cookies["sessionid"]["max-age"] == 43200


def test_staying_is_for_those_signed_in_and_needs_a_press(client, lan):
    assert client.post(reverse("stay"), headers={"Accept": "application/json"}).status_code == 401
    client.force_login(lan)
    assert client.get(reverse("stay")).status_code == 405
