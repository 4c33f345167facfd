from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_otp import devices_for_user
from django_otp.models import Device

from accounts.models import SmsDevice
from accounts.otp import sms_device_for
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import make_citizen, make_staff
from portal import throttle

pytestmark = pytest.mark.django_db


@pytest.fixture
def device():
    return sms_device_for(make_staff(phone="+84912345678"))


def guess(device, token):
    with transaction.atomic():
        return Device.from_persistent_id(device.persistent_id, for_verify=True).verify_token(token)


def later(device, seconds):
    """As if so much time had passed since the last code and the last guess."""
    device.refresh_from_db()
    for name in ("valid_until", "last_generated_timestamp", "throttling_failure_timestamp"):
        moment = getattr(device, name)
        setattr(device, name, moment and moment - timedelta(seconds=seconds))
    device.save()
    return device


def wrong_code(device):
    return "000000" if device.token != "000000" else "111111"


# --- Whose phone -------------------------------------------------------------------------------


def test_an_official_with_a_proven_phone_has_one_device(device):
    assert sms_device_for(device.user) == device
    assert list(devices_for_user(device.user)) == [device]


def test_a_typed_phone_receives_no_codes(lan):
    assert sms_device_for(lan) is None


def test_a_new_phone_does_not_take_over_the_code_of_the_old_one(device):
    device.generate_challenge()
    device.user.phone = "+84987654321"
    device.user.save()
    moved = sms_device_for(device.user)
    assert (moved.pk, moved.phone, moved.token) == (device.pk, "+84987654321", None)


# --- Sending -----------------------------------------------------------------------------------


def test_a_code_goes_out_as_the_most_urgent_secret_sms(device):
    said = device.generate_challenge()
    device.refresh_from_db()
    sms = letters()[0]
    assert said == "Mã OTP 6 chữ số đã gửi tới 091* *** 678."
    assert sms.body == (
        f"{device.token} la ma xac nhan (OTP) dich vu cong tinh Dak Lak, het han sau 5 phut. "
        "Khong dua ma nay cho bat ky ai, ke ca nguoi xung la can bo."
    )
    assert (sms.channel, sms.recipient, sms.kind, sms.secret, sms.priority) == ("sms", "+84912345678", "otp", True, 0)


@pytest.mark.parametrize("purpose", SmsDevice.OPEN_TO_STRANGERS)
def test_a_code_that_a_stranger_may_ask_for_goes_behind_those_of_sign_in(device, purpose):
    device.purpose = purpose
    device.save()
    device.generate_challenge()
    assert letters()[0].priority == 1


def test_a_code_is_sent_no_later_than_it_can_be_used(device):
    device.generate_challenge()
    first = device.valid_until
    later(device, 100).generate_challenge()
    assert [message.expires_at for message in letters("otp")] == [first, first - timedelta(seconds=100)]


def test_a_second_request_within_a_minute_waits(device):
    device.generate_challenge()
    assert device.generate_challenge() == "Ông/Bà vừa yêu cầu mã. Chờ 60 giây rồi nhấn lại."
    assert len(letters()) == 1


def test_a_resend_repeats_the_living_code_and_says_how_long_it_lives(device):
    device.generate_challenge()
    first = device.token
    later(device, 61).generate_challenge()
    device.refresh_from_db()
    assert device.token == first
    assert [sms.body[:6] for sms in letters()] == [first, first]
    assert "het han sau 4 phut" in letters()[1].body


def test_a_resend_after_the_end_is_a_new_code(device):
    device.generate_challenge()
    first = device.token
    later(device, 301).generate_challenge()
    assert device.valid_until > timezone.now() + timedelta(seconds=290)
    assert (device.token == first, len(letters())) == (False, 2)


def test_five_sendings_an_hour_to_one_number_and_no_more(device):
    for _sending in range(5):
        device.generate_challenge()
        later(device, 61)
    with pytest.raises(throttle.TooMany):
        device.generate_challenge()
    assert len(letters()) == 5


# --- Guessing ----------------------------------------------------------------------------------


def test_a_code_works_once(device):
    device.generate_challenge()
    code = device.token
    assert guess(device, code) is True
    assert guess(device, code) is False


def test_a_code_ends_after_five_minutes(device):
    device.generate_challenge()
    later(device, 301)
    assert guess(device, device.token) is False


def test_five_wrong_guesses_end_the_code(device):
    device.generate_challenge()
    for left in (4, 3, 2, 1, 0):
        assert guess(device, wrong_code(device)) is False
        later(device, 17)
        assert device.tries_left == left
    assert guess(device, device.token) is False
    assert device.verify_is_allowed() == (False, {"error_message": "Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới."})


def test_guesses_in_a_row_wait_one_second_then_two(device):
    device.generate_challenge()
    guess(device, wrong_code(device))
    assert guess(device, device.token) is False, "within the first second"
    later(device, 2)
    assert guess(device, device.token) is True


def test_twenty_wrong_guesses_an_hour_shut_the_account(device):
    for _code in range(4):
        later(device, 301).generate_challenge()
        for _guess in range(5):
            guess(device, wrong_code(device))
            later(device, 17)
    later(device, 301).generate_challenge()
    assert guess(device, device.token) is False
    assert device.verify_is_allowed() == (False, {"error_message": "Đã nhập sai nhiều lần. Thử lại sau một giờ."})


# --- At the same moment ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_forty_guesses_at_once_count_as_forty(device, monkeypatch):
    device.generate_challenge()
    # Without the wait between guesses the lock alone must hold them.
    monkeypatch.setattr(SmsDevice, "get_throttle_factor", lambda self: 0)
    judged = at_once(*[lambda: guess(device, wrong_code(device)) for _guess in range(40)])
    device.refresh_from_db()
    assert judged == [False] * 40
    assert (device.tries, device.throttling_failure_count, throttle.used("otp-wrong", str(device.user_id))) == (5, 5, 40)
    assert guess(device, device.token) is False


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_many_times_at_once_works_once(device):
    device.generate_challenge()
    code = device.token
    assert sorted(at_once(*[lambda: guess(device, code) for _guess in range(10)])) == [False] * 9 + [True]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_send_one_code(device):
    said = at_once(*[lambda: SmsDevice.objects.get(pk=device.pk).generate_challenge() for _request in range(5)])
    assert len(letters()) == 1
    assert sum(text.startswith("Mã OTP 6 chữ số") for text in said) == 1


def test_a_citizen_keeps_no_device_once_the_phone_is_not_proven():
    citizen = make_citizen(phone_verified_at=timezone.now())
    sms_device_for(citizen)
    citizen.phone_verified_at = None
    assert sms_device_for(citizen) is None
    assert not SmsDevice.objects.exists()
