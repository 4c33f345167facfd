"""What a person was sent, page and words."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.messaging import received
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms

PAGE = reverse("messaging:received")
NOW = timezone.make_aware(datetime.datetime(2026, 11, 25, 8, 12))


@pytest.fixture
def proven(lan):
    lan.phone_verified_at = timezone.now()
    lan.save()
    return lan


def page_of(client, user, **query):
    client.force_login(user)
    return client.get(PAGE, query)


def written(message, at):
    OutgoingMessage.objects.filter(pk=message.pk).update(created_at=at)
    return message


def test_the_newest_message_stands_first_and_nobody_elses_is_there(client, proven, minh):
    older, newer = make_sms(recipient=proven.phone), make_letter(recipient=proven.email)
    make_sms(recipient=minh.phone), make_letter(recipient=minh.email)
    assert [row["message"] for row in page_of(client, proven).context["rows"]] == [newer, older]


def test_a_guest_is_led_to_sign_in(client):
    response = client.get(PAGE)
    assert (response.status_code, response["Location"]) == (302, f"{reverse('account_login')}?next={PAGE}")


def test_a_row_says_kind_channel_whom_when_and_what_became_of_it(client, proven):
    make_sms(recipient=proven.phone, state="sent", sent_at=NOW, report="delivered")
    html = page_of(client, proven).content.decode()
    local = f"0{proven.phone[3:]}"
    for shown in ("Hồ sơ được tiếp nhận", "Tin nhắn", f"{local[:3]}* *** {local[-3:]}", "8 giờ 12, 25/11/2026", "Đã đến máy"):
        assert shown in html
    assert local not in html.replace(" ", "")


def test_a_notice_can_be_read_and_a_code_cannot(client, proven):
    make_letter(recipient=proven.email, subject="Hồ sơ đã được tiếp nhận", body="Kính gửi <Ông/Bà>,\n\nHẹn ngày mai.\n")
    make_sms(recipient=proven.phone, kind="otp", body="482913 la ma", secret=True)
    html = page_of(client, proven).content.decode()
    assert "<p>Kính gửi &lt;Ông/Bà&gt;,</p>" in html
    assert "<p>Hẹn ngày mai.</p>" in html
    assert "482913" not in html
    assert "Nội dung có mã, không hiển thị." in html


def test_a_text_that_was_removed_by_age_says_so(client, proven, settings):
    settings.MESSAGE_TEXT_DAYS = 90
    make_letter(recipient=proven.email, subject="", body="", html="")
    assert "Nội dung đã xóa sau 90 ngày." in page_of(client, proven).content.decode()


def test_an_empty_page_says_that_nothing_was_sent(client, lan):
    assert "Chưa có tin nào gửi tới Ông/Bà." in page_of(client, lan).content.decode()


def test_a_phone_that_was_typed_but_not_proven_shows_nothing(lan):
    make_sms(recipient=lan.phone)
    assert list(received.by(lan)) == []


def test_a_person_without_any_address_sees_nothing_of_others(lan):
    lan.email = lan.phone = ""
    make_letter(recipient=""), make_sms(recipient="")
    assert list(received.by(lan)) == []


def test_what_a_number_was_sent_before_it_was_proven_belongs_to_its_former_holder(proven, minh):
    before = proven.phone_verified_at - datetime.timedelta(days=200)
    written(make_sms(recipient=proven.phone, about=f"account:{minh.pk}"), before)
    own = written(make_sms(recipient=proven.phone, about=f"account:{proven.pk}"), before)
    since = make_sms(recipient=proven.phone, about=f"account:{minh.pk}")
    assert set(received.by(proven)) == {own, since}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ("Đang chờ gửi", "active", "clock", "")),
        (
            {"due_at": NOW + datetime.timedelta(minutes=1), "tries": 3},
            ("Đang chờ gửi", "active", "clock", "Chưa gửi được, hệ thống tự gửi lại."),
        ),
        (
            {"due_at": NOW + datetime.timedelta(hours=9)},
            ("Đang chờ gửi", "active", "clock", "Tin không gấp, gửi từ 17 giờ 12, 25/11/2026."),
        ),
        ({"state": "sent"}, ("Đã gửi", "done", "tick", "")),
        ({"state": "sent", "report": "on-way"}, ("Đã gửi", "done", "tick", "")),
        ({"state": "sent", "report": "delivered"}, ("Đã đến máy", "done", "tick", "")),
        (
            {"state": "sent", "report": "undelivered"},
            ("Chưa đến máy", "warn", "alert", "Máy có thể đang tắt, ngoài vùng phủ sóng, hoặc số đã đổi."),
        ),
        ({"state": "failed"}, ("Không gửi được", "error", "alert", "Kiểm tra số điện thoại ở trang Tài khoản.")),
        (
            {"state": "failed", "channel": "email", "recipient": "l@example.com"},
            ("Không gửi được", "error", "alert", "Kiểm tra thư điện tử ở trang Tài khoản."),
        ),
        ({"state": "expired"}, ("Hết hạn, không gửi", "warn", "alert", "Tin hết hạn trước khi gửi được. Cần thì yêu cầu lại.")),
    ],
)
def test_what_became_of_it_is_said_in_words_a_citizen_uses(db, fields, said):
    assert tuple(map(str, received.outcome(make_sms(**{"due_at": NOW} | fields), NOW))) == said


def test_a_long_list_is_cut_into_pages(client, proven, monkeypatch):
    monkeypatch.setattr(received, "PER_PAGE", 2)
    messages = [make_sms(recipient=proven.phone) for _ in range(3)]
    second = page_of(client, proven, page="2")
    assert [row["message"] for row in second.context["rows"]] == [messages[0]]
    assert "Trang 2 trên 2" in second.content.decode()


def test_the_page_costs_the_same_for_one_and_three(client, proven, django_assert_num_queries):
    client.force_login(proven)
    make_sms(recipient=proven.phone)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    make_sms(recipient=proven.phone), make_letter(recipient=proven.email)
    with django_assert_num_queries(len(one)):
        client.get(PAGE)


def test_the_account_page_leads_here_and_this_page_leads_back(client, proven):
    make_letter(recipient=proven.email)
    client.force_login(proven)
    assert f'href="{PAGE}"' in client.get(reverse("accounts:profile")).content.decode()
    assert f'href="{reverse("accounts:profile")}"' in client.get(PAGE).content.decode()
