from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import closing, emails
from accounts.models import ClosingRequest, SmsDevice, User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from accounts.tests.test_sessions import device
from portal.messaging import delivery, inbound, retention
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import IncomingPart, OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms

State = ClosingRequest.State
PHONE = "+84912345678"

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return make_citizen(phone=PHONE, phone_verified_at=timezone.now())


@pytest.fixture
def boss(db):
    return make_staff(is_superuser=True)


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    return client


def page():
    return reverse("accounts:close")


def states():
    return list(ClosingRequest.objects.order_by("pk").values_list("state", flat=True))


def test_strangers_are_led_to_sign_in_and_owners_to_the_proof(client, owner):
    assert Client().get(page()).url == f"{reverse('account_login')}?next={page()}"
    client.force_login(owner)
    assert client.post(page()).url == reverse("accounts:prove")
    assert states() == []


def test_the_page_says_what_goes_what_stays_and_by_which_law(browser):
    text = browser.get(page()).content.decode()
    for said in ("Sẽ bị xóa", "Luật Lưu trữ số 33/2024/QH15", "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15", "20 ngày"):
        assert said in text


def test_the_owner_asks_and_is_told_on_all_channels(browser, owner):
    assert browser.post(page()).url == page()
    request = ClosingRequest.objects.get()
    assert (request.user, request.answer_by) == (owner, timezone.localdate() + timedelta(days=20))
    assert {letter.recipient for letter in letters("closing_asked")} == {owner.email, PHONE}
    assert "Rút lại yêu cầu" in browser.get(page()).content.decode()


def test_the_request_is_taken_back_without_another_proof(client, owner):
    closing.ask(owner)
    client.force_login(owner)
    assert client.post(page(), {"action": "withdraw"}).url == page()
    assert states() == [State.WITHDRAWN]
    closing.ask(owner)
    assert states() == [State.WITHDRAWN, State.WAITING]


def test_an_official_does_not_delete_the_own_account(client, boss):
    client.force_login(boss)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    assert client.post(page()).url == reverse("accounts:profile")
    assert states() == []


def test_asked_twice_is_one_request_and_one_message(owner):
    assert closing.ask(owner) == closing.ask(owner)
    assert len(letters("closing_asked")) == 2  # one by mail, one by SMS


def test_nothing_of_the_person_stays_in_the_account(owner, boss):
    number, email = owner.national_id, owner.email
    browser = Client()
    browser.force_login(owner)
    device(owner)
    emails.ask_to_confirm(owner, "khac@example.com")
    owner.socialaccount_set.create(provider="dvcqg", uid="1")
    SmsDevice.objects.create(user=owner, phone=PHONE, name="SMS")
    closing.close(closing.ask(owner), by=boss)
    kept = User.objects.get(pk=owner.pk)
    assert (kept.full_name, kept.national_id, kept.email, kept.phone, kept.address, kept.birth_date) == (
        "Tài khoản đã xóa",
        "",
        "",
        "",
        "",
        None,
    )
    assert (kept.is_active, kept.has_usable_password(), kept.phone_verified_at) == (False, False, None)
    for trace in (number, email, PHONE, "niê", "nie"):
        assert trace not in kept.username + kept.search_text
    for rows in (EmailAddress, SmsDevice, UserSession):
        assert not rows.objects.filter(user=owner).exists()
    assert not owner.trusted_devices.exists()
    assert not owner.socialaccount_set.exists()
    assert browser.get(reverse("accounts:profile")).status_code == 302
    assert states() == [State.DONE]
    assert {letter.recipient for letter in letters("closed")} == {email, PHONE}


def test_the_person_may_register_again(owner, boss):
    number, email = owner.national_id, owner.email
    closing.close(closing.ask(owner), by=boss)
    again = make_citizen(national_id=number, username=email, email=email, phone=PHONE, phone_verified_at=timezone.now())
    assert User.objects.named(number) == again
    assert User.objects.named(email) == again


def test_a_decided_or_withdrawn_request_is_not_decided_again(owner, boss):
    request = closing.ask(owner)
    closing.withdraw(owner)
    for decide in (lambda: closing.close(request, by=boss), lambda: closing.refuse(request, by=boss, reason="Không")):
        with pytest.raises(closing.NotPossible):
            decide()
    owner.refresh_from_db()
    assert owner.is_active


