from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sessions, tasks
from accounts.models import TrustedDevice
from accounts.tests.make import PASSWORD
from accounts.tests.test_browsers import ANDROID

NEW = "Một mật khẩu khác 9"

pytestmark = pytest.mark.django_db


def signed_in(user, **headers):
    """A browser in which `user` signed in by the page."""
    browser = Client(headers=headers)
    browser.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    assert is_in(browser)
    return browser


def is_in(browser):
    return browser.get(reverse("accounts:profile")).status_code == 200


def row_of(browser):
    return UserSession.objects.get(session_key=browser.session.session_key)


def device(user, digest="a", **fields):
    return TrustedDevice.objects.create(
        user=user, digest=digest, user_agent=ANDROID, **{"expires_at": timezone.now() + timedelta(days=9)} | fields
    )


def end(browser, pk):
    return browser.post(reverse("accounts:end_session", args=[pk]))


def test_strangers_are_led_to_sign_in(client):
    page = reverse("accounts:sessions")
    assert client.get(page).url == f"{reverse('account_login')}?next={page}"
    assert client.post(reverse("accounts:end_all_sessions")).status_code == 302


def test_each_browser_is_listed_in_plain_words_and_this_one_is_marked(lan):
    here, _phone = signed_in(lan), signed_in(lan, user_agent=ANDROID)
    response = here.get(reverse("accounts:sessions"))
    assert [(place.name, place.ip, place.is_here) for place in response.context["places"]] == [
        ("Thiết bị không rõ", "127.0.0.1", True),
        ("Chrome trên Android", "127.0.0.1", False),
    ]
    assert here.session.session_key not in response.content.decode()


def test_a_session_of_the_officials_site_is_listed_too(lan):
    browser = Client()
    browser.force_login(lan)
    assert row_of(browser).user == lan


def test_the_last_use_is_shown_and_costs_no_row_a_write(lan, settings, django_assert_num_queries):
    settings.ACCOUNT_PANELS = []
    browser = signed_in(lan)
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=3))
    with django_assert_num_queries(6):  # as many as the page ever costs
        browser.get(reverse("accounts:profile"))
    place = browser.get(reverse("accounts:sessions")).context["places"][0]
    assert timezone.now() - place.last_seen < timedelta(minutes=1)


def test_the_page_costs_the_same_for_one_and_three(lan, django_assert_num_queries):
    here = signed_in(lan)
    device(lan)
    with django_assert_num_queries(7):
        here.get(reverse("accounts:sessions"))
    for n in range(2):
        signed_in(lan)
        device(lan, digest=f"more{n}")
    with django_assert_num_queries(7):
        assert len(here.get(reverse("accounts:sessions")).context["places"]) == 3


def test_one_browser_is_signed_out_from_another(lan):
    here, phone = signed_in(lan), signed_in(lan)
    assert end(here, row_of(phone).pk).url == reverse("accounts:sessions")
    assert (is_in(here), is_in(phone)) == (True, False)


def test_somebody_elses_session_is_not_there(lan, minh):
    here, other = signed_in(lan), signed_in(minh)
    assert end(here, row_of(other).pk).status_code == 404
    assert is_in(other)
    assert here.get(reverse("accounts:end_session", args=[row_of(here).pk])).status_code == 405


def test_everywhere_else_is_signed_out_and_this_browser_stays(lan, minh):
    here, phone, stranger = signed_in(lan), signed_in(lan), signed_in(minh)
    device(lan)
    here.post(reverse("accounts:end_other_sessions"))
    assert (is_in(here), is_in(phone), is_in(stranger)) == (True, False, True)
    assert not lan.trusted_devices.exists()


def test_everywhere_is_signed_out(lan, minh):
    here, phone, stranger = signed_in(lan), signed_in(lan), signed_in(minh)
    device(lan)
    response = here.post(reverse("accounts:end_all_sessions"), follow=True)
    assert "Đã đăng xuất khỏi mọi thiết bị." in response.content.decode()
    assert (is_in(here), is_in(phone), is_in(stranger)) == (False, False, True)
    assert not UserSession.objects.filter(user=lan).exists()
    assert not lan.trusted_devices.exists()


def test_a_changed_password_keeps_this_session_in_the_list_and_ends_the_others(lan):
    here, phone = signed_in(lan), signed_in(lan)
    since = row_of(here).created_at
    here.post(reverse("accounts:change_password"), {"current": PASSWORD, "password1": NEW, "password2": NEW})
    assert (is_in(here), is_in(phone)) == (True, False)
    assert [(place.is_here, place.since) for place in here.get(reverse("accounts:sessions")).context["places"]] == [(True, since)]
    assert UserSession.objects.count() == 1


def test_a_session_whose_password_was_changed_elsewhere_is_not_listed(lan):
    here, phone = signed_in(lan), signed_in(lan)
    lan.choose_password(NEW)
    assert (is_in(here), is_in(phone)) == (False, False)
    new = Client()
    new.force_login(lan)
    assert [place.is_here for place in new.get(reverse("accounts:sessions")).context["places"]] == [True]


def test_a_remembered_browser_is_forgotten_by_its_owner_alone(lan, minh):
    mine, theirs = device(lan), device(minh, digest="b")
    device(lan, digest="old", expires_at=timezone.now() - timedelta(days=1))
    here = signed_in(lan)
    assert [row["device"] for row in here.get(reverse("accounts:sessions")).context["remembered"]] == [mine]
    assert here.post(reverse("accounts:forget_device", args=[theirs.pk])).status_code == 404
    assert here.post(reverse("accounts:forget_device", args=[mine.pk])).status_code == 302
    assert list(TrustedDevice.objects.living()) == [theirs]


def test_rows_of_ended_sessions_go_at_night(lan):
    here, gone, late = signed_in(lan), signed_in(lan), signed_in(lan)
    Session.objects.filter(session_key=gone.session.session_key).delete()
    Session.objects.filter(session_key=late.session.session_key).update(expire_date=timezone.now() - timedelta(hours=1))
    assert tasks.remove_old_sessions() == 2
    assert list(UserSession.objects.all()) == [row_of(here)]


def test_a_session_that_was_signed_out_is_listed_no_more(lan):
    here, phone = signed_in(lan), signed_in(lan)
    phone.post(reverse("account_logout"))
    assert len(here.get(reverse("accounts:sessions")).context["places"]) == 1


def test_while_the_cache_is_away_the_list_stands(lan, monkeypatch):
    here = signed_in(lan)
    monkeypatch.setattr(sessions.cache, "get_many", lambda keys: {})
    assert len(here.get(reverse("accounts:sessions")).context["places"]) == 1
