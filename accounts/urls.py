"""Addresses of the doors in: sign-up, sign-in, recovery, the account page.

allauth's own map is not included: only the pages we show, under the names it looks for.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import (
    closing,
    dispute,
    email,
    mobile,
    mydata,
    national,
    phone,
    profile,
    proof,
    recovery,
    sessions,
    signin,
    signup,
    ways,
)

own = [
    path("dang-ky/", signup.choose, name="signup"),
    path("dang-ky/thue-bao/", mobile.fill_in, name="signup_mobile"),
    path("dang-ky/thue-bao/otp/", mobile.Code.as_view(), name="signup_mobile_code"),
    path("dang-ky/thue-bao/mat-khau/", mobile.choose_password, name="signup_mobile_password"),
    path("dang-ky/xong/", mobile.done, name="signup_done"),
    path("dang-ky/nhan-tin/", signup.by_sms, name="signup_sms"),
    path("dang-ky/email/", signup.by_email, name="signup_email"),
    path("dang-ky/email/gui-lai/", signup.resend, name="resend"),
    path("dang-ky/khieu-nai/", dispute.dispute, name="dispute"),
    path("dang-ky/khieu-nai/otp/", dispute.Code.as_view(), name="dispute_code"),
    path("dang-ky/khieu-nai/da-gui/", dispute.sent, name="dispute_sent"),
    path("dang-ky/khieu-nai/nhan/", dispute.claim, name="claim"),
    path("dang-ky/khieu-nai/nhan/otp/", dispute.ClaimCode.as_view(), name="claim_code"),
    path("dang-ky/khieu-nai/nhan/mat-khau/", dispute.choose_password, name="claim_password"),
    path("dang-nhap/otp/", signin.sign_in_code, name="sign_in_code"),
    path("dang-nhap/dvcqg/", national.choose, name="national"),
    path("dang-nhap/mat-khau-moi/", signin.choose_password, name="choose_password"),
    path("quen-mat-khau/otp/", recovery.Code.as_view(), name="recovery_code"),
    path("quen-mat-khau/mat-khau-moi/", recovery.choose_after_code, name="recovery_password"),
    path("tai-khoan/", profile.profile, name="profile"),
    path("tai-khoan/cach-dang-nhap/", ways.ask, name="ways"),
    path("tai-khoan/lien-he/", profile.contact, name="contact"),
    path("tai-khoan/xac-nhan/", proof.prove, name="prove"),
    path("tai-khoan/xac-nhan/otp/", proof.code, name="prove_code"),
    path("tai-khoan/so-dien-thoai/", phone.change, name="phone"),
    path("tai-khoan/so-dien-thoai/otp/", phone.code, name="phone_code"),
    path("tai-khoan/email/", email.change, name="email"),
    path("tai-khoan/phien-dang-nhap/", sessions.show, name="sessions"),
    path("tai-khoan/phien-dang-nhap/<int:pk>/dang-xuat/", sessions.end, name="end_session"),
    path("tai-khoan/phien-dang-nhap/dang-xuat-noi-khac/", sessions.end_others, name="end_other_sessions"),
    path("tai-khoan/phien-dang-nhap/dang-xuat-moi-noi/", sessions.end_all, name="end_all_sessions"),
    path("tai-khoan/thiet-bi/<int:pk>/quen/", sessions.forget, name="forget_device"),
    path("tai-khoan/du-lieu/", mydata.my_data, name="my_data"),
    path("tai-khoan/xoa/", closing.close, name="close"),
    path("tai-khoan/mat-khau/", profile.change_password, name="change_password"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("dang-ky/email/kiem-tra-hop-thu/", signup.check_inbox, name="account_email_verification_sent"),
    path("dang-ky/email/<str:key>/", signup.confirm, name="account_confirm_email"),
    path("dang-nhap/", signin.sign_in, name="account_login"),
    path("dang-xuat/", signin.sign_out, name="account_logout"),
    path("quen-mat-khau/", recovery.ask, name="account_reset_password"),
    path("quen-mat-khau/da-gui/", recovery.asked, name="account_reset_password_done"),
    path("quen-mat-khau/xong/", recovery.done, name="account_reset_password_from_key_done"),
    path("quen-mat-khau/<str:uidb36>/<str:key>/", recovery.choose_new, name="account_reset_password_from_key"),
    # Names allauth leads to; we have one page for each of these already.
    path(
        "dang-ky/bat-dau/",
        login_not_required(RedirectView.as_view(pattern_name="accounts:signup")),
        name="account_signup",
    ),
    path(
        "dang-nhap/tam-khoa/",
        login_not_required(RedirectView.as_view(pattern_name="account_login")),
        name="account_inactive",
    ),
]
