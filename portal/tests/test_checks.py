import pytest
from django.core.checks.registry import registry
from django.test import override_settings

from portal import checks

SAFE = {
    "DEMO": False,
    "HTTPS_ONLY": True,
    "CAPTCHA_TEST_MODE": False,
    "SIGNUP_DOORS": [],
    "PUBLIC_BASE_URL": "https://motcua.example",
    "OIDC_ISSUER": "https://xac-thuc.example",
    "SIGNIN_OTP": "new-device",
    "SUBSCRIBER_UNKNOWN": "refuse",
    "SMS_MO_SECRET": "",
    "HOTLINE": "19001022",
}
CHECKS = [
    checks.demo_is_off,
    checks.captcha_asks,
    checks.national_identity_is_the_door,
    checks.links_lead_here,
    checks.national_door_is_private,
    checks.a_password_alone_opens_nothing,
    checks.phones_are_their_owners,
    checks.texts_come_in,
    checks.the_hotline_fits_messages,
]


def warnings():
    return [warning.id for check in CHECKS for warning in check(None)]


def test_a_safe_site_is_told_nothing():
    with override_settings(**SAFE):
        assert warnings() == []


@pytest.mark.parametrize(
    ("setting", "value", "warning"),
    [
        ("DEMO", True, "portal.W001"),
        ("CAPTCHA_TEST_MODE", True, "portal.W002"),
        ("SIGNUP_DOORS", ["email"], "portal.W003"),
        ("PUBLIC_BASE_URL", "http://127.0.0.1:8000", "portal.W004"),
        ("OIDC_ISSUER", "http://xac-thuc.example", "portal.W005"),
        ("SIGNIN_OTP", "off", "portal.W006"),
        ("HOTLINE", "0262 3 999 999", "portal.W009"),
    ],
)
def test_each_danger_is_named(setting, value, warning):
    with override_settings(**SAFE | {setting: value}):
        assert warnings() == [warning]


def test_every_check_is_run_before_citizens_come():
    assert set(CHECKS) <= set(registry.deployment_checks)


@pytest.mark.parametrize(
    ("doors", "unknown", "told"),
    [
        (["mobile"], "allow", ["portal.W003", "portal.W007"]),
        (["mobile"], "refuse", ["portal.W003"]),
        (["sms"], "allow", ["portal.W003", "portal.W008"]),
        ([], "allow", []),
    ],
)
def test_a_door_is_open_only_with_what_it_leans_on(doors, unknown, told):
    with override_settings(**SAFE | {"SIGNUP_DOORS": doors, "SUBSCRIBER_UNKNOWN": unknown}):
        assert warnings() == told
