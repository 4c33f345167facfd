"""Keeping the promise: claim rows under a lease, call the provider outside any transaction, write what came of it.

The claim is committed before the provider is called, so a worker that dies leaves a lease that runs
out, never a locked row; no transaction stays open while a provider takes its ten seconds.
"""

import logging
import random
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.messaging import routing
from portal.messaging.errors import GatewayError, without_addresses
from portal.messaging.mail import Mailer
from portal.messaging.models import Channel, InboxCopy, OutgoingMessage

logger = logging.getLogger(__name__)

BATCH = 100
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 10, 15 * 60
# No call to a provider is begun unless its time-out fits into what is left of the lease.
SLOWEST_CALL_SECONDS = 30

State = OutgoingMessage.State


def deliver_due(*, for_seconds: float = 300) -> int:
    """Send all that is due, codes before notices and oldest first; how many rows were taken in hand.

    Several workers may do this at once: each row is in one hand only.
    """
    end, handled = time.monotonic() + for_seconds, 0
    while time.monotonic() < end and (rows := claim()):
        _deliver(rows)
        handled += len(rows)
    return handled


def claim(*, at: datetime | None = None, batch: int = BATCH) -> list[OutgoingMessage]:
    """Take the next rows that nobody else holds, and commit that before anything is sent."""
    now = at or timezone.now()
    with transaction.atomic():
        # SKIP LOCKED: another worker's rows are passed by, not waited for.
        rows = list(OutgoingMessage.objects.due(now).select_for_update(skip_locked=True).order_by("priority", "due_at", "pk")[:batch])
        held = {
            "leased_until": now + timedelta(seconds=settings.MESSAGE_LEASE_SECONDS),
            "give_up_at": Coalesce("give_up_at", now + timedelta(hours=settings.MESSAGE_RETRY_HOURS)),
            "tries": F("tries") + 1,
        }
        if rows:
            OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).update(**held)
    for row in rows:
        row.leased_until = held["leased_until"]
        row.give_up_at = row.give_up_at or now + timedelta(hours=settings.MESSAGE_RETRY_HOURS)
        row.tries += 1
    return rows


def _deliver(rows: list[OutgoingMessage]) -> None:
    until = time.monotonic() + settings.MESSAGE_LEASE_SECONDS - SLOWEST_CALL_SECONDS
    mailer = Mailer()
    away: dict[str, GatewayError] = {}
    try:
        for position, row in enumerate(rows):
            if time.monotonic() > until:
                return _give_back(rows[position:])
            try:
                if row.channel in away:
                    raise away[row.channel]
                _hand_over(row, mailer)
            except GatewayError as trouble:
                if trouble.away:
                    away[row.channel] = trouble
                _not_taken(row, trouble)
            else:
                _taken(row)
    finally:
        mailer.close()


def _hand_over(row: OutgoingMessage, mailer: Mailer) -> None:
    try:
        if row.channel == Channel.SMS:
            row.provider = routing.send(row)
        else:
            mailer.send(row)
    except GatewayError:
        raise
    except Exception as fault:
        # A fault of our own must not keep the rest of the batch from going out.
        logger.exception("message %s could not be handed over", row.pk)
        raise GatewayError(f"{type(fault).__name__} in our own code") from None


def _taken(row: OutgoingMessage) -> None:
    with transaction.atomic():
        if settings.DEMO:
            InboxCopy.objects.create(
                channel=row.channel,
                recipient=row.recipient,
                sender=settings.SMS_SENDER if row.channel == Channel.SMS else row.headers.get("From", settings.DEFAULT_FROM_EMAIL),
                subject=row.subject,
                body=row.body,
                html=row.html,
            )
        # Whoever holds the lease now: it has been sent.
        _mine_or_not(row).update(
            state=State.SENT, sent_at=timezone.now(), provider=row.provider, leased_until=None, last_error="", **_wiped(row)
        )


def _not_taken(row: OutgoingMessage, trouble: GatewayError) -> None:
    reason, now = without_addresses(str(trouble)), timezone.now()
    # Only under our own lease: where it ran out, another worker may be sending the row this moment.
    mine = _mine_or_not(row).filter(leased_until=row.leased_until)
    if trouble.permanent or now >= row.give_up_at:
        logger.error("message %s (%s %s) failed after %d tries: %s", row.pk, row.kind, row.channel, row.tries, reason)
        mine.update(state=State.FAILED, failed_at=now, leased_until=None, last_error=reason, **_wiped(row))
    else:
        log = logger.warning if row.tries == 1 else logger.info
        log("message %s (%s %s) put off after try %d: %s", row.pk, row.kind, row.channel, row.tries, reason)
        mine.update(due_at=now + wait_after(row.tries), leased_until=None, last_error=reason)


def _mine_or_not(row: OutgoingMessage):
    return OutgoingMessage.objects.filter(pk=row.pk, state=State.WAITING)


def _wiped(row: OutgoingMessage) -> dict:
    """A code or a password is of use to its recipient only; the subject never holds one."""
    return {"body": "", "html": ""} if row.secret else {}


def _give_back(rows: list[OutgoingMessage]) -> None:
    """Rows claimed but not begun, because the others took all the time of the lease."""
    held = Q(pk__in=[row.pk for row in rows], leased_until=rows[0].leased_until)
    OutgoingMessage.objects.filter(held, state=State.WAITING).update(leased_until=None, tries=F("tries") - 1)


def wait_after(tries: int) -> timedelta:
    """10, 20, 40 … seconds up to 15 minutes, each shortened by up to a quarter so that a thousand
    messages put off in one minute do not come back in one minute."""
    whole = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 10), LONGEST_WAIT_SECONDS)
    return timedelta(seconds=max(FIRST_WAIT_SECONDS, whole * random.uniform(0.75, 1)))  # noqa: S311 - spreads load, keeps no secret
