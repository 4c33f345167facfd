"""The table against the regulation, written down a second time and in another order."""

import itertools
from types import SimpleNamespace

import pytest

from dossiers import status
from dossiers.status import Actor, NotAllowed, Status

CITIZEN, RECEIVER, HANDLER, LEADER = Actor.CITIZEN, Actor.RECEIVER, Actor.HANDLER, Actor.LEADER
DESK, WORK, OFFICE = {RECEIVER, LEADER}, {HANDLER, LEADER}, {RECEIVER, HANDLER, LEADER}

# fmt: off
# From each status: verb → (who, to). BACK is written out by whether the dossier was accepted before.
BEFORE_ACCEPTANCE = {
    0: {"submit": ({CITIZEN}, 1)},
    1: {"receive": (DESK, 2), "refuse": (DESK, 3), "ask_supplement": (OFFICE, 5), "withdraw": ({CITIZEN}, 7)},
    5: {"supplement": ({CITIZEN}, 1), "withdraw": ({CITIZEN}, 7)},
    7: {"accept_withdrawal": (OFFICE, 8), "decline_withdrawal": (OFFICE, 1)},
}
AFTER_ACCEPTANCE = {
    2: {"process": (OFFICE, 4), "withdraw": ({CITIZEN}, 7), "stop": (OFFICE, 8)},
    4: {"ask_supplement": (OFFICE, 5), "ask_fee": (WORK, 6), "withdraw": ({CITIZEN}, 7), "stop": (OFFICE, 8), "finish": (WORK, 9)},
    5: {"supplement": ({CITIZEN}, 4), "withdraw": ({CITIZEN}, 7)},
    6: {"confirm_fee": (OFFICE, 4), "withdraw": ({CITIZEN}, 7), "stop": (OFFICE, 8), "finish": (WORK, 9)},
    7: {"accept_withdrawal": (OFFICE, 8), "decline_withdrawal": (OFFICE, 4)},
    9: {"return_result": (OFFICE, 10)},
}
# What the end of the supplement's term adds.
LAPSED_BEFORE, LAPSED_AFTER = {5: {"refuse": (DESK, 3)}}, {5: {"stop": (OFFICE, 8)}}
# fmt: on

REASON = {"refuse", "ask_supplement", "ask_fee", "withdraw", "decline_withdrawal", "stop"}
ROLES = [set(), {CITIZEN}, {RECEIVER}, {HANDLER}, {LEADER}]


def expected(verb, source, roles, accepted, lapsed):
    """Where the regulation leads, or None."""
    rows = dict((AFTER_ACCEPTANCE if accepted else BEFORE_ACCEPTANCE).get(source, {}))
    if lapsed:
        rows |= (LAPSED_AFTER if accepted else LAPSED_BEFORE).get(source, {})
    who, to = rows.get(verb, (set(), None))
    return to if roles & who else None


@pytest.mark.parametrize("source", list(Status))
@pytest.mark.parametrize("verb", list(status.MOVES))
def test_every_verb_from_every_status_by_every_role(verb, source):
    for roles, accepted, lapsed in itertools.product(ROLES, (False, True), (False, True)):
        if source not in (AFTER_ACCEPTANCE if accepted else BEFORE_ACCEPTANCE):
            continue  # no dossier is in this status before, or after, acceptance
        try:
            move = status.allowed(verb, source, roles, accepted=accepted, lapsed=lapsed)
            leads_to = status.target(move, accepted=accepted)
        except NotAllowed:
            leads_to = None
        assert leads_to == expected(verb, source, roles, accepted, lapsed), (verb, source, roles, accepted, lapsed)


def test_closed_dossiers_move_no_more():
    for verb, source, roles in itertools.product(status.MOVES, status.CLOSED, ROLES):
        with pytest.raises(NotAllowed):
            status.allowed(verb, source, roles, accepted=True, lapsed=True)


def test_the_moves_that_need_a_reason():
    assert {verb for verb, moves in status.MOVES.items() if any(move.reason_required for move in moves)} == REASON


def test_a_second_request_for_papers_needs_a_leader():
    for role in (RECEIVER, HANDLER):
        with pytest.raises(NotAllowed, match="lãnh đạo"):
            status.allowed("ask_supplement", Status.PROCESSING, {role}, accepted=True, asked_before=True)
    assert status.allowed("ask_supplement", Status.PROCESSING, {LEADER}, accepted=True, asked_before=True)


def test_an_unknown_verb_is_refused_in_a_sentence():
    with pytest.raises(NotAllowed, match=r"Không có việc này"):
        status.allowed("publish", Status.SUBMITTED, {LEADER})


def person(pk, official=None, active=True):
    user = SimpleNamespace(pk=pk, is_active=active)
    if official:
        user.official = SimpleNamespace(agency_id=official[0], role=official[1])
    return user


DOSSIER = SimpleNamespace(citizen_id=1, agency_id=7)


@pytest.mark.parametrize(
    ("user", "roles"),
    [
        (person(1), {CITIZEN}),
        (person(2), set()),
        (person(3, (7, "receiver")), {RECEIVER}),
        (person(3, (7, "handler")), {HANDLER}),
        (person(3, (7, "leader")), {LEADER}),
        (person(3, (7, "catalogue")), set()),
        (person(3, (8, "leader")), set()),
        (person(3, (7, "leader"), active=False), set()),
        (person(1, (7, "leader")), {CITIZEN}),  # the own dossier is never decided by its owner
        (None, set()),
    ],
)
def test_who_a_person_is_to_a_dossier(user, roles):
    assert status.roles_of(user, DOSSIER) == roles
