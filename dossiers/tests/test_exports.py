import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts import mydata
from dossiers import access, exports
from dossiers.models import Attachment
from dossiers.tests.make import make_attachment, make_dossier, make_draft


def told(user):
    return json.loads(json.dumps(exports.mine(user)[0], default=str))["ho_so"]


def test_a_dossier_is_told_with_moves_accesses_and_papers(lan, minh, hoa, birth, agency):
    dossier = make_dossier(lan, birth, agency)
    make_dossier(minh, birth, agency)
    dossier.move("receive", by=hoa)
    access.log(dossier, hoa, "Xem hồ sơ")
    document = dossier.version.documents.get()
    key = default_storage.save("dossiers/26/export-test", ContentFile(b"giay to"))
    make_attachment(dossier, document, file=key, original_name="../Trang 1.jpg")
    make_attachment(dossier, document, original_name="Trang 1.jpg", state=Attachment.State.READY, removed_at=dossier.submitted_at)
    [only] = told(lan)
    assert (only["ma_bien_nhan"], only["thu_tuc"], only["co_quan"]) == (dossier.receipt_code, birth.current.name, agency.name)
    [step] = only["dien_bien"]
    assert step["viec"] == "Được tiếp nhận"
    assert step["noi_thuc_hien"].endswith(agency.short_name)
    assert [(row["co_quan"], row["viec"]) for row in only["luot_xem"]] == [(agency.short_name, "Xem hồ sơ")]
    assert hoa.full_name not in json.dumps(only, ensure_ascii=False)
    name = f"ho-so/{dossier.receipt_code}/01 Trang 1.jpg"
    assert [(paper["ten_tep"], paper["tep"]) for paper in only["giay_to"]] == [("../Trang 1.jpg", name)]
    packed = zipfile.ZipFile(io.BytesIO(b"".join(mydata.archive(lan))))
    assert packed.read(name) == b"giay to"


def test_drafts_are_told_too(lan, birth):
    draft = make_draft(lan, birth, applicant_name="H’Lan Niê")
    [only] = told(lan)
    assert (only["ma_bien_nhan"], only["co_quan"], only["trang_thai"]) == ("", "", "Đang soạn")
    assert str(draft.key) not in json.dumps(only)


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three(lan, hoa, birth, agency, count, django_assert_num_queries):
    for _n in range(count):
        dossier = make_dossier(lan, birth, agency)
        make_attachment(dossier, dossier.version.documents.get())
        access.log(dossier, hoa, "Xem hồ sơ")
    with django_assert_num_queries(4):
        _told, files = exports.mine(lan)
    assert len(files) == count
