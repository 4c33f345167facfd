"""The words of a procedure's page: terms, fees of the day, papers."""

import datetime

import pytest

from procedures.sheet import Sheet, term_words
from procedures.tests.make import make_procedure

LAWYERS = [
    {
        "channel": "tất cả",
        "amount_vnd": 25000,
        "per": "hồ sơ",
        "valid_from": datetime.date(2025, 7, 1),
        "valid_to": datetime.date(2026, 12, 31),
    },
    {"channel": "tất cả", "amount_vnd": 50000, "per": "hồ sơ", "valid_from": datetime.date(2027, 1, 1)},
]
RESIDENCE = [
    {"channel": "trực tiếp", "amount_vnd": 20000, "per": "lần"},
    {"channel": "trực tuyến", "amount_vnd": 10000, "per": "lần"},
    {"channel": "trực tuyến (định danh mức 2)", "amount_vnd": 0, "per": "lần"},
]


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        (3, "working_day", "3 ngày làm việc"),
        (15, "day", "15 ngày"),
        (0, "same_day", "Trong ngày làm việc"),
        (None, "working_day", "Chưa công bố"),
    ],
)
def test_the_term_in_words(quantity, unit, words):
    assert term_words(quantity, unit) == words


@pytest.mark.parametrize(
    ("on", "fee", "channel"),
    [
        (datetime.date(2026, 11, 24), "25.000 đ", ["25.000 đ / hồ sơ, đến hết 31/12/2026"]),
        (datetime.date(2027, 1, 1), "50.000 đ", ["50.000 đ / hồ sơ"]),
    ],
)
def test_the_fee_is_the_one_of_the_day(db, on, fee, channel):
    sheet = Sheet(make_procedure(fees=LAWYERS, fee_vnd=25000), on=on)
    assert (sheet.fee, sheet.fees_of("trực tuyến")) == (fee, channel)


def test_each_channel_has_its_own_fee(db):
    sheet = Sheet(make_procedure(fees=RESIDENCE, fee_vnd=20000))
    assert sheet.fee == "Không thu – 20.000 đ"
    assert [(channel.name, channel.fees, channel.recommended) for channel in sheet.channels] == [
        ("Trực tuyến", ["10.000 đ / lần", "Không thu (định danh mức 2)"], True),
        ("Trực tiếp", ["20.000 đ / lần"], False),
    ]


@pytest.mark.parametrize(
    ("fields", "fee"),
    [
        ({"fee_vnd": 0}, "Không thu"),
        ({"fee_vnd": 0, "fee_case": "nếu đăng ký đúng hạn"}, "Không thu nếu đăng ký đúng hạn"),
        ({"fee_vnd": None, "fee_note": "Theo nghị quyết của HĐND tỉnh"}, "Theo mức của HĐND tỉnh"),
        ({"fee_vnd": None}, "Chưa công bố"),
    ],
)
def test_a_fee_without_a_table_is_said_in_words(db, fields, fee):
    assert Sheet(make_procedure(**fields)).fee == fee


def test_papers_asked_of_everybody_stand_first(db):
    papers = [
        {"name": "Giấy ủy quyền", "need": "conditional", "condition": "khi nhờ người khác nộp"},
        {"name": "Giấy chứng sinh", "originals": 1, "copies": 2, "form_number": "Mẫu số 02"},
        {"name": "Sơ đồ", "need": "optional", "condition": "nếu có"},
        {"name": "Thẻ căn cước", "only_shown": True},
    ]
    assert [tuple(paper) for paper in Sheet(make_procedure(documents=papers)).papers] == [
        ("Giấy chứng sinh", "Cần nộp", True, "1 bản chính, 2 bản sao. Mẫu số 02."),
        ("Giấy ủy quyền", "Có điều kiện", False, "1 bản chính. Khi nhờ người khác nộp."),
        ("Sơ đồ", "Nếu có", False, "1 bản chính."),
        ("Thẻ căn cước", "Chỉ xuất trình", False, "1 bản chính."),
    ]


def test_what_is_accepted_late_in_the_day_is_returned_on_the_next(db):
    sheet = Sheet(make_procedure(term_quantity=0, term_unit="same_day", term_cutoff_hour=15))
    assert sheet.term_detail == "Trong ngày. Tiếp nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo."


@pytest.mark.parametrize(
    ("name", "shown"), [("Thủ tục Đăng ký khai sinh.", ""), ("Thủ tục đăng ký khai sinh lưu động", "Thủ tục đăng ký khai sinh lưu động")]
)
def test_the_published_name_is_shown_where_it_says_more(db, name, shown):
    assert Sheet(make_procedure("Đăng ký khai sinh", name=name)).full_name == shown
