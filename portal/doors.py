"""Which doors of identity are open: by which a citizen may register here, and whether the national one is there."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404


@dataclass(frozen=True)
class Doors:
    """What pages may offer; of a closed door they show no button, no link and no instruction."""

    mobile: bool
    email: bool
    sms: bool
    national: bool

    @property
    def any(self) -> bool:
        """Whether there is a door of our own, so that “Đăng ký” leads somewhere."""
        return self.mobile or self.email or self.sms


def standing() -> Doors:
    """The doors as the settings have them now; asks no database."""
    own = settings.SIGNUP_DOORS
    return Doors("mobile" in own, "email" in own, "sms" in own, bool(settings.OIDC_ISSUER))


def require(door: str) -> None:
    """Raise Http404 where this door is closed: its addresses are not there."""
    if not getattr(standing(), door):
        raise Http404(f"the door “{door}” is closed")
