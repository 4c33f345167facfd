"""Declaration forms: drawn from data, answered, kept half-filled, read back."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from django.http import QueryDict

from procedures import declaration
from procedures.declaration import check, form_for, holds, mistakes, posted, prefill, read
from procedures.models import Agency
from procedures.tests.make import DECLARATION, make_agency

DATA = Path(__file__).parents[1] / "data" / "declarations"
FORMS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))}

SAMPLES = {
    "text": "Bà Triệu",
    "long_text": "Dòng một\nDòng hai",
    "number": "2",
    "decimal": "120,5",
    "money": "50.000.000",
    "date": "15/08/1950",
    "datetime": "15/08/2026 8:30",
    "time": "8h30",
    "year": "1980",
    "phone": "0912 345 678",
    "email": "ten@GMAIL.com",
    "id_number": "066 080 001 234",
    "yes_no": "Có",
    "checkbox": "on",
}


def sample(field):
    """What a citizen would type for one question."""
    if field.get("digits"):
        return "4711"
    if field["type"] == "choice":
        return declaration.KINDS["choice"](field).choices()[0]
    if field["type"] in ("agency", "commune"):
        return Agency.objects.first().name
    return SAMPLES[field["type"]]


def filled(schema) -> QueryDict:
    """A whole form as the browser posts it."""
    data = QueryDict(mutable=True)
    for group in schema:
        for field in group["fields"]:
            key = field["key"]
            if field["type"] == "address":
                data.update({f"{key}_province": "Đắk Lắk", f"{key}_commune": "phường Buôn Ma Thuột", f"{key}_street": "12 Lê Duẩn"})
            elif field["type"] == "table":
                data.update({f"{key}-0-{column['key']}": sample(column) for column in field["columns"]})
            else:
                data[key] = sample(field)
    return data


def form_with(*fields, title="Nhóm", data=None, **options):
    return form_for([{"title": title, "fields": list(fields)}], data=data, **options)


def question(type_, key="q", label="Câu hỏi", **more):
    return {"key": key, "label": label, "type": type_, "required": True} | more


def test_the_catalogue_has_twelve_forms():
    assert len(FORMS) == 12


@pytest.mark.parametrize("code", FORMS)
def test_every_form_of_the_catalogue_takes_a_filled_sample_and_reads_it_back(code, db):
    make_agency("UBND phường Buôn Ma Thuột")
    schema = FORMS[code]
    check(schema)
    form = form_for(schema, data=filled(schema))
    assert form.errors == {}
    answers = json.loads(json.dumps(form.answers()))
    assert set(answers) == {field["key"] for group in schema for field in group["fields"] if not hidden(field, answers)}
    assert mistakes(schema, answers) == []
    assert form_for(schema, data=posted(schema, answers)).answers() == answers
    told = read(schema, answers)
    assert [group["title"] for group in told] == [group["title"] for group in schema if any(f["key"] in answers for f in group["fields"])]
    assert all(label and text for group in told for label, text in group["rows"])


def hidden(field, answers):
    return "shown_if" in field and not holds(field["shown_if"], answers)


@pytest.mark.parametrize("code", FORMS)
def test_every_form_of_the_catalogue_says_in_words_what_an_empty_one_lacks(code, db):
    form = form_for(FORMS[code], data=QueryDict())
    required = {field["key"] for group in FORMS[code] for field in group["fields"] if field["required"] and "shown_if" not in field}
    assert set(form.errors) == required
    messages = [message for errors in form.errors.values() for message in errors]
    assert all(message.startswith(("Nhập ", "Chọn ", "Đánh dấu ô ", "Điền ")) and message.endswith(".") for message in messages), messages


def test_repeated_labels_are_told_apart_in_messages(db):
    form = form_for(FORMS["1.000894"], data=QueryDict())
    assert form.errors["nu_ho_ten"] == ["Nhập họ, chữ đệm, tên (bên nữ)."]
    assert form.errors["nam_ho_ten"] == ["Nhập họ, chữ đệm, tên (bên nam)."]


def test_answers_read_as_people_write_them():
    schema = [
        {
            "title": "Nhóm",
            "fields": [
                question("date", "ngay", "Ngày"),
                question("money", "tien", "Tiền"),
                question("decimal", "rong", "Diện tích"),
                question("time", "gio", "Giờ"),
                question("datetime", "luc", "Lúc"),
                question("phone", "sdt", "Điện thoại"),
                question("address", "noi", "Nơi ở"),
                question("checkbox", "dong_y", "Đồng ý"),
                question(
                    "table",
                    "bang",
                    "Bảng",
                    columns=[
                        question("text", "ten", "Tên"),
                        question("date", "ngay", "Ngày"),
                        question("checkbox", "chinh", "Chính", required=False),
                    ],
                ),
            ],
        }
    ]
    data = {
        "ngay": "25112026", "tien": "50.000 đ", "rong": "1.200,5", "gio": "8 giờ 5", "luc": "25/11/2026 14h", "sdt": "+84 912.345.678",
        "noi_province": " Đắk  Lắk", "noi_commune": "xã Ea Kao", "noi_street": "Buôn Cuôr Kăp", "dong_y": "on",
        "bang-0-ten": "Một", "bang-0-ngay": "1/2/2020", "bang-0-chinh": "on", "bang-4-ten": "Hai", "bang-4-ngay": "2020-02-03",
    }  # fmt: skip
    answers = form_for(schema, data=data).answers()
    assert answers == {
        "ngay": "2026-11-25",
        "tien": 50000,
        "rong": "1200.5",
        "gio": "08:05",
        "luc": "2026-11-25T14:00+07:00",
        "sdt": "+84912345678",
        "noi": {"province": "Đắk Lắk", "commune": "xã Ea Kao", "street": "Buôn Cuôr Kăp"},
        "dong_y": True,
        "bang": [{"ten": "Một", "ngay": "2020-02-01", "chinh": True}, {"ten": "Hai", "ngay": "2020-02-03"}],
    }
    assert read(schema, answers) == [
        {
            "title": "Nhóm",
            "rows": [
                ("Ngày", "25/11/2026"),
                ("Tiền", "50.000 đ"),
                ("Diện tích", "1.200,5"),
                ("Giờ", "8 giờ 05"),
                ("Lúc", "14 giờ 00, 25/11/2026"),
                ("Điện thoại", "0912 345 678"),
                ("Nơi ở", "Buôn Cuôr Kăp, xã Ea Kao, Đắk Lắk"),
                ("Đồng ý", "Có"),
                ("Bảng – dòng 1", "Tên: Một; Ngày: 01/02/2020; Chính: Có"),
                ("Bảng – dòng 2", "Tên: Hai; Ngày: 03/02/2020"),
            ],
        }
    ]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (question("number", min=1, max=100), "0", "Nhập câu hỏi từ 1 đến 100."),
        (question("number", min=1, max=100), "-3", "Nhập câu hỏi bằng chữ số, ví dụ 12."),
        (question("number", min=1, max=100), "1,5", "Nhập câu hỏi bằng chữ số, ví dụ 12."),
        (question("number"), "9" * 400, "Nhập câu hỏi bằng chữ số, ví dụ 12."),
        (question("decimal", min=1), "mười", "Nhập câu hỏi bằng chữ số, ví dụ 120,5."),
        (question("money", min=1), "0", "Nhập câu hỏi từ 1 đến 999.999.999.999."),
        (question("year"), "198", None),
        (question("year"), "2999", None),
        (question("date"), "31/02/2020", "Ngày 31/02/2020 không có trong lịch. Kiểm tra lại ngày và tháng."),
        (question("date"), "hôm qua", "Nhập câu hỏi, ví dụ 15/08/1980."),
        (question("date"), "01/01/0001", "Xem lại năm 1 của câu hỏi."),
        (question("date", past=True), "01/01/2099", "Câu hỏi không thể sau hôm nay."),
        (question("time"), "25:00", "Nhập giờ và phút, ví dụ 8:30."),
        (question("datetime"), "25/11/2026", "Nhập ngày và giờ, ví dụ 15/08/2026 8:30."),
        (question("id_number", accepts=["cccd"]), "123", "Số vừa nhập có 3 ký tự. CCCD có 12 chữ số."),
        (question("text", digits=4), "47", "Câu hỏi gồm 4 chữ số."),
        (question("choice", choices=["Nam", "Nữ"]), "Khác", "Chọn câu hỏi trong danh sách."),
        (question("choice", choices_from="ethnic_groups"), "Atlantis", "Chọn câu hỏi trong danh sách."),
        (question("text"), "x" * 301, None),
    ],
)
def test_what_cannot_be_right_is_said_in_words(field, typed, message):
    form = form_with(field, data={"q": typed})
    assert not form.is_valid()
    if message:
        assert form.errors["q"] == [message]
    assert form["q"].value() == typed


@pytest.mark.parametrize(("typed", "kept"), [("066080001234", True), ("123456789", False), ("c1234567", True), ("0123456789", False)])
def test_the_numbers_a_question_takes_are_its_own(typed, kept):
    assert form_with(question("id_number", accepts=["cccd", "passport"]), data={"q": typed}).is_valid() is kept


def test_an_address_names_the_part_that_is_missing():
    form = form_with(question("address", label="Nơi cư trú"), data={"q_province": "Đắk Lắk", "q_street": "12 Lê Duẩn"})
    assert form.errors["q"] == ["Nhập xã, phường, đặc khu của nơi cư trú."]


def test_a_table_names_the_row_and_keeps_it():
    field = question("table", label="Thành viên", columns=[question("text", "ten", "Tên"), question("date", "ngay", "Ngày")])
    form = form_with(field, data={"q-0-ten": "Một", "q-0-ngay": "x"})
    assert form.errors["q"] == ["Dòng 1: nhập ngày, ví dụ 15/08/1980."]
    assert 'value="Một"' in str(form["q"])


def test_a_required_table_needs_one_row():
    form = form_with(question("table", label="Thành viên", columns=[question("text", "ten", "Tên")]), data={"q-0-ten": ""})
    assert form.errors["q"] == ["Điền ít nhất một dòng cho thành viên."]


def test_the_button_adds_rows_and_confirms_nothing():
    field = question("table", columns=[question("text", "ten", "Tên")])
    form = form_with(field, data={"q-0-ten": "Một", "q-1-ten": "Hai", "add_row": "q"}, partial=True)
    assert form.adds_rows
    assert str(form["q"]).count("<fieldset") == 4


def test_a_table_never_draws_more_rows_than_its_limit():
    field = question("table", columns=[question("text", "ten", "Tên")])
    form = form_with(field, data={f"q-{n}-ten": "x" for n in range(200)}, partial=True)
    assert len(form.answers()["q"]) == 30
    assert "add_row" not in str(form["q"])


COPIES = [question("yes_no", "sao", "Bản sao"), question("number", "so_luong", "Số lượng", min=1, shown_if={"key": "sao", "is": ["Có"]})]


def test_a_question_outside_its_condition_is_not_asked_and_its_answer_dropped():
    assert form_with(*COPIES, data={"sao": "Có"}).errors == {"so_luong": ["Nhập số lượng."]}
    assert form_with(*COPIES, data={"sao": "Không", "so_luong": "abc"}).errors == {}
    assert form_with(*COPIES, data={"sao": "Không", "so_luong": "3"}).answers() == {"sao": "Không"}


def test_without_javascript_the_hint_says_when_a_question_counts():
    form = form_with(*COPIES)
    assert form.fields["so_luong"].help_text == "Bắt buộc khi chọn “Có” ở mục “Bản sao”."


def test_the_parents_of_a_minor_have_to_agree(db):
    schema = FORMS["1.004222"]
    young = form_for(schema, data={"ngay_sinh": "01/01/2020"})
    old = form_for(schema, data={"ngay_sinh": "01/01/1980"})
    assert young.errors["y_kien_cha_me_dong_y"] == ["Đánh dấu ô “Cha, mẹ hoặc người giám hộ đồng ý”."]
    assert "y_kien_cha_me_dong_y" not in old.errors


def test_a_bridegroom_of_nineteen_is_told_the_age():
    form = form_for(FORMS["1.000894"], data={"nam_ngay_sinh": "01/01/2020"})
    assert "cần từ đủ 20 tuổi" in form.errors["nam_ngay_sinh"][0]


def test_a_later_day_cannot_stand_before_the_earlier_one():
    fields = [question("date", "tu", "Từ ngày"), question("date", "den", "Đến ngày", after="tu")]
    form = form_with(*fields, data={"tu": "02/01/2026", "den": "01/01/2026"})
    assert form.errors == {"den": ["Đến ngày không thể trước từ ngày (02/01/2026)."]}


def test_a_birth_of_which_only_the_year_is_known_is_kept_as_a_year():
    field = question("date", label="Ngày sinh", birth=True)
    form = form_with(field, data={"q": "1950"})
    assert form.answers() == {"q": "1950"}
    assert read(form.declaration, form.answers()) == [{"title": "Nhóm", "rows": [("Ngày sinh", "1950")]}]


def test_half_a_form_is_kept_as_it_was_typed(db):
    schema = FORMS["1.001612"]
    typed = {
        "chu_ho_ten": "H’Lan",
        "von": "nhiều",
        "chu_ho_ngay_sinh": "31/02/1990",
        "tru_so_province": "Đắk Lắk",
        "nganh_nghe-0-ma": "47\x00",
    }
    form = form_for(schema, data=typed, partial=True)
    assert form.is_valid()
    answers = form.answers()
    assert answers == {
        "chu_ho_ten": "H’Lan",
        "chu_ho_ngay_sinh": "31/02/1990",
        "tru_so": {"province": "Đắk Lắk", "commune": None, "street": None},
        "nganh_nghe": [{"ten": None, "ma": "47", "chinh": False}],
        "von": "nhiều",
    }
    again = form_for(schema, initial=answers)
    drawn = str(again)
    for value in ("31/02/1990", "nhiều", "47", "Đắk Lắk"):
        assert f'value="{value}"' in drawn
    assert ("Vốn kinh doanh (đồng)", "Nhập vốn kinh doanh (đồng) bằng chữ số, ví dụ 12.") in mistakes(schema, answers)


def test_stored_answers_stand_in_the_boxes_as_they_are_typed():
    schema = [{"title": "Nhóm", "fields": [question("date", "ngay"), question("money", "tien"), question("phone", "sdt")]}]
    drawn = str(form_for(schema, initial={"ngay": "2026-11-25", "tien": 50000, "sdt": "+84912345678"}))
    for value in ("25/11/2026", "50.000", "0912 345 678"):
        assert f'value="{value}"' in drawn


def test_answers_of_an_older_version_are_simply_not_asked_again():
    assert form_for(DECLARATION, initial={"no_longer_asked": "x"}).initial == {}
    assert read(DECLARATION, {"no_longer_asked": "x"}) == []


def test_the_account_fills_what_it_knows(db):
    account = {
        "full_name": "H’Lan Niê", "national_id": "066180001234", "birth_date": "1980-08-15", "phone": "+84912345678", "email": "",
        "address": {"province": "Đắk Lắk", "commune": "phường Buôn Ma Thuột", "street": "12 Lê Duẩn"},
    }  # fmt: skip
    assert prefill(FORMS["1.001193"], account) == {
        "nguoi_yeu_cau_ho_ten": "H’Lan Niê",
        "nguoi_yeu_cau_so_giay_to": "066180001234",
        "nguoi_yeu_cau_noi_cu_tru": account["address"],
        "nguoi_yeu_cau_sdt": "+84912345678",
    }
    assert prefill(FORMS["1.004222"], {}, {"agency": "Ủy ban nhân dân xã Ea Kao"}) == {"co_quan": "Ủy ban nhân dân xã Ea Kao"}


def broken(change):
    schema = deepcopy(DECLARATION)
    change(schema)
    return schema


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s[0].pop("title"), "Mỗi nhóm câu hỏi phải có tên (title)."),
        (lambda s: s[0].update(fields=[]), "Nhóm “Người được khai sinh” chưa có câu hỏi nào (fields)."),
        (lambda s: s[0].update(colour="red"), "Nhóm “Người được khai sinh” có phần không hiểu: colour."),
        (lambda s: s[0]["fields"][0].pop("key"), "Mỗi câu hỏi phải có khóa (key) gồm chữ thường không dấu, số và gạch dưới."),
        (lambda s: s[0]["fields"][0].update(key=7), "Mỗi câu hỏi phải có khóa (key) gồm chữ thường không dấu, số và gạch dưới."),
        (lambda s: s[0]["fields"][0].pop("label"), "Câu hỏi “tre_ho_ten” chưa có nhãn (label)."),
        (lambda s: s[0]["fields"][0].update(type="magic"), "Câu hỏi “tre_ho_ten” có loại (type) không hiểu: magic."),
        (lambda s: s[0]["fields"][0].update(requird=True), "Câu hỏi “tre_ho_ten” có phần không hiểu: requird."),
        (lambda s: s[0]["fields"][0].update(required="yes"), "Câu hỏi “tre_ho_ten”: phần required chưa đúng kiểu."),
        (lambda s: s[0]["fields"][1].update(key="tre_ho_ten"), "Khóa “tre_ho_ten” dùng hai lần."),
        (lambda s: s[0]["fields"][2].pop("choices"), "Câu hỏi “tre_gioi_tinh” chưa có lựa chọn (choices), hoặc danh mục không có."),
        (lambda s: s[0]["fields"][2].update(choices=[]), "Câu hỏi “tre_gioi_tinh”: mỗi lựa chọn phải là chữ."),
        (lambda s: s[0]["fields"][0].update(prefill="bank.balance"), "Câu hỏi “tre_ho_ten”: nguồn điền sẵn (prefill) không hiểu."),
        (lambda s: s[0]["fields"][0].update(shown_if={"key": "x", "is": []}), "Câu hỏi “tre_ho_ten”: điều kiện shown_if nói đến câu hỏi không có."),
        (lambda s: s[0]["fields"][0].update(shown_if={"key": "tre_gioi_tinh"}), "Câu hỏi “tre_ho_ten”: điều kiện shown_if không hiểu."),
        (lambda s: s[0]["fields"][1].update(after="x"), "Câu hỏi “tre_ngay_sinh” phải sau một ngày không có trong tờ khai (after)."),
        (lambda s: s[0]["fields"].append(question("table")), "Bảng “q” chưa có cột (columns)."),
        (lambda s: s[0]["fields"].append(question("table", columns=[question("address")])), "Cột “q” không thể thuộc loại address."),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_drawn_is_refused_in_a_sentence(change, words):
    with pytest.raises(declaration.Mistake) as refused:
        check(broken(change))
    assert str(refused.value) == words


@pytest.mark.parametrize("schema", [None, {}, "x", [None], [[]], [{"title": "x", "fields": [None]}], [{"title": "x", "fields": [[]]}]])
def test_anything_but_a_form_is_refused(schema):
    with pytest.raises(declaration.Mistake):
        check(schema)
