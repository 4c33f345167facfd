import json
import logging
import sys

import pytest

from portal import logs


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sent to 0912345678", "sent to [number]"),
        ("sent to +84912345678.", "sent to [number]."),
        ("sent to 0912 345 678", "sent to [number]"),
        ("sent to +84 912 345 678", "sent to [number]"),
        ("Key (national_id)=(066192000001) already exists", "Key (national_id)=([number]) already exists"),
        ("CMND 123456789", "CMND [number]"),
        ("/sms/mo/?from=84912345678&secret=abc&text=TK", "/sms/mo/?from=[number]&secret=[hidden]&text=TK"),
        ("password=Đường lên núi 3", "password=[hidden] lên núi 3"),
        ('{"password1": "a b c", "x": 1}', '{"password1": [hidden], "x": 1}'),
        ("Authorization: Bearer abc.def", "Authorization: [hidden]"),
        ("Cookie: sessionid=abc; theme=x", "Cookie: [hidden]; theme=x"),
        ("otp=123456", "otp=[hidden]"),
        ("Ma xac thuc cua Ong/Ba la 123456.", "Ma xac thuc cua Ong/Ba la [code]."),
        ("OTP 123456", "OTP [code]"),
        ("/dang-ky/email/MQ:1vNkq3:mJx3y0Wb9hKp2Lq7Rt5Zc8Vn4Xd6Fg1Sa0Qw3Er5Ty7/", "/dang-ky/email/[key]/"),
        # Two digits in a signature, and one in a key: how many there are is chance.
        ("/dang-ky/email/Njg0:1xVw6W:hT_hvmHoKHNm-ktbOpypNpmRVlkbpU_oW5xNAqqDSfk/", "/dang-ky/email/[key]/"),
        ("/dang-ky/email/Njg0:1xVwaW:hT_hvmHoKHNm-ktbOpypNpmRVlkbpU_oWxxNAqqDSfk/x/", "/dang-ky/email/[key]/x/"),
        ("key hT_hvmHoKHNmktbOpypNpmRVlkbpU5oWxxNA.", "key [key]."),
        # What must stay readable
        ("dossier H15.50.18-261122-0007 received", "dossier H15.50.18-261122-0007 received"),
        ("mã H15.50.18-261122-0007", "mã H15.50.18-261122-0007"),
        ("/nop-ho-so/3f1c2d4e-1111-4222-8333-123456789012/giay-to/", "/nop-ho-so/3f1c2d4e-1111-4222-8333-123456789012/giay-to/"),
        ("one_message_per_event_channel_recipient", "one_message_per_event_channel_recipient"),
        ("status 200 in 0.123456 s, pid 12345, 2026-11-25 08:12:00", "status 200 in 0.123456 s, pid 12345, 2026-11-25 08:12:00"),
        ("IntegrityErrorOfSomeLongNameWithoutAnyDigit", "IntegrityErrorOfSomeLongNameWithoutAnyDigit"),
        ("procedure 1.004194", "procedure 1.004194"),
    ],
)
def test_numbers_and_secrets_do_not_reach_the_log(text, kept):
    assert logs.cleaned(text) == kept


def record(message, *args, exc_info=None):
    return logging.LogRecord("portal", logging.WARNING, __file__, 1, message, args, exc_info)


def test_a_line_is_json_with_the_name_of_the_request():
    token = logs.request_id.set("abcdef123456")
    line = json.loads(logs.JsonFormatter().format(record("sent to %s", "0912345678")))
    logs.request_id.reset(token)
    assert line.pop("time").startswith("20")
    assert line == {"level": "WARNING", "logger": "portal", "message": "sent to [number]", "request_id": "abcdef123456"}


def test_an_exception_is_cleaned_too():
    try:
        raise ValueError("Key (phone)=(+84912345678) already exists")
    except ValueError:
        line = json.loads(logs.JsonFormatter().format(record("failed", exc_info=sys.exc_info())))
    assert "Key (phone)=([number]) already exists" in line["exception"]
    assert "912345678" not in line["exception"]
