"""The mail server: what its answers and its silence mean, and how all know whether it is there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.messaging import mail
from portal.messaging.errors import GatewayError
from portal.messaging.mail import Mailer
from portal.messaging.models import ProviderHealth
from portal.messaging.tests.make import make_letter


@pytest.fixture
def mailer(db):
    mailer = Mailer()
    yield mailer
    mailer.close()


def refusal_of(mailer, row=None):
    with pytest.raises(GatewayError) as trouble:
        mailer.send(row or make_letter())
    error = trouble.value
    return error.permanent, error.away, error.doubtful


def health():
    return ProviderHealth.objects.get(pk="smtp")


def test_the_server_knows_a_letter_by_the_same_name_over_all_tries(mailer, smtp):
    row = make_letter()
    smtp.behaviour = "drop"
    refusal_of(mailer, row)
    smtp.behaviour = "accept"
    mailer.send(row)
    name = f"<{row.pk}.{row.created_at:%Y%m%d%H%M%S}@motcua.example>"
    assert [(kept.reference, kept.to, kept.acknowledged) for kept in smtp.kept] == [
        (name, row.recipient, False),
        (name, row.recipient, True),
    ]
    assert smtp.kept[0].text.strip() == "Kính gửi Ông/Bà,"


@pytest.mark.parametrize(
    ("behaviour", "permanent", "away", "doubtful"),
    [
        ("refuse", True, False, False),
        ("reject", True, False, False),
        ("later", False, False, False),
        ("gone", False, True, False),
        ("hang", False, True, False),
        ("drop", False, False, True),
    ],
)
def test_what_the_server_did_not_take_is_sorted(mailer, smtp, behaviour, permanent, away, doubtful):
    smtp.behaviour = behaviour
    assert refusal_of(mailer) == (permanent, away, doubtful)


def test_a_silence_after_a_letter_is_doubtful_and_the_server_is_away(mailer, smtp):
    smtp.behaviour, smtp.slow_seconds = "slow", 1
    assert refusal_of(mailer) == (False, True, True)
    assert len(smtp.kept) == 1


def test_a_server_that_is_not_there_is_away(mailer, smtp):
    smtp.stop()
    assert refusal_of(mailer) == (False, True, False)


def test_a_server_that_goes_away_between_letters_is_away(mailer, smtp):
    mailer.send(make_letter())
    smtp.stop()
    assert refusal_of(mailer) == (False, True, False)
    assert len(smtp.kept) == 1


def test_no_connection_carries_letters_for_ever(mailer, smtp, monkeypatch):
    monkeypatch.setattr(mail, "LETTERS_PER_CONNECTION", 2)
    for _letter in range(5):
        mailer.send(make_letter())
    assert (len(smtp.kept), smtp.connections) == (5, 3)


def test_two_lines_lost_in_a_row_are_the_servers_fault_and_one_may_be_the_letters(mailer, smtp):
    smtp.behaviour = "drop"
    assert refusal_of(mailer) == (False, False, True)
    smtp.behaviour = "accept"
    mailer.send(make_letter())
    smtp.behaviour = "drop"
    assert refusal_of(mailer) == (False, False, True)
    assert refusal_of(mailer) == (False, True, True)


def test_steps_that_are_each_in_time_may_together_be_too_long(mailer, smtp, monkeypatch):
    monkeypatch.setattr(mail, "LONGEST_LETTER_SECONDS", 0.5)
    smtp.behaviour, smtp.slow_seconds = "sluggish", 0.2
    assert refusal_of(mailer)[1] is True
    assert smtp.kept == []


def test_a_host_that_cannot_be_written_is_not_the_letters_fault(mailer, settings):
    settings.EMAIL_HOST = "a" * 70 + ".example"
    assert refusal_of(mailer) == (False, True, False)


# --- How it is doing ------------------------------------------------------------------------------


def test_a_server_that_is_away_is_noticed_and_so_is_its_return(smtp, mailer, caplog):
    smtp.stop()
    refusal_of(mailer)
    found = health()
    assert (found.channel, found.troubles, found.last_ok_at) == ("email", 1, None)
    assert found.last_error == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert found.away_since == found.last_trouble_at
    smtp.start()
    mailer.send(make_letter())
    found = health()
    assert (found.troubles, found.away_since, found.away_until) == (0, None, None)
    assert found.last_ok_at is not None
    assert [line.split(" after ")[0].split(" until ")[0] for line in caplog.messages] == ["smtp is left alone", "smtp is back"]


def test_a_server_in_its_pause_is_asked_all_the_same_as_there_is_no_other(smtp, db):
    smtp.stop()
    refusal_of(Mailer())
    first = health()
    refusal_of(Mailer())
    assert (health().troubles, health().changed_at) == (1, first.changed_at)


def test_a_server_that_stays_away_is_away_since_the_beginning(smtp, db):
    smtp.stop()
    refusal_of(Mailer())
    long_ago = timezone.now() - timedelta(minutes=20)
    ProviderHealth.objects.update(away_since=long_ago, last_trouble_at=long_ago, away_until=long_ago + timedelta(minutes=1))
    refusal_of(Mailer())
    assert (health().away_since, health().troubles) == (long_ago, 2)


@pytest.mark.parametrize("behaviour", ["refuse", "reject"])
def test_a_server_that_says_no_to_one_letter_is_well(mailer, smtp, behaviour):
    smtp.behaviour = behaviour
    refusal_of(mailer)
    assert (health().troubles, health().away_since) == (0, None)
    assert health().last_ok_at is not None


def test_a_batch_that_goes_well_reads_once_and_writes_once(mailer, smtp, django_assert_num_queries):
    rows = [make_letter() for _ in range(10)]
    with django_assert_num_queries(7):  # read; savepoint, look, insert, lock, update, release
        for row in rows:
            mailer.send(row)
    another = Mailer()
    with django_assert_num_queries(1):
        another.send(rows[0])
    another.close()


def test_the_demo_without_a_server_has_none_to_watch(mailer, settings):
    settings.EMAIL_HOST = ""
    mailer.send(make_letter())
    assert not ProviderHealth.objects.exists()


def test_outside_the_demo_a_missing_server_is_away(mailer, settings):
    settings.EMAIL_HOST, settings.DEMO = "", False
    assert refusal_of(mailer) == (False, True, False)
    assert health().last_error == "EMAIL_HOST is not set: no e-mail can leave"
