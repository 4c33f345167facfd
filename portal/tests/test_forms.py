"""Every form is drawn alike: label, hint, field, error; what a reader hears is tied to what is seen."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string

from portal.fields import NameField, PhoneField


class Sample(forms.Form):
    full_name = NameField(label="Họ và tên")
    phone = PhoneField(label="Số điện thoại", required=False)
    way = forms.ChoiceField(label="Cách nhận", choices=[("post", "Tại nhà"), ("desk", "Tại nơi nộp")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Tôi đồng ý")


class Quiet(Sample):
    stars = False


def closely(drawn):
    """Without the white space between elements."""
    return re.sub(r"(?<=>)\s+(?=<)", "", str(drawn))


@pytest.fixture
def refused():
    return Sample({"full_name": "An1", "phone": "0912 345 67"})


def test_a_field_is_a_label_a_hint_and_an_input_that_names_its_hint():
    assert closely(Sample()["full_name"].as_field_group()).strip() == (
        '<div class="field"><label for="id_full_name">Họ và tên<span class="required" aria-hidden="true">&nbsp;*</span></label>'
        '<span class="hint" id="id_full_name_helptext">Ghi đúng như trên thẻ Căn cước</span>'
        '<input type="text" name="full_name" autocomplete="name" autocapitalize="words" spellcheck="false" required '
        'aria-describedby="id_full_name_helptext" id="id_full_name"></div>'
    )


def test_an_error_keeps_what_was_typed_and_is_tied_to_its_field(refused):
    drawn = closely(refused["phone"].as_field_group())
    assert 'class="field medium invalid"' in drawn
    assert 'value="0912 345 67"' in drawn
    assert 'aria-invalid="true" aria-describedby="id_phone_error"' in drawn
    assert '<div id="id_phone_error"><p class="field-error"><svg' in drawn


def test_choices_are_cards_in_a_named_group(refused):
    drawn = closely(refused["way"].as_field_group())
    assert '<fieldset class="field choices invalid" aria-describedby="id_way_error"><legend>Cách nhận' in drawn
    assert drawn.count('<label class="choice"><input type="radio" name="way"') == 2
    assert '<label class="choice"><input type="checkbox" name="consent"' in closely(refused["consent"].as_field_group())


def test_the_star_is_explained_once_and_left_out_where_the_form_says_so():
    assert str(Sample()).count("là bắt buộc.") == 1
    assert 'class="required"' not in str(Quiet())
    assert "là bắt buộc." not in str(Quiet())


def test_the_summary_counts_the_errors_and_leads_to_their_fields(refused):
    refused.add_error(None, "Thử lại sau ít phút.")
    drawn = closely(render_to_string("includes/error_summary.html", {"form": refused}))
    assert 'tabindex="-1" autofocus' in drawn
    assert "Có 5 chỗ cần sửa" in drawn
    assert drawn[drawn.index("<ul>") : drawn.index("</ul>")].rstrip() == (
        "<ul><li><span>Thử lại sau ít phút.</span></li>"
        '<li><a href="#id_full_name">Họ và tên chỉ gồm chữ, dấu cách, dấu nháy và gạch nối. Bỏ ký tự “1”.</a></li>'
        '<li><a href="#id_phone">Số vừa nhập có 9 chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.</a></li>'
        '<li><a href="#id_way_0">Mục này cần điền.</a></li>'
        '<li><a href="#id_consent">Mục này cần điền.</a></li>'
    )


def test_a_page_with_errors_says_so_first_in_its_title(refused, rf):
    request = rf.get("/")
    request.resolver_match = None
    drawn = render_to_string("base.html", {"form": refused}, request)
    assert "<title>Lỗi: " in drawn
    assert drawn.index("error-summary") < drawn.index("</main>")
    assert "<title>Lỗi" not in render_to_string("base.html", {"form": Sample()}, request)


def test_advice_beside_an_error_is_drawn_only_with_the_error(refused):
    refused.fields["phone"].advice = "Gọi 1022."
    assert "Gọi 1022." in str(refused["phone"].as_field_group())
    calm = Sample()
    calm.fields["phone"].advice = "Gọi 1022."
    assert "Gọi 1022." not in str(calm["phone"].as_field_group())
