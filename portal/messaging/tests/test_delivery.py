"""Keeping the promise: what goes well, what is tried again, what is wiped, and what is lost on the way back."""

import contextlib
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.messaging import claims, delivery
from portal.messaging.errors import GatewayError
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import InboxCopy, OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms


def state_of(message):
    message.refresh_from_db()
    return message.state, message.tries


def run_later(message):
    """As if its time to try again had come."""
    OutgoingMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())
    delivery.deliver_due()


# --- What goes well ----------------------------------------------------------------------------


def test_an_sms_goes_out_once_and_stays_on_record(db, sms_sent):
    message = make_sms()
    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0
    assert sms_sent == [{"to": message.recipient, "text": "Ho so da duoc tiep nhan.", "reference": f"{message.pk}-1"}]
    assert state_of(message) == ("sent", 1)
    assert (message.leased_until, message.last_error, message.body) == (None, "", "Ho so da duoc tiep nhan.")
    assert message.sent_at is not None


def test_the_demo_keeps_a_copy_of_what_was_delivered(db, sms_sent):
    sms, letter = make_sms(), make_letter()
    delivery.deliver_due()
    copies = InboxCopy.objects.order_by("channel").values_list("channel", "recipient", "sender", "subject", "body", "html")
    assert list(copies) == [
        ("email", letter.recipient, "mot-cua@localhost", letter.subject, letter.body, letter.html),
        ("sms", sms.recipient, "8188", "", sms.body, ""),
    ]


def test_outside_the_demo_no_copy_is_kept(db, sms_sent, settings):
    settings.DEMO = False
    make_sms()
    delivery.deliver_due()
    assert not InboxCopy.objects.exists()


def test_a_letter_arrives_with_both_parts_and_a_stable_name(db, smtp):
    message = make_letter(headers={"From": "Một Cửa <mot-cua@example.com>"})
    delivery.deliver_due()
    (letter,) = smtp.letters
    assert letter["To"] == message.recipient
    assert letter["From"] == "Một Cửa <mot-cua@example.com>"
    assert letter["Subject"] == "Hồ sơ đã được tiếp nhận"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == f"<{message.pk}.{message.created_at:%Y%m%d%H%M%S}@motcua.example>"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter.get_body(("plain",)).get_content().strip() == "Kính gửi Ông/Bà,"


def test_the_letters_of_a_batch_share_one_connection(db, smtp):
    for _ in range(5):
        make_letter()
    delivery.deliver_due()
    assert (len(smtp.letters), smtp.connections) == (5, 1)


# --- What goes wrong for a while ---------------------------------------------------------------


def test_a_bad_minute_is_tried_again_later_and_then_it_goes_out(db, monkeypatch, sms_sent):
    message = make_sms()
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("503 busy", away=True))
    before = timezone.now()
    delivery.deliver_due()
    assert state_of(message) == ("waiting", 1)
    assert message.last_error == "503 busy"
    assert timedelta(seconds=10) <= message.due_at - before < timedelta(seconds=12)
    assert delivery.deliver_due() == 0
    monkeypatch.setattr(MemoryGateway, "fail_with", None)
    run_later(message)
    assert state_of(message) == ("sent", 2)
    assert len(sms_sent) == 1


def test_where_somebody_waits_the_tries_are_a_minute_apart_at_most():
    longest = [max(delivery.wait_after(n, urgent=True).total_seconds() for _ in range(50)) for n in (1, 2, 3, 4, 200)]
    assert all(wait <= limit for wait, limit in zip(longest, [10, 20, 40, 60, 60], strict=True))
    assert longest[-1] > 50


def test_the_waits_grow_from_ten_seconds_to_a_quarter_of_an_hour():
    longest = [max(delivery.wait_after(n).total_seconds() for _ in range(50)) for n in (1, 2, 3, 4, 7, 8, 200)]
    assert all(wait <= limit for wait, limit in zip(longest, [10, 20, 40, 80, 640, 900, 900], strict=True))
    assert min(delivery.wait_after(1).total_seconds() for _ in range(50)) >= 10
    assert len({delivery.wait_after(8) for _ in range(50)}) > 40


