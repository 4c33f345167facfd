"""Every door of identity in both languages, from its first page to its last."""

import pytest
from captcha.models import CaptchaStore
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import disputes
from accounts.models import Dispute, User
from accounts.tests.disputes import CLAIMANT_PHONE, NUMBER, make_dispute, make_holder
from accounts.tests.issuer_peer import CLIENT_ID, CLIENT_SECRET, IssuerPeer
from accounts.tests.mail import letters, link_in
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from accounts.tests.test_sessions import device
from portal import captcha
from portal.circuit import client as redis_client
from portal.testing.papers import make_photo
from tests.language import check

pytestmark = pytest.mark.django_db

PHONE = "+84912345678"
CALLBACK = "/accounts/oidc/dvcqg/login/callback/"
OWN = {"password1": "river and hill 7", "password2": "river and hill 7"}
TYPED = {"full_name": "Lan Nie", "national_id": NUMBER, "birth_date": "12/03/1992", "phone": "0912 345 678", "consent": "on"}


@pytest.fixture(autouse=True)
def nothing_counted(settings):
    redis_client(project.REDIS_URL).flushdb()
    settings.SIGNUP_DOORS = ["email", "mobile", "sms"]


@pytest.fixture
def owner(db):
    return make_citizen("Lan Nie", phone=PHONE, phone_verified_at=timezone.now(), address="12 Akol Dhong")


@pytest.fixture
def browser(client, owner, language):
    """The owner, proven a moment ago."""
    client.force_login(owner)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    return client


@pytest.fixture
def peer(settings):
    peer = IssuerPeer()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = peer.url, CLIENT_ID, CLIENT_SECRET
    peer.person["HoVaTen"] = "Lan Nie"
    yield peer
    peer.close()


def code_to(phone):
    return [letter for letter in letters() if letter.recipient == phone and letter.body[:6].isdigit()][-1].body[:6]


def path(response):
    return response.request["PATH_INFO"]


def page(name):
    return reverse(f"accounts:{name}")


def codes_typed(client, address):
    """A code page with each of its refusals, and with the code sent once more."""
    guesses = [client.post(address, {"code": guess}) for guess in ("", "12", "abc", "000000", "000000")]
    return [client.get(address), *guesses, client.post(address, {"action": "resend"}, follow=True)]


@pytest.mark.parametrize("vneid", ["", "vneid"])
@pytest.mark.parametrize(
    "name",
    ["home", "guide", "questions", "privacy", "cookies", "account_login", "account_reset_password"]
    + [f"accounts:{name}" for name in ("signup", "signup_email", "signup_mobile", "signup_sms", "national", "dispute", "claim")],
)
def test_with_every_door_open(client, language, settings, name, vneid):
    settings.OIDC_ISSUER, settings.OIDC_VNEID_IDP = "https://id.example", vneid
    check(language, client.get(reverse(name)))


@pytest.mark.parametrize("doors", [[], ["email"], ["mobile"], ["sms"]])
def test_with_few_doors_open(client, language, settings, doors):
    settings.SIGNUP_DOORS = doors
    check(language, *(client.get(reverse(name)) for name in ("home", "guide", "questions", "account_login", "accounts:signup")))


# --- By mobile ---------------------------------------------------------------------------------


def test_what_the_mobile_door_refuses(client, language, settings):
    settings.SUBSCRIBER_UNKNOWN = "refuse"
    wrong = {"full_name": "L4n", "phone": "123", "national_id": "1", "birth_date": "31/02/1990", "email": "x"}
    check(language, *(client.post(page("signup_mobile"), data) for data in ({}, wrong, TYPED, TYPED | {"birth_date": "12/03/2022"})))


def test_the_mobile_door_up_to_the_code(client, language):
    asked = client.post(page("signup_mobile"), TYPED, follow=True)
    assert path(asked) == page("signup_mobile_code")
    check(language, asked, *codes_typed(client, path(asked)), client.get(page("signup_mobile")))


def test_the_mobile_door_to_its_end(client, language):
    client.post(page("signup_mobile"), TYPED)
    proven = client.post(page("signup_mobile_code"), {"code": code_to(PHONE)}, follow=True)
    short = client.post(page("signup_mobile_password"), {"password1": "a", "password2": "b"})
    done = client.post(page("signup_mobile_password"), OWN, follow=True)
    check(language, proven, short, done)
    assert [path(proven), path(done)] == [page("signup_mobile_password"), page("signup_done")]


