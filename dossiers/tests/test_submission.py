import datetime
from zoneinfo import ZoneInfo

import pytest

from dossiers import submission
from dossiers.models import Attachment, Dossier, ReceiptCounter
from dossiers.status import Status
from dossiers.submission import Incomplete
from dossiers.tests.make import make_attachment, make_ready_draft
from portal.messaging.models import OutgoingMessage
from procedures.models import Procedure
from procedures.tests.make import DECLARATION, make_agency, make_procedure

NOW = datetime.datetime(2026, 11, 18, 8, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def draft(lan, birth, agency):
    return make_ready_draft(lan, birth, agency, at=NOW)


def problems(draft, **changes):
    Dossier.objects.filter(pk=draft.pk).update(**changes)
    with pytest.raises(Incomplete) as refusal:
        submission.submit(draft.pk, draft.citizen, at=NOW)
    kept = Dossier.objects.get(pk=draft.pk)
    assert (kept.status, kept.receipt_code) == (Status.DRAFT, None)
    assert not ReceiptCounter.objects.exists()
    assert not OutgoingMessage.objects.exists()
    return refusal.value.problems


def test_a_complete_draft_becomes_a_dossier_with_a_code(draft, lan, agency):
    filed = submission.submit(draft.pk, lan, at=NOW)
    kept = Dossier.objects.get(pk=draft.pk)
    code = f"{agency.identifier}-261118-0001"
    assert filed.pk == draft.pk
    assert (kept.status, kept.receipt_code, kept.submitted_at, kept.status_changed_at) == (Status.SUBMITTED, code, NOW, NOW)
    assert kept.receipt_key == "".join(sign for sign in code if sign.isalnum())
    assert (kept.accepted_at, kept.due_at) == (None, None)
    assert list(kept.events.values_list("verb", "from_status", "to_status", "actor_name", "office", "at")) == [
        ("submit", 0, 1, "H’Lan Niê", "Công dân", NOW)
    ]


def test_it_is_told_by_sms_and_mail(draft, lan):
    submission.submit(draft.pk, lan, at=NOW)
    event = draft.events.get()
    assert list(OutgoingMessage.objects.order_by("channel").values_list("event", "channel", "recipient", "about", "kind")) == [
        (f"dossier:{draft.pk}:submit:{event.pk}", "email", lan.email, f"dossier:{draft.pk}", "dossier.submitted"),
        (f"dossier:{draft.pk}:submit:{event.pk}", "sms", lan.phone, f"dossier:{draft.pk}", "dossier.submitted"),
    ]


def test_pressing_again_is_the_same_dossier_even_after_the_captcha_ran_out(draft, lan):
    first = submission.submit(draft.pk, lan, at=NOW)
    again = submission.submit(draft.pk, lan, at=NOW + datetime.timedelta(hours=1))
    assert (again.receipt_code, again.submitted_at) == (first.receipt_code, NOW)
    assert draft.events.count() == 1
    assert OutgoingMessage.objects.count() == 2


def test_a_stranger_finds_no_draft(draft, minh, hoa):
    for person in (minh, hoa):
        with pytest.raises(Dossier.DoesNotExist):
            submission.submit(draft.pk, person, at=NOW)


def test_what_the_citizen_took_out_does_not_go_along(draft, lan, birth):
    make_attachment(draft, birth.current.documents.get(), removed_at=NOW)
    submission.submit(draft.pk, lan, at=NOW)
    assert draft.attachments.count() == 1


# --- What is checked once more -----------------------------------------------------------------


def test_an_agency_must_be_chosen_and_be_one_that_may_decide(draft):
    department = make_agency("Sở Xây dựng", level="department")
    for agency in (None, department):
        assert problems(draft, agency=agency) == [("co-quan", "Chọn cơ quan giải quyết hồ sơ.")]


def test_a_procedure_no_longer_filed_here_is_refused(draft, birth):
    Procedure.objects.filter(pk=birth.pk).update(current=None)
    assert problems(draft) == [("co-quan", "Thủ tục này hiện không nhận nộp qua mạng tại đây. Gọi 1022 để được hướng dẫn.")]


@pytest.mark.parametrize(
    "change",
    [{"applicant_name": "Người Khác"}, {"applicant_national_id": "066080001234"}, {"applicant_birth_date": datetime.date(1980, 1, 1)}],
)
def test_the_applicant_is_the_account_whatever_was_posted(draft, change):
    assert problems(draft, **change) == [("nguoi-nop", "Thông tin người nộp chưa khớp với tài khoản. Mở lại bước Người nộp rồi xác nhận.")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"applicant_name": ""}, "Xác nhận thông tin người nộp."),
        ({"applicant_phone": "", "applicant_email": ""}, "Nhập số điện thoại hoặc thư điện tử để nhận tin về hồ sơ."),
        ({"applicant_address": ""}, "Nhập địa chỉ của người nộp."),
    ],
)
def test_the_applicant_can_be_reached(draft, change, sentence):
    assert problems(draft, **change) == [("nguoi-nop", sentence)]


