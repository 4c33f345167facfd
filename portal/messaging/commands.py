"""Which handler answers “TK …” or “DVC…”; handlers live in the apps above and are known by name."""

import re
import unicodedata
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from portal.text import nfc, unaccented

# Takes the sender's number (+84…) and what follows the word; gives the reply, or None for silence.
Handler = Callable[[str, str], str | None]

UNKNOWN = "…"
OPENING = re.compile(r"\A[\W_]+")


def whole_word(handler: Handler) -> Handler:
    """Mark a handler whose word must stand alone: “TK, …” and “tk 0660…”, but not “tkhong”."""
    handler.whole_word = True
    return handler


def find(text: str) -> tuple[Handler | None, str]:
    """The handler of the longest known word at the beginning, and the rest of the text.

    People write “DVC H15…” and “DVCH15…” alike, so most words need no space after them.
    """
    _word, handler, rest = _found(text)
    return handler, rest.strip()


def word(text: str) -> str:
    """The command word alone: all that may be kept of a text, as a mistyped one holds personal data too."""
    return _found(text)[0] or UNKNOWN


def _found(text):
    # Full-width letters and signs are typed on foreign keyboards, or come with a paste; quotes with the example.
    text = OPENING.sub("", nfc(unicodedata.normalize("NFKC", text)))
    beginning = unaccented(text).upper()
    for known in sorted(settings.SMS_COMMANDS, key=len, reverse=True):
        if not beginning.startswith(known.upper()):
            continue
        handler = import_string(settings.SMS_COMMANDS[known])
        if getattr(handler, "whole_word", False) and beginning[len(known) : len(known) + 1].isalnum():
            continue
        return known, handler, _after(text, len(known))
    return "", None, text


def _after(text: str, letters: int) -> str:
    """What follows so many letters; a mark that no letter could take in stands beside it and counts nothing."""
    for end in range(letters, len(text)):
        # The cheap question first: a text may be a thousand marks.
        if not unicodedata.combining(text[end]) and len(unaccented(text[:end])) == letters:
            return text[end:]
    return ""
