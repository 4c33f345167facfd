"""Settings of the simulated issuer, made from the same environment as the portal's.

Never imported by the portal. What stands here is what differs from Django's defaults.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import env, services
from portal.derived import derived
from portal.issuer import keys

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(env.text("DATA_DIR") or BASE_DIR.parents[1] / "var")

PORTAL_SECRET_KEY, OIDC_ISSUER = env.text("SECRET_KEY"), env.text("OIDC_ISSUER").rstrip("/")
if not (PORTAL_SECRET_KEY and OIDC_ISSUER):
    raise ImproperlyConfigured("The simulated issuer is started by `python manage.py up`, which gives it SECRET_KEY and OIDC_ISSUER.")
SECRET_KEY = derived(PORTAL_SECRET_KEY, "issuer")

DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL").rstrip("/")
# Where a browser may come from and is sent back to: the portal under each of its names.
PORTAL_ORIGINS = list(dict.fromkeys([PUBLIC_BASE_URL, *env.words("CSRF_TRUSTED_ORIGINS")]))
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

INSTALLED_APPS = [
    "portal.issuer.apps.IssuerConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "django_otp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "portal.issuer.urls"
WHITENOISE_ROOT = BASE_DIR / "static"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.issuer.context.portal",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(services.issuer_database(env.text("DATABASE_URL")), conn_max_age=600, conn_health_checks=True)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS_URL = env.text("REDIS_URL")

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- Who is who --------------------------------------------------------------------------------

AUTH_USER_MODEL = "issuer.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "portal.issuer.hashers.MachineSecretHasher"]
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "national_id"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
PEOPLE_FILE = DATA_DIR / "national-people.json"

IDP_OIDC_ADAPTER = "portal.issuer.adapter.IssuerAdapter"
IDP_OIDC_AUTH_METHODS = ["client_secret_basic"]
IDP_OIDC_PRIVATE_KEY = keys.kept(DATA_DIR / "issuer-key.pem")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
CALLBACK_PATH = "/accounts/oidc/dvcqg/login/callback/"

WRONG_PASSWORDS, WRONG_PASSWORDS_PER_ADDRESS, WRONG_PASSWORD_SECONDS = 5, 30, 900
OTP_DIGITS = 6
OTP_VALID_SECONDS = env.number("OTP_VALID_SECONDS", 300)
OTP_TRIES = env.number("OTP_TRIES", 5)
OTP_WRONG_PER_HOUR = env.number("OTP_WRONG_PER_HOUR", 20)
OTP_RESEND_SECONDS = env.number("OTP_RESEND_SECONDS", 60)
OTP_SENDS_PER_HOUR = env.number("OTP_SENDS_PER_HOUR", 5)
OTP_SENDS_PER_ADDRESS = env.number("OTP_SENDS_PER_ADDRESS", 20)

# Its messages lie in the demo's inbox, which takes them as a provider would.
SMS_SENDER = "DVCQG"
SMS_GATEWAY = {
    "url": f"{PUBLIC_BASE_URL}/dev/sendsms",
    "user": "issuer",
    "password": derived(PORTAL_SECRET_KEY, "dev-gateway"),
    "timeout": 5,  # seconds, while a person waits for the page
}

# --- Sessions, cookies, security ---------------------------------------------------------------

SESSION_ENGINE = "portal.sessions"
# Cookies ignore ports: under the portal's names each program would overwrite the other's.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "dvcqg_sessionid", "dvcqg_csrftoken"
SESSION_COOKIE_AGE = 1800
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = urlsplit(OIDC_ISSUER).scheme == "https"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [OIDC_ISSUER]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A browser follows this rule through redirects too, and the last one leads back to the portal.
        "form-action": [SELF, *PORTAL_ORIGINS],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
