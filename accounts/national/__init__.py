"""The national door: what the issuer says of a person, and whose account that is.

An account is keyed on the ID number of the one issuer in settings, never on an e-mail address.
"""

import datetime
import re
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from auditlog.models import LogEntry
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import notices
from accounts.identity import old_enough
from accounts.models import User
from accounts.national import ways
from portal.identity import CCCD_DIGITS, CMND_DIGITS
from portal.text import folded, nfc

# The name of the issuer in addresses and in the table of linked accounts.
PROVIDER = "dvcqg"
CITIZEN = "1"
NEW, LINKED, KNOWN = "new", "linked", "known"


class Problem(Exception):
    """Why nobody was signed in: `reason` has words of its own (accounts.views.national), `detail` is for the log only."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Identity:
    """A citizen as the national service knows them."""

    number: str
    full_name: str
    birth_date: datetime.date
    birth_year_only: bool
    sub: str
    tech_id: str = ""
    login_idp: str = ""

    @classmethod
    def from_claims(cls, claims: dict) -> "Identity":
        """The claims of domain fields in our words; raises Problem where one is missing or makes no sense."""
        if str(claims.get("LoaiTaiKhoan", "")) != CITIZEN:
            raise Problem("not_citizen" if "LoaiTaiKhoan" in claims else "incomplete", "LoaiTaiKhoan")
        born, year_only = _birth_date(claims.get("NgayThangNamSinh"))
        return cls(
            number=_number(claims.get("SoDinhDanh")),
            full_name=_name(claims.get("HoVaTen")),
            birth_date=born,
            birth_year_only=year_only,
            sub=str(claims["sub"]),
            tech_id=str(claims.get("TechID", "")),
            login_idp=str(claims.get("loginIdp", "")),
        )

    def differs_from(self, user: User) -> list[str]:
        """Which facts the account tells otherwise; accents and the order of capitals are not counted."""
        others = []
        if folded(user.full_name) != folded(self.full_name):
            others.append("full_name")
        year_only = self.birth_year_only or user.birth_year_only
        here, there = user.birth_date, self.birth_date
        if here is None or (here.year != there.year if year_only else here != there):
            others.append("birth_date")
        return others


def _number(value) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Problem("incomplete", "SoDinhDanh is missing")
    number = value.strip()
    if not re.fullmatch(rf"\d{{{CMND_DIGITS}}}|\d{{{CCCD_DIGITS}}}", number, re.ASCII):
        raise Problem("incomplete", "SoDinhDanh is not 9 or 12 digits")
    return number


def _name(value) -> str:
    name = nfc(value) if isinstance(value, str) else ""
    if not name or not name.isprintable() or len(name) > User._meta.get_field("full_name").max_length:
        raise Problem("incomplete", "HoVaTen")
    return name


def _birth_date(value) -> tuple[datetime.date, bool]:
    """YYYYMMDD; some cards hold the year alone, then the rest is missing or zeros."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}(\d{4})?", value, re.ASCII):
        raise Problem("incomplete", "NgayThangNamSinh")
    year_only = value[4:] in ("", "0000")
    try:
        born = datetime.datetime.strptime(value[:4] + ("0101" if year_only else value[4:]), "%Y%m%d").date()
    except ValueError:
        raise Problem("incomplete", "NgayThangNamSinh is not in the calendar") from None
    if not timezone.localdate().year - 130 <= born.year or born > timezone.localdate():
        raise Problem("incomplete", "NgayThangNamSinh cannot be")
    return born, year_only


@transaction.atomic
def admit(identity: Identity) -> tuple[SocialAccount, str]:
    """The account of this person, linked to the issuer, and whether it is NEW, LINKED just now or KNOWN.

    The holder of the ID number decides, not an earlier link: a dispute may have moved the number since.
    Name and birth date of an account that was here stay as they are. Dossiers and letters carry them,
    and an account whose facts differ may be another person's: the difference is recorded and told,
    an official or a dispute mends it; overwriting would only hide it.
    """
    if not old_enough(identity.birth_date, timezone.localdate()):
        raise Problem("under_age")
    user, made = _holder(identity.number), False
    if user is None:
        user, made = _register(identity)
    if not user.is_active:
        raise Problem("frozen")
    link, first = _link(user, identity)
    if first:
        _record(user, made, identity.differs_from(user))
        if not made:
            notices.linked(user)
            ways.begin(user)
    return link, NEW if made else LINKED if first else KNOWN


def _holder(number):
    """Whose activated account has the number; a pending sign-up holds nothing."""
    return User.objects.activated().filter(national_id=number).first()


def _register(identity):
    """A new account, activated at once; where two callbacks come at the same moment the second finds the first's."""
    name = identity.number
    if User.objects.filter(username=name).exists():
        name = f"{identity.number}-{get_random_string(6)}"  # an old name of an account that lost the number
    user = User(
        username=name,
        national_id=identity.number,
        full_name=identity.full_name,
        birth_date=identity.birth_date,
        birth_year_only=identity.birth_year_only,
        door=User.Door.NATIONAL,
        activated_at=timezone.now(),
    )
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        holder = _holder(identity.number)
        if holder is None:
            raise
        return holder, False
    return user, True


def _link(user, identity):
    """Remember that this account came by the issuer; returns the link, and whether it is the account's first time."""
    about = {"sub": identity.sub, "TechID": identity.tech_id, "loginIdp": identity.login_idp}
    link, made = SocialAccount.objects.get_or_create(provider=PROVIDER, uid=identity.number, defaults={"user": user, "extra_data": about})
    moved = link.user_id != user.pk
    if not made and (moved or link.extra_data != about):
        link.user, link.extra_data = user, about
        link.save()
    return link, made or moved


def _record(user, made, differences):
    """Into the audit trail, without the facts themselves."""
    LogEntry.objects.log_create(
        user,
        force_log=True,
        action=LogEntry.Action.CREATE if made else LogEntry.Action.UPDATE,
        actor=user,
        changes={},
        additional_data={"event": "linked to the national account", "issuer": settings.OIDC_ISSUER, "differs": differences},
    )
