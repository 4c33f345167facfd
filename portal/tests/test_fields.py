"""Fields take what people type and paste, and say in words what they could not read."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from portal.fields import BirthDate, BirthDateField, EmailField, NameField, NationalIdField, PhoneField, TidyField, VietnameseDateField

BORN = datetime.date(1980, 8, 15)


def refusal(field, typed):
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    return refused.value.messages


@pytest.mark.parametrize(
    "typed",
    [
        "15/08/1980", "15/8/1980", "15.08.1980", "15-08-1980", "15 08 1980", " 15 / 08 / 1980 ", "15081980", "1980-08-15",
        "15\u00a008\u00a01980", "\u200e15/08/1980", "１５/０８/１９８０",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_spelling_in_use(typed):
    assert VietnameseDateField().clean(typed) == BORN


@pytest.mark.parametrize("typed", ["hôm qua", "15/08", "15/08/80", "1508198", "15//08/1980", "08-15"])
def test_what_is_no_date_is_answered_with_an_example(typed):
    assert refusal(VietnameseDateField(), typed) == ["Nhập ngày, ví dụ 15/08/1980."]


@pytest.mark.parametrize(
    ("typed", "named"),
    [("31/02/2026", "31/02/2026"), ("29.2.2025", "29/02/2025"), ("2026-13-01", "01/13/2026"), ("00011980", "00/01/1980")],
)
def test_a_day_outside_the_calendar_is_named(typed, named):
    assert refusal(VietnameseDateField(), typed) == [f"Ngày {named} không có trong lịch. Kiểm tra lại ngày và tháng."]


def test_an_empty_date_is_asked_for_only_where_it_is_required():
    assert VietnameseDateField(required=False).clean(" ") is None
    assert refusal(VietnameseDateField(), "") == ["Nhập ngày, ví dụ 15/08/1980."]
    assert refusal(BirthDateField(), "") == ["Nhập ngày sinh, ví dụ 15/08/1980."]


def test_a_stored_date_is_shown_as_people_write_it_and_seen_as_unchanged():
    field = VietnameseDateField()
    assert field.prepare_value(BORN) == "15/08/1980"
    assert field.prepare_value("15.8") == "15.8"
    assert not field.has_changed(BORN, "15.8.1980")
    assert field.has_changed(BORN, "16.8.1980")
    assert field.has_changed(BORN, "không rõ")


def test_a_birth_date_may_be_only_a_year():
    assert BirthDateField().clean("15081980") == BirthDate(BORN, year_only=False)
    assert BirthDateField().clean("1950") == BirthDate(datetime.date(1950, 1, 1), year_only=True)
    assert [str(BirthDateField().clean(typed)) for typed in ("15.8.1980", "1950")] == ["15/08/1980", "1950"]
    assert BirthDateField(required=False).clean("") is None


def test_nobody_is_born_tomorrow_or_in_another_age():
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    assert refusal(BirthDateField(), f"{tomorrow:%d/%m/%Y}") == ["Ngày sinh không thể ở tương lai."]
    assert refusal(BirthDateField(), "15/08/1080") == ["Nhập ngày sinh, ví dụ 15/08/1980. Xem lại năm 1080."]
    assert refusal(BirthDateField(), "31/02/1992") == ["Ngày 31/02/1992 không có trong lịch. Kiểm tra lại ngày và tháng."]


@pytest.mark.parametrize(
    "typed",
    ["0912345678", "0912 345 678", "0912.345.678", "(0912) 345-678", "+84 91 234 56 78", "+84912345678", "84912345678", "\u202a0912345678\u202c", "０９１２３４５６７８"],
)  # fmt: skip
def test_a_phone_number_is_read_in_every_spelling_in_use(typed):
    assert PhoneField().clean(typed) == "+84912345678"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nhập số điện thoại di động, ví dụ 0912 345 678."),
        ("0912 345 67", "Số vừa nhập có 9 chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        ("+84 91 234 567", "Số vừa nhập có 9 chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        ("0262 385 1234", "Số vừa nhập có 11 chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        ("0212345678", "Đầu số 021 không phải đầu số di động. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        ("O912345678", "Số điện thoại chỉ gồm chữ số. Bỏ ký tự “O”."),
    ],
)
def test_a_phone_number_that_cannot_be_is_counted_in_words(typed, said):
    assert refusal(PhoneField(), typed) == [said]


def test_a_stored_phone_is_shown_as_it_is_read_aloud():
    assert PhoneField().prepare_value("+84912345678") == "0912 345 678"
    assert PhoneField().prepare_value("0912 345 67") == "0912 345 67"


@pytest.mark.parametrize("typed", ["066192001234", "066 192 001 234", "0661.9200.1234", "066-192-001-234", "０６６１９２００１２３４"])
def test_an_identity_number_is_read_with_or_without_groups(typed):
    assert NationalIdField().clean(typed) == "066192001234"


def test_an_old_identity_number_has_nine_digits():
    assert NationalIdField().clean("240 123 456") == "240123456"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nhập số CCCD hoặc CMND."),
        ("0661920012", "Số vừa nhập có 10 chữ số. CCCD có 12 chữ số, CMND có 9 chữ số."),
        ("06619200123l", "Số CCCD/CMND chỉ gồm chữ số. Bỏ ký tự “l”."),
    ],
)
def test_an_identity_number_that_cannot_be_is_counted_in_words(typed, said):
    assert refusal(NationalIdField(), typed) == [said]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("H’Hen Niê", "H’Hen Niê"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Y Ƀlĭk", "Y Ƀlĭk"),
        ("Lan", "Lan"),
        ("  Nguyễn   Văn\tAn ", "Nguyễn Văn An"),
        ("Nguye\u0302\u0303n Va\u0306n An", "Nguyễn Văn An"),
        ("K’Brô\u0306", "K’Brô\u0306"),
        ("Trần Thị Anh-Thư", "Trần Thị Anh-Thư"),
        ("Phạm V. An", "Phạm V. An"),
    ],
)
def test_names_of_all_our_languages_pass(typed, kept):
    assert NameField().clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nhập họ và tên như trên thẻ Căn cước."),
        (" ’-. ", "Nhập họ và tên như trên thẻ Căn cước."),
        ("Nguyễn Văn An1", "Họ và tên chỉ gồm chữ, dấu cách, dấu nháy và gạch nối. Bỏ ký tự “1”."),
        ("An 🙂", "Họ và tên chỉ gồm chữ, dấu cách, dấu nháy và gạch nối. Bỏ ký tự “🙂”."),
        ("<b>An", "Họ và tên chỉ gồm chữ, dấu cách, dấu nháy và gạch nối. Bỏ ký tự “<”."),
        ("A" * 101, "Họ và tên có 101 ký tự, nhiều nhất là 100."),
    ],
)
def test_a_name_with_another_sign_in_it_names_the_sign(typed, said):
    assert refusal(NameField(), typed) == [said]


def test_an_address_keeps_its_name_and_lowers_its_host():
    assert EmailField().clean(" Lan.Nie@Example.COM ") == "Lan.Nie@example.com"
    assert EmailField(required=False).clean("") == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nhập thư điện tử, ví dụ ten@gmail.com."),
        ("lan", "Thư điện tử thiếu phần sau dấu @, ví dụ ten@gmail.com."),
        ("lan@", "Thư điện tử thiếu phần sau dấu @, ví dụ ten@gmail.com."),
        ("lan@gmail", "Thư điện tử thiếu phần sau dấu @, ví dụ ten@gmail.com."),
        ("lan nie@gmail.com", "Thư điện tử chưa đúng dạng, ví dụ ten@gmail.com."),
    ],
)
def test_an_address_that_cannot_be_says_what_is_missing(typed, said):
    assert refusal(EmailField(), typed) == [said]


def test_digits_of_another_script_are_the_same_number():
    assert NationalIdField().clean("٠٦٦١٩٢٠٠١٢٣٤") == "066192001234"
    assert PhoneField().clean("０९१२३४५६७८") == "+84912345678"
    assert VietnameseDateField().clean("१५/०८/१९८०") == datetime.date(1980, 8, 15)


@pytest.mark.parametrize("typed", ["evil.com nhận quà", "Truy cập a.vn", "www.evil.com"])
def test_a_name_that_mail_programs_would_turn_into_a_link_is_no_name(typed):
    with pytest.raises(ValidationError, match=r"Bỏ ký tự “\.”"):
        NameField().clean(typed)


def test_a_name_may_be_abbreviated():
    assert NameField().clean("Ng. Thị H. Niê") == "Ng. Thị H. Niê"


def test_letters_that_look_alike_are_one_address_or_none():
    assert EmailField().clean("h.lan@ｇmail.com") == "h.lan@gmail.com"
    assert EmailField().clean("\u212aim@gmail.com") == "Kim@gmail.com"
    with pytest.raises(ValidationError):
        EmailField().clean("hl\u0430n@gmail.com")


def test_text_that_grows_when_its_marks_are_put_together_is_measured_afterwards():
    with pytest.raises(ValidationError):
        TidyField(max_length=60).clean("\u0958" * 60)
    assert TidyField().clean("  Số  12 \n\n buôn\t Akŏ  ") == "Số 12\n\nbuôn Akŏ"
