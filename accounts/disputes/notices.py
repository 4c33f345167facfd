"""Who is told what about a claim: by SMS and by letter, and the same texts as a preview for the official."""

from django.conf import settings
from django.urls import reverse

from accounts.models import Dispute
from portal.messaging import outbox, wording
from portal.text import masked_email, masked_phone

TO_OWNER = ("frozen", "lost")


def post(kind, dispute: Dispute, **options) -> None:
    """Tell one of the two parties, on all channels they have."""
    for channel, to in _channels(kind, dispute, **options):
        outbox.post(
            event=f"dispute-{kind}:{dispute.code}",
            kind="dispute",
            channel=channel,
            to=to,
            template=f"accounts/dispute_{kind}",
            context=_context(kind, dispute),
            about=f"account:{_party(kind, dispute).pk}",
            # An account that is frozen can no longer be entered: its owner hears of it at once.
            any_hour=kind == "frozen",
        )


def preview(kind, dispute: Dispute) -> list[dict]:
    """What would be sent, as it will be read."""
    shown = []
    template, context = f"accounts/dispute_{kind}", _context(kind, dispute)
    for channel, to in _channels(kind, dispute):
        if channel == "sms":
            shown.append({"channel": channel, "to": masked_phone(to), "subject": "", "text": wording.sms(template, context)})
        else:
            subject, text, _html = wording.email(template, context)
            shown.append({"channel": channel, "to": masked_email(to), "subject": subject, "text": text})
    return shown


def _party(kind, dispute):
    return dispute.against if kind in TO_OWNER else dispute.claimant


def _channels(kind, dispute, email=""):
    """The claimant by the phone that was proven and the address that was typed; the owner by what the account has."""
    if kind not in TO_OWNER:
        phone, email = dispute.phone, email or dispute.claimant.email
    else:
        phone, email = dispute.against.phone if dispute.against.phone_verified_at else "", dispute.against.email
    return [(channel, to) for channel, to in (("sms", phone), ("email", email)) if to]


def _context(kind, dispute):
    return {
        "name": _party(kind, dispute).full_name,
        "dispute": dispute,
        "reason": dispute.reason,
        "url": settings.PUBLIC_BASE_URL + reverse("accounts:claim"),
        "login_url": settings.PUBLIC_BASE_URL + reverse("account_login"),
    }
