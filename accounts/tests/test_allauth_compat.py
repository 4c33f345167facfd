"""What allauth does not promise in its documentation and we lean on: one test each, to read after an upgrade."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthError
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import allauth_compat
from accounts.national import Problem
from accounts.national.oidc import NationalAdapter, NationalOAuth2Adapter
from accounts.stages import ChoosePasswordStage
from accounts.tests.make import make_citizen

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_nobody():
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    return request


def test_a_stage_is_made_of_controller_request_and_login(request_of_nobody, lan):
    login = allauth_compat.Login(user=lan)
    stage = ChoosePasswordStage(None, request_of_nobody, login)
    assert (stage.login.user, stage.handle()) == (lan, (None, True))
    for verb in ("exit", "abort"):
        assert callable(getattr(stage, verb))


def test_a_login_survives_the_session(lan):
    kept = allauth_compat.Login(user=lan, redirect_url="/tai-khoan/").serialize()
    back = allauth_compat.Login.deserialize(kept)
    assert (back.user, back.redirect_url) == (lan, "/tai-khoan/")


def test_a_page_of_a_stage_sends_everybody_else_away(request_of_nobody):
    page = allauth_compat.login_stage_required(stage="choose_password", redirect_urlname="account_login")(
        lambda request: HttpResponse("inside")
    )
    assert page(request_of_nobody).url == reverse("account_login")
    assert page.login_required is False


def test_a_confirmation_key_signs_the_address_and_ends(lan, time_machine):
    address = EmailAddress.objects.create(user=lan, email="other@example.com")
    key = allauth_compat.EmailConfirmationHMAC(address).key
    assert allauth_compat.EmailConfirmationHMAC.from_key(key).email_address == address
    assert allauth_compat.address_behind(key) == address
    assert allauth_compat.address_behind(key + "x") is None
    assert allauth_compat.address_behind(signing.dumps(address.pk)) is None, "another salt"
    address.set_verified()
    assert allauth_compat.EmailConfirmationHMAC.from_key(key) is None


def test_a_recovery_token_ends_with_the_password_it_was_made_for(lan):
    token = allauth_compat.default_token_generator.make_token(lan)
    assert allauth_compat.default_token_generator.check_token(lan, token)
    lan.set_password("Một mật khẩu khác 9")
    assert not allauth_compat.default_token_generator.check_token(lan, token)


def test_the_key_of_an_account_fits_into_an_address(lan):
    assert reverse("account_reset_password_from_key", args=[allauth_compat.user_pk_to_url_str(lan), "x"])


def test_the_code_flow_asks_our_adapter_for_everything_it_sends_and_believes():
    for name in ("openid_config", "access_token_url", "authorize_url", "get_callback_url", "get_access_token_data", "complete_login"):
        assert hasattr(allauth_compat.OpenIDConnectOAuth2Adapter, name), "no longer there, so ours is never asked"
        assert name in vars(NationalOAuth2Adapter)
    assert callable(allauth_compat.OAuth2CallbackView.adapter_view)


def test_a_national_account_begins_with_a_verifier_of_its_own(request_of_nobody, settings):
    settings.OIDC_ISSUER = "https://issuer.example"
    provider = NationalAdapter().get_provider(request_of_nobody, "dvcqg")
    assert isinstance(provider, allauth_compat.OpenIDConnectProvider)
    first, second = provider.get_pkce_params(), provider.get_pkce_params()
    assert set(first) == {"code_verifier", "code_challenge", "code_challenge_method", "nonce"}
    assert first["code_verifier"] != second["code_verifier"]


def test_our_hook_comes_before_the_page_of_an_error(request_of_nobody):
    with pytest.raises(Problem, match="cancelled"):
        render_authentication_error(request_of_nobody, None, error=AuthError.CANCELLED)


def test_a_stage_named_as_passed_is_not_entered_and_the_way_of_proof_is_remembered(client, settings):
    settings.SIGNIN_OTP = "always"
    thu = make_citizen(phone_verified_at=timezone.now())
    request = client.get(reverse("account_login")).wsgi_request
    assert allauth_compat.last_method(request, thu) == ""
    assert allauth_compat.sign_in(request, thu, method="phone", next_url="/tai-khoan/", passed=["sms_code"]).url == "/tai-khoan/"
    assert (request.user, allauth_compat.last_method(request, thu)) == (thu, "phone")