def test_after_four_hours_of_tries_it_has_failed_for_all_to_see(db, monkeypatch, sms_sent):
    message = make_sms()
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("503 busy"))
    delivery.deliver_due()
    message.refresh_from_db()
    assert timedelta(hours=3, minutes=59) < message.give_up_at - timezone.now() <= timedelta(hours=4)
    OutgoingMessage.objects.update(give_up_at=timezone.now() + timedelta(minutes=1))
    run_later(message)
    assert state_of(message) == ("waiting", 2)
    OutgoingMessage.objects.update(give_up_at=timezone.now())
    run_later(message)
    assert state_of(message) == ("failed", 3)


def test_hours_without_a_worker_do_not_count_as_tries(db, monkeypatch, sms_sent):
    message = make_sms()
    OutgoingMessage.objects.update(created_at=timezone.now() - timedelta(days=1), due_at=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("503 busy"))
    delivery.deliver_due()
    assert state_of(message) == ("waiting", 1)


def test_a_provider_that_is_away_is_asked_once_for_a_batch(db, smtp, sms_sent):
    letters, sms = [make_letter() for _ in range(4)], make_sms()
    smtp.behaviour = "hang"
    delivery.deliver_due()
    assert smtp.connections == 1
    assert [state_of(letter) for letter in letters] == [("waiting", 1)] * 4
    assert state_of(sms) == ("sent", 1)


def test_without_a_mail_server_letters_wait_and_the_list_says_why(db, settings):
    settings.DEMO = False
    message = make_letter()
    delivery.deliver_due()
    assert state_of(message) == ("waiting", 1)
    assert message.last_error == "EMAIL_HOST is not set: no e-mail can leave"


def test_a_mail_server_that_says_later_is_asked_later(db, smtp):
    message = make_letter()
    smtp.behaviour = "later"
    delivery.deliver_due()
    assert state_of(message) == ("waiting", 1)
    assert message.last_error == "451 4.7.1 <…> try later"
    smtp.behaviour = "accept"
    run_later(message)
    assert state_of(message) == ("sent", 2)


def test_a_server_that_drops_the_line_after_taking_a_letter_gets_it_again_under_the_same_name(db, smtp):
    message = make_letter()
    smtp.behaviour = "drop"
    delivery.deliver_due()
    assert state_of(message) == ("waiting", 1)
    smtp.behaviour = "accept"
    run_later(message)
    assert state_of(message) == ("sent", 2)
    assert len(smtp.letters) == 2
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 1


def test_a_server_that_hangs_up_between_letters_loses_and_doubles_none(db, smtp):
    letters = [make_letter() for _ in range(3)]
    smtp.behaviour = "hang-up"
    delivery.deliver_due()
    assert [state_of(letter) for letter in letters] == [("sent", 1)] * 3
    assert (len(smtp.letters), smtp.connections) == (3, 3)


# --- What goes wrong for good ------------------------------------------------------------------


@pytest.mark.parametrize(("behaviour", "reason"), [("refuse", "550 5.1.1 <…> unknown"), ("reject", "554 no")])
def test_an_address_that_is_refused_has_failed_at_once(db, smtp, behaviour, reason):
    wrong, right = make_letter(), make_letter()
    smtp.behaviour = behaviour
    delivery.deliver_due()
    assert state_of(wrong) == ("failed", 1)
    assert wrong.last_error == reason
    assert state_of(right) == ("failed", 1)


def test_one_wrong_number_does_not_hold_up_the_others(db, monkeypatch):
    wrong, right = make_sms(priority=1), make_sms()

    def picky(gateway, *, to, **rest):
        if to == wrong.recipient:
            raise GatewayError(f"400 bad number {to}", permanent=True)

    monkeypatch.setattr(MemoryGateway, "send", picky)
    delivery.deliver_due()
    assert state_of(wrong) == ("failed", 1)
    assert wrong.last_error == "400 bad number …"
    assert state_of(right) == ("sent", 1)


def test_a_fault_of_our_own_holds_up_one_message_and_not_the_batch(db, monkeypatch):
    odd, right = make_sms(priority=1), make_sms()

    def faulty(gateway, *, to, **rest):
        if to == odd.recipient:
            raise KeyError("text")

    monkeypatch.setattr(MemoryGateway, "send", faulty)
    delivery.deliver_due()
    assert state_of(odd) == ("waiting", 1)
    assert odd.last_error == "KeyError in our own code"
    assert state_of(right) == ("sent", 1)


