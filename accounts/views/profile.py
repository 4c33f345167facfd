"""The account page: who I am here, what I filed, what was sent to me."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import notices, sessions
from accounts.forms.contact import ContactForm
from accounts.forms.passwords import ChangePasswordForm
from portal import kept


@never_cache
def profile(request):
    return render(request, "accounts/profile.html", {"panels": [_drawn(name, request) for name in settings.ACCOUNT_PANELS]})


def _drawn(name, request):
    """A panel of a room above this one, known by its dotted name only; a missing one is an error."""
    panel = import_string(name)(request.user)
    return {"title": panel["title"], "html": render_to_string(panel["template"], panel["context"], request)}


@kept.keeps_typed(of_account=True)
@never_cache
def contact(request):
    """Phone and address; name, number and birth date stay as they were registered."""
    old_phone = request.user.phone
    form = ContactForm(request.POST or None, instance=request.user, initial=kept.initial(request, _("Lưu")))
    if request.method == "POST" and form.is_valid():
        form.save()
        if request.user.phone != old_phone:
            notices.changed(request.user, _("Số điện thoại"))
        messages.success(request, _("Đã lưu thông tin liên hệ."))
        return redirect("accounts:profile")
    return render(request, "accounts/contact.html", {"form": form})


@sensitive_post_parameters()
@never_cache
def change_password(request):
    """The present password, then the new one twice; every other session ends."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        sessions.keep(request)
        notices.changed(request.user, _("Mật khẩu"))
        messages.success(request, _("Đã đổi mật khẩu. Các thiết bị khác phải đăng nhập lại."))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})
