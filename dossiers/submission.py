"""From draft to dossier: everything is checked once more, then one code is taken, once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import attachments, moves, papers, receipt, status, wizard
from dossiers.models import Delivery, Dossier
from dossiers.status import Status
from procedures import declaration
from procedures.models import Procedure

AGENCY, APPLICANT, FORM, PAPERS, DELIVERY, REVIEW = "co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua", "kiem-tra"


class Incomplete(Exception):
    """What still keeps a draft from being submitted: pairs of the step to go back to and a sentence."""

    def __init__(self, problems):
        super().__init__(problems)
        self.problems = problems


def submit(dossier_pk, by, at=None) -> Dossier:
    """Submit a draft of this citizen; one already submitted is returned as it stands.

    The draft's row is locked first: of two presses at once the second waits, then finds the code of
    the first. The counter of the agency is locked last, because everybody else's waits for it.
    """
    at = at or timezone.now()
    with transaction.atomic():
        Dossier.objects.owned_by(by).only("pk").get(pk=dossier_pk)
        dossier = moves.lock(dossier_pk)
        if not dossier.is_draft:
            return dossier
        status.allowed("submit", dossier.status, status.roles_of(by, dossier))
        if problems := problems_of(dossier, at):
            raise Incomplete(problems)
        attachments.purge_removed(dossier)
        dossier.status, dossier.status_changed_at, dossier.submitted_at = Status.SUBMITTED, at, at
        # Half-typed text that was never taken is no part of what was sworn to.
        dossier.typed = {}
        taken = receipt.mint(dossier.agency, at)
        dossier.receipt_code, dossier.receipt_key = taken.code, taken.key
        dossier.save()
        moves.record(dossier, "submit", Status.DRAFT, by=by, at=at)
    return dossier


def problems_of(dossier, at=None) -> list[tuple[str, str]]:
    """Everything that keeps a draft from being submitted, in the order of the steps; none means it may go."""
    at = at or timezone.now()
    checks = (_agency, _applicant, _form, _papers, _delivery)
    problems = [problem for check in checks for problem in check(dossier)]
    return [*problems, *_unconfirmed(dossier, {slug for slug, _sentence in problems}), *_review(dossier, at)]


def _agency(dossier):
    if not Procedure.objects.fileable().filter(pk=dossier.version.procedure_id).exists():
        yield (
            AGENCY,
            _("Thủ tục này hiện không nhận nộp qua mạng tại đây. Gọi {hotline} để được hướng dẫn.").format(hotline=settings.HOTLINE),
        )
    elif dossier.agency_id is None or not dossier.version.possible_agencies().filter(pk=dossier.agency_id).exists():
        yield AGENCY, _("Chọn cơ quan giải quyết hồ sơ.")


def _applicant(dossier):
    if not (dossier.applicant_name and dossier.applicant_national_id and dossier.applicant_birth_date):
        yield APPLICANT, _("Xác nhận thông tin người nộp.")
        return
    account = dossier.citizen
    typed = (dossier.applicant_name, dossier.applicant_national_id, dossier.applicant_birth_date)
    if typed != (account.full_name, account.national_id, account.birth_date):
        yield APPLICANT, _("Thông tin người nộp chưa khớp với tài khoản. Mở lại bước Người nộp rồi xác nhận.")
    if not (dossier.applicant_phone or dossier.applicant_email):
        yield APPLICANT, _("Nhập số điện thoại hoặc thư điện tử để nhận tin về hồ sơ.")
    if not (dossier.applicant_address and dossier.applicant_commune and dossier.applicant_province):
        yield APPLICANT, _("Nhập địa chỉ của người nộp.")
    if dossier.for_other and not (dossier.beneficiary_name and dossier.beneficiary_national_id):
        yield APPLICANT, _("Nhập họ tên và số CMND/CCCD của người được nộp thay.")


def _form(dossier):
    if declaration.mistakes(dossier.version.declaration, dossier.answers):
        yield FORM, _("Đơn đăng ký còn chỗ chưa khai hoặc chưa đúng. Mở lại bước Đơn đăng ký để sửa.")


def _papers(dossier):
    for paper in papers.missing(papers.of(dossier)):
        yield PAPERS, _("Còn thiếu giấy tờ: {name}. Bổ sung ở bước Thành phần hồ sơ.").format(name=paper.name)


def _delivery(dossier):
    if dossier.delivery not in Delivery:
        yield DELIVERY, _("Chọn cách nhận kết quả.")
    elif dossier.delivery == Delivery.POST and not dossier.delivery_address.strip():
        yield DELIVERY, _("Nhập địa chỉ nhận kết quả qua bưu điện.")


def _unconfirmed(dossier, told):
    """Steps opened again since, where what was typed last could not be taken."""
    for step in wizard.steps_for(dossier)[:-1]:
        if step.slug not in dossier.steps_done and step.slug not in told:
            yield step.slug, _("Bước “{step}” chưa được xác nhận. Mở lại rồi nhấn “Đồng ý và tiếp tục”.").format(step=step.name)


def _review(dossier, at):
    solved = dossier.captcha_solved_at
    if solved is None or at - solved > timedelta(minutes=settings.CAPTCHA_VALID_MINUTES):
        yield REVIEW, _("Mã xác nhận đã hết hạn. Nhập mã mới.") if solved else _("Nhập mã xác nhận.")
    if dossier.sworn_at is None:
        yield REVIEW, _("Đánh dấu ô cam đoan để nộp hồ sơ.")
