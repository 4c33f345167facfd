"""The wizard walked with the test client, as a browser without JavaScript does it."""

import io

from captcha.models import CaptchaStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dossiers.models import Dossier


def jpeg(name="giay.jpg", size=(80, 120), colour="white") -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


def address(dossier, slug) -> str:
    return reverse("dossiers:step", args=[dossier.key, slug])


def begin(client, procedure, **posted) -> Dossier:
    response = client.post(reverse("dossiers:begin", args=[procedure.code]), posted)
    assert response.status_code == 302, response
    return Dossier.objects.latest("pk")


def answers(dossier, slug, **changed) -> dict:
    """What a citizen fills in at a step; `None` leaves a field out."""
    filled = {
        "co-quan": {},
        "nguoi-nop": {
            "phone": "0912 345 678",
            "email": "lan@example.com",
            "province": "Tỉnh Đắk Lắk",
            "commune": "phường Buôn Ma Thuột",
            "address": "Số 12, buôn Akŏ Dhông",
            "whom": "self",
        },
        "don": {"tre_ho_ten": "Y Ƀlĭk Niê", "tre_ngay_sinh": "18/11/2026", "tre_gioi_tinh": "Nam"},
        "giay-to": {},
        "nhan-ket-qua": {"delivery": "direct"},
    }[slug] | changed
    return {"edit": dossier.edit} | {name: value for name, value in filled.items() if value is not None}


def post(client, dossier, slug, query="", **changed):
    dossier.refresh_from_db()
    return client.post(address(dossier, slug) + query, answers(dossier, slug, **changed))


def attach(client, dossier, file=None, paper=None, **posted):
    slug = paper or str(dossier.version.documents.first().pk)
    return client.post(reverse("dossiers:upload", args=[dossier.key, slug]), {"files": file or jpeg()} | posted)


def code_of(response) -> CaptchaStore:
    """The confirmation code a page shows."""
    return CaptchaStore.objects.get(hashkey=response.content.decode().split('name="captcha_0" value="')[1].split('"')[0])


def to_review(client, procedure, agency, *, attached=True) -> Dossier:
    """A draft with every step confirmed."""
    dossier = begin(client, procedure)
    post(client, dossier, "co-quan", agency=agency.pk, near="other")
    post(client, dossier, "nguoi-nop")
    if procedure.current.declaration:
        post(client, dossier, "don")
    if attached:
        attach(client, dossier)
    post(client, dossier, "giay-to")
    post(client, dossier, "nhan-ket-qua")
    dossier.refresh_from_db()
    return dossier


def file(client, dossier, **changed):
    """Answer the code, swear, and press “Nộp hồ sơ”."""
    page = client.get(address(dossier, "kiem-tra"))
    filled = {"edit": dossier.edit, "sworn": "on"}
    if "captcha_0" in page.content.decode():
        code = code_of(page)
        filled |= {"captcha_0": code.hashkey, "captcha_1": code.response}
    filled |= changed
    return client.post(address(dossier, "kiem-tra"), {name: value for name, value in filled.items() if value is not None})
