"""By which gateway an SMS leaves: switching over, leaving alone, trying again, coming back."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from portal.messaging import delivery
from portal.messaging.errors import GatewayError
from portal.messaging.models import OutgoingMessage, ProviderHealth
from portal.messaging.models.provider import ProviderHealthQuerySet
from portal.messaging.outbox import URGENT
from portal.messaging.routing import Router
from portal.messaging.tests.make import make_sms
from portal.messaging.tests.peers import KannelPeer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def first():
    with KannelPeer() as peer:
        yield peer


@pytest.fixture
def second():
    with KannelPeer() as peer:
        yield peer


@pytest.fixture(autouse=True)
def gateways(settings, first, second):
    settings.SMS_GATEWAYS = [
        {
            "NAME": name,
            "BACKEND": "portal.messaging.gateways.KannelGateway",
            "OPTIONS": {"url": peer.url, "user": "motcua", "password": "s", "timeout": 1},
        }
        for name, peer in [("viettel", first), ("vnpt", second)]
    ]


def refused(row, router=None):
    with pytest.raises(GatewayError) as trouble:
        (router or Router()).send(row)
    error = trouble.value
    return str(error), error.permanent, error.away, error.doubtful


def health(name="viettel"):
    return ProviderHealth.objects.get(pk=name)


def let_pause_pass(*names):
    """As if the pauses had passed; what happened lies as far back."""
    for row in ProviderHealth.objects.filter(name__in=names or ["viettel"]):
        back = row.away_until - timezone.now() + timedelta(seconds=1)
        row.away_since -= back
        row.away_until -= back
        row.last_trouble_at -= back
        row.save()


# --- Switching over ------------------------------------------------------------------------------


def test_the_first_gateway_of_the_settings_takes_what_there_is(db, first, second):
    row = make_sms()
    assert Router().send(row) == "viettel"
    assert ([kept.reference for kept in first.kept], second.kept) == ([str(row.pk)], [])


@pytest.mark.parametrize("behaviour", ["busy", "unauthorised"])
def test_where_it_refuses_the_next_one_gets_the_same_message_at_once(db, first, second, behaviour):
    first.behaviour = behaviour
    row = make_sms()
    assert Router().send(row) == "vnpt"
    assert [kept.reference for kept in second.kept] == [str(row.pk)]


def test_a_wrong_number_is_wrong_everywhere(db, first, second):
    first.behaviour = "refuse"
    assert refused(make_sms()) == ("400 wrong number", True, False, False)
    assert second.queries == []
    assert health().away_since is None


def test_a_gateway_that_repeats_a_code_tells_it_to_nobody(db, first, second):
    for peer in (first, second):
        peer.status, peer.answer = 503, "busy, not sent: 482913 la ma xac nhan"
    reason, *_ = refused(make_sms(body="482913 la ma xac nhan (OTP)", secret=True))
    assert reason == "viettel: 503 busy, not sent: … la ma xac …; vnpt: 503 busy, not sent: … la ma xac …"
    assert [health().last_error, health("vnpt").last_error] == ["503 busy, not sent: … la ma xac …"] * 2


def test_where_none_answers_the_batch_is_put_off_and_the_reason_names_each(db, first, second):
    first.stop()
    second.behaviour = "busy"
    reason, permanent, away, doubtful = refused(make_sms())
    assert reason == "viettel: ConnectionRefusedError: [Errno 111] Connection refused; vnpt: 503 busy"
    assert (permanent, away, doubtful) == (False, True, False)


def test_a_batch_asks_the_one_that_is_away_once(db, first, second):
    first.behaviour = "busy"
    rows = [make_sms() for _ in range(5)]
    delivery.deliver_due()
    assert (len(first.queries), len(second.kept)) == (1, 5)
    assert set(OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", "provider")) == {("sent", "vnpt")}


def test_other_workers_know_of_it_and_do_not_ask(db, first, second):
    first.behaviour = "busy"
    Router().send(make_sms())
    assert Router().send(make_sms()) == "vnpt"
    assert len(first.queries) == 1


def test_where_all_are_in_their_pause_they_are_asked_all_the_same(db, first, second):
    first.behaviour = second.behaviour = "busy"
    refused(make_sms())
    second.behaviour = "accept"
    assert Router().send(make_sms()) == "vnpt"
    assert (health("viettel").away_since is None, health("vnpt").away_since) == (False, None)


# --- A silence that may have been consent --------------------------------------------------------


def test_a_notice_of_doubtful_fate_waits_for_its_next_try(db, first, second):
    first.behaviour = "drop"
    reason, permanent, away, doubtful = refused(make_sms())
    assert reason.startswith("viettel: RemoteDisconnected")
    # Not away: the next message of the batch has the second gateway.
    assert (permanent, away, doubtful) == (False, False, True)
    assert (len(first.kept), second.kept) == (1, [])


def test_a_code_of_doubtful_fate_goes_by_the_next_gateway_at_once(db, first, second):
    first.behaviour = "hang"
    row = make_sms(priority=URGENT)
    assert Router().send(row) == "vnpt"
    assert [kept.reference for kept in second.kept] == [str(row.pk)]


def test_the_rest_of_a_batch_goes_by_the_next_gateway_when_one_drops_the_line(db, first, second):
    first.behaviour = "drop"
    rows = [make_sms() for _ in range(3)]
    delivery.deliver_due()
    states = OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("state", "tries", "provider")
    assert list(states) == [("waiting", 1, ""), ("sent", 1, "vnpt"), ("sent", 1, "vnpt")]


# --- The pause, and the way back -------------------------------------------------------------------


def test_what_is_known_of_a_gateway_that_is_away(db, first):
    first.behaviour = "busy"
    before = timezone.now()
    Router().send(make_sms())
    found = health()
    assert (found.channel, found.troubles, found.last_error, found.last_ok_at) == ("sms", 1, "503 busy", None)
    assert before < found.away_since == found.last_trouble_at
    assert found.away_until - found.away_since == MINUTE


def test_after_the_pause_one_message_tries_it_and_brings_it_back(db, first, second, caplog):
    first.behaviour = "busy"
    Router().send(make_sms())
    let_pause_pass()
    first.behaviour = "accept"
    assert [Router().send(make_sms()) for _ in range(3)] == ["viettel"] * 3
    found = health()
    assert (found.troubles, found.away_since, found.away_until) == (0, None, None)
    assert found.last_ok_at is not None
    assert [line.split(" after ")[0].split(" until ")[0] for line in caplog.messages] == ["viettel is left alone", "viettel is back"]


def test_the_pauses_grow_from_a_minute_to_ten_and_begin_anew_once_it_was_back(db, first):
    first.behaviour = "busy"
    pauses = []
    for _ in range(6):
        Router().send(make_sms())
        pauses.append(round((health().away_until - health().last_trouble_at) / MINUTE))
        let_pause_pass()
    assert pauses == [1, 2, 4, 8, 10, 10]
    assert timezone.now() - health().away_since > 30 * MINUTE
    first.behaviour = "accept"
    Router().send(make_sms())
    first.behaviour = "busy"
    Router().send(make_sms())
    assert (health().troubles, health().away_until - health().away_since) == (1, MINUTE)


def test_while_one_worker_tries_it_the_others_leave_it_alone(db, first, second):
    first.behaviour = "busy"
    Router().send(make_sms())
    let_pause_pass()
    assert ProviderHealth.objects.take_trial("viettel", timezone.now())
    assert Router().send(make_sms()) == "vnpt"
    assert len(first.queries) == 1
    # The worker that took the trial died: half a minute later another one may.
    assert not ProviderHealth.objects.take_trial("viettel", timezone.now() + timedelta(seconds=29))
    assert ProviderHealth.objects.take_trial("viettel", timezone.now() + timedelta(seconds=31))


def test_a_gateway_that_flaps_carries_nothing_but_its_trials(db, first, second):
    first.behaviour = "flap"
    ways = [Router().send(make_sms()) for _ in range(20)]
    assert ways == ["viettel"] + ["vnpt"] * 19
    assert len(first.queries) == 2


# --- Slowness -----------------------------------------------------------------------------------


def slowly(settings, gateway):
    settings.SMS_GATEWAY_SLOW_SECONDS = 0.3
    gateway.behaviour, gateway.slow_seconds = "slow", 0.35


def test_the_third_slow_answer_in_a_row_is_enough(db, settings, first, second):
    slowly(settings, first)
    assert [Router().send(make_sms()) for _ in range(4)] == ["viettel", "viettel", "viettel", "vnpt"]
    found = health()
    assert found.away_until - found.away_since == MINUTE
    assert found.last_error.startswith("slow: 0.")


def test_a_quick_answer_between_slow_ones_forgives_them(db, settings, first):
    slowly(settings, first)
    router = Router()
    for behaviour in ("slow", "slow", "accept", "slow", "slow"):
        first.behaviour = behaviour
        router.send(make_sms())
    assert (health().troubles, health().away_since) == (2, None)


def test_slow_is_better_than_none(db, settings, first, second):
    slowly(settings, first)
    second.behaviour = "busy"
    first.behaviour = "busy"
    refused(make_sms())
    first.behaviour = "slow"
    assert [Router().send(make_sms()) for _ in range(5)] == ["viettel"] * 5


# --- What it costs ------------------------------------------------------------------------------


def test_a_batch_that_goes_well_reads_once_and_writes_once(db, django_assert_num_queries):
    rows = [make_sms() for _ in range(20)]
    router = Router()
    with django_assert_num_queries(7):  # read; savepoint, look, insert, lock, update, release
        for row in rows:
            router.send(row)
    with django_assert_num_queries(1):  # the next batch within ten seconds
        Router().send(rows[0])


def test_after_ten_seconds_it_is_noted_again_that_all_is_well(db):
    Router().send(make_sms())
    before = timezone.now() - timedelta(seconds=11)
    ProviderHealth.objects.update(last_ok_at=before)
    Router().send(make_sms())
    assert health().last_ok_at > before + timedelta(seconds=10)


def test_a_message_that_was_taken_is_taken_even_if_that_cannot_be_noted(db, monkeypatch, first, caplog):
    def away(*args, **kwargs):
        raise OperationalError("the database is gone")

    monkeypatch.setattr(ProviderHealthQuerySet, "answered", away)
    assert Router().send(make_sms()) == "viettel"
    assert caplog.messages == ["health of a provider not noted: OperationalError"]


# --- Workers at the same moment -------------------------------------------------------------------


def at_once(*works):
    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sending(row):
    return lambda: Router().send(row)


@pytest.mark.django_db(transaction=True)
def test_four_workers_that_find_it_away_at_once_begin_one_pause_and_tell_of_it_once(first, second, caplog):
    first.behaviour = "busy"
    at_once(*[sending(make_sms()) for _ in range(4)])
    found = health()
    assert (found.troubles, found.away_until - found.away_since) == (1, MINUTE)
    assert len([line for line in caplog.messages if line.startswith("viettel is left alone")]) == 1
    assert len(second.kept) == 4


@pytest.mark.django_db(transaction=True)
def test_slow_answers_heard_at_once_are_all_counted(settings, first):
    slowly(settings, first)
    at_once(*[sending(make_sms()) for _ in range(2)])
    assert health().troubles == 2
    Router().send(make_sms())
    assert health().away_until is not None


@pytest.mark.django_db(transaction=True)
def test_after_the_pause_one_of_four_workers_tries_it(first, second):
    first.behaviour = "busy"
    Router().send(make_sms())
    let_pause_pass()
    at_once(*[sending(make_sms()) for _ in range(4)])
    assert len(first.queries) == 2
    assert (health().troubles, health().away_until - health().last_trouble_at) == (2, 2 * MINUTE)
    assert len(second.kept) == 5


@pytest.mark.django_db(transaction=True)
def test_an_answer_to_a_question_asked_before_it_went_away_does_not_bring_it_back(first, second):
    first.behaviour, first.slow_seconds = "slow", 0.2
    asked, found_away = make_sms(), make_sms()

    def find_away():
        while not first.kept:
            threading.Event().wait(0.005)
        first.behaviour = "busy"
        Router().send(found_away)

    at_once(sending(asked), find_away)
    assert [kept.acknowledged for kept in first.kept] == [True]
    assert health().away_since is not None


@pytest.mark.django_db(transaction=True)
def test_a_silence_that_began_before_others_were_answered_says_nothing_about_now(first, second):
    first.behaviour = "hang"
    silent, answered = make_sms(), make_sms()

    def be_answered():
        while not first.queries:
            threading.Event().wait(0.005)
        first.behaviour = "accept"
        assert Router().send(answered) == "viettel"

    at_once(lambda: refused(silent), be_answered)
    found = health()
    assert (found.troubles, found.away_since) == (0, None)
    assert Router().send(make_sms()) == "viettel"
