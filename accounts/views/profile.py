"""The account page: who I am here, what I filed, what was sent to me."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import closing, emails, notices, proof, sessions
from accounts.forms.contact import ContactForm
from accounts.forms.passwords import ChangePasswordForm, NewPasswordForm
from portal import kept


@never_cache
def profile(request):
    context = {
        "waiting": emails.waiting(request.user),
        "closing": closing.waiting(request.user),
        "has_password": request.user.has_usable_password(),
        "panels": [_drawn(name, request) for name in settings.ACCOUNT_PANELS],
    }
    return render(request, "accounts/profile.html", context)


def _drawn(name, request):
    """A panel of a room above this one, known by its dotted name only; a missing one is an error."""
    panel = import_string(name)(request.user)
    return {"title": panel["title"], "html": render_to_string(panel["template"], panel["context"], request)}


@kept.keeps_typed(of_account=True)
@never_cache
def contact(request):
    """The address; name, number and birth date stay as they were registered."""
    form = ContactForm(request.POST or None, instance=request.user, initial=kept.initial(request, _("Lưu")))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Đã lưu địa chỉ."))
        return redirect("accounts:profile")
    return render(request, "accounts/contact.html", {"form": form})


def change_password(request):
    """The present password and the new one; where there is none yet, another proof comes first."""
    return _change_password(request) if request.user.has_usable_password() else _set_password(request)


@sensitive_post_parameters()
@never_cache
def _change_password(request):
    return _password_page(request, ChangePasswordForm(request.POST or None, user=request.user))


@sensitive_post_parameters()
@never_cache
@proof.required
def _set_password(request):
    return _password_page(request, NewPasswordForm(request.POST or None, user=request.user))


def _password_page(request, form):
    """Every other session ends once the password is another one."""
    has_password = request.user.has_usable_password()
    if request.method == "POST" and form.is_valid():
        form.save()
        sessions.keep(request)
        notices.changed(request.user, _("Mật khẩu"))
        messages.success(request, _("Đã đổi mật khẩu. Các thiết bị khác phải đăng nhập lại.") if has_password else _("Đã đặt mật khẩu."))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form, "has_password": has_password})
