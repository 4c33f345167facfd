import datetime
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import SmsDevice, Subscriber, User
from accounts.registry import RegistryOutage, TableRegistry
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen
from portal import second_factor

FORM, CODE, PASSWORDS, DONE = (
    reverse(f"accounts:{name}") for name in ("signup_mobile", "signup_mobile_code", "signup_mobile_password", "signup_done")
)
DATA = {
    "full_name": "H’Lan Niê",
    "national_id": "0661 9200 1234",
    "birth_date": "12/03/1992",
    "phone": "0912.345.678",
    "email": "",
    "consent": "on",
}
OWN = {"password1": PASSWORD, "password2": PASSWORD}

pytestmark = pytest.mark.django_db


def fill_in(client, **changes):
    return client.post(FORM, DATA | changes)


def newest_code(phone="+84912345678"):
    return re.match(r"\d{6}", [sms for sms in letters("otp") if sms.recipient == phone][-1].body)[0]


def prove(client, phone="+84912345678"):
    return client.post(CODE, {"code": newest_code(phone)})


def to_the_password(client, **changes):
    """A browser that stands before the password page."""
    fill_in(client, **changes)
    prove(client, User.objects.latest("pk").phone)
    return client


def messages_of(response, field):
    return [str(error) for error in response.context["form"].errors.get(field, [])]


def later(seconds, **which):
    """As if so much time had passed since the last code."""
    device = SmsDevice.objects.get(**which)
    for name in ("valid_until", "last_generated_timestamp", "throttling_failure_timestamp"):
        moment = getattr(device, name)
        setattr(device, name, moment and moment - timedelta(seconds=seconds))
    device.save()


def age_proof(client, minutes):
    session = client.session
    session["mobile_signup"] |= {"proven": session["mobile_signup"]["proven"] - 60 * minutes}
    session.save()


# --- The road from form to signed in -----------------------------------------------------------


def test_a_citizen_registers_with_a_phone_and_is_signed_in(client):
    assert fill_in(client).url == CODE
    page = client.get(CODE).content.decode()
    for words in ("Nhập mã xác nhận", "091* *** 678", "dùng trong 5 phút", "Xác nhận", "Gửi lại OTP", "Sai số điện thoại?", "Sửa lại"):
        assert words in page
    assert prove(client).url == PASSWORDS
    page = client.get(PASSWORDS).content.decode()
    for words in ("Mật khẩu", "Nhập lại mật khẩu", "data-show-password", "Đăng ký"):
        assert words in page
    assert client.post(PASSWORDS, OWN).url == DONE
    page = client.get(DONE).content.decode()
    assert "Đăng ký thành công" in page
    assert f'href="{reverse("dossiers:start")}"' in page

    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.username, user.national_id, user.full_name, user.birth_date, user.phone, user.door, user.email) == (
        "066192001234",
        "066192001234",
        "H’Lan Niê",
        datetime.date(1992, 3, 12),
        "+84912345678",
        "mobile",
        "",
    )
    assert None not in (user.activated_at, user.phone_verified_at)
    assert user.check_password(PASSWORD)
    assert not SmsDevice.objects.filter(purpose="sign-up").exists()
    assert "mobile_signup" not in client.session


def test_the_sms_of_success_names_no_number(client):
    to_the_password(client).post(PASSWORDS, OWN)
    sms = letters("registered")[0]
    assert (sms.channel, sms.recipient, sms.body) == (
        "sms",
        "+84912345678",
        "Dang ky tai khoan dich vu cong thanh cong. Ten dang nhap la so CCCD cua Ong/Ba. Can giup do, goi 1022.",
    )


def test_an_address_typed_beside_the_phone_gets_a_link_and_proves_nothing_yet(client):
    to_the_password(client, email="Lan@Example.com").post(PASSWORDS, OWN)
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, User.objects.get().email) == ("lan@example.com", False, "")
    assert [letter.recipient for letter in letters() if letter.channel == "email"] == ["lan@example.com"]


