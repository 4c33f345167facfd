"""The temporary password that a mail or an SMS carries: readable aloud, random enough."""

import secrets

CONSONANTS = "bcdghklmnprstvx"
VOWELS = "aeiou"
# Each syllable is one of 75, each digit one of 8 that cannot be taken for a letter.
DIGITS = "23456789"


def temporary() -> str:
    """Like “xuka-7294-bomi-3658”: 4 × log2(75) + 8 × log2(8) ≈ 48.9 bits."""
    return "-".join((_word(), _number(), _word(), _number()))


def _word():
    return "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(2))


def _number():
    return "".join(secrets.choice(DIGITS) for _ in range(4))
