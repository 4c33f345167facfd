"""What the account page shows of messages; named in settings because `accounts` knows this room for posting only."""

from django.utils.translation import gettext as _

from portal.messaging import kinds
from portal.messaging.models import OutgoingMessage

NEWEST = 10
State = OutgoingMessage.State


def sent(user) -> dict:
    """The messages last sent to this person; never their texts, which may hold a code or a password."""
    # A phone that was typed but not proven may be somebody else's, and so may what was sent to it.
    phone = user.phone if user.phone_verified_at else ""
    rows = OutgoingMessage.objects.sent_to(user.email, phone).only("kind", "channel", "recipient", "state", "created_at", "sent_at")
    return {
        "title": _("Tin đã gửi cho tôi"),
        "template": "messaging/panel.html",
        "context": {"rows": [_row(message) for message in rows[:NEWEST]]},
    }


def _row(message) -> dict:
    return {
        "kind": kinds.name(message.kind),
        "channel": message.get_channel_display(),
        "recipient": message.masked_recipient,
        "at": message.sent_at or message.created_at,
        "state": message.get_state_display(),
        "sent": message.state == State.SENT,
        "failed": message.state == State.FAILED,
    }
