"""The ways an SMS leaves the house."""

import pytest

from portal.messaging import routing
from portal.messaging.errors import GatewayError
from portal.messaging.gateways import ConsoleGateway, KannelGateway
from portal.messaging.models import OutgoingMessage

TEXT = "Ho so da duoc tiep nhan, goi 1022"


def send():
    routing.send(OutgoingMessage(pk=7, channel="sms", recipient="+84912345678", body=TEXT))


def test_kannel_is_asked_as_its_manual_says(kannel):
    send()
    assert kannel.queries == [
        {
            "username": "motcua",
            "password": "mật khẩu",
            "from": "8188",
            "to": "+84912345678",
            "text": TEXT,
            "charset": "UTF-8",
            "coding": "0",
        }
    ]


@pytest.mark.parametrize(
    ("status", "answer"), [(202, "0: Accepted for delivery"), (202, ""), (200, "3: Queued for later delivery"), (200, "0: ok")]
)
def test_what_kannel_took_is_taken(kannel, status, answer):
    kannel.status, kannel.answer = status, answer
    send()


@pytest.mark.parametrize(
    ("status", "answer", "permanent", "away"),
    [
        (400, "Missing receiver number", True, False),
        (404, "Not found", True, False),
        (403, "Authorization failed", False, True),
        (429, "Slow down", False, True),
        (503, "Temporal failure", False, True),
        (200, "5: Unknown", False, True),
    ],
)
def test_what_kannel_did_not_take_is_sorted(kannel, status, answer, permanent, away):
    kannel.status, kannel.answer = status, answer
    with pytest.raises(GatewayError) as trouble:
        send()
    assert (str(trouble.value), trouble.value.permanent, trouble.value.away) == (f"{status} {answer}", permanent, away)


def test_a_gateway_that_hangs_is_away(kannel):
    kannel.behaviour = "hang"
    with pytest.raises(GatewayError) as trouble:
        send()
    assert (trouble.value.permanent, trouble.value.away) == (False, True)


def test_a_gateway_that_is_not_there_is_away_and_its_address_is_not_told():
    with pytest.raises(GatewayError) as trouble:
        KannelGateway(url="http://127.0.0.1:9/sendsms", password="secret-word").send(to="+84912345678", text=TEXT, reference="7")
    assert (trouble.value.permanent, trouble.value.away) == (False, True)
    assert "secret-word" not in str(trouble.value)
    assert "912345678" not in str(trouble.value)


def test_the_console_tells_that_an_sms_went_and_not_what_it_said(caplog):
    caplog.set_level("INFO")
    ConsoleGateway().send(to="+84912345678", text="482913 la ma", reference="7")
    assert caplog.messages == ["SMS 7 of 12 letters kept in the development inbox"]


def test_outside_the_demo_the_console_is_no_gateway(settings):
    settings.DEMO = False
    with pytest.raises(GatewayError) as trouble:
        ConsoleGateway().send(to="+84912345678", text="x", reference="7")
    assert (trouble.value.permanent, trouble.value.away) == (False, True)
