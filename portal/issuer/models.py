"""A person as the national register knows them, and the phone that gets their codes."""

import secrets
from functools import partial

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django_otp.models import CooldownMixin, SideChannelDevice, ThrottlingMixin


class Person(AbstractBaseUser):
    """Who can sign in here; invented, like all people of the demo."""

    last_login = None

    national_id = models.CharField("số CMND/CCCD", max_length=12, unique=True)
    full_name = models.CharField("họ và tên", max_length=100)
    birth_date = models.DateField("ngày sinh")
    phone = models.CharField("số điện thoại", max_length=16)
    # What the real issuer calls TechID: says nothing about its bearer, and never changes.
    tech_id = models.CharField(max_length=24, unique=True, default=partial(secrets.token_hex, 12), editable=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "national_id"

    class Meta:
        verbose_name = "người dân"
        verbose_name_plural = "người dân"

    def __str__(self):
        return self.tech_id


class PhoneDevice(CooldownMixin, ThrottlingMixin, SideChannelDevice):
    """The phone of a person while a code is on its way to it.

    Whoever judges or renews a code holds the row's lock (`held`), so that guesses at the same moment are each counted.
    """

    # Guesses at the living code; the back-off of the mixin alone would never end them.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="one_phone_per_person")]

    @classmethod
    def held(cls, person) -> "PhoneDevice":
        """The phone of this person under lock; to be called in a transaction."""
        cls.objects.get_or_create(user=person)
        return cls.objects.select_for_update().get(user=person)

    def get_throttle_factor(self):
        return 1

    def get_cooldown_duration(self):
        return settings.OTP_RESEND_SECONDS

    @property
    def code_lives(self) -> bool:
        return bool(self.token) and self.valid_until > timezone.now() and self.tries < settings.OTP_TRIES

    @property
    def tries_left(self) -> int:
        return settings.OTP_TRIES - self.tries

    def renew(self) -> None:
        """Have a code that lives: the same again while it does, otherwise a new one."""
        if not self.code_lives:
            self.generate_token(length=settings.OTP_DIGITS, valid_secs=settings.OTP_VALID_SECONDS, commit=False)
            self.tries = 0
            self.throttle_reset(commit=False)
        self.cooldown_set(commit=False)
        self.save()

    def verify_token(self, token):
        """Whether `token` is the living code, which then ends; every guess that is compared is counted."""
        if not (self.code_lives and self.verify_is_allowed()[0]):
            return False
        if super().verify_token(token):
            self.throttle_reset()
            return True
        self.tries += 1
        self.throttle_increment()
        return False
