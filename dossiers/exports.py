"""A citizen's dossiers with their papers, for the archive of their data; named in settings because `accounts` builds it."""

from django.db.models import Prefetch

from accounts.mydata import File
from dossiers.attachments import display_name
from dossiers.models import Attachment, Dossier
from dossiers.timeline import TITLES
from dossiers.words import pill
from procedures import declaration


def mine(user):
    """Every dossier, drafts too, with answers, moves, and which office opened it; and the files."""
    kept = Attachment.objects.kept().select_related("document")
    rows = (
        Dossier.objects.owned_by(user)
        .select_related("version__procedure", "agency")
        .prefetch_related("events", "accesses", Prefetch("attachments", queryset=kept, to_attr="papers"))
        .order_by("created_at", "pk")
    )
    dossiers = list(rows)
    return {"ho_so": [_told(dossier, user) for dossier in dossiers]}, [file for dossier in dossiers for file in _files(dossier)]


def _told(dossier, user) -> dict:
    return {
        "ma_bien_nhan": dossier.receipt_code or "",
        "thu_tuc": dossier.version.name,
        "co_quan": dossier.agency.name if dossier.agency else "",
        "trang_thai": pill(dossier.status).word,
        "nguoi_nop": {
            "ho_va_ten": dossier.applicant_name,
            "so_cccd_cmnd": dossier.applicant_national_id,
            "ngay_sinh": dossier.applicant_birth_date,
            "so_dien_thoai": dossier.applicant_phone,
            "thu_dien_tu": dossier.applicant_email,
            "dia_chi": ", ".join(filter(None, [dossier.applicant_address, dossier.applicant_commune, dossier.applicant_province])),
        },
        "nop_cho": {"ho_va_ten": dossier.beneficiary_name, "so_cccd_cmnd": dossier.beneficiary_national_id} if dossier.for_other else None,
        "to_khai": [
            {"muc": group["title"], "tra_loi": [{"cau_hoi": str(label), "tra_loi": str(text)} for label, text in group["rows"]]}
            for group in declaration.read(dossier.version.declaration, dossier.answers)
        ],
        "nhan_ket_qua": dossier.get_delivery_display(),
        "dia_chi_nhan_ket_qua": dossier.delivery_address,
        "bat_dau_luc": dossier.created_at,
        "nop_luc": dossier.submitted_at,
        "tiep_nhan_luc": dossier.accepted_at,
        "hen_tra_luc": dossier.due_at,
        "le_phi_dong": dossier.fee_vnd,
        "dien_bien": [
            {
                "viec": str(TITLES.get(event.verb) or pill(event.to_status).word),
                "luc": event.at,
                "noi_thuc_hien": event.spoken_office,
                "ly_do": event.note,
            }
            for event in dossier.events.all()
        ],
        "luot_xem": [
            {"co_quan": access.office, "viec": access.what, "luc": access.at}
            for access in dossier.accesses.all()
            if access.user_id != user.pk
        ],
        "giay_to": [
            {
                "giay_to": paper.document.name if paper.document else "",
                "ten_tep": paper.original_name,
                "tep": name,
                "dung_luong": paper.size,
                "trang_thai": paper.get_state_display(),
                "ly_do_khong_nhan": paper.refusal,
                "gui_luc": paper.created_at,
            }
            for name, paper in _named(dossier)
        ],
    }


def _files(dossier):
    for name, paper in _named(dossier):
        yield File(name, lambda file=paper.file: file.storage.open(file.name, "rb"))


def _named(dossier):
    """Each file under a name of its own: two photographs may be called alike."""
    folder = dossier.receipt_code or f"dang-soan-{dossier.key}"
    for number, paper in enumerate(dossier.papers, 1):
        yield f"ho-so/{folder}/{number:02d} {display_name(paper.original_name)}", paper
