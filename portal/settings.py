"""Settings: every knob comes from the environment, every default is safe for production.

The table of variables is in docs/operations.md. A value that cannot work stops the start with a
sentence that says what to write instead.
"""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import env


def gettext_noop(word: str) -> str:
    """Mark a word for translation. Django's own looks into the settings, which are only being read here:
    half of them would be taken for all, and a mistake found later in this file never be told.
    """
    return word


BASE_DIR = Path(__file__).resolve().parent.parent
# What `up` and the demo keep between two starts.
DATA_DIR = Path(env.text("DATA_DIR") or BASE_DIR / "var")

# --- How it runs -------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)

SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or shorter than 50 characters. For a trial, start with "
        "`python manage.py up`, which makes one. For production, put the output of "
        "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` in the environment."
    )

HTTPS_ONLY = env.flag("HTTPS_ONLY", True)
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

# --- Whose portal it is ------------------------------------------------------------------------

PROVINCE = env.choice("PROVINCE", "H15", ("H15", "H17"))
# Written into forms and letters as it stands; pages show it in the reader's language.
PROVINCE_NAME = {"H15": gettext_noop("tỉnh Đắk Lắk"), "H17": gettext_noop("thành phố Đà Nẵng")}[PROVINCE]
PROVINCE_NAME_ASCII = {"H15": "tinh Dak Lak", "H17": "thanh pho Da Nang"}[PROVINCE]
HOTLINE = env.text("HOTLINE", "1022")
SMS_SENDER = env.text("SMS_SENDER", "8188")

# --- Applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.messaging",
    "accounts",
    "procedures",
    "dossiers",
    "tracking",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "captcha",
    "auditlog",
]

MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",
    "portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.SmallPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "portal.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.SeenMiddleware",
    "portal.middleware.TooManyRequestsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "portal.forms.PortalRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
            "builtins": ["portal.templatetags.portal"],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL")
if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
    raise ImproperlyConfigured(
        "DATABASE_URL is not the address of a PostgreSQL server. Write "
        "postgres://user:password@host:5432/name, or start with `python manage.py up`, "
        "which brings a server of its own."
    )
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
DATABASES["default"]["ATOMIC_REQUESTS"] = True

REDIS_URL = env.text("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured(
        "REDIS_URL is not the address of a Redis server. Write redis://host:6379/0, or start with "
        "`python manage.py up`, which brings a server of its own."
    )
CACHES = {"default": {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "motcua"}}

MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or DATA_DIR / "media")
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    # Papers of citizens: no URL of their own, so that only a view that asks may serve them.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"base_url": None}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Words, numbers, time ----------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]

# --- Who is signed in --------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.CitizenBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dossiers:mine"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email", "national_id", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Counted by accounts.tries and portal.throttle instead: per account whichever name was typed, with growing waits.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.signin.SignInForm",
    "reset_password_from_key": "accounts.forms.passwords.RecoveredPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# Django's own: allauth's would write an unproven address into the account while making a link.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
# How long a right code lets a new password be chosen.
RECOVERY_MINUTES = env.number("RECOVERY_MINUTES", 15)
PASSWORD_RESET_TIMEOUT = 60 * env.number("RESET_LINK_MINUTES", 30)

# The doors by which a citizen may register: mobile, email, sms. A closed one answers 404.
SIGNUP_DOORS = env.words("SIGNUP_DOORS", "mobile,email,sms")
if unknown := set(SIGNUP_DOORS) - {"mobile", "email", "sms"}:
    raise ImproperlyConfigured(f"SIGNUP_DOORS names {', '.join(sorted(unknown))}. The doors are mobile, email and sms; empty closes all.")
