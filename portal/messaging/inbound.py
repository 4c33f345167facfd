"""SMS to the short code: store under the provider's id, acknowledge, then answer in a task."""

import ipaddress
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal import doors
from portal.messaging import broker, commands, outbox, wording
from portal.messaging.models import Channel, IncomingSms, OutgoingMessage
from portal.text import e164

logger = logging.getLogger(__name__)

HELP_EVERY = timedelta(hours=1)
# Later than this an answer would only surprise.
ANSWER_WITHIN = timedelta(hours=4)


def is_open() -> bool:
    return bool(settings.SMS_MO_SECRET and settings.SMS_MO_ALLOWED_IPS)


def is_allowed(address: str) -> bool:
    """Is it the provider's machine?"""
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    caller = getattr(caller, "ipv4_mapped", None) or caller  # a socket that speaks both writes ::ffff:10.0.0.1
    return any(caller in network for network in settings.SMS_MO_ALLOWED_IPS)


def store(provider_id: str, sender: str, text: str) -> IncomingSms:
    """Keep an SMS; the provider's repetition of it is the same SMS."""
    # PostgreSQL's text knows neither a NUL nor half of a letter.
    provider_id, sender, text = (part.replace("\0", "").encode("utf-8", "replace").decode() for part in (provider_id, sender, text))
    row = IncomingSms(provider_id=provider_id[:100], sender=_number(sender), text=text[:1000])
    IncomingSms.objects.bulk_create([row], ignore_conflicts=True)
    return IncomingSms.objects.get(provider_id=row.provider_id)


def answer_soon(incoming: IncomingSms) -> None:
    """Have a worker answer, once the SMS is safely stored."""
    if incoming.answered_at is None:
        transaction.on_commit(lambda: broker.ask("portal.messaging.tasks.answer", incoming.pk), robust=True)


@transaction.atomic
def answer(incoming: IncomingSms, *, at: datetime | None = None) -> OutgoingMessage | None:
    """Let the handler of its first word answer an SMS, once; what no handler knows gets the help text.

    Of the text only that word stays: the rest is a name, an ID number, a birth date, or a mistyping of them.
    """
    now = at or timezone.now()
    # Two workers may have been asked: the second one waits here and finds the work done.
    incoming = IncomingSms.objects.select_for_update().get(pk=incoming.pk)
    if incoming.answered_at:
        return None
    said = incoming.text
    incoming.answered_at, incoming.text = now, commands.word(said)
    incoming.save(update_fields=["answered_at", "text"])
    if not incoming.sender.startswith("+84"):
        return None  # short codes and foreign numbers are mostly machines, which would answer back
    handler, rest = commands.find(said)
    if handler is None:
        return _help(incoming, now)
    reply = handler(incoming.sender, rest)
    if not reply:
        return None
    # An answer may hold a password, and only its handler knows; so none stays after delivery.
    return _reply(incoming, reply, event=f"sms-in:{incoming.pk}", kind="sms_answer", secret=True)


def answer_forgotten(*, at: datetime | None = None) -> None:
    """Answer what no worker was asked to answer, or what failed; a fault with one must not hold up the others."""
    now = at or timezone.now()
    waiting = IncomingSms.objects.unanswered().filter(received_at__gte=now - ANSWER_WITHIN).order_by("received_at")
    for incoming in waiting[:100]:
        try:
            answer(incoming, at=at)
        except Exception:
            logger.exception("incoming SMS %s could not be answered", incoming.pk)


def forget_texts(*, at: datetime | None = None) -> int:
    """Of what will be answered no more, keep the command word only; returns how many texts went."""
    too_late = IncomingSms.objects.unanswered().filter(received_at__lt=(at or timezone.now()) - ANSWER_WITHIN)
    kept = [*settings.SMS_COMMANDS, commands.UNKNOWN]
    with transaction.atomic():
        rows = list(too_late.exclude(text__in=kept).select_for_update(skip_locked=True)[:1000])
        for row in rows:
            row.text = commands.word(row.text)
        IncomingSms.objects.bulk_update(rows, ["text"])
    return len(rows)


def _help(incoming: IncomingSms, now: datetime) -> OutgoingMessage | None:
    """One help text an hour for a number, so that two robots cannot talk forever."""
    earlier = OutgoingMessage.objects.filter(recipient=incoming.sender, kind="sms_help", created_at__gt=now - HELP_EVERY)
    if earlier.exists():
        return None
    # The hour in the event's name: two texts answered in the same moment are still one help text.
    return _reply(
        incoming,
        wording.sms("messaging/help", {"sign_up_closed": not doors.standing().sms}),
        event=f"sms-help:{now:%Y%m%d%H}",
        kind="sms_help",
        secret=False,
    )


def _reply(incoming: IncomingSms, text: str, *, event: str, kind: str, secret: bool) -> OutgoingMessage:
    return outbox.write(
        event=event, kind=kind, channel=Channel.SMS, recipient=incoming.sender, about=f"sms:{incoming.pk}",
        body=wording.fit_for_sms(text), secret=secret, priority=outbox.URGENT, any_hour=True,
    )  # fmt: skip


def _number(sender: str) -> str:
    """Providers write +84…, 84… or 0…; whoever has no Vietnamese mobile number stays as written."""
    try:
        return e164(sender)
    except ValueError:
        return sender.strip()[:20]
