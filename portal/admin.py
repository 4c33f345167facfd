"""The officials' site: second factor, title, order of sections."""

import re

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice

from portal import second_factor, throttle

# Django's own pages of the site, under the words of the house.
ROUTES = {
    "logout": "dang-xuat/",
    "password_change": "doi-mat-khau/",
    "password_change_done": "doi-mat-khau/xong/",
}


class SignInForm(forms.Form):
    """The first step: account name and password of an active official."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Nhập mật khẩu.")},
    )

    # Every field is required: a star would say nothing.
    stars = False

    def __init__(self, *args, request=None, **kwargs):
        self.request = request
        self.user = None
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        try:
            # The backend counts tries per account and per address, for this door as for the citizens'.
            user = authenticate(self.request, username=data["username"].strip(), password=data["password"])
        except throttle.TooMany as limit:
            raise forms.ValidationError(second_factor.too_many(limit), code="throttled") from None
        # A citizen with the right password hears the same as one with a wrong one: this door is not theirs.
        if user is None or not user.is_active or not user.is_staff:
            raise forms.ValidationError(_("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra lại rồi nhập lại."), code="wrong")
        if not second_factor.devices_of(user):
            raise forms.ValidationError(
                _(
                    "Tài khoản này chưa có cách xác nhận lần hai nên chưa vào được. "
                    "Đề nghị quản trị viên của hệ thống cấp mã, hoặc gọi {hotline}."
                ).format(hotline=settings.HOTLINE),
                code="no_device",
            )
        self.user = user
        return data


class CodeForm(forms.Form):
    """The second step: one code of the chosen device."""

    code = forms.CharField(
        label=_("Mã OTP"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}),
        error_messages={"required": _("Nhập mã OTP gồm 6 chữ số.")},
    )

    stars = False

    def __init__(self, *args, waiting=None, device=None, **kwargs):
        self.waiting, self.device = waiting, device
        self.proven = None
        super().__init__(*args, **kwargs)
        if isinstance(device, StaticDevice):
            self.fields["code"].label = _("Mã dự phòng")
            self.fields["code"].error_messages["required"] = _("Nhập mã dự phòng.")
            self.fields["code"].widget.attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}

    def clean_code(self):
        code = re.sub(r"[\s\-]", "", self.cleaned_data["code"])
        if not isinstance(self.device, StaticDevice):
            digits = sum(letter.isdigit() for letter in code)
            if digits != settings.OTP_DIGITS or digits != len(code):
                raise forms.ValidationError(
                    _("Mã vừa nhập có {n} chữ số, cần đủ {digits} chữ số.").format(n=digits, digits=settings.OTP_DIGITS)
                )
        self.proven, why_not = second_factor.verify(self.waiting.user, self.device, code)
        if self.proven is None:
            raise forms.ValidationError(why_not)
        return code


class OfficialsSite(AdminSite):
    """Django's admin behind password and device, in the looks of the portal."""

    site_title = _("Quản trị hồ sơ")
    site_header = _("Một Cửa · Quản trị hồ sơ")
    index_title = _("Trang chính")
    # The stock one hides its links until a script runs; ours is plain (templates/admin/nav_sidebar.html).
    enable_nav_sidebar = False
    # Sections of the menu, as officials need them; what is not named follows in the order of its name.
    sections = ("dossiers", "messaging", "procedures", "accounts")

    def has_permission(self, request):
        return super().has_permission(request) and request.user.is_verified()

    def each_context(self, request):
        return super().each_context(request) | {"official": getattr(request.user, "official", None)}

    def get_app_list(self, request, app_label=None):
        def place(app):
            label = app["app_label"]
            return self.sections.index(label) if label in self.sections else len(self.sections)

        apps = sorted(super().get_app_list(request, app_label), key=place)
        for app in apps:
            for model in app["models"]:
                model["name"] = getattr(self._registry[model["model"]], "menu_name", model["name"])
                model["entries"] = self._menu_entries(request, model)
        return apps

    def _menu_entries(self, request, model):
        """The links of a model in the menu: those it names itself, else the one list it has."""
        model_admin = self._registry[model["model"]]
        if hasattr(model_admin, "menu_entries"):
            return model_admin.menu_entries(request)
        url = model["admin_url"]
        return [{"label": capfirst(model["name"]), "url": url, "current": request.path.startswith(url)}] if url else []

    def get_urls(self):
        urls = []
        for pattern in super().get_urls():
            name = getattr(pattern, "name", None)
            if name != "login":
                urls.append(path(ROUTES[name], pattern.callback, name=name) if name in ROUTES else pattern)
        urls = [
            path("dang-nhap/", self.login, name="login"),
            path("dang-nhap/ma/", self.code, name="login_code"),
            path("dang-nhap/ma/gui-lai/", self.resend, name="login_resend"),
            path("xac-thuc/", self.admin_view(self.authenticator), name="authenticator"),
            *urls,
        ]
        _lead_to(urls, reverse_lazy("admin:login", current_app=self.name))
        return urls

    def index(self, request, extra_context=None):
        """Officials of an agency begin at their desk; only the administrator needs the list of sections."""
        if not request.user.is_superuser:
            return redirect(settings.OFFICIALS_HOME)
        return super().index(request, extra_context)

    @method_decorator([sensitive_post_parameters("password"), csrf_protect, never_cache])
    @login_not_required
    def login(self, request, extra_context=None):
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        form = SignInForm(request.POST or None, request=request)
        if request.method == "POST" and form.is_valid():
            second_factor.begin(request, form.user, self._next(request))
            why_not = second_factor.send(request, second_factor.devices_of(form.user)[0])
            if why_not:
                messages.warning(request, why_not)
            return redirect("admin:login_code")
        throttled = form.has_error("__all__", "throttled")
        context = self._door(request, _("Đăng nhập dành cho cán bộ"), form) | {"next": self._next(request)}
        return TemplateResponse(request, "admin/login.html", context | (extra_context or {}), status=429 if throttled else 200)

    @method_decorator([sensitive_post_parameters("code"), csrf_protect, never_cache])
    @login_not_required
    def code(self, request):
        waiting = second_factor.pending(request)
        if waiting is None:
            return self._begin_again(request)
        devices = second_factor.devices_of(waiting.user)
        if not devices:
            return self._begin_again(request)
        device, chosen = self._chosen(request, devices)
        form = CodeForm(request.POST or None, waiting=waiting, device=device)
        if request.method == "POST" and form.is_valid():
            second_factor.finish(request, waiting, form.proven)
            return HttpResponseRedirect(waiting.next)
        context = self._door(request, _("Nhập mã xác nhận"), form) | {
            "where": second_factor.where(device),
            "chosen": chosen,
            "sends": second_factor.is_sent(device),
            "others": [(number, second_factor.label(other)) for number, other in enumerate(devices) if other != device],
        }
        return TemplateResponse(request, "admin/login_code.html", context)

    @method_decorator([csrf_protect, never_cache])
    @login_not_required
    def resend(self, request):
        waiting = second_factor.pending(request)
        if waiting is None:
            return self._begin_again(request)
        device, chosen = self._chosen(request, second_factor.devices_of(waiting.user))
        if request.method == "POST" and device is not None:
            why_not = second_factor.send(request, device)
            if why_not:
                messages.warning(request, why_not)
            else:
                messages.success(request, _("Đã gửi mã. Xem tin nhắn mới nhất."))
        return redirect(f"{reverse('admin:login_code')}?cach={chosen}")

    @method_decorator(sensitive_post_parameters("code"))
    def authenticator(self, request):
        """Set up an authenticator, so that a code needs no network; it counts from its first right code on."""
        request.current_app = self.name
        device = second_factor.authenticator_to_set_up(request.user)
        form = CodeForm(request.POST or None, waiting=second_factor.Pending(request.user, "", ""), device=device)
        if request.method == "POST" and form.is_valid():
            second_factor.confirm_authenticator(device)
            messages.success(request, _("Đã cài ứng dụng xác thực. Lần đăng nhập sau, Ông/Bà có thể dùng mã của ứng dụng."))
            return redirect("admin:index")
        context = self.each_context(request) | {
            "title": _("Cài ứng dụng xác thực"),
            "form": form,
            "picture": second_factor.picture_of(device),
            "secret": second_factor.spelt_secret(device),
        }
        return TemplateResponse(request, "admin/authenticator.html", context)

    def _chosen(self, request, devices):
        """The device picked by its place in the list; the first where none or a wrong place was named."""
        picked = request.POST.get("cach") or request.GET.get("cach") or "0"
        places = [str(place) for place in range(len(devices))]
        number = places.index(picked) if picked in places else 0
        return (devices[number] if devices else None), number

    def _begin_again(self, request):
        messages.warning(request, _("Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại."))
        return redirect("admin:login")

    def _next(self, request):
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return wanted if safe else resolve_url("admin:index")

    def _door(self, request, title, form):
        """The context of both steps: nobody is inside yet, so no menu is drawn."""
        request.current_app = self.name
        return self.each_context(request) | {"title": title, "form": form, "has_permission": False, "available_apps": []}


def _lead_to(patterns, login_url):
    """Tell LoginRequiredMiddleware where officials sign in; Django does so only for the site's own pages."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _lead_to(pattern.url_patterns, login_url)
        elif getattr(pattern.callback, "login_required", True):
            pattern.callback.login_url = login_url


site = OfficialsSite(name="admin")
