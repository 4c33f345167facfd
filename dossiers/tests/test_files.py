import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from pypdf import PdfWriter

from dossiers.models import Attachment, DossierAccess
from dossiers.status import Status
from dossiers.tests import walk
from dossiers.tests.make import make_dossier, make_draft
from procedures.tests.make import make_procedure


@pytest.fixture
def signed_in(client, lan):
    client.force_login(lan)
    return client


@pytest.fixture
def draft(lan, birth):
    return make_draft(lan, birth, steps_done=["co-quan", "nguoi-nop"])


def pdf(password=None) -> bytes:
    writer, held = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(held)
    return held.getvalue()


def verified(client, official):
    """The official's session after the second factor."""
    client.force_login(official)
    device = TOTPDevice.objects.create(user=official, confirmed=True)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client


def opened(client, address) -> bytes:
    return b"".join(client.get(address).streaming_content)


def ready(dossier, **fields) -> Attachment:
    from django.core.files.base import ContentFile

    attached = Attachment(
        dossier=dossier,
        document=dossier.version.documents.first(),
        original_name="giay.jpg",
        content_type="image/jpeg",
        size=3,
        state=Attachment.State.READY,
    )
    for name, value in fields.items():
        setattr(attached, name, value)
    attached.file.save("x", ContentFile(b"abc"), save=False)
    attached.save()
    return attached


def test_an_upload_without_a_script_returns_to_its_card(signed_in, draft):
    answer = walk.attach(signed_in, draft)
    document = draft.version.documents.get()
    assert answer.url == f"{walk.address(draft, 'giay-to')}#paper-{document.pk}"
    attached = draft.attachments.get()
    assert (attached.document, attached.content_type, attached.original_name) == (document, "image/jpeg", "giay.jpg")
    page = signed_in.get(walk.address(draft, "giay-to")).content.decode()
    assert "Trang 1" in page
    assert "Đang kiểm tra" in page


def test_a_script_gets_the_card_drawn_anew(signed_in, draft):
    document = draft.version.documents.get()
    address = reverse("dossiers:upload", args=[draft.key, document.pk])
    answer = signed_in.post(address, {"files": walk.jpeg()}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"card", "errors", "notice", "status"}
    assert f'id="paper-{document.pk}"' in told["card"]
    assert told["notice"] == "Đã có đủ giấy tờ bắt buộc."
    answer = signed_in.post(address, {"files": SimpleUploadedFile("a.exe", b"MZ")}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "a.exe" in answer.json()["errors"][0]


def test_a_retry_after_a_lost_line_is_the_same_file(signed_in, draft):
    key = "7f9c24e8-3b12-4f3a-9d0c-111111111111"
    walk.attach(signed_in, draft, client_key=key)
    walk.attach(signed_in, draft, client_key=key)
    walk.attach(signed_in, draft, client_key="không phải khóa")
    assert draft.attachments.count() == 2


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("trong.jpg", b""), "Tệp “trong.jpg” trống hoặc bị hỏng. Chụp hoặc chọn lại."),
        (SimpleUploadedFile("hong.jpg", b"\xff\xd8\xff\xe0 cut off"), "Tệp “hong.jpg” trống hoặc bị hỏng. Chụp hoặc chọn lại."),
        (SimpleUploadedFile("bai.txt", b"xin chao"), "Tệp “bai.txt” là loại TXT. Hệ thống nhận ảnh JPG, PNG hoặc PDF."),
        (SimpleUploadedFile("don.pdf", pdf("mat khau")), "Tệp PDF “don.pdf” có mật khẩu. Bỏ mật khẩu rồi gửi lại."),
        (SimpleUploadedFile("nang.jpg", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)), "Tệp “nang.jpg” nặng 10,1 MB. Mỗi tệp không quá 10 MB"),
        (None, "Chọn ảnh hoặc tệp Giấy chứng sinh."),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_its_reason(signed_in, draft, file, said):
    document = draft.version.documents.get()
    sent = {"files": file} if file else {}
    answer = signed_in.post(reverse("dossiers:upload", args=[draft.key, document.pk]), sent)
    page = answer.content.decode()
    assert said in page
    assert "<title>Lỗi: " in page
    assert "Có 1 chỗ cần sửa" in page
    assert not draft.attachments.exists()