def test_a_refused_request_leaves_the_account_and_tells_why(browser, owner, boss):
    closing.refuse(closing.ask(owner), by=boss, reason="Hồ sơ đất đai đang chờ bổ sung.")
    owner.refresh_from_db()
    assert owner.is_active
    assert "Hồ sơ đất đai đang chờ bổ sung." in browser.get(page()).content.decode()
    mail = next(letter for letter in letters("closing_refused") if letter.channel == "email")
    assert "Hồ sơ đất đai đang chờ bổ sung." in mail.body


@pytest.mark.django_db(transaction=True)
def test_asked_twice_at_once_is_one_request():
    owner = make_citizen()
    at_once(*[lambda: closing.ask(owner)] * 2)
    assert states() == [State.WAITING]


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_closed_at_once_is_either():
    owner, boss = make_citizen(), make_staff(is_superuser=True)
    request = closing.ask(owner)

    def close():
        try:
            closing.close(request, by=boss)
        except closing.NotPossible:
            return False
        return True

    closed, withdrawn = at_once(close, lambda: closing.withdraw(owner))
    owner.refresh_from_db()
    assert closed is not withdrawn
    assert owner.is_active is withdrawn


# --- Messages ------------------------------------------------------------------------------------


def everything_messaging_knows():
    """All rows of all tables of this room as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        found = []
        for model in apps.get_app_config("messaging").get_models():
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t")
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_after_an_account_is_closed_nothing_says_where_its_owner_was_reached(owner, boss, settings, monkeypatch):
    monkeypatch.setattr(MemoryGateway, "sent", [])
    settings.SMS_COMMANDS, earlier, email = {}, "lan.cu@example.com", owner.email
    make_sms(recipient=PHONE, state="sent", sent_at=timezone.now(), body="Chao H'Lan")
    make_letter(recipient=email, state="failed", failed_at=timezone.now(), body="Kính gửi H’Lan Niê", last_error="550 no H’Lan here")
    make_letter(recipient=earlier, about=f"account:{owner.pk}", state="expired", failed_at=timezone.now())
    inbound.answer(inbound.store("id-1", PHONE, "xin chao"))
    inbound.store("id-2", PHONE, "con nua")
    IncomingPart.objects.create(provider_id="id-3", sender=PHONE, reference=1, total=2, number=1, joined_at=timezone.now())
    make_letter(recipient=email, kind="dossier.ready", about="dossier:9", body="Kính gửi H’Lan Niê")
    stranger = make_letter(recipient="minh@example.com", state="sent", sent_at=timezone.now())

    closing.close(closing.ask(owner), by=boss)
    waiting = OutgoingMessage.objects.filter(state="waiting")
    kinds = sorted(waiting.values_list("kind", flat=True))
    assert kinds == ["closed"] * 2 + ["closing_asked"] * 2 + ["dossier.ready", "sms_help"]
    assert not OutgoingMessage.objects.exclude(state="waiting").filter(recipient__in=[PHONE, email, earlier]).exists()

    delivery.deliver_due()
    assert any("Tai khoan dich vu cong cua Ong/Ba da duoc xoa" in sms["text"] for sms in MemoryGateway.sent)
    inbound.answer_forgotten()
    delivery.deliver_due()
    retention.forget_old(at=timezone.now() + timedelta(days=settings.MESSAGE_TEXT_DAYS + 1))
    left = everything_messaging_knows()
    for trace in (PHONE, PHONE.removeprefix("+84"), email, earlier, "Lan", "Niê"):
        assert trace not in left
    stranger.refresh_from_db()
    assert stranger.recipient == "minh@example.com"


def test_what_was_sent_to_an_address_only_typed_is_somebody_elses_and_stays(owner, boss):
    owner.phone_verified_at = None
    owner.save()
    theirs = make_sms(recipient=PHONE, state="sent", sent_at=timezone.now())
    mine = make_sms(recipient=PHONE, state="sent", sent_at=timezone.now(), kind="otp", about=f"account:{owner.pk}")
    closing.close(closing.ask(owner), by=boss)
    assert [OutgoingMessage.objects.get(pk=row.pk).recipient for row in (theirs, mine)] == [PHONE, f"xoa:{mine.pk}"]
