import time

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import proof
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen

pytestmark = pytest.mark.django_db

PAGE = "accounts:email"


def asks(client):
    return client.get(reverse(PAGE)).status_code == 302


def records(client, user, method, at):
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def test_a_stranger_is_led_to_sign_in(client):
    for name in ("prove", "prove_code"):
        page = reverse(f"accounts:{name}")
        assert client.get(page).url == f"{reverse('account_login')}?next={page}"


def test_a_wrong_password_proves_nothing_and_is_counted(client, lan):
    client.force_login(lan)
    client.get(reverse(PAGE))
    answers = [client.post(reverse("accounts:prove"), {"current": "đoán"}).status_code for _guess in range(11)]
    assert answers == [200] * 10 + [429]
    assert asks(client)


def test_the_proof_ends_after_ten_minutes(client, lan, monkeypatch):
    client.force_login(lan)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    assert not asks(client)
    later = time.time() + proof.SECONDS + 1
    monkeypatch.setattr(proof.time, "time", lambda: later)
    assert asks(client)


def test_the_proof_leads_to_the_page_that_asked_and_nowhere_else(client, lan):
    client.force_login(lan)
    assert client.post(f"{reverse('accounts:prove')}?next=https://evil.example/", {"current": PASSWORD}).url == reverse("accounts:profile")


def test_another_browser_is_not_proven(client, lan):
    client.force_login(lan)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    client.logout()
    client.force_login(lan)
    assert asks(client)


def test_without_a_password_a_code_to_the_phone_proves(client):
    citizen = make_citizen(phone="+84912345678", phone_verified_at=timezone.now(), password=None)
    client.force_login(citizen)
    client.get(reverse(PAGE))
    assert client.post(reverse("accounts:prove")).url == reverse("accounts:prove_code")
    assert asks(client)
    code = letters("otp")[0].body.split()[0]
    assert client.post(reverse("accounts:prove_code"), {"code": code}).url == reverse(PAGE)
    assert not asks(client)


def test_an_account_with_a_password_is_not_proven_by_a_code(client):
    citizen = make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    client.force_login(citizen)
    assert client.get(reverse("accounts:prove_code")).url == reverse("accounts:prove")


def test_without_password_and_phone_a_fresh_national_sign_in_proves(client):
    citizen = make_citizen(password=None)
    client.force_login(citizen)
    assert asks(client)
    assert "đăng nhập lại bằng Cổng Dịch vụ công quốc gia" in client.get(reverse("accounts:prove")).content.decode()
    records(client, citizen, "socialaccount", time.time() - proof.SECONDS - 1)
    assert asks(client)
    records(client, citizen, "socialaccount", time.time())
    assert not asks(client)


def test_a_fresh_national_sign_in_is_no_password(client, lan):
    client.force_login(lan)
    records(client, lan, "socialaccount", time.time())
    assert asks(client)
