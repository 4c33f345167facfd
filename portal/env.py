"""Read settings from the environment, and say in a sentence what is wrong with one."""

import ipaddress
import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def read_file(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file; none where there is no file."""
    if not path.is_file():
        return {}
    lines = (line.strip().partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, found, value in lines if found and not name.startswith("#")}


def load_file(path: Path) -> None:
    """Fill variables that are unset from a file of NAME=value lines, as `manage.py up` writes it."""
    for name, value in read_file(path).items():
        os.environ.setdefault(name, value)


def write_file(path: Path, values: dict[str, str]) -> None:
    """Keep values for the next start, readable by the owner alone, never half-written."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("# Chosen by `manage.py up`. Other commands read it where a variable is unset.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    draft.replace(path)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”. Write 1 or 0.")


def number(name: str, default: int) -> int:
    value = text(name) or str(default)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is “{value}”. Write a whole number, e.g. {default}.") from None


def words(name: str, default: str = "") -> list[str]:
    """Split a comma-separated value; empty pieces are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks, e.g. 203.0.113.7, 10.1.0.0/16."""
    try:
        return [ipaddress.ip_network(word, strict=False) for word in words(name)]
    except ValueError:
        raise ImproperlyConfigured(f"{name} is “{text(name)}”. Write addresses or networks, e.g. 203.0.113.7,10.1.0.0/16.") from None


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is “{value}”. Write one of: {', '.join(allowed)}.")
    return value


def hours(name: str, default: str) -> tuple[int, int]:
    """A part of the day, e.g. 7-22: from seven o'clock until ten at night."""
    value = text(name) or default
    first, dash, last = value.partition("-")
    if dash and first.strip().isdecimal() and last.strip().isdecimal() and 0 <= int(first) < int(last) <= 24:
        return int(first), int(last)
    raise ImproperlyConfigured(f"{name} is “{value}”. Write two hours of one day, e.g. {default}; 0-24 is the whole day.")


GATEWAYS = {"kannel": "portal.messaging.gateways.KannelGateway", "json": "portal.messaging.gateways.JsonGateway"}
GATEWAY_PARTS = ("URL", "USER", "PASSWORD", "KIND", "NAME")


def gateways() -> list[dict]:
    """The SMS gateways in their order: SMS_GATEWAY_URL and what belongs to it, then SMS_GATEWAY_2_URL, …"""
    found = []
    while gateway := _gateway(len(found) + 1):
        if gateway["NAME"] in [other["NAME"] for other in found]:
            raise ImproperlyConfigured(f"Two SMS gateways are called “{gateway['NAME']}”. Give each a name of its own.")
        found.append(gateway)
    return found


def _gateway(place: int) -> dict | None:
    prefix = "SMS_GATEWAY" if place == 1 else f"SMS_GATEWAY_{place}"
    url, user, password, _kind, name = (text(f"{prefix}_{part}") for part in GATEWAY_PARTS)
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{prefix}_URL is “{url}”. Write an address that begins with https:// or http://.")
    kind = choice(f"{prefix}_KIND", "kannel", tuple(GATEWAYS))
    if (name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name)) or name == "smtp":
        raise ImproperlyConfigured(
            f"{prefix}_NAME is “{name}”. Write at most 40 letters, digits and dashes, e.g. viettel; smtp is the mail server."
        )
    return {"NAME": name or f"{kind}-{place}", "BACKEND": GATEWAYS[kind], "OPTIONS": {"url": url, "user": user, "password": password}}
