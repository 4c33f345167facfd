import datetime
import io
import re

import pytest
from captcha.models import CaptchaStore
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import disputes
from accounts.models import Dispute, DisputeDraft, DisputePhoto, User
from accounts.tests.disputes import CLAIMANT_PHONE, NUMBER, make_dispute, make_holder
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from accounts.views.dispute import WRONG_PER_CODE
from portal import captcha
from portal.testing.papers import make_photo

FORM, CODE, SENT, CLAIM, CLAIM_CODE, TAKE_BACK = (
    reverse(f"accounts:{name}") for name in ("dispute", "dispute_code", "dispute_sent", "claim", "claim_code", "claim_password")
)
OWN = {"password1": PASSWORD, "password2": PASSWORD}
TYPED = {
    "full_name": "H’Lan Niê",
    "national_id": NUMBER,
    "birth_date": "12/03/1992",
    "phone": "0987 654 321",
    "email": "hlan@example.com",
    "statement": "Tôi chưa từng đăng ký.",
    "consent": "on",
}

pytestmark = pytest.mark.django_db


def photo(name="mat-truoc.jpg", **options):
    return SimpleUploadedFile(name, make_photo(400, 300, **options), content_type="image/jpeg")


def both():
    return {"front": photo(), "back": photo("mat-sau.jpg")}


def answered():
    key = captcha.new_key()
    return {"captcha_0": key, "captcha_1": CaptchaStore.objects.get(hashkey=key).response}


def send(client, **changes):
    return client.post(FORM, TYPED | both() | answered() | changes)


def newest_code(phone=CLAIMANT_PHONE):
    return re.match(r"\d{6}", [sms for sms in letters("otp") if sms.recipient == phone][-1].body)[0]


def errors(response, field):
    return [str(error) for error in response.context["form"].errors.get(field, [])]


# --- The road from form to ticket --------------------------------------------------------------


def test_a_claim_is_filed_once_the_phone_is_proven(client):
    holder = make_holder()
    assert send(client).url == CODE
    assert not Dispute.objects.exists()
    assert client.post(CODE, {"code": newest_code()}).url == SENT
    dispute = Dispute.objects.get()
    assert (dispute.against, dispute.national_id, dispute.phone, dispute.claimant.full_name) == (
        holder,
        NUMBER,
        CLAIMANT_PHONE,
        "H’Lan Niê",
    )
    page = client.get(SENT).content.decode()
    assert dispute.code in page
    assert "trước" in page
    assert client.get(CODE).url == SENT
    assert Client().get(SENT).url == FORM


def test_a_photograph_is_kept_upright_without_where_it_was_taken(client):
    make_holder()
    send(client)
    kept = DisputePhoto.objects.get(side="front")
    with kept.file.open() as file:
        picture = Image.open(io.BytesIO(file.read()))
        assert (picture.size, dict(picture.getexif())) == ((300, 400), {})
    assert re.fullmatch(r"disputes/\d\d/[0-9a-f]{32}", kept.file.name)
    assert default_storage.size(kept.file.name) == kept.size


def test_photographs_already_taken_need_not_be_taken_again(client):
    make_holder()
    response = client.post(FORM, TYPED | both() | answered() | {"birth_date": "40/13/1992"})
    assert errors(response, "birth_date")
    page = response.content.decode()
    assert "Đã có ảnh mặt trước thẻ" in page
    assert 'value="0987 654 321"' in page
    # Neither the code of digits nor the photographs are asked for a second time.
    assert "captcha" not in response.context["form"].fields
    assert client.post(FORM, TYPED).url == CODE
    assert DisputePhoto.objects.count() == 2


def test_another_photograph_takes_the_place_of_the_first(client, django_capture_on_commit_callbacks):
    make_holder()
    send(client, consent="")
    first = DisputePhoto.objects.get(side="front").file.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(FORM, TYPED | {"front": photo(kind="PNG", orientation=1)})
    second = DisputePhoto.objects.get(side="front")
    assert second.content_type == "image/png"
    assert (default_storage.exists(first), default_storage.exists(second.file.name)) == (False, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.4 not a picture", "Tệp này không phải ảnh JPG, PNG hoặc HEIC. Chụp hoặc chọn ảnh khác."),
        (make_photo(400, 300)[:2000], "Ảnh này chưa đọc được. Chụp hoặc chọn lại."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "Tệp này không phải ảnh JPG, PNG hoặc HEIC. Chụp hoặc chọn ảnh khác.",
        ),
    ],
)
def test_what_is_no_photograph_is_refused_in_words(client, content, told):
    make_holder()
    response = send(client, front=SimpleUploadedFile("the.jpg", content))
    assert errors(response, "front") == [told]
    assert list(DisputePhoto.objects.values_list("side", flat=True)) == ["back"]


