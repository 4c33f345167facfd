import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal import circuit, throttle
from portal.circuit import client as redis_client
from portal.messaging import budget, delivery
from portal.messaging.errors import GatewayError
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_sms


@pytest.fixture(autouse=True)
def eight_a_day(settings):
    redis_client(settings.REDIS_URL).flushdb()
    settings.SMS_DAILY_BUDGET = 8


def until_spent(door):
    """How many go out before the door is told that there are no more."""
    for sent in range(20):
        try:
            budget.spend(door)
        except budget.Spent:
            return sent


def test_a_flood_at_the_open_doors_leaves_recovery_a_share_and_a_flood_there_leaves_signing_in_one():
    assert [until_spent(door) for door in (budget.OTHERS, budget.RECOVERY, budget.SIGN_IN)] == [4, 2, 2]


def test_recovery_alone_cannot_silence_those_who_know_their_password():
    assert [until_spent(door) for door in (budget.RECOVERY, budget.SIGN_IN, budget.OTHERS)] == [6, 2, 0]


def test_signing_in_may_use_all_of_it():
    assert until_spent(budget.SIGN_IN) == 8


def test_what_is_not_sent_is_given_back_to_each_share():
    budget.spend(budget.OTHERS)
    budget.give_back(budget.OTHERS)
    assert [throttle.used(scope, budget._today()) for scope, _share in budget._shares(budget.OTHERS, 8)] == [0, 0, 0]


def test_asking_whether_there_is_one_left_counts_nothing():
    budget.refuse(budget.RECOVERY)
    assert until_spent(budget.RECOVERY) == 6
    with pytest.raises(budget.Spent):
        budget.refuse(budget.RECOVERY)
    budget.refuse(budget.SIGN_IN)


def test_no_budget_is_no_limit(settings):
    settings.SMS_DAILY_BUDGET = 0
    budget.refuse(budget.OTHERS)
    assert until_spent(budget.OTHERS) is None


def sms(kind="dossier.received", **fields):
    return OutgoingMessage(**({"kind": kind, "channel": "sms", "recipient": "+84912345678", "tries": 1} | fields))


def let_through(kind, times=20):
    return sum(budget.let_through(sms(kind)) for _ in range(times))


def test_a_flood_of_strangers_leaves_a_share_to_notices_and_the_last_one_to_signing_in():
    assert [until_spent(budget.OTHERS), let_through("sms_answer"), until_spent(budget.RECOVERY)] == [4, 0, 2]
    assert [let_through("dossier.received"), until_spent(budget.SIGN_IN)] == [1, 1]


def test_a_flood_of_texts_is_one_of_strangers():
    assert [let_through("sms_help", 2), let_through("sms_answer"), until_spent(budget.OTHERS)] == [2, 2, 0]
    assert [until_spent(budget.RECOVERY), let_through("changed")] == [2, 1]


def test_a_day_of_many_notices_leaves_the_last_share_to_codes():
    assert [let_through("dossier.received"), until_spent(budget.OTHERS)] == [7, 1]


def test_notices_held_back_again_and_again_use_up_nothing():
    let_through("dossier.received", 100)
    assert budget.today() == (7, 8)
    assert until_spent(budget.SIGN_IN) == 1


@pytest.mark.parametrize(
    "row",
    [
        sms("otp"),  # counted when it was asked for
        sms(tries=2),
        sms(channel="email", recipient="lan@example.com"),
    ],
    ids=["a code", "a second try", "a letter"],
)
def test_what_was_counted_or_costs_nothing_passes_and_is_not_counted(row):
    until_spent(budget.SIGN_IN)
    assert budget.let_through(row)
    assert budget.today() == (8, 8)


def test_without_a_budget_everything_passes(settings):
    settings.SMS_DAILY_BUDGET = 0
    assert let_through("dossier.received") == 20
    assert (budget.today(), budget.reached()) == ((0, 0), [])


