import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import signin
from accounts.allauth_compat import sign_in as begin_login
from accounts.models import SmsDevice, TrustedDevice, User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from portal.messaging import budget

pytestmark = pytest.mark.django_db
OTP = "/dang-nhap/otp/"


@pytest.fixture
def thu(db):
    """A citizen whose phone is proven."""
    return make_citizen("Đặng Thị Thu", phone="+84912345678", phone_verified_at=timezone.now())


def sign_in(user, client, **posted):
    return client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD} | posted)


def code():
    return re.match(r"\d{6}", letters("otp")[-1].body)[0]


def wrong_code():
    return "000000" if code() != "000000" else "111111"


def confirm(client, typed=None, **posted):
    return client.post(reverse("accounts:sign_in_code"), {"code": typed or code()} | posted)


def signed_in(client):
    return "_auth_user_id" in client.session


def refusal(response):
    return response.context["form"].errors["code"]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- Who is asked ------------------------------------------------------------------------------


def test_a_citizen_with_a_proven_phone_confirms_a_code_and_only_then_is_signed_in(client, thu):
    response = sign_in(thu, client)
    assert (response.url, signed_in(client)) == (OTP, False)
    assert client.get(reverse("dossiers:mine")).url == "/dang-nhap/?next=/ho-so/"
    page = client.get(OTP).content.decode()
    assert "Mã OTP 6 chữ số đã gửi tới" in page
    assert "091* *** 678" in page
    assert "Nhớ thiết bị này 30 ngày" in page
    assert [(sms.recipient, sms.secret) for sms in letters("otp")] == [("+84912345678", True)]
    response = confirm(client, f"{code()[:3]} {code()[3:]}")
    assert (response.url, client.session["_auth_user_id"]) == (reverse("dossiers:mine"), str(thu.pk))


def test_a_typed_phone_is_asked_for_nothing(client, lan):
    assert sign_in(lan, client).url == reverse("dossiers:mine")
    assert not letters()


def test_switched_off_nobody_is_asked(client, thu, settings):
    settings.SIGNIN_OTP = "off"
    assert sign_in(thu, client).url == reverse("dossiers:mine")
    assert client.get(OTP).url == reverse("dossiers:mine")


def test_always_asks_and_offers_to_remember_nothing(client, thu, settings):
    settings.SIGNIN_OTP = "always"
    sign_in(thu, client)
    assert "remember" not in client.get(OTP).context["form"].fields
    response = confirm(client, remember="on")
    assert "trusted" not in response.cookies
    assert not TrustedDevice.objects.exists()


def test_an_official_confirms_too_and_has_then_shown_the_second_factor(client):
    official = make_staff(is_superuser=True)
    assert sign_in(official, client).url == OTP
    confirm(client)
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_national_portal_asked_for_its_own_code(rf, client, thu):
    request = client.get(reverse("account_login")).wsgi_request
    request.session, request.user = client.session, AnonymousUser()
    assert begin_login(request, thu, method="socialaccount").url == reverse("dossiers:mine")
    assert not letters()


def test_a_code_of_the_national_portal_does_not_count_for_the_next_sign_in(client, thu):
    request = client.get(reverse("account_login")).wsgi_request
    request.session, request.user = client.session, AnonymousUser()
    thu.give_temporary_password()
    thu.save()
    assert begin_login(request, thu, method="socialaccount").url == "/dang-nhap/mat-khau-moi/"
    assert begin_login(request, thu, method="password").url == OTP


def test_a_sign_up_that_just_proved_the_phone_needs_no_second_code(client, thu):
    request = client.get(reverse("account_login")).wsgi_request
    request.session, request.user = client.session, AnonymousUser()
    assert signin.enter(request, thu, proven_phone=True, next_url="/dang-ky/xong/").url == "/dang-ky/xong/"
    assert request.user == thu
    assert not letters()


def test_a_door_that_proved_no_phone_asks(client, thu):
    request = client.get(reverse("account_login")).wsgi_request
    request.session, request.user = client.session, AnonymousUser()
    assert signin.enter(request, thu).url == OTP
    assert request.user.is_anonymous


# --- Along the way -----------------------------------------------------------------------------


def test_without_a_right_password_the_page_leads_to_sign_in(client):
    assert client.get(OTP).url == reverse("account_login")
    assert client.post(OTP, {"code": "123456"}).url == reverse("account_login")


def test_the_sign_in_page_leads_on_to_the_code_that_is_waited_for(client, thu):
    sign_in(thu, client)
    assert client.get(reverse("account_login")).url == OTP


def test_somebody_else_may_sign_in_instead(client, thu, lan):
    sign_in(thu, client)
    assert "Đăng nhập bằng tài khoản khác" in client.get(OTP).content.decode()
    client.post(reverse("account_logout"))
    assert sign_in(lan, client).url == reverse("dossiers:mine")


@pytest.mark.parametrize(
    ("asked", "given"), [("/tai-khoan/", "/tai-khoan/"), ("https://evil.example/", "/ho-so/"), ("//evil.example/", "/ho-so/")]
)
def test_the_page_asked_for_is_found_behind_code_and_new_password(client, thu, asked, given):
    password = thu.give_temporary_password()
    thu.save()
    response = sign_in(thu, client, password=password, next=asked)
    assert (response.url, signed_in(client)) == (OTP, False)
    assert (confirm(client).url, signed_in(client)) == ("/dang-nhap/mat-khau-moi/", False)
    response = client.post("/dang-nhap/mat-khau-moi/", {"password1": PASSWORD, "password2": PASSWORD})
    assert (response.url, signed_in(client)) == (given, True)


