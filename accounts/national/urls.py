"""allauth's two addresses of the national door. A citizen comes back from the issuer to one, whatever their language."""

from django.urls import path

from accounts.national import PROVIDER
from accounts.views import national

here = {"provider_id": PROVIDER}

urlpatterns = [
    path(f"{PROVIDER}/login/", national.to_choice, here, name="openid_connect_login"),
    path(f"{PROVIDER}/login/callback/", national.callback, here, name="openid_connect_callback"),
]
