"""How templates become the texts of a message: one place for frames, signs and lengths."""

import logging
import re
import unicodedata

from django.conf import settings
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import translation

from portal.text import unaccented

logger = logging.getLogger(__name__)

SMS_LENGTH = 160
# GSM-7 has them only as two-letter escapes or not at all, and Vietnamese carriers reject most of
# them in brand-name SMS.
FORBIDDEN_SIGNS = "#&@<>[]{}%\\^~|`"
LINK = re.compile(r"https?:\S*|www\.\S*|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|info)\b\S*", re.IGNORECASE)
TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "ʼ": "'", "–": "-", "—": "-", "…": "...", "\xa0": " "})
# What those that carriers reject stand for.
SPOKEN = str.maketrans(
    {"&": " va ", "%": " phan tram", "[": "(", "{": "(", "<": "(", "]": ")", "}": ")", ">": ")", "\\": "/", "|": "/", "⁄": "/", "₫": "d"}
)


class BadSms(ValueError):
    """A text that a carrier would reject or cut; says what is wrong with it, not what it says."""


def base_context() -> dict:
    """What every message may name; links come from settings, never from a request."""
    return {
        "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
        "PROVINCE_NAME": settings.PROVINCE_NAME,
        "PROVINCE_NAME_ASCII": settings.PROVINCE_NAME_ASCII,
        "SITE_TITLE": settings.SITE_TITLE,
        "HOTLINE": settings.HOTLINE,
        "SMS_SENDER": settings.SMS_SENDER,
        "DEMO": settings.DEMO,
    }


def _plain(template: str, context: dict) -> str:
    """A text template, without the HTML escaping that Django applies whatever the file's name."""
    return engines["django"].engine.get_template(template).render(Context(base_context() | context, autoescape=False))


# --- SMS ---------------------------------------------------------------------------------------


def sms(template: str, context: dict) -> str:
    """The text of `messages/<template>.sms.txt`, unaccented and fit to be sent."""
    return fit_for_sms(sms_text(template, context))


def sms_text(template: str, context: dict) -> str:
    """The same, however long it became: for whoever has a shorter text to fall back on."""
    with translation.override(settings.LANGUAGE_CODE):
        return _on_one_line(_plain(f"messages/{template}.sms.txt", context))


def _on_one_line(text: str) -> str:
    return " ".join(unaccented(text.translate(TYPOGRAPHY)).split())


def fit_for_sms(text: str) -> str:
    """The text as a phone shows it: one line, no marks, at most 160 letters of GSM-7, no link.

    While developing, a text that does not fit is refused. In production it is mended and logged: a
    notice without its percent sign is better than a dossier that cannot be filed.
    """
    text = _on_one_line(text)
    faults = sms_faults(text)
    if not faults:
        return text
    if settings.SMS_STRICT:
        raise BadSms("; ".join(faults))
    logger.error("SMS text mended before sending: %s", "; ".join(faults))
    return _mended(text)


def sms_faults(text: str) -> list[str]:
    faults = []
    if len(text) > SMS_LENGTH:
        faults.append(f"{len(text)} letters, {SMS_LENGTH} fit")
    if signs := sorted({sign for sign in text if sign in FORBIDDEN_SIGNS or not " " <= sign <= "~"}):
        faults.append("signs carriers reject: " + " ".join(f"{sign} U+{ord(sign):04X}" for sign in signs))
    if LINK.search(text):
        faults.append("a link")
    return faults


def typed(text: str) -> str:
    """What somebody typed, however long, in letters and signs that carriers take and without links."""
    text = _on_one_line(unicodedata.normalize("NFKC", text)).translate(SPOKEN)
    kept = "".join(sign if " " <= sign <= "~" and sign not in FORBIDDEN_SIGNS else " " for sign in LINK.sub(" ", text))
    # Once more: a sign that went may have joined what was a link to something else.
    return " ".join(LINK.sub(" ", kept).split())


