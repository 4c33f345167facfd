import re
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import recovery, signup
from accounts.models import Recovery, SmsDevice, TrustedDevice, User
from accounts.tests.at_once import at_once
from accounts.tests.mail import FOOT, letters, link_in
from accounts.tests.make import PASSWORD, make_citizen
from accounts.tests.test_signin import sign_in
from accounts.tests.test_signup import PERSON
from portal import throttle

NEW = "Một mật khẩu khác 9"

pytestmark = pytest.mark.django_db


def ask(login, client=None):
    return (client or Client()).post(reverse("account_reset_password"), {"login": login, "by": "mail"})


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


def test_a_link_mailed_before_the_account_was_frozen_sets_no_password(lan):
    ask(lan.email)
    link = link_in(letters("reset")[0])
    User.objects.filter(pk=lan.pk).update(is_active=False)
    response = choose(link)
    assert response.context["form"].non_field_errors() == ["Đường dẫn này đã hết hạn hoặc đã dùng rồi."]
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


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


# --- By SMS ------------------------------------------------------------------------------------

PHONE = "+84912345678"
CODE_PAGE, PASSWORD_PAGE = "/quen-mat-khau/otp/", "/quen-mat-khau/mat-khau-moi/"


@pytest.fixture
def phoned(db):
    return make_citizen(phone=PHONE, phone_verified_at=timezone.now())


def ask_by_sms(client, login):
    return client.post(reverse("account_reset_password"), {"login": login, "by": "sms"})


def code():
    return letters("otp")[-1].body[:6]


def wrong():
    return "000000" if not letters("otp") or code() != "000000" else "111111"


def guess(client, typed):
    return client.post(CODE_PAGE, {"code": typed})


def set_password(client, password=NEW):
    return client.post(PASSWORD_PAGE, {"password1": password, "password2": password})


def later(seconds):
    """As if so much time had passed since everything."""
    for row in [*Recovery.objects.all(), *SmsDevice.objects.all()]:
        for name in ("sent_at", "valid_until", "wrong_at", "proven_at", "last_generated_timestamp", "throttling_failure_timestamp"):
            if getattr(row, name, None):
                setattr(row, name, getattr(row, name) - timedelta(seconds=seconds))
        row.save()


def said(response):
    """What a page says, without what is new on every page."""
    html = re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|Mã lỗi 429 ·\s+<span class="number">\S+</span>',
        "",
        response.content.decode(),
    )
    return response.status_code, response.headers.get("Location"), html


def test_a_forgotten_password_is_replaced_by_a_code(client, phoned):
    elsewhere = Client()
    elsewhere.force_login(phoned)
    TrustedDevice.objects.create(user=phoned, digest="x", expires_at=timezone.now() + timedelta(days=1))
    assert ask_by_sms(client, phoned.national_id).url == CODE_PAGE
    assert letters("otp")[0].body == (
        f"{code()} la ma xac nhan (OTP) de dat lai mat khau dich vu cong, het han sau 5 phut. Neu Ong/Ba khong yeu cau, xin bo qua tin nay."
    )
    assert guess(client, code()).url == PASSWORD_PAGE
    assert set_password(client).url == reverse("account_reset_password_from_key_done")
    phoned.refresh_from_db()
    assert phoned.check_password(NEW)
    assert elsewhere.get(reverse("accounts:contact")).status_code == 302, "other sessions end"
    assert not TrustedDevice.objects.exists(), "every browser is asked for a code again"
    assert [(letter.kind, letter.channel) for letter in letters()] == [("otp", "sms"), ("changed", "email"), ("changed", "sms")]


def test_the_page_of_the_code_shows_no_phone(client, phoned):
    ask_by_sms(client, phoned.email)
    html = client.get(CODE_PAGE).content.decode()
    assert "Nếu tài khoản này có số điện thoại đã xác minh, mã OTP đã được gửi tới số đó. Mã dùng trong 5 phút." in html
    assert "678" not in re.sub(r'value="[^"]*"|nonce="[^"]*"', "", html)