def test_an_address_of_somebody_else_hinders_no_sign_up(client, lan):
    to_the_password(client, email=lan.email, national_id="066192007777")
    assert client.post(PASSWORDS, OWN).url == DONE
    assert EmailAddress.objects.filter(email=lan.email, verified=True).get().user == lan


def test_the_session_key_changes_when_the_phone_is_proven_and_again_at_the_end(client):
    fill_in(client)
    keys = [client.session.session_key]
    prove(client)
    keys.append(client.session.session_key)
    client.post(PASSWORDS, OWN)
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


# --- The form ----------------------------------------------------------------------------------


def test_the_form_has_the_labels_hints_and_attributes_of_the_guide(client):
    page = client.get(FORM).content.decode()
    for words in (
        "Họ và tên",
        "Ghi đúng như trên thẻ Căn cước",
        "Số CMND/CCCD",
        "CCCD 12 chữ số, CMND 9 chữ số",
        "Ngày sinh",
        "Ví dụ 15/08/1980. Gõ liền 15081980 cũng được",
        "Số thuê bao di động",
        "Số chính chủ, đăng ký bằng CCCD/CMND ở trên. Mã OTP gửi về số này",
        "Email (không bắt buộc)",
        "Tôi đồng ý để hệ thống dùng thông tin trên để tạo tài khoản.",
    ):
        assert words in page
    inputs = {re.search(r'name="(\w+)"', tag)[1]: tag for tag in re.findall(r"<input[^>]*>", page) if 'name="' in tag}
    wanted = {
        "full_name": ['autocomplete="name"', 'autocapitalize="words"', 'spellcheck="false"'],
        "national_id": ['inputmode="numeric"', 'autocomplete="username"'],
        "birth_date": ['inputmode="numeric"', 'autocomplete="bday"'],
        "phone": ['type="tel"', 'autocomplete="tel"'],
        "email": ['type="email"', 'autocomplete="email"'],
    }
    assert [(name, attr) for name, attrs in wanted.items() for attr in attrs if attr not in inputs[name]] == []
    assert "checked" not in inputs["consent"]


def test_an_empty_form_says_what_each_field_wants(client):
    response = client.post(FORM, {})
    assert {field: messages_of(response, field) for field in response.context["form"].errors} == {
        "full_name": ["Nhập họ và tên như trên thẻ Căn cước."],
        "national_id": ["Nhập số CCCD hoặc CMND."],
        "birth_date": ["Nhập ngày sinh, ví dụ 15/08/1980."],
        "phone": ["Nhập số điện thoại di động, ví dụ 0912 345 678."],
        "consent": ["Đánh dấu ô đồng ý để đăng ký. Nếu không đồng ý, Ông/Bà có thể nộp hồ sơ trực tiếp."],
    }
    assert "<title>Lỗi: " in response.content.decode()
    assert not letters()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+84 912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0912-345-678", "+84912345678"),
        ("0169 234 5678", "+84392345678"),
    ],
)
def test_every_spelling_of_a_phone_is_one_number(client, typed, kept):
    fill_in(client, phone=typed)
    assert (User.objects.get().phone, letters()[0].recipient) == (kept, kept)


def test_a_child_is_sent_to_its_guardian(client):
    response = fill_in(client, national_id="066315001234", birth_date="12/03/2015")
    assert messages_of(response, "birth_date") == [
        "Người dưới 16 tuổi chưa tự đăng ký được. Cha, mẹ hoặc người giám hộ đăng ký tài khoản của mình rồi nộp hồ sơ thay."
    ]


def test_a_number_in_somebody_elses_name_is_refused_with_the_way_on(client):
    Subscriber.objects.create(phone="+84912345678", national_id="066192009999")
    response = fill_in(client)
    assert messages_of(response, "phone") == [
        "Số này chưa đăng ký chính chủ với CCCD vừa nhập. Dùng số khác, hoặc đến cửa hàng nhà mạng để đăng ký."
    ]
    assert not letters()


