"""What the account page lists of this room."""

from portal.messaging import kinds
from portal.messaging.models import OutgoingMessage

SHOWN = 20


def sent(user) -> list[dict]:
    """The messages last sent to this person; never their texts, which may hold a code or a password."""
    # A phone that was typed but not proven may be somebody else's, and so may what was sent to it.
    phone = user.phone if user.phone_verified_at else ""
    rows = OutgoingMessage.objects.sent_to(user.email, phone).only("kind", "channel", "recipient", "state", "created_at", "sent_at")
    return [
        {
            "kind": kinds.name(row.kind),
            "channel": row.get_channel_display(),
            "recipient": row.masked_recipient,
            "at": row.sent_at or row.created_at,
            "state": row.get_state_display(),
            "failed": row.state == OutgoingMessage.State.FAILED,
        }
        for row in rows[:SHOWN]
    ]
