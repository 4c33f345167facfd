from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import otp, tasks, trusted
from accounts.models import SmsDevice, TrustedDevice
from accounts.tests.make import PASSWORD, make_citizen
from accounts.tests.test_stages import OTP, code, confirm, sign_in

pytestmark = pytest.mark.django_db
HOME = "/ho-so/"


@pytest.fixture
def thu(db):
    return make_citizen("Đặng Thị Thu", phone="+84912345678", phone_verified_at=timezone.now())


def remembered(client, user):
    """The user, having asked this browser to be remembered, and gone again."""
    SmsDevice.objects.update(last_generated_timestamp=None)
    client.defaults["HTTP_USER_AGENT"] = "Firefox"
    sign_in(user, client)
    response = confirm(client, remember="on")
    client.post(reverse("account_logout"))
    return response


def test_a_remembered_browser_is_asked_for_no_code(client, thu):
    remembered(client, thu)
    assert sign_in(thu, client).url == HOME
    assert sign_in(thu, Client()).url == OTP


def test_without_the_tick_nothing_is_remembered(client, thu):
    sign_in(thu, client)
    assert "trusted" not in confirm(client).cookies
    assert not TrustedDevice.objects.exists()


def test_we_keep_a_digest_and_the_cookie_is_out_of_a_scripts_reach(client, thu, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = remembered(client, thu).cookies["trusted"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["max-age"]) == (True, True, "Lax", 30 * 86400)
    kept = TrustedDevice.objects.get()
    assert cookie.value not in str(vars(kept))
    assert (kept.user, kept.user_agent, len(kept.digest)) == (thu, "Firefox", 64)


def test_the_key_of_one_account_opens_no_other(client, thu):
    other = make_citizen(phone="+84987654321", phone_verified_at=timezone.now())
    remembered(client, thu)
    assert sign_in(other, client).url == OTP


def test_a_family_shares_a_browser(client, thu):
    other = make_citizen(phone="+84987654321", phone_verified_at=timezone.now())
    remembered(client, thu)
    remembered(client, other)
    for user in (thu, other):
        assert sign_in(user, client).url == HOME
        client.post(reverse("account_logout"))


def test_a_browser_holds_five_keys_at_most(client, thu):
    client.cookies["trusted"] = ".".join("k" * 43 for _key in range(9))
    cookie = remembered(client, thu).cookies["trusted"]
    assert len(cookie.value.split(".")) == 5


def test_a_planted_key_never_becomes_a_right_one(client, thu):
    planted = "p" * 43
    client.cookies["trusted"] = planted
    remembered(client, thu)
    thief = Client()
    thief.cookies["trusted"] = planted
    assert sign_in(thu, thief).url == OTP


@pytest.mark.parametrize("rubbish", ["", ".", "\x00" * 43, "x" * 9000, "ă" * 43, "'; drop table"])
def test_a_cookie_that_is_none_of_ours_means_nothing(rf, thu, rubbish):
    request = rf.get("/")
    request.COOKIES["trusted"] = rubbish
    assert not trusted.is_trusted(request, thu)


def test_after_thirty_days_the_code_is_asked_for_again(client, thu):
    remembered(client, thu)
    TrustedDevice.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(thu, client).url == OTP
    assert tasks.remove_old_devices() == 1
    assert not TrustedDevice.objects.exists()


def test_each_use_is_noted(client, thu):
    remembered(client, thu)
    long_ago = timezone.now() - timedelta(days=3)
    TrustedDevice.objects.update(used_at=long_ago)
    sign_in(thu, client)
    assert TrustedDevice.objects.get().used_at > long_ago + timedelta(days=2)


def test_where_every_sign_in_needs_a_code_no_browser_is_trusted(client, thu, settings):
    remembered(client, thu)
    settings.SIGNIN_OTP = "always"
    assert sign_in(thu, client).url == OTP


def test_a_changed_password_forgets_every_browser(client, thu):
    remembered(client, thu)
    owner = Client()
    owner.force_login(thu)
    new = "Một mật khẩu khác 9"
    owner.post(reverse("accounts:change_password"), {"current": PASSWORD, "password1": new, "password2": new})
    assert not TrustedDevice.objects.exists()
    assert sign_in(thu, client, password=new).url == OTP


def test_codes_of_ended_sessions_are_cleared_away_and_living_ones_stay(client, thu):
    sign_in(thu, client)
    kept = SmsDevice.objects.get()
    old = SmsDevice.objects.create(user=thu, phone=thu.phone, session="a", last_generated_timestamp=timezone.now() - timedelta(days=2))
    official = SmsDevice.objects.create(user=thu, phone=thu.phone, session="", last_generated_timestamp=old.last_generated_timestamp)
    assert otp.remove_old() == 1
    assert set(SmsDevice.objects.all()) == {kept, official}
    assert code()
