"""The Vietnamese personal identification number, and what a birth date must say to match it.

Structure: 3 digits place of birth registration, 1 century and sex, 2 birth year, 6 free; no check
digit. An unknown place is never a reason to refuse (people are born abroad). The 9-digit CMND is no
longer valid as identity since 1 January 2025 but still stands in old papers and in the SMS syntax.
"""

import re

CMND_DIGITS, CCCD_DIGITS = 9, 12


def digits_of(typed: str) -> str:
    """What was typed, without the spaces and dots people put between groups."""
    return re.sub(r"[\s.\-]", "", typed)


def birth_year_of(number: str) -> int | None:
    """The four-digit birth year in a 12-digit number; None for a CMND, which holds none."""
    if len(number) != CCCD_DIGITS:
        return None
    century = 1900 + 100 * (int(number[3]) // 2)
    return century + int(number[4:6])


def is_male(number: str) -> bool | None:
    """The sex in a 12-digit number (an even fourth digit is a man's); None for a CMND."""
    return int(number[3]) % 2 == 0 if len(number) == CCCD_DIGITS else None
