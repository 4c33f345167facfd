import datetime
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import signup, tasks
from accounts.allauth_compat import EmailConfirmationHMAC
from accounts.models import User
from accounts.tests.at_once import at_once
from accounts.tests.mail import FOOT, letters, link_in, password_in
from accounts.tests.make import PASSWORD, make_citizen

DATA = {
    "full_name": "H’Lan Niê",
    "national_id": "0661 9200 1234",
    "birth_date": "12/03/1992",
    "phone": "0912.345.678",
    "email": "HLan@Example.com",
    "consent": "on",
}
PERSON = {"full_name": "H’Lan Niê", "national_id": "066192001234", "birth_date": datetime.date(1992, 3, 12), "phone": ""}

pytestmark = pytest.mark.django_db


def register(client, **changes):
    return client.post(reverse("accounts:signup_email"), DATA | changes)


def errors(response):
    return response.context["form"].errors.get_json_data()


def messages_of(response, field):
    return [error["message"] for error in errors(response)[field]]


# --- The road from form to own password --------------------------------------------------------


def test_a_citizen_registers_confirms_and_chooses_a_password(client):
    response = register(client)
    assert response.url == reverse("account_email_verification_sent")
    assert "hlan@example.com" in client.get(response.url).content.decode()

    letter = letters()[0]
    assert client.post(link_in(letter)).url == reverse("account_login")
    page = client.get(reverse("account_login")).content.decode()
    assert "Đã xác nhận đăng ký. Đăng nhập bằng mật khẩu tạm trong thư mới nhất." in page

    names = {"login": "hlan@example.com", "password": password_in(letter)}
    response = client.post(reverse("account_login") + "?next=" + reverse("accounts:contact"), names)
    assert response.url == reverse("accounts:choose_password")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("accounts:profile")).status_code == 302

    client.post(reverse("account_login") + "?next=" + reverse("accounts:contact"), names)
    own = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("accounts:choose_password"), own).url == reverse("accounts:contact")
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.username, user.email, user.full_name, user.national_id, user.phone, user.phone_verified_at) == (
        "hlan@example.com",
        "hlan@example.com",
        "H’Lan Niê",
        "066192001234",
        "+84912345678",
        None,
    )
    assert user.temporary_password_until is None
    assert user.check_password(PASSWORD)
    assert not user.check_password(password_in(letter))


def test_the_letter_carries_name_password_and_link(client):
    register(client)
    letter = letters()[0]
    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get())
    url = f"https://motcua.example{reverse('account_confirm_email', args=[confirmation.key])}"
    assert letter.subject == "Xác nhận đăng ký tài khoản dịch vụ công"
    assert letter.body.replace(link_in(letter), reverse("account_confirm_email", args=[confirmation.key])) == (
        f"""Kính gửi Ông/Bà H’Lan Niê,

Ông/Bà vừa đăng ký tài khoản bằng địa chỉ này.

  Tên đăng nhập: hlan@example.com
  Mật khẩu tạm: {password_in(letter)}

Mật khẩu tạm dùng trong 24 giờ, phải đổi khi đăng nhập lần đầu.

Nhấn “Xác nhận đăng ký” để hoàn tất. Đường dẫn dùng một lần, trong 24 giờ.
“Xác nhận đăng ký”:
{url}

Nếu không phải Ông/Bà đăng ký, xin bỏ qua thư này.
"""
        + FOOT
    )
    assert (letter.recipient, letter.kind, letter.secret) == ("hlan@example.com", "confirm", True)


def test_the_letter_of_success_masks_the_login_name(client):
    register(client)
    client.post(link_in(letters()[0]))
    letter = letters("registered")[0]
    assert letter.subject == "Đăng ký tài khoản thành công"
    assert letter.body == (
        """Kính gửi Ông/Bà H’Lan Niê,

Tài khoản của Ông/Bà đã được xác nhận.

Tên đăng nhập: h***@example.com.

Ông/Bà có thể nộp hồ sơ ngay sau khi đăng nhập.
Đăng nhập:
https://motcua.example/dang-nhap/
"""
        + FOOT
    )


def test_opening_the_link_confirms_nothing_only_the_button_does(client):
    register(client)
    assert "Xác nhận đăng ký" in client.get(link_in(letters()[0])).content.decode()
    assert User.objects.get().activated_at is None


