"""The wizard's pages: choose, fill in step by step, review, submit, and keep the receipt."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import attachments, clock, drafts, files, forms, links, papers, review, submission, wizard, words
from dossiers.models import Dossier
from dossiers.status import Status
from portal import captcha, kept, throttle
from portal.templatetags.portal import clock as spoken_clock
from portal.text import masked_phone
from procedures.models import Procedure
from procedures.sheet import Sheet

PER_PAGE = 20
DAY = 86400
EDITED_ELSEWHERE = gettext_lazy("Hồ sơ này vừa được sửa ở cửa sổ khác. Tải lại để xem bản mới nhất.")


@never_cache
@require_safe
def start(request):
    """Choose a procedure, or go on with a draft."""
    # PostgreSQL's text knows no NUL, and neither does a name or a code.
    asked = request.GET.get("q", "").replace("\0", "").strip()[:100]
    code = request.GET.get("thu-tuc", "").replace("\0", "")[:30]
    fileable = Procedure.objects.fileable().listed()
    chosen = fileable.filter(code=code).first() if code else None
    mine = drafts.of(request.user)
    context = {
        "q": asked,
        "page": Paginator(fileable.search(asked), PER_PAGE).get_page(request.GET.get("page")),
        "page_query": f"{urlencode({'q': asked})}&" if asked else "",
        "chosen": chosen,
        "chosen_papers": list(chosen.current.documents.all()) if chosen else [],
        "sheet": Sheet(chosen) if chosen else None,
        "chosen_drafts": [draft for draft in mine if chosen and draft.version.procedure_id == chosen.pk],
        "not_here": bool(code) and chosen is None,
        "drafts": mine,
        "days": settings.DRAFT_DAYS,
    }
    return render(request, "dossiers/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, code):
    """Make a draft for a procedure; where one is there already, ask whether to go on with it."""
    chooser = f"{reverse('dossiers:start')}?thu-tuc={code}"
    if request.method != "POST":
        return redirect(chooser)
    procedure = get_object_or_404(Procedure, code=code.replace("\0", ""))
    try:
        draft = drafts.begin(request.user, procedure, anew="anew" in request.POST)
    except drafts.NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect(chooser)
    return redirect("dossiers:step", key=draft.key, slug=wizard.STEPS[0].slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request, key):
    """Throw a draft away, after asking."""
    # Held, so that what is being submitted this moment in another window is not taken apart.
    found = _own(request, key)
    draft = found if found and found.is_draft else None
    if draft is None:
        raise Http404
    if request.method == "POST":
        name = draft.version.procedure.short_name
        attachments.delete_draft(draft)
        messages.success(request, _("Đã xóa hồ sơ đang soạn “{name}”.").format(name=name))
        return redirect("dossiers:start")
    return render(request, "dossiers/discard.html", {"draft": draft})


@require_safe
def resume(request, key):
    """The draft's own address: the first unfinished step, or the receipt."""
    dossier = get_object_or_404(Dossier.objects.owned_by(request.user).select_related("version"), key=key)
    return redirect(*_first(dossier))


@kept.keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, key, slug):
    """One step of the wizard: shown, confirmed, or saved for later."""
    dossier, here = _enter(request, key, slug)
    if here is None:
        return dossier
    if here.slug == "giay-to":
        return _attachments(request, dossier, here)
    if request.method != "POST":
        return _fill_in(request, dossier, here)
    kept.forget(request)
    form = forms.for_step(dossier, here, request.POST)
    if wizard.is_stale(dossier, request.POST, form, here):
        return _page(request, dossier, here, form=forms.quiet(form), stale=EDITED_ELSEWHERE)
    if leaving := _leaving(request, dossier, here):
        wizard.keep(dossier, here, form)
        return leaving
    if "add_row" in request.POST:
        wizard.keep(dossier, here, form)
        return _page(request, dossier, here, form=forms.quiet(form))
    if not form.is_valid():
        wizard.keep(dossier, here, form)
        return _page(request, dossier, here, form=form)
    wizard.confirm(dossier, here, form)
    return redirect(_next(request, dossier, here))


def _fill_in(request, dossier, here):
    """The step as the draft has it; or as it was typed and could not be taken, or came when the session had ended."""
    late = kept.typed(request)
    data = wizard.typed_data(dossier, here) if late is None else late
    form = forms.for_step(dossier, here, data)
    if data is None:
        return _page(request, dossier, here, form=form)
    stale = EDITED_ELSEWHERE if late is not None and wizard.is_stale(dossier, late, form, here) else None
    return _page(request, dossier, here, form=forms.quiet(form), stale=stale)


@never_cache
@require_POST
def autosave(request, key, slug):
    """Save a step as it is being typed, and say when; nothing is confirmed by it."""
    dossier, here = _enter(request, key, slug)
    if here is None or here.slug not in forms.FORMS:
        return JsonResponse({"error": _("Bước này chưa lưu được. Tải lại trang.")}, status=409)
    form = forms.for_step(dossier, here, request.POST)
    if wizard.is_stale(dossier, request.POST, form, here):
        return JsonResponse({"error": EDITED_ELSEWHERE}, status=409)
    kept.forget(request)
    wizard.keep(dossier, here, form)
    return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "edit": dossier.edit})


def _attachments(request, dossier, here):
    """The papers: each goes up by its own form; this step's button only asks whether anything is missing."""
    listed = papers.of(dossier)
    if request.method != "POST":
        return files.page(request, dossier, listed)
    if leaving := _leaving(request, dossier, here):
        return leaving
    if missing := papers.missing(listed):
        return files.page(request, dossier, listed, missing=missing)
    wizard.confirm(dossier, here)
    return redirect(_next(request, dossier, here))


