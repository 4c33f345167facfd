"""Who opened what: written down for the owner and for the head of the office."""

from dossiers.models import DossierAccess


def log(dossier, user, what) -> None:
    """One line of the record; the office as it is today, whatever post comes later."""
    official = getattr(user, "official", None)
    DossierAccess.objects.create(dossier=dossier, user=user, office=official.agency.short_name if official else "", what=what[:200])