def test_while_the_register_is_away_the_form_says_so_and_keeps_what_was_typed(client, monkeypatch):
    def away(*_numbers):
        raise RegistryOutage("away")

    monkeypatch.setattr(TableRegistry, "ask", away)
    response = fill_in(client)
    assert messages_of(response, "phone") == [
        "Hiện chưa kiểm tra được số chính chủ của thuê bao này. Thử lại sau ít phút, hoặc quay lại chọn cách đăng ký “Thư điện tử”."
    ]
    assert "0912.345.678" in response.content.decode()
    assert not User.objects.exists()


def test_the_register_is_not_asked_about_a_form_with_mistakes(client, monkeypatch):
    asked = []
    monkeypatch.setattr(TableRegistry, "ask", lambda *numbers: asked.append(numbers))
    fill_in(client, consent="")
    assert asked == []


def test_more_sign_ups_an_hour_than_the_setting_allows_are_too_many(client, settings):
    settings.SIGNUPS_PER_HOUR = 2
    assert [fill_in(Client(), phone=f"091234567{n}").status_code for n in range(3)] == [302, 302, 429]


@pytest.mark.parametrize("name", ["signup_mobile", "signup_mobile_code", "signup_mobile_password"])
def test_a_closed_door_has_no_pages(client, settings, name):
    settings.SIGNUP_DOORS = ["email"]
    assert (client.get(reverse(f"accounts:{name}")).status_code, client.post(reverse(f"accounts:{name}")).status_code) == (404, 404)


def test_who_is_signed_in_registers_nobody(client, lan):
    client.force_login(lan)
    assert client.get(FORM).url == reverse("accounts:profile")


# --- Steps in their order ----------------------------------------------------------------------


def test_no_step_can_be_jumped_by_typing_its_address(client):
    for address in (CODE, PASSWORDS):
        assert client.get(address).url == client.post(address, OWN | {"code": "123456"}).url == FORM
    assert client.get(DONE).url.startswith(reverse("account_login"))
    fill_in(client)
    assert client.get(PASSWORDS).url == client.post(PASSWORDS, OWN).url == CODE
    assert User.objects.get().activated_at is None


def test_correcting_the_number_keeps_what_was_typed_and_the_old_code_opens_nothing(client):
    fill_in(client)
    old = newest_code()
    page = client.get(FORM).content.decode()
    for typed in ("H’Lan Niê", "0661 9200 1234", "12/03/1992", "0912.345.678"):
        assert typed in page
    assert "checked" not in page
    fill_in(client, phone="0987654321")
    assert User.objects.get().phone == "+84987654321"
    assert client.post(CODE, {"code": old}).status_code == 200
    later(17)
    assert prove(client, "+84987654321").url == PASSWORDS


def test_pressing_twice_sends_one_code(client):
    assert [fill_in(client).url for _press in range(3)] == [CODE] * 3
    assert (len(letters()), User.objects.count()) == (1, 1)


def test_the_code_of_one_browser_opens_nothing_in_another(client):
    fill_in(client)
    stolen, other = newest_code(), Client()
    fill_in(other)
    if stolen != newest_code():
        assert other.post(CODE, {"code": stolen}).status_code == 200
    assert other.get(PASSWORDS).url == CODE
    assert client.post(CODE, {"code": stolen}).url == PASSWORDS


def test_the_password_page_waits_half_an_hour_for_a_broken_line(client):
    to_the_password(client)
    age_proof(client, 29)
    assert client.get(CODE).url == PASSWORDS
    assert client.post(PASSWORDS, OWN).url == DONE


