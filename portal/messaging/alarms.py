"""Telling the people who keep the portal running, before citizens do.

A line in the log at once; one e-mail a day and cause to each of ALARM_EMAILS, through the outbox like
any other. Never an SMS: most causes are SMS that cannot leave.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from portal import throttle
from portal.messaging import budget, outbox
from portal.messaging.models import Channel, OutgoingMessage, ProviderHealth

logger = logging.getLogger(__name__)

# What templates/messages/messaging/alarm.* have words for.
AWAY, QUEUE, FAILED, BUDGET = CAUSES = ("away", "queue", "failed", "budget")
AWAY_AFTER = timedelta(minutes=10)
HOUR = 3600

State = OutgoingMessage.State


def raise_alarm(cause: str, *, about: str = "", at: datetime | None = None, **facts) -> None:
    """Tell of a cause, e.g. raise_alarm("away", about="kannel-1", since=…, error=…); never raises itself.

    The letters are written in the caller's transaction, behind a savepoint of their own. Where that
    transaction is undone so are they, and whoever looks next writes them again.
    """
    at = at or timezone.now()
    name = f"{cause}:{about}" if about else cause
    # A cause that lasts is looked at every few minutes and need not fill the log.
    if throttle.count("alarm", name, seconds=HOUR) == 1:
        logger.error("alarm: %s %s", name, " ".join(f"{fact}={value}" for fact, value in sorted(facts.items())))
    event = f"alarm:{name}:{timezone.localdate(at):%Y-%m-%d}"
    try:
        with transaction.atomic():
            _write(event, {"cause": cause, "about": about} | facts)
    except Exception:  # whatever it is, the caller has messages to deliver
        logger.exception("alarm %s could not be written", name)


def _write(event: str, context: dict) -> None:
    told = set(OutgoingMessage.objects.filter(event=event).values_list("recipient", flat=True))
    for address in settings.ALARM_EMAILS:
        if address not in told:
            outbox.post(
                event=event, kind="alarm", channel=Channel.EMAIL, to=address, template="messaging/alarm",
                context=context | {"list_url": _list_url(context["cause"])}, urgent=True,
            )  # fmt: skip


def _list_url(cause: str) -> str:
    state = State.FAILED if cause == FAILED else State.WAITING
    return f"{settings.PUBLIC_BASE_URL}{reverse('admin:messaging_outgoingmessage_changelist')}?state__exact={state}"


def look(*, at: datetime | None = None) -> None:
    """Look for every cause; a fault while looking for one must not hide the others."""
    at = at or timezone.now()
    for cause in (_providers_away, _queue_stands_still, _messages_failed, _budget_runs_out):
        try:
            cause(at)
        except Exception:
            logger.exception("alarm: %s could not be looked for", cause.__name__)


def _providers_away(at):
    """Those that failed their trial as well; one failure before a quiet night is none yet."""
    for provider in ProviderHealth.objects.in_use().filter(away_since__lte=at - AWAY_AFTER, troubles__gte=2):
        raise_alarm(AWAY, about=provider.name, at=at, since=provider.away_since, error=provider.last_error)


def _queue_stands_still(at):
    rows = OutgoingMessage.objects.overdue(at)
    if since := rows.aggregate(since=Min("due_at"))["since"]:
        raise_alarm(QUEUE, at=at, since=since, count=rows.count())


def _messages_failed(at):
    """What failed since the last letter about it, or since yesterday."""
    since = at - timedelta(days=1)
    told = OutgoingMessage.objects.filter(kind="alarm", event__startswith=f"alarm:{FAILED}:", created_at__gt=since)
    since = told.order_by("-created_at").values_list("created_at", flat=True).first() or since
    if count := OutgoingMessage.objects.filter(state=State.FAILED, failed_at__gt=since).count():
        # Anybody makes one fail, with an address that does not exist; ten times as many are another letter.
        raise_alarm(FAILED, about=str(10 ** (len(str(count)) - 1)), at=at, since=since, count=count)


def _budget_runs_out(at):
    spent, most = budget.today()
    for mark in budget.reached():
        raise_alarm(BUDGET, about=mark, at=at, spent=spent, most=most)
