"""Drafts of a citizen: begun, listed with the next step, thrown away."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import wizard
from dossiers.models import Dossier
from procedures.models import Procedure


class NotPossible(Exception):
    """Why no draft can be begun now, in a sentence for the citizen."""


def of(citizen) -> list[Dossier]:
    """The citizen's drafts, the last touched first, each with `next_step` and `age`; one query."""
    listed = list(Dossier.objects.owned_by(citizen).drafts().select_related("version__procedure", "agency").order_by("-updated_at", "-pk"))
    for draft in listed:
        draft.next_step = wizard.first_unfinished(draft)
        draft.age = age(draft.updated_at)
    return listed


def age(touched, at=None) -> str:
    """“hôm nay”, “hôm qua”, “3 ngày trước”: Django has no Vietnamese for this."""
    days = (timezone.localdate(at or timezone.now()) - timezone.localdate(touched)).days
    match days:
        case 0:
            return _("hôm nay")
        case 1:
            return _("hôm qua")
    return _("{n} ngày trước").format(n=days)


@transaction.atomic
def begin(citizen, procedure, *, anew=False) -> Dossier:
    """A draft for a procedure that may be filed here; NotPossible says why not.

    The citizen's row is held meanwhile, so that a double click begins one draft and not two.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=citizen.pk)
    if not Procedure.objects.fileable().filter(pk=procedure.pk).exists():
        raise NotPossible(_("Thủ tục “{name}” chưa nộp được trên trang này.").format(name=procedure.short_name))
    open_drafts = of(citizen)
    same = [draft for draft in open_drafts if draft.version.procedure_id == procedure.pk]
    untouched = next((draft for draft in same if not draft.edit and draft.version_id == procedure.current_id), None)
    if untouched:
        return untouched
    if same and not anew:
        raise NotPossible(
            _("Ông/Bà đang soạn một hồ sơ “{name}”. Làm tiếp hồ sơ đó, hoặc soạn hồ sơ mới.").format(name=procedure.short_name)
        )
    if len(open_drafts) >= settings.DRAFTS_PER_CITIZEN:
        raise NotPossible(
            _("Ông/Bà đang có {n} hồ sơ đang soạn, là số nhiều nhất. Làm tiếp hoặc xóa bớt một hồ sơ rồi bắt đầu hồ sơ mới.").format(
                n=len(open_drafts)
            )
        )
    return Dossier.objects.create(citizen=citizen, version_id=procedure.current_id)
