import io
import threading
import wave
from datetime import timedelta

import pytest
from captcha.models import CaptchaStore
from django import forms
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from portal import captcha, throttle


def make_code(digits="40728", **fields) -> CaptchaStore:
    return CaptchaStore.objects.create(challenge=digits, response=digits, **fields)


class Form(forms.Form):
    captcha = captcha.CaptchaField()


def answered(code, typed) -> Form:
    return Form({"captcha_0": code.hashkey, "captcha_1": typed})


@pytest.mark.parametrize("typed", ["40728", " 4 0 7 2 8 ", "４０７２８", "40.728"])
def test_the_right_digits_pass_however_they_are_spaced(db, typed):
    assert answered(make_code(), typed).is_valid()


def test_a_code_is_used_up_by_its_first_answer(db):
    code = make_code()
    assert answered(code, "11111").errors["captcha"] == ["Mã xác nhận chưa đúng. Nhập 5 chữ số trong hình hoặc nghe mã."]
    assert answered(code, "40728").errors["captcha"] == ["Mã xác nhận đã hết hạn hoặc đã dùng rồi. Nhập mã mới trong hình."]


def test_an_expired_code_is_said_to_be(db):
    code = make_code(expiration=timezone.now() - timedelta(seconds=1))
    assert "đã hết hạn" in str(answered(code, "40728").errors)


def test_an_empty_box_leaves_the_code_alive_and_shows_it_again(db):
    code = make_code()
    form = answered(code, " ")
    assert form.errors["captcha"] == ["Nhập 5 chữ số trong hình hoặc nghe mã."]
    assert code.hashkey in str(form)
    wrong = answered(code, "9")
    wrong.is_valid()
    assert code.hashkey not in str(wrong)


@pytest.mark.parametrize("typed", ["", None])
def test_a_form_without_its_fields_is_no_server_error(db, typed):
    assert not Form({} if typed is None else {"captcha_1": typed}).is_valid()
    assert not Form({"captcha_0": "a\0b", "captcha_1": "12345"}).is_valid()


@pytest.mark.django_db(transaction=True)
def test_of_ten_answers_at_once_one_is_taken():
    code = make_code()
    taken, start = [], threading.Barrier(10)

    def answer():
        start.wait()
        try:
            captcha.judge(code.hashkey, "40728")
            taken.append(True)
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [True]


def test_the_field_is_labelled_and_its_picture_described(db):
    page = str(Form())
    assert '<label for="id_captcha_1">Mã xác nhận' in page
    assert 'alt="Hình có 5 chữ số. Không nhìn rõ thì chọn Nghe mã."' in page
    assert 'alt="captcha"' not in page
    assert "<legend" not in page
    assert 'inputmode="numeric"' in page


def test_the_picture_is_drawn_for_guests_and_kept_by_nobody(client, db):
    code = make_code()
    answer = client.get(reverse("captcha-image", args=[code.hashkey]))
    assert Image.open(io.BytesIO(answer.content)).size == (200, 72)
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_the_sound_says_every_digit(client, db):
    code = make_code("00123")
    answer = client.get(reverse("captcha-sound", args=[code.hashkey]))
    assert answer["Content-Type"] == "audio/wav"
    assert "no-store" in answer["Cache-Control"]
    with wave.open(io.BytesIO(answer.content)) as spoken:
        assert (spoken.getnchannels(), spoken.getframerate()) == (1, 8000)
        frames = spoken.getnframes()
    clips = 0
    for digit in "00123":
        with wave.open(str(captcha.SOUNDS / f"{digit}.wav")) as clip:
            clips += clip.getnframes()
    assert frames == clips + 5 * int(8000 * captcha.PAUSE_SECONDS)


def test_used_and_unknown_codes_have_neither_picture_nor_sound(client, db):
    expired = make_code(expiration=timezone.now() - timedelta(seconds=1))
    for key in (expired.hashkey, "khong-co"):
        for name in ("captcha-image", "captcha-sound"):
            assert client.get(reverse(name, args=[key])).status_code == 410


def test_fresh_codes_clear_the_expired_away(db):
    make_code(expiration=timezone.now() - timedelta(seconds=1))
    captcha.new_key()
    assert CaptchaStore.objects.count() == 1


def test_the_demo_tells_an_answer_and_production_does_not(db, capsys, settings):
    code = make_code()
    call_command("captcha_answer", code.hashkey)
    assert capsys.readouterr().out == "40728\n"
    with pytest.raises(CommandError, match="never was"):
        call_command("captcha_answer", "x")
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("captcha_answer", code.hashkey)


def test_an_address_that_guesses_too_often_must_wait(rf, settings, db):
    settings.CAPTCHA_WRONG_PER_10_MINUTES = 2
    request = rf.post("/", REMOTE_ADDR="203.0.113.7")
    for _n in range(2):
        captcha.refuse_guessing(request)
        captcha.count_wrong(request)
    with pytest.raises(throttle.TooMany):
        captcha.refuse_guessing(request)
    captcha.refuse_guessing(rf.post("/", REMOTE_ADDR="203.0.113.8"))