def _mended(text: str) -> str:
    return typed(text)[:SMS_LENGTH].rstrip()


# --- E-mail ------------------------------------------------------------------------------------


def email(template: str, context: dict) -> tuple[str, str, str]:
    """Subject, text part and HTML part of `messages/<template>`.

    The HTML part is `<template>.email.html` where there is one, otherwise it is made from the text.
    """
    with translation.override(settings.LANGUAGE_CODE):
        subject = " ".join(_plain(f"messages/{template}.subject.txt", context).split())
        text = tidy(_plain(f"messages/{template}.email.txt", context))
        html = html_part(subject, text, context, template=f"messages/{template}.email.html")
    return subject, text, html


def tidy(text: str) -> str:
    """One spelling of each letter, no blanks at line ends, one empty line at most, one newline at the end."""
    text = unicodedata.normalize("NFC", re.sub(r"[ \t]+$", "", text.replace("\r\n", "\n"), flags=re.MULTILINE))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def html_part(subject: str, text: str, context: dict | None = None, *, template: str = "") -> str:
    """The same letter as HTML, in the one frame all our mail has."""
    context = context or {}
    footer = tidy(_plain("messages/footer.email.txt", context))
    letter = text.removesuffix(footer)
    names = [template, "messages/base.email.html"] if template else ["messages/base.email.html"]
    return render_to_string(names, base_context() | {"subject": subject, "parts": parts(letter), "foot": parts(footer)} | context)


URL_ONLY = re.compile(r"https?://\S+")
NUMBERED, BULLET = re.compile(r"\d+\.\s+(.+)"), re.compile(r"[-–•]\s+(.+)")
LEAD = re.compile(r"([^\W\d_][^:.,;/“”]{0,29}):(?: +(.*))?$")


def parts(text: str) -> list[dict]:
    """Read a plain letter as paragraphs, lists, one panel and one button.

    The conventions are those of any tidy letter: an empty line between paragraphs; “1.” or “-”
    before list items; lines indented by two spaces stand out; an address alone on the last line of
    a paragraph is what to press, the line before it says what happens. Only the first is a button.
    """
    found, has_button = [], False
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = [line for line in paragraph.splitlines() if line.strip()]
        if not lines:
            continue
        if all(line.startswith("  ") for line in lines):
            found.append({"kind": "panel", "lines": [_line(line.strip()) for line in lines]})
        elif len(lines) > 1 and _is_ours(lines[-1].strip()) and not has_button:
            has_button = True
            *before, label = lines[:-1]
            if before:
                found.append({"kind": "p", "lines": [_line(line) for line in before]})
            found.append({"kind": "button", "label": label.strip().rstrip(":").strip("“”"), "url": lines[-1].strip()})
        else:
            found += _with_lists(lines)
    return found


def _with_lists(lines: list[str]) -> list[dict]:
    found = [{"kind": "p", "lines": []}]
    for line in lines:
        for kind, pattern in (("ol", NUMBERED), ("ul", BULLET)):
            if item := pattern.fullmatch(line.strip()):
                if found[-1]["kind"] == "p":
                    found[-1] |= {"kind": kind, "items": []}
                found[-1]["items"].append(item[1])
                break
        else:
            if found[-1]["kind"] != "p":
                found.append({"kind": "p", "lines": []})
            found[-1]["lines"].append(_line(line.strip()))
    return found


def _is_ours(line: str) -> bool:
    """An address of the portal, alone on its line. Another one was typed, in a reason: our frame must not lend it a button."""
    return bool(URL_ONLY.fullmatch(line)) and f"{line}/".startswith(f"{settings.PUBLIC_BASE_URL}/")


def _line(line: str) -> dict:
    if _is_ours(line):
        return {"url": line}
    if lead := LEAD.fullmatch(line):
        return {"label": lead[1], "text": lead[2] or ""}
    return {"text": line}
