"""What every page may show, asked for only where it is shown."""

from django.conf import settings
from django.contrib.messages import get_messages
from django.urls import reverse, translate_url
from django.utils import translation

from portal import doors

# Which entry of the navigation stands for which named page.
SECTIONS = {
    "home": "home",
    "dossiers:start": "file",
    "tracking:track": "track",
    "procedures:list": "procedures",
    "procedures:detail": "procedures",
    "guide": "guide",
    "dossiers:mine": "mine",
    "dossiers:detail": "mine",
    "dossiers:withdraw": "mine",
    "dossiers:supplement": "mine",
    "accounts:signup": "signup",
    "accounts:signup_mobile": "signup",
    "accounts:signup_mobile_code": "signup",
    "accounts:signup_mobile_password": "signup",
    "accounts:signup_email": "signup",
    "accounts:signup_sms": "signup",
    "account_login": "login",
    "accounts:sign_in_code": "login",
    "accounts:national": "login",
    "accounts:profile": "profile",
}


def site(request):
    """Facts of the site as values; whatever touches session or user as functions the template calls."""
    return {
        "DEMO": settings.DEMO,
        "HOTLINE": settings.HOTLINE,
        "SMS_SENDER": settings.SMS_SENDER,
        "PROVINCE_NAME": translation.gettext(settings.PROVINCE_NAME),
        "LANGUAGE": translation.get_language(),
        "doors": doors.standing(),
        "section": section_of(request),
        "signed_in_user": lambda: signed_in_user(request),
        "seconds_left": lambda: seconds_left(request),
        "notices": lambda: notices(request),
        "other_language": lambda: other_language(request),
    }


def section_of(request):
    """The entry of the navigation this page belongs to; empty for pages that have none."""
    match = request.resolver_match
    return SECTIONS.get(match.view_name, "") if match else ""


def signed_in_user(request):
    """Who is signed in, or None. A guest sends no session cookie, so their page asks no session and may be cached."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def seconds_left(request):
    """How long the session of whoever is signed in lives; None for guests."""
    return request.session.seconds_left() if signed_in_user(request) else None


def notices(request):
    """The messages waiting for this reader, without opening a session that is not there."""
    storage = getattr(request, "_messages", None)
    may_wait = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    if storage is None or not (may_wait or storage.added_new):
        return ()
    return get_messages(request)


def other_language(request):
    """The same page in the other language: its code, its name in that language, its address."""
    code = "vi" if translation.get_language() == "en" else "en"
    address = translate_url(request.get_full_path(), code)
    if address == request.get_full_path():
        with translation.override(code):
            address = reverse("home")
    return {"code": code, "name": dict(settings.LANGUAGES)[code], "url": address}
