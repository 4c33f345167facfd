"""What officials see of messages, and “send again”."""

import re
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.messaging import subjects
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms
from portal.messaging.tests.officials import enter

LIST = reverse("admin:messaging_outgoingmessage_changelist")
ALL_AGAIN = reverse("admin:messaging_outgoingmessage_send_all")


def page_of(message):
    return reverse("admin:messaging_outgoingmessage_change", args=[message.pk])


def again_of(message):
    return reverse("admin:messaging_outgoingmessage_send_again", args=[message.pk])


def listed(response):
    return set(response.context["cl"].result_list)


@pytest.fixture
def administrator(client, hoa):
    hoa.is_superuser = True
    hoa.save()
    return enter(client, hoa)


def send_again(client, *messages):
    return client.post(LIST, {"action": "send_again", "_selected_action": [message.pk for message in messages]}, follow=True)


def test_the_list_shows_whom_it_went_to_masked_and_what_went_wrong(administrator):
    make_letter(recipient="lan.nie@example.com", state="failed", last_error="550 unknown", tries=1)
    make_sms(recipient="+84912345678", kind="otp", secret=True)
    html = administrator.get(LIST).content.decode()
    for shown in ("l***@example.com", "091* *** 678", "550 unknown", "Mã xác nhận (OTP)", "Không gửi được", "Chờ gửi"):
        assert shown in html
    for hidden in ("lan.nie@", "+84912345678"):
        assert hidden not in html


def test_the_text_of_a_code_is_never_shown_and_a_notice_is(administrator):
    code, notice = make_sms(body="482913 la ma", secret=True), make_sms(body="Ho so da nhan")
    page = administrator.get(reverse("admin:messaging_outgoingmessage_change", args=[code.pk])).content.decode()
    assert "482913" not in page
    assert "(có mã hoặc mật khẩu, không hiển thị)" in page
    assert "Ho so da nhan" in administrator.get(reverse("admin:messaging_outgoingmessage_change", args=[notice.pk])).content.decode()


@pytest.mark.parametrize(
    "question",
    [
        "body__startswith=48",
        "body__regex=^4",
        "recipient__startswith=%2B84",
        "headers__From=x",
        "secret=1",
        "about__regex=(",
        "state=%00",
        "loai=%00",
    ],
)
def test_the_address_line_asks_nothing_that_the_filters_do_not(administrator, question):
    make_sms(body="482913 la ma", secret=True)
    assert administrator.get(f"{LIST}?{question}").url == f"{LIST}?e=1"


@pytest.mark.parametrize(
    "question", ["state__exact=waiting", "channel__exact=sms", "loai=otp", "bao_cao=khong", "nha_cung_cap=smtp", "thoi_gian=7"]
)
def test_the_filters_ask_what_they_offer(administrator, question):
    assert administrator.get(f"{LIST}?{question}").status_code == 200


def test_what_failed_is_sent_again_and_nothing_else(administrator, workers_were_asked, django_capture_on_commit_callbacks):
    failed = make_sms(state="failed", tries=22, last_error="503")
    wiped, sent = make_sms(state="failed", secret=True, body=""), make_sms(state="sent", tries=1)
    with django_capture_on_commit_callbacks(execute=True):
        html = send_again(administrator, failed, wiped, sent).content.decode()
    assert "Đang gửi lại 1 tin." in html
    assert "2 tin không gửi lại được" in html
    assert set(OutgoingMessage.objects.values_list("pk", "state", "tries")) == {
        (failed.pk, "waiting", 0),
        (wiped.pk, "failed", 0),
        (sent.pk, "sent", 1),
    }
    assert workers_were_asked()


