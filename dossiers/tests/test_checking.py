"""What the worker makes of a file, on photographs as phones send them."""

import hashlib
import io
import logging

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from dossiers import attachments, checking, tasks
from dossiers.models import Attachment, Dossier
from dossiers.tests.make import make_draft
from dossiers.tests.test_attachments import bomb
from portal import images
from portal.testing.papers import make_pdf, make_photo

RED = (150, 255), (0, 80), (0, 80)


@pytest.fixture
def draft(lan, birth):
    return make_draft(lan, birth)


def sent(draft, name, data) -> Attachment:
    return attachments.accept(draft, None, SimpleUploadedFile(name, data))


def checked(draft, name, data) -> Attachment:
    attachment = sent(draft, name, data)
    checking.check(attachment.pk)
    attachment.refresh_from_db()
    return attachment


def bytes_of(stored) -> bytes:
    with stored.open("rb") as opened:
        return opened.read()


def picture_in(stored):
    return Image.open(io.BytesIO(bytes_of(stored)))


def is_red(pixel):
    return all(low <= value <= high for value, (low, high) in zip(pixel, RED, strict=True))


@pytest.mark.parametrize(
    ("orientation", "size", "kept_size"),
    [
        (6, (4000, 3000), (1950, 2600)),
        (1, (2800, 2100), (2600, 1950)),
        (3, (800, 600), (800, 600)),
        (8, (800, 600), (600, 800)),
    ],
)
def test_a_photograph_is_kept_upright_legible_and_without_where_it_was_taken(draft, orientation, size, kept_size):
    received = make_photo(*size, orientation=orientation)
    assert Image.open(io.BytesIO(received)).getexif().get_ifd(0x8825)  # it does say where
    kept = checked(draft, "IMG_0001.jpg", received)
    data = bytes_of(kept.file)
    assert (kept.state, kept.content_type, kept.pages) == ("ready", "image/jpeg", 1)
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        assert image.size == kept_size
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert is_red(image.convert("RGB").getpixel((20, 20)))
    for secret in (b"Exif", b"GPS", b"Samsung", b"taken at home"):
        assert secret not in data


def test_the_small_picture_is_upright_too(draft):
    with picture_in(checked(draft, "a.jpg", make_photo()).thumbnail) as image:
        assert (image.format, image.size) == ("JPEG", (108, 144))


def test_the_received_file_goes_once_the_new_one_is_safe(draft, django_capture_on_commit_callbacks):
    attachment = sent(draft, "a.jpg", make_photo(120, 90))
    received = attachment.file.name
    with django_capture_on_commit_callbacks(execute=True):
        checking.check(attachment.pk)
        assert default_storage.exists(received)
    attachment.refresh_from_db()
    assert attachment.file.name != received
    assert not default_storage.exists(received)


def test_an_iphones_picture_becomes_one_that_everybody_can_open(draft):
    kept = checked(draft, "IMG_0001.HEIC", make_photo(400, 300, orientation=1, kind="HEIF"))
    assert (kept.state, kept.content_type) == ("ready", "image/jpeg")
    with picture_in(kept.file) as image:
        assert (image.format, image.size) == ("JPEG", (400, 300))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "RGB"])
def test_a_png_of_any_make_stays_a_png(draft, mode):
    out = io.BytesIO()
    Image.new(mode, (60, 40)).save(out, "PNG")
    kept = checked(draft, "a.png", out.getvalue())
    assert (kept.state, kept.content_type) == ("ready", "image/png")
    with picture_in(kept.file) as image:
        assert (image.format, image.size) == ("PNG", (60, 40))


def test_a_picture_made_for_printing_is_taken(draft):
    out = io.BytesIO()
    Image.new("CMYK", (60, 40)).save(out, "JPEG")
    with picture_in(checked(draft, "a.jpg", out.getvalue()).file) as image:
        assert image.mode == "RGB"


def test_a_pdf_is_kept_as_it_came_with_its_pages_counted(draft):
    data = make_pdf(3)
    kept = checked(draft, "a.pdf", data)
    assert (kept.state, kept.pages, kept.sha256, kept.size) == ("ready", 3, hashlib.sha256(data).hexdigest(), len(data))
    assert (bytes_of(kept.file), kept.thumbnail.name) == (data, "")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("hong.png", make_photo(120, 90, orientation=1, kind="PNG").replace(b"IDAT", b"IDXT")),
        ("bom.png", bomb(20_000, 20_000)),
        ("lon.png", bomb(8_000, 7_000)),
    ],
)
def test_a_picture_that_cannot_be_decoded_is_refused_in_words(draft, name, data):
    kept = checked(draft, name, data)
    assert (kept.state, kept.refusal, kept.sha256) == ("refused", f"Tệp “{name}” trống hoặc bị hỏng. Chụp hoặc chọn lại.", "")


