"""Who: a citizen or an official, one account, several names to sign in with."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from portal.identity import CCCD_DIGITS, CMND_DIGITS, digits_of
from portal.text import e164, folded, nfc

# A keyboard has one apostrophe, names have three.
APOSTROPHES = str.maketrans("’‘ʼ", "'''")


def searchable(text):
    """How names, numbers and addresses are compared in the officials' search box."""
    return folded(text).translate(APOSTROPHES)


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

    def activated(self):
        """Sign-ups that were finished; only these own an ID number, a phone or an address."""
        return self.filter(activated_at__isnull=False)

    def pending(self):
        """Sign-ups whose mail was not confirmed yet."""
        return self.filter(activated_at__isnull=True, is_staff=False)

    def with_email(self, email):
        """The activated account that proved this address."""
        return self.activated().filter(emailaddress__email=email.lower(), emailaddress__verified=True).first()

    def named(self, typed):
        """Whom a typed sign-in name means: account name, e-mail, ID number or proven phone; else None.

        A pending sign-up answers to its e-mail only, so that it can be told what is missing.
        """
        typed = typed.strip()
        if "\x00" in typed:
            return None  # PostgreSQL takes no such letter
        if "@" in typed:
            return self.with_email(typed) or self.pending().filter(username=typed.lower()).first()
        return self.activated().filter(username=typed).first() or self._with_number(digits_of(typed))

    def _with_number(self, digits):
        if digits.isascii() and digits.isdigit() and len(digits) in (CMND_DIGITS, CCCD_DIGITS):
            user = self.activated().filter(national_id=digits).first()
            if user:
                return user
        try:
            phone = e164(digits)
        except ValueError:
            return None
        return self.activated().filter(phone=phone, phone_verified_at__isnull=False).first()


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. An ID number or a phone belongs to one *activated* account at most."""

    class Door(models.TextChoices):
        """How the account came to be."""

        EMAIL = "email", _("Thư điện tử")
        MOBILE = "mobile", _("Thuê bao di động")
        SMS = "sms", _("Tin nhắn")
        NATIONAL = "national", _("Cổng dịch vụ công quốc gia")
        DISPUTE = "dispute", _("Khiếu nại được chấp nhận")

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

    # Linked by the national portal, whose holder was not yet asked whether password, address and phone are theirs.
    ways_in_doubt = models.BooleanField(default=False, editable=False)
    door = models.CharField(_("cách đăng ký"), max_length=8, choices=Door.choices, blank=True)
    # Null until the sign-up was finished: an abandoned one must not block the owner of the number.
    activated_at = models.DateTimeField(_("kích hoạt lúc"), null=True, blank=True)
    # Set while the password is the one we sent: until then it opens the door once more.
    temporary_password_until = models.DateTimeField(_("mật khẩu tạm có hiệu lực đến"), null=True, blank=True)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)
    is_staff = models.BooleanField(_("là cán bộ"), default=False)
    date_joined = models.DateTimeField(_("đăng ký lúc"), default=timezone.now)
    # Name, number and addresses without accents, for the officials' search box.
    search_text = models.TextField(editable=False, blank=True)

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

    def save(self, *args, update_fields=None, **kwargs):
        self.full_name = nfc(self.full_name)
        self.search_text = searchable(f"{self.full_name} {self.national_id} {self.username} {self.email} {self.phone}")
        if update_fields is not None:
            update_fields = {*update_fields, "search_text"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.split()[-1] if self.full_name else self.username

    @property
    def has_temporary_password(self):
        """Whether the password is still the one we sent."""
        return self.temporary_password_until is not None

    def temporary_password_expired(self, at=None):
        return self.has_temporary_password and self.temporary_password_until <= (at or timezone.now())

    def set_password(self, raw_password):
        """Whoever sets it, by whatever page: a password that is not ours ends the temporary one."""
        super().set_password(raw_password)
        self.temporary_password_until = None

    def check_password(self, raw_password):
        """Django writes a right password anew when its hashing got stronger; a temporary one stays temporary then."""
        until = self.temporary_password_until
        right = super().check_password(raw_password)
        self.temporary_password_until = until
        return right

    def give_temporary_password(self, at=None):
        """A new password of ours, kept as a hash only; the one sent before stops working."""
        password = passwords.temporary()
        self.set_password(password)
        self.temporary_password_until = (at or timezone.now()) + timedelta(hours=settings.TEMPORARY_PASSWORD_HOURS)
        return password

    def choose_password(self, password):
        """The citizen's own password; a temporary one ends here."""
        self.set_password(password)
        self.save(update_fields=["password", "temporary_password_until"])
