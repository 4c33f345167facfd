"""What the portal is told about a person: the claims of the national authentication service."""

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings

from portal.issuer.models import Person

CITIZEN = "1"
# Ways that allauth could offer and this issuer does not have.
NOT_SERVED = ("device_authorization_endpoint", "end_session_endpoint", "revocation_endpoint")


class IssuerAdapter(DefaultOIDCAdapter):
    def get_issuer(self):
        """The address the portal was given, whatever name this request came by."""
        return settings.OIDC_ISSUER

    def get_claims(self, purpose, user, client, scopes, email=None, **kwargs):
        return {
            "sub": self.get_user_sub(client, user),
            "SoDinhDanh": user.national_id,
            "HoVaTen": user.full_name,
            "NgayThangNamSinh": f"{user.birth_date:%Y%m%d}",
            "LoaiTaiKhoan": CITIZEN,
            "TechID": user.tech_id,
            "loginIdp": "dvcqg",
        }

    def get_user_sub(self, client, user):
        return user.tech_id

    def get_user_by_sub(self, client, sub):
        return Person.objects.filter(tech_id=sub).first()

    def populate_server_metadata(self, data):
        for name in NOT_SERVED:
            del data[name]
        data |= {"scopes_supported": ["openid"], "grant_types_supported": ["authorization_code"], "response_types_supported": ["code"]}
