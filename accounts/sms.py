"""“TK, Ho va ten, soCMND, Ngaysinh” to the short code becomes an account; every mistake gets one reply that names it.

Whoever texts holds the phone, so the account's number is proven. Replies lie in templates/messages/accounts/sms_*.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import identity, registry
from accounts.models import User
from portal import doors, throttle
from portal.fields import BirthDate, BirthDateField, NameField, NationalIdField
from portal.messaging import commands, wording
from portal.text import folded

HOUR = 3600
# A line that was lost makes people press twice; so long the same text is the same wish.
SAME_SECONDS = 600
SEPARATORS = re.compile(r"[,;、]")
NUMBER, DATE = re.compile(r"[\d\s.\-]{6,}"), re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{4}")


@dataclass(frozen=True)
class Person:
    """Who registers, as the text says."""

    full_name: str
    national_id: str
    born: BirthDate


class Mistake(Exception):
    """Why a text makes no account: the template that says it, and what it says."""

    def __init__(self, template, **context):
        super().__init__(template)
        self.template, self.context = template, context


@commands.whole_word
def register(sender: str, rest: str) -> str | None:
    """The reply to one text; None for silence. `sender` as +84…, `rest` is what follows TK."""
    if throttle.count("sms-sign-up", sender, seconds=HOUR) > settings.SMS_SIGNUPS_PER_HOUR:
        return None  # each reply costs the province money
    try:
        if not doors.standing().sms:
            raise Mistake("closed")
        return _account(sender, read(rest))
    except throttle.TooMany:
        return None
    except Mistake as mistake:
        text = hashlib.sha256(f"{sender}|{folded(rest)}".encode()).hexdigest()
        if throttle.count("sms-sign-up-same", text, seconds=SAME_SECONDS) > 1:
            return None
        return _said(mistake.template, **mistake.context)


def read(rest: str) -> Person:
    """The person in a text; raises Mistake with the first thing that is not right."""
    parts = [part.strip() for part in SEPARATORS.split(unicodedata.normalize("NFKC", rest))]
    parts[0] = parts[0].lstrip(" .:-")
    while parts and not parts[0]:
        del parts[0]
    while parts and not parts[-1].strip("."):
        del parts[-1]
    if not parts:
        raise Mistake("syntax")
    if len(parts) < 3:
        raise _missing(parts)
    if len(parts) > 3:
        # “Nguyen, Van An, 0660…, 15/08/1980” cuts the name; anything else is another syntax.
        raise Mistake("comma" if not any(NUMBER.fullmatch(part) for part in parts[:2]) else "syntax")
    if not all(parts):
        raise Mistake("missing", what=("ho va ten", "so CCCD/CMND", "ngay sinh")[parts.index("")])
    name, number, date = parts
    return Person(_name(name), _number(number), _date(date.rstrip(". ")))


def _missing(parts):
    """Which of the three is not there, told by what the others look like."""
    found = {"date": any(DATE.fullmatch(part.rstrip(". ")) for part in parts)}
    others = [part for part in parts if not DATE.fullmatch(part.rstrip(". "))]
    found["number"] = any(NUMBER.fullmatch(part) for part in others)
    found["name"] = any(re.search(r"[^\W\d_]", part) for part in others)
    what = {"name": "ho va ten", "number": "so CCCD/CMND", "date": "ngay sinh"}
    lacking = [word for kind, word in what.items() if not found[kind]]
    # Two parts were given: where all three lie in them, a separator is lacking, not a part.
    return Mistake("missing", what=" va ".join(lacking)) if 1 <= len(lacking) <= 2 else Mistake("syntax")


def _name(typed):
    try:
        name = NameField().clean(typed)
    except ValidationError as wrong:
        raise Mistake("name_length" if wrong.code == "length" else "name") from None
    # Plain phones write all letters small or all large.
    return name.title() if name in (name.lower(), name.upper()) else name


def _number(typed):
    try:
        return NationalIdField().clean(typed)
    except ValidationError as wrong:
        if wrong.code == "length":
            raise Mistake("number_length", n=wrong.params["n"]) from None
        raise Mistake("number") from None


def _date(typed):
    try:
        return BirthDateField().clean(typed)
    except ValidationError as wrong:
        if wrong.code == "not_in_calendar":
            raise Mistake("calendar", **wrong.params) from None
        raise Mistake({"future": "future", "too_old": "year"}.get(wrong.code, "date"), **(wrong.params or {})) from None


def _account(sender, person):
    """Make the account. The rules first, then whose the phone is, and only then what others have."""
    # Before anything is said about a number: so many different ones an hour, that nobody probes them by SMS.
    throttle.check_distinct("id-sms", sender, person.national_id, limit=settings.ID_CHECKS_PER_HOUR, seconds=HOUR)
    if broken := identity.mistakes(person.national_id, person.born):
        raise Mistake({identity.BIRTH_YEAR: "birth_year", identity.UNDER_AGE: "under_age"}[broken[0]], age=settings.MINIMUM_AGE)
    verdict = registry.check(sender, person.national_id)
    if verdict is not registry.Verdict.ALLOWED:
        raise Mistake("not_owner" if verdict is registry.Verdict.NOT_OWNER else "outage")
    now = timezone.now()
    user = User(
        username=person.national_id,
        full_name=person.full_name,
        national_id=person.national_id,
        birth_date=person.born.date,
        birth_year_only=person.born.year_only,
        phone=sender,
        phone_verified_at=now,
        activated_at=now,
        door=User.Door.SMS,
    )
    password = user.give_temporary_password(now)
    try:
        # The constraints decide who was first: looking before would lose the race.
        with transaction.atomic():
            user.save()
    except IntegrityError:
        return _taken(sender, person, now)
    return _said("registered", login=user.username, password=password, hours=settings.TEMPORARY_PASSWORD_HOURS)


def _taken(sender, person, now):
    """Silence where this very text made the account a moment ago; a text resets no password."""
    own = User.objects.activated().filter(phone=sender, phone_verified_at__isnull=False).first()
    if own is None:
        raise Mistake("taken")
    same = (own.door, own.national_id, own.birth_date, own.full_name) == (
        User.Door.SMS,
        person.national_id,
        person.born.date,
        person.full_name,
    )
    if same and own.activated_at > now - timedelta(seconds=SAME_SECONDS):
        return None
    raise Mistake("phone_taken")


def _said(template, **context):
    return wording.sms(f"accounts/sms_{template}", context)
