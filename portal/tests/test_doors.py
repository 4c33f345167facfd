import pytest
from django.http import Http404

from portal import doors


def test_the_doors_are_those_of_the_settings(settings):
    settings.SIGNUP_DOORS, settings.OIDC_ISSUER = ["mobile", "sms"], "https://xac-thuc.example"
    assert doors.standing() == doors.Doors(mobile=True, email=False, sms=True, national=True)


@pytest.mark.parametrize(("own", "any_own"), [([], False), (["mobile"], True), (["email"], True), (["sms"], True)])
def test_a_sign_up_needs_a_door_of_our_own(settings, own, any_own):
    settings.SIGNUP_DOORS, settings.OIDC_ISSUER = own, "https://xac-thuc.example"
    assert doors.standing().any is any_own


def test_a_closed_door_is_not_there(settings):
    settings.SIGNUP_DOORS, settings.OIDC_ISSUER = ["email"], ""
    doors.require("email")
    for closed in ("mobile", "sms", "national"):
        with pytest.raises(Http404):
            doors.require(closed)
