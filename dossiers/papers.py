"""The papers of a dossier: what is asked for, what was sent, and what is still missing."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.models import Attachment
from portal.text import folded, heading
from procedures.models import RequiredDocument

# Asked for when somebody files for another person. Where the catalogue names such a paper itself, as a
# conditional one, that one becomes required instead of asking twice for the same.
MANDATE = "uy-quyen"
MANDATES = ("van ban uy quyen", "giay uy quyen")


@dataclass
class Paper:
    """One paper with the files sent for it; `document` is None for a mandate the catalogue does not name."""

    number: int
    slug: str
    name: str
    document: RequiredDocument | None
    files: list[Attachment] = field(default_factory=list)
    is_mandate: bool = False

    @property
    def heading(self) -> str:
        return heading(self.name)

    @property
    def required(self) -> bool:
        return self.is_mandate or self.document.blocks

    @property
    def only_shown(self) -> bool:
        """Brought along to the counter, never sent."""
        return self.document is not None and self.document.only_shown

    @property
    def conditional(self) -> bool:
        return not self.is_mandate and self.document.need == RequiredDocument.Need.CONDITIONAL

    @property
    def condition(self) -> str:
        return self.document.condition if self.document else ""

    @property
    def received(self) -> list[Attachment]:
        """The files that count: a file still being checked does not hold the citizen up."""
        return [attached for attached in self.files if attached.state != Attachment.State.REFUSED]

    @property
    def refused(self) -> list[Attachment]:
        return [attached for attached in self.files if attached.state == Attachment.State.REFUSED]

    @property
    def checking(self) -> list[Attachment]:
        return [attached for attached in self.files if attached.state == Attachment.State.CHECKING]

    @property
    def missing(self) -> bool:
        return self.required and not self.received

    @property
    def count_words(self) -> str:
        """“2 ảnh”, “1 tệp PDF”, “3 tệp”: what was received."""
        received = self.received
        pictures = sum(attached.content_type != "application/pdf" for attached in received)
        if pictures == len(received):
            return ngettext("{n} ảnh", "{n} ảnh", pictures).format(n=pictures)
        if not pictures:
            return ngettext("{n} tệp PDF", "{n} tệp PDF", len(received)).format(n=len(received))
        return ngettext("{n} tệp", "{n} tệp", len(received)).format(n=len(received))

    @property
    def status(self) -> dict:
        """The pill of the card: word, colour, picture."""
        if self.refused:
            return {"word": _("Không nhận được"), "css": "error", "icon": "alert"}
        if self.checking:
            return {"word": _("Đang kiểm tra"), "css": "active", "icon": "clock"}
        if self.received:
            return {"word": _("Đã có {files}").format(files=self.count_words), "css": "done", "icon": "tick"}
        if self.only_shown:
            return {"word": _("Chỉ xuất trình"), "css": "", "icon": ""}
        if self.required:
            return {"word": _("Chưa có"), "css": "warn", "icon": ""}
        return {"word": _("Có điều kiện") if self.conditional else _("Không bắt buộc"), "css": "", "icon": ""}


def of(dossier) -> list[Paper]:
    """Every paper of the dossier in the order of the catalogue, a mandate it does not name last; two queries."""
    sent: dict[int | None, list[Attachment]] = {}
    for attached in dossier.attachments.filter(removed_at__isnull=True):
        sent.setdefault(attached.document_id, []).append(attached)
    found = [
        Paper(number, str(document.pk), document.name, document, sent.get(document.pk, []))
        for number, document in enumerate(dossier.version.documents.all(), start=1)
    ]
    if dossier.for_other:
        named = next((paper for paper in found if folded(paper.name).startswith(MANDATES)), None)
        if named:
            named.is_mandate = True
        else:
            found.append(Paper(len(found) + 1, MANDATE, _("Giấy ủy quyền"), None, sent.get(None, []), is_mandate=True))
    return found


def find(papers, slug) -> Paper | None:
    return next((paper for paper in papers if paper.slug == slug), None)


def missing(papers) -> list[Paper]:
    """The required papers without a file that counts."""
    return [paper for paper in papers if paper.missing]


def required(papers) -> list[Paper]:
    return [paper for paper in papers if paper.required]
