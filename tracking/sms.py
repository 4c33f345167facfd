"""“DVC<Mã biên nhận>” to the short code: the status, in the words of the tracking page."""

from django.conf import settings
from django.template.loader import render_to_string

from portal.text import unaccented
from tracking import summary

LONGEST = 160


def look_up(sender: str, text: str) -> str:
    """The reply to one message; `text` is what follows DVC, in any spelling of a code.

    To whoever asks only the status: a reason could be read by a stranger who walks the codes.
    """
    found = summary.find(text)
    if found is None:
        return _words("unknown", {})
    whole = _words("status", {"found": found, "with_sentence": True})
    return whole if len(whole) <= LONGEST else _words("status", {"found": found, "with_sentence": False})


def _words(name: str, context: dict) -> str:
    context |= {"HOTLINE": settings.HOTLINE, "SMS_SENDER": settings.SMS_SENDER}
    return " ".join(unaccented(render_to_string(f"messages/tracking/{name}.sms.txt", context)).split())
