"""Finding messages by what people type."""

import pytest

from portal.messaging.admin import search
from portal.messaging.models import IncomingSms, OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms

pytestmark = pytest.mark.django_db


def found(typed):
    return list(search.outgoing(OutgoingMessage.objects.all(), typed))


def test_by_address_event_record_and_number():
    letter = make_letter(recipient="lan.nie@example.com", event="account:7:reset:1", about="account:7")
    make_sms(), make_letter()
    for typed in ("lan.nie@example.com", " Lan.Nie@example.com ", "account:7:reset:1", "account:7", str(letter.pk)):
        assert found(typed) == [letter]


def test_a_foreign_number_is_found_as_it_was_written():
    sms = make_sms(recipient="+8562012345678")
    assert found("+856 20 1234 5678") == [sms]


def test_nothing_typed_is_no_search_and_nonsense_finds_nothing():
    sms = make_sms()
    assert found("  ") == [sms]
    for typed in ("không có", "99999999999999999999", "@", "+", "%", "²"):
        assert found(typed) == []


def test_a_text_is_found_by_its_sender_or_by_the_providers_id():
    sms = IncomingSms.objects.create(provider_id="k-1", sender="+84912345678", text="DVC")
    IncomingSms.objects.create(provider_id="k-2", sender="8051", text="x")
    for typed in ("0912 345 678", "k-1"):
        assert list(search.incoming(IncomingSms.objects.all(), typed)) == [sms]
    assert search.incoming(IncomingSms.objects.all(), "").count() == 2
