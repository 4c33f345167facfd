"""Which handler answers “TK …” or “DVC…”; handlers live in the apps above and are known by name."""

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from portal.text import nfc, unaccented

# Takes the sender's number (+84…) and what follows the word; gives the reply, or None for silence.
Handler = Callable[[str, str], str | None]


def find(text: str) -> tuple[Handler | None, str]:
    """The handler of the longest known word at the beginning, and the rest of the text.

    People write “DVC H15…” and “DVCH15…” alike, so no space is needed after the word.
    """
    text = nfc(text)
    beginning = unaccented(text).upper()
    known = [word for word in settings.SMS_COMMANDS if beginning.startswith(word.upper())]
    if not known:
        return None, text
    word = max(known, key=len)
    return import_string(settings.SMS_COMMANDS[word]), text[len(word) :].strip()
