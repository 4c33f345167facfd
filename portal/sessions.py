"""Sessions in the database, under keys that only we could have made, which know when they end."""

import time

from django.conf import settings
from django.contrib.sessions.backends import db

SAVED_AT = "saved_at"


class SessionStore(db.SessionStore):
    """A cookie may hold anything, a NUL that PostgreSQL cannot look for too; what is no key of ours opens nothing."""

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and len(key) <= 40 and key.isascii() and key.isalnum()

    def create_model_instance(self, data):
        """Each saving lengthens the session; when it was last done lies in the session itself."""
        data[SAVED_AT] = int(time.time())
        return super().create_model_instance(data)

    def seconds_left(self) -> int:
        """How long the session lives if nobody saves it again."""
        return max(settings.SESSION_COOKIE_AGE - int(time.time() - self.get(SAVED_AT, time.time())), 0)