def test_only_the_hash_of_the_temporary_password_is_kept(client):
    register(client)
    user = User.objects.get()
    assert password_in(letters()[0]) not in user.password
    assert user.check_password(password_in(letters()[0]))
    assert timedelta(hours=23, minutes=59) < user.temporary_password_until - timezone.now() <= timedelta(hours=24)


# --- What the form refuses ---------------------------------------------------------------------


def test_an_empty_form_says_what_each_field_wants(client):
    response = client.post(reverse("accounts:signup_email"), {})
    assert {field: messages_of(response, field) for field in errors(response)} == {
        "full_name": ["Nhập họ và tên như trên thẻ Căn cước."],
        "national_id": ["Nhập số CCCD hoặc CMND."],
        "birth_date": ["Nhập ngày sinh, ví dụ 15/08/1980."],
        "email": ["Nhập thư điện tử, ví dụ ten@gmail.com."],
        "consent": ["Đánh dấu ô đồng ý để đăng ký. Nếu không đồng ý, Ông/Bà có thể nộp hồ sơ trực tiếp."],
    }
    assert "<title>Lỗi: " in response.content.decode()
    assert not User.objects.exists()


def test_what_was_typed_stays_in_a_refused_form(client):
    page = register(client, birth_date="31/02/1992").content.decode()
    assert "Ngày 31/02/1992 không có trong lịch. Kiểm tra lại ngày và tháng." in page
    for typed in ("H’Lan Niê", "0661 9200 1234", "31/02/1992", "0912.345.678", "HLan@Example.com"):
        assert typed in page


@pytest.mark.parametrize(
    ("number", "birth_date", "fits"),
    [
        ("066192001234", "12/03/1992", True),
        ("066192001234", "12/03/1993", False),
        ("066292001234", "12/03/1992", False),  # a number of the next century
        ("066192001234", "1992", True),
        ("123456789", "12/03/1993", True),  # a CMND holds no year
    ],
)
def test_the_birth_year_in_the_number_must_be_the_one_typed(client, number, birth_date, fits):
    response = register(client, national_id=number, birth_date=birth_date)
    if fits:
        assert response.status_code == 302
    else:
        assert messages_of(response, "birth_date") == ["Năm sinh chưa khớp với số CCCD ở trên. Kiểm tra lại ngày sinh và số CCCD."]


def test_a_child_is_sent_to_its_guardian(client):
    response = register(client, national_id="066315001234", birth_date="12/03/2015")
    assert messages_of(response, "birth_date") == [
        "Người dưới 16 tuổi chưa tự đăng ký được. Cha, mẹ hoặc người giám hộ đăng ký tài khoản của mình rồi nộp hồ sơ thay."
    ]


def test_a_closed_door_is_not_found(client, settings):
    settings.SIGNUP_DOORS = []
    assert client.get(reverse("accounts:signup_email")).status_code == 404
    assert "Thư điện tử" not in client.get(reverse("accounts:signup")).content.decode()


def test_the_open_doors_are_on_the_chooser_and_no_other(client, settings):
    settings.SIGNUP_DOORS = ["email", "sms"]
    page = client.get(reverse("accounts:signup")).content.decode()
    assert ("Thư điện tử" in page, "Nhắn tin 8188" in page, "Thuê bao di động" in page) == (True, True, False)


def test_an_organisation_is_told_to_come_in_person(client):
    page = client.get(reverse("accounts:signup") + "?doi-tuong=to-chuc").content.decode()
    assert "Hệ thống chưa nhận đăng ký tài khoản của tổ chức, doanh nghiệp qua mạng." in page


# --- The number already has an account ---------------------------------------------------------


def test_a_number_with_an_account_is_told_with_both_ways_out(client):
    make_citizen(national_id="066192001234")
    response = register(client)
    assert messages_of(response, "national_id") == ["Số CCCD/CMND này đã có tài khoản."]
    page = response.content.decode()
    assert f"href='{reverse('account_reset_password')}'" in page
    assert f"href='{reverse('accounts:dispute')}'" in page
    assert not letters()


def test_an_abandoned_sign_up_blocks_nobody(client):
    register(client, email="first@example.com")
    assert register(client, email="second@example.com").status_code == 302
    assert client.post(link_in(letters()[1])).status_code == 302
    assert User.objects.activated().get().email == "second@example.com"


