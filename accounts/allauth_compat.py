"""What we use of allauth that its documentation does not promise: one place, one contract test each."""

from allauth.account import app_settings
from allauth.account.forms import default_token_generator
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.logout import logout
from allauth.account.models import EmailAddress, EmailConfirmationHMAC, Login
from allauth.account.stages import LoginStage
from allauth.account.utils import user_pk_to_url_str
from django.core import signing

__all__ = [
    "EmailConfirmationHMAC",
    "Login",
    "LoginStage",
    "address_behind",
    "default_token_generator",
    "login_stage_required",
    "logout",
    "user_pk_to_url_str",
]


def address_behind(key: str) -> EmailAddress | None:
    """The address a confirmation link was made for, however old the link; None where it is not one of ours."""
    try:
        pk = signing.loads(key, salt=app_settings.SALT)
    except signing.BadSignature:
        return None
    return EmailAddress.objects.select_related("user").filter(pk=pk).first()
