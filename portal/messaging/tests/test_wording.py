"""Texts: what carriers take, and letters read as HTML."""

import re
from pathlib import Path

import pytest
from django.conf import settings as project

from portal.messaging import wording

TEMPLATES = Path(project.BASE_DIR) / "templates" / "messages"
SMS_TEMPLATES = sorted(TEMPLATES.rglob("*.sms.txt"))
LETTERS = sorted(TEMPLATES.rglob("*.email.txt"))


def static_part(path):
    """What stands in a template whatever its values are."""
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"{{.*?}}|{%.*?%}", "", source).split())


@pytest.mark.parametrize("path", SMS_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_sms_is_written_as_carriers_take_it(path):
    assert wording.sms_faults(static_part(path)) == []


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_letter_has_a_subject_and_one_spelling_of_each_letter(path):
    text = path.read_text(encoding="utf-8")
    assert text == wording.unicodedata.normalize("NFC", text)
    if text.startswith('{% extends "messages/'):  # a letter, not a piece of one
        assert path.with_name(path.name.replace(".email.txt", ".subject.txt")).is_file()


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Hồ sơ “Đăng ký\n  khai sinh” – đã nhận", 'Ho so "Dang ky khai sinh" - da nhan'),
        ("H’Lan Niê, Ƀuôn Đôn", "H'Lan Nie, Buon Don"),
        ("50.000 đồng", "50.000 dong"),
    ],
)
def test_an_sms_loses_its_marks_and_its_line_breaks(written, sent):
    assert wording.fit_for_sms(written) == sent


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("a" * 161, "161 letters, 160 fit"),
        ("giam 50% & hon", "signs carriers reject: % U+0025 & U+0026"),
        ("mo trang https://motcua.example/x", "a link"),
        ("mo dichvucong.daklak.gov.vn", "a link"),
        ("mo www.motcua", "a link"),
        ("你好", "signs carriers reject: 你 U+4F60 好 U+597D"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_its_reason(written, fault):
    with pytest.raises(wording.BadSms) as refused:
        wording.fit_for_sms(written)
    assert str(refused.value) == fault


def test_a_receipt_code_and_a_clock_are_no_link():
    assert wording.sms_faults("Ho so H15.24.133-261118-0007 luc 08:12 ngay 18/11/2026. Vao muc Ho so cua toi.") == []


@pytest.mark.parametrize("sign", "#&@<>[]{}%\\")
def test_each_sign_that_carriers_reject_is_refused(sign):
    assert wording.sms_faults(f"ho so {sign} moi") == [f"signs carriers reject: {sign} U+{ord(sign):04X}"]


@pytest.mark.parametrize(
    ("typed", "carried"),
    [
        ("Giấy chứng sinh: ảnh mờ…\n\tchụp lại", "Giay chung sinh: anh mo... chup lai"),
        ("Xem https://dvc.daklak.gov.vn/a?b=1 hoặc www.daklak.vn, daklak.gov.vn", "Xem hoac"),
        ("Gửi về ubnd@daklak.gov.vn", "Gui ve ubnd"),
        ("Nộp 50% & [phụ lục] {a} <b> c\\d|e", "Nop 50 phan tram va (phu luc) (a) (b) c/d/e"),
        ("50.000₫ ½ ① ﬁ Ⅳ #2 ^~` ✅ 漢字 \u200b", "50.000d 1/2 1 fi IV 2"),
        ("dvc#daklak.vn a[.]vn", "dvc a(.)vn"),
        ("x" * 300, "x" * 300),
        ("", ""),
    ],
)
def test_what_somebody_typed_comes_in_letters_that_carriers_take(typed, carried):
    assert wording.typed(typed) == carried
    assert wording.sms_faults(wording.typed(typed)[:160]) == []


def test_in_production_a_text_is_mended_rather_than_lost(settings, caplog):
    settings.SMS_STRICT = False
    sent = wording.fit_for_sms("482913 là mã. Xem https://motcua.example & gọi 1022 " + "a" * 200)
    assert sent.startswith("482913 la ma. Xem va goi 1022 aaa")
    assert wording.sms_faults(sent) == []
    assert "482913" not in caplog.text


# --- Letters -----------------------------------------------------------------------------------

LETTER = """Kính gửi Ông/Bà H’Lan Niê,

Đã nhận hồ sơ “Đăng ký khai sinh” lúc 14 giờ 40.

  Mã biên nhận: H15.50.18-261122-0007

Giấy tờ:
1. Tờ khai (2 ảnh)
2. Giấy chứng sinh

Cần làm:
- chờ

Tra cứu hồ sơ:
https://motcua.example/tracuuhs?ma=H15.50.18-261122-0007

Hoặc trang chủ:
https://motcua.example/
"""


def test_a_letter_is_read_as_paragraphs_lists_a_panel_and_one_button():
    assert wording.parts(LETTER) == [
        {"kind": "p", "lines": [{"text": "Kính gửi Ông/Bà H’Lan Niê,"}]},
        {"kind": "p", "lines": [{"text": "Đã nhận hồ sơ “Đăng ký khai sinh” lúc 14 giờ 40."}]},
        {"kind": "panel", "lines": [{"label": "Mã biên nhận", "text": "H15.50.18-261122-0007"}]},
        {"kind": "ol", "lines": [{"label": "Giấy tờ", "text": ""}], "items": ["Tờ khai (2 ảnh)", "Giấy chứng sinh"]},
        {"kind": "ul", "lines": [{"label": "Cần làm", "text": ""}], "items": ["chờ"]},
        {"kind": "button", "label": "Tra cứu hồ sơ", "url": "https://motcua.example/tracuuhs?ma=H15.50.18-261122-0007"},
        {"kind": "p", "lines": [{"label": "Hoặc trang chủ", "text": ""}, {"url": "https://motcua.example/"}]},
    ]


@pytest.mark.parametrize(
    "typed", ["https://other.example/x", "https://motcua.example.other.example/x", "https://motcua.example@other.example/"]
)
def test_an_address_that_somebody_typed_into_a_reason_is_no_button_and_takes_none(typed):
    letter = f"Lý do: Thiếu giấy\n\nNhận hoàn phí tại đây:\n{typed}\n\nBổ sung ngay:\nhttps://motcua.example/x\n"
    assert wording.parts(letter)[1:] == [
        {"kind": "p", "lines": [{"label": "Nhận hoàn phí tại đây", "text": ""}, {"text": typed}]},
        {"kind": "button", "label": "Bổ sung ngay", "url": "https://motcua.example/x"},
    ]


def test_the_html_part_says_the_same_in_one_frame():
    footer = wording.tidy(wording._plain("messages/footer.email.txt", {}))
    html = wording.html_part("Đã nộp hồ sơ", LETTER + "\n" + footer, {"tone": "done"})
    assert html.count("<table") == 1
    assert html.count('class="button"') == 1
    assert '<html lang="vi">' in html
    assert '<h1 class="done">Đã nộp hồ sơ</h1>' in html
    assert html.count(">https://motcua.example/tracuuhs?ma=H15.50.18-261122-0007</a>") == 1
    assert html.count("Cơ quan nhà nước không bao giờ hỏi mật khẩu hay mã OTP qua thư, tin nhắn hoặc điện thoại.") == 1
    assert "<img" not in html


def test_what_people_typed_is_escaped_in_html_and_left_alone_in_text():
    letter = "Kính gửi Ông/Bà <b>Lan</b> & Minh,\n"
    assert "&lt;b&gt;Lan&lt;/b&gt; &amp; Minh" in wording.html_part("x", letter)
    assert wording.tidy(letter) == letter