def test_the_good_ones_stay_where_one_is_refused(signed_in, draft):
    answer = walk.attach(signed_in, draft, [walk.jpeg("mot.jpg"), SimpleUploadedFile("hai.txt", b"x"), walk.jpeg("ba.jpg")])
    assert "hai.txt" in answer.content.decode()
    assert [attached.original_name for attached in draft.attachments.all()] == ["mot.jpg", "ba.jpg"]


def test_a_paper_takes_only_so_many_files(signed_in, draft, settings):
    settings.UPLOAD_FILES_PER_PAPER = 2
    answer = walk.attach(signed_in, draft, [walk.jpeg(f"{n}.jpg") for n in range(3)])
    assert "Mỗi giấy tờ tối đa 2 tệp. Xóa bớt rồi thêm." in answer.content.decode()
    assert draft.attachments.count() == 2


def test_a_replaced_file_goes_only_when_the_new_one_is_safe(signed_in, draft, settings):
    settings.UPLOAD_FILES_PER_PAPER = 1
    walk.attach(signed_in, draft, walk.jpeg("cu.jpg"))
    old = draft.attachments.get()
    page = signed_in.get(walk.address(draft, "giay-to"), {"thay": old.key}).content.decode()
    assert "Tệp mới sẽ thay cho “cu.jpg”." in page
    walk.attach(signed_in, draft, SimpleUploadedFile("hong.jpg", b"?"), replace=old.key)
    assert draft.attachments.kept().get() == old
    walk.attach(signed_in, draft, walk.jpeg("moi.jpg"), replace=old.key)
    assert draft.attachments.kept().get().original_name == "moi.jpg"


def test_a_removed_file_can_be_put_back(signed_in, draft):
    walk.attach(signed_in, draft)
    attached = draft.attachments.get()
    answer = signed_in.post(reverse("dossiers:remove", args=[attached.key]))
    document = draft.version.documents.get()
    assert answer.url == f"{walk.address(draft, 'giay-to')}?da-xoa={attached.key}#paper-{document.pk}"
    page = signed_in.get(answer.url).content.decode()
    assert "Đã xóa giay.jpg" in page
    assert "Hoàn tác" in page
    assert not draft.attachments.kept().exists()
    assert signed_in.get(reverse("dossiers:file", args=[attached.key])).status_code == 404
    signed_in.post(reverse("dossiers:restore", args=[attached.key]))
    assert draft.attachments.kept().get() == attached


