"""“Tải dữ liệu của tôi”: everything kept about a person, as one archive that is written while it is sent.

Each room tells its own part (`settings.ACCOUNT_EXPORTS`); no file is in memory for longer than a piece of it.
Nothing secret is told: no password, no code, no key, and nothing officials wrote to each other.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import browsers
from accounts.models import ClosingRequest, Dispute

PIECE = 256 * 1024
READ_ME = """Đây là dữ liệu mà hệ thống đang lưu về Ông/Bà, lập lúc {at}.

du-lieu.json  Thông tin tài khoản, nơi đăng nhập, tin đã gửi, hồ sơ, diễn biến và lượt xem hồ sơ.
              Mở được bằng trình duyệt hoặc phần mềm soạn thảo văn bản.
ho-so/        Giấy tờ Ông/Bà đã gửi, xếp theo mã biên nhận.

Mật khẩu và mã OTP không có ở đây: hệ thống không lưu chúng ở dạng đọc được.
Ghi chú nội bộ của cán bộ không phải dữ liệu do Ông/Bà cung cấp nên cũng không có.

Gói này có dữ liệu cá nhân. Xin giữ ở nơi an toàn và không gửi cho người khác.
Cần giúp đỡ: gọi {hotline}.
"""
MISSING = "Các tệp sau hiện không đọc được, xin gọi {hotline}:\n{names}\n"


@dataclass(frozen=True)
class File:
    """A file of the archive, opened when its turn comes."""

    name: str
    open: Callable[[], IO[bytes]]


class _Pieces:
    """Where the archive is written to: what was written since is taken out and sent."""

    def __init__(self):
        self._written = bytearray()

    def write(self, data):
        self._written += data
        return len(data)

    def flush(self):
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


def archive(user, at=None) -> Iterator[bytes]:
    """The archive in pieces. The data are collected now, the files are read as the pieces are taken."""
    at = at or timezone.now()
    told, files = {"lap_luc": at}, []
    for name in settings.ACCOUNT_EXPORTS:
        section, of_section = import_string(name)(user)
        told |= section
        files += of_section
    data = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    read_me = READ_ME.format(at=f"{timezone.localtime(at):%H:%M %d/%m/%Y}", hotline=settings.HOTLINE)
    return _written({"README.txt": read_me, "du-lieu.json": data}, files, timezone.localtime(at).timetuple()[:6])


def _written(texts: dict[str, str], files: Iterable[File], at) -> Iterator[bytes]:
    pieces, missing = _Pieces(), []
    with zipfile.ZipFile(pieces, "w") as packed:
        for name, text in texts.items():
            packed.writestr(_entry(name, at, zipfile.ZIP_DEFLATED), text)
            yield pieces.take()
        for file in files:
            try:
                opened = file.open()
            except OSError:
                missing.append(file.name)
                continue
            # Pictures and PDF are compressed already.
            with opened, packed.open(_entry(file.name, at, zipfile.ZIP_STORED), "w", force_zip64=True) as target:
                while piece := opened.read(PIECE):
                    target.write(piece)
                    yield pieces.take()
        if missing:
            packed.writestr(
                _entry("thieu.txt", at, zipfile.ZIP_DEFLATED), MISSING.format(hotline=settings.HOTLINE, names="\n".join(missing))
            )
    yield pieces.take()


def _entry(name, at, how) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at)
    entry.compress_type = how
    entry.external_attr = 0o600 << 16
    return entry


def account(user):
    """What this room keeps: the person, the ways in, and what was asked of us."""
    return {
        "tai_khoan": {
            "ten_dang_nhap": user.username,
            "ho_va_ten": user.full_name,
            "so_cccd_cmnd": user.national_id,
            "ngay_sinh": user.birth_date.year if user.birth_date and user.birth_year_only else user.birth_date,
            "thu_dien_tu": user.email,
            "so_dien_thoai": user.phone,
            "so_dien_thoai_xac_minh_luc": user.phone_verified_at,
            "dia_chi": user.address,
            "ma_xa_phuong": user.commune_code,
            "cach_dang_ky": user.get_door_display(),
            "dang_ky_luc": user.date_joined,
            "kich_hoat_luc": user.activated_at,
            "dang_nhap_lan_cuoi": user.last_login,
        },
        "dia_chi_thu_dien_tu": [
            {"dia_chi": address.email, "da_xac_nhan": address.verified} for address in user.emailaddress_set.order_by("pk")
        ],
        "tai_khoan_lien_ket": [
            {"noi_cap": linked.provider, "lien_ket_luc": linked.date_joined} for linked in user.socialaccount_set.order_by("pk")
        ],
        "phien_dang_nhap": [
            {
                "thiet_bi": browsers.name(row.user_agent),
                "trinh_duyet": row.user_agent,
                "dia_chi_mang": row.ip,
                "dang_nhap_luc": row.created_at,
            }
            for row in user.usersession_set.order_by("pk")
        ],
        "thiet_bi_duoc_nho": [
            {"thiet_bi": browsers.name(row.user_agent), "nho_tu": row.created_at, "nho_den": row.expires_at}
            for row in user.trusted_devices.order_by("pk")
        ],
        "khieu_nai": [
            {
                "ma_khieu_nai": dispute.code,
                "gui_luc": dispute.created_at,
                "trinh_bay": dispute.statement,
                "trang_thai": dispute.get_state_display(),
                "ly_do": dispute.reason,
            }
            for dispute in Dispute.objects.filter(claimant=user).order_by("created_at")
        ],
        "yeu_cau_xoa_tai_khoan": [
            {
                "yeu_cau_luc": closing.asked_at,
                "tra_loi_truoc_ngay": closing.answer_by,
                "trang_thai": closing.get_state_display(),
                "ly_do": closing.reason,
            }
            for closing in ClosingRequest.objects.filter(user=user)
        ],
    }, []