def test_an_official_who_may_only_look_is_not_offered_to_send_again(client, hoa, monkeypatch):
    failed = make_sms(state="failed", about="account:1")
    monkeypatch.setattr(subjects, "visible_to", lambda user: [failed.about])
    enter(client, hoa, "view_outgoingmessage")
    html = send_again(client, failed).content.decode() + client.get(page_of(failed)).content.decode()
    assert "Gửi lại" not in html
    assert client.post(again_of(failed)).status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_the_page_of_a_message_leaves_out_what_there_is_not_to_tell(administrator):
    def labels(message):
        return re.findall(r"<label>([^<]+):</label>", administrator.get(page_of(message)).content.decode())

    assert labels(make_letter()) == ["Loại tin", "Người nhận", "Kênh", "Trạng thái", "Tiêu đề", "Nội dung", "Tạo lúc", "Gửi từ", "Sự kiện"]
    failed = make_sms(state="failed", failed_at=timezone.now(), tries=9, last_error="unknown number")
    assert [label for label in labels(failed) if label not in labels(make_letter())] == [
        "Lỗi gần nhất",
        "Số lần gửi",
        "Báo cáo của nhà mạng",
        "Thôi gửi lúc",
    ]


def test_nothing_can_be_added_changed_or_removed(administrator):
    message = make_sms()
    assert administrator.get(reverse("admin:messaging_outgoingmessage_add")).status_code == 403
    assert administrator.post(reverse("admin:messaging_outgoingmessage_change", args=[message.pk]), {"body": "x"}).status_code == 403
    assert administrator.get(reverse("admin:messaging_outgoingmessage_delete", args=[message.pk])).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(administrator):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            make_sms()
        with CaptureQueriesContext(connection) as counted:
            administrator.get(LIST)
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_the_list_is_filtered_by_kind_in_words(administrator):
    make_sms(kind="otp", recipient="+84912345001"), make_sms(recipient="+84912345002")
    assert "Mã xác nhận (OTP)</a>" in administrator.get(LIST).content.decode()
    html = administrator.get(LIST, {"loai": "otp"}).content.decode()
    assert "001" in html
    assert "091* *** 002" not in html


def test_a_message_is_sent_again_at_one_press_and_the_trail_says_by_whom(
    administrator, hoa, workers_were_asked, django_capture_on_commit_callbacks
):
    failed = make_sms(state="failed", failed_at=timezone.now(), tries=22)
    assert "Gửi lại" in administrator.get(page_of(failed)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        response = administrator.post(again_of(failed))
    assert (response.status_code, response["Location"]) == (302, page_of(failed))
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.failed_at) == ("waiting", 0, None)
    assert workers_were_asked()
    entry = LogEntry.objects.get(actor=hoa)
    assert entry.additional_data == {"event": "messages sent again", "messages": [failed.pk]}


def test_what_a_phone_did_not_get_is_sent_again_and_what_it_got_is_not(administrator):
    lost = make_sms(state="sent", sent_at=timezone.now(), report="undelivered", reported_at=timezone.now())
    come = make_sms(state="sent", sent_at=timezone.now(), report="delivered")
    administrator.post(again_of(lost)), administrator.post(again_of(come))
    assert set(OutgoingMessage.objects.values_list("pk", "state", "report", "sent_at")) == {
        (lost.pk, "waiting", "", None),
        (come.pk, "sent", "delivered", come.sent_at),
    }
    assert "Gửi lại" not in administrator.get(page_of(come)).content.decode()


def test_two_presses_are_one_sending(administrator):
    failed = make_sms(state="failed")
    administrator.post(again_of(failed))
    html = administrator.post(again_of(failed), follow=True).content.decode()
    assert "Tin này không gửi lại được, hoặc vừa có người gửi lại." in html
    assert LogEntry.objects.count() == 1


def test_what_is_of_no_use_any_more_is_not_sent_again(administrator):
    late = make_sms(state="failed", expires_at=timezone.now() - timedelta(minutes=1))
    administrator.post(again_of(late))
    late.refresh_from_db()
    assert late.state == "failed"


