"""The addresses of the issuer."""

from django.urls import include, path

from portal.issuer import views

urlpatterns = [
    path("", views.start, name="start"),
    path("dang-nhap/", views.SignIn.as_view(), name="account_login"),
    path("dang-nhap/otp/", views.Code.as_view(), name="code"),
    path("huy/", views.cancel, name="cancel"),
    # In front of allauth's own: the first is stricter here, the others are not served.
    path("identity/o/authorize", views.Authorize.as_view()),
    path("identity/o/device", views.not_served),
    path("identity/o/logout", views.not_served),
    path("identity/o/api/device/code", views.not_served),
    path("identity/o/api/revoke", views.not_served),
    path("", include("allauth.idp.urls")),
]
