"""What a portal asks for when it sends a citizen here."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode


@dataclass(frozen=True)
class Asked:
    """A request that came from a portal we know, and the address it wants the answer at."""

    redirect_uri: str
    state: str

    def refusal(self) -> str:
        """Where the citizen goes who does not want to sign in."""
        answer = {"error": "access_denied"} | ({"state": self.state} if self.state else {})
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(answer)}"


def from_query(query: QueryDict) -> Asked | None:
    """None where the portal, its address or its proof (PKCE) is not what it must be: nothing is sent anywhere then."""
    client = Client.objects.filter(pk=query.get("client_id", "").replace("\0", "")).first()
    redirect_uri = query.get("redirect_uri", "")
    if client is None or redirect_uri not in client.get_redirect_uris():
        return None
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        return None
    return Asked(redirect_uri, query.get("state", ""))


def from_address(address: str) -> Asked | None:
    """The request in an address of our own, as the sign-in page carries it along."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path != reverse("idp:oidc:authorization"):
        return None
    return from_query(QueryDict(parts.query))
