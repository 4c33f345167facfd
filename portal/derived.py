"""Secrets made from the one secret of the environment: each for its purpose, none telling another."""

import hashlib
import hmac


def derived(secret: str, purpose: str) -> str:
    """64 letters that only the holder of `secret` can make, the same at every start."""
    return hmac.new(secret.encode(), f"motcua:{purpose}".encode(), hashlib.sha256).hexdigest()