def test_a_sixth_number_from_one_address_within_an_hour_is_too_many(client):
    for digit in range(5):
        assert register(Client(), national_id=f"06619200000{digit}", email="").status_code == 200
    assert register(Client(), national_id="066192000009", email="").status_code == 429
    assert register(Client(), national_id="066192000000", email="").status_code == 200


def test_a_sixth_number_from_one_session_is_too_many_from_any_address(client):
    for digit in range(5):
        register(client, national_id=f"06619200000{digit}", email="")
    response = client.post(reverse("accounts:signup_email"), DATA | {"national_id": "066192000009", "email": ""}, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 429


# --- The address already has an account --------------------------------------------------------


def test_a_known_address_gets_the_same_page_and_its_owner_a_letter(client, lan):
    unknown = register(client, national_id="066192009991", email="nobody@example.com")
    other = Client()
    known = register(other, national_id="066192009992", email=lan.email)
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    pages = [browser.get(known.url).content.decode() for browser in (client, other)]
    assert (
        pages[0].replace("nobody@example.com", "X").split("<main")[1].split("csrf")[0]
        == (pages[1].replace(lan.email, "X").split("<main")[1].split("csrf")[0])
    )
    assert not User.objects.filter(national_id="066192009992").exists()
    letter = letters("address_taken")[0]
    assert letter.recipient == lan.email
    assert letter.subject == "Địa chỉ này đã có tài khoản dịch vụ công"
    assert letter.body == (
        """Kính gửi Ông/Bà,

Có người vừa đăng ký tài khoản dịch vụ công bằng địa chỉ này. Địa chỉ này đã có tài khoản, nên chưa có tài khoản mới nào được tạo.

Nếu đó là Ông/Bà, xin đăng nhập bằng tài khoản đang có.
Đăng nhập:
https://motcua.example/dang-nhap/

Quên mật khẩu? Đặt lại tại đây:
https://motcua.example/quen-mat-khau/

Nếu không phải Ông/Bà đăng ký, xin bỏ qua thư này. Tài khoản không thay đổi.
"""
        + FOOT
    )


def test_pressing_twice_sends_one_letter_to_known_and_unknown_alike(client, lan):
    for email in ("nobody@example.com", lan.email):
        for _press in range(3):
            assert register(client, email=email).status_code == 302
    assert [letter.recipient for letter in letters()] == ["nobody@example.com", lan.email]


def test_the_letters_to_one_address_are_counted_alike_for_known_and_unknown(client, lan):
    for email in ("nobody@example.com", lan.email):
        answers = [register(client, email=email, full_name=f"Tên {'abcdef'[n]}").status_code for n in range(6)]
        assert answers == [302, 302, 302, 302, 302, 429]


def test_registering_again_replaces_the_pending_sign_up(client):
    register(client)
    register(client, full_name="H’Lan Niê Kdăm")
    assert User.objects.get().full_name == "H’Lan Niê Kdăm"
    first, second = letters()
    assert "hết hạn hoặc đã dùng rồi" in client.post(link_in(first)).content.decode()
    assert client.post(link_in(second)).status_code == 302


def test_a_sign_up_never_deletes_an_account_that_was_finished(client):
    register(client)
    client.post(link_in(letters()[0]))
    register(Client(), national_id="066192007777", full_name="Người khác")
    assert User.objects.get().full_name == "H’Lan Niê"


# --- The letter again --------------------------------------------------------------------------


def test_sending_again_makes_a_fresh_password_and_the_old_one_dies(client):
    register(client)
    response = client.post(reverse("accounts:resend"), follow=True)
    assert "Đã gửi lại thư. Dùng mật khẩu và đường dẫn trong thư mới nhất." in response.content.decode()
    first, second = letters()
    user = User.objects.get()
    assert not user.check_password(password_in(first))
    assert user.check_password(password_in(second))


def test_sending_again_waits_a_minute(client):
    register(client)
    client.post(reverse("accounts:resend"))
    page = client.post(reverse("accounts:resend"), follow=True).content.decode()
    assert "Ông/Bà vừa yêu cầu thư. Chờ 60 giây rồi nhấn lại." in page
    assert len(letters()) == 2


def test_sending_again_to_a_known_address_tells_its_owner_again(client, lan):
    register(client, email=lan.email)
    page = client.post(reverse("accounts:resend"), follow=True).content.decode()
    assert "Đã gửi lại thư." in page
    assert [letter.kind for letter in letters()] == ["address_taken", "address_taken"]


def test_changing_the_address_keeps_what_was_typed(client):
    register(client)
    page = client.get(reverse("accounts:signup_email")).content.decode()
    for typed in ("H’Lan Niê", "0661 9200 1234", "12/03/1992", "0912.345.678", "HLan@Example.com"):
        assert typed in page


def test_without_a_sign_up_there_is_no_inbox_to_check(client):
    assert client.get(reverse("account_email_verification_sent")).url == reverse("accounts:signup_email")
    assert client.post(reverse("accounts:resend")).url == reverse("accounts:signup_email")


# --- Links that are dead -----------------------------------------------------------------------


def test_a_used_link_leads_to_sign_in(client):
    register(client)
    client.post(link_in(letters()[0]))
    page = client.get(link_in(letters()[0])).content.decode()
    assert "Đường dẫn này đã hết hạn hoặc đã dùng rồi" in page
    assert "Gửi lại đường dẫn" not in page


def test_an_expired_link_offers_another_one(client, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=25))
    register(client)
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    stranger = Client()
    page = stranger.get(link_in(letters()[0])).content.decode()
    assert "Gửi lại đường dẫn" in page
    key = link_in(letters()[0]).split("/")[3]
    assert stranger.post(reverse("accounts:resend"), {"key": key}).url == reverse("account_email_verification_sent")
    assert stranger.post(link_in(letters()[1])).url == reverse("account_login")


