import io
import struct
import uuid
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dossiers import attachments
from dossiers.models import Attachment, Dossier
from dossiers.status import Status
from dossiers.tests.make import make_attachment, make_dossier, make_draft
from portal.testing.papers import make_pdf, make_photo
from procedures.tests.make import make_procedure

PHOTO = make_photo(120, 90, orientation=1)
DAMAGED = "Tệp “{}” trống hoặc bị hỏng. Chụp hoặc chọn lại."


@pytest.fixture
def draft(lan, birth):
    return make_draft(lan, birth)


@pytest.fixture
def paper(birth):
    return birth.current.documents.get()


def upload(name, data):
    return SimpleUploadedFile(name, data)


def refusal(draft, paper, name, data):
    with pytest.raises(ValidationError) as refused:
        attachments.accept(draft, paper, upload(name, data))
    assert not Attachment.objects.exists()
    return refused.value.messages


def test_a_photograph_is_stored_under_a_random_key_and_waits_for_the_worker(draft, paper):
    taken = attachments.accept(draft, paper, upload("IMG_2026 giấy chứng sinh.jpg", PHOTO))
    kept = Attachment.objects.get()
    assert (kept.pk, kept.dossier, kept.document, kept.state) == (taken.pk, draft, paper, "checking")
    assert (kept.original_name, kept.content_type, kept.size) == ("IMG_2026 giấy chứng sinh.jpg", "image/jpeg", len(PHOTO))
    folder, year, key = kept.file.name.split("/")
    assert (folder, year) == ("dossiers", f"{timezone.localdate():%y}")
    assert uuid.UUID(key).hex == key
    with kept.file.open("rb") as stored:
        assert stored.read() == PHOTO


def test_the_worker_is_woken_after_commit(draft, paper, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr("portal.messaging.broker.ask", lambda *call: asked.append(call))
    with django_capture_on_commit_callbacks(execute=True):
        taken = attachments.accept(draft, paper, upload("a.jpg", PHOTO))
        assert asked == []
    assert asked == [("dossiers.tasks.check_attachment", taken.pk)]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jpg", PHOTO, "image/jpeg"),
        ("a.JPEG", PHOTO, "image/jpeg"),
        ("1000012345", PHOTO, "image/jpeg"),
        ("a.jpg", PHOTO + b"SEFH-what-some-phones-add" * 50, "image/jpeg"),
        ("a.png", make_photo(120, 90, orientation=1, kind="PNG"), "image/png"),
        ("a.heic", make_photo(120, 90, orientation=1, kind="HEIF"), "image/heic"),
        ("a.pdf", make_pdf(2), "application/pdf"),
    ],
)
def test_pictures_and_documents_are_taken(draft, paper, name, data, kind):
    assert attachments.accept(draft, paper, upload(name, data)).content_type == kind


# --- What is refused, and in which words -------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a.txt"])
def test_an_empty_file_is_told(draft, paper, name):
    assert refusal(draft, paper, name, b"") == [DAMAGED.format(name)]


def test_a_file_too_heavy_is_told_its_weight(draft, paper, settings):
    settings.UPLOAD_FILE_MB = 1
    data = PHOTO + b"\0" * (1024 * 1024 + 250_000)
    assert refusal(draft, paper, "a.jpg", data) == ["Tệp “a.jpg” nặng 1,3 MB. Mỗi tệp không quá 1 MB: chụp lại hoặc chia nhỏ."]


def test_a_file_a_little_over_is_not_told_that_it_weighs_the_limit(draft, paper, settings):
    settings.UPLOAD_FILE_MB = 1
    assert "nặng 1,1 MB" in refusal(draft, paper, "a.jpg", PHOTO.ljust(1024 * 1024 + 1, b"\0"))[0]


PROGRAM = b"MZ\x90\x00" + b"\0" * 400


