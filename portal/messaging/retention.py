"""How long messages are remembered: their texts some months, that they were sent two years, and of a deleted account nothing.

All is done in batches, each committed by itself, so that a table of millions is never locked.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from portal.messaging.models import FORGOTTEN, InboxCopy, IncomingPart, IncomingSms, OutgoingMessage
from portal.messaging.models.incoming import ANSWER_WITHIN

BATCH = 1000
NO_TEXT = {"subject": "", "body": "", "html": "", "headers": {}}
# In place of an address: with its number in it, the row stays the only one of its event and channel.
NOBODY = Concat(Value(FORGOTTEN), Cast("pk", CharField()))

State = OutgoingMessage.State
ENDED = {"sent_at": [State.SENT], "failed_at": [State.FAILED, State.EXPIRED]}


def forget_old(*, at: datetime | None = None, for_seconds: float = 300) -> None:
    """What the night does; what it has no time for is left to the next one."""
    at, end = at or timezone.now(), time.monotonic() + for_seconds
    texts, rows = at - timedelta(days=settings.MESSAGE_TEXT_DAYS), at - timedelta(days=settings.MESSAGE_ROW_DAYS)
    while forget_closed() and time.monotonic() < end:
        pass
    for moment, states in ENDED.items():
        ended = OutgoingMessage.objects.filter(state__in=states)
        for batch in _batches(ended, moment, rows, end):
            OutgoingMessage.objects.filter(pk__in=batch).delete()
        for batch in _batches(ended.exclude(subject="", body="", html=""), moment, texts, end):
            OutgoingMessage.objects.filter(pk__in=batch).update(**NO_TEXT)
    for model, moment in ((IncomingSms, "received_at"), (IncomingPart, "received_at"), (InboxCopy, "at")):
        for batch in _batches(model.objects.all(), moment, texts, end):
            model.objects.filter(pk__in=batch).delete()


def _batches(rows, moment: str, before: datetime, end: float) -> Iterator[list[int]]:
    """The numbers of what happened before then, oldest first; each row is looked at once."""
    rows = rows.filter(**{f"{moment}__lt": before}).order_by(moment, "pk").values_list(moment, "pk")
    later = Q()
    while time.monotonic() < end and (found := list(rows.filter(later)[:BATCH])):
        yield [pk for _at, pk in found]
        last, pk = found[-1]
        # The first condition is what an index can begin at: without it each batch would read all former ones.
        later = Q(**{f"{moment}__gte": last}) & (Q(**{f"{moment}__gt": last}) | Q(pk__gt=pk))


def forget_account(*addresses: str, about: str) -> None:
    """Take an account's addresses out of what it was sent and what it texted; what waits is sent first, and forgotten the night after.

    Called in the transaction that closes the account.
    """
    addresses = [address for address in addresses if address]
    # Marked before any is wiped: a row that a worker sends in between is either marked or wiped, never missed.
    OutgoingMessage.objects.filter(Q(recipient__in=addresses) | Q(about=about)).update(forget=True)
    while forget_closed():
        pass
    InboxCopy.objects.filter(recipient__in=addresses).delete()
    done = Q(answered_at__isnull=False) | Q(received_at__lte=timezone.now() - ANSWER_WITHIN)
    IncomingSms.objects.filter(done, sender__in=addresses).update(sender=NOBODY)
    IncomingPart.objects.filter(sender__in=addresses, joined_at__isnull=False).update(sender=NOBODY)


@transaction.atomic
def forget_closed() -> int:
    """Wipe one batch of what deleted accounts were sent and that is no longer on its way; how many rows."""
    marked = OutgoingMessage.objects.filter(forget=True).exclude(state=State.WAITING).select_for_update(skip_locked=True)
    found = dict(marked.values_list("pk", "recipient")[:BATCH])
    if found:
        InboxCopy.objects.filter(recipient__in=set(found.values())).delete()
        OutgoingMessage.objects.filter(pk__in=found).update(recipient=NOBODY, forget=False, last_error="", **NO_TEXT)
    return len(found)
