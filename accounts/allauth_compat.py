"""What we use of allauth that its documentation does not promise: one place, one contract test each."""

from allauth.account import app_settings
from allauth.account.forms import default_token_generator
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.models import EmailAddress, EmailConfirmationHMAC, Login
from allauth.account.stages import LoginStage
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core import signing

__all__ = [
    "EmailConfirmationHMAC",
    "Login",
    "LoginStage",
    "OAuth2CallbackView",
    "OpenIDConnectOAuth2Adapter",
    "OpenIDConnectProvider",
    "address_behind",
    "default_token_generator",
    "last_method",
    "login_stage_required",
    "logout",
    "sign_in",
    "user_pk_to_url_str",
]


def address_behind(key: str) -> EmailAddress | None:
    """The address a confirmation link was made for, however old the link; None where it is not one of ours."""
    try:
        pk = signing.loads(key, salt=app_settings.SALT)
    except signing.BadSignature:
        return None
    return EmailAddress.objects.select_related("user").filter(pk=pk).first()


def sign_in(request, user, *, method, next_url="", passed=()):
    """Begin allauth's login of `user`, the stages named in `passed` being behind already; returns the answer."""
    record_authentication(request, user, method=method)
    stages = {key: {"handled": True} for key in passed}
    return perform_login(request, Login(user=user, redirect_url=next_url or None, state={"stages": stages}))


def last_method(request, user) -> str:
    """How `user` proved in this session who they are, the last time: “password”, “socialaccount”…; empty if never."""
    records = get_authentication_records(request, user)
    return records[-1]["method"] if records else ""