@pytest.mark.parametrize(
    ("name", "data", "ending"),
    [
        ("ảnh.jpg", PROGRAM, "EXE"),
        ("setup.exe", PROGRAM, "EXE"),
        ("a.gif", b"GIF89a" + b"\0" * 60, "GIF"),
        ("a.jpg", b"GIF89a/*<script>*/" + b"\0" * 60, "GIF"),
        ("đơn.docx", b"PK\x03\x04" + b"\0" * 60, "ZIP"),
        ("đơn.txt", "Kính gửi".encode(), "TXT"),
        ("trang.html", b"<html><script>alert(1)</script>", "HTML"),
        ("ảnh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("khong-duoi", b"hello", "không rõ"),
    ],
)
def test_other_kinds_are_named(draft, paper, name, data, ending):
    assert refusal(draft, paper, name, data) == [f"Tệp “{name}” là loại {ending}. Hệ thống nhận ảnh JPG, PNG hoặc PDF."]


@pytest.mark.parametrize(("name", "kind"), [("a.png", "JPG"), ("a.pdf", "JPG"), ("a.exe", "JPG"), ("a.php", "JPG")])
def test_an_ending_that_does_not_fit_is_told(draft, paper, name, kind):
    ending = name[2:]
    assert refusal(draft, paper, name, PHOTO) == [f"Tệp “{name}” có đuôi .{ending} nhưng bên trong là {kind}. Chụp hoặc chọn lại."]


PNG, HEIC, PDF = make_photo(120, 90, orientation=1, kind="PNG"), make_photo(120, 90, orientation=1, kind="HEIF"), make_pdf(2)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", PHOTO[:-2]),
        ("a.jpg", PHOTO[: len(PHOTO) // 2]),
        ("a.jpg", PHOTO[:200]),
        ("a.jpg", b"\xff\xd8\xff\xe0"),
        ("a.jpg", b"rubbish" * 100),
        ("a.jpg", b"\0" * 4096),
        ("a.png", PNG[:-12]),
        ("a.png", PNG[: len(PNG) // 2]),
        ("a.heic", HEIC[: len(HEIC) // 2]),
        ("a.pdf", PDF[: len(PDF) // 2]),
        ("a.pdf", b"%PDF-1.7\n" + b"x" * 200 + b"\n%%EOF"),
    ],
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_a_file_cut_off_on_the_way_is_told(draft, paper, name, data):
    assert refusal(draft, paper, name, data) == [DAMAGED.format(name)]


def test_a_preview_inside_does_not_hide_that_the_picture_was_cut_off(draft, paper):
    preview = b"\xff\xe1" + struct.pack(">H", len(PHOTO) + 2) + PHOTO if len(PHOTO) < 65_000 else b""
    assert preview
    assert refusal(draft, paper, "a.jpg", b"\xff\xd8" + preview + PHOTO[2:-2]) == [DAMAGED.format("a.jpg")]


def test_a_locked_pdf_is_told_apart(draft, paper):
    assert refusal(draft, paper, "đơn.pdf", make_pdf(encrypted=True)) == ["Tệp PDF “đơn.pdf” có mật khẩu. Bỏ mật khẩu rồi gửi lại."]


@pytest.mark.parametrize("data", [make_pdf(javascript=True), make_pdf(attached=True)], ids=["script", "file inside"])
def test_a_pdf_that_does_something_by_itself_is_refused(draft, paper, data):
    assert refusal(draft, paper, "đơn.pdf", data) == [
        "Tệp PDF “đơn.pdf” có phần tự chạy hoặc tệp đính kèm nên không được nhận. In lại ra PDF, hoặc chụp ảnh rồi gửi."
    ]


# --- Room --------------------------------------------------------------------------------------


def test_ten_files_a_paper_and_no_more(draft, paper):
    for _ in range(10):
        make_attachment(draft, paper)
    with pytest.raises(ValidationError) as refused:
        attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    assert refused.value.messages == ["Mỗi giấy tờ tối đa 10 tệp. Xóa bớt rồi thêm."]
    assert attachments.accept(draft, None, upload("a.jpg", PHOTO)).document is None


@pytest.mark.parametrize("gone", [{"state": "refused"}, {"removed_at": timezone.now()}])
def test_refused_and_removed_files_take_no_room(draft, paper, gone):
    for _ in range(10):
        make_attachment(draft, paper, **gone)
    assert attachments.accept(draft, paper, upload("a.jpg", PHOTO)).pk


def test_sixty_megabytes_a_dossier_and_no_more(draft, paper):
    make_attachment(draft, None, size=60 * 1024 * 1024 - len(PHOTO))
    assert attachments.accept(draft, paper, upload("a.jpg", PHOTO)).pk
    with pytest.raises(ValidationError) as refused:
        attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    assert refused.value.messages == ["Cả hồ sơ không quá 60 MB, hiện đã có 60 MB. Xóa bớt tệp hoặc gửi ảnh nhỏ hơn."]


def test_what_was_asked_for_has_the_whole_room_again(lan, birth, agency, hoa, paper):
    dossier = make_dossier(lan, birth, agency)
    for _ in range(10):
        make_attachment(dossier, paper)
    dossier.move("ask_supplement", by=hoa, note="Ảnh mờ")
    assert attachments.accept(dossier, paper, upload("a.jpg", PHOTO)).pk


@pytest.mark.parametrize("status", [value for value in Status if value not in (Status.DRAFT, Status.SUPPLEMENT)])
def test_a_dossier_in_the_office_takes_nothing_by_itself(lan, birth, agency, paper, status):
    dossier = make_dossier(lan, birth, agency, status)
    assert refusal(dossier, paper, "a.jpg", PHOTO) == ["Hồ sơ này hiện không nhận thêm giấy tờ."]


def test_a_paper_of_another_procedure_is_refused(draft):
    other = make_procedure("Đăng ký kết hôn").current.documents.get()
    assert refusal(draft, other, "a.jpg", PHOTO) == ["Giấy tờ này không thuộc thủ tục của hồ sơ."]


def test_the_same_key_twice_is_the_same_file(draft, paper):
    key = uuid.uuid4()
    first = attachments.accept(draft, paper, upload("a.jpg", PHOTO), client_key=key)
    again = attachments.accept(draft, paper, upload("a.jpg", PHOTO), client_key=str(key))
    assert (first.pk, Attachment.objects.count()) == (again.pk, 1)


def test_work_on_the_papers_keeps_the_draft_alive(draft, paper):
    Dossier.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timezone.timedelta(days=29))
    attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    draft.refresh_from_db()
    assert (timezone.now() - draft.updated_at).total_seconds() < 60


# --- Names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\lan\\ảnh.jpg", "ảnh.jpg"),
        ("hoa\u202egpj.exe.jpg", "hoagpj.exe.jpg"),
        ("a\0b\r\nc.jpg", "abc.jpg"),
        ("  giấy   chứng  sinh .jpg", "giấy chứng sinh .jpg"),
        ("gia\u0302\u0301y.jpg", "giấy.jpg"),
        (".htaccess", "htaccess"),
        ("👶 bé.jpg", "👶 bé.jpg"),
        ("Y Ƀlĭk.png", "Y Ƀlĭk.png"),
        ("x" * 200 + ".jpeg", "x" * 114 + "….jpeg"),
        ("", "tệp không tên"),
        ("///", "tệp không tên"),
    ],
)
def test_a_name_is_shown_without_tricks(raw, shown):
    assert attachments.display_name(raw) == shown


@pytest.mark.parametrize("name", ["../../evil.jpg", "a\u202egpj.jpg", "x" * 200 + ".jpg"])
def test_a_name_is_never_part_of_the_key(draft, paper, name):
    key = attachments.accept(draft, paper, upload(name, PHOTO)).file.name
    assert (key.split("/")[0], len(key)) == ("dossiers", len("dossiers/26/") + 32)


# --- Taking out --------------------------------------------------------------------------------


def test_a_file_taken_out_of_a_draft_can_be_put_back(draft, paper):
    taken = attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    attachments.remove(taken)
    assert not draft.attachments.kept().exists()
    attachments.put_back(taken)
    assert draft.attachments.kept().get() == taken


def test_it_is_not_put_back_where_its_place_was_filled(draft, paper, settings):
    settings.UPLOAD_FILES_PER_PAPER = 1
    taken = attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    attachments.remove(taken)
    attachments.accept(draft, paper, upload("b.jpg", PHOTO))
    with pytest.raises(ValidationError, match="tối đa 1 tệp"):
        attachments.put_back(taken)


@pytest.mark.parametrize("status", [value for value in Status if value != Status.DRAFT])
def test_a_file_of_a_submitted_dossier_stays(lan, birth, agency, paper, status):
    attached = make_attachment(make_dossier(lan, birth, agency, status), paper)
    with pytest.raises(ValidationError, match="đã nộp không xóa"):
        attachments.remove(attached)
    assert Attachment.objects.get().removed_at is None


def test_what_was_taken_out_long_ago_is_forgotten_with_its_file(draft, paper, django_capture_on_commit_callbacks):
    old = attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    Attachment.objects.update(removed_at=timezone.now() - timezone.timedelta(hours=2))
    with django_capture_on_commit_callbacks(execute=True):
        attachments.accept(draft, paper, upload("b.jpg", PHOTO))
    assert draft.attachments.get().original_name == "b.jpg"
    assert not default_storage.exists(old.file.name)


def test_nothing_is_decoded_while_the_citizen_waits(draft, paper, monkeypatch):
    from PIL import Image

    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("decoded in the web process"))
    attachments.accept(draft, paper, upload("a.jpg", PHOTO))


def bomb(width, height) -> bytes:
    """A PNG of a few kilobytes that claims to be enormous."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    out = io.BytesIO(b"")
    out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)))
    out.write(chunk(b"IDAT", zlib.compress(b"\0" * (height * (1 + (width + 7) // 8)), 9)) + chunk(b"IEND", b""))
    return out.getvalue()


def test_what_is_taken_out_again_and_again_fills_no_disk(draft, paper, settings, django_capture_on_commit_callbacks):
    settings.UPLOAD_DOSSIER_MB = 1
    attachments.accept(draft, paper, upload("a.jpg", PHOTO))
    Attachment.objects.update(size=2**20 - len(PHOTO) + 1)
    attachments.remove(draft.attachments.get())
    with django_capture_on_commit_callbacks(execute=True):
        attachments.accept(draft, paper, upload("b.jpg", PHOTO))
    assert [kept.original_name for kept in draft.attachments.all()] == ["b.jpg"]