MINIMUM_AGE = env.number("MINIMUM_AGE", 16)
MAIL_RESEND_SECONDS = env.number("MAIL_RESEND_SECONDS", 60)
MAIL_SENDS_PER_HOUR = env.number("MAIL_SENDS_PER_HOUR", 5)
MAIL_SENDS_PER_ADDRESS = env.number("MAIL_SENDS_PER_ADDRESS", 20)
TEMPORARY_PASSWORD_HOURS = env.number("TEMPORARY_PASSWORD_HOURS", 24)
ID_CHECKS_PER_HOUR = env.number("ID_CHECKS_PER_HOUR", 5)
PENDING_SIGNUP_DAYS = env.number("PENDING_SIGNUP_DAYS", 7)
SIGNUPS_PER_HOUR = env.number("SIGNUPS_PER_HOUR", 20)
# How long, once the phone is proven, the sign-up by mobile waits for its password.
SIGNUP_PASSWORD_MINUTES = env.number("SIGNUP_PASSWORD_MINUTES", 30)

# Whether a citizen with a proven phone confirms a code at sign-in: at every one, or not on a remembered device.
SIGNIN_OTP = env.choice("SIGNIN_OTP", "new-device", ("always", "new-device", "off"))
TRUSTED_DEVICE_DAYS = env.number("TRUSTED_DEVICE_DAYS", 30)

# Is a number registered to the ID number typed beside it (chính chủ)? With an address the operators' registers
# are asked; the demo has a table; otherwise nobody knows.
SUBSCRIBER_REGISTRY_URL = env.text("SUBSCRIBER_REGISTRY_URL")
SUBSCRIBER_REGISTRY_TOKEN = env.text("SUBSCRIBER_REGISTRY_TOKEN")
SUBSCRIBER_REGISTRY_SECONDS = env.number("SUBSCRIBER_REGISTRY_SECONDS", 5)
# What to do with a number nobody knows, and with all of them while the registers do not answer.
SUBSCRIBER_UNKNOWN = env.choice("SUBSCRIBER_UNKNOWN", "refuse", ("refuse", "allow"))
SUBSCRIBER_OUTAGE = env.choice("SUBSCRIBER_OUTAGE", "refuse", ("refuse", "allow"))

# Where many citizens share one address (service centres, a carrier's NAT): counted by browser session there,
# with a confirmation code beyond the ordinary limit, and this many times the ordinary limit in all.
SHARED_NETWORKS = env.networks("SHARED_NETWORKS")
SHARED_NETWORK_TIMES = env.number("SHARED_NETWORK_TIMES", 50)

DISPUTE_ANSWER_WORKING_DAYS = env.number("DISPUTE_ANSWER_WORKING_DAYS", 5)
DISPUTES_PER_HOUR = env.number("DISPUTES_PER_HOUR", 3)
# How long an accepted claim waits for its claimant, and how long after the decision the photographs are kept.
DISPUTE_CLAIM_DAYS = env.number("DISPUTE_CLAIM_DAYS", 30)
DISPUTE_PHOTO_DAYS = env.number("DISPUTE_PHOTO_DAYS", 90)
# The calendar of the offices, and how many dossiers an account has; by name, as both lie above `accounts`.
WORKING_DAYS = "dossiers.calendar.VIETNAM"
DOSSIERS_OF = "dossiers.panels.how_many"
CLOSING_DAYS = env.number("CLOSING_DAYS", 20)

OTP_DIGITS = 6
OTP_VALID_SECONDS = env.number("OTP_VALID_SECONDS", 300)
OTP_TRIES = env.number("OTP_TRIES", 5)
OTP_WRONG_PER_HOUR = env.number("OTP_WRONG_PER_HOUR", 20)
OTP_RESEND_SECONDS = env.number("OTP_RESEND_SECONDS", 60)
OTP_SENDS_PER_HOUR = env.number("OTP_SENDS_PER_HOUR", 5)
OTP_SENDS_PER_ADDRESS = env.number("OTP_SENDS_PER_ADDRESS", 20)
OTP_TOTP_ISSUER = "Mot Cua"
# Who keeps an official's phone ready to receive codes, and where officials begin; by name, as both lie above `portal`.
PHONE_DEVICE_OF = "accounts.otp.sms_device_for"
OFFICIALS_HOME = "admin:dossiers_dossier_changelist"

# --- The national portal (OIDC) ----------------------------------------------------------------

