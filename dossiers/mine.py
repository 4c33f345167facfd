"""“Hồ sơ của tôi”: what the citizen has filed, what to do now, and the ways to mend or withdraw."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import links, moves, papers, receipt, timeline, wizard, words
from dossiers.models import Dossier
from dossiers.move_forms import WithdrawForm
from dossiers.status import CITIZENS_TURN, CLOSED, OPEN, NotAllowed, Status
from portal import kept
from portal.text import masked_id, spoken_phone
from procedures import declaration

PER_PAGE = 20
SOON_DAYS = 3

# Tab → title, statuses; the order is that of the page.
TABS = {
    "can-lam": (gettext_lazy("Cần làm"), CITIZENS_TURN),
    "dang-xu-ly": (gettext_lazy("Đang xử lý"), OPEN - CITIZENS_TURN),
    "da-xong": (gettext_lazy("Đã xong"), CLOSED),
    "dang-soan": (gettext_lazy("Đang soạn"), {Status.DRAFT}),
}


@never_cache
@require_safe
def mine(request):
    """The citizen's dossiers by what is to be done about them; the first tab that is not empty opens."""
    counts = Dossier.objects.owned_by(request.user).count_by_status()
    sizes = {tab: sum(counts.get(status, 0) for status in statuses) for tab, (_title, statuses) in TABS.items()}
    current = request.GET.get("muc")
    if current not in TABS:
        current = next((tab for tab, size in sizes.items() if size), "can-lam")
    rows = Dossier.objects.owned_by(request.user).listed().filter(status__in=TABS[current][1])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [
            {"name": title, "url": f"?muc={tab}", "count": sizes[tab], "current": tab == current}
            for tab, (title, _statuses) in TABS.items()
        ],
        "title": TABS[current][0],
        "page_query": f"muc={current}&",
        "draft_days": settings.DRAFT_DAYS,
        "current": current,
        "page": page,
        "any": any(sizes.values()),
        "cards": [card(dossier) for dossier in page],
    }
    return render(request, "dossiers/mine.html", context)


def card(dossier) -> dict:
    """What a row of the list shows of one dossier; its notes are there while the citizen must act."""
    asked = dossier.asked[-1] if dossier.status in CITIZENS_TURN and dossier.asked else None
    progress = draft_pill(dossier) if dossier.status == Status.DRAFT else None
    return {"dossier": dossier, "status": words.of(dossier), "overdue": words.overdue(dossier), "asked": asked, "progress": progress}


def draft_pill(dossier) -> dict:
    """How far a draft has come; how soon it goes, once that is near."""
    days_left = (dossier.kept_until - timezone.localdate()).days
    if days_left <= SOON_DAYS:
        return {"word": _("Sẽ xóa sau {days} ngày").format(days=max(days_left, 0)), "css": "warn", "icon": "clock"}
    steps, step = wizard.steps_for(dossier), wizard.first_unfinished(dossier)
    word = _("Đang ở bước {n} trên {total}").format(n=wizard.number(dossier, step), total=len(steps))
    return {"word": word, "css": "", "icon": "pen"}


@never_cache
@require_safe
def detail(request, code):
    """Everything about one filed dossier, for its owner alone."""
    dossier = _owned(request, code)
    events = list(dossier.events.all())
    verbs = {verb for verb, _move in moves.available(dossier, request.user)}
    context = {
        "dossier": dossier,
        "status": words.of(dossier),
        "overdue": words.overdue(dossier),
        "promised_at": None if dossier.status in CLOSED else dossier.due_at,
        "applicant": applicant_rows(dossier),
        "timeline": timeline.of(dossier, events, with_reasons=True),
        "last": events[-1] if events else None,
        "answers": declaration.read(dossier.version.declaration, dossier.answers),
        "papers": papers.of(dossier),
        "can_supplement": "supplement" in verbs,
        "can_withdraw": "withdraw" in verbs,
        "tracking_url": links.tracking_url(dossier),
    }
    return render(request, "dossiers/detail.html", context)


def applicant_rows(dossier) -> list[dict]:
    """Who files, as the summary list draws it; the ID number is masked even here: screens are shared."""
    rows = [
        (_("Họ và tên"), dossier.applicant_name),
        (_("Số CMND/CCCD"), masked_id(dossier.applicant_national_id)),
        (_("Số điện thoại"), spoken_phone(dossier.applicant_phone)),
        (_("Thư điện tử"), dossier.applicant_email),
        (_("Địa chỉ"), ", ".join(filter(None, [dossier.applicant_address, dossier.applicant_commune, dossier.applicant_province]))),
        (_("Nộp cho"), dossier.beneficiary_name if dossier.for_other else _("Bản thân")),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@kept.keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, code):
    """Ask for the dossier back, with a reason, until the table forbids it."""
    dossier = _owned(request, code)
    form = WithdrawForm(request.POST or None, initial=kept.initial(request, _("Gửi yêu cầu rút hồ sơ")))
    if request.method == "POST" and form.is_valid():
        try:
            dossier.move("withdraw", by=request.user, note=form.cleaned_data["note"])
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Đã nhận yêu cầu rút hồ sơ. Cơ quan sẽ trả lời Ông/Bà."))
        return redirect("dossiers:detail", code=dossier.receipt_code)
    return render(request, "dossiers/withdraw.html", {"dossier": dossier, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request, code):
    """Send the papers that were asked for: files go up one paper at a time, then the dossier goes back."""
    dossier = _owned(request, code)
    if dossier.status != Status.SUPPLEMENT:
        messages.info(request, _("Hồ sơ này hiện không cần bổ sung giấy tờ."))
        return redirect("dossiers:detail", code=dossier.receipt_code)
    asked = dossier.events.filter(verb="ask_supplement").last()
    problem = ""
    if request.method == "POST":
        try:
            dossier.move("supplement", by=request.user)
        except ValidationError as refusal:
            problem = refusal.messages[0]
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Đã gửi giấy tờ bổ sung. Cán bộ sẽ kiểm tra và báo lại Ông/Bà."))
        if not problem:
            return redirect("dossiers:detail", code=dossier.receipt_code)
    context = {
        "dossier": dossier,
        "asked": asked,
        "papers": papers.of(dossier),
        "added": dossier.files_since_asked().count(),
        "problem": problem,
        "now": timezone.now(),
    }
    return render(request, "dossiers/supplement.html", context)


def _owned(request, code) -> Dossier:
    """The citizen's own submitted dossier under a code in any spelling; 404 for everybody else."""
    try:
        key = receipt.parse(code)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Dossier.objects.owned_by(request.user).listed().submitted(), receipt_key=key)
