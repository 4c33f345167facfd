import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import recovery, signup
from accounts.tests.at_once import at_once
from accounts.tests.mail import FOOT, letters, link_in
from accounts.tests.make import PASSWORD, make_citizen
from accounts.tests.test_signin import sign_in
from accounts.tests.test_signup import PERSON

NEW = "Một mật khẩu khác 9"

pytestmark = pytest.mark.django_db


def ask(login, client=None):
    return (client or Client()).post(reverse("account_reset_password"), {"login": login})


def choose(link, password=NEW, client=None):
    client = client or Client()
    form = client.get(link).url
    return client.post(form, {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_a_mailed_link(client, lan):
    elsewhere = Client()
    elsewhere.force_login(lan)
    assert ask(lan.national_id).url == reverse("account_reset_password_done")
    response = choose(link_in(letters()[0]), client=client)
    assert response.url == reverse("account_reset_password_from_key_done")
    assert "Đã đặt lại mật khẩu" in client.get(response.url).content.decode()
    assert sign_in(lan.email, PASSWORD).status_code == 200
    assert sign_in(lan.email, NEW).status_code == 302
    assert elsewhere.get(reverse("accounts:contact")).status_code == 302, "other sessions end"
    assert [letter.kind for letter in letters()] == ["reset", "changed"]


def test_the_letter_carries_the_link_and_nothing_of_the_account(lan):
    ask(lan.email)
    letter = letters()[0]
    assert letter.subject == "Đặt lại mật khẩu dịch vụ công"
    assert letter.body == (
        f"""Kính gửi Ông/Bà H’Lan Niê,

Nhấn “Đặt lại mật khẩu” trong 30 phút. Đường dẫn dùng một lần.
“Đặt lại mật khẩu”:
https://motcua.example{link_in(letter)}

Nếu không yêu cầu, Ông/Bà bỏ qua thư này, mật khẩu không đổi.
"""
        + FOOT
    )
    assert (letter.recipient, letter.secret) == (lan.email, True)


def test_the_owner_is_told_of_the_change_by_mail_and_on_a_proven_phone(time_machine):
    time_machine.move_to("2026-11-18T02:15:00Z", tick=False)
    lan = make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    ask(lan.email)
    choose(link_in(letters()[0]))
    mail, sms = letters("changed")
    assert mail.subject == "Thông tin tài khoản vừa được thay đổi"
    assert mail.body == (
        """Kính gửi Ông/Bà H’Lan Niê,

Mật khẩu vừa được đổi lúc 9 giờ 15 ngày 18/11/2026.

Nếu không phải Ông/Bà, gọi ngay 1022.
"""
        + FOOT
    )
    assert (sms.recipient, sms.body) == (
        "+84912345678",
        "Mat khau dich vu cong vua duoc doi luc 09:15 ngay 18/11/2026. Neu khong phai Ong/Ba doi, goi ngay 1022.",
    )


def test_an_unknown_name_gets_the_same_answer_and_nobody_a_letter(client, lan):
    known, unknown = ask(lan.email), ask("nobody@example.com")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.recipient for letter in letters()] == [lan.email]


def test_an_unknown_name_costs_the_same_work(lan, monkeypatch):
    written = []
    post = recovery.notices.outbox.post
    monkeypatch.setattr(recovery.notices.outbox, "post", lambda **fields: written.append(fields["template"]) or post(**fields))
    ask("nobody@example.com")
    assert written == ["accounts/reset"]
    assert not letters()


def test_a_typed_phone_or_unconfirmed_address_recovers_nothing(lan):
    lan.emailaddress_set.update(verified=False)
    ask(lan.email)
    ask(lan.phone)
    ask(lan.national_id)
    assert not letters()


def test_a_pending_sign_up_gets_its_letter_again():
    signup.begin(email="lan@example.com", **PERSON)
    ask("lan@example.com")
    assert [letter.kind for letter in letters()] == ["confirm", "confirm"]


def test_a_frozen_account_gets_no_link():
    lan = make_citizen(is_active=False)
    ask(lan.email)
    assert not letters()


def test_recovery_opens_the_door_that_guesses_had_shut(lan):
    for _guess in range(6):
        sign_in(lan.email, "đoán")
    ask(lan.email)
    choose(link_in(letters()[0]))
    assert sign_in(lan.email, NEW).status_code == 302


def test_recovery_ends_a_temporary_password():
    lan = make_citizen(temporary_password_until=timezone.now())
    ask(lan.email)
    choose(link_in(letters()[0]))
    assert sign_in(lan.email, NEW).url == reverse("dossiers:mine")


def test_a_used_link_is_dead(lan):
    ask(lan.email)
    link = link_in(letters()[0])
    choose(link)
    page = Client().get(link).content.decode()
    assert "Đường dẫn này đã hết hạn hoặc đã dùng rồi" in page
    assert "Gửi lại đường dẫn" in page


def test_a_link_lives_half_an_hour(lan, time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)
    ask(lan.email)
    link = link_in(letters()[0])
    time_machine.move_to("2026-11-18T02:30:00Z", tick=False)
    assert Client().get(link).status_code == 302
    time_machine.move_to("2026-11-18T02:30:02Z", tick=False)
    assert "Đường dẫn này đã hết hạn" in Client().get(link).content.decode()


def test_weak_and_different_passwords_are_refused_behind_the_link_too(client, lan):
    ask(lan.email)
    form = client.get(link_in(letters()[0])).url
    response = client.post(form, {"password1": "ngắn", "password2": "ngắn"})
    assert response.context["form"].errors == {"password1": ["Mật khẩu mới có 4 ký tự, cần ít nhất 8."]}


def test_links_to_one_account_are_counted_alike_for_known_and_unknown(lan):
    for name in (lan.email, "nobody@example.com"):
        assert [ask(name).status_code for _n in range(6)] == [302, 302, 302, 302, 302, 429]


@pytest.mark.django_db(transaction=True)
def test_one_link_used_twice_at_once_sets_one_password():
    lan = make_citizen()
    ask(lan.email)
    link = link_in(letters()[0])
    browsers = [Client() for _n in range(4)]
    forms = [browser.get(link).url for browser in browsers]

    def press(number):
        password = f"{NEW} lần {number}"
        return browsers[number].post(forms[number], {"password1": password, "password2": password})

    pages = at_once(*[lambda n=n: press(n) for n in range(4)])
    assert sorted(page.status_code for page in pages) == [200, 200, 200, 302]
    assert len(letters("changed")) == 1


def test_two_names_asked_for_in_turn_do_not_tell_that_they_are_one_account(lan, settings):
    settings.MAIL_SENDS_PER_HOUR = 2
    assert [ask(lan.email).status_code for _ in range(2)] == [302, 302]
    assert ask(lan.national_id).status_code == 302
    assert len(letters("reset")) == 2
    assert ask(lan.email).status_code == 429