# The code must stay used and the draft solved even where the submission fails: not one transaction.
@transaction.non_atomic_requests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_and_submit(request, key):
    """Everything once more, the confirmation code, the oath, and then the dossier is submitted, once."""
    if request.method != "POST":
        dossier, here = _enter(request, key, wizard.REVIEW.slug)
        return dossier if here is None else _review(request, dossier, forms.FilingForm(solved=review.solved(dossier)))
    with transaction.atomic():
        dossier, here = _enter(request, key, wizard.REVIEW.slug)
        if here is None:
            return dossier
        if leaving := _leaving(request, dossier, here):
            return leaving
        if captcha.wants_another(request):
            return _review(request, dossier, forms.FilingForm(initial={"sworn": "sworn" in request.POST}, solved=review.solved(dossier)))
        if request.POST.get("edit", str(dossier.edit)) != str(dossier.edit):
            return _review(request, dossier, forms.FilingForm(solved=review.solved(dossier)), stale=EDITED_ELSEWHERE)
        form = review.judge(request, dossier)
    if not form.is_valid():
        return _review(request, dossier, form)
    try:
        with transaction.atomic():
            # Since the code was judged another window may have saved, submitted or thrown away.
            seen, dossier = dossier.edit, wizard.locked(key, request.user)
            if dossier is None:
                raise Http404
            if dossier.is_draft and dossier.edit != seen:
                return _review(request, dossier, forms.FilingForm(solved=True), stale=EDITED_ELSEWHERE)
            if dossier.is_draft:
                # Each is told of by SMS, also to a number that was only typed.
                throttle.check("submissions", str(request.user.pk), limit=settings.SUBMISSIONS_PER_DAY, seconds=DAY)
                review.swear(dossier)
                submission.submit(dossier.pk, by=request.user)
    except submission.Incomplete as incomplete:
        throttle.give_back("submissions", str(request.user.pk))
        return _review(request, dossier, forms.FilingForm(initial={"sworn": True}, solved=True), problems=incomplete.problems)
    return redirect("dossiers:receipt", key=dossier.key)


def _review(request, dossier, form, **context):
    return _page(request, dossier, wizard.REVIEW, form=form, **review.context(dossier), **context)


@never_cache
@require_safe
def receipt(request, key):
    """What the citizen keeps: the code, what happens next and when. Can be bookmarked and opened again."""
    dossier = get_object_or_404(Dossier.objects.owned_by(request.user).select_related("version__procedure", "agency"), key=key)
    if dossier.status == Status.DRAFT:
        return redirect(*_first(dossier))
    sent = [paper for paper in papers.of(dossier) if paper.received]
    answer_by = timezone.localtime(clock.first_answer_by(dossier.submitted_at))
    context = {
        "dossier": dossier,
        "status": words.of(dossier),
        "waiting": dossier.status == Status.SUBMITTED,
        "masked_phone": masked_phone(dossier.applicant_phone),
        "papers": sent,
        "files": sum(len(paper.received) for paper in sent),
        "fee": review.sheet_of(dossier.version).fee,
        "answer_by": answer_by,
        "answer_time": spoken_clock(answer_by) if answer_by.minute else _("{hour} giờ").format(hour=answer_by.hour),
        "answer_hours": settings.FIRST_ANSWER_WORKING_HOURS,
        "tracking_url": links.tracking_url(dossier),
    }
    return render(request, "dossiers/receipt.html", context)


def _own(request, key) -> Dossier | None:
    """The citizen's dossier; held where something is about to change it."""
    return wizard.locked(key, request.user) if request.method == "POST" else wizard.owned(request.user).filter(key=key).first()


def _enter(request, key, slug):
    """The draft and the step, or (an answer, None): 404 for strangers, the receipt once submitted, no jumping."""
    dossier = _own(request, key)
    if dossier is None:
        raise Http404
    if dossier.status != Status.DRAFT:
        return redirect("dossiers:receipt", key=dossier.key), None
    here = wizard.find(dossier, slug)
    if here is None:
        raise Http404
    if not wizard.may_enter(dossier, slug):
        first = wizard.first_unfinished(dossier)
        messages.info(request, _("Làm xong bước “{step}” trước, rồi mới sang bước sau.").format(step=first.name))
        return redirect("dossiers:step", key=dossier.key, slug=first.slug), None
    return dossier, here


def _first(dossier) -> tuple:
    """Where a citizen who comes back belongs."""
    if dossier.status != Status.DRAFT:
        return (reverse("dossiers:receipt", args=[dossier.key]),)
    return (reverse("dossiers:step", args=[dossier.key, wizard.first_unfinished(dossier).slug]),)


def _leaving(request, dossier, here):
    """The answer to “Lưu và thoát” and “Quay lại bước trước”; None where the citizen goes on."""
    match request.POST.get("action"):
        case "exit":
            messages.success(request, _("Đã lưu hồ sơ. Ông/Bà có thể làm tiếp trong {n} ngày.").format(n=settings.DRAFT_DAYS))
            return redirect("dossiers:start")
        case "back":
            previous = wizard.before(dossier, here)
            return redirect("dossiers:step", key=dossier.key, slug=previous.slug) if previous else redirect("dossiers:start")
    return None


def _next(request, dossier, here) -> str:
    """The next step, or back to the review one came from; never past one that must be done again."""
    following = wizard.REVIEW if request.GET.get("ve") == wizard.REVIEW.slug else wizard.after(dossier, here)
    if not wizard.may_enter(dossier, following.slug):
        following = wizard.first_unfinished(dossier)
    return reverse("dossiers:step", args=[dossier.key, following.slug])


def _page(request, dossier, here, **context):
    return render(request, f"dossiers/{here.template}.html", wizard.frame(dossier, here) | context)
