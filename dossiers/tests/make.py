"""Dossiers for tests, in any status."""

import datetime
import itertools

from django.utils import timezone

from dossiers.models import Attachment, Dossier
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


def make_attachment(dossier, document, state=Attachment.State.READY, **fields) -> Attachment:
    """A file that was taken and checked, without its bytes."""
    fields = {
        "file": f"dossiers/26/{next(_numbers)}",
        "original_name": "Trang 1.jpg",
        "content_type": "image/jpeg",
        "size": 412_000,
    } | fields
    return Attachment.objects.create(dossier=dossier, document=document, state=state, **fields)


def make_ready_draft(citizen, procedure, agency, *, at=None, **fields) -> Dossier:
    """A draft with every step done, the captcha solved and the oath taken: one press from submitted."""
    at = at or timezone.now()
    fields = {
        "agency": agency,
        "applicant_name": citizen.full_name,
        "applicant_national_id": citizen.national_id,
        "applicant_birth_date": citizen.birth_date,
        "applicant_phone": citizen.phone,
        "applicant_phone_verified": citizen.phone_verified_at is not None,
        "applicant_email": citizen.email,
        "applicant_address": "Số 12, buôn Akŏ Dhông",
        "applicant_commune": "phường Buôn Ma Thuột",
        "applicant_province": "tỉnh Đắk Lắk",
        "delivery": "direct",
        "steps_done": ["co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua"],
        "captcha_solved_at": at,
        "sworn_at": at,
    } | fields
    draft = make_draft(citizen, procedure, **fields)
    for document in procedure.current.documents.all():
        if document.blocks:
            make_attachment(draft, document)
    return draft