def test_another_of_our_hosts_is_not_this_site(client, lan, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".example.vn"]
    assert sign_in(lan, client, next="https://khac.example.vn/").url == reverse("dossiers:mine")


def test_the_session_key_changes_at_the_password_and_at_the_code(client, thu):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = 1
    session.save()
    keys = [session.session_key]
    sign_in(thu, client)
    keys.append(client.session.session_key)
    confirm(client)
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert [Session.objects.filter(pk=key).exists() for key in keys] == [False, False, True]


def test_a_sign_in_through_the_code_is_listed_among_the_sessions(client, thu):
    sign_in(thu, client)
    assert not UserSession.objects.exists()
    confirm(client)
    assert list(UserSession.objects.values_list("user", "session_key", "ip")) == [(thu.pk, client.session.session_key, "127.0.0.1")]


@pytest.mark.parametrize("change", ["password", "phone", "frozen"])
def test_what_changes_meanwhile_ends_the_sign_in(client, thu, change):
    sign_in(thu, client)
    typed = code()
    match change:
        case "password":
            User.objects.get(pk=thu.pk).choose_password("Một mật khẩu khác 9")
        case "phone":
            User.objects.update(phone_verified_at=None)
        case "frozen":
            User.objects.update(is_active=False)
    response = confirm(client, typed)
    assert (response.url, signed_in(client)) == (reverse("account_login"), False)
    assert client.get(OTP).url == reverse("account_login")


def test_a_phone_changed_meanwhile_gets_no_door_opened_by_the_old_ones_code(client, thu):
    sign_in(thu, client)
    User.objects.update(phone="+84987654321")
    assert refusal(confirm(client)) == ["Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới."]
    assert not signed_in(client)


# --- Sending -----------------------------------------------------------------------------------


def test_signing_in_again_within_the_minute_uses_the_code_on_its_way(client, thu):
    sign_in(thu, client)
    client.post(reverse("account_logout"))
    assert told(sign_in(thu, client)) == []
    assert "đã gửi tới" in client.get(OTP).content.decode()
    assert len(letters("otp")) == 1
    assert confirm(client).url == reverse("dossiers:mine")


def test_where_no_code_may_be_sent_the_page_opens_and_says_why(client, thu, monkeypatch):
    def spent(door):
        raise budget.Spent(120)

    monkeypatch.setattr(budget, "spend", spent)
    assert sign_in(thu, client).url == OTP
    page = client.get(OTP).content.decode()
    assert "Đã nhập sai hoặc yêu cầu nhiều lần. Thử lại sau 2 phút." in page
    assert "đã gửi tới" not in page
    assert "Nhấn “Gửi lại OTP” để nhận mã 6 chữ số tại" in page


def test_a_code_can_be_sent_again_after_a_minute(client, thu):
    sign_in(thu, client)
    assert told(client.post(OTP, {"action": "resend"}))[0].startswith("Ông/Bà vừa yêu cầu mã. Chờ ")
    SmsDevice.objects.update(last_generated_timestamp=timezone.now() - timedelta(seconds=61))
    client.post(OTP, {"action": "resend"})
    assert len(letters("otp")) == 2


# --- Guessing ----------------------------------------------------------------------------------


def test_a_wrong_code_says_how_many_tries_are_left(client, thu):
    sign_in(thu, client)
    assert refusal(confirm(client, wrong_code())) == ["Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử."]
    assert not signed_in(client)


def test_twenty_wrong_codes_an_hour_shut_this_door_and_say_until_when(client, thu, settings):
    settings.OTP_WRONG_PER_HOUR = 2
    sign_in(thu, client)
    for _guess in range(2):
        confirm(client, wrong_code())
    assert refusal(confirm(client)) == ["Đã nhập sai nhiều lần. Thử lại sau một giờ."]
    assert not signed_in(client)


def test_the_code_of_one_browser_opens_nothing_in_another(client, thu, monkeypatch):
    drawn = iter(["111111", "222222"])
    monkeypatch.setattr("django_otp.models.random_number_token", lambda _length: next(drawn))
    thief = Client()
    sign_in(thu, client)
    sign_in(thu, thief)
    assert refusal(confirm(thief, "111111")) == ["Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử."]
    assert not signed_in(thief)
    assert confirm(client, "111111").url == reverse("dossiers:mine")


def test_a_used_code_signs_in_no_second_time(client, thu):
    sign_in(thu, client)
    used = code()
    confirm(client, used)
    client.post(reverse("account_logout"))
    SmsDevice.objects.update(last_generated_timestamp=None)
    sign_in(thu, client)
    SmsDevice.objects.filter(token=used).update(token="999999")
    confirm(client, used)
    assert not signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_the_same_code_sent_twice_at_the_same_moment_signs_in_once(thu):
    browser = Client()
    sign_in(thu, browser)
    typed, cookie = code(), browser.cookies["sessionid"].value

    def press():
        twin = Client()
        twin.cookies["sessionid"] = cookie
        return confirm(twin, typed)

    answers = at_once(*[press for _press in range(6)])
    assert sum(answer.status_code == 302 and answer.url == reverse("dossiers:mine") for answer in answers) == 1
    assert UserSession.objects.count() == 1
    assert max(answer.status_code for answer in answers) < 500
