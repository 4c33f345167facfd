import pytest

from portal import throttle
from portal.circuit import client as redis_client
from portal.messaging import budget


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
