"""What the account page shows of messages."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from portal.messaging import panels
from portal.messaging.tests.make import make_letter, make_sms


def rows_of(user):
    return panels.sent(user)["context"]["rows"]


def test_the_messages_sent_to_this_person_without_their_texts(lan):
    lan.phone_verified_at = timezone.now()
    letter = make_letter(recipient=lan.email)
    sms = make_sms(recipient=lan.phone, kind="otp", state="failed", secret=True)
    make_letter(), make_sms()
    assert [{name: str(value) for name, value in row.items()} for row in rows_of(lan)] == [
        {
            "kind": "Mã xác nhận (OTP)",
            "channel": "Tin nhắn",
            "recipient": sms.masked_recipient,
            "at": str(sms.created_at),
            "state": "Không gửi được",
            "sent": "False",
            "failed": "True",
        },
        {
            "kind": "Hồ sơ được tiếp nhận",
            "channel": "Thư điện tử",
            "recipient": f"c***@{lan.email.split('@')[1]}",
            "at": str(letter.created_at),
            "state": "Chờ gửi",
            "sent": "False",
            "failed": "False",
        },
    ]


def test_the_panel_is_drawn_with_state_in_words_and_without_texts(lan):
    make_letter(recipient=lan.email, state="sent", body="bí mật")
    panel = panels.sent(lan)
    html = render_to_string(panel["template"], panel["context"])
    assert panel["title"] == "Tin đã gửi cho tôi"
    assert "Đã gửi" in html
    assert "bí mật" not in html
    assert "Chưa có tin nào gửi tới Ông/Bà." in render_to_string(panel["template"], {"rows": []})


def test_a_phone_that_was_typed_but_not_proven_shows_nothing(lan):
    make_sms(recipient=lan.phone)
    assert rows_of(lan) == []


def test_a_person_without_e_mail_sees_nothing_of_others(lan):
    lan.email = ""
    make_letter(recipient="")
    assert rows_of(lan) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_costs_one_query(lan, count, django_assert_num_queries):
    for _ in range(count):
        make_letter(recipient=lan.email)
    with django_assert_num_queries(1):
        assert len(rows_of(lan)) == count
