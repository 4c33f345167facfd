"""The page on which a code is typed, met through the mobile door."""

import pytest
from django.db import transaction
from django.test import Client
from django_otp.models import Device

from accounts.models import SmsDevice, User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import make_citizen
from accounts.tests.test_mobile import CODE, PASSWORDS, fill_in, later, newest_code
from portal import throttle

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(client):
    fill_in(client)
    return SmsDevice.objects.get()


def wrong(n=0):
    """A code that was not sent."""
    return next(f"{guess:06d}" for guess in range(n, n + 2) if f"{guess:06d}" != newest_code())


def said(client, code):
    """What the page says beside the code typed."""
    return [str(error) for error in client.post(CODE, {"code": code}).context["form"].errors["code"]]


# --- What is typed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Nhập mã OTP gồm 6 chữ số."),
        ("   ", "Nhập mã OTP gồm 6 chữ số."),
        ("4829", "Mã vừa nhập có 4 chữ số, cần đủ 6 chữ số."),
        ("4829133", "Mã vừa nhập có 7 chữ số, cần đủ 6 chữ số."),
        ("48291O", "Mã OTP chỉ gồm chữ số. Xem lại tin nhắn mới nhất."),
    ],
)
def test_what_is_no_code_is_told_and_costs_no_try(client, device, typed, message):
    assert said(client, typed) == [message]
    device.refresh_from_db()
    assert device.tries == 0


@pytest.mark.parametrize("spelt", ["{0} {1}", " {0}-{1} ", "{0}.{1}", "\u200b{0}\u00a0{1}"])
def test_a_code_may_be_typed_in_groups(client, device, spelt):
    code = newest_code()
    assert client.post(CODE, {"code": spelt.format(code[:3], code[3:])}).url == PASSWORDS


def test_the_box_takes_a_pasted_code_and_offers_the_one_of_the_message(client, device):
    page = client.get(CODE).content.decode()
    for attribute in ('inputmode="numeric"', 'autocomplete="one-time-code"', 'pattern="[0-9 ]*"'):
        assert attribute in page
    assert "maxlength" not in page


# --- Wrong and late ----------------------------------------------------------------------------


def test_each_wrong_code_says_how_many_tries_are_left_and_the_fifth_ends_it(client, device):
    for left in (4, 3, 2, 1):
        assert said(client, wrong()) == [f"Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn {left} lần thử."]
        later(17)
    assert said(client, wrong()) == ["Đã nhập sai 5 lần. Nhấn “Gửi lại OTP” để nhận mã mới."]
    assert client.post(CODE, {"code": newest_code()}).status_code == 200


def test_a_code_after_its_end_asks_for_a_new_one(client, device):
    later(301)
    assert said(client, newest_code()) == ["Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới."]


def test_a_right_code_typed_too_fast_is_told_to_wait_and_works_afterwards(client, device):
    said(client, wrong())
    assert said(client, newest_code()) == ["Mã vừa nhập chưa được xem vì nhập quá nhanh. Chờ 1 giây rồi nhập lại mã."]
    later(2)
    assert client.post(CODE, {"code": newest_code()}).url == PASSWORDS


def test_the_last_try_typed_too_fast_says_that_the_code_has_ended(client, device):
    assert [said(client, wrong())[0] for _n in range(5)][-1] == "Đã nhập sai 5 lần. Nhấn “Gửi lại OTP” để nhận mã mới."


def test_guesses_at_one_phone_are_counted_across_all_sign_ups(settings):
    settings.OTP_WRONG_PER_HOUR = 4
    browsers = [Client() for _n in range(3)]
    for browser in browsers:
        fill_in(browser)
    told = [said(browser, "000000")[0] for browser in browsers]
    assert told[2] == "Đã nhập sai nhiều lần. Thử lại sau một giờ."
    assert "Còn 4 lần thử" in told[1]


# --- Sending again -----------------------------------------------------------------------------


def resend(client):
    return client.post(CODE, {"action": "resend"}, follow=True).content.decode()


