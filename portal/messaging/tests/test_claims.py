"""Which messages a worker takes in hand: the order, the leases, the night, what expired, and several workers at once."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.messaging import claims, delivery
from portal.messaging.models import OutgoingMessage
from portal.messaging.outbox import FIRST, URGENT
from portal.messaging.tests.make import make_letter, make_sms

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2026, 11, 25, 21, 59, tzinfo=PROVINCE)
NIGHT = datetime(2026, 11, 25, 22, 0, tzinfo=PROVINCE)
MORNING = datetime(2026, 11, 26, 7, 0, tzinfo=PROVINCE)


def ids(rows):
    return [row.pk for row in rows]


def after(**time):
    return timezone.now() + timedelta(**time)


# --- Order -------------------------------------------------------------------------------------


def test_the_urgent_are_taken_before_the_notices_and_the_older_before_the_newer(db):
    now = timezone.now()
    old_notice, notice = (make_sms(due_at=now - timedelta(minutes=minutes)) for minutes in (5, 4))
    young_code, old_code = (make_sms(priority=1, due_at=now - timedelta(minutes=minutes)) for minutes in (0, 1))
    assert ids(claims.claim()) == ids([old_code, young_code])
    assert ids(claims.claim()) == ids([old_notice, notice])
    assert claims.claim() == []


def test_a_flood_of_answers_does_not_go_before_a_code_of_sign_in(db):
    now = timezone.now()
    answers = [make_sms(kind="sms_answer", priority=URGENT, due_at=now - timedelta(minutes=4)) for _ in range(3)]
    code = make_sms(kind="otp", priority=FIRST)
    assert ids(claims.claim(few=2)) == ids([code, answers[0]])


def test_what_a_gateway_reported_of_an_earlier_try_says_nothing_of_this_one(db):
    row = make_sms(report="undelivered", reported_at=timezone.now(), tries=1)
    assert [(taken.pk, taken.report, taken.reported_at) for taken in claims.claim()] == [(row.pk, "", None)]


def test_of_two_that_are_as_old_the_one_posted_first_goes_first(db):
    at = timezone.now()
    rows = [make_letter(due_at=at) for _ in range(5)]
    assert ids(claims.claim()) == ids(rows)


def test_a_claim_is_no_larger_than_a_batch(db):
    codes, notices = [make_sms(priority=1) for _ in range(3)], [make_sms() for _ in range(5)]
    taken = []
    while rows := claims.claim(few=2, many=3):
        taken.append(ids(rows))
    assert taken == [ids(codes[:2]), ids(codes[2:]), ids(notices[:3]), ids(notices[3:])]


def test_what_is_not_yet_due_waits(db):
    message = make_sms(due_at=after(minutes=1))
    assert claims.claim() == []
    assert ids(claims.claim(at=after(minutes=1, seconds=1))) == [message.pk]


def test_what_was_sent_or_has_failed_or_expired_is_not_taken(db):
    for state in ("sent", "failed", "expired"):
        make_sms(state=state)
    assert claims.claim() == []


def test_a_claim_carries_all_that_is_needed_to_send(db):
    message = make_letter(headers={"From": "Một Cửa <mot-cua@example.com>"})
    (row,) = claims.claim()
    assert (row.recipient, row.subject, row.body, row.html, row.headers, row.created_at) == (
        message.recipient, message.subject, message.body, message.html, message.headers, message.created_at,
    )  # fmt: skip


# --- Leases ------------------------------------------------------------------------------------


def test_a_row_in_one_hand_is_in_no_other(db):
    message = make_sms()
    assert ids(claims.claim()) == [message.pk]
    assert claims.claim() == []


@pytest.mark.parametrize(("priority", "seconds"), [(1, 45), (5, 120)])
def test_a_code_lies_in_the_hand_of_a_dead_worker_for_a_shorter_time_than_a_notice(db, priority, seconds):
    message, now = make_sms(priority=priority), after(seconds=1)
    (row,) = claims.claim(at=now)
    assert row.leased_until == now + timedelta(seconds=seconds)
    assert claims.claim(at=now + timedelta(seconds=seconds - 1)) == []
    (row,) = claims.claim(at=now + timedelta(seconds=seconds))
    assert (row.pk, row.tries) == (message.pk, 2)


def test_a_shorter_lease_holds_for_codes_too(db, settings):
    settings.MESSAGE_LEASE_SECONDS = 40
    make_sms(priority=1)
    now = after(seconds=1)
    assert [row.leased_until for row in claims.claim(at=now)] == [now + timedelta(seconds=40)]


def test_the_hours_of_trying_begin_with_the_first_claim(db):
    make_sms()
    first, second = after(seconds=1), after(hours=1)
    assert [row.give_up_at for row in claims.claim(at=first)] == [first + timedelta(hours=4)]
    assert [row.give_up_at for row in claims.claim(at=second)] == [first + timedelta(hours=4)]


def test_what_is_given_back_was_no_try_and_may_be_taken_at_once(db):
    rows = [make_sms() for _ in range(3)]
    claims.give_back(claims.claim()[1:])
    assert [(row.pk, row.tries) for row in claims.claim()] == [(row.pk, 1) for row in rows[1:]]


def test_what_another_worker_holds_by_now_is_not_given_back(db):
    message = make_sms()
    slow = claims.claim()
    (quick,) = claims.claim(at=after(minutes=3))
    claims.give_back(slow)
    message.refresh_from_db()
    assert (message.leased_until, message.tries) == (quick.leased_until, 2)


def test_urgent_waits_only_where_somebody_may_take_it(db):
    make_sms()
    assert not claims.urgent_waits(timezone.now())
    make_sms(priority=1)
    assert claims.urgent_waits(timezone.now())
    claims.claim()
    assert not claims.urgent_waits(timezone.now())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("priority", [1, 5])
def test_a_claim_is_one_statement_for_one_and_three(db, priority, count, django_assert_num_queries):
    for _ in range(count):
        make_sms(priority=priority)
    with django_assert_num_queries(1):
        assert len(claims.claim()) == count


# --- What expired ------------------------------------------------------------------------------


def test_a_code_whose_time_is_over_ends_unsent_and_without_its_text(db):
    now = timezone.now()
    code = make_sms(priority=1, secret=True, body="482913 la ma xac nhan", expires_at=now)
    letter = make_letter(expires_at=now - timedelta(days=1), due_at=after(hours=1))
    assert claims.expire(at=now) == 2
    for message in (code, letter):
        message.refresh_from_db()
        assert (message.state, message.tries, message.body, message.html) == ("expired", 0, "", "")
        assert (message.failed_at, message.sent_at, message.leased_until) == (now, None, None)


def test_what_has_time_left_or_none_to_lose_stays(db):
    make_sms(expires_at=after(seconds=1))
    make_sms()
    assert claims.expire() == 0
    assert len(claims.claim()) == 2


def test_what_expired_is_not_claimed_even_before_it_is_ended(db):
    make_sms(expires_at=timezone.now())
    assert claims.claim() == []
    assert not claims.urgent_waits(timezone.now())


def test_what_a_worker_holds_expires_when_its_lease_has_run_out(db):
    now = after(seconds=1)
    message = make_sms(priority=1, expires_at=now + timedelta(seconds=10))
    claims.claim(at=now)
    assert claims.expire(at=now + timedelta(seconds=20)) == 0
    assert claims.expire(at=now + timedelta(seconds=45)) == 1
    message.refresh_from_db()
    assert (message.state, message.leased_until) == ("expired", None)


def test_what_expired_cannot_be_sent_again(db):
    make_sms(expires_at=timezone.now())
    claims.expire()
    assert OutgoingMessage.objects.send_again(timezone.now()) == 0


# --- The night ---------------------------------------------------------------------------------


@pytest.fixture
def from_seven_to_ten_at_night(settings):
    settings.SMS_HOURS = (7, 22)


def test_by_night_only_codes_answers_and_letters_are_taken(db, from_seven_to_ten_at_night):
    make_sms(due_at=EVENING)
    code, receipt, letter = (
        make_sms(due_at=EVENING, priority=1, any_hour=True), make_sms(due_at=EVENING, any_hour=True), make_letter(due_at=EVENING),
    )  # fmt: skip
    assert [ids(claims.claim(at=NIGHT)) for _ in range(3)] == [[code.pk], ids([receipt, letter]), []]


def test_by_day_everything_is_taken(db, from_seven_to_ten_at_night):
    message = make_sms(due_at=EVENING)
    assert ids(claims.claim(at=NIGHT - timedelta(microseconds=1))) == [message.pk]


def test_what_came_due_too_late_in_the_evening_waits_for_the_morning(db, from_seven_to_ten_at_night):
    late, tried = make_sms(due_at=EVENING), make_sms(due_at=EVENING, give_up_at=NIGHT + timedelta(hours=3))
    others = [make_sms(due_at=EVENING, any_hour=True), make_letter(due_at=EVENING), make_sms(due_at=MORNING + timedelta(hours=1))]
    assert claims.keep_for_the_morning(at=EVENING) == 0
    assert claims.keep_for_the_morning(at=NIGHT) == 2
    assert claims.keep_for_the_morning(at=NIGHT) == 0
    late.refresh_from_db()
    tried.refresh_from_db()
    assert (late.due_at, late.give_up_at) == (MORNING, None)
    # The nine hours of the night are none of those for which it is tried.
    assert (tried.due_at, tried.give_up_at) == (MORNING, MORNING + timedelta(hours=3))
    for other in others:
        due_at = other.due_at
        other.refresh_from_db()
        assert other.due_at == due_at
    assert ids(claims.claim(at=MORNING)) == ids([others[0], others[1], late, tried])


@pytest.mark.parametrize("count", [1, 3])
def test_the_night_costs_one_statement_for_one_and_three(db, from_seven_to_ten_at_night, count, django_assert_num_queries):
    for _ in range(count):
        make_sms(due_at=EVENING)
    with django_assert_num_queries(1):
        assert claims.keep_for_the_morning(at=NIGHT) == count


# --- Several workers at once -------------------------------------------------------------------


def together(count, work):
    """Several threads, each with a connection of its own, begin in the same moment."""
    start, faults = threading.Barrier(count), []

    def run():
        try:
            start.wait()
            work()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("priority", [1, 5])
def test_several_workers_at_once_send_each_message_once(sms_sent, priority):
    messages = [make_sms(priority=priority) for _ in range(60)]
    together(4, delivery.deliver_due)
    assert sorted(each["to"] for each in sms_sent) == sorted(message.recipient for message in messages)
    assert set(OutgoingMessage.objects.values_list("state", "tries")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_small_claims_without_an_overlap(sms_sent):
    rows, taken = [make_sms() for _ in range(60)], []

    def work():
        while claimed := claims.claim(many=3):
            taken.extend(ids(claimed))

    together(4, work)
    assert sorted(taken) == ids(rows)


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_what_another_one_is_about_to_take():
    held, free = make_sms(), make_sms()
    taking, taken = threading.Event(), []

    def work():
        try:
            taken.extend(ids(claims.claim()))
        finally:
            connection.close()
            taking.set()

    with transaction.atomic():
        OutgoingMessage.objects.select_for_update().get(pk=held.pk)
        threading.Thread(target=work).start()
        assert taking.wait(5), "the second worker waits for the first one's transaction"
    assert taken == [free.pk]
