"""What `manage.py check --deploy` warns of before citizens come."""

from django.conf import settings
from django.core.checks import Tags, Warning, register

LONGEST_HOTLINE = 8


@register(Tags.security, deploy=True)
def demo_is_off(app_configs, **kwargs):
    if settings.DEMO and settings.HTTPS_ONLY:
        yield Warning(
            "DEMO is on, so anyone can read every message at /dev/hop-thu/.",
            hint="Set DEMO=0 where citizens come.",
            id="portal.W001",
        )


@register(Tags.security, deploy=True)
def captcha_asks(app_configs, **kwargs):
    if getattr(settings, "CAPTCHA_TEST_MODE", False):
        yield Warning("CAPTCHA_TEST_MODE accepts the answer “passed”.", hint="Remove CAPTCHA_TEST_MODE.", id="portal.W002")


@register(Tags.security, deploy=True)
def national_identity_is_the_door(app_configs, **kwargs):
    """QĐ 29/2026/QĐ-TTg: from 20 July 2026 citizens enter with national electronic identity; own accounts are for trials."""
    if settings.SIGNUP_DOORS:
        yield Warning(
            f"Citizens can still sign up here ({', '.join(settings.SIGNUP_DOORS)}), while the law sends them to national electronic identity (VNeID).",
            hint="Close the own doors with SIGNUP_DOORS= once the national door is connected.",
            id="portal.W003",
        )


@register(Tags.security, deploy=True)
def links_lead_here(app_configs, **kwargs):
    if "//127.0.0.1" in settings.PUBLIC_BASE_URL or "//localhost" in settings.PUBLIC_BASE_URL:
        yield Warning(
            f"Links in messages begin with {settings.PUBLIC_BASE_URL}, which leads to the reader's own machine.",
            hint="Set PUBLIC_BASE_URL to the address citizens see, e.g. https://dichvucong.example.gov.vn.",
            id="portal.W004",
        )


@register(Tags.security, deploy=True)
def national_door_is_private(app_configs, **kwargs):
    if settings.OIDC_ISSUER and not settings.OIDC_ISSUER.startswith("https://"):
        yield Warning(
            f"OIDC_ISSUER is {settings.OIDC_ISSUER}: who stands between could sign in as any citizen.",
            hint="Write the address of the national authentication service, which begins with https://.",
            id="portal.W005",
        )


@register(Tags.security, deploy=True)
def a_password_alone_opens_nothing(app_configs, **kwargs):
    if settings.SIGNIN_OTP == "off":
        yield Warning(
            "SIGNIN_OTP is off, so a password alone opens a citizen's account.",
            hint="Set SIGNIN_OTP=new-device, or always.",
            id="portal.W006",
        )


@register(Tags.security, deploy=True)
def phones_are_their_owners(app_configs, **kwargs):
    if "mobile" in settings.SIGNUP_DOORS and not settings.DEMO and settings.SUBSCRIBER_UNKNOWN == "allow":
        yield Warning(
            "SUBSCRIBER_UNKNOWN is allow, so anyone with any phone can register under somebody else's ID number.",
            hint="Give SUBSCRIBER_REGISTRY_URL, and set SUBSCRIBER_UNKNOWN=refuse; or close the door with SIGNUP_DOORS.",
            id="portal.W007",
        )


@register(Tags.security, deploy=True)
def texts_come_in(app_configs, **kwargs):
    if "sms" in settings.SIGNUP_DOORS and not settings.DEMO and not (settings.SMS_MO_SECRET and settings.SMS_MO_ALLOWED_IPS):
        yield Warning(
            "Citizens are told to register by SMS, but no text can come in: /sms/mo/ is shut.",
            hint="Set SMS_MO_SECRET and SMS_MO_ALLOWED_IPS, or close the door with SIGNUP_DOORS.",
            id="portal.W008",
        )


@register(Tags.security, deploy=True)
def the_hotline_fits_messages(app_configs, **kwargs):
    """A number cut at the end of an SMS would be somebody else's."""
    if len(settings.HOTLINE) > LONGEST_HOTLINE:
        yield Warning(
            f"HOTLINE has {len(settings.HOTLINE)} signs; the longest SMS have room for {LONGEST_HOTLINE} and would cut it.",
            hint="Write a short number without spaces, e.g. 1022 or 19001022.",
            id="portal.W009",
        )
