import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import otp, phones
from accounts.models import SmsDevice, Subscriber, TrustedDevice, User
from accounts.otp import sms_device_for
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from accounts.tests.test_sessions import device
from portal.messaging.models import OutgoingMessage

OLD, NEW = "+84912345678", "+84987654321"

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return make_citizen(phone=OLD, phone_verified_at=timezone.now())


@pytest.fixture
def browser(client, owner):
    return proven(client, owner)


def proven(browser, user):
    browser.force_login(user)
    browser.post(reverse("accounts:prove"), {"current": PASSWORD})
    return browser


def ask(browser, phone="0987 654 321"):
    return browser.post(reverse("accounts:phone"), {"phone": phone})


def code_to(phone):
    return OutgoingMessage.objects.filter(kind="otp", recipient=phone).latest("pk").body.split()[0]


def type_code(browser, code):
    return browser.post(reverse("accounts:phone_code"), {"code": code})


def test_strangers_are_led_to_sign_in_and_owners_to_the_proof(client, owner):
    for name in ("phone", "phone_code"):
        page = reverse(f"accounts:{name}")
        assert Client().get(page).url == f"{reverse('account_login')}?next={page}"
    client.force_login(owner)
    for name in ("phone", "phone_code"):
        assert client.get(reverse(f"accounts:{name}")).url == reverse("accounts:prove")


def test_a_code_to_the_new_number_changes_it_and_the_old_one_is_told(browser, owner):
    device(owner)
    assert ask(browser).url == reverse("accounts:phone_code")
    owner.refresh_from_db()
    assert owner.phone == OLD
    assert type_code(browser, code_to(NEW)).url == reverse("accounts:profile")
    owner.refresh_from_db()
    assert (owner.phone, owner.phone_verified_at is not None) == (NEW, True)
    assert {letter.recipient for letter in letters("changed")} == {OLD, NEW, owner.email}
    assert not TrustedDevice.objects.exists()
    assert not SmsDevice.objects.exists()
    assert (User.objects.named(OLD), User.objects.named(NEW)) == (None, owner)


def test_a_code_opens_the_number_it_was_sent_to_and_no_other(browser, owner):
    ask(browser)
    code = code_to(NEW)
    ask(browser, "0356 789 012")
    assert type_code(browser, code).status_code == 200
    owner.refresh_from_db()
    assert owner.phone == OLD


def test_a_code_opens_nothing_in_another_session(browser, owner):
    ask(browser)
    elsewhere = proven(Client(), owner)
    assert type_code(elsewhere, code_to(NEW)).url == reverse("accounts:phone")
    owner.refresh_from_db()
    assert owner.phone == OLD


def test_a_number_of_another_account_is_told_to_whoever_holds_it_only(browser, owner):
    other = make_citizen("Trần Quang Minh", phone=NEW, phone_verified_at=timezone.now())
    assert ask(browser).url == reverse("accounts:phone_code")
    assert "tài khoản khác" not in browser.get(reverse("accounts:phone_code")).content.decode()
    assert "thuộc một tài khoản khác" in type_code(browser, code_to(NEW)).content.decode()
    owner.refresh_from_db()
    assert owner.phone == OLD
    assert User.objects.named(NEW) == other


def test_a_number_in_somebody_elses_name_is_refused(browser, owner):
    Subscriber.objects.create(phone=NEW, national_id="001099000001")
    response = ask(browser)
    assert "chính chủ" in response.context["form"].errors["phone"][0]
    assert not letters("otp")


def test_the_present_number_is_no_change(browser):
    assert ask(browser, "0912.345.678").context["form"].errors == {"phone": ["Tài khoản đang dùng số này."]}


def test_a_number_that_is_none_is_refused_in_words(browser):
    assert ask(browser, "0912 345 67").context["form"].errors == {
        "phone": ["Số vừa nhập có 9 chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."]
    }


def test_the_number_typed_at_sign_up_is_offered_and_proven(client):
    citizen = make_citizen(phone=OLD)
    proven(client, citizen)
    assert "0912 345 678" in client.get(reverse("accounts:phone")).content.decode()
    ask(client, OLD)
    type_code(client, code_to(OLD))
    citizen.refresh_from_db()
    assert citizen.phone_verified_at is not None
    assert [letter.recipient for letter in letters("changed") if letter.channel == "sms"] == [OLD]


def test_numbers_cannot_be_tried_for_ever(browser):
    answers = [ask(browser, f"09876543{n}").status_code for n in range(10, 21)]
    assert answers[-1] == 429


def test_without_a_number_there_is_no_code_to_type(browser):
    assert browser.get(reverse("accounts:phone_code")).url == reverse("accounts:phone")


def test_codes_on_their_way_to_the_old_number_end(owner, rf):
    request = rf.get("/")
    request.session = {}
    old = otp.device_for(request, owner, SmsDevice.Purpose.RECOVERY, OLD)
    old.generate_challenge()
    phones.change(owner, NEW)
    assert not SmsDevice.objects.filter(pk=old.pk).exists()


def test_an_account_frozen_meanwhile_changes_nothing(owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert phones.change(owner, NEW) is None
    owner.refresh_from_db()
    assert owner.phone == OLD


@pytest.mark.django_db(transaction=True)
def test_two_accounts_proving_one_number_at_once_are_one_and_a_page():
    lan, minh = make_citizen(), make_citizen("Trần Quang Minh")

    def change(user):
        try:
            return bool(phones.change(user, NEW))
        except phones.PhoneTaken:
            return "taken"

    assert sorted(map(str, at_once(lambda: change(lan), lambda: change(minh)))) == ["True", "taken"]
    assert User.objects.filter(phone=NEW, phone_verified_at__isnull=False).count() == 1


def test_an_official_cannot_make_a_second_factor_of_another_phone_with_the_password_alone(client):
    official = make_staff(phone="", phone_verified_at=None)
    proven(client, official)
    assert ask(client).url == reverse("accounts:profile")
    for name in ("phone", "phone_code"):
        assert client.get(reverse(f"accounts:{name}")).url == reverse("accounts:profile")
    page = client.get(reverse("accounts:profile")).content.decode()
    assert "Số điện thoại của cán bộ do người quản trị hệ thống đổi" in page
    assert reverse("accounts:phone") not in page
    assert not SmsDevice.objects.exists()
    assert sms_device_for(official) is None
