from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts import closing
from accounts.models import ClosingRequest
from accounts.tests.make import make_citizen, make_staff
from accounts.tests.test_admin import inside

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_closingrequest_changelist"


@pytest.fixture
def administrator():
    return inside(make_staff("Phạm Quản Trị", is_superuser=True))


def page_of(request):
    return reverse("admin:accounts_closingrequest_change", args=[request.pk])


def test_only_who_may_decide_sees_the_requests(lan):
    request = closing.ask(lan)
    official = make_staff()
    for page in (reverse(LIST), page_of(request)):
        assert inside(official).get(page).status_code == 403
    assert inside(official).post(page_of(request), {"decision": "close"}).status_code == 403
    lan.refresh_from_db()
    assert lan.is_active
    official.user_permissions.add(Permission.objects.get(codename="change_closingrequest"))
    assert inside(official).get(reverse(LIST)).status_code == 200


def test_the_list_tells_who_until_when_and_what_is_late(administrator, lan, minh):
    closing.ask(lan, at=timezone.now() - timedelta(days=21))
    closing.ask(minh)
    page = administrator.get(reverse(LIST)).content.decode()
    assert page.index("H’Lan Niê") < page.index("Trần Quang Minh")
    assert page.count("Quá hạn") == 1
    assert lan.national_id not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(administrator, count, django_assert_num_queries):
    for _n in range(count):
        closing.ask(make_citizen())
    administrator.get(reverse(LIST))
    with django_assert_num_queries(8):
        administrator.get(reverse(LIST))


def test_an_account_is_deleted_by_its_button(administrator, lan):
    request = closing.ask(lan)
    assert "Xóa tài khoản" in administrator.get(page_of(request)).content.decode()
    assert administrator.post(page_of(request), {"decision": "close"}).url == page_of(request)
    lan.refresh_from_db()
    assert not lan.is_active
    assert "Phạm Quản Trị" in administrator.get(page_of(request)).content.decode()


def test_a_refusal_needs_its_reason(administrator, lan):
    request = closing.ask(lan)
    assert "Ghi lý do để chủ tài khoản hiểu." in administrator.post(page_of(request), {"decision": "refuse"}).content.decode()
    administrator.post(page_of(request), {"decision": "refuse", "reason": "Đang có hồ sơ chờ bổ sung."})
    request.refresh_from_db()
    assert (request.state, request.reason) == (ClosingRequest.State.REFUSED, "Đang có hồ sơ chờ bổ sung.")


def test_a_press_that_names_no_decision_decides_nothing(administrator, lan):
    request = closing.ask(lan)
    administrator.post(page_of(request), {})
    request.refresh_from_db()
    assert request.state == ClosingRequest.State.WAITING


def test_a_request_withdrawn_meanwhile_is_told(administrator, lan):
    request = closing.ask(lan)
    closing.withdraw(lan)
    response = administrator.post(page_of(request), {"decision": "close"}, follow=True)
    assert "đã được giải quyết hoặc đã rút lại" in response.content.decode()
    lan.refresh_from_db()
    assert lan.is_active