def test_after_half_an_hour_the_phone_is_proven_once_more(client):
    to_the_password(client)
    age_proof(client, 31)
    response = client.post(PASSWORDS, OWN, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(FORM, 302)]
    assert "Đã quá 30 phút từ lúc xác nhận số điện thoại. Nhấn “Đăng ký” để nhận mã mới." in page
    assert "H’Lan Niê" in page
    assert fill_in(client).url == CODE
    assert prove(client).url == PASSWORDS


def test_a_proven_phone_does_not_vouch_for_another_number(client):
    to_the_password(client)
    fill_in(client, phone="0987654321")
    assert client.post(PASSWORDS, OWN).url == CODE
    assert not User.objects.activated().exists()


def test_a_number_changed_while_its_code_is_judged_is_not_proven_by_that_code(client, monkeypatch):
    fill_in(client)
    judge = second_factor.verify

    def judged_while_another_tab_changes_the_number(*args):
        User.objects.update(phone="+84987654321")
        return judge(*args)

    monkeypatch.setattr(second_factor, "verify", judged_while_another_tab_changes_the_number)
    assert prove(client).url == FORM
    assert User.objects.get().phone_verified_at is None
    assert client.get(PASSWORDS).url == CODE


def test_a_weak_password_is_told_and_never_shown_again(client):
    to_the_password(client)
    for password, message in (
        ("ngắn", "Mật khẩu mới có 4 ký tự, cần ít nhất 8."),
        ("password", "Mật khẩu này quá dễ đoán. Chọn mật khẩu khác."),
        ("066192001234", "Mật khẩu này quá dễ đoán. Chọn mật khẩu khác."),
    ):
        response = client.post(PASSWORDS, {"password1": password, "password2": password})
        assert messages_of(response, "password1") == [message]
        assert f'value="{password}"' not in response.content.decode().replace('name="username" value="066192001234"', "")
    response = client.post(PASSWORDS, OWN | {"password2": "khác hẳn"})
    assert messages_of(response, "password2") == ["Hai mật khẩu chưa giống nhau. Nhập lại ô thứ hai."]


def test_without_room_for_a_code_the_form_says_why(client, settings):
    settings.OTP_SENDS_PER_HOUR = 1
    fill_in(client)
    response = fill_in(Client())
    assert "Thử lại sau 60 phút." in messages_of(response, "phone")[0]


# --- Taken -------------------------------------------------------------------------------------


def test_a_number_with_an_account_is_told_on_the_form_with_both_ways_out(client):
    make_citizen(national_id="066192001234")
    response = fill_in(client)
    assert messages_of(response, "national_id") == ["Số CCCD/CMND này đã có tài khoản."]
    page = response.content.decode()
    assert reverse("account_reset_password") in page
    assert reverse("accounts:dispute") in page
    assert not letters()


