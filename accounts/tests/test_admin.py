from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import SmsDevice, TrustedDevice, User
from accounts.otp import sms_device_for
from accounts.tests.make import make_citizen, make_staff

pytestmark = pytest.mark.django_db


def inside(user):
    """A browser in which both steps of the officials' sign-in were done."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = sms_device_for(user).persistent_id
    session.save()
    return client


@pytest.fixture
def administrator():
    return inside(make_staff("Phạm Quản Trị", is_superuser=True))


def test_an_official_who_is_no_administrator_sees_no_accounts(lan):
    official = make_staff()
    official.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = inside(official)
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403
    assert client.get(reverse("admin:accounts_user_change", args=[lan.pk])).status_code == 403


@pytest.mark.parametrize("typed", ["h'lan nie", "H’Lan Niê", "nie", "066192001234", "hlan@example.com"])
def test_accounts_are_found_without_accents_by_number_and_by_address(administrator, typed):
    make_citizen("H’Lan Niê", national_id="066192001234", email="hlan@example.com")
    make_citizen("Trần Quang Minh")
    page = administrator.get(reverse("admin:accounts_user_changelist"), {"q": typed}).content.decode()
    assert "H’Lan Niê" in page
    assert "Trần Quang Minh" not in page


def test_neither_hash_nor_code_nor_full_number_is_shown(administrator, lan):
    device = SmsDevice.objects.create(user=lan, phone="+84912345678", token="482913")
    lists = administrator.get(reverse("admin:accounts_user_changelist")).content.decode()
    page = administrator.get(reverse("admin:accounts_user_change", args=[lan.pk])).content.decode()
    for secret in (lan.password, device.token):
        assert secret not in lists + page
    assert lan.national_id not in lists


@pytest.mark.parametrize("question", ["password__startswith=a", "national_id__startswith=0", "phone__regex=^0"])
def test_the_address_line_asks_nothing_that_the_list_hides(administrator, question):
    accounts = reverse("admin:accounts_user_changelist")
    assert administrator.get(f"{accounts}?{question}").url == f"{accounts}?e=1"
    assert administrator.get(f"{accounts}?is_staff__exact=1").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(administrator, count, django_assert_max_num_queries):
    for _citizen in range(count):
        make_citizen()
    with django_assert_max_num_queries(9):
        administrator.get(reverse("admin:accounts_user_changelist"))


def test_an_administrator_makes_an_official_who_chooses_the_password_alone(administrator):
    administrator.post(
        reverse("admin:accounts_user_add"),
        {"username": "canbo.moi", "full_name": "Cán Bộ Mới", "email": "moi@example.com", "phone": "0912 345 678"},
    )
    official = User.objects.get(username="canbo.moi")
    assert (official.is_staff, official.is_superuser, official.has_usable_password()) == (True, False, False)
    assert sms_device_for(official).phone == "+84912345678"
    assert User.objects.with_email("moi@example.com") == official


def typed_by(administrator, user, **changes):
    """Post the page of an account as it stands, but for the changes; None takes a field away."""
    page = reverse("admin:accounts_user_change", args=[user.pk])
    form = administrator.get(page).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields} | {
        "birth_date": "12/03/1992",
        "emailaddress_set-TOTAL_FORMS": "0",
        "emailaddress_set-INITIAL_FORMS": "0",
    }
    data = {name: "on" if value is True else value for name, value in (data | changes).items() if value not in (None, "", [])}
    return administrator.post(page, data)


def test_a_citizens_phone_typed_by_an_administrator_is_not_proven(administrator, lan):
    response = typed_by(administrator, lan, phone="0987 654 321")
    assert response.status_code == 302, response.context["errors"]
    lan.refresh_from_db()
    assert (lan.phone, lan.phone_verified_at) == ("+84987654321", None)


def test_an_account_frozen_here_opens_nothing_when_it_is_thawed(administrator, lan):
    browser = Client()
    browser.force_login(lan)
    TrustedDevice.objects.create(user=lan, digest="x" * 64, expires_at=timezone.now() + timedelta(days=1))
    for is_active in (None, "on"):
        assert typed_by(administrator, lan, is_active=is_active).status_code == 302
    lan.refresh_from_db()
    assert lan.is_active
    assert browser.get(reverse("accounts:profile")).url == f"{reverse('account_login')}?next={reverse('accounts:profile')}"
    assert not TrustedDevice.objects.exists()


def test_the_proven_phone_of_another_account_becomes_no_officials(administrator):
    make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    official = make_staff(phone="+84987654321")
    page = typed_by(administrator, official, phone="0912 345 678")
    assert page.context["adminform"].form.errors == {"phone": ["Số này đã là số đã xác minh của tài khoản khác."]}
    fields = {"username": "canbo.moi", "full_name": "Cán Bộ Mới", "phone": "0912 345 678"}
    page = administrator.post(reverse("admin:accounts_user_add"), fields)
    assert page.context["adminform"].form.errors == {"phone": ["Số này đã là số đã xác minh của tài khoản khác."]}


@pytest.mark.parametrize("name", ["066192001234", "0912.345.678", "+84912345678", "ten@example.com"])
def test_no_officials_name_can_be_taken_for_a_citizens_number_or_address(administrator, name):
    page = administrator.post(reverse("admin:accounts_user_add"), {"username": name, "full_name": "Cán Bộ Mới"})
    assert page.context["adminform"].form.errors == {
        "username": ["Tên đăng nhập của cán bộ cần có chữ cái và không có @, để không trùng số hay địa chỉ của công dân."]
    }


def test_nobody_deletes_an_account_here(administrator, lan):
    assert administrator.post(reverse("admin:accounts_user_delete", args=[lan.pk])).status_code == 403
