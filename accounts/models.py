"""Who: a citizen or an official, one account, several names to sign in with."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.text import nfc


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        fields = {"is_staff": True, "is_superuser": True, "activated_at": timezone.now()} | fields
        return self.create_user(username, password, **fields)

    def active_citizens(self):
        return self.filter(is_active=True, activated_at__isnull=False)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. An ID number or a phone belongs to one *activated* account at most."""

    username = models.CharField(_("tên đăng nhập"), max_length=254, unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=100)
    national_id = models.CharField(_("số CMND/CCCD"), max_length=12, blank=True)
    birth_date = models.DateField(_("ngày sinh"), null=True, blank=True)
    birth_year_only = models.BooleanField(_("chỉ có năm sinh"), default=False)
    email = models.EmailField(_("thư điện tử"), blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=16, blank=True, help_text=_("Dạng +84…"))
    # A typed number stays unproven until a code sent to it was typed back.
    phone_verified_at = models.DateTimeField(_("số điện thoại đã xác minh lúc"), null=True, blank=True)
    address = models.CharField(_("số nhà, thôn/buôn, đường"), max_length=200, blank=True)
    commune_code = models.CharField(_("mã xã/phường"), max_length=5, blank=True)

    # Null until the sign-up was finished: an abandoned one must not block the owner of the number.
    activated_at = models.DateTimeField(_("kích hoạt lúc"), null=True, blank=True)
    # Set while the password is the one we sent: until then it opens the door once more.
    temporary_password_until = models.DateTimeField(_("mật khẩu tạm có hiệu lực đến"), null=True, blank=True)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)
    is_staff = models.BooleanField(_("là cán bộ"), default=False)
    date_joined = models.DateTimeField(_("đăng ký lúc"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        constraints = [
            models.UniqueConstraint(
                fields=["national_id"],
                condition=Q(activated_at__isnull=False) & ~Q(national_id=""),
                name="one_activated_account_per_national_id",
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(activated_at__isnull=False) & Q(phone_verified_at__isnull=False) & ~Q(phone=""),
                name="one_activated_account_per_phone",
            ),
        ]

    def __str__(self):
        return self.full_name or self.username

    def save(self, *args, **kwargs):
        self.full_name = nfc(self.full_name)
        super().save(*args, **kwargs)

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.split()[-1] if self.full_name else self.username
