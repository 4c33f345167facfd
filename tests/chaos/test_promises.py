"""Each promise notices when it is broken: the evidence of a good run, with one thing in it made bad."""

from collections import Counter
from dataclasses import replace

import pytest

from portal.testing.citizen import Page
from tests.chaos import promises
from tests.chaos.evidence import Dossier, Evidence, Message, Received, Taken, row_of
from tests.chaos.storm import Outage
from tests.chaos.texting import TALKATIVE, Text

FIRST, SECOND = "H15.24.133-261124-0001", "H15.24.133-261124-0002"
WORDED = Page(503, "http://site/nop-ho-so/", "<h1>Hệ thống đang bận</h1> Gọi 1022", {"Retry-After": "60"})


@pytest.fixture
def found():
    """Two dossiers, a question and a robot; all went well."""
    letter, sms = ("dossier.submitted", "email", "lan@example.com"), ("dossier.submitted", "sms", "+84912345678")
    return Evidence(
        drafts=["a", "b"],
        codes={"a": {FIRST}, "b": {SECOND}},
        dossiers=[Dossier(1, "a", FIRST), Dossier(2, "b", SECOND)],
        counters={"H15.24.133-261124": 2},
        messages=[
            Message(1, *letter, "dossier:1", "sent"),
            Message(2, *sms, "dossier:1", "sent"),
            Message(3, *letter, "dossier:2", "sent"),
            Message(4, *sms, "dossier:2", "sent"),
            Message(5, "sms_answer", "sms", "+84910000001", "sms:1", "sent"),
            Message(6, "sms_help", "sms", f"+{TALKATIVE}", "sms:2", "sent"),
        ],
        taken=[
            Taken("smtp", 1, "<1.2026@site>", "lan@example.com", 100, True),
            Taken("first", 2, "2", "+84912345678", 101, True),
            Taken("smtp", 3, "<3.2026@site>", "lan@example.com", 102, True),
            Taken("second", 4, "4", "84912345678", 103, True),
            Taken("first", 5, "5", "+84910000001", 104, True),
            Taken("first", 6, "6", f"+{TALKATIVE}", 105, True),
        ],
        outages=[Outage(("redis",), 90, 110)],
        texts=[
            Text("smsc-0", "84910000001", f"DVC {FIRST}", in_parts=True),
            Text("smsc-1", TALKATIVE, "xin chao"),
            Text("smsc-2", TALKATIVE, "alo"),
        ],
        received=[
            Received(1, "parts:1", "+84910000001", True),
            Received(2, "smsc-1", f"+{TALKATIVE}", True),
            Received(3, "smsc-2", f"+{TALKATIVE}", True),
        ],
        refusals=[WORDED],
        carrier_heard=Counter({200: 3, 503: 1, 0: 2}),
    )


def broken(found) -> list[str]:
    """Which promises complain."""
    complaints = []
    for promise in promises.EVERY:
        try:
            promise(found)
        except AssertionError:
            complaints.append(promise.__name__)
    return complaints


def test_a_good_run_keeps_all(found):
    assert broken(found) == []


def test_what_still_waits_is_lost(found):
    found.still_waiting = "{'sms dossier.submitted after 1 tries': 3}"
    assert broken(found) == ["nothing_waits"]


def test_a_code_shown_and_not_stored(found):
    found.dossiers[1] = Dossier(2, "b", None)
    assert "every_draft_is_one_dossier" in broken(found)


def test_two_codes_for_one_draft(found):
    found.codes["a"].add(SECOND)
    assert broken(found) == ["every_draft_is_one_dossier"]


def test_a_dossier_too_many(found):
    found.dossiers.append(Dossier(3, "c", "H15.24.133-261124-0003"))
    assert "every_draft_is_one_dossier" in broken(found)


def test_a_gap_in_the_codes(found):
    found.counters["H15.24.133-261124"] = 3
    assert broken(found) == ["the_codes_have_no_gap"]


@pytest.mark.parametrize("state", ["waiting", "failed", "expired"])
def test_a_notice_that_never_left(found, state):
    found.messages[1] = replace(found.messages[1], state=state)
    assert "every_dossier_is_told_by_mail_and_by_sms" in broken(found)


