"""The lines in which a test run differs from production."""

from portal.settings import *  # noqa: F403 - a settings file is its names
from portal.settings import BASE_DIR, STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DEMO = True
HTTPS_ONLY = False
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
PUBLIC_BASE_URL = "https://motcua.example"
# Slow hashing protects stored passwords; here it would only cost a second for each sign-in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = BASE_DIR / "static"  # whitenoise warns about a folder that is not there
SMS_GATEWAYS = [{"NAME": "memory", "BACKEND": "portal.messaging.gateways.MemoryGateway"}]
# The clock of the test run must not decide what is sent.
SMS_HOURS = (0, 24)
SMS_STRICT = True
SUBSCRIBER_UNKNOWN = "allow"
CELERY_TASK_ALWAYS_EAGER = False
