"""The one door: a move locks the row, asks the table, writes the event and the messages, all or nothing."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import clock, notices, status
from dossiers.models import CITIZEN, Dossier, DossierEvent, Pause
from dossiers.status import NotAllowed, Status, roles_of

__all__ = ["NotAllowed", "available", "move", "roles_of", "signature"]

PAUSE_REASON = {Status.SUPPLEMENT: "supplement", Status.FEE: "fee", Status.WITHDRAWAL: "withdrawal"}
CHANGED_BY_MOVES = [
    "status", "status_changed_at", "accepted_at", "due_at", "due_reasons", "finished_at",
    "supplement_by", "supplements_asked", "supplemented_at", "fee_vnd", "fee_by", "updated_at",
]  # fmt: skip


def move(dossier, verb, *, by, note="", at=None, **extra) -> DossierEvent:
    """Make one move of the table. NotAllowed or ValidationError say in a sentence why not.

    `ask_supplement` takes `supplement_by`, `ask_fee` takes `fee_vnd` and `fee_by`; no other verb takes more.
    """
    if verb == "submit":
        raise NotAllowed(_("Hồ sơ được nộp ở bước Kiểm tra và nộp."))
    at = at or timezone.now()
    with transaction.atomic():
        held = lock(dossier.pk)
        chosen = check(held, verb, status.roles_of(by, held), at)
        note = _note(chosen, note)
        before = Status(held.status)
        EXTRAS.get(verb, _nothing)(held, at, **extra)
        held.status = status.target(chosen, accepted=held.accepted_at is not None)
        held.status_changed_at = at
        _stop_and_start_the_clock(held, at)
        held.save(update_fields=CHANGED_BY_MOVES)
        event = record(held, verb, before, by=by, note=note, at=at)
    for field in CHANGED_BY_MOVES:
        setattr(dossier, field, getattr(held, field))
    return event


def lock(pk) -> Dossier:
    """The dossier, held until the transaction ends.

    NO KEY UPDATE, because a request that has just logged its access holds a key share on this row:
    two of them asking for the full lock would wait for each other for ever.
    """
    return Dossier.objects.select_for_update(of=("self",), no_key=True).select_related("agency", "version__procedure", "citizen").get(pk=pk)


def check(dossier, verb, roles, at) -> status.Move:
    """The move of the table for this dossier as it is at a moment; NotAllowed where there is none."""
    return status.allowed(
        verb,
        dossier.status,
        roles,
        accepted=dossier.accepted_at is not None,
        lapsed=dossier.supplement_by is not None and dossier.supplement_by < timezone.localdate(at),
        asked_before=dossier.supplements_asked > 0,
    )


def available(dossier, user, *, at=None) -> list[tuple[str, status.Move]]:
    """The moves this person may make now, in the order of the table: the buttons of a page."""
    at = at or timezone.now()
    roles = status.roles_of(user, dossier)
    buttons = []
    for verb in status.MOVES:
        try:
            buttons.append((verb, check(dossier, verb, roles, at)))
        except NotAllowed:
            continue
    return buttons


def record(dossier, verb, before, *, by, note="", at) -> DossierEvent:
    """Write what happened and tell the citizen, in the transaction of the move."""
    name, office = signature(by, dossier)
    event = DossierEvent.objects.create(
        dossier=dossier, verb=verb, from_status=before, to_status=dossier.status,
        actor=by, actor_name=name, office=office, note=note, at=at,
    )  # fmt: skip
    notices.tell(event)
    return event


def signature(user, dossier) -> tuple[str, str]:
    """The name and office as they are today: the official may move on, the record stays true."""
    if user.pk == dossier.citizen_id:
        return user.full_name, CITIZEN
    official = user.official
    return user.full_name, ", ".join(filter(None, [official.title, official.agency.short_name]))


def _note(chosen, note) -> str:
    note = note.strip()
    if chosen.reason_required and not note:
        raise ValidationError({"note": _("Ghi lý do để người nộp hiểu và làm theo được.")})
    return note


def _nothing(dossier, at):
    """Most moves take nothing beside a note."""


def _accept(dossier, at):
    dossier.accepted_at = at
    _promise(dossier)


def _ask_supplement(dossier, at, *, supplement_by=None):
    dossier.supplement_by = _future_day("supplement_by", supplement_by, at)
    dossier.supplements_asked += 1


def _supplemented(dossier, at):
    if not dossier.files_since_asked().exists():
        raise ValidationError(_("Thêm ít nhất một tệp trước khi gửi bổ sung."))
    dossier.supplemented_at = at
    dossier.supplement_by = None


def _ask_fee(dossier, at, *, fee_vnd=None, fee_by=None):
    if not fee_vnd or fee_vnd < 0:
        raise ValidationError({"fee_vnd": _("Nhập số tiền phải nộp, ví dụ 50.000.")})
    dossier.fee_vnd = fee_vnd
    dossier.fee_by = _future_day("fee_by", fee_by, at)


def _finish(dossier, at):
    dossier.finished_at = at


def _future_day(field, day, at):
    if day is None:
        return clock.by_day(at, settings.SUPPLEMENT_DAYS)
    if day <= timezone.localdate(at):
        raise ValidationError({field: _("Chọn một ngày sau hôm nay, để người nộp kịp làm.")})
    return day


EXTRAS = {
    "receive": _accept,
    "ask_supplement": _ask_supplement,
    "supplement": _supplemented,
    "ask_fee": _ask_fee,
    "finish": _finish,
}


def _promise(dossier):
    """Compute the promised day from acceptance and the pauses so far, and freeze it with its reasons."""
    if dossier.accepted_at is None:
        return
    version = dossier.version
    pauses = Pause.objects.filter(dossier=dossier).order_by("started_at")
    with translation.override("vi"):
        dossier.due_at, dossier.due_reasons = clock.due(
            dossier.accepted_at, version.term_quantity, version.term_unit, version.term_cutoff_hour, pauses
        )


def _stop_and_start_the_clock(dossier, at):
    """Close the pause that was open, open the one the new status means, and move the promised day."""
    closed = Pause.objects.filter(dossier=dossier, ended_at__isnull=True).update(ended_at=at)
    if dossier.status in PAUSE_REASON:
        Pause.objects.create(dossier=dossier, reason=PAUSE_REASON[dossier.status], started_at=at)
    if closed:
        _promise(dossier)
