"""The officials' door: password first, then a device; nobody is inside between the two."""

import datetime

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal import second_factor
from portal.messaging.models import OutgoingMessage

PASSWORD = "Đường về bản 7"


@pytest.fixture
def hoa(hoa):
    return with_password(hoa)


@pytest.fixture
def lan(lan):
    return with_password(lan)


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def without_phone(hoa):
    hoa.phone_verified_at = None
    hoa.save()
    return hoa


def first_step(client, user, password=PASSWORD, **data):
    return client.post(reverse("admin:login"), {"username": user.username, "password": password} | data)


def sent_code():
    return OutgoingMessage.objects.filter(kind="otp").latest("pk").body.split()[0]


def code_step(client, code, **data):
    return client.post(reverse("admin:login_code"), {"code": code} | data)


def is_inside(client):
    return SESSION_KEY in client.session


def words_of(response):
    return " ".join(response.content.decode().split())


def test_a_stranger_is_led_to_the_officials_door_from_every_page(client, db):
    for address in ["/quan-tri/", "/quan-tri/dossiers/dossier/", "/quan-tri/dossiers/dossier/1/"]:
        response = client.get(address)
        assert response.status_code == 302
        assert response.url == f"/quan-tri/dang-nhap/?next={address}"


def test_a_citizen_who_is_signed_in_is_led_there_too(client, lan):
    client.force_login(lan)
    assert client.get("/quan-tri/dossiers/dossier/").url == "/quan-tri/dang-nhap/?next=/quan-tri/dossiers/dossier/"
    assert "Tài khoản đang đăng nhập không vào được" in words_of(client.get("/quan-tri/dang-nhap/"))


def test_a_signed_in_official_without_the_second_factor_is_led_there_too(client, hoa):
    client.force_login(hoa)
    assert client.get(reverse("admin:index")).url == "/quan-tri/dang-nhap/?next=/quan-tri/"


def test_password_then_the_code_by_sms_opens_the_desk(client, hoa):
    response = first_step(client, hoa)
    assert response.url == reverse("admin:login_code")
    assert not is_inside(client)
    page = client.get(response.url)
    assert f"đã gửi tới {second_factor.masked_phone(hoa.phone)}" in words_of(page)
    key_before = client.session.session_key
    response = code_step(client, sent_code())
    assert response.url == reverse("admin:index")
    assert is_inside(client)
    assert client.session.session_key != key_before
    assert second_factor.KEY not in client.session
    assert client.get(response.url).url == reverse("admin:dossiers_dossier_changelist")
    assert client.get(reverse("admin:dossiers_dossier_changelist")).status_code == 200


def test_the_code_is_sent_once_however_often_the_page_is_opened(client, hoa):
    first_step(client, hoa)
    for _ in range(3):
        client.get(reverse("admin:login_code"))
    assert OutgoingMessage.objects.filter(kind="otp").count() == 1


def test_the_same_code_is_sent_again_on_request_after_a_minute(client, hoa):
    first_step(client, hoa)
    code = sent_code()
    response = client.post(reverse("admin:login_resend"), follow=True)
    assert "Chờ" in words_of(response)
    assert OutgoingMessage.objects.filter(kind="otp").count() == 1
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=70), tick=False):
        response = client.post(reverse("admin:login_resend"), follow=True)
    assert "Đã gửi mã. Xem tin nhắn mới nhất." in words_of(response)
    assert OutgoingMessage.objects.filter(kind="otp").count() == 2
    assert sent_code() == code


@pytest.mark.parametrize(("typed", "words"), [("", "Nhập mã OTP gồm 6 chữ số."), ("12 34", "Mã vừa nhập có 4 chữ số, cần đủ 6 chữ số.")])
def test_a_code_that_cannot_be_one_is_told_and_costs_no_try(client, hoa, typed, words):
    first_step(client, hoa)
    response = code_step(client, typed)
    assert words in words_of(response)
    assert "<title>Lỗi:" in words_of(response)
    assert code_step(client, sent_code()).status_code == 302


def test_a_wrong_code_is_told_with_the_tries_left(client, hoa):
    first_step(client, hoa)
    wrong = "000000" if sent_code() != "000000" else "111111"
    response = code_step(client, wrong)
    assert "Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử." in words_of(response)
    assert not is_inside(client)


def test_an_expired_code_is_told(client, hoa):
    first_step(client, hoa)
    code = sent_code()
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=301), tick=False):
        response = code_step(client, code)
    assert "Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới." in words_of(response)
    assert not is_inside(client)


def test_after_ten_minutes_the_password_is_asked_again(client, hoa):
    first_step(client, hoa)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=601), tick=False):
        response = client.get(reverse("admin:login_code"), follow=True)
        assert response.redirect_chain == [(reverse("admin:login"), 302)]
        assert "Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại." in words_of(response)
        assert code_step(client, "123456").url == reverse("admin:login")


def test_a_password_changed_in_between_ends_the_sign_in(client, hoa):
    first_step(client, hoa)
    code = sent_code()
    hoa.set_password("Một mật khẩu khác 9")
    hoa.save()
    assert code_step(client, code).url == reverse("admin:login")
    assert not is_inside(client)


def test_the_second_step_alone_opens_nothing(client, db):
    assert client.get(reverse("admin:login_code")).url == reverse("admin:login")
    assert code_step(client, "123456").url == reverse("admin:login")
    assert client.post(reverse("admin:login_resend")).url == reverse("admin:login")


def test_a_wrong_password_and_a_citizen_hear_the_same(client, hoa, lan):
    words = "Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra lại rồi nhập lại."
    wrong = first_step(client, hoa, "không phải")
    assert words in words_of(wrong)
    assert f'value="{hoa.username}"' in words_of(wrong)
    assert words in words_of(first_step(client, lan))
    assert second_factor.KEY not in client.session


