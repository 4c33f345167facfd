"""The provider's door: GET /sms/mo/."""

import ipaddress
import logging
import threading
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.db import connection
from django.test import Client

from portal.messaging import broker, inbound, views
from portal.messaging.models import IncomingPart, IncomingSms, OutgoingMessage

LAN, MINH = "+84912345678", "+84987654321"
SECRET = "chìa khóa-7391"


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(broker, "ask", lambda task, *args: calls.append((task, *args)) or True)
    return calls


@pytest.fixture
def door(settings):
    settings.SMS_MO_SECRET = SECRET
    settings.SMS_MO_ALLOWED_IPS = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1")]
    settings.SMS_COMMANDS = {"DVC": "portal.messaging.tests.test_inbound.look_up"}


@pytest.fixture
def open_door(door, asked, db):
    """Open, and no worker is called."""


QUERY = {
    "from": "0912345678",
    "to": "8188",
    "text": "DVC H15",
    "msgid": "k-1",
    "ts": "2026-11-18 08:12:00",
    "charset": "UTF-8",
    "secret": SECRET,
}


def handed_in(client, raw=b"", **fields):
    """Hand in an SMS; `raw` is its text as bytes, instead of the text in QUERY."""
    query = urlencode({name: value for name, value in (QUERY | fields).items() if value is not None and not (raw and name == "text")})
    return client.get(f"/sms/mo/?{query}" + (f"&text={quote_from_bytes(raw)}" if raw else ""))


def stored():
    return list(IncomingSms.objects.order_by("pk").values_list("provider_id", "sender", "text"))


def test_the_provider_hands_in_an_sms_and_a_worker_answers(client, door, asked, transactional_db):
    response = handed_in(client)
    assert (response.status_code, response.content) == (200, b"")
    assert stored() == [("k-1", LAN, "DVC H15")]
    assert asked == [("portal.messaging.tasks.answer", IncomingSms.objects.get().pk)]
    assert handed_in(client).status_code == 200
    assert len(stored()) == 1


# --- Who may hand in ---------------------------------------------------------------------------


@pytest.mark.parametrize("unset", ["SMS_MO_SECRET", "SMS_MO_ALLOWED_IPS"])
def test_without_secret_and_address_list_the_door_is_shut(client, db, door, settings, unset):
    setattr(settings, unset, type(getattr(settings, unset))())
    assert handed_in(client).status_code == 404
    assert handed_in(client, secret="").status_code == 404


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ({"secret": "khác"}, "127.0.0.1"),
        ({"secret": SECRET[:-1]}, "127.0.0.1"),
        ({"secret": SECRET + " "}, "127.0.0.1"),
        ({"secret": ""}, "127.0.0.1"),
        ({"secret": None}, "127.0.0.1"),
        ({"secret": "\0"}, "127.0.0.1"),
        ({}, "192.0.2.1"),
        ({"secret": "khác"}, "192.0.2.1"),
        ({}, ""),
    ],
)
def test_a_wrong_secret_or_address_is_refused(client, db, door, query, address):
    client.defaults["REMOTE_ADDR"] = address
    assert handed_in(client, **query).status_code == 403
    assert stored() == []


def test_two_secrets_are_none(client, db, door):
    for second in (SECRET, "khác"):
        assert client.get(f"/sms/mo/?{urlencode(QUERY)}&{urlencode({'secret': second})}").status_code == 403
    assert stored() == []


def test_the_address_is_that_behind_the_trusted_proxies_and_not_one_that_the_caller_writes(client, db, door, settings):
    forged = {"headers": {"X-Forwarded-For": "10.1.1.1"}, "REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/sms/mo/", QUERY, **forged).status_code == 403
    settings.TRUSTED_PROXY_COUNT = 1
    forged["headers"] = {"X-Forwarded-For": "10.1.1.1, 192.0.2.1"}
    assert client.get("/sms/mo/", QUERY, **forged).status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "head"])
def test_other_methods_are_refused(client, db, door, method):
    assert getattr(client, method)("/sms/mo/", QUERY).status_code == 405
    assert stored() == []


