"""What gateways report after they took an SMS: repeated, late, out of order, from two of them."""

import itertools
import threading

import pytest
from django.core.signing import BadSignature
from django.db import connection, transaction
from django.utils import timezone

from portal.logs import cleaned
from portal.messaging import delivery, reports
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_sms


def token(row, provider="viettel"):
    return reports.address(row, provider).rstrip("/").rpartition("/")[2]


def sent(**fields):
    return make_sms(**{"state": "sent", "sent_at": timezone.now(), "provider": "viettel", "tries": 1} | fields)


def report_of(row):
    row.refresh_from_db()
    return row.report


def test_the_address_begins_with_the_row_and_is_the_providers_own(db, settings):
    settings.SMS_REPORT_BASE_URL = "https://noi-bo.example"
    row = sent()
    address = reports.address(row, "viettel")
    assert address.startswith(f"https://noi-bo.example/sms/bao-cao/{row.pk}-1-viettel:")
    assert address.endswith("/")
    assert address != reports.address(row, "vnpt")


def test_the_address_does_not_reach_the_log(db):
    row = sent()
    assert (
        cleaned(f"GET {reports.address(row, 'viettel')}")
        == f"GET {reports.address(row, 'viettel').partition('/bao-cao/')[0]}/bao-cao/[key]/"
    )


@pytest.mark.parametrize(
    ("status", "report"),
    [
        ("1", "delivered"),
        ("2", "undelivered"),
        ("4", "on-way"),
        ("8", "on-way"),
        ("16", "undelivered"),
        ("delivered", "delivered"),
        (" DELIVRD ", "delivered"),
        ("Failed", "undelivered"),
        ("sent", "on-way"),
    ],
)
def test_what_the_words_of_the_providers_mean(db, status, report):
    row = sent()
    before = timezone.now()
    reports.note(token(row), status)
    assert report_of(row) == report
    assert before < row.reported_at < timezone.now()
    assert (row.state, row.provider, row.tries) == ("sent", "viettel", 1)


@pytest.mark.parametrize("status", ["", "0", "3", "32", "%d", "maybe", "\0", "1\0", "x" * 10_000, "１"])
def test_words_nobody_knows_change_nothing(db, status):
    row = sent()
    reports.note(token(row), status)
    assert (report_of(row), row.reported_at) == ("", None)


@pytest.mark.parametrize("order", list(itertools.permutations(["8", "4", "1"])))
def test_the_order_of_reports_does_not_matter(db, order):
    row = sent()
    for status in order:
        reports.note(token(row), status)
    assert report_of(row) == "delivered"


@pytest.mark.parametrize("order", list(itertools.permutations(["8", "2"])))
def test_what_did_not_arrive_is_not_on_its_way_any_more(db, order):
    row = sent()
    for status in order:
        reports.note(token(row), status)
    assert report_of(row) == "undelivered"


def test_a_repeated_report_changes_nothing(db):
    row = sent()
    reports.note(token(row), "1")
    first_time = (report_of(row), row.reported_at)
    reports.note(token(row), "1")
    assert (report_of(row), row.reported_at) == first_time


def test_what_arrived_by_one_gateway_has_arrived_whatever_another_says(db):
    row = sent(provider="vnpt")
    reports.note(token(row, "viettel"), "2")
    assert report_of(row) == ""
    reports.note(token(row, "vnpt"), "2")
    assert report_of(row) == "undelivered"
    reports.note(token(row, "viettel"), "1")
    assert report_of(row) == "delivered"
    reports.note(token(row, "vnpt"), "2")
    assert report_of(row) == "delivered"


def test_what_officials_send_again_is_not_judged_by_reports_about_the_first_time(db):
    row = sent()
    first_time = token(row)
    reports.note(first_time, "2")
    assert OutgoingMessage.objects.filter(pk=row.pk).send_again(timezone.now()) == 1
    for status in ("8", "2", "1"):
        reports.note(first_time, status)
    row.refresh_from_db()
    assert (row.state, row.report, row.provider, row.sending) == ("waiting", "", "", 2)
    assert delivery.deliver_due() == 1
    reports.note(token(row, "memory"), "1")
    row.refresh_from_db()
    assert (row.state, row.report, row.provider) == ("sent", "delivered", "memory")


def test_a_report_about_a_row_that_is_gone_is_no_error(db):
    row = sent()
    OutgoingMessage.objects.all().delete()
    reports.note(token(row), "1")


def test_another_key_has_not_signed_this(db, settings):
    row = sent()
    forged = token(row)[:-1] + ("A" if token(row)[-1] != "A" else "B")
    with pytest.raises(BadSignature):
        reports.note(forged, "1")
    with pytest.raises(BadSignature):
        reports.note(f"{row.pk}-1-viettel", "1")
    with pytest.raises(BadSignature):
        # The signature of another row, moved to this one.
        reports.note(token(row).replace(f"{row.pk}-1", f"{row.pk + 1}-1", 1), "1")
    assert report_of(row) == ""


# --- Before “sent” is written ---------------------------------------------------------------------


@pytest.mark.parametrize("status", ["1", "8"])
def test_a_message_whose_answer_was_lost_is_not_sent_again_once_it_is_reported(db, status, sms_sent):
    row = make_sms(tries=1, last_error="TimeoutError: timed out")
    reports.note(token(row), status)
    row.refresh_from_db()
    assert (row.state, row.provider, row.tries, row.last_error) == ("sent", "viettel", 1, "")
    assert row.sent_at is not None
    assert row.body == "Ho so da duoc tiep nhan."
    assert delivery.deliver_due() == 0


def test_a_code_settled_by_a_report_is_wiped(db):
    row = make_sms(secret=True, body="482913 la ma", tries=1)
    reports.note(token(row), "8")
    row.refresh_from_db()
    assert (row.state, row.body) == ("sent", "")


def test_what_one_gateway_took_and_lost_is_tried_on(db, sms_sent):
    row = make_sms(tries=1, last_error="TimeoutError: timed out")
    reports.note(token(row), "2")
    row.refresh_from_db()
    assert (row.state, row.report) == ("waiting", "undelivered")
    assert delivery.deliver_due() == 1
    reports.note(token(row, "memory"), "1")
    assert report_of(row) == "delivered"


def test_what_was_given_up_and_arrived_all_the_same_was_sent(db):
    row = make_sms(state="failed", failed_at=timezone.now(), last_error="TimeoutError: timed out", tries=9)
    reports.note(token(row), "1")
    row.refresh_from_db()
    assert (row.state, row.report, row.failed_at) == ("sent", "delivered", None)


# --- At the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_report_that_waited_for_another_one_finds_what_that_one_wrote():
    """Both read the row before either wrote; the one that is decided second must not go by what it read."""
    row = sent()
    finished = threading.Event()

    def on_its_way():
        try:
            reports.note(token(row), "8")
        finally:
            finished.set()
            connection.close()

    with transaction.atomic():
        reports.note(token(row), "1")
        second = threading.Thread(target=on_its_way)
        second.start()
        assert not finished.wait(0.3)  # it waits for this transaction
    second.join()
    assert report_of(row) == "delivered"


@pytest.mark.django_db(transaction=True)
def test_twelve_reports_at_once_leave_the_last_word():
    row = sent()
    start = threading.Barrier(12)

    def report(status):
        try:
            start.wait()
            reports.note(token(row), status)
        finally:
            connection.close()

    workers = [threading.Thread(target=report, args=[status]) for status in ["8", "4", "1"] * 4]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert report_of(row) == "delivered"
