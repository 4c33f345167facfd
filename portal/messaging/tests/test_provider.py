"""What workers find out about a provider at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.messaging.models import ProviderHealth
from portal.messaging.models.provider import pause

SECOND = timedelta(seconds=1)
WELL = ("viettel", "sms")


def failed(*, began, at, trial=False):
    return ProviderHealth.objects.failed(*WELL, reason="503 busy", began=began, at=at, trial=trial)[1]


def slow(*, at):
    return ProviderHealth.objects.answered_slowly(*WELL, reason="slow: 6.0 s", began=at, at=at)[1]


def while_another_writes(first, second):
    """`second` begins while `first` holds the row and has not yet written; what each returned."""
    returned, finished = [], threading.Event()

    def work():
        try:
            returned.append(second())
        finally:
            finished.set()
            connection.close()

    with transaction.atomic():
        list(ProviderHealth.objects.select_for_update())
        worker = threading.Thread(target=work)
        worker.start()
        assert not finished.wait(0.3)  # it waits for this transaction
        said = first()
    worker.join()
    return said, returned[0]


def health():
    return ProviderHealth.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_that_find_it_away_begin_one_pause_and_one_of_them_tells():
    now = timezone.now()
    ProviderHealth.objects.answered(*WELL, began=now - SECOND, at=now - SECOND)
    news = while_another_writes(lambda: failed(began=now, at=now + SECOND), lambda: failed(began=now, at=now + 2 * SECOND))
    assert news == (True, False)
    assert (health().troubles, health().away_until) == (1, now + SECOND + pause(1))


@pytest.mark.django_db(transaction=True)
def test_two_slow_answers_are_two():
    now = timezone.now()
    ProviderHealth.objects.answered(*WELL, began=now, at=now)
    while_another_writes(lambda: slow(at=now), lambda: slow(at=now))
    assert health().troubles == 2
    assert slow(at=now)
    assert (health().troubles, health().away_since) == (1, now)


@pytest.mark.django_db(transaction=True)
def test_late_news_does_not_undo_a_pause_that_grows_this_moment():
    now = timezone.now()
    failed(began=now, at=now)
    later = now + pause(1) + SECOND
    while_another_writes(
        lambda: failed(began=later, at=later, trial=True),
        lambda: ProviderHealth.objects.answered(*WELL, began=later - SECOND, at=later + SECOND),
    )
    assert (health().troubles, health().away_since, health().away_until) == (2, now, later + pause(2))


@pytest.mark.django_db(transaction=True)
def test_eight_that_meet_a_provider_for_the_first_time_make_one_row():
    now = timezone.now()
    start, news = threading.Barrier(8), []

    def work():
        try:
            start.wait()
            news.append(failed(began=now, at=now + SECOND))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(news) == [False] * 7 + [True]
    assert health().troubles == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_gets_the_trial():
    now = timezone.now()
    failed(began=now, at=now)
    start, got = threading.Barrier(8), []

    def ask():
        try:
            start.wait()
            got.append(ProviderHealth.objects.take_trial("viettel", now + pause(1)))
        finally:
            connection.close()

    workers = [threading.Thread(target=ask) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == [False] * 7 + [True]


def test_calls_made_in_the_pause_for_want_of_another_do_not_lengthen_it(db):
    now = timezone.now()
    failed(began=now, at=now)
    assert not failed(began=now + 10 * SECOND, at=now + 11 * SECOND)
    assert (health().troubles, health().away_until) == (1, now + pause(1))
    # One that succeeds ends it.
    _health, was_away = ProviderHealth.objects.answered(*WELL, began=now + 20 * SECOND, at=now + 21 * SECOND)
    assert was_away == 21 * SECOND
    assert (health().troubles, health().away_since, health().away_until) == (0, None, None)


def test_a_slow_trial_lengthens_the_pause(db):
    now = timezone.now()
    failed(began=now, at=now)
    assert not slow(at=now + pause(1))
    assert (health().troubles, health().last_error, health().away_until) == (2, "slow: 6.0 s", now + pause(1) + pause(2))


@pytest.mark.parametrize(
    ("first", "pauses"), [(60, [60, 120, 240, 480, 600, 600]), (5, [5, 10, 20, 40, 80, 160]), (900, [900, 900, 900, 900, 900, 900])]
)
def test_pauses_double_up_to_ten_minutes_and_are_never_shorter_than_asked_for(settings, first, pauses):
    settings.SMS_GATEWAY_PAUSE_SECONDS = first
    assert [pause(troubles).total_seconds() for troubles in range(1, 7)] == pauses
    assert pause(100_000).total_seconds() == max(first, 600)


def test_which_rows_are_in_use(db, settings):
    settings.SMS_GATEWAYS = [{"NAME": "viettel", "BACKEND": "portal.messaging.gateways.MemoryGateway"}]
    for name, channel in [("viettel", "sms"), ("former", "sms"), ("smtp", "email")]:
        ProviderHealth.objects.create(name=name, channel=channel)
    assert sorted(row.name for row in ProviderHealth.objects.in_use()) == ["smtp", "viettel"]
