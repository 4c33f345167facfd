"""Accounts on the officials' site: the accounts, claims to ID numbers, requests to delete."""

from accounts.admin import closing, dispute, user  # noqa: F401 - registering is all they are imported for