def test_asking_again_within_the_minute_says_how_long_to_wait(client, device):
    assert "Ông/Bà vừa yêu cầu mã. Chờ 60 giây rồi nhấn lại." in resend(client)
    assert len(letters("otp")) == 1


def test_asking_again_repeats_the_living_code(client, device):
    code = newest_code()
    later(61)
    assert "Đã gửi lại mã. Nhập mã trong tin nhắn mới nhất." in resend(client)
    assert [sms.body[:6] for sms in letters("otp")] == [code, code]
    assert client.post(CODE, {"code": code}).url == PASSWORDS


def test_a_new_code_after_five_wrong_ones_opens_the_page(client, device):
    for _n in range(5):
        said(client, wrong())
    later(61)
    resend(client)
    assert client.post(CODE, {"code": newest_code()}).url == PASSWORDS


def test_the_sixth_sending_within_an_hour_is_refused_in_words(client, device):
    for _sending in range(4):
        later(61)
        resend(client)
    later(61)
    assert "Đã nhập sai hoặc yêu cầu nhiều lần. Thử lại sau 60 phút." in resend(client)
    assert len(letters("otp")) == 5


def test_the_sendings_of_one_address_have_an_end_whatever_the_numbers(client, settings):
    settings.OTP_SENDS_PER_ADDRESS = 3
    pages = [fill_in(Client(), phone=f"091234567{n}") for n in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 302, 200]
    assert len(letters("otp")) == 3


# --- Once, and for one thing -------------------------------------------------------------------


def test_a_code_works_once(client, device):
    code = newest_code()
    assert client.post(CODE, {"code": code}).url == PASSWORDS
    fill_in(client)
    assert SmsDevice.objects.exclude(pk=device.pk).get().token == newest_code()
    device.refresh_from_db()
    assert device.token is None


def test_a_code_for_one_purpose_opens_no_other(client, device):
    user = User.objects.get()
    other = SmsDevice.objects.create(user=user, purpose=SmsDevice.Purpose.RECOVERY, session=device.session, phone=device.phone, name="SMS")
    with transaction.atomic():
        held = Device.from_persistent_id(other.persistent_id, for_verify=True)
        assert held.verify_token(newest_code()) is False


def test_strangers_can_use_up_half_of_the_guesses_and_leave_the_owner_the_rest(settings):
    owner = make_citizen(phone="+84912345678")
    asked = SmsDevice.objects.create(user=owner, purpose=SmsDevice.Purpose.RECOVERY, session="x", phone=owner.phone, name="SMS")
    own = SmsDevice.objects.create(user=owner, purpose=SmsDevice.Purpose.SIGN_IN, session="y", phone=owner.phone, name="SMS")
    for _guess in range(30):
        if asked.verify_is_allowed()[1].get("error_message", "").startswith("Đã nhập sai nhiều lần"):
            break
        asked.verify_token("000000")
    assert throttle.used("otp-wrong", str(owner.pk)) == settings.OTP_WRONG_PER_HOUR // 2
    own.generate_challenge()
    assert own.verify_is_allowed() == (True, None)


@pytest.mark.django_db(transaction=True)
def test_forty_guesses_at_the_same_moment_count_as_forty(settings):
    settings.OTP_WRONG_PER_HOUR = 200
    browser = Client()
    fill_in(browser)
    code = newest_code()
    guesses = [f"{n:06d}" for n in range(41) if f"{n:06d}" != code][:40]

    def press(chunk):
        twin = Client()
        twin.cookies = browser.cookies.copy()
        return [twin.post(CODE, {"code": guess}).status_code for guess in chunk]

    answers = at_once(*[lambda chunk=guesses[n::8]: press(chunk) for n in range(8)])
    assert answers == [[200] * 5] * 8
    device = SmsDevice.objects.get()
    assert (device.tries, device.code_lives) == (5, False)
    counted = [throttle.used(scope, key) for scope, key, _most in device._hourly_caps()]
    assert counted == [40, 40, 40]
