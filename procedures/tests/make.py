"""Agencies, officials and procedures for tests."""

import itertools

from accounts.tests.make import make_staff
from procedures.models import Agency, AgencyRule, Fee, Official, Procedure, ProcedureVersion, RequiredDocument

_numbers = itertools.count(1)


def make_agency(short_name="UBND phường Buôn Ma Thuột", **fields) -> Agency:
    n = next(_numbers)
    code = f"{24000 + n}"
    fields = {
        "key": f"H15.X.{code}",
        "identifier": f"H15.{code[0:2]}.{code[2:5]}",
        "name": short_name.replace("UBND", "Ủy ban nhân dân"),
        "short_name": short_name,
        "level": Agency.Level.COMMUNE,
        "kind": "phường",
        "admin_code": code,
    } | fields
    return Agency.objects.create(**fields)


def make_official(agency, full_name="Nguyễn Thị Thu Hà", role=Official.Role.LEADER, **fields):
    """A staff user posted at an agency; the leader's role may make every move."""
    user = make_staff(full_name, **fields)
    Official.objects.create(user=user, agency=agency, role=role, title="Công chức tư pháp – hộ tịch")
    return user


def make_administrator():
    """A user who may do everything in the admin, and works at no agency."""
    return make_staff("Quản trị viên", is_superuser=True)


DECLARATION = [
    {
        "title": "Người được khai sinh",
        "fields": [
            {"key": "tre_ho_ten", "label": "Họ, chữ đệm, tên người được khai sinh", "type": "text", "required": True},
            {"key": "tre_ngay_sinh", "label": "Ngày, tháng, năm sinh", "type": "date", "required": True},
            {"key": "tre_gioi_tinh", "label": "Giới tính", "type": "choice", "required": True, "choices": ["Nam", "Nữ"]},
        ],
    }
]


def make_procedure(
    short_name="Đăng ký khai sinh", *, documents=("Giấy chứng sinh",), declaration=(), code="", agencies=(), synonyms="", **version_fields
) -> Procedure:
    """A published procedure for communes; each name in `documents` is a required paper to be sent, a dict says more."""
    n = next(_numbers)
    procedure = Procedure.objects.create(
        code=code or f"1.{n:06d}", short_name=short_name, field="Hộ tịch", level="commune", synonyms=synonyms
    )
    make_version(procedure, documents=documents, declaration=declaration, agencies=agencies, **version_fields)
    procedure.refresh_from_db()
    return procedure


def make_version(procedure, *, documents=("Giấy chứng sinh",), declaration=(), agencies=(), fees=(), publish=True, **fields):
    """A version of a procedure with the next number, in force unless told otherwise."""
    fields = {
        "name": f"Thủ tục {procedure.short_name.lower()}",
        "agency_text": "Ủy ban nhân dân cấp xã",
        "agency_rule": AgencyRule.COMMUNE,
        "service_level": "toàn trình",
        "channels": ["trực tuyến", "trực tiếp"],
        "term_quantity": 3,
        "term_unit": ProcedureVersion.Term.WORKING_DAY,
        "fee_vnd": 0,
        "results": ["Giấy khai sinh"],
        "declaration": list(declaration),
    } | fields
    at = fields.pop("published_at", None)
    version = ProcedureVersion.objects.create(procedure=procedure, number=procedure.versions.count() + 1, **fields)
    version.agencies.set(agencies)
    for position, paper in enumerate(documents, start=1):
        paper = {"name": paper} if isinstance(paper, str) else paper
        paper = {"need": RequiredDocument.Need.REQUIRED, "originals": 1} | paper
        RequiredDocument.objects.create(version=version, position=position, **paper)
    for fee in fees:
        Fee.objects.create(version=version, **fee)
    if publish:
        version.publish(at=at)
    return version
