"""Accounts for tests: plain functions without surprises."""

import datetime
import itertools

from django.utils import timezone

from accounts.models import User

_numbers = itertools.count(1)
PASSWORD = "Đường lên núi 3"


def make_citizen(full_name="H’Lan Niê", *, password=PASSWORD, **fields) -> User:
    """An activated citizen with an e-mail and a phone that is typed but not proven."""
    n = next(_numbers)
    fields = {
        "username": f"citizen{n}@example.com",
        "email": f"citizen{n}@example.com",
        "national_id": f"066192{n:06d}",
        "birth_date": datetime.date(1992, 3, 12),
        "phone": f"+8491234{n:04d}",
        "activated_at": timezone.now(),
        "address": "Số 12, buôn Akŏ Dhông",
        "commune_code": "24133",
    } | fields
    user = User.objects.create_user(fields.pop("username"), password, full_name=full_name, **fields)
    if user.email and user.activated_at:
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def make_staff(full_name="Nguyễn Thị Thu Hà", *, password=PASSWORD, **fields) -> User:
    """A user who may enter the officials' site once the second factor is given."""
    n = next(_numbers)
    fields = {
        "username": f"canbo{n}",
        "phone": f"+8498765{n:04d}",
        "phone_verified_at": timezone.now(),
        "activated_at": timezone.now(),
        "is_staff": True,
    } | fields
    return User.objects.create_user(fields.pop("username"), password, full_name=full_name, **fields)
