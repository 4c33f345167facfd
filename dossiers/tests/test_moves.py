import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from accounts.tests.make import make_staff
from dossiers import moves, status
from dossiers.models import Dossier, DossierEvent
from dossiers.status import NotAllowed, Status
from dossiers.tests.make import make_attachment, make_dossier, make_draft
from dossiers.tests.test_status import AFTER_ACCEPTANCE, expected
from portal.messaging.models import OutgoingMessage
from procedures.models import Official
from procedures.tests.make import make_official

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day, hour=9, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=HANOI)


@pytest.fixture
def submitted(lan, birth, agency):
    return make_dossier(lan, birth, agency)


@pytest.fixture
def people(lan, minh, agency, other_agency):
    """Everybody who could try a move, each with the roles they have."""
    roles = Official.Role
    return [
        (lan, {"citizen"}),
        (minh, set()),
        (make_official(agency, "Tiếp nhận", roles.RECEIVER), {"receiver"}),
        (make_official(agency, "Xử lý", roles.HANDLER), {"handler"}),
        (make_official(agency, "Lãnh đạo", roles.LEADER), {"leader"}),
        (make_official(agency, "Danh mục", roles.CATALOGUE), set()),
        (make_official(other_agency, "Nơi khác", roles.LEADER), set()),
        (make_staff("Quản trị", is_superuser=True), set()),
    ]


@pytest.mark.parametrize("source", [value for value in Status if value != Status.DRAFT])
@pytest.mark.parametrize("verb", [verb for verb in status.MOVES if verb != "submit"])
def test_every_verb_from_every_status_by_everybody_goes_through_the_table(verb, source, people, lan, birth, agency):
    accepted = source in AFTER_ACCEPTANCE and source not in (Status.SUPPLEMENT, Status.WITHDRAWAL)
    dossier = make_dossier(lan, birth, agency, source, accepted_at=at(18, 10) if accepted else None)
    make_attachment(dossier, dossier.version.documents.get())
    extra = {"fee_vnd": 50_000} if verb == "ask_fee" else {}
    for person, roles in people:
        to = expected(verb, source, roles, accepted, lapsed=False)
        point = transaction.savepoint()
        try:
            event = moves.move(dossier, verb, by=person, note="Lý do", at=at(19), **extra)
        except NotAllowed:
            assert to is None, person
            assert not dossier.events.exists()
        else:
            assert (event.from_status, event.to_status, dossier.status) == (source, to, to), person
            assert Dossier.objects.get(pk=dossier.pk).status == to
        transaction.savepoint_rollback(point)
        dossier.refresh_from_db()


def test_the_buttons_are_the_moves_that_would_be_made(people, lan, birth, agency):
    dossier = make_dossier(lan, birth, agency, Status.PROCESSING, accepted_at=at(18, 10))
    offered = {person.full_name: [verb for verb, _move in moves.available(dossier, person)] for person, _roles in people}
    assert offered == {
        "H’Lan Niê": ["withdraw"],
        "Trần Quang Minh": [],
        "Tiếp nhận": ["ask_supplement", "stop"],
        "Xử lý": ["ask_supplement", "ask_fee", "stop", "finish"],
        "Lãnh đạo": ["ask_supplement", "ask_fee", "stop", "finish"],
        "Danh mục": [],
        "Nơi khác": [],
        "Quản trị": [],
    }


def test_the_whole_way_from_acceptance_to_the_result(submitted, lan, hoa):
    submitted.move("receive", by=hoa, at=at(19, 14, 20))
    assert (submitted.accepted_at, submitted.due_at, submitted.due_reasons) == (at(19, 14, 20), at(25, 17), ["24/11 nghỉ lễ"])
    submitted.move("process", by=hoa, at=at(20))
    submitted.move("finish", by=hoa, at=at(23))
    submitted.move("return_result", by=hoa, at=at(25))
    kept = Dossier.objects.get(pk=submitted.pk)
    assert (kept.status, kept.finished_at, kept.due_at, kept.status_changed_at) == (Status.RETURNED, at(23), at(25, 17), at(25))
    assert list(kept.events.values_list("verb", "from_status", "to_status", "actor_name", "office")) == [
        ("receive", 1, 2, "Nguyễn Thị Thu Hoa", "Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột"),
        ("process", 2, 4, "Nguyễn Thị Thu Hoa", "Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột"),
        ("finish", 4, 9, "Nguyễn Thị Thu Hoa", "Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột"),
        ("return_result", 9, 10, "Nguyễn Thị Thu Hoa", "Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột"),
    ]