def test_a_link_of_nobody_is_dead(client):
    page = client.get(reverse("account_confirm_email", args=["Mg:1vN0:zzz"])).content.decode()
    assert "Đường dẫn này đã hết hạn hoặc đã dùng rồi" in page


# --- Two at once -------------------------------------------------------------------------------


def test_the_second_of_two_pending_sign_ups_sees_that_the_number_is_taken(client):
    register(client, email="first@example.com")
    register(Client(), email="second@example.com")
    first, second = (link_in(letter) for letter in letters())
    assert client.post(first).status_code == 302
    page = Client().post(second)
    assert (page.status_code, "Số CCCD/CMND này đã có tài khoản" in page.content.decode()) == (200, True)
    assert User.objects.activated().get().email == "first@example.com"
    assert [letter.recipient for letter in letters("registered")] == ["first@example.com"]


@pytest.mark.django_db(transaction=True)
def test_two_people_finishing_one_number_at_once_give_one_account_and_one_notice():
    for email in ("a@example.com", "b@example.com", "c@example.com", "d@example.com"):
        register(Client(), email=email)
    links = [link_in(letter) for letter in letters()]
    pages = at_once(*[lambda link=link: Client().post(link) for link in links])
    assert sorted(page.status_code for page in pages) == [200, 200, 200, 302]
    assert sum("Số CCCD/CMND này đã có tài khoản" in page.content.decode() for page in pages) == 3
    assert User.objects.activated().count() == 1
    assert len(letters("registered")) == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_pressed_many_times_at_once_is_used_once():
    register(Client())
    link = link_in(letters()[0])
    pages = at_once(*[lambda: Client().post(link)] * 4)
    assert sorted(page.status_code for page in pages) == [200, 200, 200, 302]
    assert len(letters("registered")) == 1


@pytest.mark.django_db(transaction=True)
def test_one_address_registering_many_times_at_once_is_one_pending_sign_up():
    forms = [{"email": "lan@example.com", "full_name": f"Lan {letter}"} for letter in "abcd"]
    pages = at_once(*[lambda form=form: register(Client(), **form) for form in forms])
    assert [page.status_code for page in pages] == [302, 302, 302, 302]
    assert User.objects.count() == EmailAddress.objects.count() == 1


# --- Housekeeping ------------------------------------------------------------------------------


def test_sign_ups_never_finished_are_forgotten_after_a_week(client, lan):
    signup.begin(email="old@example.com", **PERSON)
    signup.begin(email="new@example.com", **PERSON)
    long_ago = timezone.now() - timedelta(days=8)
    User.objects.filter(email__in=["old@example.com", lan.email]).update(date_joined=long_ago)
    assert tasks.remove_pending() == 1
    assert set(User.objects.values_list("email", flat=True)) == {"new@example.com", lan.email}


# --- Cost --------------------------------------------------------------------------------------


def test_the_chooser_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(2):  # the savepoint around the view
        client.get(reverse("accounts:signup"))
