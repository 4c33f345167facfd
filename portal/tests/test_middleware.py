import uuid

import pytest
from django.http import HttpResponse

from portal import logs
from portal.middleware import RequestIdMiddleware, SmallPagesMiddleware, TooManyRequestsMiddleware
from portal.throttle import TooMany


def ask(rf, given=None):
    seen = []

    def view(request):
        seen.append(logs.request_id.get())
        return HttpResponse()

    headers = {"X-Request-ID": given} if given else {}
    response = RequestIdMiddleware(view)(rf.get("/", headers=headers))
    assert seen == [response["X-Request-ID"]]
    assert logs.request_id.get() == ""
    return response["X-Request-ID"]


def test_each_request_gets_a_name(rf):
    assert uuid.UUID(ask(rf)) != uuid.UUID(ask(rf))


def test_a_sane_name_from_the_proxy_is_kept(rf):
    assert ask(rf, "proxy-1a2b3c4d") == "proxy-1a2b3c4d"


@pytest.mark.parametrize("given", ["short", "a" * 65, 'x"}\n{"level', "0912345678", "<script>alert"])
def test_any_other_name_is_replaced(rf, given):
    assert ask(rf, given) != given


def test_too_many_becomes_the_page_that_says_when_to_come_back(rf, lan):
    request = rf.get("/")
    request.user = lan
    response = TooManyRequestsMiddleware(None).process_exception(request, TooMany(61))
    assert response.status_code == 429
    assert response["Retry-After"] == "61"
    assert "2 phút" in response.content.decode()


def test_another_exception_is_not_its_business(rf):
    assert TooManyRequestsMiddleware(None).process_exception(rf.get("/"), ValueError()) is None


def test_a_body_larger_than_any_dossier_is_refused_before_it_is_read(client, db, settings):
    settings.UPLOAD_DOSSIER_MB = 1
    answer = client.post("/dang-nhap/", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(7 * 2**20))
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize(("kind", "coding"), [("text/html; charset=utf-8", "gzip"), ("application/pdf", None)])
def test_pages_travel_compressed_and_papers_as_they_are(rf, kind, coding):
    answer = SmallPagesMiddleware(lambda request: HttpResponse("a" * 1000, content_type=kind))(
        rf.get("/", headers={"accept-encoding": "gzip"})
    )
    assert answer.get("Content-Encoding") == coding
