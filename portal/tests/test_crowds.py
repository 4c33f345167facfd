"""The confirmation code on forms that ask for none where one caller has one address."""

import ipaddress

import pytest
from captcha.models import CaptchaStore
from django import forms
from django.contrib.sessions.backends.signed_cookies import SessionStore

from portal import callers, circuit, throttle
from portal.crowds import AskedInCrowds

OFFICE, HOME = "203.0.113.7", "198.51.100.7"


class Form(AskedInCrowds, forms.Form):
    name = forms.CharField()

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_in_crowds(request, mail_from=2)


@pytest.fixture(autouse=True)
def a_crowd(settings):
    settings.SHARED_NETWORKS = [ipaddress.ip_network("203.0.113.0/24")]
    settings.CAPTCHA_WRONG_PER_10_MINUTES = 2
    circuit.client(settings.REDIS_URL).flushdb()


@pytest.fixture
def posted(rf, db):
    def _posted(address=OFFICE, session=None, **data):
        request = rf.post("/", data, REMOTE_ADDR=address)
        request.session = SessionStore() if session is None else session
        return Form(request.POST, request=request)

    return _posted


@pytest.fixture
def used_up(posted, rf):
    """The address has done what one caller may."""
    for address in (OFFICE, HOME):
        for _event in range(2):
            request = rf.post("/", REMOTE_ADDR=address)
            request.session = SessionStore()
            callers.check(request, "mail-from", limit=2, seconds=60)


def test_nothing_is_asked_before_the_limit(posted):
    assert posted(name="Lan").is_valid()


def test_beyond_it_the_crowd_is_asked_and_who_has_an_address_alone_is_not(posted, used_up):
    form = posted(name="Lan")
    assert form.errors == {"captcha": ["Nhập 5 chữ số trong hình hoặc nghe mã."]}
    assert 'name="captcha_1"' in str(form)
    assert posted(HOME, name="Lan").is_valid()


def test_the_right_digits_open_it_once(posted, used_up):
    code = CaptchaStore.objects.create(challenge="40728", response="40728")
    answer = {"name": "Lan", "captcha_0": code.hashkey, "captcha_1": "40728"}
    assert posted(**answer).is_valid()
    assert not posted(**answer).is_valid()


def test_without_the_digits_the_form_tells_nothing_else(posted, used_up):
    assert list(posted(name="").errors) == ["captcha"]
    code = CaptchaStore.objects.create(challenge="40728", response="40728")
    assert list(posted(name="", captcha_0=code.hashkey, captcha_1="40728").errors) == ["name"]


def test_another_picture_keeps_what_was_typed_and_judges_nothing(posted, used_up):
    code = CaptchaStore.objects.create(challenge="40728", response="40728")
    form = posted(name="Lan", captcha_0=code.hashkey, captcha_1="40728", action="new-captcha")
    assert not form.is_valid()
    assert form.errors == {}
    assert 'value="Lan"' in str(form)
    assert code.hashkey not in str(form)
    assert CaptchaStore.objects.filter(pk=code.pk).exists()


def test_guessing_ends_for_one_session_and_not_for_the_office(posted, used_up):
    session = SessionStore()
    for _guess in range(2):
        code = CaptchaStore.objects.create(challenge="40728", response="40728")
        assert not posted(session=session, name="Lan", captcha_0=code.hashkey, captcha_1="11111").is_valid()
    with pytest.raises(throttle.TooMany):
        posted(session=session, name="Lan", captcha_0="x", captcha_1="11111").is_valid()
    assert not posted(name="Lan", captcha_0="x", captcha_1="11111").is_valid()
