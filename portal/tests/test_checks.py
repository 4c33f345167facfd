import pytest
from django.test import override_settings

from portal import checks

SAFE = {"DEMO": False, "HTTPS_ONLY": True, "CAPTCHA_TEST_MODE": False, "SIGNUP_DOORS": [], "PUBLIC_BASE_URL": "https://motcua.example"}
CHECKS = [checks.demo_is_off, checks.captcha_asks, checks.national_identity_is_the_door, checks.links_lead_here]


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
    ],
)
def test_each_danger_is_named(setting, value, warning):
    with override_settings(**SAFE | {setting: value}):
        assert warnings() == [warning]