def test_removing_a_required_paper_reopens_its_step(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    signed_in.post(reverse("dossiers:remove", args=[dossier.attachments.get().key]))
    assert signed_in.get(walk.address(dossier, "kiem-tra")).url == walk.address(dossier, "giay-to")


def test_a_paper_of_another_procedure_takes_nothing(signed_in, draft):
    other = make_procedure("Khác").current.documents.get()
    for paper in (str(other.pk), "uy-quyen", "khong-co"):
        assert walk.attach(signed_in, draft, paper=paper).status_code == 404


def test_a_paper_only_shown_is_not_sent(signed_in, lan):
    procedure = make_procedure("Thông báo lưu trú", documents=["Tờ khai", {"name": "Thẻ Căn cước", "only_shown": True}])
    draft = make_draft(lan, procedure, steps_done=["co-quan", "nguoi-nop"])
    shown = procedure.current.documents.last()
    assert walk.attach(signed_in, draft, paper=str(shown.pk)).status_code == 404
    page = signed_in.get(walk.address(draft, "giay-to")).content.decode()
    assert "Mang theo khi đến cơ quan" in page
    assert f'id="files-{shown.pk}"' not in page


def test_a_submitted_dossier_takes_no_more_files_and_loses_none(signed_in, lan, birth, agency):
    dossier = make_dossier(lan, birth, agency)
    attached = ready(dossier)
    walk.attach(signed_in, dossier)
    signed_in.post(reverse("dossiers:remove", args=[attached.key]))
    assert dossier.attachments.kept().get() == attached


def test_asked_for_more_the_citizen_adds_papers_from_the_supplement_page(signed_in, lan, birth, agency):
    dossier = make_dossier(lan, birth, agency, Status.SUPPLEMENT)
    document = birth.current.documents.get()
    answer = walk.attach(signed_in, dossier)
    assert answer.url == f"{reverse('dossiers:supplement', args=[dossier.receipt_code])}#paper-{document.pk}"
    assert dossier.attachments.count() == 1


@pytest.mark.parametrize("name", ["file", "thumbnail", "remove", "restore"])
def test_a_stranger_gets_404_for_the_file(client, minh, draft, name):
    attached = ready(draft, thumbnail="x", removed_at=timezone.now() if name == "restore" else None)
    client.force_login(minh)
    address = reverse(f"dossiers:{name}", args=[attached.key])
    answer = client.get(address) if name in ("file", "thumbnail") else client.post(address)
    assert answer.status_code == 404
    attached.refresh_from_db()
    assert (attached.removed_at is not None) == (name == "restore")


def test_a_guest_is_sent_to_sign_in(client, draft):
    assert client.get(reverse("dossiers:file", args=[ready(draft).key])).status_code == 302


def test_the_owner_downloads_or_opens_the_file(signed_in, draft):
    attached = ready(draft, original_name="Giấy “chứng sinh”.jpg")
    address = reverse("dossiers:file", args=[attached.key])
    answer = signed_in.get(address)
    assert b"".join(answer.streaming_content) == b"abc"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    heic = ready(draft, content_type="image/heic")
    for key, kind in ((attached.key, "inline"), (heic.key, "attachment")):
        answer = signed_in.get(reverse("dossiers:file", args=[key]), {"xem": "1"})
        assert answer["Content-Disposition"].startswith(f"{kind};")
        assert b"".join(answer.streaming_content) == b"abc"


def test_an_official_of_the_agency_reads_the_file_after_the_second_factor_and_it_is_written_down(client, hoa, lan, birth, agency):
    attached = ready(make_dossier(lan, birth, agency))
    address = reverse("dossiers:file", args=[attached.key])
    client.force_login(hoa)
    assert client.get(address).status_code == 404
    assert opened(verified(client, hoa), address) == b"abc"
    access = DossierAccess.objects.get()
    assert (access.user, access.dossier, access.office, access.what) == (hoa, attached.dossier, agency.short_name, "Tệp giay.jpg")


def test_an_official_of_another_agency_gets_404(client, tuan, lan, birth, agency):
    attached = ready(make_dossier(lan, birth, agency))
    assert verified(client, tuan).get(reverse("dossiers:file", args=[attached.key])).status_code == 404
    assert not DossierAccess.objects.exists()


@pytest.mark.parametrize("state", [Attachment.State.CHECKING, Attachment.State.REFUSED])
def test_what_is_not_yet_clean_only_its_owner_sees(client, hoa, lan, birth, agency, state):
    attached = ready(make_dossier(lan, birth, agency), state=state)
    address = reverse("dossiers:file", args=[attached.key])
    assert verified(client, hoa).get(address).status_code == 404
    client.force_login(lan)
    assert opened(client, address) == b"abc"


def test_a_draft_is_nobody_elses_business(client, hoa, draft, agency):
    draft.agency = agency
    draft.save()
    attached = ready(draft)
    assert verified(client, hoa).get(reverse("dossiers:file", args=[attached.key])).status_code == 404


def test_a_file_that_is_no_longer_on_the_disk_is_not_there(signed_in, draft):
    walk.attach(signed_in, draft)
    attached = draft.attachments.get()
    attached.file.storage.delete(attached.file.name)
    assert signed_in.get(reverse("dossiers:file", args=[attached.key])).status_code == 404
    Attachment.objects.update(state="refused", file="")
    assert signed_in.get(reverse("dossiers:file", args=[attached.key])).status_code == 404


def test_a_citizen_sends_only_so_many_files_an_hour(signed_in, draft, settings):
    settings.UPLOADS_PER_HOUR = 2
    assert walk.attach(signed_in, draft).status_code == 302
    assert walk.attach(signed_in, draft, [walk.jpeg("a.jpg"), walk.jpeg("b.jpg")]).status_code == 429
    assert draft.attachments.count() == 1


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_an_official_who_is_one_no_longer_reads_nothing_from_the_session_that_is_left(client, hoa, lan, birth, agency, change):
    attached = ready(make_dossier(lan, birth, agency))
    verified(client, hoa)
    type(hoa).objects.filter(pk=hoa.pk).update(**change)
    assert client.get(reverse("dossiers:file", args=[attached.key])).status_code in (302, 404)


def test_a_file_name_cannot_break_out_of_its_header(signed_in, draft):
    walk.attach(signed_in, draft)
    attached = draft.attachments.get()
    Attachment.objects.update(original_name='"; filename="x.html\\\'.jpg')
    answer = signed_in.get(reverse("dossiers:file", args=[attached.key]))
    answer.close()
    assert answer["Content-Disposition"] == 'attachment; filename="\\"; filename=\\"x.html\\\\\'.jpg"'
