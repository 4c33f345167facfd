"""What the page of a procedure says, in words: terms, fees by channel, papers by how they are asked for."""

from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.templatetags.portal import vnd
from procedures.models import ProcedureVersion, RequiredDocument

Term = ProcedureVersion.Term
ONLINE, DIRECT, POST = "trực tuyến", "trực tiếp", "bưu chính"
EVERY_CHANNEL = "tất cả"
PARTS = ("agency", "processing", "fee", "documents", "result", "legal_basis")


class Channel(NamedTuple):
    """A way to file, with its own term and fee."""

    name: str
    icon: str
    term: str
    fees: list[str]
    recommended: bool


class Paper(NamedTuple):
    """A paper as the page shows it: how it is asked for, how many, when."""

    name: str
    asked: str
    needed: bool
    details: str


def term_words(quantity, unit) -> str:
    if unit == Term.SAME_DAY:
        return _("Trong ngày làm việc")
    if quantity is None:
        return _("Chưa công bố")
    if unit == Term.WORKING_DAY:
        return ngettext("{n} ngày làm việc", "{n} ngày làm việc", quantity).format(n=quantity)
    return ngettext("{n} ngày", "{n} ngày", quantity).format(n=quantity)


class Sheet:
    """The words of the version in force, on one day: fees change from a day to a day."""

    def __init__(self, procedure, *, on=None):
        self.version, self.short_name = procedure.current, procedure.short_name
        self.on = on or timezone.localdate()
        self._fees = [fee for fee in self.version.fees.all() if fee.applies(self.on)]

    @property
    def term(self) -> str:
        return term_words(self.version.term_quantity, self.version.term_unit)

    @property
    def term_detail(self) -> str:
        """The term with its hour: what is accepted late in the day is returned on the next one."""
        version = self.version
        if version.term_unit == Term.SAME_DAY and version.term_cutoff_hour:
            return _("Trong ngày. Tiếp nhận sau {hour} giờ thì trả vào ngày làm việc tiếp theo.").format(hour=version.term_cutoff_hour)
        return f"{self.term}."

    @property
    def term_cases(self) -> list[tuple[str, str]]:
        return [(case["case"], term_words(case["quantity"], case["unit"])) for case in self.version.term_cases]

    @property
    def fee(self) -> str:
        """The fee in one line: of the cheapest words that are still true."""
        if self._fees:
            least = min(fee.amount_vnd for fee in self._fees)
            most = max(fee.amount_vnd for fee in self._fees)
            return vnd(most) if least == most else _("{least} – {most}").format(least=vnd(least), most=vnd(most))
        if self.version.fee_vnd is None:
            return _("Theo mức của HĐND tỉnh") if self.version.fee_note else _("Chưa công bố")
        return f"{vnd(self.version.fee_vnd)} {self.version.fee_case}".strip()

    def fees_of(self, channel) -> list[str]:
        """The fees of a channel today, each with what it is counted by."""
        fees = [fee for fee in self._fees if fee.channel == EVERY_CHANNEL or fee.channel.startswith(channel)]
        if fees:
            return [self._fee_words(fee, channel) for fee in fees]
        if self.version.fee_vnd is None:
            return [self.version.fee_note or _("Chưa công bố")]
        return [self.fee]

    def _fee_words(self, fee, channel):
        per = f"{vnd(fee.amount_vnd)} / {fee.per}" if fee.amount_vnd else vnd(0)
        narrower = fee.channel.removeprefix(channel).strip(" ()") if fee.channel.startswith(channel) else ""
        words = f"{per} ({narrower})" if narrower else per
        return _("{words}, đến hết {day}").format(words=words, day=f"{fee.valid_to:%d/%m/%Y}") if fee.valid_to else words

    @property
    def channels(self) -> list[Channel]:
        names = {
            ONLINE: (_("Trực tuyến"), "mobile", self.term_detail),
            DIRECT: (_("Trực tiếp"), "place", self.term_detail),
            POST: (_("Qua bưu điện"), "mail", _("{term} Tính từ khi cơ quan nhận đủ giấy tờ.").format(term=self.term_detail)),
        }
        offered = [channel for channel in names if channel in self.version.channels]
        return [Channel(*names[channel], self.fees_of(channel), channel == ONLINE and len(offered) > 1) for channel in offered]

    @property
    def papers(self) -> list[Paper]:
        """Those always asked for first, then those of some cases, then those only shown."""
        papers = [self._paper(document) for document in self.version.documents.all()]
        return sorted(papers, key=lambda paper: not paper.needed)

    def _paper(self, document):
        need = RequiredDocument.Need
        if document.only_shown:
            asked = _("Chỉ xuất trình")
        else:
            asked = {need.REQUIRED: _("Cần nộp"), need.CONDITIONAL: _("Có điều kiện"), need.OPTIONAL: _("Nếu có")}[document.need]
        heading = document.heading
        full_name = document.name if heading != document.name else ""
        details = [full_name, copies_words(document), document.form_number, condition_words(document.condition)]
        return Paper(heading, asked, document.blocks, " ".join(f"{part}." for part in details if part))

    @property
    def where(self) -> str:
        """Who resolves it, in the words of its publication."""
        return (
            self.version.agency_text
            if not self.version.outside
            else _("{agency}; {outside}").format(agency=self.version.agency_text, outside=self.version.outside)
        )

    @property
    def fee_note(self) -> str:
        """The note on fees, where the channels do not already say it."""
        return "" if self.version.fee_vnd is None and not self._fees else self.version.fee_note

    @property
    def full_name(self) -> str:
        """The published name, where it says more than the short one."""
        name, short = (text.casefold().removeprefix("thủ tục ").rstrip(".") for text in (self.version.name, self.short_name))
        return "" if name == short else self.version.name

    @property
    def service_level(self) -> str:
        level = self.version.service_level
        return level[:1].upper() + level[1:]

    @property
    def steps(self) -> list[str]:
        """The published steps; where none were published, those that every dossier goes through."""
        if self.version.steps:
            return self.version.steps
        first = (
            _("Nộp hồ sơ qua mạng, tại nơi tiếp nhận hoặc qua bưu điện.")
            if self.version.takes_online
            else _("Nộp hồ sơ tại nơi tiếp nhận.")
        )
        return [
            first,
            _("Cơ quan kiểm tra trong {n} giờ làm việc. Thiếu giấy tờ thì yêu cầu bổ sung một lần, ghi rõ lý do.").format(
                n=settings.FIRST_ANSWER_WORKING_HOURS
            ),
            _("Cơ quan giải quyết hồ sơ và báo cho Ông/Bà mỗi khi trạng thái thay đổi."),
            _("Ông/Bà nhận kết quả: {results}.").format(results=", ".join(self.version.results)),
        ]

    @property
    def seen(self) -> str:
        """When the source was read: 2026-07 → 7/2026."""
        year, _dash, month = self.version.source_seen.partition("-")
        return f"{int(month)}/{year}" if month.isdecimal() else ""

    @property
    def unverified_parts(self) -> dict[str, bool]:
        """By part of the page: whether it was not compared with the published text."""
        return {part: not self.version.is_verified(part) for part in PARTS}


def condition_words(condition) -> str:
    """The condition as a sentence; “nếu có” is already said by how the paper is asked for."""
    return "" if condition.casefold() == "nếu có" else condition[:1].upper() + condition[1:]


def copies_words(document) -> str:
    counts = []
    if document.originals:
        counts.append(ngettext("{n} bản chính", "{n} bản chính", document.originals).format(n=document.originals))
    if document.copies:
        counts.append(ngettext("{n} bản sao", "{n} bản sao", document.copies).format(n=document.copies))
    return ", ".join(counts)
