"""Messages for tests, written straight into the table."""

import itertools

from portal.messaging.models import OutgoingMessage

_numbers = itertools.count(1)


def make_sms(**fields) -> OutgoingMessage:
    n = next(_numbers)
    fields = {
        "event": f"test:{n}",
        "kind": "dossier.received",
        "channel": "sms",
        "recipient": f"+8491234{n:04d}",
        "body": "Ho so da duoc tiep nhan.",
    } | fields
    return OutgoingMessage.objects.create(**fields)


def make_letter(**fields) -> OutgoingMessage:
    n = next(_numbers)
    fields = {
        "event": f"test:{n}",
        "kind": "dossier.received",
        "channel": "email",
        "recipient": f"citizen{n}@example.com",
        "subject": "Hồ sơ đã được tiếp nhận",
        "body": "Kính gửi Ông/Bà,\n",
        "html": "<p>Kính gửi Ông/Bà,</p>",
    } | fields
    return OutgoingMessage.objects.create(**fields)
