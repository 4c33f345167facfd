import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import closing, emails
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen

NEW = "Một mật khẩu khác 9"

pytestmark = pytest.mark.django_db


def panel(user):
    return {"title": f"Của {user.full_name}", "template": "includes/notice.html", "context": {"kind": "info", "text": "Chưa có"}}


@pytest.fixture(autouse=True)
def panels(settings):
    settings.ACCOUNT_PANELS = [f"{__name__}.panel"]


@pytest.fixture
def browser(client, lan):
    client.force_login(lan)
    return client


def test_a_stranger_is_led_to_sign_in(client):
    for name in ("profile", "contact", "change_password"):
        page = reverse(f"accounts:{name}")
        assert client.get(page).url == f"{reverse('account_login')}?next={page}"


def test_the_page_shows_the_owner_with_the_number_masked(browser, lan):
    page = browser.get(reverse("accounts:profile")).content.decode()
    assert "H’Lan Niê" in page
    assert lan.national_id not in page
    assert f"{lan.national_id[:4]} **** {lan.national_id[-4:]}" in page
    assert "chưa xác minh" in page


def test_the_page_leads_to_everything_the_owner_may_do(browser):
    page = browser.get(reverse("accounts:profile")).content.decode()
    for name in ("contact", "phone", "email", "change_password", "sessions", "my_data", "close"):
        assert f'href="{reverse(f"accounts:{name}")}"' in page


def test_what_waits_is_told(browser, lan):
    emails.ask_to_confirm(lan, "moi@example.com")
    closing.ask(lan)
    page = browser.get(reverse("accounts:profile")).content.decode()
    assert "moi@example.com" in page
    assert "Đang chờ xóa tài khoản" in page


def test_panels_of_other_rooms_are_drawn_by_their_names_in_settings(browser):
    page = browser.get(reverse("accounts:profile")).content.decode()
    assert "Của H’Lan Niê" in page
    assert "Chưa có" in page


def test_a_missing_panel_is_an_error_not_a_gap(browser, settings):
    settings.ACCOUNT_PANELS = ["accounts.nothing.here"]
    with pytest.raises(ImportError):
        browser.get(reverse("accounts:profile"))


def test_the_page_costs_the_owner_alone(browser, django_assert_num_queries):
    with django_assert_num_queries(6):  # session, user, what waits for an answer, and the savepoint around the view
        browser.get(reverse("accounts:profile"))


def test_the_address_is_changed_and_the_phone_is_not_changed_with_it(browser, lan):
    response = browser.post(reverse("accounts:contact"), {"phone": "0987 654 321", "address": "Buôn Akŏ Dhông"})
    assert response.url == reverse("accounts:profile")
    phone = lan.phone
    lan.refresh_from_db()
    assert (lan.phone, lan.address) == (phone, "Buôn Akŏ Dhông")
    assert not letters()


def test_name_number_and_birth_date_cannot_be_changed_by_hidden_fields(browser, lan):
    browser.post(
        reverse("accounts:contact"),
        {"phone": "", "address": "", "full_name": "Kẻ khác", "national_id": "066192009999", "is_staff": "on", "email": "x@example.com"},
    )
    before = (lan.full_name, lan.national_id, lan.email, lan.is_staff)
    lan.refresh_from_db()
    assert (lan.full_name, lan.national_id, lan.email, lan.is_staff) == before


def test_an_account_without_a_password_sets_one_after_another_proof(client):
    citizen = make_citizen(password=None, phone_verified_at=timezone.now())
    client.force_login(citizen)
    page = reverse("accounts:change_password")
    assert client.get(page).url == reverse("accounts:prove")
    assert client.post(page, {"password1": NEW, "password2": NEW}).url == reverse("accounts:prove")
    client.post(reverse("accounts:prove"))
    client.post(reverse("accounts:prove_code"), {"code": letters("otp")[0].body.split()[0]})
    assert "Mật khẩu đang dùng" not in client.get(page).content.decode()
    assert client.post(page, {"password1": NEW, "password2": NEW}).url == reverse("accounts:profile")
    citizen.refresh_from_db()
    assert citizen.check_password(NEW)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_the_password_changes_with_the_present_one_and_other_sessions_end(browser, lan):
    elsewhere = Client()
    elsewhere.force_login(lan)
    form = {"current": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post(reverse("accounts:change_password"), form).url == reverse("accounts:profile")
    assert browser.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    assert [letter.kind for letter in letters()] == ["changed"]


def test_without_the_present_password_nothing_changes(browser, lan):
    response = browser.post(reverse("accounts:change_password"), {"current": "đoán", "password1": NEW, "password2": NEW})
    assert response.context["form"].errors == {"current": ["Mật khẩu đang dùng chưa đúng. Nhập lại."]}
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


def test_an_open_session_cannot_guess_the_present_password_for_ever(browser):
    form = {"current": "đoán", "password1": NEW, "password2": NEW}
    answers = [browser.post(reverse("accounts:change_password"), form).status_code for _guess in range(11)]
    assert answers == [200] * 10 + [429]