def test_the_clock_stands_while_the_citizen_mends_and_the_day_moves_by_as_much(submitted, lan, hoa):
    submitted.move("receive", by=hoa, at=at(2))
    submitted.move("process", by=hoa, at=at(3))
    assert submitted.due_at == at(5, 17)
    submitted.move("ask_supplement", by=hoa, note="Ảnh mờ", at=at(4))
    assert (submitted.status, submitted.supplement_by, submitted.due_at) == (Status.SUPPLEMENT, datetime.date(2026, 11, 11), at(5, 17))
    make_attachment(submitted, submitted.version.documents.get())
    submitted.move("supplement", by=lan, at=at(9))
    assert (submitted.status, submitted.supplement_by, submitted.supplemented_at) == (Status.PROCESSING, None, at(9))
    assert (submitted.due_at, submitted.due_reasons) == (at(10, 17), ["3 ngày chờ Ông/Bà bổ sung"])
    assert list(submitted.pauses.values_list("reason", "started_at", "ended_at")) == [("supplement", at(4), at(9))]


def test_a_supplement_before_acceptance_goes_back_to_the_desk_and_promises_nothing(submitted, lan, hoa):
    submitted.move("ask_supplement", by=hoa, note="Thiếu trang 2", supplement_by=datetime.date(2026, 11, 30), at=at(19))
    assert submitted.supplement_by == datetime.date(2026, 11, 30)
    make_attachment(submitted, submitted.version.documents.get())
    event = submitted.move("supplement", by=lan, at=at(20))
    assert (submitted.status, submitted.accepted_at, submitted.due_at) == (Status.SUBMITTED, None, None)
    assert (event.actor_name, event.office) == ("H’Lan Niê", "Công dân")


def test_a_fee_is_asked_with_its_amount_and_waited_for(submitted, hoa):
    submitted.move("receive", by=hoa, at=at(2))
    submitted.move("process", by=hoa, at=at(2))
    with pytest.raises(ValidationError) as refusal:
        submitted.move("ask_fee", by=hoa, note="Lệ phí", at=at(3))
    assert refusal.value.message_dict == {"fee_vnd": ["Nhập số tiền phải nộp, ví dụ 50.000."]}
    submitted.move("ask_fee", by=hoa, note="Lệ phí", fee_vnd=50_000, fee_by=datetime.date(2026, 11, 12), at=at(3))
    submitted.move("confirm_fee", by=hoa, at=at(5))
    assert (submitted.fee_vnd, submitted.fee_by, submitted.due_at) == (50_000, datetime.date(2026, 11, 12), at(9, 17))
    assert submitted.due_reasons == ["2 ngày chờ Ông/Bà nộp phí, lệ phí"]


def test_a_declined_withdrawal_goes_on_where_the_work_was(submitted, lan, hoa):
    submitted.move("withdraw", by=lan, note="Nộp nhầm", at=at(19))
    submitted.move("decline_withdrawal", by=hoa, note="Đang chờ ký", at=at(20))
    assert submitted.status == Status.SUBMITTED
    submitted.move("receive", by=hoa, at=at(20))
    submitted.move("withdraw", by=lan, note="Nộp nhầm", at=at(20, 10))
    submitted.move("decline_withdrawal", by=hoa, note="Đang chờ ký", at=at(20, 11))
    assert submitted.status == Status.PROCESSING


def test_a_withdrawal_while_papers_are_awaited_is_a_pause_of_its_own(submitted, lan, hoa):
    submitted.move("ask_supplement", by=hoa, note="Ảnh mờ", at=at(19))
    submitted.move("withdraw", by=lan, note="Nộp nhầm", at=at(20))
    submitted.move("accept_withdrawal", by=hoa, at=at(23))
    assert submitted.status == Status.STOPPED
    assert list(submitted.pauses.order_by("pk").values_list("reason", "started_at", "ended_at")) == [
        ("supplement", at(19), at(20)),
        ("withdrawal", at(20), at(23)),
    ]


def test_a_lapsed_supplement_is_refused_before_acceptance_and_stopped_after(lan, birth, agency, hoa):
    early = make_dossier(lan, birth, agency, Status.SUPPLEMENT, supplement_by=datetime.date(2026, 11, 20))
    for day in (19, 20):
        with pytest.raises(NotAllowed, match="hết hạn bổ sung"):
            early.move("refuse", by=hoa, note="Không bổ sung", at=at(day))
    early.move("refuse", by=hoa, note="Không bổ sung", at=at(21))
    late = make_dossier(lan, birth, agency, Status.SUPPLEMENT, supplement_by=datetime.date(2026, 11, 20), accepted_at=at(18))
    with pytest.raises(NotAllowed):
        late.move("refuse", by=hoa, note="Không bổ sung", at=at(21))
    late.move("stop", by=hoa, note="Không bổ sung", at=at(21))
    assert (early.status, late.status) == (Status.REFUSED, Status.STOPPED)