def test_a_photograph_too_heavy_is_refused(client, settings):
    settings.UPLOAD_FILE_MB = 0
    make_holder()
    assert errors(send(client), "front") == ["Ảnh này nặng hơn 0 MB. Chụp lại ở cỡ nhỏ hơn."]


def test_missing_photographs_are_named(client):
    make_holder()
    response = client.post(FORM, TYPED | answered())
    assert (errors(response, "front"), errors(response, "back"), errors(response, "holder")) == (
        ["Chụp hoặc chọn ảnh mặt trước thẻ."],
        ["Chụp hoặc chọn ảnh mặt sau thẻ."],
        [],
    )


def test_another_code_of_digits_keeps_what_was_typed_and_the_photographs(client):
    response = client.post(FORM, TYPED | both() | {"action": "new-captcha"})
    assert not response.context["form"].is_bound
    page = response.content.decode()
    assert 'value="0987 654 321"' in page
    assert "Đã có ảnh mặt sau thẻ" in page


def test_a_wrong_code_of_digits_is_counted_and_files_nothing(client, settings):
    settings.CAPTCHA_WRONG_PER_10_MINUTES = 1
    make_holder()
    assert errors(send(client, captcha_1="00000x"), "captcha") == [str(captcha.WRONG)]
    assert send(client).status_code == 429


# --- What a stranger may learn and spend --------------------------------------------------------


def test_a_number_without_an_account_is_sent_to_sign_up(client):
    response = send(client)
    assert errors(response, "national_id") == ["Số CCCD/CMND này chưa có tài khoản nên không cần khiếu nại."]
    assert f"href='{reverse('accounts:signup')}'" in response.content.decode()
    assert not User.objects.exists()


def test_looking_up_numbers_has_the_same_cap_as_signing_up(client, settings):
    settings.ID_CHECKS_PER_HOUR = 2
    assert [send(client, national_id=f"06619200000{n}").status_code for n in range(3)] == [200, 200, 429]


def test_so_many_claims_an_hour_from_one_caller(settings):
    settings.DISPUTES_PER_HOUR = 1
    make_holder()
    client = Client()
    assert send(client).status_code == 302
    # The same claim corrected is no second one.
    assert client.post(FORM, TYPED | {"phone": "0977 777 777"}).status_code == 302
    assert send(Client()).status_code == 429


def test_the_code_of_one_phone_files_nothing_for_another(client):
    make_holder()
    send(client)
    stolen = newest_code()
    client.post(FORM, TYPED | {"phone": "0977 777 777"})
    client.post(CODE, {"code": stolen})
    assert not Dispute.objects.exists()


def test_the_code_opens_nothing_in_another_browser(client):
    make_holder()
    send(client)
    assert Client().post(CODE, {"code": newest_code()}).url == FORM


# --- The outcome --------------------------------------------------------------------------------


def ask(client, dispute, **changes):
    return client.post(CLAIM, {"code": dispute.code, "national_id": dispute.national_id} | changes)


def prove(client, dispute):
    ask(client, dispute)
    return client.post(CLAIM_CODE, {"code": newest_code(dispute.phone)})


@pytest.fixture
def accepted():
    return disputes.accept(make_dispute(), by=make_staff(is_superuser=True), reason="Ảnh thẻ khớp.")


def test_an_accepted_claim_ends_signed_in_with_the_number(client, accepted):
    assert ask(client, accepted).url == CLAIM_CODE
    assert client.post(CLAIM_CODE, {"code": newest_code()}).url == TAKE_BACK
    assert client.get(TAKE_BACK).status_code == 200
    assert client.post(TAKE_BACK, OWN).status_code == 302
    user = User.objects.get(username=NUMBER)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.pk, user.national_id) == (accepted.claimant_id, NUMBER)
    # Pressed twice.
    assert client.post(TAKE_BACK, OWN).url == reverse("accounts:profile")


