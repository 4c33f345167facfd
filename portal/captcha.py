"""The confirmation code: digits in an image, and the same digits as Vietnamese speech.

The store and the drawing are django-simple-captcha's; field, widget and sound are ours, because the
stock ones speak English, need a system program for the sound, and cannot be labelled.
"""

import io
import random
import re
import secrets
import unicodedata
import wave
from pathlib import Path

from captcha import views as stock
from captcha.models import CaptchaStore
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import callers

SOUNDS = Path(__file__).parent / "sounds"
PAUSE_SECONDS = 0.45
THROTTLE_SECONDS = 600

WRONG = _("Mã xác nhận chưa đúng. Nhập 5 chữ số trong hình hoặc nghe mã.")
GONE = _("Mã xác nhận đã hết hạn hoặc đã dùng rồi. Nhập mã mới trong hình.")
EMPTY = _("Nhập 5 chữ số trong hình hoặc nghe mã.")


def digits_challenge():
    """A challenge of django-simple-captcha: what is drawn, what is expected."""
    digits = "".join(secrets.choice("0123456789") for _ in range(settings.CAPTCHA_LENGTH))
    return digits, digits


def specks(draw, image):
    """Dust on the picture: enough to trouble a machine, too little to trouble tired eyes."""
    width, height = image.size
    for _n in range(width * height // 60):
        draw.point((random.randint(0, width), random.randint(0, height)), fill=settings.CAPTCHA_FOREGROUND_COLOR)  # noqa: S311
    return draw


def living(key: str) -> CaptchaStore | None:
    """The code under a key that can still be answered."""
    return CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()


def new_key() -> str:
    """A fresh code; the expired ones are cleared away on the way, so that the table stays small."""
    CaptchaStore.remove_expired()
    return CaptchaStore.generate_key()


def judge(key: str, answer: str) -> None:
    """Use a code up and raise ValidationError unless the answer was right.

    Deleting the row decides: of two requests with the same code, one finds nothing left. A view that
    may still fail afterwards must not be atomic, or the failure would bring the code back to life.
    """
    code = living(key)
    if code is None or not CaptchaStore.objects.filter(pk=code.pk).delete()[0]:
        raise ValidationError(GONE, code="gone")
    if not secrets.compare_digest(code.response, answer):
        raise ValidationError(WRONG, code="wrong")


def digits_typed(answer: str) -> str:
    """The answer without the spaces people put between digits they hear, in ASCII digits."""
    plain = unicodedata.normalize("NFKC", answer)
    return re.sub(r"[\s.,\-]", "", plain).encode("ascii", "ignore").decode()[:20]


class CaptchaWidget(forms.Widget):
    """Image, sound, “Đổi mã khác” and the box; a code not yet judged is shown again, a used one replaced."""

    template_name = "captcha/widgets/captcha.html"

    def id_for_label(self, id_):
        return f"{id_}_1"

    def value_from_datadict(self, data, files, name):
        return [data.get(f"{name}_0", ""), data.get(f"{name}_1", "")]

    def value_omitted_from_data(self, data, files, name):
        return f"{name}_1" not in data

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        shown = value[0] if isinstance(value, list) else ""
        context["key"] = shown if shown and living(shown) else new_key()
        return context


class CaptchaField(forms.Field):
    """“Mã xác nhận”, used up by the first answer. Under the names `…_0` (key) and `…_1` (digits)."""

    widget = CaptchaWidget
    css = "code-input"
    default_error_messages = {"required": EMPTY}

    def __init__(self, **kwargs):
        kwargs = {"label": _("Mã xác nhận"), "help_text": EMPTY} | kwargs
        super().__init__(**kwargs)

    def clean(self, value):
        key, answer = value
        # PostgreSQL's text knows no NUL, and no key of ours holds one.
        key, answer = key.replace("\0", ""), digits_typed(answer)
        if not answer:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        judge(key, answer)
        return key


def wants_another(request) -> bool:
    """Whether “Đổi mã khác” was pressed."""
    return request.POST.get("action") == "new-captcha"


def refuse_guessing(request) -> None:
    """Raise TooMany where a caller has given too many wrong answers; ask before judging one more."""
    callers.refuse(request, "captcha", limit=settings.CAPTCHA_WRONG_PER_10_MINUTES, seconds=THROTTLE_SECONDS)


def count_wrong(request) -> None:
    """Remember one wrong answer of this caller."""
    callers.count(request, "captcha", limit=settings.CAPTCHA_WRONG_PER_10_MINUTES, seconds=THROTTLE_SECONDS)


@login_not_required
@never_cache
@require_safe
def image(request, key):
    """The picture of a living code."""
    if living(key) is None:
        return HttpResponse(status=410)
    return stock.captcha_image(request, key)


@login_not_required
@never_cache
@require_safe
def sound(request, key):
    """The digits of a living code, spoken one after the other: a plain WAV, played without a script."""
    code = living(key)
    if code is None:
        return HttpResponse(status=410)
    response = HttpResponse(spoken(code.challenge), content_type="audio/wav")
    response["Content-Disposition"] = 'inline; filename="ma-xac-nhan.wav"'
    return response


def spoken(digits: str) -> bytes:
    """One WAV made of the recorded digits with pauses between them."""
    joined = io.BytesIO()
    with wave.open(joined, "wb") as out:
        for digit in digits:
            with wave.open(str(SOUNDS / f"{digit}.wav"), "rb") as clip:
                if not out.getnframes():
                    out.setparams(clip.getparams())
                out.writeframes(clip.readframes(clip.getnframes()))
                out.writeframes(bytes(2 * int(clip.getframerate() * PAUSE_SECONDS)))
    return joined.getvalue()