@pytest.mark.parametrize(
    ("login", "page"), [("lan@example.com", "account_reset_password_done"), ("066192000001", "accounts:recovery_code")]
)
def test_without_a_choice_the_name_decides_how_to_answer(client, login, page):
    assert client.post(reverse("account_reset_password"), {"login": login}).url == reverse(page)


def frozen():
    return make_citizen(phone=PHONE, phone_verified_at=timezone.now(), is_active=False).national_id


def typed_phone():
    return make_citizen(phone=PHONE).national_id


def pending():
    signup.begin(email="lan@example.com", **PERSON)
    return "lan@example.com"


def official():
    return make_citizen(phone=PHONE, phone_verified_at=timezone.now(), is_staff=True).username


def nobody():
    return "066192000099"


@pytest.mark.parametrize("make", [frozen, typed_phone, pending, official, nobody])
def test_no_sequence_of_answers_tells_who_has_an_account(phoned, make, time_machine):
    """The same presses with the name of an account and with one that gets no code are answered letter for letter alike."""
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)
    before = User.objects.get(pk=phoned.pk)
    User.objects.filter(pk=phoned.pk).update(phone="+84987654321")
    names = {"has": before.national_id, "has not": make()}
    answers = {name: [] for name in names}
    browsers = {name: Client() for name in names}
    now = timezone.now()

    def press(act, wait=0):
        nonlocal now
        now += timedelta(seconds=wait)
        time_machine.move_to(now, tick=False)
        for name, browser in browsers.items():
            answers[name].append(said(act(browser, names[name])))

    def again(browser, _name):
        return browser.post(CODE_PAGE, {"action": "resend"}, follow=True)

    def miss(browser, _name):
        return guess(browser, wrong())

    press(ask_by_sms)
    press(ask_by_sms)  # twice
    press(lambda browser, _name: browser.get(CODE_PAGE))
    press(again)  # too soon
    press(miss)
    press(miss)  # within the second
    for wait in (2, 3, 5, 9):
        press(miss, wait)
    press(miss, 20)  # used up
    press(again, 61)
    press(miss)
    press(again, 241)  # about to end: a new one
    press(miss, 2)
    press(miss, 301)  # ended
    for _sending in range(4):
        press(again, 61)
    press(miss)
    press(miss, 1)
    press(lambda browser, _name: browser.get(PASSWORD_PAGE, follow=True))
    press(ask_by_sms)
    assert answers["has"] == answers["has not"]
    assert {letter.recipient for letter in letters("otp")} == {"+84987654321"}
    everything = " ".join(html for _status, _url, html in answers["has"])
    for expected in (
        "Ông/Bà vừa yêu cầu mã.", "Còn 4 lần thử", "Chờ 1 giây rồi nhập lại mã", "Đã nhập sai 5 lần", "Mã đã hết hạn", "Đã gửi lại mã",
        "Thử lại sau", "Đã nhập sai nhiều lần. Thử lại sau một giờ.", "Chưa đặt được mật khẩu",
    ):  # fmt: skip
        assert expected in everything


def test_nobodys_work_leaves_no_row_behind(client, phoned):
    ask_by_sms(client, "066192000099")
    guess(client, "123456")
    assert not SmsDevice.objects.exists()
    assert not letters()
    assert Recovery.objects.get().tries == 1


def test_nobodys_codes_cost_the_province_nothing(client, settings):
    settings.SMS_DAILY_BUDGET = 1
    for name in ("066192000098", "066192000099"):
        assert ask_by_sms(client, name).status_code == 302
    make_citizen(phone=PHONE, phone_verified_at=timezone.now(), national_id="066192000100")
    ask_by_sms(client, "066192000100")
    assert len(letters("otp")) == 1