@pytest.mark.parametrize("taken", [{"national_id": NUMBER}, {"phone": PHONE, "phone_verified_at": timezone.now()}])
def test_the_mobile_door_where_a_number_was_taken_meanwhile(client, language, taken):
    client.post(page("signup_mobile"), TYPED)
    client.post(page("signup_mobile_code"), {"code": code_to(PHONE)})
    make_citizen("Minh", **taken)
    check(language, client.post(page("signup_mobile_password"), OWN))
    assert not User.objects.filter(full_name="Lan Nie", activated_at__isnull=False).exists()


# --- Sign in, and forget the password ----------------------------------------------------------


def test_the_code_at_sign_in(client, language, owner, settings):
    settings.SIGNIN_OTP = "new-device"
    asked = client.post(reverse("account_login"), {"login": owner.national_id, "password": PASSWORD}, follow=True)
    assert path(asked) == page("sign_in_code")
    check(language, asked, *codes_typed(client, path(asked)))


def test_signing_in_too_often(client, language, owner):
    tries = [client.post(reverse("account_login"), {"login": owner.national_id, "password": "x"}) for _try in range(12)]
    check(language, *tries)


def test_the_way_back_by_sms(client, language, owner):
    ask = reverse("account_reset_password")
    asked = client.post(ask, {"login": "0912 345 678", "by": "sms"}, follow=True)
    assert path(asked) == page("recovery_code")
    check(language, client.post(ask, {}), client.post(ask, {"login": "x", "by": "x"}), asked, *codes_typed(client, path(asked)))


def test_the_way_back_by_sms_to_its_end(client, language, owner):
    client.post(reverse("account_reset_password"), {"login": "0912 345 678", "by": "sms"})
    proven = client.post(page("recovery_code"), {"code": code_to(PHONE)}, follow=True)
    assert path(proven) == page("recovery_password")
    check(language, proven, client.post(path(proven), {}), client.post(path(proven), OWN, follow=True))


# --- The national portal -----------------------------------------------------------------------


def come_back(client, peer, language, **changes):
    # The address that the issuer sends back to has no language, and would leave its own to what comes after it.
    with translation.override(language):
        asked = client.post(page("national"))
    return client.get(CALLBACK, peer.sign_in(asked.url, **changes), follow=True)


def test_the_national_door(client, language, peer):
    check(language, come_back(client, peer, language), client.get(page("profile")), client.get(page("phone"), follow=True))


def test_the_national_door_where_the_account_was_there(client, language, peer):
    make_citizen("Lan Nie B", national_id=NUMBER, address="12 Akol Dhong")
    check(language, come_back(client, peer, language))


@pytest.mark.parametrize(
    "facts",
    [
        {"SoDinhDanh": None},
        {"LoaiTaiKhoan": "2"},
        {"NgayThangNamSinh": "20220312", "SoDinhDanh": "066322001234"},
        {"NgayThangNamSinh": "x"},
    ],
)
def test_what_the_national_door_refuses(client, language, peer, facts):
    peer.in_token = peer.in_userinfo = facts
    check(language, come_back(client, peer, language))
    assert not User.objects.exists()


def test_the_national_door_when_something_goes_wrong(client, language, peer):
    make_citizen("Lan Nie", national_id=NUMBER, is_active=False)
    pages = [come_back(client, peer, language)]
    pages.append(come_back(client, peer, language, code=None, error="access_denied"))
    pages.append(come_back(client, peer, language, state="other"))
    peer.in_token = {"aud": "somebody"}
    pages.append(come_back(client, peer, language))
    peer.instead = {"token": (503, {})}
    pages.append(come_back(client, peer, language))
    check(language, *pages)


# --- Disputes ----------------------------------------------------------------------------------


def photo():
    return SimpleUploadedFile("front.jpg", make_photo(400, 300), content_type="image/jpeg")


def claim(**changes):
    key = captcha.new_key()
    answer = {"captcha_0": key, "captcha_1": CaptchaStore.objects.get(hashkey=key).response}
    return TYPED | answer | {"phone": "0987 654 321", "statement": "Khong phai toi", "front": photo(), "back": photo()} | changes


def test_a_dispute_from_the_form_to_its_code(client, language):
    make_holder()
    form = page("dispute")
    pages = [
        client.post(form, {}),
        client.post(form, claim(front=SimpleUploadedFile("a.jpg", b"MZ"), captcha_1="0", email="x", statement="x" * 600)),
        client.post(form, claim(national_id="066192009999")),
    ]
    asked = client.post(form, claim(), follow=True)
    assert path(asked) == page("dispute_code")
    pages += [asked, *codes_typed(client, path(asked)), client.get(form)]
    check(language, *pages)


