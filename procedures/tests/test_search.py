"""Search: what people type, and what they find first."""

import pytest

from procedures import catalogue
from procedures.models import Procedure
from procedures.tests.make import make_procedure

FIRST = {
    "khai sinh": "Đăng ký khai sinh",
    "Đăng ký khai sinh": "Đăng ký khai sinh",
    "dang ky khai sinh": "Đăng ký khai sinh",
    "đăng kí khai sinh": "Đăng ký khai sinh",
    "DANG KI KHAI SINH": "Đăng ký khai sinh",
    "  đăng   ký, khai-sinh ": "Đăng ký khai sinh",
    "GPLX": "Đổi giấy phép lái xe",
    "bằng lái": "Đổi giấy phép lái xe",
    "bang lai xe": "Đổi giấy phép lái xe",
    "cưới": "Đăng ký kết hôn",
    "cuoi": "Đăng ký kết hôn",
    "hộ khẩu": "Đăng ký thường trú",
    "mở quán ăn": "Đăng ký thành lập hộ kinh doanh",
    "mo quan an": "Đăng ký thành lập hộ kinh doanh",
    "CCCD": "Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên",
    "1.001193": "Đăng ký khai sinh",
    "001193": "Đăng ký khai sinh",
    "độc thân": "Cấp Giấy xác nhận tình trạng hôn nhân",
    "xây nhà": "Cấp giấy phép xây dựng mới – công trình cấp III, IV và nhà ở riêng lẻ",
}


def names(typed):
    return list(Procedure.objects.filter(current__isnull=False).search(typed).values_list("short_name", flat=True))


def test_in_the_real_catalogue_the_first_thing_found_is_the_one_meant(db):
    catalogue.load("H15")
    assert {typed: names(typed)[0] for typed in FIRST} == FIRST


def test_the_red_book_and_a_birth_are_found_by_their_popular_names(db):
    catalogue.load("H15")
    for typed in ("sổ đỏ", "so do", "Sổ Đỏ"):
        assert names(typed)[:4] == [
            "Cấp đổi Giấy chứng nhận đã cấp",
            "Cấp lại Giấy chứng nhận đã cấp do bị mất",
            "Đăng ký biến động: chuyển nhượng, thừa kế, tặng cho, góp vốn",
            "Đăng ký đất đai, cấp Giấy chứng nhận lần đầu (hộ gia đình, cá nhân)",
        ]
    for typed in ("sinh con", "SINH CON"):
        assert names(typed)[:2] == ["Đăng ký khai sinh", "Liên thông: khai sinh – thường trú – thẻ BHYT cho trẻ dưới 6 tuổi"]


@pytest.mark.parametrize(
    ("typed", "found"), [("", 1), ("   ", 1), ("!!!", 0), ("%", 0), ("_", 0), ("zzz", 0), ("a " * 5000, 0), ("khai' OR 1=1", 0)]
)
def test_strange_words_find_nothing_and_break_nothing(birth, typed, found):
    assert len(names(typed)) == found


def test_as_spelt_comes_before_as_folded(db):
    make_procedure("Cấp sơ đồ thửa đất")
    make_procedure("Cấp sổ đỏ")
    assert names("sổ đỏ") == ["Cấp sổ đỏ", "Cấp sơ đồ thửa đất"]
    assert names("sơ đồ") == ["Cấp sơ đồ thửa đất", "Cấp sổ đỏ"]


def test_the_beginning_of_a_name_comes_before_its_middle(db):
    make_procedure("An táng")
    make_procedure("Mai táng")
    make_procedure("Táng")
    make_procedure("Táng thi hài")
    assert names("táng") == ["Táng", "Táng thi hài", "An táng", "Mai táng"]
    assert names("tang")[-1] == "Mai táng"


def test_words_of_two_synonyms_are_not_one_phrase(db):
    near = make_procedure("Việc thứ nhất", synonyms="sổ\nđỏ")
    exact = make_procedure("Việc thứ hai", synonyms="sổ đỏ")
    assert names("sổ đỏ") == [exact.short_name, near.short_name]
