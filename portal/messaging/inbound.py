"""SMS to the short code: store under the provider's id, acknowledge, then answer in a task."""

import hashlib
import ipaddress
import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal import doors, throttle
from portal.messaging import broker, commands, outbox, parts, wording
from portal.messaging.models import Channel, IncomingSms, OutgoingMessage
from portal.messaging.models.incoming import ANSWER_WITHIN, LONGEST_TEXT
from portal.text import e164, folded

logger = logging.getLogger(__name__)

HOUR = 3600
HELP_EVERY = timedelta(hours=1)
LONGEST_ID = 100


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
    row = IncomingSms(provider_id=_id(provider_id), sender=_number(sender), text=_storable(text)[:LONGEST_TEXT])
    IncomingSms.objects.bulk_create([row], ignore_conflicts=True)
    return IncomingSms.objects.get(provider_id=row.provider_id, sender=row.sender)


def store_part(provider_id: str, sender: str, place: parts.Place, text: str) -> IncomingSms | None:
    """Keep a part of a long SMS; the SMS itself once this part made it whole."""
    return parts.keep(_id(provider_id), _number(sender), place, _storable(text)[:LONGEST_TEXT])


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
    if not _may_be_a_person(incoming.sender, said):
        return None
    # Counted in advance, because an answer that must not be given may make no account either.
    if throttle.count("sms-answers", incoming.sender, seconds=HOUR) > settings.SMS_ANSWERS_PER_HOUR:
        logger.warning("incoming SMS %s is not answered: its sender had all answers of the hour", incoming.pk)
        return None
    reply = None
    try:
        reply = _answer(incoming, said, now)
    finally:
        if reply is None:
            throttle.give_back("sms-answers", incoming.sender)
    return reply


def _may_be_a_person(sender: str, text: str) -> bool:
    """Short codes and foreign numbers are mostly machines, which would answer back; so is whoever repeats our answer."""
    try:
        mobile = e164(sender)
    except ValueError:
        return False  # “+848188” too
    if mobile == _number(settings.SMS_SENDER):
        return False
    return not throttle.used("sms-said", _said_to(sender, text))


def _said_to(sender: str, text: str) -> str:
    return f"{sender}|{folded(text)}"


def _answer(incoming: IncomingSms, said: str, now: datetime) -> OutgoingMessage | None:
    handler, rest = commands.find(said)
    if handler is None:
        return _help(incoming, now)
    reply = handler(incoming.sender, rest)
    if not reply:
        return None
    # An answer may hold a password, and only its handler knows; so none stays after delivery.
    return _reply(incoming, reply, now, event=f"sms-in:{incoming.pk}", kind="sms_answer", secret=True)


def answer_forgotten(*, at: datetime | None = None, for_seconds: float = 50) -> None:
    """Answer what no worker was asked to answer, or what failed; a fault with one must not hold up the others."""
    parts.join_late(at=at)
    now, end, faulty = at or timezone.now(), time.monotonic() + for_seconds, []
    waiting = IncomingSms.objects.unanswered().filter(received_at__gte=now - ANSWER_WITHIN).order_by("received_at")
    while time.monotonic() < end and (batch := waiting.exclude(pk__in=faulty)[:100]):
        for incoming in batch:
            try:
                answer(incoming, at=at)
            except Exception:
                logger.exception("incoming SMS %s could not be answered", incoming.pk)
                faulty.append(incoming.pk)


def forget_texts(*, at: datetime | None = None) -> int:
    """Of what will be answered no more, keep the command word only; returns how many texts went."""
    parts.forget_texts(at=at)
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
    text = wording.sms("messaging/help", {"sign_up_closed": not doors.standing().sms})
    return _reply(incoming, text, now, event=f"sms-help:{now:%Y%m%d%H}", kind="sms_help", secret=False)


def _reply(incoming: IncomingSms, text: str, now: datetime, *, event: str, kind: str, secret: bool) -> OutgoingMessage:
    body = wording.fit_for_sms(text)
    # A robot may send back what it gets, word for word.
    throttle.count("sms-said", _said_to(incoming.sender, body), seconds=int(ANSWER_WITHIN.total_seconds()))
    return outbox.write(
        event=event, kind=kind, channel=Channel.SMS, recipient=incoming.sender, about=f"sms:{incoming.pk}",
        body=body, secret=secret, priority=outbox.URGENT, any_hour=True, expires_at=now + ANSWER_WITHIN,
    )  # fmt: skip


def _storable(text: str) -> str:
    """PostgreSQL's text knows neither a NUL nor half of a letter."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _id(provider_id: str) -> str:
    """A long name keeps what tells it from another that begins alike."""
    name = _storable(provider_id)
    return name if len(name) <= LONGEST_ID else "digest:" + hashlib.sha256(name.encode()).hexdigest()


def _number(sender: str) -> str:
    """Providers write +84…, 84… or 0…; whoever has no Vietnamese mobile number stays as written."""
    sender = _storable(sender)
    try:
        return e164(sender)
    except ValueError:
        return sender.strip()[:20]