def test_neither_the_secret_nor_what_was_texted_is_logged(client, open_door, caplog):
    caplog.set_level(logging.DEBUG)
    for fields in ({}, {"secret": "gần đúng-8264"}, {"from": ""}, {"charset": "klingon"}, {"udh": "rubbish"}):
        handed_in(client, **fields)
    assert "incoming SMS refused: no sender" in caplog.messages
    assert [secret for secret in ("7391", "8264", "912345678", "DVC H15") if secret in caplog.text] == []


# --- What it says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("UTF-16BE", b"\0T\0K\0,\x01\x10", "TK,Đ"),
        ("UTF-8", "TK, Nguyễn".encode("utf-16-be"), "TK, Nguyễn"),
        ("GSM", "DVC H15".encode("utf-16-be"), "DVC H15"),
        ("UTF-16BE", b"\xfe\xff\0T\0K", "TK"),
        ("UTF-8", "Nguyê\u0303n".encode(), "Nguyê\u0303n"),
        ("windows-1258", b"Nguy\xea\xden", "Nguyê\u0303n"),
        ("ISO-8859-1", b"T\xea", "Tê"),
        ("klingon", "Đ".encode(), "Đ"),
        ("UTF-8", b"TK\0, \xed\xa0\x80 \xf0\x9f", "TK, \ufffd\ufffd\ufffd \ufffd"),
        ("UTF-8", b"TK + An & 100%", "TK + An & 100%"),
    ],
)
def test_a_text_in_any_letters_is_read_and_stored(client, open_door, charset, raw, text):
    assert handed_in(client, raw, charset=charset).status_code == 200
    assert stored() == [("k-1", LAN, text)]


@pytest.mark.parametrize(("coding", "raw"), [("2", "TK, Đ".encode("utf-16-be")), ("0", "TK, Đ".encode()), ("", "TK, Đ".encode())])
def test_without_a_charset_the_coding_says_it(client, open_door, coding, raw):
    handed_in(client, raw, charset=None, coding=coding)
    assert stored() == [("k-1", LAN, "TK, Đ")]


def test_marks_beside_their_letters_are_the_same_word(client, open_door):
    handed_in(client, "D\u0302VC H15".encode())
    assert inbound.answer(IncomingSms.objects.get()).body == "Ho so cua 678: H15"


def test_a_very_long_text_is_cut(client, open_door):
    assert handed_in(client, b"DVC " + b"9" * 100_000, msgid="k" * 5000, ts="t" * 5000).status_code == 200
    [(name, sender, text)] = stored()
    assert (len(name), sender, len(text)) == (len("digest:") + 64, LAN, 1000)
    handed_in(client, msgid="k" * 5001)
    assert len(stored()) == 2, "a long name is told from another that begins alike"


@pytest.mark.parametrize("sender", ["", None, " ", "\t"])
def test_an_sms_from_nobody_is_no_sms(client, db, door, sender):
    assert handed_in(client, **{"from": sender}).status_code == 400
    assert stored() == []


@pytest.mark.parametrize("field", ["from", "text", "msgid", "charset", "udh"])
def test_a_field_that_a_text_smuggled_in_is_refused(client, db, door, field):
    assert client.get(f"/sms/mo/?{urlencode(QUERY | {'udh': ''})}&{field}=0987654321").status_code == 400
    assert stored() == []


@pytest.mark.parametrize("absent", ["to", "text", "ts", "charset", "udh", "coding"])
def test_what_may_be_missing_may_be_missing(client, open_door, absent):
    assert handed_in(client, **{absent: None}).status_code == 200
    assert stored() == [("k-1", LAN, "" if absent == "text" else "DVC H15")]


@pytest.mark.parametrize(
    ("sender", "kept"), [(" 84912345678", LAN), ("84912345678", LAN), ("+84 912-345-678", LAN), ("Viettel", "Viettel")]
)
def test_the_sender_in_any_spelling(client, open_door, sender, kept):
    handed_in(client, **{"from": sender})
    assert stored() == [("k-1", kept, "DVC H15")]


