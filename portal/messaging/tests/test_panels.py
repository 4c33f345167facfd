"""What the account page lists of this room."""

import pytest
from django.utils import timezone

from portal.messaging import panels
from portal.messaging.tests.make import make_letter, make_sms


def test_the_messages_sent_to_this_person_without_their_texts(lan):
    lan.phone_verified_at = timezone.now()
    letter, sms = make_letter(recipient=lan.email), make_sms(recipient=lan.phone, kind="otp", state="failed", secret=True)
    make_letter(), make_sms()
    rows = panels.sent(lan)
    assert [{name: str(value) for name, value in row.items()} for row in rows] == [
        {
            "kind": "Mã xác nhận (OTP)",
            "channel": "Tin nhắn",
            "recipient": sms.masked_recipient,
            "at": str(sms.created_at),
            "state": "Không gửi được",
            "failed": "True",
        },
        {
            "kind": "Hồ sơ được tiếp nhận",
            "channel": "Thư điện tử",
            "recipient": f"c***@{lan.email.split('@')[1]}",
            "at": str(letter.created_at),
            "state": "Chờ gửi",
            "failed": "False",
        },
    ]


def test_a_phone_that_was_typed_but_not_proven_shows_nothing(lan):
    make_sms(recipient=lan.phone)
    assert panels.sent(lan) == []


def test_a_person_without_e_mail_sees_nothing_of_others(lan):
    lan.email = ""
    make_letter(recipient="")
    assert panels.sent(lan) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_costs_one_query(lan, count, django_assert_num_queries):
    for _ in range(count):
        make_letter(recipient=lan.email)
    with django_assert_num_queries(1):
        assert len(panels.sent(lan)) == count
