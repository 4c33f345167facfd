"""The steps from a procedure to a submitted dossier: their order, and who may enter which.

A draft lives in the database. A step is done once it was confirmed with “Đồng ý và tiếp tục”; what is
typed before that, or cannot be taken yet, is kept beside it, so that a citizen may stop and return.
"""

import secrets
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier

# More than any form of the catalogue fills; what is larger is no typing.
TYPED_LIMIT = 100_000
NOT_ANSWERS = ("csrfmiddlewaretoken", "edit", "window", "action", "add_row")
# Under this name `typed` remembers which opened page saved last: a page is never in its own way, even
# where its button is pressed while it is still saving by itself.
WINDOW = "_window"


@dataclass(frozen=True)
class Step:
    """One page of the wizard: its address, its name, its heading, and the name of its template."""

    slug: str
    name: str
    heading: str
    template: str


STEPS = (
    Step("co-quan", _("Cơ quan giải quyết"), _("Chọn cơ quan giải quyết"), "agency"),
    Step("nguoi-nop", _("Người nộp"), _("Thông tin người nộp"), "applicant"),
    Step("don", _("Đơn đăng ký"), _("Điền đơn đăng ký"), "declaration"),
    Step("giay-to", _("Thành phần hồ sơ"), _("Đính kèm giấy tờ"), "attachments"),
    Step("nhan-ket-qua", _("Nhận kết quả"), _("Chọn cách nhận kết quả"), "delivery"),
    Step("kiem-tra", _("Kiểm tra và nộp"), _("Kiểm tra và nộp"), "review"),
)
REVIEW = STEPS[-1]


def steps_for(dossier) -> list[Step]:
    """The steps of this dossier: the declaration only where its procedure has one. Never changes on the way."""
    return [step for step in STEPS if step.slug != "don" or dossier.version.declaration]


def find(dossier, slug) -> Step | None:
    return next((step for step in steps_for(dossier) if step.slug == slug), None)


def first_unfinished(dossier) -> Step:
    """The first step not yet confirmed; the review once all the others are."""
    return next((step for step in steps_for(dossier)[:-1] if step.slug not in dossier.steps_done), REVIEW)


def may_enter(dossier, slug) -> bool:
    """Whether every step before this one was confirmed."""
    steps = steps_for(dossier)
    here = next((n for n, step in enumerate(steps) if step.slug == slug), None)
    first = steps.index(first_unfinished(dossier))
    return here is not None and here <= first


def before(dossier, step) -> Step | None:
    steps = steps_for(dossier)
    here = steps.index(step)
    return steps[here - 1] if here else None


def after(dossier, step) -> Step:
    steps = steps_for(dossier)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def number(dossier, step) -> int:
    """Which step it is, from 1: “Bước 3 trên 5”."""
    return steps_for(dossier).index(step) + 1


def owned(citizen):
    """The citizen's dossiers with all that the pages of the wizard show."""
    return Dossier.objects.owned_by(citizen).select_related("version__procedure", "agency", "citizen")


def frame(dossier, step) -> dict:
    """What the page of every step shows around its form; `window` tells two windows of one draft apart."""
    return {
        "dossier": dossier,
        "step": step,
        "steps": steps_for(dossier),
        "current": number(dossier, step),
        "saved_at": dossier.updated_at if dossier.edit else None,
        "window": secrets.token_urlsafe(9),
    }


def locked(key, citizen) -> Dossier | None:
    """The citizen's dossier, held until the transaction ends, so that two windows save one after the other.

    NO KEY UPDATE, for the same reason as in the moves: an upload logs against the same row.
    """
    return owned(citizen).select_for_update(of=("self",), no_key=True).filter(key=key).first()


def confirm(dossier, step, form=None) -> None:
    """Take over what a valid form says and count the step as done."""
    fields = form.apply() if form is not None else []
    dossier.typed.pop(step.slug, None)
    if step.slug not in dossier.steps_done:
        dossier.steps_done = [*dossier.steps_done, step.slug]
    _save(dossier, fields, form)


def keep(dossier, step, form) -> None:
    """Save a step that is not confirmed: what can be taken is taken, the rest stays as it was typed."""
    if form.is_valid():
        dossier.typed.pop(step.slug, None)
        _save(dossier, form.apply(), form)
        return
    typed = as_typed(form.data)
    if len(str(typed)) <= TYPED_LIMIT:
        dossier.typed[step.slug] = typed
    reopen(dossier, step.slug)
    _save(dossier, [], form)


def reopen(dossier, slug) -> None:
    """Ask for a step again, because what it said no longer holds."""
    dossier.steps_done = [done for done in dossier.steps_done if done != slug]


def _save(dossier, fields, form) -> None:
    dossier.edit += 1
    if form is not None and (window := form.data.get("window")):
        dossier.typed[WINDOW] = window.replace("\0", "")[:20]
    dossier.save(update_fields=[*fields, "typed", "steps_done", "edit", "updated_at"])


def as_typed(data) -> dict:
    """The answers of a posted form, field by field, as PostgreSQL can hold them (its text knows no NUL)."""
    return {name.replace("\0", ""): [value.replace("\0", "") for value in data.getlist(name)] for name in data if name not in NOT_ANSWERS}


def typed_data(dossier, step) -> QueryDict | None:
    """What was typed in a step and could not be taken, as the form would receive it again."""
    if step.slug not in dossier.typed:
        return None
    data = QueryDict(mutable=True)
    for name, values in dossier.typed[step.slug].items():
        data.setlist(name, values)
    return data


def is_stale(dossier, posted, form, step) -> bool:
    """Whether another window saved meanwhile. Sending the same answers once more is no conflict."""
    seen = posted.get("edit")
    if seen is None or seen == str(dossier.edit) or dossier.typed.get(WINDOW, "") == posted.get("window"):
        return False
    return not (form.is_valid() and form.says_nothing_new()) and as_typed(form.data) != dossier.typed.get(step.slug)