def test_with_the_budget_spent_all_names_are_told_alike(phoned, settings):
    settings.SMS_DAILY_BUDGET = 1
    ask_by_sms(Client(), phoned.national_id)
    assert [ask_by_sms(Client(), name).status_code for name in (phoned.national_id, "066192000099")] == [429, 429]


def test_five_sendings_an_hour_for_one_name_and_for_all_names_of_one_phone(phoned):
    for name in (phoned.national_id, "066192000099"):
        assert [ask_by_sms(Client(), name).status_code for _n in range(6)] == [302] * 5 + [429]
    assert ask_by_sms(Client(), phoned.phone).status_code == 302, "that both are one account is not told"
    assert len(letters("otp")) == 5


def test_twenty_sendings_an_hour_from_one_address(db):
    statuses = [ask_by_sms(Client(), f"0661920001{n:02}").status_code for n in range(21)]
    assert statuses == [302] * 20 + [429]


def test_a_code_opens_nothing_in_another_session(client, phoned):
    ask_by_sms(client, phoned.national_id)
    thief = Client()
    assert guess(thief, code()).url == reverse("account_reset_password")
    ask_by_sms(thief, phoned.national_id)
    mine, other = letters("otp")[0].body[:6], letters("otp")[1].body[:6]
    if mine != other:
        assert guess(thief, mine).status_code == 200
    assert guess(client, mine).url == PASSWORD_PAGE


def test_without_the_code_there_is_no_password_page(client, phoned):
    ask_by_sms(client, phoned.national_id)
    assert client.get(PASSWORD_PAGE).url == reverse("account_reset_password")
    assert set_password(client).url == reverse("account_reset_password")
    phoned.refresh_from_db()
    assert phoned.check_password(PASSWORD)


def test_wrong_codes_typed_by_strangers_leave_the_owner_the_way_in(phoned):
    for _session in range(3):
        stranger = Client()
        ask_by_sms(stranger, phoned.phone)
        for _guess in range(5):
            guess(stranger, wrong())
            later(17)
    sign_in_device = SmsDevice.objects.create(user=phoned, purpose=SmsDevice.Purpose.SIGN_IN, session="own", phone=phoned.phone)
    sign_in_device.generate_challenge()
    sign_in_device.refresh_from_db()
    assert sign_in_device.verify_token(sign_in_device.token) is True


def test_strangers_who_spell_one_name_in_many_ways_leave_the_owner_the_way_in(phoned):
    number = phoned.national_id
    for spelling in (
        number,
        f"{number[:4]} {number[4:]}",
        f"{number[:4]}.{number[4:]}",
        f"{number[:6]}-{number[6:]}",
        phoned.phone,
        "0912 345 678",
    ):
        stranger = Client()
        ask_by_sms(stranger, spelling)
        for _guess in range(5):
            guess(stranger, wrong())
            later(17)
    assert throttle.used("otp-wrong", str(phoned.pk)) == project.OTP_WRONG_PER_HOUR // 2
    own = SmsDevice.objects.create(user=phoned, purpose=SmsDevice.Purpose.SIGN_IN, session="own", phone=phoned.phone)
    own.generate_challenge()
    own.refresh_from_db()
    assert own.verify_token(own.token) is True


def test_the_right_lasts_a_quarter_of_an_hour(client, phoned):
    ask_by_sms(client, phoned.national_id)
    guess(client, code())
    later(60 * project.RECOVERY_MINUTES - 5)
    assert client.get(PASSWORD_PAGE).status_code == 200
    later(6)
    assert client.get(PASSWORD_PAGE).url == reverse("account_reset_password")


def test_the_right_is_used_once(client, phoned):
    ask_by_sms(client, phoned.national_id)
    guess(client, code())
    set_password(client)
    assert set_password(client, "Một mật khẩu thứ ba 1").url == reverse("account_reset_password")
    assert client.get(CODE_PAGE).url == reverse("account_reset_password")
    phoned.refresh_from_db()
    assert phoned.check_password(NEW)


