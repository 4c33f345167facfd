"""What may be kept of a provider's answer."""

import pytest

from portal.messaging import reports
from portal.messaging.errors import GatewayError, without_addresses
from portal.messaging.models import OutgoingMessage


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 <lan@example.com> unknown", "550 <…> unknown"),
        ("400 invalid 84912345678", "400 invalid …"),
        ("200 code 1004", "200 code 1004"),
        ("400 bad request: username=motcua&password=abc123&to=1", "400 bad request: username=motcua&password=…&to=1"),
        ("554 spam: https://motcua.example/dat-lai/c8f1-5d41402abc4b2a76b9719d911017c592/", "554 spam: https://motcua.example/dat-lai/…/"),
        ("two\n\nlines", "two lines"),
        ("x" * 400, "x" * 300),
    ],
)
def test_an_answer_is_fit_for_lists(said, kept):
    assert without_addresses(said) == kept


def test_the_address_for_reports_is_no_part_of_it():
    token = reports.address(OutgoingMessage(pk=7, sending=1), "kannel-1").rstrip("/").rpartition("/")[2]
    assert without_addresses(f"400 callback {token} refused") == "400 callback … refused"


def test_what_it_repeats_of_the_text_is_taken_out():
    trouble = GatewayError("403 spam in “482913 la ma”, text=482913+la+ma", away=True)
    trouble.conceal("482913 la ma xac nhan (OTP)")
    assert (str(trouble), trouble.away) == ("403 spam in “… la ma”, text=…+la+ma", True)


def test_a_text_that_is_gone_conceals_nothing():
    trouble = GatewayError("503 busy")
    trouble.conceal("")
    assert str(trouble) == "503 busy"