def test_filing_for_another_needs_the_name_and_the_mandate(draft, lan):
    assert problems(draft, for_other=True) == [
        ("nguoi-nop", "Nhập họ tên và số CMND/CCCD của người được nộp thay."),
        ("giay-to", "Còn thiếu giấy tờ: Giấy ủy quyền. Bổ sung ở bước Thành phần hồ sơ."),
    ]
    Dossier.objects.filter(pk=draft.pk).update(beneficiary_name="Y Bhim Êban", beneficiary_national_id="066070000001")
    make_attachment(draft, None)
    assert submission.submit(draft.pk, lan, at=NOW).receipt_code


def test_the_declaration_is_read_again(lan, agency):
    procedure = make_procedure("Đăng ký khai sinh", declaration=DECLARATION)
    answers = {"tre_ho_ten": "Y Minh Niê", "tre_ngay_sinh": "2026-11-09", "tre_gioi_tinh": "Nam"}
    draft = make_ready_draft(lan, procedure, agency, at=NOW, answers=answers | {"tre_gioi_tinh": "Khác"})
    assert problems(draft) == [("don", "Đơn đăng ký còn chỗ chưa khai hoặc chưa đúng. Mở lại bước Đơn đăng ký để sửa.")]
    assert problems(draft, answers={}) == [("don", "Đơn đăng ký còn chỗ chưa khai hoặc chưa đúng. Mở lại bước Đơn đăng ký để sửa.")]
    Dossier.objects.filter(pk=draft.pk).update(answers=answers)
    assert submission.submit(draft.pk, lan, at=NOW).answers == answers


@pytest.mark.parametrize("state", [None, "refused", "removed"])
def test_every_required_paper_has_a_file_that_counts(draft, birth, state):
    Attachment.objects.all().delete()
    if state == "refused":
        make_attachment(draft, birth.current.documents.get(), state="refused")
    if state == "removed":
        make_attachment(draft, birth.current.documents.get(), removed_at=NOW)
    assert problems(draft) == [("giay-to", "Còn thiếu giấy tờ: Giấy chứng sinh. Bổ sung ở bước Thành phần hồ sơ.")]


def test_a_file_still_being_checked_does_not_hold_the_citizen_up(draft, lan):
    Attachment.objects.update(state="checking")
    assert submission.submit(draft.pk, lan, at=NOW).receipt_code


@pytest.mark.parametrize("paper", [{"need": "conditional", "condition": "khi ủy quyền"}, {"need": "optional"}, {"only_shown": True}])
def test_papers_that_are_conditional_or_only_shown_do_not_block(draft, lan, birth, paper):
    birth.current.documents.update(**paper)
    Attachment.objects.all().delete()
    assert submission.submit(draft.pk, lan, at=NOW).receipt_code


def test_the_result_must_have_a_way_home(draft):
    assert problems(draft, delivery="") == [("nhan-ket-qua", "Chọn cách nhận kết quả.")]
    assert problems(draft, delivery="post", delivery_address=" ") == [("nhan-ket-qua", "Nhập địa chỉ nhận kết quả qua bưu điện.")]


def test_a_step_opened_again_is_confirmed_first(draft):
    assert problems(draft, steps_done=["co-quan", "nguoi-nop", "giay-to"]) == [
        ("nhan-ket-qua", "Bước “Nhận kết quả” chưa được xác nhận. Mở lại rồi nhấn “Đồng ý và tiếp tục”.")
    ]


def test_the_captcha_and_the_oath_are_asked_for(draft):
    assert problems(draft, captcha_solved_at=None, sworn_at=None) == [
        ("kiem-tra", "Nhập mã xác nhận."),
        ("kiem-tra", "Đánh dấu ô cam đoan để nộp hồ sơ."),
    ]


def test_a_solved_captcha_stays_solved_for_ten_minutes(draft, lan):
    late = NOW - datetime.timedelta(minutes=10, seconds=1)
    assert problems(draft, captcha_solved_at=late) == [("kiem-tra", "Mã xác nhận đã hết hạn. Nhập mã mới.")]
    Dossier.objects.filter(pk=draft.pk).update(captcha_solved_at=NOW - datetime.timedelta(minutes=9, seconds=59))
    assert submission.submit(draft.pk, lan, at=NOW).receipt_code


def test_everything_missing_is_told_at_once_in_the_order_of_the_steps(lan, birth):
    empty = Dossier.objects.create(citizen=lan, version=birth.current)
    assert [step for step, _sentence in problems(empty)] == [
        "co-quan", "nguoi-nop", "giay-to", "nhan-ket-qua", "kiem-tra", "kiem-tra",
    ]  # fmt: skip
