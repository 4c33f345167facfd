"""Where a dossier has been, where it is, and what usually comes next: for the citizen and the public."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from dossiers.models import CITIZEN
from dossiers.status import CLOSED, Status

# What a move is called afterwards; where it is missing, the name of the status it led to says it.
TITLES = {
    "submit": _("Đã nộp, chờ tiếp nhận"),
    "supplement": _("Đã bổ sung giấy tờ"),
    "confirm_fee": _("Đã nộp phí, tiếp tục xử lý"),
    "decline_withdrawal": _("Không đồng ý cho rút, tiếp tục xử lý"),
}

PATH = (Status.SUBMITTED, Status.RECEIVED, Status.PROCESSING, Status.DONE, Status.RETURNED)
# How far along the usual path a status off it stands.
STANDS_AT = {Status.SUPPLEMENT: Status.SUBMITTED, Status.FEE: Status.PROCESSING, Status.WITHDRAWAL: Status.PROCESSING}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; `css` is "" for the past, "now", or "upcoming"."""

    title: str
    css: str = ""
    at: datetime | None = None
    office: str = ""
    note: str = ""


def of(dossier, events, *, with_reasons: bool) -> list[Entry]:
    """The moves in order, the last one marked as now while the dossier is open, then the steps still to come."""
    past = [
        Entry(
            title=str(TITLES.get(event.verb) or Status(event.to_status).label),
            at=event.at,
            # Who filed knows it; an office is a place to ask.
            office="" if event.office == CITIZEN else event.office,
            note=event.note if with_reasons else "",
        )
        for event in events
    ]
    if dossier.status in CLOSED or not past:
        return past
    last = past[-1]
    now = Entry(last.title, "now", last.at, last.office, last.note)
    return [*past[:-1], now, *(Entry(str(status.label), "upcoming") for status in _still_to_come(dossier))]


def _still_to_come(dossier) -> tuple[Status, ...]:
    standing = STANDS_AT.get(dossier.status, dossier.status)
    if dossier.status == Status.SUPPLEMENT and dossier.accepted_at:
        standing = Status.PROCESSING
    return PATH[PATH.index(standing) + 1 :]
