"""A step sent after the session had ended: what was typed is there after signing in."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tests.make import PASSWORD, make_citizen
from accounts.tests.test_stages import confirm
from dossiers.models import Dossier
from dossiers.tests import walk

pytestmark = pytest.mark.django_db
NOTICE = "Phần vừa khai vẫn còn. Xem lại rồi nhấn “Đồng ý và tiếp tục”."


def sign_in(client, user, to=""):
    return client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD, "next": to})


def session_ends(client):
    client.session.delete()
    del client.cookies["sessionid"]


@pytest.fixture
def thu(db):
    return make_citizen("Đặng Thị Thu", phone="+84912345678", phone_verified_at=timezone.now())


@pytest.fixture
def draft(client, lan, birth, agency):
    """Lan's draft, at the step of the applicant."""
    sign_in(client, lan)
    draft = walk.begin(client, birth)
    walk.post(client, draft, "co-quan", agency=agency.pk)
    return draft


def late(client, draft, **typed):
    session_ends(client)
    return walk.post(client, draft, "nguoi-nop", **typed)


def test_what_was_typed_in_a_step_is_there_after_signing_in(client, lan, draft):
    here = walk.address(draft, "nguoi-nop")
    response = late(client, draft, address="Buôn Ea Tul")
    assert response.url == f"/dang-nhap/?next={here}"
    assert sign_in(client, lan, here).url == here
    page = client.get(here)
    assert page.context["form"]["address"].value() == "Buôn Ea Tul"
    assert page.context["form"].errors == {}
    assert NOTICE in page.content.decode()
    draft.refresh_from_db()
    assert (draft.applicant_address, draft.typed.get("nguoi-nop")) == ("", None)


def test_it_is_there_behind_the_code_of_the_phone_too(client, thu, birth, agency):
    client.force_login(thu)
    draft = walk.begin(client, birth)
    walk.post(client, draft, "co-quan", agency=agency.pk)
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, address="Buôn Ea Tul")
    sign_in(client, thu, here)
    assert confirm(client).url == here
    assert client.get(here).context["form"]["address"].value() == "Buôn Ea Tul"


def test_what_cannot_be_taken_comes_back_without_complaint(client, lan, draft):
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, phone="0912")
    sign_in(client, lan, here)
    page = client.get(here)
    assert (page.context["form"]["phone"].value(), page.context["form"].errors) == ("0912", {})


def test_a_stranger_on_the_same_browser_gets_404_and_finds_nothing(client, minh, draft):
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, address="Buôn Ea Tul")
    sign_in(client, minh, here)
    assert client.get(here).status_code == 404
    assert "kept" not in client.session


def test_going_on_saves_it_and_keeps_nothing(client, lan, draft):
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, address="Buôn Ea Tul")
    sign_in(client, lan, here)
    client.get(here)
    walk.post(client, draft, "nguoi-nop", address="Buôn Ea Tul")
    draft.refresh_from_db()
    assert (draft.applicant_address, "kept" in client.session) == ("Buôn Ea Tul", False)


def test_what_was_saved_by_itself_meanwhile_is_not_covered_by_the_older_words(client, lan, draft):
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, address="Buôn Ea Tul")
    sign_in(client, lan, here)
    client.get(here)
    draft.refresh_from_db()
    client.post(reverse("dossiers:autosave", args=[draft.key, "nguoi-nop"]), walk.answers(draft, "nguoi-nop", address="Buôn Trấp"))
    assert client.get(here).context["form"]["address"].value() == "Buôn Trấp"


def test_a_draft_edited_elsewhere_meanwhile_is_said_to_be(client, lan, draft):
    here = walk.address(draft, "nguoi-nop")
    late(client, draft, address="Buôn Ea Tul")
    Dossier.objects.update(edit=draft.edit + 7)
    sign_in(client, lan, here)
    assert "vừa được sửa ở cửa sổ khác" in client.get(here).content.decode()


def test_saving_by_itself_hears_that_the_session_has_ended(client, draft):
    session_ends(client)
    address = reverse("dossiers:autosave", args=[draft.key, "nguoi-nop"])
    answer = client.post(address, walk.answers(draft, "nguoi-nop"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["sign_in"]) == (401, "/dang-nhap/")


def test_a_file_sent_too_late_is_asked_for_again_at_its_card(client, lan, draft):
    walk.post(client, draft, "nguoi-nop")
    paper = str(draft.version.documents.first().pk)
    session_ends(client)
    response = walk.attach(client, draft)
    upload = reverse("dossiers:upload", args=[draft.key, paper])
    assert response.url == f"/dang-nhap/?next={upload}"
    assert sign_in(client, lan, upload).url == upload
    page = client.get(upload, follow=True)
    assert page.redirect_chain == [(f"{walk.address(draft, 'giay-to')}#paper-{paper}", 302)]
    assert "Ảnh vừa chọn chưa được gửi. Chọn lại ảnh." in page.content.decode()
    assert not draft.attachments.exists()
