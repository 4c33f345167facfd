"""What a stranger may learn from a receipt code; the page and the SMS both speak through it.

With the code alone: status, agency, procedure, dates. A second proof (the last four digits of the
applicant's ID number or phone, or the signed link) adds the reasons and the masked name. The code is
gap-free and can be walked, so nothing else may ever be added here without a proof.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from dossiers import links, receipt, timeline, words
from dossiers.models import Dossier
from dossiers.status import CLOSED
from portal.text import masked_name

PROOF_DIGITS = 4
NO_KEY = "-"


@dataclass(frozen=True)
class Summary:
    """The facts of one dossier as far as they were opened."""

    code: str
    procedure: str
    agency: str
    status: words.Words
    overdue: words.Words | None
    timeline: list[timeline.Entry]
    due_at: datetime | None
    applicant: str = ""
    reason: str = ""
    proven: bool = False


def find(code: str, *, digits: str = "", token: str = "", phone: str = "") -> Summary | None:
    """The summary behind a code in any spelling; None where there is none or a proof given is wrong.

    `phone` is where a text came from: the dossier's own one proves, another one is no wrong proof.
    """
    dossier = _dossier(code)
    given = bool(digits or token)
    # Compared even where there is no dossier, so that both refusals take the same time.
    proven = _proves(dossier, digits, token)
    if dossier is None or (given and not proven):
        return None
    return of(dossier, proven=proven or _owns(dossier, phone))


def of(dossier: Dossier, *, proven: bool) -> Summary:
    events = list(dossier.events.all())
    last = events[-1] if events else None
    return Summary(
        code=dossier.receipt_code,
        procedure=dossier.version.procedure.short_name,
        agency=dossier.agency.short_name,
        status=words.of(dossier),
        overdue=words.overdue(dossier),
        timeline=timeline.of(dossier, events, with_reasons=proven),
        due_at=None if dossier.status in CLOSED else dossier.due_at,
        applicant=masked_name(dossier.applicant_name) if proven else "",
        reason=last.note if proven and last else "",
        proven=proven,
    )


def _dossier(code: str) -> Dossier | None:
    try:
        key = receipt.parse(code)
    except ValueError:
        key = NO_KEY  # looked for all the same, so that no code takes the time of an unknown one
    found = Dossier.objects.submitted().filter(receipt_key=key)
    return found.select_related("version__procedure", "agency").prefetch_related("events").first()


def _proves(dossier: Dossier | None, digits: str, token: str) -> bool:
    national_id, phone = (dossier.applicant_national_id, dossier.applicant_phone) if dossier else ("", "")
    by_digits = [constant_time_compare(kept[-PROOF_DIGITS:], digits) and len(kept) > PROOF_DIGITS for kept in (national_id, phone)]
    by_link = bool(token) and links.opens(dossier or Dossier(receipt_key=NO_KEY), token)
    return (len(digits) == PROOF_DIGITS and any(by_digits)) or (dossier is not None and by_link)


def _owns(dossier: Dossier, phone: str) -> bool:
    return bool(phone) and constant_time_compare(dossier.applicant_phone, phone)
