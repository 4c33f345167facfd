import math
import re

from accounts import passwords


def test_a_temporary_password_can_be_read_aloud():
    assert re.fullmatch(r"([a-z]{4}-[2-9]{4}-){2}", passwords.temporary() + "-")


def test_a_temporary_password_holds_at_least_forty_bits():
    syllable, digit = len(passwords.CONSONANTS) * len(passwords.VOWELS), len(passwords.DIGITS)
    assert 4 * math.log2(syllable) + 8 * math.log2(digit) > 48


def test_no_two_temporary_passwords_are_alike():
    assert len({passwords.temporary() for _ in range(500)}) == 500