def test_a_dispute_is_sent(client, language):
    make_holder()
    client.post(page("dispute"), claim())
    sent = client.post(page("dispute_code"), {"code": code_to(CLAIMANT_PHONE)}, follow=True)
    assert path(sent) == page("dispute_sent")
    check(language, sent)


def outcome(client, dispute):
    client.post(page("claim"), {"code": dispute.code, "national_id": dispute.national_id})
    asked = client.get(page("claim_code"))
    return [asked, client.post(page("claim_code"), {"code": code_to(dispute.phone)}, follow=True)]


def test_asking_for_the_outcome_of_a_dispute(client, language):
    wrong = ({}, {"code": "x", "national_id": "1"}, {"code": "KN-261118-9999", "national_id": NUMBER})
    check(language, *(client.post(page("claim"), data) for data in wrong))


@pytest.mark.parametrize("decided", ["waiting", "refused", "accepted", "late"])
def test_the_outcome_of_a_dispute(client, language, decided):
    dispute = make_dispute(full_name="Lan Nie")
    boss = make_staff("Hoa", is_superuser=True)
    if decided == "refused":
        disputes.refuse(dispute, by=boss, reason="Anh mo, khong doc duoc.")
    elif decided != "waiting":
        disputes.accept(dispute, by=boss, reason="Anh khop voi giay.")
    if decided == "late":
        Dispute.objects.update(claim_by=timezone.localdate() - timezone.timedelta(days=1))
    pages = outcome(client, dispute)
    assert path(pages[-1]) == page("claim_password")
    if decided == "accepted":
        pages += [client.post(page("claim_password"), {"password1": "a"}), client.post(page("claim_password"), OWN, follow=True)]
        pages.append(Client().post(reverse("account_login"), {"login": NUMBER, "password": PASSWORD}))
    check(language, *pages)


# --- The account -------------------------------------------------------------------------------


def test_the_pages_of_an_account(browser, language, owner):
    device(owner, digest="b")
    names = ("profile", "phone", "email", "sessions", "my_data", "close", "change_password", "contact")
    check(language, *(browser.get(page(name)) for name in names))


def test_the_proof_of_the_owner(client, language, owner):
    client.force_login(owner)
    pages = [client.get(page("email"), follow=True), client.post(page("prove"), {"current": "x"})]
    owner.set_unusable_password()
    owner.save()
    client.force_login(owner)
    pages += [client.get(page("prove")), client.post(page("prove"), follow=True), client.post(page("prove_code"), {"code": "000000"})]
    check(language, *pages)


def test_another_phone(browser, language):
    pages = [browser.post(page("phone"), {"phone": typed}) for typed in ("", "12", "0912 345 678")]
    pages.append(browser.post(page("phone"), {"phone": "0987 654 321"}, follow=True))
    pages.append(browser.post(page("phone_code"), {"code": code_to(CLAIMANT_PHONE)}, follow=True))
    make_citizen("Minh", phone="+84905111222", phone_verified_at=timezone.now())
    browser.post(page("prove"), {"current": PASSWORD})
    browser.post(page("phone"), {"phone": "0905 111 222"})
    pages.append(browser.post(page("phone_code"), {"code": code_to("+84905111222")}))
    check(language, *pages)


def test_another_address(browser, language, owner):
    pages = [browser.post(page("email"), {"email": typed}) for typed in ("", "x", owner.email)]
    pages.append(browser.post(page("email"), {"email": "new@example.com"}, follow=True))
    link = link_in(letters("confirm_address")[-1])
    pages += [browser.get(link), browser.post(link), browser.get(link)]
    browser.post(page("email"), {"email": "taken@example.com"})
    link = link_in(letters("confirm_address")[-1])
    make_citizen("Minh", email="taken@example.com")
    pages += [browser.post(link), browser.post(page("email"), {"action": "drop"}, follow=True)]
    check(language, *pages)


def test_sessions_end_and_devices_are_forgotten(browser, language, owner):
    kept = device(owner, digest="b")
    pages = [browser.post(reverse("accounts:forget_device", args=[kept.pk]), follow=True)]
    pages += [browser.post(page(name), follow=True) for name in ("end_other_sessions", "end_all_sessions")]
    check(language, *pages)


def test_closing_an_account(browser, language):
    pages = [browser.post(page("close"), follow=True), browser.get(page("profile"))]
    pages.append(browser.post(page("close"), {"action": "withdraw"}, follow=True))
    check(language, *pages)