# Unset: the button is hidden and its addresses answer 404.
OIDC_ISSUER = env.text("OIDC_ISSUER").rstrip("/")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
# What the issuer calls VNeID in the parameter `idp`; unset: its own page offers the choice, if it has one.
OIDC_VNEID_IDP = env.text("OIDC_VNEID_IDP")
# All questions to the issuer in one visit have this time together.
OIDC_SECONDS = env.number("OIDC_SECONDS", 8)
OIDC_STARTS_PER_ADDRESS = env.number("OIDC_STARTS_PER_ADDRESS", 60)
SOCIALACCOUNT_ADAPTER = "accounts.national.oidc.NationalAdapter"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False

# --- Sessions, cookies, security ---------------------------------------------------------------

SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Dossiers ----------------------------------------------------------------------------------

UPLOAD_FILE_MB = env.number("UPLOAD_FILE_MB", 10)
UPLOAD_FILES_PER_PAPER = env.number("UPLOAD_FILES_PER_PAPER", 10)
UPLOAD_DOSSIER_MB = env.number("UPLOAD_DOSSIER_MB", 60)
UPLOADS_PER_HOUR = env.number("UPLOADS_PER_HOUR", 1000)
DRAFT_DAYS = env.number("DRAFT_DAYS", 30)
DRAFTS_PER_CITIZEN = env.number("DRAFTS_PER_CITIZEN", 20)
SUBMISSIONS_PER_DAY = env.number("SUBMISSIONS_PER_DAY", 100)
FIRST_ANSWER_WORKING_HOURS = env.number("FIRST_ANSWER_WORKING_HOURS", 8)
SUPPLEMENT_DAYS = env.number("SUPPLEMENT_DAYS", 5)
LOOKUPS_PER_10_MINUTES = env.number("LOOKUPS_PER_10_MINUTES", 10)
WRONG_PROOFS_PER_DAY = env.number("WRONG_PROOFS_PER_DAY", 10)
# What the account page lists; named here because `accounts` lies below the apps that draw it.
ACCOUNT_PANELS = ["dossiers.panels.mine", "portal.messaging.panels.sent", "dossiers.panels.opened"]
# What “Tải dữ liệu của tôi” holds: each gives a section of the JSON file, and the files that belong to it.
ACCOUNT_EXPORTS = ["accounts.mydata.account", "portal.messaging.exports.sent", "dossiers.exports.mine"]
# What a room above has to say before an account is deleted (`warnings`), and what it deletes with it (`remove`).
ACCOUNT_CLOSERS = ["dossiers.closing"]
MY_DATA_PER_DAY = env.number("MY_DATA_PER_DAY", 3)

CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 10  # minutes
CAPTCHA_CHALLENGE_FUNCT = "portal.captcha.digits_challenge"
CAPTCHA_IMAGE_SIZE = (200, 72)
CAPTCHA_FONT_SIZE = 52
CAPTCHA_LETTER_ROTATION = (-18, 18)
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_arcs", "portal.captcha.specks")
CAPTCHA_FOREGROUND_COLOR = "#231a14"
CAPTCHA_BACKGROUND_COLOR = "#ffffff"
CAPTCHA_VALID_MINUTES = env.number("CAPTCHA_VALID_MINUTES", 10)
CAPTCHA_WRONG_PER_10_MINUTES = env.number("CAPTCHA_WRONG_PER_10_MINUTES", 20)

# --- Messages ----------------------------------------------------------------------------------

EMAIL_BACKEND = "portal.messaging.backends.OutboxBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "mot-cua@localhost")

