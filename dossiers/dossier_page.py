"""What an official reads on the page of one dossier, and what the citizen will read after a move."""

import copy
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import clock, moves, notices, status, timeline, words
from dossiers.models import DossierEvent
from dossiers.status import Status
from portal.messaging.models import OutgoingMessage
from portal.templatetags.portal import day, vnd
from portal.text import masked_phone, spoken_phone
from procedures import declaration

# What a move may set beside the status, as the forms name it.
EXTRAS = ("supplement_by", "fee_vnd", "fee_by")


def sections(dossier) -> list[dict]:
    """The data of the dossier as titled lists of (label, text): applicant, beneficiary, declaration, delivery."""
    parts = [{"title": _("Người nộp"), "rows": _applicant(dossier)}]
    if dossier.for_other:
        parts.append({"title": _("Người được nộp thay"), "rows": _beneficiary(dossier)})
    parts += declaration.read(dossier.version.declaration, dossier.answers)
    parts.append({"title": _("Nhận kết quả"), "rows": _delivery(dossier)})
    return parts


def _applicant(dossier):
    address = ", ".join(filter(None, [dossier.applicant_address, dossier.applicant_commune, dossier.applicant_province]))
    verified = _("đã xác minh") if dossier.applicant_phone_verified else _("chưa xác minh")
    phone = f"{spoken_phone(dossier.applicant_phone)} ({verified})" if dossier.applicant_phone else ""
    return _filled(
        (_("Họ và tên"), dossier.applicant_name),
        (_("Số CMND/CCCD"), dossier.applicant_national_id),
        (_("Ngày sinh"), day(dossier.applicant_birth_date)),
        (_("Số điện thoại"), phone),
        (_("Thư điện tử"), dossier.applicant_email),
        (_("Địa chỉ"), address),
        (_("Nộp cho"), _("Người khác") if dossier.for_other else _("Bản thân")),
    )


def _beneficiary(dossier):
    return _filled((_("Họ và tên"), dossier.beneficiary_name), (_("Số CMND/CCCD"), dossier.beneficiary_national_id))


def _delivery(dossier):
    return _filled(
        (_("Cách nhận"), dossier.get_delivery_display()),
        (_("Địa chỉ nhận"), dossier.delivery_address),
        (_("Lệ phí"), vnd(dossier.version.fee_vnd)),
        (_("Ghi chú lệ phí"), dossier.version.fee_note),
        (_("Phải nộp thêm"), vnd(dossier.fee_vnd) if dossier.fee_vnd else ""),
    )


def _filled(*rows):
    return [(label, text) for label, text in rows if text]


class Line(NamedTuple):
    """One line of the history: a move, or a message about it."""

    at: object
    title: str
    who: str = ""
    note: str = ""
    css: str = ""


def history(dossier) -> list[Line]:
    """Moves and messages together, newest first; two queries."""
    lines = [
        Line(
            event.at,
            str(timeline.TITLES.get(event.verb) or Status(event.to_status).label),
            " – ".join(filter(None, [event.actor_name, event.office])),
            event.note,
            "event",
        )
        for event in dossier.events.all()
    ]
    for message in OutgoingMessage.objects.filter(about=f"dossier:{dossier.pk}").order_by("created_at"):
        to = masked_phone(message.recipient) if message.channel == "sms" else message.recipient
        lines.append(
            Line(
                message.sent_at or message.created_at,
                _("{channel} tới {to}: {state}").format(
                    channel=message.get_channel_display(), to=to, state=message.get_state_display().lower()
                ),
                note=message.subject,
            )
        )
    return sorted(lines, key=lambda line: line.at, reverse=True)


def preview(dossier, verb, move, form, by) -> dict:
    """What the citizen will read after this move, from the form as it is typed: page, SMS and letter."""
    after, at = copy.copy(dossier), timezone.now()
    after.status = status.target(move, accepted=dossier.accepted_at is not None)
    after.status_changed_at = at
    valid = form.is_bound and form.is_valid()
    extra = form.extra() if valid else {name: field.initial for name, field in form.fields.items() if name in EXTRAS}
    for name, value in extra.items():
        setattr(after, name, value)
    if verb == "receive":
        version = dossier.version
        after.due_at, after.due_reasons = clock.due(at, version.term_quantity, version.term_unit, version.term_cutoff_hour)
    note = form.message() if valid else ""
    name, office = moves.signature(by, dossier)
    event = DossierEvent(
        dossier=after, verb=verb, from_status=dossier.status, to_status=after.status, actor=by, actor_name=name, office=office,
        note=note or ("…" if move.reason_required else ""), at=at,
    )  # fmt: skip
    seen = words.of(after)
    return {"word": seen.word, "sentence": seen.sentence, "note": note, "messages": notices.preview(event)}
