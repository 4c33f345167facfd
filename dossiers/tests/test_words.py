import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from dossiers import words
from dossiers.status import Status

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime.datetime(2026, 11, 25, 17, tzinfo=HANOI)
BY = datetime.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("status", "word", "css", "sentence"),
    [
        (0, "Đang soạn", "", "Hồ sơ chưa nộp. Ông/Bà có thể làm tiếp."),
        (1, "Đã nộp, chờ tiếp nhận", "active", "Cơ quan sẽ kiểm tra trong 8 giờ làm việc. Ông/Bà chưa cần làm gì."),
        (2, "Được tiếp nhận", "active", "Hồ sơ đủ giấy tờ. Hẹn trả 25/11/2026."),
        (3, "Không được tiếp nhận", "error", "Hồ sơ chưa được nhận. Xem lý do và cách làm lại."),
        (4, "Đang xử lý", "active", "Hồ sơ đang được giải quyết. Ông/Bà chưa cần làm gì thêm."),
        (5, "Yêu cầu bổ sung giấy tờ", "warn", "Ông/Bà cần bổ sung giấy tờ trước 26/11/2026."),
        (6, "Yêu cầu thực hiện nghĩa vụ tài chính", "warn", "Ông/Bà cần nộp 50.000 đ trước 26/11/2026."),
        (7, "Công dân yêu cầu rút hồ sơ", "", "Đã nhận yêu cầu rút hồ sơ. Cơ quan sẽ trả lời Ông/Bà."),
        (8, "Dừng xử lý", "error", "Hồ sơ đã dừng. Xem lý do."),
        (9, "Đã xử lý xong", "done", "Đã có kết quả. Mang CCCD đến UBND phường Buôn Ma Thuột để nhận."),
        (10, "Đã trả kết quả", "done", "Hoàn thành ngày 25/11/2026."),
    ],
)
def test_each_status_has_its_word_colour_and_sentence(status, word, css, sentence):
    dossier = SimpleNamespace(
        status=status, status_changed_at=DUE, due_at=DUE, supplement_by=BY, fee_vnd=50_000, fee_by=BY,
        agency_id=1, agency=SimpleNamespace(short_name="UBND phường Buôn Ma Thuột"), delivery="direct",
    )  # fmt: skip
    said = words.of(dossier)
    assert (said.word, said.css, said.sentence) == (word, css, sentence)


def test_every_status_has_words():
    assert set(words.TABLE) == set(Status)


def test_a_result_sent_by_post_is_not_fetched():
    assert "Bưu điện" in words.sentence(Status.DONE, delivery="post", place="UBND xã Ea Kao")


def test_a_late_dossier_says_how_many_days():
    late = words.overdue(SimpleNamespace(status=Status.PROCESSING, due_at=DUE), now=DUE + datetime.timedelta(days=3))
    assert (late.word, late.css) == ("Quá hẹn 3 ngày", "warn")


@pytest.mark.parametrize("status", [Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL, Status.DONE, Status.RETURNED, Status.STOPPED])
def test_nothing_is_late_while_the_clock_stands_or_once_it_is_done(status):
    assert words.overdue(SimpleNamespace(status=status, due_at=DUE), now=DUE + datetime.timedelta(days=3)) is None