# In the order in which they are asked: SMS_GATEWAY_URL, then SMS_GATEWAY_2_URL …; none: the development inbox.
SMS_GATEWAYS = env.gateways() or [{"NAME": "console", "BACKEND": "portal.messaging.gateways.ConsoleGateway"}]
# A gateway that failed or was slow is left alone this long while another one can be asked.
SMS_GATEWAY_PAUSE_SECONDS = env.number("SMS_GATEWAY_PAUSE_SECONDS", 60)
SMS_GATEWAY_SLOW_SECONDS = env.number("SMS_GATEWAY_SLOW_SECONDS", 5)
# Where gateways report what became of an SMS, if they reach the portal by another address than citizens do.
SMS_REPORT_BASE_URL = env.text("SMS_REPORT_BASE_URL", PUBLIC_BASE_URL).rstrip("/")
# From which hour until which one an SMS may come that nobody waits for.
SMS_HOURS = env.hours("SMS_HOURS", "7-22")
# Who answers which word texted to the short code; by name, because they lie above messaging.
SMS_COMMANDS = {"TK": "accounts.sms.register", "DVC": "tracking.sms.look_up"}
# Which records messages are about; by name, as messaging lies below them.
MESSAGE_SUBJECTS = "dossiers.subjects"
# How many answers of any kind one phone is sent in an hour: each costs the province money.
SMS_ANSWERS_PER_HOUR = env.number("SMS_ANSWERS_PER_HOUR", 20)
# How many texts for an account one phone is answered in an hour.
SMS_SIGNUPS_PER_HOUR = env.number("SMS_SIGNUPS_PER_HOUR", 5)
# A text that carriers would reject stops the developer; in production it is mended and logged.
SMS_STRICT = DEBUG
# The short code's own door: who may hand in what people text. Without both it is shut.
SMS_MO_SECRET = env.text("SMS_MO_SECRET")
SMS_MO_ALLOWED_IPS = env.networks("SMS_MO_ALLOWED_IPS")
# How many SMS the province pays for in a day; half is kept for signing in and recovery. 0: no limit.
SMS_DAILY_BUDGET = env.number("SMS_DAILY_BUDGET", 20000)
# How long a worker may keep the messages it took in hand; of one that was killed they are free after it.
MESSAGE_LEASE_SECONDS = env.number("MESSAGE_LEASE_SECONDS", 120)
MESSAGE_RETRY_HOURS = env.number("MESSAGE_RETRY_HOURS", 4)
# How long the text of a message is kept after it left, and how long the row that says it did.
MESSAGE_TEXT_DAYS = env.number("MESSAGE_TEXT_DAYS", 90)
MESSAGE_ROW_DAYS = env.number("MESSAGE_ROW_DAYS", 730)
# Who is written to when the messages of the province stand still.
ALARM_EMAILS = env.words("ALARM_EMAILS")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for its broker as long as it takes; giving up would end it after an hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A web request must not wait for a broker that is away: the row is safe, the sweep sends it.
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
# Celery would close the database connection after each task: opening one costs more than most tasks do.
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How long at most something lies forgotten once worker and broker are there again.
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 60)
CELERY_BEAT_SCHEDULE = {
    "send what was forgotten": {"task": "portal.messaging.tasks.sweep", "schedule": float(SWEEP_SECONDS)},
    "look for trouble with messages": {"task": "portal.messaging.tasks.look_for_trouble", "schedule": 300.0},
    "forget old messages": {"task": "portal.messaging.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
    "check papers that wait": {"task": "dossiers.tasks.sweep_attachments", "schedule": float(SWEEP_SECONDS)},
    "remove old drafts": {"task": "dossiers.tasks.remove_old_drafts", "schedule": crontab(hour=2, minute=10)},
    "remove sign-ups never finished": {"task": "accounts.tasks.remove_pending", "schedule": crontab(hour=2, minute=40)},
    "remove remembered browsers and old codes": {"task": "accounts.tasks.remove_old_devices", "schedule": crontab(hour=3, minute=0)},
    "remove ways back that ended": {"task": "accounts.tasks.remove_old_recoveries", "schedule": crontab(hour=3, minute=5)},
    "tidy claims to ID numbers": {"task": "accounts.tasks.tidy_disputes", "schedule": crontab(hour=2, minute=50)},
    "remove sessions that ended": {"task": "accounts.tasks.remove_old_sessions", "schedule": crontab(hour=3, minute=10)},
}

# --- What /readyz calls bad ----------------------------------------------------------------------

READY_DISK_FREE_MB = env.number("READY_DISK_FREE_MB", 500)
READY_MESSAGE_AGE_SECONDS = env.number("READY_MESSAGE_AGE_SECONDS", 900)

# --- Logs --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"fontTools": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []

SITE_TITLE = _("Dịch vụ công trực tuyến")
