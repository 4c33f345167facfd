"""Long texts that a gateway hands in in parts."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.messaging import inbound, parts, tasks
from portal.messaging.models import IncomingPart, IncomingSms
from portal.messaging.parts import PATIENCE, Place

LAN, MINH = "+84912345678", "+84987654321"
NOW = timezone.now
LATER = timedelta(seconds=1)
_ids = itertools.count(1)


def part(number, total, text, *, reference=7, sender=LAN, name=""):
    return inbound.store_part(name or f"k-{next(_ids)}", sender, Place(reference, total, number), text)


def texts():
    return list(IncomingSms.objects.order_by("pk").values_list("sender", "text"))


def left():
    """What is still kept of parts: their texts, and whether somebody waits for the others."""
    return [(part.text, part.joined_at is None) for part in IncomingPart.objects.order_by("pk")]


# --- The header --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (b"\x05\x00\x03\xcc\x02\x01", Place(0xCC, 2, 1)),
        (b"050003CC0201", Place(0xCC, 2, 1)),
        (b"050003cc0202", Place(0xCC, 2, 2)),
        (b"\x06\x08\x04\x01\xcc\x03\x02", Place(0x101CC, 3, 2)),
        (b"06080401CC0302", Place(0x101CC, 3, 2)),
        (b"0B05040B8423F00003CC0201", Place(0xCC, 2, 1)),  # another element before it
        (b"\x08\x24\x01\x01\x00\x03\xcc\x02\x01", Place(0xCC, 2, 1)),
    ],
)
def test_the_header_says_where_a_part_belongs(header, place):
    assert parts.place(header) == place


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x00",
        b"\x05",
        b"rubbish",
        b"050003CC02",  # an octet lost
        b"050003CC020",  # half an octet lost
        b"\x05\x00\x03\xcc\x02",
        b"\x05\x00\x05\xcc\x02\x01",  # an element longer than the header
        b"\x05\x00\x02\xcc\x02\x01",
        b"050003CC0101",  # the only part
        b"050003CC0200",
        b"050003CC0203",
        b"050003CC0001",
        b"06050415811581",  # a port, no parts
        b"%u",
        "ă".encode(),
    ],
)
def test_another_header_is_that_of_a_whole_text(header):
    assert parts.place(header) is None


def test_the_same_reference_of_both_lengths_is_not_the_same_text(db):
    assert part(1, 2, "TK, An", reference=parts.place(b"050003070201").reference) is None
    assert part(2, 2, ", 1980", reference=parts.place(b"06080400070202").reference) is None
    assert texts() == []


# --- Joining -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_parts_in_any_order_become_one_sms(db, order):
    said = {1: "TK, Nguyen Van An, 0660", 2: "80001234, 15/08", 3: "/1980 "}
    stored = [part(number, 3, said[number]) for number in order]
    assert [sms is not None for sms in stored] == [False, False, True]
    assert texts() == [(LAN, "TK, Nguyen Van An, 066080001234, 15/08/1980 ")]
    assert stored[2].answered_at is None


def test_a_part_that_comes_again_changes_nothing(db):
    for _ in range(2):
        part(1, 2, "TK, An", name="k-first")
    for _ in range(2):
        part(2, 2, ", 1980", name="k-second")
    part(1, 2, "TK, An", name="k-first")
    part(2, 2, ", 1980", name="the network's repetition has a name of its own")
    assert texts() == [(LAN, "TK, An, 1980")]
    assert [waiting for _text, waiting in left()] == [False, False]


def test_one_name_for_all_parts_is_no_hindrance(db):
    assert part(1, 2, "TK, An", name="k-1") is None
    assert part(2, 2, ", 1980", name="k-1") is not None
    assert texts() == [(LAN, "TK, An, 1980")]


def test_references_senders_and_totals_are_told_apart(db):
    part(1, 2, "TK, An", reference=7)
    part(2, 2, ", 1981", reference=8)
    part(2, 2, ", 1982", sender=MINH)
    part(2, 3, ", 1983", reference=7)
    assert texts() == []
    part(1, 2, "TK, Binh", reference=8)
    part(2, 2, ", 1980", reference=7)
    assert texts() == [(LAN, "TK, Binh, 1981"), (LAN, "TK, An, 1980")]


def test_a_reference_used_again_takes_the_newer_part(db):
    part(1, 2, "TK, cu")
    part(1, 2, "TK, moi")
    part(2, 2, ", 1980")
    assert texts() == [(LAN, "TK, moi, 1980")]
    assert [waiting for _text, waiting in left()] == [False] * 3
    part(1, 2, "TK, lan ba")
    part(2, 2, ", 1990")
    assert texts()[1:] == [(LAN, "TK, lan ba, 1990")]


def test_the_joined_text_stays_in_one_place_only(db):
    part(1, 2, "TK, Nguyen Van An")
    part(2, 2, ", 066080001234")
    assert all("An" not in text and "0660" not in text and len(text) == 64 for text, _waiting in left())
    parts.forget_texts(at=NOW() + inbound.ANSWER_WITHIN + LATER)
    assert left() == [("", False), ("", False)]


@pytest.mark.django_db(transaction=True)
def test_two_last_parts_at_once_make_one_whole():
    for attempt in range(10):
        start, made = threading.Barrier(2), []

        def come(number, attempt=attempt, start=start, made=made):
            try:
                start.wait()
                made.append(part(number, 2, f"{number}", reference=attempt))
            finally:
                connection.close()

        workers = [threading.Thread(target=come, args=[number]) for number in (1, 2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [sms is not None for sms in made].count(True) == 1
    assert texts() == [(LAN, "12")] * 10


# --- Parts that stay away ----------------------------------------------------------------------


def test_after_ten_minutes_what_came_is_an_sms(db):
    part(1, 3, "TK, Nguyen Van An")
    part(3, 3, ", 1980")
    parts.join_late(at=NOW() + PATIENCE - LATER)
    assert texts() == []
    for _ in range(2):
        parts.join_late(at=NOW() + PATIENCE + LATER)
    assert texts() == [(LAN, "TK, Nguyen Van An, 1980")]
    # The one that was missed comes after all: too late, and no second answer.
    part(2, 3, ", 066080001234")
    parts.join_late(at=NOW() + PATIENCE + LATER)
    assert len(texts()) == 1


def test_without_the_first_part_nothing_is_said_until_it_comes(db):
    part(2, 2, ", 1980")
    parts.join_late(at=NOW() + timedelta(hours=3))
    assert texts() == []
    IncomingPart.objects.update(received_at=NOW() - timedelta(hours=3))
    part(1, 2, "TK, An")
    assert texts() == [(LAN, "TK, An, 1980")]


def test_the_parts_still_coming_are_waited_for(db):
    part(1, 3, "TK")
    IncomingPart.objects.update(received_at=NOW() - timedelta(minutes=12))
    part(2, 3, ", An")
    parts.join_late()
    assert texts() == []


def test_texts_that_somebody_keeps_open_do_not_hold_up_the_others(db):
    for reference in range(120):
        part(1, 3, "TK", sender="+84911111111", reference=reference)
    part(1, 2, "TK, An", sender="+84999999999")
    IncomingPart.objects.update(received_at=NOW() - PATIENCE - LATER)
    for reference in range(120):
        part(2, 3, ", An", sender="+84911111111", reference=reference)
    parts.join_late()
    assert texts() == [("+84999999999", "TK, An")]


def test_what_lay_too_long_is_joined_no_more_and_forgotten(db):
    part(1, 2, "TK, An")
    IncomingPart.objects.update(received_at=NOW() - inbound.ANSWER_WITHIN - LATER)
    part(2, 2, ", 1980")
    parts.join_late()
    assert texts() == []
    assert parts.forget_texts() == 1
    assert left() == [("", False), (", 1980", True)]


def test_a_fault_with_one_does_not_hold_up_the_others(db, monkeypatch):
    part(1, 2, "TK, An")
    part(1, 2, "TK, Binh", sender=MINH)
    join = parts._join

    def faulty(waiting, now):
        if waiting[0].sender == LAN:
            raise KeyError
        return join(waiting, now)

    monkeypatch.setattr(parts, "_join", faulty)
    parts.join_late(at=NOW() + PATIENCE + LATER)
    assert texts() == [(MINH, "TK, Binh")]


def test_the_sweep_joins_answers_and_forgets(db, settings):
    settings.SMS_COMMANDS = {"DVC": "portal.messaging.tests.test_inbound.look_up"}
    part(1, 2, "DVC H15.24.133-2611")
    IncomingPart.objects.update(received_at=NOW() - PATIENCE - LATER)
    tasks.sweep()
    assert texts() == [(LAN, "DVC")]
    IncomingPart.objects.update(received_at=NOW() - inbound.ANSWER_WITHIN - LATER)
    tasks.sweep()
    assert left() == [("", False)]
