"""Messages as they would lie there after ten minutes without a worker; run inside a site with `manage.py shell`."""

import json
import random
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from portal.messaging.models import OutgoingMessage
from portal.messaging.outbox import NORMAL, URGENT

AWAY_SECONDS, CODE_SECONDS = 600, 300
# Of a code that is to live, so much is left at least: the worker has yet to start.
LEFT_SECONDS = 120


def fill(notices: int, living: int, expired: int) -> None:
    """Notices and codes by mail and by SMS, none of them woken for; prints [recipient, kind, age in seconds] of each as JSON."""
    chance, now = random.Random(8188), timezone.now()
    ages = [("notice", chance.uniform(0, AWAY_SECONDS)) for _n in range(notices)]
    ages += [("living", chance.uniform(0, CODE_SECONDS - LEFT_SECONDS)) for _n in range(living)]
    ages += [("expired", chance.uniform(CODE_SECONDS, AWAY_SECONDS)) for _n in range(expired)]
    # The order of writing says nothing about the order of sending.
    chance.shuffle(ages)
    rows = [_message(n, what, now - timedelta(seconds=age)) for n, (what, age) in enumerate(ages)]
    OutgoingMessage.objects.bulk_create(rows)
    OutgoingMessage.objects.filter(event__startswith="backlog:").update(created_at=F("due_at"))
    print(json.dumps([(row.recipient, what, age) for row, (what, age) in zip(rows, ages, strict=True)]))


def _message(n: int, what: str, at) -> OutgoingMessage:
    channel = ("sms", "email")[n % 2]
    kinds = {"sms": ("dossier.received", "otp"), "email": ("dossier.received", "reset")}
    is_code = what != "notice"
    return OutgoingMessage(
        event=f"backlog:{n}",
        kind=kinds[channel][is_code],
        channel=channel,
        recipient=f"+8491{n:07d}" if channel == "sms" else f"citizen{n}@example.com",
        subject="" if channel == "sms" else "Một Cửa",
        body="Ma xac nhan cua Ong/Ba: 123456." if is_code else "Ho so da duoc tiep nhan.",
        secret=is_code,
        priority=URGENT if is_code else NORMAL,
        any_hour=is_code,
        due_at=at,
        expires_at=at + timedelta(seconds=CODE_SECONDS) if is_code else None,
    )
