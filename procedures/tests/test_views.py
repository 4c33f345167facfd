"""The public pages: list with search and filters, and the page of one procedure."""

import pytest
from django.urls import reverse

from procedures import catalogue
from procedures.models import AgencyRule
from procedures.tests.make import make_procedure

LIST = "/thu-tuc/"
# Every request is one transaction: inside a test, a savepoint and its release.
SAVEPOINT = 2


def address(procedure):
    return reverse("procedures:detail", args=[procedure.code])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, db, count, django_assert_num_queries):
    for _n in range(count):
        make_procedure(fees=[{"channel": "tất cả", "amount_vnd": 8000, "per": "bản"}])
    with django_assert_num_queries(SAVEPOINT + 4):
        page = client.get(LIST)
    assert page.content.decode().count("8.000 đ") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_three_papers(client, db, count, django_assert_num_queries):
    procedure = make_procedure(documents=["Giấy"] * count, fees=[{"channel": "tất cả", "amount_vnd": 8000, "per": "bản"}] * count)
    with django_assert_num_queries(SAVEPOINT + 3):
        client.get(address(procedure))


@pytest.mark.parametrize("path", [LIST, "detail"])
def test_a_guest_gets_no_cookie_and_a_page_that_may_be_shared(client, birth, path):
    page = client.get(address(birth) if path == "detail" else path)
    assert page.status_code == 200
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")


def test_a_row_says_what_a_citizen_asks_first(client, birth):
    text = client.get(LIST).content.decode()
    for words in (birth.short_name, birth.code, "Hộ tịch", "Cấp xã", "Ủy ban nhân dân cấp xã", "3 ngày làm việc", "Không thu", "Nộp hồ sơ"):
        assert words in text


def test_nothing_found_says_what_to_try(client, birth):
    text = client.get(LIST, {"q": "<phép lạ>"}).content.decode()
    assert "Chưa tìm thấy thủ tục nào cho “&lt;phép lạ&gt;”. Thử từ khác, ví dụ “khai sinh”, hoặc gọi" in text


def test_filters_narrow_and_stay_while_paging(client, db, monkeypatch):
    monkeypatch.setattr("procedures.views.PER_PAGE", 1)
    make_procedure("Khai sinh")
    make_procedure("Khai tử")
    page = client.get(LIST, {"q": "khai", "linh_vuc": "Hộ tịch", "cap": "commune"})
    assert page.context["page"].paginator.count == 2
    assert "?q=khai&amp;linh_vuc=H%E1%BB%99+t%E1%BB%8Bch&amp;cap=commune&amp;page=2" in page.content.decode()
    assert client.get(LIST, {"cap": "province"}).context["page"].paginator.count == 0


@pytest.mark.parametrize(
    "asked",
    [{"q": "x" * 101}, {"linh_vuc": "không có"}, {"cap": "village"}, {"q": "a\x00b"}, {"page": "999"}, {"page": "-1"}, {"page": "x"}],
)
def test_a_strange_question_still_gets_a_page(client, birth, asked):
    page = client.get(LIST, asked)
    assert page.status_code == 200
    assert birth.short_name in page.content.decode()


def test_a_question_that_cannot_be_understood_is_answered_in_words(client, birth):
    text = client.get(LIST, {"q": "x" * 101}).content.decode()
    assert "Từ cần tìm dài quá 100 ký tự. Thử từ ngắn hơn." in text
    assert f'value="{"x" * 101}"' in text


@pytest.mark.parametrize("code", ["9.999999", "x" * 500, "%00", "../etc"])
def test_an_unknown_code_is_not_found(client, db, code):
    assert client.get(f"/thu-tuc/{code}/").status_code == 404


def test_a_procedure_without_a_version_in_force_is_not_found(client, birth):
    birth.current = None
    birth.save()
    assert client.get(address(birth)).status_code == 404
    assert birth.short_name not in client.get(LIST).content.decode()


def test_a_guest_is_led_to_the_wizard_by_a_link(client, birth):
    assert f'href="{reverse("dossiers:start")}?thu-tuc={birth.code}"' in client.get(address(birth)).content.decode()


def test_a_citizen_begins_with_one_button(client, birth, lan):
    client.force_login(lan)
    text = client.get(address(birth)).content.decode()
    assert f'<form method="post" action="{reverse("dossiers:begin", args=[birth.code])}">' in text
    assert text.count("Nộp hồ sơ</button>") == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"hand_off": "Cổng Dịch vụ công quốc gia", "source": "https://dichvucong.gov.vn/x"},
            "Thủ tục này do ngành Công an tiếp nhận. Nộp tại Cổng Dịch vụ công quốc gia.",
        ),
        ({"agency_rule": AgencyRule.OUTSIDE, "outside": "trường nơi học sinh chuyển đến"}, "Nộp tại trường nơi học sinh chuyển đến."),
        ({"takes_online": False}, "Thủ tục này chưa nhận qua mạng. Mang giấy tờ đến: Ủy ban nhân dân cấp xã."),
    ],
)
def test_what_cannot_be_filed_here_says_where_to_go(client, db, settings, fields, words):
    settings.DEMO = False
    procedure = make_procedure(**fields)
    text = client.get(address(procedure)).content.decode()
    assert words in text
    assert "?thu-tuc=" not in text
    assert "?thu-tuc=" not in client.get(LIST).content.decode()


def test_what_was_not_compared_with_the_published_page_is_marked(client, db):
    every = ["agency", "processing", "fee", "documents", "result", "legal_basis"]
    doubtful = client.get(address(make_procedure(verified_fields=["agency"]))).content.decode()
    sure = client.get(address(make_procedure(verified_fields=every))).content.decode()
    assert doubtful.count("Chưa đối chiếu với trang công bố") == 5
    assert "Chưa đối chiếu với trang công bố" not in sure


def test_every_page_of_the_real_catalogue_opens(client, db):
    catalogue.load("H15")
    for entry in catalogue.procedures_of("H15"):
        page = client.get(f"/thu-tuc/{entry['code']}/")
        assert page.status_code == 200
        assert entry["short_name"] in page.context["procedure"].short_name
        assert "None" not in page.content.decode()
