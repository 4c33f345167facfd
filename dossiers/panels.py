"""What the account page shows of dossiers; named in settings because `accounts` lies below."""

from django.utils.translation import gettext as _

from dossiers import opened as opened_records
from dossiers import words
from dossiers.models import Dossier

NEWEST = 5


def mine(user) -> dict:
    """The newest dossiers of a citizen with where each stands (the second way of tracking in the guide)."""
    rows = Dossier.objects.owned_by(user).submitted().listed()[:NEWEST]
    return {
        "title": _("Hồ sơ của tôi"),
        "template": "dossiers/includes/panel.html",
        "context": {"rows": [{"dossier": dossier, "status": words.of(dossier)} for dossier in rows]},
    }


def how_many(user) -> int:
    """How many dossiers the account has filed; officials ask before they freeze it."""
    return Dossier.objects.owned_by(user).submitted().count()


def opened(user) -> dict:
    """Who last opened a dossier of this citizen, and what of it."""
    return {
        "title": _("Ai đã xem hồ sơ của tôi"),
        "template": "dossiers/includes/opened_panel.html",
        "context": {"rows": opened_records.of(user)[:NEWEST]},
    }
