"""The desk: which dossiers lie in which queue, and what is said about the time left."""

import datetime

import pytest
from django.utils import timezone

from dossiers import desk
from dossiers.models import Dossier
from dossiers.status import Status
from dossiers.tests.make import make_dossier


def at(day, hour, minute=0):
    return timezone.make_aware(datetime.datetime(2026, 11, day, hour, minute))


# A Monday; 24 November is a holiday, so the next working day is Wednesday.
NOW = at(23, 7, 32)


@pytest.fixture
def make(lan, birth, agency):
    return lambda status=Status.SUBMITTED, **fields: make_dossier(lan, birth, agency, status, **fields)


def test_each_queue_counts_what_lies_in_it_in_one_query(make, django_assert_num_queries):
    make()
    make()
    make(supplemented_at=at(19, 9), status_changed_at=at(19, 9))
    make(Status.PROCESSING, supplemented_at=at(19, 9), status_changed_at=at(19, 9), due_at=at(30, 17))
    make(Status.PROCESSING, supplemented_at=at(19, 9), status_changed_at=at(20, 9), due_at=at(30, 17))
    make(Status.RECEIVED, due_at=at(25, 17))
    make(Status.PROCESSING, due_at=at(20, 17))
    make(Status.SUPPLEMENT, due_at=at(20, 17))
    make(Status.RETURNED, due_at=at(20, 17))
    with django_assert_num_queries(1):
        counts = desk.numbers(Dossier.objects.all(), NOW)
    assert counts == {"cho_tiep_nhan": 2, "da_bo_sung": 2, "sap_den_han": 1, "qua_han": 1, "dang_xu_ly": 4}


def test_a_queue_holds_exactly_what_it_counts(make):
    make()
    make(Status.PROCESSING, due_at=at(20, 17))
    make(Status.RECEIVED, due_at=at(25, 17))
    counts = desk.numbers(Dossier.objects.all(), NOW)
    assert {queue.key: Dossier.objects.filter(queue.condition(NOW)).count() for queue in desk.QUEUES} == counts


@pytest.mark.parametrize(
    ("status", "fields", "said"),
    [
        (Status.SUBMITTED, {"status_changed_at": at(22, 14, 40)}, ("Còn 7 giờ 28 phút", "trước 17 giờ, hôm nay", "urgent", "clock")),
        (Status.SUBMITTED, {"status_changed_at": at(18, 8, 12)}, ("Quá hạn trả lời", "trước 8 giờ 12, 19/11", "late", "alert")),
        (Status.PROCESSING, {"due_at": at(20, 17)}, ("Quá hẹn 3 ngày", "hẹn thứ Sáu, 20/11", "late", "alert")),
        (Status.PROCESSING, {"due_at": at(23, 17)}, ("Đến hẹn hôm nay", "hẹn thứ Hai, 23/11", "urgent", "clock")),
        (Status.RECEIVED, {"due_at": at(25, 17)}, ("Còn 1 ngày làm việc", "hẹn thứ Tư, 25/11", "urgent", "clock")),
        (Status.RECEIVED, {"due_at": at(26, 17)}, ("Còn 2 ngày làm việc", "hẹn thứ Năm, 26/11", "in-time", "tick")),
        (Status.PROCESSING, {}, ("Không có ngày hẹn", "thủ tục không công bố thời hạn", "", "clock")),
        (
            Status.SUPPLEMENT,
            {"supplement_by": datetime.date(2026, 11, 26)},
            ("Đồng hồ đang dừng", "chờ bổ sung đến 26/11", "", "clock"),
        ),
        (Status.FEE, {"fee_by": datetime.date(2026, 11, 27)}, ("Đồng hồ đang dừng", "chờ nộp phí đến 27/11", "", "clock")),
        (Status.WITHDRAWAL, {}, ("Đồng hồ đang dừng", "chờ trả lời việc rút hồ sơ", "", "clock")),
        (Status.DONE, {"due_at": at(25, 17), "finished_at": at(20, 9)}, ("Xong trước hạn", "chờ trả kết quả", "in-time", "tick")),
        (Status.DONE, {"due_at": at(19, 17), "finished_at": at(20, 9)}, ("Xong sau hẹn", "chờ trả kết quả", "late", "alert")),
        (Status.REFUSED, {"status_changed_at": at(19, 9)}, ("Đã kết thúc", "19/11/2026", "", "tick")),
    ],
)
def test_the_time_left_is_said_in_words(make, status, fields, said):
    assert desk.time_left(make(status, **fields), NOW) == said


def test_working_time_leaves_out_lunch_nights_and_days_off():
    assert desk.working_time(at(20, 16), at(25, 8)) == datetime.timedelta(hours=1 + 8 + 1)
    assert desk.working_time(at(23, 10), at(23, 14)) == datetime.timedelta(hours=2)


def test_a_search_finds_a_code_in_any_spelling_a_number_a_phone_and_a_name(make, lan, minh, birth, agency):
    dossier = make()
    make_dossier(minh, birth, agency)
    code = dossier.receipt_code
    for typed in [code, code.lower(), code.replace("-", " "), f"({code})", code[:-1].split("-")[0] + code[-12:]]:
        assert list(desk.search(Dossier.objects.filter(citizen=lan), typed)) == [dossier]
    for typed in [lan.national_id, "0" + lan.phone[3:], lan.phone, "lan niê", "H’Lan"]:
        assert list(desk.search(Dossier.objects.all(), typed)) == [dossier]
    assert desk.search(Dossier.objects.all(), code[:10]).count() == 2
    assert list(desk.search(Dossier.objects.all(), "không có ai")) == []


def test_the_line_under_the_title_names_the_day_the_office_and_tomorrows_holiday(agency):
    assert desk.today(NOW, agency) == "Thứ Hai, 23/11/2026 · UBND phường Buôn Ma Thuột · Mai 24/11 nghỉ lễ"
    assert desk.today(at(24, 9)) == "Thứ Ba, 24/11/2026 · Hôm nay nghỉ lễ"
