"""The way out of a demo."""

import pytest

from portal.messaging.errors import GatewayError
from portal.messaging.gateways import ConsoleGateway


def test_the_console_tells_that_an_sms_went_and_not_what_it_said(caplog):
    caplog.set_level("INFO")
    ConsoleGateway().send(to="+84912345678", text="482913 la ma", reference="7")
    assert caplog.messages == ["SMS 7 of 12 letters kept in the development inbox"]


def test_outside_the_demo_the_console_is_no_gateway(settings):
    settings.DEMO = False
    with pytest.raises(GatewayError) as trouble:
        ConsoleGateway().send(to="+84912345678", text="x", reference="7")
    assert (trouble.value.permanent, trouble.value.away, trouble.value.doubtful) == (False, True, False)