@pytest.mark.parametrize("change", [{"is_active": False}, {"phone": "+84987654321"}, {"phone_verified_at": None}])
def test_the_right_ends_with_what_it_rests_on(client, phoned, change):
    ask_by_sms(client, phoned.national_id)
    guess(client, code())
    User.objects.filter(pk=phoned.pk).update(**change)
    assert client.get(PASSWORD_PAGE).url == reverse("account_reset_password")


def test_a_weak_password_is_refused_and_the_right_stays(client, phoned):
    ask_by_sms(client, phoned.national_id)
    guess(client, code())
    assert set_password(client, "ngắn").context["form"].errors == {"password1": ["Mật khẩu mới có 4 ký tự, cần ít nhất 8."]}
    assert set_password(client).status_code == 302


def test_a_code_ends_a_temporary_password_and_forgets_wrong_ones(client, phoned):
    phoned.temporary_password_until = timezone.now()
    phoned.save()
    for _guess in range(6):
        sign_in(phoned.email, "đoán")
    ask_by_sms(client, phoned.national_id)
    guess(client, code())
    set_password(client)
    phoned.refresh_from_db()
    assert phoned.temporary_password_until is None
    assert sign_in(phoned.email, NEW).status_code == 302


def test_old_ways_are_forgotten_with_their_devices(client, phoned):
    ask_by_sms(client, phoned.national_id)
    assert recovery.remove_old() == 0
    assert recovery.remove_old(at=timezone.now() + timedelta(days=1, minutes=1)) == 1
    assert not Recovery.objects.exists()
    assert not SmsDevice.objects.exists()


def _copies(client, count):
    """Several tabs of one browser."""
    tabs = [Client() for _n in range(count)]
    for tab in tabs:
        tab.cookies.update(client.cookies)
    return tabs


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_in_many_tabs_at_once_is_judged_right_once(monkeypatch):
    lan, client = make_citizen(phone=PHONE, phone_verified_at=timezone.now()), Client()
    ask_by_sms(client, lan.national_id)
    typed, right = code(), []
    judge = recovery._is_right

    def counted(device, guessed):
        answer = judge(device, guessed)
        right.append(answer)
        return answer

    monkeypatch.setattr(recovery, "_is_right", counted)
    pages = at_once(*[lambda tab=tab: guess(tab, typed) for tab in _copies(client, 4)])
    assert right.count(True) == 1
    assert PASSWORD_PAGE in [page.headers.get("Location") for page in pages]
    assert {page.status_code for page in pages} <= {200, 302}


@pytest.mark.django_db(transaction=True)
def test_one_right_used_in_many_tabs_at_once_sets_one_password():
    lan, client = make_citizen(phone=PHONE, phone_verified_at=timezone.now()), Client()
    ask_by_sms(client, lan.national_id)
    guess(client, code())
    tabs = _copies(client, 4)
    pages = at_once(*[lambda n=n: set_password(tabs[n], f"{NEW} lần {n}") for n in range(4)])
    assert sorted(page.url for page in pages) == [reverse("account_reset_password")] * 3 + [reverse("account_reset_password_from_key_done")]
    assert len(letters("changed")) == 2
    winner = [page.url for page in pages].index(reverse("account_reset_password_from_key_done"))
    lan.refresh_from_db()
    assert lan.check_password(f"{NEW} lần {winner}")


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_answered_alike_for_known_and_unknown():
    lan = make_citizen(phone=PHONE, phone_verified_at=timezone.now())
    answers = []
    for name in (lan.national_id, "066192000099"):
        client = Client()
        ask_by_sms(client, name)
        pages = at_once(*[lambda tab=tab: guess(tab, wrong()) for tab in _copies(client, 6)])
        answers.append(sorted(str(page.context["form"].errors["code"]) for page in pages))
        assert Recovery.objects.order_by("pk").last().tries == 1, "the others came within its second"
    assert answers[0] == answers[1]
