"""What the account page shows of messages."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal.messaging import panels, received
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
            "message": str(sms),
            "kind": "Mã xác nhận (OTP)",
            "channel": "Tin nhắn",
            "recipient": sms.masked_recipient,
            "at": str(sms.created_at),
            "outcome": str(received.outcome(sms, timezone.now())),
            "subject": "None",
        },
        {
            "message": str(letter),
            "kind": "Hồ sơ được tiếp nhận",
            "channel": "Thư điện tử",
            "recipient": f"c***@{lan.email.split('@')[1]}",
            "at": str(letter.created_at),
            "outcome": str(received.outcome(letter, timezone.now())),
            "subject": "None",
        },
    ]


def test_the_panel_is_drawn_with_state_in_words_and_without_texts(lan):
    make_letter(recipient=lan.email, state="sent", body="bí mật")
    panel = panels.sent(lan)
    html = render_to_string(panel["template"], panel["context"])
    assert panel["title"] == "Tin đã gửi cho tôi"
    assert "Đã gửi" in html
    assert f'href="{reverse("messaging:received")}"' in html
    assert "bí mật" not in html
    assert "Chưa có tin nào gửi tới Ông/Bà." in render_to_string(panel["template"], {"rows": []})


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_costs_one_query(lan, count, django_assert_num_queries):
    for _ in range(count):
        make_letter(recipient=lan.email)
    with django_assert_num_queries(1):
        assert len(rows_of(lan)) == count
