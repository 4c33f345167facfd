"""The development inbox at /dev/hop-thu/, with DEMO=1 only: what every citizen and official received.

It also takes a text to the short code, as a phone without internet would send it.
"""

import logging
import re
import time
import uuid

from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import Urlizer
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache

from portal.messaging import delivery, inbound
from portal.messaging.models import Channel, InboxCopy, OutgoingMessage
from portal.messaging.wording import SMS_LENGTH

logger = logging.getLogger(__name__)

PER_PAGE = 25
# A code stands alone: six digits inside a receipt code or a phone number are none.
CODE = re.compile(rf"(?<![\w.\-/])\d{{{settings.OTP_DIGITS}}}(?![\w\-/]|\.\d)")


class _Links(Urlizer):
    """Addresses in a letter become links that do not tell where they were clicked."""

    url_template = '<a href="{href}"{attrs} rel="noreferrer">{url}</a>'


with_links = _Links()


class SimulatedSmsForm(forms.Form):
    """One text to the short code."""

    text = forms.CharField(
        label=_("Nội dung"),
        max_length=480,
        help_text=_("Ví dụ: TK, Nguyen Van An, 066080001234, 15/08/1980 – hoặc DVC rồi đến mã biên nhận"),
        error_messages={"required": _("Nhập nội dung tin nhắn.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sender = forms.CharField(
            label=_("Gửi từ số"),
            max_length=20,
            error_messages={"required": _("Nhập số điện thoại gửi tin, ví dụ 0912 345 678.")},
            widget=forms.TextInput(attrs={"inputmode": "tel"}),
        )
        # Named as providers name it, a word that Python keeps for itself.
        self.fields = {"from": sender, **self.fields}


@method_decorator([login_not_required, never_cache, transaction.non_atomic_requests], name="dispatch")
class Inbox(View):
    """What was delivered, newest first; `den` narrows it to one phone or address."""

    def dispatch(self, request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        wanted = _wanted(request)
        return self._show(
            request, SimulatedSmsForm(initial={"from": wanted if any(map(str.isdigit, wanted)) and "@" not in wanted else ""})
        )

    def post(self, request):
        form = SimulatedSmsForm(request.POST)
        if not form.is_valid():
            return self._show(request, form)
        sender = form.cleaned_data["from"]
        if not _answered(sender, form.cleaned_data["text"]):
            messages.info(request, _("Đã nhận tin nhắn. Không có tin trả lời."))
        return redirect(f"{request.path}?{urlencode({'den': sender})}")

    def _show(self, request, form):
        wanted = _wanted(request)
        copies = InboxCopy.objects.received_by(wanted) if wanted else InboxCopy.objects.all()
        page = Paginator(copies, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "wanted": wanted,
            "page": page,
            "page_query": urlencode({"den": wanted}) + "&" if wanted else "",
            "entries": [_entry(copy) for copy in page],
            "waiting": OutgoingMessage.objects.filter(state=OutgoingMessage.State.WAITING, due_at__lte=timezone.now()).count(),
            "sms_length": SMS_LENGTH,
        }
        return render(request, "dev/inbox.html", context)


def _wanted(request) -> str:
    """Whose messages are asked for; PostgreSQL's text knows no NUL, and neither does an address."""
    return request.GET.get("den", "").replace("\0", "").strip()


def _entry(copy: InboxCopy) -> dict:
    is_sms = copy.channel == Channel.SMS
    code = CODE.search(copy.body) if is_sms else None
    return {
        "copy": copy,
        "is_sms": is_sms,
        "code": code.group() if code else "",
        "length": len(copy.body),
        "text": mark_safe(with_links(copy.body, autoescape=True)),  # noqa: S308 - escaped by the linker
    }


def _answered(sender: str, text: str, *, patience: float = 2) -> bool:
    """Take in one text, answer it and deliver the answer at once, so that it stands on the next page."""
    incoming = inbound.store(f"dev:{uuid.uuid4()}", sender, text)
    try:
        reply = inbound.answer(incoming)
    except Exception:
        logger.exception("simulated SMS %s could not be answered", incoming.pk)
        return False
    if reply is None:
        return False
    end = time.monotonic() + patience
    delivery.deliver_due(for_seconds=patience)
    # A worker may have taken it first: give it a moment.
    while OutgoingMessage.objects.filter(pk=reply.pk, state=OutgoingMessage.State.WAITING).exists() and time.monotonic() < end:
        time.sleep(0.1)
    return True


@login_not_required
@never_cache
@csp_replace({"default-src": ["'none'"], "script-src": ["'none'"], "img-src": ["'none'"], "style-src": ["'unsafe-inline'"]})
def letter(request, pk):
    """The HTML part of one e-mail as its reader sees it: with its own style sheet and nothing else."""
    copy = get_object_or_404(InboxCopy.objects.exclude(html=""), pk=pk) if settings.DEMO else None
    if copy is None:
        raise Http404
    return HttpResponse(copy.html, headers={"Referrer-Policy": "no-referrer"})