def test_what_hides_deep_in_a_pdf_is_found_by_the_worker(draft, monkeypatch):
    attachment = sent(draft, "a.pdf", make_pdf())
    hidden = make_pdf(annotated=True)
    default_storage.delete(attachment.file.name)
    default_storage.save(attachment.file.name, io.BytesIO(hidden))
    checking.check(attachment.pk)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.refusal[:40]) == ("refused", "Tệp PDF “a.pdf” có phần tự chạy hoặc tệp")


def test_a_file_is_checked_once(draft):
    attachment = sent(draft, "a.jpg", make_photo(120, 90))
    assert [checking.check(attachment.pk), checking.check(attachment.pk), checking.check(attachment.pk + 1)] == [True, False, False]


def test_a_file_that_fells_the_workers_is_refused_at_last(draft):
    attachment = sent(draft, "a.jpg", make_photo(120, 90))
    Attachment.objects.update(checks_lost=checking.LOST_AT_MOST - 1)
    assert checking.check(attachment.pk)
    felling = sent(draft, "b.jpg", make_photo(120, 90))
    Attachment.objects.filter(pk=felling.pk).update(checks_lost=checking.LOST_AT_MOST)
    assert checking.check(felling.pk)
    assert dict(Attachment.objects.values_list("original_name", "state")) == {"a.jpg": "ready", "b.jpg": "refused"}


def test_a_failure_of_the_storage_loses_nothing(draft, monkeypatch):
    attachment = sent(draft, "a.jpg", make_photo(120, 90))
    monkeypatch.setattr(checking, "_ready", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
    before = set(default_storage.listdir(f"dossiers/{timezone.localdate():%y}")[1])
    with pytest.raises(OSError, match="disk full"):
        checking.check(attachment.pk)
    assert set(default_storage.listdir(f"dossiers/{timezone.localdate():%y}")[1]) == before
    attachment.refresh_from_db()
    assert (attachment.state, attachment.checks_lost, default_storage.exists(attachment.file.name)) == ("checking", 0, True)


def test_the_sweep_finds_what_was_forgotten_and_one_lost_file_does_not_stop_it(draft, caplog):
    lost, found, fresh = (sent(draft, "a.jpg", make_photo(120, 90)) for _ in range(3))
    Attachment.objects.filter(pk__in=[lost.pk, found.pk]).update(created_at=timezone.now() - timezone.timedelta(minutes=1))
    default_storage.delete(lost.file.name)
    with caplog.at_level(logging.ERROR):
        tasks.sweep_attachments()
    states = dict(Attachment.objects.values_list("pk", "state"))
    assert states == {lost.pk: "checking", found.pk: "ready", fresh.pk: "checking"}
    assert f"attachment {lost.pk} could not be checked" in caplog.text


def test_old_drafts_go_with_their_files_and_others_stay(draft, lan, birth, settings, django_capture_on_commit_callbacks):
    kept = sent(make_draft(lan, birth), "a.jpg", make_photo(120, 90))
    old = checked(draft, "a.jpg", make_photo(120, 90))
    Dossier.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timezone.timedelta(days=30, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.remove_old_drafts()
    assert Dossier.objects.get() == kept.dossier
    assert [default_storage.exists(name) for name in (old.file.name, old.thumbnail.name, kept.file.name)] == [False, False, True]


def test_a_photograph_is_remade_without_growing():
    received = make_photo()
    assert len(images.remade(received, "image/jpeg").data) < len(received)


def test_a_refused_file_leaves_the_disk_and_keeps_its_reason(draft, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attachment = sent(draft, "bom.png", bomb(60_000, 60_000))
        received = attachment.file.name
        checking.check(attachment.pk)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.file.name) == ("refused", "")
    assert attachment.refusal == "Tệp “bom.png” trống hoặc bị hỏng. Chụp hoặc chọn lại."
    assert not default_storage.exists(received)
