"""Telling the people who keep the portal running."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from portal.messaging import alarms, budget
from portal.messaging.models import OutgoingMessage, ProviderHealth
from portal.messaging.tests.make import make_letter, make_sms

# Long ago: what the tests write now is not yet due then.
NOON = datetime(2024, 3, 25, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
KEEPERS = ["truc@example.com", "ky-thuat@example.com"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keepers(settings):
    settings.ALARM_EMAILS = KEEPERS


def told():
    return sorted(OutgoingMessage.objects.filter(kind="alarm").values_list("event", "channel", "recipient"))


def everybody(event):
    return [(event, "email", keeper) for keeper in sorted(KEEPERS)]


def raise_it(at=NOON):
    alarms.raise_alarm("away", about="kannel-1", at=at, since=at - timedelta(minutes=12), error="503 Service Unavailable")


def test_everybody_gets_one_letter_a_day_and_the_log_one_line_an_hour(caplog):
    for _ in range(3):
        raise_it()
    assert told() == everybody("alarm:away:kannel-1:2024-03-25")
    assert [line.levelname for line in caplog.records if line.message.startswith("alarm: away:kannel-1 error=503")] == ["ERROR"]
    raise_it(NOON + timedelta(days=1))
    assert told() == everybody("alarm:away:kannel-1:2024-03-25") + everybody("alarm:away:kannel-1:2024-03-26")


def test_the_day_is_that_of_the_province():
    raise_it(datetime(2024, 3, 25, 17, 30, tzinfo=ZoneInfo("UTC")))
    assert {event for event, _channel, _to in told()} == {"alarm:away:kannel-1:2024-03-26"}


def test_without_an_address_the_log_alone_tells(settings, caplog):
    settings.ALARM_EMAILS = []
    raise_it()
    assert told() == []
    assert "alarm: away:kannel-1" in caplog.text


def test_whoever_was_named_meanwhile_is_told_as_well(settings):
    settings.ALARM_EMAILS = KEEPERS[:1]
    raise_it()
    settings.ALARM_EMAILS = KEEPERS
    raise_it()
    assert told() == everybody("alarm:away:kannel-1:2024-03-25")


def test_a_fault_in_the_alarm_leaves_the_callers_work_alone(settings, caplog):
    settings.ALARM_EMAILS = ["a" * 300 + "@example.com"]  # longer than the column
    with transaction.atomic():
        mine = make_sms()
        raise_it()
    assert OutgoingMessage.objects.get() == mine
    assert "could not be written" in caplog.text


@transaction.atomic
def a_move_that_fails():
    mine = make_sms()
    try:
        make_sms(event=mine.event, recipient=mine.recipient)
    except IntegrityError:
        raise_it()
        raise


def test_inside_a_broken_transaction_it_does_no_harm_and_is_told_later():
    with pytest.raises(IntegrityError):
        a_move_that_fails()
    assert not OutgoingMessage.objects.exists()
    raise_it()
    assert told() == everybody("alarm:away:kannel-1:2024-03-25")


@pytest.mark.parametrize(
    ("cause", "about", "facts", "subject", "said"),
    [
        ("away", "kannel-1", {"since": NOON, "error": "503"}, "Nhà cung cấp tin nhắn kannel-1 không trả lời", "không nhận tin từ 12 giờ 00"),
        ("away", "smtp", {"since": NOON, "error": ""}, "Máy chủ thư không trả lời", "Máy chủ thư không nhận tin từ 12 giờ 00"),
        ("queue", "", {"since": NOON, "count": 42}, "Tin nhắn và thư gửi chậm", "42 tin đã đến giờ mà chưa gửi"),
        ("failed", "", {"since": NOON, "count": 3}, "3 tin không gửi được", "nhấn “Gửi lại”"),
        ("budget", "80", {"spent": 16000, "most": 20000}, "Đã dùng 80 phần trăm số tin nhắn của hôm nay", "16000 trên 20000"),
        ("budget", "open", {"spent": 16000, "most": 20000}, "Hết phần tin nhắn của hôm nay", "Mã đăng ký và tin trả lời 8188"),
        ("budget", "strangers", {"spent": 16000, "most": 20000}, "Hết phần tin nhắn của hôm nay", "Mã đăng nhập và thông báo hồ sơ vẫn gửi"),
        ("budget", "notices", {"spent": 16000, "most": 20000}, "Hết phần tin nhắn của hôm nay", "chờ đến sáng mai"),
        ("budget", "all", {"spent": 20000, "most": 20000}, "Hết phần tin nhắn của hôm nay", "kể cả mã đăng nhập"),
    ],
)  # fmt: skip
def test_each_cause_says_what_happened_and_what_to_do(cause, about, facts, subject, said):
    alarms.raise_alarm(cause, about=about, at=NOON, **facts)
    letter = OutgoingMessage.objects.filter(kind="alarm").first()
    assert letter.subject == subject
    assert said in letter.body
    assert "Việc cần làm:\n1. " in letter.body
    assert "<ol><li>" in letter.html
    state = "failed" if cause == "failed" else "waiting"
    assert f"/quan-tri/messaging/outgoingmessage/?state__exact={state}" in letter.body


def test_all_is_well_and_nobody_is_written_to():
    make_sms(due_at=NOON - timedelta(minutes=5))
    make_sms(state="sent", due_at=NOON - timedelta(days=2), sent_at=NOON)
    make_sms(due_at=NOON + timedelta(hours=9), created_at=NOON - timedelta(hours=9))
    ProviderHealth.objects.create(name="smtp", channel="email", away_since=NOON - timedelta(minutes=9), troubles=4)
    ProviderHealth.objects.create(name="memory", channel="sms", away_since=NOON - timedelta(hours=9), troubles=1)
    ProviderHealth.objects.create(name="given-up", channel="sms", away_since=NOON - timedelta(days=9), troubles=9)
    alarms.look(at=NOON)
    assert told() == []


def test_a_provider_that_is_away_for_ten_minutes_is_told_of():
    ProviderHealth.objects.create(name="smtp", channel="email", away_since=NOON - timedelta(minutes=10), troubles=2, last_error="timed out")
    alarms.look(at=NOON)
    assert told() == everybody("alarm:away:smtp:2024-03-25")


def test_a_queue_that_stands_still_is_told_of_and_what_waits_for_its_time_is_not(settings):
    late = NOON - timedelta(seconds=settings.READY_MESSAGE_AGE_SECONDS)
    make_sms(due_at=late, leased_until=NOON + timedelta(seconds=1))
    alarms.look(at=NOON)
    assert told() == []
    make_letter(due_at=late)
    alarms.look(at=NOON)
    assert told() == everybody("alarm:queue:2024-03-25")


def test_each_failure_is_in_one_letter():
    def failed(hours_ago):
        make_sms(state="failed", failed_at=NOON - timedelta(hours=hours_ago))

    def subjects_after(at):
        alarms.look(at=at)
        OutgoingMessage.objects.filter(kind="alarm", created_at__gt=NOON + timedelta(days=9)).update(created_at=at)
        return list(OutgoingMessage.objects.filter(kind="alarm", recipient=KEEPERS[0]).order_by("pk").values_list("subject", flat=True))

    failed(30)
    assert subjects_after(NOON) == []
    failed(2)
    failed(1)
    assert subjects_after(NOON) == ["2 tin không gửi được"]
    failed(-3)
    assert subjects_after(NOON + timedelta(hours=4)) == ["2 tin không gửi được"]
    assert subjects_after(NOON + timedelta(hours=13)) == ["2 tin không gửi được", "1 tin không gửi được"]
    assert subjects_after(NOON + timedelta(hours=40)) == ["2 tin không gửi được", "1 tin không gửi được"]


def test_one_wrong_address_in_the_night_does_not_silence_what_fails_at_noon():
    def subjects_after(number, at):
        for _ in range(number):
            make_sms(state="failed", failed_at=at - timedelta(minutes=1))
        alarms.look(at=at)
        OutgoingMessage.objects.filter(kind="alarm", created_at__gt=NOON + timedelta(days=9)).update(created_at=at)
        return list(OutgoingMessage.objects.filter(kind="alarm", recipient=KEEPERS[0]).order_by("pk").values_list("subject", flat=True))

    night, told = NOON - timedelta(hours=11), ["1 tin không gửi được"]
    assert subjects_after(1, night) == told
    assert subjects_after(5, NOON) == told
    assert subjects_after(7, NOON + timedelta(minutes=5)) == [*told, "12 tin không gửi được"]
    # Ten more are no news, a hundred are.
    assert subjects_after(20, NOON + timedelta(minutes=10)) == [*told, "12 tin không gửi được"]
    assert subjects_after(100, NOON + timedelta(minutes=15)) == [*told, "12 tin không gửi được", "120 tin không gửi được"]


def test_a_fault_while_looking_for_one_cause_does_not_hide_the_others(caplog, settings):
    make_letter(due_at=NOON - timedelta(hours=1))
    settings.SMS_GATEWAYS = [{}]
    alarms.look(at=NOON)
    assert told() == everybody("alarm:queue:2024-03-25")
    assert "_providers_away could not be looked for" in caplog.text


def test_the_budget_is_told_of_at_80_of_a_hundred_and_when_a_share_is_used_up(settings):
    settings.SMS_DAILY_BUDGET = 10
    for _ in range(7):
        budget.spend(budget.SIGN_IN)
    alarms.look(at=NOON)
    assert told() == []
    budget.spend(budget.SIGN_IN)
    alarms.look(at=NOON)
    assert told() == everybody("alarm:budget:80:2024-03-25")
    budget.spend(budget.SIGN_IN)
    budget.spend(budget.SIGN_IN)
    alarms.look(at=NOON)
    assert told() == [row for mark in ("80", "all", "notices") for row in everybody(f"alarm:budget:{mark}:2024-03-25")]
    letter = OutgoingMessage.objects.get(event="alarm:budget:all:2024-03-25", recipient=KEEPERS[0])
    assert "Hôm nay đã dùng hết 10 tin nhắn" in letter.body