def test_the_second_request_for_papers_is_the_leaders(submitted, lan, agency, hoa):
    handler = make_official(agency, "Y Bhim Êban", Official.Role.HANDLER)
    submitted.move("ask_supplement", by=handler, note="Ảnh mờ", at=at(19))
    make_attachment(submitted, submitted.version.documents.get())
    submitted.move("supplement", by=lan, at=at(20))
    with pytest.raises(NotAllowed, match="lãnh đạo"):
        submitted.move("ask_supplement", by=handler, note="Vẫn mờ", at=at(20, 10))
    assert "ask_supplement" not in dict(moves.available(submitted, handler))
    submitted.move("ask_supplement", by=hoa, note="Vẫn mờ", at=at(20, 10))
    assert submitted.supplements_asked == 2


@pytest.mark.parametrize("note", ["", "   \n"])
def test_a_reason_that_is_owed_is_asked_for(submitted, hoa, note):
    with pytest.raises(ValidationError) as refusal:
        submitted.move("refuse", by=hoa, note=note)
    assert refusal.value.message_dict == {"note": ["Ghi lý do để người nộp hiểu và làm theo được."]}
    assert Dossier.objects.get(pk=submitted.pk).status == Status.SUBMITTED


def test_a_day_for_papers_must_leave_time(submitted, hoa):
    with pytest.raises(ValidationError) as refusal:
        submitted.move("ask_supplement", by=hoa, note="Ảnh mờ", supplement_by=datetime.date(2026, 11, 19), at=at(19))
    assert refusal.value.message_dict == {"supplement_by": ["Chọn một ngày sau hôm nay, để người nộp kịp làm."]}


def test_a_stale_page_does_not_move_a_dossier_twice(submitted, hoa):
    other_window = Dossier.objects.get(pk=submitted.pk)
    submitted.move("receive", by=hoa)
    with pytest.raises(NotAllowed, match="Hồ sơ đang ở trạng thái “Được tiếp nhận”"):
        other_window.move("receive", by=hoa)


def test_a_draft_is_not_submitted_past_the_checks(lan, birth):
    with pytest.raises(NotAllowed):
        make_draft(lan, birth).move("submit", by=lan)


def test_a_move_whose_message_cannot_be_written_did_not_happen(submitted, hoa, monkeypatch):
    def fail(event):
        raise DatabaseError("no room left")

    monkeypatch.setattr("dossiers.notices.tell", fail)
    with pytest.raises(DatabaseError):
        submitted.move("receive", by=hoa)
    assert submitted.status == Dossier.objects.get(pk=submitted.pk).status == Status.SUBMITTED
    assert not DossierEvent.objects.exists()
    assert not OutgoingMessage.objects.exists()


def test_what_happened_is_never_rewritten(submitted, hoa):
    event = submitted.move("receive", by=hoa)
    event.note = "khác"
    with pytest.raises(TypeError, match="never changed"):
        event.save()
    with pytest.raises(TypeError, match="never removed"):
        event.delete()
    with pytest.raises(TypeError, match="never changed"):
        submitted.events.update(note="khác")
    with pytest.raises(TypeError, match="never removed"):
        submitted.events.all().delete()


@pytest.mark.parametrize("statement", ["UPDATE dossiers_dossierevent SET note = 'khác'", "DELETE FROM dossiers_dossierevent"])
def test_not_even_the_database_prompt_rewrites_it(submitted, hoa, statement):
    submitted.move("receive", by=hoa)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("file", [None, {"state": "refused"}, {"removed_at": at(20)}])
def test_a_supplement_brings_at_least_one_new_file_that_counts(submitted, lan, hoa, file):
    document = submitted.version.documents.get()
    make_attachment(submitted, document)
    submitted.attachments.update(created_at=at(18))
    submitted.move("ask_supplement", by=hoa, note="Ảnh mờ", at=at(19))
    if file:
        make_attachment(submitted, document, **file)
    with pytest.raises(ValidationError, match="Thêm ít nhất một tệp"):
        submitted.move("supplement", by=lan, at=at(20))
    assert Dossier.objects.get().status == Status.SUPPLEMENT
