"""Which messages a worker takes in hand, in what order and for how long.

A claim is one statement and commits by itself before any provider is called: a worker that dies
leaves a lease that runs out, never a locked row, and no transaction stays open while a provider takes
its ten seconds.

A lease is how long a message lies idle when its worker was killed. A notice can lie two minutes; a
code lives for five. So urgent messages are taken a few at a time, under a lease just long enough for
the slowest call and a quarter of a minute before it: at worst, and with nobody else writing to the
outbox, the sweep hands a code of a dead worker over 45 + 60 seconds later.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from portal.messaging import hours
from portal.messaging.models import Channel, OutgoingMessage
from portal.messaging.outbox import URGENT

logger = logging.getLogger(__name__)

URGENT_BATCH, BATCH = 20, 100
URGENT_LEASE_SECONDS = 45

State = OutgoingMessage.State

# SKIP LOCKED: another worker's rows are passed by, not waited for. MATERIALIZED: chosen once, or the
# planner might choose anew for each row it compares. Notices are taken only where nothing is urgent.
# A report is about this try only: that an earlier one did not arrive is why there is another.
TAKE = """
WITH urgent AS MATERIALIZED (
    SELECT id FROM messaging_outgoingmessage WHERE {free} AND priority <= %(urgent)s
    ORDER BY priority, due_at, id LIMIT %(few)s FOR UPDATE SKIP LOCKED
), notices AS MATERIALIZED (
    SELECT id FROM messaging_outgoingmessage WHERE {free} AND priority > %(urgent)s AND NOT EXISTS (SELECT FROM urgent)
    ORDER BY priority, due_at, id LIMIT %(many)s FOR UPDATE SKIP LOCKED
)
UPDATE messaging_outgoingmessage SET
    tries = tries + 1,
    report = '', reported_at = NULL,
    give_up_at = coalesce(give_up_at, %(give_up_at)s),
    leased_until = CASE WHEN priority <= %(urgent)s THEN %(short)s ELSE %(long)s END
WHERE id IN (SELECT id FROM urgent UNION ALL SELECT id FROM notices)
RETURNING *
""".format(  # noqa: S608 - both texts stand here
    free="""state = 'waiting' AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
        AND (expires_at IS NULL OR expires_at > %(now)s) AND (any_hour OR channel <> 'sms' OR %(by_day)s)"""
)


def claim(*, at: datetime | None = None, few: int = URGENT_BATCH, many: int = BATCH) -> list[OutgoingMessage]:
    """Take the next rows that nobody else holds: the urgent ones, or else notices; the oldest first."""
    now = at or timezone.now()
    rows = OutgoingMessage.objects.raw(
        TAKE,
        {
            "now": now,
            "urgent": URGENT,
            "few": few,
            "many": many,
            "by_day": hours.opening(now) == now,
            "short": now + timedelta(seconds=min(URGENT_LEASE_SECONDS, settings.MESSAGE_LEASE_SECONDS)),
            "long": now + timedelta(seconds=settings.MESSAGE_LEASE_SECONDS),
            "give_up_at": now + timedelta(hours=settings.MESSAGE_RETRY_HOURS),
        },
    )
    return sorted(rows, key=lambda row: (row.priority, row.due_at, row.pk))


def size_of(row: OutgoingMessage) -> int:
    """How many of its kind a claim takes at most."""
    return URGENT_BATCH if row.priority <= URGENT else BATCH


def give_back(rows: list[OutgoingMessage]) -> None:
    """Rows of one claim that were not begun; to them it was no try."""
    held = Q(pk__in=[row.pk for row in rows], leased_until=rows[0].leased_until)
    OutgoingMessage.objects.filter(held, state=State.WAITING).update(leased_until=None, tries=F("tries") - 1)


def urgent_waits(at: datetime) -> bool:
    """Is there a message that goes before notices, and in nobody's hands?"""
    return OutgoingMessage.objects.due(at).filter(priority__lte=URGENT).exists()


def expire(*, at: datetime | None = None) -> int:
    """End what is of no use any more, e.g. a code whose five minutes are over; returns how many that were."""
    count = OutgoingMessage.objects.expire(at or timezone.now())
    if count:
        logger.warning("%d messages expired before they could leave", count)
    return count


def keep_for_the_morning(*, at: datetime | None = None) -> int:
    """Move what came due too late in the evening, in one statement; returns how many that were."""
    now = at or timezone.now()
    opening = hours.opening(now)
    if opening == now:
        return 0
    late = OutgoingMessage.objects.due(now).filter(channel=Channel.SMS, any_hour=False)
    # The hours of the night are none of those for which a message is tried.
    return late.update(due_at=opening, give_up_at=F("give_up_at") + (opening - now))
