"""Who may have an account: what number, birth date and sex must say to each other. Every door asks here.

Each rule gives a code; pages and texts have words of their own for it.
"""

import datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portal import identity
from portal.fields import BirthDate

BIRTH_YEAR, SEX, UNDER_AGE = "birth-year", "sex", "under-age"


def mistakes(national_id: str, born: BirthDate, sex: str | None = None, today: datetime.date | None = None) -> list[str]:
    """Which rules the person breaks, as codes; `sex` is “male” or “female” where it is known.

    The place in the number is never judged: people are born abroad. A CMND holds neither year nor sex.
    """
    found = []
    if identity.birth_year_of(national_id) not in (None, born.date.year):
        found.append(BIRTH_YEAR)
    if sex and identity.is_male(national_id) not in (None, sex == "male"):
        found.append(SEX)
    if not old_enough(born.date, today, year_only=born.year_only):
        found.append(UNDER_AGE)
    return found


def old_enough(born: datetime.date, today: datetime.date | None = None, *, year_only: bool = False) -> bool:
    """Whether the person may have an account of their own; of a bare year the last day counts, which is the safe one."""
    today = today or timezone.localdate()
    month, day = (12, 31) if year_only else (born.month, born.day)
    birthday_passed = (today.month, today.day) >= (month, day)
    return today.year - born.year - (not birthday_passed) >= settings.MINIMUM_AGE


def is_taken(national_id: str) -> bool:
    """Whether an activated account has this number."""
    return User.objects.activated().filter(national_id=national_id).exists()
