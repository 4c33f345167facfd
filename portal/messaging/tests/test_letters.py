"""A letter as bytes, read by Python's own parser; and beside the one that Django would have made."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from portal.messaging import letters
from portal.messaging.models import OutgoingMessage

LONG = "Hồ sơ H15.24.002-261118-0001 “Đăng ký khai sinh có yếu tố nước ngoài” đã được tiếp nhận và sẽ được xem xét"


def a_row(**fields):
    fields = {
        "pk": 7,
        "created_at": datetime(2026, 11, 25, 8, 12, tzinfo=UTC),
        "recipient": "hoa@example.com",
        "subject": "Hồ sơ đã được tiếp nhận",
        "body": "Kính gửi Ông/Bà H’Lan Niê,\n\nHồ sơ đã được tiếp nhận.\n",
        "html": "<p>Kính gửi Ông/Bà H’Lan Niê,</p>\n",
    } | fields
    return OutgoingMessage(channel="email", **fields)


def read(row):
    return message_from_bytes(letters.written(row), policy=policy.default)


def parts(letter):
    return {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in letter.walk() if not part.is_multipart()}


def one_line(value):
    """Django's folding adds a space before the first word, or takes one after the last."""
    return " ".join(value.split())


def test_a_letter_has_its_headers_and_both_parts(settings):
    letter = read(a_row())
    assert letter["Date"].datetime.tzinfo is not None
    del letter["Date"]
    assert dict(letter.items()) == {
        "Subject": "Hồ sơ đã được tiếp nhận",
        "From": settings.DEFAULT_FROM_EMAIL,
        "To": "hoa@example.com",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Message-ID": "<7.20261125081200@motcua.example>",
        "Content-Type": 'multipart/alternative; boundary="=_part"',
    }
    assert parts(letter) == {
        "text/plain": "Kính gửi Ông/Bà H’Lan Niê,\n\nHồ sơ đã được tiếp nhận.\n",
        "text/html": "<p>Kính gửi Ông/Bà H’Lan Niê,</p>\n",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"subject": LONG},
        {"subject": "Ho so " * 30},
        {"subject": ""},
        {"html": ""},
        {"body": "không có dòng cuối"},
        {"body": "x" * 5000 + "\n" + "ữ" * 5000 + "\n"},
        {"body": ".\n..\nFrom nobody\n--=_part--\n"},
        {"headers": {"From": "Một Cửa <mot-cua@example.com>", "Reply-To": "Văn phòng <vp@example.com>, b@example.com"}},
        {"headers": {"auto-submitted": "no"}},
        {"recipient": "hoa@sởtưpháp.vn"},
        {"recipient": "root@localhost"},
    ],
)
def test_it_says_what_django_s_own_would_say(fields, settings):
    row = a_row(**fields)
    headers = {"Auto-Submitted": "auto-generated"} if "auto-submitted" not in row.headers else {}
    message = EmailMultiAlternatives(row.subject, row.body, to=[row.recipient], headers=headers | row.headers)
    if row.html:
        message.attach_alternative(row.html, "text/html")
    ours, its = read(row), message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=policy.default)
    for name in ("Subject", "From", "To", "Reply-To", "Auto-Submitted"):
        assert [one_line(value) for value in ours.get_all(name, [])] == [one_line(value) for value in its.get_all(name, [])]
    ended = {kind: text if text.endswith("\n") or not text else f"{text}\n" for kind, text in parts(its).items()}
    assert parts(ours) == ended
    assert letters.envelope(row) == (settings.DEFAULT_FROM_EMAIL, message.message()["To"])


def test_no_line_is_longer_than_a_mail_server_takes():
    for line in letters.written(a_row(subject=LONG, body="ữ" * 5000, html="<p>" + "x" * 5000)).split(b"\r\n"):
        assert len(line) <= 78
        assert b"\n" not in line
        assert line.isascii()


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Hồ sơ\nBcc: everybody@example.com"},
        {"subject": "Ho so\r\nBcc: everybody@example.com"},
        {"recipient": "hoa@example.com\nBcc: everybody@example.com"},
        {"recipient": "hoa@example.com, everybody@example.com"},
        {"headers": {"Reply-To": "a@example.com\nBcc: everybody@example.com"}},
        # What Python's own folding takes for the end of a line.
        {"subject": "Ho so\x0cBcc: everybody@example.com"},
        {"subject": "Ho so\x0c\x0c<p>Another letter"},
        {"subject": "Ho so\x1dva"},
        {"recipient": "hoa@example.com\u2028x"},
        {"recipient": "hoa@example.com\x0bx"},
        {"headers": {"Reply-To": "a@example.com\x0b"}},
    ],
)
def test_what_would_make_another_letter_of_it_is_refused(fields):
    with pytest.raises(ValueError, match=r"newlines|[Ii]nvalid address|control"):
        letters.written(a_row(**fields))


def test_a_second_try_has_the_same_name():
    assert letters.message_id(a_row()) == letters.message_id(a_row(body="", html="", tries=3))
