"""Pages of refusal say what happened and what to do, in the citizen's words."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.template import loader
from django.utils import translation

from portal import errors


@pytest.fixture
def request_(rf):
    translation.activate("vi")
    request = rf.get("/ho-so/")
    request.resolver_match = None
    request.id = "a1b2c3"
    return request


PAGES = [
    (errors.bad_request, 400, "Yêu cầu chưa đúng", "Quay lại trang trước và thử lại."),
    (errors.forbidden, 403, "Ông/Bà không có quyền xem trang này", "Có thể đã đăng nhập bằng tài khoản khác."),
    (errors.csrf_failure, 403, "Trang đã mở quá lâu", "Phần đã lưu vẫn còn. Tải lại trang rồi gửi lại."),
    (errors.not_found, 404, "Không tìm thấy trang", "Ông/Bà cần làm thủ tục gì?"),
    (errors.too_large, 413, "Tệp quá lớn", "Mỗi tệp không quá 10 MB."),
    (errors.server_error, 500, "Hệ thống đang gặp lỗi", "Hồ sơ đã lưu không bị mất. Thử lại sau ít phút."),
]


@pytest.mark.parametrize(("view", "status", "heading", "advice"), PAGES)
def test_a_page_of_refusal_names_what_happened_what_to_do_and_where_help_is(request_, view, status, heading, advice):
    answer = view(request_)
    page = answer.content.decode()
    assert answer.status_code == status
    assert page.count("<h1>") == 1
    assert f"<h1>{heading}</h1>" in page
    assert f"<title>{heading} – Dịch vụ công trực tuyến tỉnh Đắk Lắk</title>" in page
    assert advice in page
    assert "tel:1022" in page
    assert "a1b2c3" in page


def test_too_many_requests_tell_people_minutes_and_machines_seconds(request_):
    answer = errors.too_many_requests(request_, 301)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "301"
    assert "Thử lại sau 6 phút. Gọi 1022 nếu cần gấp." in " ".join(answer.content.decode().split())


def test_a_body_that_is_too_large_is_told_apart_from_a_wrong_one(request_):
    assert errors.bad_request(request_, RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request_, ValueError()).status_code == 400


def test_a_database_that_is_away_is_maintenance_and_not_a_fault(request_):
    try:
        raise OperationalError("away")
    except OperationalError:
        answer = errors.server_error(request_)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "<h1>Hệ thống đang bảo trì</h1>" in " ".join(answer.content.decode().split())


def test_the_page_of_a_fault_stands_when_even_the_templates_do_not(request_, monkeypatch):
    monkeypatch.setattr(loader, "get_template", lambda name: 1 / 0)
    answer = errors.server_error(request_)
    assert answer.status_code == 500
    assert answer.content.decode() == "Hệ thống đang gặp lỗi. Thử lại sau ít phút."


def test_the_page_of_a_fault_asks_neither_session_nor_database(request_):
    request_.COOKIES["sessionid"] = "x"
    assert errors.server_error(request_).status_code == 500


@pytest.mark.django_db
def test_an_unknown_address_gets_the_page_of_404(client):
    answer = client.get("/khong-co-trang-nay/")
    assert answer.status_code == 404
    assert "<h1>Không tìm thấy trang</h1>" in answer.content.decode()
