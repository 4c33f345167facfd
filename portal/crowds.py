"""A confirmation code on forms that ask for none elsewhere: where many people share one address (`SHARED_NETWORKS`)."""

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from portal import callers, captcha


class AskedInCrowds:
    """A form that demands a confirmation code once a shared address has used up what one caller may.

    Call `ask_in_crowds` at the end of `__init__`, with the limits this form is counted by.
    """

    asks_code = False

    def ask_in_crowds(self, request, **limits: int) -> None:
        """`limits`: for each scope of portal.callers (with “_” for “-”) what one caller may."""
        self.asks_code = any(callers.needs_captcha(request, scope.replace("_", "-"), limit=most) for scope, most in limits.items())
        if not self.asks_code:
            return
        self.fields["captcha"] = CrowdCaptchaField(request)
        if self.is_bound and captcha.wants_another(request):
            # Nothing is judged: the same form again with what was typed, and another picture.
            self.is_bound, self.initial = False, self.data.dict()

    def full_clean(self):
        """The code is judged before anything else: to whoever did not answer it the form tells nothing."""
        if self.is_bound and self.asks_code:
            self._errors, self.cleaned_data = ErrorDict(), {}
            try:
                self.fields["captcha"].clean(self["captcha"].data)
            except ValidationError as refusal:
                self.add_error("captcha", refusal)
                return
        super().full_clean()


class CrowdCaptchaField(captcha.CaptchaField):
    """“Mã xác nhận” that counts the wrong answers of its caller, and after too many refuses to judge."""

    def __init__(self, request, **kwargs):
        self.request, self.passed = request, ""
        super().__init__(**kwargs)

    def clean(self, value):
        if self.passed:
            return self.passed
        captcha.refuse_guessing(self.request)
        try:
            self.passed = super().clean(value)
        except ValidationError as refusal:
            if refusal.code in ("wrong", "gone"):
                captcha.count_wrong(self.request)
            raise
        return self.passed
