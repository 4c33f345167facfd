"""Sessions in the database, under keys that only we could have made."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """A cookie may hold anything, a NUL that PostgreSQL cannot look for too; what is no key of ours opens nothing."""

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and len(key) <= 40 and key.isascii() and key.isalnum()
