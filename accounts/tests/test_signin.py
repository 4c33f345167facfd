import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import signup, tries
from accounts.models import User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters, link_in, password_in
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from accounts.tests.test_signup import PERSON
from portal import throttle
from portal.circuit import client as redis_client

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra lại hoặc chọn “Quên mật khẩu”."
BLOCKED = "Đã nhập sai nhiều lần. Thử lại sau 15 phút hoặc chọn “Quên mật khẩu”."

pytestmark = pytest.mark.django_db


def sign_in(login, password=PASSWORD, client=None, **extra):
    return (client or Client()).post(reverse("account_login"), {"login": login, "password": password}, **extra)


def nothing_counted_yet():
    redis_client(settings.REDIS_URL).flushdb()


def refusal(response):
    return response.context["form"].non_field_errors()


# --- By which names ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["canho", "066192001234", "0661 9200 1234", "0912 345 678", "+84912345678", "84912345678", "h@example.com", " H@Example.COM "],
)
def test_each_name_of_an_account_signs_in(typed, settings):
    settings.SIGNIN_OTP = "off"
    user = make_citizen(
        username="canho",
        email="h@example.com",
        national_id="066192001234",
        phone="+84912345678",
        phone_verified_at=timezone.now(),
    )
    client = Client()
    assert sign_in(typed, client=client).url == reverse("dossiers:mine")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_phone_that_was_only_typed_signs_nobody_in(lan):
    assert refusal(sign_in(lan.phone)) == [WRONG]


def test_an_address_that_was_not_confirmed_signs_nobody_in(lan):
    lan.emailaddress_set.update(verified=False)
    assert refusal(sign_in(lan.email)) == [WRONG]


def test_nine_digits_may_be_an_old_card_or_a_phone_without_its_zero():
    old_card = make_citizen(national_id="912345678")
    assert User.objects.named("912345678") == old_card
    phone = make_citizen(phone="+84987654321", phone_verified_at=timezone.now())
    assert User.objects.named("987654321") == phone


def test_an_official_signs_in_here_without_any_right_in_the_admin(client, settings):
    settings.SIGNIN_OTP = "off"
    make_staff(username="canbo.hoa", is_superuser=True)
    assert sign_in("canbo.hoa", client=client).url == reverse("dossiers:mine")
    assert reverse("admin:login") in client.get(reverse("admin:index")).url


# --- What is refused ---------------------------------------------------------------------------


def test_an_empty_form_says_what_is_missing(client):
    response = client.post(reverse("account_login"), {})
    assert response.context["form"].errors == {"login": ["Nhập tên đăng nhập."], "password": ["Nhập mật khẩu."]}


def test_unknown_name_and_wrong_password_hear_the_same(lan):
    assert refusal(sign_in(lan.national_id, "sai rồi nhé")) == refusal(sign_in("066192999999", "sai rồi nhé")) == [WRONG]


def test_the_typed_name_stays_and_the_password_does_not(lan):
    page = sign_in(lan.national_id, "khôngphải").content.decode()
    assert lan.national_id in page
    assert "khôngphải" not in page


@pytest.mark.parametrize("known", [True, False])
def test_a_password_is_hashed_once_for_known_and_unknown_names(settings, monkeypatch, known):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    login = make_citizen().national_id if known else "066192999999"
    hashed = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    sign_in(login, "sai rồi nhé")
    assert hashed == [1]


def test_a_frozen_account_is_told_where_to_ask():
    lan = make_citizen(is_active=False)
    assert refusal(sign_in(lan.email)) == ["Tài khoản này đang tạm khóa. Gọi 1022 để được hướng dẫn."]
    assert refusal(sign_in(lan.email, "không biết")) == [WRONG]


def test_before_confirmation_no_sign_in_but_the_letter_again(client):
    signup.begin(email="lan@example.com", **PERSON)
    response = sign_in("lan@example.com", password_in(letters()[0]), client=client)
    assert refusal(response) == ["Tài khoản chưa được xác nhận. Mở thư vừa nhận và nhấn “Xác nhận đăng ký”, hoặc chọn “Gửi lại thư”."]
    assert "Gửi lại thư</button>" in response.content.decode()
    client.post(reverse("accounts:resend"))
    assert [letter.recipient for letter in letters()] == ["lan@example.com", "lan@example.com"]


def test_before_confirmation_a_stranger_hears_nothing_of_it():
    signup.begin(email="lan@example.com", **PERSON)
    response = sign_in("lan@example.com", "không biết")
    assert refusal(response) == [WRONG]
    assert "Gửi lại thư" not in response.content.decode()


def test_a_temporary_password_ends_after_a_day(client):
    signup.begin(email="lan@example.com", **PERSON)
    client.post(link_in(letters()[0]))
    User.objects.update(temporary_password_until=timezone.now() - timedelta(seconds=1))
    assert refusal(sign_in("lan@example.com", password_in(letters()[0]))) == [
        "Mật khẩu tạm đã hết hạn. Chọn “Quên mật khẩu” để đặt mật khẩu mới."
    ]