def test_the_marks_of_the_day_are_told_in_turn(caplog):
    marks = []
    for door in [budget.SIGN_IN] * 2 + [budget.OTHERS] * 4 + [budget.RECOVERY, budget.SIGN_IN]:
        budget.spend(door)
        marks.append(budget.reached())
    assert marks == [[], [], [], [], [], ["80", "open"], ["80", "open", "notices"], ["80", "open", "notices", "all"]]
    assert [line.message for line in caplog.records if line.levelname == "ERROR"] == [
        "SMS budget: the 4 of today's 8 that everything else may use are spent",
        "SMS budget: 6 of today's 8 are spent",
        "SMS budget: the 8 of today's 8 that sign-in may use are spent",
    ]


def test_of_many_workers_at_once_exactly_the_share_is_let_through(settings):
    settings.SMS_DAILY_BUDGET = 80
    passed = []
    workers = [threading.Thread(target=lambda: passed.append(let_through("dossier.received"))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(passed) == 70
    assert budget.today() == (70, 80)


def test_while_redis_is_away_each_process_counts_for_itself(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(throttle, "_local", throttle.LocalCounters())
    monkeypatch.setattr(throttle, "_circuit", circuit.Circuit("this process counts for itself"))
    assert let_through("dossier.received") == 7
    assert budget.today() == (7, 8)


def test_there_is_a_new_budget_at_midnight_of_the_province():
    evening = datetime(2026, 11, 25, 16, 30, tzinfo=ZoneInfo("UTC"))
    assert budget.renewed_at(evening) == datetime(2026, 11, 26, 0, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def test_notices_beyond_their_share_wait_for_the_morning_and_codes_still_go(db, settings, sms_sent):
    settings.SMS_DAILY_BUDGET, settings.SMS_HOURS = 8, (7, 22)
    rows = [make_sms(any_hour=True, due_at=timezone.now() - timedelta(minutes=10 - n)) for n in range(9)]
    code = make_sms(kind="otp", priority=1, any_hour=True)
    answer = make_sms(kind="sms_answer", any_hour=True, priority=1, expires_at=timezone.now() + timedelta(hours=4))
    for _ in range(4):
        budget.spend(budget.SIGN_IN)
    delivery.deliver_due()
    # The answer and two notices are within seven eighths; the code was counted when it was asked for.
    assert [sms["to"] for sms in sms_sent] == [row.recipient for row in (code, answer, *rows[:2])]
    held = OutgoingMessage.objects.filter(state="waiting").order_by("pk")
    assert list(held) == rows[2:]
    tomorrow = timezone.localdate() + timedelta(days=1)
    for row in held:
        due = timezone.localtime(row.due_at)
        assert ((due.date(), due.hour, due.minute), row.tries, row.last_error, row.leased_until) == ((tomorrow, 7, 0), 0, "", None)
    assert not OutgoingMessage.objects.overdue(timezone.now() + timedelta(hours=1)).exists()


def test_what_waited_for_the_new_budget_goes_out_oldest_first_and_is_counted_then(db, settings, sms_sent):
    of_yesterday = [make_sms(tries=0) for _ in range(3)]
    until_spent(budget.SIGN_IN)
    delivery.deliver_due()
    assert sms_sent == []
    redis_client(settings.REDIS_URL).flushdb()  # midnight
    OutgoingMessage.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    assert [sms["to"] for sms in sms_sent] == [row.recipient for row in of_yesterday]
    assert budget.today() == (3, 8)


def test_an_answer_beyond_its_share_ends_when_its_hours_are_over(db, sms_sent):
    answer = make_sms(kind="sms_answer", secret=True, any_hour=True, priority=1, expires_at=timezone.now() + timedelta(hours=4))
    until_spent(budget.OTHERS)
    delivery.deliver_due()
    answer.refresh_from_db()
    assert (answer.state, sms_sent) == ("waiting", [])
    OutgoingMessage.objects.update(expires_at=timezone.now())
    delivery.deliver_due()
    answer.refresh_from_db()
    assert (answer.state, answer.body, sms_sent) == ("expired", "", [])


def test_a_retry_is_not_counted_again(db, monkeypatch):
    monkeypatch.setattr(MemoryGateway, "fail_with", GatewayError("busy"))
    row = make_sms()
    delivery.deliver_due()
    OutgoingMessage.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, budget.today()) == ("waiting", (1, 8))
