"""“DVC<Mã biên nhận>” to the short code: the status, in the words of the tracking page."""

from django.conf import settings

from portal import throttle
from portal.messaging import wording
from tracking import summary

TEN_MINUTES = 600


def look_up(sender: str, text: str) -> str:
    """The reply to one message; `text` is what follows DVC, in any spelling of a code.

    To whoever asks only the status: a reason could be read by a stranger who walks the codes. Beyond
    the limit there is no reply at all, since each costs the province money.
    """
    try:
        throttle.check("track-sms", sender, limit=settings.LOOKUPS_PER_10_MINUTES, seconds=TEN_MINUTES)
    except throttle.TooMany:
        return ""
    found = summary.find(text)
    if found is None:
        return wording.sms_text("tracking/unknown", {})
    whole = wording.sms_text("tracking/status", {"found": found, "with_sentence": True})
    return whole if len(whole) <= wording.SMS_LENGTH else wording.sms_text("tracking/status", {"found": found, "with_sentence": False})
