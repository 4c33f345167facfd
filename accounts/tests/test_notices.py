"""Until when the messages about an account are of use, and which of them come at night."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import notices
from accounts.tests.make import make_citizen
from portal.messaging.models import OutgoingMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_citizen(email="hlan@example.com", phone="+84912345678", phone_verified_at=timezone.now())


def written(channel):
    return OutgoingMessage.objects.get(channel=channel)


def test_the_letter_with_a_temporary_password_is_of_use_as_long_as_the_password(owner):
    notices.confirm(owner, owner.give_temporary_password(), "https://motcua.example/x")
    assert written("email").expires_at == owner.temporary_password_until


@pytest.mark.parametrize(
    ("post", "hours"),
    [
        (lambda user: notices.reset(user, user.email, "https://motcua.example/x"), 0.5),
        (lambda user: notices.confirm_address(user, "khac@example.com", "https://motcua.example/x"), 72),
    ],
    ids=["reset", "confirm_address"],
)
def test_a_letter_with_a_link_is_of_use_as_long_as_the_link(owner, settings, post, hours):
    settings.PASSWORD_RESET_TIMEOUT, settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1800, 3
    before = timezone.now()
    post(owner)
    assert before + timedelta(hours=hours) <= written("email").expires_at <= timezone.now() + timedelta(hours=hours)


@pytest.mark.parametrize(
    "post",
    [
        lambda user: notices.changed(user, "Mật khẩu"),
        notices.linked,
        notices.ways_removed,
        notices.registered_by_phone,
    ],
    ids=["changed", "linked", "ways_removed", "registered"],
)
def test_what_an_owner_must_hear_at_once_comes_at_night_too(owner, post):
    post(owner)
    sms = written("sms")
    assert (sms.any_hour, sms.expires_at, sms.priority) == (True, None, 5)


def test_that_an_account_is_gone_can_wait_for_the_morning(owner):
    notices.closed(owner)
    assert not written("sms").any_hour
