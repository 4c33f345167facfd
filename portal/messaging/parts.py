"""Long texts come in parts: each is kept until all are there, then they are one SMS.

Kannel and most gateways put them together themselves. Others hand in each part with its user data
header (3GPP TS 23.040 §9.2.3.24), in which the phone has written to which text it belongs.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.messaging.models import IncomingPart, IncomingSms
from portal.messaging.models.incoming import ANSWER_WITHIN, LONGEST_TEXT

logger = logging.getLogger(__name__)

# For the parts still missing; later, what came is answered.
PATIENCE = timedelta(minutes=10)
HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
SHORT_REFERENCE, LONG_REFERENCE = 0x00, 0x08


class Place(NamedTuple):
    """Where a part belongs: `number` of `total` in the text that its phone calls `reference`."""

    reference: int
    total: int
    number: int


def place(header: bytes) -> Place | None:
    """Read from a user data header, binary or as hexadecimal digits; None where it numbers no parts, or is none."""
    if HEX.fullmatch(header) and not _is_whole(header):
        header = bytes.fromhex(header.decode())
    if not _is_whole(header):
        return None
    for kind, value in _elements(header[1:]):
        if kind == SHORT_REFERENCE and len(value) == 3:
            found = Place(*value)
        elif kind == LONG_REFERENCE and len(value) == 4:
            # Numbered apart: reference 7 of one kind is not reference 7 of the other.
            found = Place(0x10000 + int.from_bytes(value[:2]), *value[2:])
        else:
            continue
        return found if 1 <= found.number <= found.total > 1 else None
    return None


def _is_whole(header: bytes) -> bool:
    """Does its first byte give the length of the rest?"""
    return len(header) > 1 and header[0] == len(header) - 1


def _elements(rest: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of a header up to the first damaged one."""
    while len(rest) > 1 and len(rest) >= 2 + rest[1]:
        yield rest[0], rest[2 : 2 + rest[1]]
        rest = rest[2 + rest[1] :]


@transaction.atomic
def keep(provider_id: str, sender: str, where: Place, text: str) -> IncomingSms | None:
    """Store a part; the whole SMS once all its parts are there, else None.

    A part that comes again, under its own name or as a new one, changes nothing.
    """
    now = timezone.now()
    _one_at_a_time(sender, where.reference)
    same = IncomingPart.objects.filter(sender=sender, **where._asdict())
    if same.filter(joined_at__isnull=False, text=_sealed(text), received_at__gt=now - ANSWER_WITHIN).exists():
        return None
    IncomingPart.objects.bulk_create(
        [IncomingPart(provider_id=provider_id, sender=sender, text=text, **where._asdict())], ignore_conflicts=True
    )
    waiting = _waiting(sender, where.reference, where.total, now)
    return _join(waiting, now) if len({part.number for part in waiting}) == where.total else None


def join_late(*, at: datetime | None = None) -> None:
    """Make an SMS of what came of a text whose other parts stay away; a fault with one must not hold up the others."""
    now = at or timezone.now()
    begun = IncomingPart.objects.waiting(since=now - ANSWER_WITHIN).values_list("sender", "reference", "total")
    # Only those that are due, or whoever keeps a hundred of them open would hold up the others.
    late = begun.annotate(newest=Max("received_at"), first=Min("number")).filter(newest__lte=now - PATIENCE, first=1)
    for sender, reference, total, *_ in late.order_by("newest")[:100]:
        try:
            _join_late(sender, reference, total, now)
        except Exception:
            logger.exception("the parts of an incoming SMS could not be put together")


@transaction.atomic
def _join_late(sender, reference, total, now):
    _one_at_a_time(sender, reference)
    waiting = _waiting(sender, reference, total, now)
    # The command stands in the first part; without it the others say nothing.
    if waiting and waiting[0].number == 1 and max(part.received_at for part in waiting) <= now - PATIENCE:
        _join(waiting, now)


def forget_texts(*, at: datetime | None = None) -> int:
    """Wipe what is left of parts nobody waits for any more, also the traces by which repetitions are known."""
    now = at or timezone.now()
    left = IncomingPart.objects.filter(~Q(text="") | Q(joined_at__isnull=True), received_at__lte=now - ANSWER_WITHIN)
    return left.update(text="", joined_at=Coalesce("joined_at", now))


def _one_at_a_time(sender: str, reference: int) -> None:
    """Two last parts at the same moment would each miss the other, and the text would never be whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sms-part {sender} {reference}"])


def _waiting(sender, reference, total, now) -> list[IncomingPart]:
    """The parts of one text in their order; the newest of each number, since phones use a reference again."""
    waiting = IncomingPart.objects.waiting(since=now - ANSWER_WITHIN)
    return list(waiting.filter(sender=sender, reference=reference, total=total).order_by("number", "-pk").distinct("number"))


def _join(parts: list[IncomingPart], now: datetime) -> IncomingSms:
    first, text = parts[0], "".join(part.text for part in parts)
    whole = IncomingSms.objects.create(provider_id=f"parts:{first.pk}", sender=first.sender, text=text[:LONGEST_TEXT])
    for part in parts:
        part.joined_at, part.text = now, _sealed(part.text)
    IncomingPart.objects.bulk_update(parts, ["joined_at", "text"])
    # Older ones of the same numbers belong to a text that will never be whole.
    same = IncomingPart.objects.waiting(since=now - ANSWER_WITHIN).filter(sender=first.sender, reference=first.reference, total=first.total)
    same.update(joined_at=now, text="")
    return whole


def _sealed(text: str) -> str:
    """A trace by which the same part is known again, without its text."""
    return salted_hmac("portal.messaging.parts", text, algorithm="sha256").hexdigest()
