"""“DVC<Mã biên nhận>” to the short code: the status, in the words of the tracking page."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from dossiers import receipt
from dossiers.status import Status
from portal import throttle
from portal.messaging import wording
from portal.templatetags.portal import day
from portal.text import unaccented
from tracking import summary

TEN_MINUTES = 600
# Longer texts hold something else than a code.
MOST_WORDS = 12
# Where an official had to say why; a remark on another move is no reason.
WITH_REASON = frozenset({Status.REFUSED, Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL, Status.STOPPED})


def look_up(sender: str, text: str) -> str:
    """The reply to one message; `text` is what follows DVC, in any spelling of a code.

    To whoever asks only the status: a reason could be read by a stranger who walks the codes. It goes
    to the dossier's own phone. Beyond the limit there is no reply at all, since each costs the
    province money.
    """
    try:
        throttle.check("track-sms", sender, limit=settings.LOOKUPS_PER_10_MINUTES, seconds=TEN_MINUTES)
    except throttle.TooMany:
        return ""
    # A worker may have another language from the text before.
    with translation.override(settings.LANGUAGE_CODE):
        found = summary.find(_code(unaccented(text)), phone=sender)
        if found is None:
            return wording.sms_text("tracking/unknown", {})
        return _fitting(found)


def _code(text: str) -> str:
    """The longest run of words that reads as a code: people add “gui 8188” and thanks."""
    if _is_code(text):
        return text
    words = text.split()[:MOST_WORDS]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            if _is_code(run):
                return run
    return text


def _is_code(text: str) -> bool:
    try:
        receipt.parse(text)
    except ValueError:
        return False
    return True


def _fitting(found: summary.Summary) -> str:
    """The fullest reply that one message holds; where a reason is too long even alone, as many of its words as do."""
    reason = wording.typed(found.reason)
    for shown in _fuller_first(found, reason):
        if len(whole := _said(found, **shown)) <= wording.SMS_LENGTH:
            return whole
    room = wording.SMS_LENGTH - len(_said(found, reason=" ", cut=True))
    return _said(found, reason=_beginning(reason, room), cut=True)


def _fuller_first(found: summary.Summary, reason: str) -> Iterator[dict]:
    # “Hẹn trả 25/11/2026” is told once.
    due = bool(found.due_at) and day(found.due_at) not in found.status.sentence
    yield {"reason": reason, "due": due, "sentence": True}
    if reason:
        yield {"reason": reason, "due": False, "sentence": True}
    yield {"reason": reason, "due": bool(found.due_at), "sentence": False}
    yield {"reason": reason}


def _said(found: summary.Summary, **shown) -> str:
    return wording.sms_text("tracking/status", {"found": found, "is_reason": found.status.status in WITH_REASON} | shown)


def _beginning(text: str, room: int) -> str:
    """As many whole words as fit, or of a single endless one its beginning."""
    cut = text[: room + 1].rpartition(" ")[0] or text[:room]
    return cut.rstrip(" ,;:.-(")
