"""What the product promises, each promise a question to the evidence."""

from collections import Counter
from itertools import pairwise

# After a provider's word the worker writes “sent”; on a loaded machine that may take it so long.
WRITING_SECONDS = 5
# What was on its way when the worker was killed is read by the provider a moment later.
ON_ITS_WAY_SECONDS = 1


def nothing_waits(evidence) -> None:
    assert not evidence.still_waiting, f"lost: {evidence.still_waiting}"


def every_draft_is_one_dossier(evidence) -> None:
    """Whatever was pressed, cut and repeated: the citizen saw one code, and it is the dossier's."""
    in_database = {dossier.key: dossier.code for dossier in evidence.dossiers}
    wrong = {
        key: (evidence.codes.get(key), in_database.get(key)) for key in evidence.drafts if evidence.codes.get(key) != {in_database.get(key)}
    }
    assert not wrong, f"shown to the citizen, and stored: {wrong}"
    doubled = [code for code, times in Counter(code for code in in_database.values() if code).items() if times > 1]
    assert not doubled, f"several dossiers under one code: {doubled}"
    assert len(evidence.dossiers) == len(evidence.drafts), f"{len(evidence.drafts)} drafts became {len(evidence.dossiers)} dossiers"


def the_codes_have_no_gap(evidence) -> None:
    numbers: dict[str, list[int]] = {}
    for dossier in evidence.dossiers:
        if dossier.code:
            series, _, number = dossier.code.rpartition("-")
            numbers.setdefault(series, []).append(int(number))
    for series, taken in numbers.items():
        assert sorted(taken) == list(range(1, len(taken) + 1)), f"{series}: {sorted(taken)}"
    assert evidence.counters == {series: len(taken) for series, taken in numbers.items()}


def every_dossier_is_told_by_mail_and_by_sms(evidence) -> None:
    for about, messages in evidence.about_dossiers().items():
        told = sorted((message.kind, message.channel, message.state) for message in messages)
        assert told == [("dossier.submitted", "email", "sent"), ("dossier.submitted", "sms", "sent")], f"{about}: {told}"


def what_is_sent_was_taken_by_a_provider(evidence) -> None:
    takings = evidence.takings()
    lost = [message for message in evidence.messages if message.state == "sent" and message.pk not in takings]
    assert not lost, f"marked as sent, and no provider has them: {lost}"


def only_what_was_refused_failed(evidence) -> None:
    """A bad minute is no refusal, however many there are; and what was sent again went out at last."""
    given_up = [(channel, error) for channel, error in evidence.sent_again if channel != "email" or error[:3] not in ("550", "554")]
    assert not given_up, f"given up without a refusal: {given_up}"
    failed = [message for message in evidence.messages if message.state not in ("sent", "waiting")]
    assert not failed, f"failed for good: {failed}"


def providers_got_only_what_was_promised(evidence) -> None:
    """Each taking belongs to a row and went to its recipient, under one name however often it went."""
    rows = {message.pk: message for message in evidence.messages}
    for row, takings in evidence.takings().items():
        assert row in rows, f"a provider took what no row says: {takings}"
        assert {_plain(taken.to) for taken in takings} == {_plain(rows[row].recipient)}, f"{rows[row]}: {takings}"
        assert len({taken.reference for taken in takings}) == 1, f"one message under several names: {takings}"


def doubled_only_where_an_answer_was_lost(evidence) -> None:
    unexplained = [(first, second) for first, second in _doubles(evidence) if not excuse(first, evidence.outages)]
    assert not unexplained, f"doubled although the first was acknowledged: {unexplained}"


def every_text_is_stored_once(evidence) -> None:
    """Under the carrier's name for it; one that came in parts is one text, under a name of ours."""
    stored = Counter(
        (received.sender, "in parts" if received.provider_id.startswith("parts:") else received.provider_id)
        for received in evidence.received
    )
    sent = Counter((f"+{text.sender}", "in parts" if text.in_parts else text.provider_id) for text in evidence.texts)
    assert stored == sent, f"too many: {stored - sent}, too few: {sent - stored}"


def every_question_is_answered_once(evidence) -> None:
    """One answer for each text about a dossier, to the number it came from."""
    answers = Counter((message.recipient, message.state) for message in evidence.messages if message.kind == "sms_answer")
    asked = Counter((f"+{text.sender}", "sent") for text in evidence.texts if text.words.upper().startswith("DVC"))
    assert answers == asked, f"too many: {answers - asked}, too few: {asked - answers}"
    unanswered = [received for received in evidence.received if not received.answered]
    assert not unanswered, f"unanswered: {unanswered}"


def a_robot_hears_one_help_text(evidence) -> None:
    """One for each number and hour, and no storm lasts an hour."""
    helped = Counter(message.recipient for message in evidence.messages if message.kind == "sms_help")
    strangers = {f"+{text.sender}" for text in evidence.texts if not text.words.upper().startswith("DVC")}
    assert helped == Counter(strangers), f"help texts: {dict(helped)}"


def no_page_broke(evidence) -> None:
    """What could not be done was said in words, with the time to come back."""
    broken = [
        (page.status, page.url, page.text[:300])
        for page in evidence.refusals
        if page.status != 503 or not int(page.headers.get("Retry-After", 0)) or "<h1" not in page.text or "1022" not in page.text
    ]
    assert not broken, broken
    assert not evidence.surprises, evidence.surprises
    assert set(evidence.carrier_heard) <= {0, 200, 503}, dict(evidence.carrier_heard)


def the_database_never_locked_itself_up(evidence) -> None:
    assert "deadlock detected" not in evidence.database_log


EVERY = (
    nothing_waits,
    every_draft_is_one_dossier,
    the_codes_have_no_gap,
    every_dossier_is_told_by_mail_and_by_sms,
    only_what_was_refused_failed,
    what_is_sent_was_taken_by_a_provider,
    providers_got_only_what_was_promised,
    doubled_only_where_an_answer_was_lost,
    every_text_is_stored_once,
    every_question_is_answered_once,
    a_robot_hears_one_help_text,
    no_page_broke,
    the_database_never_locked_itself_up,
)


def excuse(taken, outages) -> str:
    """Why the sender could not know that this was taken; nothing where it could."""
    if not taken.acknowledged:
        return "the provider never said so"
    for outage in outages:
        if {"worker", "child"} & set(outage.names) and outage.since - WRITING_SECONDS <= taken.at <= outage.since + ON_ITS_WAY_SECONDS:
            return "the worker was killed before it could write it down"
        if "postgres" in outage.names and outage.since - WRITING_SECONDS <= taken.at <= outage.until:
            return "the database was away when it was to be written down"
    return ""


def doubles(evidence) -> Counter:
    """How often a message came twice, and why."""
    return Counter(excuse(first, evidence.outages) or "unexplained" for first, _second in _doubles(evidence))


def _doubles(evidence):
    for takings in evidence.takings().values():
        yield from pairwise(takings)


def _plain(address: str) -> str:
    return address.strip().lstrip("+").lower()