# --- The own password comes first --------------------------------------------------------------


@pytest.fixture
def newcomer(client):
    """Confirmed, and signed in as far as the temporary password reaches."""
    signup.begin(email="lan@example.com", **PERSON)
    client.post(link_in(letters()[0]))
    sign_in("lan@example.com", password_in(letters()[0]), client=client)
    return User.objects.get()


def choose(client, first, second=None):
    return client.post(reverse("accounts:choose_password"), {"password1": first, "password2": second or first})


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "", {"password1": ["Nhập mật khẩu."], "password2": ["Nhập lại mật khẩu."]}),
        ("ngắn", "ngắn", {"password1": ["Mật khẩu mới có 4 ký tự, cần ít nhất 8."]}),
        ("password1", "password1", {"password1": ["Mật khẩu này quá dễ đoán. Chọn mật khẩu khác."]}),
        ("066192001234", "066192001234", {"password1": ["Mật khẩu này quá dễ đoán. Chọn mật khẩu khác."]}),
        (PASSWORD, PASSWORD + "x", {"password2": ["Hai mật khẩu chưa giống nhau. Nhập lại ô thứ hai."]}),
    ],
)
def test_a_weak_or_different_password_is_refused_in_words(client, newcomer, first, second, said):
    response = client.post(reverse("accounts:choose_password"), {"password1": first, "password2": second})
    assert response.context["form"].errors == said
    assert "_auth_user_id" not in client.session


def test_the_temporary_password_is_not_taken_for_an_own_one(client, newcomer):
    response = choose(client, password_in(letters()[0]))
    assert response.context["form"].errors == {"password1": ["Đây là mật khẩu tạm. Chọn mật khẩu khác."]}


def test_a_lost_line_in_between_locks_nobody_out(client, newcomer):
    again = Client()
    sign_in("lan@example.com", password_in(letters()[0]), client=again)
    assert choose(again, PASSWORD).url == reverse("dossiers:mine")
    assert again.session["_auth_user_id"] == str(newcomer.pk)


def test_a_second_tab_cannot_choose_once_more(client, newcomer):
    again = Client()
    sign_in("lan@example.com", password_in(letters()[0]), client=again)
    choose(again, PASSWORD)
    assert choose(client, "Một mật khẩu khác 9").url == reverse("account_login")
    assert "_auth_user_id" not in client.session
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)


def test_without_a_temporary_password_the_page_leads_to_sign_in(client):
    assert client.get(reverse("accounts:choose_password")).url == reverse("account_login")


def test_a_newcomer_may_leave_for_another_account(client, newcomer):
    client.post(reverse("account_logout"))
    assert client.get(reverse("account_login")).status_code == 200


# --- Where to, and out again -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/tai-khoan/", "/tai-khoan/"),
        ("https://evil.example/", "/ho-so/"),
        ("//evil.example/", "/ho-so/"),
        ("javascript:alert(1)", "/ho-so/"),
    ],
)
def test_sign_in_leads_to_the_page_asked_for_within_the_portal(client, lan, asked, given):
    page = client.get(reverse("account_login"), {"next": asked}).content.decode()
    hidden = re.search(r'name="next" value="([^"]*)"', page)[1]
    data = {"login": lan.email, "password": PASSWORD, "next": hidden}
    assert client.post(reverse("account_login"), data).url == given


def test_the_session_key_changes_at_sign_in(client, lan):
    client.post(reverse("accounts:signup_email"), {"national_id": "066192000001"})
    before = client.session.session_key
    sign_in(lan.email, client=client)
    assert client.session.session_key != before


def test_sign_out_needs_a_press(client, lan):
    client.force_login(lan)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout")).url == reverse("home")
    assert "_auth_user_id" not in client.session


# --- Guessing ----------------------------------------------------------------------------------


def test_guesses_count_for_the_account_whichever_name_was_typed():
    """The sixth is not judged. It is answered like a wrong one: a stranger must not learn that these are one account's names."""
    make_citizen(username="canho", email="h@example.com", national_id="066192001234")
    for typed in ("canho", "h@example.com", "066192001234", "canho", "H@example.com"):
        assert refusal(sign_in(typed, "đoán")) == [WRONG]
    for typed in ("canho", "h@example.com", "066192001234"):
        assert refusal(sign_in(typed, PASSWORD)) == [WRONG]