def test_a_message_that_is_not_there_is_not_found(administrator):
    gone = make_sms(pk=10**6)
    gone.delete()
    gone.pk = 10**6
    assert [administrator.get(page_of(gone)).status_code, administrator.post(again_of(gone)).status_code] == [404, 404]


def test_all_that_failed_within_a_day_is_sent_again_once_confirmed(
    administrator, hoa, workers_were_asked, django_capture_on_commit_callbacks
):
    now = timezone.now()
    today, old = make_sms(state="failed", failed_at=now), make_sms(state="failed", failed_at=now - timedelta(days=20))
    make_sms(state="failed", failed_at=now, secret=True, body="")
    html = administrator.get(ALL_AGAIN).content.decode()
    for said in ("Trong 24 giờ qua: 1 tin", "Trong 7 ngày qua: 1 tin", "Tất cả, kể cả tin cũ: 2 tin"):
        assert said in html
    assert OutgoingMessage.objects.filter(state="waiting").count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        said = administrator.post(ALL_AGAIN, {"tu": "ngay"}, follow=True).content.decode()
    assert "Đang gửi lại 1 tin." in said
    assert list(OutgoingMessage.objects.filter(state="waiting")) == [today]
    assert workers_were_asked()
    assert LogEntry.objects.get(actor=hoa).additional_data == {"event": "all failed messages sent again", "number": 1}
    administrator.post(ALL_AGAIN, {"tu": "het"})
    assert set(OutgoingMessage.objects.filter(state="waiting")) == {today, old}


def test_sending_all_again_asks_since_when(administrator):
    make_sms(state="failed", failed_at=timezone.now())
    assert "Chọn gửi lại các tin từ khi nào." in administrator.post(ALL_AGAIN, {"tu": "x"}, follow=True).content.decode()
    assert OutgoingMessage.objects.get().state == "failed"


def test_where_nothing_failed_nothing_is_offered(administrator):
    assert "Hiện không có tin nào gửi lại được." in administrator.get(ALL_AGAIN).content.decode()


def test_only_operators_send_all_again(client, hoa):
    enter(client, hoa, "view_outgoingmessage", "change_outgoingmessage")
    assert [client.get(ALL_AGAIN).status_code, client.post(ALL_AGAIN, {"tu": "het"}).status_code] == [403, 403]
    assert ALL_AGAIN not in client.get(LIST).content.decode()


@pytest.mark.parametrize("typed", ["0912345678", "+84912345678", "84912345678", "0912 345 678", " 0912.345.678 "])
def test_a_phone_is_found_in_any_spelling_and_shown_masked(administrator, typed):
    wanted = make_sms(recipient="+84912345678")
    make_sms()
    response = administrator.get(LIST, {"q": typed})
    assert listed(response) == {wanted}
    pages = response.content.decode() + administrator.get(page_of(wanted)).content.decode()
    assert "091* *** 678" in pages
    assert "+84912345678" not in pages.replace(f'value="{typed}"', "")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"state__exact": "failed"}, "failed"),
        ({"channel__exact": "email"}, "letter"),
        ({"loai": "otp"}, "code"),
        ({"bao_cao": "delivered"}, "delivered"),
        ({"bao_cao": "khong"}, "silent"),
        ({"nha_cung_cap": "smtp"}, "letter"),
        ({"thoi_gian": "7"}, "young"),
    ],
)
def test_the_list_is_narrowed(administrator, query, wanted):
    sms = {"state": "waiting", "provider": "kannel-1"}
    rows = {
        "failed": make_sms(**sms | {"state": "failed"}),
        "letter": make_letter(provider="smtp"),
        "code": make_sms(**sms | {"kind": "otp"}),
        "delivered": make_sms(**sms | {"state": "sent", "report": "delivered"}),
        "silent": make_sms(**sms | {"state": "sent"}),
    }
    OutgoingMessage.objects.update(created_at=timezone.now() - timedelta(days=8))
    rows["young"] = make_sms(**sms)
    assert listed(administrator.get(LIST, query)) == {rows[wanted]}