def test_a_sixth_number_from_one_address_within_an_hour_is_too_many(client):
    codes = [fill_in(Client(), national_id=f"06619200000{n}", consent="").status_code for n in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_phone_with_an_account_is_told_only_to_whoever_holds_it(client):
    make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    assert fill_in(client).url == CODE
    assert "đã có tài khoản" not in client.get(CODE).content.decode()
    assert prove(client).url == PASSWORDS
    for page in (client.get(PASSWORDS), client.post(PASSWORDS, OWN)):
        page = page.content.decode()
        assert "Số điện thoại này đã có tài khoản" in page
        for way_out in ("account_reset_password", "accounts:signup_mobile"):
            assert f'href="{reverse(way_out)}"' in page
    assert User.objects.activated().count() == 1
    assert fill_in(client, phone="0987654321").url == CODE


def test_a_phone_that_is_only_typed_somewhere_blocks_nobody(client):
    make_citizen(phone="+84912345678")
    assert to_the_password(client).post(PASSWORDS, OWN).url == DONE


def test_an_abandoned_sign_up_blocks_nobody(client):
    to_the_password(Client())
    assert to_the_password(client).post(PASSWORDS, OWN).url == DONE
    assert User.objects.activated().count() == 1


def test_a_number_taken_meanwhile_is_told_with_the_ways_out(client):
    to_the_password(client)
    make_citizen(national_id="066192001234")
    response = client.post(PASSWORDS, OWN)
    page = response.content.decode()
    assert (response.status_code, "Số CCCD/CMND này đã có tài khoản" in page) == (200, True)
    assert f'href="{reverse("account_reset_password")}"' in page
    assert f'href="{reverse("accounts:dispute")}"' in page


def test_a_name_left_by_another_account_is_told_like_a_taken_number(client):
    make_citizen(username="066192001234")
    response = to_the_password(client).post(PASSWORDS, OWN)
    assert (response.status_code, "Số CCCD/CMND này đã có tài khoản" in response.content.decode()) == (200, True)


# --- At the same moment ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_number_finished_by_many_at_once_is_one_account_and_the_others_read_the_notice():
    browsers = [to_the_password(Client(), phone=f"091234567{n}") for n in range(4)]
    pages = at_once(*[lambda browser=browser: browser.post(PASSWORDS, OWN) for browser in browsers])
    assert sorted(page.status_code for page in pages) == [200, 200, 200, 302]
    assert sum("Số CCCD/CMND này đã có tài khoản" in page.content.decode() for page in pages) == 3
    assert (User.objects.activated().count(), len(letters("registered"))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_phone_finished_by_many_at_once_is_one_account_and_the_others_read_the_notice():
    browsers = [to_the_password(Client(), national_id=f"06619200000{n}") for n in range(3)]
    pages = at_once(*[lambda browser=browser: browser.post(PASSWORDS, OWN) for browser in browsers])
    assert sorted(page.status_code for page in pages) == [200, 200, 302]
    assert sum("Số điện thoại này đã có tài khoản" in page.content.decode() for page in pages) == 2
    assert User.objects.activated().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_mobile_and_the_email_door_at_once_give_one_account_for_one_number():
    Client().post(reverse("accounts:signup_email"), DATA | {"email": "lan@example.com"})
    link = re.search(r"https://motcua\.example(\S+)", letters("confirm")[0].body)[1]
    browser = to_the_password(Client())
    pages = at_once(lambda: browser.post(PASSWORDS, OWN), lambda: Client().post(link))
    assert sorted(page.status_code for page in pages) == [200, 302]
    assert sum("Số CCCD/CMND này đã có tài khoản" in page.content.decode() for page in pages) == 1
    assert User.objects.activated().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_button_pressed_many_times_at_once_makes_one_account():
    browser = to_the_password(Client())
    cookies = browser.cookies

    def press():
        twin = Client()
        twin.cookies = cookies.copy()
        return twin.post(PASSWORDS, OWN)

    pages = at_once(*[press] * 4)
    assert {page.status_code for page in pages} == {302}
    assert (User.objects.activated().count(), len(letters("registered"))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_many_times_at_once_is_used_once():
    browser = Client()
    fill_in(browser)
    code, cookies = newest_code(), browser.cookies

    def press():
        twin = Client()
        twin.cookies = cookies.copy()
        return twin.post(CODE, {"code": code})

    pages = at_once(*[press] * 4)
    opened = [page for page in pages if page.status_code == 302 and page.url == PASSWORDS]
    assert len(opened) >= 1
    assert SmsDevice.objects.get().token is None
    assert User.objects.get().phone_verified_at is not None


# --- Housekeeping ------------------------------------------------------------------------------


def test_sign_ups_never_finished_are_forgotten_with_their_devices(client):
    fill_in(client)
    User.objects.update(date_joined=timezone.now() - timedelta(days=8))
    assert tasks.remove_pending() == 1
    assert not SmsDevice.objects.exists()
    assert client.get(CODE).url == FORM
    assert "H’Lan Niê" in client.get(FORM).content.decode()
