"""Where our rules enter allauth's OpenID Connect: one issuer, one way through, nothing taken from the request."""

import base64
import hashlib
import re

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.allauth_compat import OpenIDConnectOAuth2Adapter, OpenIDConnectProvider
from accounts.national import PROVIDER, Identity, Problem, admit
from accounts.national.issuer import Issuer


def nonce_of(verifier: str) -> str:
    """The nonce that belongs to a PKCE verifier.

    The verifier lies in the session's state, once, and never leaves it before the code comes back; so does
    the nonce made from it, and an ID token with another nonce was made for another browser or another time.
    """
    return base64.urlsafe_b64encode(hashlib.sha256(b"nonce:" + verifier.encode()).digest()).rstrip(b"=").decode()


class NationalOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """allauth's code flow, with our own questions to the issuer and our own judgement of its answers."""

    def __init__(self, request, provider_id=PROVIDER):
        super().__init__(request, provider_id)
        self.nonce = ""

    @cached_property
    def issuer(self):
        return Issuer()

    @property
    def openid_config(self):
        return self.issuer.configuration

    @property
    def access_token_url(self):
        return self.issuer.endpoint("token_endpoint")

    @property
    def authorize_url(self):
        return self.issuer.endpoint("authorization_endpoint")

    def get_callback_url(self, request, app):
        """By our public name, whatever host this request says it came to."""
        return settings.PUBLIC_BASE_URL + reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None):
        if request.GET.get("iss", self.openid_config["issuer"]) != self.openid_config["issuer"]:
            raise Problem("untrusted", "the answer names another issuer")
        self.nonce = nonce_of(pkce_code_verifier)
        return self.issuer.exchange(request.GET["code"], pkce_code_verifier, client.callback_url)

    def complete_login(self, request, app, token, **kwargs):
        identity = Identity.from_claims(self.issuer.claims(kwargs["response"], self.nonce))
        # The number alone: no e-mail that allauth could look up, no name that it would keep a second time.
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": {"SoDinhDanh": identity.number}})
        login.identity = identity
        return login


class NationalProvider(OpenIDConnectProvider):
    """allauth would let the address of the page add scopes, parameters and purposes; this one listens to nobody."""

    oauth2_adapter_class = NationalOAuth2Adapter

    def get_pkce_params(self):
        pkce = super().get_pkce_params()
        return pkce | {"nonce": nonce_of(pkce["code_verifier"])}

    def start(self, request, *, next_url, extra=None):
        """Send the citizen to the issuer; raises Problem where it cannot be reached."""
        return self.redirect(request, AuthProcess.LOGIN, next_url=next_url, auth_params={"acr_values": "LoA1"} | (extra or {}))


class NationalAdapter(DefaultSocialAccountAdapter):
    """The settings' one application, and our accounts instead of allauth's sign-up."""

    def list_apps(self, request, provider=None, client_id=None):
        if not settings.OIDC_ISSUER or provider not in (None, PROVIDER, NationalProvider.id):
            return []
        return [
            SocialApp(
                provider=NationalProvider.id,
                provider_id=PROVIDER,
                name="Cổng Dịch vụ công quốc gia",
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={
                    "server_url": settings.OIDC_ISSUER,
                    "token_auth_method": "client_secret_basic",
                    "oauth_pkce_enabled": True,
                    "scope": ["openid"],
                    "uid_field": "SoDinhDanh",
                },
            )
        ]

    def get_provider(self, request, provider, client_id=None):
        return NationalProvider(request, app=self.get_app(request, provider, client_id))

    def pre_social_login(self, request, sociallogin):
        """From here on allauth signs in an account that exists: it has nothing to register and nobody to ask."""
        sociallogin.account, how = admit(sociallogin.identity)
        sociallogin.user = sociallogin.account.user
        request.national_account = how, sociallogin.identity

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        """allauth would draw a page of its own; ours has words for each reason."""
        if error == AuthError.CANCELLED:
            raise Problem("cancelled")
        if exception is not None:
            raise Problem("untrusted", type(exception).__name__)
        if not (extra_context or {}).get("state"):
            raise Problem("stale", "no such state in this session")
        said = request.GET.get("error", "no code")
        raise Problem("away", said if re.fullmatch(r"[a-z_ ]{1,40}", said) else "an error without a name")
