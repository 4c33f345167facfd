"""The people of the demo: invented citizens, officials of several agencies, one administrator.

Nobody here exists: the numbers are made by rule, the addresses end in example.com. Passwords are
random, and kept in one file of mode 600 so that a second call gives the same ones.

The demo's stand-in for the national portal knows the same citizens under the same passwords, and two
more who have no account here; it reads them, with hashes for passwords, from a file beside the first.
"""

import datetime
import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.otp import sms_device_for
from procedures.models import Agency, Official

# Kinh, Ê Đê, M’Nông, Gia Rai, Tày names: the letters that every form, PDF and mail must carry.
NAMES = (
    "H’Lan Niê", "Trần Quang Minh", "Y Blơ Êban", "Nguyễn Thị Ánh Tuyết", "H’Hen Niê Kdăm", "Lê Văn Đức", "Y Ƀlĭk Mlô",
    "Phạm Thị Hồng Nhung", "Hoàng Văn Thụ", "H’Bia Byă", "Đặng Thu Thảo", "Y Thĭn Ktla", "Vũ Ngọc Ánh", "Bùi Quốc Huy",
    "H’Nuê Bkrông", "Nông Văn Dền", "Đỗ Thị Kim Oanh", "Y Moan Hđơk", "Trương Mỹ Lệ", "Lý A Páo", "H’Rôda Ayŭn",
    "Ngô Đình Khang", "Y Siu Rơ Lan", "Dương Hồng Phúc",
)  # fmt: skip

# Known to the national portal only: whoever comes from there for the first time.
STRANGERS = ((901, "H’Ngọc Êban", datetime.date(1991, 3, 9)), (902, "Phạm Gia Bảo", datetime.date(1987, 11, 22)))

# user, name, level and words that find the agency, role, title
OFFICIALS = (
    ("canbo.phuong", "Nguyễn Thị Thu Hà", "commune", ("buon ma thuot", "hai chau"), Official.Role.LEADER, "Phó Chủ tịch"),
    ("canbo.xa", "Lê Anh Tuấn", "commune", ("buon don", "hoa vang"), Official.Role.LEADER, "Phó Chủ tịch"),
    ("canbo.tiepnhan", "Phan Thị Mai", "commune", ("buon ma thuot", "hai chau"), Official.Role.RECEIVER, "Công chức một cửa"),
    ("canbo.so", "Võ Thành Long", "department", ("so tu phap",), Official.Role.LEADER, "Trưởng phòng"),
)


def people(folder: Path | None = None) -> dict:
    """Make the people of the demo where they are missing, and return all of them with their passwords."""
    path = Path(folder or settings.DATA_DIR) / "demo-accounts.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    with transaction.atomic():
        made = {
            "citizens": [_citizen(number, name, kept) for number, name in enumerate(NAMES, start=1)],
            "officials": [_official(number, *row, kept) for number, row in enumerate(OFFICIALS, start=1)],
            "admins": [_admin(kept)],
        }
    made["national"] = [_known_nationally(citizen) for citizen in made["citizens"]] + [_stranger(*row, kept) for row in STRANGERS]
    names = [citizen["user"] for citizen in made["citizens"]] + [person["user"] for person in made["national"][-len(STRANGERS) :]]
    _keep(path, kept)
    _keep(path.with_name("national-people.json"), [_entry(row, kept[name]) for row, name in zip(made["national"], names, strict=True)])
    return made


def _keep(path: Path, content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    draft.replace(path)


def _known_nationally(citizen: dict) -> dict:
    return {"user": citizen["cccd"]} | {name: citizen[name] for name in ("password", "full_name", "cccd", "phone", "dob")}


def _stranger(number: int, name: str, born: datetime.date, kept: dict) -> dict:
    national_id, phone = _national_id(number, name, born), _phone(number)
    secret = kept.setdefault(national_id, {"password": secrets.token_urlsafe(9), "hash": ""})
    secret["hash"] = secret["hash"] or make_password(secret["password"])
    return {
        "user": national_id,
        "password": secret["password"],
        "full_name": name,
        "cccd": national_id,
        "phone": phone,
        "dob": born.isoformat(),
    }


def _entry(person: dict, secret: dict) -> dict:
    """One person as the national portal's stand-in stores them."""
    return {
        "national_id": person["cccd"],
        "full_name": person["full_name"],
        "birth_date": person["dob"],
        "phone": person["phone"],
        "password": secret["hash"],
    }


def _account(username: str, kept: dict, **fields) -> User:
    """The account of that name, opened by the kept password; what its owner changed meanwhile is set back."""
    secret = kept.setdefault(username, {"password": secrets.token_urlsafe(9), "hash": ""})
    user = User.objects.filter(username=username).first() or User(username=username, activated_at=timezone.now(), **fields)
    # The hashes are compared, because checking thirty passwords would take longer than the rest of the start.
    if user.pk is None or user.password != secret["hash"]:
        user.set_password(secret["password"])
        user.save()
        secret["hash"] = user.password
    return user


def _citizen(number: int, name: str, kept: dict) -> dict:
    born = datetime.date(1960 + number * 2, 1 + number % 12, 1 + number)
    email = f"congdan{number:02d}@example.com"
    user = _account(
        email,
        kept,
        full_name=name,
        email=email,
        national_id=_national_id(number, name, born),
        birth_date=born,
        phone=_phone(number),
        address=f"Số {number}, thôn {number % 9 + 1}",
        commune_code=_commune_code(number),
    )
    user.emailaddress_set.get_or_create(email=email, defaults={"verified": True, "primary": True})
    return {
        "user": user.username,
        "password": kept[user.username]["password"],
        "full_name": user.full_name,
        "cccd": user.national_id,
        "phone": user.phone,
        "email": user.email,
        "dob": born.isoformat(),
    }


def _national_id(number: int, name: str, born: datetime.date) -> str:
    woman = name.startswith("H’") or any(word in name for word in ("Thị", "Thảo", "Ánh", "Lệ", "Phúc"))
    century_and_sex = int(woman) + (2 if born.year >= 2000 else 0)
    return f"066{century_and_sex}{born:%y}{number:06d}"


def _phone(number: int) -> str:
    return f"+8499900{number:04d}"


def _commune_code(number: int) -> str:
    codes = Agency.objects.communes().in_order().values_list("admin_code", flat=True)
    return codes[number % len(codes)] if codes else ""


def _official(number: int, username: str, name: str, level: str, wanted: tuple, role: str, title: str, kept: dict) -> dict:
    agency = (
        next(
            (
                found
                for words in wanted
                if (found := Agency.objects.filter(level=level, sort_key__contains=words).order_by("sort_key").first())
            ),
            None,
        )
        or Agency.objects.filter(level=level).order_by("sort_key")[number % 2]
    )
    phone = f"+8499910{number:04d}"
    user = _account(username, kept, full_name=name, is_staff=True, phone=phone, phone_verified_at=timezone.now())
    Official.objects.update_or_create(user=user, defaults={"agency": agency, "role": role, "title": title})
    sms_device_for(user)
    return {"user": username, "password": kept[username]["password"], "phone": phone, "agency": agency.short_name}


def _admin(kept: dict) -> dict:
    phone = "+84999100099"
    user = _account(
        "quantri", kept, full_name="Quản trị hệ thống", is_staff=True, is_superuser=True, phone=phone, phone_verified_at=timezone.now()
    )
    sms_device_for(user)
    return {"user": user.username, "password": kept[user.username]["password"], "phone": phone}
