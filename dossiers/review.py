"""The last look before submitting: what the review page shows, and what it asks for."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import forms, papers, wizard
from dossiers.models import Delivery
from portal import captcha
from portal.templatetags.portal import day
from portal.text import masked_id, spoken_phone
from procedures import declaration
from procedures.sheet import Sheet


def solved(dossier, *, at=None) -> bool:
    """A code solved for this draft stays solved for a while: a forgotten tick must not cost a second one."""
    window = timedelta(minutes=settings.CAPTCHA_VALID_MINUTES)
    return dossier.captcha_solved_at is not None and (at or timezone.now()) < dossier.captcha_solved_at + window


def judge(request, dossier) -> forms.FilingForm:
    """Judge the end of the review; a right code is remembered with the draft, a wrong one with the address."""
    is_solved = solved(dossier)
    if not is_solved:
        captcha.refuse_guessing(request)
    form = forms.FilingForm(request.POST, solved=is_solved)
    form.is_valid()
    if form.solved_now:
        dossier.captcha_solved_at = timezone.now()
        dossier.save(update_fields=["captcha_solved_at"])
        del form.fields["captcha"]
    elif form.guessed:
        captcha.count_wrong(request)
    return form


def swear(dossier) -> None:
    """Write down when the oath was taken; what was half typed elsewhere is no part of it."""
    dossier.sworn_at, dossier.typed = timezone.now(), {}
    dossier.save(update_fields=["sworn_at", "typed"])


def context(dossier) -> dict:
    """The cards of the page, one for each step, each line with its way back."""
    listed = papers.of(dossier)
    return {
        "agency_rows": [_row(dossier, "co-quan", _("Cơ quan"), dossier.agency, _("cơ quan giải quyết"))],
        "applicant_rows": _applicant(dossier),
        "answers": _answers(dossier),
        "papers": listed,
        "left_empty": [paper for paper in listed if paper.conditional and not paper.only_shown and not paper.received],
        "delivery_rows": _delivery(dossier),
        "papers_url": _edit(dossier, "giay-to"),
        "declaration_url": _edit(dossier, "don"),
        "number_of": {step.template: wizard.number(dossier, step) for step in wizard.steps_for(dossier)},
    }


def _edit(dossier, slug, field="") -> str:
    anchor = f"#{field}" if field else ""
    return f"{reverse('dossiers:step', args=[dossier.key, slug])}?ve={wizard.REVIEW.slug}{anchor}"


def _row(dossier, slug, label, value, hidden, field="") -> dict:
    return {"label": label, "value": value, "edit_url": _edit(dossier, slug, field), "edit_hidden": hidden}


def _applicant(dossier) -> list[dict]:
    """Who files: what the account says cannot be mended here, the rest line by line."""
    step = "nguoi-nop"
    for_other = dossier.for_other
    rows = [
        {"label": _("Họ và tên"), "value": dossier.applicant_name},
        {"label": _("Số CCCD"), "value": masked_id(dossier.applicant_national_id) if dossier.applicant_national_id else ""},
        {"label": _("Ngày sinh"), "value": day(dossier.applicant_birth_date)},
        _row(dossier, step, _("Số điện thoại"), spoken_phone(dossier.applicant_phone), _("số điện thoại"), "id_phone"),
        _row(dossier, step, _("Thư điện tử"), dossier.applicant_email or _("Không có"), _("thư điện tử"), "id_email"),
        _row(dossier, step, _("Địa chỉ"), forms.address_line(dossier), _("địa chỉ"), "id_province"),
        _row(dossier, step, _("Nộp cho"), _("Người khác") if for_other else _("Bản thân"), _("người được nộp thay"), "id_whom_0"),
    ]
    if for_other:
        other, number = dossier.beneficiary_name, masked_id(dossier.beneficiary_national_id)
        rows += [
            _row(dossier, step, _("Người được nộp thay"), other, _("họ tên người được nộp thay"), "id_beneficiary_name"),
            _row(dossier, step, _("Số CCCD người được nộp thay"), number, _("số CCCD người được nộp thay"), "id_beneficiary_national_id"),
        ]
    return [row for row in rows if row["value"]]


def _answers(dossier) -> list[dict]:
    """The declaration group by group, as lines of the page."""
    groups = declaration.read(dossier.version.declaration, dossier.answers)
    return [
        {
            "title": group["title"],
            "rows": [_row(dossier, "don", label, told, label, anchor) for label, told, anchor in _anchored(dossier, group)],
        }
        for group in groups
    ]


def _anchored(dossier, group):
    """Each line with the id of its field, so that “Sửa” opens the form at the right place."""
    keys = {
        field["label"]: field["key"]
        for asked in dossier.version.declaration
        if asked["title"] == group["title"]
        for field in asked["fields"]
    }
    return [(label, told, f"id_{keys[label]}" if label in keys else "") for label, told in group["rows"]]


def sheet_of(version) -> Sheet:
    """What the version a dossier was begun with says of fee and time, in the words of the catalogue."""
    procedure = version.procedure
    procedure.current = version
    return Sheet(procedure)


def _delivery(dossier) -> list[dict]:
    step = "nhan-ket-qua"
    rows = [_row(dossier, step, _("Cách nhận"), dossier.get_delivery_display(), _("cách nhận kết quả"), "id_delivery_0")]
    if dossier.delivery == Delivery.POST:
        rows.append(_row(dossier, step, _("Địa chỉ nhận"), dossier.delivery_address, _("địa chỉ nhận kết quả"), "id_delivery_address"))
    sheet = sheet_of(dossier.version)
    rows += [{"label": _("Lệ phí"), "value": sheet.fee}, {"label": _("Thời gian giải quyết"), "value": sheet.term}]
    return rows
