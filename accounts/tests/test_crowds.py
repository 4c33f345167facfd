"""The doors in a commune's office: many citizens, one address."""

import ipaddress

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from django.urls import reverse

from accounts import tries
from accounts.tests.make import make_citizen
from portal import throttle

OFFICE, HOME = "203.0.113.7", "198.51.100.7"
ASKED = "Nhập 5 chữ số trong hình hoặc nghe mã."


@pytest.fixture(autouse=True)
def an_office(settings, nothing_counted):
    settings.SHARED_NETWORKS = [ipaddress.ip_network("203.0.113.0/24")]


def posted(name, data, *, address=OFFICE, client=None, solved=False):
    if solved:
        code = CaptchaStore.objects.create(challenge="40728", response="40728")
        data = data | {"captcha_0": code.hashkey, "captcha_1": "40728"}
    return (client or Client()).post(reverse(name), data, REMOTE_ADDR=address)


def by_email(number, **changes):
    return {
        "full_name": "Trần Quang Minh",
        "national_id": f"0010800{number:05d}",
        "birth_date": "15/08/1980",
        "email": f"minh{number}@example.org",
        "consent": "on",
    } | changes


def by_mobile(number):
    return by_email(number, phone=f"09123{number:05d}", email="")


@pytest.mark.django_db
@pytest.mark.parametrize(("door", "filled"), [("accounts:signup_email", by_email), ("accounts:signup_mobile", by_mobile)])
def test_the_sixth_citizen_of_an_office_types_a_code_and_is_in(door, filled):
    for number in range(1, 6):
        assert posted(door, filled(number)).status_code == 302
    asked = posted(door, filled(6))
    assert asked.status_code == 200
    assert ASKED in asked.content.decode()
    assert 'value="Trần Quang Minh"' in asked.content.decode()
    assert posted(door, filled(6), solved=True).status_code == 302
    # Whoever has an address alone is told to come back later instead.
    for number in range(11, 16):
        assert posted(door, filled(number), address=HOME).status_code == 302
    assert posted(door, filled(16), address=HOME).status_code == 429


@pytest.mark.django_db
def test_one_machine_of_the_office_serves_one_citizen_after_the_other(client):
    for number in range(1, 8):
        assert posted("accounts:signup_email", by_email(number), client=client, solved=True).status_code == 302


@pytest.mark.django_db
def test_without_the_code_nobody_learns_whose_number_is_taken():
    owner = make_citizen()
    for number in range(1, 6):
        posted("accounts:signup_email", by_email(number))
    filled = by_email(6, national_id=owner.national_id)
    assert "đã có tài khoản" not in posted("accounts:signup_email", filled).content.decode()
    assert "đã có tài khoản" in posted("accounts:signup_email", filled, solved=True).content.decode()


@pytest.mark.django_db
def test_recovery_in_an_office_asks_for_a_code_before_it_refuses(settings):
    settings.MAIL_SENDS_PER_ADDRESS = 2
    for number in range(2):
        assert posted("account_reset_password", {"login": f"ai{number}@example.org"}).status_code == 302
    assert ASKED in posted("account_reset_password", {"login": "ai3@example.org"}).content.decode()
    assert posted("account_reset_password", {"login": "ai3@example.org"}, solved=True).status_code == 302


@pytest.mark.django_db
def test_many_mistyped_passwords_of_an_office_ask_for_a_code_and_judge_none_without_it(settings, monkeypatch):
    monkeypatch.setattr(tries, "WRONG_PER_ADDRESS", (3, 900))
    owner = make_citizen(password="mat-khau-cua-lan")
    for number in range(3):
        posted("account_login", {"login": f"ai{number}", "password": "x"})
    right = {"login": owner.national_id, "password": "mat-khau-cua-lan"}
    assert ASKED in posted("account_login", right).content.decode()
    assert throttle.used("sign-in-900", tries.key_of(owner, "")) == 0
    assert posted("account_login", right, solved=True).status_code == 302
    assert posted("account_login", right, address=HOME).status_code == 302