def test_five_wrong_passwords_close_the_door_for_the_right_one(client, hoa):
    for _ in range(5):
        first_step(client, hoa, "không phải")
    response = first_step(client, hoa)
    assert response.status_code == 429
    assert "Thử lại sau" in words_of(response)


def test_an_official_without_a_device_is_told_whom_to_ask(client, without_phone):
    response = first_step(client, without_phone)
    assert "Đề nghị quản trị viên của hệ thống cấp mã, hoặc gọi 1022." in words_of(response)
    assert second_factor.KEY not in client.session


def test_a_static_code_opens_once(client, without_phone):
    device = StaticDevice.objects.create(user=without_phone, name="Mã dự phòng")
    device.token_set.create(token="k7m2p9qa")
    first_step(client, without_phone)
    assert "Nhập một mã dự phòng" in words_of(client.get(reverse("admin:login_code")))
    assert code_step(client, "k7m2-p9qa").status_code == 302
    client.post(reverse("admin:logout"))
    first_step(client, without_phone)
    assert "Mã chưa đúng." in words_of(code_step(client, "k7m2p9qa"))


def test_an_authenticator_opens_and_its_back_off_is_told(client, without_phone):
    device = TOTPDevice.objects.create(user=without_phone, name="Ứng dụng")
    first_step(client, without_phone)
    code = f"{totp(device.bin_key):06d}"
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    assert "Mã chưa đúng." in words_of(code_step(client, wrong))
    assert "giây rồi nhập lại mã." in words_of(code_step(client, code))
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)):
        assert code_step(client, f"{totp(device.bin_key):06d}").status_code == 302
    assert is_inside(client)


def test_a_code_goes_to_another_device_when_it_is_chosen(client, hoa):
    device = StaticDevice.objects.create(user=hoa, name="Mã dự phòng")
    device.token_set.create(token="k7m2p9qa")
    first_step(client, hoa)
    page = client.get(reverse("admin:login_code"))
    assert "Dùng mã dự phòng" in words_of(page)
    page = client.get(reverse("admin:login_code"), {"cach": "1"})
    assert "Nhập một mã dự phòng" in words_of(page)
    assert code_step(client, "k7m2p9qa", cach="1").status_code == 302


def test_the_way_back_is_kept_and_leads_only_home(client, hoa):
    first_step(client, hoa, next="/quan-tri/dossiers/dossier/?hang=qua_han")
    assert code_step(client, sent_code()).url == "/quan-tri/dossiers/dossier/?hang=qua_han"
    client.post(reverse("admin:logout"))
    cache.clear()
    first_step(client, hoa, next="https://example.org/")
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=70)):
        client.post(reverse("admin:login_resend"))
        assert code_step(client, sent_code()).url == reverse("admin:index")


def test_signing_out_takes_a_post(client, hoa):
    first_step(client, hoa)
    code_step(client, sent_code())
    assert client.get(reverse("admin:logout")).status_code == 405
    client.post(reverse("admin:logout"))
    assert not is_inside(client)
    assert client.get(reverse("admin:index")).url == "/quan-tri/dang-nhap/?next=/quan-tri/"


def test_an_authenticator_is_set_up_with_its_first_code_and_replaces_the_old_one(client, hoa):
    old = TOTPDevice.objects.create(user=hoa, name="Cũ")
    first_step(client, hoa)
    code_step(client, sent_code())
    page = client.get(reverse("admin:authenticator"))
    assert 'src="data:image/svg+xml' in words_of(page)
    device = TOTPDevice.objects.get(user=hoa, confirmed=False)
    assert second_factor.spelt_secret(device) in words_of(client.get(reverse("admin:authenticator")))
    wrong = f"{(totp(device.bin_key) + 1) % 1000000:06d}"
    assert "Mã chưa đúng." in words_of(client.post(reverse("admin:authenticator"), {"code": wrong}))
    assert TOTPDevice.objects.get(user=hoa, confirmed=True) == old
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)):
        response = client.post(reverse("admin:authenticator"), {"code": f"{totp(device.bin_key):06d}"})
    assert response.url == reverse("admin:index")
    assert list(TOTPDevice.objects.filter(user=hoa).values_list("pk", "confirmed")) == [(device.pk, True)]


def test_an_authenticator_is_set_up_only_by_who_is_inside(client, hoa):
    assert client.get(reverse("admin:authenticator")).url == "/quan-tri/dang-nhap/?next=/quan-tri/xac-thuc/"


def test_one_address_is_sent_only_so_many_codes(client, hoa, tuan, settings):
    settings.OTP_SENDS_PER_ADDRESS = 1
    first_step(client, hoa)
    told = first_step(client, with_password(tuan))
    assert told.url == reverse("admin:login_code")
    assert OutgoingMessage.objects.filter(kind="otp").count() == 1


def test_a_place_in_the_list_of_devices_without_end_is_the_first(client, hoa):
    first_step(client, hoa)
    assert client.post(reverse("admin:login_resend"), {"cach": "9" * 6000}).status_code == 302


def test_a_password_chosen_in_the_admin_is_no_temporary_one(client, hoa):
    hoa.give_temporary_password()
    hoa.set_password(PASSWORD)
    hoa.save()
    first_step(client, hoa)
    code_step(client, sent_code())
    posted = {"old_password": PASSWORD, "new_password1": "Núi cao 9 thước", "new_password2": "Núi cao 9 thước"}
    assert client.post(reverse("admin:password_change"), posted).status_code == 302
    hoa.refresh_from_db()
    assert hoa.temporary_password_until is None
