"""Keeping the promise: hand claimed messages to their providers, and write down what came of it.

A message is doubled only where the answer of its provider was lost: the line dropped, or the worker
was killed before it could write “sent”. The next worker finds the row when its lease has run out, and
sends it under the same reference, a letter under the same Message-ID.
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from portal.messaging import broker, budget, claims, hours
from portal.messaging.errors import GatewayError, without_addresses
from portal.messaging.mail import Mailer
from portal.messaging.models import Channel, InboxCopy, OutgoingMessage
from portal.messaging.outbox import DELIVER, URGENT
from portal.messaging.routing import Router

logger = logging.getLogger(__name__)

# Longer than this no worker stays with the messages while others ask for something else.
RUN_SECONDS = 30
# No call to a provider is begun unless its time-out fits into what is left of the lease.
SLOWEST_CALL = timedelta(seconds=30)
# How often a worker in the middle of notices looks for something that goes before them.
LOOK_SECONDS = 1
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LONGEST_URGENT_WAIT_SECONDS = 10, 15 * 60, 60
DATABASE_WAIT_SECONDS = 0.5

State = OutgoingMessage.State

# The one statement made for every message: the ORM would take four times the CPU to build it. Whoever holds
# the lease now, and even if the row was given up meanwhile: it has been sent.
SENT = """
UPDATE messaging_outgoingmessage
SET state = 'sent', sent_at = %s, failed_at = NULL, provider = %s, leased_until = NULL, last_error = '' {wiped}
WHERE id = %s AND state <> 'sent'
"""
SENT, SENT_AND_WIPED = SENT.format(wiped=""), SENT.format(wiped=", body = '', html = ''")


def deliver_due(*, for_seconds: float = RUN_SECONDS, woken: bool = False) -> int:
    """Send all that is due, codes before notices and oldest first; how many rows were taken in hand.

    Several workers may do this at once: each row is in one hand only. One `woken` by a commit loses no
    time with what cannot be sent now.
    """
    end = time.monotonic() + for_seconds
    if not woken:
        claims.expire()
        claims.keep_for_the_morning()
    with Providers() as providers:
        return _deliver_all(end, providers)


def _deliver_all(end: float, providers: "Providers") -> int:
    handled = 0
    while rows := claims.claim():
        is_full = len(rows) == claims.size_of(rows[0])
        if is_full:
            # More is waiting than one batch: another worker, if one is idle, takes the next.
            broker.ask_once(DELIVER)
        done = deliver(rows, end, providers)
        handled += done
        if time.monotonic() >= end:
            # The rest comes after what others asked for meanwhile: an answer, a photograph.
            broker.ask_once(DELIVER)
            break
        if done == len(rows) and not is_full and rows[0].priority > URGENT:
            break  # nothing goes after notices, and what was committed since has asked for another look
    return handled


def deliver(rows: list[OutgoingMessage], end: float, providers: "Providers") -> int:
    """Hand over one claim, or as much of it as its lease, the clock and urgent messages allow; how many that were."""
    look_at = time.monotonic() + LOOK_SECONDS
    providers.begin_batch()
    for position, row in enumerate(rows):
        now, clock = timezone.now(), time.monotonic()
        # The first one always goes, or a lease that is too short would stop everything.
        must_stop = position and (clock >= end or now + SLOWEST_CALL > row.leased_until)
        if not must_stop and row.priority > URGENT and clock >= look_at:
            must_stop, look_at = claims.urgent_waits(now), clock + LOOK_SECONDS
        if must_stop:
            claims.give_back(rows[position:])
            return position
        providers.deliver(row, now)
    return len(rows)


class Providers:
    """The ways out during one run of a worker, and which of them a batch has found to be away."""

    def __init__(self):
        self._mailer, self._router = Mailer(), Router()
        self._away: dict[str, GatewayError] = {}

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._mailer.close()

    def begin_batch(self) -> None:
        self._away = {}

    def deliver(self, row: OutgoingMessage, now: datetime) -> None:
        if row.expires_at and row.expires_at <= now:
            return _too_late(row, now)
        if row.by_day_only and (opening := hours.opening(now)) > now:
            return _wait(row, until=opening, shift=opening - now)
        if not budget.let_through(row):
            # An answer will be of no use by then, and ends; a notice is never lost for want of money.
            renewed = hours.opening(budget.renewed_at(now))
            return _wait(row, until=renewed, shift=renewed - now)
        try:
            if row.channel in self._away:
                raise self._away[row.channel]
            self._hand_over(row)
        except GatewayError as trouble:
            if trouble.away:
                self._away[row.channel] = trouble
            _not_taken(row, trouble)
        else:
            _taken(row)

    def _hand_over(self, row: OutgoingMessage) -> None:
        try:
            if row.channel == Channel.SMS:
                row.provider = self._router.send(row)
            else:
                self._mailer.send(row)
        except GatewayError:
            raise
        except Exception as fault:
            # A fault of our own must not keep the rest of the batch from going out.
            logger.exception("message %s could not be handed over", row.pk)
            raise GatewayError(f"{type(fault).__name__} in our own code") from None


def _taken(row: OutgoingMessage) -> None:
    def write():
        with connection.cursor() as cursor:
            cursor.execute(SENT_AND_WIPED if row.secret else SENT, [timezone.now(), row.provider, row.pk])

    def write_with_copy():
        with transaction.atomic():
            _keep_copy(row)
            write()

    _write_down(row, write_with_copy if settings.DEMO else write)


def _not_taken(row: OutgoingMessage, trouble: GatewayError) -> None:
    reason, now = without_addresses(str(trouble)), timezone.now()
    if trouble.permanent or now >= row.give_up_at:
        logger.error("message %s (%s %s) failed after %d tries: %s", row.pk, row.kind, row.channel, row.tries, reason)
        outcome = {"state": State.FAILED, "failed_at": now, "last_error": reason, **_wiped(row)}
    else:
        log = logger.warning if row.tries == 1 else logger.info
        log("message %s (%s %s) put off after try %d: %s", row.pk, row.kind, row.channel, row.tries, reason)
        again = now + wait_after(row.tries, urgent=row.priority <= URGENT)
        due_at = hours.opening(again) if row.by_day_only else again
        # The hours of the night are none of those for which a message is tried.
        outcome = {"due_at": due_at, "give_up_at": row.give_up_at + (due_at - again), "last_error": reason}
    _write_down(row, lambda: _mine(row).update(leased_until=None, **outcome))


def _too_late(row: OutgoingMessage, now: datetime) -> None:
    """Its time ran out in our hands."""
    logger.warning("message %s (%s %s) expired before it could leave", row.pk, row.kind, row.channel)
    outcome = {"state": State.EXPIRED, "failed_at": now, "body": "", "html": ""}
    _write_down(row, lambda: _mine(row).update(leased_until=None, **outcome))


def _wait(row: OutgoingMessage, *, until: datetime, shift: timedelta) -> None:
    """Not now, and through no fault of anybody: it was no try, and the time for tries does not run."""
    outcome = {"due_at": until, "give_up_at": row.give_up_at + shift, "tries": row.tries - 1}
    _write_down(row, lambda: _mine(row).update(leased_until=None, **outcome))


def _mine(row: OutgoingMessage):
    """The row under our own lease only: where that ran out, another worker may be sending it this moment."""
    return OutgoingMessage.objects.filter(pk=row.pk, state=State.WAITING, leased_until=row.leased_until)


def _write_down(row: OutgoingMessage, write: Callable) -> None:
    """A database that is away is waited for until the lease runs out: what was sent and is not written down is sent twice."""
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or timezone.now() >= row.leased_until:
                raise
            logger.warning("database away, what came of message %s is written down later", row.pk)
            connection.close()
            time.sleep(DATABASE_WAIT_SECONDS)


def _keep_copy(row: OutgoingMessage) -> None:
    """What was delivered, for the development inbox."""
    sender = settings.SMS_SENDER if row.channel == Channel.SMS else row.headers.get("From", settings.DEFAULT_FROM_EMAIL)
    InboxCopy.objects.create(channel=row.channel, recipient=row.recipient, sender=sender, subject=row.subject, body=row.body, html=row.html)


def _wiped(row: OutgoingMessage) -> dict:
    """A code or a password is of use to its recipient only; the subject never holds one."""
    return {"body": "", "html": ""} if row.secret else {}


def wait_after(tries: int, *, urgent: bool = False) -> timedelta:
    """10, 20, 40 … seconds up to 15 minutes, or one minute where somebody waits for the message.

    Each is shortened by up to a quarter, so that a thousand messages put off in one minute do not come
    back in one minute.
    """
    longest = LONGEST_URGENT_WAIT_SECONDS if urgent else LONGEST_WAIT_SECONDS
    whole = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 10), longest)
    return timedelta(seconds=max(FIRST_WAIT_SECONDS, whole * random.uniform(0.75, 1)))  # noqa: S311 - spreads load, keeps no secret