@pytest.mark.parametrize("typed", ["kn 261118 0001", "KN-261118-0001", "2611180001", "KN–261118–0001"])
def test_the_ticket_code_is_read_in_any_spelling(client, typed):
    dispute = make_dispute(at=datetime.datetime(2026, 11, 18, 3, tzinfo=datetime.UTC))
    assert ask(client, dispute, code=typed).url == CLAIM_CODE


def test_an_unknown_code_and_a_wrong_number_get_the_same_answer(accepted):
    answers = [ask(Client(), accepted, **wrong) for wrong in ({"code": "KN-261118-9999"}, {"national_id": "066192004321"})]
    words = {tuple(errors(answer, "__all__")) for answer in answers}
    assert words == {("Mã khiếu nại và số CCCD/CMND chưa khớp nhau. Xem lại tin nhắn và thẻ, hoặc gọi 1022.",)}
    assert not letters("otp")


def test_asking_for_claims_is_capped_for_a_caller_and_for_a_code(accepted):
    other = {"REMOTE_ADDR": "203.0.113.9"}
    guesses = [Client().post(CLAIM, {"code": accepted.code, "national_id": f"06619200{n:04d}"}).status_code for n in range(11)]
    assert guesses == [200] * 10 + [429]
    for n in range(WRONG_PER_CODE - 10):
        Client().post(CLAIM, {"code": accepted.code, "national_id": f"06619201{n:04d}"}, **other)
    elsewhere = {"REMOTE_ADDR": "203.0.113.77"}
    assert Client().post(CLAIM, {"code": accepted.code, "national_id": NUMBER}, **elsewhere).status_code == 429


def test_without_the_code_from_the_phone_nothing_is_shown_or_taken(client, accepted):
    ask(client, accepted)
    assert client.get(TAKE_BACK).url == CLAIM
    assert client.post(TAKE_BACK, OWN).url == CLAIM
    accepted.refresh_from_db()
    assert accepted.state == "accepted"


def test_the_proof_ends_after_a_while(client, accepted):
    prove(client, accepted)
    session = client.session
    session["dispute_claim"] |= {"proven": session["dispute_claim"]["proven"] - 16 * 60}
    session.save()
    assert client.post(TAKE_BACK, OWN).url == CLAIM


def test_a_refused_claim_tells_its_reason_to_the_claimant(client):
    dispute = disputes.refuse(make_dispute(), by=make_staff(is_superuser=True), reason="Ảnh thẻ mờ, không đọc được.")
    prove(client, dispute)
    page = client.get(TAKE_BACK).content.decode()
    assert "Ảnh thẻ mờ, không đọc được." in page
    assert "không được chấp nhận" in page


def test_a_waiting_claim_says_until_when(client):
    dispute = make_dispute()
    prove(client, dispute)
    assert "Đang chờ cán bộ giải quyết" in client.get(TAKE_BACK).content.decode()


def test_a_late_claim_is_told_so(client, accepted):
    Dispute.objects.filter(pk=accepted.pk).update(claim_by=timezone.localdate() - datetime.timedelta(days=1))
    prove(client, accepted)
    assert "hạn nhận lại số đã hết" in client.get(TAKE_BACK).content.decode()


def test_a_number_that_is_somebody_elses_by_now_is_a_clear_page(client, accepted):
    prove(client, accepted)
    User.objects.filter(pk=accepted.against_id).update(national_id="", username="cu")
    make_citizen(national_id=NUMBER)
    response = client.post(TAKE_BACK, OWN)
    assert response.status_code == 200
    assert "Chưa nhận lại được số" in response.content.decode()


def test_the_frozen_owner_hears_why_not_at_sign_in(client, accepted):
    response = client.post(reverse("account_login"), {"login": NUMBER, "password": PASSWORD})
    assert "Tài khoản này đang tạm khóa." in response.content.decode()


def test_a_draft_with_a_made_up_key_is_no_draft(client):
    session = client.session
    session["dispute_draft"] = "8d0a5c5e-0000-4000-8000-000000000000"
    session.save()
    assert client.get(FORM).status_code == 200
    assert not DisputeDraft.objects.exists()