def test_a_dossier_told_twice(found):
    found.messages.append(replace(found.messages[0], pk=7))
    found.taken.append(replace(found.taken[0], row=7, reference="<7.2026@site>"))
    assert broken(found) == ["every_dossier_is_told_by_mail_and_by_sms"]


def test_a_message_given_up_without_a_refusal(found):
    found.sent_again = [("email", "550 5.1.1 unknown")]
    assert broken(found) == []
    found.sent_again.append(("sms", "503 busy"))
    assert broken(found) == ["only_what_was_refused_failed"]


def test_a_message_marked_as_sent_that_nobody_took(found):
    del found.taken[0]
    assert broken(found) == ["what_is_sent_was_taken_by_a_provider"]


def test_a_message_to_somebody_else(found):
    found.taken[1] = replace(found.taken[1], to="+84987654321")
    assert broken(found) == ["providers_got_only_what_was_promised"]


def test_a_letter_sent_again_under_another_name(found):
    found.taken[0] = replace(found.taken[0], acknowledged=False)
    found.taken.append(replace(found.taken[0], reference="<1.2027@site>", at=130))
    assert broken(found) == ["providers_got_only_what_was_promised"]


def test_doubled_although_it_was_acknowledged(found):
    found.taken.append(replace(found.taken[1], at=130))
    assert broken(found) == ["doubled_only_where_an_answer_was_lost"]
    assert promises.doubles(found) == {"unexplained": 1}


@pytest.mark.parametrize("names", [("worker",), ("child",), ("postgres",), ("postgres", "worker")])
def test_doubled_because_it_could_not_be_written_down(found, names):
    found.taken.append(replace(found.taken[1], at=130))
    found.outages.append(Outage(names, 103, 108))
    assert broken(found) == []


@pytest.mark.parametrize("outage", [Outage(("worker",), 107, 112), Outage(("postgres",), 90, 100), Outage(("redis",), 101, 110)])
def test_a_death_at_another_time_explains_nothing(found, outage):
    found.taken.append(replace(found.taken[1], at=130))
    found.outages.append(outage)
    assert broken(found) == ["doubled_only_where_an_answer_was_lost"]


def test_doubled_because_the_provider_hung_up(found):
    found.taken[1] = replace(found.taken[1], acknowledged=False)
    found.taken.append(replace(found.taken[1], provider="second", at=130, acknowledged=True))
    assert broken(found) == []


def test_a_text_stored_twice_and_one_not_at_all(found):
    found.received[1] = replace(found.received[1], provider_id="smsc-2")
    assert broken(found) == ["every_text_is_stored_once"]


def test_a_question_answered_twice(found):
    found.messages.append(replace(found.messages[4], pk=7))
    found.taken.append(replace(found.taken[4], row=7, reference="7"))
    assert broken(found) == ["every_question_is_answered_once"]


def test_a_question_left_unanswered(found):
    found.received[0] = replace(found.received[0], answered=False)
    assert broken(found) == ["every_question_is_answered_once"]


def test_a_robot_that_hears_two_help_texts(found):
    found.messages.append(replace(found.messages[5], pk=7))
    found.taken.append(replace(found.taken[5], row=7, reference="7"))
    assert broken(found) == ["a_robot_hears_one_help_text"]


@pytest.mark.parametrize("page", [replace(WORDED, status=500), replace(WORDED, text="Bad Gateway"), replace(WORDED, headers={})])
def test_a_page_that_broke(found, page):
    found.refusals.append(page)
    assert broken(found) == ["no_page_broke"]


def test_a_carrier_that_heard_an_error(found):
    found.carrier_heard[500] = 1
    assert broken(found) == ["no_page_broke"]


def test_a_database_that_locked_itself_up(found):
    found.database_log = "ERROR:  deadlock detected"
    assert broken(found) == ["the_database_never_locked_itself_up"]


@pytest.mark.parametrize(("reference", "row"), [("<17.20261124@127.0.0.1>", 17), ("17", 17), ("", 0)])
def test_the_row_in_a_reference(reference, row):
    assert row_of(reference) == row
