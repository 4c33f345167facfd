"""The one door out: a row now, in the transaction of the fact it reports; delivery after commit."""

import re
import threading
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from portal.messaging import broker, hours, wording
from portal.messaging.models import Channel, OutgoingMessage
from portal.text import e164

# Strangers can ask for thousands of urgent messages, but for none that goes first.
FIRST, URGENT, NORMAL = 0, 1, 5
DELIVER = "portal.messaging.tasks.deliver_waiting"


def post(
    *,
    event: str,
    kind: str,
    channel: str,
    to: str,
    template: str,
    context: dict,
    about: str = "",
    secret: bool = False,
    urgent: bool = False,
    first: bool = False,
    any_hour: bool = False,
    expires_at: datetime | None = None,
) -> OutgoingMessage | None:
    """Promise one message about `event` to one recipient; None where there is no address to send to.

    Renders `messages/<template>.sms.txt`, or `.subject.txt` and `.email.txt` (with `.email.html`
    where it exists). The same event, channel and recipient twice is the first message. `urgent` goes
    before notices and at any hour, `first` before all that is urgent; `any_hour` is a notice that answers what somebody did this moment.
    After `expires_at` it is not sent at all.
    """
    if not to.strip():
        return None
    if channel == Channel.SMS:
        subject, body, html = "", wording.sms(template, context), ""
    else:
        subject, body, html = wording.email(template, context)
    return write(
        event=event, kind=kind, channel=channel, recipient=to, about=about,
        subject=subject, body=body, html=html, secret=secret, priority=FIRST if first else URGENT if urgent else NORMAL,
        any_hour=any_hour or urgent or first, expires_at=expires_at,
    )  # fmt: skip


def write(*, event: str, channel: str, recipient: str, **fields) -> OutgoingMessage:
    """Store a message whose texts are ready, and have it delivered once this transaction commits."""
    recipient = _address(channel, recipient)
    row = OutgoingMessage(event=event, channel=channel, recipient=recipient, **fields)
    if row.by_day_only:
        row.due_at = hours.opening(timezone.now())
    # A second post of the same fact waits for the first one's transaction, then changes nothing.
    OutgoingMessage.objects.bulk_create([row], ignore_conflicts=True)
    wake_after_commit()
    return OutgoingMessage.objects.get(event=event, channel=channel, recipient=recipient)


def _address(channel: str, recipient: str) -> str:
    if channel != Channel.SMS:
        return recipient.strip()
    try:
        return e164(recipient)
    except ValueError:
        return re.sub(r"[\s.\-()]", "", recipient)  # a foreign number: the gateway knows better


class _Waking:
    """One call to the workers, however many messages the transaction posts."""

    def __init__(self):
        self.done = False

    def __call__(self):
        if not self.done:
            self.done = True
            broker.ask_once(DELIVER)


_this_thread = threading.local()


def wake_after_commit() -> None:
    """Have the workers look for messages that are due, once what was written is committed."""
    waking = getattr(_this_thread, "waking", None)
    if waking is None or waking.done:
        waking = _this_thread.waking = _Waking()
    transaction.on_commit(waking, robust=True)
