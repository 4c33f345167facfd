"""“Tình hình tin nhắn” as operators see it."""

import re
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.messaging import budget
from portal.messaging.models import ProviderHealth
from portal.messaging.tests.make import make_letter, make_sms
from portal.messaging.tests.officials import enter

PAGE = reverse("admin:messaging_providerhealth_changelist")
TRY_NOW = reverse("admin:messaging_providerhealth_try_now")


@pytest.fixture
def operator(client, hoa, settings):
    settings.SMS_GATEWAYS = [{"NAME": "kannel-1"}, {"NAME": "vnpt"}]
    settings.SMS_DAILY_BUDGET = 20_000
    return enter(client, hoa, "operate_messages")


@pytest.fixture
def away(db):
    now = timezone.now()
    return ProviderHealth.objects.create(
        name="kannel-1",
        channel="sms",
        away_since=now - timedelta(minutes=5),
        away_until=now + timedelta(minutes=5),
        last_error="connection refused",
    )


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_quiet_day_is_said_to_be_well(operator):
    words = words_of(operator.get(PAGE))
    for said in (
        "Mọi việc bình thường: tin đi ngay khi đến lượt, mọi nhà cung cấp hoạt động.",
        "Không có tin nào.",
        "kannel-1 Tin nhắn Chưa gửi được lần nào. Chưa dùng",
        "Máy chủ thư Thư điện tử Chưa gửi được lần nào.",
        "Đã dùng 0 trên 20.000 tin.",
        "Chưa rõ, nhà mạng chưa báo 0",
    ):
        assert said in words


def test_the_page_says_what_waits_left_failed_and_arrived(operator):
    now = timezone.now()
    make_sms(due_at=now - timedelta(minutes=20))
    make_sms(state="sent", sent_at=now, report="delivered")
    make_letter(state="failed", failed_at=now)
    words = words_of(operator.get(PAGE))
    for said in (
        "Có tin đến lượt đã 20 phút mà chưa gửi.",
        "Có 1 tin không gửi được. Xem lý do, rồi gửi lại.",
        "Tin nhắn thông báo 1 20 phút 0 0",
        f"Đã gửi: 1 Không gửi được: 0 Hết hạn: 0 Gửi nhiều nhất lúc {timezone.localtime(now).hour} giờ: 1 tin.",
        "Đã gửi: 0 Không gửi được: 1 Hết hạn: 0 Dưới vạch ngang là tin không gửi được và tin hết hạn.",
        "Đã đến máy 1",
    ):
        assert said in words


def test_the_day_is_drawn_and_told_in_a_table_without_a_style_of_its_own(operator):
    make_sms(state="sent", sent_at=timezone.now())
    html = operator.get(PAGE).content.decode()
    assert len(re.findall(r'<rect class="sent" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="[\d.]+"/>', html)) == 1
    assert html.count('<th scope="row">') == 4 + 24 + 4
    assert "style=" not in html
    assert "<script" not in html


def test_the_budget_shows_what_was_spent(operator):
    budget.spend(budget.SIGN_IN)
    budget.spend(budget.SIGN_IN)
    assert "Đã dùng 2 trên 20.000 tin." in words_of(operator.get(PAGE))


def test_a_day_without_limit_says_so(operator, settings):
    settings.SMS_DAILY_BUDGET = 0
    assert "Không giới hạn số tin trong ngày." in words_of(operator.get(PAGE))


def test_an_operator_ends_a_pause_and_the_trail_says_who(operator, hoa, away, workers_were_asked, django_capture_on_commit_callbacks):
    make_sms(due_at=timezone.now() + timedelta(minutes=9), tries=1)
    words = words_of(operator.get(PAGE))
    assert "kannel-1 gián đoạn từ" in words
    assert "Lỗi gần nhất: connection refused" in words
    assert "Thử lại ngay kannel-1" in words
    with django_capture_on_commit_callbacks(execute=True):
        told = words_of(operator.post(TRY_NOW, {"name": "kannel-1"}, follow=True))
    assert "Đang thử lại kannel-1 với 1 tin." in told
    assert "Tin tiếp theo sẽ thử lại." in told
    assert "Thử lại ngay" not in told
    assert workers_were_asked()
    assert LogEntry.objects.get(actor=hoa).additional_data == {
        "event": "pause of a provider ended",
        "provider": "kannel-1",
        "messages": 1,
    }


def test_a_pause_that_is_over_is_not_ended_twice(operator, away):
    operator.post(TRY_NOW, {"name": "kannel-1"})
    told = words_of(operator.post(TRY_NOW, {"name": "kannel-1"}, follow=True))
    assert "Nhà cung cấp này không bị tạm nghỉ, hoặc đã hết thời gian nghỉ." in told
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["\0", "kannel-1\0x", "x" * 5000])
def test_no_provider_has_such_a_name(operator, away, name):
    assert operator.post(TRY_NOW, {"name": name}).status_code == 302
    assert ProviderHealth.objects.get().away_until == away.away_until


def test_a_pause_is_ended_by_a_press_only(operator, away):
    assert operator.get(TRY_NOW).status_code == 405


def test_whoever_sees_the_messages_of_an_agency_does_not_see_the_whole(client, hoa, away):
    enter(client, hoa, "view_outgoingmessage", "change_outgoingmessage")
    assert [client.get(PAGE).status_code, client.post(TRY_NOW, {"name": "kannel-1"}).status_code] == [403, 403]
    assert PAGE not in client.get(reverse("admin:messaging_outgoingmessage_changelist")).content.decode()


def test_the_menu_the_list_and_the_index_lead_here(client, hoa):
    hoa.is_superuser = True
    hoa.save()
    enter(client, hoa)
    for page in (reverse("admin:index"), reverse("admin:messaging_outgoingmessage_changelist")):
        assert re.search(rf'href="{PAGE}"[^>]*>Tình hình tin nhắn<', client.get(page).content.decode())


def test_the_page_costs_the_same_for_one_and_three(operator):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            make_sms(), make_letter(state="sent", sent_at=timezone.now()), make_sms(state="failed", failed_at=timezone.now())
        with CaptureQueriesContext(connection) as counted:
            operator.get(PAGE)
        costs.append(len(counted))
    assert costs[0] == costs[1]
