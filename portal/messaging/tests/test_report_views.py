"""The providers' door for delivery reports."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from portal.messaging import reports
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.test_reports import report_of, sent, token


@pytest.fixture
def outside(db):
    return Client(enforce_csrf_checks=True)


def door(row):
    return reverse("sms_report", args=[token(row)])


def test_kannel_reports_by_get_without_an_account(outside):
    row = sent()
    answer = outside.get(door(row), {"status": "1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    assert report_of(row) == "delivered"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"status": "delivered"}, None),
        (json.dumps({"status": "delivered", "request_id": "7"}), "application/json"),
        (json.dumps({"status": 1}), "application/json; charset=utf-8"),
        ("status=1&phone=84912345678", "application/x-www-form-urlencoded"),
    ],
)
def test_other_providers_report_by_post_without_a_csrf_token(outside, body, kind):
    row = sent()
    answer = outside.post(door(row), body, **({"content_type": kind} if kind else {}))
    assert (answer.status_code, answer.content) == (200, b"")
    assert report_of(row) == "delivered"


def test_a_status_in_the_query_of_a_post_counts(outside):
    row = sent()
    assert outside.post(door(row) + "?status=2", b"whatever", content_type="text/plain").status_code == 200
    assert report_of(row) == "undelivered"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'"1"', b"null", b"\xff\xfe", b'{"status": {"a": 1}}', b'{"status": "\\u0000"}', b"[" * 100_000, b"1" * 10_000],
)
def test_nonsense_from_a_provider_is_acknowledged_and_changes_nothing(outside, body):
    row = sent()
    assert outside.post(door(row), body, content_type="application/json").status_code == 200
    assert report_of(row) == ""


@pytest.mark.parametrize("query", ["", "?status=", "?status=%00", "?status=" + "9" * 5000, "?status=1&status=banana", "?stat=1"])
def test_a_query_without_a_known_status_is_acknowledged_and_changes_nothing(outside, query):
    row = sent()
    assert outside.get(door(row) + query).status_code == 200
    assert report_of(row) == ""


@pytest.mark.parametrize("end", ["", "x", "%00", ":", "-1-viettel:1abcde:" + "A" * 43])
def test_a_forged_token_finds_nothing(outside, end):
    row = sent()
    address = door(row).rstrip("/")
    forged = address[:-3] + end if not end.startswith("-") else f"/sms/bao-cao/{row.pk}{end}"
    for method in (outside.get, outside.post):
        assert method(f"{forged}/?status=1").status_code == 404
    assert report_of(row) == ""


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"])
def test_what_comes_under_a_forged_token_is_not_read(outside, kind, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert outside.post("/sms/bao-cao/7-1-viettel:1abcde:x/", "x" * 2000, content_type=kind).status_code == 404


def test_a_row_that_is_gone_is_acknowledged_so_that_the_gateway_stops(outside):
    row = sent()
    OutgoingMessage.objects.all().delete()
    assert outside.get(door(row), {"status": "1"}).status_code == 200


def test_other_methods_are_refused(outside):
    assert [getattr(outside, method)(door(sent())).status_code for method in ("put", "delete", "patch")] == [405] * 3


def test_a_report_costs_the_same_whatever_it_says(outside, django_assert_max_num_queries):
    row = sent()
    for status in ("8", "1", "1"):
        with django_assert_max_num_queries(5):  # savepoint, settle twice, write, release
            outside.get(door(row), {"status": status})


def test_no_token_and_no_number_is_logged(outside, caplog):
    caplog.set_level("DEBUG")
    row = sent()
    outside.get(door(row), {"status": row.recipient})
    assert row.recipient not in caplog.text
    assert reports.UNDELIVERED not in caplog.text
    outside.get(door(row), {"status": "16"})
    assert f"message {row.pk} was not delivered by viettel" in caplog.messages
