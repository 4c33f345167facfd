"""Dossiers for tests, in any status."""

import datetime
import itertools

from django.utils import timezone

from dossiers.models import Dossier
from dossiers.status import Status

_numbers = itertools.count(1)


def make_draft(citizen, procedure, **fields) -> Dossier:
    return Dossier.objects.create(citizen=citizen, version=procedure.current, **fields)


def make_dossier(citizen, procedure, agency, status=Status.SUBMITTED, *, day=datetime.date(2026, 11, 18), **fields) -> Dossier:
    """A submitted dossier written straight into the table, past the wizard and the machine."""
    n = next(_numbers)
    code = f"{agency.identifier}-{day:%y%m%d}-{n:04d}"
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(8, 12)))
    fields = {
        "applicant_name": citizen.full_name,
        "applicant_national_id": citizen.national_id,
        "applicant_birth_date": citizen.birth_date,
        "applicant_phone": citizen.phone,
        "applicant_email": citizen.email,
        "delivery": "direct",
        "receipt_code": code,
        "receipt_key": "".join(c for c in code.upper() if c.isalnum()),
        "submitted_at": at,
        "status_changed_at": at,
    } | fields
    return Dossier.objects.create(citizen=citizen, version=procedure.current, agency=agency, status=status, **fields)
