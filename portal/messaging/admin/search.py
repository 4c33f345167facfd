"""Finding messages by what an official or a citizen can say of them."""

from django.db.models import Q

from portal.messaging import subjects
from portal.text import e164


def outgoing(messages, typed: str):
    """Messages by recipient (a phone in any spelling, an e-mail address), by dossier, by event, or by number."""
    typed = typed.strip()
    if not typed:
        return messages
    if name := subjects.named(typed):
        return messages.filter(about=name)
    if phone := _phone(typed):
        return messages.filter(recipient=phone)
    if "@" in typed:
        return messages.filter(recipient__in={typed, typed.lower()})
    if typed.isascii() and typed.isdecimal():
        return messages.filter(pk=int(typed)) if len(typed) < 19 else messages.none()
    return messages.filter(Q(event=typed) | Q(about=typed))


def incoming(messages, typed: str):
    """Texts to the short code by their sender or by the provider's id."""
    typed = typed.strip()
    return messages.filter(Q(sender=_phone(typed) or typed) | Q(provider_id=typed)) if typed else messages


def _phone(typed: str) -> str:
    """The number as rows hold it; empty where it is none. A foreign one keeps its plus sign."""
    try:
        return e164(typed)
    except ValueError:
        digits = "".join(letter for letter in typed if letter.isdecimal())
        return f"+{digits}" if typed.startswith("+") and digits else ""