# --- Repetitions -------------------------------------------------------------------------------


def test_the_same_name_from_another_sender_is_another_sms(client, open_door):
    """Two gateways may number alike, and neither citizen's text may be swallowed."""
    for sender in ("0912345678", "0987654321", "84912345678"):
        handed_in(client, **{"from": sender})
    assert stored() == [("k-1", LAN, "DVC H15"), ("k-1", MINH, "DVC H15")]


def test_an_sms_without_a_name_is_told_from_others_by_what_it_says(client, open_door):
    for fields in ({}, {}, {"ts": "2026-11-18 08:13:00"}, {"text": "DVC H16"}, {"from": "0987654321"}):
        handed_in(client, **{"msgid": ""} | fields)
    assert len(stored()) == 4


def test_without_name_and_time_the_same_text_is_another_one_after_a_while(client, open_door, monkeypatch):
    now = 1_000_000 * views.SAME_SECONDS
    for seconds in (0, 599, 601):
        monkeypatch.setattr(views.time, "time", lambda seconds=seconds: now + seconds)
        handed_in(client, msgid=None, ts=None)
    assert len(stored()) == 2


def test_a_storm_of_repetitions_is_one_sms_and_one_answer(door, asked, transactional_db):
    start, codes = threading.Barrier(50), []

    def repeat():
        try:
            start.wait()
            codes.append(handed_in(Client()).status_code)
            inbound.answer(IncomingSms.objects.get())
        finally:
            connection.close()

    storm = [threading.Thread(target=repeat) for _ in range(50)]
    for thread in storm:
        thread.start()
    for thread in storm:
        thread.join()
    assert codes == [200] * 50
    assert stored() == [("k-1", LAN, "DVC")]
    assert list(OutgoingMessage.objects.values_list("recipient", "body")) == [(LAN, "Ho so cua 678: H15")]
    assert ("portal.messaging.tasks.answer", IncomingSms.objects.get().pk) in asked


# --- Parts -------------------------------------------------------------------------------------


def test_parts_become_one_sms_when_the_last_one_comes(client, door, asked, transactional_db):
    assert handed_in(client, text="133-261118-0007", msgid="k-2", udh="050003CC0202").content == b""
    assert (stored(), asked) == ([], [])
    assert IncomingPart.objects.get().sender == LAN
    handed_in(client, text="DVC H15.24.", msgid="k-1", udh="050003CC0201")
    assert [(sender, text) for _name, sender, text in stored()] == [(LAN, "DVC H15.24.133-261118-0007")]
    assert asked == [("portal.messaging.tasks.answer", IncomingSms.objects.get().pk)]


def test_a_binary_header_and_letters_of_two_bytes(client, open_door):
    for number, text in ((2, "n Đức, 1980"), (1, "TK, Nguyễ")):
        handed_in(client, text.encode("utf-16-be"), charset="UTF-16BE", msgid=f"k-{number}", udh=bytes([5, 0, 3, 200, 2, number]))
    assert [text for _name, _sender, text in stored()] == ["TK, Nguyễn Đức, 1980"]


def test_parts_without_a_name_are_told_apart_by_their_header(client, open_door):
    for udh in ("050003CC0202", "050003CC0202", "050003CC0201"):
        handed_in(client, text="DVC", msgid=None, udh=udh)
    assert [text for _name, _sender, text in stored()] == ["DVCDVC"]


@pytest.mark.parametrize("udh", ["rubbish", "", "050003CC02", "%u", "\0", "06050415811581"])
def test_with_another_header_a_text_is_whole(client, open_door, udh):
    assert handed_in(client, udh=udh).status_code == 200
    assert stored() == [("k-1", LAN, "DVC H15")]


@pytest.mark.parametrize(
    ("address", "allowed"), [("10.9.8.7", True), ("::ffff:10.9.8.7", True), ("11.0.0.1", False), ("::1", False), ("", False)]
)
def test_the_address_list_takes_networks(door, address, allowed):
    assert inbound.is_allowed(address) is allowed