# --- Secrets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_sms, make_letter])
def test_a_code_is_wiped_once_delivered(db, sms_sent, make):
    message = make(secret=True)
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.body, message.html) == ("sent", "", "")


def test_a_code_is_kept_while_it_waits_and_wiped_when_it_has_failed(db, monkeypatch):
    message = make_sms(secret=True, body="482913 la ma xac nhan")
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("busy"))
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.body) == ("waiting", "482913 la ma xac nhan")
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("wrong number", permanent=True))
    run_later(message)
    message.refresh_from_db()
    assert (message.state, message.body) == ("failed", "")


def test_no_text_and_no_number_appears_in_the_log(db, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    message = make_sms(secret=True, body="482913 la ma xac nhan")
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError(f"cannot reach {message.recipient}"))
    delivery.deliver_due()
    assert "cannot reach …" in caplog.text
    assert message.recipient not in caplog.text
    assert "482913" not in caplog.text


# --- What is lost on the way back ---------------------------------------------------------------


class Killed(BaseException):
    """As kill -9 does: nothing more of ours is run."""


def test_a_worker_killed_before_it_wrote_sent_has_the_letter_sent_again_under_the_same_name(db, smtp, monkeypatch):
    killed, untouched = make_letter(), make_letter()

    def kill(*args):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_taken", kill)
        with pytest.raises(Killed):
            delivery.deliver_due()
    assert [state_of(row) for row in (killed, untouched)] == [("waiting", 1)] * 2
    assert delivery.deliver_due() == 0
    OutgoingMessage.objects.update(leased_until=timezone.now())
    assert delivery.deliver_due() == 2
    assert [state_of(row) for row in (killed, untouched)] == [("sent", 2)] * 2
    names = [letter["Message-ID"] for letter in smtp.letters]
    assert names[0] == names[1] != names[2]


def test_an_sms_sent_again_has_the_same_reference(db, sms_sent, monkeypatch):
    make_sms()

    def kill(*args):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_taken", kill)
        with pytest.raises(Killed):
            delivery.deliver_due()
    OutgoingMessage.objects.update(leased_until=timezone.now())
    delivery.deliver_due()
    assert len(sms_sent) == 2
    assert len({each["reference"] for each in sms_sent}) == 1


def test_what_was_sent_is_sent_even_where_another_worker_gave_it_up_meanwhile(db):
    message = make_sms(secret=True)
    (slow,) = claims.claim()
    OutgoingMessage.objects.update(state="failed", failed_at=timezone.now(), leased_until=None)
    delivery._taken(slow)
    assert state_of(message) == ("sent", 1)
    assert (message.failed_at, message.body) == (None, "")


def test_a_slow_worker_does_not_overwrite_what_the_next_one_does(db):
    message = make_sms()
    (slow,) = claims.claim()
    (quick,) = claims.claim(at=timezone.now() + timedelta(minutes=3))
    delivery._not_taken(slow, GatewayError("timed out", permanent=True))
    assert state_of(message) == ("waiting", 2)
    assert message.leased_until == quick.leased_until


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_while_a_message_is_sent_doubles_nothing(sms_sent, caplog):
    """Its connection is cut after the provider took the message and before “sent” is written."""
    message, cuts = make_sms(), []

    def cut(execute, sql, params, many, context):
        if "state = 'sent'" in sql and not cuts:
            cuts.append(connection.connection.info.backend_pid)
            with contextlib.closing(connection.copy()) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", cuts)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut):
        assert delivery.deliver_due() == 1
    assert state_of(message) == ("sent", 1)
    assert len(sms_sent) == len(cuts) == 1
    assert f"database away, what came of message {message.pk} is written down later" in caplog.text


@pytest.mark.parametrize("count", [1, 3])
def test_outside_the_demo_each_message_costs_one_statement(db, sms_sent, settings, count, django_assert_num_queries):
    settings.DEMO = False
    for _ in range(count):
        make_sms()
    delivery.deliver_due()
    for _ in range(count):
        make_sms()
    with django_assert_num_queries(3 + count):  # what expired, a claim, the health of the gateway, and each “sent”
        assert delivery.deliver_due() == count
