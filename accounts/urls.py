"""Addresses of the doors in: sign-up, sign-in, recovery, the account page.

allauth's own map is not included: only the pages we show, under the names it looks for.
"""

from django.urls import include, path

from accounts import views

own = [
    path("dang-ky/", views.signup, name="signup"),
    path("dang-ky/email/", views.signup_email, name="signup_email"),
    path("dang-ky/khieu-nai/", views.dispute, name="dispute"),
    path("dang-nhap/mat-khau-moi/", views.choose_password, name="choose_password"),
    path("tai-khoan/", views.profile, name="profile"),
]

urlpatterns = [
    path("dang-ky/email/kiem-tra-hop-thu/", views.check_inbox, name="account_email_verification_sent"),
    path("dang-ky/email/<str:key>/", views.confirm, name="account_confirm_email"),
    path("dang-nhap/", views.sign_in, name="account_login"),
    path("dang-xuat/", views.sign_out, name="account_logout"),
    path("quen-mat-khau/", views.forgot_password, name="account_reset_password"),
    path("", include((own, "accounts"))),
    path("dang-ky/", views.signup, name="account_signup"),
]
