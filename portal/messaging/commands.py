"""Which handler answers “TK …” or “DVC…”; handlers live in the apps above and are known by name."""

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from portal.text import unaccented

Handler = Callable[[str, str], str | None]


def handler_for(text: str) -> Handler | None:
    """The handler of the longest known word at the beginning of the text, with or without a space after it."""
    beginning = unaccented(text).strip().upper()
    known = [word for word in settings.SMS_COMMANDS if beginning.startswith(word.upper())]
    return import_string(settings.SMS_COMMANDS[max(known, key=len)]) if known else None
