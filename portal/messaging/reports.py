"""What a gateway reports after it has taken an SMS: that it is on its way, arrived, or did not.

A report may come twice, late, before “sent” is written, and in any order: what is written is decided
by one conditional UPDATE.
"""

import logging

from django.conf import settings
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils import timezone

from portal.messaging.errors import without_addresses
from portal.messaging.models import OutgoingMessage

logger = logging.getLogger(__name__)

State, Report = OutgoingMessage.State, OutgoingMessage.Report
ON_ITS_WAY, DELIVERED, UNDELIVERED = Report.ON_ITS_WAY, Report.DELIVERED, Report.UNDELIVERED

# Kannel's numbers (8: handed to the carrier, 16: refused by it), and the words of other providers.
MEANINGS = {
    "1": DELIVERED, "delivered": DELIVERED, "success": DELIVERED, "delivrd": DELIVERED,
    "2": UNDELIVERED, "16": UNDELIVERED, "undelivered": UNDELIVERED, "failed": UNDELIVERED, "expired": UNDELIVERED,
    "rejected": UNDELIVERED, "undeliv": UNDELIVERED,
    "4": ON_ITS_WAY, "8": ON_ITS_WAY, "on-way": ON_ITS_WAY, "sent": ON_ITS_WAY, "queued": ON_ITS_WAY, "accepted": ON_ITS_WAY,
}  # fmt: skip
# What each may still replace: a report that overtook another one stands.
BEFORE = {ON_ITS_WAY: [Report.NONE], UNDELIVERED: [Report.NONE, ON_ITS_WAY], DELIVERED: [Report.NONE, ON_ITS_WAY, UNDELIVERED]}

# With a time in it, though none is too old: so written the logs know it for a key, and hide it.
_signer = TimestampSigner(salt="portal.messaging.reports")


def address(row, provider: str) -> str:
    """Where `provider` reports what became of `row`; nobody else can, as the address is signed."""
    token = _signer.sign(f"{row.pk}-{row.sending}-{provider}")
    return f"{settings.SMS_REPORT_BASE_URL}{reverse('sms_report', args=[token])}"


def check(token: str) -> None:
    """Raise BadSignature where the address is not one of ours."""
    _signer.unsign(token)


def note(token: str, status: str) -> None:
    """Write down a report, if it says anything new. Raises BadSignature.

    A row that is gone and a word nobody knows are no errors: the gateway would only repeat itself.
    A report about an earlier sending says nothing about this one.
    """
    pk, sending, provider = _signer.unsign(token).split("-", 2)
    report = MEANINGS.get(status.strip().lower())
    if report is None:
        logger.warning("report about message %s in words unknown here: %s", pk, without_addresses(status[:20]))
        return
    row = OutgoingMessage.objects.filter(pk=pk, sending=sending)
    if report == UNDELIVERED:
        # One gateway failed: of interest only if no other one has taken the message since.
        row = row.filter(provider__in=["", provider])
    else:
        _settle(row, provider)
    if row.filter(report__in=BEFORE[report]).update(report=report, reported_at=timezone.now()) and report == UNDELIVERED:
        logger.warning("message %s was not delivered by %s", pk, provider)


def _settle(row, provider: str) -> None:
    """The gateway had taken a message whose answer was lost, or not yet written down: it need not be sent once more."""
    unsettled = row.exclude(state=State.SENT)
    sent = {"state": State.SENT, "sent_at": timezone.now(), "failed_at": None, "provider": provider, "leased_until": None, "last_error": ""}
    unsettled.filter(secret=True).update(**sent, body="", html="")
    unsettled.filter(secret=False).update(**sent)
