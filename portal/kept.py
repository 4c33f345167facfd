"""What a citizen typed and sent after the session had ended: kept until they have signed in again.

Nothing of it is saved: the page shows it once more, and the citizen presses the button. Files,
passwords and confirmation codes are never kept.
"""

import re
import time

from django.conf import settings
from django.contrib import messages
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy

from portal import callers, throttle

KEY = "kept"
# Who signed in last in this browser, as a digest: somebody else must not find what they typed.
COOKIE = "last_owner"
COOKIE_DAYS = 30
MOST_BYTES = 100_000
# A stranger's browser can make us store this much, so often an hour.
TIMES_PER_HOUR = 30
NEVER = re.compile(r"csrfmiddlewaretoken|action|current|sworn|captcha_.*|.*password.*")

ENDED = gettext_lazy("Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại.")
ENDED_KEPT = gettext_lazy("Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại, phần đã khai vẫn còn.")
STILL_HERE = gettext_lazy("Phần vừa khai vẫn còn. Xem lại rồi nhấn “Đồng ý và tiếp tục”.")
STILL_HERE_WITH = gettext_lazy("Phần vừa khai vẫn còn. Xem lại rồi nhấn “{button}”.")
FILES_LOST = gettext_lazy("Ảnh vừa chọn chưa được gửi. Chọn lại ảnh.")


def keeps_typed(view=None, *, of_account=False):
    """Mark a view whose POST is kept where the session has ended.

    `of_account`: the page shows the signed-in citizen's own things, whoever that is. Its POST is kept only
    where it is known whose it was; an address that names somebody's dossier is 404 for others anyway.
    """

    def mark(view):
        view.keeps_typed = "account" if of_account else "address"
        return view

    return mark(view) if view else mark


def takes_files(view):
    """Mark a view to which only files are sent: they cannot be kept, and the citizen is told so."""
    view.keeps_typed = "nothing"
    return view


def keep(request, view) -> None:
    """Keep a POST that came when the session had ended, and say so on the sign-in page."""
    owner = request.COOKIES.get(COOKIE, "")[:64]
    typed = _typed(request) if view.keeps_typed == "address" or (view.keeps_typed == "account" and owner) else {}
    kept = bool(typed or request.FILES) and _may_store(request)
    if kept:
        request.session[KEY] = {
            "path": request.get_full_path(),
            "owner": owner,
            "typed": typed,
            "files": bool(request.FILES),
            "at": int(time.time()),
            "told": False,
        }
    messages.warning(request, ENDED_KEPT if kept and typed else ENDED)


def typed(request, button="") -> QueryDict | None:
    """What was kept of this page, as its form would receive it; the citizen is told once. None where there is nothing.

    Ask only after it is sure that the page belongs to whoever is signed in. Once a page is sent, it has done its work.
    """
    if request.method == "POST":
        forget(request)
        return None
    kept = _living(request, request.user)
    if kept is None or kept["path"] != request.get_full_path():
        return None
    if not kept["told"]:
        kept["told"] = True
        request.session.modified = True
        if kept["typed"]:
            messages.info(request, str(STILL_HERE_WITH).format(button=button) if button else STILL_HERE)
        if kept["files"]:
            messages.warning(request, FILES_LOST)
    if not kept["typed"]:
        return None
    data = QueryDict(mutable=True)
    for name, values in kept["typed"].items():
        data.setlist(name, values)
    return data


def initial(request, button: str) -> dict[str, str]:
    """The same for a form of single answers, as its `initial`."""
    return (typed(request, button) or QueryDict()).dict()


def forget(request) -> None:
    """Keep nothing any longer."""
    if KEY in request.session:
        del request.session[KEY]


def signed_in(request, response, user) -> None:
    """Throw away what somebody else typed in this browser, and remember whose the next will be."""
    _living(request, user)
    response.set_cookie(
        COOKIE,
        _owner(user),
        max_age=COOKIE_DAYS * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _living(request, user):
    """What was kept, unless it is too old or was typed by somebody else; then it goes."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    foreign = kept["owner"] and not constant_time_compare(kept["owner"], _owner(user))
    if foreign or time.time() - kept["at"] > settings.SESSION_COOKIE_AGE:
        forget(request)
        return None
    return kept


def _may_store(request) -> bool:
    try:
        callers.check(request, "kept", limit=TIMES_PER_HOUR, seconds=3600)
    except throttle.TooMany:
        return False
    return True


def _typed(request) -> dict[str, list[str]]:
    """The answers alone; nothing where they are more than any form of ours holds."""
    typed = {name: values for name, values in request.POST.lists() if not NEVER.fullmatch(name)}
    size = sum(len(text.encode(errors="replace")) for name, values in typed.items() for text in (name, *values))
    return typed if size <= MOST_BYTES else {}


def _owner(user) -> str:
    return salted_hmac("portal.kept", str(user.pk), algorithm="sha256").hexdigest()
