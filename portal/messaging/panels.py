"""What the account page shows of messages; named in settings because `accounts` knows this room for posting only."""

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.messaging import received

NEWEST = 5


def sent(user) -> dict:
    """The messages last sent to this person; their texts are one page further."""
    newest = received.by(user).defer("body", "html", "headers")[:NEWEST]
    return {
        "title": _("Tin đã gửi cho tôi"),
        "template": "messaging/panel.html",
        "context": {"rows": received.rows(newest, timezone.now(), user)},
    }