@pytest.mark.parametrize(
    ("guessed", "then"),
    [
        ("066192001234", "0661 9200 1234"),
        ("066192001234", "0912345678"),
        ("066192001234", "h@example.com"),
        ("0912345678", "+84 912 345 678"),
        ("0912345678", "912345678"),
        ("h@example.com", "hé@example.com"),
        ("hé@example.com", "h@example.com"),
        ("0\u030166192001234", "066192001234"),
    ],
)
def test_no_second_name_or_spelling_tells_whether_there_is_an_account(guessed, then):
    def answers():
        nothing_counted_yet()
        return [refusal(sign_in(typed, "đoán")) for typed in [guessed] * 6 + [then] * 6]

    unknown = answers()
    make_citizen(
        username="canho", email="h@example.com", national_id="066192001234", phone="+84912345678", phone_verified_at=timezone.now()
    )
    assert answers() == unknown


def test_the_owners_right_password_frees_each_of_their_names():
    owner = make_citizen(national_id="066192001234", phone="+84912345678", phone_verified_at=timezone.now())
    for typed in (owner.email, owner.email, owner.national_id, "0912 345 678"):
        sign_in(typed, "đoán")
    sign_in(owner.national_id)
    counted = [throttle.used("sign-in-900", tries.key_of(None, name)) for name in (owner.email, owner.national_id, owner.phone)]
    assert counted == [0, 0, 0]


def test_guesses_at_an_unknown_name_are_held_up_like_those_at_a_known_one():
    for _guess in range(5):
        assert refusal(sign_in("066192999999", "đoán")) == [WRONG]
    assert refusal(sign_in("066192999999", "đoán")) == [BLOCKED]


def test_a_right_password_starts_the_count_anew(lan):
    for _round in range(3):
        for _guess in range(4):
            sign_in(lan.email, "đoán")
        assert sign_in(lan.email).status_code == 302


def test_each_round_of_guesses_waits_longer(lan, monkeypatch):
    monkeypatch.setattr(tries, "LADDER", ((5, 1), (10, 3600)))
    import time

    for _round in range(2):
        for _guess in range(5):
            assert refusal(sign_in(lan.email, "đoán")) == [WRONG]
        time.sleep(1.1)
    assert refusal(sign_in(lan.email)) == ["Đã nhập sai nhiều lần. Thử lại sau 60 phút hoặc chọn “Quên mật khẩu”."]


def test_one_address_guessing_at_many_accounts_is_held_up(monkeypatch, lan):
    monkeypatch.setattr(tries, "WRONG_PER_ADDRESS", (3, 900))
    for number in range(3):
        sign_in(f"06619200000{number}", "đoán")
    assert refusal(sign_in(lan.email)) == [BLOCKED]
    assert sign_in(lan.email, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_forty_wrong_guesses_never_lock_the_owner_out_of_recovery(lan):
    for number in range(40):
        sign_in(lan.email, f"đoán {number}", REMOTE_ADDR=f"198.51.100.{number}")
    assert refusal(sign_in(lan.email)) == [BLOCKED]
    browser = Client()
    browser.post(reverse("account_reset_password"), {"login": lan.email})
    form = browser.get(link_in(letters("reset")[0]), follow=True)
    new = "Một mật khẩu khác 9"
    browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(lan.email, new).url == reverse("dossiers:mine")


@pytest.mark.django_db(transaction=True)
def test_forty_guesses_at_once_are_five_judged(monkeypatch):
    lan = make_citizen()
    judged = []
    check = User.check_password
    monkeypatch.setattr(User, "check_password", lambda self, password: judged.append(1) or check(self, password))
    pages = at_once(*[lambda n=n: sign_in(lan.email, f"đoán {n}") for n in range(40)])
    assert len(judged) == 5
    said = [page.content.decode() for page in pages]
    assert [sum(WRONG in page for page in said), sum(BLOCKED in page for page in said)] == [5, 35]


# --- The page ----------------------------------------------------------------------------------


def test_the_national_door_stands_beside_ours_only_where_there_is_one(client, settings):
    settings.OIDC_ISSUER = ""
    assert "Cổng DVC Quốc gia" not in client.get(reverse("account_login")).content.decode()
    settings.OIDC_ISSUER = "https://issuer.example"
    page = client.get(reverse("account_login"), {"next": "/tai-khoan/?a=1&b=2"}).content.decode()
    assert "Đăng nhập Cổng DVC Quốc gia" in page
    assert "?next=%2Ftai-khoan%2F%3Fa%3D1%26b%3D2" in page


@pytest.mark.parametrize(("doors", "advice"), [(["mobile"], "điện thoại chính chủ"), (["email"], "hộp thư đang dùng"), ([], None)])
def test_the_page_says_what_a_sign_up_needs_where_one_is_possible(client, settings, doors, advice):
    settings.SIGNUP_DOORS = doors
    page = client.get(reverse("account_login")).content.decode()
    assert ("Chưa có tài khoản?" in page) is bool(doors)
    assert advice is None or advice in page


# --- Cost --------------------------------------------------------------------------------------


def test_the_sign_in_page_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(2):  # the savepoint around the view
        client.get(reverse("account_login"))
