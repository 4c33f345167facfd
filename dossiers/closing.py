"""What becomes of dossiers when their owner's account is deleted; named in settings because `accounts` lies below.

Drafts go with the account. What was filed is a record of the state and stays: Archives Law 33/2024.
"""

from django.utils.translation import ngettext

from dossiers import attachments
from dossiers.models import Dossier
from dossiers.status import OPEN


def warnings(user) -> list[str]:
    """What the owner should know of the own dossiers before asking."""
    mine = Dossier.objects.owned_by(user)
    told = []
    if drafts := mine.drafts().count():
        told.append(
            ngettext("{n} hồ sơ đang soạn sẽ bị xóa cùng tài khoản.", "{n} hồ sơ đang soạn sẽ bị xóa cùng tài khoản.", drafts).format(
                n=drafts
            )
        )
    if open_ones := mine.filter(status__in=OPEN).count():
        told.append(
            ngettext(
                "{n} hồ sơ đang được giải quyết. Sau khi xóa, hồ sơ chỉ tra cứu được bằng mã biên nhận. Khi đó không bổ sung giấy tờ qua mạng được.",
                "{n} hồ sơ đang được giải quyết. Sau khi xóa, hồ sơ chỉ tra cứu được bằng mã biên nhận. Khi đó không bổ sung giấy tờ qua mạng được.",
                open_ones,
            ).format(n=open_ones)
        )
    return told


def remove(user) -> None:
    """Delete the drafts with their files; one that is being submitted this moment is waited for, and stays."""
    for draft in Dossier.objects.owned_by(user).drafts().select_for_update(no_key=True):
        attachments.delete_draft(draft)
