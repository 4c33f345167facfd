import pytest

from portal.text import e164


def test_a_phone_number_in_the_digits_of_another_script_is_no_second_number():
    with pytest.raises(ValueError, match="not a Vietnamese mobile number"):
        e164("091234567٨")
